/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 validation: runs of ASCII by words of 16 bytes, the rest by the table of well-formed
 * sequences in the Unicode standard (3.9, table 3-7); utf8-avx2.c holds the faster check. */
#include "common/utf8.h"
#include "common/cpu.h"
#include "common/utf8-avx2.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
static uint64_t high_bits(__m128i v)
{
    return (unsigned)_mm_movemask_epi8(v);
}

/* The bytes of 64 that are not ASCII, as bits. */
static uint64_t high_in_64(const char *s)
{
    const __m128i *v = (const __m128i *)(const void *)s;
    __m128i a = _mm_loadu_si128(v), b = _mm_loadu_si128(v + 1);
    __m128i c = _mm_loadu_si128(v + 2), d = _mm_loadu_si128(v + 3);
    __m128i any = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));

    if (_mm_movemask_epi8(any) == 0)
        return 0;
    return high_bits(a) | high_bits(b) << 16 | high_bits(c) << 32 | high_bits(d) << 48;
}
#endif

size_t utf8_ascii_prefix(const char *s, size_t n)
{
    size_t i = 0;

#ifdef __SSE2__
    for (; i + 64 <= n; i += 64) {
        uint64_t high = high_in_64(s + i);

        if (high)
            return i + (size_t)__builtin_ctzll(high);
    }
    for (; i + 16 <= n; i += 16) {
        int high = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s + i)));

        if (high)
            return i + (size_t)__builtin_ctz((unsigned)high);
    }
#else
    for (; i + 8 <= n; i += 8) {
        uint64_t word;

        memcpy(&word, s + i, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
#endif
    while (i < n && !((unsigned char)s[i] & 0x80))
        i++;
    return i;
}

static bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Length of the well-formed sequence of two bytes or more at s, or 0. */
static size_t sequence(const unsigned char *s, size_t n)
{
    unsigned char a = s[0], low = 0x80, high = 0xbf;

    if (a < 0xe0)
        return a >= 0xc2 && n >= 2 && is_tail(s[1]) ? 2 : 0;
    if (a < 0xf0) {
        if (a == 0xe0)
            low = 0xa0; /* below: overlong */
        else if (a == 0xed)
            high = 0x9f; /* above: surrogates */
        return n >= 3 && s[1] >= low && s[1] <= high && is_tail(s[2]) ? 3 : 0;
    }
    if (a == 0xf0)
        low = 0x90; /* below: overlong */
    else if (a == 0xf4)
        high = 0x8f; /* above: past U+10FFFF */
    else if (a > 0xf4)
        return 0;
    return n >= 4 && s[1] >= low && s[1] <= high && is_tail(s[2]) && is_tail(s[3]) ? 4 : 0;
}

size_t utf8_valid_prefix(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t i = 0;

    while (i < n) {
        size_t step;

        if (u[i] < 0x80) {
            /* One ASCII character between others is common: look for a run from the second on. */
            i++;
            if (i < n && u[i] < 0x80)
                i += utf8_ascii_prefix(s + i, n - i);
            continue;
        }
        step = sequence(u + i, n - i);
        if (step == 0)
            break;
        i += step;
    }
    return i;
}

bool utf8_valid(const char *s, size_t n)
{
    if (n >= 64 && cpu_has_avx2())
        return utf8_avx2_valid(s, n);
    return utf8_valid_prefix(s, n) == n;
}

size_t utf8_put(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}
