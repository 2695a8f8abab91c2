/* SPDX-License-Identifier: Apache-2.0 */
/* One kept page as it stands in files: what look-ups and checks need of it. */
#ifndef DEDUPE_PAGE_H
#define DEDUPE_PAGE_H

#include "signature.h"

enum {
    PAGE_BYTES = 552,     /* in a file */
    PAGE_SUMMED = 552 - 8 /* of these, what the check is taken of */
};

struct page {
    struct hash128 exact;
    uint64_t id, numbers;
    struct signature signature;
};

/* Writes the PAGE_BYTES of the page, little-endian. Its last 8 are XXH3-64 of the others, seeded
 * with the check of the page before it (of the first: 0), and are returned. So the last check of a
 * file vouches for all of it and for its order. */
uint64_t page_write(const struct page *p, uint64_t check, unsigned char to[PAGE_BYTES]);

/* Reads it back. False: the check is not that of a page after one with *check. On success *check is
 * the page's own. If check is NULL, nothing is checked. */
bool page_read(const unsigned char from[PAGE_BYTES], uint64_t *check, struct page *p);

#endif
