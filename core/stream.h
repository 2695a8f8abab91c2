/* SPDX-License-Identifier: Apache-2.0 */
/* Output files that the host writes for plugins: appended, compressed as the name ends, hashed, cut
 * back on resume, published by rename. A compressed stream is cut at the first record end after each
 * 1 MiB, each block a member or frame of its own, so its bytes depend on its text alone. */
#ifndef CORE_STREAM_H
#define CORE_STREAM_H

#include "common/compress.h"
#include "core/barrier.h"
#include "core/direct.h"
#include "core/rundir.h"

struct etl_stream {
    struct stage *owner;    /* who may write; NULL: the host alone */
    char *name;             /* final name, or "-" */
    char *part;             /* name in .state; NULL: standard output */
    struct rundir *rundir;
    struct diag *diag;
    int fd;
    enum compress_kind kind;
    struct buffer pending;  /* not compressed or not written yet */
    struct direct_file *direct; /* or NULL: the part is large, and what is not written yet is in
                                 * this one's block */
    size_t filled;              /* so much of it */
    bool stays_out;             /* of direct: it was tried */
    struct buffer packed;   /* scratch for a compressed block */
    uint64_t raw, written;
    uint64_t on_its_way;    /* so many bytes of the part were sent to the disk */
    uint64_t let_go;        /* ... and so many of a large one need not stay in memory */
    struct hash128_stream *hash; /* over the bytes of the part file; 64-byte aligned */
    bool broken_pipe;       /* standard output was closed by its reader */
};

/* A stream that is not open yet; name is copied. NULL: memory is out. */
struct etl_stream *stream_new(const char *name);
/* Opens the part: from == NULL: empty; else cut back to the mark. 0, or -1 (reported). */
int stream_open(struct etl_stream *s, struct rundir *r, const struct stream_mark *from,
                struct diag *d);
/* Appends; what is appended before the next record end is never parted. */
int stream_write(struct etl_stream *s, const void *data, size_t len);
int stream_record_end(struct etl_stream *s);
/* Writes out what can be, and notes where the stream is. */
int stream_mark(struct etl_stream *s, struct stream_mark *mark);
/* What is written begins to go to the disk, and is not waited for. */
void stream_send(struct etl_stream *s);
int stream_sync(struct etl_stream *s);
/* The last block. After it, raw and written are final, and stream_digest is the file's hash. */
int stream_finish(struct etl_stream *s);
struct hash128 stream_digest(const struct etl_stream *s);
void stream_free(struct etl_stream *s); /* closes it if it is open */

#endif
