/* SPDX-License-Identifier: Apache-2.0 */
/* Word tokens: the fast way gives what the rules in tokens.h say, wherever windows fall; folding
 * twice is folding once; the hash is the one that index format 1 fixes. */
#include "common/cpu.h"
#include "common/tokens-fold.h"
#include "common/tokens-run.h"
#include "unit.h"

#include <string.h>

struct found {
    uint64_t hash;
    size_t at, len;
    bool digit;
};

/* All windows in one list, and the folded tokens joined by spaces. */
struct all {
    struct found *list;
    size_t n;
    char *text;
    size_t text_len;
};

static struct all scan(const char *s, size_t len)
{
    static struct tokens window, *t = &window;
    struct all a = { 0 };

    tokens_begin(t, s, len);
    while (tokens_next(t)) {
        must(t->n > 0 && t->n <= TOKENS_MAX && t->text_len <= TOKENS_TEXT);
        a.list = realloc(a.list, (a.n + t->n) * sizeof(*a.list));
        for (size_t i = 0; i < t->n; i++) {
            const struct token *k = &t->list[i];

            must(k->hash == token_hash(t->text + k->text_at, k->text_len));
            must(k->at + k->len <= len && k->len > 0 && k->len <= TOKENS_PIECE);
            must(t->text[k->text_at + k->text_len] == ' ');
            a.list[a.n++] = (struct found){ k->hash, k->at, k->len, k->digit };
        }
        a.text = realloc(a.text, a.text_len + t->text_len + 1);
        memcpy(a.text + a.text_len, t->text, t->text_len);
        a.text_len += t->text_len;
    }
    must(t->n == 0);
    return a;
}

static void drop(struct all *a)
{
    free(a->list);
    free(a->text);
}

static void expect(const char *s, const char *joined)
{
    struct all a = scan(s, strlen(s));

    ck_assert_msg(a.text_len == strlen(joined) &&
                      (a.text_len == 0 || memcmp(a.text, joined, a.text_len) == 0),
                  "'%s' gives '%.*s', not '%s'", s, (int)a.text_len, a.text ? a.text : "", joined);
    drop(&a);
}

/* The rules for ASCII, byte by byte. */
static void expect_as_naive(const char *s, size_t len)
{
    struct all a = scan(s, len);
    size_t n = 0;

    for (size_t i = 0; i < len;) {
        char folded[TOKENS_PIECE];
        size_t k = 0;
        bool digit = false;

        for (; i + k < len && k < TOKENS_PIECE; k++) {
            char c = s[i + k];

            if (c >= '0' && c <= '9')
                digit = true;
            else if (c >= 'A' && c <= 'Z')
                c = (char)(c + ('a' - 'A'));
            else if (c < 'a' || c > 'z')
                break;
            folded[k] = c;
        }
        if (k > 0) {
            must(n < a.n && a.list[n].at == i && a.list[n].len == k);
            must(a.list[n].hash == token_hash(folded, k) && a.list[n].digit == digit);
            n++;
        }
        i += k + (k == 0);
    }
    must(n == a.n);
    drop(&a);
}

START_TEST(ascii_by_the_rules)
{
    static const char set[] = "aZ09 zA5.\n_@[`{/:qwertyuiop";
    uint64_t r = 1;
    char *s = malloc(40000);

    for (int round = 0; round < 400; round++) {
        size_t len = next_random(&r) % (round % 10 ? 300 : 40000);
        uint64_t words = next_random(&r) % 26 + 2;

        for (size_t i = 0; i < len; i++)
            s[i] = round % 3 ? set[next_random(&r) % words] : (char)(next_random(&r) & 127);
        expect_as_naive(s, len);
    }
    memset(s, 'x', 40000);
    expect_as_naive(s, 40000);
    for (size_t i = 0; i < 40000; i += 2)
        s[i] = ' ';
    expect_as_naive(s, 40000);
    free(s);
}
END_TEST

START_TEST(words_of_many_kinds)
{
    expect("", "");
    expect(" .,-_!\n", "");
    expect("Halo, DUNIA foo_bar", "halo dunia foo bar ");
    expect("Rp12.500 31\xc2\xb0"
           "C",
           "rp12 500 31 c ");
    expect("\xe2\x80\x9cKata\xe2\x80\x9d\xe2\x80\x94lagi\xc2\xa0ini", "kata lagi ini ");
    expect("CAF\xc3\x89 \xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2",
           "caf\xc3\xa9 \xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 ");
}
END_TEST

START_TEST(words_that_need_icu)
{
    if (!tokens_fold_all())
        return;
    expect("\xef\xac\x81ne \xc2\xbd kg", "fine 1 2 kg ");   /* ligature, one half */
    expect("Cafe\xcc\x81", "caf\xc3\xa9 ");                 /* e, combining acute */
    expect("J\xcc\x8cx", "\xc7\xb0x ");                     /* composes when folded only */
    expect("\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\x91", "ab1 "); /* full width */
    expect("\xe6\x9d\xb1\xe4\xba\xac\xe3\x80\x81\xe5\xa4\xa7",
           "\xe6\x9d\xb1\xe4\xba\xac \xe5\xa4\xa7 ");
}
END_TEST

START_TEST(digits_are_seen)
{
    const char s[] = "abc a1c 77 \xd9\xa1\xd9\xa2 caf\xc3\xa9 \xc3\xa9"
                     "7 averyverylongtokenwith1digit";
    struct all a = scan(s, sizeof(s) - 1);
    const bool digit[] = { false, true, true, tokens_fold_all(), false, true, true };

    ck_assert_uint_eq(a.n, 7);
    for (size_t i = 0; i < a.n; i++)
        ck_assert_msg(a.list[i].digit == digit[i], "token %zu", i);
    drop(&a);
}
END_TEST

static size_t put(char *to, uint32_t c)
{
    if (c < 0x80)
        return (size_t)(to[0] = (char)c, 1);
    if (c < 0x800)
        return (size_t)(to[0] = (char)(0xc0 | c >> 6), to[1] = (char)(0x80 | (c & 63)), 2);
    if (c < 0x10000)
        return (size_t)(to[0] = (char)(0xe0 | c >> 12), to[1] = (char)(0x80 | (c >> 6 & 63)),
                        to[2] = (char)(0x80 | (c & 63)), 3);
    return (size_t)(to[0] = (char)(0xf0 | c >> 18), to[1] = (char)(0x80 | (c >> 12 & 63)),
                    to[2] = (char)(0x80 | (c >> 6 & 63)), to[3] = (char)(0x80 | (c & 63)), 4);
}

static uint32_t some_character(uint64_t *r)
{
    static const uint32_t from[] = { 0x20,   0x41,   0xa0,   0x100,  0x300,   0x370,
                                     0x400,  0x1100, 0x1e00, 0x2000, 0x2100,  0x3000,
                                     0x4e00, 0xac00, 0xfb00, 0xff00, 0x10400, 0x1d400,
                                     0xe000, 0x600,  0xe00,  0x1f00 };
    uint64_t n = next_random(r);

    return from[n % (sizeof(from) / sizeof(*from))] + (uint32_t)(n >> 32) % 0xc0;
}

static size_t some_text(uint64_t *r, char *to, size_t characters)
{
    size_t len = 0;

    for (size_t i = 0; i < characters; i++)
        len += put(to + len, next_random(r) % 6 ? some_character(r) : ' ');
    return len;
}

/* Of short pieces: what folds to more than 256 bytes would be cut the second time. */
START_TEST(twice_is_once)
{
    uint64_t r = 3;
    char s[4096];

    if (!tokens_fold_all())
        return;
    for (int round = 0; round < 20000; round++) {
        size_t len = some_text(&r, s, 1 + next_random(&r) % 12);
        struct all a = scan(s, len), b = scan(a.text, a.text_len);

        if (a.text_len != b.text_len || (a.n > 0 && memcmp(a.text, b.text, a.text_len) != 0))
            ck_abort_msg("'%.*s' folds to '%.*s', that to '%.*s'", (int)len, s, (int)a.text_len,
                         a.text, (int)b.text_len, b.text);
        drop(&a);
        drop(&b);
    }
}
END_TEST

START_TEST(each_character_twice_is_once)
{
    char s[8];

    for (uint32_t c = 1; c < 0x110000 && tokens_fold_all(); c++) {
        if (c >= 0xd800 && c < 0xe000)
            continue;
        struct all a = scan(s, put(s, c)), b = scan(a.text, a.text_len);

        must(a.text_len == b.text_len && (a.n == 0 || memcmp(a.text, b.text, a.text_len) == 0));
        drop(&a);
        drop(&b);
    }
}
END_TEST

START_TEST(the_same_wherever_windows_fall)
{
    uint64_t r = 7;
    enum { PAD = TOKENS_WINDOW + 100, TEXT = 30000 };
    char *s = malloc(PAD + 4 * TEXT);

    memset(s, '.', PAD);
    for (int round = 0; round < 12; round++) {
        size_t len = some_text(&r, s + PAD, round < 6 ? 500 : TEXT);

        if (round % 3 == 0) /* few separators: long pieces, cut at 256 bytes */
            for (size_t i = 0; i < len; i++)
                s[PAD + i] = s[PAD + i] == ' ' ? 'x' : s[PAD + i];
        struct all a = scan(s + PAD, len);
        for (size_t pad = 1; pad < PAD; pad += 1 + next_random(&r) % 2000) {
            struct all b = scan(s + PAD - pad, pad + len);

            must(a.n == b.n && a.text_len == b.text_len);
            must(a.n == 0 || memcmp(a.text, b.text, a.text_len) == 0);
            for (size_t i = 0; i < a.n; i++)
                must(a.list[i].at + pad == b.list[i].at && a.list[i].len == b.list[i].len &&
                     a.list[i].digit == b.list[i].digit);
            drop(&b);
        }
        drop(&a);
    }
    free(s);
}
END_TEST

START_TEST(short_way_is_the_general_way)
{
    static struct folded a, b;
    uint64_t r = 11;
    char s[256];

    for (int round = 0; round < 100000 && tokens_fold_all(); round++) {
        size_t len = 0, n = 1 + next_random(&r) % 12;

        for (size_t i = 0; i < n; i++) {
            uint64_t x = next_random(&r);
            uint32_t c = x & 1 ? 0xc0 + (uint32_t)(x >> 8) % 64 : 0x400 + (uint32_t)(x >> 8) % 96;

            if (c == 0xd7 || c == 0xf7 || x % 5 == 0)
                c = (uint32_t) "azAZ09"[(x >> 40) % 6];
            len += put(s + len, c);
        }
        fold_piece(s, len, &a);
        fold_piece_general(s, len, &b);
        must(a.n == 1 && b.n == 1 && a.token[0].len == b.token[0].len);
        must(a.token[0].digit == b.token[0].digit);
        must(memcmp(a.text + a.token[0].at, b.text + b.token[0].at, a.token[0].len) == 0);
    }
}
END_TEST

START_TEST(separators_are_those_of_the_rule)
{
    static const uint32_t range[][2] = { { 0x2000, 0x206f }, { 0x3000, 0x3003 }, { 0x3008, 0x3011 },
                                         { 0x3014, 0x301b }, { 0xff01, 0xff0f }, { 0xff1a, 0xff20 },
                                         { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 }, { 0xfeff, 0xfeff },
                                         { 0xd7, 0xd7 },     { 0xf7, 0xf7 },     { 0x80, 0xa9 },
                                         { 0xab, 0xb1 },     { 0xb4, 0xb4 },     { 0xb6, 0xb8 },
                                         { 0xbb, 0xbb },     { 0xbf, 0xbf } };
    char s[16];

    for (size_t k = 0; k < sizeof(range) / sizeof(*range); k++)
        for (uint32_t c = range[k][0]; c <= range[k][1]; c++) {
            size_t len = 1;

            s[0] = 'a';
            len += put(s + len, c);
            s[len++] = 'b';
            struct all a = scan(s, len);
            ck_assert_msg(a.n == 2 && a.list[0].len == 1 && a.list[1].len == 1, "U+%04X", c);
            drop(&a);
        }
}
END_TEST

START_TEST(hostile_bytes_do_no_harm)
{
    enum { SIZE = 100000 };
    uint64_t r = 13;
    char *s = malloc(SIZE);

    for (int round = 0; round < 60; round++) {
        for (size_t i = 0; i < SIZE; i++)
            s[i] = (char)(next_random(&r) >> 32 | (round % 2 ? 0x80 : 0));
        for (size_t len = 0; len < 70; len++) {
            char *exact = malloc(len + 1); /* so that a sanitizer sees a read too far */

            memcpy(exact, s, len);
            struct all a = scan(exact, len);
            drop(&a);
            free(exact);
        }
        struct all a = scan(s, SIZE);
        drop(&a);
    }
    for (size_t i = 0; i + 3 <= SIZE; i += 3)
        memcpy(s + i, "\xef\xb7\xba", 3); /* U+FDFA: 18 characters of NFKC */
    struct all a = scan(s, SIZE / 3 * 3);
    ck_assert_uint_gt(a.n, 0);
    drop(&a);
    free(s);
}
END_TEST

/* Text of many kinds in a buffer of its own size, so that a sanitizer sees a read too far. */
static char *some_bytes(uint64_t *r, int kind, size_t *len)
{
    static const char ascii[] = "aZ09zA5qwertyuiop. ,\n";
    size_t characters = next_random(r) % (kind % 2 ? 300 : 12000);
    char *s = malloc(4 * characters + 1);

    if (kind % 4 < 2)
        *len = some_text(r, s, characters);
    else
        for (*len = 0; *len < characters; ++*len)
            s[*len] = kind % 4 == 2 ? ascii[next_random(r) % (sizeof(ascii) - 1)]
                                    : (char)(next_random(r) >> 32);
    for (size_t i = 0; i < *len; i += 1 + next_random(r) % 90)
        s[i] = '\n';
    if (kind % 3 == 0) /* long runs */
        for (size_t i = 0; i < *len; i++)
            s[i] = s[i] == ' ' ? 'x' : s[i];
    return realloc(s, *len + (*len == 0));
}

static void must_be_equal(const struct tokens *a, const struct tokens *b, unsigned wanted)
{
    must(a->n == b->n && a->from == b->from && a->done == b->done);
    must(memcmp(a->hash, b->hash, a->n * sizeof(*a->hash)) == 0);
    must(memcmp(a->word, b->word, a->n) == 0);
    must(a->text_len == b->text_len && memcmp(a->text, b->text, a->text_len) == 0);
    if (wanted & TOKENS_WITH_PLACES)
        must(memcmp(a->place, b->place, a->n * sizeof(*a->place)) == 0);
}

/* A scan for words of a list: half of all hashes are in its filter. */
struct listing {
    struct tokens tokens;
    struct tokens_listed listed;
    uint64_t filter[TOKENS_FILTER], hash[TOKENS_MAX];
};

static void begin_listing(struct listing *l, const char *s, size_t len)
{
    uint64_t r = 23;

    l->listed.filter = l->filter;
    l->listed.hash = l->hash;
    for (size_t i = 0; i < TOKENS_FILTER; i++)
        l->filter[i] = next_random(&r);
    tokens_begin(&l->tokens, s, len);
}

static void must_be_equal_listings(const struct listing *l, const struct listing *m)
{
    const struct tokens *a = &l->tokens, *b = &m->tokens;

    must(a->n == b->n && a->from == b->from && a->done == b->done && a->lines == b->lines);
    must(a->letters == b->letters && l->listed.digits == m->listed.digits);
    must(memcmp(a->line, b->line, a->lines * sizeof(*a->line)) == 0);
    must(memcmp(l->listed.before, m->listed.before, (a->n + 1) * sizeof(*l->listed.before)) == 0);
    must(memcmp(l->listed.digit, m->listed.digit,
                (l->listed.digits + 1) * sizeof(*l->listed.digit)) == 0);
    must(memcmp(l->hash, m->hash, l->listed.before[a->n] * sizeof(*l->hash)) == 0);
}

typedef void scan_function(struct tokens *t, unsigned wanted, struct tokens_listed *l);

/* From the slowest to the fastest. */
static scan_function *const scans[] = { tokens_scan_plain, tokens_scan_avx2, tokens_scan_avx512 };

static bool can_run(size_t i)
{
    return i == 0 || (i == 1 ? cpu_has_avx2() : cpu_has_avx512());
}

/* With AVX2 or AVX-512 or without, and whatever is wanted. */
START_TEST(all_scans_are_one)
{
    static const unsigned wants[] = { TOKENS_WITH_TEXT, TOKENS_WITH_TEXT | TOKENS_WITH_PLACES };
    static struct tokens a, b;
    static struct listing l, m;
    uint64_t r = 17;

    for (int round = 0; round < 900; round++) {
        unsigned wanted = wants[round % 2];
        size_t len;
        char *s = some_bytes(&r, round / 3, &len);

        for (size_t i = 1; i < sizeof(scans) / sizeof(*scans) && can_run(i); i++) {
            tokens_begin(&a, s, len);
            tokens_begin(&b, s, len);
            while (a.done < a.size) {
                tokens_scan_plain(&a, wanted, NULL);
                scans[i](&b, wanted, NULL);
                must_be_equal(&a, &b, wanted);
            }
            begin_listing(&l, s, len);
            begin_listing(&m, s, len);
            while (l.tokens.done < len) {
                tokens_scan_plain(&l.tokens, 0, &l.listed);
                scans[i](&m.tokens, 0, &m.listed);
                must_be_equal_listings(&l, &m);
            }
        }
        free(s);
    }
}
END_TEST

/* The tokens that the filter has, in their order; which hold a digit; and how many of all stand
 * before each. */
static void must_be_listed(const struct listing *l, const struct found *list)
{
    size_t listed = 0, digits = 0;

    for (size_t i = 0; i < l->tokens.n; i++) {
        must(l->listed.before[i] == listed);
        if (l->filter[list[i].hash >> TOKENS_FILTER_SHIFT] >> (list[i].hash & 63) & 1)
            must(l->hash[listed++] == list[i].hash);
        if (list[i].digit)
            must(l->listed.digit[digits++] == i);
    }
    must(l->listed.before[l->tokens.n] == listed);
    must(l->listed.digits == digits && l->listed.digit[digits] == UINT16_MAX);
}

/* The end of each line that is not empty knows the tokens before it. Returns where it stands. */
static size_t must_end(const char *s, size_t at, const struct token_count *line,
                       const struct found *list, size_t first, size_t n)
{
    size_t before = first + line->tokens, digits = 0;

    while (s[at] != '\n' || (at > 0 && s[at - 1] == '\n'))
        at++;
    must(before <= n && (before == 0 || list[before - 1].at < at));
    must(before == n || list[before].at > at);
    for (size_t i = first; i < before; i++)
        digits += list[i].digit;
    must(line->digits == digits);
    return at + 1;
}

START_TEST(listings_are_those_of_the_text)
{
    static struct listing l;
    uint64_t r = 19;

    for (int round = 0; round < 400; round++) {
        size_t len, n = 0, at = 0, letters = 0, expected = 0;
        char *s = some_bytes(&r, round, &len);

        if (round % 5 == 4) /* empty lines, and such as only look empty */
            for (size_t i = 0; i < len; i++)
                s[i] = s[i] == 'q' ? '\n' : s[i];
        struct all a = scan(s, len);
        for (size_t i = 0, text = 0; i < a.n; i++) {
            size_t end = text;

            while (a.text[end] != ' ')
                end++;
            expected += a.list[i].digit ? 0 : end - text;
            text = end + 1;
        }
        begin_listing(&l, s, len);
        while (tokens_next_listed(&l.tokens, &l.listed)) {
            must_be_listed(&l, a.n > 0 ? a.list + n : NULL);
            for (size_t i = 0; i < l.tokens.lines; i++)
                at = must_end(s, at, &l.tokens.line[i], a.list, n, a.n);
            n += l.tokens.n;
            letters += l.tokens.letters;
        }
        must(n == a.n && letters == expected);
        for (; at < len; at++)
            must(s[at] != '\n' || (at > 0 && s[at - 1] == '\n'));
        drop(&a);
        free(s);
    }
}
END_TEST

/* From a second reading of the rule in another language. */
START_TEST(hash_of_format_1)
{
    ck_assert(token_hash("a", 1) == UINT64_C(0x8952ed585372fb36));
    ck_assert(token_hash("indonesia", 9) == UINT64_C(0x4a7ce11132355c71));
    ck_assert(token_hash("1234567890123456", 16) == UINT64_C(0xec946f27d513f781));
    ck_assert(token_hash("antidisestablishmentarianism", 28) == UINT64_C(0x6d5f66b9ebee5a93));
    ck_assert(token_hash("caf\xc3\xa9", 5) == UINT64_C(0x4ef910905dce3751));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tokens");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_test(c, ascii_by_the_rules);
    tcase_add_test(c, words_of_many_kinds);
    tcase_add_test(c, words_that_need_icu);
    tcase_add_test(c, digits_are_seen);
    tcase_add_test(c, twice_is_once);
    tcase_add_test(c, each_character_twice_is_once);
    tcase_add_test(c, the_same_wherever_windows_fall);
    tcase_add_test(c, short_way_is_the_general_way);
    tcase_add_test(c, separators_are_those_of_the_rule);
    tcase_add_test(c, hostile_bytes_do_no_harm);
    tcase_add_test(c, all_scans_are_one);
    tcase_add_test(c, listings_are_those_of_the_text);
    tcase_add_test(c, hash_of_format_1);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
