# SPDX-License-Identifier: Apache-2.0
# Signals at random points of a run: INT, TERM, HUP and QUIT end it by that signal, INT, TERM and HUP
# within 2 seconds and with no further barrier; USR1 makes it speak; PIPE, USR1, STOP and CONT change
# nothing; and the same command again ends as if nothing had been. Whatever it waits for - a stage, a
# reader of its output or of its messages - a signal ends it, and a second one at once.
# ETL_SIGNALS=N: so many signals at random points, all kinds in turn (20).
. "${srcdir:-.}/tests/lib.sh"

export ETL_PLUGIN_PATH=$builddir/tests/plugins/engine
unset MALLOC_PERTURB_
ulimit -c 0
cd "$work" || exit 1
RANDOM=${ETL_SEED:-20261128}
mkdir in
for i in 1 2 3; do
    awk -v i=$i 'BEGIN { for (k = 0; k < 20000; k++)
        print (k % 7 ? "" : "split ") "line " k " of file " i ", with words to fill it up" }' >in/$i.txt
done
cat >e.conf <<'CONF'
[pipeline]
name = e
barrier_interval = 2ms
[input lines]
path = in/*.txt
[transform split]
[transform number]
[output plain]
path = plain.txt
number = number
[output plain packed]
path = plain.txt.gz
number = number
CONF
cat >s.conf <<'CONF'
[pipeline]
name = s
[input lines]
path = in/a.txt
[transform number]
[output plain]
path = plain.txt
CONF
seq 3000 >in/a.txt
sed 's/^path = plain.*/path = -/' s.conf >pipe.conf

sums()
{
    (cd "$1" && sha256sum manifest.json plain.txt plain.txt.gz rejects.jsonl)
}
now() # in milliseconds
{
    echo $((${EPOCHREALTIME/./} / 1000))
}
# Begins `etl run ARGUMENTS` in the background, as a terminal would: a shell lets what is there
# ignore INT and QUIT.
begin()
{
    env --default-signal=INT,QUIT,HUP "$ETL" run "$@" &
    pid=$!
}
mkfifo idle
exec 3<>idle
# sends SIGNAL: and sets what it ended with, and how long that took; after 20 seconds it is killed.
sends()
{
    local from state
    from=$(now)
    kill -"$1" $pid 2>/dev/null
    while read -r state <"/proc/$pid/stat" && [[ $state != *") Z "* ]]; do
        [ $(($(now) - from)) -lt 20000 ] || kill -9 $pid
        read -rt 0.002 -u 3 # a sleep that needs no process
    done 2>/dev/null
    wait $pid 2>/dev/null
    got=$?
    took=$(($(now) - from))
}
# until COMMAND...: for 30 seconds at most.
until_true()
{
    local i
    for ((i = 0; i < 3000; i++)); do
        "$@" && return 0
        sleep 0.01
    done
    echo "in vain: $*"
    return 1
}
ended_by()
{
    [ $got = $((128 + $(kill -l "$1"))) ] && [ $took -lt 2000 ] && return 0
    echo "SIG$1: status $got after $took ms"
    return 1
}

# ---- at random points ----

check "the run to compare with" status 0 "$ETL" -q run e.conf -o want-dir -j2
sums want-dir >want
from=$(now)
check "once more, for the time it takes" status 0 "$ETL" -q run e.conf -o timed -j2
span=$(($(now) - from))
n_sent=0 n_late=0 n_resumed=0 slowest=0 n_differing=0

# No manifest, or all that it speaks of.
whole_or_not_there()
{
    [ ! -e out/manifest.json ] || sums out | cmp - want
}
at_random() # KIND
{
    local signal=${1%-*} j=$((1 + RANDOM % 4))
    rm -rf out
    begin e.conf -o out -j$j --progress=plain 2>said
    sleep "$(printf '0.%03d' $((RANDOM % (span < 900 ? span + 10 : 900))))"
    case $1 in
    STOP)
        kill -STOP $pid 2>/dev/null
        sleep 0.02
        sends CONT
        ;;
    INT-INT)
        kill -INT $pid 2>/dev/null
        [ $((RANDOM % 2)) = 0 ] || sleep 0.001
        sends INT
        ;;
    *) sends $signal ;;
    esac
    n_sent=$((n_sent + 1))
    if [ $got = 0 ]; then
        case $1 in
        INT* | TERM | HUP | QUIT) n_late=$((n_late + 1)) ;;
        esac
        [ -e out/manifest.json ] || { echo "SIG$1: status 0, and no manifest"; return 1; }
    else
        case $1 in
        INT* | TERM | HUP | QUIT) ended_by $signal || return 1 ;;
        PIPE | USR1) # as for any program, until the run begins
            ended_by $signal && [ ! -e out ] || return 1
            ;;
        *) echo "SIG$1: status $got"; sed 's/^/    /' said; return 1 ;;
        esac
        case $1 in
        INT* | TERM | HUP) [ $took -le $slowest ] || slowest=$took ;;
        esac
    fi
    whole_or_not_there || { echo "SIG$1: half is published"; return 1; }
    [ ! -s out/.state/journal ] || [ -e out/manifest.json ] || n_resumed=$((n_resumed + 1))
    "$ETL" -q run e.conf -o out -j$j && sums out | cmp - want &&
        ! ls out/.state | grep -q part && return 0
    n_differing=$((n_differing + 1))
    echo "SIG$1: other bytes afterwards"
    return 1
}
kinds=(INT TERM HUP INT-INT QUIT PIPE USR1 STOP)
for ((i = 0; i < ${ETL_SIGNALS:-20}; i++)); do
    kind=${kinds[i % ${#kinds[@]}]}
    check "SIG$kind at random, number $((i + 1))" at_random $kind
done
echo "cases: $n_sent signals, $n_late of them when all was done; $n_resumed runs went on from a journal," \
    "$n_differing differ; INT, TERM and HUP took $slowest ms at most, a whole run takes $span ms"
check "most came in time" test $((n_late * 2)) -le $n_sent

# ---- what it says, and no further barrier ----

sed 's/^name = s/&\nbarrier_interval = 1h/; s/^path = in.*/&\npause = 1ms/' s.conf >slow.conf
for signal in INT TERM HUP; do
    rm -rf out
    begin slow.conf -o out -j2 --progress=plain 2>said
    check "it begins" until_true test -s out/.state/journal
    until_true grep -q "\[lines\]\|s:" said
    kill -USR1 $pid
    check "USR1 makes it speak" until_true grep -q "documents" said
    status 75 "$ETL" -q run slow.conf -o out
    check "a second run is refused" says "another run"
    cp out/.state/journal before
    sends $signal
    check "$signal ends it by that signal" ended_by $signal
    check "it says what to do" grep -q "the same command" said
    check "it makes no barrier" cmp before out/.state/journal
    check "nothing is published" test ! -e out/manifest.json
done
check "the lock went with its holder" status 0 "$ETL" run s.conf -o out
check "all is there" grep -q " 3000$" out/plain.txt

sed 's/^path = in.*/&\npause = 1h/' s.conf >stuck.conf

# A signal that comes before there is a run, and one in a dry run.
sed 's/^path = in.*/&\nopening = 600ms/' s.conf >opening.conf
begin -q --fresh opening.conf -o out 2>said
sleep 0.3
sends USR1
check "USR1 before the run has begun changes nothing" test "$got" = 0
begin --fresh opening.conf -o out 2>said
sleep 0.3
sends INT
check "INT before the run has begun ends it" ended_by INT
rm -rf tmp && mkdir tmp
TMPDIR=$work/tmp begin stuck.conf --dry-run 2>/dev/null
dry_has_begun()
{
    [ -e "$(echo tmp/etl-dry-*)/progress.json" ] # which must go, too
}
until_true dry_has_begun
sleep 0.1
sends INT
check "INT ends a dry run" ended_by INT
check "which leaves nothing" test -z "$(ls -A tmp)"

# ---- whatever it waits for ----

for j in 1 4; do
    rm -rf out
    begin -q stuck.conf -o out -j$j 2>said
    until_true test -s out/.state/journal
    sends TERM
    check "a stage that does not come back, -j$j" ended_by TERM
done

# A pipe that is full, and that nobody reads.
mkfifo fifo
exec 4<>fifo
python3 - <<'PY' || skip "python3 is not installed"
import os
fd = os.open("fifo", os.O_WRONLY | os.O_NONBLOCK)
try:
    while True:
        os.write(fd, b"x")
except BlockingIOError:
    pass
PY
begin -q pipe.conf -o piped >&4 2>said
sleep 0.3
check "it waits for who reads its output" kill -0 $pid
sends INT
check "INT ends it" ended_by INT

seq 5 >in/few.txt # too few for a line before the last ones
sed 's/a\.txt/few.txt/' s.conf >few.conf
rm -rf out
begin few.conf -o out -j2 2>&4
check "the run ends but for its last words" until_true test -e out/manifest.json
sleep 0.2
check "it waits for who reads them" kill -0 $pid
sends INT
check "INT ends it" ended_by INT
check "and all is published" status 0 "$ETL" verify out

stuck_while_stopping() # COMMAND...: SIGINT has come, and nobody reads what it says to that
{
    rm -rf out
    begin -q stuck.conf -o out -j2 2>&4
    until_true test -s out/.state/journal || return 1
    sleep 0.1
    "$@"
    ended_by INT
}
check "one INT ends it in 2 seconds" stuck_while_stopping sends INT
second_at_once()
{
    kill -INT $pid
    sleep 0.1
    kill -0 $pid || return 1
    sends INT
}
soonest=2000
for ((i = 0; i < 5 && soonest >= 500; i++)); do
    stuck_while_stopping second_at_once && [ $took -lt $soonest ] && soonest=$took
done
check "a second one at once, not after the first one's second ($soonest ms)" test $soonest -lt 500
exec 4<&-

# ---- a reader that stops reading ----

quiet()
{
    local lines=$1
    "$ETL" -q run pipe.conf -o piped -j2 2>said | head -n "$lines" >heads
    [ "${PIPESTATUS[0]}" = 141 ] || [ "$(wc -l <heads)" -ge 3001 ] || [ $lines -gt 2000 ] ||
        { echo "no SIGPIPE"; return 1; }
    [ ! -s said ] && [ "$(wc -l <heads)" = "$lines" ] && [ ! -e piped/manifest.json ]
}
seq 200000 >in/a.txt
for lines in 0 1 $((RANDOM % 100)) $((RANDOM * 3)); do
    check "head -n $lines is quiet" quiet $lines
done
finish
