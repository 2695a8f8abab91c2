/* SPDX-License-Identifier: Apache-2.0 */
/* See file.h. */
#define _GNU_SOURCE
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int file_open(const char *path, int flags, mode_t mode)
{
    int fd;

    do
        fd = open(path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

ssize_t file_read(int fd, void *to, size_t max)
{
    size_t len = 0;

    while (len < max) {
        ssize_t n = read(fd, (char *)to + len, max - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -1 : (ssize_t)len;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

ssize_t file_read_at(int fd, void *to, size_t max, uint64_t at)
{
    size_t len = 0;

    while (len < max) {
        ssize_t n = pread(fd, (char *)to + len, max - len, (off_t)(at + len));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -1 : (ssize_t)len;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

int file_write_at(int fd, const void *data, size_t len, uint64_t at)
{
    const char *from = data;

    while (len > 0) {
        ssize_t n = pwrite(fd, from, len, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        from += n;
        at += (uint64_t)n;
        len -= (size_t)n;
    }
    return 0;
}

int file_truncate(int fd, uint64_t len)
{
    int result;

    do
        result = ftruncate(fd, (off_t)len);
    while (result < 0 && errno == EINTR);
    return result;
}

int file_sync(int fd)
{
    int result;

    do
        result = fdatasync(fd);
    while (result < 0 && errno == EINTR);
    return result;
}

void file_send(int fd, uint64_t from, uint64_t len)
{
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(fd, (off_t)from, (off_t)len, SYNC_FILE_RANGE_WRITE);
#else
    (void)fd;
    (void)from;
    (void)len;
#endif
}

int file_close(int fd)
{
    return close(fd) < 0 && errno != EINTR ? -1 : 0;
}

int file_read_whole(const char *path, const char *what, size_t max, char **data, size_t *len,
                    struct fault *f)
{
    int fd = file_open(path, O_RDONLY | O_NOCTTY, 0), status = -1;
    char *text = NULL;
    struct stat st;
    ssize_t n;

    if (fd < 0)
        return fault_set(f, errno, "cannot open %s %s", what, path);
    if (fstat(fd, &st) < 0) {
        fault_set(f, errno, "cannot read %s %s", what, path);
        goto out;
    }
    if ((uintmax_t)st.st_size > max) {
        fault_set(f, 0, "%s %s is over %zu MiB", what, path, max >> 20);
        goto out;
    }
    text = malloc((size_t)st.st_size + 2);
    if (!text) {
        fault_set(f, ENOMEM, "no memory for %s %s", what, path);
        goto out;
    }
    n = file_read(fd, text, (size_t)st.st_size + 1); /* one more, to see that it does not grow */
    if (n < 0)
        fault_set(f, errno, "cannot read %s %s", what, path);
    else if (n > st.st_size)
        fault_set(f, 0, "%s %s changes while it is read", what, path);
    else {
        text[n] = '\0';
        *data = text;
        *len = (size_t)n;
        text = NULL;
        status = 0;
    }
out:
    free(text);
    close(fd);
    return status;
}
