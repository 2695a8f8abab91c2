# SPDX-License-Identifier: Apache-2.0
# Games with the files around a run: links in the place of outputs, of the run directory and of what
# is in it, directories swapped while a run lasts, plugins and pipelines that others could change,
# generous and stingy umasks. Nothing outside the run directory changes, what is not safe is refused
# with 77, and the same command is whole once it is put right.
# ETL_ROUNDS=N: of each race (2).
. "${srcdir:-.}/tests/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
engine=$builddir/tests/plugins/engine
[ -e "$engine/input/lines.so" ] || skip "the test plugins are not built (make test-plugins)"
export ETL_PLUGIN_PATH=$engine:$builddir/plugins
cd "$work" || exit 1
umask 022
chmod 755 .
if [ "$(id -u)" = 0 ]; then root=yes; else root=; echo "other owners were not tried: this is not root"; fi
other=65534

seq -f 'line %g' 1 300 >in.txt
cat >g.conf <<'CONF'
[pipeline]
name = g
barrier_interval = 1ms
[var]
pause = 0s
[input lines]
path = in.txt
pause = ${pause}
[output plain]
path = plain.txt
[output plain deep]
path = sub/deeper/plain.txt.gz
[output sqlite]
path = o.db
fields = id, text
CONF
run() { timeout 60 "$ETL" -q run g.conf -o out -j2 "$@"; }
sums() { (cd "$1" && sha256sum plain.txt sub/deeper/plain.txt.gz rejects.jsonl && sqlite3 o.db .dump | sha256sum); }
check "the run to compare with" status 0 run
sums out >want
mv out want-dir
whole()
{
    [ -e out/manifest.json ] && [ -z "$(ls out/.state | grep -vxE 'journal|lock')" ] &&
        [ -z "$(find out -type l)" ] && diff want <(sums out) && status 0 "$ETL" verify out
}
no_manifest() { ! [ -e out/manifest.json ] && ! [ -e out/plain.txt ]; }

# What must not change, in all its properties.
secret()
{
    rm -rf victim
    mkdir -p victim/.state victim/sub
    chmod 700 victim/.state
    for f in file plain.txt manifest.json .state/journal .state/plain.txt.part; do echo "of somebody else" >victim/$f; done
    seen=$(look)
}
look() { find victim -printf '%p %y %m %U %s %T@ ' -exec stat -c '%h' {} \; ; find victim -type f -exec sha256sum {} + | sort; }
untouched() { [ "$(look | sed 's/ [0-9]*$//')" = "$(sed 's/ [0-9]*$//' <<<"$seen")" ] || { diff <(echo "$seen") <(look); return 1; }; }
start_over() { rm -rf out moved; mkdir out; secret; }

# ---- links in the place of outputs ----

everything="plain.txt o.db rejects.jsonl manifest.json run.json progress.json .manifest.json.new .run.json.new .progress.json.new"
links()
{
    local name
    start_over
    for name in $everything; do ln -s $1 ../victim/file out/$name 2>/dev/null || ln victim/file out/$name; done
    status 0 run && untouched && whole && [ "$(stat -c %h victim/file)" = 1 ]
}
check "outputs are symbolic links" links -s
check "outputs are hard links" links ""
dangling()
{
    local name
    start_over
    for name in $everything; do ln -s ../victim/new-$name out/$name; done
    status 0 run && untouched && whole
}
check "outputs are links to what is not there" dangling
linked_parts()
{
    local name
    start_over
    mkdir -m 700 out/.state
    for name in plain.txt.part o.db.part o.db.part-journal rejects.jsonl.part journal.new; do
        ln ${1:-} "$work/victim/file" out/.state/$name
    done
    status 0 run && untouched && whole && [ "$(stat -c %h victim/file)" = 1 ]
}
check "unpublished files are symbolic links" linked_parts -s
check "unpublished files are hard links" linked_parts
linked_folder()
{
    start_over
    mkdir -p out/${1%/*}
    rmdir out/$1 2>/dev/null
    $2 ${3:+$3 "$work/victim/sub"} out/$1
    status 77 run && says "out/" && says "is in the way" && untouched && [ -z "$(ls -A victim/sub)" ] &&
        ! [ -e out/manifest.json ] && rm -rf "out/${1:?}" && status 0 run && whole && untouched
}
check "a folder of outputs is a symbolic link" linked_folder sub ln -s
check "a folder below is a symbolic link" linked_folder sub/deeper ln -s
check "a folder is a file" linked_folder sub touch
in_the_way()
{
    start_over
    mkdir -p out/plain.txt/something
    status 74 run && says "cannot publish out/plain.txt" && ! [ -e out/manifest.json ] && rm -rf out/plain.txt &&
        status 0 run && whole
}
check "a folder stands where an output goes" in_the_way

# ---- .state ----

linked_state()
{
    start_over
    ln -s ../victim/.state out/.state
    status 77 run && says "out/.state is a symbolic link" && untouched && no_manifest
}
check ".state is a symbolic link" linked_state
linked_in_state()
{
    start_over
    mkdir -m 700 out/.state
    ln -s ../../victim/.state/journal out/.state/$1
    status 73 run && says "out/.state/$1" && untouched && no_manifest && rm out/.state/$1 && status 0 run && whole
}
check "the lock is a symbolic link" linked_in_state lock
check "the journal is a symbolic link" linked_in_state journal
open_state()
{
    start_over
    mkdir out/.state
    $1 out/.state
    status 77 run && says "out/.state" && no_manifest
}
check ".state can be written by anybody" open_state "chmod 777"
check ".state can be written by the group" open_state "chmod 770"
[ -z "$root" ] || check ".state belongs to another user" open_state "chown $other"

# ---- the run directory ----

linked_out()
{
    start_over
    rm -rf out target
    mkdir target
    ln -s target out
    status 0 run && [ -e target/manifest.json ] && [ "$(readlink out)" = target ] && rm out && mv target out && whole
}
check "the run directory is a link of one's own" linked_out
foreign_link()
{
    start_over
    rm -rf tmp
    mkdir -m "$1" tmp
    ln -s ../victim tmp/out
    chown -h $other tmp/out
    status 77 timeout 60 "$ETL" -q run g.conf -o "tmp/out${2:-}" && says "tmp/out is a symbolic link of another user" && untouched
}
if [ "$root" ]; then
    check "it is a link of another user in a folder for all" foreign_link 777
    check "the same with a sticky bit" foreign_link 1777
    check "and with a slash behind it" foreign_link 777 /
    check "it lies behind such a link" foreign_link 777 /news
fi

# swapped COMMAND: while a run lasts; put back, the same command is whole.
begun()
{
    local i
    start_over
    timeout 60 "$ETL" -q run g.conf -o out -j"$j" -D pause=4ms 2>.said &
    pid=$!
    for ((i = 0; i < 200; i++)); do
        [ -s out/.state/journal ] && [ -e out/.state/o.db.part ] && break
        sleep 0.01
    done
    sleep 0.1
}
ended() { wait $pid; [ $? = "$1" ] || { echo "not $1:"; cat .said; return 1; }; }
swapped()
{
    begun
    eval "$1"
    ended 77 && says "was moved or replaced" && says "nothing is published" && untouched &&
        ! [ -e moved/manifest.json ] && ! { [ -d out ] && ! [ -L out ] && [ -e out/manifest.json ]; } || return 1
    eval "$2"
    status 0 run -D pause=4ms && whole && untouched
}
for j in 1 4; do
    check "swapped for a link, -j$j" swapped 'mv out moved; ln -s victim out' 'rm out; mv moved out'
    check "swapped for another directory, -j$j" swapped 'mv out moved; mkdir -p out/.state' 'rm -rf out; mv moved out'
    check "moved away, -j$j" swapped 'mv out moved' 'mv moved out'
    check ".state swapped for a link, -j$j" swapped 'mv out/.state moved; ln -s ../victim/.state out/.state' 'rm out/.state; mv moved out/.state'
    check ".state swapped for another directory, -j$j" swapped 'mv out/.state moved; mkdir -m 700 out/.state' 'rm -r out/.state; mv moved out/.state'
done
planted()
{
    begun
    for name in .progress.json.new .manifest.json.new .run.json.new; do
        ln ${1:-} "$work/victim/file" out/$name
    done
    ended 0 && untouched && status 0 "$ETL" verify out
}
j=2
check "links are put where files are written next" planted -s
check "and hard links" planted

# ---- umasks ----

with_umask()
{
    local mask=$1 mode=$2
    start_over
    rm -rf out
    (umask "$mask" && run) && whole && [ "$(stat -c %a out/.state)" = 700 ] &&
        [ "$(stat -c %a out/plain.txt out/o.db out/sub/deeper/plain.txt.gz out/rejects.jsonl out/manifest.json out/run.json | sort -u)" = "$mode" ] &&
        [ "$(stat -c %a out out/sub out/sub/deeper | sort -u)" = "$3" ]
}
check "umask 000" with_umask 000 666 777
check "umask 077" with_umask 077 600 700
check "umask 027" with_umask 027 640 750

# ---- a store ----

store()
{
    start_over
    rm -rf store
    mkdir store
    for name in kept .kept.part; do ln ${1:-} "$work/victim/file" store/$name; done
    printf '[input feed]\n[transform stepper]\nstore = store\n[output lines]\npath = out.txt\nfields = text\n' >store.conf
    ETL_PLUGIN_PATH=$builddir/tests/plugins/abi status 0 timeout 60 "$ETL" -q run store.conf -o out && untouched &&
        [ "$(cat store/kept)" = stored ] && [ ! -L store/kept ] && [ "$(ls -A store)" = kept ]
}
check "links in a store" store -s
check "hard links in a store" store

# ---- who could change a plugin or a pipeline ----

plugin()
{
    rm -rf p out
    mkdir -p p/input p/above/input
    cp "$engine/input/lines.so" p/input/
    cp "$engine/input/lines.so" p/above/input/
    eval "$1"
    sed "s|^\[input lines\]|[input ${3:-./p/input/lines.so}]|" g.conf >p.conf
    status "${4:-77}" timeout 60 "$ETL" -q run p.conf -o out && { [ -z "$2" ] || says "$2"; } && { [ "${4:-77}" = 0 ] || ! [ -e out ]; }
}
check "a plugin that is safe" plugin : "" ./p/input/lines.so 0
check "a plugin that anybody can write to" plugin 'chmod 666 p/input/lines.so' "can be written by others"
check "a plugin and its folder, at once" plugin 'chmod 775 p/input; chmod 664 p/input/lines.so' "and its folder can be written by others"
check "with what closes both" says "close both:  chmod go-w"
check "a plugin that the group can write to" plugin 'chmod 664 p/input/lines.so' "can be written by others"
check "a folder that anybody can write to" plugin 'chmod 777 p/input' "plugin folder"
check "a folder for all, with a sticky bit" plugin 'chmod 1777 p/input' "plugin folder"
check "a folder that the group can write to" plugin 'chmod 775 p/input' "plugin folder"
check "a folder above, where anybody can put another one" plugin 'chmod 777 p/above' "lies below" ./p/above/input/lines.so
check "the same, further above" plugin 'chmod 777 p' "lies below" ./p/above/input/lines.so
check "a sticky bit is enough there" plugin 'chmod 1777 p' "" ./p/above/input/lines.so 0
check "a link to a plugin that is safe" plugin 'mkdir p/links; ln -s ../input/lines.so p/links' "" ./p/links/lines.so 0
check "a link to one that is not" plugin 'mkdir p/links; ln -s ../input/lines.so p/links; chmod 666 p/input/lines.so' "can be written by others" ./p/links/lines.so
check "a link in a folder that is not" plugin 'mkdir -m 777 p/links; ln -s ../input/lines.so p/links' "plugin folder" ./p/links/lines.so
if [ "$root" ]; then
    check "a plugin of another user" plugin "chown $other p/input/lines.so" "belongs to another user ($other)"
    check "a folder of another user" plugin "chown $other p/input" "belongs to another user ($other)"
fi
pipeline()
{
    rm -rf out
    rm -f changed.conf
    cp g.conf changed.conf
    eval "$1"
    status "$2" timeout 60 "$ETL" -q run changed.conf -o out && { [ -z "$3" ] || says "$3"; } && { [ "$2" = 0 ] || ! [ -e out ]; }
}
check "a pipeline that anybody can write to" pipeline 'chmod 666 changed.conf' 77 "can be written by anybody"
check "an included file that anybody can write to" pipeline 'echo "[var]" >more.conf; chmod 666 more.conf; sed -i "s/^name = g/&\ninclude = more.conf/" changed.conf' 77 "more.conf can be written by anybody"
# Whoever owns it may change it; the plugins that it names must still be safe.
[ -z "$root" ] || check "a pipeline of another user is read" pipeline "chown $other changed.conf" 0 ""

# ---- races ----

# race FLIP FLOP: while runs begin and end, links come and go.
race()
{
    local i got flipper
    start_over
    rm -f stop
    (
        while ! [ -e stop ]; do
            eval "$1"
            sleep "0.00$((RANDOM % 10))"
            eval "$2"
            sleep "0.00$((RANDOM % 10))"
        done
    ) 2>/dev/null &
    flipper=$!
    for ((i = 0; i < ${ETL_ROUNDS:-2} * 5; i++)); do
        run --fresh >.out 2>.said
        got=$?
        [[ $got =~ ^(0|73|74|75|77)$ ]] || break
    done
    touch stop
    wait $flipper
    [[ $got =~ ^(0|73|74|75|77)$ ]] || { echo "status $got"; cat .said; return 1; }
    untouched && status 0 run --fresh && whole && untouched
}
check "race: an output" race 'ln -sfT ../victim/plain.txt out/plain.txt' 'rm -f out/plain.txt'
check "race: an output, hard" race 'ln -f victim/plain.txt out/plain.txt' 'rm -f out/plain.txt'
check "race: what comes before the manifest" race 'ln -f victim/file out/.manifest.json.new' 'rm -f out/.manifest.json.new'
check "race: a folder of outputs" race 'rm -rf out/sub; ln -sT ../victim/sub out/sub' 'rm -f out/sub'
check "race: a folder below" race 'rm -rf out/sub/deeper; ln -sT ../../victim/sub out/sub/deeper' 'rm -f out/sub/deeper'
check "race: another run directory" race 'mv -T out moved && mkdir out' 'rm -rf out && mv -T moved out'
# A link of one's own is followed where it stands when a run begins; one of another user is not, in a
# folder for all. A stage that opens a file of its own by its path, as sqlite does, has a moment in
# which that leads elsewhere; streams have none.
sed -i '/^\[output sqlite\]/,$d' g.conf
sums() { (cd "$1" && sha256sum plain.txt sub/deeper/plain.txt.gz rejects.jsonl); }
sums want-dir >want
if [ "$root" ]; then
    start_over
    ln -s victim/sub link
    chown -h $other link
    chmod 777 .
    check "race: the run directory" race 'mv -T out moved && mv -T link out' 'mv -T out link && mv -T moved out'
    chmod 755 .
fi
check "race: .state" race 'mv -T out/.state moved && ln -sT ../victim/sub out/.state' 'rm out/.state && mv -T moved out/.state'
finish
