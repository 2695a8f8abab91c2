# SPDX-License-Identifier: Apache-2.0
# --from-rejects: the documents that a run rejected, and no others, through a mended pipeline or from
# mended inputs: the same bytes at any -j, after kills; what is not there any more, was never listed
# or cannot be trusted, is told.
# ETL_KILLS=N: random kills (8).
. "${srcdir:-.}/tests/lib.sh"
command -v jq >/dev/null || skip "jq is not installed"
export ETL_PLUGIN_PATH=$builddir/tests/plugins/engine:$builddir/plugins
cd "$work" || exit 1

# listed RUNDIR: ids of the documents as they were read; of what was split off, its parent's.
listed()
{
    jq -r 'select(.source) | .parent // .id' "$1/rejects.jsonl" | sort -u
}
counts()
{
    jq -c ".counts.$2" "$1/manifest.json"
}

# ---- the same documents, at any -j ----

mkdir in
for i in 1 2 3 4 5; do
    awk -v i=$i 'BEGIN { for (k = 0; k < 9000 * (i % 3 + 1); k++)
        print (k % 7 ? "" : "split ") "line " k " of file " i ", with words to fill it up" }' >in/$i.txt
done
for i in $(seq 100 160); do echo "small file $i" >in/small-$i.txt; done
cat >first.conf <<'CONF'
[pipeline]
name = e
max_rejects = 100%
[input lines]
path = in/*.txt
[transform split]
[transform number]
reject_every = 700
[output plain]
path = plain.txt
number = number
CONF
sed '/^reject_every/d' first.conf >mended.conf
sums()
{
    (cd "$1" && sha256sum manifest.json plain.txt rejects.jsonl)
}
check "a run with rejects" status 0 "$ETL" run first.conf -o first -j2
check "some of them were split off" jq -se 'any(.parent)' first/rejects.jsonl >/dev/null
check "the mended pipeline over all" status 0 "$ETL" run mended.conf -o all
check "the rejects through it" status 0 "$ETL" run --from-rejects=first mended.conf -o again -j1 --strict
check "says how many there are" says ", of those that first rejected"
same_documents()
{
    listed first >want.ids
    # What was read, and what was split off it, as the run over all has it, in its order.
    grep -v '^-\|^end' again/plain.txt | cut -d' ' -f2- >got
    join -j1 -v1 <(cut -d' ' -f1 got | sort) want.ids >off
    grep -v '^-\|^end' all/plain.txt | cut -d' ' -f2- | grep -Ff <(cut -d' ' -f1 got) | cmp - got &&
        [ "$(wc -l <want.ids)" = "$(counts again read)" ] &&
        [ "$(wc -l <off)" = "$(counts again split)" ] && [ "$(counts again split)" -gt 0 ] &&
        cmp want.ids <(cut -d' ' -f1 got | sort | comm -12 - want.ids)
}
check "they and no others" same_documents
check "the manifest says from which run" jq -e --arg plan "$(jq -r .plan first/manifest.json)" \
    '.from_rejects | .path == "first" and .pipeline == "e" and .plan == $plan and .missing == 0' \
    again/manifest.json >/dev/null
check "the balance holds" status 0 "$ETL" verify again
check "it is up to date then" status 0 "$ETL" run --from-rejects=first mended.conf -o again
check "and says so" says "up to date"
sums again >want
for j in 2 3 8; do
    for barrier in 10s 1ms; do
        check "-j$j, barriers $barrier" status 0 "$ETL" run --from-rejects=first mended.conf -o many \
            -j$j --fresh --set pipeline.barrier_interval=$barrier
        check "-j$j, barriers $barrier: the same bytes" cmp <(sums many) want
    done
done
check "a limit counts what is let through" status 0 "$ETL" run --from-rejects=first mended.conf -o few -n 20 -j3
check "and nothing else" test "$(counts few read)" = 20
check "what is left out by it is not missed" test -z "$(grep E0714 "$work/.said")"

# ---- kills ----

kills()
{
    local i pid n
    for ((i = 0; i < ${ETL_KILLS:-8}; i++)); do
        rm -rf out
        for n in 1 2; do
            "$ETL" -q run --from-rejects=first mended.conf -o out -j$((1 + i % 3)) \
                --set pipeline.barrier_interval=1ms 2>/dev/null &
            pid=$!
            sleep "0.0$((RANDOM % 90 + 10))"
            kill -9 $pid 2>/dev/null
            wait $pid 2>/dev/null
        done
        "$ETL" -q run --from-rejects=first mended.conf -o out --set pipeline.barrier_interval=1ms &&
            sums out | cmp - want || return 1
    done
}
check "killed and gone on with: the same bytes" kills
# One that waits before each line, so that it is killed behind barriers for certain.
seq 3000 >slow.txt
printf '[pipeline]\nname = slow\nmax_rejects = 100%%\nbarrier_interval = 20ms\n[input lines]\npath = slow.txt\npause = %s\n[transform number]\nreject_every = %s\n[output plain]\npath = plain.txt\n' 0s 5 >slow-first.conf
sed 's/^reject_every.*//; s/^pause.*/pause = 500us/' slow-first.conf >slow.conf
check "one to be slow with" status 0 "$ETL" run slow-first.conf -o slow-first
check "the whole of it" status 0 "$ETL" run --from-rejects=slow-first slow.conf -o slow-whole
kill_slow()
{
    rm -rf slow
    "$ETL" -q run -j1 --from-rejects=slow-first slow.conf -o slow &
    local pid=$!
    sleep 0.7
    kill -KILL $pid
    wait $pid 2>/dev/null
    [ -s slow/.state/journal ] && [ ! -e slow/manifest.json ]
}
check "killed" kill_slow
check "without --from-rejects it is another run" status 78 "$ETL" run slow.conf -o slow
check "which is said" says "--from-rejects"
check "gone on with" status 0 "$ETL" run --resume=require --from-rejects=slow-first slow.conf -o slow
check "the same bytes" cmp <(sums slow-whole) <(sums slow)
check "none is missed of those that came before the kill" test -z "$(grep E0714 "$work/.said")"
changed_rejects()
{
    kill_slow && "$ETL" -q run --fresh --set number.reject_every=6 slow-first.conf -o slow-first &&
        status 78 "$ETL" run --from-rejects=slow-first slow.conf -o slow && says "rejects have changed"
}
check "another run's rejects in the meantime: refused" changed_rejects

# ---- what was made at the end is in no input ----

printf '[transform number again]\nwhen = number < 0\nreject_every = 1\n' >last
sed '/^\[output/,$d; /^reject_every/d' first.conf | cat - last >made.conf
sed -n '/^\[output/,$p' first.conf >>made.conf
sed -i 's/^\[transform number again\]/&\nnumber = place/' made.conf
check "a run that rejects what it made" status 0 "$ETL" run made.conf -o made
check "which has no source" jq -e '.source == null' made/rejects.jsonl >/dev/null
check "is left alone" status 0 "$ETL" run --from-rejects=made mended.conf -o made-again
check "with a warning" says "made at the end of that run"
check "nothing is read" test "$(counts made-again read)" = 0

# ---- what an input counts ----

awk 'BEGIN { for (i = 0; i < 150000; i++)
    print i % 97 == 0 ? "broken " i : i % 10 == 0 ? "" : "{\"text\":\"line " i " of the file\"}" }' >blank.jsonl
cat >blank.conf <<'CONF'
[pipeline]
max_rejects = 100%
barrier_interval = 1ms
[input jsonl]
path = blank.jsonl
[output jsonl]
path = out.jsonl
from = all
fields = id, source
CONF
check "a file with blank lines and rejects" status 0 "$ETL" run blank.conf -o blank
blanks()
{
    (cd "$1" && sha256sum manifest.json out.jsonl rejects.jsonl)
}
check "its rejects again" status 0 "$ETL" run --from-rejects=blank blank.conf -o blank1 -j1
blanks blank1 >want.blanks
check "the same list" cmp blank/rejects.jsonl blank1/rejects.jsonl
check "all blank lines are counted, as by the run before" test \
    "$(jq -r '.stages[0].counts["blank lines left out"]' blank1/manifest.json)" = \
    "$(jq -r '.stages[0].counts["blank lines left out"]' blank/manifest.json)"
counts_after_kills()
{
    local i pid n killed=0
    for ((i = 0; i < ${ETL_KILLS:-8}; i++)); do
        rm -rf out
        for n in 1 2; do
            "$ETL" -q run --from-rejects=blank blank.conf -o out -j$((1 + i % 3)) 2>/dev/null &
            pid=$!
            sleep "0.0$((RANDOM % 60 + 10))"
            kill -9 $pid 2>/dev/null && killed=$((killed + 1))
            wait $pid 2>/dev/null
        done
        "$ETL" -q run --from-rejects=blank blank.conf -o out && blanks out | cmp - want.blanks || return 1
    done
    [ $killed -gt 0 ] || { echo "none was killed"; return 1; }
}
check "after kills too" counts_after_kills

# ---- inputs that were mended ----

for i in $(seq 200); do
    case $i in
    17 | 18 | 190) echo "{\"text\": broken $i}" ;;
    50) echo ;;
    *) echo "{\"text\": \"line $i\"}" ;;
    esac
done >lines.jsonl
mkdir -p other
cp lines.jsonl other/good.jsonl && sed -i '/broken/d' other/good.jsonl
cat >j.conf <<'CONF'
[pipeline]
max_rejects = 100%
[input jsonl]
path = lines.jsonl, other
[output jsonl]
path = out.jsonl
fields = text
CONF
check "three lines are no JSON" status 0 "$ETL" run j.conf -o j
sed -i 's/broken \([0-9]*\)/"mended \1"/' lines.jsonl
: >other/good.jsonl # not to be read, so nobody sees
echo '{' >other/good.jsonl
check "mended, they alone are read" status 0 "$ETL" run --from-rejects=j j.conf -o j2 --strict
check "each of them" cmp j2/out.jsonl <(printf '{"text":"mended %s"}\n' 17 18 190)
check "a file that none is in is not read" jq -e \
    '.inputs == [{"path": "lines.jsonl", "bytes": .inputs[0].bytes, "xxh3_128": .inputs[0].xxh3_128}, {"path": "other/good.jsonl", "read": false}]' \
    j2/manifest.json >/dev/null
check "rejected again they are in the new list" status 0 "$ETL" run --from-rejects=first first.conf -o first2
check "which can be run again" status 0 "$ETL" run --from-rejects=first2 mended.conf -o first3
check "and is all of it" cmp <(listed first2) <(grep -v '^-\|^end' first3/plain.txt | cut -d' ' -f2 | sort | comm -12 - <(listed first2))

# ---- an archive that was damaged ----

mkdir pages
for i in $(seq -w 40); do
    head -c 3000 /dev/urandom | od -An -tx1 >pages/$i.txt
done
tar --sort=name -czf whole.tar.gz pages
head -c $(($(stat -c %s whole.tar.gz) / 2)) whole.tar.gz >a.tar.gz
cat >a.conf <<'CONF'
[pipeline]
max_rejects = 100%
[input archive]
path = a.tar.gz
on_damage = salvage
[output jsonl]
path = out.jsonl
CONF
check "what can be read of a damaged archive" status 0 "$ETL" run a.conf -o a
cut_off=$(jq -r .source a/rejects.jsonl)
check "one document is cut off" jq -e '.reason | startswith("cut off by damage")' a/rejects.jsonl >/dev/null
check "from the damaged archive it is rejected again" status 0 "$ETL" run --from-rejects=a a.conf -o a2
check "as it was" cmp a/rejects.jsonl a2/rejects.jsonl
mv whole.tar.gz a.tar.gz
check "from the whole one it comes" status 0 "$ETL" run --from-rejects=a a.conf -o a3
check "it alone" test "$(jq -r .source a3/out.jsonl)" = "$cut_off"
check "that more was never listed is said" says "a.tar.gz: warning: this input was damaged in that run"
check "--strict does not take that" status 65 "$ETL" run --strict --from-rejects=a a.conf -o a4
check "and says why" says "--strict makes them errors"

# ---- documents that are gone ----

mkdir gone
for i in 1 2 3; do printf '{"text":"x"}\nbad %s\n' $i >gone/$i.jsonl; done
sed 's/^path = lines.*/path = gone/' j.conf >gone.conf
check "three rejects in three files" status 0 "$ETL" run gone.conf -o g
head -n 1 gone/1.jsonl >one && mv one gone/1.jsonl
rm gone/2.jsonl
check "two of them are gone" status 0 "$ETL" run --from-rejects=g gone.conf -o g2
check "the count is told" says "2 of the 3 documents to be let through are not in the inputs"
check "the first is named, with file and line" says "g/rejects.jsonl:1:1: warning:"
check "by its source" says "gone/1.jsonl"
check "the manifest counts them" test "$(jq .from_rejects.missing g2/manifest.json)" = 2
check "the third was read" test "$(counts g2 read)" = 1
check "--strict: 65" status 65 "$ETL" run --strict --from-rejects=g gone.conf -o g3
check "nothing is published" test ! -e g3/manifest.json -a ! -e g3/out.jsonl
check "the same command does not pass the second time" status 65 "$ETL" run --strict --from-rejects=g gone.conf -o g3
check "without --strict it does" status 0 "$ETL" run --from-rejects=g gone.conf -o g3
check "a limit of one" status 0 "$ETL" run --from-rejects=first -n 1 mended.conf -o one-of

# ---- rejects that were not listed ----

check "rejects.jsonl is cut by max_rejects_size" status 0 "$ETL" run --set pipeline.max_rejects_size=2K \
    first.conf -o short
check "what was listed is let through" status 0 "$ETL" run --from-rejects=short mended.conf -o short2
check "what was not is counted and told" says \
    "$(($(counts short rejected) - $(wc -l <short/rejects.jsonl))) of the $(counts short rejected) rejects of that run are not listed, as max_rejects_size was reached"
check "--strict does not take that" status 65 "$ETL" run --strict --from-rejects=short mended.conf -o short3

# ---- what cannot be taken ----

refused()
{
    local what=$1 want=$2 words=$3
    shift 3
    check "$what: $want" status "$want" "$ETL" run --from-rejects=g -o never "$@" gone.conf
    check "$what: says '$words'" says "$words"
    check "$what: nothing is begun" test ! -e never/.state/journal
}
check "its own directory: 64" status 64 "$ETL" run --from-rejects=./g gone.conf -o g
check "says what to do" says "with -o"
check "no such run: 66" status 66 "$ETL" run --from-rejects=nosuch gone.conf -o never
check "is named" says "nosuch"
mv g/manifest.json kept
refused "a run that is not finished" 66 "there is no manifest.json"
mv kept g/manifest.json
cp g/rejects.jsonl kept
rm g/rejects.jsonl
refused "no rejects.jsonl" 66 "cannot open g/rejects.jsonl"
sed '2s/"id":"./"id":"x/' kept >g/rejects.jsonl
refused "a line that is damaged" 65 "g/rejects.jsonl:2:"
head -c -20 kept >g/rejects.jsonl
refused "a line that is cut" 65 "g/rejects.jsonl:3:"
check "says what to do" says "do that run again with --fresh"
head -n 2 kept >g/rejects.jsonl
refused "a line less" 65 "manifest.json says another size or hash"
{ sed 2q kept | tail -n 1 && sed 2d kept; } >g/rejects.jsonl
refused "lines in another order" 65 "manifest.json says another size or hash"
echo '[]' >g/rejects.jsonl
refused "no objects" 65 "g/rejects.jsonl:1:"
cp kept g/rejects.jsonl
echo '{}' >g/manifest.json
refused "a manifest that is none" 1 "is no manifest"
check "nothing named: 64" status 64 "$ETL" run --from-rejects= gone.conf
check "it is in the help" test "$("$ETL" run --help | grep -c -- '--from-rejects=RUNDIR')" = 1

# ---- nothing to do ----

check "a run without rejects" status 0 "$ETL" run mended.conf -o none
check "has none to let through" status 0 "$ETL" run --from-rejects=none mended.conf -o none2 --strict
check "which is a finished run of nothing" test "$(counts none2 read)" = 0
finish
