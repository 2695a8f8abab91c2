/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that can be read at any place: a regular file, or memory (in tests); and windows on them,
 * for who looks at many places that lie close together. The store is not changed by reading, so any
 * thread may; a window belongs to one. A file is not mapped: who makes it shorter meanwhile would
 * end the process. */
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

#define WINDOW ((size_t)256 * 1024)

/* Begins as zeros but for the store. */
struct window {
    const struct store *store;
    unsigned char *bytes;
    size_t room, len;
    uint64_t at; /* in the store, of the first byte */
};

/* The n bytes at `at`, until the next call. Where they are not at hand, they are read, and what
 * follows them up to `more` bytes in all (n, or WINDOW, say). NULL: the store ends before, and
 * errno is 0; or else that says why. */
const unsigned char *window_look(struct window *w, uint64_t at, size_t n, size_t more);
void window_close(struct window *w);

#endif
