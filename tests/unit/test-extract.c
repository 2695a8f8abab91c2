/* SPDX-License-Identifier: Apache-2.0 */
/* Extract: each pattern of extract-pages.h gives what it should, a page twice over is the page, no
 * input does harm, work grows with the page, packs and rule files are read or refused by line. */
#include "plugins/transform/extract/extract.h"
#include "tests/unit/extract-pages.h"
#include "tests/unit/language-pack.h"
#include "tests/unit/unit.h"

#include <time.h>

static struct pack pack, english;
static struct scratch scratch;

static void setup(void)
{
    load_pack(&pack, "id.conf");
    load_pack(&english, "en.conf");
}

static void teardown(void)
{
    pack_free(&pack);
    pack_free(&english);
    scratch_free(&scratch);
}

static void extract(struct page *page, const char *text, size_t n)
{
    ck_assert_int_eq(extract_page(&pack, NULL, text, n, page, &scratch), 0);
}

static void same_text(const char *page, const char *what, const char *want, struct span got)
{
    if (!want || !got.at)
        ck_assert_msg(!want == !got.at, "%s: %s is %.*s, not %s", page, what, (int)got.len,
                      got.at ? got.at : "", want ? want : "null");
    else
        ck_assert_msg(got.len == strlen(want) && memcmp(got.at, want, got.len) == 0,
                      "%s: %s is\n%.*s\nnot\n%s", page, what, (int)got.len, got.at, want);
}

static void same_people(const char *page, const char *what, const char *want,
                        const struct span *got, size_t n)
{
    char joined[1024];
    size_t len = 0;

    for (size_t i = 0; i < n; i++)
        len += (size_t)snprintf(joined + len, sizeof(joined) - len, "%s%.*s", i ? "|" : "",
                                (int)got[i].len, got[i].at);
    same_text(page, what, want ? want : "", span(joined, len));
}

static void same_body(const struct page_case *c, const struct page *page)
{
    static char body[65536];
    size_t n = page_body(page, NULL);

    ck_assert_uint_lt(n, sizeof(body));
    ck_assert_uint_eq(page_body(page, body), n);
    for (size_t i = 0; i < n; i++)
        if (body[i] == '\n')
            body[i] = '|';
    same_text(c->name, "body", c->body ? c->body : BODY, span(body, n));
}

static void same_page(const struct page_case *c, const struct page *got)
{
    struct page page = *got;

    same_text(c->name, "title", c->title, page.title);
    same_text(c->name, "date", c->date ? c->date : "", span(page.date, strlen(page.date)));
    same_text(c->name, "outlet", c->outlet, page.outlet);
    same_text(c->name, "place", c->place, page.place);
    same_people(c->name, "authors", c->authors, page.authors, page.n_authors);
    same_people(c->name, "editors", c->editors, page.editors, page.n_editors);
    same_text(c->name, "section", c->section, page.section);
    same_text(c->name, "kind", c->kind ? c->kind : "article", span(page.kind, strlen(page.kind)));
    same_body(c, &page);
}

START_TEST(patterns)
{
    const struct page_case *c = &page_cases[_i];
    struct page page;

    extract(&page, c->text, strlen(c->text));
    same_page(c, &page);
}
END_TEST

/* Names, dates, labels and datelines recur over the pages of an outlet as menus do. Where all that
 * is neither text nor headline was learned, the fields and the body are what they were. */
START_TEST(learned_lines_take_no_field)
{
    const struct page_case *c = &page_cases[_i];
    static char rules[65536];
    struct learned learned;
    struct fault f = { .line = 0 };
    struct page page;
    size_t n = 0;

    extract(&page, c->text, strlen(c->text));
    for (size_t i = 0; i < page.n_lines; i++) {
        const struct line *line = &page.lines[i];

        if (line->role != ROLE_BODY && line->role != ROLE_REPEAT && line->role != ROLE_TITLE &&
            line->role != ROLE_DECK && line->len < 500)
            n += (size_t)snprintf(rules + n, sizeof(rules) - n, "9\t%.*s\n", (int)line->len,
                                  line->at);
    }
    ck_assert_uint_lt(n, sizeof(rules));
    ck_assert_int_eq(learned_read(&learned, rules, n, &f), 0);
    ck_assert_int_eq(extract_page(&pack, &learned, c->text, strlen(c->text), &page, &scratch), 0);
    same_page(c, &page);
    learned_free(&learned);
}
END_TEST

/* Blanks of all kinds, CR LF and blank lines change nothing. */
START_TEST(blanks_do_not_matter)
{
    const struct page_case *c = &page_cases[_i];
    static char text[65536];
    struct page page;
    size_t n = 0;

    for (const char *s = c->text; *s; s++) {
        if (*s == ' ' && s[1] != ' ') {
            memcpy(text + n, " \xc2\xa0 ", 4);
            n += 4;
        } else if (*s == '\n') {
            memcpy(text + n, " \r\n\n\xe2\x80\x8b\n", 8);
            n += 8;
        } else {
            text[n++] = *s;
        }
    }
    extract(&page, text, n);
    same_text(c->name, "title", c->title, page.title);
    same_text(c->name, "place", c->place, page.place);
    same_body(c, &page);
}
END_TEST

START_TEST(index_pages_are_empty)
{
    static const char *const head[] = { "Nasional\n\nBisnis\n\nBola\n\nTekno\n\nTravel\n\n",
                                        "Terpopuler\n\n1\n\n" };
    char text[65536];
    size_t n = (size_t)snprintf(text, sizeof(text), "%s%s", head[0], head[1]);
    struct page page;

    for (int i = 0; i < 20; i++)
        n +=
            (size_t)snprintf(text + n, sizeof(text) - n,
                             "Selasa, 23 Februari 2016 | 14:%02d WIB\n\nHarga Cabai Naik di Pasar "
                             "Nomor %d Sejak Lebaran\n\nPedagang di pasar nomor %d mengeluh karena "
                             "pembeli berkurang sejak harga cabai naik pekan lalu.\n\n",
                             i, i, i);
    extract(&page, text, n);
    ck_assert_str_eq(page.kind, "index");
    ck_assert_uint_eq(page_body(&page, NULL), 0);
    ck_assert(!page.title.at && !page.date[0]);
}
END_TEST

START_TEST(another_language_is_another_file)
{
    static const char text[] =
        "Business\n\nNew Market Opens on the River Bank\n\nWednesday, 04 November, 2015 | 07:28 "
        "WIB\n\nExample.com, Bandung - The city opened a new market on the river bank so that "
        "traders need no longer sell on the road.\n\nRead also: Chilli Prices Rise Again\n\n\"We "
        "ask "
        "all traders to move before the weekend,\" the head of the market office said on "
        "Tuesday.\n\nReporter: Sari Misal\n\nRelated\n\nChilli Prices Rise Again\n";
    struct page page;
    char body[1024];

    ck_assert_int_eq(extract_page(&english, NULL, text, sizeof(text) - 1, &page, &scratch), 0);
    same_text("en", "title", "New Market Opens on the River Bank", page.title);
    same_text("en", "date", "2015-11-04T07:28+07:00", span(page.date, strlen(page.date)));
    same_text("en", "place", "Bandung", page.place);
    same_text("en", "section", "Business", page.section);
    same_people("en", "authors", "Sari Misal", page.authors, page.n_authors);
    same_text(
        "en", "body",
        "The city opened a new market on the river bank so that traders need no longer sell on "
        "the road.\n\"We ask all traders to move before the weekend,\" the head of the market "
        "office said on Tuesday.",
        span(body, page_body(&page, body)));
}
END_TEST

/* Wherever in its line a site's name stands that the page names twice, in a line as it is or in a
 * copy with single blanks; among dots that end sentences or are in numbers. */
START_TEST(mentioned_sites_are_found_at_any_place)
{
    static const char format[] = HEAD
        "SOLO - " TEXT "%.*s di lapak 5.000 milik%s %s tutup.\" Pasar buka pukul 08.30 lalu sepi "
        "hingga sore.\n\nPara pedagang berharap %s tetap ramai sampai lebaran tiba nanti... Itu "
        "saja.";
    static const char filler[] =
        "Banyak pedagang lama yang semula tidak ingin pindah dari jalan raya kini mulai menata "
        "meja, rak dan papan nama mereka sejak pagi hari sekali";
    const char *blanks = _i & 1 ? " " : "";
    struct page page;
    char text[2048];

    for (size_t n = 10; n < sizeof(filler); n++) {
        size_t len = (size_t)snprintf(text, sizeof(text), format, (int)n, filler, blanks,
                                      "pasarcontoh.com", "pasarcontoh.com");

        extract(&page, text, len);
        same_text("twice", "outlet", "pasarcontoh.com", page.outlet);
        len = (size_t)snprintf(text, sizeof(text), format, (int)n, filler, blanks,
                               "pasarcontoh.com", "pasar");
        extract(&page, text, len);
        same_text("once", "outlet", NULL, page.outlet);
    }
}
END_TEST

START_TEST(a_wrong_weekday_is_said)
{
    static const char text[] = HEAD "Senin, 16 Oktober 2020 10:00 WIB\n\nSOLO - " TEXT;
    struct page page;

    extract(&page, text, sizeof(text) - 1);
    ck_assert(page.odd_weekday);
}
END_TEST

START_TEST(learned_lines_go)
{
    static const char rules[] = "# made by hand\n12\tBuka pasar bersama kami setiap hari Minggu "
                                "pagi di seluruh gerai pasar contoh.\n3\tPasar Contoh\n";
    static const char text[] = HEAD "SOLO - " ONE "\n\nBuka pasar bersama kami setiap hari Minggu "
                                    "pagi di seluruh gerai pasar contoh.\n\n" TWO "\n\n" THREE "\n";
    struct learned learned;
    struct fault f = { .line = 0 };
    struct page page;

    ck_assert_int_eq(learned_read(&learned, rules, sizeof(rules) - 1, &f), 0);
    ck_assert_uint_eq(learned.n, 2);
    ck_assert_int_eq(extract_page(&pack, &learned, text, sizeof(text) - 1, &page, &scratch), 0);
    same_body(&(struct page_case){ .name = "learned" }, &page);
    learned_free(&learned);
    ck_assert_int_eq(learned_read(&learned, "1\ta\nb\n", 6, &f), -1);
    ck_assert_uint_eq(f.line, 2);
    learned_free(&learned);
}
END_TEST

static const struct {
    const char *text;
    unsigned line, column;
} bad_packs[] = {
    { "[language]\ncode = xx\n[mouths]\n", 3, 1 },
    { "[language]\ncode = xx\n[months]\n13 = x\n", 4, 1 },
    { "[language]\ncode = xx\n[zones]\n+7 = x\n", 4, 1 },
    { "[language]\ncode = xx\n[date]\nlabel = x\n", 4, 1 },
    { "[language]\ncode = xx\n[date]\nlabels = a,,b\n", 4, 12 },
    { "[language]\ncode = xx\n[date]\n  labels\n", 4, 3 },
    { "code = xx\n", 1, 1 },
    { "[language\n", 1, 1 },
    { "[lines body]\nx\n", 1, 1 },
    { "# nothing\n", 1, 1 },
};

START_TEST(packs_are_refused_by_line)
{
    struct pack p;
    struct fault f = { .line = 0 };

    ck_assert_int_eq(pack_read(&p, bad_packs[_i].text, strlen(bad_packs[_i].text), &f), -1);
    ck_assert_msg(f.line == bad_packs[_i].line && f.column == bad_packs[_i].column, "%d:%d: %s",
                  (int)f.line, (int)f.column, f.text);
    ck_assert_uint_gt(strlen(f.text), 10);
    pack_free(&p);
}
END_TEST

/* Any bytes that are valid UTF-8, and pages cut anywhere or with lines shuffled, do no harm: the
 * sanitizers look on. The body never says more than the page. */
START_TEST(nothing_does_harm)
{
    uint64_t seed = 88172645463325252u;
    static char text[32768];

    for (int round = 0; round < 3000; round++) {
        size_t n = 0;
        struct page page;

        for (int piece = 0; piece < 8; piece++) {
            const char *from =
                page_cases[next_random(&seed) % (sizeof(page_cases) / sizeof(page_cases[0]))].text;
            size_t len = strlen(from), a = next_random(&seed) % len,
                   m = next_random(&seed) % (len - a + 1);

            while (a > 0 && ((unsigned char)from[a] & 0xc0) == 0x80)
                a--;
            while (m > 0 && ((unsigned char)from[a + m] & 0xc0) == 0x80)
                m--;
            if (n + m + 1 > sizeof(text))
                break;
            memcpy(text + n, from + a, m);
            n += m;
            if (next_random(&seed) % 2)
                text[n++] = "\n -(:/*\""[next_random(&seed) % 8];
        }
        extract(&page, text, n);
        ck_assert_uint_le(page_body(&page, NULL), n);
    }
}
END_TEST

/* The lines that are kept from page to page change nothing. */
START_TEST(pages_do_not_depend_on_pages_before)
{
    uint64_t seed = 7;
    const size_t n = sizeof(page_cases) / sizeof(page_cases[0]);

    for (int round = 0; round < 400; round++) {
        const struct page_case *c = &page_cases[next_random(&seed) % n];
        struct scratch fresh = { 0 };
        struct page used, alone;

        extract(&used, c->text, strlen(c->text));
        ck_assert_int_eq(extract_page(&pack, NULL, c->text, strlen(c->text), &alone, &fresh), 0);
        must(used.n_lines == alone.n_lines && strcmp(used.date, alone.date) == 0);
        for (size_t i = 0; i < used.n_lines; i++)
            must(used.lines[i].role == alone.lines[i].role &&
                 used.lines[i].flags == alone.lines[i].flags &&
                 used.lines[i].rule == alone.lines[i].rule);
        scratch_free(&fresh);
    }
}
END_TEST

static double seconds_for(const char *piece, size_t bytes)
{
    size_t len = strlen(piece), n = 0;
    char *text = malloc(bytes + len);
    struct page page;
    clock_t from;

    ck_assert_ptr_nonnull(text);
    while (n < bytes) {
        memcpy(text + n, piece, len);
        n += len;
    }
    from = clock();
    extract(&page, text, n);
    free(text);
    return (double)(clock() - from) / CLOCKS_PER_SEC;
}

/* Four times the page is about four times the work, whatever it is made of. */
static const char *const heavy[] = { "a",
                                     "(",
                                     ": ",
                                     "- ",
                                     "Baca juga: ",
                                     "1/",
                                     "JAKARTA, ",
                                     ONE "\n",
                                     ONE " ",
                                     "(sar/",
                                     "kepada ",
                                     "...\n",
                                     "\n",
                                     "12 Mei ",
                                     "akan 12 Mei 2024 ",
                                     "... pasar baru di tepi sungai agar ...\n",
                                     "Editor\n",
                                     "Penulis: ",
                                     "Baca Juga\n",
                                     "1 Mei 2020\n" };

START_TEST(work_grows_with_the_page)
{
    double small = seconds_for(heavy[_i], 512 << 10), large = seconds_for(heavy[_i], 2 << 20);

    ck_assert_msg(large < 12 * small + 0.2, "\"%s\": %g s, then %g s for four times as much",
                  heavy[_i], small, large);
}
END_TEST

/* A head of a hundred thousand headlines before the text. */
START_TEST(a_long_head_is_no_more_work)
{
    static const char *const piece[] = { "Harga Cabai Naik di Pasar Lama Sejak Lebaran Kemarin.\n",
                                         "Harga Cabai Naik di Pasar Lama\n", "Solo - 3\n" };
    double took[2];

    for (int size = 0; size < 2; size++) {
        size_t n = 0, room = (size_t)(size ? 4 : 1) << 20;
        char *text = malloc(room + 4096);
        struct page page;
        clock_t from;

        ck_assert_ptr_nonnull(text);
        while (n < room)
            n += (size_t)sprintf(text + n, "%s", piece[_i]);
        n += (size_t)sprintf(text + n, "Rabu, 1 Mei 2024 19:04 WIB\nSOLO - %s", TEXT);
        from = clock();
        extract(&page, text, n);
        took[size] = (double)(clock() - from) / CLOCKS_PER_SEC;
        free(text);
    }
    ck_assert_msg(took[1] < 12 * took[0] + 0.3, "%g s, then %g s", took[0], took[1]);
}
END_TEST

/* Paragraphs that differ in nothing but their middle, and all of them once more: the second half
 * goes, and a page of four times as many takes about four times as long. */
START_TEST(repeats_are_found_among_equal_ends)
{
    double took[2];

    for (int size = 0; size < 2; size++) {
        size_t lines = size ? 60000 : 15000, n = 0, body = 0, repeats = 0;
        char *text = malloc(lines * 2 * 128 + 4096);
        struct page page;
        clock_t from;

        ck_assert_ptr_nonnull(text);
        n += (size_t)sprintf(text, "%sRabu, 1 Mei 2024 19:04 WIB\n", HEAD);
        for (size_t i = 0; i < lines * 2; i++)
            n +=
                (size_t)sprintf(text + n,
                                "Pedagang yang datang dari desa nomor %06zu menjual sayur dan buah "
                                "di pasar baru itu.\n",
                                i % lines);
        from = clock();
        extract(&page, text, n);
        took[size] = (double)(clock() - from) / CLOCKS_PER_SEC;
        for (size_t i = 0; i < page.n_lines; i++) {
            body += page.lines[i].role == ROLE_BODY;
            repeats += page.lines[i].role == ROLE_REPEAT;
        }
        ck_assert_uint_eq(body, lines);
        ck_assert_uint_eq(repeats, lines);
        free(text);
    }
    ck_assert_msg(took[1] < 8 * took[0] + 0.3, "%g s, then %g s", took[0], took[1]);
}
END_TEST

/* A name at both ends with one of the words before names between, by a look at each place. */
static bool plain_name_twice(struct span s)
{
    for (size_t i = s.len / 2 + 1; i < s.len; i++) {
        struct span name = span(s.at + i, s.len - i), by;

        if (s.at[i - 1] != ' ' || !span_same(span(s.at, name.len), name) || !is_name(&pack, name))
            continue;
        by = span_trim(span(s.at + name.len, s.len - name.len * 2), " :");
        if (by.len > 0 && phrase_at(&pack.by, by, false, NULL) == by.len)
            return true;
    }
    return false;
}

START_TEST(names_that_stand_twice_are_seen)
{
    static const char *const piece[12] = { "Sari",       "SARI",         "sari", "Sari Contoh",
                                           "\xc3\x89lo", "by",           ":",    "oleh",
                                           "Budi C",     "Lestari Wati", "S",    "Sa" };
    unsigned random = 17, found = 0;

    for (int round = 0; round < 200000; round++) {
        char text[256] = { 0 };
        size_t n = 0, pieces = round % 3 ? 3 : (size_t)round % 5 + 1, first = 0;
        struct line line = { .at = text };
        struct span s;

        for (size_t i = 0; i < pieces; i++) {
            random = random * 1664525u + 1013904223u;
            if (i == 0)
                first = random >> 16;
            n += (size_t)sprintf(text + n, "%s%s", i && (random >> 8) % 4 ? " " : "",
                                 piece[(i == 2 ? first : random >> 16) % 12]);
        }
        line.len = (uint32_t)n;
        s = span_trim(line_span(&line), "([- ");
        if (pack_may_name(&pack, s) || n > 120)
            continue;
        found += plain_name_twice(s);
        ck_assert_msg(people_line(&pack, &line) == plain_name_twice(s), "%s", text);
    }
    ck_assert_uint_gt(found, 1000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("extract");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int pages = sizeof(page_cases) / sizeof(page_cases[0]), failed;

    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, patterns, 0, pages);
    tcase_add_loop_test(c, learned_lines_take_no_field, 0, pages);
    tcase_add_loop_test(c, blanks_do_not_matter, 0, pages);
    tcase_add_test(c, index_pages_are_empty);
    tcase_add_test(c, another_language_is_another_file);
    tcase_add_loop_test(c, mentioned_sites_are_found_at_any_place, 0, 2);
    tcase_add_test(c, a_wrong_weekday_is_said);
    tcase_add_test(c, learned_lines_go);
    tcase_add_loop_test(c, packs_are_refused_by_line, 0, sizeof(bad_packs) / sizeof(bad_packs[0]));
    tcase_add_test(c, nothing_does_harm);
    tcase_add_test(c, pages_do_not_depend_on_pages_before);
    tcase_add_loop_test(c, work_grows_with_the_page, 0, sizeof(heavy) / sizeof(heavy[0]));
    tcase_add_loop_test(c, a_long_head_is_no_more_work, 0, 3);
    tcase_add_test(c, repeats_are_found_among_equal_ends);
    tcase_add_test(c, names_that_stand_twice_are_seen);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
