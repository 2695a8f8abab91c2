# SPDX-License-Identifier: Apache-2.0
# kill -9: at random times, and before and behind every call that changes a file, publishing
# included. The same command again must end in the same bytes, and leave no part behind.
# ETL_KILLS=N: random kills for each of -j1 and -j4 (20); ETL_KILL_STEP=N: every Nth call (10).
. "${srcdir:-.}/tests/lib.sh"
[ -z "${SANITIZE:-}" ] || skip "a preloaded shim and sanitizers do not go together"

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
same_and_clean()
{
    sums out | cmp - want && ! ls out/.state | grep -q part
}
check "the run to compare with" status 0 "$ETL" run e.conf -o want-dir -j1
sums want-dir >want

random_kills()
{
    local j=$1 n=$2 i pid again
    for ((i = 0; i < n; i++)); do
        rm -rf out
        for again in 1 2; do # killed once, and once more while resuming
            "$ETL" -q run e.conf -o out -j"$j" 2>/dev/null &
            pid=$!
            sleep "0.$(printf %03d $((RANDOM % 200)))"
            kill -9 $pid 2>/dev/null
            wait $pid 2>/dev/null
        done
        "$ETL" -q run e.conf -o out -j"$j" && same_and_clean || return 1
    done
}
check "killed at random, -j1" random_kills 1 "${ETL_KILLS:-20}"
check "killed at random, -j4" random_kills 4 "${ETL_KILLS:-20}"

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
            "$ETL" -q run e.conf -o out -j"$j" && same_and_clean || {
                echo "killed at call $i$side of $n"
                return 1
            }
        done
    done
}
check "killed around each call, -j1" kill_each 1 "${ETL_KILL_STEP:-10}" 2>/dev/null
finish
