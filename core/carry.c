/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying a batch past the posts: maps on any thread, steps in ticket order, and what a verdict
 * does to a record. */
#define _GNU_SOURCE
#include "core/engine.h"
#include "core/barrier-engine.h"
#include "core/process.h"
#include "core/profile.h"
#include "core/stream.h"

#include <string.h>
#include <time.h>

static uint64_t clock_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The run stops on account of a callback; `code` and what the plugin said of it before. */
static void stop_callback(struct engine *e, struct stage *s, const struct etl_record *r,
                          enum callback callback, enum diag_code code, const char *why)
{
    static const char *const names[] = { "read", "map", "step" };
    char text[400];

    if (!stage_failed(s)) {
        snprintf(text, sizeof(text), "[%.140s] %s", s->name, why);
        stage_fail(s, &(struct diag_message){ .level = DIAG_ERROR,
                                              .code = code,
                                              .text = text,
                                              .section = s->name,
                                              .document = r ? record_origin(r) : NULL,
                                              .note = names[callback] });
    }
    engine_stop(e, e->diag->status);
}

/* A callback stopped the run. Whoever fails says why, but a plugin may forget to. */
static void fail_callback(struct engine *e, struct stage *s, const struct etl_record *r,
                          enum callback callback, int verdict)
{
    bool known = verdict > ETL_OK && verdict <= ETL_DUPLICATE;
    char why[100];

    if (verdict == ETL_FAIL)
        snprintf(why, sizeof(why), "stopped the run without saying why");
    else if (s->plugin->is.kind == ETL_KIND_OUTPUT && known)
        snprintf(why, sizeof(why), "is an output: its %s",
                 callback == CALLBACK_STEP ? "step is done or stops the run"
                                           : "map may reject a record, nothing else");
    else
        snprintf(why, sizeof(why), "returned a verdict that does not exist: %d", verdict);
    stop_callback(e, s, r, callback, verdict == ETL_FAIL ? E0520 : E0510, why);
}

/* A record that was marked goes on as if nothing had been said, where `return` was forgotten. */
static bool forgot_return(struct engine *e, struct stage *s, const struct etl_record *r,
                          int verdict, enum callback callback)
{
    static const char *const helpers[] = { "", "etl_drop", "etl_reject", "etl_duplicate" };
    char why[200];

    if (verdict != ETL_OK || r->mark == ETL_OK || r->bad)
        return false;
    snprintf(why, sizeof(why),
             "called %s and returned ETL_OK: a callback must return what %s gives "
             "(return %s(...);)",
             helpers[r->mark], helpers[r->mark], helpers[r->mark]);
    stop_callback(e, s, r, callback, E0510, why);
    return true;
}

/* What on_error makes of a rejected record. */
static bool handle_error(struct engine *e, struct stage *s, struct etl_record *r,
                         const etl_value *before)
{
    switch (s->on_error) {
    case ON_ERROR_REJECT:
        return true;
    case ON_ERROR_DROP:
        r->fate = DROPPED;
        r->rule = "on_error";
        return true;
    case ON_ERROR_KEEP:
        if (r->watched)
            observe_on_error(e, s, r);
        memcpy(r->slots, before, e->plan->schema.n * sizeof(*before));
        r->fate = KEPT;
        r->fate_stage = UINT32_MAX;
        r->rule = r->reason = NULL;
        r->bad = false;
        batch_count(r->batch, s->index, COUNT_ERRORS_KEPT, 1);
        return true;
    case ON_ERROR_ABORT:
        stage_fail(s, &(struct diag_message) {
                          .level = DIAG_ERROR,
                          .code = E0312,
                          .text = r->reason ? r->reason : "rejected without a reason",
                          .document = record_origin(r),
                          .note = s->name,
                      });
        engine_stop(e, EXIT_DATA);
        return false;
    }
    return true;
}

/* What a transform's or output's callback returned, to a fate. False: the run stops. */
static bool apply_verdict(struct engine *e, struct stage *s, struct etl_record *r, int verdict,
                          const etl_value *before, enum callback callback)
{
    if (r->batch->short_of_memory) {
        engine_stop(e, EXIT_RESOURCES);
        return false;
    }
    if (verdict < ETL_OK || verdict > ETL_DUPLICATE) {
        fail_callback(e, s, r, callback, verdict);
        return false;
    }
    if (forgot_return(e, s, r, verdict, callback))
        return false;
    if (r->mark != verdict) /* what was returned counts */
        record_mark(r, (enum etl_verdict)verdict, NULL, NULL, 0);
    record_apply_mark(r, s->index);
    if (r->fate == REJECTED)
        return handle_error(e, s, r, before);
    return true;
}

/* The same, by what `call` returned. */
static bool judge(struct engine *e, struct stage *s, struct etl_record *r, int verdict,
                  const etl_value *before, enum callback callback)
{
    bool good = apply_verdict(e, s, r, verdict, before, callback);

    if (r->watched)
        observe_after(e, s, r, callback, verdict);
    return good;
}

static int call_plainly(const struct stage *s, struct etl_record *r, enum callback callback)
{
    return callback == CALLBACK_MAP ? s->plugin->is.map(s->self, r)
                                    : s->plugin->is.step(s->self, s->state, r);
}

/* A record's map or step. One that is watched is timed. */
static inline int call(const struct engine *e, const struct stage *s, struct etl_record *r,
                       enum callback callback)
{
    uint64_t start;
    int verdict;

    if (!r->watched)
        return call_plainly(s, r, callback);
    e->options.observer->before(e->options.observer->owner, r, s, callback);
    start = clock_ns();
    verdict = call_plainly(s, r, callback);
    here.worker->took = clock_ns() - start;
    return verdict;
}

static bool wanted(const struct stage *s, const struct etl_record *r)
{
    return !s->when || expr_test(s->when, r->slots);
}

/* ---- inputs and transforms ---- */

static bool run_input_maps(struct engine *e, struct batch *b)
{
    if (b->first)
        profile_stage(b->first->unit->stage, WORK_MAP);
    for (struct etl_record *r = e->options.feed ? NULL : b->first; r; r = r->next) {
        struct stage *s = r->unit->stage;

        if (r->fate != KEPT || r->enters > here.post || !s->plugin->is.map)
            continue;
        here.stage = s;
        if (!judge(e, s, r, call(e, s, r, CALLBACK_MAP), NULL, CALLBACK_MAP))
            return false;
    }
    return true;
}

static bool run_transform_maps(struct engine *e, struct stage *s, struct batch *b)
{
    const etl_plugin *plugin = &s->plugin->is;
    size_t bytes = e->plan->schema.n * sizeof(etl_value);
    etl_value *before = NULL;

    profile_stage(s, WORK_MAP);
    if (s->on_error == ON_ERROR_KEEP) {
        before = arena_get(&b->arena, bytes);
        if (!before) {
            engine_stop(e, EXIT_RESOURCES);
            return false;
        }
    }
    for (struct etl_record *r = b->first; r; r = r->next) {
        if (r->fate != KEPT || r->enters > here.post)
            continue;
        r->passed_by = !wanted(s, r);
        if (r->passed_by && r->watched)
            observe_passed(e, s, r);
        if (r->passed_by || !plugin->map)
            continue;
        if (before)
            memcpy(before, r->slots, bytes);
        if (!judge(e, s, r, call(e, s, r, CALLBACK_MAP), before, CALLBACK_MAP))
            return false;
    }
    return true;
}

static bool run_transform_steps(struct engine *e, struct stage *s, struct batch *b)
{
    profile_stage(s, WORK_STEP);
    for (struct etl_record *r = b->first; r; r = r->next) {
        if (r->fate != KEPT || r->enters > here.post || r->passed_by)
            continue;
        if (!judge(e, s, r, call(e, s, r, CALLBACK_STEP), NULL, CALLBACK_STEP))
            return false;
        if (stage_record_end(s) < 0) {
            engine_stop(e, e->diag->status);
            return false;
        }
    }
    return true;
}

/* ---- outputs ---- */

static bool goes_to(const struct stage *s, const struct etl_record *r)
{
    static const uint8_t fates[] = { KEPT, DROPPED, DUPLICATE, REJECTED };

    return (s->from == FROM_ALL || r->fate == fates[s->from]) && wanted(s, r);
}

static size_t output_number(const struct stage *s)
{
    return s->index - s->plan->n_inputs - s->plan->n_transforms;
}

/* The fate is final already: this output alone goes without the record. */
static bool go_without(const struct stage *s, struct etl_record *r)
{
    size_t bytes = (s->plan->n_outputs + 63) / 64 * sizeof(*r->unwritten);

    if (!r->unwritten) {
        r->unwritten = arena_get(&r->batch->arena, bytes);
        if (!r->unwritten)
            return false;
        memset(r->unwritten, 0, bytes);
    }
    r->unwritten[output_number(s) / 64] |= (uint64_t)1 << output_number(s) % 64;
    batch_count(r->batch, s->index, "not written", 1);
    r->bad = false;
    return true;
}

static bool goes_without(const struct stage *s, const struct etl_record *r)
{
    return r->unwritten && r->unwritten[output_number(s) / 64] >> output_number(s) % 64 & 1;
}

static bool apply_output_verdict(struct engine *e, struct stage *s, struct etl_record *r,
                                 int verdict)
{
    if (verdict != ETL_OK && verdict != ETL_REJECT) {
        fail_callback(e, s, r, CALLBACK_MAP, verdict);
        return false;
    }
    if (!r->final)
        return apply_verdict(e, s, r, verdict, NULL, CALLBACK_MAP);
    if (forgot_return(e, s, r, verdict, CALLBACK_MAP))
        return false;
    r->mark = ETL_OK;
    if ((verdict != ETL_REJECT && !r->bad) || go_without(s, r))
        return true;
    engine_stop(e, EXIT_RESOURCES);
    return false;
}

static bool run_maps_of(struct engine *e, struct stage *s, struct batch *b)
{
    const etl_plugin *plugin = &s->plugin->is;

    if (!plugin->map)
        return true;
    profile_stage(s, WORK_MAP);
    here.stage = s;
    for (struct etl_record *r = b->first; r; r = r->next) {
        int verdict;
        bool good;

        if (!goes_to(s, r))
            continue;
        verdict = call(e, s, r, CALLBACK_MAP);
        good = apply_output_verdict(e, s, r, verdict);
        if (r->watched)
            observe_after(e, s, r, CALLBACK_MAP, verdict);
        if (!good)
            return false;
    }
    return true;
}

/* Kept outputs first: one may still reject; then the fate is final, and the others follow. */
static bool run_output_maps(struct engine *e, struct batch *b)
{
    size_t first = e->plan->n_inputs + e->plan->n_transforms;

    for (int kept = 1; kept >= 0; kept--) {
        for (size_t i = first; i < e->plan->n_stages; i++) {
            struct stage *s = &e->plan->stages[i];

            if ((s->from == FROM_KEPT) == (kept == 1) && !run_maps_of(e, s, b))
                return false;
        }
        for (struct etl_record *r = b->first; r && kept == 1; r = r->next) {
            r->final = true;
            r->bad = false;
        }
    }
    return true;
}

static bool run_output_steps(struct engine *e, struct stage *s, struct batch *b)
{
    const etl_plugin *plugin = &s->plugin->is;
    uint64_t written = 0;

    profile_stage(s, WORK_STEP);
    for (struct etl_record *r = b->first; r; r = r->next) {
        int verdict;

        if (!goes_to(s, r) || goes_without(s, r))
            continue;
        verdict = plugin->step ? plugin->step(s->self, s->state, r) : ETL_OK;
        if (verdict != ETL_OK) {
            fail_callback(e, s, r, CALLBACK_STEP, verdict);
            return false;
        }
        if (forgot_return(e, s, r, verdict, CALLBACK_STEP))
            return false;
        if (stage_record_end(s) < 0) {
            engine_stop(e, stage_pipe_broken(s) ? EXIT_DONE : e->diag->status);
            return false;
        }
        written++;
    }
    /* With the batch, so that a barrier counts only what is before it. */
    batch_count(b, s->index, "records written", (int64_t)written);
    return true;
}

/* ---- posts: each says what the thread's time goes to, and what follows takes it over ---- */

static bool run_maps(struct engine *e, struct post *p, struct batch *b)
{
    switch (p->kind) {
    case POST_INPUT_MAPS:
        return run_input_maps(e, b);
    case POST_TRANSFORM:
        return run_transform_maps(e, p->stage, b);
    case POST_OUTPUT_MAPS:
        return run_output_maps(e, b);
    default:
        return true;
    }
}

static bool run_steps(struct engine *e, struct post *p, struct batch *b)
{
    switch (p->kind) {
    case POST_TRANSFORM:
        return run_transform_steps(e, p->stage, b);
    case POST_OUTPUT:
        return run_output_steps(e, p->stage, b);
    case POST_LEDGER:
        observe_fates(e, b);
        profile_host(HOST_LEDGER);
        if (ledger_take(e->ledger, b) == 0)
            return true;
        engine_stop(e, e->diag->status);
        return false;
    default:
        return true;
    }
}

/* Waits for nothing: true when b's turn at p has come, else b is parked there. */
static bool turn_has_come(struct engine *e, struct post *p, struct batch *b)
{
    bool due;

    pthread_mutex_lock(&e->lock);
    due = p->due == b->ticket;
    if (!due) {
        b->next = p->parked;
        p->parked = b;
    }
    pthread_mutex_unlock(&e->lock);
    return due;
}

static void pass_turn(struct engine *e, struct post *p)
{
    pthread_mutex_lock(&e->lock);
    p->due++;
    for (struct batch **link = &p->parked; *link; link = &(*link)->next)
        if ((*link)->ticket == p->due) {
            struct batch *b = *link;

            *link = b->next;
            b->next = e->ready;
            e->ready = b;
            pthread_cond_broadcast(&e->changed);
            break;
        }
    pthread_mutex_unlock(&e->lock);
}

void batch_carry(struct engine *e, struct worker *w, struct batch *b)
{
    struct here saved = here;
    account before = profile_host(HOST_ENGINE);

    for (; b->post < e->n_posts && !atomic_load_explicit(&e->stop, memory_order_relaxed); b->post++) {
        struct post *p = &e->posts[b->post];

        here = (struct here) { e, w, p->stage, b, NULL, b->post, DUTY_MAP };
        if (!b->mapped && !run_maps(e, p, b))
            break;
        process_end_copy();
        b->mapped = true;
        if (p->ordered) {
            if (!turn_has_come(e, p, b)) {
                here = saved;
                profile_back(before);
                return;
            }
            here.duty = DUTY_STEP;
            if (!run_steps(e, p, b))
                break;
            process_end_copy();
            if (b->barrier && barrier_pass(e, p, b->barrier) < 0)
                break;
            pass_turn(e, p);
        }
        b->mapped = false;
    }
    here = saved;
    profile_host(HOST_ENGINE);
    engine_done(e, b);
    profile_back(before);
}
