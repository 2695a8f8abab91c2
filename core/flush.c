/* SPDX-License-Identifier: Apache-2.0 */
/* The disk is told to write whenever it was sent as much again. */
#define _GNU_SOURCE
#include "core/flush.h"

#include "core/io.h"

#include <fcntl.h>
#include <unistd.h>

enum { FLUSH_ON = 64 << 20 };

/* Syncing a folder writes that folder alone, and has the disk write all that it holds. */
static void *flush_on(void *argument)
{
    struct flush *f = argument;

    pthread_mutex_lock(&f->lock);
    while (!f->ending) {
        if (f->sent < FLUSH_ON) {
            pthread_cond_wait(&f->changed, &f->lock);
            continue;
        }
        f->sent = 0;
        pthread_mutex_unlock(&f->lock);
        (void)io_sync_dir(f->folder);
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

void flush_start(struct flush *f, int folder)
{
    *f = (struct flush){ .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
    f->folder = io_open(folder, ".", O_RDONLY | O_DIRECTORY, 0);
    if (f->folder < 0)
        return;
    f->started = pthread_create(&f->thread, NULL, flush_on, f) == 0;
    if (!f->started)
        close(f->folder);
}

void flush_sent(struct flush *f, uint64_t bytes)
{
    if (!f->started)
        return;
    pthread_mutex_lock(&f->lock);
    f->sent += bytes;
    if (f->sent >= FLUSH_ON)
        pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

void flush_stop(struct flush *f)
{
    if (!f->started)
        return;
    pthread_mutex_lock(&f->lock);
    f->ending = true;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    close(f->folder);
    f->started = false;
}
