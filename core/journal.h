/* SPDX-License-Identifier: Apache-2.0 */
/* The journal, .state/journal: records with a checksum, appended and synced one at a time. A torn
 * tail is cut, never fatal. */
#ifndef CORE_JOURNAL_H
#define CORE_JOURNAL_H

#include "common/buffer.h"
#include "core/rundir.h"

enum journal_kind { JOURNAL_BEGIN = 1, JOURNAL_BARRIER = 2, JOURNAL_PUBLISHING = 3, JOURNAL_PUBLISHED = 4 };

struct journal_record {
    enum journal_kind kind;
    const unsigned char *data;
    size_t len;
    uint64_t end; /* offset behind it in the file */
};

struct journal {
    int fd;
    struct rundir *rundir;
    struct diag *diag;
    uint64_t size;
};

/* Reads what is there, whole records only. *data owns the bytes (free both). 0 records: no journal.
 * -1: it cannot be read, or is of another version (reported). */
int journal_load(struct rundir *r, struct diag *d, struct journal_record **records, size_t *n,
                 char **data);
/* Opens for appending behind `size` bytes (0: a new one, which is never there in part); what lies
 * behind them is cut. Its name and those of the folders it lies in are durable then. */
int journal_open(struct journal *j, struct rundir *r, struct diag *d, uint64_t size);
int journal_append(struct journal *j, enum journal_kind kind, const struct buffer *payload);
/* The bytes of one record, as they stand in the file; journal_start: what stands before the first. */
void journal_put(struct buffer *to, enum journal_kind kind, const void *payload, size_t len);
void journal_start(struct buffer *to);
/* Puts other contents, made by these two, in the place of all there is: whole or not at all. */
int journal_replace(struct journal *j, const struct buffer *contents);
void journal_close(struct journal *j);

#endif
