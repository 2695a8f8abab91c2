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

/* Votes of 32 languages. */
struct votes {
    __m256i low, high;
};

INLINE struct votes add_bytes(struct votes v, __m256i bytes)
{
    __asm__("" : "+x"(bytes)); /* or gcc copies them to and fro while it adds them up */

    __m256i low = _mm256_cvtepu8_epi16(_mm256_castsi256_si128(bytes));
    __m256i high = _mm256_cvtepu8_epi16(_mm256_extracti128_si256(bytes, 1));

    return (struct votes){ _mm256_add_epi16(v.low, low), _mm256_add_epi16(v.high, high) };
}

INLINE __m256i most_of(struct votes v)
{
    return _mm256_max_epu16(v.low, v.high);
}

INLINE void store_votes(uint16_t *to, struct votes v)
{
    store(to, v.low);
    store(to + 16, v.high);
}

INLINE uint32_t most_in(__m256i votes)
{
    __m128i half = _mm_max_epu16(_mm256_castsi256_si128(votes), _mm256_extracti128_si256(votes, 1));
    /* the least of what is missing to the most */
    __m128i least = _mm_minpos_epu16(_mm_xor_si128(half, _mm_set1_epi8(-1)));

    return UINT16_MAX - (uint32_t)(uint16_t)_mm_cvtsi128_si32(least);
}

/* What the words of a line have: the sum of their rows, the most in it, their weight. */
struct sum {
    _Alignas(64) uint16_t votes[WORDS_LANGUAGES];
    uint32_t best, weight;
};

/* The last quarter of a row is left out where there are no more than 96 languages. */
INLINE void add_rows(const struct words *w, const uint64_t *hash, size_t n, struct sum *to,
                     bool last_quarter)
{
    const __m256i none = _mm256_setzero_si256();
    const uint64_t *end = hash + n;
    struct votes v0 = { none, none }, v1 = v0, v2 = v0, v3 = v0;
    uint32_t weight = 0;

    do {
        __m256i a = none, b = none, c = none, d = none;
        uint32_t full = weight + LINE_ROOM;

        do {
            const struct words_entry *e = words_slot(w, *hash++);
            const uint8_t *row = w->rows + e->row;

            weight += e->weight;
            a = _mm256_add_epi8(a, load(row));
            b = _mm256_add_epi8(b, load(row + 32));
            c = _mm256_add_epi8(c, load(row + 64));
            if (last_quarter)
                d = _mm256_add_epi8(d, load(row + 96));
        } while (hash < end && weight < full);
        v0 = add_bytes(v0, a);
        v1 = add_bytes(v1, b);
        v2 = add_bytes(v2, c);
        if (last_quarter)
            v3 = add_bytes(v3, d);
    } while (hash < end);
    __m256i most = _mm256_max_epu16(_mm256_max_epu16(most_of(v0), most_of(v1)), most_of(v2));
    store_votes(to->votes, v0);
    store_votes(to->votes + 32, v1);
    store_votes(to->votes + 64, v2);
    if (last_quarter) {
        most = _mm256_max_epu16(most, most_of(v3));
        store_votes(to->votes + 96, v3);
    }
    to->best = most_in(most);
    to->weight = weight & UINT16_MAX;
}
_Static_assert(WORDS_LANGUAGES == 4 * 32, "four times 32 languages");

INLINE uint32_t add_line(const struct words *w, const uint64_t *hash, size_t n, uint32_t words,
                         uint32_t tally[WORDS_LANGUAGES], bool last_quarter)
{
    struct sum sum;

    add_rows(w, hash, n, &sum, last_quarter);
    if (sum.best == 0)
        return 0;
    uint32_t pull = line_pull(sum.weight, words);
    struct line_share each = line_share(pull, sum.best);
    __m256i whole = _mm256_set1_epi32((int)each.whole), part = _mm256_set1_epi32((int)each.part);
    for (size_t k = 0, languages = w->n; k < languages; k += 8) {
        __m256i v = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(sum.votes + k)));
        __m256i more = _mm256_add_epi32(load(tally + k), _mm256_mullo_epi32(v, whole));

        v = _mm256_srli_epi32(_mm256_mullo_epi32(v, part), LINE_SHIFT);
        store(tally + k, _mm256_add_epi32(more, v));
    }
    return pull;
}

AVX2 uint32_t line_add_avx2(const struct words *w, const uint64_t *hash, size_t n, uint32_t words,
                            uint32_t tally[WORDS_LANGUAGES])
{
    return w->n <= 96 ? add_line(w, hash, n, words, tally, false)
                      : add_line(w, hash, n, words, tally, true);
}

#else

uint32_t line_add_avx2(const struct words *w, const uint64_t *hash, size_t n, uint32_t words,
                       uint32_t tally[WORDS_LANGUAGES])
{
    return line_add_plain(w, hash, n, words, tally);
}

#endif
