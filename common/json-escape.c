/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks are copied whole, and then looked at: where one holds a byte that needs an escape, which
 * few do, the next block begins behind that byte. A text's last bytes are one block more, in which
 * zeros stand for what is missing. */
#include "common/json-escape.h"

#include "common/cpu.h"
#include "common/json-special.h"
#include "common/sse2.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#endif

static inline char *escape(char *to, unsigned char c)
{
    static const char hex[16] = "0123456789abcdef";
    static const char letters[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
    };
    char letter = c < 0x20 ? letters[c] : (char)c;

    to[0] = '\\';
    to[1] = letter;
    if (letter)
        return to + 2;
    memcpy(to + 1, "u00", 3);
    to[4] = hex[c >> 4];
    to[5] = hex[c & 15];
    return to + 6;
}

static char *escape_bytes(char *to, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (json_is_special(s[i]))
            to = escape(to, (unsigned char)s[i]);
        else
            *to++ = s[i];
    }
    return to;
}

#ifdef __SSE2__
static inline char *escape_few(char *to, const char *s, size_t n)
{
    __m128i v;

    if (n == 0)
        return to;
    v = sse2_load_few(s, n);
    if (json_specials(v) & ((1u << n) - 1))
        return escape_bytes(to, s, n);
    _mm_storeu_si128((__m128i *)(void *)to, v);
    return to + n;
}

char *json_escape_baseline(char *to, const char *s, size_t n)
{
    while (n >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
        unsigned found = json_specials(v);
        size_t clean = found ? (size_t)__builtin_ctz(found) : 16;

        _mm_storeu_si128((__m128i *)(void *)to, v);
        to += clean;
        s += clean;
        n -= clean;
        if (found) {
            to = escape(to, (unsigned char)*s++);
            n--;
        }
    }
    return escape_few(to, s, n);
}
#else
char *json_escape_baseline(char *to, const char *s, size_t n)
{
    return escape_bytes(to, s, n);
}
#endif

#ifdef AVX2
AVX2 static inline unsigned specials_avx2(__m256i v)
{
    __m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
    __m256i slash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
    __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);

    return (unsigned)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, slash), low));
}

AVX2 char *json_escape_avx2(char *to, const char *s, size_t n)
{
    while (n >= 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)s);
        unsigned found = specials_avx2(v);
        size_t clean = found ? (size_t)__builtin_ctz(found) : 32;

        _mm256_storeu_si256((__m256i *)(void *)to, v);
        to += clean;
        s += clean;
        n -= clean;
        if (found) {
            to = escape(to, (unsigned char)*s++);
            n--;
        }
    }
    return json_escape_baseline(to, s, n);
}

#else
char *json_escape_avx2(char *to, const char *s, size_t n)
{
    return json_escape_baseline(to, s, n);
}
#endif

char *json_escape(char *to, const char *s, size_t n)
{
    if (cpu_has_avx512())
        return json_escape_avx512(to, s, n);
    return n >= 64 && cpu_has_avx2() ? json_escape_avx2(to, s, n) : json_escape_baseline(to, s, n);
}
