# SPDX-License-Identifier: Apache-2.0
# The outputs jsonl and csv in real runs: what is written, byte by byte, and that other programs
# read it back as it was (each of them where it is installed).
. "${srcdir:-.}/tests/lib.sh"
mkdir "$work/in" && cd "$work/in" || exit 1

# Texts that trouble readers, as JSON strings; no NUL, which CSV cannot hold.
cat >texts <<'END'
"plain"
""
" "
"\t"
"\n"
"\r\n"
"\r"
"a,b;c|d\te"
"\""
"\"\""
"a\"b\"c"
"line one\nline two\r\nline three"
" blank before"
"blank behind "
"=1+1"
"+1"
"-1"
"@SUM(A1)"
"\tx"
"'quoted'"
"\\"
"\\n"
"\u0001\u001f\u007f\u0085\u2028\ufeff"
"caf\u00e9 \ud83d\ude00 \u4e2d"
"null"
"NULL"
"0"
"<script>alert(1)</script>"
"$(rm -rf x) `x`"
"\\."
END
# The naughty strings of a public list, where they are at hand.
if [ -f "$shared/hostile/text/blns.txt" ] && command -v jq >/dev/null; then
    grep -v '^#' "$shared/hostile/text/blns.txt" | grep . | jq -R . >>texts
fi
n=0
while IFS= read -r text; do
    n=$((n + 1))
    printf '{"text":%s,"n":%d,"tags":[%s,"x"]}\n' "$text" "$n" "$text"
done <texts >in.jsonl

# run OUTPUT-SECTIONS [RUN OPTIONS]
run()
{
    local output=$1 want=${WANT:-0}
    shift
    rm -rf out
    printf '[pipeline]\nname = p\nmax_rejects = 100%%\n[input jsonl]\npath = %s\nfields = text, n:int, tags:list\n%b\n' \
        "${IN:-in.jsonl}" "$output" >p.conf
    status "$want" "$ETL" run -j2 p.conf "$@"
}

small()
{
    cat >small.jsonl <<'END'
{"text":"a,\"b\"\n","n":-5,"tags":["x","\""]}
{"text":"","tags":[]}
{"n":7}
{"text":"=1","n":0}
END
}

csv_bytes()
{
    small
    IN=small.jsonl run '[output csv]\npath = o.csv\nfields = title=text, n, tags' || return 1
    printf '%s\r\n' 'title,n,tags' '"a,""b""
",-5,"[""x"",""\""""]"' '"",,[]' ',7,' '=1,0,' >wanted
    cmp wanted out/p/o.csv &&
        grep -q '"cells a spreadsheet may run as formulas": *1' out/p/manifest.json || return 1
    IN=small.jsonl run '[output csv]\npath = o.csv\nfields = text, n\ndelimiter = tab\nheader = no\nline_end = lf\nspreadsheet_safe = yes' || return 1
    printf '"a,""b""\n"\t-5\n""\t\n\t7\n'"'"'=1\t0\n' >wanted
    cmp wanted out/p/o.csv
}
check "csv, byte by byte" csv_bytes

# What a spreadsheet may run stands there as it is, and is counted; or guarded, in every column; what
# only looks like it is left alone.
formulas()
{
    local guard=$1 safe=$2 counted=$3
    printf '%s\n' '{"text":"=1+1","tags":["=1"]}' '{"text":"+1"}' '{"text":"-1"}' '{"text":"@SUM(A1)"}' '{"text":"\t=1"}' '{"text":"\r=1"}' \
        '{"text":"=cmd|'"' /c calc'"'!A0"}' '{"text":"=HYPERLINK(\"x\",\"y\")"}' '{"text":" =1"}' "{\"text\":\"'=1\"}" '{"text":"\n=1"}' \
        '{"text":"1-1","n":-5}' '{"text":""}' '{"text":"|x"}' >formulas.jsonl
    IN=formulas.jsonl run "[output csv]\npath = o.csv\nfields = text, n, tags, again=text\nspreadsheet_safe = $safe" || return 1
    grep -q "\"$counted\": *16[,}]" out/p/manifest.json || { grep -o '"cells[^,}]*' out/p/manifest.json; return 1; }
    python3 - "$guard" <<'END'
import csv, json, sys
rows = list(csv.reader(open("out/p/o.csv", encoding="utf-8", newline=""), strict=True))[1:]
given = [json.loads(l) for l in open("formulas.jsonl", encoding="utf-8")]
for row, d in zip(rows, given, strict=True):
    text = (sys.argv[1] if d["text"][:1] in ("=", "+", "-", "@", "\t", "\r") and d["text"] else "") + d["text"]
    assert row == [text, str(d.get("n", "")), json.dumps(d["tags"]) if "tags" in d else "", text], (row, d)
END
}
if command -v python3 >/dev/null; then
    check "cells that are formulas are counted" formulas "" no "cells a spreadsheet may run as formulas"
    check "or guarded" formulas "'" yes "cells guarded against spreadsheets"
fi

jsonl_bytes()
{
    small
    IN=small.jsonl run '[output jsonl]\npath = o.jsonl\nfields = title=text, n, tags' || return 1
    printf '%s\n' '{"title":"a,\"b\"\n","n":-5,"tags":["x","\""]}' '{"title":"","n":null,"tags":[]}' \
        '{"title":null,"n":7,"tags":null}' '{"title":"=1","n":0,"tags":null}' >wanted
    cmp wanted out/p/o.jsonl
}
check "jsonl, byte by byte" jsonl_bytes

both='[output jsonl]\npath = o.jsonl\nfields = text, n, tags\n[output csv]\npath = o.csv\nfields = text, n, tags'
run "$both" || exit 1
check "all records are there" [ "$(wc -l <out/p/o.jsonl)" = "$n" ]

# ---- read back ----

python_reads()
{
    python3 - <<'END'
import csv, json
texts = [json.loads(line) for line in open("texts", encoding="utf-8")]
records = [json.loads(line) for line in open("out/p/o.jsonl", encoding="utf-8", newline="\n")]
rows = list(csv.reader(open("out/p/o.csv", encoding="utf-8", newline=""), strict=True))
assert rows[0] == ["text", "n", "tags"]
for i, text in enumerate(texts):
    assert records[i] == {"text": text, "n": i + 1, "tags": [text, "x"]}, text
    assert rows[i + 1][:2] == [text, str(i + 1)], text
    assert json.loads(rows[i + 1][2]) == [text, "x"], text
assert len(records) == len(rows) - 1 == len(texts)
END
}
if command -v python3 >/dev/null; then
    check "Python reads both as they were" python_reads
fi

jq_reads()
{
    jq -c .text out/p/o.jsonl >got && jq -c . texts >wanted && cmp wanted got
}
if command -v jq >/dev/null; then
    check "jq reads the JSONL as it was" jq_reads
fi

sqlite_reads()
{
    sqlite3 :memory: '.mode csv' '.import out/p/o.csv t' '.mode json' \
        'select text, cast(n as integer) as n from t order by n' >got || return 1
    jq -c '.[] | .text' got >got.texts && jq -c . texts >wanted && cmp wanted got.texts
}
if command -v jq >/dev/null && command -v sqlite3 >/dev/null; then
    check "the sqlite3 shell reads the CSV as it was" sqlite_reads
fi

itself()
{
    cp out/p/o.jsonl again.jsonl
    IN=again.jsonl run "$both" && cmp again.jsonl out/p/o.jsonl
}
check "the input jsonl reads the output jsonl as it was" itself

# ---- other ----

compressed()
{
    run "$both" && cp out/p/o.jsonl plain.jsonl && cp out/p/o.csv plain.csv || return 1
    run '[output jsonl]\npath = o.jsonl.gz\nfields = text, n, tags\n[output csv]\npath = o.csv.zst\nfields = text, n, tags' &&
        gzip -dc out/p/o.jsonl.gz | cmp - plain.jsonl && zstd -dqc out/p/o.csv.zst | cmp - plain.csv
}
if command -v zstd >/dev/null; then
    check ".gz and .zst by name" compressed
fi

nul()
{
    printf '{"text":"a\\u0000b","n":1,"tags":["\\u0000"]}\n{"text":"c","n":2,"tags":["\\u0000"]}\n' >nul.jsonl
    IN=nul.jsonl run "$both" || return 1
    printf '{"text":"c","n":2,"tags":["\\u0000"]}\n' | cmp - out/p/o.jsonl &&
        printf 'text,n,tags\r\nc,2,"[""\\u0000""]"\r\n' | cmp - out/p/o.csv &&
        grep -q "a NUL, which CSV cannot hold, in the field 'text'" out/p/rejects.jsonl || return 1
    IN=nul.jsonl run '[output jsonl]\npath = o.jsonl\nfields = text' &&
        printf '{"text":"a\\u0000b"}\n{"text":"c"}\n' | cmp - out/p/o.jsonl
}
check "a NUL is escaped in JSON; where a CSV is written, no output has the record" nul

bad_options()
{
    local delimiter
    for delimiter in '""' a 1 '"\\""' . ';;' '" "' é; do
        WANT=78 run "[output csv]\npath = o.csv\ndelimiter = $delimiter" && says p.conf:9: || return 1
    done
    for kind in csv jsonl; do
        WANT=78 run "[output $kind]\npath = o\nfields = text, text=n" && says p.conf:9: || return 1
    done
    WANT=78 run '[output csv]\npath = ../o.csv'
}
check "delimiters and columns that cannot be are refused with their line" bad_options

# A run that is killed and run again has one header, and no row twice.
resumed()
{
    local i pid
    for i in $(seq 3000); do cat in.jsonl; done | head -n 60000 >big.jsonl
    IN=big.jsonl run "$both" && cp out/p/o.csv whole.csv && cp out/p/o.jsonl whole.jsonl || return 1
    for i in 0.05 0.1 0.2 0.3; do
        rm -rf out
        "$ETL" run -j2 --set pipeline.barrier_interval=5ms p.conf 2>/dev/null &
        pid=$!
        sleep "$i"
        { kill -9 $pid; wait $pid; } 2>/dev/null # the lock lasts until it is really gone
        status 0 "$ETL" run -j2 --set pipeline.barrier_interval=5ms p.conf &&
            cmp whole.csv out/p/o.csv && cmp whole.jsonl out/p/o.jsonl || return 1
    done
}
check "killed and resumed, the outputs are the same" resumed

finish
