/* SPDX-License-Identifier: Apache-2.0 */
/* The table in memory: from band keys to the kept page that owns each. Nothing but 8 bytes an
 * entry, 22 entries a page, in one piece of memory that grows by a third in place, so that growing
 * never needs the memory twice. */
#ifndef DEDUPE_BANDS_H
#define DEDUPE_BANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bands {
    uint64_t *slot; /* 32 bits of key, then page + 1; 0 is an empty slot */
    uint64_t homes; /* buckets that the keys of a part are spread over */
    uint64_t spare; /* buckets behind them */
    uint64_t used;  /* slots */
    uint64_t bytes; /* of memory */
    uint64_t limit; /* of bytes */
};

enum bands_result { BANDS_OK, BANDS_OVER_LIMIT, BANDS_NO_MEMORY };

/* An empty table is all zero but for the limit. */
void bands_free(struct bands *b);

/* Only the 38 highest bits of a key count. Starts loading the bucket of a key; find or add soon
 * after. */
void bands_prefetch(const struct bands *b, uint64_t key);

enum { BANDS_MOST = 22 };

/* Where keys stand in the table, or would; stale once it has other `homes`. */
struct bands_places {
    uint64_t homes;
    uint64_t *slot[BANDS_MOST];
};

/* Looks up n keys, at most BANDS_MOST, side by side. */
void bands_find(const struct bands *b, const uint64_t *key, unsigned n, struct bands_places *out);

/* The page + 1 that owns the key whose number is i; 0: none. */
static inline uint32_t bands_owner(const struct bands_places *p, unsigned i)
{
    return (uint32_t)*p->slot[i];
}

/* Makes page the owner of those of the n keys that have none: the first that comes stays. places is
 * what bands_find gave for them, or NULL; other pages may have been added since. page < UINT32_MAX.
 * Anything but BANDS_OK: the table would need more than its limit, or memory is out; then it is
 * good for nothing but bands_free. */
enum bands_result bands_add(struct bands *b, const uint64_t *key, unsigned n,
                            const struct bands_places *places, uint32_t page);

#endif
