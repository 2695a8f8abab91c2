# SPDX-License-Identifier: Apache-2.0
# Every error code and every exit status can happen: one provocation for each code of core/codes.def,
# which must be told in JSON and end with the status that the code's own line has, or the one named
# here; then the lists are held against each other, and against the manual's list of exit statuses.
. "${srcdir:-.}/tests/lib.sh"
plugins=$builddir/tests/plugins
[ -e "$plugins/abi/input/feed.so" ] || skip "the test plugins are not built (make test-plugins)"
command -v python3 >/dev/null || skip "python3 is not installed"
export ETL_PLUGIN_PATH=$builddir/plugins:$plugins/engine:$plugins/abi
umask 022
cd "$work" || exit 1
: >statuses
: >seen

# ---- what is in the table ----

python3 - "$srcdir" >table <<'PYTHON'
import re, sys
core = sys.argv[1] + "/core/"
numbers = dict(re.findall(r"(EXIT_\w+) = (\d+)", open(core + "diag.h").read()))
for number, status in re.findall(r"^CODE\((\d+), (EXIT_\w+),", open(core + "codes.def").read(), re.M):
    print("E" + number, numbers[status])
PYTHON
check "the table can be read" test "$(wc -l <table)" -gt 80

# provoke CODE[=STATUS] COMMAND...: the message with that code, and its exit status. A code that is told
# only in JSON's stderr is looked for there; --log-format=json comes from here.
provoke()
{
    local code=${1%=*} want=${1#*=} got
    shift
    [ "$want" != "$code" ] || want=$(sed -n "s/^$code //p" table)
    "$@" >out.txt 2>said
    got=$?
    echo "$got" >>statuses
    if grep -q "^{\"type\":\"message\",.*\"code\":\"$code\"" said && [ "$got" = "$want" ]; then
        echo "$code" >>seen
        passed=$((passed + 1))
        return 0
    fi
    failed=$((failed + 1))
    echo "FAILED: $code: status $got, wanted $want: $*"
    head -5 said
    return 1
}
etl()
{
    "$ETL" --log-format=json "$@"
}
# conf CODE[=STATUS] TEXT...: a pipeline file of these lines.
conf()
{
    local code=$1
    shift
    printf '%b\n' "$@" >c.conf
    provoke "$code" etl check c.conf
}
echo '{"text":"a"}' >in.jsonl
input='[input jsonl]\npath = in.jsonl'
output='[output jsonl]\npath = o.jsonl'

# ---- 01: pipeline files ----

provoke E0101 etl check nowhere.conf
printf "$input\n$output\n" >open.conf && chmod 666 open.conf
provoke E0102 etl check open.conf
conf E0103 "$input" 'nosuch = 1' "$output"
conf E0104 'key = 1' "$input" "$output"
conf E0105 "$input" 'path = in.jsonl' "$output"
conf E0106 '[inptu jsonl]' "$output"
conf E0107 '[input]' "$output"
conf E0108 "$input" "$output" "$output"
conf E0109 "$input" 'what is this' "$output"
conf E0110 "$input" 'k?y = 1' "$output"
conf E0111 '[input jsonl]' '  indented' "$output"
conf E0112 "$input" "$output" '# \0377'
conf E0113 "$input" "$output" '# \0001'
python3 -c 'print("# " + "x" * 70000)' >c.conf
provoke E0114 etl check c.conf
python3 -c 'for i in range(20000): print("# " + "x" * 60)' >c.conf
provoke E0115 etl check c.conf
python3 -c 'print("[input jsonl]\npath = a")
for i in range(1200): print("  " + "x" * 60)' >c.conf
provoke E0116 etl check c.conf
python3 -c 'for i in range(1100): print("[input jsonl l%d]\npath = in.jsonl" % i)' >c.conf
provoke E0117 etl check c.conf
conf E0118 '[input jsonl]' 'path = "in.jsonl' "$output"
conf E0119 '[input jsonl]' 'path = "in\\q.jsonl"' "$output"
conf E0120 '[var]' 'a = ${b' "$input" "$output"
conf E0121 '[input jsonl]' 'path = ${nosuch}' "$output"
conf E0122 '[var]' 'a = ${ETL_NOBODY_SETS:?set it}' "$input" "$output"
conf E0123 '[pipeline]' 'include = c.conf' "$input" "$output"
conf E0124 '[pipeline]' 'include = ${x}' "$input" "$output"
conf E0125=0 "$input" "$output" '  when = text'
conf E0130 "$input" "$output" 'when = text =='
conf E0131 "$input" "$output" 'when = nosuch == x'
conf E0132 "$input" "$output" 'when = similarity has 3'
conf E0133 "$input" "$output" "when = $(printf '(%.0s' {1..70})text == x$(printf ')%.0s' {1..70})"
# Too little address space for a large pipeline, enough for the program: somewhere between.
if [ -z "${SANITIZE:-}" ]; then
    python3 -c 'print("[input jsonl]\npath = in.jsonl")
for i in range(900): print("[output jsonl l%d]\npath = \"%s\"" % (i, "x" * 1100))' >big.conf
    narrow()
    {
        (ulimit -v "$1" && exec "$ETL" --log-format=json check big.conf)
    }
    memory_out()
    {
        local least=2000 most=400000 middle kib
        while [ $((most - least)) -gt 64 ]; do # the least that the program starts with
            middle=$(((least + most) / 2))
            if (ulimit -v $middle && exec "$ETL" --version) >/dev/null 2>&1; then most=$middle; else least=$middle; fi
        done
        for kib in $(seq $most 64 $((most + 12000))); do
            narrow "$kib" >out.txt 2>said
            grep -q '"code":"E0199"' said && break
        done
        provoke E0199 narrow "$kib"
    }
    memory_out
fi

# ---- 02: the command line ----

printf "[var]\nv = x\n$input\n$output\n[output jsonl rest]\npath = p.jsonl\n" >good.conf
provoke E0201 etl chekc
provoke E0202 etl check --nosuch good.conf
provoke E0203 etl check
provoke E0204 etl run -j 0 good.conf
provoke E0205 etl help qqqqqq
provoke E0210 etl check -D nosuch=1 good.conf
provoke E0211 etl run --set nosuch.key=1 good.conf
printf "$input\n[transform cleanup]\n[transform cleanup two]\n$output\n" >two.conf
provoke E0212 etl run --set cleanup.spaces=no two.conf
provoke E0213 etl check -D nothing good.conf

# ---- 05: plugins ----

conf E0501 "$input" '[transform nosuch]' "$output"
provoke E0502 etl plugins "$plugins/bad/bad-2.so"
mkdir unsafe && cp "$plugins/good.so" unsafe/ 2>/dev/null || cp "$plugins/transform/good.so" unsafe/
chmod 666 unsafe/good.so
provoke E0503 etl plugins ./unsafe/good.so
mkdir odd && echo 'no plugin' >odd/odd.so
provoke E0504 etl plugins ./odd/odd.so
provoke E0505 etl plugins "$plugins/bad/bad-35.so"
provoke E0506 etl plugins "$plugins/bad/bad-1.so"
provoke E0507 etl plugins "$plugins/bad/bad-3.so"
mkdir -p named/transform && cp "$plugins/transform/good.so" named/transform/other.so
printf "$input\n[transform other]\n$output\n" >named.conf
provoke E0508 etl --plugin-path=named check named.conf
# feed WHAT: the input of the tests of the plugin interface tries that.
feed()
{
    printf '[input feed]\nwhat = %s\n[output lines]\npath = o.txt\nfields = text\n' "$1" >feed.conf
}
feed 'split in read'
provoke E0510 etl run feed.conf -o feed
conf E0511 '[input jsonl]' 'path = in.jsonl' 'fields = a, a' "$output"
feed 'fail in read'
provoke E0520 etl run feed.conf -o feed

# ---- 06: the plan ----

conf E0601 "$output" "$input"
conf E0602 "$input"
mkdir mine && cp "$builddir/plugins/transform/cleanup.so" mine/
conf E0603 "$input" '[transform cleanup]' '[transform ./mine/cleanup.so]' "$output"
conf E0604 '[input jsonl]' "$output"
conf E0605 "$input" '[transform dedupe]' 'field = text' 'threshold = 7' "$output"
conf E0606 "$input" 'when = text == x' "$output"
conf E0607 "$input" '[transform dedupe]' 'field = nosuch' "$output"
conf E0608 '[input jsonl]' 'path = in.jsonl' 'fields = text:int' '[transform dedupe]' 'field = text' "$output"
conf E0609 "$input" "$output" 'fields = text, !text'
conf E0610 '[input jsonl]' 'path = nowhere.jsonl' "$output"
mkfifo pipe
conf E0611 '[input jsonl]' 'path = pipe' "$output"
conf E0612 '[input jsonl]' 'path = -' '[input txt]' 'path = -' 'text = other' "$output"
conf E0613 "$input" '[transform extract]' 'pack = nowhere.conf' "$output"
conf E0614 "$input" '[output jsonl]' 'path = ../o.jsonl'
conf E0615 "$input" "$output" '[output jsonl two]' 'path = o.jsonl'
conf E0616 "$input" '[transform dedupe]' 'field = text' 'on_error = keep' "$output"
conf E0618 '[pipeline]' 'format = 2' "$input" "$output"
conf E0619=0 '[input jsonl]' 'path = in.jsonl, in.jsonl' "$output"
provoke E0621 etl run --strict c.conf -o strict
conf E0622 "$input" "$output" '[test a]' 'in.text = a'
printf "$input\n$output\n" >tested.conf
printf "[test a]\nin.text = a\nout.text = a\n$output\n" >tested.test
provoke E0623 etl test tested.test
printf '[test a]\nin.text = a\nout.text = a\n' >alone.test
provoke E0624 etl test alone.test
provoke E0625 etl test good.conf
provoke E0216 etl new pipeline jsonl//jsonl good.conf
printf '[input archive]\npath = in.tar\n'"$output"'\n' >archive.conf
provoke E0626 etl new test archive.conf "$srcdir/pipelines/sample/news.tar.gz!22-not-text-at-all.txt"
printf 'bad\n' >bad.jsonl
printf '[pipeline]\nmax_rejects = 0\n[input jsonl]\npath = bad.jsonl\n'"$output"'\n' >rejects.conf
provoke E0620 etl run rejects.conf -o rejects
check "E0620 says why the first one was rejected" eval '! "$ETL" run rejects.conf -o rejects 2>said &&
    grep -q "the first one by input jsonl: not JSON: .*'"'bad'"'" said'

# ---- 03: input data ----

head -c 1000 "$srcdir/pipelines/sample/news.tar.gz" >cut.tar.gz
printf '[input archive]\npath = cut.tar.gz\n'"$output"'\n' >cut.conf
provoke E0311 etl run cut.conf -o cut
provoke E0313=0 etl run cut.conf -o cut --set archive.on_damage=salvage --max-rejects=100%
seq 1000 >lines.txt
printf '[input lines]\npath = lines.txt\n[transform number]\nreject_every = 3\non_error = abort\n[output plain]\npath = o.txt\n' >abort.conf
provoke E0312 etl run abort.conf -o abort

# ---- 07: run directories ----

cat >slow.conf <<'CONF'
[pipeline]
name = slow
barrier_interval = 10ms
[input lines]
path = lines.txt
pause = 1ms
[transform number]
[output plain]
path = o.txt
CONF
# A run that was killed behind a few barriers, in slow/.
killed()
{
    rm -rf slow
    "$ETL" -q run -j1 slow.conf -o slow &
    local pid=$!
    sleep 0.5
    kill -KILL $pid
    wait $pid 2>/dev/null
    cp -r slow slow-killed
}
again()
{
    rm -rf slow && cp -r slow-killed slow
}
check "a run is killed" killed 2>/dev/null
check "behind a barrier" test "$(stat -c %s slow/.state/journal)" -gt 1000
cp -p lines.txt kept.txt
sed -i '1,1000s/^\([0-9]\)\(.*\)$/\2\1/' lines.txt && touch -r kept.txt lines.txt
provoke E0301 etl run slow.conf -o slow
cp -p kept.txt lines.txt
"$ETL" -q run -j1 slow.conf -o living --set lines.pause=20ms &
living=$!
for i in 1 2 3 4 5 6 7 8 9 10; do [ -e living/.state/lock ] && break || sleep 0.1; done
sleep 0.2
provoke E0701 etl run slow.conf -o living --set lines.pause=20ms
kill -KILL $living
wait $living 2>/dev/null
provoke E0702 etl run good.conf -o in.jsonl/out
mkdir -p theirs/.state && chmod 777 theirs/.state
provoke E0703 etl run good.conf -o theirs
again && sed -i '1s/etl journal 1/etl journal 9/' slow/.state/journal
provoke E0704 etl run slow.conf -o slow
again && : >slow/.state/o.txt.part
provoke E0705 etl run slow.conf -o slow
again
provoke E0706 etl run slow.conf -o slow --set lines.pause=2ms
provoke E0707 etl run good.conf -o none --resume=require
check "a run to look at" "$ETL" -q run good.conf -o good
echo >>good/o.jsonl
provoke E0710 etl verify good
provoke E0711 etl verify slow
provoke E0716 etl graph slow.conf --stats=good
provoke E0640 etl explain good.conf nowhere.jsonl
printf "$input\n$output\n" >some.conf
: >empty.jsonl
provoke E0641 etl explain some.conf empty.jsonl
printf '[pipeline]\nmax_rejects = 100%%\nmax_rejects_size = 400\n[input jsonl]\npath = bads.jsonl\n'"$output"'\n' >bads.conf
for i in 1 2 3 4 5 6; do echo bad $i; done >bads.jsonl
provoke E0715=0 etl run bads.conf -o bads
provoke E0214 etl run bads.conf -o bads --from-rejects=bads
: >bads.jsonl
provoke E0714=0 etl run bads.conf -o bads2 --from-rejects=bads
echo 'no line' >>bads/rejects.jsonl
provoke E0713 etl run bads.conf -o bads3 --from-rejects=bads
rm bads/rejects.jsonl
provoke E0712 etl run bads.conf -o bads3 --from-rejects=bads
printf "$input\n[output jsonl]\npath = -\n" >full.conf
no_output()
{
    "$ETL" --log-format=json run full.conf -o full >&-
}
provoke E0744 no_output
provoke E0771 etl run good.conf -o little --memory=16M -j1024

# ---- 09: bugs: counts in a journal that do not add up, under a checksum that fits ----

again
off_by_one()
{
    python3 - slow/.state/journal <<'PYTHON'
import struct, sys
path = sys.argv[1]
data = bytearray(open(path, "rb").read())
at = len(b"etl journal 1\n")
def u64(i):
    return struct.unpack_from("<Q", data, i)[0]
while at + 24 <= len(data):
    size, kind = u64(at), u64(at + 8)
    if at + 24 + size > len(data):
        break
    if kind == 2: # a barrier
        i = at + 16 + 32
        stages, i = u64(i), i + 8
        def skip_bytes(i):
            return i + 8 + u64(i)
        def skip_mark(i):
            return skip_bytes(i + 16)
        for _ in range(stages):
            i = skip_bytes(i + 8)
            marks, i = u64(i), i + 8
            for _ in range(marks):
                i = skip_mark(i)
        # behind the marks of rejects.jsonl and samples.jsonl, and the length of the ledger
        i = skip_mark(skip_mark(i)) + 8
        struct.pack_into("<Q", data, i, u64(i) + 1) # `read`
    at += 24 + size
open(path, "wb").write(data)
PYTHON
    "$builddir/tests/torture/seal" slow/.state/journal
}
check "a journal is made to lie" off_by_one
provoke E0902 etl run slow.conf -o slow

# ---- plugins that do what they may not ----

harm() # WHAT CALLBACK
{
    printf '[input jsonl]\npath = three.jsonl\n[transform hostile]\nwhat = "%s"\nin = %s\n[output jsonl]\npath = o.jsonl\n' \
        "$1" "$2" >harm.conf
    rm -rf harm
}
printf '{"text":"%s"}\n' 1 2 3 4 >three.jsonl
export ETL_PLUGIN_PATH=$plugins/hostile:$ETL_PLUGIN_PATH
harm chdir open
provoke E0512 etl run harm.conf -o harm
harm exit map
provoke E0515=1 etl test "$plugins/faulty/transform/faulty.so" good.conf
provoke E0513 etl run harm.conf -o harm
if [ -z "${SANITIZE:-}" ]; then # who would end it themselves
    harm "overrun state" step
    provoke E0514 etl run harm.conf -o harm
fi

# ---- held against each other ----

echo 0 >>statuses # of the good runs above
sort -u seen >seen.codes
cut -d' ' -f1 table | sort >all.codes
not_tried="$([ "${SANITIZE:-}" ] && printf 'E0199\nE0514')"
missing=$(comm -13 seen.codes all.codes | grep -vxF "${not_tried:-none}")
check "each code was told; not: $missing" test -z "$missing"
check "no code stands twice in the table" test "$(sort table | uniq -d | wc -l)" = 0
unused()
{
    local code
    for code in $(cat all.codes); do
        grep -qw "$code" "$srcdir"/core/*.c || { echo "$code: no line of core gives it"; return 1; }
    done
}
check "each code is given by a line of core" unused
explained()
{
    local code
    for code in $(cat all.codes); do
        [ "$("$ETL" help "$code" | wc -l)" -ge 2 ] || { echo "$code"; return 1; }
    done
}
check "each code is explained" explained
sed -n '/^\.SH EXIT STATUS/,/^\.SH SIGNALS/p' "$srcdir/docs/etl.1.in" | sed -n 's/^\.B \([0-9][0-9]*\)$/\1/p' |
    sort -u >manual.statuses
sort -u statuses >seen.statuses
check "each exit status of the manual happened, and no other" diff manual.statuses seen.statuses
echo "$(comm -12 seen.codes all.codes | wc -l) of $(wc -l <all.codes) codes, $(comm -12 manual.statuses seen.statuses | wc -l) of $(wc -l <manual.statuses) exit statuses"
finish
