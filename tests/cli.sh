# SPDX-License-Identifier: Apache-2.0
# What a user sees: the progress line on a terminal, plain lines elsewhere, the summary, JSON and the
# journal; what is said of mistakes in the first hour; and quickstart where it cannot go on.
. "${srcdir:-.}/tests/lib.sh"

slow=$builddir/tests/plugins/engine
[ -e "$slow/input/lines.so" ] || skip "the test plugins are not built (make test-plugins)"
cd "$work" || exit 1
sample=$srcdir/pipelines/sample
cp "$srcdir/pipelines/news.conf" .
cat >slow.conf <<CONF
[input lines]
path = lines.txt
pause = 1ms
[transform number]
[output plain]
path = plain.txt
CONF
seq 3000 >lines.txt
news()
{
    "$ETL" run -D "news=$sample/news.tar.gz" -o out/news "$@" news.conf
}

# ---- the summary ----

summary()
{
    news --fresh >out.txt 2>said.txt || return 1
    [ ! -s out.txt ] && [ "$(wc -l <said.txt)" -le 13 ] && # with the line at the start
        grep -qE '^  [0-9.]+ [KM]?i?B in, [0-9.]+ [KM]?i?B out$' said.txt &&
        grep -qF "in out/news" said.txt
}
check "the summary has bytes in and out, in 12 lines" summary
# Barriers each 1 ms cost more than a hundredth of such a run; one in a minute, nothing.
barriers()
{
    "$ETL" --plugin-path="$slow" run -n 300 --fresh slow.conf --set pipeline.barrier_interval="$1" -j"$2" \
        2>said.txt && [ "$(wc -l <said.txt)" -le 13 ]
}
often()
{
    barriers 1ms "$1" && grep -qE '^  [0-9]+ barriers? took [0-9.]+ m?s \([0-9.]+%\), the longest [0-9.]+ m?s; \[pipeline\] barrier_interval' said.txt &&
        awk -F'[:,]' '/^  "barriers"/ { n = $2 } /"barrier_seconds"/ { all = $2 } /"longest_barrier_seconds"/ { longest = $2 }
            /"seconds"/ { run = $2 }
            END { exit !(n > 0 && longest > 0 && longest <= all && all <= n * longest + 0.001 && all < run) }' out/slow/run.json
}
check "what barriers took is in the summary, where it is much" often 1
check "with more threads too" often 3
seldom()
{
    barriers 1m 1 && ! grep -q barrier said.txt && grep -q '"barriers": 0,' out/slow/run.json &&
        grep -q '"longest_barrier_seconds": 0.000,' out/slow/run.json
}
check "and not, where it is not" seldom
says_how()
{
    "$ETL" run --help >out.txt && grep -q 'pipeline.barrier_interval=' out.txt &&
        "$ETL" check --print slow.conf --plugin-path="$slow" | grep -qE '^barrier_interval = 10s +# preset' &&
        "$ETL" help --man pipeline | grep -q 'barrier_interval' &&
        [ -n "$(sed -n '/^\.SH RESUMING/,/^\.SH/s/pipeline\.barrier_interval=/&/p' "$srcdir/docs/etl.1.in")" ]
}
check "the interval is an option of [pipeline], and said to be" says_how
verbose()
{
    news --fresh -v 2>said.txt && grep -q '^  transform dedupe  *[0-9.]*%' said.txt &&
        news --fresh -vv 2>said.txt && grep -q 'debug: published news.csv' said.txt
}
check "-v says what each stage did, -vv each step" verbose
quiet()
{
    news --fresh -q >out.txt 2>&1 && [ ! -s out.txt ]
}
check "-q says nothing" quiet

# ---- a terminal ----

# on_terminal COLUMNS COMMAND...: what a terminal of that width gets.
on_terminal()
{
    local columns=$1
    shift
    script -qec "stty cols $columns 2>/dev/null; exec $*" /dev/null </dev/null >typed.txt 2>&1
}
# The longest of the bars that were drawn, in characters; and the bar is gone at the end.
bars()
{
    python3 - "$1" typed.txt <<'PYTHON'
import re, sys
columns, typed = int(sys.argv[1]), open(sys.argv[2], encoding="utf-8", newline="").read()
drawn = [re.split("[\r\n]", t)[0] for t in typed.split("\r\x1b[K")[1:]]
bars = [d for d in drawn if "%" in d and "doc/s" in d or d.startswith("slow ")]
bad = [b for b in bars if len(b) >= columns]
last = typed.rindex("\r\x1b[K")
after = typed[last + 4:]
if len(bars) < 2 or bad or "\x1b[K" in after or not (after.startswith("slow: ") or "stopped" in after):
    print("%d bars, %r too long, then %r" % (len(bars), bad[:1], after[:60]))
    sys.exit(1)
PYTHON
}
if command -v script >/dev/null && command -v python3 >/dev/null; then
    for columns in 120 80 40 20; do
        bar()
        {
            on_terminal $columns env TERM=xterm LC_ALL=C.UTF-8 "$ETL" --plugin-path="$slow" \
                run -j1 -n 600 --fresh slow.conf && bars $columns
        }
        check "the bar is one line on $columns columns, and gone at the end" bar
    done
    dumb()
    {
        on_terminal 80 env TERM=dumb "$ETL" --plugin-path="$slow" run -j1 -n 300 --fresh slow.conf
        ! grep -q $'\r.' typed.txt && ! grep -q $'\033' typed.txt && grep -q '^slow: 1 input file' typed.txt
    }
    check "TERM=dumb: plain lines" dumb
    # typed OPTIONS...: what a run says that waits at a terminal until something is typed.
    typed()
    {
        rm -rf typed
        (sleep 2; printf '{"text":"typed"}\n\004') |
            script -qec "exec env TERM=dumb $ETL $* run --fresh typed.conf -o typed" /dev/null >typed.txt 2>&1
        grep -q '"text":"typed"' typed/o.jsonl
    }
    typed_in()
    {
        printf '[input jsonl]\npath = -\n[output jsonl]\npath = o.jsonl\n' >typed.conf
        typed && grep -q 'standard input is this terminal; Ctrl-D ends it' typed.txt || return 1
        typed -q && ! grep -q 'standard input' typed.txt || return 1
        (sleep 2; echo '{}') | status 0 "$ETL" run --fresh typed.conf -o typed && ! grep -q 'standard input' "$work/.said"
    }
    check "who is to type is told so, and nobody else" typed_in
    colours()
    {
        on_terminal 80 env TERM=xterm "$ETL" run nowhere.conf
        grep -q $'\033\[1;31merror' typed.txt || return 1
        on_terminal 80 env TERM=xterm NO_COLOR=1 "$ETL" run nowhere.conf
        grep -q '^error\[E0101\]' typed.txt && ! grep -q $'\033' typed.txt || return 1
        on_terminal 80 env TERM=xterm "$ETL" --nosuch --color=never
        ! grep -q $'\033' typed.txt
    }
    check "colours, and none with NO_COLOR" colours
else
    echo "terminals were not tried: script or python3 is missing"
fi

# ---- elsewhere ----

plain()
{
    "$ETL" --plugin-path="$slow" run -j1 -n 900 --fresh --progress-interval=200ms slow.conf 2>said.txt &&
        sed -n 1p said.txt | grep -q '^slow: 1 input file, .* run directory out/slow' &&
        sed -n 2p said.txt | grep -qE '^slow: [0-9]+%, .* documents' && ! grep -q $'\r' said.txt
}
check "no terminal: a line at the start, then calm ones" plain
no_bar()
{
    "$ETL" --plugin-path="$slow" run -j1 -n 300 --fresh --progress=bar slow.conf 2>said.txt &&
        ! grep -q $'\r' said.txt
}
check "--progress=bar without a terminal: no bar" no_bar
log_file()
{
    news --fresh --log-file=log.txt >out.txt 2>&1 && [ ! -s out.txt ] && grep -q 'documents read' log.txt &&
        ! "$ETL" run --log-file=log.txt nowhere.conf 2>out.txt && [ ! -s out.txt ] &&
        grep -q 'documents read' log.txt && grep -q 'E0101' log.txt
}
check "--log-file takes all, at its end" log_file
journal()
{
    (
        exec 2>journal.txt
        JOURNAL_STREAM=$(stat -L -c %d:%i journal.txt)
        export JOURNAL_STREAM
        news --fresh
        "$ETL" run nowhere.conf
    )
    [ "$(grep -c '^<6>' journal.txt)" -ge 7 ] && grep -q '^<3>etl: error: ' journal.txt &&
        ! grep -qv '^<[0-9]>' journal.txt
}
check "each line for the journal has its level" journal

# json STATUS COMMAND...: such a run; each line is an object, the last one the summary, with the status.
json()
{
    local want=$1 got
    shift
    "$@" 2>said.txt
    got=$?
    [ $got = "$want" ] || { echo "status $got, wanted $want"; return 1; }
    tail -n 1 said.txt | grep -q "^{\"type\":\"summary\",.*\"status\":$want,.*}\$" || {
        tail -n 2 said.txt
        return 1
    }
    command -v python3 >/dev/null || return 0
    python3 -c 'import json, sys
for line in sys.stdin: json.loads(line)' <said.txt
}
check "JSON: a run" json 0 news --fresh --log-format=json --progress-interval=1ms
check "it has the bytes" grep -qE '"bytes_in":[1-9][0-9]*,"bytes_out":[1-9]' said.txt
check "JSON: quiet" json 0 news --fresh -q --log-format=json
check "JSON: up to date" json 0 news --log-format=json
check "JSON: no such pipeline" json 66 "$ETL" run --log-format=json nowhere.conf
check "JSON: a wrong option, before it" json 64 "$ETL" run --nosuch --log-format=json nowhere.conf
check "JSON: too few arguments" json 64 "$ETL" run --log-format json
check "JSON: a wrong section" json 64 "$ETL" run --log-format=json --set nosuch.key=1 news.conf
check "JSON: a wrong value" json 78 news --log-format=json --set dedupe.threshold=7
killed()
{
    "$ETL" --plugin-path="$slow" --log-format=json run -j1 --fresh slow.conf 2>said.txt &
    local pid=$!
    sleep 0.5
    kill -TERM $pid
    wait $pid
}
check "JSON: killed" json 143 killed

# ---- signals ----

# Nobody reads standard error: the run can be ended nonetheless.
deaf()
{
    mkfifo deaf
    sleep 60 <deaf &
    local reader=$! pid got
    # Full, so that the next line waits for ever.
    python3 -c 'import fcntl, os, subprocess, sys
os.set_blocking(2, False)
try:
    while True: os.write(2, b"x" * 4096)
except BlockingIOError: pass
try:
    while True: os.write(2, b"x")
except BlockingIOError: pass
os.set_blocking(2, True)
os.execv(sys.argv[1], sys.argv[1:])' "$ETL" --plugin-path="$slow" run -j1 --fresh slow.conf 2>deaf &
    pid=$!
    sleep 1
    kill -TERM $pid
    timeout 3 tail --pid=$pid -f /dev/null
    got=$?
    kill -KILL $pid 2>/dev/null
    kill $reader 2>/dev/null
    wait 2>/dev/null
    [ $got = 0 ]
}
if command -v python3 >/dev/null; then
    check "a run whose standard error nobody reads ends by its signal" deaf
fi

# ---- what has changed since ----

# A run that was killed behind some barriers.
kill_one()
{
    rm -rf out/slow
    "$ETL" --plugin-path="$slow" -q run -j1 --set pipeline.barrier_interval=20ms "$@" slow.conf &
    local pid=$!
    sleep 1
    kill -KILL $pid
    wait $pid 2>/dev/null
}
changed()
{
    kill_one
    status 78 "$ETL" --plugin-path="$slow" run --set lines.pause=2ms slow.conf &&
        says '[input lines] pause was 1ms, is 2ms' &&
        status 78 "$ETL" --plugin-path="$slow" run --set 'number.when=text == x' slow.conf &&
        says '[transform number] when was nothing, is text == x' &&
        status 78 "$ETL" --plugin-path="$slow" run -n 5 slow.conf && says '--limit' &&
        status 0 "$ETL" --plugin-path="$slow" run --set lines.pause=2ms -n 5 --fresh slow.conf
}
check "a changed pipeline is refused, and what has changed is named" changed
nothing_committed()
{
    rm -rf out/news
    head -c 3000 "$sample/news.tar.gz" >cut.tar.gz
    status 65 "$ETL" run -D news=cut.tar.gz -o out/news news.conf && status 0 news
}
check "a run that committed nothing does not stand in the way of another" nothing_committed

# ---- words ----

said()
{
    local want=$1 words=$2
    shift 2
    status "$want" "$@" && says "$words"
}
check "a pipeline is needed" said 64 "etl run takes PIPELINE" "$ETL" run
check "the nearest pipeline" said 66 "did you mean 'news.conf'?" "$ETL" run nwes.conf
check "a name without .conf" said 66 "did you mean './news.conf'?" "$ETL" run ./news
check "a folder" said 66 "it is a folder" "$ETL" run "$srcdir/pipelines"
check "an archive" said 66 "is a gzip file, not a pipeline" "$ETL" run "$sample/news.tar.gz"
check "how many threads" said 64 "from 1 to 1024, or auto" "$ETL" run -j 0 news.conf
check "how to resume" said 64 "is not auto, never or require" "$ETL" run --resume=maybe news.conf
check "which variables there are" said 64 "[var] declares news" "$ETL" check -D qqqqqq=x news.conf
mistakes()
{
    printf '[input txt]\npath = lines.txt\n[output csv]\npath = a\nwhen = id = x\n' >m.conf
    printf '[output jsonl]\npath = ../b\nwhen = nosuch == 3 and (text\n' >>m.conf
    status 78 "$ETL" check m.conf && says 'm.conf:5:' && says 'm.conf:7:' &&
        says "unknown field 'nosuch'" && says "never closed"
}
check "a mistake in one output does not hide those in others" mistakes
check "no line in a command line" said 78 "--set: error: unknown key 'treshold'" \
    news --set dedupe.treshold=1
check "a list in one word" said 66 "parted by commas" "$ETL" check -D "news=a.tar b.tar" news.conf
check "help knows what was meant" said 64 "did you mean 'check'?" "$ETL" help chekc
check "help knows the keys of [pipeline]" eval \
    '"$ETL" help barrier_interval >out.txt && grep -q "\[pipeline\] barrier_interval   Progress is made safe" out.txt'
check "no such code" said 64 "no error code E9999" "$ETL" help E9999
check "no place for results" said 73 "name another one with -o" \
    "$ETL" run -D "news=$sample/news.tar.gz" -o lines.txt news.conf
rejects()
{
    printf '{"text":"a"}\nbad\n' >bad.jsonl
    printf '[input jsonl]\npath = bad.jsonl\n[output csv]\npath = x.csv\n' >bad.conf
    said 65 "1 of 2, not 0" "$ETL" run --max-rejects=0 bad.conf
}
check "how many were rejected" rejects
examples()
{
    local name
    for name in $("$ETL" plugins | sed -n 's/^  \([a-z0-9-]*\) .*/\1/p'); do
        "$ETL" plugins "$name" >page.txt || return 1
        ! grep -n '.\{100\}' page.txt && grep -qE "^  \[(input|transform|output) $name[] ]" page.txt ||
            { echo "the page of $name"; return 1; }
    done
    "$ETL" plugins sqlite | grep -qx '    SELECT title FROM records WHERE rowid IN' &&
        "$ETL" plugins "$slow/input/lines.so" | grep -q '^  \[input lines\]'
}
check "each plugin's page has an example, and no line too long" examples
by_path()
{
    cp "$slow/transform/number.so" ./mine.so && "$ETL" plugins ./mine.so | grep -qF '/mine.so]'
}
check "a plugin by its path is used by its path" by_path

# ---- standard streams and permissions ----

closed()
{
    printf '[input jsonl]\npath = lines.jsonl\n[output csv]\npath = -\n' >to.conf
    echo '{"text":"x"}' >lines.jsonl
    "$ETL" run to.conf >&- 2>said.txt
    [ $? = 74 ] && "$ETL" run --fresh to.conf 2>/dev/null | grep -q x
}
check "a closed standard output is no success" closed
piped()
{
    gzip -c lines.jsonl | "$ETL" -q run --set jsonl.path=- to.conf >got.csv && grep -q x got.csv
}
check "input from a pipe, compressed" piped
modes()
{
    (umask 000 && news -o out/open) 2>/dev/null && (umask 077 && news -o out/closed) 2>/dev/null &&
        [ -z "$(find out/open -type f ! -path '*/.state/*' ! -perm 666)" ] &&
        [ -z "$(find out/closed -type f ! -perm 600)" ] &&
        [ "$(stat -c %a out/open/.state)" = 700 ]
}
check "outputs follow the umask, .state is its owner's" modes

# ---- quickstart where it cannot go on ----

# Only these commands, and packages that are never there.
mkdir bin q
for tool in sh dirname grep cat id mkdir sed pwd; do
    ln -s "$(command -v $tool)" bin/
done
ln -sf "$(command -v sh)" bin/sh
printf '#!/bin/sh\nexit 1\n' >bin/dpkg-query
printf '#!/bin/sh\necho 1000\n' >no-root
chmod +x bin/dpkg-query no-root
cp "$srcdir/quickstart" q/
quickstart()
{
    status "$1" env PATH="$work/bin" q/quickstart
}
check "quickstart elsewhere than on Debian: 69" quickstart 69
check "says what is needed" says "libarchive-dev"
printf '#!/bin/sh\nexit 1\n' >bin/apt-get
chmod +x bin/apt-get
rm bin/id && mv no-root bin/id
check "quickstart without root or sudo: 77" quickstart 77
check "says what to run" says "apt-get install autoconf"
check "quickstart with another word: 64" status 64 q/quickstart tset
mkdir q/other && echo all: >q/other/Makefile && printf '#!/bin/sh\n' >q/configure && chmod +x q/configure
printf '#!/bin/sh\necho installed\n' >bin/dpkg-query
touch -d 2000-01-01 q/configure.ac q/Makefile.am && touch q/Makefile.in
check "quickstart and a folder of somebody else: 73" \
    status 73 env PATH="$work/bin" BUILD=other q/quickstart build
check "it is left alone" test -f q/other/Makefile

# What was configured without the libraries of the unit tests is configured again for `test`.
ln -s "$(command -v grep)" "$(command -v find)" "$(command -v rm)" "$(command -v nproc)" bin/ 2>/dev/null
printf '#!/bin/sh\nexit 0\n' | tee bin/make >bin/iconv
printf '#!/bin/sh\nprintf "PACKAGE = etl\\nabs_srcdir = %%s\\n" "$(dirname "$PWD")" >Makefile\n' >q/configure
chmod +x bin/make q/configure
runs_over() # WORD VALUE: of HAVE_CHECK_TRUE
{
    mkdir -p q/build
    printf 'S["HAVE_CHECK_TRUE"]="%s"\n' "$2" >q/build/config.status
    printf 'PACKAGE = etl\nabs_srcdir = %s\n' "$PWD/q" >q/build/Makefile
    status 0 env PATH="$work/bin" q/quickstart "$1"
}
check "quickstart test without unit tests" runs_over test "#"
check "configures again" says configuring
check "quickstart test with them" runs_over test ""
check "does not" eval '! grep -q configuring .said'
check "quickstart build without them" runs_over build "#"
check "does not either" eval '! grep -q configuring .said'
finish
