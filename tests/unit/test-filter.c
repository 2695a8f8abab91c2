/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of the quality rules: counted by hand for small texts, and against a slow and plain
 * reference for random ones. */
#include "plugins/transform/filter/rules.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct measure_scratch *scratch;

static void setup(void)
{
    scratch = calloc(1, sizeof(*scratch));
    ck_assert_ptr_nonnull(scratch);
}

static void teardown(void)
{
    measure_free(scratch);
    free(scratch);
}

static struct measure measured_n(const char *text, size_t n)
{
    struct measure m = { .chars = 0 };
    uint64_t hash[2] = { token_hash("yang", 4), token_hash("dan", 3) };
    struct stop_words stop = { hash, 2 };

    if (hash[0] > hash[1]) {
        hash[0] = token_hash("dan", 3);
        hash[1] = token_hash("yang", 4);
    }
    ck_assert(measure_words(&m, scratch, &stop, text, n));
    ck_assert(measure_lines(&m, scratch, text, n));
    ck_assert(measure_grams(&m, scratch));
    return m;
}

static struct measure measured(const char *text)
{
    return measured_n(text, strlen(text));
}

START_TEST(words_and_symbols)
{
    /* words: Anak-anak, Jum'at, 12.000, caf\xc3\xa9, x; symbols: ( ) , - ... */
    struct measure m = measured("Anak-anak (Jum'at), 12.000 - caf\xc3\xa9... x");

    ck_assert_uint_eq(m.words, 5);
    ck_assert_uint_eq(m.tokens, 10);
    ck_assert_uint_eq(m.word_chars, 9 + 6 + 6 + 4 + 1);
    ck_assert_uint_eq(m.runs, 6);
    ck_assert_uint_eq(m.alphabetic, 4); /* neither 12.000 nor the dash */
    ck_assert_uint_eq(m.ellipses, 1);
    ck_assert_uint_eq(m.chars, 38);
    m = measured("#a ##b \xe2\x80\xa6\xe2\x80\xa6 ....... c");
    ck_assert_uint_eq(m.hashes, 3);
    ck_assert_uint_eq(m.ellipses, 2 + 2);
    ck_assert_uint_eq(m.words, 3);
    ck_assert_uint_eq(m.tokens, 7);
    m = measured("a5 5 -- 6.x \xe2\x80\x9c"
                 "b\xe2\x80\x9d\n(7)");
    ck_assert_uint_eq(m.runs, 6);
    ck_assert_uint_eq(m.alphabetic, 3);
    m = measured("Yang dan YANG itu");
    ck_assert_uint_eq(m.stop_words, 2);
    m = measured("");
    ck_assert_uint_eq(m.tokens + m.lines + m.chars + m.paragraphs, 0);
    m = measured(" \n\t\xc2\xa0\n");
    ck_assert_uint_eq(m.tokens, 0);
}
END_TEST

START_TEST(lines_and_paragraphs)
{
    struct measure m = measured(
        "- satu.\n  - satu. \r\n\n* dua...\n\n\n- satu.\n- satu.\nTiga\xe2\x80\xa6\nempat");

    ck_assert_uint_eq(m.lines, 7);
    ck_assert_uint_eq(m.breaks, 6);
    ck_assert_uint_eq(m.bullet_lines, 5);
    ck_assert_uint_eq(m.ellipsis_lines, 2);
    ck_assert_uint_eq(m.ended_lines, 6);
    ck_assert_uint_eq(m.duplicate_lines, 3);
    ck_assert_uint_eq(m.duplicate_line_chars, 3 * 7);
    ck_assert_uint_eq(m.line_chars, 4 * 7 + 8 + 5 + 5);
    ck_assert_uint_eq(m.paragraphs, 3);
    ck_assert_uint_eq(m.duplicate_paragraphs, 0);
    m = measured("a\nb\n\na\nb\n\n \nb\na");
    ck_assert_uint_eq(m.paragraphs, 3);
    ck_assert_uint_eq(m.duplicate_paragraphs, 1);
    ck_assert_uint_eq(m.duplicate_paragraph_chars, 3);
    ck_assert_uint_eq(m.paragraph_chars, 9);
}
END_TEST

START_TEST(grams_by_hand)
{
    /* "aa bb" 3 times: 3 x 5 characters; "aa bb cc" twice: 2 x 8 */
    struct measure m = measured("aa bb cc aa bb cc aa bb dd");

    ck_assert_uint_eq(m.top[2], 15);
    ck_assert_uint_eq(m.top[3], 16);
    ck_assert_uint_eq(m.top[4], 2 * 11);
    ck_assert_uint_eq(m.duplicate[5], 10); /* aa bb cc aa bb at 0 and 3 */
    ck_assert_uint_eq(m.duplicate[6], 0);
    m = measured("satu dua tiga empat lima enam");
    for (int n = TOP_FIRST; n <= TOP_LAST; n++)
        ck_assert_uint_eq(m.top[n], 0);
    m = measured("a a a a a a a a a a a a");
    ck_assert_uint_eq(m.duplicate[5], 10); /* at 1 it stood before, to 6; at 6 again, to 11 */
    ck_assert_uint_eq(m.duplicate[10], 10);
}
END_TEST

/* The reference: words are single letters, so an n-gram is n letters of the row. */
static uint64_t slow_top(const char *row, size_t len, size_t n)
{
    uint64_t best = 1;

    for (size_t i = 0; i + n <= len; i++) {
        uint64_t count = 0;

        for (size_t j = 0; j + n <= len; j++)
            count += memcmp(row + i, row + j, n) == 0;
        best = count > best ? count : best;
    }
    return best > 1 ? best * (2 * n - 1) : 0;
}

static uint64_t slow_duplicates(const char *row, size_t len, size_t n)
{
    size_t kept[2000], n_kept = 0, i = 0;
    uint64_t chars = 0;

    while (i + n <= len) {
        size_t k = 0;

        while (k < n_kept && memcmp(row + kept[k], row + i, n) != 0)
            k++;
        if (k < n_kept) {
            chars += n;
            i += n;
        } else {
            kept[n_kept++] = i++;
        }
    }
    return chars;
}

START_TEST(grams_agree_with_the_reference)
{
    uint32_t seed = 12345u + (uint32_t)_i;
    size_t len = (size_t)_i * 13;
    unsigned letters = 2 + (unsigned)_i % 7;
    char row[1000], text[2000];

    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        row[i] = (char)('a' + (seed >> 16) % letters);
        text[2 * i] = row[i];
        text[2 * i + 1] = i % 9 == 0 ? '\n' : ' ';
    }
    struct measure m = measured_n(text, 2 * len);

    ck_assert_uint_eq(m.tokens, len);
    for (size_t n = TOP_FIRST; n <= TOP_LAST; n++)
        ck_assert_uint_eq(m.top[n], slow_top(row, len, n));
    for (size_t n = DUPLICATE_FIRST; n <= DUPLICATE_LAST; n++)
        ck_assert_uint_eq(m.duplicate[n], slow_duplicates(row, len, n));
}
END_TEST

START_TEST(large_texts_take_bounded_memory)
{
    static const char *const units[] = {
        "a\n", "a b c d e f g h i j k l m n o p q r s t u v\n", "xxxxxxxx", "\xe2\x80\xa6", "#!",
        "\n"
    };
    size_t size = 8u << 20;
    char *text = malloc(size);

    ck_assert_ptr_nonnull(text);
    for (size_t u = 0; u < sizeof(units) / sizeof(*units); u++) {
        size_t len = strlen(units[u]), n = 0;

        for (; n + len <= size; n += len)
            memcpy(text + n, units[u], len);
        struct measure m = measured_n(text, n);

        ck_assert_uint_le(scratch->table.slots, 1u << 21);
        ck_assert_uint_le(scratch->cap, 2u * MEASURE_MAX_TOKENS);
        if (u == 0) {
            ck_assert_uint_eq(m.duplicate_lines, m.lines - 1);
            ck_assert_uint_eq(m.lines, size / 2);
        }
        if (u < 2)
            ck_assert(m.duplicate[10] > m.gram_chars / 3);
    }
    free(text);
}
END_TEST

static const struct limits presets = {
    .min_words = 5,
    .max_words = 10,
    .min_mean_word_length = 3,
    .max_mean_word_length = 12,
    .min_stop_words = 1,
    .max_hash_ratio = 0.1,
    .min_ended_lines = 0.5,
    .min_language_score = 0.685,
    .max_top_2_gram = 0.2,
};

START_TEST(rules_say_what_is_wrong)
{
    static const struct {
        const char *rules, *text, *broken;
        double figure, limit;
    } cases[] = {
        { "gopher_word_count", "satu dua tiga empat", "gopher_word_count", 4, 5 },
        { "gopher_word_count", "satu dua tiga empat lima", NULL, 0, 0 },
        { "gopher_word_count", "a b c d e f g h i j k", "gopher_word_count", 11, 10 },
        { "gopher_mean_word_length", "a b c d", "gopher_mean_word_length", 1, 3 },
        { "gopher_mean_word_length", "abc def", NULL, 0, 0 },
        { "gopher_mean_word_length", "abcdefghijklmno", "gopher_mean_word_length", 15, 12 },
        { "gopher_hash_ratio", "# a b", "gopher_hash_ratio", 0.5, 0.1 },
        { "gopher_stop_words", "satu dua", "gopher_stop_words", 0, 1 },
        { "gopher_stop_words", "satu Dan dua", NULL, 0, 0 },
        { "fineweb2_ended_lines", "satu.\ndua\ntiga", "fineweb2_ended_lines", 1.0 / 3, 0.5 },
        { "fineweb2_ended_lines", "satu.\ndua\n", NULL, 0, 0 },
        { "gopher_top_2_gram", "aa bb aa bb", "gopher_top_2_gram", 10.0 / 11, 0.2 },
        { "gopher_quality", "satu", "gopher_word_count", 1, 5 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct measure m = measured(cases[i].text);
        double figure = 0, limit = 0;
        const struct rule *r =
            rules_broken(rules_named(cases[i].rules), &presets, &m, NAN, &figure, &limit);

        ck_assert_msg((r != NULL) == (cases[i].broken != NULL), "%s", cases[i].text);
        if (!r)
            continue;
        ck_assert_str_eq(r->name, cases[i].broken);
        ck_assert_double_eq_tol(figure, cases[i].figure, 1e-9);
        ck_assert_double_eq_tol(limit, cases[i].limit, 1e-9);
    }
    struct measure none = { .chars = 0 };
    uint64_t score = rules_named("fineweb2_language_score");
    double figure, limit;

    ck_assert_ptr_nonnull(rules_broken(score, &presets, &none, NAN, &figure, &limit));
    ck_assert_ptr_nonnull(rules_broken(score, &presets, &none, 0.684, &figure, &limit));
    ck_assert_ptr_null(rules_broken(score, &presets, &none, 0.685, &figure, &limit));
}
END_TEST

START_TEST(names_of_rules)
{
    const char *names[RULES_MAX];
    size_t n = rules_names(names, RULES_MAX);
    uint64_t all = rules_named("gopher") | rules_named("fineweb2"), single = 0;

    ck_assert_uint_le(rules_count, RULES_MAX);
    ck_assert_uint_eq(all, (UINT64_C(1) << rules_count) - 1);
    ck_assert_uint_eq(rules_named("gopher"),
                      rules_named("gopher_quality") | rules_named("gopher_repetition"));
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_ne(rules_named(names[i]), 0);
        if (i >= 4) {
            ck_assert_uint_eq(single & rules_named(names[i]), 0);
            single |= rules_named(names[i]);
        }
    }
    ck_assert_uint_eq(single, all);
    ck_assert_uint_eq(rules_named("Gopher"), 0);
    ck_assert_uint_eq(rules_named(""), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("filter");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_unchecked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, words_and_symbols);
    tcase_add_test(c, lines_and_paragraphs);
    tcase_add_test(c, grams_by_hand);
    tcase_add_loop_test(c, grams_agree_with_the_reference, 0, 70);
    tcase_add_test(c, large_texts_take_bounded_memory);
    tcase_add_test(c, rules_say_what_is_wrong);
    tcase_add_test(c, names_of_rules);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
