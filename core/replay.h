/* SPDX-License-Identifier: Apache-2.0 */
/* --from-rejects: the documents that a finished run rejected, off its rejects.jsonl. A run with
 * them reads its inputs as ever, and lets only these through. */
#ifndef CORE_REPLAY_H
#define CORE_REPLAY_H

#include "common/hash.h"
#include "core/plan.h"

#include <stdio.h>

struct replay {
    const char *folder; /* that run's directory, as given */
    char *path;         /* of its rejects.jsonl */
    FILE *file;
    char *pipeline; /* that run's, and its plan's hash */
    char *plan;
    struct hash128 hash; /* of rejects.jsonl */
    struct replay_entry {
        uint64_t id;
        uint64_t at;   /* where its line begins */
        uint32_t line; /* from 1 */
        bool came;     /* it was let through, and has passed the ledger */
    } * entries;       /* by id, once each */
    size_t n;
    uint64_t n_made; /* listed, but made at the end of that run: no input has them */
    bool *named;     /* by file index: may the file hold a listed document? */
    size_t n_files;
};

/* Reads what the run in `folder` rejected, and adds it to the plan's hash: a run of other rejects
 * is another run. -1: it cannot be taken (reported). */
int replay_load(struct replay *r, const char *folder, struct plan *p);
void replay_free(struct replay *r);

/* Of one line of a run's rejects.jsonl: whom it is about. */
struct rejects_line {
    char id[17], parent[17]; /* 16 hex digits; parent "": it was not split from another one */
};
/* Line `number`, from 1, of those that the run in `folder` rejected; of one that has not finished,
 * those written so far. -1: there is none, or it is damaged (reported). */
int rejects_line_load(struct rejects_line *to, const char *folder, uint64_t number, struct diag *d);

/* The document of that id, or NULL. The id is a record's, of 16 hex digits. */
struct replay_entry *replay_find(const struct replay *r, const etl_value *id);

/* Which documents have come, for a barrier and back. False: not of this list. */
void replay_save(const struct replay *r, struct buffer *to);
struct reader;
bool replay_restore(struct replay *r, struct reader *from);

/* At the end: warns of those that the inputs did not have. */
void replay_warn(const struct replay *r, struct diag *d);
size_t replay_missing(const struct replay *r);

#endif
