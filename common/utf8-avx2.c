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

/* The block as it was `back` bytes earlier: the end of `before` slides in at the front. */
#define EARLIER(block, before, back)                                                               \
    _mm256_alignr_epi8(block, _mm256_permute2x128_si256(before, block, 0x21), 16 - (back))

AVX2 static inline __m256i wrong_in(__m256i block, __m256i before)
{
    __m256i one = EARLIER(block, before, 1);
    __m256i two = EARLIER(block, before, 2);
    __m256i three = EARLIER(block, before, 3);
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

/* Not zero where a byte is not ASCII; with `strict`, also where it is a control character but LF.
 * To a signed comparison both are below a blank. */
AVX2 static inline __m256i unusual(__m256i v, bool strict)
{
    __m256i below;

    if (!strict)
        return v;
    below = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), v);
    return _mm256_or_si256(_mm256_andnot_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')), below),
                           _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f)));
}

/* Bytes of the whole blocks of 64 that s begins with and in which nothing is unusual: two looks at
 * once, and most text is nothing else. */
AVX2 static inline size_t usual_blocks(const char *s, size_t n, bool strict)
{
    size_t i = 0;

    for (; n - i >= 64; i += 64) {
        const __m256i *v = (const __m256i *)(const void *)(s + i);
        __m256i both = _mm256_or_si256(unusual(_mm256_loadu_si256(v), strict),
                                       unusual(_mm256_loadu_si256(v + 1), strict));

        if (_mm256_movemask_epi8(both))
            break;
    }
    return i;
}

AVX2 static inline bool check(const char *s, size_t n, bool strict)
{
    __m256i wrong = _mm256_setzero_si256(), before = wrong, open = wrong;
    uint8_t rest[32];
    size_t i = 0;

    while (i < n) {
        size_t usual = usual_blocks(s + i, n - i, strict);
        __m256i block;

        if (usual > 0) {
            wrong = _mm256_or_si256(wrong, open);
            before = open = _mm256_setzero_si256();
            i += usual;
            continue;
        }
        if (n - i >= 32) {
            block = _mm256_loadu_si256((const __m256i *)(const void *)(s + i));
        } else {
            memset(rest, ' ', sizeof(rest));
            memcpy(rest, s + i, n - i);
            block = _mm256_loadu_si256((const __m256i *)(const void *)rest);
        }
        if (_mm256_movemask_epi8(block) == 0) {
            wrong = _mm256_or_si256(wrong, open);
            open = _mm256_setzero_si256();
        } else {
            wrong = _mm256_or_si256(wrong, wrong_in(block, before));
            open = open_end(block);
        }
        if (strict)
            wrong = _mm256_or_si256(wrong, controls(block));
        before = block;
        i += 32;
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
