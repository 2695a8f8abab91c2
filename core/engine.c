/* SPDX-License-Identifier: Apache-2.0 */
/* Workers, tickets and batches: who does what next. Nothing here looks into a record. */
#define _GNU_SOURCE
#include "core/engine.h"
#include "core/barrier-engine.h"
#include "core/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    HELD_A_JOB = 2, /* batches that a job behind the head may hold */
    HELD_IN_ALL = 8,
    COPIES = 4, /* of a large document, that may be there at once */
};

_Thread_local struct here here;

int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

const struct schema *engine_schema(const struct etl_record *r)
{
    return &r->unit->engine->plan->schema;
}

void engine_stop(struct engine *e, enum exit_status status)
{
    pthread_mutex_lock(&e->lock);
    if (!e->failed) {
        e->failed = true;
        e->status = status;
    }
    atomic_store(&e->stop, true);
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

uint64_t engine_consumed(struct engine *e)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < e->n_units; i++) {
        struct etl_unit *u = &e->units[i];

        sum += u->done_size ? u->done_size
                            : atomic_load_explicit(&u->consumed, memory_order_relaxed);
    }
    return sum;
}

bool engine_reads(const struct engine *e, uint64_t file_index)
{
    return !e->options.replay || e->options.replay->named[file_index];
}

size_t engine_files(const struct engine *e)
{
    size_t n = 0;
    uint64_t index = 0;

    for (size_t i = 0; i < e->plan->n_inputs; i++)
        for (size_t k = 0; k < e->plan->stages[i].n_files; k++)
            n += engine_reads(e, index++);
    return n;
}

int64_t engine_total(const struct engine *e)
{
    int64_t sum = 0;
    uint64_t index = 0;

    for (size_t i = 0; i < e->plan->n_inputs; i++)
        for (size_t k = 0; k < e->plan->stages[i].n_files; k++) {
            if (!engine_reads(e, index++))
                continue;
            if (e->plan->stages[i].files[k].size < 0)
                return -1;
            sum += e->plan->stages[i].files[k].size;
        }
    return sum;
}

double engine_share(void *engine)
{
    int64_t total = engine_total(engine);

    return total > 0 ? (double)engine_consumed(engine) / (double)total : 0;
}

uint64_t engine_emitted(const struct engine *e)
{
    uint64_t sum = 0;

    if (e->limit_unit != SIZE_MAX)
        return UINT64_MAX;
    for (size_t i = 0; i < e->n_units; i++)
        sum += e->units[i].ordinal - e->units[i].skip - e->units[i].passed_over;
    return sum;
}

/* ---- under the lock ---- */

static struct batch *idle_batch(struct engine *e)
{
    struct batch *b = e->idle;

    if (b) {
        e->idle = b->next;
        e->n_idle--;
    } else {
        b = calloc(1, sizeof(*b));
        if (b) {
            b->arena.memory = e->options.memory;
            b->arena.huge = e->options.memory->limit == 0;
            e->n_batches++;
        }
    }
    if (b)
        b->next = NULL;
    return b;
}

static void give_back(struct engine *e, struct batch *b)
{
    e->reserved -= b->reserved;
    b->reserved = 0;
    batch_reset(b);
    b->next = e->idle;
    e->idle = b;
    e->n_idle++;
}

/* b's place in the order of output is now known. */
static void give_ticket(struct engine *e, struct batch *b)
{
    int64_t limit = e->options.limit;

    if (e->no_more) {
        give_back(e, b);
        return;
    }
    if (limit >= 0 && e->records_read + (int64_t)b->n_records >= limit) {
        batch_cut(b, (size_t)(limit - e->records_read));
        e->no_more = true;
        e->limit_unit = b->last ? b->last->unit->index : 0;
    }
    b->counts_each = false;
    e->records_read += (int64_t)b->n_records;
    b->ticket = e->next_ticket++;
    if (b->last_unit)
        barrier_begin(e, b);
    b->next = e->ready;
    e->ready = b;
}

/* Jobs that have ended make room for the next head, whose held batches get tickets. */
static void advance_head(struct engine *e)
{
    while (e->head < e->n_jobs) {
        struct job *j = &e->job[e->head];

        while (j->held) {
            struct batch *b = j->held;

            j->held = b->next;
            j->n_held--;
            e->n_held--;
            give_ticket(e, b);
        }
        j->held_last = NULL;
        if (!j->ended)
            break;
        if (j->failed && !e->no_more) {
            if (!e->failed) {
                e->failed = true;
                e->status = diag_code_status(j->failure_code);
                e->failed_job = j;
            }
            atomic_store(&e->stop, true);
            break;
        }
        e->head++;
    }
}

static bool is_head(const struct engine *e, const struct job *j)
{
    return !j || e->head >= e->n_jobs || j == &e->job[e->head];
}

static bool may_take(const struct engine *e, const struct job *j)
{
    size_t free_ones = e->n_idle + e->max_batches - e->n_batches;

    if (memory_is_tight(e->options.memory) && (e->done_tickets < e->next_ticket || !is_head(e, j)))
        return false;
    if (is_head(e, j))
        return free_ones > 0;
    return j->n_held < HELD_A_JOB && e->n_held < HELD_IN_ALL && free_ones > e->max_batches / 2;
}

/* The ready batch with the lowest ticket, taken out; NULL: none. */
static struct batch *take_ready(struct engine *e)
{
    struct batch **best = NULL, *b;

    for (struct batch **link = &e->ready; *link; link = &(*link)->next)
        if (!best || (*link)->ticket < (*best)->ticket)
            best = link;
    if (!best)
        return NULL;
    b = *best;
    *best = b->next;
    b->next = NULL;
    return b;
}

static void check_memory(struct engine *e, size_t more)
{
    if (!memory_allows(e->options.memory, more))
        engine_stop(e, EXIT_RESOURCES);
}

/* A reader waits until b may need so much more, beside what is under way, and carries on with what
 * others have read meanwhile; then that is b's. Only the head, with nothing under way any more,
 * goes on without: then it fits or it does not. */
static void reserve(struct engine *e, struct worker *w, const struct job *j, struct batch *b,
                    size_t more)
{
    struct batch *ready;

    pthread_mutex_lock(&e->lock);
    while (!atomic_load(&e->stop) && !e->no_more &&
           !memory_fits(e->options.memory, more + e->reserved - b->reserved) &&
           (e->done_tickets < e->next_ticket || !is_head(e, j))) {
        ready = take_ready(e);
        if (!ready) {
            pthread_cond_wait(&e->changed, &e->lock);
            continue;
        }
        pthread_mutex_unlock(&e->lock);
        batch_carry(e, w, ready);
        pthread_mutex_lock(&e->lock);
    }
    e->reserved += more - b->reserved;
    b->reserved = more;
    pthread_mutex_unlock(&e->lock);
}

/* A large document will be copied by what comes behind its reading. */
size_t engine_make_room(struct memory *m, size_t more)
{
    struct engine *e = here.engine;
    struct batch *b = here.batch;
    size_t others;

    (void)m;
    if (here.duty != DUTY_READ || !b || !here.unit->job)
        return 0;
    if (COPIES * more > b->reserved)
        reserve(e, here.worker, here.unit->job, b, COPIES * more);
    pthread_mutex_lock(&e->lock);
    others = (e->reserved - b->reserved) / COPIES;
    pthread_mutex_unlock(&e->lock);
    return others;
}

void engine_hand_over(struct engine *e, struct worker *w, struct job *j, struct batch *b, bool last)
{
    process_end_copy();
    if (b && j && b->reserved > 0) /* it is known by now how much it is */
        reserve(e, w, j, b, (COPIES - 1) * b->arena.used);
    check_memory(e, b ? b->reserved : 0);
    if (b && b->last && b->last_unit)
        b->last_hash = record_hash(b->last, &e->plan->schema);
    pthread_mutex_lock(&e->lock);
    if (b && !b->first && b->counts.n == 0) {
        give_back(e, b);
    } else if (b && !j) {
        give_ticket(e, b);
    } else if (b) {
        if (j->held_last)
            j->held_last->next = b;
        else
            j->held = b;
        j->held_last = b;
        j->n_held++;
        e->n_held++;
    }
    if (j && last)
        j->ended = true;
    if (j && j == &e->job[e->head])
        advance_head(e);
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

void engine_done(struct engine *e, struct batch *b)
{
    check_memory(e, 0);
    pthread_mutex_lock(&e->lock);
    e->done_tickets++;
    give_back(e, b);
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

struct batch *engine_take_batch(struct engine *e, struct worker *w, struct job *j)
{
    struct batch *b = NULL, *ready;

    pthread_mutex_lock(&e->lock);
    while (!atomic_load(&e->stop) && !e->no_more) {
        bool alone = e->options.jobs == 1 || !j;

        /* With one thread the stages run inline, while the batch is still in the cache. */
        ready = alone || !may_take(e, j) ? take_ready(e) : NULL;
        if (ready) {
            pthread_mutex_unlock(&e->lock);
            batch_carry(e, w, ready);
            pthread_mutex_lock(&e->lock);
            continue;
        }
        if (may_take(e, j)) {
            b = idle_batch(e);
            if (b) {
                b->counts_each = j && (e->options.limit >= 0 || e->options.replay);
                b->born = now_us();
            }
            if (!b && !e->failed) {
                e->failed = true;
                e->status = EXIT_RESOURCES;
                atomic_store(&e->stop, true);
            }
            break;
        }
        pthread_cond_wait(&e->changed, &e->lock);
    }
    pthread_mutex_unlock(&e->lock);
    return b;
}

/* ---- threads ---- */

static bool all_done(const struct engine *e)
{
    return (e->head >= e->n_jobs || (e->no_more && e->reading == 0)) &&
           e->done_tickets == e->next_ticket;
}

static void work(struct engine *e, struct worker *w)
{
    struct batch *b;

    pthread_mutex_lock(&e->lock);
    while (!atomic_load(&e->stop) && !all_done(e)) {
        if ((b = take_ready(e))) {
            pthread_mutex_unlock(&e->lock);
            batch_carry(e, w, b);
            pthread_mutex_lock(&e->lock);
        } else if (e->next_job < e->n_jobs && !e->no_more) {
            struct job *j = &e->job[e->next_job++];

            e->reading++;
            pthread_mutex_unlock(&e->lock);
            job_read(e, w, j);
            pthread_mutex_lock(&e->lock);
            e->reading--;
        } else {
            pthread_cond_wait(&e->changed, &e->lock);
        }
    }
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

static void *thread_main(void *p)
{
    struct worker *w = p;

    profile_join(w->engine->options.profile);
    work(w->engine, w);
    profile_leave();
    return NULL;
}

static void report_failure(struct engine *e, const struct job *j)
{
    struct diag_message m = { .level = DIAG_ERROR,
                              .code = j->failure_code,
                              .text = j->failure,
                              .place = j->failure_at,
                              .section = j->failed_unit->stage->name };

    if (!m.text) {
        diag_error(e->diag, E0771, NULL, "memory is out");
        return;
    }
    if (m.code == E0311) {
        m.note = "nothing is published; files that were verified before it stay done";
        m.help = "get the file again and rerun the same command, or set on_damage = salvage in its "
                 "section to publish what can be read of it";
    }
    if (j->failure_errno)
        diag_report_errno(e->diag, &m, j->failure_errno);
    else
        diag_report(e->diag, &m);
}

int engine_run(struct engine *e)
{
    unsigned started = 1;

    profile_host(HOST_ENGINE);
    e->running = true;
    for (; started < e->options.jobs; started++) {
        int err = pthread_create(&e->workers[started].thread, NULL, thread_main, &e->workers[started]);

        if (err) {
            diag_error_errno(e->diag, E0771, err, "cannot start a thread; try fewer with -j");
            engine_stop(e, EXIT_RESOURCES);
            break;
        }
    }
    work(e, &e->workers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(e->workers[i].thread, NULL);
    e->running = false;
    if (e->failed_job) {
        report_failure(e, e->failed_job);
        e->status = e->diag->status;
    } else if (e->failed && e->status == EXIT_RESOURCES && e->diag->errors == 0) {
        diag_error(e->diag, E0771, NULL, "memory is out");
    }
    return e->failed ? -1 : 0;
}

/* ---- the end: each transform may emit more, each output may write more ---- */

static int drain(struct engine *e)
{
    struct batch *b;

    while (!atomic_load(&e->stop)) {
        pthread_mutex_lock(&e->lock);
        b = take_ready(e);
        pthread_mutex_unlock(&e->lock);
        if (!b)
            break;
        batch_carry(e, &e->workers[0], b);
    }
    return e->failed ? -1 : 0;
}

static int finish_transform(struct engine *e, size_t post)
{
    struct stage *s = e->posts[post].stage;
    struct etl_unit *u = &e->finish_units[s->index];
    struct here saved = here;
    struct batch *b = engine_take_batch(e, &e->workers[0], NULL);
    int verdict;

    if (!b)
        return -1;
    *u = (struct etl_unit) { .engine = e, .stage = s, .finishing = true, .batch = b };
    here = (struct here) { e, &e->workers[0], s, b, u, (uint32_t)post, DUTY_FINISH };
    s->phase = PHASE_FINISH;
    profile_stage(s, WORK_FINISH);
    verdict = s->plugin->is.finish(s->self, s->state, u);
    process_end_copy();
    if (unit_settle(u) < 0)
        engine_stop(e, EXIT_RESOURCES);
    b = u->batch;
    here = saved;
    profile_host(HOST_ENGINE);
    if (verdict != ETL_OK && !stage_failed(s))
        diag_error(e->diag, E0520, NULL, "%s failed at the end without saying why", s->name);
    if (verdict != ETL_OK)
        engine_stop(e, e->diag->status);
    if (b)
        engine_hand_over(e, &e->workers[0], NULL, b, false);
    return drain(e);
}

/* An input's finish, too: it has nothing to emit into. */
static int finish_output(struct engine *e, struct stage *s)
{
    struct here saved = here;
    int verdict;

    here = (struct here) { e, &e->workers[0], s, NULL, NULL, 0, DUTY_FINISH };
    s->phase = PHASE_FINISH;
    profile_stage(s, WORK_FINISH);
    verdict = s->plugin->is.finish(s->self, s->state, NULL);
    process_end_copy();
    profile_host(HOST_ENGINE);
    here = saved;
    if (verdict != ETL_OK && !stage_failed(s))
        diag_error(e->diag, E0520, NULL, "%s failed at the end without saying why", s->name);
    if (verdict != ETL_OK || stage_record_end(s) < 0)
        engine_stop(e, e->diag->status);
    return e->failed ? -1 : 0;
}

int engine_finish(struct engine *e)
{
    e->no_more = false; /* the limit is for what is read */
    e->options.limit = -1;
    for (size_t i = 0; i < e->plan->n_inputs && !e->options.feed; i++)
        if (e->plan->stages[i].plugin->is.finish && finish_output(e, &e->plan->stages[i]) < 0)
            return -1;
    for (size_t i = 0; i < e->n_posts; i++) {
        struct post *p = &e->posts[i];

        if (!p->stage || !p->stage->plugin->is.finish)
            continue;
        if ((p->kind == POST_TRANSFORM ? finish_transform(e, i) : finish_output(e, p->stage)) < 0)
            return -1;
    }
    return 0;
}
