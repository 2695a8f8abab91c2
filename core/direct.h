/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of a large file that go to the disk out of our own memory, and not through the system's,
 * which would be filled, looked after and emptied again for bytes that nobody reads soon. A thread
 * beside the workers writes one block after the other, while the next ones fill. */
#ifndef CORE_DIRECT_H
#define CORE_DIRECT_H

#include "core/memory.h"
#include "core/profile.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { DIRECT_BLOCK = 1 << 20 };

/* The thread, which starts with the first file. */
struct direct {
    struct profile *profile; /* where its time is told, or NULL */
    struct memory *memory;   /* the limit, or NULL */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t given, written;
    struct direct_file *first, **last; /* of those whose block waits; under the lock */
    bool begun, started, ending;
};

/* A file's end that is written so. For one thread at a time. */
struct direct_file;

void direct_begin(struct direct *d, struct profile *profile, struct memory *memory);
/* Waits until all is written that was given. Files are closed after it or before, but nothing more
 * is given. Safe if it was never begun. */
void direct_end(struct direct *d);

/* A second descriptor of a file that is there. whose: the stage that the thread's time for it is
 * told with; NULL: the host. Returns NULL where the file system does not say that it can, there is
 * no memory to spare or no thread for it, or d was not begun: write it as any other. */
struct direct_file *direct_open(struct direct *d, int dir, const char *name,
                                const struct stage *whose);
/* The DIRECT_BLOCK bytes to fill next. */
char *direct_block(const struct direct_file *f);
/* Gives that block to be written at a multiple of DIRECT_BLOCK, and waits for the one before it. 0,
 * or -1 with the errno of one before. */
int direct_write(struct direct_file *f, uint64_t at);
/* Waits until all that was given is written, which is not yet safe: sync the file. 0, or -1 with
 * errno. */
int direct_wait(struct direct_file *f);
/* False: the disk does not keep up. Its blocks wait better in the system's memory, which knows how
 * to write them in a better order. */
bool direct_keeps_up(const struct direct_file *f);
/* After direct_wait or direct_end. Safe for NULL. */
void direct_close(struct direct_file *f);

#endif
