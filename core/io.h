/* SPDX-License-Identifier: Apache-2.0 */
/* Every system call by which the host writes, in one table, so that tests can make any of them fail
 * and the rest of the core has one way to do each thing. All retry EINTR; all return -1 with errno. */
#ifndef CORE_IO_H
#define CORE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int io_open(int dir, const char *name, int flags, mode_t mode); /* adds O_CLOEXEC | O_NOFOLLOW */
int io_write(int fd, const void *data, size_t len);             /* all of it */
int io_write_at(int fd, const void *data, size_t len, uint64_t at); /* the same */
int io_sync(int fd);                                            /* fdatasync */
/* These bytes of the file go to the disk by and by, and those of them that are there leave the
 * machine's memory. A wish: it does not wait, and cannot fail. */
void io_let_go(int fd, uint64_t from, uint64_t len);
int io_sync_dir(int dir);
/* Syncs the folders that path leads through, from dir on: then its name is durable, and theirs are.
 * Those that are not there or that may not be read are left out. */
int io_sync_way(int dir, const char *path);
int io_truncate(int fd, uint64_t len);
int io_rename(int from_dir, const char *from, int to_dir, const char *to);
int io_unlink(int dir, const char *name);
int io_mkdir(int dir, const char *name, mode_t mode);
/* Reads a whole file; *data is malloced and has a NUL behind it. */
int io_read_file(int dir, const char *name, char **data, size_t *len);
/* Writes name whole or not at all: a temporary file, sync, rename. */
int io_replace(int dir, const char *name, const void *data, size_t len);
/* The same for a path from the working directory. A file that was there keeps its mode. */
int io_replace_path(const char *path, const void *data, size_t len);
/* As io_replace without syncing: for what may be lost. */
int io_replace_unsynced(int dir, const char *name, const void *data, size_t len);

#endif
