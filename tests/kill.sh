# SPDX-License-Identifier: Apache-2.0
# kill -9 with small plugins: at random times, again while resuming, and before and behind every call
# that changes a file, publishing included. The same command again must end in the same bytes, and
# leave no part behind. For each of -j1 and -j4:
# ETL_KILLS=N: runs killed once (10); ETL_KILLS_AGAIN=N: runs killed, and again while they are
# resumed (5). ETL_KILL_STEP=N: every Nth call, -j1 (10; 0: none).
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/kills.sh"
[ -z "${SANITIZE:-}" ] || skip "a preloaded shim and sanitizers do not go together"

RANDOM=${ETL_SEED:-20261121}
export ETL_PLUGIN_PATH=$builddir/tests/plugins/engine
shim=$builddir/tests/torture/at-call.so
cd "$work"
mkdir in
for i in 1 2 3; do
    awk -v i=$i 'BEGIN { for (k = 0; k < 30000; k++)
        print (k % 7 ? "" : "split ") "line " k " of file " i ", with words to fill it up" }' >in/$i.txt
done
cat >e.conf <<'CONF'
[pipeline]
name = e
max_rejects = 100%
barrier_interval = 1ms
[input lines]
path = in/*.txt
[transform split]
[transform number]
reject_every = 1000
[output plain]
path = plain.txt
number = number
[output plain packed]
path = plain.txt.gz
number = number
CONF
sums()
{
    (cd "$1" && sha256sum manifest.json plain.txt plain.txt.gz rejects.jsonl)
}
the_run()
{
    command=("$ETL" run e.conf -o out -j"$1")
}
same_and_clean()
{
    sums out | cmp - want && [ "$(ls out/.state | tr '\n' ' ')" = "journal lock " ]
}
in_between()
{
    [ ! -e out/manifest.json ] || sums out | cmp - want
}
from=$(now)
check "the run to compare with" status 0 "$ETL" run e.conf -o want-dir -j1
span=$(($(now) - from))
sums want-dir >want

for j in 1 4; do
    check "killed at random, -j$j" at_random $j 1 "${ETL_KILLS:-10}"
    check "killed at random and again, -j$j" at_random $j 2 "${ETL_KILLS_AGAIN:-5}"
done
if [ $n_killed -gt 0 ]; then
    check "some runs went on from a journal" some_resumed $((1 + n_killed / 4))
    say_kills "at random"
fi

n_calls=0
kill_each()
{
    local j=$1 step=$2 i n side
    rm -rf out
    ETL_CALLS=$work/count LD_PRELOAD=$shim "$ETL" -q run e.conf -o out -j"$j" || return 1
    n=$(cat count)
    [ "$n" -gt 20 ] || { echo "only $n calls"; return 1; }
    # The last 30 are publishing: each of them, and every Nth before.
    for ((i = 1; i <= n; i++)); do
        [ $((i % step)) = 0 ] || [ $((n - i)) -lt 30 ] || continue
        for side in '' +; do
            rm -rf out
            ETL_KILL_AT=$i$side LD_PRELOAD=$shim "$ETL" -q run e.conf -o out -j"$j" 2>/dev/null
            [ $? != 137 ] || n_killed=$((n_killed + 1))
            in_between && goes_on "$j" || { echo "killed at call $i$side of $n"; return 1; }
        done
    done
    n_calls=$n
}
step=${ETL_KILL_STEP:-10}
if [ "$step" -gt 0 ]; then
    exec 3>&2 2>"$work/shell" # bash tells of each that is killed
    check "killed around each call, -j1" kill_each 1 "$step"
    exec 2>&3
    say_kills "around calls, of which a run makes $n_calls"
fi
finish
