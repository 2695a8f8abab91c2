/* SPDX-License-Identifier: Apache-2.0 */
/* Records, their values and batches. */
#include "core/record.h"

#include "common/hash.h"
#include "common/utf8.h"
#include "core/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEEP_BYTES = 3 * 1024 * 1024 };

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

void batch_count(struct batch *b, uint32_t stage, const char *name, int64_t n)
{
    struct count *grown;
    size_t i, cap;

    for (i = 0; i < b->n_counts; i++)
        if (b->counts[i].stage == stage && strcmp(b->counts[i].name, name) == 0) {
            b->counts[i].n += n;
            return;
        }
    if (b->n_counts == b->counts_cap) {
        cap = b->counts_cap ? 2 * b->counts_cap : 32;
        grown = realloc(b->counts, cap * sizeof(*grown));
        if (!grown) {
            b->short_of_memory = true;
            return;
        }
        b->counts = grown;
        b->counts_cap = cap;
    }
    name = arena_string(&b->arena, name, strlen(name));
    if (!name) {
        b->short_of_memory = true;
        return;
    }
    b->counts[b->n_counts++] = (struct count) { name, stage, n };
}

void batch_reset(struct batch *b)
{
    arena_reset(&b->arena, KEEP_BYTES);
    b->first = b->last = NULL;
    b->n_records = b->n_counts = 0;
    b->post = 0;
    b->mapped = false;
    b->short_of_memory = false;
    b->barrier = NULL;
    b->last_unit = NULL;
    b->last_ordinal = b->last_hash = 0;
}

void batch_free(struct batch *b)
{
    arena_free(&b->arena);
    free(b->counts);
    free(b);
}

etl_value record_get(const etl_record *r, etl_field field)
{
    return r->slots[field.id];
}

static bool list_valid(const etl_value *v)
{
    for (uint32_t i = 0; i < v->len; i++)
        if (v->list[i].type != ETL_TEXT || !utf8_valid(v->list[i].text, v->list[i].len))
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
    char msg[200];
    int n = snprintf(msg, sizeof(msg), "field '%.100s': %s", s->fields[field.id].name, why);

    r->bad = true;
    record_end(r, REJECTED, UINT32_MAX, NULL, msg, n < 0 ? 0 : (size_t)n);
}

void record_set(etl_record *r, etl_field field, etl_value v, uint32_t how)
{
    uint32_t want;

    if (field.id == 0)
        return;
    want = engine_schema(r)->fields[field.id].type;
    if (v.type != ETL_NULL && v.type != want) {
        refuse(r, field, "the plugin gave a value of another type than the field's");
        return;
    }
    if ((v.type == ETL_TEXT && !utf8_valid(v.text, v.len)) ||
        (v.type == ETL_LIST && !list_valid(&v))) {
        refuse(r, field, "the plugin gave text that is not valid UTF-8");
        return;
    }
    if (how == ETL_COPY) {
        bool ok = true;

        if (v.type == ETL_TEXT || v.type == ETL_BYTES)
            ok = (v.bytes = arena_copy(&r->batch->arena, v.bytes, v.len)) != NULL;
        else if (v.type == ETL_LIST)
            ok = copy_list(&r->batch->arena, &v);
        if (!ok) {
            r->batch->short_of_memory = true;
            v = (etl_value) { 0 };
        }
    }
    if (v.type == ETL_NULL || (v.type < ETL_TEXT))
        v.len = 0;
    r->slots[field.id] = v;
}

const char *record_origin(const etl_record *r)
{
    const char *path = engine_unit_path(r->unit);
    struct arena *a = &r->batch->arena;
    size_t n = (path ? strlen(path) : 0) + (r->member ? strlen(r->member) : 0) + 32;
    char *to = arena_get(a, n);

    if (!to)
        return "";
    snprintf(to, n, "%s%s%s", path ? path : "", r->member ? "!" : "", r->member ? r->member : "");
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
    r->mark = (uint8_t)mark;
    r->rule = rule ? arena_string(a, rule, strlen(rule)) : NULL;
    r->reason = len ? arena_string(a, msg, len) : NULL;
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
