/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, reading and writing files as one means it: a call that a signal interrupts is made again,
 * a short one goes on. Those that return int or ssize_t give -1 and errno. Any thread. */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include "common/fault.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int file_open(const char *path, int flags, mode_t mode); /* adds O_CLOEXEC */
/* Up to max bytes, fewer at the end of the file alone. */
ssize_t file_read(int fd, void *to, size_t max);
ssize_t file_read_at(int fd, void *to, size_t max, uint64_t at);
int file_write_at(int fd, const void *data, size_t len, uint64_t at); /* all of it */
int file_truncate(int fd, uint64_t len);
int file_sync(int fd); /* fdatasync */
/* What is written of these bytes begins to go to the disk; len 0: to the end. A wish: it does not
 * wait for the disk, and a system without it does nothing. */
void file_send(int fd, uint64_t from, uint64_t len);
/* A signal that comes while it is closed is no failure: closed it is, and what was to be safe was
 * synced before. */
int file_close(int fd);
/* A whole file of at most max bytes, such as a language pack: *data is malloced and has a NUL behind
 * its *len bytes. 0, or -1 with f: its text names the file as `what path`. */
int file_read_whole(const char *path, const char *what, size_t max, char **data, size_t *len,
                    struct fault *f);

#endif
