# SPDX-License-Identifier: Apache-2.0
# The inputs txt and jsonl in real runs: by file and by line, packed or not, in old encodings, with
# lines that are too long, damaged, or not JSON.
. "${srcdir:-.}/tests/lib.sh"
mkdir "$work/in" && cd "$work/in" || exit 1

# run INPUT-LINES [RUN OPTIONS]: a pipeline of that input and the output out/p/o.jsonl.
run()
{
    local input=$1 want=${WANT:-0}
    shift
    rm -rf out
    printf '[pipeline]\nname = p\nmax_rejects = 100%%\n%b\n[output jsonl]\npath = o.jsonl\nfields = %s\n' \
        "$input" "${FIELDS:-text}" >p.conf
    status "$want" "$ETL" run -j2 p.conf "$@"
}

# The output is these lines.
gives()
{
    printf '%b' "$1" >wanted
    diff -u wanted out/p/o.jsonl
}

# So many records were rejected, one of them with this reason.
rejects()
{
    [ "$(wc -l <out/p/rejects.jsonl)" = "$1" ] && grep -qF -- "$2" out/p/rejects.jsonl && return 0
    echo "not $1 rejects with '$2' but:"
    cat out/p/rejects.jsonl
    return 1
}

# ---- txt ----

files()
{
    mkdir -p d/e && printf 'satu\ndua\n' >d/a.txt && printf '' >d/b.txt && printf 'tiga' >d/e/c.txt
    FIELDS='source, text' run '[input txt]\npath = d' &&
        gives '{"source":"d/a.txt","text":"satu\\ndua\\n"}\n{"source":"d/b.txt","text":""}\n{"source":"d/e/c.txt","text":"tiga"}\n'
}
check "a file is a document, an empty one too" files

lines()
{
    printf 'satu\r\n\n  \r\n"dua"\\\ntiga' >l.txt
    run '[input txt]\npath = l.txt\nunit = line' &&
        gives '{"text":"satu"}\n{"text":"\\"dua\\"\\\\"}\n{"text":"tiga"}\n' &&
        grep -q '"blank lines left out": *2' out/p/manifest.json
}
check "a line is a document, blank ones are counted" lines

packed()
{
    local i
    for i in $(seq 20000); do echo "baris $i dari banyak baris"; done >many
    run '[input txt]\npath = many\nunit = line' && cp out/p/o.jsonl plain.jsonl || return 1
    [ "$(wc -l <plain.jsonl)" = 20000 ] || return 1
    gzip -c many >packed.gz && bzip2 -c many >packed.bz2 && xz -c many >packed.xz &&
        zstd -qc many >packed.zst || return 1
    for i in gz bz2 xz zst; do
        cp "packed.$i" no-name
        run '[input txt]\npath = no-name\nunit = line' && cmp plain.jsonl out/p/o.jsonl || return 1
    done
    status 0 "$ETL" run -j1 --fresh p.conf && cmp plain.jsonl out/p/o.jsonl
}
check "packed files are read by their bytes, whatever the number of threads" packed

standard_input()
{
    printf 'a\nb\n' | run '[input txt]\npath = -\nunit = line' && gives '{"text":"a"}\n{"text":"b"}\n' &&
        gzip -c l.txt | run '[input txt]\npath = -' && grep -q 'satu' out/p/o.jsonl
}
check "- is standard input" standard_input

encodings()
{
    printf 'caf\351\n' >e1.txt
    printf 'caf\351\ncaf\303\251\n' >e2.txt
    printf '\357\273\277caf\303\251\n' >e3.txt
    printf '\377\376c\0a\0f\0\351\0\n\0' >e4.txt
    printf '\312\323\306\305\n' >e5.txt
    run '[input txt]\npath = e[1-4].txt' && [ "$(grep -c '"café' out/p/o.jsonl)" = 4 ] &&
        run '[input txt]\npath = e[1-4].txt\nunit = line' && [ "$(grep -cx '{"text":"café"}' out/p/o.jsonl)" = 5 ] &&
        run '[input txt]\npath = e5.txt\nencoding = koi8-r' && gives '{"text":"йсфе\\n"}\n' &&
        run '[input txt]\npath = e1.txt\nencoding = utf-8' && gives '' && rejects 1 'not valid UTF-8' &&
        WANT=78 run '[input txt]\npath = e1.txt\nencoding = latin-77' && says "unknown encoding 'latin-77'"
}
check "encodings" encodings

# The whole file tells what its short lines cannot.
guess()
{
    local i
    ldd "$builddir/plugins/input/txt.so" 2>&1 | grep -q uchardet || return 0 # built without it
    for i in $(seq 20); do
        printf 'да\nнет\nжители деревни начали собирать урожай\n'
    done >utf8
    iconv -f UTF-8 -t KOI8-R utf8 >g.txt
    run '[input txt]\npath = utf8\nunit = line' && cp out/p/o.jsonl as-utf8.jsonl || return 1
    run '[input txt]\npath = g.txt\nunit = line' && cmp as-utf8.jsonl out/p/o.jsonl
}
check "all lines of a file are read alike" guess

too_long()
{
    { echo short; head -c 3000 /dev/zero | tr '\0' x; echo; echo last; } >long.txt
    run '[input txt]\npath = long.txt\nunit = line\nmax_document = 1000' &&
        gives '{"text":"short"}\n{"text":"last"}\n' && rejects 1 'too long' &&
        run '[input txt]\npath = long.txt\nmax_document = 1000' && gives '' && rejects 1 'too long' || return 1
    for n in 999 1000; do
        head -c $n /dev/zero | tr '\0' x >fits.txt
        run '[input txt]\npath = fits.txt\nmax_document = 1000' && [ "$(wc -l <out/p/o.jsonl)" = 1 ] || return 1
    done
    head -c 1001 /dev/zero | tr '\0' x >fits.txt
    run '[input txt]\npath = fits.txt\nmax_document = 1000' && rejects 1 'too long'
}
check "what is longer than max_document is rejected, and that alone" too_long

# 300 MB in one line: it goes by and is not held.
long_line()
{
    { echo first; head -c 300000000 /dev/zero | tr '\0' x; echo; echo last; } | gzip -1 >huge.gz
    run '[input txt]\npath = huge.gz\nunit = line\nmax_document = 1M' &&
        gives '{"text":"first"}\n{"text":"last"}\n' && rejects 1 'too long' || return 1
    local peak
    peak=$(sed -n 's/.*peak memory \([0-9]*\) MiB.*/\1/p' "$work/.said")
    [ "${peak:-999}" -lt 150 ] && return 0
    echo "peak memory $peak MiB"
    return 1
}
check "a line of 300 MB takes no memory" long_line

damage()
{
    head -c $(($(stat -c %s packed.gz) / 2)) packed.gz >cut.gz
    WANT=65 run '[input txt]\npath = cut.gz\nunit = line' && says 'at byte' && [ ! -e out/p/o.jsonl ] || return 1
    run '[input txt]\npath = cut.gz\nunit = line\non_damage = salvage' || return 1
    head -n "$(wc -l <out/p/o.jsonl)" plain.jsonl | cmp - out/p/o.jsonl || return 1
    [ "$(wc -l <out/p/o.jsonl)" -gt 1000 ] || return 1
    WANT=65 run '[input txt]\npath = cut.gz' && [ ! -e out/p/o.jsonl ] &&
        run '[input txt]\npath = cut.gz\non_damage = salvage' && gives '' && rejects 1 'cut off by damage'
}
check "a damaged file is not taken for whole" damage

# ---- jsonl ----

fields()
{
    cat >f.jsonl <<'END'
{"text":"a","headline":"h","views":12,"score":0.5,"ok":true,"tags":["x","y\n",3],"at":"2024-03-01T07:00:00+07:00"}

{"text":5,"tags":"one","other":{"k":[1.50,null]},"headline":null,"at":"2024-03-01","x":"\u00e9"}
{"id":"theirs","source":"theirs","te\u0078t":"b\u0000\ud83d\ude00"}
END
    FIELDS='old, text, title, views, score, ok, tags, at, rest' run '[input jsonl]
path = f.jsonl
fields = text, title=headline, views:int, score:real, ok:bool, tags:list, at:time, old=id
extra = rest' && cat >wanted <<'END' && diff -u wanted out/p/o.jsonl
{"old":null,"text":"a","title":"h","views":12,"score":0.5,"ok":true,"tags":["x","y\n","3"],"at":"2024-03-01T00:00:00Z","rest":null}
{"old":null,"text":"5","title":null,"views":null,"score":null,"ok":null,"tags":["one"],"at":"2024-03-01T00:00:00Z","rest":"{\"other\":{\"k\":[1.50,null]},\"x\":\"\\u00e9\"}"}
{"old":"theirs","text":"b\u0000😀","title":null,"views":null,"score":null,"ok":null,"tags":null,"at":null,"rest":"{\"source\":\"theirs\"}"}
END
}
check "keys become fields of all types" fields

bad_lines()
{
    cat >bad.jsonl <<'END'
{"text":"good"}
{"text":"cut
{"text":"a","text":"b"}
["text"]
{"text":{"a":1}}
{"n":1.5}
{"n":9223372036854775808}
{"text":"a"} x
END
    printf '{"text":"\377"}\n{"text":"last"}' >>bad.jsonl
    FIELDS='text' run '[input jsonl]\npath = bad.jsonl\nfields = text, n:int' &&
        gives '{"text":"good"}\n{"text":"last"}\n' && rejects 8 'bad.jsonl:2' &&
        rejects 8 "not JSON: string without its closing quote, at column 9" &&
        rejects 8 "repeated key 'text', at column 13" &&
        rejects 8 "not a JSON object" && rejects 8 "wrong type: 'text' is not a text" &&
        rejects 8 "wrong type: 'n' is not an integer of 64 bits" &&
        rejects 8 "more after the JSON value, at column 14" && rejects 8 "not valid UTF-8, at column 10" &&
        rejects 8 '{\"text\":\"a\",\"text\":\"b\"}'
}
check "bad lines are rejected with line and column, and shown" bad_lines

many_items()
{
    { printf '{"tags":[""'; head -c 3000000 /dev/zero | tr '\0' x | sed 's/xxx/,""/g'; printf ']}\n{"tags":["a"]}\n'; } >items.jsonl
    FIELDS=tags run '[input jsonl]\npath = items.jsonl\nfields = tags:list' &&
        gives '{"tags":["a"]}\n' && rejects 1 'a list of over 1000000 texts'
}
check "a list is bounded" many_items

marked()
{
    printf '\357\273\277{"text":"a"}\n{"text":"b"}\r\n' >bom.jsonl
    run '[input jsonl]\npath = bom.jsonl' && gives '{"text":"a"}\n{"text":"b"}\n'
}
check "a byte order mark and CR LF are no fault" marked

bad_options()
{
    printf '{"text":"a"}\n' >one.jsonl
    for fields in text:int:real text:string ':int' 'text, text' 'a=text, b=text' 'text='; do
        WANT=78 run "[input jsonl]\npath = one.jsonl\nfields = $fields" && says p.conf:6: || return 1
    done
    WANT=78 run "[input jsonl]\npath = one.jsonl\nextra = text" && says p.conf:6:
}
check "fields that mean nothing are refused with their line" bad_options

own_fields()
{
    WANT=78 run '[input jsonl]\npath = one.jsonl\nfields = id, text' && says p.conf:6: && says old_id=id
}
check "id and source are the host's" own_fields

suite()
{
    local suite=$shared/hostile/jsontestsuite name y=0 n=0
    [ -d "$suite" ] || { echo "(no JSONTestSuite at hand)"; return 0; }
    mkdir y n
    for name in "$suite"/y_*; do
        { printf '{"text":"t","v":'; tr '\n' ' ' <"$name"; printf '}\n'; } >"y/${name##*/}"
        y=$((y + 1))
    done
    for name in "$suite"/n_*; do
        { printf '{"text":"t","v":'; cat "$name"; printf '}\n'; } >"n/${name##*/}"
        n=$((n + 1))
    done
    FIELDS='text, rest' run '[input jsonl]\npath = y\nextra = rest' &&
        [ "$(wc -l <out/p/o.jsonl)" = "$y" ] && [ "$y" -gt 90 ] || return 1
    if command -v python3 >/dev/null; then # what went by in `rest` is the JSON that stood there
        python3 - "$work/in" <<'END' || return 1
import json, sys, pathlib
work = pathlib.Path(sys.argv[1])
records = [json.loads(line) for line in (work / "out/p/o.jsonl").open()]
for record, path in zip(records, sorted((work / "y").iterdir())):
    assert json.loads(record["rest"])["v"] == json.loads(path.read_text())["v"], path
END
    fi
    run '[input jsonl]\npath = n' && gives '' && [ "$(wc -l <out/p/rejects.jsonl)" -ge "$n" ] &&
        [ "$n" -gt 180 ]
}
check "JSONTestSuite: all good values read, all bad ones rejected" suite

missing()
{
    WANT=66 run '[input jsonl]\npath = nowhere.jsonl' && says nowhere.jsonl
}
check "a missing file" missing

finish
