/* SPDX-License-Identifier: Apache-2.0 */
/* What a person sees while a run lasts, and the signals that end it: one thread beside the workers. */
#ifndef CORE_PROGRESS_H
#define CORE_PROGRESS_H

#include "core/diag.h"
#include "core/run.h"

enum progress_kind { PROGRESS_NONE, PROGRESS_BAR, PROGRESS_PLAIN, PROGRESS_JSON };

/* How far a run is. */
struct progress_view {
    uint64_t bytes, records, kept, duplicates, rejected, fates;
    int64_t total; /* bytes; -1: not known */
    bool rated;    /* the two below are known */
    double bytes_a_second, records_a_second;
    double share;  /* of the input; negative: not known */
    int64_t left;  /* seconds; negative: not known */
};

struct progress {
    struct run *run;
    struct plan *plan;
    struct diag_printer *printer;
    enum progress_kind kind;
    int64_t interval;    /* microseconds between plain lines */
    pthread_t thread;
    _Atomic bool ending;
    bool started, announced, utf8;
    int64_t began, next_line, next_file;
    struct sample {
        int64_t at;
        uint64_t bytes, records;
    } samples[16];       /* of the last seconds, for the rate */
    size_t n_samples;
};

/* From the beginning: USR1 asks how far a run is, and waits until there is one. */
void progress_hold_questions(void);
/* Before any other thread is started: the signals are taken by the progress thread alone. INT, TERM
 * and HUP end the process by that signal at once: the last journal record is good. USR1 prints a
 * line. A closed pipe is an error of write, not a signal. */
void progress_block_signals(void);
/* Behind progress_stop: INT, TERM and HUP end the process again without anybody's help, also while
 * it writes its last words to somebody who does not read them. */
void progress_unblock_signals(void);
int progress_start(struct progress *p, struct run *r, struct plan *plan,
                   struct diag_printer *printer, enum progress_kind kind, int64_t interval);
/* Ends the thread and clears the bar. Safe if it was never started. */
void progress_stop(struct progress *p);
/* What the bar says, without colour or line end, in less than so many columns. */
void progress_bar(const char *name, const struct progress_view *v, int columns, bool utf8, char *to,
                  size_t max);

/* The lines at the end of a run; more: with what each stage took and counted. */
void summary_print(const struct run *r, bool more, struct diag_printer *to);
/* The same as one JSON object on a line, whatever the run's end was. r may be NULL: it never began.
 * goes_on: it has not ended yet, and only what it shows to other threads is looked at. */
void summary_json(struct run *r, bool goes_on, int status, struct diag_printer *to);
/* run.json in that folder: times, memory, host. Best effort: it is outside every promise. */
void summary_write(const struct run *r, int dir);
/* What a run that failed leaves in .state for who asks later: its counts and times, and the error.
 * Best effort. */
void summary_write_ended(struct run *r, int status);

#endif
