/* SPDX-License-Identifier: Apache-2.0 */
/* What all pictures of a pipeline say: a stage's deeds in words, the losses of a run, the flow. */
#include "core/graph.h"

#include "core/figures.h"
#include "core/option.h"
#include "core/plan-private.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS_SHOWN = 300 }; /* bytes of a list of names */

static void add_line(struct graph_lines *l, struct buffer *b)
{
    char *line = b->len > 0 ? buffer_take(b) : NULL;

    if (line && l->n < sizeof(l->at) / sizeof(*l->at))
        l->at[l->n++] = line;
    else
        free(line);
    buffer_free(b);
}

/* "writes title, date, ..." A list that is too long ends in how many more there are. */
static void add_name(struct buffer *b, const char *verb, const char *name, size_t *left_out)
{
    if (b->len > FIELDS_SHOWN) {
        ++*left_out;
        return;
    }
    buffer_printf(b, "%s%s", b->len ? ", " : verb, name);
}

static void end_list(struct graph_lines *l, struct buffer *b, size_t left_out)
{
    if (left_out > 0)
        buffer_printf(b, " and %zu more", left_out);
    add_line(l, b);
}

static void add_written(struct graph_lines *l, const struct stage *s)
{
    const struct schema *schema = &s->plan->schema;
    struct buffer writes = { 0 }, edits = { 0 };
    size_t left_out = 0;

    for (uint32_t id = FIELD_FIRST_OWN; id < schema->n; id++)
        if (schema->fields[id].stage == s->index && !schema->fields[id].private_to_stage)
            add_name(&writes, "writes ", schema->fields[id].name, &left_out);
    end_list(l, &writes, left_out);
    for (size_t i = 0; i < s->plugin->n_options; i++)
        if (s->plugin->options[i].kind == ETL_OPTION_EDITS && *s->options[i].text)
            buffer_printf(&edits, "%s%s", edits.len ? ", " : "edits ", s->options[i].text);
    add_line(l, &edits);
}

/* By the names that the fields have in the pipeline, not by those of columns. */
static void add_read(struct graph_lines *l, const struct stage *s)
{
    const struct schema_field *fields = s->plan->schema.fields;
    struct buffer b = { 0 };
    size_t left_out = 0;

    for (size_t i = 0; i < s->plugin->n_options; i++) {
        const void *member = option_member(s, i);
        const etl_columns *columns = member;
        const etl_fields *list = member;
        const etl_field *one = member;

        switch (s->plugin->options[i].kind) {
        case ETL_OPTION_READS:
            if (one->id > 0)
                add_name(&b, "reads ", fields[one->id].name, &left_out);
            break;
        case ETL_OPTION_FIELDS:
            for (size_t k = 0; k < list->n; k++)
                add_name(&b, "reads ", fields[list->at[k].id].name, &left_out);
            break;
        case ETL_OPTION_COLUMNS:
            for (size_t k = 0; k < columns->n; k++)
                add_name(&b, "takes ", fields[columns->at[k].field.id].name, &left_out);
            break;
        }
    }
    end_list(l, &b, left_out);
}

static void add_files(struct graph_lines *l, const struct stage *s)
{
    struct buffer b = { 0 };

    for (size_t i = 0; i < s->plugin->n_options; i++)
        if (s->plugin->options[i].kind == ETL_OPTION_INPUT && *s->options[i].text)
            buffer_printf(&b, "%s%s", b.len ? ", " : "from ", s->options[i].text);
    add_line(l, &b);
    for (size_t k = 0; k < s->n_made; k++)
        if (s->made[k].kind != FILE_STATE)
            buffer_printf(&b, "%s%s", b.len ? ", " : "makes ",
                          strcmp(s->made[k].name, "-") ? s->made[k].name : "standard output");
    add_line(l, &b);
}

static void add_conditions(struct graph_lines *l, const struct stage *s)
{
    const struct conf_key *when = conf_find(s->section, "when");
    struct buffer b = { 0 };

    if (when && s->when)
        buffer_printf(&b, "when %s", when->value);
    add_line(l, &b);
    for (size_t i = 0; i < s->plugin->n_options; i++)
        if (s->plugin->options[i].kind == ETL_OPTION_EXPR && *s->options[i].text) {
            buffer_printf(&b, "%s %s", s->plugin->options[i].name, s->options[i].text);
            add_line(l, &b);
        }
}

void graph_lines(const struct stage *s, struct graph_lines *to)
{
    to->n = 0;
    add_files(to, s);
    add_conditions(to, s);
    if (s->plugin->is.kind != ETL_KIND_INPUT)
        add_read(to, s);
    add_written(to, s);
}

void graph_free_lines(struct graph_lines *l)
{
    while (l->n > 0)
        free(l->at[--l->n]);
}

static const char *behind(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);

    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

bool graph_loss(const struct manifest_count *c, struct graph_loss *to)
{
    const char *dropped = behind(c->name, "dropped: "), *rejected = behind(c->name, "rejected: ");

    *to = (struct graph_loss){ dropped    ? dropped
                               : rejected ? rejected
                                          : "",
                               dropped    ? FROM_DROPPED
                               : rejected ? FROM_REJECTS
                                          : FROM_DUPLICATES,
                               c->n };
    return dropped || rejected || strcmp(c->name, "duplicates") == 0;
}

bool graph_loss_of(const struct graph_run *r, const struct stage *s, size_t i,
                   struct graph_loss *to)
{
    const struct manifest_stage *is = r ? &r->manifest.stages[s->index] : NULL;

    for (size_t k = 0; is && k < is->n_counts; k++)
        if (graph_loss(&is->counts[k], to) && i-- == 0)
            return true;
    return false;
}

void graph_put_time(struct buffer *to, const char *before, const struct graph_run *r,
                    const struct stage *s)
{
    double seconds = run_times_of(&r->times, s->name), all = 0;
    char x[FIGURE_MAX];

    for (size_t i = 0; i < r->times.n_stages; i++)
        all += r->times.stages[i].seconds;
    if (all <= 0)
        return;
    buffer_printf(to, "%s%s of CPU (%.0f%%)", before, figure_time(seconds, x), 100 * seconds / all);
}

int64_t graph_written(const struct graph_run *r, const struct stage *s)
{
    const struct manifest_stage *is = &r->manifest.stages[s->index];

    for (size_t k = 0; k < is->n_counts; k++)
        if (strcmp(is->counts[k].name, "records written") == 0)
            return is->counts[k].n;
    return 0;
}

uint64_t graph_ended(const struct graph_run *r, enum from where)
{
    const struct manifest *m = &r->manifest;

    switch (where) {
    case FROM_KEPT:
        return m->kept;
    case FROM_DROPPED:
        return m->dropped;
    case FROM_DUPLICATES:
        return m->duplicates;
    case FROM_REJECTS:
        return m->rejected;
    default:
        return m->kept + m->dropped + m->duplicates + m->rejected;
    }
}

const char *graph_end_name(enum from where)
{
    static const char *const names[] = { "kept", "dropped", "duplicates", "rejected", "all" };

    return names[where];
}

bool graph_count(const struct plan *p, struct graph_run *r)
{
    struct graph_loss loss;
    uint64_t flow = r->manifest.read;

    if (r->manifest.split > 0 || r->manifest.made > 0)
        return true; /* at which stage is not counted */
    r->into = calloc(p->n_stages + 1, sizeof(*r->into));
    for (size_t k = 0; r->into && k < p->n_inputs + p->n_transforms; k++) {
        r->into[k] = flow;
        for (size_t i = 0; graph_loss_of(r, &p->stages[k], i, &loss); i++)
            flow -= (uint64_t)loss.n;
    }
    return r->into != NULL;
}
