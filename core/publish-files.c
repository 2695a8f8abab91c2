/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a run, whole, synced and hashed, before they are published. Each is waited for by
 * one of the run's threads: the disk has them all at once, and hashing goes on meanwhile. */
#define _GNU_SOURCE
#include "core/run.h"

#include "core/file-hash.h"
#include "core/io.h"
#include "core/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A part of ours through its descriptor, whatever the path to the run directory leads to by now. */
static int hash_part(struct run *r, struct published *f)
{
    int fd = f->in_store ? io_open(AT_FDCWD, f->path, O_RDONLY, 0)
                         : io_open(r->rundir.state, f->part, O_RDONLY, 0);
    int result = 0;

    if (fd < 0 || file_hash_fd(fd, true, &f->bytes, &f->hash) < 0)
        result = diag_error_errno(r->plan->diag, E0744, errno, "cannot read %s back", f->path);
    if (fd >= 0)
        close(fd);
    return result;
}

static int end_stream(struct etl_stream *s, struct published *f)
{
    if (stream_finish(s) < 0)
        return -1;
    f->stream = s;
    f->name = s->name;
    f->part = s->part;
    f->bytes = s->written;
    f->hash = stream_digest(s);
    return 0;
}

/* A file that a stage made: 1; none, as it is standard output: 0. */
static int add_made(struct run *r, size_t stage, const struct stage_file *made, struct published *f)
{
    const struct plan *p = r->plan;

    *f = (struct published){
        .name = made->name,
        .records = (uint64_t)ledger_total(&r->ledger, (uint32_t)stage, "records written"),
        .has_records = stage >= p->n_inputs + p->n_transforms,
    };
    if (made->kind == FILE_STREAM) {
        if (end_stream(made->handle, f) < 0)
            return -1;
        if (!f->part)
            r->bytes_out += f->bytes;
        return f->part != NULL;
    }
    f->path = made->handle;
    f->in_store = stage_in_store(&p->stages[stage], made->name);
    f->part = f->in_store ? f->path : strrchr(f->path, '/') + 1;
    return 1;
}

void run_send_files(struct run *r)
{
    const struct plan *p = r->plan;

    for (size_t i = 0; i < p->n_stages; i++)
        for (size_t k = 0; k < p->stages[i].n_made; k++)
            if (p->stages[i].made[k].kind == FILE_STREAM && p->stages[i].made[k].handle)
                stream_send(p->stages[i].made[k].handle);
}

/* The files of all stages and the host's own two, whole. */
static int gather(struct run *r, struct published *files, size_t *n)
{
    struct plan *p = r->plan;

    for (size_t i = 0; i < p->n_stages; i++)
        for (size_t k = 0; k < p->stages[i].n_made; k++) {
            struct stage_file *made = &p->stages[i].made[k];
            int added = made->kind == FILE_STATE ? 0 : add_made(r, i, made, &files[*n]);

            if (added < 0)
                return -1;
            *n += (size_t)added;
        }
    files[*n] =
        (struct published){ .records = r->ledger.fates[REJECTED] - r->ledger.rejects_unwritten,
                            .has_records = true };
    if (end_stream(r->ledger.rejects, &files[*n]) < 0)
        return -1;
    (*n)++;
    files[*n] = (struct published){ .records = r->ledger.n_samples, .has_records = true };
    if (end_stream(r->ledger.samples, &files[*n]) < 0)
        return -1;
    (*n)++;
    return 0;
}

/* What is to be settled, by all threads. */
struct settling {
    struct run *run;
    struct published *files;
    size_t n;
    atomic_size_t next;
    atomic_bool failed;
};

/* Takes one file after another, until none is left or one has failed: first those that are read
 * back, which takes longest. */
static void settle(struct settling *s)
{
    size_t i;

    while (!atomic_load(&s->failed) && (i = atomic_fetch_add(&s->next, 1)) < 2 * s->n) {
        struct published *f = &s->files[i % s->n];
        bool read_back = !f->stream;

        if (read_back == (i < s->n) &&
            (read_back ? hash_part(s->run, f) : stream_sync(f->stream)) < 0)
            atomic_store(&s->failed, true);
    }
}

static void *settle_beside(void *p)
{
    struct settling *s = p;

    profile_join(&s->run->profile);
    profile_host(HOST_PUBLISH);
    settle(s);
    profile_leave();
    return NULL;
}

enum { SETTLERS = 4 }; /* no disk is faster with more */

static int settle_all(struct run *r, struct published *files, size_t n)
{
    struct settling s = { .run = r, .files = files, .n = n };
    pthread_t thread[SETTLERS];
    size_t more = 0;

    /* A thread that cannot be had is done without. */
    while (more + 1 < r->options.jobs && more < SETTLERS &&
           pthread_create(&thread[more], NULL, settle_beside, &s) == 0)
        more++;
    settle(&s);
    while (more > 0)
        pthread_join(thread[--more], NULL);
    return atomic_load(&s.failed) ? -1 : 0;
}

static size_t count_files(const struct plan *p)
{
    size_t n = 2; /* rejects.jsonl, samples.jsonl */

    for (size_t i = 0; i < p->n_stages; i++)
        n += p->stages[i].n_made;
    return n;
}

int run_files(struct run *r, struct published **files, size_t *n)
{
    *n = 0;
    *files = calloc(count_files(r->plan), sizeof(**files));
    if (!*files)
        return diag_error_errno(r->plan->diag, E0771, ENOMEM, "cannot publish");
    return gather(r, *files, n) < 0 ? -1 : settle_all(r, *files, *n);
}
