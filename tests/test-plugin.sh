# SPDX-License-Identifier: Apache-2.0
# etl test FILE.so: cases for a plugin pass when all is well; and it is found out when a plugin forgets
# what it committed, depends on the order of maps, leaks, reads what it did not write, crashes, or has
# static variables.
. "${srcdir:-.}/tests/lib.sh"
faulty=$builddir/tests/plugins/faulty/transform/faulty.so
[ -e "$faulty" ] || skip "the test plugins are not built (make test-plugins)"
umask 022
mkdir "$work/in" "$work/tmp" "$work/in/cases" && cd "$work/in" || exit 1
export TMPDIR=$work/tmp
export ETL

printf '{"text": "a"}\n{"text": "b"}\n{"text": "c"}\nno JSON\n{"text": "d"}\n' >cases/in.jsonl
# case NAME HOW: a pipeline that uses the plugin so.
case_of()
{
    printf '[input jsonl]\npath = in.jsonl\n[transform faulty]\nhow = %s\n[output jsonl]\npath = out.jsonl\n' \
        "$2" >"cases/$1.conf"
    printf 'fields = text\n' >>"cases/$1.conf"
}

# ---- all is well ----

case_of good nothing
check "a case that expects nothing" tests 1 "$faulty" cases
check "is told how it may" prints "etl test --update writes one"
check "--update" tests 0 --update "$faulty" cases
check "says so" prints "updated cases/good.out"
check "what it makes" test "$(cat cases/good.out/out.jsonl)" = '{"text":"two 1"}'"
"'{"text":"one 2"}'"
"'{"text":"two 3"}'"
"'{"text":"one 4"}'
check "and what it rejects" test "$(wc -l <cases/good.out/rejects.jsonl)" = 1
check "no manifest, which has versions in it" test "$(ls cases/good.out | wc -l)" = 2
check "now it is good" tests 0 "$faulty" cases
check "with threads and cuts" prints "the same with 1 and 8 threads, and when killed and resumed 5 times"
check "static variables are warned of" grep -q "warning: static variables that can be written to: \(counter, cache\|cache, counter\);" "$work/.said"
check "all that and nothing else" test "$(grep -c warning "$work/.said")" = 1
check "the plugin is named" prints "transform faulty 1.0"
check "nothing is left behind" test -z "$(ls -A "$TMPDIR")"
check "from another folder" sh -c 'cd / && "$1" test "$2" "$3/cases"' - "$ETL" "$faulty" "$PWD" >/dev/null 2>&1
printf '[test "first"]\nin.text = x\nout.text = two 1\n' >cases/good.test
check "tests beside the case" tests 0 "$faulty" cases/good.conf
check "are run" prints "cases/good.conf: good (1 test, and what it should make;"
check "TAP" tests 0 --tap "$faulty" cases
check "has a line for each thing tried" test "$(grep -c '^ok' printed)" = 6
check "and a plan" prints "1..6"
check "--filter chooses cases" tests 0 --filter='g*' "$faulty" cases
check "--filter that lets none through" tests 66 --filter=x "$faulty" cases
sed -i 's/two 1/two 2/' cases/good.test
check "a test that fails" tests 1 "$faulty" cases
check "is shown" prints 'FAIL cases/good.test:1 test "first"'
ln -s "$faulty" ./other-name.so
"$ETL" test ./other-name.so cases >seen 2>&1
check "with a command" grep -qxF "  see it: etl explain --plugin-path=./other-name.so cases/good.conf --test='first'" seen
check "which works" status 0 bash -c "\"\$ETL\" $(sed -n 's/^  see it: etl //p' seen)"
check "and shows the plugin at work" grep -q '^transform faulty' "$work/.out"
printf '[var]\nx = 0\n' >>cases/good.conf
(cd cases && "$ETL" test -D x=1 -C .. --plugin-path="$work/no folder" "$faulty" cases) >seen 2>&1
check "what was told of plugins is said again" grep -qF " -C .. --plugin-path=$faulty --plugin-path='$work/no folder' -D x=1 cases/good.conf --test=" seen
check "graph of a case" status 0 "$ETL" graph --plugin-path=./other-name.so cases/good.conf
check "check of a case" status 0 "$ETL" check -C cases --plugin-path=../other-name.so good.conf
check "a run of it" status 0 "$ETL" run -C cases --plugin-path=../other-name.so --dry-run --set pipeline.max_rejects=1 good.conf
check "without the file there is no such plugin" status 69 "$ETL" check -C cases good.conf
sed s/faulty/fualty/ cases/good.conf >misspelt.conf
check "a name that is not in it" status 69 "$ETL" check --offline --plugin-path=./other-name.so misspelt.conf
check "with what is in it" says "did you mean 'faulty'?"
rm cases/good.test other-name.so misspelt.conf
sed -i '/^.var/,$d' cases/good.conf
echo '{"text":"other"}' >cases/good.out/out.jsonl
check "other bytes than expected" tests 1 "$faulty" cases
check "are shown" prints 'out.jsonl, line 1:'
check "with the line" prints '+ {"text":"two 1"}'
tests 0 --update "$faulty" cases
echo more >cases/good.out/more.txt
check "a file that is not made" tests 1 "$faulty" cases
check "is named" prints "more.txt is not made"
rm cases/good.out/more.txt cases/good.out/out.jsonl
check "a file that is not expected" tests 1 "$faulty" cases
check "is named too" prints "out.jsonl is made, but not expected"

# ---- what a plugin prints ----

case_of prints prints
printf '[test "first"]\nin.text = x\nout.text = x\n' >cases/prints.test
tests 0 --update --filter="p*" "$faulty" cases
check "a plugin that prints" tests 0 --tap --filter="p*" "$faulty" cases
check "prints on standard error" says "printed by a plugin"
check "and TAP is whole" test -z "$(grep -v '^TAP version 13$\|^ok [1-6] - \|^1\.\.6$\|^#' printed)"
check "with each line once" test "$(grep -c ^ok printed)" = 6
tests 0 --filter="p*" "$faulty" cases
check "lines for people, too" test -z "$(grep 'printed by' printed)"
rm -r cases/prints.*

# ---- in C++ ----

cat >cxx.cc <<'CXX'
#include <etl/plugin.h>
#include <new>
#include <stdexcept>
#include <string>
#include <typeinfo>
struct shape { virtual ~shape() = default; virtual int size() const { return 1; } };
struct square : shape { int size() const override { return 4; } };
struct cxx { etl_field text; };
#ifdef STATICS
static int counted;
namespace { std::string last; }
static std::string &cache() { static std::string it; return it; }
#endif
static const etl_option options[] = {
    ETL_OPT(cxx, EDITS, text, "text", "text", "text", "Field"), ETL_OPT_END };
static int map(const void *self, etl_record *rec)
{
    try {
        square s;
        const shape &of = s;
        etl_value v = etl_get(rec, static_cast<const cxx *>(self)->text);
        std::string text(v.type == ETL_TEXT ? v.text : "", v.len);
        if (text.size() > 1000 && typeid(of) == typeid(square))
            throw std::length_error("long");
#ifdef STATICS
        counted++;
        last = cache();
        cache() = text;
#endif
        text.resize(text.size() + static_cast<size_t>(of.size()), '!');
        etl_set(rec, static_cast<const cxx *>(self)->text, etl_text(text.data(), text.size()));
        return ETL_OK;
    } catch (const std::bad_alloc &) {
        return etl_reject(rec, "memory is out");
    } catch (const std::exception &e) {
        return etl_reject(rec, "%s", e.what());
    }
}
static const etl_plugin plugin = {
    ETL_TRANSFORM("cxx", "1.0", "In C++"), .self_size = sizeof(cxx), .options = options, .map = map };
ETL_PLUGINS(&plugin);
CXX
cxx() { c++ -std=c++20 -O"$1" -shared -fPIC -I"$srcdir/core" $3 cxx.cc -o "$2"; }
if command -v c++ >/dev/null && cxx 0 cxx.so "" && cxx 2 fast.so "" && cxx 0 statics.so -DSTATICS; then
    mkdir cxx
    printf '[input jsonl]\npath = ../cases/in.jsonl\n[transform cxx]\n[output jsonl]\npath = out.jsonl\nfields = text\n' >cxx/c.conf
    tests 0 --update ./cxx.so cxx
    check "a plugin in C++ with exceptions" tests 0 ./cxx.so cxx
    check "has no static variables" test -z "$(grep warning "$work/.said")"
    check "nor when it is optimized" tests 0 ./fast.so cxx
    check "none at all" test -z "$(grep warning "$work/.said")"
    check "one that has some" tests 0 ./statics.so cxx
    for name in counted last cache; do
        check "is warned of $name" grep -q "static variables that can be written to:.*$name" "$work/.said"
    done
    check "and of nothing else" test -z "$(grep -o 'DW\.ref[^,;]*\|_ZTI[^,;]*\|_ZTV[^,;]*' "$work/.said")"
else
    echo "there is no c++ for C++20: plugins in C++ were not tried"
fi

# ---- what is wrong is found ----

rm -r cases/good.*
# found HOW WORDS: the case fails, and says these.
found()
{
    case_of wrong "$1"
    check "$1 is found" tests 1 "$faulty" cases
    check "$1 is told" prints "$2"
    rm cases/wrong.conf
}
found forgets "FAIL cases/wrong.conf: killed behind barrier 1 of 5 and resumed"
found counts_in_map "FAIL cases/wrong.conf: killed behind barrier 1 of 5 and resumed"
found spoils "in.jsonl: field 'text': the plugin gave text that is not valid UTF-8"
found asks "the plugin asked for a field that it did not look up"
case_of wrong forgets
check "--update of a case whose runs differ" tests 1 --update "$faulty" cases
check "says why it writes nothing" prints "cases/wrong.out is not written while the case fails"
check "and does not" test ! -e cases/wrong.out
case_of wrong spoils
check "nor where a record was spoiled" tests 1 --update "$faulty" cases
check "..." test ! -e cases/wrong.out
rm cases/wrong.conf
if [ -z "${SANITIZE:-}" ]; then
    found crashes "the run ended by signal 6"
fi
case_of field nothing
sed -i 's/^how = .*/text = txet/' cases/field.conf
check "a field that is not there" tests 1 "$faulty" cases
check "is told" says "field.conf:4:8: error: key 'text' in [transform faulty] reads field 'txet'"
rm cases/field.conf
case_of key nothing
sed -i 's/^how/hwo/' cases/key.conf
check "a key that is not there" tests 1 "$faulty" cases
check "is told" says "did you mean 'how'?"
cp "$faulty" mine.so && mkdir mine && sed "s/^hwo/qqqqqqqqq/" cases/key.conf >mine/key.conf && cp cases/in.jsonl mine
check "of a plugin by its path" tests 1 ./mine.so mine
check "is told with the path" says "\`etl plugins $PWD/mine.so\` lists its keys"
rm -r mine cases/key.conf
check "no case" tests 66 "$faulty" cases
check "is told" says "no case was found"
check "a file that is none" tests 64 "$faulty" cases/in.jsonl
check "a folder that is not there" tests 66 "$faulty" nowhere
check "a plugin that is not there" tests 69 ./nowhere.so cases
echo x >x.so
check "a plugin that is none" tests 69 ./x.so cases
case_of some nothing
check "nor is it one by --plugin-path" status 69 "$ETL" check -C cases --plugin-path=../x.so some.conf
check "and that is said" says "x.so"
rm cases/some.conf

# ---- under valgrind ----

if command -v valgrind >/dev/null && [ -z "${SANITIZE:-}" ]; then
    case_of leaks leaks
    check "a leak" tests 1 --valgrind "$faulty" cases
    check "is told" says "definitely lost"
    rm cases/leaks.conf
    case_of blank reads_blank
    check "a byte that was never written" tests 1 --valgrind "$faulty" cases
    check "is told" says "uninitialised"
    rm cases/blank.conf
    mkdir own
    cp "$srcdir/pipelines/sample/news.tar.gz" own
    printf '[input archive]\npath = news.tar.gz\n[transform cleanup]\n[transform language]\n[transform extract]\n[output jsonl]\npath = o.jsonl\nfields = body\n[test "t"]\nin.text = a\nout.stream = kept\n' >own/extract.conf
    check "our own read nothing that was not written" tests 0 --valgrind "$builddir/plugins/transform/extract.so" own
else
    echo "valgrind is not installed, or this build has sanitizers: --valgrind was not tried"
fi
without=$(mktemp -d "$work/XXXXXX")
check "without valgrind" env PATH="$without" "$BASH" -c '"$1" test --valgrind "$2" cases >/dev/null 2>said; [ $? = 64 ]' - "$ETL" "$faulty"
check "what to install" grep -q "apt-get install valgrind" said

finish
