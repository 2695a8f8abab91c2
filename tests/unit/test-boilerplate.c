/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the output boilerplate: a page gives each line once; counts are never too high and
 * lack no more than is said, in a bounded table; a log that is read again counts the same, and
 * damage of it is seen. */
#define _GNU_SOURCE
#include "plugins/output/boilerplate/log.h"
#include "plugins/output/boilerplate/page.h"
#include "common/hash.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/etl-test-boilerplate-XXXXXX";

/* ---- a page ---- */

static size_t lines_of(const char *text, struct page_lines *p)
{
    ck_assert_int_eq(page_lines_of(p, text, strlen(text)), 0);
    return p->n;
}

START_TEST(each_line_once)
{
    struct page_lines p = { 0 }, left = { 0 };
    char text[1000];
    size_t marked = 0;

    ck_assert_uint_eq(lines_of("", &p), 0);
    ck_assert_uint_eq(lines_of("a b\n  a \t b  \r\n\na b", &p), 1);
    ck_assert_uint_eq(p.line[0].len, 3);
    ck_assert_int_eq(memcmp(p.text.data + p.line[0].at, "a b", 3), 0);
    ck_assert_uint_eq(lines_of("12\n***\n- -\n\xc3\xa9\nx", &p), 2); /* a letter there must be */
    memset(text, 'x', sizeof(text));
    memcpy(text + PAGE_LINE_BYTES, "\nend", 5);
    ck_assert_uint_eq(lines_of(text, &p), 2);
    memset(text, 'x', sizeof(text));
    memcpy(text + PAGE_LINE_BYTES + 1, "\nend", 5);
    ck_assert_uint_eq(lines_of(text, &p), 1);
    ck_assert_uint_eq(lines_of("one\ntwo\nthree\nfour", &p), 4);
    lines_of("two\nfour, but longer\nfive", &left);
    page_lines_mark(&p, &left);
    for (size_t i = 0; i < p.n; i++) {
        marked += p.line[i].left;
        ck_assert(!p.line[i].left || memcmp(p.text.data + p.line[i].at, "two", 3) == 0);
    }
    ck_assert_uint_eq(marked, 1);
    page_lines_free(&p);
    page_lines_free(&left);
}
END_TEST

/* ---- counts ---- */

enum { KINDS = 20000, TABLE = 256, PAGES = 4000, ON_A_PAGE = 12 };

/* Line k of page `page`: some are on every 2nd to every 40th page, the others are rare. */
static bool stands_on(uint64_t *r, unsigned k, unsigned page, unsigned *which)
{
    if (k < 4) {
        *which = k;
        return page % (2 + k * 12) == 0;
    }
    *which = 4 + (unsigned)(next_random(r) % (KINDS - 4));
    return true;
}

static struct group *count(struct counts *c, struct log *l, const char *name, unsigned page,
                           uint64_t *r, unsigned *exact)
{
    struct group *g = counts_page(c, name, strlen(name));
    bool seen[KINDS] = { false };

    ck_assert_ptr_nonnull(g);
    if (l)
        log_page(l, name, strlen(name));
    for (unsigned k = 0; k < ON_A_PAGE; k++) {
        unsigned which;
        char text[40];
        size_t len;
        uint64_t hash;

        if (!stands_on(r, k, page, &which) || seen[which])
            continue;
        seen[which] = true;
        exact[which]++;
        len = (size_t)sprintf(text, "line %u", which);
        hash = hash64(text, len);
        switch (counts_line(c, g, hash, which % 2 == 0, text, len)) {
        case COUNTS_ADDED:
            if (l)
                log_line(l, hash, which % 2 == 0, NULL, 0);
            break;
        case COUNTS_TOOK_TEXT:
            if (l)
                log_line(l, hash, which % 2 == 0, text, len);
            break;
        case COUNTS_NO_MEMORY:
            ck_abort_msg("no memory");
        }
    }
    return g;
}

START_TEST(never_too_high_and_not_much_too_low)
{
    static unsigned exact[KINDS];
    struct counts c = { .max_groups = 4, .max_lines = TABLE };
    const struct group *g = NULL;
    uint64_t r = 1, seen = 0;

    memset(exact, 0, sizeof(exact));
    for (unsigned page = 0; page < PAGES; page++)
        g = count(&c, NULL, "Contoh", page, &r, exact);
    for (unsigned which = 0; which < KINDS; which++) {
        char text[40];
        uint64_t hash = hash64(text, (size_t)sprintf(text, "line %u", which));
        unsigned counted = 0;

        seen += exact[which];
        for (uint32_t i = 0; i < g->n; i++)
            if (g->line[i].hash == hash)
                counted = g->line[i].pages;
        ck_assert_uint_le(counted, exact[which]);
        ck_assert_uint_ge(counted + g->forgotten, exact[which]);
    }
    ck_assert_uint_le(g->cap, TABLE);
    ck_assert_uint_gt(g->forgotten, 0);
    ck_assert_uint_le(g->forgotten, 2 * seen / TABLE);
    ck_assert_uint_lt(c.bytes, 64 * 1024);
    counts_free(&c);
}
END_TEST

static void rules(const struct counts *c, uint64_t min_pages, double min_share, bool only_left,
                  struct buffer *to)
{
    struct counts_limits limits = { min_pages, min_share, only_left };
    uint64_t listed, lines = 0;

    to->len = 0;
    ck_assert_int_eq(counts_write(c, &limits, to, &listed), 0);
    for (size_t i = 0; i < to->len; i++)
        lines += (i == 0 || to->data[i - 1] == '\n') && to->data[i] != '#' && to->data[i] != '\n';
    ck_assert_uint_eq(lines, listed);
}

static void page_of(struct counts *c, const char *name, const char *const *line, size_t n)
{
    struct group *g = counts_page(c, name, strlen(name));

    ck_assert_ptr_nonnull(g);
    for (size_t i = 0; i < n; i++)
        ck_assert_int_ne(counts_line(c, g, hash64(line[i], strlen(line[i])), line[i][0] == 'a',
                                     line[i], strlen(line[i])),
                         COUNTS_NO_MEMORY);
}

START_TEST(the_file_is_sorted_and_has_nothing_under_the_limits)
{
    static const char *const all[] = { "b menu", "a menu" }, *const one[] = { "a once" };
    struct counts c = { .max_groups = 10, .max_lines = 100 };
    struct buffer to = { 0 };

    for (int i = 0; i < 4; i++) {
        page_of(&c, "Warta Contoh", all, 2);
        page_of(&c, i % 2 ? "KABAR-REKAAN" : "Kabar Rekaan", all, i < 3 ? 2 : 1);
        page_of(&c, "", all, 2);
    }
    page_of(&c, "Warta Contoh", one, 1);
    rules(&c, 4, 0.5, false, &to);
    ck_assert_str_eq(buffer_string(&to), "\n# (no name): 4 pages\n4\ta menu\n4\tb menu\n"
                                         "\n# Kabar Rekaan: 4 pages\n4\tb menu\n"
                                         "\n# Warta Contoh: 5 pages\n4\ta menu\n4\tb menu\n");
    rules(&c, 3, 0.9, true, &to);
    ck_assert_str_eq(buffer_string(&to), "\n# (no name): 4 pages\n4\ta menu\n");
    rules(&c, 5, 0, false, &to);
    ck_assert_uint_eq(to.len, 0);
    buffer_free(&to);
    counts_free(&c);
}
END_TEST

START_TEST(groups_are_bounded)
{
    static const char *const menu[] = { "menu" };
    struct counts c = { .max_groups = 8, .max_lines = 100 };
    struct buffer to = { 0 };
    char name[20];

    for (int i = 0; i < 1000; i++) {
        sprintf(name, "rare %d", i);
        page_of(&c, name, menu, 1);
        page_of(&c, "Big", menu, 1);
        ck_assert_uint_le(c.n, 9);
    }
    page_of(&c, "A\n5\tName", menu, 1); /* a name is a comment: of one line */
    page_of(&c, "A\n5\tName", menu, 1);
    rules(&c, 2, 0, false, &to);
    ck_assert_str_eq(buffer_string(&to),
                     "\n# A 5 Name: 2 pages\n2\tmenu\n\n# Big: 1000 pages\n1000\tmenu\n");
    buffer_free(&to);
    counts_free(&c);
}
END_TEST

/* ---- the log ---- */

enum { LOG_PAGES = 600, COMMITTED = 350 };

static void count_pages(struct counts *c, struct log *l, unsigned from, unsigned to, uint64_t *r)
{
    static unsigned exact[KINDS];
    struct fault f;

    for (unsigned page = from; page < to; page++) {
        count(c, l, page % 3 ? "Contoh" : "", page, r, exact);
        ck_assert_int_eq(log_page_end(l, &f), 0);
    }
}

START_TEST(gone_on_is_uninterrupted)
{
    struct counts whole = { .max_groups = 4, .max_lines = 8 * TABLE }, again = whole;
    struct log l = { 0 };
    struct buffer want = { 0 }, got = { 0 };
    unsigned char saved[LOG_SAVED_BYTES];
    uint64_t r = 7, then;
    char path[80];
    struct fault f;

    snprintf(path, sizeof(path), "%s/lines", folder);
    ck_assert_int_eq(log_open(&l, path, NULL, &whole, &f), 0);
    count_pages(&whole, &l, 0, COMMITTED, &r);
    ck_assert_int_eq(log_commit(&l, saved, &f), 0);
    then = r;
    count_pages(&whole, &l, COMMITTED, LOG_PAGES, &r);
    ck_assert_int_eq(log_commit(&l, (unsigned char[LOG_SAVED_BYTES]){ 0 }, &f), 0);
    log_close(&l);
    rules(&whole, 2, 0, false, &want);

    memset(&l, 0, sizeof(l));
    ck_assert_int_eq(log_open(&l, path, saved, &again, &f), 0);
    r = then;
    count_pages(&again, &l, COMMITTED, LOG_PAGES, &r);
    log_close(&l);
    rules(&again, 2, 0, false, &got);
    ck_assert_uint_gt(want.len, 500);
    ck_assert_str_eq(buffer_string(&got), buffer_string(&want));
    ck_assert_uint_eq(again.bytes, whole.bytes);
    buffer_free(&want);
    buffer_free(&got);
    counts_free(&whole);
    counts_free(&again);
}
END_TEST

START_TEST(damage_of_the_log_is_seen)
{
    struct counts c = { .max_groups = 4, .max_lines = TABLE };
    struct log l = { 0 };
    unsigned char saved[LOG_SAVED_BYTES], byte;
    uint64_t r = 9;
    char path[80];
    struct fault f;
    int fd;

    snprintf(path, sizeof(path), "%s/damaged", folder);
    ck_assert_int_eq(log_open(&l, path, NULL, &c, &f), 0);
    count_pages(&c, &l, 0, 5, &r);
    ck_assert_int_eq(log_commit(&l, saved, &f), 0);
    log_close(&l);
    counts_free(&c);
    fd = open(path, O_RDWR);
    for (off_t at = 0; pread(fd, &byte, 1, at) == 1; at++) {
        for (int bit = 0; bit < 8; bit++) {
            unsigned char flipped = (unsigned char)(byte ^ 1 << bit);
            struct log again = { 0 };
            struct counts some = { .max_groups = 4, .max_lines = TABLE };

            ck_assert_int_eq(pwrite(fd, &flipped, 1, at), 1);
            ck_assert_msg(log_open(&again, path, saved, &some, &f) != 0, "byte %d", (int)at);
            log_close(&again);
            counts_free(&some);
        }
        ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    }
    ck_assert_int_eq(ftruncate(fd, 30), 0);
    close(fd);
    memset(&l, 0, sizeof(l));
    memset(&c, 0, sizeof(c));
    c.max_groups = c.max_lines = 64;
    ck_assert_int_eq(log_open(&l, path, saved, &c, &f), -1);
    ck_assert_ptr_nonnull(strstr(f.text, "damaged or cut short"));
    log_close(&l);
    counts_free(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("boilerplate");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    static const char *const name[] = { "lines", "damaged" };
    int failed;

    if (!mkdtemp(folder))
        return 99;
    tcase_set_timeout(c, 60);
    tcase_add_test(c, each_line_once);
    tcase_add_test(c, never_too_high_and_not_much_too_low);
    tcase_add_test(c, the_file_is_sorted_and_has_nothing_under_the_limits);
    tcase_add_test(c, groups_are_bounded);
    tcase_add_test(c, gone_on_is_uninterrupted);
    tcase_add_test(c, damage_of_the_log_is_seen);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
        char path[80];

        snprintf(path, sizeof(path), "%s/%s", folder, name[i]);
        unlink(path);
    }
    rmdir(folder);
    return failed ? 1 : 0;
}
