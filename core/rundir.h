/* SPDX-License-Identifier: Apache-2.0 */
/* The run directory: made, locked, and the only place that a run writes to. */
#ifndef CORE_RUNDIR_H
#define CORE_RUNDIR_H

#include "core/diag.h"
#include "core/direct.h"
#include "core/flush.h"

struct rundir {
    char *path;  /* as given */
    int fd;      /* the directory */
    int state;   /* .state, mode 0700 */
    int lock;    /* .state/lock, held by an open-file-description lock: it ends with its holder */
    struct flush flush; /* of its disk, while a run lasts */
    struct direct direct; /* for its large files, as long */
};

/* Makes and locks it; another run's lock is E0701, EXIT_LOCKED. 0, or -1 (reported). */
int rundir_open(struct rundir *r, const char *path, struct diag *d);
void rundir_close(struct rundir *r);
/* Does its path still lead to it, and is .state still in it? Else -1 (reported): it was moved, or
 * another one stands in its place. */
int rundir_in_place(const struct rundir *r, struct diag *d);
/* Makes the names of .state durable, and its own with all folders that lead to it. -1 with errno. */
int rundir_sync(const struct rundir *r);
/* Removes everything in .state but the lock, and for good the journal before what it speaks of. 0, or
 * -1 (reported). */
int rundir_clear(struct rundir *r, struct diag *d);
/* Removes the last words of a run that failed: another one begins. */
void rundir_forget_end(struct rundir *r);
/* Makes a folder for a dry run, which goes at its end. Malloced; NULL: reported. */
char *rundir_temporary(struct diag *d);
/* Removes a run directory that was made for one run alone, as far as it can be removed. */
void rundir_remove(struct rundir *r, struct diag *d);
/* Removes what is left over once all is published: everything in .state but the lock and the
 * journal, as far as it can be removed. */
void rundir_tidy(struct rundir *r);
/* The name in .state of the unpublished part of an output: "news.jsonl.part". Malloced; NULL: memory. */
char *rundir_part_name(const char *final_name);
/* path/.state/name, malloced; for messages and for plugins that open files themselves. */
char *rundir_state_path(const struct rundir *r, const char *name);

#endif
