/* SPDX-License-Identifier: Apache-2.0 */
/* The progress line fits its terminal, whatever its width and whatever is shown; and figures as
 * people read them. */
#define _GNU_SOURCE
#include "common/utf8.h"
#include "core/figures.h"
#include "core/progress.h"
#include "unit.h"

#include <string.h>

/* The line of cli.md, section 3. */
static const struct progress_view some = {
    .bytes = 3328599654u, .total = 8804682956, .records = 4000000,
    .kept = 710000, .duplicates = 220000, .rejected = 200, .fates = 1000000,
    .rated = true, .bytes_a_second = 432013312, .records_a_second = 91234,
    .share = 0.378, .left = 12,
};

static size_t characters(const char *s)
{
    const char *end = s + strlen(s);
    size_t n = 0;

    for (; s < end; n++)
        utf8_next(&s, end);
    return n;
}

static const char *bar(const char *name, const struct progress_view *v, int columns, bool utf8)
{
    static char text[512];

    progress_bar(name, v, columns, utf8, text, sizeof(text));
    return text;
}

START_TEST(all_of_it)
{
    ck_assert_str_eq(bar("news", &some, 120, true),
                     "news  38% ━━━━━─────────  3.1/8.2 GiB  412.0 MiB/s  91k doc/s  kept 71%  "
                     "dup 22%  rej 0.02%  ETA 0:12");
    ck_assert_str_eq(bar("news", &some, 40, false), "news  38% ===.....  91k doc/s  ETA 0:12");
    ck_assert_str_eq(bar("news", &some, 39, false), "news  38%  91k doc/s  ETA 0:12");
    ck_assert_str_eq(bar("news", &some, 10, false), "new  38%");
}
END_TEST

/* Narrower than every terminal, with names of all kinds and what cannot be known left out. */
START_TEST(one_line_always)
{
    const char *names[] = { "n", "a-name-that-is-longer-than-anybody-would-want-it-to-be", "berita é",
                            "新闻新闻新闻新闻新闻新闻新闻新闻新闻", "bad\nname\x1b[2J" };
    struct progress_view full = some, unknown = some, start = { .total = -1, .share = -1, .left = -1 };

    full.share = 1;
    full.bytes = full.kept = full.records = full.fates = UINT64_MAX;
    full.total = INT64_MAX;
    full.left = INT64_MAX / 1000;
    full.records_a_second = full.bytes_a_second = 1e18;
    unknown.total = unknown.left = -1;
    unknown.share = -1;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        for (int columns = 4; columns < 300; columns++) {
            const struct progress_view *views[] = { &some, &full, &unknown, &start };

            for (size_t k = 0; k < 8; k++) {
                const char *text = bar(names[i], views[k / 2], columns, k % 2);

                must(utf8_valid(text, strlen(text)));
                must(characters(text) < (size_t)columns);
                must(!strchr(text, '\n') && !strchr(text, '\x1b'));
            }
        }
}
END_TEST

START_TEST(figures)
{
    char to[FIGURE_MAX];

    ck_assert_str_eq(figure_grouped(0, to), "0");
    ck_assert_str_eq(figure_grouped(999, to), "999");
    ck_assert_str_eq(figure_grouped(1234567, to), "1,234,567");
    ck_assert_str_eq(figure_grouped(UINT64_MAX, to), "18,446,744,073,709,551,615");
    ck_assert_str_eq(figure_size(0, to), "0 B");
    ck_assert_str_eq(figure_size(999, to), "999 B");
    ck_assert_str_eq(figure_size(1000, to), "1.0 KiB");
    ck_assert_str_eq(figure_size(1234567, to), "1.2 MiB");
    ck_assert_str_eq(figure_size(UINT64_MAX, to), "16.0 EiB");
    ck_assert_str_eq(figure_part(0, 0, to), "0/0 B");
    ck_assert_str_eq(figure_part(1, UINT64_MAX, to), "0.0/16.0 EiB");
    ck_assert_str_eq(figure_short(0, to), "0");
    ck_assert_str_eq(figure_short(999.4, to), "999");
    ck_assert_str_eq(figure_short(999.6, to), "1.0k");
    ck_assert_str_eq(figure_short(91234, to), "91k");
    ck_assert_str_eq(figure_short(1234567, to), "1.2M");
    ck_assert_str_eq(figure_seconds(0.041, to), "0.04 s");
    ck_assert_str_eq(figure_seconds(83.14, to), "83.1 s");
    ck_assert_str_eq(figure_seconds(3723, to), "1:02:03");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("progress");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_test(c, all_of_it);
    tcase_add_test(c, one_line_always);
    tcase_add_test(c, figures);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
