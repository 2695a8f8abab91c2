/* SPDX-License-Identifier: Apache-2.0 */
/* A preload shim that does harm at a chosen system call that changes files, whoever makes it - the
 * host, SQLite, a plugin:
 *   ETL_KILL_AT=N      SIGKILL before the Nth; N+: behind it
 *   ETL_FAIL_AT=N:E    the Nth fails with errno E (a number); N:E:sticky: all from the Nth on.
 *                      E = 0: a write takes one byte only, any other call is left alone
 *   ETL_KILL_OPENED=NAME:US  SIGKILL so many microseconds after a path that ends with NAME is
 * opened ETL_CALLS=FILE     how many there were is written there at exit
 *   ETL_FAIL_SYNC=E  each fdatasync fails with errno E; with EINTR the first, third, ... one */
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static _Atomic long calls;
static long kill_at, fail_at;
static int fail_with, fail_sync;
static bool behind, sticky;

__attribute__((constructor)) static void begin(void)
{
    const char *kill = getenv("ETL_KILL_AT"), *fail = getenv("ETL_FAIL_AT");
    const char *sync = getenv("ETL_FAIL_SYNC");
    const char *colon = fail ? strchr(fail, ':') : NULL;

    kill_at = kill ? atol(kill) : 0;
    behind = kill && strchr(kill, '+');
    fail_at = fail ? atol(fail) : 0;
    fail_with = colon ? atoi(colon + 1) : EIO;
    fail_sync = sync ? atoi(sync) : 0;
    sticky = fail && strstr(fail, "sticky");
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("ETL_CALLS");
    FILE *f = path ? fopen(path, "w") : NULL;

    if (f) {
        fprintf(f, "%ld\n", atomic_load(&calls));
        fclose(f);
    }
}

static long enter(void)
{
    long n = atomic_fetch_add(&calls, 1) + 1;

    if (n == kill_at && !behind)
        raise(SIGKILL);
    return n;
}

static bool fails(long n)
{
    if (fail_at == 0 || !(n == fail_at || (sticky && n > fail_at)))
        return false;
    errno = fail_with;
    return true;
}

static void leave(long n)
{
    int err = errno;

    if (n == kill_at && behind)
        raise(SIGKILL);
    errno = err;
}

/* What any call but a write does. Only calls that wait can be interrupted. */
#define HARM(type, waits, call)                                                                    \
    do {                                                                                           \
        long n_ = enter();                                                                         \
        type result_ = -1;                                                                         \
        if (!fails(n_) || fail_with == 0 || (fail_with == EINTR && !(waits)))                      \
            result_ = call;                                                                        \
        leave(n_);                                                                                 \
        return result_;                                                                            \
    } while (0)

ssize_t write(int fd, const void *data, size_t len)
{
    long n = enter();
    ssize_t r = -1;
    bool bad = fails(n);

    if (!bad || fail_with == 0)
        r = NEXT(ssize_t, write, int, const void *, size_t)(fd, data, bad && len > 1 ? 1 : len);
    leave(n);
    return r;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    long n = enter();
    ssize_t r = -1;
    bool bad = fails(n);

    if (!bad || fail_with == 0)
        r = NEXT(ssize_t, pwrite64, int, const void *, size_t,
                 off64_t)(fd, data, bad && len > 1 ? 1 : len, at);
    leave(n);
    return r;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    return pwrite64(fd, data, len, at);
}

int fsync(int fd)
{
    HARM(int, true, NEXT(int, fsync, int)(fd));
}

int fdatasync(int fd)
{
    static _Atomic unsigned syncs;

    if (fail_sync && (fail_sync != EINTR || atomic_fetch_add(&syncs, 1) % 2 == 0)) {
        errno = fail_sync;
        return -1;
    }
    HARM(int, true, NEXT(int, fdatasync, int)(fd));
}

int ftruncate64(int fd, off64_t len)
{
    HARM(int, true, NEXT(int, ftruncate64, int, off64_t)(fd, len));
}

int ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    HARM(int, false,
         NEXT(int, renameat, int, const char *, int, const char *)(from_dir, from, to_dir, to));
}

int unlinkat(int dir, const char *name, int flags)
{
    HARM(int, false, NEXT(int, unlinkat, int, const char *, int)(dir, name, flags));
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

/* The first time: whoever reads it is killed a little later, by the kernel's clock. */
static void opened(const char *path)
{
    static _Atomic bool done;
    const char *wanted = getenv("ETL_KILL_OPENED"), *colon = wanted ? strrchr(wanted, ':') : NULL;
    size_t len = colon ? (size_t)(colon - wanted) : 0, have = strlen(path);
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };
    struct itimerspec later = { .it_value.tv_sec = 0 };
    timer_t timer;
    long us;

    if (len == 0 || have < len || memcmp(path + have - len, wanted, len) != 0 ||
        atomic_exchange(&done, true))
        return;
    us = atol(colon + 1);
    later.it_value.tv_sec = us / 1000000;
    later.it_value.tv_nsec = us % 1000000 * 1000 + 1;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 ||
        timer_settime(timer, 0, &later, NULL) != 0)
        raise(SIGKILL);
}

static int open_it(int dir, const char *path, int flags, mode_t mode)
{
    int fd = NEXT(int, openat, int, const char *, int, mode_t)(dir, path, flags, mode);

    if (fd >= 0)
        opened(path);
    return fd;
}

int open(const char *path, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return open_it(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return open_it(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return open_it(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return open_it(dir, path, flags | O_LARGEFILE, mode);
}

int mkdirat(int dir, const char *name, mode_t mode)
{
    HARM(int, false, NEXT(int, mkdirat, int, const char *, mode_t)(dir, name, mode));
}
