/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian numbers in files; compilers make one load or store of each. */
#ifndef DEDUPE_BYTES_H
#define DEDUPE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void put16(unsigned char *to, uint16_t n)
{
    to[0] = (unsigned char)n;
    to[1] = (unsigned char)(n >> 8);
}

static inline void put32(unsigned char *to, uint32_t n)
{
    put16(to, (uint16_t)n);
    put16(to + 2, (uint16_t)(n >> 16));
}

static inline void put64(unsigned char *to, uint64_t n)
{
    put32(to, (uint32_t)n);
    put32(to + 4, (uint32_t)(n >> 32));
}

static inline void put16s(unsigned char *to, const uint16_t *from, size_t n)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(to, from, n * sizeof(*from));
#else
    for (size_t i = 0; i < n; i++)
        put16(to + 2 * i, from[i]);
#endif
}

static inline uint16_t get16(const unsigned char *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

static inline uint32_t get32(const unsigned char *from)
{
    return (uint32_t)get16(from) | (uint32_t)get16(from + 2) << 16;
}

static inline uint64_t get64(const unsigned char *from)
{
    return (uint64_t)get32(from) | (uint64_t)get32(from + 4) << 32;
}

static inline void get16s(uint16_t *to, const unsigned char *from, size_t n)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(to, from, n * sizeof(*to));
#else
    for (size_t i = 0; i < n; i++)
        to[i] = get16(from + 2 * i);
#endif
}

#endif
