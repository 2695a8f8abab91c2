/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: what is written reads back equal, here and in cJSON; what the grammar does not allow is
 * refused with its place; and no input, however nested, long or damaged, leads out of bounds. */
#include "common/cpu.h"
#include "common/json-escape.h"
#include "common/json-read.h"
#include "common/json-write.h"
#include "common/utf8.h"
#include "unit.h"

#include <cjson/cJSON.h>
#include <dirent.h>

/* Takes all tokens; the number of them, or -1 and a fault. */
static long scan(const char *text, size_t len, struct fault *f)
{
    struct json j;
    struct json_token t;
    enum json_kind kind = JSON_BAD;
    long n = 0;

    if (json_start(&j, text, len, f))
        while ((kind = json_next(&j, &t)) > JSON_END)
            n++;
    return kind == JSON_BAD ? -1 : n;
}

static long scan_string(const char *text)
{
    struct fault f = { 0 };

    return scan(text, strlen(text), &f);
}

/* Any valid text, NUL and all; often plain, often made of what needs escapes. */
static size_t random_text(uint64_t *state, char *to, size_t max)
{
    static const uint32_t odd[] = { 0,   1,    8,    9,    10,     12,     13,     31,      '"',
                                    '/', '\\', 0x7f, 0x80, 0x2028, 0xd7ff, 0xe000, 0x1f600, 'u' };
    size_t n = 0, wanted = next_random(state) % max;
    unsigned plain = (unsigned)(next_random(state) % 40);

    while (n + 4 <= wanted) {
        uint64_t r = next_random(state);

        if (r % 40 < plain)
            to[n++] = (char)('a' + (r >> 32) % 26);
        else
            n += utf8_put(to + n, odd[(r >> 32) % (sizeof(odd) / sizeof(*odd))]);
    }
    return n;
}

START_TEST(what_is_no_text_is_replaced)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "", "\"\"" },
        { "plain", "\"plain\"" },
        { "\xff", "\"\xef\xbf\xbd\"" },
        { "a\xc3", "\"a\xef\xbf\xbd\"" },
        { "a\xe2\x82z\"", "\"a\xef\xbf\xbd\xef\xbf\xbdz\\\"\"" },
        { "\xc3\xa9\x80", "\"\xc3\xa9\xef\xbf\xbd\"" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buffer b = { 0 };

        json_write_any_text(&b, cases[i].in, strlen(cases[i].in));
        ck_assert_str_eq(buffer_string(&b), cases[i].out);
        buffer_free(&b);
    }
}
END_TEST

START_TEST(strings_there_and_back)
{
    static char text[20000], back[20000];
    struct buffer b = { 0 };
    struct json j;
    struct json_token t;
    struct fault f;
    uint64_t state = 1;

    for (int i = 0; i < 5000; i++) {
        size_t n = random_text(&state, text, i % 100 == 0 ? sizeof(text) : 200);
        char *copy;
        cJSON *other;

        b.len = 0;
        json_write_text(&b, text, n);
        must(!b.failed);
        must(json_start(&j, b.data, b.len, &f));
        must(json_next(&j, &t) == JSON_STRING);
        must(t.len <= sizeof(back) * 6 && json_is(&t, text, n));
        must(!t.escaped || t.len <= 6 * n);
        copy = malloc(t.len + 1);
        must(json_unescape(copy, &t) == n && memcmp(copy, text, n) == 0);
        free(copy);
        must(json_next(&j, &t) == JSON_END);
        if (!memchr(text, '\0', n)) { /* cJSON's strings end at a NUL */
            other = cJSON_ParseWithLength(b.data, b.len);
            must(other && strlen(other->valuestring) == n);
            must(memcmp(other->valuestring, text, n) == 0);
            cJSON_Delete(other);
        }
    }
    buffer_free(&b);
}
END_TEST

START_TEST(special_bytes_are_found_at_every_place)
{
    char text[200];
    struct buffer b = { 0 };

    for (size_t n = 1; n <= sizeof(text); n++)
        for (size_t at = 0; at < n; at++) {
            memset(text, 'a', n);
            text[at] = '\n';
            b.len = 0;
            json_write_text(&b, text, n);
            must(b.len == n + 3 && memcmp(b.data + 1 + at, "\\n", 2) == 0);
        }
    buffer_free(&b);
}
END_TEST

/* One byte after the other, as the grammar has it. */
static void write_plainly(struct buffer *b, const char *s, size_t n)
{
    static const char named[] = "\b\t\n\f\r\"\\", names[] = "btnfr\"\\";

    buffer_byte(b, '"');
    for (size_t i = 0; i < n; i++) {
        const char *at = s[i] ? strchr(named, s[i]) : NULL;

        if (at)
            buffer_printf(b, "\\%c", names[at - named]);
        else if ((unsigned char)s[i] < 0x20)
            buffer_printf(b, "\\u%04x", (unsigned)s[i]);
        else
            buffer_byte(b, s[i]);
    }
    buffer_byte(b, '"');
}

static void escapes_by(char *way(char *to, const char *s, size_t n), char *to, etl_value v,
                       const struct buffer *wanted)
{
    size_t len = (size_t)(way(to, v.text, v.len) - to);

    must(len + 2 == wanted->len && memcmp(to, wanted->data + 1, len) == 0);
}

/* Where the most is known to be there, the same is written, by all ways, and nothing behind the
 * most. */
static void all_ways_agree(etl_value v, const struct buffer *wanted)
{
    size_t most = json_most(v), len;
    char *to = malloc(most + 1);

    to[most] = 'x';
    len = (size_t)(json_put(to, v) - to);
    must(len == wanted->len && memcmp(to, wanted->data, len) == 0 && to[most] == 'x');
    if (v.type == ETL_TEXT)
        escapes_by(json_escape_baseline, to, v, wanted);
    if (v.type == ETL_TEXT && cpu_has_avx2())
        escapes_by(json_escape_avx2, to, v, wanted);
    if (v.type == ETL_TEXT && cpu_has_avx512())
        escapes_by(json_escape_avx512, to, v, wanted);
    must(to[most] == 'x');
    free(to);
}

/* From text without special bytes to text of nothing else, at each length. */
START_TEST(text_is_as_byte_by_byte)
{
    static const char special[] = "\n\n\"\\\t\r\b\f\x01\x0b\x0f\x10\x1f";
    struct buffer fast = { 0 }, plain = { 0 };
    uint64_t state = 3;

    for (size_t i = 0; i < 20000; i++) {
        size_t n = i % 700, one_in = 1 + next_random(&state) % (1 + i % 200);
        char *text = malloc(n ? n : 1);

        for (size_t k = 0; k < n; k++) {
            uint64_t r = next_random(&state);

            text[k] =
                r % one_in == 0 ? special[r / one_in % sizeof(special)] : (char)('!' + r % 200);
            if (text[k] == '"' || text[k] == '\\')
                text[k] = r % one_in == 0 ? text[k] : 'x';
        }
        fast.len = plain.len = 0;
        json_write_text(&fast, text, n);
        write_plainly(&plain, text, n);
        must(fast.len == plain.len && memcmp(fast.data, plain.data, fast.len) == 0);
        all_ways_agree(etl_text(text, n), &plain);
        free(text);
    }
    buffer_free(&fast);
    buffer_free(&plain);
}
END_TEST

static void writes(etl_value v, const char *wanted)
{
    struct buffer b = { 0 };

    json_write_value(&b, v);
    ck_assert_str_eq(buffer_string(&b), wanted);
    all_ways_agree(v, &b);
    buffer_free(&b);
}

START_TEST(values_of_all_types)
{
    const etl_value items[] = { etl_text("a", 1), etl_text("\"", 1), etl_text("", 0) };

    writes(etl_null(), "null");
    writes(etl_bool(true), "true");
    writes(etl_bool(false), "false");
    writes(etl_int(INT64_MIN), "-9223372036854775808");
    writes(etl_real(0.5), "0.5");
    writes(etl_real(0.0 / 1.0 - 0.25), "-0.25");
    writes(etl_time(1500000), "\"1970-01-01T00:00:01.500Z\"");
    writes(etl_text("a\0\t\"\\/\x7f", 7), "\"a\\u0000\\t\\\"\\\\/\x7f\"");
    writes(etl_text("\xc3\xa9\x1f", 3), "\"\xc3\xa9\\u001f\"");
    writes(etl_list(items, 3), "[\"a\",\"\\\"\",\"\"]");
    writes(etl_list(NULL, 0), "[]");
    writes(etl_bytes("", 0), "\"\"");
    writes(etl_bytes("f", 1), "\"Zg==\"");
    writes(etl_bytes("fo", 2), "\"Zm8=\"");
    writes(etl_bytes("foo", 3), "\"Zm9v\"");
    writes(etl_bytes("foob\xff\xfe", 6), "\"Zm9vYv/+\"");
}
END_TEST

START_TEST(good_values)
{
    static const struct {
        const char *text;
        long tokens;
    } good[] = {
        { "null", 1 },
        { " true ", 1 },
        { "\r\n\t-0.0e-1", 1 },
        { "\"\"", 1 },
        { "[]", 2 },
        { "{}", 2 },
        { "[1,[],{\"a\":1}]", 9 },
        { "{\"a\":{\"a\":1},\"b\":[{\"a\":1}]}", 14 },
        { "\"\\ud83d\\ude00\"", 1 },
        { "\"\\u0000\"", 1 },
    };

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        ck_assert_msg(scan_string(good[i].text) == good[i].tokens, "%s", good[i].text);
}
END_TEST

START_TEST(faults_say_where)
{
    static const struct {
        const char *text;
        uint64_t line, column;
    } bad[] = {
        { "", 1, 1 },
        { "[1,\n 2,\n  x]", 3, 3 },
        { "[\"\\ud800\"]", 1, 3 },
        { "[\"\\udc00\"]", 1, 3 },
        { "[\"\\ud800\\u0041\"]", 1, 3 },
        { "[\"a\nb\"]", 1, 4 },
        { "[\"abc", 1, 2 },
        { "[1,]", 1, 4 },
        { "{\"a\" 1}", 1, 6 },
        { "[1}", 1, 3 },
        { "{\"a\":1]", 1, 7 },
        { "1 2", 1, 3 },
        { "01", 1, 1 },
        { "[-]", 1, 3 },
        { "[\"\xff\"]", 1, 3 },
        { "{\"a\":1,}", 1, 8 },
        { "[\"\\x\"]", 1, 3 },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct fault f = { 0 };

        ck_assert_msg(scan(bad[i].text, strlen(bad[i].text), &f) == -1, "%s", bad[i].text);
        ck_assert_msg(f.line == bad[i].line && f.column == bad[i].column, "%s: %llu:%llu %s",
                      bad[i].text, (unsigned long long)f.line, (unsigned long long)f.column,
                      f.text);
        must(f.err == 0 && f.text[0] != '\0');
    }
}
END_TEST

START_TEST(depth_is_bounded)
{
    static char text[200000];
    struct fault f;

    memset(text, '[', 512);
    memset(text + 512, ']', 512);
    must(scan(text, 1024, &f) == 1024);
    memset(text, '[', sizeof(text));
    must(scan(text, sizeof(text), &f) == -1);
    must(f.column == 513);
}
END_TEST

START_TEST(skip_ends_behind_the_value)
{
    static const char text[] = "{\"a\":[1,{\"b\":[]}],\"c\":\"x\",\"d\":{}}";
    struct json j;
    struct json_token t;
    struct fault f;
    size_t at;

    must(json_start(&j, text, sizeof(text) - 1, &f));
    must(json_next(&j, &t) == JSON_OBJECT);
    must(json_next(&j, &t) == JSON_KEY && json_is(&t, "a", 1));
    must(json_next(&j, &t) == JSON_ARRAY);
    at = t.at;
    must(json_skip(&j, &t) && j.at - at == strlen("[1,{\"b\":[]}]"));
    must(json_next(&j, &t) == JSON_KEY && json_is(&t, "c", 1));
    must(json_next(&j, &t) == JSON_STRING && json_skip(&j, &t));
    must(json_next(&j, &t) == JSON_KEY && json_next(&j, &t) == JSON_OBJECT && json_skip(&j, &t));
    must(json_next(&j, &t) == JSON_OBJECT_END && json_next(&j, &t) == JSON_END);
}
END_TEST

/* Each file of the suite says by its first letter what a reader must do. */
START_TEST(public_suite)
{
    char path[4096], file_path[5000];
    DIR *folder = opendir(shared_path(path, sizeof(path), "hostile/jsontestsuite"));
    static char text[1 << 20];
    struct dirent *entry;
    int read = 0, refused = 0;
    struct fault f;

    if (!folder) {
        printf("skipped: no %s\n", path);
        return;
    }
    while ((entry = readdir(folder)) != NULL) {
        FILE *file;
        size_t n;
        long tokens;

        snprintf(file_path, sizeof(file_path), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.' || !(file = fopen(file_path, "rb")))
            continue;
        n = fread(text, 1, sizeof(text), file);
        fclose(file);
        tokens = scan(text, n, &f);
        if (strncmp(entry->d_name, "y_", 2) == 0) {
            ck_assert_msg(tokens > 0, "%s: %s", entry->d_name, f.text);
            read++;
        } else if (strncmp(entry->d_name, "n_", 2) == 0) {
            ck_assert_msg(tokens == -1, "%s", entry->d_name);
            refused++;
        }
    }
    closedir(folder);
    ck_assert_int_gt(read, 90);
    ck_assert_int_gt(refused, 180);
}
END_TEST

START_TEST(damaged_text_stays_in_bounds)
{
    static const char good[] = "{\"id\":\"a\\u00e9\\n\",\"n\":[1,-2.5e3,true,null],\"o\":{\"x\":"
                               "\"\\ud83d\\ude00\",\"y\":{\"z\":[[],{}]}}}";
    uint64_t state = 11;
    struct fault f;
    int fine = 0;

    for (int i = 0; i < 100000; i++) {
        size_t n = sizeof(good) - 1 - (i % 3 ? 0 : next_random(&state) % 20);
        char *copy = malloc(n); /* its end is where a sanitizer sees the first byte too far */

        memcpy(copy, good, n);
        for (uint64_t k = next_random(&state) % 3; k > 0; k--)
            copy[next_random(&state) % n] = good[next_random(&state) % (sizeof(good) - 1)];
        fine += scan(copy, n, &f) > 0;
        free(copy);
    }
    ck_assert_int_gt(fine, 1000);
    ck_assert_int_lt(fine, 90000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_test(c, what_is_no_text_is_replaced);
    tcase_add_test(c, strings_there_and_back);
    tcase_add_test(c, special_bytes_are_found_at_every_place);
    tcase_add_test(c, text_is_as_byte_by_byte);
    tcase_add_test(c, values_of_all_types);
    tcase_add_test(c, good_values);
    tcase_add_test(c, faults_say_where);
    tcase_add_test(c, depth_is_bounded);
    tcase_add_test(c, skip_ends_behind_the_value);
    tcase_add_test(c, public_suite);
    tcase_add_test(c, damaged_text_stays_in_bounds);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
