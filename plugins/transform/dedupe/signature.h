/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures: 256 values of 16 bits, of which two texts share about the share of shingles that they
 * have in common, and the 21 band keys by which such texts find each other. */
#ifndef DEDUPE_SIGNATURE_H
#define DEDUPE_SIGNATURE_H

#include "shingle.h"

enum { BANDS = 21, ROWS = 6 };

struct signature {
    uint16_t value[BINS];
};

/* At least one bin must be filled. */
void signature_make(const uint32_t bin[BINS], struct signature *out);

/* In how many of the 256 bins the two agree. */
unsigned signature_agree(const struct signature *a, const struct signature *b);

/* The key of each band. If numbers is not NULL, texts with other numbers get other keys. */
void signature_keys(const struct signature *s, const uint64_t *numbers, uint64_t key[BANDS]);

/* The key under which equal texts find each other. */
uint64_t exact_key(struct hash128 exact);

#endif
