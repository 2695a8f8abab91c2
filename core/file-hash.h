/* SPDX-License-Identifier: Apache-2.0 */
/* Size and XXH3-128 of a whole file, at once or behind somebody who reads it. */
#ifndef CORE_FILE_HASH_H
#define CORE_FILE_HASH_H

#include "common/hash.h"

#include <stdbool.h>

/* Of an open file, from where it stands to its end. `sync`: make it durable as well. 0, or -1 with
 * errno. */
int file_hash_fd(int fd, bool sync, uint64_t *bytes, struct hash128 *hash);
/* Of a path (follows symlinks: for what is read, not for what we wrote). */
int file_hash(const char *path, uint64_t *bytes, struct hash128 *hash);

/* The same of a file that somebody else reads meanwhile: what he has read is hashed soon, while it
 * is in memory. A file larger than that would come from the disk once more. One thread at a time.
 */
struct file_hash_behind;

/* NULL: errno. */
struct file_hash_behind *file_hash_begin(const char *path);
/* Hashes on, up to that byte at most. What is wrong is told at the end. */
void file_hash_on(struct file_hash_behind *h, uint64_t byte);
/* Hashes the rest; h is no more. 0, or -1 with errno. */
int file_hash_end(struct file_hash_behind *h, uint64_t *bytes, struct hash128 *hash);
void file_hash_drop(struct file_hash_behind *h); /* which may be NULL */

#endif
