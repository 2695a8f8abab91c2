/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that end a plain run within a JSON string - quote, backslash, below 0x20 - which both
 * the writer and the reader look for, 16 at a time. */
#ifndef COMMON_JSON_SPECIAL_H
#define COMMON_JSON_SPECIAL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __SSE2__
#include <emmintrin.h>

/* One bit for each of the 16 bytes that is special. */
static inline unsigned json_specials(__m128i v)
{
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i low = _mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8(0x1f)), _mm_set1_epi8(0x1f));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), low));
}
#endif

static inline bool json_is_special(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

/* Bytes before the first special one, or n. */
static inline size_t json_plain_run(const char *s, size_t n)
{
    size_t i = 0;

#ifdef __SSE2__
    for (; n - i >= 16; i += 16) {
        unsigned found = json_specials(_mm_loadu_si128((const __m128i *)(const void *)(s + i)));

        if (found)
            return i + (size_t)__builtin_ctz(found);
    }
#endif
    while (i < n && !json_is_special(s[i]))
        i++;
    return i;
}

#endif
