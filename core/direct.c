/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that writes blocks, and what each file gave it. */
#define _GNU_SOURCE
#include "core/direct.h"

#include "core/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCKS = 2, /* one fills while the other is written */
    SPARED = 8, /* of what a file takes: so many must be free under a limit */
    TOO_LATE = 32
};

struct direct_file {
    struct direct *d;
    const struct stage *whose;
    int fd;
    char *memory;   /* the blocks */
    unsigned fills; /* which of them */
    int late;       /* how many more blocks had to wait for the one before than had not */
    bool given;     /* the other is with the thread: under the lock, as what is below */
    uint64_t at;    /* where it is to be written */
    int error;      /* errno of one that could not be */
    struct direct_file *next;
};

/* What a file system does not take from our memory, though it said so, it takes through its own. */
static int write_block(int fd, const char *data, uint64_t at)
{
    int flags;

    if (io_write_at(fd, data, DIRECT_BLOCK, at) == 0)
        return 0;
    if (errno != EINVAL)
        return -1;
    flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_DIRECT) < 0)
        return -1;
    return io_write_at(fd, data, DIRECT_BLOCK, at);
}

static void *write_on(void *argument)
{
    struct direct *d = argument;

    if (d->profile)
        profile_join(d->profile);
    pthread_mutex_lock(&d->lock);
    while (d->first || !d->ending) {
        struct direct_file *f = d->first;
        int error;

        if (!f) {
            pthread_cond_wait(&d->given, &d->lock);
            continue;
        }
        d->first = f->next;
        if (!d->first)
            d->last = &d->first;
        pthread_mutex_unlock(&d->lock);
        if (f->whose)
            profile_stage(f->whose, WORK_WRITE);
        else
            profile_host(HOST_LEDGER);
        error = write_block(f->fd, f->memory + (size_t)(f->fills ^ 1) * DIRECT_BLOCK, f->at) < 0
                    ? errno
                    : 0;
        pthread_mutex_lock(&d->lock);
        f->error = error;
        f->given = false;
        pthread_cond_broadcast(&d->written);
    }
    pthread_mutex_unlock(&d->lock);
    if (d->profile)
        profile_leave();
    return NULL;
}

void direct_begin(struct direct *d, struct profile *profile, struct memory *memory)
{
    *d = (struct direct){ .lock = PTHREAD_MUTEX_INITIALIZER,
                          .given = PTHREAD_COND_INITIALIZER,
                          .written = PTHREAD_COND_INITIALIZER,
                          .profile = profile,
                          .memory = memory,
                          .begun = true };
    d->last = &d->first;
}

void direct_end(struct direct *d)
{
    if (!d->started)
        return;
    pthread_mutex_lock(&d->lock);
    d->ending = true;
    pthread_cond_signal(&d->given);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
    d->started = false;
}

static bool has_thread(struct direct *d)
{
    pthread_mutex_lock(&d->lock);
    if (!d->started)
        d->started = pthread_create(&d->thread, NULL, write_on, d) == 0;
    pthread_mutex_unlock(&d->lock);
    return d->started;
}

/* Only a file system that says how it wants blocks is asked: others may take them and be slow. */
static bool takes_blocks(int fd)
{
#ifdef STATX_DIOALIGN
    struct statx x;

    return statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &x) == 0 && x.stx_mask & STATX_DIOALIGN &&
           x.stx_dio_mem_align > 0 && DIRECT_BLOCK % x.stx_dio_mem_align == 0 &&
           x.stx_dio_offset_align > 0 && DIRECT_BLOCK % x.stx_dio_offset_align == 0;
#else
    (void)fd;
    return false;
#endif
}

struct direct_file *direct_open(struct direct *d, int dir, const char *name,
                                const struct stage *whose)
{
    struct direct_file *f;

    if (!d->begun || (d->memory && !memory_fits(d->memory, SPARED * BLOCKS * DIRECT_BLOCK)))
        return NULL;
    f = calloc(1, sizeof(*f));
    if (!f)
        return NULL;
    f->d = d;
    f->whose = whose;
    f->fd = io_open(dir, name, O_WRONLY | O_DIRECT, 0);
    if (f->fd < 0 || !takes_blocks(f->fd))
        goto failed;
    f->memory = aligned_alloc(BLOCKS * DIRECT_BLOCK, BLOCKS * DIRECT_BLOCK);
    if (!f->memory || !has_thread(d))
        goto failed;
    (void)madvise(f->memory, BLOCKS * DIRECT_BLOCK, MADV_HUGEPAGE); /* one page instead of 512 */
    return f;
failed:
    direct_close(f);
    return NULL;
}

char *direct_block(const struct direct_file *f)
{
    return f->memory + (size_t)f->fills * DIRECT_BLOCK;
}

static int wait_for(struct direct_file *f)
{
    while (f->given)
        pthread_cond_wait(&f->d->written, &f->d->lock);
    errno = f->error;
    return f->error ? -1 : 0;
}

int direct_write(struct direct_file *f, uint64_t at)
{
    struct direct *d = f->d;
    int result;

    pthread_mutex_lock(&d->lock);
    f->late += f->given ? 1 : f->late > 0 ? -1 : 0;
    result = wait_for(f);
    if (result == 0) {
        f->given = true;
        f->at = at;
        f->fills ^= 1;
        f->next = NULL;
        *d->last = f;
        d->last = &f->next;
        pthread_cond_signal(&d->given);
    }
    pthread_mutex_unlock(&d->lock);
    return result;
}

int direct_wait(struct direct_file *f)
{
    int result;

    pthread_mutex_lock(&f->d->lock);
    result = wait_for(f);
    pthread_mutex_unlock(&f->d->lock);
    return result;
}

bool direct_keeps_up(const struct direct_file *f)
{
    return f->late < TOO_LATE;
}

void direct_close(struct direct_file *f)
{
    if (!f)
        return;
    if (f->fd >= 0)
        close(f->fd);
    free(f->memory);
    free(f);
}
