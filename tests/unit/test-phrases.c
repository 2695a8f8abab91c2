/* SPDX-License-Identifier: Apache-2.0 */
/* What extract asks of short texts by filters, tables and blocks of bytes is what a look at each
 * phrase and each byte in turn says: over random texts that are made of what is asked for, each in
 * memory of its own size, so that the sanitizers see a read beside it. */
#include "plugins/transform/extract/extract.h"
#include "tests/unit/language-pack.h"
#include "tests/unit/unit.h"

static struct pack pack, odd;

/* Patterns that begin with little that stands for itself, or have any text and numbers inside. */
static const char odd_pack[] =
    "[language]\ncode = xx\n[months]\n1 = jan, januari\n[days]\n1 = senin\n[outlets]\n"
    "suffixes = .com, .id\nwords = tv, pos, q\n[lines share]\nx\naa\n@*\n: a\n<n>\n<n> foto*\n"
    "<n>share\n<n> dari <n>\nb<n>c\nfo*to\nf* lama\nfoto * a\nfoto *\nfoto:\nfoto: * - "
    "b\nfoto*:\n[lines "
    "ad]\n"
    "*baca juga\n*aa\n*q<n>\n*foto: *\n**a\nfotobaca <n>*\nabcdefgh *x\nabcdefghi\n*abcdefghi:\n";

static void setup(void)
{
    struct fault f = { .line = 0 };

    load_pack(&pack, "id.conf");
    ck_assert_msg(pack_read(&odd, odd_pack, sizeof(odd_pack) - 1, &f) == 0, "%d: %s", (int)f.line,
                  f.text);
}

static void teardown(void)
{
    pack_free(&pack);
    pack_free(&odd);
}

/* One of a list's phrases, or what it begins with; numbers and any text are something. */
static size_t random_phrase(uint64_t *seed, const struct phrases *of, char to[64])
{
    const struct phrase *p = &of->at[next_random(seed) % of->n];
    size_t len = p->len < 64 ? p->len : 64,
           n = next_random(seed) % 4 ? len : next_random(seed) % len;

    for (size_t i = 0; i < len; i++) {
        to[i] =
            (unsigned char)p->text[i] <= PATTERN_ANY ? "7 a"[next_random(seed) % 3] : p->text[i];
        if ((unsigned char)to[i] >= 0x80) /* never half a character */
            n = 0;
        if (to[i] >= 'a' && to[i] <= 'z' && next_random(seed) % 8 == 0)
            to[i] = (char)(to[i] - 32);
    }
    return n;
}

/* Such phrases, other bytes and signs; blanks are single and none at the ends. */
static struct span random_text(uint64_t *seed, const struct phrases *of, char *to, size_t max)
{
    static const char *const pieces[] = {
        "a",        "X",        "aa",
        "7",        "12",       "1.200",
        " ",        " ",        " ",
        "@",        ": ",       " :",
        "- ",       ".",        ",",
        "(",        ")",        "\xe2\x80\x9d",
        "/",        " I",       "tv",
        ".id",      "Pos ",     "\xc3\x89",
        "foto",     "abcdefgh", "\xe2\x80\x99",
        "q",        "b1",       "-",
        "Kota",     " lama",    "\xe4\xb8\xad",
        "\xc2\xa9",
    };
    size_t n = 0;

    for (size_t k = 1 + next_random(seed) % 9; k > 0; k--) {
        const char *piece = pieces[next_random(seed) % (sizeof(pieces) / sizeof(pieces[0]))];
        char phrase[64];
        size_t len = strlen(piece);

        if (of->n > 0 && next_random(seed) % 3 == 0) {
            len = random_phrase(seed, of, phrase);
            piece = phrase;
        }
        if (n + len > max)
            break;
        for (size_t i = 0; i < len; i++)
            if (piece[i] != ' ' || (n > 0 && to[n - 1] != ' '))
                to[n++] = piece[i];
    }
    while (n > 0 && to[n - 1] == ' ')
        n--;
    return span(to, n);
}

/* The same in memory of its own size. */
static struct span alone(struct span s)
{
    char *at = malloc(s.len + (s.len == 0));

    ck_assert_ptr_nonnull(at);
    memcpy(at, s.at, s.len);
    return span(at, s.len);
}

static bool begins_with(struct span s, const struct phrase *p)
{
    if (s.len < p->len)
        return false;
    for (size_t i = 0; i < p->len; i++)
        if (lower(s.at[i]) != (unsigned char)p->text[i])
            return false;
    return true;
}

static size_t plain_phrase(const struct phrases *list, struct span s, bool loose)
{
    size_t best = 0;

    for (size_t i = 0; i < list->n; i++) {
        size_t n = list->at[i].len;

        if (n > best && begins_with(s, &list->at[i]) &&
            (loose || !is_word_at(s.at + n, s.at + s.len) || !is_word_before(s.at + n, s.at)))
            best = n;
    }
    return best;
}

static const char *plain_phrase_in(const struct phrases *list, struct span s)
{
    for (size_t i = 0; i < s.len; i += char_size(s.at[i]))
        if (s.at[i] != ' ' &&
            !(is_word_before(s.at + i, s.at) && is_word_at(s.at + i, s.at + s.len)) &&
            plain_phrase(list, span(s.at + i, s.len - i), false))
            return s.at + i;
    return NULL;
}

START_TEST(phrases_are_found)
{
    const struct phrases *lists[] = { &pack.places, &pack.outlets, &pack.outlet_words,
                                      &pack.people, &pack.credits, &pack.spam,
                                      &pack.months, &pack.by,      &odd.outlet_words };
    uint64_t seed = 11;
    char text[200];

    for (int round = 0; round < 60000; round++) {
        const struct phrases *list = lists[next_random(&seed) % (sizeof(lists) / sizeof(*lists))];
        struct span s = alone(random_text(&seed, list, text, sizeof(text)));
        unsigned found = 0;

        must(phrase_at(list, s, true, NULL) == plain_phrase(list, s, true));
        must(phrase_at(list, s, false, NULL) == plain_phrase(list, s, false));
        must(phrase_in(list, s, NULL) == plain_phrase_in(list, s));
        if (s.len > 0)
            found = pack_look(&pack, s, PACK_ALL);
        must(found & PACK_CREDITS || plain_phrase(&pack.credits, s, true) == 0);
        must(found & PACK_TOLD_TO || plain_phrase(&pack.told_to, s, true) == 0);
        must(pack_may_name(&pack, s) || plain_phrase(&pack.people, s, false) == 0);
        free((void *)(uintptr_t)s.at);
    }
}
END_TEST

static size_t plain_number(const char *s, const char *end)
{
    size_t n = 0;

    while (s + n < end && (is_digit(s[n]) ||
                           (n > 0 && is_in(s[n], ".,") && s + n + 1 < end && is_digit(s[n + 1]))))
        n++;
    return n + (n > 0 && s + n < end && is_in(s[n], "kKmM") && !is_word_at(s + n + 1, end));
}

/* One byte after another, from the pattern's first on; any text takes as little as it may. */
static bool plain_pattern(const struct phrase *p, struct span s)
{
    const char *pat = p->text, *pat_end = pat + p->len, *at = s.at, *end = s.at + s.len;
    const char *back_pat = NULL, *back_at = NULL;

    for (;;) {
        size_t n = pat < pat_end && *pat == PATTERN_NUMBER ? plain_number(at, end) : 0;

        if (pat < pat_end && *pat == PATTERN_ANY) {
            back_pat = ++pat;
            back_at = at;
            if (pat == pat_end)
                return !(is_word_before(at, s.at) && is_word_at(at, end));
        } else if (pat == pat_end && (at == end || (end - at == 1 && *at == ':') ||
                                      (end - at == 2 && at[0] == ' ' && at[1] == ':'))) {
            return true;
        } else if (n > 0) {
            pat++;
            at += n;
        } else {
            at += pat < pat_end && *pat == ':' && at + 1 < end && at[0] == ' ' && at[1] == ':';
            if (pat < pat_end && at < end && lower(*at) == (unsigned char)*pat) {
                pat++;
                at++;
            } else if (!back_pat || back_at >= end) {
                return false;
            } else {
                pat = back_pat;
                at = ++back_at;
            }
        }
    }
}

/* The longest that the line is; of those that begin with a number, or of the others. */
static size_t plain_best(const struct phrases *list, struct span s, bool number)
{
    size_t best = 0;

    for (size_t i = 0; i < list->n; i++)
        if ((list->at[i].text[0] == PATTERN_NUMBER) == number &&
            list->at[i].text[0] != PATTERN_ANY && list->at[i].len > best &&
            plain_pattern(&list->at[i], s))
            best = list->at[i].len;
    return best;
}

static size_t plain_line(const struct pack *of, struct span s)
{
    size_t best = plain_best(&of->rules, s, false);

    if (best == 0 && is_digit(s.at[0]))
        best = plain_best(&of->rules, s, true);
    for (size_t i = 0; best == 0 && i < s.len; i++)
        if (i == 0 || s.at[i - 1] == ' ')
            best = plain_best(&of->inner, span(s.at + i, s.len - i), false);
    return best;
}

START_TEST(patterns_are_found)
{
    uint64_t seed = 12;
    char text[300];

    for (int round = 0; round < 100000; round++) {
        const struct pack *of = round % 4 ? &odd : &pack;
        const struct phrases *list = next_random(&seed) % 3 ? &of->rules : &of->inner;
        struct span s = alone(random_text(&seed, list, text, sizeof(text))), rest;
        const char *pattern = "";

        if (s.len > 0) {
            enum role role = pack_line(of, s, true, &rest, &pattern);

            must((role != ROLE_NONE) == (plain_line(of, s) > 0));
            must(strlen(pattern) == plain_line(of, s));
        }
        free((void *)(uintptr_t)s.at);
    }
}
END_TEST

static bool plain_name(struct span s)
{
    const char *end = s.at + s.len;
    size_t words, capital, place = plain_phrase(&pack.places, s, false);

    if (s.len < 3 || s.len > 50 || !is_capital(s.at, end))
        return false;
    for (const char *at = s.at; at < end; at += char_size(*at))
        if (!is_in(*at, " .'-,`") && !(end - at >= 3 && memcmp(at, "\xe2\x80\x99", 3) == 0) &&
            (!is_word_at(at, end) || is_digit(*at)))
            return false;
    count_words_and_capitals(s, &words, &capital);
    return words >= 1 && words <= 5 && capital == words && place != s.len &&
           plain_phrase(&pack.outlets, s, false) != s.len && !(place > 0 && s.at[place] == ',');
}

static bool plain_site(struct span s)
{
    if (s.len < 4 || s.len > 60 || memchr(s.at, ' ', s.len) || memchr(s.at, '@', s.len) ||
        !is_word_at(s.at, s.at + s.len))
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (s.at[i] == '.' &&
            plain_phrase(&pack.suffixes, span(s.at + i, s.len - i), false) == s.len - i)
            return true;
    return false;
}

static bool plain_outlet_word(struct span s)
{
    const char *end = s.at + s.len;
    size_t blanks = 0, n;
    bool big = is_capital(s.at, end);

    for (size_t i = 0; i < s.len; i++)
        blanks += s.at[i] == ' ';
    if (s.len < 6 || s.len > 30 || blanks > 2 || (!big && blanks > 0))
        return false;
    n = big ? plain_phrase(&pack.outlet_words, s, true) : 0;
    if (n >= 3 && (blanks < 2 || s.at[n] == ' '))
        return true;
    for (size_t i = 1; i + 2 <= s.len; i++)
        if ((big || is_capital(s.at + i, end)) && (blanks < 2 || s.at[i - 1] == ' ')) {
            n = plain_phrase(&pack.outlet_words, span(s.at + i, s.len - i), false);
            if (n > 0 && (n == s.len - i || (blanks == 2 && s.at[i + n] == ' ')))
                return true;
        }
    return false;
}

static bool plain_outlet(struct span s)
{
    const char *slash = s.len > 0 ? memchr(s.at, '/', s.len) : NULL;
    size_t head = slash ? (size_t)(slash - s.at) : 0;

    return plain_site(s) || (s.len > 0 && plain_phrase(&pack.outlets, s, false) == s.len) ||
           plain_outlet_word(s) ||
           (head > 0 && plain_phrase(&pack.outlets, span(s.at, head), false) == head);
}

/* Up to seven words, of names mostly. */
static struct span random_name(uint64_t *seed, char *to)
{
    static const char *const words[] = { "Nama", "Siti", "A.",     "O'Nama", "\xc3\x89va",
                                         "Jr,",  "nama", "Ko`ta-", "X7",     "N\xe2\x80\x99Nama" };
    size_t n = 0;

    for (size_t k = 1 + next_random(seed) % 7; k > 0; k--) {
        const char *word = words[next_random(seed) % (next_random(seed) % 4 ? 6 : 10)];

        memcpy(to + n, word, strlen(word));
        n += strlen(word);
        if (k > 1)
            to[n++] = ' ';
    }
    return span(to, n);
}

START_TEST(names_are_told)
{
    const struct phrases *lists[] = { &pack.places, &pack.outlets, &pack.outlet_words,
                                      &pack.suffixes };
    uint64_t seed = 13;
    char text[80];
    int names = 0, sites = 0, outlets = 0;

    for (int round = 0; round < 200000; round++) {
        const struct phrases *list = lists[next_random(&seed) % 4];
        struct span s =
            round % 4 ? random_text(&seed, list, text, sizeof(text)) : random_name(&seed, text);

        if (s.len > 0 && s.at[0] >= 'a' && s.at[0] <= 'z' && next_random(&seed) % 2)
            text[0] = (char)(text[0] - 32);
        s = alone(s);
        must(is_name(&pack, s) == plain_name(s));
        must(is_site_name(&pack, s) == plain_site(s));
        must(is_outlet(&pack, s) == plain_outlet(s));
        names += is_name(&pack, s);
        sites += is_site_name(&pack, s);
        outlets += is_outlet(&pack, s);
        free((void *)(uintptr_t)s.at);
    }
    ck_assert_int_gt(names, 1000); /* else the texts say nothing */
    ck_assert_int_gt(sites, 1000);
    ck_assert_int_gt(outlets, 1000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("phrases");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, phrases_are_found);
    tcase_add_test(c, patterns_are_found);
    tcase_add_test(c, names_are_told);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
