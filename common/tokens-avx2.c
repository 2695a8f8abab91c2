/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of tokens-scan.h with AVX2, and with the bit instructions that came with it. */
#include "common/tokens-bits.h"
#include "common/tokens-run.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define SCAN AVX2 __attribute__((always_inline)) static inline
#define APART AVX2 __attribute__((noinline)) static

#include "common/tokens-short.h"

struct signs {
    __m256i bit5, from_a, letters, from_0, digits;
};

SCAN struct signs find_signs(void)
{
    struct signs s = { _mm256_set1_epi8(0x20), _mm256_set1_epi8(0x80 - 'a'),
                       _mm256_set1_epi8(-128 + 26), _mm256_set1_epi8(0x80 - '0'),
                       _mm256_set1_epi8(-128 + 10) };

    /* or gcc makes them anew for each block */
    __asm__("" : "+x"(s.bit5), "+x"(s.from_a), "+x"(s.letters), "+x"(s.from_0), "+x"(s.digits));
    return s;
}

SCAN __m256i load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

SCAN uint64_t bits(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

SCAN __m256i digits(__m256i c, const struct signs *s)
{
    return _mm256_cmpgt_epi8(s->digits, _mm256_add_epi8(c, s->from_0));
}

SCAN __m256i letters(__m256i c, const struct signs *s)
{
    c = _mm256_or_si256(c, s->bit5);
    return _mm256_cmpgt_epi8(s->letters, _mm256_add_epi8(c, s->from_a));
}

SCAN struct masks look(const char *at, const struct signs *s)
{
    __m256i low = load(at), high = load(at + 32), low_digit = digits(low, s),
            high_digit = digits(high, s), low_word = _mm256_or_si256(letters(low, s), low_digit),
            high_word = _mm256_or_si256(letters(high, s), high_digit);

    return (struct masks){
        .word = bits(_mm256_or_si256(low_word, low), _mm256_or_si256(high_word, high)),
        .digit = bits(low_digit, high_digit),
        .high = _mm256_movemask_epi8(_mm256_or_si256(low, high)) ? bits(low, high) : 0
    };
}

SCAN uint64_t look_at(const char *at, char sign)
{
    __m256i signs = _mm256_set1_epi8(sign);

    return bits(_mm256_cmpeq_epi8(load(at), signs), _mm256_cmpeq_epi8(load(at + 32), signs));
}

/* Eight times the eight places that a byte may have, whether it has as many or not. */
SCAN uint16_t *put_bits(uint16_t *to, size_t from, uint64_t bits, const struct signs *s)
{
    (void)s;
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

#include "common/tokens-scan.h"

AVX2 void tokens_scan_avx2(struct tokens *t, unsigned wanted, struct tokens_listed *l)
{
    scan(t, wanted, l);
}

#else

void tokens_scan_avx2(struct tokens *t, unsigned wanted, struct tokens_listed *l)
{
    tokens_scan_plain(t, wanted, l);
}

#endif
