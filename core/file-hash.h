/* SPDX-License-Identifier: Apache-2.0 */
/* Size and XXH3-128 of a whole file. */
#ifndef CORE_FILE_HASH_H
#define CORE_FILE_HASH_H

#include "common/hash.h"

#include <stdbool.h>

/* Of an open file, from where it stands to its end. `sync`: make it durable as well. 0, or -1 with
 * errno. */
int file_hash_fd(int fd, bool sync, uint64_t *bytes, struct hash128 *hash);
/* Of a path (follows symlinks: for what is read, not for what we wrote). */
int file_hash(const char *path, uint64_t *bytes, struct hash128 *hash);

#endif
