/* SPDX-License-Identifier: Apache-2.0 */
/* Records put through a pipeline by hand. One thread carries them, so that what an observer is told
 * before and behind a callback stands side by side. */
#define _GNU_SOURCE
#include "core/trial.h"

#include "core/observe.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the folder ---- */

char *trial_folder(struct diag *d)
{
    const char *base = getenv("TMPDIR");
    struct buffer path = { 0 };
    char *name;

    buffer_printf(&path, "%s/etl-test-XXXXXX", base && *base ? base : "/tmp");
    name = buffer_take(&path);
    if (name && mkdtemp(name))
        return name;
    diag_error_errno(d, E0702, name ? errno : ENOMEM, "cannot make a folder to test in");
    free(name);
    return NULL;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    remove(path);
    return 0;
}

void trial_folder_remove(char *folder)
{
    if (folder)
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

/* ---- in ---- */

static etl_value text_in(struct etl_record *r, const char *text)
{
    char *copy = arena_string(&r->batch->arena, text, strlen(text));

    if (!copy)
        r->batch->short_of_memory = true;
    return copy ? etl_text(copy, strlen(text)) : etl_null();
}

/* What etl sets itself a plugin may not set, so it does not go by the host's way. */
static void set_identity(struct etl_record *r, const struct plan_test *t, size_t number)
{
    char id[24];

    snprintf(id, sizeof(id), "%016u", (unsigned)number + 1);
    r->slots[FIELD_ID] = text_in(r, id);
    r->slots[FIELD_SOURCE] = text_in(r, "test");
    for (size_t i = 0; i < t->n_in; i++)
        if (t->in[i].record == number && t->in[i].field < FIELD_FIRST_OWN)
            r->slots[t->in[i].field] = t->in[i].value;
}

static void fill(struct etl_record *r, const struct plan_test *t, size_t number)
{
    for (size_t i = 0; i < t->n_in; i++)
        if (t->in[i].record == number && t->in[i].field >= FIELD_FIRST_OWN)
            record_fill(r, (etl_field){ t->in[i].field }, t->in[i].value, ETL_COPY);
}

int trial_read(const void *test, etl_unit *u)
{
    const struct plan_test *t = test;

    for (size_t i = 0; i < t->n_records; i++) {
        struct etl_record *r = unit_emit(u, NULL, i + 1);

        if (!r)
            break;
        set_identity(r, t, i);
        observe_new(u->engine, r);
        fill(r, t, i);
    }
    return ETL_OK;
}

/* ---- on the way ---- */

/* Room for one more at the end of an array; NULL: memory is out, and noted. */
static void *one_more(struct trial *t, void *array, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? 2 * *cap : 16;
    void *grown = n < *cap ? array : realloc(array, more * size);

    if (!grown)
        t->short_of_memory = true;
    else if (n == *cap)
        *cap = more;
    return grown;
}

static struct trial_way *way_of(struct trial *t, const struct etl_record *r)
{
    uint32_t n = t->plan->schema.n;
    struct trial_way *grown;
    uint32_t *wrote;

    for (size_t i = 0; i < t->n_ways; i++)
        if (t->ways[i].record == r)
            return &t->ways[i];
    grown = one_more(t, t->ways, t->n_ways, &t->ways_cap, sizeof(*grown));
    t->ways = grown ? grown : t->ways;
    wrote = arena_get(&t->memory, n * sizeof(*wrote));
    if (!grown || !wrote) {
        t->short_of_memory = true;
        return NULL;
    }
    memset(wrote, 0xff, n * sizeof(*wrote));
    t->ways[t->n_ways] = (struct trial_way){ r, wrote };
    return &t->ways[t->n_ways++];
}

static void note_before(void *owner, const struct etl_record *r, const struct stage *s,
                        enum callback callback)
{
    struct trial *t = owner;

    (void)s;
    (void)callback;
    if (t->before)
        memcpy(t->before, r->slots, t->plan->schema.n * sizeof(*t->before));
}

static void note_after(void *owner, const struct etl_record *r, const struct stage *s,
                       enum callback callback, int verdict, uint64_t ns)
{
    struct trial *t = owner;
    struct trial_way *way = callback == CALLBACK_READ ? NULL : way_of(t, r);

    (void)verdict;
    (void)ns;
    for (uint32_t i = 1; way && t->before && i < t->plan->schema.n; i++)
        if (r->slots[i].type != t->before[i].type || r->slots[i].len != t->before[i].len ||
            r->slots[i].integer != t->before[i].integer)
            way->wrote[i] = s->index;
}

static void note_passed(void *owner, const struct etl_record *r, const struct stage *s)
{
    (void)owner;
    (void)r;
    (void)s;
}

/* ---- out ---- */

static etl_value copy_value(struct trial *t, etl_value v)
{
    etl_value *items;

    if (v.type < ETL_TEXT || v.len == 0)
        return v;
    if (v.type != ETL_LIST) {
        v.bytes = arena_copy(&t->memory, v.bytes, v.len);
        t->short_of_memory |= !v.bytes;
        return v.bytes ? v : etl_null();
    }
    items = arena_get(&t->memory, v.len * sizeof(*items));
    for (uint32_t i = 0; items && i < v.len; i++)
        items[i] = copy_value(t, v.list[i]);
    t->short_of_memory |= !items;
    v.list = items;
    return items ? v : etl_null();
}

static const char *copy_text(struct trial *t, const char *text)
{
    char *copy = text ? arena_string(&t->memory, text, strlen(text)) : NULL;

    t->short_of_memory |= text && !copy;
    return copy;
}

static void note_fate(void *owner, const struct etl_record *r)
{
    struct trial *t = owner;
    uint32_t n = t->plan->schema.n;
    struct trial_way *way = way_of(t, r);
    etl_value *slots = arena_get(&t->memory, n * sizeof(*slots));
    struct trial_record *grown = one_more(t, t->records, t->n, &t->cap, sizeof(*grown));

    t->records = grown ? grown : t->records;
    if (!way || !slots || !grown) {
        t->short_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        slots[i] = copy_value(t, r->slots[i]);
    t->records[t->n++] = (struct trial_record){
        .fate = (enum fate)r->fate,
        .stage = r->fate != KEPT && r->fate_stage < t->plan->n_stages
                     ? t->plan->stages[r->fate_stage].name
                     : NULL,
        .rule = copy_text(t, r->rule),
        .reason = copy_text(t, r->reason),
        .slots = slots,
        .wrote = way->wrote,
    };
    *way = t->ways[--t->n_ways];
}

int trial_run(struct trial *t, struct plan *p, const struct plan_test *test)
{
    const struct feed feed = { trial_read, test };
    const struct observer observer = {
        .owner = t,
        .before = note_before,
        .after = note_after,
        .passed = note_passed,
        .fate = note_fate,
    };
    const struct run_options options = {
        .jobs = 1,
        .limit = -1,
        .dry = true,
        .fresh = true,
        .feed = &feed,
        .observer = &observer,
    };
    enum exit_status status;
    struct run r;

    memset(t, 0, sizeof(*t));
    t->plan = p;
    t->before = arena_get(&t->memory, p->schema.n * sizeof(*t->before));
    p->max_rejects = INT64_MAX;
    status = run_pipeline(&r, p, &options);
    run_free(&r);
    if (t->short_of_memory || !t->before)
        return diag_error(p->diag, E0771, NULL, "memory is out");
    return status == EXIT_DONE ? 0 : -1;
}

void trial_free(struct trial *t)
{
    free(t->records);
    free(t->ways);
    arena_free(&t->memory);
    memset(t, 0, sizeof(*t));
}
