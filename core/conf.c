/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a conf: reads the files, expands, checks that nothing stands twice, and answers where a
 * byte of a value was written. */
#include "core/conf-parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- places ---- */

struct diag_place conf_line_place(const struct conf_line *line, size_t offset, size_t width)
{
    return (struct diag_place){ .file = line->file,
                                .line = line->number,
                                .column = (uint32_t)offset + 1,
                                .width = width > 0 ? (uint32_t)width : 1,
                                .source = line->text,
                                .source_len = line->len };
}

/* The run that byte `offset` of the value lies in. */
static const struct conf_run *run_at(const struct conf_map *map, size_t offset)
{
    size_t low = 0, high = map->n;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (map->runs[middle].at <= offset)
            low = middle;
        else
            high = middle;
    }
    return &map->runs[low];
}

/* Column of a byte, and of the one behind it. */
static size_t column_of(const struct conf_run *run, size_t offset)
{
    size_t beyond = offset > run->at ? offset - run->at : 0;

    return run->width > 0 ? run->column : run->column + beyond;
}

static size_t column_behind(const struct conf_run *run, size_t offset)
{
    return column_of(run, offset) + (run->width > 0 ? run->width : 1);
}

struct diag_place conf_place_in(const struct conf_key *key, size_t offset, size_t width)
{
    const struct conf_map *map = key->map;
    struct diag_place p = key->value_at;
    const struct conf_run *first, *last;
    size_t column, behind, end;

    width = width > 0 ? width : 1;
    if (!map || map->n == 0) { /* the value as it stands, or an empty one */
        p.column += (uint32_t)offset;
        p.width = (uint32_t)width;
        return p;
    }
    first = run_at(map, offset);
    last = run_at(map, offset + width - 1);
    end = first->line->len + 1; /* a place may lie just behind the line */
    column = column_of(first, offset);
    column = column < end ? column : end;
    behind = last->line == first->line ? column_behind(last, offset + width - 1) : end;
    behind = behind < end ? behind : end;
    return conf_line_place(first->line, column - 1, behind > column ? behind - column : 1);
}

/* ---- arrays ---- */

bool conf_more(struct conf_loader *l, void **items, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap > 0 ? *cap * 2 : 8;
    void *grown;

    if (n < *cap)
        return true;
    grown = arena_get(&l->arena, more * size);
    if (!grown) {
        l->no_memory = true;
        return false;
    }
    if (n > 0)
        memcpy(grown, *items, n * size);
    *items = grown;
    *cap = more;
    return true;
}

struct conf_key *conf_add_key(struct conf_loader *l, struct conf_draft *to, struct conf_key key)
{
    struct conf_section *s = &to->section;

    if (!conf_more(l, (void **)&s->keys, s->n_keys, &to->cap, sizeof(key)))
        return NULL;
    s->keys[s->n_keys] = key;
    return &s->keys[s->n_keys++];
}

/* ---- nothing twice ---- */

static int by_name(const void *a, const void *b)
{
    const struct conf_key *x = *(const struct conf_key *const *)a;
    const struct conf_key *y = *(const struct conf_key *const *)b;
    int order = strcmp(x->name, y->name);

    return order ? order : x < y ? -1 : 1; /* as they stand in the section */
}

static void check_keys(struct conf_loader *l, const struct conf_section *s)
{
    const struct conf_key **sorted = arena_get(&l->arena, s->n_keys * sizeof(*sorted));
    char name[200];

    if (!sorted) {
        l->no_memory = true;
        return;
    }
    for (size_t i = 0; i < s->n_keys; i++)
        sorted[i] = &s->keys[i];
    qsort(sorted, s->n_keys, sizeof(*sorted), by_name);
    for (size_t i = 1; i < s->n_keys; i++)
        if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
            conf_mistake(l, E0105, sorted[i]->name_at, NULL,
                         conf_format(l, "it stands at %s too", sorted[i - 1]->origin),
                         "repeated key '%s' in [%s]", sorted[i]->name,
                         conf_section_name(s, name, sizeof(name)));
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void check_section(struct conf_loader *l, size_t which)
{
    const struct conf_section *s = &l->sections[which].section;
    char name[200];

    for (size_t i = 0; i < which; i++) {
        const struct conf_section *other = &l->sections[i].section;

        if (other->kind != s->kind || !same_text(other->plugin, s->plugin) ||
            !same_text(other->label, s->label))
            continue;
        conf_mistake(l, E0108, s->at, NULL,
                     s->kind == CONF_TEST
                         ? conf_format(l, "the other is at %s:%u; give one another name",
                                       other->at.file, other->at.line)
                         : conf_format(l, "the other is at %s:%u; give one a label of its own",
                                       other->at.file, other->at.line),
                     "repeated section [%s]", conf_section_name(s, name, sizeof(name)));
        return;
    }
}

/* ---- the whole ---- */

const char *conf_section_name(const struct conf_section *s, char *to, size_t size)
{
    snprintf(to, size, "%s%s%s%s%s", conf_kind_name(s->kind), s->plugin ? " " : "",
             s->plugin ? s->plugin : "", s->label ? " " : "", s->label ? s->label : "");
    return to;
}

const struct conf_key *conf_find(const struct conf_section *s, const char *name)
{
    for (size_t i = 0; i < s->n_keys; i++)
        if (strcmp(s->keys[i].name, name) == 0)
            return &s->keys[i];
    return NULL;
}

static struct conf *finish(struct conf_loader *l, const char *path)
{
    struct conf *c = arena_get(&l->arena, sizeof(*c));
    struct arena *memory = malloc(sizeof(*memory));
    struct conf_section *sections = arena_get(&l->arena, (l->n_sections + 1) * sizeof(*sections));

    if (!c || !memory || !sections) {
        l->no_memory = true;
        free(memory);
        return NULL;
    }
    for (size_t i = 0; i < l->n_sections; i++)
        sections[i] = l->sections[i].section;
    *memory = l->arena;
    *c = (struct conf){ path, sections, l->n_sections, memory };
    return c;
}

struct conf *conf_load(const char *path, const struct conf_define *defines, size_t n_defines,
                       const struct conf_define *sets, size_t n_sets, struct diag *d)
{
    struct conf_loader *l = calloc(1, sizeof(*l));
    struct conf *conf = NULL;
    const char *kept_path;

    if (!l) {
        diag_error(d, E0199, NULL, "memory is out");
        return NULL;
    }
    l->diag = d;
    l->mistakes = calloc(CONF_KEPT_MISTAKES, sizeof(*l->mistakes));
    kept_path = arena_string(&l->arena, path, strlen(path));
    l->no_memory = !l->mistakes || !kept_path;
    if (!l->no_memory)
        conf_include(l, kept_path, (struct diag_place){ 0 }, 0);
    for (size_t i = 0; i < l->n_sections && !l->no_memory; i++) {
        check_keys(l, &l->sections[i].section);
        check_section(l, i);
    }
    if (!l->no_memory)
        conf_expand_all(l, defines, n_defines);
    if (!l->no_memory && !l->incomplete)
        conf_set_all(l, sets, n_sets);
    if (!l->no_memory)
        conf_report_mistakes(l);
    if (!l->no_memory && l->n_errors == 0)
        conf = finish(l, kept_path);
    if (l->no_memory)
        diag_error(d, E0199, NULL, "memory is out while %s is read", path);
    if (!conf)
        arena_free(&l->arena);
    free(l->mistakes);
    free(l);
    return conf;
}

void conf_free(struct conf *c)
{
    struct arena *memory = c ? c->memory : NULL;

    if (!memory)
        return;
    arena_free(memory);
    free(memory);
}
