/* SPDX-License-Identifier: Apache-2.0 */
/* The index of kept pages as one thing: segments of earlier runs, this run's side file, and the
 * table of bands over both. */
#ifndef DEDUPE_INDEX_H
#define DEDUPE_INDEX_H

#include "bands.h"
#include "segment.h"

enum { KEYS = BANDS + 1 };
_Static_assert((int)KEYS <= BANDS_MOST, "all keys are looked up at once");

/* What map finds out about a text and step looks up. */
struct sketch {
    struct page page;   /* but for the id */
    uint64_t key[KEYS]; /* of the bands, then of the exact hash */
};

/* Zeroed at first, but for bands.limit, the bytes it may take, and side.fd, which is -1. */
struct dedupe_index {
    const char *folder; /* of the segments, or NULL; the caller's */
    bool by_numbers;    /* texts with other numbers are never duplicates */
    uint32_t pages;
    struct bands bands;
    struct bands_places places; /* of the keys of the page judged last */
    uint64_t waits[KEYS];       /* keys of the page kept last, if it is not in bands yet */
    bool has_waiting;
    struct segments segments;
    uint32_t *first; /* the number of the first page of each segment, and of the side file */
    struct side side;
    int fd[16]; /* of segments read last, by number modulo 16; 0: none, else descriptor + 1 */
    size_t fd_of[16];
};

struct verdict {
    bool duplicate, exact;
    uint64_t of;         /* id of the kept page */
    unsigned agree;      /* bins, of 256 */
    unsigned candidates; /* pages compared */
    uint32_t page;       /* of a duplicate: the number of the kept page */
    unsigned nearest;    /* else: bins of the page that came nearest, whose id is in `of` */
};

/* Text to sketch. False: too few words, never a duplicate. t and s are scratch memory. */
bool sketch_make(const char *text, size_t n, bool by_numbers, struct tokens *t, struct shingles *s,
                 struct sketch *out);

/* Loads the segments that index->segments lists, then the first count pages of the side file. */
int index_open(struct dedupe_index *x, const char *side_path, uint64_t count, uint64_t check,
               struct fault *f);

/* Is it a duplicate of a kept page: an exact one, else the one with which it agrees in the most
 * bins, at least `needed`; of several, the first kept. If not, it is kept from now on, under id. */
int index_judge(struct dedupe_index *x, struct sketch *k, uint64_t id, unsigned needed,
                struct verdict *out, struct fault *f);

/* Judging leaves the page that it keeps to be put into the table by the next call of it, or by
 * this one. */
int index_settle(struct dedupe_index *x, struct fault *f);

/* What is kept of a page. */
int index_page(struct dedupe_index *x, uint32_t number, struct page *p, struct fault *f);

void index_close(struct dedupe_index *x);

#endif
