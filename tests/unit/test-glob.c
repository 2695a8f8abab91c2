/* SPDX-License-Identifier: Apache-2.0 */
/* Globs: what matches, what does not, and that no pattern takes long. */
#include "common/glob.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *pattern, *text;
    bool matches;
} cases[] = {
    { "*", "", true },
    { "", "", true },
    { "", "a", false },
    { "*.txt", "a/b/c.txt", true },
    { "*.txt", ".txt", true },
    { "*.txt", "a.txt.gz", false },
    { "2019/*", "2019/01/a", true },
    { "2019/*", "2019", false },
    { "*/robots.txt", "x/robots.txt", true },
    { "*/robots.txt", "robots.txt", false },
    { "a*b*c", "a-b-b-c", true },
    { "a*b*c", "a-b-b-", false },
    { "a?c", "abc", true },
    { "a?c",
      "a\xc3\xa9"
      "c",
      true },
    { "a?c", "ac", false },
    { "?", "\xc3", true },
    { "[a-c]x", "bx", true },
    { "[a-c]x", "dx", false },
    { "[!a-c]x", "dx", true },
    { "[]]", "]", true },
    { "[!]]", "]", false },
    { "[a-]", "-", true },
    { "[\\]]", "]", true },
    { "[abc", "[abc", true },
    { "[abc", "a", false },
    { "\\*", "*", true },
    { "\\*", "a", false },
    { "a\\", "a\\", true },
    { "*[", "x[", true },
    { "***", "abc", true },
};

START_TEST(what_matches)
{
    bool got = glob_match(cases[_i].pattern, cases[_i].text, strlen(cases[_i].text));

    ck_assert_msg(got == cases[_i].matches, "%s on %s", cases[_i].pattern, cases[_i].text);
}
END_TEST

START_TEST(counted_not_ended)
{
    ck_assert(glob_match("a*c", "a\0c", 3));
    ck_assert(!glob_match("a", "ab", 0));
    ck_assert(glob_match("*", NULL, 0) && !glob_match("a", NULL, 0)); /* an empty text */
    ck_assert(glob_match("a", "ab", 1));
}
END_TEST

/* With naive recursion this would take longer than the age of the world. */
START_TEST(many_stars)
{
    char pattern[401], *text = malloc(100000);

    for (size_t i = 0; i < 400; i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[398] = '*';
    pattern[399] = 'b';
    pattern[400] = 0;
    memset(text, 'a', 100000);
    ck_assert(!glob_match(pattern, text, 100000));
    free(text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("glob");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_loop_test(c, what_matches, 0, (int)(sizeof(cases) / sizeof(cases[0])));
    tcase_add_test(c, counted_not_ended);
    tcase_add_test(c, many_stars);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
