# SPDX-License-Identifier: Apache-2.0
# kill -9 over the whole of news.conf - archives, folders and lines in; dedupe; JSONL, CSV, SQLite
# and packed outputs - at random points, again while resuming, in the first moments of each archive,
# and during publishing. The same command again must end in the same bytes (SQLite by its dump and
# integrity_check) and leave nothing behind in .state; until then there is no manifest.
# For each of -j1 and -j4: ETL_KILLS=N: kills of each of the three other sorts (4);
# ETL_KILLS_AGAIN=N: runs killed, and again while they are resumed (2).
# ETL_PAGES=N: pages in each of the ten inputs (200).
. "${srcdir:-.}/tests/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
. "$srcdir/tests/mix.sh"
. "$srcdir/tests/kills.sh"
mkdir "$work/in" && cd "$work/in" || exit 1
unset NEWS
kills=${ETL_KILLS:-4}
shim=$builddir/tests/torture/at-call.so
RANDOM=${ETL_SEED:-20261121}

check "the mix is made" mix "${ETL_PAGES:-200}"
interval=5ms # between barriers
the_run()
{
    command=("$ETL" run -j"$1" --set "pipeline.barrier_interval=$interval" mix.conf -o out)
}
from=$(now)
the_run 2
check "the run that is not killed" status 0 "${command[@]}"
span=$(($(now) - from))
mv out want
sums want >want.sums

same_and_clean()
{
    diff want.sums <(sums out) && [ "$(ls out/.state | tr '\n' ' ')" = "journal lock " ]
}
# A manifest is there only if all else is; run.json may have been in the making.
in_between()
{
    [ ! -e out/manifest.json ] || diff want.sums <(sums out | grep -v '/\.run\.json\.new$')
}

# harmed J HARM: a run that is killed by the shim, if it comes to that.
harmed()
{
    local got command
    rm -rf out
    the_run "$1"
    env "$2" LD_PRELOAD="$shim" "${command[@]}" 2>/dev/null
    got=$?
    case $got in
    137) n_killed=$((n_killed + 1)) ;;
    0) n_late=$((n_late + 1)) ;;
    *) echo "status $got with $2"; return 1 ;;
    esac
    in_between && goes_on "$1" || { echo "with $2"; return 1; }
}

# first_moments J: within 25 ms after an archive was opened, each archive in turn.
first_moments()
{
    local i archives=(a*.* lines.jsonl.gz)
    for ((i = 0; i < kills; i++)); do
        harmed "$1" "ETL_KILL_OPENED=${archives[i % ${#archives[@]}]}:$((RANDOM % 25000))" ||
            return 1
    done
}

# publishing J: before and behind calls that change files, among the last of a whole run.
publishing()
{
    local j=$1 i n side interval=1h command
    rm -rf out
    the_run "$j"
    env ETL_CALLS="$work/count" LD_PRELOAD="$shim" "${command[@]}" 2>/dev/null || return 1
    n=$(cat "$work/count")
    [ "$n" -gt 60 ] || { echo "only $n calls"; return 1; }
    for ((i = 0; i < kills; i++)); do
        [ $((i % 2)) = 0 ] && side= || side=+
        harmed "$j" "ETL_KILL_AT=$((n - (40 * i + RANDOM % 40) / kills))$side" || return 1
    done
}

exec 3>&2 2>"$work/shell" # bash tells of each that is killed
for j in 1 4; do
    check "killed at random, -j$j" at_random $j 1 $kills
    check "killed at random and again, -j$j" at_random $j 2 "${ETL_KILLS_AGAIN:-2}"
done
check "some runs went on from a journal" some_resumed $((1 + n_killed / 4))
say_kills "at random"
if [ -z "${SANITIZE:-}" ]; then # a preloaded shim and sanitizers do not go together
    for j in 1 4; do
        check "killed behind the opening of an archive, -j$j" first_moments $j
    done
    say_kills "in the first 25 ms of an archive"
    for j in 1 4; do
        check "killed while publishing, -j$j" publishing $j
    done
    say_kills "around the last 40 calls"
fi
exec 2>&3
finish
