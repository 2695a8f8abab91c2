/* SPDX-License-Identifier: Apache-2.0 */
/* One process that runs the program: started, spoken to by lines, ended and waited for. It belongs
 * to one worker; nothing here is for two threads at once. */
#ifndef EXEC_CHILD_H
#define EXEC_CHILD_H

#include <etl/plugin.h>

#include "launcher.h"
#include "program.h"

struct child {
    const void *self;
    pid_t pid; /* 0: none runs */
    int in, out, err;
    uint64_t answered; /* documents, since it was started */
    int status;        /* of waitpid, once it has ended */
    bool killed;       /* by us: status says nothing about it */
    int64_t second;    /* in which so many of its lines were shown */
    unsigned shown;
    uint64_t left_out; /* lines not shown since the last one that was */
    char said[400];    /* the beginning of a line on standard error that has not ended yet */
    size_t n_said;
    bool skips; /* the rest of it, which is too long to be shown */
};

/* ETL_OK, or ETL_FAIL when it was said why. */
int child_start(struct child *c, const void *self, const struct program *p, struct launcher *l);
/* Waits till the process has ended by itself, but not longer than until then (0: not at all), else
 * kills it; what is left of its process group is killed in either case. Does nothing where none
 * runs. */
void child_end(struct child *c, const etl_record *rec, int64_t until);
/* "ended with status 1", "was ended by SIGSEGV". */
void child_how_it_ended(const struct child *c, char *to, size_t max);

/* What a line given to the program came to. */
enum reply {
    REPLY_LINE,     /* its answer is complete */
    REPLY_DIED,     /* the output is at its end, in the middle of a line if len > 0 */
    REPLY_HUNG,     /* it took the line, and gave no whole answer in time */
    REPLY_IDLE,     /* newly started, it has not begun to read in time */
    REPLY_TOO_LONG, /* over `most`, or more than the record takes */
    REPLY_TOO_MUCH, /* out of step: there is more than the answer to what was asked */
    REPLY_FAILED    /* a system call failed: talk.err */
};

struct talk {
    etl_record *rec;  /* takes the answer, by etl_begin; the caller ends it */
    const char *line; /* to send, with its line end */
    size_t len;
    size_t most;                    /* bytes of an answer, with its line end */
    int64_t timeout, start_timeout; /* microseconds */
    char *answer;
    size_t used; /* bytes of it, without the line end */
    int err;
};

/* Sends the line and reads the answer, and logs what comes on standard error meanwhile. */
enum reply child_ask(struct child *c, struct talk *t);
/* Whether the process waits to be asked: REPLY_LINE; else REPLY_DIED or REPLY_TOO_MUCH, and then
 * the beginning of what it printed is in `text`. */
enum reply child_is_silent(struct child *c, char *text, size_t max);
void child_say_no_more(struct child *c); /* its input ends */
/* The same, and reads to the end of the output; the same replies, or REPLY_HUNG. */
enum reply child_dismiss(struct child *c, int64_t until, char *text, size_t max);

/* errors.c: takes some of what there is on standard error, line by line; false: there was nothing.
 * rec may be NULL. */
bool child_log(struct child *c, const etl_record *rec);
void child_log_rest(struct child *c,
                    const etl_record *rec); /* at the end: what is there, bounded */

int64_t monotonic_us(void);

#endif
