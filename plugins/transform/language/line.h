/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a page: the rows of votes that its words have, and what they add to the tally. */
#ifndef LANGUAGE_LINE_H
#define LANGUAGE_LINE_H

#include "words.h"

enum {
    LINE_WORDS = 48, /* a longer line counts as several */
    LINE_SHIFT = 20, /* of fractions */
    /* rows that add up to no more than a byte holds, whatever they are */
    LINE_ROWS_IN_BYTES = UINT8_MAX / (WORDS_WEIGHT * WORDS_MARK)
};

/* Adds to the tally a line of n words found, at least one, whose rows begin at these bytes of
 * `rows` and in which no language has more than `most` votes: of what the line pulls with, each of
 * `languages` gets the part that its votes are of the best's. */
typedef void line_add(const uint8_t *rows, const uint32_t *row, size_t n, uint32_t most,
                      uint32_t pull, size_t languages, uint32_t tally[WORDS_LANGUAGES]);

/* The same from both. The second only where cpu_has_avx2() says so. */
line_add line_add_plain, line_add_avx2;

/* pull / best in whole and in parts of 1 << LINE_SHIFT. Votes times either fit 32 bits. */
struct line_share {
    uint32_t whole, part;
};

static inline struct line_share line_share(uint32_t pull, uint32_t best)
{
    uint64_t each = ((uint64_t)pull << LINE_SHIFT) / best;

    return (struct line_share){ (uint32_t)(each >> LINE_SHIFT),
                                (uint32_t)each & ((1u << LINE_SHIFT) - 1) };
}
_Static_assert(1 << (32 - LINE_SHIFT) > LINE_WORDS * WORDS_WEIGHT * WORDS_MARK, "part x votes");

#endif
