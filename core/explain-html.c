/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation as one HTML page without script or network: the raw text beside what stayed of it,
 * line by line, then stage by stage. */
#include "core/explain.h"

#include "core/explain-style.h"
#include "core/figures.h"
#include "core/html.h"

#include <stdio.h>
#include <string.h>

enum { LONG_VALUE = 600 };

/* ---- pieces ---- */

/* Long ones are folded. */
static void begin_fold(struct buffer *b, size_t bytes)
{
    char number[FIGURE_MAX];

    if (bytes > LONG_VALUE)
        buffer_printf(b, "<details><summary>%s bytes</summary>", figure_grouped(bytes, number));
}

static void end_fold(struct buffer *b, size_t bytes)
{
    buffer_puts(b, bytes > LONG_VALUE ? "</details>" : "");
}

static void put_value(struct buffer *b, const etl_value *v)
{
    struct buffer text = { 0 };

    explain_value(v, &text);
    begin_fold(b, text.len);
    html_text(b, text.data ? text.data : "", text.len, false, true);
    end_fold(b, text.len);
    b->failed |= text.failed;
    buffer_free(&text);
}

/* ---- stages ---- */

static void put_change(struct buffer *b, const struct trace_change *c)
{
    struct buffer from = { 0 }, to = { 0 };

    buffer_puts(b, "<dt>");
    html_string(b, c->field);
    buffer_puts(b, "</dt><dd>");
    if (c->before.type == ETL_NULL) {
        put_value(b, &c->after);
    } else {
        explain_value(&c->before, &from);
        explain_value(&c->after, &to);
        begin_fold(b, from.len);
        html_diff(b, from.data ? from.data : "", from.len, to.data ? to.data : "", to.len);
        end_fold(b, from.len);
        b->failed |= from.failed || to.failed;
        buffer_free(&from);
        buffer_free(&to);
    }
    buffer_puts(b, "</dd>\n");
}

static void put_verdict(struct buffer *b, const struct trace_stage *s)
{
    if (s->passed)
        buffer_puts(b, "<p class=soft>Its <code>when</code> is not true: the document goes by.</p>\n");
    if (s->verdict == ETL_FAIL)
        buffer_puts(b, "<p><span class=fate>stopped the run</span></p>\n");
    if (!s->decided)
        return;
    buffer_printf(b, "<p><span class=fate>%s</span> ", fate_name(s->fate));
    if (s->rule) {
        buffer_puts(b, "rule ");
        html_string(b, s->rule);
        buffer_puts(b, s->reason ? ": " : "");
    }
    if (s->reason)
        html_string(b, s->reason);
    buffer_puts(b, "</p>\n");
}

static void put_notes(struct buffer *b, const struct trace_stage *s)
{
    size_t len;

    for (size_t i = 0; i < s->n_notes; i++) {
        const struct trace_note *n = &s->notes[i];

        if (explain_line_of(n, &len) > 0)
            continue;
        buffer_puts(b, "<p><span class=soft>");
        html_string(b, n->key);
        buffer_puts(b, *n->key ? ":</span> " : "</span>");
        html_text(b, n->text, n->len, false, true);
        buffer_puts(b, "</p>\n");
    }
}

static void put_stage(struct buffer *b, const struct trace_stage *s)
{
    char number[FIGURE_MAX];

    buffer_puts(b, "<section class=stage><h3>");
    html_string(b, s->name);
    if (explain_nothing(s))
        buffer_printf(b, " <span class=soft>%s</span>", explain_nothing(s));
    if (s->timed)
        buffer_printf(b, " <span class=time>%s \xc2\xb5s</span>",
                      figure_grouped((s->ns + 500) / 1000, number));
    buffer_puts(b, "</h3>\n");
    put_verdict(b, s);
    put_notes(b, s);
    if (s->n_changes > 0) {
        buffer_puts(b, "<dl>\n");
        for (size_t i = 0; i < s->n_changes; i++)
            put_change(b, &s->changes[i]);
        buffer_puts(b, "</dl>\n");
    }
    buffer_puts(b, "</section>\n");
}

/* ---- lines ---- */

static void put_roles(struct buffer *b, const struct explain_line *l)
{
    const char *role, *why;
    size_t role_len, why_len;

    for (size_t i = 0; i < l->n_notes; i++) {
        explain_role(l->notes[i], &role, &role_len, &why, &why_len);
        buffer_printf(b, "<div><span class=\"role%s\">",
                      explain_stays(role, role_len) ? " stays" : l->into ? " field" : "");
        html_text(b, role, role_len, false, false);
        buffer_puts(b, "</span><span class=why>");
        html_text(b, why, why_len, false, false);
        buffer_puts(b, "</span></div>");
    }
    if (l->n_notes == 0 && l->gone_by) {
        buffer_puts(b, "<span class=role>removed</span><span class=why>by ");
        html_string(b, l->gone_by->name);
        buffer_puts(b, "</span>");
    } else if (l->n_notes == 0) {
        buffer_puts(b, "<span class=why>nothing is said of it</span>");
    }
}

static void put_line(struct buffer *b, const struct explain_line *l, const char *result)
{
    buffer_printf(b, "<tr%s><td class=n>%u</td><td class=r>",
                  explain_line_stays(l) || l->into ? "" : " class=goes", l->number);
    put_roles(b, l);
    buffer_puts(b, "</td><td class=t>");
    if (l->result)
        html_diff(b, l->text, l->len, l->result, l->result_len);
    else
        html_text(b, l->text, l->len, false, false);
    if (l->result) {
        bool same = l->len == l->result_len && memcmp(l->text, l->result, l->len) == 0;

        /* One under the other, it would only be said twice. */
        buffer_printf(b, "</td><td%s data-head=\"", same ? " class=same" : "");
        html_string(b, result);
        buffer_puts(b, "\">");
        html_text(b, l->result, l->result_len, false, true);
    } else if (l->into) {
        buffer_puts(b, "</td><td class=soft>");
        html_string(b, l->into->field);
        buffer_puts(b, " = ");
        put_value(b, &l->into->after);
    } else {
        buffer_puts(b, "</td><td class=e>");
    }
    buffer_puts(b, "</td></tr>\n");
}

static void put_lines(struct buffer *b, const struct trace_record *r)
{
    struct explain_lines lines;
    size_t blank = 0;

    if (explain_lines_make(&lines, r) < 0) {
        b->failed = true;
        return;
    }
    if (lines.field) {
        const char *result = lines.result_field ? lines.result_field : "what stayed";

        buffer_puts(b,
                    "<h2>Line by line</h2>\n<p class=soft>A line <span class=\"role stays\">stays"
                    "</span> in ");
        html_string(b, lines.result_field ? lines.result_field : "the text");
        buffer_puts(b, ", is a <span class=\"role field\">field</span> of its own, or "
                       "<span class=role>goes</span>.</p>\n");
        buffer_puts(b, "<table><thead><tr><th scope=col class=n>line</th>"
                       "<th scope=col class=r>role and rule</th><th scope=col>");
        html_string(b, lines.field);
        buffer_puts(b, " as it came</th><th scope=col>");
        html_string(b, result);
        buffer_puts(b, "</th></tr></thead><tbody>\n");
        for (size_t i = 0; i < lines.n; i++) {
            blank += lines.at[i].blank;
            if (!lines.at[i].blank)
                put_line(b, &lines.at[i], result);
        }
        buffer_puts(b, "</tbody></table>\n");
        if (blank > 0)
            buffer_printf(b, "<p class=soft>%zu blank line%s not shown.</p>\n", blank,
                          blank == 1 ? " is" : "s are");
    }
    explain_lines_free(&lines);
}

/* ---- the whole ---- */

static void put_fact(void *to, const char *text)
{
    buffer_puts(to, "<li>");
    html_string(to, text);
    buffer_puts(to, "</li>\n");
}

static void put_head(struct buffer *b, const struct explanation *e)
{
    const struct trace_record *r = e->document;
    const char *name = e->shown_as ? e->shown_as : r->origin;
    struct buffer end = { 0 };

    html_begin(b, name, "explain", explain_style, EXPLAIN_STYLE_HASH);
    buffer_puts(b, "<h1>");
    html_string(b, name);
    buffer_printf(b, "</h1>\n<p><span class=\"fate%s\">", r->ended && r->fate == KEPT ? " kept" : "");
    if (r->ended)
        explain_end(r, &end);
    else
        buffer_puts(&end, "the run stopped at it");
    html_text(b, end.data ? end.data : "", end.len, false, false);
    buffer_puts(b, "</span> <span class=soft>by ");
    html_string(b, e->pipeline);
    if (!e->shown_as)
        buffer_printf(b, ", id %s", r->id);
    buffer_puts(b, "</span></p>\n<ul>\n");
    explain_facts(e, put_fact, b);
    buffer_puts(b, "</ul>\n");
    b->failed |= end.failed;
    buffer_free(&end);
}

static void put_record(struct buffer *b, const struct explanation *e)
{
    buffer_printf(b, "<h2>The record at the end</h2>\n<section class=stage><dl>\n");
    for (size_t i = 0; i < e->document->n_fields; i++) {
        const struct trace_field *f = &e->document->fields[i];

        if (e->shown_as && (strcmp(f->name, "id") == 0 || strcmp(f->name, "source") == 0))
            continue;
        buffer_puts(b, "<dt>");
        html_string(b, f->name);
        buffer_puts(b, "</dt><dd>");
        put_value(b, &f->value);
        buffer_puts(b, "</dd>\n");
    }
    buffer_puts(b, "</dl></section>\n");
}

/* The kept page's result against this one's: what is the same, and what is not. */
static void put_partner(struct buffer *b, const struct explanation *e)
{
    const struct trace_field *longest, *other;

    if (!explain_longest(e, &longest, &other))
        return;
    buffer_puts(b, "<h2>Against the kept document</h2>\n<section class=stage><p class=soft>");
    html_string(b, longest->name);
    buffer_puts(b, " of ");
    html_string(b, e->partner->origin);
    buffer_puts(b, ", with what this document <del>has not</del> and <ins>has more</ins></p><dl><dt>");
    html_string(b, longest->name);
    buffer_puts(b, "</dt><dd>");
    html_diff(b, other->value.text, other->value.len, longest->value.text, longest->value.len);
    buffer_puts(b, "</dd></dl></section>\n");
}

void explain_html(const struct explanation *e, const char *stage, struct buffer *b)
{
    put_head(b, e);
    if (!stage) {
        put_partner(b, e);
        put_lines(b, e->document);
    }
    buffer_puts(b, "<h2>Stage by stage</h2>\n");
    for (size_t i = 0; i < e->document->n_stages; i++)
        if (explain_stage_is(&e->document->stages[i], stage))
            put_stage(b, &e->document->stages[i]);
    if (e->document->ended && !stage)
        put_record(b, e);
    html_end(b);
}
