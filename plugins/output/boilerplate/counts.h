/* SPDX-License-Identifier: Apache-2.0 */
/* On how many pages of its group each line stands, in bounded memory: the frequent lines of each
 * group by the method of Misra and Gries ("Finding repeated elements", 1982), with the median taken
 * off at once as in Anderson et al., "A High-Performance Algorithm for Identifying Frequent Items
 * in Data Streams", IMC 2017. A count is never too high; how much too low it may be is known. All
 * is a function of the pages in their order. */
#ifndef BOILERPLATE_COUNTS_H
#define BOILERPLATE_COUNTS_H

#include "common/buffer.h"
#include "common/fault.h"

struct counted {
    uint64_t hash;
    uint32_t pages : 31;
    uint32_t left : 1; /* once at least it stood in what was left of its page */
    uint32_t text;     /* where in the group's text, plus 1; 0: seen once, not kept */
};

struct group {
    char *name; /* as it was first spelled */
    size_t name_len;
    uint64_t key;
    uint64_t pages;
    uint64_t forgotten; /* how many pages any count may lack */
    struct counted *line;
    uint32_t n, cap;
    uint32_t *slot; /* open addressing over line: number plus 1 */
    uint32_t slots;
    struct buffer text; /* of each line kept: its length in 2 bytes, then it */
};

struct counts {
    struct group *group; /* the first is of pages without a name, and stays */
    size_t n, cap;
    size_t max_groups;  /* at most so many: then the half with the fewest pages is forgotten */
    uint32_t max_lines; /* in a group: then counts fall by their median, those at 0 are forgotten */
    uint64_t bytes;     /* in memory, of all groups */
};

/* A page of this group, one more. Names that differ in case, blanks and marks are one. The group
 * stays until the next call. NULL: memory is out. */
struct group *counts_page(struct counts *c, const char *name, size_t len);

enum counts_answer { COUNTS_ADDED, COUNTS_TOOK_TEXT, COUNTS_NO_MEMORY };

/* The line of that hash stands on this page, and was left in it or not. At the second sight of it
 * the text is taken; text may be NULL for a line of which it is known (from a log of the same
 * pages) that it is not asked for.
 */
enum counts_answer counts_line(struct counts *c, struct group *g, uint64_t hash, bool left,
                               const char *text, size_t len);

struct counts_limits {
    uint64_t min_pages;
    double min_share;
    bool only_left;
};

/* Appends the rule file: by group, in each by line, those that stand on at least min_pages pages
 * and min_share of the group's; with only_left those alone that were left in a page. Gives how
 * many. 0, or -1 when memory is out. */
int counts_write(const struct counts *c, const struct counts_limits *limits, struct buffer *to,
                 uint64_t *listed);

void counts_free(struct counts *c);

#endif
