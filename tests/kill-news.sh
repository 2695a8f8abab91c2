# SPDX-License-Identifier: Apache-2.0
# kill -9 over the whole of news.conf - archives, folders and lines in; dedupe; JSONL, CSV, SQLite
# and packed outputs - at random points, in the beginning, while resuming, and during publishing.
# The same command again must end in the same bytes (SQLite by its dump and integrity_check) and
# leave nothing behind in .state; until then there is no manifest.
# ETL_KILLS=N: kills of each of the three sorts, for each of -j1 and -j4 (4). ETL_PAGES=N: pages in
# each of the ten inputs (200).
. "${srcdir:-.}/tests/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
. "$srcdir/tests/mix.sh"
mkdir "$work/in" && cd "$work/in" || exit 1
unset NEWS
kills=${ETL_KILLS:-4}
shim=$builddir/tests/torture/at-call.so
RANDOM=${ETL_SEED:-20261121}

check "the mix is made" mix "${ETL_PAGES:-200}"
# run J [BARRIERS-EVERY]
run()
{
    "$ETL" -q run -j"$1" --set pipeline.barrier_interval="${2:-5ms}" mix.conf -o out
}
began=$(date +%s%N)
check "the run that is not killed" run 2
whole=$((($(date +%s%N) - began) / 1000000)) # ms
mv out want
sums want >want.sums

exec 3>&2 2>"$work/shell" # bash tells of each that is killed
n_killed=0
n_resumed=0
n_differing=0
# goes_on J [BARRIERS-EVERY]: the same command again ends as the run that was not killed.
goes_on()
{
    run "$@" && diff want.sums <(sums out) && [ "$(ls out/.state | tr '\n' ' ')" = "journal lock " ] &&
        return 0
    ls -A out out/.state
    n_differing=$((n_differing + 1))
    return 1
}

# A manifest is there only if all else is; run.json may have been in the making.
whole_or_not_there()
{
    [ ! -e out/manifest.json ] || diff want.sums <(sums out | grep -v '/\.run\.json\.new$')
}

# after J MS: killed so many ms after it began.
after()
{
    local pid
    (exec "$ETL" -q run -j"$1" --set pipeline.barrier_interval=5ms mix.conf -o out 2>/dev/null) &
    pid=$!
    sleep "$(printf '%d.%03d' $(($2 / 1000)) $(($2 % 1000)))"
    kill -9 $pid 2>/dev/null
    wait $pid
    [ $? = 137 ] && n_killed=$((n_killed + 1))
    [ ! -s out/.state/journal ] || n_resumed=$((n_resumed + 1))
    whole_or_not_there
}

# at_random J FROM UPTO: killed there, and again at random while resuming.
at_random()
{
    local i
    for ((i = 0; i < kills; i++)); do
        rm -rf out
        after "$1" $(($2 + RANDOM % ($3 - $2))) && after "$1" $((RANDOM % $3)) && goes_on "$1" || return 1
    done
}

# publishing J: killed before and behind calls that change files, among the last of a whole run.
publishing()
{
    local j=$1 i n side
    rm -rf out
    ETL_CALLS=$work/count LD_PRELOAD=$shim run "$j" 1h || return 1
    n=$(cat "$work/count")
    [ "$n" -gt 60 ] || { echo "only $n calls"; return 1; }
    for ((i = 0; i < kills; i++)); do
        for side in '' +; do
            rm -rf out
            ETL_KILL_AT=$((n - (40 * i + RANDOM % 40) / kills))$side LD_PRELOAD=$shim \
                run "$j" 1h 2>/dev/null
            [ $? = 137 ] && n_killed=$((n_killed + 1))
            whole_or_not_there || return 1
            # No barrier was made, but what was about to be published is.
            goes_on "$j" 1h || { echo "call $i$side of the last, of $n"; return 1; }
        done
    done
}

for j in 1 4; do
    check "killed at random, -j$j" at_random $j 0 $((whole + 20))
    check "killed in the beginning, -j$j" at_random $j 0 $((whole < 3000 ? whole / 3 : 1000))
    if [ -z "${SANITIZE:-}" ]; then # a preloaded shim and sanitizers do not go together
        check "killed while publishing, -j$j" publishing $j
    fi
done
exec 2>&3
echo "$n_killed kills ($n_resumed with a journal to go on from), $n_differing runs that differ; a whole run takes $whole ms"
check "kills came in time" test $n_killed -ge $((kills * 4))
finish
