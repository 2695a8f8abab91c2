# SPDX-License-Identifier: Apache-2.0
# Power loss: every call of a run that changes a file is recorded, and states are made of the record
# that a disk could hold after the power went (tests/torture/power-loss.py says which). In each, a
# manifest that is there holds, what was committed is there, and the same command ends in the bytes
# of an undisturbed run.
# ETL_POWER_STATES=N: states in all (50). ETL_SEED=N: which states are made of a record; what the
# record holds depends on time a little. ETL_POWER_KEEP=DIR: the first state that failed goes there.
# ETL_POWER_ALL=1: go on after a state that failed.
. "${srcdir:-.}/tests/lib.sh"
[ -z "${SANITIZE:-}" ] || skip "a preloaded shim and sanitizers do not go together"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' || skip "python3 is older than 3.9"

shim=$builddir/tests/torture/record-calls.so
export ETL_PLUGIN_PATH=$builddir/tests/plugins/engine:$builddir/plugins PYTHONDONTWRITEBYTECODE=1
seed=${ETL_SEED:-$((RANDOM * 32768 + RANDOM))}
states=${ETL_POWER_STATES:-50}
echo "ETL_SEED=$seed"
cd "$work" || exit 1
mkdir in
"$srcdir/tests/make-pages" pages 1 42
for i in 0 1 2; do # a page a line
    for ((k = 14 * i + 1; k <= 14 * i + 14; k++)); do
        tr -s '\n' ' ' <"pages/page-$(printf %06d $k).txt"
        echo
    done >in/$i.txt
done

# One with a database and one without: SQLite syncs the folder that its journal lies in.
cat >files.conf <<CONF
[pipeline]
max_rejects = 100%
barrier_interval = 1ms
[input lines]
path = $work/in/*.txt
pause = 1ms
[transform number]
reject_every = 11
[transform dedupe]
field = text
index = store/of/days
[output jsonl]
path = p.jsonl.gz
fields = *
[output boilerplate]
path = lines.rules
text = text
group = source
[output jsonl duplicates]
from = duplicates
path = duplicates.jsonl
[output csv]
path = by/p.csv
fields = id, number, text
[output csv deeper]
path = by/kind/p.csv
fields = id, text, from=source
CONF
{
    cat files.conf
    printf '[output sqlite]\npath = p.db\nfields = id, number, text\nindex = number\nfts = text\n'
    printf 'rows_per_transaction = 5\n'
} >database.conf
# Other outputs under the same names, and another segment beside that of the first.
sed 's/reject_every = 11/reject_every = 5/' database.conf >other.conf

# run CONF J [OPTIONS...], in the working directory
run()
{
    "$ETL" -q run "$work/$1.conf" -j"$2" -o runs/out "${@:3}"
}
# Without waiting for the disk.
quick()
{
    LD_PRELOAD=$shim run "$@"
}

# tried NAME J N CONF OPTIONS...: ./base is there; a run is recorded on it, and N states are tried.
tried()
{
    local name=$1 j=$2 n=$3 conf=$4
    shift 4
    rm -rf run want record
    cp -a base run && cp -a base want || return 1
    (cd want && quick "$conf" "$j" "$@") && (cd run && ETL_RECORD=$work/record quick "$conf" "$j" "$@") || return 1
    python3 "$srcdir/tests/torture/power-loss.py" --name "$name -j$j" --base base --after run \
        --record record --want want --state "$work/state" --shim "$shim" --etl "$ETL" --states "$n" \
        --seed "$seed" --totals totals ${ETL_POWER_KEEP:+--keep "$ETL_POWER_KEEP"} \
        ${ETL_POWER_ALL:+--go-on} -- "$ETL" -q run "$work/$conf.conf" -j"$j" -o runs/out
}

# killed J: ./base is an unfinished run with something committed.
killed()
{
    rm -rf base
    mkdir base
    (cd base && ETL_KILL_AT=150 LD_PRELOAD=$builddir/tests/torture/at-call.so run database "$1" 2>/dev/null)
    [ ! -e base/runs/out/manifest.json ] && [ "$(stat -c %s base/runs/out/.state/journal)" -gt 5000 ]
}
finished()
{
    rm -rf base
    mkdir base
    (cd base && quick database "$1")
}

each=$(((states + 9) / 10))
for j in 1 4; do
    rm -rf base
    mkdir base
    check "a run, -j$j" tried files $j $each files
    check "a run with a database, -j$j" tried database $j $each database
    check "there is an unfinished run, -j$j" killed $j 2>/dev/null
    check "a run that goes on with another, -j$j" tried resumed $j $each database
    check "a run that gives up another, -j$j" tried fresh $j $each database --fresh
    check "there is a finished run, -j$j" finished $j
    check "a run over a finished one, with its index, -j$j" tried again $j $each other
done
figures=$(awk '{ for (i = 1; i <= 5; i++) n[i] += $i }
    END { print n[1] " states, " n[2] " with barriers to go on from (" n[3] " went on), " n[4] \
        " in publishing, " n[5] " differed" }' totals)
echo "$figures"
check "states had something to go on from" test "$(awk '{ n += $3 } END { print n }' totals)" -gt $((states / 10))
check "and were in publishing" test "$(awk '{ n += $4 } END { print n }' totals)" -gt 0
finish
