# SPDX-License-Identifier: Apache-2.0
# etl status: a run that lives, was killed, failed, was stopped while it published, or is finished is
# told apart, by the lock and not by a process id; its counts are those of the run; and what it says to
# do next does what it says.
. "${srcdir:-.}/tests/lib.sh"
engine=$builddir/tests/plugins/engine
[ -e "$engine/input/lines.so" ] || skip "the test plugins are not built (make test-plugins)"
command -v python3 >/dev/null || skip "python3 is not installed"
export ETL_PLUGIN_PATH=$builddir/plugins:$engine
cd "$work" || exit 1

seq 1 20000 >a.txt
seq 1 50 >b.txt
cat >s.conf <<'CONF'
[pipeline]
name = s
barrier_interval = 2ms
[input lines]
path = a.txt, b.txt
hold = hold
[transform number]
reject_every = 1000
[output plain]
path = o.txt
CONF
field() # NAME: of the last status in JSON
{
    python3 -c 'import json, sys; print(json.loads(open(".out").read().splitlines()[-1]).get(sys.argv[1]))' "$1"
}
is() # NAME VALUE
{
    [ "$(field "$1")" = "$2" ] || { echo "$1 is $(field "$1"), wanted $2"; return 1; }
}
json()
{
    status 0 "$ETL" status --json "$@"
}
until_true()
{
    local i
    for i in $(seq 600); do
        "$@" 2>/dev/null && return 0
        sleep 0.05
    done
    echo "never: $*"
    return 1
}
state()
{
    "$ETL" status --json out >.out 2>/dev/null && is state "$1" >/dev/null
}

# ---- nothing there ----
check "no directory: 66" status 66 "$ETL" status nowhere
mkdir empty
check "an empty one: 66" status 66 "$ETL" status empty
check "which says so" says "holds no run"

# ---- it lives ----
: >hold
"$ETL" -q run --max-rejects=100% s.conf -o out &
pid=$!
check "it lives" until_true state running
check "before it has read anything: as text" status 0 "$ETL" status out
check "in words" grep -q '^\(s \)\{0,1\}is running' .out
check "it makes nothing in the directory" test ! -e out/manifest.json
check "progress.json comes" until_true test -e out/progress.json
json out
check "the process is told" is pid $pid
check "and how much there is" is total $(cat a.txt b.txt | wc -c)
"$ETL" status --watch out >watched 2>&1 &
watcher=$!
"$ETL" status --watch --json out >watched.json 2>&1 &
watcher_json=$!
sleep 1.5
kill -9 $pid
wait $pid 2>/dev/null
check "watching ends with the run" until_true eval "! kill -0 $watcher"
check "and in JSON" until_true eval "! kill -0 $watcher_json"
wait $watcher
check "with status 0" test $? = 0
check "calm: one block at the start, one at the end" test "$(grep -c '^  next: ' watched)" = 2
check "with no code for a terminal in it" test -z "$(tr -d '\n -~' <watched)"
check "the first and the last state" test "$(grep -o 'is running\|is stopped' watched | tr '\n' ' ')" = "is running is stopped "
check "JSON: an object a second, each whole" python3 -c '
import json
states = [json.loads(line)["state"] for line in open("watched.json")]
assert states[0] == "running" and states[-1] == "stopped" and len(states) > 1, states'

# ---- it was killed ----
check "killed before anything was committed" status 0 "$ETL" status out
check "that is told" grep -q 'nothing is committed: the same command starts again' .out
json out
check "its process id is of no account" is state stopped
sed -i "s/\"pid\": [0-9]*/\"pid\": $$/" out/progress.json
json out
check "even where another process has it" is state stopped
rm hold
"$ETL" -q run --max-rejects=100% s.conf -o out --set lines.pause=100us &
pid=$!
committed()
{
    "$ETL" status --json out >.out 2>/dev/null && [ "$(field committed)" -gt 10 ]
}
check "documents are committed" until_true committed
kill -9 $pid
wait $pid 2>/dev/null
json out
check "stopped" is state stopped
check "what is committed is counted" test "$(field committed)" -gt 10
check "and is what was read" is read "$(field committed)"
check "the balance holds" test "$(field read)" = $(($(field kept) + $(field rejected)))
n=$(field committed)
check "the same in words" status 0 "$ETL" status out
check "how many" grep -q "committed: $(sed ':a;s/\B[0-9]\{3\}\>/,&/;ta' <<<"$n") documents, up to input file [12] of 2" .out
check "and what to do" grep -q 'next: the same command goes on from there' .out
check "which it does" status 0 "$ETL" -q run --max-rejects=100% s.conf -o out --resume=require \
    --set lines.pause=100us

# ---- finished ----
json out
check "finished" is state finished
manifest()
{
    python3 -c 'import json, sys; print(json.load(open("out/manifest.json"))["counts"][sys.argv[1]])' "$1"
}
for count in read kept dropped duplicates rejected; do
    check "$count as in the manifest" is $count "$(manifest $count)"
done
check "published" is published True
check "in words" status 0 "$ETL" status out
check "finished, and nothing to do" grep -q 'nothing is left to do' .out
check "watching what is over ends at once" status 0 "$ETL" status --watch out

# ---- failed, over the outputs of a run before it ----
check "a run with too many rejects" status 65 "$ETL" -q run --max-rejects=3 --fresh s.conf -o out
json out
check "failed" is state failed
check "with which error" is code E0620
check "and which status" is status 65
check "all that it had read" is read 20050
check "what it had rejected" is rejected 20
check "the outputs of before are told" is published True
check "in words" status 0 "$ETL" status out
check "the error" grep -q 'is failed: too many documents were rejected \[E0620\], status 65' .out
check "and what it said" grep -q '^  out/.state/rejects.jsonl.part: more documents were rejected than .*the first one by' .out
check "whose outputs lie there" grep -q 'of the run before' .out
check "what to do" grep -q 'next: mend what the error names' .out
check "which goes on and publishes" status 0 "$ETL" -q run --max-rejects=100% s.conf -o out
json out
check "finished, and the failure forgotten" is state finished
check "no last words are left" test ! -e out/.state/ended.json

# ---- stopped between the renames ----
rm -rf half && mkdir half half/.state
python3 - <<'PYTHON'
data = open("out/.state/journal", "rb").read()
magic = len(b"etl journal 1\n")
at, ends = magic, []
while at < len(data):
    size = int.from_bytes(data[at:at + 8], "little")
    kind = int.from_bytes(data[at + 8:at + 16], "little")
    at += 24 + size
    ends.append((kind, at))
assert ends[-1][0] == 4 and ends[-2][0] == 3, ends
open("half/.state/journal", "wb").write(data[:ends[-2][1]])
open("torn", "wb").write(data[:ends[-2][1] - 5])
PYTHON
json half
check "half published" is state "half published"
mkdir -p torn.d/.state && mv torn torn.d/.state/journal
json torn.d
check "a torn record is none: stopped" is state stopped
cp -r half bad && printf 'etl journal 9\n' >bad/.state/journal
check "a journal of another version is refused" status 73 "$ETL" status bad
cp -r out closed && rm -rf closed/.state
check "without .state a finished run is finished" json closed
check "as its manifest says" is state finished

# ---- names are data ----
mkdir $'esc\033[31m' && cp -r out/. $'esc\033[31m/'
check "a name with an escape" status 0 "$ETL" status $'esc\033[31m'
check "is not obeyed" test -z "$(tr -d '\n -~' <.out)"
check "a word too many: 64" status 64 "$ETL" status a b
finish
