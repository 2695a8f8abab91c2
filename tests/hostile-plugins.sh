# SPDX-License-Identifier: Apache-2.0
# Plugins that are broken or mean harm, at -j1 and -j4. What cannot be loaded is refused before any
# data is read: status 69, one sentence, no run directory. A result that makes no sense rejects that
# record and nothing else. Whoever ends, hangs or crashes the process, or changes what all plugins
# share, is named where that can be known, nothing is published, and the same command with the plugin
# mended ends in the bytes of a run that met no trouble. tests/plugins/hostile.c does the harm.
. "${srcdir:-.}/tests/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
bad=$builddir/tests/plugins/bad
so=$builddir/tests/plugins/hostile/transform/hostile.so
[ -e "$so" ] || skip "the test plugins are not built (make test-plugins)"
export ETL_PLUGIN_PATH=$builddir/tests/plugins/hostile:$builddir/plugins
cd "$work" || exit 1

mkdir in
for f in 1 2 3 4 5 6 7 8; do
    for i in $(seq $((f * 50 - 49)) $((f * 50))); do echo "{\"text\":\"$i\"}"; done >in/$f.jsonl
done

# pipeline WHAT IN [FIELDS]: h.conf.
pipeline()
{
    cat >h.conf <<CONF
[pipeline]
name = h
barrier_interval = 1ms
[input jsonl]
path = in/*.jsonl
[transform ${plugin:-hostile}]
${plugin+# }what = "$1"
${plugin+# }in = $2
[output jsonl]
path = o.jsonl
fields = ${3:-id, source, text}
[output sqlite]
path = o.db
fields = id, source, text
CONF
}
# The shell's own words about a child that crashed belong to what is said.
quietly() { (timeout -k 10 60 "$@"; exit $?); }
run() { quietly "$ETL" -q run h.conf -o out -j"$j" </dev/null; }
sums() { (cd "$1" && sha256sum o.jsonl rejects.jsonl && sqlite3 o.db .dump | sha256sum); }
nothing() { [ -z "$(ls out 2>/dev/null | grep -v '^progress.json$')" ] || { echo "published: $(ls out)"; return 1; }; }
whole() { [ -e out/manifest.json ] && [ -z "$(ls out/.state | grep -vxE 'journal|lock')" ] && diff want <(sums out); }
one_error() { [ "$(grep -c 'error:' "$work/.said")" = 1 ] || { cat "$work/.said"; return 1; }; }

pipeline "" map
sed '/^\[transform/,/^in/d' h.conf >without.conf
check "the pipeline without the plugin" status 0 "$ETL" -q run without.conf -o want-dir
sums want-dir >want

# Statuses apart that a sanitizer turns into its own.
ended() { [ "${SANITIZE:-}" ] && [ "$1" -gt 128 ] && set -- '[1-9]*'; [[ $got == $1 ]]; }

# ends_badly WHAT IN STATUS WORDS: nothing is published, the words are said, and with the plugin
# mended the same command is whole.
ends_badly()
{
    local what=$1 in=$2 words=$4 got
    pipeline "$what" "$in"
    rm -rf out
    run >.out 2>.said
    got=$?
    ended "$3" || { echo "status $got, wanted $3"; cat .said; return 1; }
    [ -n "${SANITIZE:-}" ] || [ -z "$words" ] || says "$words" || return 1
    nothing && ETL_TEST_MENDED=1 status 0 run && whole
}
# does_no_harm WHAT IN [WORDS]
does_no_harm()
{
    pipeline "$1" "$2"
    rm -rf out
    status 0 run && whole && { [ -z "${3:-}" ] || says "$3"; }
}

# ---- what cannot be loaded ----

refused()
{
    local plugin=$1 want=$2 words=$3
    pipeline "" map
    rm -rf out
    status "$want" run && says "$words" && one_error && says "[E05" && grep -q '; .* \[E05' .said &&
        [ ! -e out ]
}
put() { cp "$so" "$1" && printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }
size=$(stat -c %s "$so")
echo "this is not ELF" >text.so
: >empty.so
head -c 40 "$so" >head.so
head -c $((size / 2)) "$so" >half.so
head -c 4096 "$so" >page.so
put machine.so 18 '\363\000'
put class.so 4 '\001'
put endian.so 5 '\002'
put program.so 16 '\002\000'
put headers.so 56 '\377\377'
mkdir folder.so
mkfifo fifo.so
chmod 644 ./*.so
ln -s nowhere dangling.so
for j in 1 4; do
    check "not ELF" refused ./text.so 69 "is not a shared object"
    check "empty" refused ./empty.so 69 "is not a shared object"
    check "cut in its header" refused ./head.so 69 "was cut short: 40 bytes"
    check "cut in the middle" refused ./half.so 69 "it should be longer"
    check "cut after a page" refused ./page.so 69 "it should be longer"
    check "more headers than there are" refused ./headers.so 69 "cut short or damaged"
    check "another machine" refused ./machine.so 69 "was built for RISC-V"
    check "32 bits" refused ./class.so 69 "was built for"
    check "the other byte order" refused ./endian.so 69 "was built for"
    check "a program" refused ./program.so 69 "but not a shared object"
    check "a folder" refused ./folder.so 69 "is not a regular file"
    check "a pipe" refused ./fifo.so 69 "is not a regular file"
    check "a link to nothing" refused ./dangling.so 69 "cannot be opened: No such file"
    check "no entry" refused "$bad/bad-1.so" 69 "does not export etl_plugins_1"
    check "another ABI" refused "$bad/bad-2.so" 69 "was built for plugin ABI 2"
    check "a later revision" refused "$bad/needs-newer.so" 69 "needs etl 1.1"
    check "a short struct" refused "$bad/bad-20.so" 69 "says it has 100 bytes"
    check "a list without end or beginning" refused "$bad/bad-33.so" 69 "gives no list of plugins"
    check "a symbol that nobody has" refused "$bad/bad-35.so" 69 "etl_nobody_has_this"
done
describes()
{
    local got
    quietly "$ETL" plugins "$bad/bad-36.so" >.out 2>.said
    got=$?
    ended 139 && { [ "${SANITIZE:-}" ] || says "/bad-36.so' crashed (SIGSEGV); \`etl test --valgrind"; }
}
check "a crash while it is described names it" describes
by_path() { cp "$so" mine.so; plugin=./mine.so; ETL_TEST_LOADED=umask status 69 "$ETL" plugins ./mine.so; says "mend it and build it again"; }
check "whoever gives a path is told what to do" by_path
unset plugin
check "and how a key is found" eval 'pipeline "" map; sed -i "s|^\[transform hostile|[transform ./mine.so|; s/^what/qqqqqqqqq/" h.conf; status 78 "$ETL" check h.conf; says "\`etl plugins ./mine.so\` lists its keys"'
check "nothing is parted by three blanks" test -z "$(grep "   [a-z]" "$work/.said" | grep -v "^    \|^ ")"
check "two of one name in a file" status 69 "$ETL" plugins "$bad/bad-34.so"
check "are told" says "holds two plugins 'bad' of one kind"
two_files()
{
    local j=1
    cp "$so" other.so
    pipeline "" map
    sed -i "s|^\[output jsonl\]|[transform ./other.so]\n&|" h.conf
    rm -rf out
    status 78 run && says "there are two stages 'transform hostile'; give this one a label" && [ ! -e out ]
}
check "two files with one name" two_files

# ---- what does harm by being loaded ----

loaded()
{
    local got
    pipeline "" map
    rm -rf out
    ETL_TEST_LOADED=$1 run >.out 2>.said
    got=$?
    ended "$2" || { echo "status $got, wanted $2"; cat .said; return 1; }
    [ "${SANITIZE:-}" ] || says "$3" || return 1
    [ ! -e out ]
}
for j in 1 4; do
    check "a constructor that aborts" loaded abort 134 "hostile.so' crashed (SIGABRT)"
    check "a constructor that crashes" loaded segfault 139 "hostile.so' crashed (SIGSEGV)"
    check "a constructor that exits" loaded exit 69 "hostile.so' ended the process by exit"
    [ "${SANITIZE:-}" ] ||
        check "a constructor that exits at once" loaded _exit 69 "hostile.so' ended the process by _exit"
    for change in "chdir:the working directory" "umask:the umask" "locale:the locale" \
        "handlers:what a signal does" "block:which signals are blocked" "close:standard"; do
        check "a constructor that changes ${change#*:}" loaded "${change%%:*}" 69 "changes ${change#*:}"
    done
done

# ---- bad results ----

# gives WHAT REASON [FIELDS]: record 3 is rejected for that reason, the others are as ever.
gives()
{
    pipeline "$1" map
    sed -i 's/^name = h/&\nmax_rejects = 100%/' h.conf
    rm -rf out
    status 0 run && [ "$(wc -l <out/rejects.jsonl)" = 1 ] && grep -qF "$2" out/rejects.jsonl &&
        grep -q '"text":"3"\|jsonl:3' out/rejects.jsonl &&
        diff <(grep -v '"text":"3"' want-dir/o.jsonl) out/o.jsonl &&
        grep -q '"kept": 399, "dropped": 0, "duplicates": 0, "rejected": 1' out/manifest.json
}
becomes_null()
{
    pipeline "$1" map "id, source, text, real"
    rm -rf out
    status 0 run && [ "$(grep -c '"real":null' out/o.jsonl)" = 400 ] && [ ! -s out/rejects.jsonl ]
}
for j in 1 4; do
    check "a text that is NULL" gives NULL "a length without a text"
    check "a list that is NULL" gives "NULL list" "a length without a list"
    check "bad UTF-8" gives "bad UTF-8" "not valid UTF-8"
    check "half a character" gives "half a character" "not valid UTF-8"
    check "a type that does not exist" gives "type 99" "another type"
    check "a field that does not exist, set" gives "field 99" "set a field that it did not look up"
    check "a field that does not exist, asked for" gives "get field 99" "a field that it did not look up"
    check "a field that does not exist, written to" gives "end field 99" "a field that it did not look up"
    check "NaN is null" becomes_null NaN
    check "so is infinity" becomes_null infinity
done

# ---- ends, crashes, hangs ----

for j in 1 4; do
    for in in open start map step finish stop; do
        check "exit in $in, -j$j" ends_badly exit $in 69 "'transform hostile' ended the process by exit"
        check "abort in $in, -j$j" ends_badly abort $in 134 "'transform hostile' crashed (SIGABRT)"
        check "segfault in $in, -j$j" ends_badly segfault $in 139 "'transform hostile' crashed (SIGSEGV)"
    done
    for in in map step; do
        check "quick_exit in $in, -j$j" ends_badly quick_exit $in 69 "'transform hostile' ended the process"
        # These sanitizers have an _exit of their own; then the manifest alone says that a run is done.
        case ${SANITIZE:-} in
        *address* | *thread*) want=0 say= ;;
        *) want=69 say="'transform hostile' ended the process by _exit" ;;
        esac
        check "_exit in $in, -j$j" ends_badly _exit $in $want "$say"
        check "_Exit in $in, -j$j" ends_badly _Exit $in $want "$say"
        check "_exit in a thread of its own in $in, -j$j" ends_badly "_exit in a thread" $in $want \
            "${say:+"'a plugin' ended the process by _exit"}"
        check "kill in $in, -j$j" ends_badly kill $in 137 ""
        check "a stack without end in $in, -j$j" ends_badly recurse $in 139 ""
        check "the heap overrun in $in, -j$j" ends_badly "overrun heap" $in '[1-9]*' ""
        check "every descriptor closed in $in, -j$j" ends_badly closefrom $in '[1-9]*' ""
        [ "${SANITIZE:-}" ] || check "longjmp in $in, -j$j" ends_badly longjmp $in '[1-9]*' ""
    done
done
# Exits when all is published already cannot be undone, but are told.
late()
{
    pipeline exit close
    rm -rf out
    status 69 run && says "ended the process by exit" && whole
}
j=1
check "exit in close" late
as_json()
{
    local got
    pipeline segfault map
    rm -rf out
    quietly "$ETL" -q run h.conf -o out -j4 --log-format=json >.out 2>.said
    got=$?
    ended 139 && grep '^{"type":"message","level":"error","code":"E0513"' .said >line &&
        { ! command -v jq >/dev/null || jq -e '.msg == "'\''transform hostile'\'' crashed (SIGSEGV)"' line >/dev/null; }
}
[ "${SANITIZE:-}" ] || check "a crash, as JSON" as_json

# TERM ends what hangs, at the latest in 2 seconds.
hangs()
{
    pipeline hang "$1"
    rm -rf out
    status 143 timeout --preserve-status -k 3 0.5 "$ETL" -q run h.conf -o out -j"$j" && nothing &&
        ETL_TEST_MENDED=1 status 0 run && whole
}
blocks()
{
    pipeline block "$1"
    sed -i 's/^\[output jsonl\]/[transform hostile two]\nwhat = hang\nat = 9\n&/' h.conf
    rm -rf out
    status 143 timeout --preserve-status -k 3 1 "$ETL" -q run h.conf -o out -j"$j" && nothing
}
for j in 1 4; do
    for in in open start map step finish; do
        check "hangs in $in, -j$j" hangs $in
    done
    check "TERM comes through though map blocks signals, -j$j" blocks map
done

# ---- the process ----

for j in 1 4; do
    for change in "chdir:the working directory" "umask:the umask" "locale:the locale" \
        "handlers:what a signal does" "close:standard"; do
        for in in open start; do
            check "${change%%:*} in $in, -j$j" ends_badly "${change%%:*}" $in 69 "[transform hostile] changes ${change#*:}"
        done
        for in in map step finish stop; do
            check "${change%%:*} in $in, -j$j" ends_badly "${change%%:*}" $in 69 "a plugin changed ${change#*:}"
        done
    done
    check "block in open, -j$j" ends_badly block open 69 "changes which signals are blocked"
    for what in "overrun self" "overrun worker" "overrun state"; do
        in=map
        [ "$what" != "overrun state" ] || in=step
        check "$what, -j$j" ends_badly "$what" $in 69 "[transform hostile] wrote past its memory"
    done
    check "overrun self in open, -j$j" ends_badly "overrun self" open 69 "[transform hostile] writes past its memory"
done
check "etl check sees it, too" status 69 "$ETL" check h.conf

# ---- what does no harm ----

for j in 1 4; do
    for in in open start map step finish stop; do
        check "prints in $in, -j$j" does_no_harm print $in "written by a plugin"
    done
    [ "${SANITIZE:-}" ] && continue
    for in in open map step; do
        check "leaks in $in, -j$j" does_no_harm leak $in
        check "leaves threads running in $in, -j$j" does_no_harm threads $in
        check "forks and execs in $in, -j$j" does_no_harm "fork and exec" $in
    done
    for in in open start map step commit finish stop close; do
        check "forks in $in, -j$j" does_no_harm fork $in
    done
    check "takes 10 GiB, -j$j" does_no_harm take map
done
forks_and_is_told() { does_no_harm fork map "'transform hostile' forked"; }
check "a fork is told" forks_and_is_told

# Small numbers stay what they are, and the threads' too.
small()
{
    pipeline "$1" "$2" "id, small"
    rm -rf out
    status 0 run && [ "$(grep -c '"small":4e-320' out/o.jsonl)" = 400 ]
}
for j in 1 4; do
    check "small numbers, -j$j" small "" map
    check "and with a plugin that rounds them to zero, -j$j" small "flush to zero" open
    check "by being loaded, -j$j" eval 'ETL_TEST_LOADED="flush to zero" small "" map'
done

little_memory()
{
    pipeline "$1" map
    rm -rf out
    (ulimit -v 4000000 && run) >.out 2>.said
    got=$?
    ended "$2" && nothing
}
if [ -z "${SANITIZE:-}" ]; then
    for j in 1 4; do
        check "10 GiB that are not there, -j$j" little_memory take 71
        check "are told" says "10 GiB could not be had"
        check "10 GiB that it does not ask for, -j$j" little_memory "take unasked" 139
    done
fi

# ---- data on standard output ----

to_pipe()
{
    pipeline "$1" "$2"
    sed -i '/^\[output sqlite\]/,$d; s/^path = o.jsonl/path = -/' h.conf
    rm -rf out
    run >data 2>.said
    [ $? = "$3" ] &&
        cmp data <(head -c "$([ "$3" = 0 ] && echo 9999999 || stat -c %s data)" want-dir/o.jsonl)
}
for j in 1 4; do
    check "data alone, -j$j" to_pipe "" map 0
    for in in open start map step finish stop; do
        check "and when a plugin prints in $in, -j$j" to_pipe print $in 0
        check "which goes to standard error" says "printed by a plugin"
    done
    for in in map step finish stop; do
        check "and nothing else when it closes standard output in $in, -j$j" to_pipe close $in 69
    done
done
# Verbs that say something themselves: what they say is what they say of the plugin that is mended.
untimed() { sed -E "s/  [0-9.]+ [^ ]*s( |\$)/\1/"; }
own_words()
{
    pipeline print "$1"
    ETL_TEST_MENDED=1 "$ETL" "${@:2}" >want.out 2>/dev/null
    ETL_TEST_LOADED=${loaded:-} status 0 "$ETL" "${@:2}" && says "written by a plugin" && diff <(untimed <want.out) <(untimed <.out)
}
for in in open close; do
    check "etl check, $in prints" own_words $in check h.conf
    check "etl check --print, $in prints" own_words $in check --print h.conf
    check "etl graph, $in prints" own_words $in graph h.conf
done
for in in open start map step finish stop close; do
    check "etl explain, $in prints" own_words $in explain h.conf in/1.jsonl:3
done
check "etl plugins, of a plugin that prints when loaded" eval 'loaded=print own_words map plugins hostile'
full()
{
    [ -w /dev/full ] || return 0
    pipeline "" map
    sed -i '/^\[output sqlite\]/,$d; s/^path = o.jsonl/path = -/' h.conf
    rm -rf out
    run >/dev/full 2>.said
    [ $? = 74 ] && says "No space left"
}
check "standard output that is full is still told" full
finish
