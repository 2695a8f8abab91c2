/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls of io.h. */
#define _GNU_SOURCE
#include "core/io.h"
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where somebody closed a standard stream, its number is free, and what is printed would go to the
 * next file that is opened. */
static int move_up(int fd)
{
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), err = errno;

    close(fd);
    errno = err;
    return higher;
}

int io_open(int dir, const char *name, int flags, mode_t mode)
{
    int fd;

    do
        fd = openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
    while (fd < 0 && errno == EINTR);
    return fd >= 0 && fd <= STDERR_FILENO ? move_up(fd) : fd;
}

int io_write(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0) {
            if (errno == EINTR)
                continue;
            if (errno == EAGAIN) { /* somebody made our standard output non-blocking */
                poll(&(struct pollfd) { .fd = fd, .events = POLLOUT }, 1, -1);
                continue;
            }
            return -1;
        }
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

int io_write_at(int fd, const void *data, size_t len, uint64_t at)
{
    return file_write_at(fd, data, len, at);
}

int io_sync(int fd)
{
    int r = file_sync(fd);

    /* A pipe, a terminal or a special file has nothing to sync: EINVAL. EROFS is no such word for a
     * file that was written to: a file system that fails turns itself read-only, and then what was
     * written before may never reach the disk. */
    return r < 0 && errno == EINVAL ? 0 : r;
}

void io_let_go(int fd, uint64_t from, uint64_t len)
{
    /* Linux begins to write what is dirty, and drops what was clean before. */
    (void)posix_fadvise(fd, (off_t)from, (off_t)len, POSIX_FADV_DONTNEED);
}

int io_sync_dir(int dir)
{
    int r;

    do
        r = fsync(dir);
    while (r < 0 && errno == EINTR);
    return r < 0 && errno == EINVAL ? 0 : r;
}

static int sync_folder(int dir, const char *path)
{
    int fd, result, err;

    do
        fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);

    if (fd < 0)
        return errno == ENOENT || errno == EACCES ? 0 : -1;
    result = io_sync_dir(fd);
    err = errno;
    close(fd);
    errno = err;
    return result;
}

int io_sync_way(int dir, const char *path)
{
    char *copy = strdup(path);
    int result = copy ? sync_folder(dir, *path == '/' ? "/" : ".") : -1;

    for (char *at = copy; result == 0 && *at && (at = strchr(at + 1, '/'));) {
        *at = '\0';
        result = sync_folder(dir, copy);
        *at = '/';
    }
    free(copy);
    return result;
}

int io_truncate(int fd, uint64_t len)
{
    return file_truncate(fd, len);
}

int io_rename(int from_dir, const char *from, int to_dir, const char *to)
{
    return renameat(from_dir, from, to_dir, to);
}

int io_unlink(int dir, const char *name)
{
    return unlinkat(dir, name, 0);
}

int io_mkdir(int dir, const char *name, mode_t mode)
{
    return mkdirat(dir, name, mode);
}

int io_read_file(int dir, const char *name, char **data, size_t *len)
{
    struct stat st;
    int fd = io_open(dir, name, O_RDONLY, 0), err;
    char *to = NULL;
    ssize_t n;

    if (fd < 0)
        return -1;
    if (fstat(fd, &st) < 0)
        goto failed;
    to = malloc((size_t)st.st_size + 1);
    if (!to)
        goto failed;
    n = file_read(fd, to, (size_t)st.st_size);
    if (n < 0)
        goto failed;
    close(fd);
    to[n] = '\0';
    *data = to;
    *len = (size_t)n;
    return 0;
failed:
    err = errno;
    free(to);
    close(fd);
    errno = err;
    return -1;
}

static int replace(int dir, const char *name, const void *data, size_t len, bool sync)
{
    char temporary[256];
    int fd, err, n = snprintf(temporary, sizeof(temporary), ".%s.new", name);

    if (n < 0 || (size_t)n >= sizeof(temporary)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    /* A file of our own: one that is there may be somebody's, under a second name. */
    if (io_unlink(dir, temporary) < 0 && errno != ENOENT)
        return -1;
    fd = io_open(dir, temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd < 0)
        return -1;
    if (io_write(fd, data, len) < 0 || (sync && io_sync(fd) < 0)) {
        err = errno;
        close(fd);
        io_unlink(dir, temporary);
        errno = err;
        return -1;
    }
    if (file_close(fd) < 0)
        return -1;
    return io_rename(dir, temporary, dir, name);
}

int io_replace(int dir, const char *name, const void *data, size_t len)
{
    return replace(dir, name, data, len, true);
}

int io_replace_unsynced(int dir, const char *name, const void *data, size_t len)
{
    return replace(dir, name, data, len, false);
}

int io_replace_path(const char *path, const void *data, size_t len)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int dir = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, result = -1, err;
    bool was_there;
    struct stat st;

    was_there = dir >= 0 && fstatat(dir, name, &st, 0) == 0;
    if (dir >= 0)
        result = io_replace(dir, name, data, len);
    if (result == 0 && was_there)
        result = fchmodat(dir, name, st.st_mode & 07777, 0);
    err = errno;
    if (dir >= 0)
        close(dir);
    free(folder);
    errno = err;
    return result;
}
