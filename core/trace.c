/* SPDX-License-Identifier: Apache-2.0 */
/* Taking down what an observer is told. */
#include "core/trace.h"

#include "core/engine.h"

#include <stdlib.h>
#include <string.h>

const char *fate_name(enum fate fate)
{
    static const char *const names[] = { "kept", "dropped", "duplicate", "rejected" };

    return names[fate];
}

const struct trace_field *trace_field(const struct trace_record *r, const char *name)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (strcmp(r->fields[i].name, name) == 0)
            return &r->fields[i];
    return NULL;
}

void trace_begin(struct trace *t)
{
    memset(t, 0, sizeof(*t));
    pthread_mutex_init(&t->lock, NULL);
}

void trace_end(struct trace *t)
{
    arena_free(&t->memory);
    free(t->records);
    pthread_mutex_destroy(&t->lock);
    memset(t, 0, sizeof(*t));
}

/* ---- copies ---- */

static void *room(struct trace *t, size_t size)
{
    void *at = arena_get(&t->memory, size);

    if (at)
        memset(at, 0, size);
    t->failed = t->failed || !at;
    return at;
}

static const char *text_copy(struct trace *t, const char *s)
{
    const char *copy = s ? arena_string(&t->memory, s, strlen(s)) : NULL;

    t->failed = t->failed || (s && !copy);
    return copy;
}

static etl_value value_copy(struct trace *t, etl_value v)
{
    etl_value *items;

    if (v.len == 0)
        return v;
    if (v.type != ETL_LIST) {
        v.bytes = arena_copy(&t->memory, v.bytes, v.len);
    } else {
        items = room(t, v.len * sizeof(*items));
        for (uint32_t i = 0; items && i < v.len; i++)
            items[i] = value_copy(t, v.list[i]);
        v.list = items;
    }
    t->failed = t->failed || !v.bytes;
    return v.bytes ? v : (etl_value){ 0 };
}

static bool same_value(const etl_value *a, const etl_value *b)
{
    if (a->type != b->type || a->len != b->len)
        return false;
    if (a->type < ETL_TEXT)
        return a->integer == b->integer;
    if (a->bytes == b->bytes || a->len == 0)
        return true;
    if (a->type != ETL_LIST)
        return memcmp(a->bytes, b->bytes, a->len) == 0;
    for (uint32_t i = 0; i < a->len; i++)
        if (!same_value(&a->list[i], &b->list[i]))
            return false;
    return true;
}

/* ---- records and their stages ---- */

static struct trace_record *find(const struct trace *t, const struct etl_record *r)
{
    for (size_t i = t->n; i-- > 0;)
        if (t->records[i]->live == r)
            return t->records[i];
    return NULL;
}

static bool has_room(struct trace *t)
{
    size_t cap = t->cap ? 2 * t->cap : 16;
    struct trace_record **grown;

    if (t->n < t->cap)
        return true;
    grown = realloc(t->records, cap * sizeof(struct trace_record *));
    if (!grown) {
        t->failed = true;
        return false;
    }
    t->records = grown;
    t->cap = cap;
    return true;
}

static const char *value_text(struct trace *t, etl_value v)
{
    const char *copy = v.type == ETL_TEXT ? arena_string(&t->memory, v.text, v.len) : "";

    t->failed = t->failed || !copy;
    return copy ? copy : "";
}

void trace_new(struct trace *t, const struct etl_record *r)
{
    struct trace_record *to;

    pthread_mutex_lock(&t->lock);
    to = has_room(t) ? room(t, sizeof(*to)) : NULL;
    if (to) {
        to->live = r;
        to->slots = room(t, r->n_slots * sizeof(*to->slots));
        to->id = value_text(t, r->slots[FIELD_ID]);
        to->source = value_text(t, r->slots[FIELD_SOURCE]);
        to->origin = text_copy(t, record_origin(r));
        to->parent = r->parent ? arena_string(&t->memory, r->parent, 16) : NULL;
        to->unit = r->unit->index;
        if (to->slots && to->origin)
            t->records[t->n++] = to;
    }
    pthread_mutex_unlock(&t->lock);
}

/* The stage that has the record now: a new one, if another had it before. */
static struct trace_stage *stage_now(struct trace *t, struct trace_record *to,
                                     const struct etl_record *r, const struct stage *s)
{
    struct trace_stage *last = to->n_stages ? &to->stages[to->n_stages - 1] : NULL;

    if (last && last->index == s->index)
        return last;
    if (to->n_stages == to->cap) {
        size_t cap = to->cap ? 2 * to->cap : 8;
        struct trace_stage *grown = room(t, cap * sizeof(*grown));

        if (!grown)
            return NULL;
        if (to->n_stages)
            memcpy(grown, to->stages, to->n_stages * sizeof(*grown));
        to->stages = grown;
        to->cap = cap;
    }
    last = &to->stages[to->n_stages++];
    last->name = text_copy(t, s->name);
    last->index = s->index;
    /* What an input's read left, or a finish, was null before; the rest begins as the stage finds
     * it. */
    if (to->n_stages > 1 || (s->index >= s->plan->n_inputs && r->birth != BIRTH_MADE))
        memcpy(to->slots, r->slots, r->n_slots * sizeof(*to->slots));
    return last;
}

static bool is_shown(const struct schema *s, uint32_t id)
{
    return id > FIELD_SOURCE && !s->fields[id].private_to_stage;
}

static void note_changes(struct trace *t, const struct trace_record *of, struct trace_stage *to,
                         const struct etl_record *r)
{
    const struct schema *s = engine_schema(r);
    size_t n = 0;

    for (uint32_t i = 1; i < r->n_slots; i++)
        n += is_shown(s, i) && !same_value(&of->slots[i], &r->slots[i]);
    to->n_changes = 0;
    to->changes = n ? room(t, n * sizeof(*to->changes)) : NULL;
    for (uint32_t i = 1; to->changes && i < r->n_slots; i++)
        if (is_shown(s, i) && !same_value(&of->slots[i], &r->slots[i]))
            to->changes[to->n_changes++] =
                (struct trace_change){ text_copy(t, s->fields[i].name), s->fields[i].type,
                                       value_copy(t, of->slots[i]), value_copy(t, r->slots[i]) };
}

void trace_before(struct trace *t, const struct etl_record *r, const struct stage *s)
{
    struct trace_record *to;

    pthread_mutex_lock(&t->lock);
    to = find(t, r);
    if (to)
        stage_now(t, to, r, s);
    pthread_mutex_unlock(&t->lock);
}

void trace_after(struct trace *t, const struct etl_record *r, const struct stage *s, int verdict,
                 uint64_t ns)
{
    struct trace_record *of;
    struct trace_stage *to;

    pthread_mutex_lock(&t->lock);
    of = find(t, r);
    to = of ? stage_now(t, of, r, s) : NULL;
    if (to) {
        to->timed = to->timed || ns > 0;
        to->ns += ns;
        to->verdict = verdict;
        to->decided = r->fate != KEPT && r->fate_stage == s->index;
        to->fate = (enum fate)r->fate;
        to->rule = text_copy(t, r->rule);
        to->reason = text_copy(t, r->reason);
        note_changes(t, of, to, r);
    }
    pthread_mutex_unlock(&t->lock);
}

void trace_passed(struct trace *t, const struct etl_record *r, const struct stage *s)
{
    struct trace_record *of;
    struct trace_stage *to;

    pthread_mutex_lock(&t->lock);
    of = find(t, r);
    to = of ? stage_now(t, of, r, s) : NULL;
    if (to)
        to->passed = true;
    pthread_mutex_unlock(&t->lock);
}

static void add_note(struct trace *t, struct trace_stage *to, const char *key, const char *msg,
                     size_t len)
{
    if (to->n_notes == to->notes_cap) {
        size_t cap = to->notes_cap ? 2 * to->notes_cap : 16;
        struct trace_note *grown = room(t, cap * sizeof(*grown));

        if (!grown)
            return;
        if (to->n_notes)
            memcpy(grown, to->notes, to->n_notes * sizeof(*grown));
        to->notes = grown;
        to->notes_cap = cap;
    }
    to->notes[to->n_notes] = (struct trace_note){
        key ? text_copy(t, key) : "", arena_string(&t->memory, msg ? msg : "", msg ? len : 0), len
    };
    if (to->notes[to->n_notes].key && to->notes[to->n_notes].text)
        to->n_notes++;
    else
        t->failed = true;
}

void trace_note(struct trace *t, const struct etl_record *r, const struct stage *s, const char *key,
                const char *msg, size_t len)
{
    struct trace_record *of;
    struct trace_stage *to;

    pthread_mutex_lock(&t->lock);
    of = find(t, r);
    to = of ? stage_now(t, of, r, s) : NULL;
    if (to)
        add_note(t, to, key, msg, len);
    pthread_mutex_unlock(&t->lock);
}

static void note_fields(struct trace *t, struct trace_record *to, const struct etl_record *r)
{
    const struct schema *s = engine_schema(r);

    to->fields = room(t, r->n_slots * sizeof(*to->fields));
    for (uint32_t i = 1; to->fields && i < r->n_slots; i++)
        if (!s->fields[i].private_to_stage && r->slots[i].type != ETL_NULL)
            to->fields[to->n_fields++] = (struct trace_field){ text_copy(t, s->fields[i].name),
                                                               s->fields[i].type,
                                                               value_copy(t, r->slots[i]) };
}

struct trace_record *trace_fate(struct trace *t, const struct etl_record *r)
{
    struct trace_record *to;

    pthread_mutex_lock(&t->lock);
    to = find(t, r);
    if (to) {
        const struct plan *p = r->unit->engine->plan;

        to->ended = true;
        to->fate = (enum fate)r->fate;
        if (r->fate != KEPT)
            to->decided_by = r->fate_stage < p->n_stages ? text_copy(t, p->stages[r->fate_stage].name)
                                                         : "host";
        to->rule = text_copy(t, r->rule);
        to->reason = text_copy(t, r->reason);
        note_fields(t, to, r);
        to->live = NULL;
        to->slots = NULL;
    }
    pthread_mutex_unlock(&t->lock);
    return to;
}
