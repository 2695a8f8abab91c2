# SPDX-License-Identifier: Apache-2.0
# etl/plugin.h sentence by sentence: plugins that keep its rules get what it promises, those that
# break them are stopped with a word. tests/plugins/abi-*.c are the plugins.
. "${srcdir:-.}/tests/lib.sh"

export ETL_PLUGIN_PATH=$builddir/tests/plugins/abi
cd "$work"
head='[pipeline]
name = p
max_rejects = 100%'
feed='[input feed]'
out='[output lines]
path = out.txt
fields = text'

# run STATUS "SECTIONS" [OPTIONS]: a pipeline of these, in the run directory "out".
run()
{
    local want=$1
    printf '%s\n%s\n' "$head" "$2" >p.conf
    rm -rf out
    status "$want" timeout 60 "$ETL" run p.conf -o out "${@:3}"
}
# One transform between; TRY is its `what`.
mapper() { run "$1" "$feed
[transform mapper]
what = \"$2\"
${4:-}
$out${3:+
$3}" -j"${j:-2}"; }
stepper() { run "$1" "$feed
[transform stepper]
what = \"$2\"
${4:-}
$out${3:+
$3}" -j"${j:-2}"; }
lines() { [ "$(cat "out/${2:-out.txt}")" = "$1" ] || { echo "not '$1' but:" && cat "out/${2:-out.txt}"; return 1; }; }
counted() { grep -qF -- "$1" out/manifest.json || { echo "no $1 in:" && cat out/manifest.json; return 1; }; }
nothing() { ! [ -e out/manifest.json ] && ! [ -e out/out.txt ]; }
unsaid() { ! grep -qF -- "$1" "$work/.said"; }
one_error() { [ "$(grep -c 'error:' "$work/.said")" = 1 ] || { cat "$work/.said"; return 1; }; }

# ---- blocks and the order of callbacks ----
traced='[input feed]
trace = yes
[transform stepper]
trace = yes
[output lines]
trace = yes
path = out.txt'
order() { sed -n 's/.*info: \([a-z]* [a-z]*\): \(.*\)/\1: \2/p' "$work/.said" | sed 's/^\(i\|t\|o\)[a-z]* [a-z]*/\1/' | tr '\n' ' '; }
in_order()
{
    local got
    got=$(order)
    [ "$got" = "$1 " ] || { echo "not '$1' but '$got'"; return 1; }
}
callbacks()
{
    run 0 "$traced" -j3 && in_order \
        "i: open t: open o: open i: start t: start o: start i: finish t: finish o: finish o: stop t: stop i: stop ${1}o: close t: close i: close"
}
check "callbacks in order" callbacks "i: worker_close "
check "and with check: open and close" status 0 "$ETL" check p.conf
check "no more" in_order "i: open t: open o: open o: close t: close i: close"
dry() { run 0 "$traced" --dry-run && in_order "i: open t: open o: open i: start t: start i: finish t: finish t: stop i: stop ${1}o: close t: close i: close"; }
check "a dry run starts no output" dry "i: worker_close "
failed_open() { run 78 "${traced/stepper]/stepper]
what = fail in open}" && in_order "i: open t: open o: open o: close t: close i: close"; }
check "close follows though open failed" failed_open
failed_start()
{
    run 65 "${traced/stepper]/stepper]
what = fail in start}" && in_order \
        "i: open t: open o: open i: start t: start t: stop i: stop o: close t: close i: close"
}
check "stop follows though start failed, for those that started" failed_start
failed_finish()
{
    run 65 "${traced/stepper]/stepper]
what = fail in finish}" && says "failed at the end without saying why" && nothing
}
check "a finish that fails" failed_finish
twice='[input feed]
[transform stepper]
output = one.txt
[transform stepper two]
output = two.txt
what = "reject in step"
[transform stepper three]
output = three.txt
[output lines]
path = out.txt'
separate() { run 0 "$twice" && [ "$(tail -2 out/one.txt | head -1)" = 3 ] && [ "$(tail -2 out/three.txt | head -1)" = 1 ]; }
check "a plugin used three times has state of its own each time" separate

# ---- worker and unit_worker ----
mkdir files
for i in 1 2 3 4 5 6; do seq -f "file $i line %g" 1 50 >files/$i; done
: >files/none
blocks() { run 0 "[input feed]
path = files
trace = yes
$out" -j3 && unsaid "wrongly" && [ "$(grep -c worker_close "$work/.said")" -le 6 ]; }
check "a worker's blocks are closed once, after all" blocks

# ---- values ----
writes='number = number
flag = flag
list = list
bytes = bytes
time = time
real = real'
check "begin grows, keeps, ends with less, one a record" mapper 0 begin "" "bytes = bytes"
check "and what was written is there" lines "$(for i in 1 2 3; do echo text=0123456789xx; echo text=another; done)"
check "get and set" mapper 0 values "" "$writes"
check "and what was set is there" lines "$(for i in 1 2 3; do echo text=good; done)"
for try in "type:another type" "utf-8:not valid UTF-8" "item:a list of what is not valid UTF-8 text" \
    "item text:a list of what" "later type:another type" "length:another type" \
    "pointer:a length without a text" "field:what etl alone sets" "text:not valid UTF-8" \
    "end:text into a field of another type" "similar:another type"; do
    check "a wrong ${try%%:*} rejects the record" mapper 0 "wrong ${try%%:*}" "" "$writes"
    check "and says why" grep -q "${try#*:}" out/rejects.jsonl
    check "and nothing is kept" counted '"kept": 0, "dropped": 0, "duplicates": 0, "rejected": 3'
done
for try in read "read null" list; do
    feed="$feed
mark = m" check "setting a field that is only read ($try) rejects the record" mapper 0 "wrong $try" "" "looked = m
listed = m"
    check "and names field and stage" \
        grep -qF "field 'm': [transform mapper] set it, but had not said that it writes it" out/rejects.jsonl
    check "all of them" counted '"kept": 0, "dropped": 0, "duplicates": 0, "rejected": 3'
done
check "so does writing text into one" run 0 "[input feed]
[input feed two]
text = other
[transform mapper]
what = wrong read end
looked = other
$out"
check "which is told" grep -qF "field 'other': [transform mapper] set it" out/rejects.jsonl
check "an input sets no field of another one" run 0 "$feed
[input feed two]
text = other
looked = text
what = set what is read
$out"
check "either" counted '"rejected: field": 3'
check "what is read under one key and edited under another may be set" mapper 0 change "" "looked = text"
check "and is" counted '"kept": 3'
check "more than begin asked for rejects the record" mapper 0 "wrong size"
check "with figures" grep -qF "field 'text': the plugin ended it with 9 bytes, but had begun it with 8 at most" out/rejects.jsonl
check "begin over the limit" mapper 0 "too much"
check "can be rejected" counted '"rejected": 3'
long() { run 0 "[input feed]
what = long
max_document = 200K
$out" && counted '"kept": 2' && counted '"rejected: field": 1' && grep -q "longer than max_document" out/rejects.jsonl; }
check "a value longer than max_document rejects the record, however it is set" long
begun() { run 0 "[input feed]
size = 300K
max_document = 200K
$out" && counted '"rejected: too long": 3'; }
check "begin is over max_document" begun

# ---- verdicts ----
check "drop" mapper 0 drop
check "with its rule" counted '"dropped: a rule": 3'
check "drop without a mark" mapper 0 "drop in silence"
check "is counted" counted '"dropped: no rule given": 3'
check "reject without a mark" mapper 0 "reject in silence"
check "is counted" counted '"rejected: no reason given": 3'
dup='[output lines d]
path = dup.txt
from = duplicates
fields = duplicate_of, similarity'
check "duplicate" mapper 0 duplicate "$dup"
check "sets its fields" grep -qE '^duplicate_of=[0-9a-f]{16}.similarity=75%$' out/dup.txt
check "duplicate without a mark" mapper 0 "duplicate in silence" "$dup"
check "sets none" grep -q '^duplicate_of=-.similarity=-$' out/dup.txt
for try in drop reject duplicate; do
    check "$try without return stops the run" mapper 69 "$try and ok"
    check "once, and says what to return" eval 'one_error && says "[transform mapper] called etl_$try and returned ETL_OK: a callback must return what etl_$try gives"'
    check "with the record" says "feed:"
    check "and publishes nothing" nothing
done
check "the same in step" stepper 69 "drop and ok"
check "is told" says "[transform stepper] called etl_drop and returned ETL_OK"
for try in "kept:reject and ok" "all:reject and ok" "kept:reject in step and ok" "all:reject in step and ok"; do
    check "an output that forgets it, $try" run 69 "$feed
$out
from = ${try%%:*}
what = ${try#*:}"
    check "is told" says "[output lines] called etl_reject and returned ETL_OK"
done
check "a record that was split may not be marked" mapper 69 "split and mark"
check "which is told" says "drops, rejects or marks a record that it has split"
check "a mark and another verdict: that one" mapper 0 "mark and another"
check "counts" counted '"dropped: no rule given": 3'
for try in seven "minus two"; do
    check "the verdict $try stops the run" mapper 69 "$try"
    check "and is told once" one_error
    check "with its stage and number" says "[transform mapper] returned a verdict that does not exist: $([ "$try" = seven ] && echo 7 || echo -2)"
done
check "failing without a word" mapper 65 "in silence"
check "is told with its stage" says "[transform mapper] stopped the run without saying why"
check "nothing is published" nothing
marks() { run 0 "[input feed]
records = 10
what = marks in read
$out
$dup" -j"$1" && counted '"kept": 2, "dropped": 4, "duplicates": 2, "rejected": 2' &&
    counted '"dropped: after all": 2, "dropped: every fifth": 2, "duplicates": 2, "finishes": 1, "rejected: not liked": 2'; }
check "marks in read" marks 1
check "marks in read, -j4" marks 4

# ---- fail ----
check "an errno chooses the status" mapper 74 "fail, no space"
check "and is told" says "failed on purpose: No space left on device"
check "an option is shown with its line" mapper 78 "fail by option"
check "by file, line and column" says "p.conf:6:"
check "fail, and going on, stops the run" mapper 65 "fail and go on"
check "fail in open, errno" mapper 78 "fail in open"
check "and is told" says "a file is missing: No such file"
many() { run 65 "[input feed]
records = 200000
[transform mapper]
what = fail
$out" -j8 && one_error; }
check "many threads that fail say so once" many
reading() { run 65 "[input feed]
path = files
[transform mapper]
what = fail
$out" -j"$1" && one_error; }
check "an input that is stopped says nothing of it" reading 1
check "nor at -j8" reading 8
for what in "no verdict:69:gave a verdict" "silent:65:without saying why" "fail in read:74:failed on purpose: Input/output"; do
    IFS=: read -r try want words <<<"$what"
    reads() { run "$want" "[input feed]
path = files
what = $try
$out" -j"$1" && one_error && says "$words" && nothing; }
    check "read: $try, -j1" reads 1
    check "read: $try, -j8" reads 8
done

# ---- split ----
check "split, and split again" mapper 0 split "" "number = number"
want=$(for i in 0 1 2; do head=0$((0))00000$i; printf 'text=%s%s\ntext=b\ntext=a\ntext=c\n' "000000$i" "$(printf "\\x$(printf %x $((97 + i)))")"; done)
check "right after their parents" lines "$want"
check "are counted" counted '"read": 3, "split": 9, "made": 0, "kept": 12'
ids() { run 0 "$feed
records = 400
[transform mapper]
what = split
[transform stepper]
what = \"split in step\"
[output lines]
path = out.txt" -j"$1"; }
check "ids" ids 1
cp out/out.txt ids.txt
check "are distinct" test "$(sort -u ids.txt | wc -l)" = "$(wc -l <ids.txt)"
check "ids, -j7" ids 7
check "and stable" cmp ids.txt out/out.txt
check "split and reject the parent" mapper 0 "split and reject"
check "leaves the pieces" counted '"read": 3, "split": 9, "made": 0, "kept": 9, "dropped": 0, "duplicates": 0, "rejected": 3'
for what in "split in read" "split in read's map"; do
    check "$what is refused" run 69 "[input feed]
what = \"$what\"
$out"
    check "with a word" says "is no transform and may not split"
done
check "split in an output is refused" run 69 "$feed
$out
what = split"

# ---- finish ----
emitted() { run 0 "$feed
[transform mapper]
what = \"change\"
[transform stepper]
what = emit
[transform stepper later]
[output lines]
path = out.txt
fields = id, source, text" -j"$1" && counted '"read": 3, "split": 1, "made": 3, "kept": 6, "dropped": 0, "duplicates": 0, "rejected": 1' &&
    [ "$(cut -f2- out/out.txt | tail -3)" = "$(printf 'source=-\ttext=made 0 after 3\nsource=-\ttext=made 2 after 3\nsource=-\ttext=a piece of what was made')" ] &&
    counted '"steps": 6'; }
check "finish emits, and its records pass the later stages only" emitted 1
check "finish emits, -j5" emitted 5
late() { run 0 "$feed
[transform stepper]
what = emit late
$out" --set pipeline.barrier_interval=1ms &&
    counted '"finishes": 1, "made": 3'; }
check "what finish counts before it emits is kept, however long it takes" late
check "with an origin" grep -q '"origin":"transform stepper"' out/rejects.jsonl
check "damage in finish is refused" stepper 69 "damage in finish"

# ---- counts ----
check "counts with and without a record, and strange names" mapper 0 count
check "sum up" counted '"with": 3, "without": 6'
check "and the manifest is JSON" python3 -c 'import json; json.load(open("out/manifest.json", encoding="utf-8"))'
feeding='[input feed]
path = files
what = counts
parts = PARTS
skip = SKIP
pause = PAUSE
output = feed.txt
[transform stepper]
what = WHAT
blob = BLOB
output = steps.txt
[output lines]
path = out.txt.gz
[output lines plain]
path = out.txt'
sums() { (cd out && sha256sum manifest.json out.txt out.txt.gz steps.txt feed.txt rejects.jsonl); }
# variant PARTS SKIP WHAT BLOB PAUSE
variant()
{
    sed "s/PARTS/$1/; s/SKIP/$2/; s/WHAT/$3/; s/BLOB/$4/; s/PAUSE/$5/" <<<"$feeding"
}
for v in "1 no emit 0" "3 no emit 0" "3 yes emit 0" "2 yes emit 3M" "1 yes save@nothing 0"; do
    read -r parts skip what blob <<<"$v"
    what=\"${what/@/ }\"
    check "counts, $v" run 0 "$(variant $parts $skip "$what" $blob 0s)" -j1
    check "in every place" counted "\"before records\": 300, \"behind records\": 300, \"finishes\": 1, \"on records\": 300, \"starts\": 1, \"units\": $((7 * parts))"
    check "and in step" counted '"steps": 300, "steps, no record": 300'
    sums >want
    for j in 3 8; do
        check "the same at -j$j" run 0 "$(variant $parts $skip "$what" $blob 0s)" -j$j
        check "same bytes" cmp want <(sums)
    done
    killed()
    {
        local n pid size
        # The pause is part of the plan, so it is there in the run to compare with.
        run 0 "$(variant $parts $skip "$what" $blob 1ms)" -j2 && sums >want.killed || return 1
        rm -rf out
        for n in 2 5 3; do # a barrier writes out what a stream holds
            "$ETL" -q run p.conf -o out -j2 --set pipeline.barrier_interval=1ms 2>.said &
            pid=$!
            until [ -s out/.state/steps.txt.part ] || ! kill -0 $pid; do
                sleep 0.01
            done
            size=$(stat -c %s out/.state/journal)
            until [ "$(stat -c %s out/.state/journal)" != "$size" ] || ! kill -0 $pid; do
                sleep 0.01
            done
            sleep 0.0$n
            kill -9 $pid
            wait $pid
        done
        "$ETL" run p.conf -o out -j2 --set pipeline.barrier_interval=1ms 2>.said || { cat .said; return 1; }
        cmp want.killed <(sums) || { cat out/manifest.json; return 1; }
        grep -q "were committed before" .said || { echo "it did not go on" && cat .said; return 1; }
    }
    check "and the same after kills, $v" killed 2>/dev/null
done

# ---- files ----
check "create in start" stepper 0 "create in start" "" "output = s.txt"
check "and writing there" lines "$(printf 'begun\n1\n2\n3')" s.txt
check "a part" stepper 0 part "" "output = part.txt"
check "is published" lines "a part" part.txt
mkdir store
echo stale >store/.kept.part
check "a part in a store" stepper 0 "" "" "store = store"
check "is published there, and an old one is gone" test "$(cat store/kept)" = stored -a ! -e store/.kept.part
for what in "create in map" "part in map" "state in map" "declare in map" "save in map"; do
    check "$what is refused" mapper 69 "$what"
    check "once" one_error
done
check "counting without a name is refused" mapper 69 "count nothing"
check "and told" says "plugin 'mapper' counts something without a name in 'transform mapper'"
check "create in step is refused" stepper 69 "create in step" "" "output = s.txt"
check "and says so" says "may make files in open and start alone"
check "create in read is refused" run 69 "[input feed]
what = \"create in read\"
$out"
for what in "write in open" "write in map" "write in commit"; do
    check "$what is refused" run 69 "[input feed]
records = 60
pause = 1ms
[transform stepper]
what = \"$what\"
output = s.txt
$out" --set pipeline.barrier_interval=1ms
    [ "$what" = "write in open" ] || check "and says so" says "may write in step, start and finish alone"
done
check "a commit that fails" run 65 "[input feed]
records = 100
size = 200K
[transform stepper]
what = \"fail in commit\"
$out" --set pipeline.barrier_interval=1ms
check "says so" says "failed to commit"
clash() { run 78 "$feed
[output lines]
path = $1
[output lines two]
path = $2" && says "E0615"; }
check "two files of one name" clash a.txt a.txt
check "a file in another" clash a/b.txt a
check "a file in another, the other way" clash a a/b/c.txt
check "names with one beginning" run 0 "$feed
[output lines]
path = a
[output lines two]
path = ab
[output lines three]
path = a.b/c"

# ---- damage ----
damaged() { run "$1" "[input feed]
path = files
what = damage
parts = 2
on_damage = $2
$out" -j3; }
check "damage stops the run" damaged 65 stop
check "says where" says "files/1: hurt on purpose, at byte 77, after document 1"
check "and publishes nothing" nothing
check "salvage goes on" damaged 0 salvage
check "and counts" counted '"places of damage": 6'
check "each file is marked, whichever part it was" test "$(grep -c '"damaged_at": 77, "damage": "hurt on purpose"' out/manifest.json)" = 6

# ---- when, on_error, from ----
check "when lets the others pass unchanged" run 0 "$feed
mark = n
[transform mapper]
what = change
when = n > 0
[output lines]
path = out.txt
fields = n, text
[output lines two]
path = two.txt
fields = n
when = text == changed and n < 2"
check "so" lines "$(printf 'n=0\ttext=0000000a\nn=1\ttext=changed\nn=2\ttext=changed')"
check "so, too" lines "n=1" two.txt
onerror() { mapper "$1" "change and reject" "[output lines all]
path = all.txt
from = all
fields = text, number" "on_error = $2
number = number"; }
check "on_error = reject" onerror 0 reject
check "rejects" counted '"rejected: after a change": 3'
check "on_error = drop" onerror 0 drop
check "drops" counted '"dropped: on_error": 3'
check "on_error = keep" onerror 0 keep
check "keeps what was" lines "$(printf 'text=0000000a\tnumber=-\ntext=0000001b\tnumber=-\ntext=0000002c\tnumber=-')" all.txt
check "and counts" counted '"errors, kept as they were": 3'
j=8 check "on_error = abort" onerror 65 abort
check "stops, once" one_error
check "with reason and place" says "after a change"
check "a value that is refused, on_error = keep" mapper 0 "wrong type" "" "on_error = keep"
check "is kept as it was" lines "$(printf 'text=0000000a\ntext=0000001b\ntext=0000002c')"
check "keep and a step" run 78 "$feed
[transform stepper]
on_error = keep
$out"
five() { run 0 "[input feed]
records = 10
mark = n
what = marks in read
$(for f in kept dropped duplicates rejects all; do printf '[output lines %s]\npath = %s.txt\nfrom = %s\nfields = n\n' $f $f $f; done)" -j"$1" &&
    lines "$(printf 'n=4\nn=9')" kept.txt && lines "$(printf 'n=0\nn=3\nn=5\nn=8')" dropped.txt &&
    lines "$(printf 'n=2\nn=7')" duplicates.txt && lines "$(printf 'n=1\nn=6')" rejects.txt &&
    lines "$(seq -f n=%g 0 9)" all.txt; }
check "from, five ways" five 1
check "from, five ways, -j4" five 4

# ---- outputs ----
pair() { run "$1" "$feed
$2
[output lines]
path = out.txt
fields = text
[output lines two]
path = two.txt
fields = text
what = \"$3\"
${4:-}
[output lines rest]
path = rest.txt
from = rejects
fields = text"; }
check "what one output rejects" pair 0 "" "reject the second"
check "no output of the kept writes" lines "$(printf 'text=0000000a\ntext=0000002c')"
check "nor that one" cmp out/out.txt out/two.txt
check "and that of the rejects does" lines "text=0000001b" rest.txt
check "with the output's name" grep -q '"stage":"output lines two","reason":"not this one"' out/rejects.jsonl
check "a value refused in an output" pair 0 "" "refused all"
check "rejects, too" counted '"kept": 0, "dropped": 0, "duplicates": 0, "rejected": 3'
for what in "reject all" "refused all"; do
    check "an output of the dropped: $what" pair 0 "[transform mapper]
what = drop" "$what" "from = dropped"
    check "it alone goes without" counted '"not written": 3, "records written": 0'
    check "and their fate stays" counted '"kept": 0, "dropped": 3, "duplicates": 0, "rejected": 0'
    check "an output of the rejects: $what" pair 0 "[transform mapper]
what = change and reject" "$what" "from = rejects"
    check "their reason stays" counted '"rejected: after a change": 3'
    check "and stands in rejects.jsonl" test "$(grep -c '"stage":"transform mapper","reason":"after a change"' out/rejects.jsonl)" = 3
done
check "a value refused in a step is too late" pair 0 "" "refused in step"
check "and changes no fate" counted '"kept": 3, "dropped": 0, "duplicates": 0, "rejected": 0'
check "nor what is written" cmp out/out.txt out/two.txt
check "an output cannot drop" pair 69 "" drop
check "and says so" says "[output lines two] is an output: its map may reject a record, nothing else"
check "a step cannot reject" pair 69 "" "reject in step"
check "and says so" says "is an output: its step is done or stops the run"
check "a map cannot write" pair 69 "" "write in map"
many_outputs() { run 0 "$feed
[transform mapper]
what = drop
$(for i in $(seq 1 70); do printf '[output lines o%d]\npath = %d.txt\nfrom = dropped\nfields = text\n%s\n' $i $i "$([ $i = 69 ] && echo 'what = "reject all"')"; done)" &&
    [ "$(wc -l <out/5.txt)" = 3 ] && [ "$(wc -l <out/69.txt)" = 0 ] && [ "$(wc -l <out/70.txt)" = 3 ]; }
check "seventy outputs" many_outputs

# ---- fields ----
star() { run 0 "$feed
[transform mapper]
number = number
[transform stepper]
[output lines]
path = out.txt" && [ "$(head -1 out/out.txt | tr '\t' '\n' | sed 's/=.*//' | tr '\n' ' ')" = "id source duplicate_of similarity text number " ]; }
check "* is every field that is not private, in their order" star
inputs() { run "$1" "$feed
$2
[input feed two]
$3
$out"; }
check "two inputs of one field" inputs 0 "" ""
check "are both read" counted '"read": 6'
check "a field of two types" inputs 78 "" "mark = text"
check "is told" says "takes int"

# ---- state and resuming ----
forget="[input feed]
pause = 1ms
records = 30
[transform forgetful]
$out"
check "state without commit" run 0 "$forget" --set pipeline.barrier_interval=1ms
check "makes no barriers" unsaid barrier
check "check" status 0 "$ETL" check p.conf
check "says so" grep -q "an interrupted run would start again" .said .out
plans() { stepper 0 "" "" "blob = $1" && grep -o '"plan": "[0-9a-f]*"' out/manifest.json; }
check "a plan is what it means" test "$(plans 1K)" = "$(plans 1024)"
check "and no more" test "$(plans 1K)" != "$(plans 2K)"

# ---- messages ----
tell() { run 0 "$feed
[transform mapper]
what = tell
$out" "$@"; }
check "log" tell
check "errors, warnings and news are shown" test "$(grep -c 'level [0-2]' .said)" = 3
check "with the document" says "input feed:2: "
check "no more than that" unsaid "level 3"
check "log -vv" tell -vv
check "all is shown" test "$(grep -c 'level [0-4]' .said)" = 5
check "a member's name that is no text" run 0 "[input feed]
what = member
[output lines]
path = out.txt
fields = source"
check "is shown as such" lines "$(for i in 1 2 3; do printf 'source=input feed!in\xef\xbf\xbd side\n'; done)"
check "too many parts" run 69 "[input feed]
path = files
parts = 1000001
$out"
check "says so" says "gives more than a million parts for 'files/1'"
check "parts of 0 and less are one" run 0 "[input feed]
path = files
parts = -3
$out"
check "skipping late is no skipping" run 0 "[input feed]
path = files
what = skip late
$out"
check "and all is read" counted '"read": 300'

# ---- declarations ----
check "a private field of two types" mapper 78 "declare twice"
check "says so" says "takes field 'secret' for int, but [transform mapper] made it text"
check "a field of etl's own" mapper 69 "declare id"
check "a name of two words" mapper 69 "declare a bad name"
check "a type of a later etl" mapper 69 "declare a type"
check "a field that nobody writes" mapper 78 "read nothing"
finish
