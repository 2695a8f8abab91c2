/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of up to 64 bytes at once, a bit each: of SSE2 where the machine is x86-64, else byte
 * by byte, with the same result. */
#ifndef EXTRACT_CLASSES_H
#define EXTRACT_CLASSES_H

#include "text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Bit i is of byte i; bits past the last byte say "blank" and nothing else. */
struct classes {
    uint64_t word;  /* letters and digits of ASCII */
    uint64_t big;   /* ... of these, capitals and digits */
    uint64_t digit; /* ... of these, digits */
    uint64_t blank; /* a space */
    uint64_t wide;  /* bytes of characters that are not ASCII */
    uint64_t inner; /* ... of these, all but the first of each */
    uint64_t control;
    uint64_t colon, slash;
};

/* Bits set; the baseline of x86-64 has no instruction for it (H. Warren, Hacker's Delight, 5-1). */
static inline size_t count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (size_t)(x * UINT64_C(0x0101010101010101) >> 56);
}

#ifdef __SSE2__
static inline __m128i between(__m128i x, char low, char high)
{
    return _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8((char)(low - 1))),
                         _mm_cmpgt_epi8(_mm_set1_epi8((char)(high + 1)), x));
}

__attribute__((always_inline)) static inline void classes_of_16(struct classes *c, const void *s,
                                                                unsigned shift)
{
    __m128i x = _mm_loadu_si128((const __m128i *)s);
    __m128i digit = between(x, '0', '9'), capital = between(x, 'A', 'Z');
    __m128i letter = between(_mm_or_si128(x, _mm_set1_epi8(0x20)), 'a', 'z');

#define BITS(of) ((uint64_t)(unsigned)_mm_movemask_epi8(of) << shift)
    c->digit |= BITS(digit);
    c->big |= BITS(_mm_or_si128(digit, capital));
    c->word |= BITS(_mm_or_si128(digit, letter));
    c->blank |= BITS(_mm_cmpeq_epi8(x, _mm_set1_epi8(' ')));
    c->wide |= BITS(x);
    /* 0x80 to 0xbf are the smallest as signed numbers */
    c->inner |= BITS(_mm_cmplt_epi8(x, _mm_set1_epi8((char)0xc0)));
    c->control |= BITS(_mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x),
                                    _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7f))));
    c->colon |= BITS(_mm_cmpeq_epi8(x, _mm_set1_epi8(':')));
    c->slash |= BITS(_mm_cmpeq_epi8(x, _mm_set1_epi8('/')));
#undef BITS
}
#else
__attribute__((always_inline)) static inline void classes_of_16(struct classes *c, const void *s,
                                                                unsigned shift)
{
    for (unsigned i = 0; i < 16; i++) {
        char b = ((const char *)s)[i];
        uint64_t bit = UINT64_C(1) << (shift + i);

        c->digit |= is_digit(b) ? bit : 0;
        c->big |= is_digit(b) || (b >= 'A' && b <= 'Z') ? bit : 0;
        c->word |= is_digit(b) || is_ascii_letter(b) ? bit : 0;
        c->blank |= b == ' ' ? bit : 0;
        c->wide |= (unsigned char)b >= 0x80 ? bit : 0;
        c->inner |= ((unsigned char)b & 0xc0) == 0x80 ? bit : 0;
        c->control |= (unsigned char)b < 0x20 || b == 0x7f ? bit : 0;
        c->colon |= b == ':' ? bit : 0;
        c->slash |= b == '/' ? bit : 0;
    }
}
#endif

/* Which of these 16 bytes a copy with single blanks must look at: controls, blanks before blanks,
 * the first bytes of characters some of which are blanks or of no width. Reads 17 bytes. */
#ifdef __SSE2__
static inline unsigned odd_of_16(const char *s)
{
    __m128i x = _mm_loadu_si128((const __m128i *)s), blank = _mm_set1_epi8(' ');
    __m128i odd = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);

    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7f)));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xc2)));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xe2)));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xe3)));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xef)));
    odd = _mm_or_si128(
        odd, _mm_and_si128(_mm_cmpeq_epi8(x, blank),
                           _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(s + 1)), blank)));
    return (unsigned)_mm_movemask_epi8(odd);
}
#else
static inline unsigned odd_of_16(const char *s)
{
    unsigned odd = 0;

    for (unsigned i = 0; i < 16; i++) {
        unsigned char b = (unsigned char)s[i];

        if (b < ' ' || b == 0x7f || b == 0xc2 || b == 0xe2 || b == 0xe3 || b == 0xef ||
            (b == ' ' && s[i + 1] == ' '))
            odd |= 1u << i;
    }
    return odd;
}
#endif

/* Less than 16 bytes with blanks behind them, from two halves that may overlap: a copy of so many
 * bytes would be a call. */
static inline void copy_short(char to[16], const char *s, size_t n)
{
    memset(to, ' ', 16);
    if (n >= 8) {
        memcpy(to, s, 8);
        memcpy(to + n - 8, s + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, s, 4);
        memcpy(to + n - 4, s + n - 4, 4);
    } else if (n > 0) {
        to[0] = s[0];
        to[n / 2] = s[n / 2];
        to[n - 1] = s[n - 1];
    }
}

/* Of n bytes, 64 at most. Inline always: what a caller does not look at costs nothing then. */
__attribute__((always_inline)) static inline struct classes classes_of(const char *s, size_t n)
{
    struct classes c = { .blank = n < 64 ? ~UINT64_C(0) << n : 0 };
    size_t i = 0;

    for (; i + 16 <= n; i += 16)
        classes_of_16(&c, s + i, (unsigned)i);
    if (i < n && i > 0) { /* some bytes once more: they say the same */
        classes_of_16(&c, s + n - 16, (unsigned)n - 16);
    } else if (i < n) {
        char last[16];

        copy_short(last, s, n);
        classes_of_16(&c, last, 0);
    }
    return c;
}

/* Of n bytes, 48 at most, behind which as many can be read: without a branch on how many, and
 * without controls and colons. */
static inline struct classes classes_in(const char *s, size_t n)
{
    struct classes c = classes_of(s, 48);
    uint64_t in = (UINT64_C(1) << n) - 1;

    return (struct classes){ .word = c.word & in,
                             .big = c.big & in,
                             .digit = c.digit & in,
                             .blank = c.blank | ~in,
                             .wide = c.wide & in,
                             .inner = c.inner & in,
                             .slash = c.slash & in };
}

/* Where a name or headline may be parted from a house, of n bytes, 64 at most: at a bar, a hyphen
 * or what may be a dash (E2) behind a blank; commas: also at a bracket behind one, and at any
 * comma. behind_blank: is one before s? Few lines have such a place. */
#ifdef __SSE2__
__attribute__((always_inline)) static inline void parts_of_16(uint64_t *blank, uint64_t *sign,
                                                              uint64_t *comma, const void *s,
                                                              bool commas, unsigned shift)
{
    __m128i x = _mm_loadu_si128((const __m128i *)s), signs = _mm_cmpeq_epi8(x, _mm_set1_epi8('|'));

    signs = _mm_or_si128(signs, _mm_cmpeq_epi8(x, _mm_set1_epi8('-')));
    signs = _mm_or_si128(signs, _mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xe2)));
    if (commas) {
        signs = _mm_or_si128(signs, _mm_cmpeq_epi8(x, _mm_set1_epi8('(')));
        *comma |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(',')))
                  << shift;
    }
    *sign |= (uint64_t)(unsigned)_mm_movemask_epi8(signs) << shift;
    *blank |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(' '))) << shift;
}
#else
static inline void parts_of_16(uint64_t *blank, uint64_t *sign, uint64_t *comma, const void *s,
                               bool commas, unsigned shift)
{
    for (unsigned i = 0; i < 16; i++) {
        char b = ((const char *)s)[i];

        *blank |= (uint64_t)(b == ' ') << (shift + i);
        *sign |= (uint64_t)(is_in(b, "|-\xe2") || (commas && b == '(')) << (shift + i);
        *comma |= (uint64_t)(commas && b == ',') << (shift + i);
    }
}
#endif

__attribute__((always_inline)) static inline uint64_t parts_of(const char *s, size_t n, bool commas,
                                                               bool behind_blank)
{
    uint64_t blank = 0, sign = 0, comma = 0;
    size_t i = 0;

    for (; i + 16 <= n; i += 16)
        parts_of_16(&blank, &sign, &comma, s + i, commas, (unsigned)i);
    if (i < n && i > 0) {
        parts_of_16(&blank, &sign, &comma, s + n - 16, commas, (unsigned)n - 16);
    } else if (i < n) {
        char last[16];

        copy_short(last, s, n);
        parts_of_16(&blank, &sign, &comma, last, commas, 0);
    }
    return (sign & (blank << 1 | behind_blank)) | comma;
}

/* Where one of two bytes is, in 64. */
static inline uint64_t either_of(const char *s, char a, char b)
{
    uint64_t found = 0;

#ifdef __SSE2__
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
        __m128i is =
            _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(a)), _mm_cmpeq_epi8(x, _mm_set1_epi8(b)));

        found |= (uint64_t)(unsigned)_mm_movemask_epi8(is) << i;
    }
#else
    for (unsigned i = 0; i < 64; i++)
        found |= (uint64_t)(s[i] == a || s[i] == b) << i;
#endif
    return found;
}

/* Of 16 bytes, a bit each: those that stand before initials at the end of a text, the first of a
 * character from U+2000 on among them. */
static inline unsigned mark_signs(const char *s)
{
#ifdef __SSE2__
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i sign = _mm_cmpeq_epi8(x, _mm_set1_epi8('*'));

    sign = _mm_or_si128(sign, _mm_cmpeq_epi8(x, _mm_set1_epi8('/')));
    sign = _mm_or_si128(sign, _mm_cmpeq_epi8(x, _mm_set1_epi8('|')));
    sign = _mm_or_si128(sign, _mm_cmpeq_epi8(x, _mm_set1_epi8('@')));
    sign = _mm_or_si128(sign, _mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xe2)));
    return (unsigned)_mm_movemask_epi8(sign);
#else
    unsigned signs = 0;

    for (unsigned i = 0; i < 16; i++)
        signs |= (unsigned)is_in(s[i], "*/|@\xe2") << i;
    return signs;
#endif
}

/* A glance: does a word of the second half begin with the same two letters as s, of 2 to 128 bytes?
 * What is behind a line can be read (SCAN_SLACK). */
static inline bool begins_again(struct span s)
{
#ifdef __SSE2__
    const __m128i small = _mm_set1_epi8(0x20), blank = _mm_set1_epi8(' ');
    const __m128i first = _mm_set1_epi8((char)(s.at[0] | 0x20));
    const __m128i second = _mm_set1_epi8((char)(s.at[1] | 0x20));
    __m128i same = _mm_setzero_si128();

    /* most lines have less than 64 bytes: no branch on how many */
    for (size_t i = s.len / 2, end = i + (s.len > 64 ? 64 : 32); i < end; i += 16) {
        const char *at = s.at + i;
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(at + 1));
        __m128i before = _mm_loadu_si128((const __m128i *)(const void *)(at - 1));
        __m128i pair = _mm_and_si128(_mm_cmpeq_epi8(_mm_or_si128(a, small), first),
                                     _mm_cmpeq_epi8(_mm_or_si128(b, small), second));

        same = _mm_or_si128(same, _mm_and_si128(pair, _mm_cmpeq_epi8(before, blank)));
    }
    return _mm_movemask_epi8(same) != 0;
#else
    (void)s;
    return true;
#endif
}

/* Where each word's first letter or digit is, of 64 bytes: adding the places after blanks to the
 * signs carries each over the signs before its word. *open: does a word's beginning go on past the
 * end? */
static inline uint64_t first_letters(const struct classes *c, uint64_t *open)
{
    uint64_t signs = ~(c->word | c->blank), starts = c->blank << 1 | *open;
    uint64_t sum = starts + signs;

    /* a carry out of the block: signs to its very end, and no letter yet */
    *open = sum < signs || c->blank >> 63;
    return sum & c->word;
}

/* Adds the letters that are not ASCII to the classes of the block at from. */
static inline void add_wide(struct classes *c, struct span s, size_t from)
{
    const char *end = s.at + s.len;

    for (uint64_t wide = c->wide & ~c->inner; wide; wide &= wide - 1) {
        const char *at = s.at + from + (size_t)__builtin_ctzll(wide);

        if (!is_wide_word(at, end))
            continue;
        c->word |= wide & -wide;
        if (is_wide_capital(at, end))
            c->big |= wide & -wide;
    }
}

/* Are there four digits in a row in the block, or across its beginning? *run: digits at the end of
 * the block before, as it was left by the last call. */
static inline bool four_digits(uint64_t digit, unsigned *run)
{
    unsigned lead = (unsigned)__builtin_ctzll(~digit | UINT64_C(1) << 63); /* 63 is as good as 64 */
    bool found = (*run + lead >= 4) | ((digit & digit >> 1 & digit >> 2 & digit >> 3) != 0);

    *run = (unsigned)__builtin_clzll(~digit | 1);
    return found;
}

/* Where something may begin, of the first n bytes: not inside a word of ASCII, not at a blank, not
 * inside a character. *before: is the last byte of the block before one of a word? */
static inline uint64_t word_starts(const struct classes *c, size_t n, uint64_t *before)
{
    uint64_t starts = ~(c->word & (c->word << 1 | *before)) & ~c->blank & ~c->inner;

    *before = c->word >> 63;
    return starts & (n < 64 ? (UINT64_C(1) << n) - 1 : ~UINT64_C(0));
}

#endif
