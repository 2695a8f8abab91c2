/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline file: what a valid one says, every kind of mistake at its place and all at once, the
 * command line, typed values. */
#define _GNU_SOURCE
#include "common/buffer.h"
#include "common/utf8.h"
#include "conf-files.h"

/* ---- what a valid file says ---- */

START_TEST(says_what_is_written)
{
    struct conf *conf = load_good(whole);
    char name[50];

    ck_assert_uint_eq(conf->n_sections, 7);
    ck_assert_str_eq(conf_section_name(&conf->sections[4], name, sizeof(name)),
                     "output jsonl rejected");
    ck_assert_str_eq(conf_section_name(&conf->sections[4], name, 8), "output ");
    ck_assert_str_eq(conf->sections[4].label, "rejected");
    ck_assert_str_eq(conf->sections[5].plugin, "./my.so");
    ck_assert_str_eq(conf->sections[6].plugin, "body \"stays\"");
    ck_assert_int_eq(conf->sections[6].kind, CONF_TEST);
    ck_assert_str_eq(value_of(conf, 0, "name"), "news");
    ck_assert_str_eq(value_of(conf, 1, "news"), "sample/news.tar.gz");
    ck_assert_str_eq(value_of(conf, 2, "path"), "sample/news.tar.gz, ${x} $1 a$ $");
    ck_assert_str_eq(value_of(conf, 2, "members"), "*.txt#no");
    ck_assert_str_eq(value_of(conf, 2, "empty"), "");
    ck_assert_str_eq(value_of(conf, 3, "keep"),
                     "language in (id, en) and kind in (article, photo)");
    /* what a variable holds is text, whatever it looks like */
    ck_assert_str_eq(value_of(conf, 3, "set"), "<of ${nowhere} $$ [var]\n# x>");
    ck_assert_str_eq(value_of(conf, 4, "path"), "  a # b\xc3\xa9\n\"");
    ck_assert(key_of(conf, 4, "path")->quoted);
    ck_assert_str_eq(value_of(conf, 4, "list"), "\"a # b\", \"c\"");
    ck_assert(!key_of(conf, 4, "list")->quoted);
    ck_assert_str_eq(value_of(conf, 5, "late"), "one");
    ck_assert_str_eq(value_of(conf, 6, "in.text"),
                     "First line\n\"Second,\" she said.\n\n  # fourth\tline ");
    ck_assert_str_eq(value_of(conf, 6, "out.body"), "x");
    ck_assert_ptr_null(conf_find(&conf->sections[6], "out.title"));
    conf_free(conf);
}
END_TEST

START_TEST(line_ends_and_mark_do_not_matter)
{
    struct conf *unix_file = load_good(whole), *other;
    struct buffer b = { 0 };

    buffer_puts(&b, UTF8_BOM);
    for (const char *s = whole; *s; s++)
        buffer_puts(&b, *s == '\n' ? "\r\n" : (char[]){ *s, '\0' });
    other = load_good(buffer_string(&b));
    buffer_free(&b);
    ck_assert_uint_eq(unix_file->n_sections, other->n_sections);
    for (size_t s = 0; s < other->n_sections; s++) {
        ck_assert_uint_eq(unix_file->sections[s].n_keys, other->sections[s].n_keys);
        for (size_t k = 0; k < other->sections[s].n_keys; k++) {
            const struct conf_key *x = &unix_file->sections[s].keys[k];
            const struct conf_key *y = &other->sections[s].keys[k];

            ck_assert_str_eq(x->name, y->name);
            ck_assert_str_eq(x->value, y->value);
            ck_assert_uint_eq(x->value_at.line, y->value_at.line);
            ck_assert_uint_eq(x->value_at.column, y->value_at.column);
        }
    }
    conf_free(unix_file);
    conf_free(other);
}
END_TEST

START_TEST(places_point_at_what_was_written)
{
    struct conf *conf = load_good("[var]\nv = xyz\n"
                                  "[input a]\n"
                                  "k = one ${v} t$$wo\n"
                                  "   three\n"
                                  "q = \"a\\u00e9b\"\n"
                                  "e =\n");
    const struct conf_key *k = key_of(conf, 1, "k"), *q = key_of(conf, 1, "q");
    static const struct {
        size_t offset, width;
        uint32_t line, column, shown;
    } places[] = {
        { 0, 3, 4, 5, 3 },   { 4, 3, 4, 9, 4 },   { 5, 1, 4, 9, 4 },  { 8, 1, 4, 14, 1 },
        { 9, 1, 4, 15, 2 },  { 10, 2, 4, 17, 2 }, { 13, 5, 5, 4, 5 }, { 0, 7, 4, 5, 8 },
        { 10, 8, 4, 17, 2 }, { 3, 3, 4, 8, 5 },
    };

    ck_assert_str_eq(k->value, "one xyz t$wo three");
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct diag_place p = conf_place_in(k, places[i].offset, places[i].width);

        ck_assert_msg(p.line == places[i].line && p.column == places[i].column &&
                          p.width == places[i].shown,
                      "%zu: %u:%u+%u", i, p.line, p.column, p.width);
    }
    ck_assert_str_eq(q->value, "a\xc3\xa9"
                               "b");
    ck_assert_uint_eq(conf_place_in(q, 0, 1).column, 6);
    ck_assert_uint_eq(conf_place_in(q, 1, 2).column, 7);
    ck_assert_uint_eq(conf_place_in(q, 2, 1).width, 6);
    ck_assert_uint_eq(conf_place_in(q, 3, 1).column, 13);
    ck_assert_uint_eq(conf_place_in(key_of(conf, 1, "e"), 0, 1).column, 4);
    conf_free(conf);
}
END_TEST

/* What is written in quotes, with its dollars doubled, comes back. */
START_TEST(any_text_can_be_written)
{
    static const char *const bits[] = { " ",   "#", "\"",       "\\",
                                        "$",   "{", "}",        "=",
                                        "[",   "]", ",",        "\n",
                                        "\t",  "a", "\xc3\xa9", "\xf0\x9f\x98\x80",
                                        "\x01" };
    uint64_t random = 3;

    for (int round = 0; round < 500; round++) {
        struct buffer text = { 0 }, file = { 0 };
        struct conf *conf;
        size_t n;

        buffer_puts(&file, round % 2 ? "[test t]\nk = \"" : "[input t]\nk = \"");
        random = random * 6364136223846793005u + 1442695040888963407u;
        n = (random >> 33) % 20;
        while (n-- > 0) {
            const char *bit;

            random = random * 6364136223846793005u + 1442695040888963407u;
            bit = bits[(random >> 33) % (sizeof(bits) / sizeof(bits[0]))];
            buffer_puts(&text, bit);
            if (*bit == '"' || *bit == '\\')
                buffer_byte(&file, '\\');
            if (*bit == '$')
                buffer_byte(&file, '$');
            if ((unsigned char)*bit < 0x20)
                buffer_printf(&file, "\\u%04X", (unsigned)*bit);
            else
                buffer_puts(&file, bit);
        }
        buffer_puts(&file, "\" # end\n");
        conf = load_good(buffer_string(&file));
        ck_assert_str_eq(value_of(conf, 0, "k"), buffer_string(&text));
        conf_free(conf);
        buffer_free(&text);
        buffer_free(&file);
    }
}
END_TEST

/* ---- mistakes ---- */

static const struct {
    const char *text;
    enum diag_code code;
    uint32_t line, column, width;
    const char *near;
} mistakes[] = {
    { "name = x\n", E0104, 1, 1, 4, "" },
    { "  name = x\n", E0111, 1, 3, 8, "" },
    { "[input a]\n  k = x\n  l = y\n", E0111, 2, 3, 5, "" },
    { "[input a]\nk = 1\nk = 2\n", E0105, 3, 1, 1, "" },
    { "[pipeline]\nname = 1\n[input a]\n[pipeline]\nname = 2\n", E0105, 5, 1, 4, "" },
    { "[var]\nx = 1\n[var]\nx = 2\n", E0105, 4, 1, 1, "" },
    { "[pipeline]\ninclude = empty.conf\ninclude = c\n", E0105, 3, 1, 7, "" },
    { "[inptu a]\nk = ${nothing}\n", E0106, 1, 2, 5, "input" },
    { "[colour a]\n", E0106, 1, 2, 6, "" },
    { "[]\n", E0107, 1, 1, 2, "" },
    { "[ ]\n", E0107, 1, 1, 3, "" },
    { "[input]\n", E0107, 1, 2, 5, "" },
    { "[test]\n", E0107, 1, 2, 4, "" },
    { "[pipeline news]\n", E0107, 1, 11, 4, "" },
    { "[input a b c d e]\n", E0107, 1, 12, 5, "" },
    { "[test a b]\n", E0107, 1, 9, 1, "" },
    { "[input a\n", E0107, 1, 9, 1, "" },
    { "[input a] x = y\n", E0107, 1, 11, 5, "" },
    { "[input a*b]\n", E0107, 1, 8, 3, "" },
    { "[input a b/c]\n", E0107, 1, 10, 3, "" },
    { "[input a]\n[input a x]\n[input a]\n", E0108, 3, 1, 9, "" },
    { "[test \"t\"]\n[test t]\n", E0108, 2, 1, 8, "" },
    { "[input a]\npath\n", E0109, 2, 1, 4, "" },
    { "[input a]\npath # a = b\n", E0109, 2, 1, 4, "" },
    { "[input a]\n= x\n", E0110, 2, 1, 1, "" },
    { "[input a]\nmax size = x\n", E0110, 2, 4, 1, "" },
    { "[var]\na.b = x\n", E0110, 2, 2, 1, "" },
    { "[var]\n1a = x\n", E0110, 2, 1, 1, "" },
    { "[input a]\nk = x\xff\n", E0112, 2, 6, 1, "" },
    { "[input a]\nk = x\xc3\n", E0112, 2, 6, 1, "" },
    { "# \xed\xa0\x80\n", E0112, 1, 3, 1, "" },
    { "[input a]\nk = \x01\n", E0113, 2, 5, 1, "" },
    { "[input a]\nk = a\rb\n", E0113, 2, 6, 1, "" },
    { "[input a]\nk = \"abc\n", E0118, 2, 5, 4, "" },
    { "[input a]\nk = \"abc # \\\"\n", E0118, 2, 5, 9, "" },
    { "[test a]\nk = x\n  \"abc\n", E0118, 3, 3, 4, "" },
    { "[input \"a]\n", E0118, 1, 8, 3, "" },
    { "[input a]\nk = \"a\\q\"\n", E0119, 2, 7, 2, "" },
    { "[input a]\nk = \"\\u00g0\"\n", E0119, 2, 6, 2, "" },
    { "[input a]\nk = \"\\u0000\"\n", E0119, 2, 6, 2, "" },
    { "[input a]\nk = \"\\ud800x\"\n", E0119, 2, 6, 2, "" },
    { "[test \"\\x\"]\n", E0119, 1, 8, 2, "" },
    { "[input a]\nk = x ${y\n", E0120, 2, 7, 3, "" },
    { "[input a]\nk = ${}\n", E0120, 2, 7, 1, "" },
    { "[input a]\nk = ${a b}\n", E0120, 2, 8, 1, "" },
    { "[input a]\nk = ${a:+b}\n", E0120, 2, 8, 1, "" },
    { "[input a]\nk = ${a:}\n", E0120, 2, 8, 1, "" },
    { "[var]\nk = ${a:-x${b}\n", E0120, 2, 11, 2, "" },
    { "[var]\nnews = 1\n[input a]\nk = x ${nwes} y\n", E0121, 4, 7, 7, "news" },
    { "[input a]\nk = ${ETL_TEST_SET}\n", E0121, 2, 5, 15, "" },
    { "[var]\nk = ${ETL_TEST_UNSET}\n", E0121, 2, 5, 17, "ETL_TEST_SET" },
    { "[var]\na = 1\nb = ${a}\n", E0121, 3, 5, 4, "" },
    { "[var]\nk = ${ETL_TEST_UNSET:?set it}\n", E0122, 2, 5, 25, "" },
    { "[var]\nk = ${ETL_TEST_EMPTY:?}\n", E0122, 2, 5, 19, "" },
    { "[pipeline]\ninclude = a.conf\n", E0123, 2, 11, 6, "" },
    { "[pipeline]\ninclude = x/${y}\n", E0124, 2, 13, 2, "" },
    { "[pipeline]\ninclude =\n", E0124, 2, 1, 7, "" },
    { "[pipeline]\ninclude = none.conf\n", E0101, 2, 11, 9, "" },
    { "[pipeline]\ninclude = \"no, ne\"\n", E0101, 2, 12, 6, "" },
    { "[pipeline]\ninclude = \"none\\q\"\n", E0119, 2, 16, 2, "" },
    { "[pipeline]\ninclude = \"none\n", E0118, 2, 11, 5, "" },
    { "[pipeline]\ninclude =\n    \"none\n", E0118, 3, 5, 5, "" },
    { "\xff\xfe[\n", E0112, 1, 1, 1, "" },
    { "\xfe\xff\n", E0112, 1, 1, 1, "" },
};

START_TEST(mistakes_have_their_place)
{
    struct caught c;

    ck_assert_msg(load(mistakes[_i].text, &c) == NULL, "%s", mistakes[_i].text);
    ck_assert_msg(c.n == 1 && c.all[0].code == mistakes[_i].code && c.all[0].level == DIAG_ERROR &&
                      c.all[0].line == mistakes[_i].line &&
                      c.all[0].column == mistakes[_i].column &&
                      c.all[0].width == mistakes[_i].width &&
                      strcmp(c.all[0].near, mistakes[_i].near) == 0 && c.all[0].in_line,
                  "%s%s", mistakes[_i].text, catch_list(&c));
    ck_assert_int_eq(c.diag.status, diag_code_status(mistakes[_i].code));
    catch_end(&c);
}
END_TEST

START_TEST(a_nul_is_found)
{
    struct caught c;

    ck_assert_ptr_null(load_bytes("[input a]\nk = x\0y\n", 18, &c));
    ck_assert_msg(c.n == 1 && c.all[0].code == E0113 && c.all[0].column == 6, "%s", catch_list(&c));
    catch_end(&c);
}
END_TEST

/* In an encoding that is not for pipeline files, all lines are wrong: it is said once, and how to
 * have it in UTF-8. */
START_TEST(other_encodings_are_named_once)
{
    static const struct {
        const char *name;
        size_t width, at; /* of a character; where in it the byte of ASCII is */
        bool mark;
    } encodings[] = {
        { "UTF-16", 2, 0, true },    { "UTF-16", 2, 1, true },    { "UTF-32", 4, 0, true },
        { "UTF-32", 4, 3, true },    { "UTF-16LE", 2, 0, false }, { "UTF-16BE", 2, 1, false },
        { "UTF-32LE", 4, 0, false }, { "UTF-32BE", 4, 3, false },
    };
    const char *text = "[input a]\npath = x\n[output b]\npath = y\n";
    size_t width = encodings[_i].width, at = encodings[_i].at;
    struct buffer b = { 0 };
    struct caught c;
    char wanted[100];

    if (encodings[_i].mark)
        buffer_append(&b, at == 0      ? "\xff\xfe\0\0"
                          : width == 2 ? "\xfe\xff"
                                       : "\0\0\xfe\xff",
                      width);
    for (; *text; text++)
        for (size_t i = 0; i < width; i++)
            buffer_byte(&b, i == at ? *text : '\0');
    ck_assert_ptr_null(load_bytes(b.data, b.len, &c));
    snprintf(wanted, sizeof(wanted), "iconv -f %s -t UTF-8", encodings[_i].name);
    ck_assert_msg(c.n == 1 && c.all[0].code == E0112 && c.all[0].line == 1 &&
                      strstr(c.all[0].help, wanted),
                  "%s", catch_list(&c));
    catch_end(&c);
    buffer_free(&b);
}
END_TEST

START_TEST(all_mistakes_come_at_once_and_in_order)
{
    struct buffer b = { 0 };
    struct caught c;

    for (int i = 0; i < 7; i++)
        buffer_printf(&b, "[input a%d]\nk = ${x}\nbad\nq = \"\n", i);
    ck_assert_ptr_null(load(buffer_string(&b), &c));
    ck_assert_uint_eq(c.n, 21);
    ck_assert_uint_eq(c.diag.errors, 20);
    for (uint32_t i = 0; i < 20; i++)
        ck_assert_msg(c.all[i].line == i / 3 * 4 + i % 3 + 2, "%s", catch_list(&c));
    ck_assert_int_eq(c.all[20].level, DIAG_INFO);
    ck_assert_str_eq(c.all[20].text, "1 more mistake is not shown");
    catch_end(&c);
    buffer_free(&b);
}
END_TEST

START_TEST(what_looks_like_a_key_is_warned_of)
{
    struct caught c;
    struct conf *conf =
        load("[input a]\nk = x\n  l = y\n  [output b]\nf = a,\n  b = c,\n  d=e\n", &c);

    ck_assert_msg(conf != NULL && c.n == 2 && c.all[0].code == E0125 && c.all[0].line == 3 &&
                      c.all[0].level == DIAG_WARNING && c.all[1].line == 4,
                  "%s", catch_list(&c));
    ck_assert_str_eq(value_of(conf, 0, "k"), "x l = y [output b]");
    conf_free(conf);
    catch_end(&c);
}
END_TEST

/* ---- the command line ---- */

START_TEST(the_command_line_wins)
{
    static const struct conf_define defines[] = { { "must", "${x} $$ # \"" },
                                                  { "must", "last" },
                                                  { "other", "" } };
    static const struct conf_define sets[] = { { "pipeline.name", "n" },
                                               { "jsonl.path", " ${p} " },
                                               { "second.path", "s" },
                                               { "output csv.path", "c" },
                                               { "./my.so.size", "5" } };
    struct caught c;
    struct conf *conf;

    put_text("b.conf",
             "[var]\nmust = ${ETL_TEST_UNSET:?m}\nother = 1\n[input jsonl]\npath = x\n"
             "k = <${must}${other}>\n[output csv]\n[output csv second]\n[input ./my.so]\n");
    conf = load_with("b.conf", defines, 3, sets, 5, &c);
    ck_assert_msg(conf != NULL, "%s", catch_list(&c));
    catch_end(&c);
    ck_assert_str_eq(value_of(conf, 0, "must"), "last");
    ck_assert_str_eq(key_of(conf, 0, "must")->origin, "-D must");
    ck_assert_str_eq(value_of(conf, 1, "k"), "<last>");
    ck_assert_str_eq(value_of(conf, 1, "path"), " ${p} ");
    ck_assert_uint_eq(conf->sections[1].n_keys, 2);
    ck_assert_str_eq(key_of(conf, 1, "path")->origin, "--set");
    ck_assert_str_eq(value_of(conf, 2, "path"), "c");
    ck_assert_str_eq(value_of(conf, 3, "path"), "s");
    ck_assert_str_eq(value_of(conf, 4, "size"), "5");
    ck_assert_str_eq(value_of(conf, 5, "name"), "n");
    ck_assert_int_eq(conf->sections[5].kind, CONF_PIPELINE);
    ck_assert_uint_eq(conf_place_in(key_of(conf, 4, "size"), 0, 1).column, 14);
    conf_free(conf);
}
END_TEST

START_TEST(the_command_line_is_checked)
{
    static const struct {
        struct conf_define define, set;
        enum diag_code code;
        uint32_t column;
        const char *near;
    } bad[] = {
        { { "nwes", "1" }, { 0 }, E0210, 1, "news" },
        { { "news", NULL }, { 0 }, E0213, 1, "" },
        { { "news", "\xff" }, { 0 }, E0213, 1, "" },
        { { 0 }, { "jsnl.path", "x" }, E0211, 1, "jsonl" },
        { { 0 }, { "csv.path", "x" }, E0212, 1, "" },
        { { 0 }, { "path", "x" }, E0213, 1, "" },
        { { 0 }, { ".path", "x" }, E0213, 1, "" },
        { { 0 }, { "jsonl.", "x" }, E0213, 1, "" },
        { { 0 }, { "jsonl.a b", "x" }, E0213, 1, "" },
        { { 0 }, { "jsonl.a", NULL }, E0213, 1, "" },
        { { 0 }, { "var.news", "x" }, E0211, 1, "" },
        { { 0 }, { "pipeline.include", "x" }, E0213, 1, "" },
    };
    struct caught c;

    put_text("a.conf", "[var]\nnews = 1\n[input jsonl]\n[output csv]\n[output csv b]\n");
    ck_assert_ptr_null(load_with("a.conf", &bad[_i].define, bad[_i].define.name ? 1 : 0,
                                 &bad[_i].set, bad[_i].set.name ? 1 : 0, &c));
    ck_assert_msg(c.n == 1 && c.all[0].code == bad[_i].code && c.all[0].column == bad[_i].column &&
                      strcmp(c.all[0].near, bad[_i].near) == 0,
                  "%d: %s", _i, catch_list(&c));
    ck_assert_int_eq(c.diag.status, EXIT_USAGE);
    catch_end(&c);
}
END_TEST

/* ---- typed values ---- */

START_TEST(values_are_read)
{
    const char *why = NULL;
    int64_t i;
    double d;
    bool b;

    ck_assert(conf_bool("yes", &b, &why) && b);
    ck_assert(conf_bool("off", &b, &why) && !b);
    ck_assert(!conf_bool("Yes", &b, &why) && !conf_bool("", &b, &why) && why);
    ck_assert(conf_int("-12", &i, &why) && i == -12);
    ck_assert(conf_int("9223372036854775807", &i, &why) && i == INT64_MAX);
    ck_assert(!conf_int("9223372036854775808", &i, &why));
    ck_assert_str_eq(why, "out of range");
    ck_assert(!conf_int("1.0", &i, &why) && !conf_int("", &i, &why) && !conf_int("1 ", &i, &why));
    ck_assert(conf_real("0.70", &d, &why) && d == 0.7);
    ck_assert(!conf_real("0,7", &d, &why) && !conf_real("nan", &d, &why) &&
              !conf_real("1e999", &d, &why) && !conf_real("0x1", &d, &why));
    ck_assert(conf_size("4096", &i, &why) && i == 4096);
    ck_assert(conf_size("64M", &i, &why) && i == 64 << 20);
    ck_assert(conf_size("1.5G", &i, &why) && i == INT64_C(3) << 29);
    ck_assert(conf_size("2KiB", &i, &why) && i == 2048);
    ck_assert(!conf_size("64 M", &i, &why) && !conf_size("-1", &i, &why) &&
              !conf_size("M", &i, &why) && !conf_size("1m", &i, &why) &&
              !conf_size("1.2.3K", &i, &why) && !conf_size("", &i, &why));
    ck_assert(!conf_size("9000000T", &i, &why));
    ck_assert_str_eq(why, "too large");
    ck_assert(!conf_size("8388608.5T", &i, &why));
    ck_assert(conf_duration("30s", &i, &why) && i == 30000000);
    ck_assert(conf_duration("10ms", &i, &why) && i == 10000);
    ck_assert(conf_duration("1.5h", &i, &why) && i == INT64_C(5400000000));
    ck_assert(conf_duration("30d", &i, &why) && i == INT64_C(30) * 86400 * 1000000);
    ck_assert(conf_duration("0", &i, &why) && i == 0);
    ck_assert(!conf_duration("30", &i, &why) && !conf_duration("s", &i, &why) &&
              !conf_duration("-1s", &i, &why) && !conf_duration("99999999999d", &i, &why));
}
END_TEST

START_TEST(lists_are_read)
{
    static const struct {
        const char *text, *pieces;
        size_t n;
    } lists[] = {
        { "", "", 0 },
        { "   ", "", 0 },
        { "a", "a|", 1 },
        { "a, b ,c", "a|b|c|", 3 },
        { "a,,b,", "a||b||", 4 },
        { ",", "||", 2 },
        { "\"\"", "|", 1 },
        { "\"a, b\", c", "a, b|c|", 2 },
        { "\" a \" ,\"b\"", " a |b|", 2 },
        { "\"a\" b, c", "\"a\" b|c|", 2 },
        { "\"a\\\",b\", c", "a\\\",b|c|", 2 },
        { "\"a, b", "\"a|b|", 2 },
        { "a\nb, c\n", "a\nb|c|", 2 },
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct conf_piece pieces[8];
        struct buffer b = { 0 };
        size_t n = conf_list(lists[i].text, pieces, 8);

        ck_assert_msg(n == lists[i].n, "%s: %zu", lists[i].text, n);
        for (size_t k = 0; k < n; k++) {
            buffer_printf(&b, "%.*s|", (int)pieces[k].len, lists[i].text + pieces[k].offset);
        }
        ck_assert_str_eq(buffer_string(&b), lists[i].pieces);
        ck_assert_uint_eq(conf_list(lists[i].text, pieces, 1), n);
        ck_assert_uint_eq(conf_list(lists[i].text, NULL, 0), n);
        buffer_free(&b);
    }
}
END_TEST

START_TEST(a_quoted_list_is_one_piece)
{
    struct conf *conf = load_good("[input a]\nk = \"a, b\"\nl = \"a\", b\n");
    struct conf_piece piece;

    ck_assert_uint_eq(conf_key_list(key_of(conf, 0, "k"), &piece, 1), 1);
    ck_assert_uint_eq(piece.len, 4);
    ck_assert_uint_eq(conf_key_list(key_of(conf, 0, "l"), &piece, 1), 2);
    ck_assert_uint_eq(conf_place_in(key_of(conf, 0, "l"), piece.offset, piece.len).column, 6);
    conf_free(conf);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("conf");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, conf_files_begin, folder_end);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, says_what_is_written);
    tcase_add_test(c, line_ends_and_mark_do_not_matter);
    tcase_add_test(c, places_point_at_what_was_written);
    tcase_add_test(c, any_text_can_be_written);
    tcase_add_loop_test(c, mistakes_have_their_place, 0, sizeof(mistakes) / sizeof(mistakes[0]));
    tcase_add_test(c, a_nul_is_found);
    tcase_add_loop_test(c, other_encodings_are_named_once, 0, 8);
    tcase_add_test(c, all_mistakes_come_at_once_and_in_order);
    tcase_add_test(c, what_looks_like_a_key_is_warned_of);
    tcase_add_test(c, the_command_line_wins);
    tcase_add_loop_test(c, the_command_line_is_checked, 0, 12);
    tcase_add_test(c, values_are_read);
    tcase_add_test(c, lists_are_read);
    tcase_add_test(c, a_quoted_list_is_one_piece);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
