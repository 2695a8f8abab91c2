# SPDX-License-Identifier: Apache-2.0
# etl/plugin.h alone is C11 and C++20 without a warning, by each compiler that is there. The example
# in its first comment, and a plugin in C++ with an input, a transform and an output, are built as a
# stranger would build them - from the header, with nothing of ours to link to - and run.
. "${srcdir:-.}/tests/lib.sh"
mkdir "$work/in" && cd "$work/in" || exit 1
umask 022
mkdir -p include/etl && cp "$srcdir/core/etl/plugin.h" include/etl/
strict="-Wall -Wextra -Wpedantic -Werror -Iinclude"
compilers=$(for c in gcc clang cc g++ clang++ c++; do command -v $c >/dev/null && echo $c; done)
[ "$compilers" ] || skip "there is no compiler"

# compile COMPILER STANDARD FILE [OPTIONS]: without a word.
compile()
{
    local said
    said=$("$1" -std="$2" $strict "${@:4}" "$3" 2>&1) && [ -z "$said" ] && return 0
    echo "$said" | head -20
    return 1
}

# For each compiler of a language, the standards.
standards()
{
    case $1 in
        *++) echo "c++20 gnu++20" ;;
        *) echo "c11 c17 gnu11" ;;
    esac
}

printf '#include <etl/plugin.h>\n#include <etl/plugin.h>\nextern int here;\n' >alone.c
cp alone.c alone.cc
printf '#include <etl/plugin.h>\nETL_PLUGINS();\n' >none.c # a plugin of nothing
for c in $compilers; do
    for standard in $(standards $c); do
        case $c in
            *++) source=alone.cc ;;
            *) source=alone.c ;;
        esac
        for more in -O0 "-O2 -DNDEBUG" "-Wshadow -Wconversion -Wundef"; do
            check "$c $standard $more: the header alone" compile $c $standard $source $more -c -o alone.o
        done
    done
done

# The example of the header: the lines of the first comment that are code.
sed -n '/^ \*     #include/,/^ \*     ETL_PLUGINS/s/^ \*\( \{5\}\)\{0,1\}//p' include/etl/plugin.h >shorten.c
check "the header has an example" grep -q '^ETL_PLUGINS' shorten.c

# A whole plugin in C++20, with what authors would use: classes, lambdas, a state that is committed.
cat >whole.cc <<'END'
#include <etl/plugin.h>
#include <cstring>
#include <fstream>
#include <string>

namespace {

struct count_input { etl_words path; etl_field text; };

const etl_option input_options[] = {
    ETL_OPT(count_input, INPUT, path, "path", nullptr, nullptr, "Files to read"),
    ETL_OPT(count_input, WRITES, text, "text", "text", "text", "Field for a line"),
    ETL_OPT_END
};

int read(const void *self, etl_unit *unit)
{
    auto me = static_cast<const count_input *>(self);
    std::ifstream file(etl_unit_path(unit));
    std::string line;

    for (std::uint64_t n = 1; std::getline(file, line); n++) {
        etl_record *rec = etl_emit(unit, nullptr, n);
        if (!rec)
            return ETL_OK;
        etl_set(rec, me->text, etl_text(line.data(), line.size()));
    }
    return ETL_OK;
}

struct turn { etl_field text, number; bool loud; };
struct seen { std::int64_t n; };

const etl_option turn_options[] = {
    ETL_OPT(turn, EDITS, text, "text", "text", "text", "Field to turn round"),
    ETL_OPT(turn, WRITES, number, "number", "number", "int", "Field for the number"),
    ETL_OPT(turn, BOOL, loud, "loud", "no", nullptr, "Whether to end it with a mark"),
    ETL_OPT_END
};

int turn_map(const void *self, etl_record *rec)
{
    auto me = static_cast<const turn *>(self);
    etl_value v = etl_get(rec, me->text);
    std::string turned(v.text, v.len);

    if (turned == "drop")
        return etl_drop(rec, "word", "the word is %s", turned.c_str());
    if (turned == "reject")
        return etl_reject(rec, "of %u bytes", static_cast<unsigned>(v.len));
    turned = std::string(turned.rbegin(), turned.rend()) + (me->loud ? "!" : "");
    etl_set(rec, me->text, etl_text(turned.data(), turned.size()));
    return ETL_OK;
}

int turn_step(const void *self, void *state, etl_record *rec)
{
    etl_set(rec, static_cast<const turn *>(self)->number, etl_int(++static_cast<seen *>(state)->n));
    etl_count(self, rec, "turned", 1);
    return ETL_OK;
}

int turn_start(const void *, void *state, etl_blob saved)
{
    if (saved.len == sizeof(seen))
        std::memcpy(state, saved.data, sizeof(seen));
    return ETL_OK;
}

int turn_commit(const void *self, void *state)
{
    etl_save(self, state, sizeof(seen));
    return ETL_OK;
}

struct lines_output { const char *path; etl_columns fields; etl_stream *stream; };

const etl_option output_options[] = {
    ETL_OPT(lines_output, OUTPUT, path, "path", nullptr, nullptr, "Name of the file"),
    ETL_OPT(lines_output, COLUMNS, fields, "fields", "*", nullptr, "Columns"),
    ETL_OPT_END
};

int output_open(void *self)
{
    auto me = static_cast<lines_output *>(self);
    return (me->stream = etl_create(self, me->path)) ? ETL_OK : ETL_FAIL;
}

int output_step(const void *self, void *, etl_record *rec)
{
    auto me = static_cast<const lines_output *>(self);
    std::string line;

    for (std::size_t i = 0; i < me->fields.n; i++) {
        etl_value v = etl_get(rec, me->fields.at[i].field);
        line += v.type == ETL_INT ? std::to_string(v.integer) : std::string(v.text, v.len);
        line += i + 1 < me->fields.n ? '\t' : '\n';
    }
    return etl_write(me->stream, line.data(), line.size());
}

const etl_plugin input = {
    ETL_INPUT("cxx-lines", "1.0", "Reads lines, in C++"),
    .self_size = sizeof(count_input), .options = input_options, .read = read,
};
const etl_plugin transform = {
    ETL_TRANSFORM("cxx-turn", "1.0", "Turns texts round, in C++"),
    .self_size = sizeof(turn), .state_size = sizeof(seen), .options = turn_options,
    .start = turn_start, .map = turn_map, .step = turn_step, .commit = turn_commit,
};
const etl_plugin output = {
    ETL_OUTPUT("cxx-tabs", "1.0", "Writes lines, in C++"),
    .self_size = sizeof(lines_output), .options = output_options, .open = output_open,
    .step = output_step,
};

} // namespace

ETL_PLUGINS(&input, &transform, &output);
END

printf 'satu\ndrop\ndua\nreject\ntiga halaman\n' >in.txt
for i in $(seq 5000); do echo "baris $i"; done >many.txt
for c in $compilers; do
    case $c in
        *++)
            # What the header says of g++ -Wextra.
            check "$c: a whole plugin" compile $c c++20 whole.cc -Wno-missing-field-initializers \
                -O1 -shared -fPIC -o "$work/in/whole-$c.so"
            check "$c: it is listed" status 0 "$ETL" plugins "./whole-$c.so"
            check "$c: with its keys" grep -q 'loud .*preset no' "$work/.out"
            cat >whole.conf <<END
[input ./whole-$c.so]
path = in.txt, many.txt
[transform ./whole-$c.so]
loud = yes
[output ./whole-$c.so]
path = o.tsv
fields = number, text
END
            rm -rf out
            check "$c: it runs" status 0 "$ETL" run -j3 --max-rejects=1 --set pipeline.barrier_interval=1ms \
                whole.conf -o out
            check "$c: it does its work" test "$(head -n 4 out/o.tsv | tr '\t\n' '  ')" = \
                "1 utas! 2 aud! 3 namalah agit! 4 1 sirab! "
            check "$c: on all records, in order" test "$(wc -l <out/o.tsv) $(tail -n 1 out/o.tsv)" = \
                "$(printf '5003 5003\t0005 sirab!')"
            check "$c: counts, drops and rejects" grep -q '"counts": {"read": 5005, .*"kept": 5003, "dropped": 1, "duplicates": 0, "rejected": 1}' out/manifest.json
            ;;
        *)
            check "$c: the header's example" compile $c c11 shorten.c \
                -O1 -shared -fPIC -o "$work/in/shorten-$c.so"
            check "$c: it is listed" status 0 "$ETL" plugins "./shorten-$c.so"
            printf '[input txt]\npath = in.txt\nunit = line\n[transform ./shorten-%s.so]\nmax = 4\n[output jsonl]\npath = o.jsonl\nfields = text\n' $c >shorten.conf
            rm -rf out
            check "$c: it runs" status 0 "$ETL" run shorten.conf -o out
            check "$c: it does its work" test "$(tail -n 1 out/o.jsonl)" = '{"text":"tiga"}'
            ;;
    esac
done
echo "compilers: $(echo $compilers)"
finish
