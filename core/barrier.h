/* SPDX-License-Identifier: Apache-2.0 */
/* A barrier: all that is needed to go on from one place of a run - how far the input was read, what
 * every stage saved, how long every stream was, the counts. It follows a batch through the posts,
 * each stage's share is noted as it comes by, and then it is one record of the journal. */
#ifndef CORE_BARRIER_H
#define CORE_BARRIER_H

#include "common/buffer.h"
#include "common/hash.h"
#include "core/plan.h"

/* How far a stream was. */
struct stream_mark {
    uint64_t raw, written; /* bytes before and after compression that are in the part file */
    struct buffer tail;    /* bytes of the block that is not full yet (compressed streams) */
};

/* What one stage left. */
struct saved {
    bool has;
    struct buffer blob;
    struct stream_mark *marks; /* by stage->made; only streams' are filled */
    size_t n_marks;
};

/* An input file that was read to its verified end; or a part of it that was, and is damaged. */
struct verified {
    uint64_t file_index;
    uint64_t size; /* UINT64_MAX: its last part is not verified yet */
    struct hash128 hash;
    bool damaged;
    uint64_t damage_byte;
    char *damage; /* owned; NULL: none */
};

struct barrier {
    uint64_t file_index, part; /* the unit of the last record before the barrier */
    uint64_t committed;        /* records of that unit up to there */
    uint64_t last_hash;        /* record_hash of the last */
    uint64_t unit;             /* its index in this run; not saved */
    int64_t time;              /* microseconds spent in it so far; not saved */
    struct saved *stages;      /* by stage index */
    size_t n_stages;
    struct stream_mark rejects, samples;
    struct buffer ledger;      /* the counts, by ledger_save */
    struct verified *verified; /* files verified since the barrier before; owned */
    size_t n_verified;
};

int barrier_init(struct barrier *b, const struct plan *p); /* -1: memory is out */
void barrier_free(struct barrier *b);
void barrier_write(const struct barrier *b, struct buffer *to);
/* False: the bytes are not a barrier of this plan, or memory is out (errno is ENOMEM). Adds to
 * b->verified: call it for each record in turn. */
bool barrier_read(struct barrier *b, const void *data, size_t len);

struct reader;
/* Without a plan: the input file that the barrier is in, and where its counts lie in data. False: it
 * is no barrier. */
bool barrier_skim(const void *data, size_t len, uint64_t *file_index, struct reader *counts);

/* Plain little-endian values in a buffer, and back; a reader that runs out says so for good. */
struct reader {
    const unsigned char *at, *end;
    bool bad;
};
void put_u64(struct buffer *b, uint64_t v);
void put_bytes(struct buffer *b, const void *data, size_t len);
uint64_t get_u64(struct reader *r);
const void *get_bytes(struct reader *r, size_t *len);

#endif
