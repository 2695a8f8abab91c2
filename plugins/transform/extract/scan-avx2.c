/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over a line's bytes with AVX2, and what comes with it on every machine that has it: bits
 * counted and taken off in one instruction each. */
#include "scan.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include "classes.h"
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline __m256i in_range(__m256i x, char low, char high)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(x, _mm256_set1_epi8((char)(low - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), x));
}

AVX2 static inline uint64_t bits_of(__m256i x)
{
    return (uint32_t)_mm256_movemask_epi8(x);
}

AVX2 static inline struct classes classes_of_32(const char *s)
{
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)s);
    __m256i digit = in_range(x, '0', '9'), capital = in_range(x, 'A', 'Z');
    __m256i letter = in_range(_mm256_or_si256(x, _mm256_set1_epi8(0x20)), 'a', 'z');

    return (struct classes){
        .word = bits_of(_mm256_or_si256(digit, letter)),
        .big = bits_of(_mm256_or_si256(digit, capital)),
        .digit = bits_of(digit),
        .blank = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(' '))),
        .wide = bits_of(x),
        /* 0x80 to 0xbf are the smallest as signed numbers */
        .inner = bits_of(_mm256_cmpgt_epi8(_mm256_set1_epi8((char)0xc0), x)),
        .control = bits_of(
            _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(0x1f)), x),
                            _mm256_cmpeq_epi8(x, _mm256_set1_epi8(0x7f)))),
        .colon = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(':'))),
        .slash = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8('/'))),
    };
}

AVX2 static inline struct classes classes_of_64(const char *s)
{
    struct classes a = classes_of_32(s), b = classes_of_32(s + 32);

    return (struct classes){
        .word = a.word | b.word << 32,
        .big = a.big | b.big << 32,
        .digit = a.digit | b.digit << 32,
        .blank = a.blank | b.blank << 32,
        .wide = a.wide | b.wide << 32,
        .inner = a.inner | b.inner << 32,
        .control = a.control | b.control << 32,
        .colon = a.colon | b.colon << 32,
        .slash = a.slash | b.slash << 32,
    };
}

#define SCAN_NAME scan_line_avx2
#define SCAN_TARGET AVX2
#define SCAN_CLASSES(s) classes_of_64(s)
#define SCAN_COUNT(x) (size_t) __builtin_popcountll(x)
#include "scan-impl.h"

bool scan_avx2_usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
}

#else

bool scan_avx2_usable(void)
{
    return false;
}

void scan_line_avx2(const struct pack *pack, struct line *line)
{
    scan_line_plain(pack, line);
}
#endif
