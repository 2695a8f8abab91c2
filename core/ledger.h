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

struct ledger {
    struct plan *plan;
    uint64_t read, split, made;
    uint64_t fates[FATES];
    struct total *totals;   /* sorted by stage, then name, after ledger_sort */
    size_t n_totals, totals_cap;
    struct etl_stream *rejects; /* NULL: not written */
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
int64_t ledger_total(const struct ledger *l, uint32_t stage, const char *name); /* 0: never counted */
void ledger_sort(struct ledger *l);
bool ledger_balanced(const struct ledger *l);
void ledger_save(struct ledger *l, struct buffer *to);
bool ledger_restore(struct ledger *l, const void *data, size_t len);
struct reader;
/* The counts alone, for who looks on; l->plan may be NULL. */
bool ledger_restore_counts(struct ledger *l, struct reader *from);
/* True when more were rejected than [pipeline] max_rejects lets through; a share is rounded up to
 * whole documents. */
bool ledger_too_many_rejects(const struct ledger *l);

#endif
