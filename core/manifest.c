/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json: the facts of a finished run, the same on every machine - plan, inputs, outputs,
 * hashes and counts; no time, no host, no path outside the run. */
#include <config.h>
#include "core/run.h"

#include "common/json-write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_name(struct buffer *b, const char *name, const char *text)
{
    buffer_printf(b, "\"%s\": ", name);
    json_write_any_text(b, text, strlen(text));
}

static void put_hash(struct buffer *b, struct hash128 h)
{
    buffer_printf(b, "\"xxh3_128\": \"%016llx%016llx\"", (unsigned long long)h.high,
                  (unsigned long long)h.low);
}

static void put_input(struct buffer *b, const char *path, const struct verified *v, bool read)
{
    buffer_puts(b, "    {");
    put_name(b, "path", path);
    if (v->size != UINT64_MAX) {
        buffer_printf(b, ", \"bytes\": %llu, ", (unsigned long long)v->size);
        put_hash(b, v->hash);
        if (v->damaged) {
            buffer_printf(b, ", \"damaged_at\": %llu, ", (unsigned long long)v->damage_byte);
            put_name(b, "damage", v->damage ? v->damage : "");
        }
    } else if (!read) {
        buffer_puts(b, ", \"read\": false");
    } else {
        buffer_puts(b, ", \"verified\": false");
    }
    buffer_puts(b, "}");
}

static void put_inputs(struct run *r, struct buffer *b)
{
    const struct plan *p = r->plan;
    size_t index = 0;

    buffer_puts(b, "  \"inputs\": [\n");
    for (size_t i = 0; i < p->n_inputs; i++) {
        const struct stage *s = &p->stages[i];

        for (size_t k = 0; k < s->n_files; k++, index++) {
            put_input(b, s->files[k].path ? s->files[k].path : s->name, &r->verified[index],
                      engine_reads(&r->engine, index));
            buffer_puts(b, index + 1 < r->n_files ? ",\n" : "\n");
        }
    }
    buffer_puts(b, "  ],\n");
}

static void put_outputs(struct buffer *b, const struct published *files, size_t n)
{
    buffer_puts(b, "  \"outputs\": [\n");
    for (size_t i = 0; i < n; i++) {
        buffer_puts(b, "    {");
        put_name(b, "path", files[i].name);
        buffer_printf(b, ", \"bytes\": %llu, ", (unsigned long long)files[i].bytes);
        put_hash(b, files[i].hash);
        if (files[i].in_store)
            buffer_puts(b, ", \"store\": true");
        if (files[i].has_records)
            buffer_printf(b, ", \"records\": %llu", (unsigned long long)files[i].records);
        buffer_puts(b, i + 1 < n ? "},\n" : "}\n");
    }
    buffer_puts(b, "  ],\n");
}

static void put_counts(const struct ledger *l, struct buffer *b)
{
    buffer_printf(b,
                  "  \"counts\": {\"read\": %llu, \"split\": %llu, \"made\": %llu, \"kept\": %llu, "
                  "\"dropped\": %llu, \"duplicates\": %llu, \"rejected\": %llu},\n",
                  (unsigned long long)l->read, (unsigned long long)l->split,
                  (unsigned long long)l->made, (unsigned long long)l->fates[KEPT],
                  (unsigned long long)l->fates[DROPPED], (unsigned long long)l->fates[DUPLICATE],
                  (unsigned long long)l->fates[REJECTED]);
}

/* Sizes that no document had are left out. */
static void put_sizes(const struct ledger *l, struct buffer *b)
{
    static const char *const names[FATES] = { "kept", "dropped", "duplicates", "rejected" };

    buffer_puts(b, "  \"sizes\": {\n");
    for (int i = 0; i < FATES; i++) {
        const struct sizes *s = &l->sizes[i];
        const char *before = "";

        buffer_printf(b, "    \"%s\": {\"bytes\": %llu, \"up_to\": {", names[i],
                      (unsigned long long)s->bytes);
        for (int k = 0; k < SIZES; k++) {
            if (s->documents[k] == 0)
                continue;
            buffer_printf(b, "%s\"%llu\": %llu", before, k == 0 ? 0ULL : 1ULL << (k - 1),
                          (unsigned long long)s->documents[k]);
            before = ", ";
        }
        buffer_puts(b, i + 1 < FATES ? "}},\n" : "}}\n");
    }
    buffer_puts(b, "  },\n");
}

static void put_stages(struct run *r, struct buffer *b)
{
    const struct ledger *l = &r->ledger;

    buffer_puts(b, "  \"stages\": [\n");
    for (size_t i = 0, t = 0; i < r->plan->n_stages; i++) {
        bool first = true;

        buffer_puts(b, "    {");
        put_name(b, "name", r->plan->stages[i].name);
        buffer_puts(b, ", ");
        put_name(b, "version", r->plan->stages[i].plugin->is.version);
        buffer_puts(b, ", \"counts\": {");
        for (; t < l->n_totals && l->totals[t].stage == i; t++, first = false) {
            buffer_puts(b, first ? "" : ", ");
            json_write_any_text(b, l->totals[t].name, strlen(l->totals[t].name));
            buffer_printf(b, ": %lld", (long long)l->totals[t].n);
        }
        buffer_puts(b, i + 1 < r->plan->n_stages ? "}},\n" : "}}\n");
    }
    buffer_puts(b, "  ]\n");
}

/* Which run's rejects alone were let through. */
static void put_replay(const struct replay *y, struct buffer *b)
{
    buffer_puts(b, "  \"from_rejects\": {");
    put_name(b, "path", y->folder);
    buffer_puts(b, ", ");
    put_name(b, "pipeline", y->pipeline);
    buffer_puts(b, ", ");
    put_name(b, "plan", y->plan);
    buffer_puts(b, ", ");
    put_hash(b, y->hash);
    buffer_printf(b, ", \"listed\": %zu, \"missing\": %zu, \"made\": %llu},\n", y->n,
                  replay_missing(y), (unsigned long long)y->n_made);
}

/* All that a run knows; failure: members of its own, if it failed. */
static void put_facts(struct run *r, const char *failure, const struct published *files, size_t n,
                      struct buffer *b)
{
    ledger_sort(&r->ledger);
    buffer_puts(b, "{\n  \"etl\": \"" PACKAGE_VERSION "\",\n  ");
    put_name(b, "pipeline", r->plan->name);
    buffer_printf(b, ",\n  \"plan\": \"%s\",\n%s", r->plan->hash, failure);
    if (r->options.limit >= 0)
        buffer_printf(b, "  \"limit\": %lld,\n", (long long)r->options.limit);
    if (r->options.replay)
        put_replay(r->options.replay, b);
    put_counts(&r->ledger, b);
    put_sizes(&r->ledger, b);
    put_inputs(r, b);
    put_outputs(b, files, n);
    put_stages(r, b);
    buffer_puts(b, "}\n");
}

void manifest_write(struct run *r, const struct published *files, size_t n, struct buffer *b)
{
    put_facts(r, "", files, n, b);
}

void manifest_write_ended(struct run *r, int status, struct buffer *b)
{
    const struct diag *d = r->plan->diag;
    struct buffer failure = { 0 };

    run_note_verified(r);
    buffer_printf(&failure, "  \"status\": %d,\n  \"code\": \"%s\",\n  ", status,
                  diag_code_name(d->first));
    put_name(&failure, "message", d->first_text);
    buffer_puts(&failure, ",\n");
    put_facts(r, buffer_string(&failure), NULL, 0, b);
    b->failed |= failure.failed;
    buffer_free(&failure);
}
