/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a file once for its hash, in blocks that are hashed while they are in the cache. */
#define _GNU_SOURCE
#include "core/file-hash.h"

#include "core/io.h"
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };

struct file_hash_behind {
    struct hash128_stream state;
    uint64_t bytes; /* so far */
    int fd;
    int err; /* errno of what went wrong, or 0 */
    bool at_end;
    char block[BLOCK];
};

/* The file stays its owner's. The state wants an alignment that malloc does not promise. */
static struct file_hash_behind *begin(int fd)
{
    struct file_hash_behind *h = aligned_alloc(64, (sizeof(*h) + 63) / 64 * 64);

    if (!h) {
        errno = ENOMEM;
        return NULL;
    }
    hash128_begin(&h->state);
    h->bytes = 0;
    h->fd = fd;
    h->err = 0;
    h->at_end = false;
    return h;
}

void file_hash_on(struct file_hash_behind *h, uint64_t byte)
{
    while (!h->err && !h->at_end && h->bytes < byte) {
        uint64_t left = byte - h->bytes;
        ssize_t n = file_read(h->fd, h->block, left < BLOCK ? (size_t)left : BLOCK);

        if (n < 0) {
            h->err = errno;
        } else if (n == 0) {
            h->at_end = true;
        } else {
            hash128_add(&h->state, h->block, (size_t)n);
            h->bytes += (uint64_t)n;
        }
    }
}

static int end(struct file_hash_behind *h, uint64_t *bytes, struct hash128 *hash)
{
    file_hash_on(h, UINT64_MAX);
    errno = h->err;
    *bytes = h->bytes;
    *hash = hash128_end(&h->state);
    return h->err ? -1 : 0;
}

int file_hash_fd(int fd, bool sync, uint64_t *bytes, struct hash128 *hash)
{
    struct file_hash_behind *h = begin(fd);
    int result, err;

    if (!h)
        return -1;
    result = end(h, bytes, hash);
    err = errno;
    free(h);
    errno = err;
    return result == 0 && sync ? io_sync(fd) : result;
}

struct file_hash_behind *file_hash_begin(const char *path)
{
    int fd = file_open(path, O_RDONLY, 0), err;
    struct file_hash_behind *h = fd < 0 ? NULL : begin(fd);

    if (!h && fd >= 0) {
        err = errno;
        close(fd);
        errno = err;
    }
    return h;
}

int file_hash_end(struct file_hash_behind *h, uint64_t *bytes, struct hash128 *hash)
{
    int result = end(h, bytes, hash), err = errno;

    file_hash_drop(h);
    errno = err;
    return result;
}

void file_hash_drop(struct file_hash_behind *h)
{
    if (!h)
        return;
    close(h->fd);
    free(h);
}

int file_hash(const char *path, uint64_t *bytes, struct hash128 *hash)
{
    struct file_hash_behind *h = file_hash_begin(path);

    return h ? file_hash_end(h, bytes, hash) : -1;
}
