/* SPDX-License-Identifier: Apache-2.0 */
/* A preload shim that ends its process by SIGKILL at a chosen system call that changes files:
 * ETL_KILL_AT=N: before the Nth; =N+: behind it. ETL_KILL_COUNT=FILE: how many there were is
 * written there at exit. So a test can kill a run before and behind each of them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static _Atomic long calls;
static long kill_at;
static int behind;

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("ETL_KILL_AT");

    kill_at = at ? atol(at) : 0;
    behind = at && strchr(at, '+') != NULL;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("ETL_KILL_COUNT");
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

static void leave(long n)
{
    if (n == kill_at && behind)
        raise(SIGKILL);
}

#define NEXT(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t len)
{
    long n = enter();
    ssize_t r = NEXT(ssize_t, write, int, const void *, size_t)(fd, data, len);

    leave(n);
    return r;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    long n = enter();
    ssize_t r = NEXT(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, data, len, at);

    leave(n);
    return r;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    return pwrite64(fd, data, len, at);
}

int fsync(int fd)
{
    long n = enter();
    int r = NEXT(int, fsync, int)(fd);

    leave(n);
    return r;
}

int fdatasync(int fd)
{
    long n = enter();
    int r = NEXT(int, fdatasync, int)(fd);

    leave(n);
    return r;
}

int ftruncate64(int fd, off64_t len)
{
    long n = enter();
    int r = NEXT(int, ftruncate64, int, off64_t)(fd, len);

    leave(n);
    return r;
}

int ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    long n = enter();
    int r = NEXT(int, renameat, int, const char *, int, const char *)(from_dir, from, to_dir, to);

    leave(n);
    return r;
}

int unlinkat(int dir, const char *name, int flags)
{
    long n = enter();
    int r = NEXT(int, unlinkat, int, const char *, int)(dir, name, flags);

    leave(n);
    return r;
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int mkdirat(int dir, const char *name, mode_t mode)
{
    long n = enter();
    int r = NEXT(int, mkdirat, int, const char *, mode_t)(dir, name, mode);

    leave(n);
    return r;
}
