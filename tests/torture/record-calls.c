/* SPDX-License-Identifier: Apache-2.0 */
/* A preload shim that writes down, in order, every call that changes files or makes changes
 * durable, whoever makes it - the host, SQLite, a plugin - for power-loss.py to replay:
 *   ETL_RECORD=FILE    the record; without it nothing is written down
 * Syncs are written down and not done, so that a run with thousands of them is quick. One lock is
 * held from each call to its record: the order in the file is the order in which things happened.
 *
 * A record is a line, `KIND n0 n1 n2 l0 l1`, and behind it l0 and l1 bytes: of a call with names
 * those; of a write what was written. Numbers are descriptors and offsets, as power-loss.py has it.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;

/* Straight to the kernel: the calls below are not to meet themselves. */
static void put(const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = syscall(SYS_write, record, at, len);

        if (n <= 0)
            abort(); /* a record that lacks something is worse than none */
        at += n;
        len -= (size_t)n;
    }
}

static void note(char kind, long n0, long n1, long n2, const void *a, size_t l0, const void *b,
                 size_t l1)
{
    char head[120];
    int n = snprintf(head, sizeof(head), "%c %ld %ld %ld %zu %zu\n", kind, n0, n1, n2, l0, l1);

    if (record < 0)
        return;
    put(head, (size_t)n);
    put(a, l0);
    put(b, l1);
}

static void note_name(char kind, long n0, long n1, long n2, const char *a, const char *b)
{
    note(kind, n0, n1, n2, a, strlen(a), b, b ? strlen(b) : 0);
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("ETL_RECORD");
    char cwd[4096];

    if (!path)
        return;
    /* High up, out of the way of those who count descriptors. */
    record = (int)syscall(SYS_openat, AT_FDCWD, path,
                          O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (record >= 0)
        record = (int)syscall(SYS_fcntl, record, F_DUPFD_CLOEXEC, 500);
    if (record < 0 || !getcwd(cwd, sizeof(cwd)))
        abort();
    note_name('H', 0, 0, 0, cwd, NULL);
}

__attribute__((destructor)) static void end(void)
{
    note('E', 0, 0, 0, NULL, 0, NULL, 0);
}

static void enter(void)
{
    pthread_mutex_lock(&lock);
}

static void leave(void)
{
    int err = errno;

    pthread_mutex_unlock(&lock);
    errno = err;
}

/* ---- opening ---- */

static int do_open(int dir, const char *name, int flags, mode_t mode)
{
    int fd;

    enter();
    fd = NEXT(int, openat, int, const char *, int, ...)(dir, name, flags, mode);
    if (fd >= 0)
        note_name('O', fd, dir, flags, name, NULL);
    leave();
    return fd;
}

int openat(int dir, const char *name, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return do_open(dir, name, flags, mode);
}

int openat64(int dir, const char *name, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return do_open(dir, name, flags, mode);
}

int open(const char *name, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return do_open(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    mode_t mode;

    MODE(flags, mode);
    return do_open(AT_FDCWD, name, flags, mode);
}

/* What the fortified headers make of an open without a mode. */
int __open_2(const char *name, int flags)
{
    return do_open(AT_FDCWD, name, flags, 0);
}

int __open64_2(const char *name, int flags)
{
    return do_open(AT_FDCWD, name, flags, 0);
}

int __openat_2(int dir, const char *name, int flags)
{
    return do_open(dir, name, flags, 0);
}

int __openat64_2(int dir, const char *name, int flags)
{
    return do_open(dir, name, flags, 0);
}

int creat(const char *name, mode_t mode)
{
    return do_open(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int creat64(const char *name, mode_t mode)
{
    return creat(name, mode);
}

/* ---- calls that pass through, with a record when they were done ---- */

#define PASS(type, call, done, ...)                                                                \
    do {                                                                                           \
        type r_;                                                                                   \
        enter();                                                                                   \
        r_ = call;                                                                                 \
        if (done)                                                                                  \
            __VA_ARGS__;                                                                           \
        leave();                                                                                   \
        return r_;                                                                                 \
    } while (0)

int close(int fd)
{
    PASS(int, NEXT(int, close, int)(fd), true, note('C', fd, 0, 0, NULL, 0, NULL, 0));
}

int dup(int fd)
{
    PASS(int, NEXT(int, dup, int)(fd), r_ >= 0, note('D', fd, r_, 0, NULL, 0, NULL, 0));
}

int dup2(int fd, int to)
{
    PASS(int, NEXT(int, dup2, int, int)(fd, to), r_ >= 0, note('D', fd, r_, 0, NULL, 0, NULL, 0));
}

int dup3(int fd, int to, int flags)
{
    PASS(int, NEXT(int, dup3, int, int, int)(fd, to, flags), r_ >= 0,
         note('D', fd, r_, 0, NULL, 0, NULL, 0));
}

static int do_fcntl(int fd, int what, long argument)
{
    PASS(int, NEXT(int, fcntl, int, int, ...)(fd, what, argument),
         r_ >= 0 && (what == F_DUPFD || what == F_DUPFD_CLOEXEC),
         note('D', fd, r_, 0, NULL, 0, NULL, 0));
}

int fcntl(int fd, int what, ...)
{
    va_list args;
    long argument;

    va_start(args, what);
    argument = va_arg(args, long);
    va_end(args);
    return do_fcntl(fd, what, argument);
}

int fcntl64(int fd, int what, ...)
{
    va_list args;
    long argument;

    va_start(args, what);
    argument = va_arg(args, long);
    va_end(args);
    return do_fcntl(fd, what, argument);
}

/* ---- writing ---- */

static off_t place(int fd)
{
    return (off_t)syscall(SYS_lseek, fd, 0L, SEEK_CUR);
}

ssize_t write(int fd, const void *data, size_t len)
{
    PASS(ssize_t, NEXT(ssize_t, write, int, const void *, size_t)(fd, data, len), r_ > 0,
         note('W', fd, place(fd) - r_, 0, data, (size_t)r_, NULL, 0));
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    PASS(ssize_t, NEXT(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, data, len, at),
         r_ > 0, note('W', fd, at, 0, data, (size_t)r_, NULL, 0));
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    return pwrite64(fd, data, len, at);
}

int ftruncate64(int fd, off64_t len)
{
    PASS(int, NEXT(int, ftruncate64, int, off64_t)(fd, len), r_ == 0,
         note('T', fd, len, 0, NULL, 0, NULL, 0));
}

int ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

/* ---- names ---- */

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    PASS(int, NEXT(int, renameat, int, const char *, int, const char *)(from_dir, from, to_dir, to),
         r_ == 0, note_name('R', from_dir, to_dir, 0, from, to));
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int unlinkat(int dir, const char *name, int flags)
{
    PASS(int, NEXT(int, unlinkat, int, const char *, int)(dir, name, flags), r_ == 0,
         note_name('U', dir, 0, 0, name, NULL));
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int rmdir(const char *name)
{
    return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

int remove(const char *name)
{
    int r = unlink(name);

    return r < 0 && errno == EISDIR ? rmdir(name) : r;
}

int mkdirat(int dir, const char *name, mode_t mode)
{
    PASS(int, NEXT(int, mkdirat, int, const char *, mode_t)(dir, name, mode), r_ == 0,
         note_name('M', dir, mode, 0, name, NULL));
}

int mkdir(const char *name, mode_t mode)
{
    return mkdirat(AT_FDCWD, name, mode);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    PASS(int,
         NEXT(int, linkat, int, const char *, int, const char *, int)(from_dir, from, to_dir, to,
                                                                      flags),
         r_ == 0, note_name('L', from_dir, to_dir, 0, from, to));
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* ---- what makes durable: written down, not done ---- */

int fsync(int fd)
{
    PASS(int, 0, true, note('S', fd, 0, 0, NULL, 0, NULL, 0));
}

int fdatasync(int fd)
{
    return fsync(fd);
}

/* ---- what the replayer has no model for: it fails when it reads of one on a file of the run ----
 */

#define STRANGE(type, fd, name, call) PASS(type, call, true, note_name('X', fd, 0, 0, name, NULL))

void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t from)
{
    PASS(void *,
         NEXT(void *, mmap64, void *, size_t, int, int, int, off64_t)(at, len, prot, flags, fd,
                                                                      from),
         fd >= 0 && (flags & MAP_SHARED) && (prot & PROT_WRITE),
         note_name('X', fd, 0, 0, "mmap for writing", NULL));
}

void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t from)
{
    return mmap64(at, len, prot, flags, fd, from);
}

ssize_t writev(int fd, const struct iovec *parts, int n)
{
    STRANGE(ssize_t, fd, "writev",
            NEXT(ssize_t, writev, int, const struct iovec *, int)(fd, parts, n));
}

ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t at)
{
    STRANGE(ssize_t, fd, "pwritev",
            NEXT(ssize_t, pwritev, int, const struct iovec *, int, off_t)(fd, parts, n, at));
}

int truncate(const char *name, off_t len)
{
    STRANGE(int, -1, "truncate", NEXT(int, truncate, const char *, off_t)(name, len));
}

int truncate64(const char *name, off64_t len)
{
    return truncate(name, len);
}

int fallocate(int fd, int mode, off_t from, off_t len)
{
    STRANGE(int, fd, "fallocate",
            NEXT(int, fallocate, int, int, off_t, off_t)(fd, mode, from, len));
}

int fallocate64(int fd, int mode, off64_t from, off64_t len)
{
    return fallocate(fd, mode, from, len);
}

int posix_fallocate(int fd, off_t from, off_t len)
{
    STRANGE(int, fd, "posix_fallocate",
            NEXT(int, posix_fallocate, int, off_t, off_t)(fd, from, len));
}

int posix_fallocate64(int fd, off64_t from, off64_t len)
{
    return posix_fallocate(fd, from, len);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    STRANGE(int, -1, "renameat2",
            NEXT(int, renameat2, int, const char *, int, const char *,
                 unsigned)(from_dir, from, to_dir, to, flags));
}

int symlinkat(const char *to, int dir, const char *name)
{
    STRANGE(int, -1, "symlinkat",
            NEXT(int, symlinkat, const char *, int, const char *)(to, dir, name));
}

int symlink(const char *to, const char *name)
{
    return symlinkat(to, AT_FDCWD, name);
}

int chdir(const char *name)
{
    STRANGE(int, -1, "chdir", NEXT(int, chdir, const char *)(name));
}

ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t len,
                        unsigned flags)
{
    STRANGE(ssize_t, out, "copy_file_range",
            NEXT(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t,
                 unsigned)(in, in_at, out, out_at, len, flags));
}
