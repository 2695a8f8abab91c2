/* SPDX-License-Identifier: Apache-2.0 */
/* What the scans of tokens-scan.h with AVX2 and with AVX-512 have in common: a short run in one
 * register of 16 bytes, and single bits. SCAN stands before it is included. */
#ifndef COMMON_TOKENS_SHORT_H
#define COMMON_TOKENS_SHORT_H

#include "common/tokens-run.h"

#include <immintrin.h>

SCAN size_t count_bits(uint64_t x)
{
    return (size_t)_mm_popcnt_u64(x);
}

/* A letter has bit 6 and a digit has not. */
SCAN uint64_t fold_short(const char *s, size_t skip, char *text, uint8_t *word)
{
    const __m128i key = _mm_set_epi64x((long long)TOKEN_K1, (long long)TOKEN_K0);
    __m128i keep = _mm_loadu_si128((const __m128i *)(const void *)(short_keep + skip));
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)s);

    c = _mm_and_si128(_mm_or_si128(c, _mm_set1_epi8(0x20)), keep);
    if (text) {
        _mm_storeu_si128((__m128i *)(void *)text, c);
        *word = (uint8_t)_mm_testc_si128(c, _mm_and_si128(keep, _mm_set1_epi8(0x40)));
    }
    c = _mm_xor_si128(c, key);
    uint64_t a = (uint64_t)_mm_cvtsi128_si64(c), b = (uint64_t)_mm_extract_epi64(c, 1);

    /* hash_mix, whose product gcc would take through memory here. */
    __asm__("mulq %1" : "+a"(a), "+d"(b) : : "cc");
    return a ^ b;
}

SCAN size_t add_bit(size_t n, uint64_t word, uint64_t bit)
{
    __asm__("bt %2, %1\n\tadc $0, %0" : "+r"(n) : "r"(word), "r"(bit) : "cc");
    return n;
}

#endif
