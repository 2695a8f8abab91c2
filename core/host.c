/* SPDX-License-Identifier: Apache-2.0 */
/* The host table: each entry of etl/plugin.h, most of them a line that finds whom it is about. */
#include <config.h>
#include "core/host.h"

#include "core/engine.h"
#include "core/run.h"
#include "core/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LOGGED = 4096 };

/* A plugin did what it may not, or something failed: its word is out, and the run stops. */
static void stop_here(const struct stage *s)
{
    if (here.engine)
        engine_stop(here.engine, s->plan->diag->status);
}

static void broke(struct stage *s, const char *what, const char *name)
{
    stage_broke_rules(s, what, name);
    stop_here(s);
}

/* NULL, for what may not be, and was said; a plugin that goes on nevertheless is stopped. */
static void *refused(const struct stage *s)
{
    if (s)
        stop_here(s);
    return NULL;
}

static etl_field host_declare_here(void *self, const char *name, uint32_t type, uint32_t access)
{
    etl_field field = host_declare(self, name, type, access);

    if (field.id == 0)
        refused(stage_of(self));
    return field;
}

/* ---- records ---- */

static char *host_begin(etl_record *r, size_t max)
{
    char *at = record_begin(r, max);

    if (!at && r->batch->short_of_memory)
        engine_stop(r->unit->engine, EXIT_RESOURCES);
    return at;
}

static int host_noting(const etl_record *r);

/* Who has a document explained wants to know which part of the expression spoke. */
static int test_and_tell(const struct expr *e, const etl_record *r)
{
    const struct observer *o = r->unit->engine->options.observer;
    struct buffer text = { 0 };
    int truth = expr_tell(e, r->slots, &text);

    if (!text.failed)
        o->note(o->owner, r, here.stage, expr_key(e), text.data, text.len);
    buffer_free(&text);
    return truth;
}

static int host_test(etl_expr expr, const etl_record *r)
{
    const struct expr *e;

    if (expr.id == 0)
        return 0;
    e = r->unit->engine->plan->exprs[expr.id];
    return host_noting(r) ? test_and_tell(e, r) : expr_test(e, r->slots);
}

static etl_record *host_split(etl_record *r)
{
    struct etl_record *made;

    if (here.stage->plugin->is.kind != ETL_KIND_TRANSFORM) {
        broke(here.stage, "is no transform and may not split", record_origin(r));
        return NULL;
    }
    made = record_new(r->batch, engine_schema(r)->n, r);
    if (made) {
        made->unit = r->unit;
        made->line = r->line;
        made->member = r->member;
        made->birth = BIRTH_SPLIT;
        made->enters = here.post + 1;
    }
    if (!made || !record_split_identity(made, r)) {
        r->batch->short_of_memory = true;
        engine_stop(r->unit->engine, EXIT_RESOURCES);
        return NULL;
    }
    observe_new(here.engine, made);
    return made;
}

static void *host_worker(const etl_record *r)
{
    void *block = worker_block(here.worker, here.stage, false);

    if (here.worker->spares[false].of)
        r->batch->short_of_memory = true;
    return block;
}

/* A record that was just split has not come to a callback: nobody would return what it is to be. */
static bool may_mark(const etl_record *r)
{
    if ((here.duty != DUTY_MAP && here.duty != DUTY_STEP) || r->enters <= here.post)
        return true;
    broke(here.stage, "drops, rejects or marks a record that it has split, of", record_origin(r));
    return false;
}

static void host_drop(etl_record *r, const char *rule, const char *msg, size_t len)
{
    if (may_mark(r))
        record_mark(r, ETL_DROP, rule, msg, len);
}

static void host_reject(etl_record *r, const char *msg, size_t len)
{
    if (may_mark(r))
        record_mark(r, ETL_REJECT, NULL, msg, len);
}

static void host_duplicate(etl_record *r, etl_value of_id, double similarity)
{
    if (may_mark(r))
        record_mark_duplicate(r, of_id, similarity);
}

/* ---- files ---- */

static etl_stream *host_create(const void *self, const char *final_name)
{
    struct stage *s = stage_of(self);
    struct stage_file *f = s ? stage_make_file(s, FILE_STREAM, final_name) : NULL;

    if (!f)
        return refused(s);
    f->handle = stream_new(f->name);
    if (!f->handle) {
        host_fail(self, ENOMEM, NULL, "memory is out", 13);
        return NULL;
    }
    ((struct etl_stream *)f->handle)->owner = s;
    if (s->phase == PHASE_START && run_open_late(s, f) < 0)
        return NULL;
    return f->handle;
}

static const char *host_part(const void *self, const char *final_name)
{
    struct stage *s = stage_of(self);
    struct stage_file *f = s ? stage_make_file(s, FILE_PART, final_name) : NULL;

    return f ? run_part_path(s, f) : refused(s);
}

static const char *host_state_path(const void *self, const char *name)
{
    struct stage *s = stage_of(self);
    struct stage_file *f = s ? stage_make_file(s, FILE_STATE, name) : NULL;

    return f ? run_part_path(s, f) : refused(s);
}

static int host_write(etl_stream *stream, const void *data, size_t len)
{
    struct stage *s = stream->owner;

    if (here.stage != s || (here.duty != DUTY_STEP && here.duty != DUTY_START &&
                            here.duty != DUTY_FINISH)) {
        broke(s, "may write in step, start and finish alone, not", stream->name);
        return ETL_FAIL;
    }
    if (stream_write(stream, data, len) == 0)
        return ETL_OK;
    stage_set_failed(s);
    return ETL_FAIL;
}

static void host_save(const void *self, const void *data, size_t len)
{
    struct stage *s = stage_of(self);

    if (s->saving && here.stage == s && here.duty == DUTY_COMMIT)
        buffer_append(s->saving, data, len);
    else
        broke(s, "may save in commit alone:", s->name);
}

static uint64_t host_budget(const void *self)
{
    return stage_of(self)->budget;
}

static const char *host_plan(const void *self)
{
    return stage_of(self)->plan->hash;
}

/* ---- messages and counts ---- */

/* Where commits fall is no matter of the data, so nothing is counted there. */
static void host_count(const void *self, etl_record *r, const char *name, int64_t n)
{
    struct stage *s = stage_of(self);

    if (!name || !*name) {
        broke(s, "counts something without a name in", s->name);
        return;
    }
    if (r)
        batch_count(r->batch, s->index, name, n);
    else if (here.duty == DUTY_READ)
        unit_count(here.unit, name, n);
    else if (here.batch && here.duty != DUTY_COMMIT)
        batch_count(here.batch, s->index, name, n);
    else if (here.duty == DUTY_START || here.duty == DUTY_FINISH)
        run_count(s, name, n);
}

/* Notes are for explaining single documents; an ordinary run has no reader for them. */
static int host_noting(const etl_record *r)
{
    return r->watched && r->unit->engine->options.observer->note;
}

static void host_note(etl_record *r, const char *key, const char *msg, size_t len)
{
    const struct observer *o = r->unit->engine->options.observer;

    if (r->watched && o->note)
        o->note(o->owner, r, here.stage, key, msg, len);
}

static void host_log(const void *self, const etl_record *r, uint32_t level, const char *msg,
                     size_t len)
{
    const struct stage *s = stage_of(self);
    enum diag_level shown = level <= ETL_DEBUG ? (enum diag_level)level : DIAG_DEBUG;

    if (shown <= s->plan->diag->shown)
        diag_log(s->plan->diag, shown, r ? record_origin(r) : NULL, "%s: %.*s", s->name,
                 (int)(len < MOST_LOGGED ? len : MOST_LOGGED), msg);
}

/* What fails in read waits for its turn, so that -n is exact; the rest stops the run. */
static void host_fail_here(const void *self, int32_t err, const char *option, const char *msg,
                           size_t len)
{
    struct stage *s = stage_of(self);

    if (s && here.duty == DUTY_READ && here.stage == s) {
        unit_fail(here.unit, err, option, msg, len);
        return;
    }
    host_fail(self, err, option, msg, len);
    if (s)
        stop_here(s);
}

const etl_host host_table = {
    .size = sizeof(etl_host),
    .abi = ETL_ABI,
    .version = PACKAGE_VERSION,
    .declare = host_declare_here,
    .name = host_name,
    .type_of = host_type_of,
    .get = record_get,
    .set = record_set,
    .begin = host_begin,
    .end = record_put,
    .test = host_test,
    .origin = record_origin,
    .split = host_split,
    .worker = host_worker,
    .drop = host_drop,
    .reject = host_reject,
    .duplicate = host_duplicate,
    .emit = unit_emit,
    .unit_path = engine_unit_path,
    .unit_part = unit_part,
    .unit_worker = unit_worker,
    .unit_skip = unit_skip,
    .unit_progress = unit_progress,
    .damaged = unit_damaged,
    .create = host_create,
    .part = host_part,
    .state_path = host_state_path,
    .write = host_write,
    .save = host_save,
    .budget = host_budget,
    .plan = host_plan,
    .count = host_count,
    .noting = host_noting,
    .note = host_note,
    .log = host_log,
    .fail = host_fail_here,
};
