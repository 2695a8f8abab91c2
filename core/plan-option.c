/* SPDX-License-Identifier: Apache-2.0 */
/* From text to typed members of *self, by the plugin's option table. Texts point into the pipeline
 * file or the plugin, which outlive the stage; lists lie in the plan's arena. */
#include "core/plan-private.h"

#include <stdio.h>
#include <string.h>

struct diag_place option_place(const struct stage *s, size_t i, size_t offset, size_t width)
{
    const struct conf_key *key = s->options[i].key;

    if (!key)
        return s->section->at;
    return width > 0 ? conf_place_in(key, offset, width) : key->value_at;
}

void *option_member(const struct stage *s, size_t i)
{
    return (char *)s->self + s->plugin->options[i].offset;
}

bool option_mistake(struct stage *s, size_t i, enum diag_code code, const char *near,
                    const char *what)
{
    const etl_option *o = &s->plugin->options[i];
    char note[200];

    snprintf(note, sizeof(note), "this is the preset of '%s', which the section does not set",
             o->name);
    return plan_mistake(s->plan,
                        &(struct mistake){ .code = code,
                                           .at = option_place(s, i, 0, 0),
                                           .stage = s,
                                           .near = near,
                                           .note = s->options[i].key ? NULL : note },
                        "'%s' of key '%s' in [%s] %s", s->options[i].text, o->name, s->name, what);
}

const char *arena_piece(struct plan *p, const char *text, struct conf_piece piece)
{
    const char *copy = arena_string(p->memory, text + piece.offset, piece.len);

    if (!copy)
        plan_no_memory(p);
    return copy;
}

struct conf_piece *option_pieces(struct stage *s, size_t i, size_t *n)
{
    const struct conf_key *key = s->options[i].key;
    const char *text = s->options[i].text;
    struct conf_piece *pieces;

    *n = key ? conf_key_list(key, NULL, 0) : conf_list(text, NULL, 0);
    pieces = arena_get(s->plan->memory, (*n + 1) * sizeof(*pieces));
    if (!pieces) {
        plan_no_memory(s->plan);
        return NULL;
    }
    if (key)
        conf_key_list(key, pieces, *n);
    else
        conf_list(text, pieces, *n);
    for (size_t k = 0; k < *n; k++)
        if (pieces[k].len == 0) {
            plan_mistake(s->plan,
                         &(struct mistake){ .code = E0605,
                                            .at = option_place(s, i, pieces[k].offset, 1),
                                            .stage = s },
                         "the list of key '%s' in [%s] has an empty item",
                         s->plugin->options[i].name, s->name);
            return NULL;
        }
    return pieces;
}

static void store_scalar(const etl_option *o, void *member, const union option_value *v)
{
    if (o->kind == ETL_OPTION_BOOL)
        *(bool *)member = v->boolean;
    else if (o->kind == ETL_OPTION_REAL)
        *(double *)member = v->real;
    else
        *(int64_t *)member = v->integer;
}

static bool set_scalar(struct stage *s, size_t i)
{
    const etl_option *o = &s->plugin->options[i];
    union option_value v;
    struct option_fault f;

    if (!option_parse(o, s->options[i].text, &v, &f))
        return option_mistake(s, i, E0605, f.near[0] ? f.near : NULL, f.text);
    store_scalar(o, option_member(s, i), &v);
    return true;
}

static bool set_words(struct stage *s, size_t i)
{
    etl_words *words = option_member(s, i);
    struct conf_piece *pieces;
    struct option_fault f;
    const char **at;
    size_t n;

    pieces = option_pieces(s, i, &n);
    if (!pieces)
        return false;
    if (!option_count_valid(&s->plugin->options[i], n, &f))
        return n == 0 && !s->options[i].key ? true : option_mistake(s, i, E0605, NULL, f.text);
    at = arena_get(s->plan->memory, (n + 1) * sizeof(*at));
    if (!at)
        return plan_no_memory(s->plan);
    for (size_t k = 0; k < n; k++)
        if (!(at[k] = arena_piece(s->plan, s->options[i].text, pieces[k])))
            return false;
    at[n] = NULL;
    words->at = at;
    words->n = n;
    return true;
}

/* Another folder takes its place, and its name in all that is asked of the stage. */
static bool set_other_store(struct stage *s, size_t i)
{
    struct buffer path = { 0 };
    char *text = NULL;

    buffer_printf(&path, "%s/%u-%s", s->plan->stores, (unsigned)s->index,
                  s->plugin->options[i].name);
    if (!path.failed)
        text = arena_string(s->plan->memory, path.data, path.len);
    buffer_free(&path);
    s->options[i].text = text ? text : "";
    *(const char **)option_member(s, i) = text;
    return text || plan_no_memory(s->plan);
}

/* OUTPUT, DATA and STORE: NULL where left out. */
static bool set_path(struct stage *s, size_t i)
{
    const char **member = option_member(s, i);
    const char *text = s->options[i].text, *fault;
    uint32_t kind = s->plugin->options[i].kind;
    char what[200];

    if (!*text && s->plugin->options[i].preset)
        return true;
    if (!*text)
        return option_mistake(s, i, E0605, NULL, "is empty; a path is needed");
    if (kind == ETL_OPTION_DATA)
        return stage_find_data(s, i);
    fault = kind == ETL_OPTION_OUTPUT && strcmp(text, "-") != 0 ? path_name_fault(text) : NULL;
    if (fault) {
        snprintf(what, sizeof(what),
                 "%s; an output is a name inside the run directory ([pipeline] out, or -o)", fault);
        return option_mistake(s, i, E0614, NULL, what);
    }
    if (kind == ETL_OPTION_STORE && s->plan->stores)
        return set_other_store(s, i);
    *member = text;
    return true;
}

static bool set_option(struct stage *s, size_t i, bool offline)
{
    uint32_t kind = s->plugin->options[i].kind;

    switch (kind) {
    case ETL_OPTION_TEXT:
        *(const char **)option_member(s, i) = s->options[i].text;
        return true;
    case ETL_OPTION_WORDS:
        return set_words(s, i);
    case ETL_OPTION_INPUT:
        return stage_find_files(s, i, offline);
    case ETL_OPTION_OUTPUT:
    case ETL_OPTION_DATA:
    case ETL_OPTION_STORE:
        return set_path(s, i);
    default:
        return option_kind_is_scalar(kind) ? set_scalar(s, i) : true; /* the rest: plan-fields.c */
    }
}

static void missing(struct stage *s, const etl_option *o)
{
    char help[400];

    snprintf(help, sizeof(help), "%s = ...%s%.200s", o->name, o->doc ? "  # " : "",
             o->doc ? o->doc : "");
    s->broken = true;
    plan_mistake(s->plan,
                 &(struct mistake){ .code = E0604, .at = s->section->at, .stage = s, .help = help },
                 "[%s] needs the key '%s'", s->name, o->name);
}

/* A common key's value, or its preset. */
static bool common_value(struct stage *s, size_t which, int64_t *value)
{
    const etl_option *o = &common_keys[which].option;
    const struct conf_key *key = conf_find(s->section, o->name);
    union option_value v;
    struct option_fault f;

    if (!option_parse(o, key ? key->value : o->preset, &v, &f))
        return plan_mistake(s->plan,
                            &(struct mistake){ .code = E0605,
                                               .at = key ? key->value_at : s->section->at,
                                               .stage = s,
                                               .near = f.near[0] ? f.near : NULL },
                            "'%s' of key '%s' in [%s] %s", key ? key->value : o->preset, o->name,
                            s->name, f.text);
    *value = v.integer;
    return true;
}

static void read_common(struct stage *s)
{
    int64_t value = 0;

    s->max_document = INT64_C(64) << 20;
    if (common_value(s, COMMON_ON_ERROR, &value))
        s->on_error = (enum on_error)value;
    if (common_value(s, COMMON_FROM, &value))
        s->from = (enum from)value;
    if (common_value(s, COMMON_ON_DAMAGE, &value))
        s->on_damage = (enum on_damage)value;
    if (common_value(s, COMMON_MAX_DOCUMENT, &value))
        s->max_document = value;
    if (s->on_error == ON_ERROR_KEEP && s->plugin->is.step)
        plan_mistake(s->plan,
                     &(struct mistake){ .code = E0616,
                                        .at = conf_find(s->section, "on_error")->value_at,
                                        .stage = s,
                                        .help = "use reject, drop or abort" },
                     "[%s] cannot use on_error = keep: its plugin remembers earlier records, which "
                     "cannot be taken back",
                     s->name);
}

/* A stage with a wrong number or missing files is opened nevertheless, with the preset or without
 * files, because what it tells of its fields is needed to check the stages behind it. */
static bool set_preset(struct stage *s, size_t i)
{
    const etl_option *o = &s->plugin->options[i];
    union option_value v;
    struct option_fault f;

    if (o->kind == ETL_OPTION_INPUT)
        return true;
    if (!option_kind_is_scalar(o->kind) || !o->preset || !option_parse(o, o->preset, &v, &f))
        return false;
    store_scalar(o, option_member(s, i), &v);
    return true;
}

void stage_read_options(struct stage *s, bool offline)
{
    bool has_files = false; /* or would have, if they could be found */

    read_common(s);
    for (size_t i = 0; i < s->plugin->n_options; i++) {
        const etl_option *o = &s->plugin->options[i];

        s->options[i].key = conf_find(s->section, o->name);
        s->options[i].text = s->options[i].key ? s->options[i].key->value
                             : o->preset       ? o->preset
                                               : "";
        has_files = has_files || (o->kind == ETL_OPTION_INPUT &&
                                  (s->options[i].key || !o->preset || *o->preset));
        if (!s->options[i].key && !o->preset)
            missing(s, o);
        else if (!set_option(s, i, offline) && !set_preset(s, i))
            s->broken = true;
    }
    /* An input without paths is read as one unit. */
    if (s->plugin->is.kind == ETL_KIND_INPUT && !has_files && !s->plan->feed) {
        s->files = arena_get(s->plan->memory, sizeof(*s->files));
        if (s->files)
            s->files[s->n_files++] = (struct plan_file){ .path = NULL, .size = -1 };
    }
}
