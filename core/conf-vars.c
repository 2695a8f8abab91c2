/* SPDX-License-Identifier: Apache-2.0 */
/* Variables: ${NAME}, ${NAME:-default}, ${NAME:?message} inside one value, expanded once and after
 * parsing, so that what they hold is never read as anything but text. Values in [var] see the
 * environment, all others see the names of [var]. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* environ */
#endif
#include "core/conf-parts.h"

#include "common/buffer.h"
#include "common/nearest.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMED_SUGGESTIONS = 20, SHOWN_NAMES = 10 }; /* looking for the nearest name takes time */

/* The names that a value may use, with their values; sorted by name, NULL: the environment. */
struct names {
    const struct conf_key **keys;
    const char **all; /* the names alone, for suggestions */
    size_t n;
};

struct expansion {
    struct conf_loader *l;
    const struct names *names; /* NULL: the environment */
    struct conf_key *key;
    struct buffer value;
    struct conf_run *runs;
    size_t n_runs, cap;
    size_t next; /* run of the old map that is not yet behind us */
};

/* One ${...} in a value: all offsets are into it. */
struct use {
    size_t from, to; /* from the dollar to behind the brace */
    size_t name, name_len;
    char how; /* 0, '-' or '?' */
    size_t word, word_len;
};

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

bool conf_name_ok(const char *name, size_t len, bool variable, size_t *bad)
{
    for (*bad = 0; *bad < len; ++*bad) {
        char c = name[*bad];

        if (!letter(c) && !(digit(c) && (*bad > 0 || !variable)) &&
            !((c == '.' || c == '-') && !variable))
            return false;
    }
    return len > 0;
}

/* ---- the new map ---- */

static void add_run(struct expansion *x, struct conf_run run)
{
    run.at = (uint32_t)x->value.len;
    if (conf_more(x->l, (void **)&x->runs, x->n_runs, &x->cap, sizeof(run)))
        x->runs[x->n_runs++] = run;
}

/* Takes bytes from..to of the old value over, with the places they have. */
static void copy(struct expansion *x, size_t from, size_t to)
{
    const struct conf_map *old = x->key->map;

    while (from < to) {
        const struct conf_run *run;
        size_t end;

        while (x->next + 1 < old->n && old->runs[x->next + 1].at <= from)
            x->next++;
        run = &old->runs[x->next];
        end = x->next + 1 < old->n && run[1].at < to ? run[1].at : to;
        add_run(x, (struct conf_run){ .column = run->column +
                                                (run->width > 0 ? 0 : (uint32_t)(from - run->at)),
                                      .width = run->width,
                                      .line = run->line });
        buffer_append(&x->value, x->key->value + from, end - from);
        from = end;
    }
}

/* Text that stands for bytes from..to of the old value. */
static void put(struct expansion *x, size_t from, size_t to, const char *text, size_t len)
{
    struct diag_place p = conf_place_in(x->key, from, to - from);
    const struct conf_map *old = x->key->map;
    size_t i = x->next;

    while (i + 1 < old->n && old->runs[i + 1].at <= from)
        i++;
    if (len == 0)
        return;
    add_run(x,
            (struct conf_run){ .column = p.column, .width = p.width, .line = old->runs[i].line });
    if (x->value.len <= CONF_MAX_VALUE) /* more is an error anyhow */
        buffer_append(&x->value, text, len);
}

/* ---- one variable ---- */

static bool bad_use(struct expansion *x, size_t from, size_t len, const char *help,
                    const char *text)
{
    conf_mistake(x->l, E0120, conf_place_in(x->key, from, len), NULL, help, "%s", text);
    return false;
}

/* The ${...} that begins at `from`. False: noted; u->to is then where to go on. */
static bool read_use(struct expansion *x, size_t from, struct use *u)
{
    const char *s = x->key->value, *brace = strchr(s + from, '}');
    size_t len = x->key->value_len, at, wrong;

    *u = (struct use){ .from = from, .to = len, .name = from + 2 };
    if (!brace)
        return bad_use(x, from, len - from, "write $${ for a dollar and a brace",
                       "missing '}' of a variable");
    at = (size_t)(brace - s);
    u->to = at + 1;
    while (u->name_len < at - u->name && s[u->name + u->name_len] != ':')
        u->name_len++;
    if (!conf_name_ok(s + u->name, u->name_len, true, &wrong))
        return bad_use(x, u->name + wrong, 1, "letters, digits and '_': ${NAME}",
                       u->name_len == 0 ? "a variable without a name" : "bad name of a variable");
    u->word = u->name + u->name_len;
    if (u->word == at)
        return true;
    u->how = s[u->word + 1]; /* at the latest the brace */
    if (u->how != '-' && u->how != '?')
        return bad_use(x, u->word, 1, "${NAME:-default} or ${NAME:?message}",
                       "'-' or '?' is missing after the colon");
    u->word += 2;
    u->word_len = at - u->word;
    for (size_t i = 1; i < u->word_len; i++)
        if (s[u->word + i - 1] == '$' && s[u->word + i] == '{')
            return bad_use(x, u->word + i - 1, 2, "declare one in [var] that holds the default",
                           "a variable inside a default");
    return true;
}

static int by_key_name(const void *a, const void *b)
{
    return strcmp((*(const struct conf_key *const *)a)->name,
                  (*(const struct conf_key *const *)b)->name);
}

static const char *look_up(struct expansion *x, const char *name)
{
    struct conf_key wanted = { .name = name };
    const struct conf_key *pointer = &wanted, **found;

    if (!x->names)
        return getenv(name);
    if (x->names->n == 0)
        return NULL;
    found = bsearch(&pointer, x->names->keys, x->names->n, sizeof(pointer), by_key_name);
    return found ? (*found)->value : NULL;
}

static const char *nearest_in_environment(struct conf_loader *l, const char *name)
{
    const char *best = NULL;

    for (char **e = environ; e && *e; e++) {
        const char *equals = strchr(*e, '='), *one[2] = { best, NULL };

        if (!equals || equals == *e || equals - *e > NEAREST_MAX)
            continue;
        one[1] = arena_string(&l->arena, *e, (size_t)(equals - *e));
        best = nearest(name, one, 2);
    }
    return best;
}

static void undefined(struct expansion *x, const struct use *u, const char *name)
{
    struct diag_place place = conf_place_in(x->key, u->from, u->to - u->from);
    bool look = x->l->n_errors < NAMED_SUGGESTIONS;

    if (!x->names)
        conf_mistake(x->l, E0121, place, look ? nearest_in_environment(x->l, name) : NULL,
                     conf_format(x->l, "set it, or write ${%s:-default}", name),
                     "undefined variable '%s': it is not in the environment", name);
    else if (!x->l->incomplete)
        conf_mistake(x->l, E0121, place, look ? nearest(name, x->names->all, x->names->n) : NULL,
                     conf_format(x->l, "declare it in [var]: %s = ${%s:-default}", name, name),
                     "undefined variable '%s': no [var] declares it", name);
}

static void expand_use(struct expansion *x, const struct use *u)
{
    const char *s = x->key->value, *value;
    char *name = arena_string(&x->l->arena, s + u->name, u->name_len);

    if (!name) {
        x->l->no_memory = true;
        return;
    }
    value = look_up(x, name);
    if (value && (*value || !u->how)) {
        size_t len = strlen(value);

        if (!x->names && !utf8_valid(value, len))
            conf_mistake(x->l, E0112, conf_place_in(x->key, u->from, u->to - u->from), NULL, NULL,
                         "the environment's %s is not UTF-8", name);
        put(x, u->from, u->to, value, len);
    } else if (u->how == '-') {
        put(x, u->from, u->to, s + u->word, u->word_len);
    } else if (u->how == '?') {
        conf_mistake(
            x->l, E0122, conf_place_in(x->key, u->from, u->to - u->from), NULL,
            x->names
                ? "give it a value in [var], or with -D NAME=VALUE"
                : conf_format(x->l, "export %s=..., or set the [var] with -D NAME=VALUE", name),
            "%s must be set%s%.*s", name, u->word_len > 0 ? ": " : "", (int)u->word_len,
            s + u->word);
    } else {
        undefined(x, u, name);
    }
}

/* ---- one value ---- */

static void expand_parts(struct expansion *x)
{
    const char *s = x->key->value;
    size_t len = x->key->value_len, done = 0, at = 0;

    while (at < len && !x->l->no_memory && x->value.len <= CONF_MAX_VALUE) {
        const char *dollar = memchr(s + at, '$', len - at);
        struct use u;

        if (!dollar)
            break;
        at = (size_t)(dollar - s);
        if (s[at + 1] != '$' && s[at + 1] != '{') {
            at++;
            continue;
        }
        copy(x, done, at);
        if (s[at + 1] == '$') {
            put(x, at, at + 2, "$", 1);
            u.to = at + 2;
        } else if (read_use(x, at, &u)) {
            expand_use(x, &u);
        }
        done = at = u.to;
    }
    copy(x, done, len);
}

static void take_value(struct expansion *x)
{
    struct conf_map *map = arena_get(&x->l->arena, sizeof(*map) + x->n_runs * sizeof(*x->runs));
    char *value = arena_string(&x->l->arena, x->value.data, x->value.len);

    if (!map || !value || x->value.failed) {
        x->l->no_memory = true;
        return;
    }
    map->n = x->n_runs;
    if (map->n > 0)
        memcpy(map->runs, x->runs, map->n * sizeof(*x->runs));
    x->key->map = map;
    x->key->value = value;
    x->key->value_len = x->value.len;
}

static void expand(struct conf_loader *l, struct conf_key *key, const struct names *names)
{
    struct expansion x = { .l = l, .names = names, .key = key };

    if (key->value_len <= CONF_MAX_VALUE && memchr(key->value, '$', key->value_len)) {
        expand_parts(&x);
        take_value(&x);
        buffer_free(&x.value);
    }
    if (key->value_len > CONF_MAX_VALUE)
        conf_mistake(l, E0116, key->value_at, NULL, NULL, "the value of '%s' is longer than 64 KiB",
                     key->name);
}

/* ---- all of them ---- */

static const struct conf_define *find_define(const struct conf_define *defines, size_t n,
                                             const char *name)
{
    while (n-- > 0) /* the last one on the command line holds */
        if (strcmp(defines[n].name, name) == 0)
            return &defines[n];
    return NULL;
}

static void expand_var(struct conf_loader *l, struct conf_key *key,
                       const struct conf_define *defines, size_t n)
{
    const struct conf_define *d = find_define(defines, n, key->name);
    size_t wrong;

    if (!conf_name_ok(key->name, strlen(key->name), true, &wrong)) {
        struct diag_place place = key->name_at;

        place.column += (uint32_t)wrong;
        place.width = 1;
        conf_mistake(l, E0110, place, NULL, NULL,
                     "the name of a variable is made of letters, digits and '_'");
    }
    if (!d) {
        expand(l, key, NULL);
        return;
    }
    if (!conf_argument_ok(l, "-D", d))
        return;
    key->value = arena_string(&l->arena, d->value, strlen(d->value));
    key->value_len = strlen(d->value);
    key->value_at = conf_argument_place(l, "-D", d, strlen(d->name) + 1, key->value_len);
    key->map = NULL;
    key->quoted = false;
    key->origin = conf_format(l, "-D %s", key->name);
    if (!key->value) {
        key->value = "";
        l->no_memory = true;
    }
}

static void check_defines(struct conf_loader *l, const struct names *names,
                          const struct conf_define *defines, size_t n)
{
    struct expansion x = { .l = l, .names = names };
    const char *all = "the pipeline has no [var] section with names in it";

    for (size_t i = 0; n > 0 && i < names->n && i < SHOWN_NAMES; i++)
        all = conf_format(l, "%s %s%s", i ? all : "[var] declares", names->all[i],
                          i + 1 == names->n ? "" : i + 1 == SHOWN_NAMES ? ", ..." : ",");
    for (size_t i = 0; i < n; i++)
        if (!look_up(&x, defines[i].name))
            conf_mistake(l, E0210,
                         conf_argument_place(l, "-D", &defines[i], 0, strlen(defines[i].name)),
                         nearest(defines[i].name, names->all, names->n),
                         all,
                         "-D %s: no [var] declares this name", defines[i].name);
}

/* The names that [var] declares, sorted. */
static bool gather(struct conf_loader *l, const struct conf_section *vars, struct names *names)
{
    names->n = vars->n_keys;
    names->keys = arena_get(&l->arena, names->n * sizeof(*names->keys));
    names->all = arena_get(&l->arena, names->n * sizeof(*names->all));
    if (!names->keys || !names->all) {
        l->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < names->n; i++)
        names->keys[i] = &vars->keys[i];
    qsort(names->keys, names->n, sizeof(*names->keys), by_key_name);
    for (size_t i = 0; i < names->n; i++)
        names->all[i] = names->keys[i]->name;
    return true;
}

void conf_expand_all(struct conf_loader *l, const struct conf_define *defines, size_t n)
{
    struct conf_section none = { 0 }, *vars = &none;
    struct names names;

    for (size_t i = 0; i < l->n_sections; i++)
        if (l->sections[i].section.kind == CONF_VAR)
            vars = &l->sections[i].section;
    for (size_t i = 0; i < vars->n_keys; i++)
        expand_var(l, &vars->keys[i], defines, n);
    if (!gather(l, vars, &names))
        return;
    if (!l->incomplete)
        check_defines(l, &names, defines, n);
    for (size_t i = 0; i < l->n_sections && !l->no_memory; i++) {
        struct conf_section *s = &l->sections[i].section;

        for (size_t k = 0; s != vars && k < s->n_keys; k++)
            expand(l, &s->keys[k], &names);
    }
}
