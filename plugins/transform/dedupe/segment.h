/* SPDX-License-Identifier: Apache-2.0 */
/* Index segments: what a finished run leaves in the index folder for later ones. */
#ifndef DEDUPE_SEGMENT_H
#define DEDUPE_SEGMENT_H

#include "side.h"

enum { SEGMENT_HEADER = 192, SEGMENT_FORMAT = 1 };

#define SEGMENT_SUFFIX ".etl-pages"

/* What must be the same in all runs that share an index. */
struct segment_settings {
    uint32_t folds_all; /* tokens_fold_all */
    uint32_t numbers;   /* 0 any, 1 differ */
    double threshold;
    char field[64]; /* NUL-padded */
};

struct segment {
    char name[80];       /* of the file in the folder */
    uint32_t generation; /* 1 + the highest of the segments that its run read */
    uint64_t count;      /* pages */
    uint64_t check;      /* of the last page */
};

struct segments {
    struct segment *at; /* in the order in which their runs were made */
    size_t n;
    uint32_t generation;  /* for a segment that is written after these */
    uint64_t fingerprint; /* of all of them */
};

/* Lists the segments in the folder that came before the run with this plan, and checks their
 * headers: its own is left out, and so is what is not older than its own where that was made
 * before. A folder that is not there holds none. 0, or -1; segments_free in either case. */
int segments_list(const char *folder, const char *plan, const struct segment_settings *settings,
                  struct segments *out, struct fault *f);
void segments_free(struct segments *s);

/* Reads a whole segment, checking each page. */
int segment_load(const char *folder, const struct segment *s, page_seen *seen, void *to,
                 struct fault *f);
/* Page number at, less than count. fd is of the open file. */
int segment_read(int fd, const char *folder, const struct segment *s, uint64_t at, struct page *p,
                 struct fault *f);
int segment_open(const char *folder, const struct segment *s, struct fault *f);

/* Writes the pages of the side file, flushed, as a segment to path, from its beginning, and syncs
 * it. Missing folders are made. Doing it twice gives the same file. */
int segment_write(const char *path, const char *plan, uint32_t generation,
                  const struct segment_settings *settings, const struct side *side,
                  struct fault *f);

/* PLAN + suffix. */
void segment_name(const char *plan, char to[80]);

#endif
