/* SPDX-License-Identifier: Apache-2.0 */
/* What a person sees while a run lasts, and the signals that end it: one thread beside the workers. */
#ifndef CORE_PROGRESS_H
#define CORE_PROGRESS_H

#include "core/run.h"

enum progress_kind { PROGRESS_NONE, PROGRESS_BAR, PROGRESS_PLAIN, PROGRESS_JSON };

struct progress {
    struct run *run;
    enum progress_kind kind;
    int64_t interval;    /* microseconds between plain lines */
    pthread_t thread;
    _Atomic bool ending;
    bool started;
    bool line_shown;     /* a bar stands on the terminal */
    int64_t began, next_line, next_file;
    struct sample {
        int64_t at;
        uint64_t bytes, records;
    } samples[16];       /* of the last seconds, for the rate */
    size_t n_samples;
};

/* Before any other thread is started: the signals are taken by the progress thread alone. INT, TERM
 * and HUP end the process by that signal at once: the last journal record is good. USR1 prints a
 * line. A closed pipe is an error of write, not a signal. */
void progress_block_signals(void);
int progress_start(struct progress *p, struct run *r, enum progress_kind kind, int64_t interval);
/* Ends the thread and clears the bar. Safe if it was never started. */
void progress_stop(struct progress *p);

/* The lines at the end of a run. */
void summary_print(const struct run *r, FILE *out);
/* The same as one JSON object on a line, whatever the run's end was. */
void summary_json(const struct run *r, enum exit_status status, FILE *out);
/* run.json: times, memory, host. Best effort: it is outside every promise. */
void summary_write(const struct run *r);

#endif
