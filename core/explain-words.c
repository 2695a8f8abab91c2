/* SPDX-License-Identifier: Apache-2.0 */
/* What the forms of `etl explain` share: values, characters that must not be shown as they are, and
 * the sentences beside the stages. */
#include "core/explain.h"

#include "common/json-write.h"
#include "common/number.h"
#include "core/diag-source.h"

#include <stdio.h>
#include <string.h>

bool explain_stage_is(const struct trace_stage *s, const char *stage)
{
    const char *space = strchr(s->name, ' ');

    return !stage || strcmp(s->name, stage) == 0 || (space && strcmp(space + 1, stage) == 0);
}

const char *explain_nothing(const struct trace_stage *s)
{
    if (s->passed || s->n_changes > 0 || s->decided || s->verdict == ETL_FAIL)
        return NULL;
    return strncmp(s->name, "output ", 7) != 0 ? "nothing changed"
           : s->verdict == ETL_OK              ? "would be written"
                                               : "would not be written";
}

void explain_value(const etl_value *v, struct buffer *to)
{
    char number[NUMBER_MAX];

    switch (v->type) {
    case ETL_TEXT:
        buffer_append(to, v->text, v->len);
        buffer_puts(to, v->len ? "" : "(empty)");
        break;
    case ETL_LIST:
        for (uint32_t i = 0; i < v->len; i++) {
            buffer_puts(to, i ? ", " : "");
            buffer_append(to, v->list[i].text, v->list[i].len);
        }
        buffer_puts(to, v->len ? "" : "(none)");
        break;
    case ETL_TIME:
        buffer_append(to, number, number_write_time(number, v->time));
        break;
    default:
        json_write_value(to, *v);
    }
}

void explain_end(const struct trace_record *r, struct buffer *to)
{
    buffer_puts(to, fate_name(r->fate));
    if (r->decided_by)
        buffer_printf(to, " by %s", r->decided_by);
    if (r->rule)
        buffer_printf(to, ", rule %s", r->rule);
    if (r->reason)
        buffer_printf(to, ": %s", r->reason);
}

bool explain_longest(const struct explanation *e, const struct trace_field **mine,
                     const struct trace_field **theirs)
{
    const struct trace_change *c;
    bool found = false;

    if (!e->partner || e->document->fate != DUPLICATE)
        return false;
    /* Of what the stages made; the text as it came is longer, and says less. */
    for (size_t i = 0; i < e->document->n_fields; i++) {
        const struct trace_field *f = &e->document->fields[i];
        const struct trace_field *other = trace_field(e->partner, f->name);
        bool came = false;

        for (size_t k = 0; e->document->n_stages > 1 && k < e->document->stages[0].n_changes; k++) {
            c = &e->document->stages[0].changes[k];
            came = came || strcmp(c->field, f->name) == 0;
        }
        if (f->type != ETL_TEXT || !other || came || (found && f->value.len < (*mine)->value.len))
            continue;
        *mine = f;
        *theirs = other;
        found = true;
    }
    return found && (*mine)->value.len > 100;
}

static void say_where_from(const struct explanation *e, struct buffer *b)
{
    if (e->shown_as && e->packed)
        buffer_printf(b,
                      "not among the pipeline's inputs: [%s] read it in their place, packed as "
                      "the only member of an archive",
                      e->read_by);
    else if (e->shown_as)
        buffer_printf(b, "not among the pipeline's inputs: [%s] read it in their place",
                      e->read_by);
    else if (!e->stopped && e->before == 0)
        buffer_puts(b, "it is the first document");
    else if (!e->stopped)
        buffer_printf(b, "%llu document%s read before it", (unsigned long long)e->before,
                      e->before == 1 ? " was" : "s were");
}

static void say_partner(const struct explanation *e, struct buffer *b)
{
    const struct trace_field *of = trace_field(e->document, "duplicate_of");
    const struct trace_field *similarity = trace_field(e->document, "similarity");

    if (e->document->fate != DUPLICATE || !of)
        return;
    buffer_puts(b, "duplicate of ");
    explain_value(&of->value, b);
    if (e->partner)
        buffer_printf(b, ", %s, which is %s", e->partner->origin, fate_name(e->partner->fate));
    else
        buffer_puts(b, ", which was kept before it, and is not among what was read");
    if (similarity && similarity->value.type == ETL_REAL)
        buffer_printf(b, "; similarity %.3f", similarity->value.real);
}

static void say_copy(const struct explain_copy *c, struct buffer *b)
{
    buffer_printf(b, "a later document is a duplicate of it: %s, %s; similarity %.3f", c->id,
                  c->origin, c->similarity);
}

static void hand_over(struct buffer *b, void (*say)(void *, const char *), void *to)
{
    if (b->len > 0 && !b->failed)
        say(to, buffer_string(b));
    b->len = 0;
}

void explain_facts(const struct explanation *e, void (*say)(void *to, const char *text), void *to)
{
    struct buffer b = { 0 };

    say_where_from(e, &b);
    hand_over(&b, say, to);
    for (size_t i = 0; i < e->n_damage; i++)
        say(to, e->damage[i]);
    if (e->document->parent) {
        buffer_printf(&b, "split from %s", e->document->parent);
        hand_over(&b, say, to);
    }
    for (size_t i = 0; i < e->trace.n; i++)
        if (e->trace.records[i]->parent &&
            strncmp(e->trace.records[i]->parent, e->document->id, 16) == 0) {
            buffer_printf(&b, "%s was split from it", e->trace.records[i]->id);
            hand_over(&b, say, to);
        }
    if (e->document->ended) {
        say_partner(e, &b);
        hand_over(&b, say, to);
    }
    for (size_t i = 0; i < e->n_copies && i < EXPLAIN_COPIES; i++) {
        say_copy(&e->copies[i], &b);
        hand_over(&b, say, to);
    }
    if (e->n_copies > EXPLAIN_COPIES)
        buffer_printf(&b, "and %llu more", (unsigned long long)(e->n_copies - EXPLAIN_COPIES));
    else if (e->read_on && e->n_copies == 0)
        buffer_puts(&b, "no later document is a duplicate of it");
    hand_over(&b, say, to);
    buffer_free(&b);
}
