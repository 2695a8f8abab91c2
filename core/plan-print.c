/* SPDX-License-Identifier: Apache-2.0 */
/* The resolved pipeline as a pipeline file: variables expanded, presets filled in, and behind each
 * value where it comes from. What is printed can be run. */
#include "core/plan-private.h"

#include <stdio.h>
#include <string.h>

/* The reader expands variables everywhere, so a dollar is written twice. */
static void print_byte(FILE *out, char c)
{
    putc(c, out);
    if (c == '$')
        putc(c, out);
}

/* By the escapes of JSON. */
static void print_quoted(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == 0x7f)
            fprintf(out, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else
            print_byte(out, *text);
    }
    putc('"', out);
}

static bool needs_quotes(const char *text)
{
    size_t n = strlen(text);

    if (n == 0)
        return false;
    if (strchr(" \t\"", text[0]) || strchr(" \t", text[n - 1]) || text[0] == '#')
        return true;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f ||
            (text[i] == '#' && i > 0 && (text[i - 1] == ' ' || text[i - 1] == '\t')))
            return true;
    return false;
}

void plan_print_key(FILE *out, const char *name, const char *text, bool quoted, const char *origin)
{
    int width = fprintf(out, "%s = ", name);

    if (quoted || needs_quotes(text))
        print_quoted(out, text);
    else
        for (const char *c = text; *c; c++)
            print_byte(out, *c);
    width += (int)strlen(text);
    fprintf(out, "%*s# %s\n", width < 40 ? 42 - width : 2, "", origin);
}

static void print_origin(const struct stage *s, size_t i, char *to, size_t size)
{
    const char *origin = s->options[i].key ? s->options[i].key->origin : "preset";
    const etl_words *files = option_member(s, i);

    if (s->options[i].path)
        snprintf(to, size, "%s: %s", origin, s->options[i].path);
    else if (s->plugin->options[i].kind == ETL_OPTION_INPUT && files->at)
        snprintf(to, size, "%s: %zu file%s", origin, files->n, files->n == 1 ? "" : "s");
    else
        snprintf(to, size, "%s", origin);
}

static void print_stage(const struct stage *s, FILE *out)
{
    char origin[4400];

    fprintf(out, "\n[%s %s%s%s]\n", conf_kind_name(s->section->kind), s->section->plugin,
            s->section->label ? " " : "", s->section->label ? s->section->label : "");
    for (size_t i = 0; i < s->plugin->n_options; i++) {
        const struct conf_key *key = s->options[i].key;

        if (!key && !*s->options[i].text)
            continue; /* left out: nothing to say in a pipeline file */
        print_origin(s, i, origin, sizeof(origin));
        plan_print_key(out, s->plugin->options[i].name, s->options[i].text, key && key->quoted,
                       origin);
    }
    for (size_t i = 0; i < COMMON_KEYS; i++) {
        const etl_option *o = &common_keys[i].option;
        const struct conf_key *key = conf_find(s->section, o->name);

        if (common_keys[i].kinds & 1u << s->plugin->is.kind && (key || *o->preset))
            plan_print_key(out, o->name, key ? key->value : o->preset, key && key->quoted,
                           key ? key->origin : "preset");
    }
}

void plan_print(const struct plan *p, FILE *out)
{
    plan_print_settings(p, out);
    for (size_t i = 0; i < p->n_stages; i++)
        print_stage(&p->stages[i], out);
    fprintf(out, "\n# plan %s\n", p->hash);
}
