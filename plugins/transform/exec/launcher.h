/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that starts processes. Linux can end a process together with the thread that started it
 * (PR_SET_PDEATHSIG), which is how none is left behind when etl is killed; but workers end before
 * the run does, so another thread must be the one that starts. */
#ifndef EXEC_LAUNCHER_H
#define EXEC_LAUNCHER_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

struct launch {
    const char *path;
    const char *const *argv;
    int in, out, err; /* become its standard streams; all above 2 */
    pid_t pid;        /* its process group, too */
    int failed;       /* an errno number: nothing was started */
    bool done;
};

struct launcher {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct launch *todo;
    bool runs, ends;
};

/* The lock alone; the thread is started with the first process. */
void launcher_init(struct launcher *l);
/* Starts a process and waits until it executes its program, or cannot (l->failed). From any thread.
 * It ends when the launcher does. */
void launcher_start(struct launcher *l, struct launch *launch);
void launcher_end(struct launcher *l);

#endif
