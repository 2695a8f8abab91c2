/* SPDX-License-Identifier: Apache-2.0 */
/* Appending, syncing and cutting the side file. A commit notes how many pages it holds and the last
 * check; after a kill it is cut to that, and every page is read and checked again. */
#define _GNU_SOURCE
#include "side.h"

#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int read_at(int fd, void *to, size_t len, uint64_t at)
{
    ssize_t n = file_read_at(fd, to, len, at);

    return n < 0 ? errno : (size_t)n < len ? ENODATA : 0;
}

int pages_check(int fd, const char *what, const char *path, uint64_t from, uint64_t count,
                uint64_t check, page_seen *seen, void *to, struct fault *f)
{
    enum { AT_ONCE = 256 };
    unsigned char *block = malloc((size_t)AT_ONCE * PAGE_BYTES);
    uint64_t chain = 0;
    int result = -1, err;

    if (!block)
        return fault_set(f, ENOMEM, "out of memory reading the %s %s", what, path);
    for (uint64_t at = 0; at < count;) {
        size_t n = count - at < AT_ONCE ? (size_t)(count - at) : AT_ONCE;

        err = read_at(fd, block, n * PAGE_BYTES, from + at * PAGE_BYTES);
        if (err == ENODATA) {
            fault_set(f, 0, "the %s %s is cut short: it should hold %" PRIu64 " pages", what, path,
                      count);
            goto out;
        }
        if (err) {
            fault_set(f, err, "cannot read the %s %s", what, path);
            goto out;
        }
        for (size_t i = 0; i < n; i++, at++) {
            struct page p;

            if (!page_read(block + i * PAGE_BYTES, &chain, &p)) {
                fault_set(f, 0, "the %s %s is damaged at page %" PRIu64 " (byte %" PRIu64 ")", what,
                          path, at + 1, from + at * PAGE_BYTES);
                f->byte = from + at * PAGE_BYTES;
                goto out;
            }
            if (!seen(to, &p, f))
                goto out;
        }
    }
    if (chain != check) {
        fault_set(f, 0, "the %s %s is damaged: its last check is %016" PRIx64 ", not %016" PRIx64,
                  what, path, chain, check);
        goto out;
    }
    result = 0;
out:
    free(block);
    return result;
}

int side_open(struct side *s, const char *path, uint64_t count, uint64_t check, page_seen *seen,
              void *to, struct fault *f)
{
    struct stat st;

    s->path = path;
    s->count = s->written = count;
    s->check = check;
    s->fd = file_open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (s->fd < 0 || fstat(s->fd, &st) != 0)
        return fault_set(f, errno, "cannot open the side file %s", path);
    if ((uint64_t)st.st_size < count * PAGE_BYTES)
        return fault_set(f, 0, "the side file %s is cut short: %" PRIu64 " pages were committed",
                         path, count);
    /* A new file is left alone: ext4 sends a file that was ever cut to nothing to the disk when it
     * is closed (auto_da_alloc), and this one is about to be removed then. */
    if ((uint64_t)st.st_size > count * PAGE_BYTES && file_truncate(s->fd, count * PAGE_BYTES) < 0)
        return fault_set(f, errno, "cannot cut the side file %s", path);
    return pages_check(s->fd, "side file", path, 0, count, check, seen, to, f);
}

int side_append(struct side *s, const struct page *p, struct fault *f)
{
    uint64_t held = s->count - s->written;

    if (held == SIDE_BUFFER) {
        if (side_flush(s, false, f) != 0)
            return -1;
        held = 0;
    }
    s->check = page_write(p, s->check, s->buffer + held * PAGE_BYTES);
    s->count++;
    return 0;
}

int side_read(const struct side *s, uint64_t at, struct page *p, struct fault *f)
{
    unsigned char from[PAGE_BYTES];
    int err;

    if (at >= s->written) {
        page_read(s->buffer + (at - s->written) * PAGE_BYTES, NULL, p);
        return 0;
    }
    err = read_at(s->fd, from, PAGE_BYTES, at * PAGE_BYTES);
    if (err)
        return fault_set(f, err == ENODATA ? 0 : err, "cannot read the side file %s", s->path);
    page_read(from, NULL, p);
    return 0;
}

int side_flush(struct side *s, bool durable, struct fault *f)
{
    if (file_write_at(s->fd, s->buffer, (size_t)(s->count - s->written) * PAGE_BYTES,
                      s->written * PAGE_BYTES) < 0)
        return fault_set(f, errno, "cannot write the side file %s", s->path);
    s->written = s->count;
    if (durable && file_sync(s->fd) < 0)
        return fault_set(f, errno, "cannot sync the side file %s", s->path);
    return 0;
}

void side_close(struct side *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}
