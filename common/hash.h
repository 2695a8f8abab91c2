/* SPDX-License-Identifier: Apache-2.0 */
/* The hashes that etl uses: XXH3 (inlined from the xxHash header), the 64-bit multiply-mix on which
 * the duplicate index is built, and writing a hash as hex digits. */
#ifndef COMMON_HASH_H
#define COMMON_HASH_H

#include "common/cpu.h"
#include "common/hash-avx2.h"

#include <stddef.h>
#include <stdint.h>

/* The header's own code sets off -Wconversion and others where it is inlined. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#ifndef XXH_INLINE_ALL
#define XXH_INLINE_ALL
#endif
#include <xxhash.h>
#pragma GCC diagnostic pop

struct hash128 {
    uint64_t high, low;
};

/* From so many bytes on it is worth asking for the processor's wider registers. */
enum { HASH_LONG = 512 };

static inline uint64_t hash64(const void *data, size_t len)
{
    return XXH3_64bits(data, len);
}

static inline struct hash128 hash128(const void *data, size_t len)
{
    uint64_t halves[2];
    XXH128_hash_t h;

    if (len >= HASH_LONG && cpu_has_avx2()) {
        hash_avx2_128(data, len, halves);
        return (struct hash128){ halves[1], halves[0] };
    }
    h = XXH3_128bits(data, len);
    return (struct hash128){ h.high64, h.low64 };
}

/* For data that come in pieces: the same result as hash128 of all of them in a row. */
struct hash128_stream {
    XXH3_state_t state;
};

static inline void hash128_begin(struct hash128_stream *s)
{
    XXH3_128bits_reset(&s->state);
}

static inline void hash128_add(struct hash128_stream *s, const void *data, size_t len)
{
    if (len >= HASH_LONG && cpu_has_avx2())
        hash_avx2_128_add(&s->state, data, len);
    else
        XXH3_128bits_update(&s->state, data, len);
}

static inline struct hash128 hash128_end(const struct hash128_stream *s)
{
    XXH128_hash_t h = XXH3_128bits_digest(&s->state);

    return (struct hash128){ h.high64, h.low64 };
}

/* The high half of the 128-bit product xor the low one: the step of wyhash, which mixes as well as
 * it is cheap. Zero if either is zero: callers xor in a constant that their data cannot equal. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

/* 16 lower-case hex digits, the highest first; no NUL. */
static inline void hash64_hex(uint64_t h, char to[16])
{
    for (int i = 0; i < 16; i++)
        to[i] = "0123456789abcdef"[h >> (60 - 4 * i) & 15];
}

/* 32 hex digits in XXH3's canonical order (high half first); no NUL. */
static inline void hash128_hex(struct hash128 h, char to[32])
{
    hash64_hex(h.high, to);
    hash64_hex(h.low, to + 16);
}

#endif
