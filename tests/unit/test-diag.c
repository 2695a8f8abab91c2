/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: each format to the letter, nothing from data obeyed by a terminal, repeats folded, the
 * first error's exit status. */
#include "core/diag.h"

#include "tests/unit/caught.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <wchar.h>

/* What one or more messages look like, NUL-terminated, in a static buffer. */
static const char *printed_all(enum diag_format format, bool colour, const struct diag_message *m,
                               size_t n)
{
    static char text[65536];
    struct diag_printer p = { .out = tmpfile(), .format = format, .colour = colour };
    size_t len;

    ck_assert_ptr_nonnull(p.out);
    for (size_t i = 0; i < n; i++)
        diag_print(&p, m);
    diag_print_folded(&p);
    rewind(p.out);
    len = fread(text, 1, sizeof(text) - 1, p.out);
    text[len] = '\0';
    fclose(p.out);
    return text;
}

static const char *printed(enum diag_format format, const struct diag_message *m)
{
    return printed_all(format, false, m, 1);
}

static struct diag_place place(uint32_t line, uint32_t column, uint32_t width, const char *source)
{
    return (struct diag_place){ .file = "pipelines/news.conf",
                                .line = line,
                                .column = column,
                                .width = width,
                                .source = source,
                                .source_len = source ? (uint32_t)strlen(source) : 0 };
}

static struct diag_message unknown_key(void)
{
    return (struct diag_message){ .level = DIAG_ERROR,
                                  .code = E0103,
                                  .text = "unknown key 'treshold' in [transform dedupe]",
                                  .place = place(26, 1, 8, "treshold = 0.70"),
                                  .near = "threshold",
                                  .help = "etl plugins dedupe   lists its keys" };
}

START_TEST(the_forms_of_the_manual)
{
    struct diag_message m = unknown_key();

    ck_assert_str_eq(printed(DIAG_TERMINAL, &m),
                     "error[E0103]: unknown key 'treshold' in [transform dedupe]\n"
                     "  --> pipelines/news.conf:26:1\n"
                     "   |\n"
                     "26 | treshold = 0.70\n"
                     "   | ^^^^^^^^ did you mean 'threshold'?\n"
                     "   = help: etl plugins dedupe   lists its keys\n");
    ck_assert_str_eq(printed(DIAG_LINES, &m),
                     "pipelines/news.conf:26:1: error: unknown key 'treshold' in [transform "
                     "dedupe]; did you mean 'threshold'? [E0103]\n");
    ck_assert_str_eq(printed(DIAG_JOURNAL, &m),
                     "<3>pipelines/news.conf:26:1: error: unknown key 'treshold' in [transform "
                     "dedupe]; did you mean 'threshold'? [E0103]\n");
    m.near = NULL;
    ck_assert_str_eq(printed(DIAG_LINES, &m),
                     "pipelines/news.conf:26:1: error: unknown key 'treshold' in [transform "
                     "dedupe]; etl plugins dedupe   lists its keys [E0103]\n");
}
END_TEST

START_TEST(without_a_place)
{
    struct diag_message m = { .level = DIAG_WARNING,
                              .code = DIAG_CODES,
                              .text = "odd",
                              .document = "a.tar!b.txt:3",
                              .note = "n",
                              .help = "h" };

    ck_assert_str_eq(printed(DIAG_TERMINAL, &m),
                     "warning: odd\n  --> a.tar!b.txt:3\n   = note: n\n   = help: h\n");
    ck_assert_str_eq(printed(DIAG_LINES, &m), "a.tar!b.txt:3: warning: odd; n; h\n");
    ck_assert_str_eq(printed(DIAG_JOURNAL, &m), "<4>a.tar!b.txt:3: warning: odd; n; h\n");
    m = (struct diag_message){ .level = DIAG_INFO, .code = DIAG_CODES, .text = "start" };
    ck_assert_str_eq(printed(DIAG_TERMINAL, &m), "info: start\n");
    ck_assert_str_eq(printed(DIAG_LINES, &m), "etl: info: start\n");
    m.near = "x";
    ck_assert_str_eq(printed(DIAG_TERMINAL, &m), "info: start\n   = help: did you mean 'x'?\n");
}
END_TEST

START_TEST(colour_only_where_it_is_asked_for)
{
    struct diag_message m = unknown_key();
    char plain[4096];
    const char *coloured;
    size_t used = 0;

    strcpy(plain, printed(DIAG_TERMINAL, &m));
    ck_assert_ptr_null(strchr(plain, '\033'));
    coloured = printed_all(DIAG_TERMINAL, true, &m, 1);
    ck_assert_ptr_nonnull(strchr(coloured, '\033'));
    for (const char *s = coloured; *s; s++) { /* the same, but for the colours */
        if (*s == '\033') {
            s = strchr(s, 'm');
            continue;
        }
        ck_assert_int_eq(*s, plain[used]);
        used++;
    }
    ck_assert_int_eq(plain[used], '\0');
    ck_assert_ptr_null(strchr(printed_all(DIAG_LINES, true, &m, 1), '\033'));
}
END_TEST

/* The row below a source line, without the gutter. */
static const char *caret_row(uint32_t column, uint32_t width, const char *source)
{
    struct diag_message m = {
        .level = DIAG_ERROR, .code = E0103, .text = "t", .place = place(1, column, width, source)
    };
    static char row[400];
    const char *text = printed(DIAG_TERMINAL, &m), *at = strstr(text, " 1 | ");

    ck_assert_ptr_nonnull(at);
    at = strchr(at, '\n');
    snprintf(row, sizeof(row), "%s", at + 6);
    *strchr(row, '\n') = '\0';
    return row;
}

START_TEST(carets_stand_below)
{
    ck_assert_str_eq(caret_row(1, 1, "abc"), "^");
    ck_assert_str_eq(caret_row(2, 2, "abc"), " ^^");
    ck_assert_str_eq(caret_row(4, 1, "abc"), "   ^");
    ck_assert_str_eq(caret_row(9, 1, "abc"), "   ^");
    ck_assert_str_eq(caret_row(1, 1, ""), "^");
    ck_assert_str_eq(caret_row(2, 99, "abc"), " ^^");
    ck_assert_str_eq(caret_row(4, 1, "\xc3\xa9\xc3\xa8x"), " ^"); /* the byte behind the first */
    ck_assert_str_eq(caret_row(5, 1, "\xc3\xa9\xc3\xa8x"), "  ^");
    ck_assert_str_eq(caret_row(2, 1, "\tx"), "    ^");
    ck_assert_str_eq(caret_row(4, 1, "\xe4\xb8\xadx"), "  ^");
    ck_assert_str_eq(caret_row(2, 1, "\001x"), "    ^");
    ck_assert_str_eq(caret_row(1, 1, "\xffx"), "^^^^");
}
END_TEST

START_TEST(long_lines_are_shown_in_part)
{
    static char line[60001];
    struct diag_message m = { .level = DIAG_ERROR, .code = E0103, .text = "t" };
    uint32_t columns[] = { 1, 39, 41, 42, 100, 120, 121, 30000, 59999, 60000 };

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        const char *text, *source, *carets;

        memset(line, '.', 60000);
        line[columns[i] - 1] = 'X';
        m.place = place(7, columns[i], 1, line);
        text = printed(DIAG_TERMINAL, &m);
        ck_assert_uint_lt(strlen(text), 500);
        source = strstr(text, " 7 | ");
        ck_assert_ptr_nonnull(source);
        carets = strchr(source, '\n') + 1;
        ck_assert_ptr_nonnull(strchr(carets, '^'));
        ck_assert_int_eq(source[strchr(carets, '^') - carets], 'X');
    }
}
END_TEST

START_TEST(data_are_not_obeyed)
{
    static const char evil[] = "a\033[2J\r\n\x7f\xc2\x9b"
                               "31m\xe2\x80\xae\xff\xc3(\xed\xa0\x80\xc3\xa9";
    static const char harmless[] = "a\\x1b[2J\\x0d\\x0a\\x7f\\xc2\\x9b"
                                   "31m\\xe2\\x80\\xae\\xff\\xc3(\\xed\\xa0\\x80\xc3\xa9";
    struct diag_message m = { .level = DIAG_ERROR,
                              .code = E0103,
                              .text = evil,
                              .document = evil,
                              .note = evil,
                              .help = evil,
                              .near = evil };
    cJSON *json;

    m.place = place(1, 1, 1, evil);
    for (enum diag_format f = DIAG_TERMINAL; f <= DIAG_JSON; f++) {
        const char *text = printed(f, &m);
        size_t seen = 0;

        for (const char *s = text; *s; s++)
            ck_assert_msg((unsigned char)*s >= 0x20 || *s == '\n', "format %d: %s", (int)f, text);
        ck_assert_ptr_null(strstr(text, "\xc2\x9b"));
        ck_assert_ptr_null(strstr(text, "\xe2\x80\xae"));
        ck_assert_ptr_null(strchr(text, '\xff'));
        for (const char *s = text; f != DIAG_JSON && (s = strstr(s, harmless)); s++)
            seen++;
        ck_assert_uint_eq(seen, f == DIAG_TERMINAL ? 6 : f == DIAG_JSON ? 0 : 4);
    }
    json = cJSON_Parse(printed(DIAG_JSON, &m));
    ck_assert_ptr_nonnull(json);
    ck_assert_str_eq(cJSON_GetObjectItem(json, "msg")->valuestring, harmless);
    cJSON_Delete(json);
}
END_TEST

static void check_member(const cJSON *json, const char *key, const char *value)
{
    const cJSON *item = cJSON_GetObjectItem(json, key);

    ck_assert_msg(cJSON_IsString(item) && strcmp(item->valuestring, value) == 0, "%s", key);
}

START_TEST(json_says_the_same)
{
    struct diag_message m = unknown_key();
    const char *text;
    cJSON *json;

    m.section = "transform dedupe";
    m.document = "a!b";
    m.note = "say \"n\"";
    text = printed(DIAG_JSON, &m);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
    json = cJSON_Parse(text);
    ck_assert_ptr_nonnull(json);
    check_member(json, "type", "message");
    check_member(json, "level", "error");
    check_member(json, "code", "E0103");
    check_member(json, "msg", m.text);
    check_member(json, "file", "pipelines/news.conf");
    check_member(json, "section", "transform dedupe");
    check_member(json, "doc", "a!b");
    check_member(json, "note", "say \"n\"");
    check_member(json, "hint", "did you mean 'threshold'? etl plugins dedupe   lists its keys");
    ck_assert_int_eq(cJSON_GetObjectItem(json, "line")->valueint, 26);
    ck_assert_int_eq(cJSON_GetObjectItem(json, "col")->valueint, 1);
    ck_assert_uint_eq(strlen(cJSON_GetObjectItem(json, "time")->valuestring), 24);
    cJSON_Delete(json);
}
END_TEST

START_TEST(repeats_are_folded_and_counted)
{
    struct diag_message m = { .level = DIAG_WARNING, .code = E0103, .text = "odd" };
    const char *text = printed_all(DIAG_LINES, false, &m, 1214), *at = text;
    size_t lines = 0;

    for (; (at = strchr(at, '\n')); at++)
        lines++;
    ck_assert_uint_eq(lines, 11);
    ck_assert_ptr_nonnull(
        strstr(text, "etl: warning: 1,204 more like this: unknown key [E0103]\n"));
    text = printed_all(DIAG_LINES, false, &m, 10);
    ck_assert_ptr_null(strstr(text, "more like this"));
    m.level = DIAG_ERROR;
    text = printed_all(DIAG_LINES, false, &m, 15);
    for (lines = 0, at = text; (at = strchr(at, '\n')); at++)
        lines++;
    ck_assert_uint_eq(lines, 15);
}
END_TEST

START_TEST(the_first_error_counts)
{
    struct caught c;
    struct diag_place p = place(3, 4, 5, NULL);

    catch_begin(&c);
    ck_assert_int_eq(c.diag.status, EXIT_DONE);
    diag_log(&c.diag, DIAG_WARNING, "doc", "%d%%", 5);
    diag_log(&c.diag, DIAG_DEBUG, NULL, "hidden");
    diag_log(&c.diag, DIAG_ERROR, "doc", "said by a plugin, not counted");
    ck_assert_uint_eq(c.diag.errors, 0);
    ck_assert_int_eq(diag_error(&c.diag, E0103, &p, "a %s", "b"), -1);
    ck_assert_int_eq(diag_error_errno(&c.diag, E0101, ENOSPC, "cannot"), -1);
    ck_assert_uint_eq(c.diag.errors, 2);
    ck_assert_uint_eq(c.diag.warnings, 1);
    ck_assert_int_eq(c.diag.first, E0103);
    ck_assert_int_eq(c.diag.status, EXIT_CONFIG);
    ck_assert_uint_eq(c.n, 4);
    ck_assert_str_eq(c.all[0].text, "5%");
    ck_assert_str_eq(c.all[2].text, "a b");
    ck_assert_uint_eq(c.all[2].line, 3);
    ck_assert_str_eq(c.all[3].text, "cannot: No space left on device");
    catch_end(&c);
}
END_TEST

START_TEST(errno_picks_the_exit_status)
{
    static const struct {
        enum diag_code code;
        int err;
        enum exit_status status;
    } cases[] = {
        { E0101, ENOENT, EXIT_NO_INPUT },  { E0101, EIO, EXIT_IO },
        { E0101, EACCES, EXIT_NO_INPUT },  { E0101, EMFILE, EXIT_RESOURCES },
        { E0102, ENOMEM, EXIT_RESOURCES }, { E0102, ENOENT, EXIT_UNSAFE },
        { E0744, ENFILE, EXIT_RESOURCES }, { E0710, EMFILE, EXIT_RESOURCES },
        { E0702, EROFS, EXIT_CANNOT_CREATE }, { E0744, EROFS, EXIT_IO },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct caught c;

        catch_begin(&c);
        diag_error_errno(&c.diag, cases[i].code, cases[i].err, "x");
        ck_assert_int_eq(c.diag.status, cases[i].status);
        catch_end(&c);
    }
    ck_assert_int_eq(status_of_errno(EINVAL, EXIT_LOCKED), EXIT_LOCKED);
}
END_TEST

/* No character has this number, so that printf gives up as it does without memory. */
START_TEST(a_text_that_cannot_be_made_is_want_of_memory)
{
    static const wchar_t none[] = { 0x7fffffff, 0 };
    struct caught c;

    catch_begin(&c);
    ck_assert_int_eq(diag_error(&c.diag, E0702, NULL, "%ls", none), -1);
    ck_assert_int_eq(c.diag.status, EXIT_RESOURCES);
    ck_assert_str_eq(c.all[0].text, "memory is out while a message was made");
    catch_end(&c);
    catch_begin(&c);
    ck_assert_int_eq(diag_error_errno(&c.diag, E0702, EROFS, "%ls", none), -1);
    ck_assert_int_eq(c.diag.status, EXIT_RESOURCES);
    catch_end(&c);
}
END_TEST

START_TEST(every_code_is_explained)
{
    for (unsigned i = 0; i < DIAG_CODES; i++) {
        enum diag_code code = (enum diag_code)i;
        const char *name = diag_code_name(code);
        char lower[8];

        ck_assert_uint_eq(strlen(name), 5);
        ck_assert_uint_eq(strspn(name + 1, "0123456789"), 4);
        ck_assert_int_eq(diag_code_named(name), code);
        snprintf(lower, sizeof(lower), "e%s", name + 1);
        ck_assert_int_eq(diag_code_named(lower), code);
        ck_assert_uint_gt(strlen(diag_code_title(code)), 0);
        ck_assert_uint_gt(strlen(diag_code_text(code)), 0);
        ck_assert_int_ne(diag_code_status(code), EXIT_DONE);
    }
    ck_assert_int_eq(diag_code_named("E9999"), DIAG_CODES);
    ck_assert_int_eq(diag_code_named("0103"), DIAG_CODES);
    ck_assert_int_eq(diag_code_named(""), DIAG_CODES);
    ck_assert_int_eq(diag_code_named("E"), DIAG_CODES);
    ck_assert_ptr_null(diag_code_title(DIAG_CODES));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("diag");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_test(c, the_forms_of_the_manual);
    tcase_add_test(c, without_a_place);
    tcase_add_test(c, colour_only_where_it_is_asked_for);
    tcase_add_test(c, carets_stand_below);
    tcase_add_test(c, long_lines_are_shown_in_part);
    tcase_add_test(c, data_are_not_obeyed);
    tcase_add_test(c, json_says_the_same);
    tcase_add_test(c, repeats_are_folded_and_counted);
    tcase_add_test(c, the_first_error_counts);
    tcase_add_test(c, errno_picks_the_exit_status);
    tcase_add_test(c, a_text_that_cannot_be_made_is_want_of_memory);
    tcase_add_test(c, every_code_is_explained);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
