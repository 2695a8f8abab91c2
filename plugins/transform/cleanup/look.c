/* SPDX-License-Identifier: Apache-2.0 */
/* The masks of look.h: 32 bytes at a time with AVX2, 16 with SSE2, or one by one. */
#include "look.h"
#include "common/cpu.h"

#include <string.h>

typedef void look_function(const char *s, size_t looks, struct look_before *before, uint64_t *to);

/* Which blanks are one too many? */
static inline uint64_t extra_blanks(uint64_t blanks, uint64_t lfs, struct look_before *before)
{
    uint64_t behind_blank = blanks << 1 | before->blanks >> 63;
    uint64_t behind_lf = lfs << 1 | before->lfs >> 63;
    uint64_t behind_two = behind_lf & (lfs << 2 | before->lfs >> 62);

    *before = (struct look_before){ blanks, lfs };
    return blanks & behind_blank & ~(lfs & behind_lf & ~behind_two);
}

/* Whole looks straight from the text, the rest from a copy that is filled up. */
static inline size_t look_with(look_function *look, const char *s, size_t n,
                               struct look_before *before, uint64_t *to)
{
    size_t whole = n / LOOK_BYTES < LOOKS ? n / LOOK_BYTES : LOOKS;
    size_t rest = n - whole * LOOK_BYTES;
    char last[LOOK_BYTES];

    look(s, whole, before, to);
    if (whole == LOOKS || rest == 0)
        return whole;
    memset(last, 'x', sizeof(last));
    memcpy(last, s + whole * LOOK_BYTES, rest);
    look(last, 1, before, to + whole);
    return whole + 1;
}

static void plain(const char *s, size_t looks, struct look_before *before, uint64_t *to)
{
    for (; looks > 0; looks--, s += LOOK_BYTES) {
        uint64_t blanks = 0, lfs = 0, rare = 0;

        for (int i = 0; i < LOOK_BYTES; i++) {
            unsigned char c = (unsigned char)s[i];

            blanks |= (uint64_t)(c == ' ' || c == '\n') << i;
            lfs |= (uint64_t)(c == '\n') << i;
            rare |= (uint64_t)(c == '&' || (c < ' ' && c != '\n') || c == 0x7f || c >= 0xc0) << i;
        }
        *to++ = rare | extra_blanks(blanks, lfs, before);
    }
}

size_t look_plain(const char *s, size_t n, struct look_before *before, uint64_t *to)
{
    return look_with(plain, s, n, before, to);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

/* As signed bytes that are moved down by so much, first bytes come first, then controls, other
 * ASCII, and the bytes that go on with a character. */
enum { DOWN = 0x40 };

static inline uint64_t bits_16(__m128i v)
{
    return (uint32_t)_mm_movemask_epi8(v);
}

static inline __m128i equal_16(__m128i v, char c)
{
    return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

static void sse2(const char *s, size_t looks, struct look_before *before, uint64_t *to)
{
    for (; looks > 0; looks--, s += LOOK_BYTES) {
        uint64_t spaces = 0, lfs = 0, rare = 0;

        for (int i = 0; i < LOOK_BYTES; i += 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
            __m128i down = _mm_sub_epi8(v, _mm_set1_epi8(DOWN)), lf = equal_16(v, '\n');
            __m128i low = _mm_andnot_si128(lf, _mm_cmpgt_epi8(_mm_set1_epi8(' ' - DOWN), down));
            __m128i other = _mm_or_si128(equal_16(v, '&'), equal_16(v, 0x7f));

            spaces |= bits_16(equal_16(v, ' ')) << i;
            lfs |= bits_16(lf) << i;
            rare |= bits_16(_mm_or_si128(low, other)) << i;
        }
        *to++ = rare | extra_blanks(spaces | lfs, lfs, before);
    }
}

size_t look_sse2(const char *s, size_t n, struct look_before *before, uint64_t *to)
{
    return look_with(sse2, s, n, before, to);
}

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i load_32(const char *s)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)s);
}

/* Is each byte one of a set? `set` has its members where their low four bits say; bytes above 7F
 * are looked for as 0. */
AVX2 static inline __m256i in_set(__m256i v, __m256i set)
{
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(set, v), v);
}

/* Of two members; 0 at the others' places is none of them, but at that of NUL. */
AVX2 static inline __m256i set_of(char one, char other)
{
    char set[16] = { 1 };

    set[one & 15] = one;
    set[other & 15] = other;
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)set));
}

AVX2 static inline __m256i rare_32(__m256i v, __m256i lf, __m256i others)
{
    __m256i down = _mm256_sub_epi8(v, _mm256_set1_epi8(DOWN));
    __m256i low = _mm256_andnot_si256(lf, _mm256_cmpgt_epi8(_mm256_set1_epi8(' ' - DOWN), down));

    return _mm256_or_si256(low, in_set(v, others));
}

AVX2 static inline uint64_t bits_64(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

AVX2 static inline __m256i equal_32(__m256i v, char c)
{
    return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

AVX2 static void avx2(const char *s, size_t looks, struct look_before *before, uint64_t *to)
{
    const __m256i others = set_of('&', 0x7f);
    struct look_before last = *before;

    for (; looks > 0; looks--, s += LOOK_BYTES) {
        __m256i a = load_32(s), b = load_32(s + 32);
        __m256i lf_a = equal_32(a, '\n'), lf_b = equal_32(b, '\n');
        uint64_t rare = bits_64(rare_32(a, lf_a, others), rare_32(b, lf_b, others));
        uint64_t spaces = bits_64(equal_32(a, ' '), equal_32(b, ' ')), lfs = bits_64(lf_a, lf_b);

        *to++ = rare | extra_blanks(spaces | lfs, lfs, &last);
    }
    *before = last;
}

size_t look_avx2(const char *s, size_t n, struct look_before *before, uint64_t *to)
{
    return look_with(avx2, s, n, before, to);
}

size_t look_at(const char *s, size_t n, struct look_before *before, uint64_t *to)
{
    return cpu_has_avx2() ? look_avx2(s, n, before, to) : look_sse2(s, n, before, to);
}

#else

size_t look_at(const char *s, size_t n, struct look_before *before, uint64_t *to)
{
    return look_plain(s, n, before, to);
}

#endif
