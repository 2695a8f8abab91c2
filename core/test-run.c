/* SPDX-License-Identifier: Apache-2.0 */
/* Runs one test and tells what is not as expected. */
#define _GNU_SOURCE
#include "core/test-run.h"

#include "common/word-diff.h"
#include "core/diag-source.h"
#include "core/plan-tests.h"
#include "core/trial.h"
#include "core/value-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_LINES = 12, KEY_WIDTH = 26 };

struct comparison {
    const struct plan *plan;
    const struct plan_test *test;
    const struct trial *trial;
    struct test_result *result;
    struct test_changes *changes;
};

void test_changes_free(struct test_changes *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->at[i].file);
        free(c->at[i].text);
    }
    free(c->at);
    memset(c, 0, sizeof(*c));
}

/* ---- what was said while it ran ---- */

static void take_message(void *to, const struct diag_message *m)
{
    struct buffer *text = to;

    if (m->level > DIAG_WARNING)
        return;
    buffer_puts(text, m->level == DIAG_ERROR ? "  error: " : "  warning: ");
    if (m->place.file)
        buffer_printf(text, "%s:%u: ", m->place.file, m->place.line);
    buffer_puts(text, m->text);
    if (m->document)
        buffer_printf(text, " (%s)", m->document);
    if (m->code < DIAG_CODES)
        buffer_printf(text, " [%s]", diag_code_name(m->code));
    buffer_byte(text, '\n');
}

/* ---- comparing ---- */

static etl_value text_of(const char *text)
{
    return text ? etl_text(text, strlen(text)) : etl_null();
}

static etl_value value_of(const struct trial_record *r, const struct test_value *v)
{
    switch (v->what) {
    case TEST_STREAM:
        return text_of(test_streams[r->fate]);
    case TEST_STAGE:
        return text_of(r->stage);
    case TEST_RULE:
        return text_of(r->rule);
    case TEST_REASON:
        return text_of(r->reason);
    default:
        return r->slots[v->field];
    }
}

/* "extract" of "transform extract": which stage the value is from; "" for none. */
static const char *stage_of_value(const struct comparison *c, const struct trial_record *r,
                                  const struct test_value *v)
{
    const char *name = v->what != TEST_FIELD ? r->stage : NULL;

    if (v->what == TEST_FIELD && r->wrote[v->field] != UINT32_MAX)
        name = c->plan->stages[r->wrote[v->field]].name;
    return name && strchr(name, ' ') ? strchr(name, ' ') + 1 : "";
}

/* Lines, each with what stands before it. */
static void put_lines(struct buffer *to, const char *lead, const char *at, size_t len)
{
    const char *end = at + len;
    size_t n = 0;

    for (; at <= end; n++) {
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        size_t length = (size_t)((stop ? stop : end) - at);

        if (n < SHOWN_LINES)
            buffer_printf(to, "%s%.*s\n", lead, (int)length, at);
        at += length + 1;
    }
    if (n > SHOWN_LINES)
        buffer_printf(to, "%s(%zu more lines)\n", lead, n - SHOWN_LINES);
}

/* A piece of a value with blanks that are not plain ones by their names, <U+00A0>, or two lines
 * that differ would look the same. Line ends are those of the value. */
static void put_seen(struct buffer *to, const char *text, size_t len)
{
    char piece[16];
    size_t used;

    for (size_t at = 0; at < len;) {
        if (text[at] == '\n' || text[at] == '\t') {
            buffer_byte(to, text[at++]);
            continue;
        }
        at += diag_piece(text + at, len - at, true, piece, &used);
        buffer_append(to, piece, used);
    }
}

/* b, with what it has and a has not in {+...+}, and what a has and b has not in [-...-]. Where they
 * have little in common the marks would tell nothing: b as it is. */
static void put_marked(struct buffer *to, const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct word_diff d;
    size_t same = 0;

    if (word_diff(&d, a, a_len, b, b_len) < 0) {
        to->failed = true;
        return;
    }
    for (size_t i = 0; i < d.n; i++)
        same += d.runs[i].kind == WORDS_SAME ? d.runs[i].len : 0;
    if (3 * same < a_len || 3 * same < b_len)
        put_seen(to, b, b_len);
    for (size_t i = 0; i < d.n && 3 * same >= a_len && 3 * same >= b_len; i++) {
        const struct word_run *run = &d.runs[i];
        const char *text = run->kind == WORDS_GONE ? a + run->a : b + run->b;

        buffer_puts(to, run->kind == WORDS_GONE ? "[-" : run->kind == WORDS_NEW ? "{+" : "");
        put_seen(to, text, run->len);
        buffer_puts(to, run->kind == WORDS_GONE ? "-]" : run->kind == WORDS_NEW ? "+}" : "");
    }
    word_diff_free(&d);
}

static size_t same_lines_before(const struct buffer *a, const struct buffer *b)
{
    size_t same = 0;

    for (size_t i = 0; i < a->len && i < b->len && a->data[i] == b->data[i]; i++)
        if (a->data[i] == '\n')
            same = i + 1;
    return same;
}

static size_t same_lines_behind(const struct buffer *a, const struct buffer *b, size_t from)
{
    size_t same = 0;

    for (size_t i = 1;
         i <= a->len - from && i <= b->len - from && a->data[a->len - i] == b->data[b->len - i];
         i++)
        if (a->data[a->len - i] == '\n')
            same = i;
    return same;
}

static void put_difference(struct buffer *to, const char *stage, const char *key,
                           const struct buffer *wanted, const struct buffer *is)
{
    size_t before = same_lines_before(wanted, is);
    size_t behind = same_lines_behind(wanted, is, before);
    char lead[200];
    int width = snprintf(lead, sizeof(lead), "  %s%.60s%s%.60s  ", *stage ? "stage " : "", stage,
                         *stage ? "  " : "", key);
    struct buffer lines = { 0 }, seen = { 0 }, marked = { 0 };

    if (width < KEY_WIDTH)
        width = snprintf(lead + width, sizeof(lead) - (size_t)width, "%*s", KEY_WIDTH - width, "") +
                width;
    put_marked(&marked, wanted->data + before, wanted->len - before - behind, is->data + before,
               is->len - before - behind);
    put_seen(&seen, wanted->data + before, wanted->len - before - behind);
    put_lines(&lines, "- ", seen.data ? seen.data : "", seen.len);
    put_lines(&lines, "+ ", marked.data ? marked.data : "", marked.len);
    for (size_t at = 0; at < lines.len;) {
        const char *stop = memchr(lines.data + at, '\n', lines.len - at);
        size_t len = (size_t)(stop - lines.data) - at + 1;

        if (at == 0)
            buffer_puts(to, lead);
        else
            buffer_printf(to, "%*s", width, "");
        buffer_append(to, lines.data + at, len);
        at += len;
    }
    to->failed |= lines.failed || seen.failed || marked.failed;
    buffer_free(&lines);
    buffer_free(&seen);
    buffer_free(&marked);
}

static void note_change(struct comparison *c, const struct test_value *v, struct buffer *is)
{
    struct test_changes *all = c->changes;
    size_t cap = all->cap ? 2 * all->cap : 16;
    struct test_change *grown =
        all->n < all->cap ? all->at : realloc(all->at, cap * sizeof(*grown));

    if (!grown) {
        c->result->text.failed = true;
        return;
    }
    all->cap = all->n < all->cap ? all->cap : cap;
    all->at = grown;
    grown[all->n] = (struct test_change){ strdup(v->key->name_at.file), v->key->name_at.line,
                                          strdup(buffer_string(is)) };
    c->result->text.failed |= !grown[all->n].file || !grown[all->n].text;
    all->n++;
}

static void missing(struct comparison *c, const struct test_value *v)
{
    c->result->failed = c->result->stopped = true;
    buffer_printf(&c->result->text, "  %s: there is no record %zu, %zu came out\n", v->key->name,
                  v->record + 1, c->trial->n);
}

static void compare(struct comparison *c, const struct test_value *v)
{
    const struct trial_record *r = &c->trial->records[v->record];
    etl_value value = value_of(r, v);
    struct buffer wanted = { 0 }, is = { 0 };
    bool written;

    if (value_same(v->value, value, v->decimals))
        return;
    c->result->failed = true;
    c->result->unlike++;
    value_write(&wanted, v->value);
    written = value_write(&is, value);
    if (!written) {
        c->result->stopped = true;
        buffer_printf(&c->result->text,
                      "  %s: the value has a NUL in it, which a pipeline file cannot say\n",
                      v->key->name);
    } else {
        put_difference(&c->result->text, stage_of_value(c, r, v), v->key->name, &wanted, &is);
        if (c->changes)
            note_change(c, v, &is);
    }
    c->result->text.failed |= wanted.failed || is.failed;
    buffer_free(&wanted);
    buffer_free(&is);
}

/* A record that was not kept, with the reason: that explains most of what is missing in it. */
static void tell_fate(struct comparison *c, size_t which)
{
    static const char *const words[] = { "kept", "dropped", "taken for a duplicate", "rejected" };
    const struct trial_record *r = &c->trial->records[which];
    struct buffer *to = &c->result->text;

    if (r->fate == KEPT)
        return;
    buffer_printf(to, "  record %zu was %s%s%s%s", which + 1, words[r->fate],
                  r->stage ? " by [" : "", r->stage ? r->stage : "", r->stage ? "]" : "");
    if (r->rule)
        buffer_printf(to, ", rule %s", r->rule);
    if (r->reason && *r->reason)
        buffer_printf(to, ": %.200s", r->reason);
    if (r->fate == DUPLICATE && r->slots[FIELD_DUPLICATE_OF].type == ETL_TEXT)
        buffer_printf(to, ": of %.*s", (int)r->slots[FIELD_DUPLICATE_OF].len,
                      r->slots[FIELD_DUPLICATE_OF].text);
    buffer_byte(to, '\n');
}

static void compare_all(struct comparison *c)
{
    for (size_t i = 0; i < c->test->n_out; i++)
        if (c->test->out[i].record < c->trial->n)
            compare(c, &c->test->out[i]);
        else
            missing(c, &c->test->out[i]);
    for (size_t i = 0; c->result->failed && i < c->trial->n; i++)
        tell_fate(c, i);
}

/* ---- one test ---- */

static int run_in(const struct test_file *f, size_t which, const struct plan_options *o,
                  struct registry *r, struct diag *said, struct test_result *result,
                  struct test_changes *changes)
{
    struct plan *p = plan_make(o, r, said);
    struct trial trial = { 0 };
    struct comparison c = { .plan = p, .trial = &trial, .result = result, .changes = changes };

    if (!p || which >= p->n_tests) { /* it was read a moment ago */
        result->failed = result->stopped = true;
        buffer_printf(&result->text, "  %s changes while it is tested\n",
                      f->tests ? f->tests : f->pipeline);
        plan_close(p);
        return 0;
    }
    c.test = &p->tests[which];
    if (trial_run(&trial, p, c.test) < 0)
        result->failed = result->stopped = true;
    else
        compare_all(&c);
    trial_free(&trial);
    plan_close(p);
    return 0;
}

int test_run(const struct test_file *f, size_t which, const struct plan_options *o,
             struct registry *r, struct diag *d, struct test_result *result,
             struct test_changes *changes)
{
    struct plan_options options = *o;
    char *folder = trial_folder(d), *out = NULL;
    struct buffer path = { 0 };
    struct diag said;
    int status = -1;

    memset(result, 0, sizeof(*result));
    if (!folder)
        return -1;
    buffer_printf(&path, "%s/run", folder);
    out = buffer_take(&path);
    if (out && diag_init(&said, take_message, &result->text)) {
        said.shown = DIAG_WARNING;
        options.path = f->pipeline;
        options.tests = f->tests;
        options.out = out;
        options.stores = folder;
        options.offline = true;
        status = run_in(f, which, &options, r, &said, result, changes);
        diag_free(&said);
    }
    if (status < 0 || result->text.failed)
        status = diag_error(d, E0771, NULL, "memory is out");
    free(out);
    trial_folder_remove(folder);
    return status;
}
