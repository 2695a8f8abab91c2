/* SPDX-License-Identifier: Apache-2.0 */
/* The side file: the kept pages of this run, one behind the other, appended in order and read back
 * for candidates only. */
#ifndef DEDUPE_SIDE_H
#define DEDUPE_SIDE_H

#include "common/fault.h"
#include "page.h"

enum {
    SIDE_BUFFER = 512 /* pages held in memory before they are written */
};

struct side {
    const char *path; /* the caller's; stays valid until side_close */
    int fd;           /* -1: not open */
    uint64_t count;   /* pages */
    uint64_t written; /* of these, in the file */
    uint64_t check;   /* of the last page */
    unsigned char buffer[SIDE_BUFFER * PAGE_BYTES];
};

/* What is told of each page that stands in a file already; false stops the reading, and the fault
 * is the callee's to set. */
typedef bool page_seen(void *to, const struct page *p, struct fault *f);

/* Opens the file, made if need be, and cuts it to its first count pages, which are checked and told
 * to seen. check is that of the last of them. 0, or -1. Whatever comes, close it. */
int side_open(struct side *s, const char *path, uint64_t count, uint64_t check, page_seen *seen,
              void *to, struct fault *f);
int side_append(struct side *s, const struct page *p, struct fault *f);
/* Page number at, less than count. */
int side_read(const struct side *s, uint64_t at, struct page *p, struct fault *f);
/* All pages are in the file; if durable, on disk. */
int side_flush(struct side *s, bool durable, struct fault *f);
void side_close(struct side *s);

/* Reads count pages of the file at fd from byte `from` on, checking each; what says what the file
 * is, for messages. The check of the last must be `check`. 0, or -1. */
int pages_check(int fd, const char *what, const char *path, uint64_t from, uint64_t count,
                uint64_t check, page_seen *seen, void *to, struct fault *f);

/* All len bytes at byte `at`: 0; else an errno number, ENODATA where the file ends before them. */
int read_at(int fd, void *to, size_t len, uint64_t at);

#endif
