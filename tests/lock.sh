# SPDX-License-Identifier: Apache-2.0
# 32 runs at once on one run directory: one wins, 31 say 75, which directory, and what to do; the
# result is that of a run alone. A holder that is killed leaves no lock: the next run starts at once.
# ETL_ROUNDS=N: rounds, of four sorts in turn: the winner goes on; it is killed, and one run comes;
# it is killed, and 32 come; nobody waits for anybody (4, one of each).
. "${srcdir:-.}/tests/lib.sh"

export ETL_PLUGIN_PATH=$builddir/tests/plugins/engine
unset MALLOC_PERTURB_
cd "$work" || exit 1
RANDOM=${ETL_SEED:-20261128}
runs=32
mkdir in said
seq 5000 >in/1.txt
seq 5000 9000 >in/2.txt
cat >e.conf <<'CONF'
[pipeline]
name = e
barrier_interval = 1ms
[input lines]
path = in/1.txt
[input lines later]
path = in/2.txt
hold = hold
[transform number]
[output plain]
path = plain.txt
number = number
CONF
sums()
{
    (cd "$1" && sha256sum manifest.json plain.txt rejects.jsonl)
}
check "the run to compare with" status 0 "$ETL" -q run e.conf -o want-dir
sums want-dir >want
mkfifo idle
exec 3<>idle
n_rounds=0 n_started=0 n_refused=0 n_holders_killed=0 n_resumed=0 n_differing=0 slowest=0

gone() # PID: it has ended, or will be waited for
{
    local state
    ! read -r state 2>/dev/null <"/proc/$1/stat" || [[ $state == *") Z "* ]]
}
pids=()
begin_all()
{
    local k
    for ((k = 0; k < runs; k++)); do
        "$ETL" run e.conf -o out -j$((1 + k % 3)) 2>said/$k &
        pids[k]=$!
    done
    n_started=$((n_started + runs))
}
# refused K: what number K ended with, and said, is a refusal.
refused()
{
    wait "${pids[$1]}"
    [ $? = 75 ] && cp said/$1 .said && says "another run is writing to this run directory" &&
        says "out:" && says "wait until it ends, or give this run another directory with -o" &&
        n_refused=$((n_refused + 1))
}
# All but one of them are refused while it has the lock; it is the winner then.
all_but_one()
{
    local k left tries
    for ((tries = 0; tries < 6000; tries++)); do
        left=0
        for ((k = 0; k < runs; k++)); do
            gone "${pids[k]}" || { left=$((left + 1)) && winner=$k; }
        done
        [ $left -gt 1 ] || break
        read -rt 0.005 -u 3
    done
    [ $left = 1 ] || { echo "$left runs have not ended"; kill "${pids[@]}" 2>/dev/null; return 1; }
    for ((k = 0; k < runs; k++)); do
        [ $k = "$winner" ] || refused $k || { echo "of run $k"; return 1; }
    done
}
winner_ends()
{
    rm -f hold
    wait "${pids[winner]}"
    [ $? = 0 ] && ! grep -q "up to date" said/$winner
}
# What the kernel has let go when its process has been waited for.
winner_is_killed()
{
    kill -9 "${pids[winner]}"
    wait "${pids[winner]}" 2>/dev/null
    [ $? = 137 ] && n_holders_killed=$((n_holders_killed + 1))
    [ ! -e out/manifest.json ] || { echo "there is a manifest already"; return 1; }
}
next_one()
{
    local from=${EPOCHREALTIME/./} took
    rm -f hold
    "$ETL" run e.conf -o out -j2 2>said/next || { cat said/next; return 1; }
    took=$(((${EPOCHREALTIME/./} - from) / 1000))
    [ $took -le $slowest ] || slowest=$took
    ! grep -q "up to date" said/next
}
nobody_waits()
{
    local k wins=0 got
    for ((k = 0; k < runs; k++)); do
        wait "${pids[k]}"
        got=$?
        if [ $got = 0 ]; then
            grep -q "is up to date" said/$k || wins=$((wins + 1))
        else
            refused $k || { echo "status $got of run $k"; return 1; }
        fi
    done
    [ $wins = 1 ] || { echo "$wins runs made it"; return 1; }
}
same_and_clean()
{
    sums out | cmp - want && [ "$(ls out/.state | tr '\n' ' ')" = "journal lock " ] && return 0
    n_differing=$((n_differing + 1))
    return 1
}
held_round() # COMMAND...: what follows once one has won
{
    touch hold
    begin_all
    all_but_one || return 1
    "$@"
}
killed_then_one()
{
    # Sometimes when it has committed what came before.
    [ $((RANDOM % 2)) = 0 ] || read -rt 0.05 -u 3
    winner_is_killed || return 1
    next_one || return 1
    ! grep -q '"resumed_at": [1-9]' out/run.json || n_resumed=$((n_resumed + 1))
}
killed_then_all()
{
    winner_is_killed || return 1
    begin_all
    all_but_one && winner_ends
}
round()
{
    rm -rf out
    n_rounds=$((n_rounds + 1))
    case $(($1 % 4)) in
    0) held_round winner_ends ;;
    1) held_round killed_then_one ;;
    2) held_round killed_then_all ;;
    3)
        begin_all
        nobody_waits
        ;;
    esac && same_and_clean
}
exec 5>&2 2>"$work/shell" # bash tells of each that is killed
for ((i = 0; i < ${ETL_ROUNDS:-4}; i++)); do
    check "round $((i + 1))" round $i
done
exec 2>&5
echo "cases: $n_rounds rounds, $n_started runs begun, $n_refused refused, $n_holders_killed holders" \
    "killed ($n_resumed behind a barrier), $n_differing results differ; the next run took" \
    "$slowest ms at most"
check "runs were refused" test $n_refused -gt 0
check "holders were killed" test $n_holders_killed -gt 0 -o "${ETL_ROUNDS:-4}" -lt 2
finish
