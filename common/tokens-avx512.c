/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of tokens-scan.h with AVX-512, which has the masks of 64 bytes at once, and, with VBMI2,
 * the places of all bits of a mask. */
#include "common/tokens-run.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi,popcnt")))
#define SCAN AVX512 __attribute__((always_inline)) static inline
#define APART AVX512 __attribute__((noinline)) static

#include "common/tokens-short.h"

struct signs {
    __m512i bit5, from_a, from_0, places;
};

SCAN struct signs find_signs(void)
{
    static const unsigned char places[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    };

    return (struct signs){ _mm512_set1_epi8(0x20), _mm512_set1_epi8('a'), _mm512_set1_epi8('0'),
                           _mm512_loadu_si512(places) };
}

SCAN struct masks look(const char *at, const struct signs *s)
{
    __m512i c = _mm512_loadu_si512(at);
    __m512i letter = _mm512_sub_epi8(_mm512_or_si512(c, s->bit5), s->from_a);
    uint64_t letters = _mm512_cmplt_epu8_mask(letter, _mm512_set1_epi8(26));
    uint64_t digits = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(c, s->from_0), _mm512_set1_epi8(10));
    uint64_t high = _mm512_movepi8_mask(c);

    return (struct masks){ letters | digits | high, digits, high };
}

SCAN uint64_t look_at(const char *at, char sign)
{
    return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(at), _mm512_set1_epi8(sign));
}

/* 32 are written, and 32 more if there are as many. */
SCAN uint16_t *put_bits(uint16_t *to, size_t from, uint64_t bits, const struct signs *s)
{
    __m512i at = _mm512_maskz_compress_epi8(bits, s->places);
    __m512i base = _mm512_set1_epi16((short)from);
    size_t n = count_bits(bits);

    _mm512_storeu_si512(to,
                        _mm512_add_epi16(base, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(at))));
    if (n > 32) {
        at = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(at, 1));
        _mm512_storeu_si512(to + 32, _mm512_add_epi16(base, at));
    }
    return to + n;
}

#include "common/tokens-scan.h"

AVX512 void tokens_scan_avx512(struct tokens *t, unsigned wanted, struct tokens_listed *l)
{
    scan(t, wanted, l);
}

#else

void tokens_scan_avx512(struct tokens *t, unsigned wanted, struct tokens_listed *l)
{
    tokens_scan_plain(t, wanted, l);
}

#endif
