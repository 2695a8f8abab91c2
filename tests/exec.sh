# SPDX-License-Identifier: Apache-2.0
# The transform exec: programs that keep to the rules give the same bytes for any number of threads
# and after kills; programs that do not - they hang, die, print what nobody asked for - cost their
# document or the run, with a word; and none outlives etl.
. "${srcdir:-.}/tests/lib.sh"
for tool in python3 awk pgrep; do
    command -v $tool >/dev/null || skip "$tool is missing"
done
cd "$work" || exit 1
# What waits for more than a line before it works on one must be told not to.
awk="awk"
awk -W version 2>&1 </dev/null | grep -q mawk && awk="awk, -W, interactive"
cp "$srcdir/examples/words.py" "$srcdir/examples/sentences.awk" .

for i in $(seq 300); do
    echo "{\"text\":\"Baris $i. Kata \\\"dalam kutip\\\" dan \\\\ ke-$i!\"}"
done >docs.jsonl

# pipeline "KEYS" [FIELDS]: p.conf, with a transform exec of these keys.
pipeline()
{
    cat >p.conf <<CONF
[pipeline]
name = p
max_rejects = 100%
[input jsonl]
path = ${input:-docs.jsonl}
[transform exec]
$1
[output jsonl]
path = o.jsonl
fields = ${2:-id, text}
CONF
}
run() { timeout -k 10 300 "$ETL" run p.conf -o out "$@" </dev/null; }
# runs STATUS "KEYS" [FIELDS]: from the beginning.
runs()
{
    local want=$1
    shift
    rm -rf out
    pipeline "$@"
    status "$want" run -j"${j:-2}"
}
# awks STATUS 'PROGRAM' "KEYS" [FIELDS]
awks()
{
    printf '%s\n' "$2" >x.awk
    runs "$1" "command = $awk, -f
script = x.awk
${3:-}" "${@:4}"
}
# program NAME: a shell script from standard input, as `script`.
program() { { echo '#!/bin/sh'; cat; } >"$1" && chmod +x "$1"; }
counted() { grep -qF -- "$1" out/manifest.json || { grep -o '"counts.*' out/manifest.json; return 1; }; }
nothing() { [ ! -e out/manifest.json ] && [ ! -e out/o.jsonl ]; }
unsaid() { ! grep -qF -- "$1" "$work/.said" || { cat "$work/.said"; return 1; }; }
# Nothing that has the scratch folder in its command line is left, but for this shell's own.
gone()
{
    local i
    for i in $(seq 100); do
        pgrep -f "$work/[a-z]*\.loop" >/dev/null || return 0
        sleep 0.1
    done
    pgrep -fa "$work/[a-z]*\.loop"
    return 1
}

# ---- examples, in order, for any number of threads ----
words="command = python3
script = words.py
arguments = 3
send = text
take = words:int"
check "python" runs 0 "$words" "text, words"
check "counts words" grep -qF '"words":8}' out/o.jsonl
check "of each document" test "$(wc -l <out/o.jsonl)" = 300
cp out/o.jsonl want.jsonl
for j in 1 8; do
    check "the same with -j$j" runs 0 "$words" "text, words"
    check "by bytes, with -j$j" cmp want.jsonl out/o.jsonl
done
check "without a word on the way" unsaid "started"
check "awk" runs 0 "command = $awk, -f
script = sentences.awk
send = text
take = sentences:int" "text, sentences"
check "counts sentences" test "$(grep -c '"sentences":2}' out/o.jsonl)" = 300
check "a script alone" runs 0 "script = words.py
take = words:int" "text, words"
check "cat changes nothing" runs 0 "command = cat
send = text" "text"
check "not a byte" cmp docs.jsonl out/o.jsonl
check "a shell, where one is asked for" runs 0 "command = sh, -c, \"sed -u 's/Baris/Line/'\"
send = text" "text"
check "does what it says" grep -qF '{"text":"Line 300. ' out/o.jsonl
check "drop by rule" runs 0 "command = python3
script = words.py
arguments = 10
take = words:int"
check "is counted" counted '"dropped: too_few_words": 300'
check "fields that the answer sets" awks 0 '{print "{\"text\":null,\"n\":-5,\"r\":2.5e3,\"b\":true,\"l\":[\"a\",\"b\\u00e9\"],\"t\":\"2024-03-01T07:00:00Z\",\"other\":\"x\"}"; fflush()}' "take = text, n:int, r:real, b:bool, l:list, t:time, name=other" "text, n, r, b, l, t, name"
check "are set" test "$(head -n 1 out/o.jsonl)" = '{"text":null,"n":-5,"r":2500,"b":true,"l":["a","bé"],"t":"2024-03-01T07:00:00Z","name":"x"}'
check "reject with a reason" awks 0 '{print "{\"_reject\":\"no good: 7\"}"; fflush()}'
check "is counted" counted '"rejected: no good": 300'
check "and told" grep -qF '"reason":"no good: 7"' out/rejects.jsonl
python3 -c 'print("{\"text\":\"" + "panjang " * 500000 + "\"}")' >long.jsonl
input=long.jsonl check "4 MB there and back" runs 0 "command = cat
send = text" "text"
check "whole" cmp long.jsonl out/o.jsonl

# ---- kills, and going on ----
python3 -c '
for i in range(60): print("{\"text\":\"" + "baris ke-%d " % i * 5000 + "\"}")' >large.jsonl
input=large.jsonl
# Starts a run and kills it when it has committed more than before (a journal of 1,200 bytes has the
# beginning alone); fails if it ends first.
kill_later()
{
    local pid before now
    before=$(stat -c %s out/.state/journal 2>/dev/null || echo 0)
    "$ETL" -q run p.conf -o out -j1 --set pipeline.barrier_interval=1ms </dev/null >/dev/null 2>&1 &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        now=$(stat -c %s out/.state/journal 2>/dev/null || echo 0)
        [ "$now" -gt $((before > 1200 ? before : 1200)) ] && break
        sleep 0.01
    done
    kill -9 $pid 2>/dev/null
    wait $pid
    [ $? = 137 ]
} 2>/dev/null
killed()
{
    local i n=0
    pipeline "$words" "text, words"
    status 0 "$ETL" -q run p.conf -o whole || return 1
    rm -rf out
    for i in 1 2 3; do
        kill_later && n=$((n + 1))
    done
    status 0 run && cmp whole/o.jsonl out/o.jsonl && [ $n -gt 0 ] && echo "kills that hit: $n of 3"
}
check "after kills the same bytes" killed
cp words.py other.py
other_script()
{
    rm -rf out
    pipeline "command = python3
script = other.py
take = words:int"
    kill_later || return 1
    echo '# another' >>other.py
    status 78 run && says "script: the file holds something else"
}
check "another script is not gone on with" other_script
input=

# ---- answers that are none ----
# Each document gets what this awk prints, and is rejected for that.
bad() { awks 0 "$1" "take = text, n:int" && counted "\"rejected: $2\": 300"; }
check "not JSON" bad '{print "hello"; fflush()}' "not JSON"
check "is quoted" grep -qF "at column 1: 'hello'" out/rejects.jsonl
check "an empty line" bad '{print ""; fflush()}' "not JSON"
check "no object" bad '{print "[1]"; fflush()}' "not a JSON object, at column #"
check "two objects" bad '{print "{} {}"; fflush()}' "not JSON"
check "bytes that are no text" bad '{printf "{\"text\":\"\\377\"}\n"; fflush()}' "not JSON"
check "another type" bad '{print "{\"n\":\"1\"}"; fflush()}' "wrong type"
check "a key twice" bad '{print "{\"n\":1,\"n\":2}"; fflush()}' "repeated key"
check "an unknown key" bad '{print "{\"word\":1}"; fflush()}' "unknown key"
check "is named" grep -qF "unknown key 'word' in the answer" out/rejects.jsonl
check "and nothing is set" grep -qF 'Baris 1. Kata' out/rejects.jsonl
check "both verdicts" bad '{print "{\"_drop\":\"a\",\"_reject\":\"b\"}"; fflush()}' "both _drop and _reject in the answer"
check "a reason alone" bad '{print "{\"_reason\":\"a\"}"; fflush()}' "_reason without _drop in the answer"
check "a rule and a reason" awks 0 '{print "{\"_drop\":\"short\",\"_reason\":\"12 words\"}"; fflush()}' "take = text"
check "are told" grep -qF '"stage":"transform exec","rule":"short","reason":"12 words"' out/samples.jsonl
check "a verdict that is no text" awks 0 '{print "{\"_drop\":1}"; fflush()}'
check "is told" grep -qF "'_drop' is not a text of 1 to 140 bytes" out/rejects.jsonl
check "on_error = keep" awks 0 '{print "{\"text\":\"new\",\"n\":\"x\"}"; fflush()}' "take = text, n:int
on_error = keep
send = text" text
check "keeps what was" cmp docs.jsonl out/o.jsonl
check "and the summary says it" grep -q "300 documents had errors in \[transform exec\] and went on" .said
check "longer than max_answer" awks 0 '/Baris 5\./ {for (i = 0; i < 2000; i++) printf "{\"text\":\""}
    {print "{}"; fflush()}' "max_answer = 10K"
check "is rejected" counted '"rejected: the program answered with a line longer than max_answer": 1'
check "that one alone" counted '"kept": 299, '

# ---- programs that die ----
program dies.sh <<'END'
while read -r line; do
    case $line in
    *'Baris 7.'*) exit 3 ;;
    *'Baris 77.'*) printf '{"te'; exit 0 ;;
    *'Baris 177.'*) kill -SEGV $$ ;;
    *) echo '{}' ;;
    esac
done
END
for j in 1 8; do
    check "dies of some, -j$j" runs 0 "script = dies.sh"
    check "these are rejected" counted '"kept": 297, "dropped": 0, "duplicates": 0, "rejected": 3'
    check "with the status" grep -qF '"reason":"the program ended with status 3"' out/rejects.jsonl
    check "with the signal" grep -qF '"reason":"the program was ended by SIGSEGV"' out/rejects.jsonl
    check "half a line" grep -qF '"reason":"the program ended with status 0 in the middle of its answer"' out/rejects.jsonl
    cat out/o.jsonl out/rejects.jsonl >dies.$j
done
check "the same for any number of threads" cmp dies.1 dies.8
check "one answer a process" awks 0 '{print "{}"; exit}'
check "is slow and right" counted '"kept": 300, '
check "and said" says "the program was started 300 times"
check "dies of each" runs 65 "command = sh, -c, read line; echo sorry >&2; exit 4"
check "stops the run" says "3 documents in a row got no answer; of the last one the program ended with status 4"
check "with what it said" says "the program says: sorry"
check "and publishes nothing" nothing
check "at the end" awks 0 '{print "{}"; fflush()} END {exit 5}'
check "a warning" says "the program ended with status 5 after its last answer"
check "closes its input" runs 65 'command = sh, -c, "exec <&-; sleep 0.2"
max_deaths = 3'
check "is a death" says "3 documents in a row got no answer"
check "closes its output" runs 65 'command = sh, -c, "read line; exec >&-; sleep 1000"
timeout = 300ms
max_deaths = 2'
check "too" says "the program closed its output"

# ---- programs that hang ----
program hangs.sh <<'END'
trap '' PIPE TERM INT HUP
while read -r line; do
    case $line in *'Baris 9.'*) sleep 1000; sleep 1000 ;; esac
    echo '{}'
done
END
check "hangs once" runs 0 "script = hangs.sh
timeout = 5s"
check "is killed" counted '"rejected: the program gave no answer within # ms, and was killed": 1'
check "and the others go on" counted '"kept": 299, '
check "never reads" runs 65 "command = sleep, 1000
start_timeout = 300ms"
check "is said" says "did not begin to read within 300 ms (start_timeout)"

# ---- programs that print too much ----
check "a banner" runs 65 'command = sh, -c, "echo ready; while read -r l; do echo {}; done"'
check "stops the run" says "it must print one line for each line it reads, and nothing else"
check "and nothing is published" nothing
check "two lines each" awks 65 '{print "{}\n{}"; fflush()}'
check "stops the run" says "the program printed '{}'"
check "and nothing is published" nothing
check "more at the end" awks 65 '{print "{}"; fflush()} END {print "bye"}'
check "stops the run" says "the program printed 'bye' after its last answer"
check "and nothing is published" nothing
check "a flood on standard error" awks 0 '{for (i = 0; i < 200; i++) print "flood \033[31m" > "/dev/stderr"; printf "no end" > "/dev/stderr"; print "{}"; fflush()}'
check "is shown in part" says "lines of the program are left out here"
check "in a small one" test "$(grep -c 'the program says' .said)" -lt 6000
check "its control bytes escaped" test -z "$(tr -d '\011\012\040-\377' <.said)"
check "and all is kept" counted '"kept": 300, '

# ---- programs that are not there ----
refused()
{
    pipeline "$1"
    status 78 "$ETL" check p.conf && says "$2" && status 78 run -j1 && says "$2"
}
check "neither command nor script" refused "" "give command, script or both"
check "a name" refused "command = pythn3" "there is no program 'pythn3' in the folders of PATH; did you mean 'python3'"
check "nothing like it" refused "command = qqqqzzzzqqqq" "install it, or give its path, with a slash in it"
check "its place is shown" says "p.conf:7:11"
check "words by blanks" refused "command = python3 words.py" "words are parted by commas"
check "a path" refused "command = ./none.sh" "No such file or directory"
check "a folder" refused "command = ./" "is no file"
printf 'x\n' >plain.txt
check "no program" refused "script = plain.txt" "may not be executed"
chmod +x plain.txt
check "no first line" refused "script = plain.txt" "does not begin with #! and an interpreter"
printf '#!/no/where/python\n' >plain.txt
check "no interpreter" refused "script = plain.txt" "is to be run by '/no/where/python'"
pipeline "script = none.py"
check "a script that is not there" status 66 "$ETL" check p.conf
check "a type that is none" refused "command = cat
take = text:txt" "the type is one of"
check "a field of etl's own" refused "command = cat
take = id" "etl sets the field 'id' itself"
check "a program that goes away" runs 0 "script = dies.sh
timeout = 1d"

# ---- what a program inherits, and who outlives whom ----
cat >look.py <<'END'
import json, os, sys
zombies = 0
for line in sys.stdin:
    status = dict(l.split(":", 1) for l in open("/proc/self/status").read().splitlines())
    with os.scandir("/proc/self/fd") as entries:
        n = len([e for e in entries])
    print(json.dumps({"fds": n, "blocked": int(status["SigBlk"], 16), "leader": os.getpgrp() == os.getpid()}), flush=True)
END
j=8 check "a clean start" runs 0 "command = python3
script = look.py
take = fds:int, blocked:int, leader:bool" "fds, blocked, leader"
check "no descriptor but its own three, no signal blocked, a group of its own" \
    test "$(sort -u out/o.jsonl)" = '{"fds":4,"blocked":0,"leader":true}'
program a.loop <<'END'
read -r line
touch "$1"
sh -c 'while :; do sleep 0.1; read -r more || exit; done' "$0" &
while :; do :; done
END
# ends SIGNAL STATUS: while the program is busy and has a process of its own.
ends()
{
    local pid i got
    rm -rf out started
    pipeline "script = $work/a.loop
arguments = $work/started"
    "$ETL" -q run p.conf -o out -j1 </dev/null >/dev/null 2>&1 &
    pid=$!
    for i in $(seq 600); do
        [ -e started ] && break
        sleep 0.05
    done
    kill -"$1" $pid
    wait $pid 2>/dev/null
    got=$?
    [ $got = "$2" ] && [ -e started ] && gone
}
check "INT ends all" ends INT 130
check "TERM ends all" ends TERM 143
check "KILL ends all" ends KILL 137
check "nothing of the others is left" gone
finish
