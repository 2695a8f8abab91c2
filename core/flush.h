/* SPDX-License-Identifier: Apache-2.0 */
/* A thread beside the workers that has the disk write what it was sent while a run goes on. A disk
 * keeps what it gets in memory of its own until somebody waits for it; at the end of a run that
 * would be all of its outputs at once. */
#ifndef CORE_FLUSH_H
#define CORE_FLUSH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct flush {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int folder; /* a descriptor of its own: what it is told of failures, others are told, too */
    bool started;
    uint64_t sent; /* bytes since the last flush began; under the lock, as is the next one */
    bool ending;
};

/* folder: any on that disk. It makes a run faster and nothing safer: where it cannot be started,
 * and where a flush fails, the run goes on, and the sync of each file at its end tells. */
void flush_start(struct flush *f, int folder);
/* So many bytes more are on their way to the disk. Any thread; f may be one never started. */
void flush_sent(struct flush *f, uint64_t bytes);
/* Safe if it was never started; waits for the flush under way. Nobody calls flush_sent by then. */
void flush_stop(struct flush *f);

#endif
