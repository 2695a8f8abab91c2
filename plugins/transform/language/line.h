/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a page: the rows of votes that its words have, and what they add to the tally. */
#ifndef LANGUAGE_LINE_H
#define LANGUAGE_LINE_H

#include "words.h"

enum {
    VOTE_SCALE = 1 << 10, /* parts of a word */
    LINE_WORDS = 48,      /* a longer line counts as several */
    LINE_BEARS = 3,       /* words of the text that one found word speaks for */
    LINE_SHIFT = 20,      /* of fractions */
    /* rows that add up to no more than a byte holds, whatever they are */
    LINE_ROWS_IN_BYTES = UINT8_MAX / (WORDS_WEIGHT * WORDS_MARK)
};

/* Adds to the tally a line of so many words, at most LINE_WORDS, of which n, not 0, may be in
 * lists, by their hashes: of what the line pulls with, each language gets the part that its votes
 * are of the best's. Returns what it pulls with, in parts of a word. */
typedef uint32_t line_add(const struct words *w, const uint64_t *hash, size_t n, uint32_t words,
                          uint32_t tally[WORDS_LANGUAGES]);

/* The same from both. The second only where cpu_has_avx2() says so. */
line_add line_add_plain, line_add_avx2;

/* The most votes of one language, in the upper half of words_entry.weight, that leave room in a
 * byte for one word more. */
#define LINE_ROOM ((uint32_t)(UINT8_MAX - WORDS_WEIGHT * WORDS_MARK + 1) << 16)

static inline uint32_t line_pull(uint32_t weight, uint32_t words)
{
    uint32_t pull = weight * LINE_BEARS * VOTE_SCALE / WORDS_WEIGHT;

    return pull < words * VOTE_SCALE ? pull : words * VOTE_SCALE;
}

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
