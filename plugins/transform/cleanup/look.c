/* SPDX-License-Identifier: Apache-2.0 */
/* The masks of look.h: 32 bytes at a time with AVX2, 16 with SSE2, or one by one. */
#include "look.h"
#include "common/cpu.h"

#include <string.h>

/* Gives whether the last byte is a blank. */
typedef bool look_function(const char *s, size_t looks, bool blank, struct look *to);

/* Whole looks straight from the text, the rest from a copy that is filled up. */
static inline size_t look_with(look_function *look, const char *s, size_t n, bool *blank,
                               struct look *to)
{
    size_t whole = n / LOOK_BYTES < LOOKS ? n / LOOK_BYTES : LOOKS;
    size_t rest = n - whole * LOOK_BYTES;
    char last[LOOK_BYTES];

    *blank = look(s, whole, *blank, to);
    if (whole == LOOKS || rest == 0)
        return whole;
    memset(last, 'x', sizeof(last));
    memcpy(last, s + whole * LOOK_BYTES, rest);
    *blank = look(last, 1, *blank, to + whole);
    return whole + 1;
}

static bool plain(const char *s, size_t looks, bool blank, struct look *to)
{
    for (; looks > 0; looks--, s += LOOK_BYTES, to++) {
        *to = (struct look){ 0 };
        for (int i = 0; i < LOOK_BYTES; i++) {
            unsigned char c = (unsigned char)s[i];
            bool now = c == ' ' || c == '\n';

            to->doubled |= (uint64_t)(now && blank) << i;
            to->rare |= (uint64_t)(c == '&' || (c < ' ' && c != '\n') || c == 0x7f || c >= 0xc0)
                        << i;
            blank = now;
        }
    }
    return blank;
}

size_t look_plain(const char *s, size_t n, bool *blank, struct look *to)
{
    return look_with(plain, s, n, blank, to);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

/* As signed bytes that are moved down by so much, first bytes come first, then controls and blanks,
 * other ASCII, and the bytes that go on with a character. */
enum { DOWN = 0x40 };

static inline uint64_t bits_16(__m128i v)
{
    return (uint32_t)_mm_movemask_epi8(v);
}

static inline __m128i equal_16(__m128i v, char c)
{
    return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

static bool sse2(const char *s, size_t looks, bool blank, struct look *to)
{
    for (; looks > 0; looks--, s += LOOK_BYTES, to++) {
        uint64_t blanks = 0, rare = 0;

        for (int i = 0; i < LOOK_BYTES; i += 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
            __m128i white = _mm_or_si128(equal_16(v, ' '), equal_16(v, '\n'));
            __m128i down = _mm_sub_epi8(v, _mm_set1_epi8(DOWN));
            __m128i low = _mm_andnot_si128(white, _mm_cmpgt_epi8(_mm_set1_epi8('!' - DOWN), down));
            __m128i other = _mm_or_si128(equal_16(v, '&'), equal_16(v, 0x7f));

            blanks |= bits_16(white) << i;
            rare |= bits_16(_mm_or_si128(low, other)) << i;
        }
        *to = (struct look){ blanks & (blanks << 1 | blank), rare };
        blank = blanks >> 63;
    }
    return blank;
}

size_t look_sse2(const char *s, size_t n, bool *blank, struct look *to)
{
    return look_with(sse2, s, n, blank, to);
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

AVX2 static inline __m256i rare_32(__m256i v, __m256i white, __m256i others)
{
    __m256i down = _mm256_sub_epi8(v, _mm256_set1_epi8(DOWN));
    __m256i low = _mm256_andnot_si256(white, _mm256_cmpgt_epi8(_mm256_set1_epi8('!' - DOWN), down));

    return _mm256_or_si256(low, in_set(v, others));
}

AVX2 static inline uint64_t bits_64(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

AVX2 static bool avx2(const char *s, size_t looks, bool blank, struct look *to)
{
    const __m256i white = set_of(' ', '\n'), others = set_of('&', 0x7f);

    for (; looks > 0; looks--, s += LOOK_BYTES, to++) {
        __m256i a = load_32(s), b = load_32(s + 32);
        __m256i white_a = in_set(a, white), white_b = in_set(b, white);
        uint64_t blanks = bits_64(white_a, white_b);

        to->doubled = blanks & (blanks << 1 | blank);
        to->rare = bits_64(rare_32(a, white_a, others), rare_32(b, white_b, others));
        blank = blanks >> 63;
    }
    return blank;
}

size_t look_avx2(const char *s, size_t n, bool *blank, struct look *to)
{
    return look_with(avx2, s, n, blank, to);
}

size_t look_at(const char *s, size_t n, bool *blank, struct look *to)
{
    return cpu_has_avx2() ? look_avx2(s, n, blank, to) : look_sse2(s, n, blank, to);
}

#else

size_t look_at(const char *s, size_t n, bool *blank, struct look *to)
{
    return look_plain(s, n, blank, to);
}

#endif
