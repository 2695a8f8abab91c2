# SPDX-License-Identifier: Apache-2.0
# What can be wrong around a run of news.conf: the pipeline, the files, permissions, plugins, the
# disk, the reader of a pipe, the user. Each ends with a message that says what, where and what to
# do, with the documented exit status, and with nothing published; and where it can be mended, the
# same command then ends in the bytes of a run that met no trouble. For bad data: bad-data.sh.
. "${srcdir:-.}/tests/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
. "$srcdir/tests/mix.sh"
mkdir "$work/in" && cd "$work/in" || exit 1
unset NEWS
news=$srcdir/pipelines/news.conf
sample=$srcdir/pipelines/sample/news.tar.gz

# Nothing of a run is to be seen in a run directory, were it made at all.
nothing_published()
{
    local found
    [ -e "$1" ] || return 0
    found=$(find "$1" -mindepth 1 -maxdepth 1 ! -name .state)
    [ -z "$found" ] && return 0
    echo "published: $found"
    return 1
}

# bad WHAT STATUS WORDS [RUN OPTIONS...]: such a run ends so, saying the words (a | between them).
bad()
{
    local what=$1 want=$2 words=$3 word
    shift 3
    rm -rf out
    check "$what: exits $want" status "$want" "$ETL" run -o out "$@"
    while [ "$words" ]; do
        word=${words%%|*}
        check "$what: says '$word'" says "$word"
        [ "$word" = "$words" ] && break
        words=${words#*|}
    done
    check "$what: has a code" says "[E0"
    check "$what: publishes nothing" nothing_published out
}

# ---- the pipeline ----

# changed SED...: news.conf, changed, as changed.conf.
changed()
{
    sed "$@" "$news" >changed.conf
    check "changed by $*" eval '! cmp -s "$news" changed.conf'
}
export NEWS=$sample

changed 's/^threshold/treshold/'
bad "an unknown key" 78 "changed.conf:$(grep -n treshold changed.conf | cut -d: -f1):1: error: unknown key 'treshold' in [transform dedupe]|did you mean 'threshold'?" changed.conf
changed 's/^threshold.*/threshold = much/'
bad "a wrong type" 78 "changed.conf:$(grep -n '= much' changed.conf | cut -d: -f1):13: error: |'much'|threshold" changed.conf
changed 's/^field     = body/field = bdy/'
bad "a field that nobody writes" 78 "changed.conf:$(grep -n '= bdy' changed.conf | cut -d: -f1):9: error: |nothing before|did you mean 'body'?" changed.conf
changed 's/^fields = id, source, language, kind, title/fields = id, sorce/'
bad "a column that nobody writes" 78 "changed.conf:|'sorce'|did you mean 'source'?" changed.conf
changed 's/language in (id, en)/languge in (id, en)/; s/^path   = dropped.jsonl/&\nfrm = x/'
bad "two mistakes are told at once" 78 "did you mean 'language'?|did you mean 'from'?" changed.conf
bad "a pipeline that is not there" 66 "nowhere.conf: |No such file or directory" nowhere.conf
changed 's/nothing is changed//; $s/$/ /'
bad "a file that a variable names" 66 "it is the variable 'news': -D news=PATH" -D news=nowhere.tar.gz changed.conf
changed 's/^path   = dropped.jsonl/path = ..\/dropped.jsonl/'
bad "an output outside the run directory" 78 "changed.conf:|'../dropped.jsonl'" changed.conf
check "nothing is there" test ! -e dropped.jsonl
changed 's/^path   = dropped.jsonl/path = \/tmp\/dropped.jsonl/'
bad "an absolute output" 78 "changed.conf:|'/tmp/dropped.jsonl'" changed.conf

# ---- files ----

bad "a missing file" 66 "news.conf:|nowhere.tar.gz|does not exist|paths begin at the working directory" -D news=nowhere.tar.gz "$news"
bad "an empty glob" 66 "news.conf:|'*.tar.gz' matches no file|paths begin at the working directory" -D "news=*.tar.gz" "$news"
mkdir empty
bad "an empty folder" 66 "empty" -D news=empty "$news"

# ---- permissions: root has them all, so another user looks ----

as_user()
{
    "$@"
}
if [ "$(id -u)" = 0 ]; then
    as_user()
    {
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    }
    chmod 755 "$work"
    mkdir -m 777 users
else
    mkdir users
fi
if as_user test -x "$ETL" -a -r "$news" -a -w users && (cd users && as_user "$ETL" --version >/dev/null 2>&1) &&
    as_user test -r "$ETL_PLUGIN_PATH/input/archive.so"; then
    mkdir users/locked users/readonly
    cp "$sample" users/locked.tar.gz
    chmod 000 users/locked users/locked.tar.gz
    chmod 555 users/readonly
    awk '/^\[/ { left_out = 0 }
        /^\[input archive\]/ { print "[input txt]\npath = ${news}"; left_out = 1 }
        !left_out' "$news" >folder.conf
    denied()
    {
        local what=$1 want=$2 word=$3
        shift 3
        check "$what: exits $want" status "$want" as_user "$ETL" run "$@"
        check "$what: says '$word'" says "$word"
        check "$what: says why" says "Permission denied"
    }
    denied "a folder that may not be read" 66 users/locked -D news=users/locked -o users/out folder.conf
    denied "an archive that may not be read" 66 users/locked.tar.gz -D news=users/locked.tar.gz -o users/out "$news"
    denied "a place where no run directory can be made" 73 users/readonly/out -D "news=$sample" -o users/readonly/out "$news"
    check "neither publishes anything" nothing_published users/out
    chmod 755 users/locked users/readonly
else
    echo "permissions were not tried: there is no other user who can run $ETL"
fi

# ---- plugins ----

foreign=$builddir/tests/plugins/bad/bad-2.so
if [ -e "$foreign" ]; then
    changed "s|^\[transform dedupe\]|[transform $foreign]|; /^threshold/d; /^field  /d"
    bad "a plugin of another ABI" 69 "was built for plugin ABI 2, this etl speaks 1|bad-2.so" changed.conf
else
    echo "another ABI was not tried: the test plugins are not built (make test-plugins)"
fi
changed 's/^\[transform dedupe\]/[transform dedup]/'
bad "a plugin that is not there" 69 "changed.conf:|did you mean 'dedupe'?" changed.conf

# ---- disk, pipe, Ctrl-C: met in the middle of a run over a mix of inputs ----

check "the mix is made" mix 150
often="--set pipeline.barrier_interval=3ms"
check "the run that meets no trouble" status 0 "$ETL" run -j2 $often mix.conf -o want
sums want >want.sums
as_wanted()
{
    status 0 "$ETL" run -j2 $often mix.conf -o "$1" && diff want.sums <(sums "$1") &&
        [ -z "$(ls "$1/.state" | grep -vxE 'journal|lock')" ]
}

# As large as it takes to fail at several places.
disk()
{
    mkdir -p disk
    mount -t tmpfs -o size="$1" tmpfs disk 2>/dev/null || { can_mount=; return; }
    check "a disk of $1 is full: 74" status 74 "$ETL" run -j"$2" $often mix.conf -o disk/out
    check "$1: names the file" says "disk/out/.state/"
    check "$1: says why" says "No space left on device"
    check "$1: says what to do" says "free space, then run the same command again"
    check "$1: publishes nothing" nothing_published disk/out
    mount -o remount,size=100m disk
    check "$1: with more space it ends as if nothing had been" as_wanted disk/out
    umount disk
}
can_mount=yes
for size in 16k 300k 2m 5m 9m; do
    for j in 1 4; do
        [ "$can_mount" ] && disk $size $j
    done
done
[ "$can_mount" ] || echo "no full disk was tried: only root may mount one"

for blocks in 1 30 300 1000; do # of 1 KiB
    rm -rf out
    limited()
    {
        (ulimit -f $blocks && exec "$ETL" run -j2 $often mix.conf -o out)
    }
    check "files of at most $blocks KiB: 74" status 74 limited
    check "$blocks KiB: says what and why" grep -qE "out/.state/.*(File too large|disk I/O error)" "$work/.said"
    check "$blocks KiB: says what to do" says "then run the same command again"
    check "$blocks KiB: publishes nothing" nothing_published out
    check "$blocks KiB: without the limit it ends as if nothing had been" as_wanted out
done

# Open files: whatever is the first that may not be opened, and by whom.
few_files() # [etl ARGUMENTS...]
{
    local n got n_short=0
    for n in {4..60}; do # the lowest that leaves one beside the standard streams
        rm -rf few few.log
        # The search for leaks opens files of its own at the end.
        (ulimit -n $n && ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 exec "$ETL" "$@") >/dev/null 2>"$work/.said" </dev/null
        got=$?
        [ $got != 0 ] || break
        [ ! -e few.log ] || cat few.log >>"$work/.said"
        n_short=$((n_short + 1))
        [ $got = 71 ] && says "Too many open files; raise the limit on open files (ulimit -n)" &&
            grep -qE "error: .*([/.][a-z]|directory |folder ).*: Too many" "$work/.said" && nothing_published few ||
            { echo "status $got with $n open files"; cat "$work/.said"; return 1; }
    done
    [ $got = 0 ] && [ $n_short -gt 0 ]
}
mkdir pages
echo "a page" >pages/page.txt
printf '{"text":"a line"}\nno line\n' >lines.jsonl
printf '[pipeline]\nmax_rejects = 100%%\n[input txt]\npath = pages\n[input jsonl]\npath = lines.jsonl\n[output jsonl]\npath = o.jsonl.gz\n[output csv]\npath = o.csv\n' >few.conf
check "few open files, news.conf" few_files run -q -j2 -o few "$news"
check "few open files, a folder, --memory" few_files run -q -j1 --memory=1G -o few few.conf
check "few open files, learn.conf" few_files run -q -o few -D "news=$NEWS" "$srcdir/pipelines/learn.conf"
check "a run with rejects" status 0 "$ETL" run -q -o listed few.conf
check "few open files, --from-rejects" few_files run -q --from-rejects=listed -o few few.conf
check "few open files, verify" few_files verify -q --inputs listed
check "few open files, check" few_files check -q few.conf "$news"
mkdir conf && cp few.conf conf
check "few open files, check of a folder" few_files check -q conf
check "few open files, a log" few_files check --log-file=few.log few.conf
check "few open files, plugins" few_files plugins
check "few open files, one plugin" few_files plugins jsonl

# Memory.
# The memory that the libraries map before anything is read is not ours to tell: a plugin that cannot
# be loaded is 69.
memory()
{
    local kib status n_short=0
    for kib in $(seq 30000 6000 120000); do
        rm -rf few
        (ulimit -v $kib && exec "$ETL" run -q -j2 -o few "$news") 2>"$work/.said"
        status=$?
        case $status in
            0) continue ;;
            69 | 71) [ -s "$work/.said" ] && nothing_published few || return 1 ;;
            *) echo "status $status with $kib KiB" && cat "$work/.said" && return 1 ;;
        esac
        n_short=$((n_short + 1))
    done
    [ $n_short -gt 0 ]
}
[ "${SANITIZE:-}" ] || check "too little memory: 71, or a plugin that cannot be loaded; nothing published" memory

if [ -w /dev/full ]; then
    sed '/^\[output/,$d' mix.conf >pipe.conf
    printf '[output jsonl]\npath = -\nfields = *\n' >>pipe.conf
    full()
    {
        "$ETL" -q run -o pipe pipe.conf >/dev/full
    }
    check "standard output is a full device: 74" status 74 full
    check "it says so" says "cannot write standard output: No space left on device"
fi

# The reader of the pipe leaves: end as cat does, by SIGPIPE, without a word.
{
    "$ETL" run -o pipe pipe.conf 2>said
    echo $? >left
} | head -c 1000 >/dev/null
check "a closed pipe: ended by SIGPIPE" test "$(cat left)" = 141
check "a closed pipe: no word of complaint" test -z "$(grep -v "^news: .* input file.*run directory" said)"
check "a closed pipe: nothing published" nothing_published pipe

# interrupted SIGNAL AFTER-SECONDS
interrupted()
{
    local pid began status
    rm -rf out
    # What a shell begins in the background ignores INT, what is under nohup HUP; etl leaves that so.
    env --default-signal=INT,HUP "$ETL" run -j2 $often mix.conf -o out 2>"$work/.said" &
    pid=$!
    sleep "$2"
    kill -"$1" $pid 2>/dev/null
    began=$(date +%s%N)
    wait $pid 2>/dev/null
    status=$?
    [ $(($(date +%s%N) - began)) -lt 2000000000 ] || { echo "took more than 2 s"; return 1; }
    if [ $status = 0 ]; then # it was through already
        return 0
    fi
    n_interrupted=$((n_interrupted + 1))
    [ $status = $((128 + $(kill -l "$1"))) ] || { echo "status $status"; return 1; }
    # It may have told of its end already, and all is published: then there is nothing to do next.
    if [ -e out/manifest.json ] && grep -q "documents read in" "$work/.said"; then
        none_half
        return
    fi
    [ ! -e out ] || says "the same command" && none_half
}
# What has its own name already is whole: the signal came while publishing. progress.json lies there
# for `etl status` to read, also after the end.
none_half()
{
    local file
    rm -f out/progress.json
    [ ! -e out/manifest.json ] || diff want.sums <(sums out | grep -v '\.new$') || return 1
    for file in $(cd out 2>/dev/null && find . -type f ! -path './.*' ! -name '*.db' ! -name run.json ! -name manifest.json); do
        cmp out/"$file" want/"$file" || return 1
    done
}
n_interrupted=0
for signal in INT TERM HUP; do
    n_before=$n_interrupted
    for after in 0.02 0.05 0.1 0.15; do
        check "$signal after $after s: ends by it, says what next, nothing is half there" interrupted $signal $after
        check "$signal after $after s: the same command ends as if nothing had been" as_wanted out
    done
    check "SIG$signal came in time" test $n_interrupted -gt $n_before
done
nohup "$ETL" -q run -j2 $often mix.conf -o out --fresh 2>/dev/null & # what nohup ignores stays ignored
pid=$!
sleep 0.05
kill -HUP $pid
wait $pid
check "HUP is ignored under nohup" test $? = 0
check "signals came in time ($n_interrupted of 12)" test $n_interrupted -ge 4
finish
