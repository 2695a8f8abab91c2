/* SPDX-License-Identifier: Apache-2.0 */
/* Loading the last bytes of a text, which do not fill a block, as one: no byte beside it is looked
 * at, and there is no loop over bytes, whose end nothing can foresee. */
#ifndef COMMON_SSE2_H
#define COMMON_SSE2_H

#ifdef __SSE2__
#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* From 1 to 15 bytes, and zeros behind them. */
static inline __m128i sse2_load_few(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    uint64_t low = 0, high = 0;
    uint32_t first = 0, last = 0;

    if (n >= 8) {
        memcpy(&low, s, 8);
        memcpy(&high, s + n - 8, 8);
        high = n > 8 ? high >> 8 * (16 - n) : 0;
    } else if (n >= 4) {
        memcpy(&first, s, 4);
        memcpy(&last, s + n - 4, 4);
        low = first | (uint64_t)last << 8 * (n - 4);
    } else {
        low = u[0] | (uint64_t)u[n / 2] << 8 * (n / 2) | (uint64_t)u[n - 1] << 8 * (n - 1);
    }
    return _mm_set_epi64x((int64_t)high, (int64_t)low);
}
#endif

#endif
