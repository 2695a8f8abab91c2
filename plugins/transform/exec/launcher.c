/* SPDX-License-Identifier: Apache-2.0 */
/* vfork, as it copies no page tables and a run may hold gigabytes; between it and execve the new
 * process calls what is safe after a fork of a threaded one, and nothing else. */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/close_range.h: descriptors are closed when the program is executed, and no sooner. */
#define CLOSE_ON_EXEC (1u << 2)

/* The new process. Signals are blocked until all of them do again what they do by nature. */
static _Noreturn void become(const struct launch *l, pid_t parent, int report)
{
    struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t none;
    int err;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before that could hold */
        _exit(127);
    dup2(l->in, STDIN_FILENO);
    dup2(l->out, STDOUT_FILENO);
    dup2(l->err, STDERR_FILENO);
#ifdef SYS_close_range
    syscall(SYS_close_range, 3u, UINT32_MAX, CLOSE_ON_EXEC);
#endif
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(l->path, (char *const *)(uintptr_t)l->argv, environ);
    err = errno;
    if (write(report, &err, sizeof(err)) < 0)
        _exit(126);
    _exit(127);
}

static void start(struct launch *l)
{
    pid_t parent = getpid();
    int report[2];

    if (pipe2(report, O_CLOEXEC) != 0) {
        l->failed = errno;
        return;
    }
    l->pid = vfork();
    if (l->pid == 0)
        become(l, parent, report[1]);
    if (l->pid < 0)
        l->failed = errno;
    close(report[1]);
    /* Nothing to read: it executes. */
    while (l->pid > 0 && read(report[0], &l->failed, sizeof(l->failed)) < 0 && errno == EINTR)
        ;
    close(report[0]);
}

static void *main_of_thread(void *argument)
{
    struct launcher *l = argument;

    pthread_mutex_lock(&l->lock);
    while (!l->ends) {
        if (l->todo && !l->todo->done) {
            start(l->todo);
            l->todo->done = true;
            pthread_cond_broadcast(&l->changed);
        }
        pthread_cond_wait(&l->changed, &l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* With all signals blocked: etl has threads of its own for them. */
static int start_thread(struct launcher *l)
{
    sigset_t all, before;
    int err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&l->thread, NULL, main_of_thread, l);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    l->runs = err == 0;
    return err;
}

void launcher_init(struct launcher *l)
{
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->changed, NULL);
}

void launcher_start(struct launcher *l, struct launch *launch)
{
    pthread_mutex_lock(&l->lock);
    while (l->todo)
        pthread_cond_wait(&l->changed, &l->lock);
    if (!l->runs)
        launch->failed = start_thread(l);
    if (l->runs) {
        l->todo = launch;
        pthread_cond_broadcast(&l->changed);
        while (!launch->done)
            pthread_cond_wait(&l->changed, &l->lock);
        l->todo = NULL;
        pthread_cond_broadcast(&l->changed);
    }
    pthread_mutex_unlock(&l->lock);
}

void launcher_end(struct launcher *l)
{
    pthread_mutex_lock(&l->lock);
    l->ends = true;
    pthread_cond_broadcast(&l->changed);
    pthread_mutex_unlock(&l->lock);
    if (l->runs)
        pthread_join(l->thread, NULL);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->changed);
}
