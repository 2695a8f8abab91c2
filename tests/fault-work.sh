# SPDX-License-Identifier: Apache-2.0
# What the tests of failing calls share: a small run with every stage and output, in a build that was
# made for it (configure --enable-faults, tests/torture/faults.c), and what must hold in each case.
. "${srcdir:-.}/tests/lib.sh"
ETL_FAULT=x "$ETL" --version >/dev/null 2>&1
[ $? = 64 ] || skip "not built with --enable-faults"
command -v sqlite3 >/dev/null || skip "sqlite3 is missing"

cd "$work"
"$srcdir/tests/make-pages" pages 1 "${pages:-60}" # pages: how many, where a test wants more
tar czf pages.tar.gz pages
cat >f.conf <<'CONF'
[pipeline]
barrier_interval = 1ms
[input archive]
path = pages.tar.gz
[input txt]
path = pages/*7.txt
[transform cleanup]
[transform language]
[transform extract]
[transform filter]
drop = kind in (gallery)
[transform dedupe]
field = body
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
# run [NAME=VALUE...]: on the run directory out of this folder.
run()
{
    timeout 60 env "$@" "$ETL" run -q -j1 f.conf -o out
}
# want: what a run gives; half: one that stopped in the middle and can go on; fresh and stopped:
# how many calls of each kind a run makes, from nothing and from there.
prepare()
{
    run ETL_FAULT_CALLS="$work/fresh" || return 1
    sums out >want
    stop_before_publishing || return 1
    mv out half
    cp -a half out
    run ETL_FAULT_CALLS="$work/stopped" || return 1
    sums out | cmp - want && rm -rf out
}
# How many writes a run makes is up to its barriers, which come by the clock: with less of them than
# the fresh run had, two thirds of its writes are past the beginning of the publishing, and an earlier
# write is taken.
stop_before_publishing()
{
    local writes part
    writes=$(awk '$1 == "write" {print $2}' fresh)
    for part in 8 7 6 5 4 3 2 1; do
        rm -rf out
        run ETL_FAULT="write:$((writes * part / 12)):EIO:sticky" 2>/dev/null
        [ $? = 74 ] && [ -s out/.state/journal ] && ! published && return 0
    done
    return 1
}
# Is there any of what a run publishes, in out?
published()
{
    [ -e out/manifest.json ] || [ -e out/f.jsonl.gz ] || [ -e out/f.csv ] || [ -e out/f.db ]
}

# judge STATUS WANTED CAUSE: what a run must look like that met a failing call; its words are in
# .said. Status 0: it did without the call, or did it again.
judge()
{
    if [ "$1" = 0 ]; then
        [ -e out/manifest.json ] || { echo "status 0, but there is no manifest"; return 1; }
        return 0
    fi
    [ "$1" != 124 ] || { echo "it hangs"; return 1; }
    # SQLite has its own words for a cause (what it cannot read may be a damaged database to it), and
    # does not go on after every interruption.
    if grep -q "error: .*SQLite error" .said; then
        set -- "$1" "65 71 73 74" "SQLite error"
    fi
    case " $2 " in
    *" $1 "*) ;;
    *) echo "status $1, not one of: $2"; return 1 ;;
    esac
    grep -q "error: .*\($3\)" .said || { echo "no error names the cause, $3"; return 1; }
    grep -q "error: .*\(out\|f\.conf\|pages\|/\|\[\)" .said || { echo "no file is named"; return 1; }
    ! grep -q "Sanitizer\|runtime error" .said || { echo "a sanitizer speaks"; return 1; }
    # Once publishing has begun, names stand there, and the rerun completes them.
    grep -q "publish\|manifest.json\|cannot sync\|journal\|cannot remove\|cannot close\|while a message was made" .said ||
        ! published || { echo "something is published"; return 1; }
}

# one FROM OP NTH ERRNO STICKY: a case; prints what is wrong with it.
one()
{
    local wanted cause got
    case $4 in
    ENOSPC) wanted=74 cause="No space left\|full" ;;
    EDQUOT) wanted=74 cause="quota" ;;
    EIO) wanted=74 cause="Input/output error\|disk I/O error" ;;
    EMFILE) wanted=71 cause="Too many open files" ;;
    EAGAIN) wanted="0 71" cause="Resource temporarily unavailable" ;;
    EROFS) wanted="73 74" cause="Read-only file system\|readonly database" ;;
    ENOMEM) wanted=71 cause="memory" ;;
    *) wanted=0 cause=- ;;
    esac
    rm -rf out
    [ "$1" = fresh ] || cp -a "$work/half" out
    run ETL_FAULT="$2:$3:$4${5:+:$5}" >.out 2>.said
    got=$?
    judge $got "$wanted" "$cause" || { sed 's/^/    /' .said; return 1; }
    [ $got != 0 ] || [ "$2" != memory ] || return 0
    [ $got = 0 ] || run 2>.said || { echo "the run afterwards: $?"; sed 's/^/    /' .said; return 1; }
    sums out | cmp -s - "$work/want" || { echo "other bytes afterwards"; return 1; }
}

# shard N OF: those lines of `cases`, in a folder of its own.
shard()
(
    mkdir "shard$1" && cd "shard$1" || exit 1
    ln -s ../f.conf ../pages ../pages.tar.gz .
    awk -v n="$1" -v of="$2" 'NR % of == n' ../cases | while read -r from op nth errno sticky; do
        one "$from" "$op" "$nth" "$errno" $sticky >.wrong ||
            { echo "$from run, ETL_FAULT=$op:$nth:$errno${sticky:+:$sticky}"; cat .wrong; }
    done >../wrong"$1"
    echo "end" >../ended"$1"
)
# all_cases: what `cases` lists, ETL_FAULT_CASES of them at most, two at a time.
all_cases()
{
    local n=$(wc -l <cases) most=${ETL_FAULT_CASES:-$1}
    if [ "$n" -gt "$most" ]; then
        awk -v n="$n" -v m="$most" -v s="$RANDOM" 'BEGIN {srand(s); at = rand()}
            int(NR * m / n + at) > int((NR - 1) * m / n + at)' cases >some
        mv some cases
    fi
    echo "$(wc -l <cases) of $n cases"
    shard 0 2 &
    shard 1 2
    wait
    cat wrong0 wrong1 | head -60
    echo "$(cat wrong0 wrong1 | grep -c ' run, ETL_FAULT') cases went wrong"
    [ -s ended0 ] && [ -s ended1 ] && [ ! -s wrong0 ] && [ ! -s wrong1 ]
}
