/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger, the last post: counts how every document ended, writes rejects.jsonl, and holds the
 * balance: read + split + made = kept + dropped + duplicate + rejected. */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include "common/buffer.h"
#include "core/record.h"
#include "core/replay.h"

struct etl_stream;

struct total {
    char *name; /* "dropped: too short", or a plugin's own count */
    uint32_t stage;
    int64_t n;
};

/* How many documents of each size came, and their bytes; by size: documents[0] are empty
 * ones, documents[i] have up to 2^(i - 1) bytes, and more than half of that. */
enum { SIZES = 34 };
struct sizes {
    uint64_t bytes, documents[SIZES];
};

struct ledger {
    struct plan *plan;
    uint64_t read, split, made;
    uint64_t fates[FATES];
    struct total *totals; /* sorted by stage, then name, after ledger_sort */
    size_t n_totals, totals_cap;
    struct sizes sizes[FATES];  /* as they came */
    char *first_reject;         /* "transform exec: why", of this part of the run; NULL: none yet */
    struct etl_stream *rejects; /* NULL: not written, as the next */
    struct etl_stream *samples;
    uint64_t n_samples;
    uint64_t rejects_bytes, rejects_unwritten;
    struct replay *replay; /* what alone is let through, or NULL: everything */
    size_t warnings;       /* before the barrier that the run goes on from */
    struct buffer line;
    bool failed;
    struct { /* the same for whoever watches from another thread */
        _Atomic uint64_t read, fates[FATES];
    } shown;
};

void ledger_init(struct ledger *l, struct plan *p);
void ledger_free(struct ledger *l);
/* Takes a batch that has passed all stages. 0, or -1 (reported). */
int ledger_take(struct ledger *l, struct batch *b);
/* Adds a count of a stage outside any batch. */
void ledger_count(struct ledger *l, uint32_t stage, const char *name, int64_t n);
int64_t ledger_total(const struct ledger *l, uint32_t stage,
                     const char *name); /* 0: never counted */
void ledger_sort(struct ledger *l);
bool ledger_balanced(const struct ledger *l);
void ledger_save(struct ledger *l, struct buffer *to);
bool ledger_restore(struct ledger *l, const void *data, size_t len);
struct reader;
/* The counts alone, for who looks on; l->plan may be NULL. */
bool ledger_restore_counts(struct ledger *l, struct reader *from);
/* The document as it came, as far as it is at hand: the first field that its input wrote; or NULL.
 */
const etl_value *ledger_content(const struct ledger *l, const struct etl_record *r);
/* A text or bytes, cut to max, or to a little less, as no character is cut in two; others whole. */
etl_value ledger_head(etl_value v, uint32_t max);
/* samples.c: writes the document to samples.jsonl if it is one of those. 0, or -1 (reported). */
int samples_take(struct ledger *l, const struct etl_record *r);
/* True when more were rejected than [pipeline] max_rejects lets through; a share is rounded up to
 * whole documents. */
bool ledger_too_many_rejects(const struct ledger *l);

#endif
