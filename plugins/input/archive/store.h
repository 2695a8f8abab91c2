/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that can be read at any place: a regular file, or memory (in tests). Not changed by
 * reading, so any thread may. */
#ifndef ARCHIVE_STORE_H
#define ARCHIVE_STORE_H

#include <stddef.h>
#include <stdint.h>

struct store {
    int fd;                      /* the owner's; or -1, then: */
    const unsigned char *memory; /* the owner's */
    uint64_t size;
};

/* Up to n bytes from `at`; fewer only at the end. -1: errno is set. */
int64_t store_read(const struct store *s, uint64_t at, void *to, size_t n);

#endif
