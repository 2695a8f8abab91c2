/* SPDX-License-Identifier: Apache-2.0 */
/* Records, their values and batches. */
#define _GNU_SOURCE
#include "core/record.h"

#include "common/hash.h"
#include "common/utf8.h"
#include "core/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an idle batch keeps; more where it need not be frugal: all that a usual one takes. */
enum { KEEP_BYTES = 3 << 20, KEEP_MORE = 8 << 20 };

struct etl_record *record_new(struct batch *b, uint32_t n_slots, struct etl_record *after)
{
    struct etl_record *r = arena_get(&b->arena, sizeof(*r) + n_slots * sizeof(etl_value));

    if (!r) {
        b->short_of_memory = true;
        return NULL;
    }
    memset(r, 0, sizeof(*r) + n_slots * sizeof(etl_value));
    r->batch = b;
    r->fate_stage = UINT32_MAX;
    r->n_slots = n_slots;
    if (after) {
        r->next = after->next;
        after->next = r;
        if (b->last == after)
            b->last = r;
    } else {
        if (b->last)
            b->last->next = r;
        else
            b->first = r;
        b->last = r;
    }
    b->n_records++;
    return r;
}

void batch_unread(struct batch *b, struct etl_record *before)
{
    if (before)
        before->next = NULL;
    else
        b->first = NULL;
    b->last = before;
    b->n_records--;
}

static void hash_value(XXH3_state_t *state, const etl_value *v)
{
    uint32_t head[2] = { v->type, v->len };

    XXH3_64bits_update(state, head, sizeof(head));
    if (v->type == ETL_TEXT || v->type == ETL_BYTES) {
        if (v->len)
            XXH3_64bits_update(state, v->bytes, v->len);
    } else if (v->type == ETL_LIST) {
        for (uint32_t i = 0; i < v->len; i++)
            XXH3_64bits_update(state, v->list[i].text, v->list[i].len);
    } else if (v->type != ETL_NULL) {
        XXH3_64bits_update(state, &v->integer, sizeof(v->integer));
    }
}

uint64_t record_hash(const struct etl_record *r, const struct schema *s)
{
    XXH3_state_t state;

    XXH3_64bits_reset(&state);
    XXH3_64bits_update(&state, &r->line, sizeof(r->line));
    for (uint32_t i = FIELD_SOURCE; i < s->n; i++)
        if (r->slots[i].type != ETL_NULL) {
            XXH3_64bits_update(&state, &i, sizeof(i));
            hash_value(&state, &r->slots[i]);
        }
    return XXH3_64bits_digest(&state);
}

bool counts_add(struct counts *c, struct arena *a, const struct count *more)
{
    struct count *grown;
    size_t len = strnlen(more->name, COUNT_NAME), cap;

    for (size_t i = c->n; i-- > 0 && c->at[i].records == more->records;)
        if (c->at[i].stage == more->stage && strncmp(c->at[i].name, more->name, len) == 0 &&
            !c->at[i].name[len]) {
            c->at[i].n += more->n;
            return true;
        }
    if (c->n == c->cap) {
        cap = c->cap ? 2 * c->cap : 32;
        grown = realloc(c->at, cap * sizeof(*grown));
        if (!grown)
            return false;
        c->at = grown;
        c->cap = cap;
    }
    c->at[c->n] = *more;
    c->at[c->n].name = arena_string(a, more->name, len);
    if (!c->at[c->n].name)
        return false;
    c->n++;
    return true;
}

void batch_count(struct batch *b, uint32_t stage, const char *name, int64_t n)
{
    const struct count more = { name, stage, n, b->counts_each ? b->n_records : 0 };

    if (!counts_add(&b->counts, &b->arena, &more))
        b->short_of_memory = true;
}

void batch_cut(struct batch *b, size_t n)
{
    struct etl_record **link = &b->first, *last = NULL;

    for (size_t i = 0; i < n && *link; i++) {
        last = *link;
        link = &last->next;
    }
    *link = NULL;
    b->last = last;
    b->n_records = n;
    b->last_unit = NULL;
    while (b->counts.n > 0 && b->counts.at[b->counts.n - 1].records > n)
        b->counts.n--;
}

void batch_reset(struct batch *b)
{
    arena_reset(&b->arena, b->arena.huge ? KEEP_MORE : KEEP_BYTES);
    b->first = b->last = NULL;
    b->n_records = b->counts.n = 0;
    b->counts_each = false;
    b->post = 0;
    b->mapped = b->watched = false;
    b->short_of_memory = false;
    b->barrier = NULL;
    b->last_unit = NULL;
    b->last_ordinal = b->last_hash = 0;
}

void batch_free(struct batch *b)
{
    arena_free(&b->arena);
    free(b->counts.at);
    free(b);
}

static bool list_valid(const etl_value *v)
{
    for (uint32_t i = 0; i < v->len; i++)
        if (v->list[i].type != ETL_TEXT || (v->list[i].len > 0 && !v->list[i].text) ||
            !utf8_valid(v->list[i].text, v->list[i].len))
            return false;
    return true;
}

static bool copy_list(struct arena *a, etl_value *v)
{
    etl_value *items = arena_get(a, v->len * sizeof(*items));

    if (!items)
        return false;
    for (uint32_t i = 0; i < v->len; i++) {
        items[i] = v->list[i];
        items[i].text = arena_copy(a, v->list[i].text, v->list[i].len);
        if (!items[i].text)
            return false;
    }
    v->list = items;
    return true;
}

static void refuse(etl_record *r, etl_field field, const char *why)
{
    const struct schema *s = engine_schema(r);
    const char *name = field.id > 0 && field.id < r->n_slots ? s->fields[field.id].name : NULL;
    char msg[600];
    int n = name ? snprintf(msg, sizeof(msg), "field '%.255s': %s", name, why)
                 : snprintf(msg, sizeof(msg), "%s", why);

    r->bad = true;
    if (!r->final)
        record_end(r, REJECTED, UINT32_MAX, NULL, msg, n < 0 ? 0 : (size_t)n);
}

static const char no_field[] = "the plugin asked for a field that it did not look up";
static const char no_field_set[] = "the plugin set a field that it did not look up";

/* What check and graph tell of a pipeline is what its stages said: none sets what it said that it
 * only reads. */
static void refuse_unsaid(etl_record *r, etl_field field)
{
    char why[300];

    snprintf(
        why, sizeof(why),
        "[%.140s] set it, but had not said that it writes it (EDITS, WRITES and ETL_WRITES do)",
        here.stage->name);
    refuse(r, field, why);
}

/* Beside the slots lie other records: an id that is none must not reach them. */
etl_value record_get(const etl_record *r, etl_field field)
{
    if (field.id < r->n_slots)
        return r->slots[field.id];
    refuse((etl_record *)(uintptr_t)r, field, no_field);
    return etl_null();
}

/* Later stages may write a text longer than the document was: escapes, for one. */
uint64_t record_limit(const etl_record *r)
{
    const struct stage *input = r->unit->stage;
    uint64_t limit = (uint64_t)input->max_document;

    if (here.stage == input && !r->unit->finishing)
        return limit;
    return limit < (UINT32_MAX - (1u << 20)) / 16 ? 16 * limit + (1u << 20) : UINT32_MAX;
}

/* Why v cannot be a value of that type; NULL: it can. What it does not use is tidied. */
static const char *value_fault(const etl_record *r, etl_value *v, uint32_t type)
{
    if (v->type != ETL_NULL && v->type != type)
        return "the plugin gave a value of another type than the field's";
    if (v->type < ETL_TEXT) {
        v->len = 0;
        if (v->type == ETL_BOOL)
            v->boolean = v->boolean != 0;
        return NULL;
    }
    if (v->len == 0) {
        v->bytes = "";
        return NULL;
    }
    if (!v->bytes)
        return v->type == ETL_LIST ? "the plugin gave a length without a list"
                                     : "the plugin gave a length without a text";
    if (v->type == ETL_LIST)
        return list_valid(v) ? NULL : "the plugin gave a list of what is not valid UTF-8 text";
    if (v->len > record_limit(r))
        return "longer than max_document";
    if (v->type == ETL_TEXT && !utf8_valid(v->text, v->len))
        return "the plugin gave text that is not valid UTF-8";
    return NULL;
}

void record_fill(etl_record *r, etl_field field, etl_value v, uint32_t how)
{
    struct arena *a = &r->batch->arena;
    const char *fault = value_fault(r, &v, engine_schema(r)->fields[field.id].type);
    bool good = true;

    if (fault) {
        refuse(r, field, fault);
        return;
    }
    if (how != ETL_VIEW && v.len > 0) {
        if (v.type == ETL_LIST)
            good = copy_list(a, &v);
        else
            good = (v.bytes = arena_copy(a, v.bytes, v.len)) != NULL;
    }
    if (!good) {
        r->batch->short_of_memory = true;
        return;
    }
    /* not all at once: that would wait for the pointer, which was set just now */
    r->slots[field.id].type = v.type;
    r->slots[field.id].len = v.len;
    r->slots[field.id].integer = v.integer;
}

void record_set(etl_record *r, etl_field field, etl_value v, uint32_t how)
{
    if (field.id == 0)
        return;
    if (field.id >= r->n_slots)
        refuse(r, field, no_field_set);
    else if (field.id < FIELD_FIRST_OWN)
        refuse(r, field, "the plugin set what etl alone sets");
    else if (here.stage && !here.stage->sets[field.id])
        refuse_unsaid(r, field);
    else
        record_fill(r, field, v, how);
}

char *record_begin(etl_record *r, size_t max)
{
    struct arena *a = &r->batch->arena;
    char *at;

    if (max > record_limit(r))
        return NULL;
    at = arena_begin(a, &r->open, max);
    if (!at)
        r->batch->short_of_memory = true;
    return at;
}

/* What stands behind the region was never written: cut to it, it would be data all the same. */
static void refuse_overlong(etl_record *r, etl_field field, size_t used, size_t max)
{
    char why[160];

    snprintf(why, sizeof(why),
             "the plugin ended it with %zu bytes, but had begun it with %zu at most", used, max);
    refuse(r, field, why);
}

void record_put(etl_record *r, etl_field field, size_t used)
{
    uint32_t type = field.id < r->n_slots ? engine_schema(r)->fields[field.id].type : ETL_TEXT;
    size_t max = r->open.max, len = used < max ? used : max;
    etl_value v = { .type = type, .len = (uint32_t)len };

    v.text = arena_end(&r->batch->arena, &r->open, len);
    if (!v.text)
        return;
    if (used > max)
        refuse_overlong(r, field, used, max);
    else if (type == ETL_TEXT || type == ETL_BYTES || field.id == 0)
        record_set(r, field, v, ETL_VIEW);
    else
        refuse(r, field, "the plugin wrote text into a field of another type");
}

const char *record_origin(const etl_record *r)
{
    const char *path = r->unit->file ? r->unit->file->path : r->unit->stage->name;
    struct arena *a = &r->batch->arena;
    size_t n = strlen(path) + (r->member ? strlen(r->member) : 0) + 32;
    char *to = arena_get(a, n);

    if (!to)
        return "";
    snprintf(to, n, "%s%s%s", path, r->member ? "!" : "", r->member ? r->member : "");
    if (r->line)
        snprintf(to + strlen(to), n - strlen(to), ":%llu", (unsigned long long)r->line);
    return to;
}

void record_end(struct etl_record *r, enum fate fate, uint32_t stage, const char *rule, const char *msg,
                size_t len)
{
    struct arena *a = &r->batch->arena;

    r->fate = (uint8_t)fate;
    r->fate_stage = stage;
    r->rule = rule ? arena_string(a, rule, strlen(rule)) : NULL;
    r->reason = len ? arena_string(a, msg, len) : NULL;
}

void record_mark(struct etl_record *r, enum etl_verdict mark, const char *rule, const char *msg,
                 size_t len)
{
    struct arena *a = &r->batch->arena;

    if (r->bad)
        return;
    if (r->final) { /* no more than that something was said: see forgot_return */
        r->mark = (uint8_t)mark;
        return;
    }
    if (r->mark == ETL_DUPLICATE && mark != ETL_DUPLICATE)
        r->slots[FIELD_DUPLICATE_OF] = r->slots[FIELD_SIMILARITY] = (etl_value) { 0 };
    r->mark = (uint8_t)mark;
    r->rule = rule ? arena_string(a, rule, strlen(rule)) : NULL;
    r->reason = len ? arena_string(a, msg, len) : NULL;
}

void record_mark_duplicate(struct etl_record *r, etl_value of_id, double similarity)
{
    const char *fault = value_fault(r, &of_id, ETL_TEXT);

    if (r->bad)
        return;
    if (r->final) {
        r->mark = ETL_DUPLICATE;
        return;
    }
    if (fault) {
        refuse(r, (etl_field) { FIELD_DUPLICATE_OF }, fault);
        return;
    }
    record_mark(r, ETL_DUPLICATE, NULL, NULL, 0);
    if (of_id.len > 0 && !(of_id.text = arena_copy(&r->batch->arena, of_id.text, of_id.len))) {
        r->batch->short_of_memory = true;
        return;
    }
    r->slots[FIELD_DUPLICATE_OF] = of_id;
    r->slots[FIELD_SIMILARITY] = etl_real(similarity);
}

void record_apply_mark(struct etl_record *r, uint32_t stage)
{
    static const uint8_t fates[] = { KEPT, DROPPED, REJECTED, DUPLICATE };

    if (r->bad) {
        r->fate_stage = stage;
    } else if (r->mark != ETL_OK) {
        r->fate = fates[r->mark];
        r->fate_stage = stage;
    }
    r->mark = ETL_OK;
}
