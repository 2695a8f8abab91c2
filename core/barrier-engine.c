/* SPDX-License-Identifier: Apache-2.0 */
/* A barrier on its way: each stage commits as it comes by, and at the ledger it becomes a record of
 * the journal. */
#define _GNU_SOURCE
#include "core/barrier-engine.h"

#include "core/process.h"
#include "core/profile.h"
#include "core/run.h"
#include "core/stream.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files whose last part was verified since the barrier before, and that lie before unit `upto`. */
static int note_verified(struct engine *e, struct barrier *b, uint64_t upto)
{
    size_t n = upto > e->verified_upto ? upto - e->verified_upto : 0;

    for (size_t i = 0; i < b->n_verified; i++)
        free(b->verified[i].damage);
    free(b->verified);
    b->n_verified = 0;
    b->verified = calloc(n ? n : 1, sizeof(*b->verified));
    if (!b->verified)
        return -1;
    for (; e->verified_upto < upto; e->verified_upto++)
        if (unit_verified(&e->units[e->verified_upto], &b->verified[b->n_verified]))
            b->n_verified++;
    return 0;
}

bool unit_verified(const struct etl_unit *u, struct verified *v)
{
    bool last = u->part + 1 == u->parts;

    if (!u->file || !u->verified || (!last && !u->damage))
        return false;
    *v = (struct verified) {
        .file_index = u->file_index,
        .size = last ? u->size : UINT64_MAX,
        .hash = u->hash,
        .damaged = u->damage != NULL,
        .damage_byte = u->damage_byte,
        .damage = u->damage ? strdup(u->damage) : NULL,
    };
    return true;
}

void verified_note(struct verified *to, const struct verified *v)
{
    if (v->size != UINT64_MAX) {
        to->file_index = v->file_index;
        to->size = v->size;
        to->hash = v->hash;
    }
    if (v->damaged && !to->damaged) {
        to->damaged = true;
        to->damage_byte = v->damage_byte;
        to->damage = strdup(v->damage ? v->damage : "");
    }
}

void barrier_begin(struct engine *e, struct batch *batch)
{
    struct barrier *b = &e->barrier;
    const struct etl_unit *u = batch->last_unit;

    if (e->options.barrier_interval <= 0 || !e->journal || e->barrier_busy)
        return;
    if (!e->options.each_batch && now_us() - e->last_barrier < e->options.barrier_interval)
        return;
    if (note_verified(e, b, u->index) < 0)
        return;
    b->unit = u->index;
    b->file_index = u->file_index;
    b->part = u->part;
    b->committed = batch->last_ordinal;
    b->last_hash = batch->last_hash;
    b->time = 0;
    batch->barrier = b;
    e->barrier_busy = true;
}

static struct etl_stream *stream_of(const struct stage *s, size_t i)
{
    return s->made[i].kind == FILE_STREAM ? s->made[i].handle : NULL;
}

int stage_record_end(struct stage *s)
{
    for (size_t i = 0; i < s->n_made; i++) {
        struct etl_stream *stream = stream_of(s, i);

        if (stream && stream_record_end(stream) < 0)
            return -1;
    }
    return 0;
}

bool stage_pipe_broken(const struct stage *s)
{
    for (size_t i = 0; i < s->n_made; i++)
        if (stream_of(s, i) && stream_of(s, i)->broken_pipe)
            return true;
    return false;
}

static int commit_stage(struct stage *s, struct saved *saved)
{
    if (s->plugin->is.commit) {
        struct here outer = here;
        int verdict;

        s->saving = &saved->blob;
        saved->blob.len = 0;
        saved->has = true;
        here.stage = s;
        here.duty = DUTY_COMMIT;
        verdict = s->plugin->is.commit(s->self, s->state);
        process_end_copy();
        here = outer;
        s->saving = NULL;
        if (saved->blob.failed)
            return diag_error_errno(s->plan->diag, E0771, ENOMEM, "%s cannot commit", s->name);
        if (verdict != ETL_OK)
            return stage_failed(s) ? -1
                             : diag_error(s->plan->diag, E0520, NULL,
                                          "%s failed to commit without saying why", s->name);
    }
    for (size_t i = 0; i < s->n_made && i < saved->n_marks; i++)
        if (stream_of(s, i) && stream_mark(stream_of(s, i), &saved->marks[i]) < 0)
            return -1;
    return 0;
}

static int sync_streams(struct engine *e)
{
    for (size_t i = 0; i < e->plan->n_stages; i++)
        for (size_t k = 0; k < e->plan->stages[i].n_made; k++) {
            struct etl_stream *stream = stream_of(&e->plan->stages[i], k);

            if (stream && stream_sync(stream) < 0)
                return -1;
        }
    if (e->ledger->rejects && stream_sync(e->ledger->rejects) < 0)
        return -1;
    return e->ledger->samples ? stream_sync(e->ledger->samples) : 0;
}

/* An input has no step, so that its state stays as its start left it; its commit comes last. */
static int commit_inputs(struct engine *e, struct barrier *b)
{
    for (size_t i = 0; i < e->plan->n_inputs; i++)
        if (commit_stage(&e->plan->stages[i], &b->stages[i]) < 0)
            return -1;
    return 0;
}

/* Parts are durable, and so are their names, before the record that speaks of them. */
static int write_record(struct engine *e, struct barrier *b)
{
    struct buffer bytes = { 0 };
    int result;

    /* In another working directory other files may have been read: that is not committed. */
    if (run_left_alone(e->plan->run) < 0)
        return -1;
    b->ledger.len = 0;
    ledger_save(e->ledger, &b->ledger);
    if (e->ledger->rejects && stream_mark(e->ledger->rejects, &b->rejects) < 0)
        return -1;
    if (e->ledger->samples && stream_mark(e->ledger->samples, &b->samples) < 0)
        return -1;
    if (sync_streams(e) < 0 || run_sync_names(e->plan->run) < 0)
        return -1;
    barrier_write(b, &bytes);
    result = run_journal_barrier(e->journal, b, &bytes);
    if (result == 0)
        result = run_shorten_journal(e->plan->run);
    buffer_free(&bytes);
    return result;
}

/* The barrier has left the last post: what it took is counted, and the next one may begin. */
static void end_barrier(struct engine *e, const struct barrier *b)
{
    if (atomic_fetch_add(&e->barriers_made, 1) + 1 == e->options.die_after)
        kill(getpid(), SIGKILL);
    atomic_fetch_add(&e->barrier_time, b->time);
    if (b->time > atomic_load(&e->longest_barrier))
        atomic_store(&e->longest_barrier, b->time);
    pthread_mutex_lock(&e->lock);
    e->barrier_busy = false;
    e->last_barrier = now_us();
    pthread_mutex_unlock(&e->lock);
}

int barrier_pass(struct engine *e, struct post *p, struct barrier *b)
{
    account before = p->stage ? profile_stage(p->stage, WORK_COMMIT) : profile_host(HOST_JOURNAL);
    int64_t start = now_us();
    bool ended = false;
    int result = 0;

    if (p->stage) {
        result = commit_stage(p->stage, &b->stages[p->stage->index]);
    } else if (p->kind == POST_LEDGER) {
        result = commit_inputs(e, b) < 0 ? -1 : write_record(e, b);
        ended = true;
    }
    b->time += now_us() - start;
    if (ended)
        end_barrier(e, b);
    profile_back(before);
    if (result < 0)
        engine_stop(e, e->diag->status);
    return result;
}
