/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over a line's bytes finds all that later looks for in them: how many words, how many
 * with a capital, whether there is a letter, a year, or a place where a phrase of one of the pack's
 * lists may begin. Most lines have no such place, and need no second pass. */
#ifndef EXTRACT_SCAN_H
#define EXTRACT_SCAN_H

#include "extract.h"

/* So many bytes behind the line are read, and mean nothing. */
enum { SCAN_SLACK = 64 + BUCKET_BYTES };

/* What there is in a line, so far. */
struct scanned {
    uint64_t letters, odd, colons, slashes; /* not 0: there are */
    size_t words, capital;
    unsigned run; /* digits at the end */
    bool year, wide;
    unsigned lists; /* enum pack_list: of which a phrase may begin */
};

/* Sets may, the flags that tell what bytes are there and, of lines that the rules look at whole,
 * words, capital and LINE_WORDS. The line's ends must be trimmed. */
void scan_line(const struct pack *pack, struct line *line);

/* ---- Between the files of scan ---- */

/* The same whatever machine it is, and whatever is in the line. */
void scan_any(const struct pack *pack, struct line *line);
/* By AVX-512 or by AVX2 (only where common/cpu.h says so), of a line in which all letters are of
 * ASCII and not too many words look like a phrase; false, and nothing set: it is another one. */
bool scan_plain_avx512(const struct pack *pack, struct line *line);
bool scan_plain_avx2(const struct pack *pack, struct line *line);
/* Of 64 bytes a bit each. */
struct ascii {
    uint64_t letter, digit, blank, control, colon, slash;
    uint64_t small; /* of letters */
    uint64_t wide;  /* not ASCII */
};

enum { HITS = 64, HITS_AT_ONCE = 256 };

/* Where a phrase of some list may begin at a glance, and where a character is not ASCII. With more
 * than HITS, the line is none for the fast ways: that is seen behind a block of 64, which may add
 * all that is taken at once, and itself twice. */
struct hits {
    size_t n;
    size_t at[HITS + HITS_AT_ONCE + 3 * 64];
};

/* Without a branch: few places are a hit, and which no branch foresees. */
static inline void take_hit(const struct pack *pack, struct span s, size_t i, struct hits *hits)
{
    hits->at[hits->n] = i;
    hits->n += pack_glance(pack, s.at + i) != 0;
}

/* Sets what was found. */
void scan_set(struct line *line, const struct scanned *x);

#endif
