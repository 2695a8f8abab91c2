/* SPDX-License-Identifier: Apache-2.0 */
/* A process from its start to its end. */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int64_t monotonic_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ours is the end that stays here, and does not block; theirs the one that the program gets. */
static bool make_pipe(int *ours, int *theirs, bool we_write)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    *ours = fds[we_write];
    *theirs = fds[!we_write];
    return fcntl(*ours, F_SETFL, O_NONBLOCK) == 0;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_ours(struct child *c)
{
    close_end(&c->in);
    close_end(&c->out);
    close_end(&c->err);
}

void child_say_no_more(struct child *c)
{
    close_end(&c->in);
}

static int not_started(const struct child *c, const struct program *p, int err)
{
    const char *advice = "";

    if (err == ENOEXEC)
        advice = "; it is no program for this machine, and has no first line with #! and an "
                 "interpreter: name one in command";
    if (err == ENOENT)
        advice = "; it, or the interpreter that its first line names, is not there any more";
    return etl_fail_errno(c->self, err == ENOENT ? 0 : err, "'%.200s' cannot be started: %s%s",
                          p->path, strerror(err), advice);
}

int child_start(struct child *c, const void *self, const struct program *p, struct launcher *l)
{
    struct launch launch = { .path = p->path, .argv = p->argv, .in = -1, .out = -1, .err = -1 };

    *c = (struct child){ .self = self, .in = -1, .out = -1, .err = -1 };
    if (make_pipe(&c->in, &launch.in, true) && make_pipe(&c->out, &launch.out, false) &&
        make_pipe(&c->err, &launch.err, false))
        launcher_start(l, &launch);
    else
        launch.failed = errno;
    close_end(&launch.in);
    close_end(&launch.out);
    close_end(&launch.err);
    if (launch.failed == 0) {
        c->pid = launch.pid;
        return ETL_OK;
    }
    close_ours(c);
    if (launch.pid > 0)
        waitpid(launch.pid, NULL, 0);
    return not_started(c, p, launch.failed);
}

/* Without taking it away: until that is done, the number of the process group is no one else's. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = { .si_pid = 0 };

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

void child_end(struct child *c, const etl_record *rec, int64_t until)
{
    struct timespec pause = { 0, 50000 };

    if (c->pid == 0)
        return;
    close_end(&c->in);
    while (!has_ended(c->pid)) {
        if (monotonic_us() >= until) {
            c->killed = true;
            break;
        }
        child_log(c, rec);
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 5000000)
            pause.tv_nsec *= 2;
    }
    kill(-c->pid, SIGKILL);
    while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
        ;
    child_log_rest(c, rec);
    close_ours(c);
    c->pid = 0;
}

void child_how_it_ended(const struct child *c, char *to, size_t max)
{
    const char *name = WIFSIGNALED(c->status) ? sigabbrev_np(WTERMSIG(c->status)) : NULL;

    if (c->killed)
        snprintf(to, max, "closed its output");
    else if (WIFEXITED(c->status))
        snprintf(to, max, "ended with status %d", WEXITSTATUS(c->status));
    else
        snprintf(to, max, "was ended by SIG%s", name ? name : "?");
}
