/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line says of a pipeline: --set SECTION.KEY=VALUE, and where in its words a
 * mistake is. */
#include "core/conf-parts.h"

#include "common/nearest.h"
#include "common/utf8.h"

#include <string.h>

struct diag_place conf_argument_place(struct conf_loader *l, const char *option,
                                      const struct conf_define *d, size_t offset, size_t width)
{
    const char *word = conf_format(l, "%s=%s", d->name, d->value ? d->value : "");
    struct conf_line line = { .file = option, .text = word, .len = (uint32_t)strlen(word) };

    return conf_line_place(&line, offset, width);
}

static bool bad_argument(struct conf_loader *l, const char *option, const struct conf_define *d,
                         const char *text)
{
    conf_mistake(l, E0213, conf_argument_place(l, option, d, 0, strlen(d->name)), NULL,
                 *option == '-' && option[1] == 'D' ? "-D NAME=VALUE" : "--set SECTION.KEY=VALUE",
                 "%s %s: %s", option, d->name, text);
    return false;
}

bool conf_argument_ok(struct conf_loader *l, const char *option, const struct conf_define *d)
{
    if (!d->value)
        return bad_argument(l, option, d, "no '=' and value");
    if (strlen(d->value) > CONF_MAX_VALUE)
        return bad_argument(l, option, d, "the value is longer than 64 KiB");
    if (!utf8_valid(d->value, strlen(d->value)))
        return bad_argument(l, option, d, "the value is not UTF-8");
    return true;
}

/* Does a section go by that name: its plugin, its label, its whole header, or "pipeline"? */
static bool goes_by(const struct conf_section *s, const char *name)
{
    char whole[400];

    if (s->kind == CONF_TEST || s->kind == CONF_VAR)
        return false;
    if (strcmp(conf_section_name(s, whole, sizeof(whole)), name) == 0)
        return true;
    return (s->plugin && strcmp(s->plugin, name) == 0) || (s->label && strcmp(s->label, name) == 0);
}

/* The one section that goes by a name; NULL: noted. */
static struct conf_draft *find_section(struct conf_loader *l, const struct conf_define *d,
                                       const char *name, struct diag_place place)
{
    const char *names[2 * (CONF_MAX_SECTIONS + 1)] = { NULL }; /* one more: need_pipeline */
    struct conf_draft *found = NULL, *other = NULL;
    char whole[2][400];
    size_t n = 0;

    for (size_t i = 0; i < l->n_sections; i++) {
        struct conf_draft *s = &l->sections[i];

        if (goes_by(&s->section, name)) {
            other = found ? found : other;
            found = s;
        }
        if (s->section.kind == CONF_TEST || s->section.kind == CONF_VAR)
            continue;
        names[n++] = s->section.plugin ? s->section.plugin : conf_kind_name(s->section.kind);
        names[n++] = s->section.label;
    }
    if (!found) {
        conf_mistake(l, E0211, place, nearest(name, names, n),
                     "a plugin's name, a label, or a whole header without its brackets",
                     "--set %s: no section '%s'", d->name, name);
    } else if (other) {
        conf_section_name(&other->section, whole[0], sizeof(whole[0]));
        conf_section_name(&found->section, whole[1], sizeof(whole[1]));
        conf_mistake(l, E0212, place, NULL,
                     "write the whole header without its brackets, in quotes",
                     "--set %s: '%s' may be [%s] or [%s]", d->name, name, whole[0], whole[1]);
    }
    return other ? NULL : found;
}

static void set_key(struct conf_loader *l, struct conf_draft *section, struct conf_key key)
{
    for (size_t i = 0; i < section->section.n_keys; i++)
        if (strcmp(section->section.keys[i].name, key.name) == 0) {
            section->section.keys[i] = key;
            return;
        }
    conf_add_key(l, section, key);
}

/* --set pipeline.KEY holds where the file has no [pipeline] too. */
static void need_pipeline(struct conf_loader *l, struct diag_place place)
{
    for (size_t i = 0; i < l->n_sections; i++)
        if (l->sections[i].section.kind == CONF_PIPELINE)
            return;
    if (conf_more(l, (void **)&l->sections, l->n_sections, &l->sections_cap,
                  sizeof(l->sections[0])))
        l->sections[l->n_sections++] = (struct conf_draft){
            .section = { .kind = CONF_PIPELINE, .at = place, .plugin_at = place }
        };
}

static void set_one(struct conf_loader *l, const struct conf_define *d)
{
    const char *dot = strrchr(d->name, '.');
    struct conf_key key = { .origin = "--set" };
    struct diag_place section_at;
    struct conf_draft *section;
    size_t name_len, wrong;
    char *name;

    if (!conf_argument_ok(l, "--set", d))
        return;
    if (!dot || dot == d->name || !conf_name_ok(dot + 1, strlen(dot + 1), false, &wrong)) {
        bad_argument(l, "--set", d, "not of the form SECTION.KEY");
        return;
    }
    name_len = (size_t)(dot - d->name);
    section_at = conf_argument_place(l, "--set", d, 0, name_len);
    key.name_at = conf_argument_place(l, "--set", d, name_len + 1, strlen(dot + 1));
    key.value_len = strlen(d->value);
    key.value_at = conf_argument_place(l, "--set", d, strlen(d->name) + 1, key.value_len);
    key.name = arena_string(&l->arena, dot + 1, strlen(dot + 1));
    key.value = arena_string(&l->arena, d->value, key.value_len);
    name = arena_string(&l->arena, d->name, name_len);
    if (!key.name || !key.value || !name) {
        l->no_memory = true;
        return;
    }
    if (strcmp(name, "pipeline") == 0) {
        need_pipeline(l, section_at);
        if (strcmp(key.name, "include") == 0) {
            bad_argument(l, "--set", d, "files are included by the pipeline file alone");
            return;
        }
    }
    section = find_section(l, d, name, section_at);
    if (section)
        set_key(l, section, key);
}

void conf_set_all(struct conf_loader *l, const struct conf_define *sets, size_t n)
{
    for (size_t i = 0; i < n && !l->no_memory; i++)
        set_one(l, &sets[i]);
}
