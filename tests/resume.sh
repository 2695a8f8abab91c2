# SPDX-License-Identifier: Apache-2.0
# Going on with a run that was killed: --resume=auto, never and require, --fresh; and what is refused
# in between, naming what has changed - a key, a section, a plugin, a data file, an input that is
# committed. Put back as it was, the same command goes on and ends in the same bytes.
. "${srcdir:-.}/tests/lib.sh"
engine=$builddir/tests/plugins/engine
[ -e "$engine/input/lines.so" ] || skip "the test plugins are not built (make test-plugins)"
command -v jq >/dev/null || skip "jq is not installed"
export ETL_PLUGIN_PATH=$builddir/plugins:$engine
cd "$work" || exit 1
mkdir in
seq -f 'line %g of a' 150 >in/a.txt
seq -f 'line %g of b' 150 >in/b.txt
seq -f 'line %g of c' 1500 >in/c.txt
seq -f 'line %g of d' 20 >in/d.txt
cp "$srcdir/plugins/languages/words.conf" .
cat >r.conf <<'CONF'
[pipeline]
name = r
barrier_interval = 10ms
[input lines]
path = in/*.txt
pause = 500us
[transform cleanup]
[transform number]
[transform language]
words = words.conf
[output plain]
path = plain.txt
number = number
[output plain packed]
path = plain.txt.gz
CONF
sums()
{
    (cd "$1" && sha256sum manifest.json plain.txt plain.txt.gz rejects.jsonl)
}
check "the run to compare with" status 0 "$ETL" run r.conf -o want --set lines.pause=0s
# The pause is no part of what is written, but of the plan: so that is compared without it.
same()
{
    diff <(sums want | grep -v manifest) <(sums out | grep -v manifest) &&
        diff <(jq 'del(.plan)' want/manifest.json) <(jq 'del(.plan)' out/manifest.json)
}
resumed_at()
{
    jq .resumed_at out/run.json
}

# CONF DIR: a run killed while it reads c, with barriers behind it: a and b are committed.
make_killed()
{
    local dir=$2
    "$ETL" -q run -j1 "$1" -o "$dir" &
    local pid=$! size=0 grown=0 i
    for ((i = 0; i < 1000 && grown < 4; i++)); do # until there were some barriers in c
        sleep 0.02
        [ "$(wc -l <"$dir/.state/plain.txt.part")" -gt 400 ] || continue
        [ "$(stat -c %s "$dir/.state/journal")" = $size ] || grown=$((grown + 1))
        size=$(stat -c %s "$dir/.state/journal")
    done
    kill -KILL $pid
    wait $pid 2>/dev/null
    [ ! -e "$dir/manifest.json" ] && [ "$(stat -c %s "$dir/.state/journal")" -gt 1000 ]
}
check "a run is killed" make_killed r.conf killed 2>/dev/null
cp -rp in in-then
killed()
{
    rm -rf out in && cp -rp killed out && cp -rp in-then in
    cp "$srcdir/plugins/languages/words.conf" . # its time does not matter, what it holds does
}

# ---- the option ----

killed
check "auto goes on" status 0 "$ETL" run -j1 r.conf -o out
check "behind what is committed" test "$(resumed_at)" -gt 300
check "says so" says "were committed before"
check "the same bytes" same
check "of a finished run: up to date" status 0 "$ETL" run r.conf -o out
check "says so" says "is up to date"
check "require, of a finished run: up to date" status 0 "$ETL" run r.conf -o out --resume=require
killed
check "require goes on" status 0 "$ETL" run -j3 r.conf -o out --resume=require
check "behind what is committed" test "$(resumed_at)" -gt 300
check "the same bytes" same
check "require, with nothing there: 64" status 64 "$ETL" run r.conf -o nothing --resume=require
check "says so" says "holds no unfinished run"
killed
check "never starts again" status 0 "$ETL" run r.conf -o out --resume=never
check "at the beginning" test "$(resumed_at)" = 0
check "the same bytes" same
inode=$(stat -c %i out/plain.txt)
check "never, of a finished run: runs again" status 0 "$ETL" run r.conf -o out --resume=never
check "and replaces it" test "$inode" != "$(stat -c %i out/plain.txt)"
killed
check "--fresh starts again" status 0 "$ETL" run r.conf -o out --fresh
check "at the beginning" test "$(resumed_at)" = 0
check "the same bytes" same
check "--fresh and require do not go together: 64" status 64 "$ETL" run r.conf -o out --fresh --resume=require
check "says why" says "leave one of them out"
# What is published stays until it is replaced.
published_stays()
{
    rm -rf out && cp -r want out
    "$ETL" -q run -j1 r.conf -o out --fresh --set plain.number= &
    local pid=$!
    sleep 0.3
    kill -KILL $pid
    wait $pid 2>/dev/null
    status 0 "$ETL" verify out && cmp out/plain.txt want/plain.txt
}
check "--fresh, killed: what was published is whole" published_stays 2>/dev/null

# ---- what has changed in between ----

# refused WHAT WORDS [OPTIONS]: the changed run is refused with 78, naming it; and put back by
# `killed`, the same command goes on (looked at once, at the end).
refused()
{
    local what=$1 words=$2
    shift 2
    check "$what: 78" status 78 "$ETL" run -j1 "${conf:-r.conf}" -o out "$@"
    check "$what: says '$words'" says "$words"
    check "$what: says what to do" says "give up what is committed with --fresh"
    check "$what: nothing is published" test ! -e out/manifest.json
}
killed
refused "a key" "[transform number] reject_every was 0, is 7" --set number.reject_every=7
refused "a key of an input" "[input lines] pause was 500us, is 2ms" --set lines.pause=2ms
refused "a common key" "[transform cleanup] when was nothing, is text == x" --set 'cleanup.when=text == x'
refused "on_error" "[transform cleanup] on_error was reject, is drop" --set cleanup.on_error=drop
refused "max_document" "[input lines] max_document was 64M, is 1M" --set lines.max_document=1M
refused "an output's key" "[output plain] number was number, is nothing" --set 'output plain.number='
refused "-n" "--limit was another one" -n 1000
check "a key that makes no byte of the output" status 0 "$ETL" run -j1 r.conf -o out \
    --set pipeline.barrier_interval=20ms --set pipeline.max_rejects=50% --memory=500M
check "went on" test "$(resumed_at)" -gt 300
killed
conf=c.conf
sed '/^\[transform cleanup\]/d' r.conf >c.conf
refused "a section less" "[transform cleanup] was where [transform number] is now"
sed '/^\[output plain packed\]/,$d' r.conf >c.conf
refused "the last section less" "[output plain packed] is gone"
{ cat r.conf && printf '[output jsonl]\npath = more.jsonl\n'; } >c.conf
refused "a section more" "a section was added"
sed 's/^\[transform cleanup\]/[transform cleanup two]/' r.conf >c.conf
refused "another label" "[transform cleanup] was where [transform cleanup two] is now"
conf=

# Another version of a plugin: its version is a text in the file.
mkdir -p newer/transform
sed 's/\x001\.0\x00/\x001.1\x00/' "$engine/transform/number.so" >newer/transform/number.so
chmod 755 newer newer/transform newer/transform/number.so
killed
if cmp -s newer/transform/number.so "$engine/transform/number.so"; then
    echo "another version of a plugin was not tried: its version was not found in the file"
else
    refused "a plugin" "[transform number] version was 1.0, is 1.1" --plugin-path=newer
fi
# Another build of the same version: what an author has between one run and the next.
{ cat "$engine/transform/number.so" && echo built anew; } >newer/transform/number.so
killed
refused "another build of a plugin" "[transform number] its plugin $PWD/newer/transform/number.so was built anew" \
    --plugin-path=newer
anew()
{
    rm -rf built && "$ETL" -q --plugin-path=newer run r.conf -o built --set lines.pause=0s || return 1
    "$ETL" --plugin-path=newer run r.conf -o built --set lines.pause=0s 2>.said && says "up to date" || return 1
    echo >>newer/transform/number.so
    "$ETL" --plugin-path=newer run r.conf -o built --set lines.pause=0s 2>.said && ! grep -q "up to date" .said
}
check "nor is a finished run up to date then" anew
echo >>words.conf
refused "a data file" "[transform language] words: the file holds something else"
killed
sleep 0.01
sed -i 's/line 7 /line seven /' in/a.txt
refused "an input that is committed" "input in/a.txt is committed and has changed"
killed
rm in/b.txt
refused "one that is gone" "in/c.txt is committed and has changed"
killed
echo new >in/aa.txt
refused "one that stands before" "in/aa.txt is committed and has changed"
killed
touch -d 2001-01-01 in/a.txt
refused "one that was touched" "input in/a.txt is committed and has changed"
killed
check "all put back, it goes on" status 0 "$ETL" run -j1 r.conf -o out
check "behind what is committed" test "$(resumed_at)" -gt 300
check "the same bytes" same

# What is not committed may change.
killed
sed -i 's/line 7 /line seven /' in/d.txt
echo late >in/e.txt
check "an input that is not read yet may change, and one may come" status 0 "$ETL" run -j1 r.conf -o out
check "it goes on" test "$(resumed_at)" -gt 300
check "and reads them" test "$(grep -c 'line seven of d\|late' out/plain.txt)" = 2
check "--fresh is the way out" eval 'killed && echo >>in/a.txt && "$ETL" -q run r.conf -o out --fresh'
check "from the beginning" test "$(resumed_at)" = 0

# What was damaged in a file that is committed is told by the run that goes on.
rm -rf in && cp -rp in-then in
sed 's/^pause.*/&\ndamage_at = 100\non_damage = salvage/' r.conf >salvage.conf
check "a run that salvages is killed" make_killed salvage.conf hurt 2>/dev/null
check "it goes on" status 0 "$ETL" run -j1 salvage.conf -o hurt
check "behind what is committed" test "$(jq .resumed_at hurt/run.json)" -gt 300
for f in a b c; do
    check "says that $f was damaged" says "in/$f.txt: warning: damaged on purpose, at byte"
done
check "and of no other file" test "$(grep -c E0313 "$work/.said")" = 3
check "as the manifest does" test "$(jq '[.inputs[] | select(.damaged_at)] | length' hurt/manifest.json)" = 3
finish
