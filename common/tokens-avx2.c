/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of tokens-scan.h with AVX2, and with the bit instructions that came with it. */
#include "common/tokens-bits.h"
#include "common/tokens-run.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define SCAN AVX2 __attribute__((always_inline)) static inline

SCAN uint64_t word_mask_32(const char *s)
{
    __m256i c = _mm256_loadu_si256((const __m256i *)(const void *)s);
    __m256i lower = _mm256_or_si256(c, _mm256_set1_epi8(0x20));
    __m256i letter = _mm256_cmpgt_epi8(_mm256_set1_epi8(-128 + 26),
                                       _mm256_add_epi8(lower, _mm256_set1_epi8(0x80 - 'a')));
    __m256i digit = _mm256_cmpgt_epi8(_mm256_set1_epi8(-128 + 10),
                                      _mm256_add_epi8(c, _mm256_set1_epi8(0x80 - '0')));

    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(letter, digit), c));
}

SCAN uint64_t word_mask(const char *s)
{
    return word_mask_32(s) | word_mask_32(s + 32) << 32;
}

SCAN size_t count_bits(uint64_t x)
{
    return (size_t)_mm_popcnt_u64(x);
}

SCAN uint64_t line_mask_32(const char *s)
{
    __m256i c = _mm256_loadu_si256((const __m256i *)(const void *)s);

    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(c, _mm256_set1_epi8('\n')));
}

SCAN uint64_t line_mask(const char *s)
{
    return line_mask_32(s) | line_mask_32(s + 32) << 32;
}

/* Eight times the eight places that a byte may have, whether it has as many or not. */
SCAN uint16_t *put_bits(uint16_t *to, size_t from, uint64_t bits)
{
    __m128i base = _mm_set1_epi16((short)from), eight = _mm_set1_epi16(8);

    __asm__("" : "+x"(eight)); /* or gcc makes eight constants of it, each time */

#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        __m128i at = _mm_cvtepu8_epi16(_mm_cvtsi64_si128((long long)set_bits[(uint8_t)bits]));

        _mm_storeu_si128((__m128i *)(void *)to, _mm_add_epi16(base, at));
        to += count_bits((uint8_t)bits);
        base = _mm_add_epi16(base, eight);
        bits >>= 8;
    }
    return to;
}

/* A letter has bit 6 and a digit has not. */
SCAN bool fold_short(const char *s, size_t skip, char *text, struct short_run *run)
{
    const __m128i bit5 = _mm_set1_epi8(0x20), bit6 = _mm_set1_epi8(0x40);
    const __m128i key = _mm_set_epi64x((long long)TOKEN_K1, (long long)TOKEN_K0);
    __m128i keep = _mm_loadu_si128((const __m128i *)(const void *)(short_keep + skip));
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)s);

    c = _mm_and_si128(_mm_or_si128(c, bit5), keep);
    if (_mm_movemask_epi8(c) != 0)
        return false;
    if (text)
        _mm_storeu_si128((__m128i *)(void *)text, c);
    run->word = (uint8_t)_mm_testc_si128(c, _mm_and_si128(keep, bit6));
    c = _mm_xor_si128(c, key);
    uint64_t a = (uint64_t)_mm_cvtsi128_si64(c), b = (uint64_t)_mm_extract_epi64(c, 1);

    /* hash_mix, whose product gcc would take through memory here. */
    __asm__("mulq %1" : "+a"(a), "+d"(b) : : "cc");
    run->hash = a ^ b;
    return true;
}

#include "common/tokens-scan.h"

AVX2 void tokens_scan_avx2(struct tokens *t, unsigned wanted)
{
    scan_wanted(t, wanted);
}

#else

void tokens_scan_avx2(struct tokens *t, unsigned wanted)
{
    tokens_scan_plain(t, wanted);
}

#endif
