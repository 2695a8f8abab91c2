/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: what an input's `read` meets of the host - emit, skip, progress, damage - and how its
 * records get into batches. A finish that emits is read in the same way. */
#define _GNU_SOURCE
#include "common/hash.h"
#include "common/utf8.h"
#include "core/engine.h"
#include "core/file-hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A batch is full there. */
enum { BATCH_BYTES = 1024 * 1024, BATCH_RECORDS = 4096 };

/* To ask the clock costs as much as hashing so many bytes a hundred times: a smaller file's hash is
 * part of its reading. */
enum { COUNTED_HASH = 64 * 1024 };

/* From so many bytes on a file's hash is taken while it is read, about so many at a time. */
enum { HASHED_BEHIND = 64 << 20, HASH_STEP = 4 << 20 };

const char *engine_unit_path(const struct etl_unit *u)
{
    return u && u->file ? u->file->path : NULL;
}

void job_fail(struct job *j, struct etl_unit *u, enum diag_code code, int err, const char *text)
{
    if (j->failed)
        return;
    j->failed = true;
    j->failure = strdup(text);
    j->failure_code = code;
    j->failure_errno = err;
    j->failed_unit = u;
}

void unit_fail(struct etl_unit *u, int err, const char *option, const char *msg, size_t len)
{
    struct job *j = u->job;
    struct buffer text = { 0 };

    if (j->failed)
        return;
    buffer_printf(&text, "[%s] %.*s", u->stage->name, msg ? (int)(len < 1024 ? len : 1024) : 0,
                  msg ? msg : "");
    job_fail(j, u, option ? E0511 : E0520, err, buffer_string(&text));
    j->failure_at = stage_fail_place(u->stage, option);
    buffer_free(&text);
}

void unit_count(struct etl_unit *u, const char *name, int64_t n)
{
    struct job *j = u->job;
    const struct count more = { name, u->stage->index, n, 0 };

    if (!counts_add(&j->pending, &j->pending_names, &more))
        engine_stop(u->engine, EXIT_RESOURCES);
}

static void move_counts(struct counts *from, struct arena *names, struct batch *to)
{
    for (size_t i = 0; i < from->n; i++)
        batch_count(to, from->at[i].stage, from->at[i].name, from->at[i].n);
    if (from->n > 0)
        arena_reset(names, 0);
    from->n = 0;
}

/* What was counted before a record goes with it; where it may yet be passed over, not before it is
 * known to stay. */
static void take_pending(struct engine *e, struct job *j, struct batch *b)
{
    if (!e->options.replay) {
        move_counts(&j->pending, &j->pending_names, b);
        return;
    }
    for (size_t i = 0; i < j->pending.n; i++)
        if (!counts_add(&j->waiting, &j->waiting_names, &j->pending.at[i]))
            b->short_of_memory = true;
    if (j->pending.n > 0)
        arena_reset(&j->pending_names, 0);
    j->pending.n = 0;
}

/* Bytes that need not be text, as UTF-8 in the arena: U+FFFD for what is not. */
static const char *as_text(struct arena *a, const char *s, size_t n, size_t *len)
{
    size_t room = 0, good, left = n;
    const char *at = s;
    char *to, *start;

    if (utf8_valid(s, n)) {
        *len = n;
        return s;
    }
    for (; left > 0; room += good + 3) {
        good = utf8_valid_prefix(at, left);
        at += good + (good < left);
        left -= good + (good < left);
    }
    start = to = arena_get(a, room + 1);
    if (!to)
        return NULL;
    while (n > 0) {
        good = utf8_valid_prefix(s, n);
        memcpy(to, s, good);
        to += good;
        s += good;
        n -= good;
        if (n > 0) {
            memcpy(to, "\xEF\xBF\xBD", 3);
            to += 3;
            s++;
            n--;
        }
    }
    *len = (size_t)(to - start);
    return start;
}

static const char hex[] = "0123456789abcdef";

/* The first 16 hex digits of XXH3-128 over the pieces, which are texts and little-endian numbers. */
static bool set_id(struct etl_record *r, const void *a, size_t a_len, const uint64_t *numbers, size_t n)
{
    struct arena *arena = &r->batch->arena;
    unsigned char *bytes = arena_get(arena, a_len + 1 + 8 * n);
    char *id = arena_get(arena, 16);
    struct hash128 h;

    if (!bytes || !id)
        return false;
    memcpy(bytes, a, a_len);
    bytes[a_len] = 0;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 8; k++)
            bytes[a_len + 1 + 8 * i + (size_t)k] = (unsigned char)(numbers[i] >> (8 * k));
    h = hash128(bytes, a_len + 1 + 8 * n);
    for (int i = 0; i < 16; i++)
        id[i] = hex[(h.high >> (60 - 4 * i)) & 15];
    r->slots[FIELD_ID] = (etl_value) { .type = ETL_TEXT, .len = 16, .text = id };
    return true;
}

/* id and source of a record that was read or made in finish. */
static bool set_identity(struct etl_record *r, struct etl_unit *u)
{
    struct arena *a = &r->batch->arena;
    const char *path = u->finishing ? u->stage->name : u->file ? u->file->path : u->stage->name, *text;
    size_t path_len = strlen(path), member_len = r->member ? strlen(r->member) : 0, len;
    uint64_t numbers[2] = { u->part, u->ordinal };
    char *joined = arena_get(a, path_len + member_len + 2);

    if (!joined)
        return false;
    memcpy(joined, path, path_len);
    if (r->member) {
        joined[path_len] = '!';
        memcpy(joined + path_len + 1, r->member, member_len);
        path_len += 1 + member_len;
    }
    text = as_text(a, joined, path_len, &len);
    if (!text || len > UINT32_MAX)
        return false;
    if (u->finishing)
        return set_id(r, text, len, &numbers[1], 1);
    r->slots[FIELD_SOURCE] = (etl_value) { .type = ETL_TEXT, .len = (uint32_t)len, .text = text };
    return set_id(r, text, len, numbers, 2);
}

bool record_split_identity(struct etl_record *r, struct etl_record *parent)
{
    uint64_t which = parent->splits++;

    r->parent = parent->parent ? parent->parent : parent->slots[FIELD_ID].text;
    r->slots[FIELD_SOURCE] = parent->slots[FIELD_SOURCE];
    return set_id(r, parent->slots[FIELD_ID].text, parent->slots[FIELD_ID].len, &which, 1);
}

/* Checks the last committed record against the one that came now in its place. */
static bool same_as_committed(struct etl_unit *u, const struct etl_record *r)
{
    char text[512];

    if (record_hash(r, &u->engine->plan->schema) == u->skip_hash)
        return true;
    snprintf(text, sizeof(text),
             "%.300s: document %llu is not the one that was committed before the run was stopped",
             engine_unit_path(u) ? engine_unit_path(u) : u->stage->name, (unsigned long long)u->skip);
    job_fail(u->job, u, E0301, 0, text);
    return false;
}

/* Is it one that is let through? Then what was counted before it goes with it; else it goes again,
 * with what was counted of it, and what was counted before it waits for the next one. */
static bool let_through(struct etl_unit *u, struct etl_record *r)
{
    struct batch *b = u->batch;

    if (replay_find(u->engine->options.replay, &r->slots[FIELD_ID])) {
        move_counts(&u->job->waiting, &u->job->waiting_names, b);
        return true;
    }
    u->passed_over++;
    batch_unread(b, u->before);
    while (b->counts.n > 0 && b->counts.at[b->counts.n - 1].records > b->n_records)
        b->counts.n--;
    return false;
}

static void apply_mark(const struct etl_unit *u, struct etl_record *r)
{
    int verdict = r->mark;

    record_apply_mark(r, u->stage->index);
    if (r->watched)
        observe_after(u->engine, u->stage, r, CALLBACK_READ, verdict);
}

/* The record under way is complete: it stays, or it is one that is committed and goes again. */
static bool settle(struct etl_unit *u)
{
    struct etl_record *r = u->record;
    struct batch *b = u->batch;

    if (!r)
        return true;
    u->record = NULL;
    if (u->ordinal <= u->skip) {
        if (u->ordinal == u->skip && !same_as_committed(u, r))
            return false;
        batch_unread(b, u->before);
        b->counts.n = 0; /* what was counted up to here is committed too */
        if (u->job)
            u->job->waiting.n = 0;
        return true;
    }
    if (u->engine->options.replay && !u->finishing && !let_through(u, r))
        return true;
    apply_mark(u, r);
    if (!u->finishing) {
        b->last_unit = u;
        b->last_ordinal = u->ordinal;
    }
    return !b->short_of_memory;
}

int unit_settle(struct etl_unit *u)
{
    return !u->batch || settle(u) ? 0 : -1;
}

/* At either; and an input so slow that its batches last longer than the interval of barriers would
 * keep those from their time. */
static bool is_full(const struct engine *e, const struct batch *b)
{
    int64_t interval = e->options.barrier_interval;
    size_t records = e->options.batch_records ? e->options.batch_records : BATCH_RECORDS;

    return b->arena.used >= BATCH_BYTES || b->n_records >= records ||
           (interval > 0 && now_us() - b->born >= interval);
}

/* The batch is handed over when it is full; a new one is taken. */
static bool renew(struct etl_unit *u)
{
    struct engine *e = u->engine;
    struct batch *b = u->batch;
    struct worker *w = here.worker;
    struct here saved = here;
    account reading;

    if (!is_full(e, b))
        return true;
    if (!b->first && u->finishing) { /* nothing was made yet, but something may be counted */
        b->born = now_us();
        return true;
    }
    if (!b->first) { /* all that were read into it are committed already, or passed over */
        bool each = b->counts_each;

        batch_reset(b);
        b->counts_each = each;
        b->born = now_us();
        return true;
    }
    u->batch = NULL;
    reading = profile_host(HOST_ENGINE);
    engine_hand_over(e, w, u->job, b, false);
    u->batch = engine_take_batch(e, w, u->job);
    profile_back(reading);
    here = saved;
    here.batch = u->batch;
    return u->batch != NULL;
}

etl_record *unit_emit(etl_unit *u, const char *member, uint64_t line)
{
    struct engine *e = u->engine;
    struct etl_record *r;

    if (atomic_load_explicit(&e->stop, memory_order_relaxed) || !u->batch)
        return NULL;
    if (!settle(u) || !renew(u)) {
        if (u->batch && u->batch->short_of_memory)
            engine_stop(e, EXIT_RESOURCES);
        return NULL;
    }
    if (u->skip_asked && u->ordinal + 1 < u->skip)
        u->ordinal = u->skip - 1;
    u->before = u->batch->last;
    r = record_new(u->batch, e->plan->schema.n, NULL);
    if (!r)
        goto memory;
    r->unit = u;
    r->line = line;
    r->birth = u->finishing ? BIRTH_MADE : BIRTH_READ;
    r->enters = u->finishing ? here.post + 1 : 0;
    if (member) {
        r->member = arena_string(&u->batch->arena, member, strlen(member));
        if (!r->member)
            goto memory;
    }
    if (!set_identity(r, u))
        goto memory;
    if (u->job)
        take_pending(e, u->job, u->batch);
    if (!e->options.feed || u->finishing) /* a feed gives it another identity first */
        observe_new(e, r);
    u->ordinal++;
    u->record = r;
    return r;
memory:
    u->batch->short_of_memory = true;
    engine_stop(e, EXIT_RESOURCES);
    return NULL;
}

uint64_t unit_part(const etl_unit *u)
{
    return u->part;
}

uint64_t unit_skip(etl_unit *u)
{
    if (u->ordinal > 0)
        return 0; /* too late: records were emitted that the host throws away */
    u->skip_asked = true;
    return u->skip > 0 ? u->skip - 1 : 0;
}

/* Small files stay in memory until they are read through, those in parts are read by many, and who
 * looks for some documents stops behind them. */
static bool is_hashed_behind(const struct etl_unit *u)
{
    const struct engine_options *o = &u->engine->options;

    return u->file && u->parts == 1 && u->file->size >= HASHED_BEHIND &&
           strcmp(u->file->path, "-") != 0 && !o->replay && !o->observer;
}

static void hash_on(struct etl_unit *u, uint64_t consumed)
{
    account reading = profile_host(HOST_HASH);

    if (!u->behind && is_hashed_behind(u))
        u->behind = file_hash_begin(u->file->path); /* else it is tried again at the end */
    if (u->behind)
        file_hash_on(u->behind, consumed);
    u->hash_next = u->behind ? consumed + HASH_STEP : UINT64_MAX;
    profile_back(reading);
}

int unit_progress(etl_unit *u, uint64_t consumed)
{
    atomic_store_explicit(&u->consumed, consumed, memory_order_relaxed);
    if (consumed >= u->hash_next)
        hash_on(u, consumed);
    return atomic_load_explicit(&u->engine->stop, memory_order_relaxed) ? ETL_FAIL : ETL_OK;
}

int unit_damaged(etl_unit *u, uint64_t byte, const char *msg, size_t len)
{
    const char *path = engine_unit_path(u) ? engine_unit_path(u) : u->stage->name;
    struct buffer text = { 0 };

    if (here.duty != DUTY_READ) {
        stage_broke_rules(u->stage, "may speak of damage in read alone:", u->stage->name);
        engine_stop(u->engine, u->engine->diag->status);
        return ETL_FAIL;
    }
    if (u->stage->on_damage == ON_DAMAGE_SALVAGE) {
        if (!u->damage) {
            u->damage = strndup(msg, len);
            u->damage_byte = byte;
        }
        if (u->record && !u->engine->options.replay)
            batch_count(u->batch, u->stage->index, "places of damage", 1);
        else
            unit_count(u, "places of damage", 1);
        return ETL_OK;
    }
    buffer_printf(&text, "%s: %.*s, at byte %llu, after document %llu", path, (int)len, msg,
                  (unsigned long long)byte, (unsigned long long)u->ordinal);
    job_fail(u->job, u, E0311, 0, buffer_string(&text));
    buffer_free(&text);
    return ETL_FAIL;
}

void *unit_worker(etl_unit *u)
{
    return worker_block(here.worker, u->stage, true);
}

/* Size and hash of a file that was read, for the manifest: of its bytes as they lie there. */
static int unit_hash(struct etl_unit *u)
{
    char text[512];
    account reading;
    int err;

    if (strcmp(u->file->path, "-") == 0 || u->part + 1 < u->parts)
        return 0;
    reading = profile_stage(u->stage, WORK_READ);
    if (u->file->size >= COUNTED_HASH)
        profile_host(HOST_HASH);
    err = (u->behind ? file_hash_end(u->behind, &u->size, &u->hash)
                     : file_hash(u->file->path, &u->size, &u->hash)) == 0
              ? 0
              : errno;
    u->behind = NULL;
    profile_back(reading);
    if (!err)
        return 0;
    snprintf(text, sizeof(text), "%.300s: cannot be read again for its hash", u->file->path);
    job_fail(u->job, u, E0744, err, text);
    return -1;
}

/* What is wrong with a unit after its read, if anything: noted. */
static bool unit_whole(struct etl_unit *u, int verdict)
{
    const char *name = engine_unit_path(u) ? engine_unit_path(u) : u->stage->name;
    char text[512];

    if (u->job->failed)
        return false;
    if (verdict != ETL_OK) {
        snprintf(text, sizeof(text), verdict == ETL_FAIL
                                         ? "[%s] stopped reading %.300s without saying why"
                                         : "[%s]: read of %.300s gave a verdict that it may not",
                 u->stage->name, name);
        job_fail(u->job, u, verdict == ETL_FAIL ? E0520 : E0510, 0, text);
        return false;
    }
    if (u->ordinal < u->skip) {
        snprintf(text, sizeof(text), "%.300s: holds %llu documents now, %llu of it are committed",
                 name, (unsigned long long)u->ordinal, (unsigned long long)u->skip);
        job_fail(u->job, u, E0301, 0, text);
        return false;
    }
    return !u->file || unit_hash(u) == 0;
}

/* Calls the input's read for a unit. *batch goes on from unit to unit; NULL: the run is stopped. */
int unit_read(struct engine *e, struct worker *w, struct etl_unit *u, struct batch **batch)
{
    const etl_plugin *plugin = &u->stage->plugin->is;
    const struct feed *feed = e->options.feed;
    struct here saved = here;
    int verdict;

    u->batch = *batch;
    here = (struct here) { e, w, u->stage, u->batch, u, 0, DUTY_READ };
    verdict = feed ? feed->read(feed->of, u) : plugin->read(u->stage->self, u);
    if (u->batch && !settle(u) && !u->job->failed)
        engine_stop(e, EXIT_RESOURCES);
    here = saved;
    *batch = u->batch;
    u->batch = NULL;
    if (atomic_load(&e->stop) || !*batch || !unit_whole(u, verdict))
        return -1;
    u->verified = true;
    if (u->file && u->file->size > 0)
        atomic_store(&u->done_size, (uint64_t)u->file->size / u->parts);
    return 0;
}

/* What was counted behind the last record goes by itself: with that record a resumed run would
 * count it twice, as it reads all behind it again. */
static struct batch *hand_over_pending(struct engine *e, struct worker *w, struct job *j,
                                       struct batch *b)
{
    if (b->first) {
        engine_hand_over(e, w, j, b, false);
        b = engine_take_batch(e, w, j);
    }
    if (b) {
        move_counts(&j->waiting, &j->waiting_names, b);
        move_counts(&j->pending, &j->pending_names, b);
    }
    return b;
}

void job_read(struct engine *e, struct worker *w, struct job *j)
{
    struct batch *b = engine_take_batch(e, w, j);

    for (size_t i = j->first; i < j->end && b; i++) {
        e->units[i].job = j;
        profile_stage(e->units[i].stage, WORK_READ);
        if (unit_read(e, w, &e->units[i], &b) < 0)
            break;
    }
    profile_host(HOST_ENGINE);
    if (b && (j->pending.n > 0 || j->waiting.n > 0) && !j->failed)
        b = hand_over_pending(e, w, j, b);
    engine_hand_over(e, w, j, b, true);
}
