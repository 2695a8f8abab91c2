/* SPDX-License-Identifier: Apache-2.0 */
/* JSON's escapes with AVX-512: 32 bytes at a time are spread over 64, with a gap for each
 * backslash, which is a bit that is missing in the mask of an expanding move. No branch asks
 * whether a block has any: where the next quote or line end is none foresees. */
#include "common/json-escape.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#include <stdint.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2,popcnt")))
#define INLINE AVX512 __attribute__((always_inline)) static inline

enum { BLOCK = 32 };

/* n bytes, with a backslash before each that is marked. */
INLINE char *spread(char *to, __m256i bytes, size_t n, __mmask32 marked)
{
    const uint64_t behind = UINT64_C(0xaaaaaaaaaaaaaaaa); /* each byte stands behind its gap */
    uint64_t places = _pext_u64(behind, behind | _pdep_u64(marked, behind >> 1));
    __m512i wide = _mm512_castsi256_si512(bytes);

    _mm512_storeu_si512(to, _mm512_mask_expand_epi8(_mm512_set1_epi8('\\'), places, wide));
    return to + n + (unsigned)__builtin_popcount(marked);
}

AVX512 char *json_escape_avx512(char *to, const char *s, size_t n)
{
    /* what the first sixteen controls are behind a backslash; 0: six bytes stand for it */
    const __m256i letters = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 'b', 't', 'n', 0, 'f', 'r', 0, 0));

    while (n > 0) {
        size_t take = n < BLOCK ? n : BLOCK;
        __mmask32 there = _bzhi_u32(~UINT32_C(0), (unsigned)take);
        __m256i bytes = _mm256_maskz_loadu_epi8(there, s);
        __mmask32 control = _mm256_mask_cmplt_epu8_mask(there, bytes, _mm256_set1_epi8(0x20));
        __mmask32 later = _mm256_mask_cmpge_epu8_mask(control, bytes, _mm256_set1_epi8(0x10));
        __mmask32 marked = control | _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8('"')) |
                           _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8('\\'));

        bytes = _mm256_mask_shuffle_epi8(bytes, control, letters, bytes);
        if (later | _mm256_mask_testn_epi8_mask(control, bytes, bytes))
            to = json_escape_baseline(to, s, take);
        else
            to = spread(to, bytes, take, marked);
        s += take;
        n -= take;
    }
    return to;
}

#else

char *json_escape_avx512(char *to, const char *s, size_t n)
{
    return json_escape_baseline(to, s, n);
}

#endif
