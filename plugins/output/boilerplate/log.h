/* SPDX-License-Identifier: Apache-2.0 */
/* The log of what was counted: a state file to which each page adds its group and the hashes of its
 * lines. A run that goes on cuts it to what was committed and counts that again. */
#ifndef BOILERPLATE_LOG_H
#define BOILERPLATE_LOG_H

#include "counts.h"

enum { LOG_SAVED_BYTES = 24 };

struct log {
    const char *path; /* the caller's; stays valid until log_close */
    int fd;
    bool is_open;
    uint64_t pages, written; /* bytes that are in the file */
    uint64_t check;          /* of the last page, chained */
    struct buffer pending;   /* whole pages that are not written yet, then the one being made */
    size_t page;             /* where in pending that begins */
};

/* Opens the file, made if need be, cut to what `saved` says (NULL: to nothing), and counts the
 * pages in it. saved has LOG_SAVED_BYTES. 0, or -1. Whatever comes, close it. */
int log_open(struct log *l, const char *path, const void *saved, struct counts *c, struct fault *f);

/* One page: begin, its lines, end. text: it was taken; else NULL. */
void log_page(struct log *l, const char *group, size_t len);
void log_line(struct log *l, uint64_t hash, bool left, const char *text, size_t len);
int log_page_end(struct log *l, struct fault *f);

/* All pages are on disk; saved is what log_open wants to go on from here. */
int log_commit(struct log *l, unsigned char saved[LOG_SAVED_BYTES], struct fault *f);
void log_close(struct log *l);

#endif
