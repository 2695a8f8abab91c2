/* SPDX-License-Identifier: Apache-2.0 */
/* The tally of a line with AVX2: 32 languages in a register while rows are added up, 16 when they
 * are compared, 8 when they get their part. */
#include "line.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define INLINE AVX2 __attribute__((always_inline)) static inline

INLINE __m256i load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

INLINE void store(void *to, __m256i value)
{
    _mm256_storeu_si256((__m256i *)to, value);
}

/* 32 bytes become 32 numbers, or are added to them. */
INLINE void widen(uint16_t *votes, __m256i bytes, bool add)
{
    __m256i low = _mm256_cvtepu8_epi16(_mm256_castsi256_si128(bytes));
    __m256i high = _mm256_cvtepu8_epi16(_mm256_extracti128_si256(bytes, 1));

    store(votes, add ? _mm256_add_epi16(load(votes), low) : low);
    store(votes + 16, add ? _mm256_add_epi16(load(votes + 16), high) : high);
}

/* The last quarter of a row is left out where there are no more than 96 languages. */
INLINE void add_rows(const uint8_t *rows, const uint32_t *row, const uint32_t *end,
                     uint16_t votes[WORDS_LANGUAGES], bool last_quarter, bool add)
{
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;

    do {
        a = _mm256_add_epi8(a, load(rows + *row));
        b = _mm256_add_epi8(b, load(rows + *row + 32));
        c = _mm256_add_epi8(c, load(rows + *row + 64));
        if (last_quarter)
            d = _mm256_add_epi8(d, load(rows + *row + 96));
    } while (++row < end);
    widen(votes, a, add);
    widen(votes + 32, b, add);
    widen(votes + 64, c, add);
    if (last_quarter)
        widen(votes + 96, d, add);
}
_Static_assert(WORDS_LANGUAGES == 4 * 32, "four registers");

INLINE uint32_t best_of(const uint16_t *votes, size_t languages)
{
    __m256i best = load(votes);

    for (size_t k = 16; k < languages; k += 16)
        best = _mm256_max_epu16(best, load(votes + k));
    __m128i half = _mm_max_epu16(_mm256_castsi256_si128(best), _mm256_extracti128_si256(best, 1));
    /* the least of what is missing to the most */
    __m128i least = _mm_minpos_epu16(_mm_xor_si128(half, _mm_set1_epi8(-1)));
    return UINT16_MAX - (uint32_t)(uint16_t)_mm_cvtsi128_si32(least);
}

INLINE void add_line(const uint8_t *rows, const uint32_t *row, size_t n, uint32_t most,
                     uint32_t pull, size_t languages, uint32_t tally[WORDS_LANGUAGES],
                     bool last_quarter)
{
    size_t at_once = n <= LINE_ROWS_IN_BYTES || most <= UINT8_MAX ? n : LINE_ROWS_IN_BYTES;
    uint16_t votes[WORDS_LANGUAGES];

    add_rows(rows, row, row + at_once, votes, last_quarter, false);
    for (size_t i = at_once; i < n; i += at_once) {
        at_once = n - i < at_once ? n - i : at_once;
        add_rows(rows, row + i, row + i + at_once, votes, last_quarter, true);
    }
    struct line_share each = line_share(pull, best_of(votes, languages));
    __m256i whole = _mm256_set1_epi32((int)each.whole), part = _mm256_set1_epi32((int)each.part);
    for (size_t k = 0; k < languages; k += 8) {
        __m256i v = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(votes + k)));
        __m256i sum = _mm256_add_epi32(load(tally + k), _mm256_mullo_epi32(v, whole));

        v = _mm256_srli_epi32(_mm256_mullo_epi32(v, part), LINE_SHIFT);
        store(tally + k, _mm256_add_epi32(sum, v));
    }
}

AVX2 void line_add_avx2(const uint8_t *rows, const uint32_t *row, size_t n, uint32_t most,
                        uint32_t pull, size_t languages, uint32_t tally[WORDS_LANGUAGES])
{
    if (languages <= 96)
        add_line(rows, row, n, most, pull, languages, tally, false);
    else
        add_line(rows, row, n, most, pull, languages, tally, true);
}

#else

void line_add_avx2(const uint8_t *rows, const uint32_t *row, size_t n, uint32_t most, uint32_t pull,
                   size_t languages, uint32_t tally[WORDS_LANGUAGES])
{
    line_add_plain(rows, row, n, most, pull, languages, tally);
}

#endif
