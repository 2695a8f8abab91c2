/* SPDX-License-Identifier: Apache-2.0 */
/* CSV: rows of any cells come back as they were, read by a small reader of RFC 4180 that stands
 * here and is itself held against a public suite. */
#include "common/csv-write.h"
#include "common/json-read.h"
#include "common/json-write.h"
#include "unit.h"

#include <string.h>

static const struct csv_style plain = { ',', false };
static const struct csv_style safe = { ',', true };

/* Takes one cell from *at into out; gives what ended it: the delimiter, '\n', or 0 at the end. Null
 * (nothing, not even quotes) is told by *null. -1: not CSV. */
static int read_cell(const char **at, const char *end, char delimiter, struct buffer *out,
                     bool *null)
{
    const char *s = *at;
    bool quoted = s < end && *s == '"';

    out->len = 0;
    *null = s == end || *s == delimiter || *s == '\r' || *s == '\n';
    for (s += quoted; s < end; s++) {
        if (quoted && *s == '"') {
            if (s + 1 < end && s[1] == '"') {
                s++;
            } else {
                s++;
                break;
            }
        } else if (!quoted && (*s == delimiter || *s == '\n' || *s == '\r')) {
            break;
        } else if (!quoted && *s == '"') {
            return -1;
        }
        buffer_byte(out, *s);
    }
    if (quoted && s[-1] != '"')
        return -1;
    if (s + 1 < end && s[0] == '\r' && s[1] == '\n')
        s++;
    if (s < end && *s != delimiter && *s != '\n')
        return -1;
    *at = s < end ? s + 1 : s;
    return s < end ? *s : 0;
}

static bool same(const struct buffer *cell, const char *s, size_t n)
{
    return cell->len == n && (n == 0 || memcmp(cell->data, s, n) == 0);
}

/* One cell, alone in its row, there and back; v is not null. */
static void check_cell(etl_value v, const char *s, size_t n, const struct csv_style *style)
{
    struct buffer b = { 0 }, cell = { 0 };
    const char *at;
    bool null;

    csv_write_value(&b, v, style);
    at = b.data;
    must(read_cell(&at, b.data + b.len, style->delimiter, &cell, &null) == 0);
    must(!null && same(&cell, s, n));
    buffer_free(&b);
    buffer_free(&cell);
}

static void writes(etl_value v, const struct csv_style *style, const char *wanted)
{
    struct buffer b = { 0 };

    csv_write_value(&b, v, style);
    ck_assert_str_eq(buffer_string(&b), wanted);
    buffer_free(&b);
}

static etl_value text(const char *s)
{
    return etl_text(s, strlen(s));
}

START_TEST(values_of_all_types)
{
    const etl_value items[] = { text("a,b"), text("\"") };
    const struct csv_style tab = { '\t', false };

    writes(etl_null(), &plain, "");
    writes(text(""), &plain, "\"\"");
    writes(text("plain text"), &plain, "plain text");
    writes(text("a,b"), &plain, "\"a,b\"");
    writes(text("a,b"), &tab, "a,b");
    writes(text("a\tb"), &tab, "\"a\tb\"");
    writes(text("say \"x\""), &plain, "\"say \"\"x\"\"\"");
    writes(text("\""), &plain, "\"\"\"\"");
    writes(text("a\nb"), &plain, "\"a\nb\"");
    writes(text("a\rb"), &plain, "\"a\rb\"");
    writes(text(" a"), &plain, "\" a\"");
    writes(text("a\t"), &plain, "\"a\t\"");
    writes(etl_bool(true), &plain, "true");
    writes(etl_int(-7), &plain, "-7");
    writes(etl_int(-7), &safe, "-7");
    writes(etl_real(0.25), &plain, "0.25");
    writes(etl_real((double)__builtin_nanf("")), &plain, "");
    writes(etl_time(0), &plain, "1970-01-01T00:00:00Z");
    writes(etl_list(items, 2), &plain, "\"[\"\"a,b\"\",\"\"\\\"\"\"\"]\"");
    writes(etl_list(NULL, 0), &plain, "[]");
    writes(etl_bytes("foo", 3), &plain, "Zm9v");
    writes(etl_bytes("", 0), &plain, "\"\"");
    writes(etl_bytes("\xfb\xef\xbe", 3), &safe, "'++++");
}
END_TEST

START_TEST(risky_cells)
{
    static const char *const risky[] = { "=1+1", "+1", "-1", "@A1", "\tx", "\rx", "=" };
    static const char *const fine[] = { "", "a=1", " =1", "'=1", "1-1", "(=1)" };
    struct buffer b = { 0 };

    for (size_t i = 0; i < sizeof(risky) / sizeof(*risky); i++) {
        char guarded[16] = "'";

        must(csv_is_risky(risky[i], strlen(risky[i])));
        must(csv_write_value(&b, text(risky[i]), &plain));
        check_cell(text(risky[i]), risky[i], strlen(risky[i]), &plain);
        strcat(guarded, risky[i]);
        check_cell(text(risky[i]), guarded, strlen(guarded), &safe);
    }
    for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++) {
        must(!csv_write_value(&b, text(fine[i]), &plain));
        check_cell(text(fine[i]), fine[i], strlen(fine[i]), &safe);
    }
    must(!csv_is_risky("\0=", 2));
    buffer_free(&b);
}
END_TEST

START_TEST(what_asks_for_quotes_is_found_at_every_place)
{
    char s[70];

    for (size_t n = 1; n <= sizeof(s); n++)
        for (size_t at = 0; at < n; at++)
            for (int k = 0; k < 4; k++) {
                memset(s, 'a', n);
                s[at] = ",\"\n\r"[k];
                check_cell(etl_text(s, n), s, n, &plain);
            }
}
END_TEST

/* Rows of random cells and nulls, with each of the delimiters, come back cell by cell. */
START_TEST(rows_there_and_back)
{
    static const char odd[] = { '"', ',', '\n', '\r', ' ', '\t', ';', '=', 'a', 'b' };
    const struct csv_style styles[] = { { ',', false }, { ';', false }, { '\t', false } };
    struct buffer b = { 0 }, cell = { 0 };
    uint64_t state = 1;

    for (int row = 0; row < 20000; row++) {
        const struct csv_style *style = &styles[row % 3];
        char texts[5][40];
        size_t lens[5];
        const char *at;

        b.len = 0;
        for (int i = 0; i < 5; i++) {
            lens[i] = next_random(&state) % 40;
            for (size_t k = 0; k < lens[i]; k++)
                texts[i][k] = odd[next_random(&state) % sizeof(odd)];
            if (i > 0)
                buffer_byte(&b, style->delimiter);
            csv_write_value(&b, i == row % 7 ? etl_null() : etl_text(texts[i], lens[i]), style);
        }
        buffer_puts(&b, "\r\n");
        at = b.data;
        for (int i = 0; i < 5; i++) {
            bool null;
            int end = read_cell(&at, b.data + b.len, style->delimiter, &cell, &null);

            must(end == (i < 4 ? style->delimiter : '\n'));
            must(null == (i == row % 7));
            must(null || same(&cell, texts[i], lens[i]));
        }
        must(at == b.data + b.len);
    }
    buffer_free(&b);
    buffer_free(&cell);
}
END_TEST

/* A list comes back as the JSON array that it is. */
START_TEST(lists_there_and_back)
{
    struct buffer b = { 0 }, cell = { 0 }, json = { 0 };
    char item[60];
    uint64_t state = 2;

    for (int i = 0; i < 2000; i++) {
        etl_value items[3];
        const char *at;
        bool null;

        for (size_t k = 0; k < sizeof(item); k++)
            item[k] = (char)(next_random(&state) % 127 + 1);
        for (size_t k = 0; k < 3; k++)
            items[k] = etl_text(item + 20 * k, next_random(&state) % 20);
        b.len = json.len = 0;
        buffer_puts(&b, "x,"); /* what stands before stays */
        csv_write_value(&b, etl_list(items, 3), &plain);
        json_write_value(&json, etl_list(items, 3));
        at = b.data + 2;
        must(read_cell(&at, b.data + b.len, ',', &cell, &null) == 0 && !null);
        must(memcmp(b.data, "x,", 2) == 0);
        must(same(&cell, json.data, json.len));
    }
    buffer_free(&b);
    buffer_free(&cell);
    buffer_free(&json);
}
END_TEST

/* Where the most is known to be there, the same is written, and nothing behind the most. */
START_TEST(both_ways_agree)
{
    static const char odd[] = "\"\",\n\r \t;=+-@ab\0\xc3\xa9xyz";
    static const size_t lens[] = { 0, 1, 3, 4, 7, 8, 15, 16, 17, 33, 100, 5000 };
    struct buffer b = { 0 };
    char *text = malloc(5000);
    uint64_t state = 5;

    for (int round = 0; round < 20000; round++) {
        size_t n = lens[next_random(&state) % 12], few = 1 + next_random(&state) % 30;
        const struct csv_style style = { ",;\t"[round % 3], round % 2 };
        const etl_value items[] = { etl_text(text, n), etl_text(text, n / 2), etl_text("", 0) };
        const etl_value values[] = { etl_text(text, n),     etl_list(items, n % 4),
                                     etl_bytes(text, n),    etl_bool(n % 2),
                                     etl_int((int64_t)few), etl_real((double)few / 8),
                                     etl_time((int64_t)n),  etl_null() };
        etl_value v = values[next_random(&state) % 8];
        size_t most = csv_most(v), len;
        char *to = malloc(most + 1);
        int64_t risky = 0;

        for (size_t i = 0; i < n; i++) {
            uint64_t r = next_random(&state) >> 8;

            text[i] = r % few == 0 ? odd[r / few % (sizeof(odd) - 1)] : (char)('!' + r % 11);
        }
        to[most] = 'x';
        b.len = 0;
        len = (size_t)(csv_put(to, v, &style, &risky) - to);
        must(risky == csv_write_value(&b, v, &style));
        must(len == b.len && (len == 0 || memcmp(to, b.data, len) == 0) && to[most] == 'x');
        free(to);
    }
    buffer_free(&b);
    free(text);
}
END_TEST

static size_t slurp(const char *path, char *to, size_t max)
{
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(to, 1, max, file) : 0;

    if (file)
        fclose(file);
    return n;
}

static size_t drop_cr(char *s, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (s[i] != '\r')
            s[kept++] = s[i];
    return kept;
}

/* The public suite says as JSON what each file means: rows of objects, cells in order. Our reader
 * must agree, and what our writer makes of the cells must read the same again. */
static void check_pair(const char *folder, const char *name)
{
    static char csv[65536], json_text[65536];
    char path[5000];
    struct buffer cell = { 0 }, again = { 0 };
    struct json j;
    struct json_token t;
    struct fault f;
    const char *at = csv, *end, *unused = NULL;
    bool null;
    int ended = ',';

    snprintf(path, sizeof(path), "%s/csvs/%s.csv", folder, name);
    end = csv + slurp(path, csv, sizeof(csv));
    snprintf(path, sizeof(path), "%s/json/%s.json", folder, name);
    must(json_start(&j, json_text, slurp(path, json_text, sizeof(json_text)), &f));
    while (ended == ',') /* the header */
        ended = read_cell(&at, end, ',', &cell, &null);
    while (json_next(&j, &t) > JSON_END) {
        char wanted[4096];
        size_t n;

        if (t.kind != JSON_STRING)
            continue;
        n = json_unescape(wanted, &t);
        must(read_cell(&at, end, ',', &cell, &null) >= 0);
        if (strcmp(name, "newlines_crlf") == 0) /* its file has lost the CR that its JSON has */
            n = drop_cr(wanted, n);
        ck_assert_msg(same(&cell, wanted, n), "%s: %.*s", name, (int)n, wanted);
        again.len = 0;
        csv_write_text(&again, wanted, n, &plain);
        unused = again.data;
        must(read_cell(&unused, again.data + again.len, ',', &cell, &null) == 0);
        must(!null && same(&cell, wanted, n));
    }
    must(t.kind == JSON_END);
    must(at == end);
    buffer_free(&cell);
    buffer_free(&again);
}

START_TEST(public_suite)
{
    static const char *const names[] = { "comma_in_quotes", "empty",  "empty_crlf",
                                         "escaped_quotes",  "json",   "newlines",
                                         "newlines_crlf",   "simple", "quotes_and_newlines",
                                         "simple_crlf",     "utf8" };
    char folder[4096], path[5000], byte;

    shared_path(folder, sizeof(folder), "hostile/csv-spectrum");
    snprintf(path, sizeof(path), "%s/csvs/simple.csv", folder);
    if (slurp(path, &byte, 1) == 0) {
        printf("skipped: no %s\n", folder);
        return;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        check_pair(folder, names[i]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("csv");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_test(c, values_of_all_types);
    tcase_add_test(c, risky_cells);
    tcase_add_test(c, what_asks_for_quotes_is_found_at_every_place);
    tcase_add_test(c, rows_there_and_back);
    tcase_add_test(c, lists_there_and_back);
    tcase_add_test(c, both_ways_agree);
    tcase_add_test(c, public_suite);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
