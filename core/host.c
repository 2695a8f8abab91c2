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

/* ---- records ---- */

static char *host_begin(etl_record *r, size_t max)
{
    const struct stage *input = r->unit->stage;
    uint64_t limit = input->max_document > 0 ? (uint64_t)input->max_document : 64u << 20;
    char *at;

    /* A later stage may write a text longer than the document was: escapes, for one. */
    if (here.stage != input || r->unit->finishing)
        limit = limit < (UINT32_MAX - (1u << 20)) / 16 ? 16 * limit + (1u << 20) : UINT32_MAX;
    if (max > limit || max > UINT32_MAX)
        return NULL;
    at = arena_begin(&r->batch->arena, max);
    if (!at) {
        r->batch->short_of_memory = true;
        engine_stop(r->unit->engine, EXIT_RESOURCES);
    }
    return at;
}

static void host_end(etl_record *r, etl_field field, size_t used)
{
    uint32_t type = engine_schema(r)->fields[field.id].type;
    size_t most = r->batch->arena.open_max;
    char *at = arena_end(&r->batch->arena, used < most ? used : most);
    etl_value v = { .type = type, .len = (uint32_t)(used < most ? used : most) };

    if (!at)
        return;
    v.text = at;
    record_set(r, field, v, ETL_VIEW);
}

static int host_test(etl_expr expr, const etl_record *r)
{
    return expr.id != 0 && expr_test(r->unit->engine->plan->exprs[expr.id], r->slots);
}

static etl_record *host_split(etl_record *r)
{
    struct etl_record *made = record_new(r->batch, engine_schema(r)->n, r);

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
    return made;
}

static void *host_worker(const etl_record *r)
{
    void **block = &here.worker->blocks[here.stage->index];

    if (!*block)
        *block = block_new(here.stage->plugin->is.worker_size);
    if (!*block)
        engine_stop(r->unit->engine, EXIT_RESOURCES);
    return *block;
}

static void host_drop(etl_record *r, const char *rule, const char *msg, size_t len)
{
    record_mark(r, ETL_DROP, rule ? rule : "", msg, len);
}

static void host_reject(etl_record *r, const char *msg, size_t len)
{
    record_mark(r, ETL_REJECT, NULL, msg, len);
}

static void host_duplicate(etl_record *r, etl_value of_id, double similarity)
{
    record_set(r, (etl_field) { FIELD_DUPLICATE_OF }, of_id, ETL_COPY);
    record_set(r, (etl_field) { FIELD_SIMILARITY }, etl_real(similarity), ETL_COPY);
    record_mark(r, ETL_DUPLICATE, NULL, NULL, 0);
}

/* ---- files ---- */

static struct stage *caller(const void *self, uint8_t least, uint8_t most)
{
    struct stage *s = stage_of(self);

    return s->phase >= least && s->phase <= most ? s : NULL;
}

static etl_stream *host_create(const void *self, const char *final_name)
{
    struct stage *s = caller(self, PHASE_OPEN, PHASE_START);
    struct stage_file *f = s ? stage_make_file(s, FILE_STREAM, final_name) : NULL;

    if (!f)
        return NULL;
    f->handle = stream_new(f->name);
    if (!f->handle) {
        host_fail(self, ENOMEM, NULL, "memory is out", 13);
        return NULL;
    }
    if (s->phase == PHASE_START && run_open_late(s, f) < 0)
        return NULL;
    return f->handle;
}

static const char *host_part(const void *self, const char *final_name)
{
    struct stage *s = caller(self, PHASE_OPEN, PHASE_START);
    struct stage_file *f = s ? stage_make_file(s, FILE_PART, final_name) : NULL;

    return f ? run_part_path(s, f) : NULL;
}

static const char *host_state_path(const void *self, const char *name)
{
    struct stage *s = caller(self, PHASE_OPEN, PHASE_START);
    struct stage_file *f = s ? stage_make_file(s, FILE_STATE, name) : NULL;

    return f ? run_part_path(s, f) : NULL;
}

static int host_write(etl_stream *stream, const void *data, size_t len)
{
    if (stream_write(stream, data, len) == 0)
        return ETL_OK;
    if (here.stage)
        here.stage->failed = true;
    return ETL_FAIL;
}

static void host_save(const void *self, const void *data, size_t len)
{
    struct stage *s = stage_of(self);

    if (s->saving)
        buffer_append(s->saving, data, len);
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

static void host_count(const void *self, etl_record *r, const char *name, int64_t n)
{
    const struct stage *s = stage_of(self);
    struct batch *b = r ? r->batch : here.unit ? here.unit->batch : NULL;

    if (b)
        batch_count(b, s->index, name, n);
    else
        run_count(s, name, n);
}

/* Notes are for explaining a single document; a run has no reader for them. */
static int host_noting(const etl_record *r)
{
    (void)r;
    return 0;
}

static void host_note(etl_record *r, const char *key, const char *msg, size_t len)
{
    (void)r;
    (void)key;
    (void)msg;
    (void)len;
}

static void host_log(const void *self, const etl_record *r, uint32_t level, const char *msg, size_t len)
{
    const struct stage *s = stage_of(self);

    diag_log(s->plan->diag, level <= ETL_DEBUG ? (enum diag_level)level : DIAG_DEBUG,
             r ? record_origin(r) : NULL, "%s: %.*s", s->name, (int)len, msg);
}

const etl_host host_table = {
    .size = sizeof(etl_host),
    .abi = ETL_ABI,
    .version = PACKAGE_VERSION,
    .declare = host_declare,
    .name = host_name,
    .type_of = host_type_of,
    .get = record_get,
    .set = record_set,
    .begin = host_begin,
    .end = host_end,
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
    .fail = host_fail,
};
