/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation as one JSON object; etl(1) has its members. */
#include "core/explain.h"

#include "common/json-write.h"
#include "common/word-diff.h"

#include <stdio.h>
#include <string.h>

static void put_string(struct buffer *b, const char *s)
{
    if (s)
        json_write_any_text(b, s, strlen(s));
    else
        buffer_puts(b, "null");
}

static void put_member(struct buffer *b, const char *before, const char *key, const char *s)
{
    buffer_printf(b, "%s\"%s\":", before, key);
    put_string(b, s);
}

static void put_diff(struct buffer *b, const etl_value *from, const etl_value *to)
{
    struct word_diff d;

    if (word_diff(&d, from->text, from->len, to->text, to->len) < 0) {
        b->failed = true;
        return;
    }
    buffer_puts(b, ",\"diff\":[");
    for (size_t i = 0; i < d.n; i++) {
        const struct word_run *r = &d.runs[i];

        buffer_printf(b, "%s[\"%c\",", i ? "," : "", "=-+"[r->kind]);
        json_write_text(b, r->kind == WORDS_NEW ? to->text + r->b : from->text + r->a, r->len);
        buffer_byte(b, ']');
    }
    buffer_printf(b, "],\"bounded\":%s", d.bounded ? "true" : "false");
    word_diff_free(&d);
}

static void put_change(struct buffer *b, const struct trace_change *c)
{
    put_member(b, "{", "field", c->field);
    put_member(b, ",", "type", type_name(c->type));
    buffer_puts(b, ",\"before\":");
    json_write_value(b, c->before);
    buffer_puts(b, ",\"after\":");
    json_write_value(b, c->after);
    if (c->before.type == ETL_TEXT && c->after.type == ETL_TEXT)
        put_diff(b, &c->before, &c->after);
    buffer_byte(b, '}');
}

static void put_note(struct buffer *b, const struct trace_note *n)
{
    put_member(b, "{", "key", n->key);
    buffer_puts(b, ",\"text\":");
    json_write_any_text(b, n->text, n->len);
    buffer_byte(b, '}');
}

static const char *verdict_of(const struct trace_stage *s)
{
    static const char *const verdicts[] = { "keep", "drop", "reject", "duplicate" };

    if (s->passed)
        return "passed";
    return s->verdict >= ETL_OK && s->verdict <= ETL_DUPLICATE ? verdicts[s->verdict] : "fail";
}

static void put_stage(struct buffer *b, const struct trace_stage *s)
{
    put_member(b, "{", "stage", s->name);
    if (s->timed)
        buffer_printf(b, ",\"microseconds\":%.1f", (double)s->ns / 1000);
    put_member(b, ",", "verdict", verdict_of(s));
    put_member(b, ",", "fate", fate_name(s->fate));
    put_member(b, ",", "rule", s->rule);
    put_member(b, ",", "reason", s->reason);
    buffer_puts(b, ",\"changes\":[");
    for (size_t i = 0; i < s->n_changes; i++) {
        buffer_puts(b, i ? "," : "");
        put_change(b, &s->changes[i]);
    }
    buffer_puts(b, "],\"notes\":[");
    for (size_t i = 0; i < s->n_notes; i++) {
        buffer_puts(b, i ? "," : "");
        put_note(b, &s->notes[i]);
    }
    buffer_puts(b, "]}");
}

static void put_line_notes(struct buffer *b, const struct explain_line *l)
{
    const char *role, *why;
    size_t role_len, why_len;

    for (size_t i = 0; i < l->n_notes; i++) {
        explain_role(l->notes[i], &role, &role_len, &why, &why_len);
        put_member(b, i ? ",{" : "{", "stage", l->by[i]->name);
        buffer_puts(b, ",\"role\":");
        json_write_any_text(b, role, role_len);
        buffer_puts(b, ",\"why\":");
        json_write_any_text(b, why, why_len);
        buffer_printf(b, ",\"stays\":%s}", explain_stays(role, role_len) ? "true" : "false");
    }
}

static void put_lines(struct buffer *b, const struct trace_record *r)
{
    struct explain_lines lines;

    if (explain_lines_make(&lines, r) < 0) {
        b->failed = true;
        return;
    }
    if (!lines.field) {
        buffer_puts(b, ",\n\"lines\":null");
        explain_lines_free(&lines);
        return;
    }
    put_member(b, ",\n\"lines\":{", "field", lines.field);
    put_member(b, ",", "result", lines.result_field);
    buffer_puts(b, ",\"at\":[");
    for (size_t i = 0; i < lines.n; i++) {
        const struct explain_line *l = &lines.at[i];

        buffer_printf(b, "%s\n {\"line\":%u,\"text\":", i ? "," : "", l->number);
        json_write_any_text(b, l->text, l->len);
        buffer_printf(b, ",\"blank\":%s", l->blank ? "true" : "false");
        put_member(b, ",", "removed_by", l->gone_by ? l->gone_by->name : NULL);
        buffer_puts(b, ",\"notes\":[");
        put_line_notes(b, l);
        put_member(b, "],", "into", l->into ? l->into->field : NULL);
        buffer_puts(b, ",\"result\":");
        if (l->result)
            json_write_any_text(b, l->result, l->result_len);
        else
            buffer_puts(b, "null");
        buffer_byte(b, '}');
    }
    buffer_puts(b, "]}");
    explain_lines_free(&lines);
}

static void put_fields(struct buffer *b, const struct trace_record *r)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        buffer_puts(b, i ? "," : "");
        put_string(b, r->fields[i].name);
        buffer_byte(b, ':');
        json_write_value(b, r->fields[i].value);
    }
}

static void put_document(struct buffer *b, const struct explanation *e)
{
    const struct trace_record *r = e->document;

    put_member(b, "\"document\":{", "id", e->shown_as ? NULL : r->id);
    put_member(b, ",", "origin", e->shown_as ? e->shown_as : r->origin);
    put_member(b, ",", "parent", r->parent);
    put_member(b, ",", "given_to", e->shown_as ? e->read_by : NULL);
    buffer_printf(b, ",\"packed\":%s,\"before\":", e->packed ? "true" : "false");
    if (e->shown_as)
        buffer_puts(b, "null}");
    else
        buffer_printf(b, "%llu}", (unsigned long long)e->before);
}

static void put_partner(struct buffer *b, const struct explanation *e)
{
    const struct trace_field *of = e->document->fate == DUPLICATE
                                       ? trace_field(e->document, "duplicate_of")
                                       : NULL;
    const struct trace_field *similarity = trace_field(e->document, "similarity");

    buffer_puts(b, ",\n\"partner\":");
    if (!of) {
        buffer_puts(b, "null");
        return;
    }
    buffer_puts(b, "{\"id\":");
    json_write_value(b, of->value);
    put_member(b, ",", "origin", e->partner ? e->partner->origin : NULL);
    buffer_puts(b, ",\"similarity\":");
    json_write_value(b, similarity ? similarity->value : (etl_value){ 0 });
    buffer_puts(b, ",\"record\":{");
    if (e->partner)
        put_fields(b, e->partner);
    buffer_puts(b, "}}");
}

static void put_copies(struct buffer *b, const struct explanation *e)
{
    if (!e->read_on) {
        buffer_puts(b, ",\n\"duplicates\":null");
        return;
    }
    buffer_printf(b, ",\n\"duplicates\":{\"n\":%llu,\"first\":[", (unsigned long long)e->n_copies);
    for (size_t i = 0; i < e->n_copies && i < EXPLAIN_COPIES; i++) {
        put_member(b, i ? ",{" : "{", "id", e->copies[i].id);
        put_member(b, ",", "origin", e->copies[i].origin);
        buffer_puts(b, ",\"similarity\":");
        json_write_real(b, e->copies[i].similarity);
        buffer_byte(b, '}');
    }
    buffer_puts(b, "]}");
}

static void put_end(struct buffer *b, const struct trace_record *r)
{
    if (!r->ended) {
        buffer_puts(b, ",\n\"end\":null,\n\"record\":null");
        return;
    }
    put_member(b, ",\n\"end\":{", "fate", fate_name(r->fate));
    put_member(b, ",", "stage", r->decided_by);
    put_member(b, ",", "rule", r->rule);
    put_member(b, ",", "reason", r->reason);
    buffer_puts(b, "},\n\"record\":{");
    put_fields(b, r);
    buffer_byte(b, '}');
}

void explain_json(const struct explanation *e, const char *stage, struct buffer *b)
{
    const struct trace_record *r = e->document;
    bool any = false;

    put_member(b, "{\"pipeline\":{", "file", e->pipeline);
    put_member(b, ",", "name", e->name);
    put_member(b, ",", "plan", e->plan);
    buffer_puts(b, "},\n");
    put_document(b, e);
    buffer_puts(b, ",\n\"damage\":[");
    for (size_t i = 0; i < e->n_damage; i++) {
        buffer_puts(b, i ? "," : "");
        put_string(b, e->damage[i]);
    }
    buffer_puts(b, "],\n\"stages\":[");
    for (size_t i = 0; i < r->n_stages; i++)
        if (explain_stage_is(&r->stages[i], stage)) {
            buffer_puts(b, any ? ",\n " : "\n ");
            put_stage(b, &r->stages[i]);
            any = true;
        }
    buffer_byte(b, ']');
    put_lines(b, r);
    put_partner(b, e);
    put_copies(b, e);
    put_end(b, r);
    buffer_puts(b, "}\n");
}
