/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation for a terminal, or for a file that a person reads. */
#include "core/explain.h"

#include "common/word-diff.h"
#include "core/diag-source.h"
#include "core/figures.h"

#include <stdio.h>
#include <string.h>

enum { SHORT_VALUE = 160, LONG_SAME = 120, KEPT_OF_SAME = 50 };

struct sheet {
    struct buffer *to;
    bool colour;
};

enum style { PLAIN, BOLD, DIM, GONE, COME, ROLE };

static void style(struct sheet *s, enum style which)
{
    static const char *const codes[] = { "\033[0m",  "\033[1m",  "\033[2m",
                                         "\033[31m", "\033[32m", "\033[36m" };

    if (s->colour)
        buffer_puts(s->to, codes[which]);
}

static void put(struct sheet *s, const char *text, size_t n, bool reveal)
{
    char piece[16];
    size_t used;

    for (size_t at = 0; at < n;) {
        at += diag_piece(text + at, n - at, reveal, piece, &used);
        buffer_append(s->to, piece, used);
    }
}

static void put_styled(struct sheet *s, enum style which, const char *text, size_t n)
{
    style(s, which);
    put(s, text, n, false);
    style(s, PLAIN);
}

/* ---- differences ---- */

/* The first bytes of a text, or the last, up to about n: never half a character. */
static size_t head_of(const char *text, size_t n)
{
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void put_same(struct sheet *s, const char *text, size_t n, bool first, bool last)
{
    size_t head = first ? 0 : KEPT_OF_SAME, tail = last ? 0 : KEPT_OF_SAME;

    if (n <= LONG_SAME) {
        put(s, text, n, false);
        return;
    }
    head = head_of(text, head);
    put(s, text, head, false);
    buffer_puts(s->to, "...");
    tail = n - tail;
    while (tail < n && ((unsigned char)text[tail] & 0xc0) == 0x80)
        tail++;
    put(s, text + tail, n - tail, false);
}

static void put_changed(struct sheet *s, const struct word_run *r, const char *a, const char *b)
{
    bool gone = r->kind == WORDS_GONE;

    style(s, gone ? GONE : COME);
    buffer_puts(s->to, gone ? "[-" : "{+");
    put(s, gone ? a + r->a : b + r->b, r->len, true);
    buffer_puts(s->to, gone ? "-]" : "+}");
    style(s, PLAIN);
}

static uint32_t count_lines(const char *s, size_t n)
{
    uint32_t lines = 0;

    for (size_t i = 0; i < n; i++)
        lines += s[i] == '\n';
    return lines;
}

/* Where the piece of a run that stands in one line ends. */
static size_t line_end(const char *s, size_t n)
{
    const char *at = memchr(s, '\n', n);

    return at ? (size_t)(at - s) : n;
}

/* Lines with changes, as the one text has them; a number is that of the line before the change. */
static void put_diff(struct sheet *s, const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct word_diff d;
    uint32_t number = 1;
    bool open = false;          /* a line is begun */
    const char *pending = NULL; /* what is the same in this line, before any change */
    size_t pending_len = 0;

    if (word_diff(&d, a, a_len, b, b_len) < 0) {
        s->to->failed = true;
        return;
    }
    for (size_t i = 0; i < d.n; i++) {
        const struct word_run *r = &d.runs[i];

        if (r->kind != WORDS_SAME) {
            if (!open)
                buffer_printf(s->to, "    %5u  ", number);
            if (pending)
                put_same(s, pending, pending_len, !open, false);
            pending = NULL;
            open = true;
            put_changed(s, r, a, b);
            number += r->kind == WORDS_GONE ? count_lines(a + r->a, r->len) : 0;
            continue;
        }
        for (size_t at = 0; at <= r->len;) {
            size_t n = line_end(a + r->a + at, r->len - at);
            bool ends = at + n < r->len;

            if (open && ends) {
                put_same(s, a + r->a + at, n, false, true);
                buffer_byte(s->to, '\n');
                open = false;
            } else {
                pending = a + r->a + at;
                pending_len = n;
            }
            number += ends;
            at += n + 1;
        }
    }
    if (open && pending)
        put_same(s, pending, pending_len, false, true);
    if (open)
        buffer_byte(s->to, '\n');
    if (d.bounded)
        buffer_puts(s->to, "           (the two differ so much that a smaller difference was not "
                           "looked for)\n");
    word_diff_free(&d);
}

/* A difference within one line, in full. */
static void put_line_diff(struct sheet *s, const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct word_diff d;

    if (word_diff(&d, a, a_len, b, b_len) < 0) {
        s->to->failed = true;
        return;
    }
    for (size_t i = 0; i < d.n; i++)
        if (d.runs[i].kind == WORDS_SAME)
            put(s, a + d.runs[i].a, d.runs[i].len, false);
        else
            put_changed(s, &d.runs[i], a, b);
    word_diff_free(&d);
}

/* ---- stages ---- */

static void put_value(struct sheet *s, const etl_value *v)
{
    struct buffer b = { 0 };

    explain_value(v, &b);
    if (v->type == ETL_TEXT && (v->len > SHORT_VALUE || memchr(v->text, '\n', v->len))) {
        char bytes[FIGURE_MAX], lines[FIGURE_MAX];
        size_t n = line_end(b.data, b.len < 60 ? b.len : head_of(b.data, 60));
        uint32_t count = 1 + count_lines(v->text, v->len);

        put(s, b.data, n, false);
        style(s, DIM);
        buffer_printf(s->to, "... %s bytes in %s line%s", figure_grouped(v->len, bytes),
                      figure_grouped(count, lines), count == 1 ? "" : "s");
        style(s, PLAIN);
    } else {
        put(s, b.data, b.len, false);
    }
    s->to->failed |= b.failed;
    buffer_free(&b);
}

static void put_change(struct sheet *s, const struct trace_change *c)
{
    struct buffer a = { 0 }, b = { 0 };
    bool was = c->before.type != ETL_NULL, is = c->after.type != ETL_NULL;

    buffer_puts(s->to, "  ");
    put_styled(s, BOLD, c->field, strlen(c->field));
    if (!was || !is) {
        buffer_puts(s->to, is ? " = " : " is null now, was ");
        put_value(s, is ? &c->after : &c->before);
        buffer_byte(s->to, '\n');
        return;
    }
    explain_value(&c->before, &a);
    explain_value(&c->after, &b);
    if (c->type == ETL_TEXT && (memchr(a.data ? a.data : "", '\n', a.len) || a.len > SHORT_VALUE)) {
        buffer_puts(s->to, " changed\n");
        put_diff(s, a.data ? a.data : "", a.len, b.data ? b.data : "", b.len);
    } else {
        buffer_puts(s->to, ": ");
        put_line_diff(s, a.data ? a.data : "", a.len, b.data ? b.data : "", b.len);
        buffer_byte(s->to, '\n');
    }
    buffer_free(&a);
    buffer_free(&b);
}

static void put_verdict(struct sheet *s, const struct trace_stage *st)
{
    if (st->passed)
        buffer_puts(s->to, "  its `when` is not true: the document goes by\n");
    if (st->verdict == ETL_FAIL)
        buffer_puts(s->to, "  it stopped the run here\n");
    if (!st->decided)
        return;
    buffer_puts(s->to, "  ");
    style(s, GONE);
    buffer_puts(s->to, fate_name(st->fate));
    if (st->rule) {
        buffer_puts(s->to, ", rule ");
        put(s, st->rule, strlen(st->rule), false);
    }
    if (st->reason) {
        buffer_puts(s->to, ": ");
        put(s, st->reason, strlen(st->reason), false);
    }
    style(s, PLAIN);
    buffer_byte(s->to, '\n');
}

static void put_stage(struct sheet *s, const struct trace_stage *st)
{
    size_t len;

    buffer_byte(s->to, '\n');
    put_styled(s, BOLD, st->name, strlen(st->name));
    style(s, DIM);
    if (st->timed)
        buffer_printf(s->to, "  %.0f \xc2\xb5s", (double)st->ns / 1000);
    if (explain_nothing(st))
        buffer_printf(s->to, "  %s", explain_nothing(st));
    style(s, PLAIN);
    buffer_byte(s->to, '\n');
    for (size_t i = 0; i < st->n_notes; i++) {
        const struct trace_note *n = &st->notes[i];

        if (explain_line_of(n, &len) > 0) /* told line by line, below */
            continue;
        style(s, DIM);
        buffer_puts(s->to, "  ");
        put(s, n->key, strlen(n->key), false);
        buffer_puts(s->to, *n->key ? ": " : "");
        style(s, PLAIN);
        put(s, n->text, n->len, false);
        buffer_byte(s->to, '\n');
    }
    for (size_t i = 0; i < st->n_changes; i++)
        put_change(s, &st->changes[i]);
    put_verdict(s, st);
}

/* ---- lines ---- */

static void put_line_head(struct sheet *s, const struct explain_line *l)
{
    const char *role, *why;
    size_t role_len, why_len;

    if (l->n_notes == 0 && l->gone_by) {
        buffer_printf(s->to, "%5u - ", l->number);
        put_styled(s, ROLE, "removed", 7);
        buffer_printf(s->to, ": by %s\n", l->gone_by->name);
    } else if (l->n_notes == 0) {
        buffer_printf(s->to, "%5u ? nothing is said of it\n", l->number);
    }
    for (size_t i = 0; i < l->n_notes; i++) {
        explain_role(l->notes[i], &role, &role_len, &why, &why_len);
        buffer_printf(s->to, "%5u %c ", l->number,
                      explain_stays(role, role_len) ? '+'
                      : l->into                     ? '='
                                                    : '-');
        put_styled(s, ROLE, role, role_len);
        buffer_puts(s->to, why_len ? ": " : "");
        put(s, why, why_len, false);
        if (l->into &&
            (strlen(l->into->field) != role_len || memcmp(l->into->field, role, role_len) != 0))
            buffer_printf(s->to, ", into %s", l->into->field);
        buffer_byte(s->to, '\n');
    }
}

static void put_line(struct sheet *s, const struct explain_line *l)
{
    put_line_head(s, l);
    buffer_puts(s->to, "        ");
    if (l->result)
        put_line_diff(s, l->text, l->len, l->result, l->result_len);
    else
        put_styled(s, DIM, l->text, l->len);
    buffer_byte(s->to, '\n');
}

static void put_lines(struct sheet *s, const struct trace_record *r, const char *stage)
{
    struct explain_lines lines;
    size_t blank = 0;

    if (explain_lines_make(&lines, r) < 0) {
        s->to->failed = true;
        return;
    }
    for (size_t i = 0; i < lines.n && lines.field; i++) {
        const struct explain_line *l = &lines.at[i];

        if (i == 0) {
            style(s, BOLD);
            buffer_printf(s->to, "\nthe lines of %s", lines.field);
            style(s, PLAIN);
            buffer_printf(s->to, "  + stays in %s, = is a field of its own, - goes\n",
                          lines.result_field ? lines.result_field : "the text");
        }
        blank += l->blank;
        if (!l->blank && (l->n_notes == 0 || explain_stage_is(l->by[0], stage)))
            put_line(s, l);
    }
    if (blank > 0)
        buffer_printf(s->to, "        (%zu blank line%s not shown)\n", blank,
                      blank == 1 ? " is" : "s are");
    explain_lines_free(&lines);
}

/* ---- the whole ---- */

static void put_fact(void *to, const char *text)
{
    struct sheet *s = to;

    buffer_puts(s->to, "  ");
    put(s, text, strlen(text), false);
    buffer_byte(s->to, '\n');
}

static void put_head(struct sheet *s, const struct explanation *e)
{
    const struct trace_record *r = e->document;
    struct buffer end = { 0 };

    style(s, BOLD);
    put(s, e->shown_as ? e->shown_as : r->origin, strlen(e->shown_as ? e->shown_as : r->origin),
        false);
    style(s, PLAIN);
    buffer_puts(s->to, ": ");
    if (r->ended)
        explain_end(r, &end);
    else
        buffer_puts(&end, "the run stopped at it");
    put_styled(s, r->ended && r->fate == KEPT ? COME : GONE, end.data, end.len);
    buffer_byte(s->to, '\n');
    buffer_puts(s->to, "  ");
    if (!e->shown_as)
        buffer_printf(s->to, "id %s, ", r->id);
    buffer_printf(s->to, "by %s, pipeline %s\n", e->pipeline, e->name);
    explain_facts(e, put_fact, s);
    s->to->failed |= end.failed;
    buffer_free(&end);
}

static void put_partner(struct sheet *s, const struct explanation *e)
{
    const struct trace_field *mine, *theirs;

    if (!explain_longest(e, &mine, &theirs))
        return;
    style(s, BOLD);
    buffer_printf(s->to, "\n%s, against that of the kept document", mine->name);
    style(s, PLAIN);
    buffer_byte(s->to, '\n');
    if (mine->value.len == theirs->value.len &&
        memcmp(mine->value.text, theirs->value.text, mine->value.len) == 0)
        buffer_puts(s->to, "    the same\n");
    else
        put_diff(s, theirs->value.text, theirs->value.len, mine->value.text, mine->value.len);
}

static bool is_own_name(const struct explanation *e, const struct trace_field *f)
{
    return e->shown_as && (strcmp(f->name, "id") == 0 || strcmp(f->name, "source") == 0);
}

static void put_record(struct sheet *s, const struct explanation *e)
{
    style(s, BOLD);
    buffer_printf(s->to, "\nthe record at the end, %s\n", fate_name(e->document->fate));
    style(s, PLAIN);
    for (size_t i = 0; i < e->document->n_fields; i++) {
        const struct trace_field *f = &e->document->fields[i];

        if (is_own_name(e, f)) /* made for this look alone */
            continue;
        buffer_printf(s->to, "  %-16s ", f->name);
        put_value(s, &f->value);
        buffer_byte(s->to, '\n');
    }
}

void explain_text(const struct explanation *e, const char *stage, bool colour, struct buffer *to)
{
    struct sheet s = { to, colour };

    if (!stage)
        put_head(&s, e);
    for (size_t i = 0; i < e->document->n_stages; i++)
        if (explain_stage_is(&e->document->stages[i], stage))
            put_stage(&s, &e->document->stages[i]);
    if (!stage)
        put_partner(&s, e);
    if (explain_speaks_of_lines(e->document, stage))
        put_lines(&s, e->document, stage);
    if (e->document->ended && !stage)
        put_record(&s, e);
}
