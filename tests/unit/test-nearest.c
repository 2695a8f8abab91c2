/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean": one slip is found, another word is not, and the distance is a distance. */
#include "common/nearest.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "threshold", "index",  "numbers",     NULL,   "on_error",
                                     "field",     "tokens", "max_rejects", "path", "id" };
enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

static const struct {
    const char *word, *expected;
} cases[] = {
    { "treshold", "threshold" },
    { "thershold", "threshold" },
    { "Threshold", "threshold" },
    { "indx", "index" },
    { "idnex", "index" },
    { "on-error", "on_error" },
    { "max-rejects", "max_rejects" },
    { "numbres", "numbers" },
    { "tokens", "tokens" },
    { "pth", "path" },
    { "ID", "id" },
    { "colour", NULL },
    { "xyzzy", NULL },
    { "", NULL },
    { "x", NULL },
    { "oo", NULL },
};

START_TEST(finds_the_slip)
{
    const char *found = nearest(cases[_i].word, names, N_NAMES);

    if (cases[_i].expected)
        ck_assert_msg(found && strcmp(found, cases[_i].expected) == 0, "%s: %s", cases[_i].word,
                      found ? found : "none");
    else
        ck_assert_msg(!found, "%s: %s", cases[_i].word, found);
}
END_TEST

START_TEST(first_of_equals_wins)
{
    const char *const two[] = { "aaaab", "aaaac" };

    ck_assert_ptr_eq(nearest("aaaad", two, 2), two[0]);
    ck_assert_ptr_eq(nearest_of("aaaacXX", 5, two, 2), two[1]);
    ck_assert_ptr_null(nearest("aaaad", NULL, 0));
}
END_TEST

/* Without the shortcuts: the full table. */
static size_t plain_distance(const char *a, size_t n, const char *b, size_t m)
{
    static size_t t[20][20];

    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            size_t least;

            if (i == 0 || j == 0) {
                t[i][j] = i + j;
                continue;
            }
            least = t[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            least = t[i - 1][j] + 1 < least ? t[i - 1][j] + 1 : least;
            least = t[i][j - 1] + 1 < least ? t[i][j - 1] + 1 : least;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                least = t[i - 2][j - 2] + 1 < least ? t[i - 2][j - 2] + 1 : least;
            t[i][j] = least;
        }
    return t[n][m];
}

START_TEST(limit_changes_nothing_below_it)
{
    uint64_t random = 42;

    for (int round = 0; round < 20000; round++) {
        char word[2][12];
        size_t len[2], limit, full;

        for (int w = 0; w < 2; w++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            len[w] = (random >> 33) % 12;
            for (size_t i = 0; i < len[w]; i++) {
                random = random * 6364136223846793005u + 1442695040888963407u;
                word[w][i] = (char)('a' + (random >> 33) % 3);
            }
        }
        limit = (random >> 40) % 8;
        full = plain_distance(word[0], len[0], word[1], len[1]);
        ck_assert_uint_eq(edit_distance(word[0], len[0], word[1], len[1], limit),
                          full <= limit ? full : limit + 1);
        ck_assert_uint_eq(edit_distance(word[1], len[1], word[0], len[0], limit),
                          full <= limit ? full : limit + 1);
    }
}
END_TEST

START_TEST(long_words_are_refused)
{
    char word[NEAREST_MAX + 2];
    const char *const one[] = { word };

    memset(word, 'a', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    ck_assert_ptr_null(nearest(word, one, 1));
    ck_assert_ptr_eq(nearest_of(word, NEAREST_MAX, one, 1), NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("nearest");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_loop_test(c, finds_the_slip, 0, sizeof(cases) / sizeof(cases[0]));
    tcase_add_test(c, first_of_equals_wins);
    tcase_add_test(c, limit_changes_nothing_below_it);
    tcase_add_test(c, long_words_are_refused);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
