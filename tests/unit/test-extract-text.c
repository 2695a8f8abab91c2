/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of pieces of text: the quick answer is that of a look at each byte. */
#define _GNU_SOURCE
#include "plugins/transform/extract/classes.h"
#include "plugins/transform/extract/text.h"

#include <check.h>
#include <stdlib.h>

/* Against the plainest search there is, in texts of two letters, where each place looks likely. */
START_TEST(spans_are_found)
{
    uint64_t random = 11;

    for (int round = 0; round < 100000; round++) {
        char text[200], what[24];
        size_t n, len, want = SIZE_MAX;
        const char *got;

        random = random * 6364136223846793005u + 1442695040888963407u;
        n = (random >> 33) % sizeof(text);
        len = (random >> 41) % (round % 3 ? 4 : sizeof(what));
        for (size_t i = 0; i < n; i++)
            text[i] = "ab"[((random >> (i % 37 + 20)) + i * i / 7) & 1];
        for (size_t i = 0; i < len; i++)
            what[i] = "ab"[(random >> (i + 13)) & 1];
        for (size_t i = 0; len > 0 && i + len <= n && want == SIZE_MAX; i++)
            want = memcmp(text + i, what, len) == 0 ? i : SIZE_MAX;
        got = find_span(span(text, n), span(what, len));
        ck_assert_msg(want == SIZE_MAX ? !got : got == text + want, "%.*s in %.*s", (int)len, what,
                      (int)n, text);
    }
}
END_TEST

static bool plain_same(struct span a, struct span b)
{
    size_t i = 0;

    while (i < a.len && i < b.len && lower(a.at[i]) == lower(b.at[i]))
        i++;
    return a.len == b.len && i == a.len;
}

static bool plain_ends_open(struct span s)
{
    const char *tail = s.at + s.len - 3;

    return s.len >= 3 && (memcmp(tail, "...", 3) == 0 || memcmp(tail, "\xe2\x80\xa6", 3) == 0);
}

static bool plain_ends_sentence(struct span s)
{
    while (s.len > 0) {
        size_t mark = closing_mark(s.at, s.at + s.len);

        if (is_in(s.at[s.len - 1], ".!?"))
            return !plain_ends_open(s);
        if (s.at[s.len - 1] != ' ' && mark == 0)
            return false;
        s.len -= s.at[s.len - 1] == ' ' ? 1 : mark;
    }
    return false;
}

static size_t plain_dash(struct span s)
{
    size_t n = 0;

    while (n < s.len && s.at[n] == '-')
        n++;
    if (n > 0 || s.len < 3 || (unsigned char)s.at[0] != 0xe2)
        return n;
    return ((unsigned char)s.at[1] == 0x80 && (unsigned char)s.at[2] >= 0x90 &&
            (unsigned char)s.at[2] <= 0x95) ||
                   memcmp(s.at + 1, "\x88\x92", 2) == 0
               ? 3
               : 0;
}

/* What is seen by one or two bytes of a line's end, or sixteen at once, is what a look at each byte
 * says; the texts end where their memory does. */
START_TEST(ends_are_seen_by_few_bytes)
{
    static const char *const piece[] = { "a",
                                         "Z",
                                         "@",
                                         "[",
                                         "7",
                                         ".",
                                         "!",
                                         "?",
                                         " ",
                                         ")",
                                         "\"",
                                         "-",
                                         "..",
                                         "pasar LAMA itu",
                                         "\xe2\x80\xa6",
                                         "\xe2\x80\x9d",
                                         "\xe2\x80\x93",
                                         "\xe2\x88\x92",
                                         "\xc2\xbb",
                                         "\xc3\xa9" };
    uint64_t random = 5;

    for (int round = 0; round < 100000; round++) {
        char text[128], *copy, *folded;
        size_t n = 0, pieces = (random >> 40) % 9;
        struct span s, other;

        for (size_t i = 0; i < pieces; i++) {
            const char *p;

            random = random * 6364136223846793005u + 1442695040888963407u;
            p = piece[(random >> 33) % (sizeof(piece) / sizeof(piece[0]))];
            memcpy(text + n, p, strlen(p));
            n += strlen(p);
        }
        random = random * 6364136223846793005u + 1442695040888963407u;
        copy = malloc(n + 1);
        folded = malloc(n + 1);
        ck_assert(copy && folded);
        /* shifted by one: the last byte is the last of the memory */
        s = span(memcpy(copy + 1, text, n), n);
        other = span(folded + 1, n);
        for (size_t i = 0; i < n; i++)
            folded[i + 1] = random >> (20 + i % 40) & 1 ? (char)lower(text[i]) : text[i];
        if (n > 0 && round % 3 == 0)
            folded[1 + (random >> 33) % n] ^= 0x20;
        ck_assert_int_eq(ends_open(s), plain_ends_open(s));
        ck_assert_int_eq(ends_sentence(s), plain_ends_sentence(s));
        ck_assert_uint_eq(dash_at(s.at, s.at + s.len), plain_dash(s));
        ck_assert_int_eq(span_same(s, other), plain_same(s, other));
        free(copy);
        free(folded);
    }
}
END_TEST

static const char *plain_find_folded(struct span s, const char *text)
{
    for (size_t i = 0; *text && i < s.len; i++)
        if (starts_with(span(s.at + i, s.len - i), text))
            return s.at + i;
    return NULL;
}

static void plain_count(struct span s, size_t count[3])
{
    const char *at = s.at, *end = s.at + s.len;

    while (at < end) {
        bool word = false, first = false, big = false, small = false;

        for (; at < end && *at != ' '; at += char_size(*at)) {
            first = word || !is_word_at(at, end) ? first : is_capital(at, end) || is_digit(*at);
            word |= is_word_at(at, end);
            big |= is_capital(at, end);
            small |= is_small(at, end);
        }
        count[0] += word;
        count[1] += word && first;
        count[2] += big && !small;
        at += at < end;
    }
}

static struct span plain_trim(struct span s, const char *const *pieces)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; pieces[i]; i++) {
            size_t n = strlen(pieces[i]);

            while (s.len >= n && memcmp(s.at, pieces[i], n) == 0) {
                s = span(s.at + n, s.len - n);
                more = true;
            }
            while (s.len >= n && memcmp(s.at + s.len - n, pieces[i], n) == 0) {
                s.len -= n;
                more = true;
            }
        }
    }
    return s;
}

static void same_span(struct span a, struct span b)
{
    ck_assert_uint_eq(a.len, b.len);
    ck_assert(a.len == 0 || a.at == b.at);
}

/* Words, capitals and what is trimmed, of ASCII alone and of other letters. */
START_TEST(pieces_are_counted_and_trimmed)
{
    static const char *const piece[] = {
        " ",        "a",        "K",        "Kota",        "BARU",  "7",         "-",
        "@",        "[",        "`",        "{",           ".",     " ",         ":",
        " /",       "Co",       "c",        "C",           " CopY", "copyright", "\xe2\x80\xa2",
        "\xc2\xb7", "\xc3\x89", "\xc3\xa9", "\xe2\x97\x8f"
    };
    static const char *const bullets[] = { " ", "\xe2\x80\xa2", "\xe2\x97\x8f", "\xc2\xb7", NULL };
    static const char *const signs[] = { " ", ":", "/", ".", NULL };
    uint64_t random = 9;

    for (int round = 0; round < 100000; round++) {
        size_t n = 0, words, capital, upper, want[3] = { 0 };
        size_t pieces = (random >> 40) % 24, kinds = round % 2 ? 20 : 25;
        char text[256], *copy;
        struct span s;

        for (size_t i = 0; i < pieces; i++) {
            const char *p;

            random = random * 6364136223846793005u + 1442695040888963407u;
            p = piece[(random >> 33) % kinds];
            memcpy(text + n, p, strlen(p));
            n += strlen(p);
        }
        random = random * 6364136223846793005u + 1442695040888963407u;
        copy = malloc(n + 1);
        ck_assert_ptr_nonnull(copy);
        s = span(memcpy(copy + 1, text, n), n);
        count_capitals(s, &words, &capital, &upper);
        plain_count(s, want);
        ck_assert_msg(words == want[0] && capital == want[1] && upper == want[2], "%.*s", (int)n,
                      text);
        ck_assert_ptr_eq(find_folded(s, "copyright"), plain_find_folded(s, "copyright"));
        ck_assert_ptr_eq(find_folded(s, "[c"), plain_find_folded(s, "[c"));
        same_span(trim_bullets(s), plain_trim(s, bullets));
        same_span(span_trim(s, " :/."), plain_trim(s, signs));
        free(copy);
    }
}
END_TEST

/* By the words of classes.h. */
static bool plain_part(const char *s, size_t i, bool commas, bool behind_blank)
{
    bool blank = i > 0 ? s[i - 1] == ' ' : behind_blank;

    return (blank && (strchr("|-\xe2", s[i]) || (commas && s[i] == '('))) ||
           (commas && s[i] == ',');
}

/* Places at which a house is parted off, and whether a word is before a place. */
START_TEST(places_are_told)
{
    static const char bytes[] = "   ||--((,,aZ7.\xe2\x80\x93\xc3\xa9\xc2\xbb";
    uint64_t random = 3;

    for (int round = 0; round < 100000; round++) {
        size_t n = (random >> 40) % 65, wrong = 0;
        char *text = malloc(n + 1), *s = text + 1; /* the last byte is the last of the memory */
        uint64_t parts, want = 0;
        bool commas, blank;

        ck_assert_ptr_nonnull(text);
        for (size_t i = 0; i < n; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            s[i] = bytes[(random >> 33) % (sizeof(bytes) - 1)];
        }
        random = random * 6364136223846793005u + 1442695040888963407u;
        commas = random >> 30 & 1;
        blank = random >> 31 & 1;
        parts = commas ? parts_of(s, n, true, blank) : parts_of(s, n, false, blank);
        for (size_t i = 0; i < n; i++)
            want |= (uint64_t)plain_part(s, i, commas, blank) << i;
        ck_assert_uint_eq(parts, want);
        for (size_t i = 0; i <= n; i++) {
            size_t from = i;

            while (from > 0 && ((unsigned char)s[--from] & 0xc0) == 0x80)
                ;
            wrong += is_word_before(s + i, s) != (i > 0 && is_word_at(s + from, s + i));
        }
        ck_assert_uint_eq(wrong, 0);
        free(text);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("extract-text");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_test(c, spans_are_found);
    tcase_add_test(c, ends_are_seen_by_few_bytes);
    tcase_add_test(c, pieces_are_counted_and_trimmed);
    tcase_add_test(c, places_are_told);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
