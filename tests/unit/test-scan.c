/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over a line's bytes: each way of it finds the same, and what is found byte by byte. */
#include "plugins/transform/extract/feeds.h"
#include "plugins/transform/extract/scan.h"
#include "common/cpu.h"
#include "tests/unit/language-pack.h"
#include "tests/unit/unit.h"

static struct pack pack;

static void setup(void)
{
    load_pack(&pack, "id.conf");
}

static void teardown(void)
{
    pack_free(&pack);
}

static size_t random_text(uint64_t *seed, char *to, size_t max)
{
    static const char *const piece[] = { "a",
                                         "B",
                                         "7",
                                         " ",
                                         "-",
                                         "\xe2\x80\x9c",
                                         "\xc3\xa9",
                                         "\xc3\x89",
                                         "\xe2\x82\xac",
                                         "kata",
                                         "Foto:",
                                         "2024",
                                         "(",
                                         "\xc2\xa9",
                                         "\xe2\x80\x94",
                                         "rtp",
                                         "selengkapnya",
                                         " kepada " };
    size_t n = 0, kinds = sizeof(piece) / sizeof(piece[0]), one = next_random(seed) % (2 * kinds);

    for (size_t pieces = next_random(seed) % (max / 6); pieces > 0; pieces--) {
        /* of some texts nearly all is one piece */
        const char *p =
            piece[one < kinds && next_random(seed) % 50 ? one : next_random(seed) % kinds];

        if (n + strlen(p) > max)
            break;
        memcpy(to + n, p, strlen(p));
        n += strlen(p);
    }
    return n;
}

/* Does a phrase stand in s, at the start of a word? */
static const char *first_phrase(const struct phrases *p, struct span s)
{
    for (size_t i = 0; i < s.len; i += char_size(s.at[i]))
        if (!(is_word_before(s.at + i, s.at) && is_word_at(s.at + i, s.at + s.len)) &&
            phrase_find(p, span(s.at + i, s.len - i), false, NULL))
            return s.at + i;
    return NULL;
}

/* Those beside the one of all machines, and whether this one can. */
static const struct {
    bool (*can)(void);
    bool (*scan)(const struct pack *pack, struct line *line);
} ways[] = { { cpu_has_avx2, scan_plain_avx2 }, { cpu_has_avx512, scan_plain_avx512 } };

static bool same_scan(const struct line *a, const struct line *b)
{
    return a->flags == b->flags && a->may == b->may && a->words == b->words &&
           a->capital == b->capital;
}

/* All ways to scan find the same, and each list that has a phrase in the line. */
static void scan_both(struct span s, size_t words, size_t capital, bool year)
{
    struct line plain = { .at = s.at, .len = (uint32_t)s.len }, fast = plain;
    bool letter = false;

    scan_any(&pack, &plain);
    scan_line(&pack, &fast);
    for (unsigned way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
        struct line other = { .at = s.at, .len = (uint32_t)s.len };

        if (ways[way].can() && ways[way].scan(&pack, &other))
            must(same_scan(&other, &plain));
    }
    must(same_scan(&fast, &plain));
    must(((fast.flags & LINE_YEAR) != 0) == year);
    must(fast.may & PACK_CREDITS || !first_phrase(&pack.credits, s));
    must(fast.may & PACK_TOLD_TO || !first_phrase(&pack.told_to, s));
    must(fast.may & PACK_SPAM || !first_phrase(&pack.spam, s));
    must(fast.may & PACK_INNER ||
         pack_line(&pack, s, true, &(struct span){ 0 }, &(const char *){ 0 }) ==
             pack_line(&pack, s, false, &(struct span){ 0 }, &(const char *){ 0 }));
    if (s.len > RULE_LINE_MAX)
        return;
    for (size_t i = 0; i < s.len; i++)
        letter |= is_ascii_letter(s.at[i]) || (unsigned char)s.at[i] >= 0xc3;
    must(fast.words == words && fast.capital == capital);
    must(((fast.flags & LINE_WORDS) != 0) == (letter && words > 0));
}

/* What is found many bytes at once is what is found byte by byte. */
START_TEST(many_bytes_at_once)
{
    uint64_t seed = 42;
    enum { MOST = 3000 }; /* few have as much: more phrases than are taken at once */
    char text[MOST + SCAN_SLACK] = { 0 };

    for (int round = 0; round < 20000; round++) {
        struct span s = span(text, random_text(&seed, text, round % 20 ? 512 : MOST));
        size_t words, capital, words2, capital2, upper, run = 0;
        bool year = false;

        count_words_and_capitals(s, &words, &capital);
        count_capitals(s, &words2, &capital2, &upper);
        must(words == words2 && capital == capital2);
        for (size_t i = 0; i < s.len; i++) {
            run = is_digit(s.at[i]) ? run + 1 : 0;
            year |= run == 4;
        }
        must(phrase_in(&pack.credits, s, NULL) == first_phrase(&pack.credits, s));
        scan_both(s, words, capital, year);
    }
}
END_TEST

/* Few phrases are in the random texts: each by itself, in small letters and in capitals, before and
 * behind so many other words. */
static void find_each(const struct pack *p, const struct phrases *phrases, unsigned list)
{
    char text[4096];

    for (size_t i = 0; i < phrases->n; i++)
        for (unsigned big = 0; big < 2; big++) {
            const struct phrase *phrase = &phrases->at[i];
            size_t n = i % 150;

            memset(text, 0, sizeof(text));
            for (size_t k = 0; k < n; k++)
                text[k] = k % 3 == 2 || k + 1 == n ? ' ' : 'q';
            for (size_t k = 0; k < phrase->len && (unsigned char)phrase->text[k] > PATTERN_ANY; k++)
                text[n++] = (char)(big && is_ascii_small(phrase->text[k]) ? phrase->text[k] - 32
                                                                          : phrase->text[k]);
            memcpy(text + n, " qq qq", 6);
            for (unsigned way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
                struct line line = { .at = text, .len = (uint32_t)n + 6 };

                if (ways[way].can() && ways[way].scan(p, &line))
                    ck_assert_msg(line.may & list, "way %u: %s", way, text);
            }
        }
}

START_TEST(each_phrase_is_found)
{
    struct pack packs[2];

    load_pack(&packs[0], "id.conf");
    load_pack(&packs[1], "en.conf");
    for (unsigned i = 0; i < 2; i++) {
        find_each(&packs[i], &packs[i].credits, PACK_CREDITS);
        find_each(&packs[i], &packs[i].inner, PACK_INNER);
        find_each(&packs[i], &packs[i].told_to, PACK_TOLD_TO);
        find_each(&packs[i], &packs[i].spam, PACK_SPAM);
        pack_free(&packs[i]);
    }
}
END_TEST

/* More beginnings than groups are made of one by one, some of a byte or two, some not of ASCII. */
START_TEST(each_of_many_phrases_is_found)
{
    static char text[32768] = "[language]\ncode = xx\n[spam]\nwords = zz, x, ya\xc3\xa9, y\xc3\xa9";
    struct fault f = { .line = 0 };
    struct pack many;
    uint64_t seed = 11;
    size_t n = strlen(text);

    for (int word = 0; word < 1500; word++) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, ", ");
        for (size_t len = 4 + next_random(&seed) % 8; len > 0; len--)
            text[n++] = "abcdefghijklmnopqrstuvw"[next_random(&seed) % 23];
    }
    ck_assert_msg(pack_read(&many, text, n, &f) == 0, "%s", f.text);
    ck_assert_uint_eq(many.spam.n, 1504);
    find_each(&many, &many.spam, PACK_SPAM);
    pack_free(&many);
}
END_TEST

/* Also where phrases are farther from each other than sixteen bits count. */
START_TEST(a_long_line_is_scanned_to_its_end)
{
    enum { LONG = 400000 };
    char *text = calloc(1, LONG + SCAN_SLACK);

    ck_assert_ptr_nonnull(text);
    memset(text, 'q', LONG);
    for (size_t i = 9; i < LONG; i += 10)
        text[i] = ' ';
    memcpy(text + 70000, " (foto ", 7);
    memcpy(text + 70000 + 65536 - 10, " qq kep", 7);
    memcpy(text + 300000, " selengkapnya di google news ", 29);
    for (size_t end = 71000; end < LONG; end += 65500) {
        struct line plain = { .at = text, .len = (uint32_t)end }, fast = plain;

        scan_any(&pack, &plain);
        scan_line(&pack, &fast);
        must(same_scan(&fast, &plain));
        ck_assert_int_eq(fast.may & (PACK_CREDITS | PACK_INNER),
                         PACK_CREDITS | (end > 300030 ? PACK_INNER : 0));
    }
    free(text);
}
END_TEST

/* Lines of all lengths, many of them empty in some rounds; what is behind the text is not read. */
START_TEST(each_line_feed_is_found)
{
    static void (*const find[])(struct feeds * f) = { feeds_find_plain, feeds_find_avx512 };
    uint64_t seed = 5;

    for (int round = 0; round < 3000; round++) {
        size_t n = next_random(&seed) % 3000, rare = 1 + next_random(&seed) % 100;
        char *text = malloc(n + 1); /* for the address sanitizer: no longer */

        ck_assert_ptr_nonnull(text);
        for (size_t i = 0; i < n; i++)
            text[i] = next_random(&seed) % rare ? 'a' : '\n';
        for (unsigned way = 0; way < (cpu_has_avx512() ? 2 : 1); way++) {
            struct feeds f;

            feeds_begin(&f, text, n);
            for (size_t i = 0; i <= n; i++) {
                if (i < n && text[i] != '\n')
                    continue;
                if (f.taken == f.found)
                    find[way](&f);
                must((f.found > 0 ? f.at[f.taken++] : f.n) == i);
            }
        }
        free(text);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("scan");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, many_bytes_at_once);
    tcase_add_test(c, each_phrase_is_found);
    tcase_add_test(c, each_of_many_phrases_is_found);
    tcase_add_test(c, a_long_line_is_scanned_to_its_end);
    tcase_add_test(c, each_line_feed_is_found);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
