/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of text: case, words, sentence ends. ASCII case is folded, Latin letters are known as
 * capital or small; everything else is compared as it stands. */
#define _GNU_SOURCE
#include "text.h"

#include "classes.h"

enum { WRONG_MAX = 64 };

/* U+0080 to U+017F in two bytes, or 0. */
static unsigned latin(const char *s, const char *end)
{
    unsigned char a, b;

    if (end - s < 2)
        return 0;
    a = (unsigned char)s[0];
    b = (unsigned char)s[1];
    if (a < 0xc2 || a > 0xc5)
        return 0;
    return (unsigned)(a & 0x1f) << 6 | (b & 0x3f);
}

bool is_wide_capital(const char *s, const char *end)
{
    unsigned c = latin(s, end);

    if (c >= 0x100)
        return (c >= 0x139 && c <= 0x148) || c >= 0x179 ? c % 2 == 1 : c % 2 == 0;
    return c >= 0xc0 && c <= 0xde && c != 0xd7;
}

bool is_wide_small(const char *s, const char *end)
{
    unsigned c = latin(s, end);

    return c >= 0xdf && c != 0xf7 && !is_wide_capital(s, end);
}

bool is_wide_word(const char *s, const char *end)
{
    unsigned c = latin(s, end);

    if (c)
        return c >= 0xc0 && c != 0xd7 && c != 0xf7;
    return end - s >= 3 && !((unsigned char)s[0] == 0xe2 &&
                             ((unsigned char)s[1] == 0x80 || (unsigned char)s[1] == 0x81));
}

bool is_wide_word_before(const char *s, const char *begin)
{
    const char *at = s - 1;

    while (at > begin && ((unsigned char)*at & 0xc0) == 0x80)
        at--;
    return is_word_at(at, s);
}

size_t odd_blank(const char *at, size_t n, bool *blank)
{
    const unsigned char *s = (const unsigned char *)at;

    *blank = true;
    if (n >= 2 && s[0] == 0xc2 && s[1] == 0xa0)
        return 2;
    if (n < 3)
        return 0;
    if (s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x80)
        return 3;
    if (s[0] == 0xe2 &&
        ((s[1] == 0x80 && (s[2] <= 0x8a || s[2] == 0xaf)) || (s[1] == 0x81 && s[2] == 0x9f)))
        return 3;
    *blank = false;
    if ((s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0x8b || s[2] == 0x8e || s[2] == 0x8f)) ||
        (s[0] == 0xe2 && s[1] == 0x81 && s[2] == 0xa0) ||
        (s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf))
        return 3;
    return 0;
}

struct span span_trim_ends(struct span s, const struct byte_set *set)
{
    while (s.len > 0 && is_in_set(s.at[0], set))
        s = span(s.at + 1, s.len - 1);
    while (s.len > 0 && is_in_set(s.at[s.len - 1], set))
        s.len--;
    return s;
}

bool span_is(struct span s, const char *lower_case)
{
    return strlen(lower_case) == s.len && starts_with(s, lower_case);
}

#ifdef __SSE2__
static __m128i folded(const char *s)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)s);

    return _mm_or_si128(x, _mm_and_si128(between(x, 'A', 'Z'), _mm_set1_epi8(0x20)));
}
#endif

bool same_folded(const char *a, const char *b, size_t n)
{
    size_t i = 0;

#ifdef __SSE2__
    for (; i + 16 <= n; i += 16)
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(folded(a + i), folded(b + i))) != 0xffff)
            return false;
    if (i > 0 && i < n) /* some bytes once more */
        return _mm_movemask_epi8(_mm_cmpeq_epi8(folded(a + n - 16), folded(b + n - 16))) == 0xffff;
#endif
    for (; i < n; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool starts_with(struct span s, const char *lower_case)
{
    size_t i;

    for (i = 0; i < s.len && lower_case[i]; i++)
        if (lower(s.at[i]) != (unsigned char)lower_case[i])
            return false;
    return !lower_case[i];
}

const char *find_folded(struct span s, const char *lower_case)
{
    size_t n = strlen(lower_case), i = 0;

#ifdef __SSE2__
    /* places where the first byte, with the bit of small letters, is the text's: what is no letter
     * may look like one so, and is compared like one that is */
    for (; n > 0 && i + 16 <= s.len; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s.at + i));
        __m128i first = _mm_set1_epi8((char)(lower_case[0] | 0x20));
        __m128i hit = _mm_cmpeq_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), first);

        for (unsigned bits = (unsigned)_mm_movemask_epi8(hit); bits; bits &= bits - 1) {
            const char *at = s.at + i + __builtin_ctz(bits);

            if (starts_with(span(at, (size_t)(s.at + s.len - at)), lower_case))
                return at;
        }
    }
#endif
    for (; n > 0 && i + n <= s.len; i++)
        if (lower(s.at[i]) == (unsigned char)lower_case[0] &&
            starts_with(span(s.at + i, s.len - i), lower_case))
            return s.at + i;
    return NULL;
}

const char *find_bytes(struct span s, const char *text)
{
    return find_span(s, span(text, strlen(text)));
}

/* Sixteen places at once are looked at by the text's first and last byte (W. Mula, "SIMD-friendly
 * algorithms for substring searching", 2016); lines and texts are short, and memmem makes a table
 * of each text first. Where those two say too often what is not so, it has to do the rest. */
const char *find_span(struct span s, struct span text)
{
    size_t places = s.len - text.len + 1, i = 0;

    if (text.len == 0 || s.len < text.len)
        return NULL;
#ifdef __SSE2__
    size_t wrong = 0;

    for (; places >= 16 && wrong < WRONG_MAX; i += 16) {
        __m128i first = _mm_set1_epi8(text.at[0]), last = _mm_set1_epi8(text.at[text.len - 1]);
        __m128i a, b;
        unsigned bits;

        if (i == places)
            return NULL;
        i = i + 16 <= places ? i : places - 16; /* at last some places once more */
        a = _mm_loadu_si128((const __m128i *)(const void *)(s.at + i));
        b = _mm_loadu_si128((const __m128i *)(const void *)(s.at + i + text.len - 1));
        bits = (unsigned)_mm_movemask_epi8(
            _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));
        for (; bits; bits &= bits - 1, wrong++)
            if (memcmp(s.at + i + __builtin_ctz(bits), text.at, text.len) == 0)
                return s.at + i + __builtin_ctz(bits);
    }
    for (; i < places && wrong < WRONG_MAX; i++)
        if (s.at[i] == text.at[0] && memcmp(s.at + i, text.at, text.len) == 0)
            return s.at + i;
#endif
    return i < places ? memmem(s.at + i, s.len - i, text.at, text.len) : NULL;
}

size_t count_words(struct span s)
{
    size_t words, capital;

    count_words_and_capitals(s, &words, &capital);
    return words;
}

void count_words_and_capitals(struct span s, size_t *words, size_t *capital)
{
    uint64_t open = 1;

    *words = *capital = 0;
    for (size_t from = 0; from < s.len; from += 64) {
        struct classes c = classes_of(s.at + from, s.len - from < 64 ? s.len - from : 64);
        uint64_t first;

        if (c.wide & ~c.inner)
            add_wide(&c, s, from);
        first = first_letters(&c, &open);
        *words += count_bits(first);
        *capital += count_bits(first & c.big);
    }
}

/* The same of up to 64 bytes of ASCII, a word at a time. */
static void count_ascii_capitals(const struct classes *c, size_t *words, size_t *capital,
                                 size_t *upper)
{
    uint64_t left = ~c->blank;

    while (left) {
        uint64_t first = left & -left,
                 behind = left + first; /* the blank behind, if there is one */
        uint64_t in = left & ~behind, word = c->word & in;

        *words += word != 0;
        *capital += (word & -word & c->big) != 0;
        *upper += (word & c->big & ~c->digit) != 0 && (word & ~c->big) == 0;
        left &= behind;
    }
}

void count_capitals(struct span s, size_t *words, size_t *capital, size_t *upper)
{
    const char *end = s.at + s.len;

    *words = *capital = *upper = 0;
    if (s.len <= 64) {
        struct classes c = classes_of(s.at, s.len);

        if (c.wide == 0) {
            count_ascii_capitals(&c, words, capital, upper);
            return;
        }
    }
    for (const char *at = s.at; at < end; at++) {
        bool has_word = false, has_small = false, first = false, letter = false;

        for (; at < end && *at != ' '; at += char_size(*at)) {
            bool big = is_capital(at, end), small = !big && is_small(at, end);

            if (!big && !small && !is_word_at(at, end))
                continue;
            if (!has_word)
                first = big || is_digit(*at);
            has_word = true;
            has_small |= small;
            letter |= big;
            if (small && (unsigned char)*at < 0x80) /* the rest of a word in small letters */
                while (at + 1 < end && at[1] >= 'a' && at[1] <= 'z')
                    at++;
        }
        *words += has_word;
        *capital += has_word && first;
        *upper += has_word && letter && !has_small;
    }
}

bool all_capitals(struct span s)
{
    const char *end = s.at + s.len;
    bool some = false;

    for (const char *at = s.at; at < end; at += char_size(*at)) {
        if (is_small(at, end))
            return false;
        some |= is_capital(at, end);
    }
    return some;
}

size_t closing_mark_at_all(const char *begin, const char *end)
{
    size_t n = (size_t)(end - begin);

    if (n > 0 && is_in(end[-1], "\"')]*"))
        return 1;
    if (n >= 3 && (unsigned char)end[-3] == 0xe2 && (unsigned char)end[-2] == 0x80 &&
        ((unsigned char)end[-1] == 0x99 || (unsigned char)end[-1] == 0x9d ||
         (unsigned char)end[-1] == 0x9c || (unsigned char)end[-1] == 0xb3))
        return 3;
    if (n >= 2 && (unsigned char)end[-2] == 0xc2 && (unsigned char)end[-1] == 0xbb)
        return 2;
    return 0;
}

bool ends_sentence_at_all(struct span s)
{
    const char *end = s.at + s.len;
    size_t mark;

    for (; end > s.at; end -= mark) {
        if (end[-1] == '.' || end[-1] == '!' || end[-1] == '?')
            return !ends_open(span(s.at, (size_t)(end - s.at)));
        if (is_ascii_letter(end[-1]))
            return false;
        mark = end[-1] == ' ' ? 1 : closing_mark(s.at, end);
        if (mark == 0)
            return false;
    }
    return false;
}

size_t dash_of_any_kind(const char *s, const char *end)
{
    size_t n = (size_t)(end - s);

    size_t hyphens = 0;

    while (hyphens < n && s[hyphens] == '-')
        hyphens++;
    if (hyphens > 0)
        return hyphens;
    if (n >= 3 && (unsigned char)s[0] == 0xe2 && (unsigned char)s[1] == 0x80 &&
        (unsigned char)s[2] >= 0x90 && (unsigned char)s[2] <= 0x95)
        return 3;
    if (n >= 3 && memcmp(s, "\xe2\x88\x92", 3) == 0)
        return 3;
    return 0;
}

/* Off both ends, once; n is known where this is compiled, so that nothing is called. */
__attribute__((always_inline)) static inline struct span trim_bullet(struct span s,
                                                                     const char *bullet, size_t n)
{
    if (s.len >= n && memcmp(s.at + s.len - n, bullet, n) == 0)
        s.len -= n;
    if (s.len >= n && memcmp(s.at, bullet, n) == 0)
        s = span(s.at + n, s.len - n);
    return s;
}

/* "Nama Lengkap • ", " · 10 menit": U+2022, U+25CF and U+00B7 part things on a line. */
struct span trim_bullets(struct span s)
{
    size_t again;

    do {
        again = s.len;
        s = span_trim(s, " ");
        if (s.len == 0 || ((unsigned char)s.at[0] < 0x80 && (unsigned char)s.at[s.len - 1] < 0x80))
            return s; /* as with most */
        s = trim_bullet(s, "\xe2\x80\xa2", 3);
        s = trim_bullet(s, "\xe2\x97\x8f", 3);
        s = trim_bullet(s, "\xc2\xb7", 2);
    } while (s.len < again);
    return s;
}
