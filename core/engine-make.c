/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine is made of before it runs: units and jobs from the plan's files, posts from its
 * stages; and its end. */
#include "core/engine.h"
#include "core/file-hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Small files are read by one thread in one go, up to this many bytes. */
enum { BATCHES_A_WORKER = 4, JOB_BYTES = 1024 * 1024, JOB_UNITS = 1024, MOST_PARTS = 1000000 };

/* 0: the plugin gave a number that cannot be meant, or failed; said. Standard input is one part. */
static uint64_t parts_of(struct stage *s, const char *path)
{
    int64_t n = 1;

    if (s->plugin->is.parts && path && strcmp(path, "-") != 0) {
        here.stage = s;
        n = s->plugin->is.parts(s->self, path);
        here.stage = NULL;
    }
    if (n > MOST_PARTS)
        stage_broke_rules(s, "gives more than a million parts for", path);
    if (stage_failed(s))
        return 0;
    return n < 1 ? 1 : (uint64_t)n;
}

static int add_unit(struct engine *e, size_t *cap, struct etl_unit u)
{
    struct etl_unit *grown;

    if (e->n_units == *cap) {
        *cap = *cap ? 2 * *cap : 64;
        grown = realloc(e->units, *cap * sizeof(*grown));
        if (!grown)
            return -1;
        e->units = grown;
    }
    u.engine = e;
    u.index = e->n_units;
    memcpy(&e->units[e->n_units++], &u, sizeof(u));
    return 0;
}

/* Units from where `from` says on: what lies before is committed. A run of no documents has none, as
 * looking at a file might already find something wrong with it. */
static int make_units(struct engine *e, const struct barrier *from)
{
    size_t cap = 0;
    uint64_t file_index = 0;

    if (e->options.limit == 0)
        return 0;
    if (e->options.feed)
        return add_unit(e, &cap, (struct etl_unit) { .stage = &e->plan->stages[0], .parts = 1 });
    for (size_t i = 0; i < e->plan->n_inputs; i++) {
        struct stage *s = &e->plan->stages[i];

        for (size_t k = 0; k < s->n_files; k++, file_index++) {
            const struct plan_file *f = s->files[k].path ? &s->files[k] : NULL;
            uint64_t parts;

            if ((from && file_index < from->file_index) || !engine_reads(e, file_index))
                continue;
            parts = parts_of(s, f ? f->path : NULL);
            if (parts == 0)
                return -1;
            for (uint64_t p = 0; p < parts; p++) {
                struct etl_unit u = {
                    .stage = s, .file = f, .file_index = file_index, .part = p, .parts = parts
                };

                if (from && file_index == from->file_index && p < from->part)
                    continue;
                if (from && file_index == from->file_index && p == from->part) {
                    u.skip = from->committed;
                    u.skip_hash = from->last_hash;
                }
                if (add_unit(e, &cap, u) < 0)
                    return -1;
            }
        }
    }
    return 0;
}

static int make_jobs(struct engine *e)
{
    int64_t bytes = 0;

    e->job = calloc(e->n_units ? e->n_units : 1, sizeof(*e->job));
    if (!e->job)
        return -1;
    for (size_t i = 0; i < e->n_units; i++) {
        const struct etl_unit *u = &e->units[i];
        struct job *j = e->n_jobs ? &e->job[e->n_jobs - 1] : NULL;
        int64_t size = u->file && u->file->size >= 0 ? u->file->size : JOB_BYTES;

        if (!j || bytes + size > JOB_BYTES || j->end - j->first >= JOB_UNITS) {
            j = &e->job[e->n_jobs++];
            j->first = i;
            bytes = 0;
        }
        j->end = i + 1;
        bytes += size;
    }
    return 0;
}

static int make_posts(struct engine *e)
{
    struct plan *p = e->plan;
    struct post *at;

    e->posts = calloc(p->n_stages + 3, sizeof(*e->posts));
    if (!e->posts)
        return -1;
    at = e->posts;
    *at++ = (struct post) { .kind = POST_INPUT_MAPS };
    for (size_t i = p->n_inputs; i < p->n_inputs + p->n_transforms; i++) {
        struct stage *s = &p->stages[i];

        *at++ = (struct post) {
            .kind = POST_TRANSFORM, .stage = s, .ordered = s->plugin->is.step != NULL
        };
    }
    if (!e->options.dry || e->options.output_maps)
        *at++ = (struct post) { .kind = POST_OUTPUT_MAPS };
    if (!e->options.dry) {
        for (size_t i = p->n_inputs + p->n_transforms; i < p->n_stages; i++)
            *at++ = (struct post) { .kind = POST_OUTPUT, .stage = &p->stages[i], .ordered = true };
    }
    *at++ = (struct post) { .kind = POST_LEDGER, .ordered = true };
    e->n_posts = (size_t)(at - e->posts);
    return 0;
}

/* What a plugin gets that asks for its block when memory is out, which it is not told: the run is
 * stopped then, and its callback is the last one of that thread. Of the largest size that any wants. */
static int make_spares(struct worker *w)
{
    struct stage *largest = &w->engine->plan->stages[0];

    for (size_t i = 1; i < w->engine->plan->n_stages; i++)
        if (w->engine->plan->stages[i].plugin->is.worker_size > largest->plugin->is.worker_size)
            largest = &w->engine->plan->stages[i];
    for (int of_unit = 0; of_unit <= 1; of_unit++) {
        w->spares[of_unit].block = stage_block(largest, largest->plugin->is.worker_size);
        if (!w->spares[of_unit].block)
            return -1;
    }
    return 0;
}

void *worker_block(struct worker *w, struct stage *s, bool of_unit)
{
    void **block = &(of_unit ? w->unit_blocks : w->blocks)[s->index];

    if (!*block)
        *block = stage_block(s, s->plugin->is.worker_size);
    if (*block)
        return *block;
    engine_stop(w->engine, EXIT_RESOURCES);
    w->spares[of_unit].of = s;
    return w->spares[of_unit].block;
}

static int make_workers(struct engine *e)
{
    e->workers = calloc(e->options.jobs, sizeof(*e->workers));
    if (!e->workers)
        return -1;
    for (unsigned i = 0; i < e->options.jobs; i++) {
        e->workers[i].engine = e;
        e->workers[i].blocks = calloc(e->plan->n_stages, sizeof(void *));
        e->workers[i].unit_blocks = calloc(e->plan->n_stages, sizeof(void *));
        if (!e->workers[i].blocks || !e->workers[i].unit_blocks || make_spares(&e->workers[i]) < 0)
            return -1;
    }
    return 0;
}

int engine_init(struct engine *e, struct plan *p, const struct engine_options *o, struct rundir *d,
                struct ledger *l, const struct barrier *from)
{
    memset(e, 0, sizeof(*e));
    e->plan = p;
    e->diag = p->diag;
    e->options = *o;
    e->rundir = d;
    e->ledger = l;
    e->max_batches = (size_t)o->jobs * BATCHES_A_WORKER;
    e->records_read = (int64_t)l->read;
    e->limit_unit = SIZE_MAX;
    e->last_barrier = now_us();
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->changed, NULL);
    e->finish_units = calloc(p->n_stages ? p->n_stages : 1, sizeof(*e->finish_units));
    if (!e->finish_units || make_units(e, from) < 0 || make_jobs(e) < 0 || make_posts(e) < 0 ||
        make_workers(e) < 0 || barrier_init(&e->barrier, p) < 0) {
        if (p->diag->errors == 0)
            diag_error_errno(p->diag, E0771, ENOMEM, "cannot start the run");
        return -1;
    }
    return 0;
}

static void free_list(struct batch *b)
{
    while (b) {
        struct batch *next = b->next;

        batch_free(b);
        b = next;
    }
}

static void free_blocks(struct engine *e, void **blocks)
{
    for (size_t i = 0; blocks && i < e->plan->n_stages; i++) {
        struct stage *s = &e->plan->stages[i];

        here.stage = s;
        if (blocks[i] && s->plugin->is.worker_close)
            s->plugin->is.worker_close(s->self, blocks[i]);
        here.stage = NULL;
        stage_block_free(blocks[i]);
    }
    free(blocks);
}

static void free_spares(struct worker *w)
{
    for (int i = 0; i <= 1; i++) {
        here.stage = w->spares[i].of;
        if (here.stage && here.stage->plugin->is.worker_close)
            here.stage->plugin->is.worker_close(here.stage->self, w->spares[i].block);
        here.stage = NULL;
        stage_block_free(w->spares[i].block);
    }
}

struct stage *engine_overrun(const struct engine *e)
{
    for (size_t i = 0; i < e->plan->n_stages; i++) {
        struct stage *s = &e->plan->stages[i];
        bool whole = stage_block_whole(s->self) && stage_block_whole(s->state);

        for (unsigned k = 0; e->workers && !e->running && k < e->options.jobs; k++) {
            const struct worker *w = &e->workers[k];

            whole = whole && (!w->blocks || stage_block_whole(w->blocks[i])) &&
                    (!w->unit_blocks || stage_block_whole(w->unit_blocks[i]));
        }
        if (!whole)
            return s;
    }
    return NULL;
}

void engine_free(struct engine *e)
{
    if (!e->plan)
        return;
    for (unsigned i = 0; e->workers && i < e->options.jobs; i++) {
        free_blocks(e, e->workers[i].blocks);
        free_blocks(e, e->workers[i].unit_blocks);
        free_spares(&e->workers[i]);
    }
    free(e->workers);
    free_list(e->ready);
    free_list(e->idle);
    for (size_t i = 0; i < e->n_posts; i++)
        free_list(e->posts[i].parked);
    for (size_t i = 0; i < e->n_jobs; i++) {
        free_list(e->job[i].held);
        free(e->job[i].failure);
        free(e->job[i].pending.at);
        arena_free(&e->job[i].pending_names);
        free(e->job[i].waiting.at);
        arena_free(&e->job[i].waiting_names);
    }
    for (size_t i = 0; i < e->n_units; i++) {
        file_hash_drop(e->units[i].behind);
        free((void *)(uintptr_t)e->units[i].damage);
    }
    barrier_free(&e->barrier);
    free(e->units);
    free(e->finish_units);
    free(e->job);
    free(e->posts);
    pthread_mutex_destroy(&e->lock);
    pthread_cond_destroy(&e->changed);
    memset(e, 0, sizeof(*e));
}
