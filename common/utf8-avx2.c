/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 validation by table look-up, 32 bytes at a time: J. Keiser, D. Lemire, "Validating UTF-8 in
 * less than one instruction per byte", Software: Practice and Experience 51 (2021). */
#include "common/utf8-avx2.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

/* What can be wrong with a pair of bytes, one bit each; a pair is bad where the tables for its
 * three nibbles (high and low of the first, high of the second) have a bit in common. */
enum {
    TOO_SHORT = 1 << 0,  /* a lead, then no tail */
    TOO_LONG = 1 << 1,   /* ASCII, then a tail */
    OVERLONG_3 = 1 << 2, /* E0 80..9F */
    TOO_LARGE = 1 << 3,  /* F4 90..BF, F5.. 80..BF */
    SURROGATE = 1 << 4,  /* ED A0..BF */
    OVERLONG_2 = 1 << 5, /* C0, C1 */
    OVERLONG_4 = 1 << 6, /* F0 80..8F; also: F5.. 80..8F is too large */
    TWO_TAILS = 1 << 7,  /* right only as byte 3 or 4 of a sequence */
    CARRY = TOO_SHORT | TOO_LONG | TWO_TAILS,
    LARGE = CARRY | TOO_LARGE | OVERLONG_4
};

static const uint8_t first_high[16] = {
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TWO_TAILS,
    TWO_TAILS,
    TWO_TAILS,
    TWO_TAILS,
    TOO_SHORT | OVERLONG_2,
    TOO_SHORT,
    TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | OVERLONG_4,
};
static const uint8_t first_low[16] = {
    CARRY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4,
    CARRY | OVERLONG_2,
    CARRY,
    CARRY,
    CARRY | TOO_LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE | SURROGATE,
    LARGE,
    LARGE,
};
static const uint8_t second_high[16] = {
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_TAILS | OVERLONG_3 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_TAILS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_TAILS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_TAILS | SURROGATE | TOO_LARGE,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
};

AVX2 static inline __m256i table(const uint8_t *sixteen)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)sixteen));
}

AVX2 static inline __m256i high_nibbles(__m256i v)
{
    return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0f));
}

AVX2 static inline __m256i load(const char *s)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)s);
}

/* What is wrong in the 32 bytes at s, before which three can be read. */
AVX2 static inline __m256i wrong_in(const char *s)
{
    __m256i block = load(s), one = load(s - 1), two = load(s - 2), three = load(s - 3);
    __m256i pairs = _mm256_and_si256(
        _mm256_and_si256(
            _mm256_shuffle_epi8(table(first_high), high_nibbles(one)),
            _mm256_shuffle_epi8(table(first_low), _mm256_and_si256(one, _mm256_set1_epi8(0x0f)))),
        _mm256_shuffle_epi8(table(second_high), high_nibbles(block)));
    /* Bytes that must be a third or fourth: two back is E0 or more, or three back F0 or more. */
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8((char)(0xe0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8((char)(0xf0 - 0x80)));
    __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));

    return _mm256_xor_si256(must, pairs);
}

/* Not zero where the block ends within a sequence. */
AVX2 static inline __m256i open_end(__m256i block)
{
    static const uint8_t most[32] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,  255,  255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xef, 0xdf, 0xbf,
    };

    return _mm256_subs_epu8(block, _mm256_loadu_si256((const __m256i *)(const void *)most));
}

/* Not zero where a byte is a control character that no text has. */
AVX2 static inline __m256i controls(__m256i v)
{
    __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);
    __m256i from8 = _mm256_sub_epi8(v, _mm256_set1_epi8(0x08)); /* to 0x0d */
    __m256i fine =
        _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_min_epu8(from8, _mm256_set1_epi8(5)), from8),
                        _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x1b)));

    return _mm256_or_si256(_mm256_andnot_si256(fine, low),
                           _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f)));
}

/* The highest bit of a byte says that it is not ASCII; with `strict`, or a control character but
 * LF. In signed numbers those that are fine, and one more, are above a blank, and no others. */
AVX2 static inline __m256i unusual(__m256i v, bool strict)
{
    const __m256i blank = _mm256_set1_epi8(' '), all = _mm256_set1_epi8(-1);
    __m256i fine;

    if (!strict)
        return v;
    fine = _mm256_cmpgt_epi8(_mm256_sub_epi8(v, all), blank);
    return _mm256_xor_si256(_mm256_or_si256(fine, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n'))),
                            all);
}

enum { BLOCK = 64, BLOCKS = 63, LOOK_BACK = 3, BEFORE = 32 };

/* A bit for each block in which anything is unusual. */
AVX2 static inline uint64_t unusual_blocks(const char *s, size_t blocks, bool strict)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < blocks; i++, s += BLOCK) {
        __m256i both = _mm256_or_si256(unusual(load(s), strict), unusual(load(s + 32), strict));

        bits |= (uint64_t)(_mm256_movemask_epi8(both) != 0) << i;
    }
    return bits;
}

/* What is wrong in a block, before which three bytes can be read. */
AVX2 static inline __m256i wrong_in_block(const char *s, bool strict)
{
    __m256i wrong = _mm256_or_si256(wrong_in(s), wrong_in(s + 32));

    if (strict)
        wrong = _mm256_or_si256(wrong, _mm256_or_si256(controls(load(s)), controls(load(s + 32))));
    return wrong;
}

/* A copy of n bytes of text that begin at s, at most two blocks, between blanks. */
static const char *set_aside(char to[BEFORE + 2 * BLOCK], const char *s, size_t n)
{
    memset(to, ' ', BEFORE + 2 * BLOCK);
    memcpy(to + BEFORE, s, n);
    return to + BEFORE;
}

AVX2 static inline bool check_short(const char *s, size_t n, bool strict)
{
    char aside[BEFORE + 2 * BLOCK];
    const char *copy = set_aside(aside, s, n);
    __m256i wrong =
        _mm256_or_si256(wrong_in_block(copy, strict), wrong_in_block(copy + BLOCK, strict));

    return _mm256_testz_si256(wrong, wrong);
}

/* Of many blocks it is first told which are unusual, and then those are gone through: between text
 * and text the next dash or quote is where no branch foresees it. */
AVX2 static inline bool check(const char *s, size_t n, bool strict)
{
    __m256i wrong = _mm256_setzero_si256(), open = wrong; /* the end of the block before */
    char aside[BEFORE + 2 * BLOCK];
    size_t i = 0;

    if (n < BLOCK + LOOK_BACK)
        return check_short(s, n, strict);
    while (n - i >= BLOCK) {
        size_t blocks = (n - i) / BLOCK < BLOCKS ? (n - i) / BLOCK : BLOCKS;
        uint64_t all = unusual_blocks(s + i, blocks, strict), end = UINT64_C(1) << blocks;

        if (!(all & 1))
            wrong = _mm256_or_si256(wrong, open);
        for (uint64_t left = all; left; left &= left - 1) {
            size_t at = i + (size_t)__builtin_ctzll(left) * BLOCK;
            const char *block = at > 0 ? s + at : set_aside(aside, s, BLOCK);
            /* none where the next block looks back on this one */
            int64_t ends = (((left | end) >> 1 & left & -left) != 0) - 1;

            wrong = _mm256_or_si256(wrong, wrong_in_block(block, strict));
            open = open_end(load(block + 32));
            wrong = _mm256_or_si256(wrong, _mm256_and_si256(open, _mm256_set1_epi64x(ends)));
        }
        i += blocks * BLOCK;
    }
    if (i < n) { /* what is left, and some of what is before it once more */
        wrong = _mm256_or_si256(wrong, wrong_in_block(s + n - BLOCK, strict));
        open = open_end(load(s + n - BLOCK / 2));
    }
    wrong = _mm256_or_si256(wrong, open);
    return _mm256_testz_si256(wrong, wrong);
}

AVX2 bool utf8_avx2_valid(const char *s, size_t n)
{
    return check(s, n, false);
}

AVX2 bool utf8_avx2_plain(const char *s, size_t n)
{
    return check(s, n, true);
}

#else

bool utf8_avx2_valid(const char *s, size_t n)
{
    (void)s;
    (void)n;
    return false;
}

bool utf8_avx2_plain(const char *s, size_t n)
{
    (void)s;
    (void)n;
    return false;
}

#endif
