/* SPDX-License-Identifier: Apache-2.0 */
/* The pass of scan-plain.h with AVX2 and what comes with it on every machine that has it: bits
 * counted and taken off in one instruction each. */
#include "scan.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include "classes.h"
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define SCAN AVX2 static inline

SCAN uint64_t bits_of(__m256i x)
{
    return (uint32_t)_mm256_movemask_epi8(x);
}

/* As unsigned numbers, at most n. */
SCAN __m256i at_most(__m256i x, char n)
{
    return _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(n)), x);
}

SCAN struct ascii ascii_of_32(const char *s)
{
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)s);
    __m256i folded = _mm256_or_si256(x, _mm256_set1_epi8(0x20));

    return (struct ascii){
        .letter = bits_of(at_most(_mm256_sub_epi8(folded, _mm256_set1_epi8('a')), 25)),
        .digit = bits_of(at_most(_mm256_sub_epi8(x, _mm256_set1_epi8('0')), 9)),
        .small = bits_of(_mm256_slli_epi16(x, 2)), /* bit 5, of letters */
        .blank = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(' '))),
        .control = bits_of(
            _mm256_or_si256(at_most(x, 0x1f), _mm256_cmpeq_epi8(x, _mm256_set1_epi8(0x7f)))),
        .colon = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(':'))),
        .slash = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8('/'))),
        .wide = bits_of(x),
    };
}

SCAN struct ascii ascii_of(const char *s)
{
    struct ascii a = ascii_of_32(s), b = ascii_of_32(s + 32);

    return (struct ascii){
        .letter = a.letter | b.letter << 32,
        .digit = a.digit | b.digit << 32,
        .small = a.small | b.small << 32,
        .blank = a.blank | b.blank << 32,
        .control = a.control | b.control << 32,
        .colon = a.colon | b.colon << 32,
        .slash = a.slash | b.slash << 32,
        .wide = a.wide | b.wide << 32,
    };
}

/* All but the first byte of each character that is not ASCII: the smallest as signed numbers. */
SCAN uint64_t inner_of(const char *s)
{
    const __m256i *v = (const __m256i *)(const void *)s, first = _mm256_set1_epi8((char)0xc0);

    return bits_of(_mm256_cmpgt_epi8(first, _mm256_loadu_si256(v))) |
           bits_of(_mm256_cmpgt_epi8(first, _mm256_loadu_si256(v + 1))) << 32;
}

struct places {
    size_t n;
};

SCAN void take_places(const struct pack *pack, struct span s, size_t from, uint64_t bits,
                      struct places *places, struct hits *hits)
{
    (void)places;
    for (; bits; bits &= bits - 1)
        take_hit(pack, s, from + (size_t)__builtin_ctzll(bits), hits);
}

SCAN void take_rest(const struct pack *pack, struct span s, struct places *places,
                    struct hits *hits)
{
    (void)pack;
    (void)s;
    (void)places;
    (void)hits;
}

#include "scan-plain.h"

AVX2 bool scan_plain_avx2(const struct pack *pack, struct line *line)
{
    return scan_plain(pack, line);
}

#else

bool scan_plain_avx2(const struct pack *pack, struct line *line)
{
    (void)pack;
    (void)line;
    return false;
}
#endif
