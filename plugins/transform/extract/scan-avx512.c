/* SPDX-License-Identifier: Apache-2.0 */
/* The pass of scan-plain.h with AVX-512, which has the masks of 64 bytes at once, with VBMI their
 * buckets, and with VBMI2 the places of all bits of a mask; and line feeds by the same means. */
#include "scan.h"

#include "feeds.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include "classes.h"
#include <immintrin.h>

#define AVX512                                                                                     \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,popcnt")))
#define SCAN AVX512 static inline

SCAN struct ascii ascii_of(const char *s)
{
    __m512i x = _mm512_loadu_si512(s), small = _mm512_set1_epi8(0x20);
    __m512i letter = _mm512_sub_epi8(_mm512_or_si512(x, small), _mm512_set1_epi8('a'));
    __m512i digit = _mm512_sub_epi8(x, _mm512_set1_epi8('0'));

    return (struct ascii){
        .letter = _mm512_cmplt_epu8_mask(letter, _mm512_set1_epi8(26)),
        .digit = _mm512_cmplt_epu8_mask(digit, _mm512_set1_epi8(10)),
        .blank = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(' ')),
        .control =
            _mm512_cmplt_epu8_mask(x, small) | _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(0x7f)),
        .colon = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(':')),
        .slash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('/')),
        .small = _mm512_test_epi8_mask(x, small),
        .wide = _mm512_movepi8_mask(x),
    };
}

/* 0x80 to 0xbf are the smallest as signed numbers. */
SCAN uint64_t inner_of(const char *s)
{
    return _mm512_cmplt_epi8_mask(_mm512_loadu_si512(s), _mm512_set1_epi8((char)0xc0));
}

/* The buckets of pack_make_buckets of the k-th byte behind each of 64. */
SCAN __m512i buckets_of(const struct pack *pack, const char *s, unsigned k)
{
    const uint8_t *table = pack->bucket[k];

    return _mm512_permutex2var_epi8(_mm512_loadu_si512(table), _mm512_loadu_si512(s + k),
                                    _mm512_loadu_si512(table + 64));
}

/* Where a phrase may begin by its first four bytes, whatever the other ones of its bucket are: of
 * Indonesian news at one word in nine. */
SCAN uint64_t may_begin_at(const struct pack *pack, const char *s)
{
    __m512i first = _mm512_and_si512(buckets_of(pack, s, 0), buckets_of(pack, s, 1));
    __m512i next = _mm512_and_si512(buckets_of(pack, s, 2), buckets_of(pack, s, 3));

    return _mm512_test_epi8_mask(first, next);
}

/* The numbers of the bits that are set, a byte each, from the lowest on. */
SCAN __m512i numbers_of(uint64_t bits)
{
    static const unsigned char number[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    };

    return _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(number));
}

enum { PLACES_SPAN = UINT16_MAX - 64 }; /* bytes from base to a block, as 16 bits count them */

/* Places of a line that have not been glanced at, counted from `base`. How many a block has no
 * branch foresees: so they are taken together, at the end of the line. */
struct places {
    size_t n, base;
    uint16_t at[HITS_AT_ONCE + 64];
};

SCAN void take_rest(const struct pack *pack, struct span s, struct places *places,
                    struct hits *hits)
{
    for (size_t k = 0; k < places->n; k++)
        take_hit(pack, s, places->base + places->at[k], hits);
    places->n = 0;
}

SCAN void take_places(const struct pack *pack, struct span s, size_t from, uint64_t bits,
                      struct places *places, struct hits *hits)
{
    __m512i at, base;
    size_t n;
    uint16_t *to;

    bits &= may_begin_at(pack, s.at + from);
    at = numbers_of(bits);
    n = (size_t)_mm_popcnt_u64(bits);
    if (places->n > 0 && /* of a long line */
        (places->n + n > HITS_AT_ONCE || from - places->base > PLACES_SPAN))
        take_rest(pack, s, places, hits);
    places->base = places->n == 0 ? from : places->base;
    base = _mm512_set1_epi16((short)(from - places->base));
    to = places->at + places->n;
    /* 32 are written, and 32 more if there are as many */
    _mm512_storeu_si512(to,
                        _mm512_add_epi16(base, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(at))));
    if (n > 32) {
        at = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(at, 1));
        _mm512_storeu_si512(to + 32, _mm512_add_epi16(base, at));
    }
    places->n += n;
}

#include "scan-plain.h"

AVX512 bool scan_plain_avx512(const struct pack *pack, struct line *line)
{
    return scan_plain(pack, line);
}

/* Sixteen are written at once, whether they are there or not; few blocks have more. */
AVX512 void feeds_find_avx512(struct feeds *f)
{
    size_t found = 0, from = f->from;

    for (; from < f->n && found < FEEDS; from += 64) {
        uint64_t in = f->n - from < 64 ? (UINT64_C(1) << (f->n - from)) - 1 : ~UINT64_C(0);
        __m512i block = _mm512_maskz_loadu_epi8(in, f->text + from);
        uint64_t feeds = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('\n'));
        __m512i at = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(numbers_of(feeds)));
        size_t n = (size_t)_mm_popcnt_u64(feeds);

        _mm512_storeu_si512(f->at + found, _mm512_add_epi32(at, _mm512_set1_epi32((int)from)));
        for (size_t i = 0; n > 16 && i < n; i++, feeds &= feeds - 1)
            f->at[found + i] = (uint32_t)from + (uint32_t)_tzcnt_u64(feeds);
        found += n;
    }
    f->from = from < f->n ? from : f->n;
    f->found = found;
    f->taken = 0;
}

#else

bool scan_plain_avx512(const struct pack *pack, struct line *line)
{
    (void)pack;
    (void)line;
    return false;
}

void feeds_find_avx512(struct feeds *f)
{
    feeds_find_plain(f);
}
#endif
