/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian numbers in files; compilers make one load or store of each. */
#ifndef DEDUPE_BYTES_H
#define DEDUPE_BYTES_H

#include <stdint.h>

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

#endif
