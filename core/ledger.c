/* SPDX-License-Identifier: Apache-2.0 */
/* Counting how documents ended, and rejects.jsonl. */
#define _GNU_SOURCE
#include "core/ledger.h"

#include "common/json-write.h"
#include "core/barrier.h"
#include "core/stream.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Distinct reasons are counted up to here; the rest go under one name. */
enum { MOST_TOTALS = 4096, CONTENT_BYTES = 4096 };

static const char others[] = "others";

void ledger_init(struct ledger *l, struct plan *p)
{
    memset(l, 0, sizeof(*l));
    l->plan = p;
}

void ledger_free(struct ledger *l)
{
    for (size_t i = 0; i < l->n_totals; i++)
        free(l->totals[i].name);
    free(l->totals);
    free(l->first_reject);
    buffer_free(&l->line);
    memset(l, 0, sizeof(*l));
}

void ledger_count(struct ledger *l, uint32_t stage, const char *name, int64_t n)
{
    struct total *grown;
    size_t i, cap;

    for (i = 0; i < l->n_totals; i++)
        if (l->totals[i].stage == stage && strcmp(l->totals[i].name, name) == 0) {
            l->totals[i].n += n;
            return;
        }
    if (l->n_totals >= MOST_TOTALS && strcmp(name, others) != 0) {
        ledger_count(l, stage, others, n);
        return;
    }
    if (l->n_totals == l->totals_cap) {
        cap = l->totals_cap ? 2 * l->totals_cap : 64;
        grown = realloc(l->totals, cap * sizeof(*grown));
        if (!grown) {
            l->failed = true;
            return;
        }
        l->totals = grown;
        l->totals_cap = cap;
    }
    l->totals[l->n_totals] = (struct total){ strdup(name), stage, n };
    if (!l->totals[l->n_totals].name) {
        l->failed = true;
        return;
    }
    l->n_totals++;
}

/* What a reason is counted under: figures and quoted data would make each its own. */
static void reason_class(const char *prefix, const char *reason, char *to, size_t max)
{
    size_t n = (size_t)snprintf(to, max, "%s", prefix);

    for (const char *at = reason; *at && n + 1 < max; at++) {
        if (*at == '\'' || *at == '"' || *at == ';' || *at == ':')
            break;
        if (*at >= '0' && *at <= '9') {
            if (n > 0 && to[n - 1] == '#')
                continue;
            to[n++] = '#';
        } else {
            to[n++] = *at;
        }
    }
    while (n > 0 && to[n - 1] == ' ')
        n--;
    to[n] = '\0';
}

static void count_fate(struct ledger *l, const struct etl_record *r)
{
    char name[160];

    switch ((enum fate)r->fate) {
    case DROPPED:
        snprintf(name, sizeof(name), "dropped: %.140s", r->rule ? r->rule : "no rule given");
        break;
    case DUPLICATE:
        snprintf(name, sizeof(name), "duplicates");
        break;
    case REJECTED:
        reason_class("rejected: ", r->reason ? r->reason : "no reason given", name, sizeof(name));
        break;
    default:
        return;
    }
    ledger_count(l, r->fate_stage, name, 1);
}

const etl_value *ledger_content(const struct ledger *l, const struct etl_record *r)
{
    const struct schema *s = &l->plan->schema;

    for (uint32_t i = FIELD_FIRST_OWN; i < s->n; i++)
        if (s->fields[i].stage < l->plan->n_inputs && r->slots[i].type >= ETL_TEXT &&
            r->slots[i].type <= ETL_BYTES)
            return &r->slots[i];
    return NULL;
}

etl_value ledger_head(etl_value v, uint32_t max)
{
    if (v.type == ETL_TEXT)
        return etl_head(v, max);
    if (v.type == ETL_BYTES && v.len > max)
        v.len = max;
    return v;
}

static int write_reject(struct ledger *l, struct etl_record *r)
{
    struct buffer *b = &l->line;
    const etl_value *content = ledger_content(l, r);
    const char *stage =
        r->fate_stage < l->plan->n_stages ? l->plan->stages[r->fate_stage].name : "host";
    const char *reason = r->reason ? r->reason : "no reason given";
    const char *origin = record_origin(r);

    if (!l->first_reject && asprintf(&l->first_reject, "%s: %s", stage, reason) < 0)
        l->first_reject = NULL;
    b->len = 0;
    buffer_puts(b, "{\"id\":");
    json_write_value(b, r->slots[FIELD_ID]);
    if (r->birth == BIRTH_SPLIT) {
        buffer_puts(b, ",\"parent\":");
        json_write_text(b, r->parent, 16);
    }
    buffer_puts(b, ",\"source\":");
    json_write_value(b, r->slots[FIELD_SOURCE]);
    buffer_puts(b, ",\"origin\":");
    json_write_any_text(b, origin, strlen(origin));
    buffer_puts(b, ",\"stage\":");
    json_write_text(b, stage, strlen(stage));
    buffer_puts(b, ",\"reason\":");
    json_write_any_text(b, reason, strlen(reason));
    buffer_puts(b, ",\"bytes\":");
    json_write_int(b, content ? content->len : 0);
    buffer_puts(b, ",\"content\":");
    if (content)
        json_write_any_text(b, content->text, ledger_head(*content, CONTENT_BYTES).len);
    else
        buffer_puts(b, "null");
    buffer_puts(b, "}\n");
    if (b->failed)
        return diag_error_errno(l->plan->diag, E0771, ENOMEM, "cannot write rejects.jsonl");
    if ((int64_t)(l->rejects_bytes + b->len) > l->plan->max_rejects_size) {
        l->rejects_unwritten++;
        return 0;
    }
    l->rejects_bytes += b->len;
    if (stream_write(l->rejects, b->data, b->len) < 0)
        return -1;
    return stream_record_end(l->rejects);
}

static void count_size(struct ledger *l, const struct etl_record *r)
{
    const etl_value *content = ledger_content(l, r);
    uint32_t len = content ? content->len : 0;
    struct sizes *s = &l->sizes[r->fate];

    s->bytes += len;
    s->documents[len == 0 ? 0 : len == 1 ? 1 : 33 - __builtin_clz(len - 1)]++;
}

/* Only here are records in the order that a barrier knows. */
static void take_read(struct ledger *l, const struct etl_record *r)
{
    struct replay_entry *listed = l->replay ? replay_find(l->replay, &r->slots[FIELD_ID]) : NULL;

    l->read++;
    if (listed)
        listed->came = true;
}

int ledger_take(struct ledger *l, struct batch *b)
{
    for (struct etl_record *r = b->first; r; r = r->next) {
        if (r->birth == BIRTH_READ)
            take_read(l, r);
        else if (r->birth == BIRTH_SPLIT)
            l->split++;
        else
            l->made++;
        l->fates[r->fate]++;
        count_size(l, r);
        if (l->samples && samples_take(l, r) < 0)
            return -1;
        if (r->fate == KEPT)
            continue;
        count_fate(l, r);
        if (r->fate == REJECTED && l->rejects && write_reject(l, r) < 0)
            return -1;
    }
    atomic_store_explicit(&l->shown.read, l->read, memory_order_relaxed);
    for (int i = 0; i < FATES; i++)
        atomic_store_explicit(&l->shown.fates[i], l->fates[i], memory_order_relaxed);
    for (size_t i = 0; i < b->counts.n; i++)
        ledger_count(l, b->counts.at[i].stage, b->counts.at[i].name, b->counts.at[i].n);
    if (l->failed)
        return diag_error_errno(l->plan->diag, E0771, ENOMEM, "cannot count");
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct total *x = a, *y = b;

    if (x->stage != y->stage)
        return x->stage < y->stage ? -1 : 1;
    return strcmp(x->name, y->name);
}

int64_t ledger_total(const struct ledger *l, uint32_t stage, const char *name)
{
    for (size_t i = 0; i < l->n_totals; i++)
        if (l->totals[i].stage == stage && strcmp(l->totals[i].name, name) == 0)
            return l->totals[i].n;
    return 0;
}

void ledger_sort(struct ledger *l)
{
    if (l->n_totals)
        qsort(l->totals, l->n_totals, sizeof(*l->totals), compare);
}

bool ledger_balanced(const struct ledger *l)
{
    uint64_t ended = 0;

    for (int i = 0; i < FATES; i++)
        ended += l->fates[i];
    return l->read + l->split + l->made == ended;
}

void ledger_save(struct ledger *l, struct buffer *to)
{
    put_u64(to, l->read);
    put_u64(to, l->split);
    put_u64(to, l->made);
    for (int i = 0; i < FATES; i++)
        put_u64(to, l->fates[i]);
    put_u64(to, l->rejects_bytes);
    put_u64(to, l->rejects_unwritten);
    put_u64(to, l->n_totals);
    for (size_t i = 0; i < l->n_totals; i++) {
        put_u64(to, l->totals[i].stage);
        put_u64(to, (uint64_t)l->totals[i].n);
        put_bytes(to, l->totals[i].name, strlen(l->totals[i].name));
    }
    put_u64(to, l->warnings + diag_warnings(l->plan->diag));
    put_u64(to, l->n_samples);
    for (int i = 0; i < FATES; i++) {
        put_u64(to, l->sizes[i].bytes);
        for (int k = 0; k < SIZES; k++)
            put_u64(to, l->sizes[i].documents[k]);
    }
    if (l->replay)
        replay_save(l->replay, to);
}

bool ledger_restore_counts(struct ledger *l, struct reader *from)
{
    uint64_t n;

    l->read = get_u64(from);
    l->split = get_u64(from);
    l->made = get_u64(from);
    for (int i = 0; i < FATES; i++)
        l->fates[i] = get_u64(from);
    l->rejects_bytes = get_u64(from);
    l->rejects_unwritten = get_u64(from);
    n = get_u64(from);
    for (uint64_t i = 0; i < n && !from->bad; i++) {
        uint32_t stage = (uint32_t)get_u64(from);
        int64_t count = (int64_t)get_u64(from);
        size_t name_len;
        const char *text = get_bytes(from, &name_len);
        char name[256];

        snprintf(name, sizeof(name), "%.*s", (int)name_len, text ? text : "");
        ledger_count(l, stage, name, count);
    }
    return !from->bad && !l->failed;
}

bool ledger_restore(struct ledger *l, const void *data, size_t len)
{
    struct reader r = { data, (const unsigned char *)data + len, false };

    if (!ledger_restore_counts(l, &r))
        return false;
    l->warnings = get_u64(&r);
    l->n_samples = get_u64(&r);
    for (int i = 0; i < FATES; i++) {
        l->sizes[i].bytes = get_u64(&r);
        for (int k = 0; k < SIZES; k++)
            l->sizes[i].documents[k] = get_u64(&r);
    }
    if (l->replay && !replay_restore(l->replay, &r))
        return false;
    return !r.bad && r.at == r.end && !l->failed;
}

bool ledger_too_many_rejects(const struct ledger *l)
{
    double share = l->plan->max_rejects_share * (double)(l->read + l->split + l->made);

    if (l->plan->max_rejects >= 0)
        return l->fates[REJECTED] > (uint64_t)l->plan->max_rejects;
    return (double)l->fates[REJECTED] > ceil(share);
}
