/* SPDX-License-Identifier: Apache-2.0 */
/* From a text to what the index needs of it: exact hash, hash of its numbers, least shingle hash of
 * each bin. Definitions: docs/index-format-1.md. */
#ifndef DEDUPE_SHINGLE_H
#define DEDUPE_SHINGLE_H

#include "common/hash.h"
#include "common/tokens.h"

enum {
    BINS = 256,
    SHINGLE = 5 /* words; a text of fewer is never a duplicate */
};

#define BIN_EMPTY UINT32_MAX

struct shingles {
    uint64_t n_tokens;
    struct hash128 exact; /* XXH3-128 of the tokens joined by one space */
    uint64_t numbers;     /* of the multiset of tokens that hold a digit */
    uint32_t bin[BINS];   /* the least value that fell into it, or BIN_EMPTY */
};

/* Finds the places in s, which `made` was made of, whose shingles stand in a bin that is wanted:
 * calls found for each run of words that they cover, as bytes from..end of s, in order. t is scratch
 * memory. Returns how many of the wanted bins have a shingle of their own. */
unsigned shingle_places(const char *s, size_t n, struct tokens *t, const struct shingles *made,
                        const bool wanted[BINS],
                        void (*found)(void *to, const char *words, size_t len), void *to);

/* t is scratch memory. */
void shingle_text(const char *s, size_t n, struct tokens *t, struct shingles *out);

#endif
