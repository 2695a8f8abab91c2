/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a zip (APPNOTE 6.3.10, section 4.3): their sizes without what varies, and the
 * little-endian numbers in them. */
#ifndef ARCHIVE_ZIP_FIELDS_H
#define ARCHIVE_ZIP_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

enum { END_SIZE = 22, LOCATOR_SIZE = 20, END64_SIZE = 56, ENTRY_SIZE = 46, LOCAL_SIZE = 30 };

static inline uint32_t zip_u16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t zip_u32(const unsigned char *p)
{
    return zip_u16(p) | zip_u16(p + 2) << 16;
}

static inline uint64_t zip_u64(const unsigned char *p)
{
    return (uint64_t)zip_u32(p) | (uint64_t)zip_u32(p + 4) << 32;
}

static inline bool zip_is(const unsigned char *p, const char *kind)
{
    return p[0] == 'P' && p[1] == 'K' && p[2] == (unsigned char)kind[0] &&
           p[3] == (unsigned char)kind[1];
}

#endif
