# SPDX-License-Identifier: Apache-2.0
# etl new: a plugin of each kind builds and passes its case at once, outside the tree, against the
# build folder and against an installed etl; a pipeline of any plugins passes `etl check`; a test that
# freezes a document passes; nothing that is there is written over.
. "${srcdir:-.}/tests/lib.sh"
command -v pkg-config >/dev/null || skip "pkg-config is not installed"
unset ETL_PLUGIN_PATH PKG_CONFIG_PATH MAKEFLAGS MFLAGS MAKELEVEL
umask 022
mkdir "$work/a b" && cd "$work/a b" || exit 1
sanitize=${SANITIZE:-}

# ---- plugins ----

for kind in input transform output; do
    check "new plugin $kind" status 0 "$ETL" new plugin $kind my-$kind
    check "$kind: builds without a warning" status 0 make -C my-$kind PKG_CONFIG_PATH="$builddir" \
        CFLAGS="-g -Wall -Wextra -Wshadow -Wconversion -Werror $sanitize"
    check "$kind: passes" status 0 make -C my-$kind test PKG_CONFIG_PATH="$builddir"
    check "$kind: the case is run" grep -q '^cases/first.conf: good (.*what it should make.* resumed 4 times)$' "$work/.out"
    printf '#include <locale.h>\n#include <string.h>\nchar *copy(void); char *copy(void) { return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0) ? strdup("a") : NULL; }\n' >>my-$kind/my-$kind.c
    check "$kind: what POSIX has is there" status 0 make -C my-$kind PKG_CONFIG_PATH="$builddir" \
        CFLAGS="-Wall -Wextra -Werror $sanitize"
    check "$kind: cleans up" status 0 make -C my-$kind clean PKG_CONFIG_PATH="$builddir"
    check "$kind: and leaves what it began with" test "$(find my-$kind -type f | wc -l)" = 5
    check "$kind: once more" status 73 "$ETL" new plugin $kind my-$kind
    check "$kind: says which file" says "my-$kind/my-$kind.c: error: is there already"
done
check "another kind, of the same name" status 73 "$ETL" new plugin input my-output
echo mine >x && mkdir only && mkdir only/cases && echo mine >only/cases/first.conf
check "one file is there" status 73 "$ETL" new plugin transform only
check "it stays" test "$(cat only/cases/first.conf)" = mine
check "and nothing is begun" test "$(find only -type f)" = only/cases/first.conf
check "a file of that name" status 74 "$ETL" new plugin transform x
check "stays too" test "$(cat x)" = mine
for name in X 1a a_b ../a '' a/b "a b" "$(printf 'a%.0s' {1..64})"; do
    check "the name '$name'" status 64 "$ETL" new plugin transform "$name"
    check "says what a name is" says "small letters, digits and '-'"
done
check "the kind" status 64 "$ETL" new plugin transfrom a
check "the nearest one" says "did you mean 'transform'?"
check "too few words" status 64 "$ETL" new plugin transform
check "says which" says "etl new plugin takes KIND NAME"
check "what is it" status 64 "$ETL" new plugni transform a
check "says what it may be" says "did you mean 'plugin'?"

# An installed etl: what make install puts there, and nothing else in sight.
if [ -z "$sanitize" ]; then
    root=$work/root
    prefix=$(sed -n 's/^prefix = //p' "$builddir/Makefile")
    check "make install" status 0 make -s -C "$builddir" install DESTDIR="$root"
    sed "s|^prefix=.*|prefix=$root$prefix|" "$root$prefix/lib/pkgconfig/etl.pc" >etl.pc
    sed -i "s|=$prefix/|=$root$prefix/|" etl.pc
    export ETL_PLUGIN_PATH
    ETL_PLUGIN_PATH=$(pkg-config --variable=plugindir "./etl.pc")
    check "the installed program is named" test -x "$(pkg-config --variable=etl ./etl.pc)"
    for kind in input transform output; do
        "$(pkg-config --variable=etl ./etl.pc)" new -q plugin $kind its-$kind
        check "$kind: make and make test with an installed etl" status 0 \
            make -C its-$kind all test PKG_CONFIG_PATH="$PWD"
        check "$kind: make install" status 0 make -C its-$kind install PKG_CONFIG_PATH="$PWD"
        check "$kind: is there" test -f "$ETL_PLUGIN_PATH/$kind/its-$kind.so"
        check "$kind: is found" status 0 "$ETL" plugins its-$kind
    done
    unset ETL_PLUGIN_PATH
fi

# ---- pipelines ----

chains='cleanup language extract filter dedupe cleanup,language,extract,filter,dedupe'
for input in txt jsonl archive; do
    for chain in '' $chains; do
        for output in jsonl csv sqlite boilerplate jsonl,csv,jsonl,sqlite,boilerplate; do
            rm -f p.conf
            check "new pipeline $input/$chain/$output" status 0 "$ETL" new pipeline "$input/$chain/$output" p.conf
            check "passes check" status 0 "$ETL" check p.conf
        done
    done
done
cp p.conf before
check "a file that is there" status 73 "$ETL" new pipeline txt//csv p.conf
check "stays" cmp p.conf before
check "without a file it is printed" status 0 "$ETL" new pipeline txt/cleanup/jsonl
cp "$work/.out" q.conf
check "and runs" sh -c 'echo "a  &amp; b" | "$1" run -o q q.conf 2>/dev/null && grep -q "a & b" q/pages.jsonl' - "$ETL"
check "each key is there, as a comment or filled in" sh -c '
    for key in $("$1" plugins txt | sed -n "/^keys:/,/^example:/s/^  \([a-z][a-z0-9_]*\) .*/\1/p"); do
        case $key in on_damage | max_document) continue ;; esac
        grep -q "^#\{0,1\}$key =" q.conf || exit 1
    done' - "$ETL"
for spec in txt txt/csv /cleanup/csv txt/cleanup/ txt/a/b/c ''; do
    check "the spec '$spec'" status 64 "$ETL" new pipeline "$spec"
    check "says how it goes" says "a pipeline is named as INPUT/TRANSFORM,.../OUTPUT"
done
check "an unknown plugin" status 69 "$ETL" new pipeline txt/claenup/csv
check "the nearest" says "did you mean 'cleanup'?"

# ---- tests ----

cp "$srcdir/pipelines/news.conf" . && mkdir pages
cp "$srcdir"/pipelines/sample/pages/0[1-9]*.txt pages
for page in pages/*; do
    check "new test of $page" status 0 "$ETL" new test news.conf "$page"
done
check "they pass" status 0 "$ETL" test news.test
check "all of them" grep -q "news.test: 9 tests, 0 failed" "$work/.out"
check "each says what went in and what came out" test "$(grep -c '^in.text\|^out.stream' news.test)" = 18
check "and where it is from" grep -qx "in.source = pages/01-label-and-caption.txt" news.test
check "its name is that of the file alone" grep -qx '\[test "01-label-and-caption.txt"\]' news.test
check "what stayed null is expected to" grep -qx "out.deck = null" news.test
cp news.conf grown.conf
"$ETL" new -q test grown.conf pages/01-label-and-caption.txt
check "a test alone" status 0 "$ETL" test grown.test
sed -i '/^out.language =/i\    Publisher : Polan Khayal' grown.test
check "a field that was null and is no more" tests 1 grown.test
check "is a failure" prints "out.publisher"
check "a text that did not change is not said twice" test "$(grep -c '^out.text' grown.test)" = 0
check "a page that is dropped" status 0 "$ETL" new test news.conf "$srcdir/pipelines/sample/pages/15-index-page.txt" index
check "has its nulls up to there" grep -qx "out.title = null" news.test
check "passes" status 0 "$ETL" test --filter=index news.test
check "by a path of this machine" status 0 "$ETL" new test news.conf "$srcdir/pipelines/sample/news.tar.gz!09-pipe-dateline.txt"
check "the test's name has none" grep -qx '\[test "news.tar.gz!09-pipe-dateline.txt"\]' news.test
cp news.test before
check "the same again" status 73 "$ETL" new test news.conf pages/01-label-and-caption.txt
check "is refused" says "a test of that name is there already"
check "and the file stays" cmp news.test before
check "under another name" status 0 "$ETL" new test news.conf pages/01-label-and-caption.txt 'a "second" \ name'
check "it passes" status 0 "$ETL" test --filter='a "second"*' news.test
check "what was there stays in front" cmp -n "$(wc -c <before)" news.test before
check "a document that is not there" status 66 "$ETL" new test news.conf pages/none.txt x
check "adds nothing" test "$(grep -c '^\[test' news.test)" = 12
check "a document that the input rejects: 65" status 65 "$ETL" new test news.conf \
    "$srcdir/pipelines/sample/news.tar.gz!22-not-text-at-all.txt" x
check "says by whom" says "is rejected by [input archive]"
check "and why" says "not text: too many of its bytes are control characters"
check "adds nothing either" test "$(grep -c '^\[test' news.test)" = 12
printf '{"text":"a\\u0000b"}\n' >nul.jsonl
printf '[input jsonl]\npath = nul.jsonl\n[output jsonl]\npath = o.jsonl\n' >nul.conf
"$ETL" new test nul.conf nul.jsonl >said 2>&1
check "a NUL, which a pipeline file cannot hold" test $? = 78
check "is told" grep -q "has a NUL in it" said
check "without a file of tests" test ! -e nul.test

finish
