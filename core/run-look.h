/* SPDX-License-Identifier: Apache-2.0 */
/* What a run directory tells of its run, whether it lives, was stopped, failed or is finished. Only
 * looks: it makes nothing, locks nothing, and a run that lives does not notice. */
#ifndef CORE_RUN_LOOK_H
#define CORE_RUN_LOOK_H

#include "core/manifest-read.h"

enum run_state {
    RUN_LIVE,           /* somebody holds the lock */
    RUN_STOPPED,        /* killed, or ended by a signal: the journal is all there is */
    RUN_HALF_PUBLISHED, /* stopped between the renames at its end */
    RUN_FAILED,         /* ended with an error, and said how */
    RUN_FINISHED
};

/* progress.json: of a run that lives, or left over by one that was killed. */
struct run_progress {
    bool known;
    uint64_t pid, bytes, read, kept, dropped, duplicates, rejected;
    int64_t total, left; /* bytes, seconds; -1: not known */
    double seconds, bytes_a_second, records_a_second;
};

struct run_look {
    enum run_state state;
    /* Of a finished run all that it wrote down; of one that failed, how far it had come then; else
     * what is committed, without outputs. */
    struct manifest facts;
    struct run_times times;
    struct run_progress progress;
    uint64_t committed;  /* documents, of a run that is not finished */
    size_t file, files;  /* the input file, from 1, that the last barrier is in, and of how many */
    int64_t input_bytes; /* of all of them; -1: not known */
    bool published;      /* a finished run's outputs lie there, of this run or of one before it */
};

/* 0, or -1: there is nothing to be seen (reported). Free it in either case. */
int run_look(struct run_look *l, const char *folder, struct diag *d);
void run_look_free(struct run_look *l);
const char *run_state_name(enum run_state state); /* "running", "stopped", ... */
/* What to do next, in a sentence. */
const char *run_look_next(const struct run_look *l);

#endif
