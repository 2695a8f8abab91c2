/* SPDX-License-Identifier: Apache-2.0 */
/* A difference holds both texts whole, is the smallest one where it says so, and ends in time. */
#include "common/word-diff.h"
#include "unit.h"

#include "common/buffer.h"

#include <string.h>

static void show(const char *a, const char *b, struct buffer *to)
{
    struct word_diff d;

    ck_assert_int_eq(word_diff(&d, a, strlen(a), b, strlen(b)), 0);
    for (size_t i = 0; i < d.n; i++) {
        const struct word_run *r = &d.runs[i];
        const char *text = r->kind == WORDS_NEW ? b + r->b : a + r->a;
        static const char *const marks[][2] = { { "", "" }, { "[-", "-]" }, { "{+", "+}" } };

        buffer_printf(to, "%s%.*s%s", marks[r->kind][0], (int)r->len, text, marks[r->kind][1]);
    }
    word_diff_free(&d);
}

static const struct {
    const char *a, *b, *shown;
} cases[] = {
    { "", "", "" },
    { "satu", "", "[-satu-]" },
    { "", "satu dua", "{+satu dua+}" },
    { "satu dua tiga", "satu dua tiga", "satu dua tiga" },
    { "satu dua tiga", "satu empat tiga", "satu [-dua-]{+empat+} tiga" },
    { "satu  dua", "satu dua", "satu[-  -]{+ +}dua" },
    { "a b c d", "a x y d", "a [-b c-]{+x y+} d" },
    { "Caf\xc3\xa9 tutup.", "Caf\xc3\xa9 buka.", "Caf\xc3\xa9 [-tutup-]{+buka+}." },
    { "baris\nkedua", "baris", "baris[-\nkedua-]" },
    { "(Kim)", "", "[-(Kim)-]" },
    { "a a a", "a a", "a a[- a-]" },
};

START_TEST(shows_what_changed)
{
    struct buffer b = { 0 };

    show(cases[_i].a, cases[_i].b, &b);
    ck_assert_str_eq(buffer_string(&b), cases[_i].shown);
    buffer_free(&b);
}
END_TEST

/* Runs follow each other without a gap in either text, and what is the same is the same. Gives the
 * bytes that are. */
static size_t check_whole(const struct word_diff *d, const char *a, size_t n, const char *b,
                          size_t m)
{
    size_t x = 0, y = 0, same = 0;

    for (size_t i = 0; i < d->n; i++) {
        const struct word_run *r = &d->runs[i];

        must(r->len > 0 && r->a == x && r->b == y);
        must(i == 0 || r->kind != d->runs[i - 1].kind);
        must(r->kind != WORDS_SAME || memcmp(a + r->a, b + r->b, r->len) == 0);
        same += r->kind == WORDS_SAME ? r->len : 0;
        x += r->kind != WORDS_NEW ? r->len : 0;
        y += r->kind != WORDS_GONE ? r->len : 0;
    }
    must(x == n && y == m);
    return same;
}

/* Words of one letter without blanks between would be one word: a comma parts them, and counts. */
static size_t random_text(uint64_t *state, char *to, size_t words, unsigned letters)
{
    size_t n = 0;

    for (size_t i = 0; i < words; i++) {
        to[n++] = (char)('a' + next_random(state) % letters);
        to[n++] = ',';
    }
    return n;
}

/* The longest common subsequence, by the full table. Every byte is a word here. */
static size_t longest_common(const char *a, size_t n, const char *b, size_t m)
{
    static size_t t[64][64];

    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++)
            t[i][j] = i == 0 || j == 0            ? 0
                      : a[i - 1] == b[j - 1]      ? t[i - 1][j - 1] + 1
                      : t[i - 1][j] > t[i][j - 1] ? t[i - 1][j]
                                                  : t[i][j - 1];
    return t[n][m];
}

START_TEST(is_the_smallest)
{
    uint64_t state = 7;

    for (int i = 0; i < 20000; i++) {
        char a[64], b[64];
        unsigned letters = 1 + (unsigned)(next_random(&state) % 5);
        size_t n = random_text(&state, a, next_random(&state) % 24, letters);
        size_t m = random_text(&state, b, next_random(&state) % 24, letters);
        struct word_diff d;

        must(word_diff(&d, a, n, b, m) == 0 && !d.bounded);
        must(check_whole(&d, a, n, b, m) == longest_common(a, n, b, m));
        word_diff_free(&d);
    }
}
END_TEST

/* 400,000 words on either side with nothing to go by: done, said to be bounded, and whole. And a few
 * changes in a text of that size are found as they are. */
START_TEST(ends_in_time)
{
    enum { WORDS = 400000 };
    char *a = malloc(2 * WORDS), *b = malloc(2 * WORDS);
    uint64_t state = 11;
    struct word_diff d;
    size_t n, m;

    must(a && b);
    n = random_text(&state, a, WORDS, 20);
    m = random_text(&state, b, WORDS, 20);
    must(word_diff(&d, a, n, b, m) == 0);
    check_whole(&d, a, n, b, m);
    ck_assert(d.bounded);
    word_diff_free(&d);
    memcpy(b, a, n);
    b[100] = b[n / 2] = b[n - 2] = '!';
    must(word_diff(&d, a, n, b, n) == 0);
    ck_assert_uint_eq(check_whole(&d, a, n, b, n), n - 3);
    ck_assert(!d.bounded);
    word_diff_free(&d);
    free(a);
    free(b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("word-diff");
    TCase *t = tcase_create("word-diff");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, shows_what_changed, 0, sizeof(cases) / sizeof(cases[0]));
    tcase_add_test(t, is_the_smallest);
    tcase_add_test(t, ends_in_time);
    suite_add_tcase(s, t);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
