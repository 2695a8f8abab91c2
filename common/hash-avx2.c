/* SPDX-License-Identifier: Apache-2.0 */
/* XXH3 from the xxHash header once more, for AVX2: the header has one way for each processor, and
 * takes that of the compiler's target. State and results are the same for all of them. */
#include "common/hash-avx2.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

/* What is included above has its own targets and stays as it is. */
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
/* The header's own code sets off -Wconversion and others where it is inlined. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#define XXH_INLINE_ALL
#define XXH_VECTOR XXH_AVX2
#include <xxhash.h>
#pragma GCC diagnostic pop

void hash_avx2_128(const void *data, size_t len, uint64_t halves[2])
{
    XXH128_hash_t h = XXH3_128bits(data, len);

    halves[0] = h.low64;
    halves[1] = h.high64;
}

void hash_avx2_128_add(void *state, const void *data, size_t len)
{
    XXH3_128bits_update(state, data, len);
}

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else

void hash_avx2_128(const void *data, size_t len, uint64_t halves[2])
{
    (void)data;
    (void)len;
    halves[0] = halves[1] = 0;
}

void hash_avx2_128_add(void *state, const void *data, size_t len)
{
    (void)state;
    (void)data;
    (void)len;
}

#endif
