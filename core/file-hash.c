/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a file once for its hash. */
#define _GNU_SOURCE
#include "core/file-hash.h"

#include "core/io.h"
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };

int file_hash_fd(int fd, bool sync, uint64_t *bytes, struct hash128 *hash)
{
    /* The hash's state wants an alignment that malloc does not promise. */
    struct hash128_stream *state = aligned_alloc(64, (sizeof(*state) + 63) / 64 * 64);
    char *block = malloc(BLOCK);
    int result = -1;
    ssize_t n;

    errno = ENOMEM;
    if (!state || !block)
        goto out;
    hash128_begin(state);
    *bytes = 0;
    while ((n = file_read(fd, block, BLOCK)) != 0) {
        if (n < 0)
            goto out;
        hash128_add(state, block, (size_t)n);
        *bytes += (uint64_t)n;
    }
    *hash = hash128_end(state);
    result = sync ? io_sync(fd) : 0;
out:
    free(state);
    free(block);
    return result;
}

int file_hash(const char *path, uint64_t *bytes, struct hash128 *hash)
{
    int fd = file_open(path, O_RDONLY, 0), result, err;

    if (fd < 0)
        return -1;
    result = file_hash_fd(fd, false, bytes, hash);
    err = errno;
    close(fd);
    errno = err;
    return result;
}
