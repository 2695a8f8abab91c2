/* SPDX-License-Identifier: Apache-2.0 */
/* The records of one JSONL output, line by line, into its columns. */
#define _GNU_SOURCE
#include "core/report.h"

#include "common/lines.h"
#include "core/json-take.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scan {
    struct report_table *table;
    struct report_group *groups;
    size_t n_groups;
    struct buffer whole, unescaped; /* a line that came in pieces; a value that has escapes */
    struct json json;
    bool failed; /* memory was out */
    /* Of the record under way. */
    struct json_token id, source, name;
};

const struct report_column *report_column(const struct report_table *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return &t->columns[i];
    return NULL;
}

/* Fields come in the same order in each record, so `at` is nearly always right. NULL: there are too
 * many, or memory is out. */
static struct report_column *column_of(struct scan *s, const struct json_token *key, size_t at)
{
    struct report_table *t = s->table;
    struct report_column *c;

    if (at < t->n && json_is(key, t->columns[at].name, t->columns[at].name_len))
        return &t->columns[at];
    for (size_t i = 0; i < t->n; i++)
        if (json_is(key, t->columns[i].name, t->columns[i].name_len))
            return &t->columns[i];
    if (t->n == REPORT_COLUMNS) {
        t->more_columns = true;
        return NULL;
    }
    c = &t->columns[t->n];
    c->name = json_text(key);
    if (!c->name) {
        s->failed = true;
        return NULL;
    }
    c->name_len = strlen(c->name);
    c->all = strcmp(c->name, "duplicate_of") == 0;
    t->n++;
    return c;
}

/* What the token means; good until the next one. */
static const char *text_of(struct scan *s, const struct json_token *t, size_t *n)
{
    char *to;

    *n = t->len;
    if (!t->escaped)
        return t->text;
    s->unescaped.len = 0;
    to = buffer_room(&s->unescaped, t->len + 1);
    *n = to ? json_unescape(to, t) : 0;
    return to ? to : "";
}

static bool take_list(struct scan *s, struct report_column *c)
{
    struct json_token t;
    bool any = false;
    size_t n;

    while (json_next(&s->json, &t) != JSON_ARRAY_END) {
        if (t.kind <= JSON_END || !json_skip(&s->json, &t))
            return false;
        any = true;
        if (t.kind == JSON_STRING) {
            const char *text = text_of(s, &t, &n);

            report_column_item(c, text, n);
        }
    }
    c->records += any;
    return true;
}

static bool take_value(struct scan *s, struct report_column *c, const struct json_token *v)
{
    const char *text;
    size_t n;

    switch (v->kind) {
    case JSON_STRING:
        text = text_of(s, v, &n);
        report_column_text(c, text, n);
        return true;
    case JSON_NUMBER:
        report_column_number(c, json_real(v), v->text, v->len);
        return true;
    case JSON_TRUE:
        report_column_number(c, -1, "true", 4);
        return true;
    case JSON_FALSE:
        report_column_number(c, -1, "false", 5);
        return true;
    case JSON_ARRAY:
        return take_list(s, c);
    default:
        return json_skip(&s->json, v);
    }
}

/* The name of a document is its title, or else the first text that it has and that is not what the
 * host set. */
static void note_token(struct scan *s, const struct json_token *key, const struct json_token *v)
{
    if (v->kind != JSON_STRING)
        return;
    if (json_is(key, "id", 2))
        s->id = *v;
    else if (json_is(key, "source", 6))
        s->source = *v;
    else if (json_is(key, "title", 5) || s->name.len == 0)
        s->name = *v;
}

static void name_groups(struct scan *s)
{
    for (size_t i = 0; i < s->n_groups; i++) {
        struct report_group *g = &s->groups[i];

        if (g->source || s->id.len != 16 || memcmp(g->id, s->id.text, 16) != 0)
            continue;
        g->name = json_text(&s->name);
        g->source = json_text(&s->source);
        s->failed |= !g->name || !g->source;
    }
}

/* False: it is no object. */
static bool take_record(struct scan *s, const char *line, size_t len, struct fault *f)
{
    struct json_token key, value;

    s->id = s->source = s->name = (struct json_token){ .text = "" };
    if (!json_start(&s->json, line, len, f))
        return false;
    if (json_next(&s->json, &key) != JSON_OBJECT)
        return false;
    for (size_t at = 0; json_next(&s->json, &key) == JSON_KEY; at++) {
        struct report_column *c = column_of(s, &key, at);

        if (json_next(&s->json, &value) == JSON_BAD)
            return false;
        if (s->n_groups > 0)
            note_token(s, &key, &value);
        if (c ? !take_value(s, c, &value) : !json_skip(&s->json, &value))
            return false;
    }
    s->table->records++;
    return key.kind == JSON_OBJECT_END;
}

/* 1: a whole line; 0: the end; -1: see f. */
static int next_line(struct lines *l, struct buffer *whole, const char **text, size_t *len,
                     struct fault *f)
{
    struct lines_piece p;
    int got;

    whole->len = 0;
    while ((got = lines_next(l, &p, f)) == 1) {
        if (p.first && p.last) {
            *text = p.data;
            *len = p.len;
            return 1;
        }
        buffer_append(whole, p.data, p.len);
        if (p.last) {
            *text = whole->data;
            *len = whole->len;
            return 1;
        }
    }
    return got;
}

static char *join(const char *folder, const char *path)
{
    char *whole;

    return asprintf(&whole, "%s/%s", folder, path) < 0 ? NULL : whole;
}

static bool failed(const struct scan *s)
{
    for (size_t i = 0; i < s->table->n; i++)
        if (report_column_failed(&s->table->columns[i]))
            return true;
    return s->failed || s->whole.failed || s->unescaped.failed;
}

static bool trouble(struct report_table *t, const struct fault *f)
{
    if (asprintf(&t->trouble, "%s", *f->text ? f->text : "a line is not a JSON object") < 0)
        t->trouble = NULL;
    return t->trouble != NULL;
}

bool report_scan(struct report_table *t, const char *folder, const char *path,
                 struct report_group *groups, size_t n_groups)
{
    struct scan s = { .table = t, .groups = groups, .n_groups = n_groups };
    char *whole = join(folder, path);
    struct fault f = { 0 };
    struct lines *l = NULL;
    const char *text = NULL;
    size_t len = 0;
    bool good = false;
    int got;

    t->path = strdup(path);
    if (!whole || !t->path)
        goto out;
    l = lines_open(whole, NULL, &f);
    got = l ? next_line(l, &s.whole, &text, &len, &f) : -1;
    for (; got == 1; got = next_line(l, &s.whole, &text, &len, &f)) {
        if (!take_record(&s, text, len, &f))
            break;
        name_groups(&s);
    }
    good = got == 0 || trouble(t, &f);
    for (size_t i = 0; i < t->n; i++)
        report_column_sort(&t->columns[i]);
    good = good && !failed(&s);
out:
    lines_close(l);
    buffer_free(&s.whole);
    buffer_free(&s.unescaped);
    free(whole);
    return good;
}

bool report_first_has(const char *folder, const char *path, const char *name)
{
    struct buffer whole = { 0 };
    char *file = join(folder, path);
    struct fault f = { 0 };
    struct lines *l = file ? lines_open(file, NULL, &f) : NULL;
    struct json_token key, value;
    const char *text;
    struct json j;
    size_t len;
    bool has = false;

    if (l && next_line(l, &whole, &text, &len, &f) == 1 && json_start(&j, text, len, &f) &&
        json_next(&j, &key) == JSON_OBJECT) {
        has = !name;
        while (!has && json_next(&j, &key) == JSON_KEY && json_next(&j, &value) != JSON_BAD) {
            has = json_is(&key, name, strlen(name)) && value.kind != JSON_NULL;
            if (!json_skip(&j, &value))
                break;
        }
    }
    lines_close(l);
    buffer_free(&whole);
    free(file);
    return has;
}

void report_table_free(struct report_table *t)
{
    for (size_t i = 0; i < REPORT_COLUMNS; i++)
        report_column_free(&t->columns[i]);
    free(t->path);
    free(t->trouble);
    *t = (struct report_table){ 0 };
}
