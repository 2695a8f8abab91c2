/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a test: whatever a record holds can be written into a pipeline file, and is read from
 * it as the same. */
#define _GNU_SOURCE
#include "core/value-text.h"

#include "caught.h"
#include "folder.h"
#include "unit.h"

#include <math.h>

static uint64_t state = 88172645463325252u;
static struct caught said;
static struct arena memory;
static struct conf *conf;

static void begin(void)
{
    folder_begin();
    catch_begin(&said);
}

static void end(void)
{
    conf_free(conf);
    conf = NULL;
    arena_free(&memory);
    catch_end(&said);
    folder_end();
}

/* The key of a test with that value, as it is read from a file. */
static const struct conf_key *key_of(const char *lines, size_t len)
{
    struct buffer text = { 0 };

    buffer_puts(&text, "[test t]\nk = ");
    for (size_t i = 0; i < len; i++) {
        buffer_byte(&text, lines[i]);
        if (lines[i] == '\n')
            buffer_puts(&text, "    ");
    }
    buffer_puts(&text, "\n");
    conf_free(conf);
    said.n = 0;
    conf = conf_load(put_file("a.test", text.data, text.len), NULL, 0, NULL, 0, &said.diag);
    if (!conf || said.n > 0)
        ck_abort_msg("%s\n%s", buffer_string(&text), catch_list(&said));
    buffer_free(&text);
    return &conf->sections[0].keys[0];
}

static void comes_back(etl_value v)
{
    struct buffer lines = { 0 };
    const char *why;
    etl_value again;

    must(value_write(&lines, v));
    if (!value_read(&memory, v.type == ETL_NULL ? ETL_TEXT : v.type, key_of(lines.data, lines.len),
                    &again, &why) ||
        !value_same(v, again, 0))
        ck_abort_msg("type %u is not the same: %s", v.type, buffer_string(&lines));
    buffer_free(&lines);
    arena_reset(&memory, 1 << 16);
}

/* Pieces that mean something in a pipeline file, and some that do not. */
static size_t random_text(char *to, size_t max)
{
    static const char *const pieces[] = {
        "a",  "kata ", " ",  "\t", "\n", "\n\n", "#",    " #",    "\"",           "\\",      "$",
        "${", "${x}",  "$$", ",",  ", ", "[",    "]",    "=",     "\r",           "null",    "\x7f",
        "é",  "中",    "'",  "!",  "(",  "\x01", "]\n[", "k = v", "\n[test u]\n", "\n# x\n", "\n  ",
    };
    size_t n = next_random(&state) % 8, len = 0;

    for (size_t i = 0; i < n; i++) {
        const char *piece = pieces[next_random(&state) % (sizeof(pieces) / sizeof(*pieces))];

        if (len + strlen(piece) < max)
            len += (size_t)sprintf(to + len, "%s", piece);
    }
    return len;
}

START_TEST(texts_come_back)
{
    char text[200];

    for (int i = 0; i < 4000; i++)
        comes_back(etl_text(text, random_text(text, sizeof(text))));
}
END_TEST

START_TEST(lists_come_back)
{
    char texts[4][200];
    etl_value items[4];

    for (int i = 0; i < 4000; i++) {
        size_t n = next_random(&state) % 5;

        for (size_t k = 0; k < n; k++)
            items[k] = etl_text(texts[k], random_text(texts[k], sizeof(texts[k])));
        comes_back(etl_list(items, n));
    }
}
END_TEST

START_TEST(numbers_and_bytes_come_back)
{
    unsigned char bytes[40];

    comes_back(etl_null());
    comes_back(etl_bool(true));
    comes_back(etl_bool(false));
    for (int i = 0; i < 500; i++) {
        uint64_t random = next_random(&state);
        size_t n = random % sizeof(bytes);

        for (size_t k = 0; k < n; k++)
            bytes[k] = (unsigned char)next_random(&state);
        comes_back(etl_bytes(bytes, n));
        comes_back(etl_int((int64_t)random));
        comes_back(etl_time((int64_t)random / 4));
        comes_back(etl_real((double)(int64_t)random / 1e6));
    }
}
END_TEST

/* What is written, its type, and whether it is a value of it. */
static const struct {
    const char *text;
    uint32_t type;
    bool good;
} texts[] = {
    { "12", ETL_INT, true },
    { "1.5", ETL_INT, false },
    { "", ETL_INT, false },
    { "yes", ETL_BOOL, true },
    { "maybe", ETL_BOOL, false },
    { "0x1", ETL_REAL, false },
    { "2024-05-01", ETL_TIME, true },
    { "2024-05-41", ETL_TIME, false },
    { "[\"a\", \"b\"]", ETL_LIST, true },
    { "[\"a\", 1]", ETL_LIST, false },
    { "[\"a\"", ETL_LIST, false },
    { "[\"a\"] x", ETL_LIST, false },
    { "[]", ETL_LIST, true },
    { "a,,b", ETL_LIST, false },
    { "", ETL_LIST, true },
    { "YWJj", ETL_BYTES, true },
    { "YWJ", ETL_BYTES, false },
    { "YW=j", ETL_BYTES, false },
    { "====", ETL_BYTES, false },
    { "null", ETL_INT, true },
    { "\"null\"", ETL_INT, false },
};

START_TEST(what_is_no_value_is_said)
{
    const char *why = NULL;
    etl_value v;
    bool good = value_read(&memory, texts[_i].type, key_of(texts[_i].text, strlen(texts[_i].text)),
                           &v, &why);

    ck_assert_msg(good == texts[_i].good, "%s of type %u", texts[_i].text, texts[_i].type);
    ck_assert(good || why);
}
END_TEST

START_TEST(reals_are_compared_as_they_are_written)
{
    ck_assert_int_eq(value_decimals("0.94"), 2);
    ck_assert_int_eq(value_decimals("1"), 0);
    ck_assert_int_eq(value_decimals("1.5e3"), 0);
    ck_assert(value_same(etl_real(0.94), etl_real(0.9375), 2));
    ck_assert(!value_same(etl_real(0.94), etl_real(0.9375), 3));
    ck_assert(!value_same(etl_real(1), etl_real(0.9375), 0));
    ck_assert(value_same(etl_null(), etl_real(NAN), 0));
    ck_assert(!value_same(etl_null(), etl_real(0), 0));
    ck_assert(!value_same(etl_real(0), etl_real(NAN), 0));
    ck_assert(!value_same(etl_real(0), etl_null(), 0));
}
END_TEST

START_TEST(a_nul_cannot_be_said)
{
    struct buffer b = { 0 };

    ck_assert(!value_write(&b, etl_text("a\0b", 3)));
    buffer_free(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("value-text");
    TCase *c = tcase_create("value-text");
    SRunner *r = srunner_create(s);
    int failed;

    suite_add_tcase(s, c);
    tcase_add_checked_fixture(c, begin, end);
    tcase_set_timeout(c, 300);
    tcase_add_test(c, texts_come_back);
    tcase_add_test(c, lists_come_back);
    tcase_add_test(c, numbers_and_bytes_come_back);
    tcase_add_loop_test(c, what_is_no_value_is_said, 0, sizeof(texts) / sizeof(texts[0]));
    tcase_add_test(c, reals_are_compared_as_they_are_written);
    tcase_add_test(c, a_nul_cannot_be_said);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
