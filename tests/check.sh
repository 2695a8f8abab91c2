# SPDX-License-Identifier: Apache-2.0
# The real binary on wrong pipeline files and wrong command lines: what it says, word by word
# (pipelines/wrong/NAME.txt), and how it exits. UPDATE=1 writes the words anew.
. "${srcdir:-.}/tests/lib.sh"

plugins=$(pwd)/tests/plugins
[ -e "$plugins/input/good.so" ] || skip "the test plugins are not built (make test-plugins)"
export ETL_PLUGIN_PATH=$plugins
cd "$srcdir/tests/pipelines/wrong" || exit 1

# Folders differ from build to build.
words()
{
    sed -e "s|$plugins|PLUGINS|g" -e "s|$work|WORK|g" -e 's|then in /[^ ]*|then in DATADIR|' \
        "$work/.said"
}

wrong()
{
    local name=$1 want=$2
    status "$want" "$ETL" check "$name.conf" || return 1
    words >"$work/words"
    [ "${UPDATE:-}" ] && cp "$work/words" "$name.txt"
    diff -u "$name.txt" "$work/words"
}

for name in *.conf; do
    name=${name%.conf}
    case $name in
        files) want=66 ;;
        *) want=78 ;;
    esac
    check "$name.conf" wrong "$name" "$want"
done

# One JSON text, or one a line; believed where there is no Python to ask.
is_json()
{
    command -v python3 >/dev/null || return 0
    python3 -c 'import json, sys
for text in [sys.stdin.read()] if sys.argv[1] == "all" else sys.stdin: json.loads(text)' "$1" <"$2"
}

good()
{
    printf '[input good]\npath = in.txt\n[output good]\npath = x\n' >"$work/good.conf"
    status 0 "$ETL" check "$work/good.conf" &&
        grep -q 'good (1 input, 0 transforms, 1 output)' "$work/.out"
}
check "a good pipeline is good" good

strict()
{
    printf '[input good]\npath = in.txt, in.txt\n[output good]\npath = x\n' >"$work/twice.conf"
    status 0 "$ETL" check "$work/twice.conf" && says 'matched twice' &&
        status 78 "$ETL" check --strict "$work/twice.conf"
}
check "--strict makes warnings errors" strict

offline()
{
    printf '[input good]\npath = nowhere/*.txt\n[output good]\npath = x\n' >"$work/away.conf"
    status 66 "$ETL" check "$work/away.conf" &&
        status 0 "$ETL" check --offline "$work/away.conf"
}
check "--offline does not look at files" offline

folders()
{
    mkdir "$work/all" "$work/none"
    cp "$work/good.conf" "$work/all/a.conf"
    printf '[input good]\n' >"$work/all/b.conf"
    status 78 "$ETL" check "$work/all" && grep -q 'a.conf: good' "$work/.out" && says 'b.conf:' &&
        status 66 "$ETL" check "$work/none" && says 'holds no pipeline'
}
check "a folder is all its pipelines" folders

# But for the name, which is the file's where it is not said.
printed()
{
    "$ETL" check --print "$work/good.conf" >"$work/good2.conf" &&
        "$ETL" check --print "$work/good2.conf" >"$work/again" &&
        diff <(sed 's/ *#.*//' "$work/good2.conf") <(sed 's/ *#.*//' "$work/again") &&
        grep '^# plan' "$work/good2.conf" >"$work/plan" &&
        grep -qxF -f "$work/plan" "$work/again"
}
check "what --print prints can be checked" printed

# Status 69 with these words for a plugin given by its path.
plugin()
{
    local want=$1 name=$2 words=$3
    status "$want" "$ETL" plugins "$plugins/bad/$name.so" && says "$words"
}
check "no entry" plugin 69 bad-1 'does not export etl_plugins_1'
check "another ABI" plugin 69 bad-2 'was built for plugin ABI 2, this etl speaks 1'
check "a later revision" plugin 69 needs-newer 'needs etl 1.1, this is etl 1.0'
check "no such file" plugin 69 none 'cannot be opened: No such file'
unsafe()
{
    mkdir -p "$work/p/transform" && cp "$plugins/transform/good.so" "$work/p/transform/" &&
        chmod 755 "$work/p" "$work/p/transform" && chmod 666 "$work/p/transform/good.so"
    printf '[input good]\npath = in.txt\n[transform good]\n[output good]\npath = x\n' \
        >"$work/u.conf"
    status 77 "$ETL" --plugin-path="$work/p" check "$work/u.conf" &&
        says 'can be written by others' && chmod 644 "$work/p/transform/good.so" &&
        chmod 1777 "$work/p/transform" &&
        status 77 "$ETL" --plugin-path="$work/p" check "$work/u.conf" && says 'plugin folder' &&
        chmod 755 "$work/p/transform" &&
        status 0 "$ETL" --plugin-path="$work/p" check "$work/u.conf"
}
check "a plugin that others can change" unsafe

lists()
{
    status 0 "$ETL" plugins && grep -q '^  steps ' "$work/.out" &&
        status 0 "$ETL" plugins good && grep -q 'threshold .*0 to 1; preset 0.70' "$work/.out" &&
        status 0 "$ETL" plugins --json && is_json all "$work/.out" &&
        status 0 "$ETL" plugins --path steps &&
        grep -qx "$plugins/transform/steps.so" "$work/.out" &&
        status 69 "$ETL" plugins stpes && says "did you mean 'steps'"
}
check "plugins are listed and described" lists

# The example of a page is a section that can be used.
example()
{
    {
        printf '[input good]\npath = in.txt\n'
        "$ETL" plugins good | sed -n 's/^  //; /^\[transform good\]/,/^$/p'
        printf '[output good]\npath = x\n'
    } >"$work/example.conf"
    status 0 "$ETL" check "$work/example.conf"
}
check "the example of a page works" example

command_line()
{
    status 64 "$ETL" && status 64 "$ETL" chekc x && says "did you mean 'check'" &&
        status 64 "$ETL" check --ofline x && says "did you mean '--offline'" &&
        status 64 "$ETL" check --off x && says "unknown option '--off'" &&
        status 64 "$ETL" check -z x && says "unknown option '-z'" &&
        status 64 "$ETL" check --print=yes x && says 'takes no value' &&
        status 64 "$ETL" check --log-file && says 'needs a value' &&
        status 64 "$ETL" check && says 'too few arguments' &&
        status 64 "$ETL" help a b && says 'one argument too many' &&
        status 64 "$ETL" news.conf && says 'etl run' &&
        status 64 "$ETL" --color=blue help && says 'is not auto, always or never' &&
        status 64 "$ETL" -D x check y && says 'NAME=VALUE' &&
        status 64 "$ETL" -C /nowhere check y && says '/nowhere'
}
check "wrong command lines" command_line

places()
{
    (cd / && status 0 "$ETL" -C "$srcdir/tests/pipelines/wrong" check "$work/good.conf" &&
        status 0 "$ETL" check "$work/good.conf" -C "$srcdir/tests/pipelines/wrong" -v &&
        status 66 "$ETL" check "$work/good.conf")
}
check "global options stand before and behind the verb" places

fits_a_screen()
{
    [ "$(wc -l <"$work/.out")" -le 24 ] && [ "$(wc -L <"$work/.out")" -le 80 ] && return 0
    echo "more than 24 lines of 80:"
    awk '{ printf "%d, %d: %s\n", NR, length, $0 }' "$work/.out" | sed -n '25,$p;/, 8[1-9]:/p'
    return 1
}
helps()
{
    local verb
    for verb in run check test status explain verify graph plugins new help; do
        status 0 "$ETL" $verb --help && fits_a_screen &&
            grep -q example "$work/.out" && cp "$work/.out" "$work/help" || return 1
        status 0 "$ETL" help $verb && cmp "$work/.out" "$work/help" || return 1
    done
    status 0 "$ETL" --help && fits_a_screen && grep -q plugin-path "$work/.out" &&
        status 0 "$ETL" --version && grep -q 'plugin ABI 1' "$work/.out" &&
        status 0 "$ETL" help E0103 && grep -q 'unknown key' "$work/.out" &&
        status 0 "$ETL" help e0503 && status 0 "$ETL" help good && grep -q '^keys:' "$work/.out" &&
        status 0 "$ETL" help salvage && status 64 "$ETL" help qqqqqq && says 'nothing in the help'
}
check "help" helps

json()
{
    status 78 "$ETL" --log-format=json check keys.conf &&
        is_json lines "$work/.said" &&
        status 78 "$ETL" --log-file="$work/log" check keys.conf && [ ! -s "$work/.said" ] &&
        grep -q E0103 "$work/log"
}
check "messages as JSON, and in a file" json

full()
{
    [ -w /dev/full ] || return 0
    "$ETL" --help >/dev/full 2>"$work/.said"
    [ $? = 74 ] && says 'No space left'
}
check "standard output is full" full

closed()
{
    "$ETL" check keys.conf <&- >&- 2>&-
    [ $? = 78 ]
}
check "closed standard streams" closed

finish
