/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a pipeline includes: read before the rest, each once, names relative to the file that
 * names them. */
#include "core/conf-parts.h"

#include <string.h>

/* A name in `from` as a path that can be opened. */
static const char *beside(struct conf_loader *l, const char *from, const char *name, size_t len)
{
    const char *slash = strrchr(from, '/');
    int folder = slash && *name != '/' ? (int)(slash - from + 1) : 0;

    return conf_format(l, "%.*s%.*s", folder, from, (int)len, name);
}

static void include_list(struct conf_loader *l, const struct conf_key *key, const char *from,
                         size_t depth)
{
    size_t n = conf_key_list(key, NULL, 0);
    struct conf_piece *pieces = arena_get(&l->arena, n * sizeof(*pieces));
    const char *variable = strstr(key->value, "${");

    if (!pieces) {
        l->no_memory = true;
        return;
    }
    conf_key_list(key, pieces, n);
    if (variable)
        conf_mistake(l, E0124, conf_place_in(key, (size_t)(variable - key->value), 2), NULL, NULL,
                     "'include' takes no variables");
    else if (n == 0)
        conf_mistake(l, E0124, key->name_at, NULL, "leave the key out", "'include' names no file");
    else if (depth == CONF_MAX_DEPTH)
        conf_mistake(l, E0123, key->name_at, NULL, NULL, "includes are more than %d deep",
                     CONF_MAX_DEPTH);
    else
        for (size_t i = 0; i < n && !l->no_memory; i++) {
            struct conf_piece *p = &pieces[i];
            struct diag_place place = conf_place_in(key, p->offset, p->len);

            if (p->len == 0)
                conf_mistake(l, E0124, place, NULL, NULL, "a file name is missing in the list");
            else
                conf_include(l, beside(l, from, key->value + p->offset, p->len), place, depth + 1);
        }
}

static void add_keys(struct conf_loader *l, struct conf_draft *to, const struct conf_section *from)
{
    for (size_t i = 0; i < from->n_keys; i++)
        conf_add_key(l, to, from->keys[i]);
}

/* [pipeline] and [var] of all files are one section each. */
static void add_section(struct conf_loader *l, const struct conf_draft *from)
{
    enum conf_kind kind = from->section.kind;

    if (kind == CONF_PIPELINE || kind == CONF_VAR)
        for (size_t i = 0; i < l->n_sections; i++)
            if (l->sections[i].section.kind == kind) {
                add_keys(l, &l->sections[i], &from->section);
                return;
            }
    if (conf_more(l, (void **)&l->sections, l->n_sections, &l->sections_cap,
                  sizeof(l->sections[0])))
        l->sections[l->n_sections++] = *from;
}

void conf_include(struct conf_loader *l, const char *path, struct diag_place from, size_t depth)
{
    struct conf_parsed parsed = { 0 };
    const char *data;
    size_t len;

    if (!conf_read(l, path, from, &data, &len)) {
        l->incomplete = true;
        return;
    }
    conf_parse(l, path, data, len, &parsed);
    if (parsed.include.name && !l->no_memory)
        include_list(l, &parsed.include, path, depth);
    for (size_t i = 0; i < parsed.n; i++)
        add_section(l, &parsed.sections[i]);
}
