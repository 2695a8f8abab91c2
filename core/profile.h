/* SPDX-License-Identifier: Apache-2.0 */
/* Where a run's CPU time went. Each thread charges its time to one account at a time and tells only
 * when that changes, a few times a batch; so the accounts add up to all that the threads took. */
#ifndef CORE_PROFILE_H
#define CORE_PROFILE_H

#include "common/buffer.h"
#include "core/plan.h"

#include <stdatomic.h>

/* What a stage does. Reading is decompression, too, and the hash of small files. */
enum work {
    WORK_START,
    WORK_READ,
    WORK_MAP,
    WORK_STEP,
    WORK_FINISH,
    WORK_PACK,  /* compressing what it wrote */
    WORK_WRITE, /* writing that to the file, and its hash */
    WORK_COMMIT,
    WORKS
};

/* What the host does beside. */
enum host_work {
    HOST_START,  /* all before the first stage starts: plugins, pipeline file, journal */
    HOST_HASH,   /* of large input files, read again */
    HOST_ENGINE, /* batches and turns */
    HOST_LEDGER,
    HOST_JOURNAL, /* barriers, but for what the stages commit; syncs are in it */
    HOST_PUBLISH, /* syncs, hashes, renames */
    HOST_WORKS
};

struct profile {
    const struct plan *plan;
    _Atomic uint64_t *ns; /* by account: WORKS for each stage, then HOST_WORKS */
    uint64_t whole;       /* ns of the process up to profile_end: more than all accounts together */
};

/* One of the accounts, or none. */
typedef size_t account;

/* For a run of p; what the process took so far is HOST_START's. The calling thread is then counted,
 * until profile_end. 0, or -1: memory is out. */
int profile_begin(struct profile *p, const struct plan *plan);
void profile_end(struct profile *p);
void profile_free(struct profile *p);
/* Another thread's time counts from here, at first for HOST_ENGINE; to profile_leave. */
void profile_join(struct profile *p);
void profile_leave(void);
/* From here on this thread works for that account. Returns the account before, for profile_back.
 * Threads that are not counted may call them; nothing happens. */
account profile_stage(const struct stage *s, enum work what);
account profile_host(enum host_work what);
void profile_back(account before);

/* ns of all that a stage did. After profile_end. */
uint64_t profile_of_stage(const struct profile *p, const struct stage *s);
/* The table of --profile, a line each; documents: by which the time of one is told, or 0. */
void profile_table(const struct profile *p, uint64_t documents, struct buffer *to);
/* The same as a JSON array; its cpu_seconds add up to the process's. */
void profile_json(const struct profile *p, const char *line_break, struct buffer *to);

#endif
