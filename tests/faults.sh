# SPDX-License-Identifier: Apache-2.0
# Calls that fail: each call that changes a file, by the host or by SQLite, fails once or for good, or
# takes a single byte. The run says so with the documented status and publishes nothing, or mends it
# itself; and the same command afterwards gives the bytes of an undisturbed run.
# ETL_FAULT_STEP=N: every Nth call (7).
. "${srcdir:-.}/tests/lib.sh"
[ -z "${SANITIZE:-}" ] || skip "a preloaded shim and sanitizers do not go together"
command -v sqlite3 >/dev/null || skip "sqlite3 is missing"

shim=$builddir/tests/torture/at-call.so
cd "$work"
"$srcdir/tests/make-pages" pages 1 60
cat >f.conf <<'CONF'
[pipeline]
barrier_interval = 1ms
[input txt]
path = pages
[transform dedupe]
field = text
[output jsonl]
path = f.jsonl.gz
[output csv]
path = f.csv
[output sqlite]
path = f.db
CONF
sums()
{
    (cd "$1" && sha256sum f.jsonl.gz f.csv rejects.jsonl && sqlite3 f.db .dump)
}
run()
{
    timeout 60 env "$@" "$ETL" run -q -j1 f.conf -o out
}
check "the run to compare with" status 0 run
sums out >want
rm -rf out
run ETL_CALLS="$work/calls" LD_PRELOAD="$shim"
calls=$(cat calls)
check "there are calls to fail ($calls)" test "$calls" -gt 40

# What a failure must look like, whatever failed.
told()
{
    case $1 in
    0) [ -e out/manifest.json ] ;;
    71 | 73 | 74)
        [ ! -e out/manifest.json ] && [ ! -e out/f.csv ] || { echo "something is published"; return 1; }
        grep -q "error:" .said || { echo "nothing is said"; return 1; }
        # A sticky failure that comes late is of the last renames: then nothing was said wrongly.
        ;;
    *) echo "status $1"; return 1 ;;
    esac
}
fault()
{
    local errno=$1 kind=$2 text=$3 n failures=0
    for ((n = 1 + RANDOM % step; n <= calls; n += step)); do
        rm -rf out
        n_faults=$((n_faults + 1))
        run ETL_FAIL_AT="$n:$errno$kind" LD_PRELOAD="$shim" >/dev/null 2>.said
        got=$?
        # Half a publishing is possible only when renames had begun; the next run completes it.
        if [ $got != 0 ] && grep -q "cannot publish\|manifest.json\|cannot sync\|journal" .said; then
            grep -q "error:" .said || return 1
        else
            told $got || { echo "call $n of $calls, errno $errno$kind:"; cat .said; return 1; }
        fi
        if [ $got != 0 ]; then
            failures=$((failures + 1))
            [ -z "$text" ] || grep -q "$text" .said || { echo "call $n: no '$text' in:"; cat .said; return 1; }
        fi
        run 2>.said || { echo "the rerun after call $n, errno $errno$kind:"; cat .said; return 1; }
        sums out | cmp -s - want || { echo "other bytes after call $n, errno $errno$kind"; return 1; }
    done
    [ "$errno" = 0 ] || [ "$errno" = 4 ] || [ "$failures" -gt 0 ] || { echo "nothing failed"; return 1; }
}
step=${ETL_FAULT_STEP:-7} n_faults=0
check "no space, once" fault 28 "" ""
check "no space, from then on" fault 28 :sticky "No space left\|full\|disk I/O error"
check "input/output error, once" fault 5 "" ""
check "input/output error, from then on" fault 5 :sticky ""
check "over the quota, from then on" fault 122 :sticky ""
check "interrupted, once" fault 4 "" ""
check "one byte a write, once" fault 0 "" ""
check "one byte a write, from then on" fault 0 :sticky ""

# A file system that fails turns itself read-only, and says so where a file is synced.
sed '/sqlite/,$d' f.conf >sync.conf
printf '[output boilerplate]\npath = lines.tsv\ntext = text\ngroup = source\nmin_pages = 2\n' >>sync.conf
sync_run()
{
    timeout 60 env "$@" "$ETL" run -q -j1 sync.conf -o synced
}
sync_sums()
{
    (cd synced && sha256sum f.jsonl.gz f.csv lines.tsv rejects.jsonl manifest.json)
}
check "the run to compare syncs with" status 0 sync_run
sync_sums >want.synced
rm -rf synced
check "what is not synced is not taken for written" status 74 sync_run ETL_FAIL_SYNC=30 LD_PRELOAD="$shim"
check "it names the file" says "synced/.state/"
check "and says why, and what to do" says "Read-only file system; the disk is read-only: mount it for writing"
check "nothing is published" test -z "$(ls synced)"
check "it goes on" status 0 sync_run
check "to the same bytes" diff want.synced <(sync_sums)
rm -rf synced
check "each sync is interrupted, and done again" status 0 sync_run ETL_FAIL_SYNC=4 LD_PRELOAD="$shim"
check "the same bytes" diff want.synced <(sync_sums)
echo "cases: $n_faults faults, at $calls calls"
finish
