/* SPDX-License-Identifier: Apache-2.0 */
/* The table in memory: from band keys to the kept page that owns each. Nothing but 8 bytes an
 * entry, 22 entries a page, in 64 parts that grow by a third in place, one at a time, so that
 * growing never needs the memory twice. */
#ifndef DEDUPE_BANDS_H
#define DEDUPE_BANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BANDS_PARTS = 64 };

struct bands_part {
    uint64_t *slot; /* sorted: 32 bits of key, then page + 1; 0 is an empty slot */
    uint32_t homes; /* slots that keys are spread over */
    uint32_t used;
    size_t mapped; /* bytes */
};

struct bands {
    struct bands_part part[BANDS_PARTS];
    uint64_t bytes;
    uint64_t limit; /* of bytes */
};

enum bands_result { BANDS_OK, BANDS_OVER_LIMIT, BANDS_NO_MEMORY };

/* An empty table is all zero but for the limit. */
void bands_free(struct bands *b);

/* Only the 38 highest bits of a key count. Starts loading the slot of a key; find or add soon
 * after. */
void bands_prefetch(const struct bands *b, uint64_t key);

/* The page that owns the key; false: none. */
bool bands_find(const struct bands *b, uint64_t key, uint32_t *page);

/* Makes page the owner of the key unless it has one: the first that comes stays. page < UINT32_MAX.
 * Anything but BANDS_OK: the table would need more than its limit, or memory is out; then it is
 * good for nothing but bands_free. */
enum bands_result bands_add(struct bands *b, uint64_t key, uint32_t page);

#endif
