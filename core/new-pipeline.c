/* SPDX-License-Identifier: Apache-2.0 */
/* etl new pipeline: sections for the plugins that are named, from their tables of options. What
 * must be given is filled in; the other keys stand there as comments with their presets. So the file
 * passes `etl check`, unless a plugin wants one of several keys, such as exec: its table does not
 * say so, and the check does, by line. */
#define _GNU_SOURCE
#include "core/new.h"

#include "core/option.h"
#include "common/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PLUGINS = 64, MOST_FIELDS = 256 };

struct sections {
    struct app *app;
    struct buffer text;
    const struct plugin *used[MOST_PLUGINS];
    size_t n;
    const char *fields[MOST_FIELDS]; /* that sections before write, as far as their keys say */
    size_t n_fields;
    bool piped; /* an input reads standard input already */
};

static bool is_written(const struct sections *s, const char *name)
{
    for (size_t i = 0; i < s->n_fields; i++)
        if (strcmp(s->fields[i], name) == 0)
            return true;
    return strcmp(name, "id") == 0 || strcmp(name, "source") == 0 || !*name;
}

/* How often the plugin stands there by now. */
static size_t times_used(const struct sections *s, const struct plugin *p)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->used[i] == p;
    return n;
}

/* An output's file: named after the first, "pages-2.csv" the second time. */
static void put_output_name(struct sections *s, const struct plugin *p, const etl_option *o)
{
    const char *name = plugin_sample(p, o), *dot = strrchr(name, '.');
    size_t n = times_used(s, p);

    for (size_t i = 0; i < s->n; i++) /* another plugin's may be of the same name */
        for (size_t k = 0; s->used[i] != p && k < s->used[i]->n_options; k++)
            if (s->used[i]->options[k].kind == ETL_OPTION_OUTPUT &&
                strcmp(plugin_sample(s->used[i], &s->used[i]->options[k]), name) == 0)
                n++;
    buffer_printf(&s->text, "%.*s", (int)(dot ? dot - name : (ptrdiff_t)strlen(name)), name);
    if (n > 1)
        buffer_printf(&s->text, "-%zu", n);
    buffer_puts(&s->text, dot ? dot : "");
}

static void put_value(struct sections *s, const struct plugin *p, const etl_option *o)
{
    if (o->kind == ETL_OPTION_OUTPUT) {
        put_output_name(s, p, o);
    } else if (o->kind == ETL_OPTION_INPUT) {
        buffer_puts(&s->text, s->piped ? "." : "-");
        s->piped = true;
    } else if (o->kind == ETL_OPTION_CHOICE) {
        buffer_append(&s->text, o->limits, strcspn(o->limits, "|"));
    } else {
        buffer_puts(&s->text, plugin_sample(p, o));
    }
}

/* A key whose preset is a field that nothing before writes must name another one. */
static bool needs_field(const struct sections *s, const etl_option *o)
{
    return (o->kind == ETL_OPTION_READS || o->kind == ETL_OPTION_EDITS) && o->preset &&
           !is_written(s, o->preset);
}

/* A plugin that lets through what an expression says may refuse to do without one. Every record has
 * an id, so that all go on until somebody says more. */
static bool keeps(const etl_option *o)
{
    return o->kind == ETL_OPTION_EXPR && o->preset && !*o->preset && strcmp(o->name, "keep") == 0;
}

static void put_key(struct sections *s, const struct plugin *p, const etl_option *o)
{
    char type[OPTION_TEXT];

    option_describe(o, type, sizeof(type));
    buffer_puts(&s->text, "# ");
    for (const char *c = o->doc ? o->doc : ""; *c; c++)
        buffer_byte(&s->text, *c == '\n' ? ' ' : *c);
    buffer_printf(&s->text, "%s(%s)\n", o->doc && *o->doc ? " " : "", type);
    if (!o->preset || needs_field(s, o) || keeps(o)) {
        buffer_printf(&s->text, "%s = ", o->name);
        if (o->preset)
            buffer_puts(&s->text, keeps(o) ? "id" : "text");
        else
            put_value(s, p, o);
    } else {
        buffer_printf(&s->text, "#%s = %s", o->name, o->preset);
    }
    buffer_byte(&s->text, '\n');
    if (o->kind == ETL_OPTION_WRITES && o->preset && *o->preset && s->n_fields < MOST_FIELDS)
        s->fields[s->n_fields++] = o->preset;
}

static bool put_section(struct sections *s, enum etl_kind kind, const char *name)
{
    const struct plugin *p = registry_load(s->app->registry, kind, name, NULL, &s->app->diag);
    size_t n;

    if (!p)
        return false;
    if (s->n == MOST_PLUGINS)
        return diag_error(&s->app->diag, E0203, NULL, "more than %d plugins", MOST_PLUGINS), false;
    s->used[s->n++] = p;
    n = times_used(s, p);
    buffer_printf(&s->text, "\n# %s: etl plugins %s\n[%s %s", p->is.summary, name, kind_name(kind),
                  name);
    if (n > 1)
        buffer_printf(&s->text, " %zu", n);
    buffer_puts(&s->text, "]\n");
    for (size_t i = 0; i < p->n_options; i++)
        put_key(s, p, &p->options[i]);
    return true;
}

/* The plugins of one kind, parted by commas. */
static bool put_kind(struct sections *s, enum etl_kind kind, const char *names, size_t len)
{
    bool good = true;

    while (len > 0) {
        const char *comma = memchr(names, ',', len);
        size_t n = comma ? (size_t)(comma - names) : len;
        char *name = strndup(names, n);

        good = name && put_section(s, kind, name) && good;
        free(name);
        names += n + (comma != NULL);
        len -= n + (comma != NULL);
    }
    return good;
}

static int bad_spec(struct app *app, const char *spec)
{
    diag_report(&app->diag, &(struct diag_message){
                                .level = DIAG_ERROR,
                                .code = E0204,
                                .text = "a pipeline is named as INPUT/TRANSFORM,.../OUTPUT, "
                                        "with commas where there are several",
                                .document = spec,
                                .help = "etl new pipeline txt/cleanup,language/jsonl,csv" });
    return EXIT_USAGE;
}

int new_pipeline(struct app *app, const char *spec, const char *file)
{
    const char *first = strchr(spec, '/'), *second = first ? strchr(first + 1, '/') : NULL;
    struct sections s = { .app = app };
    int status = EXIT_DONE;

    if (!second || first == spec || !second[1] || strchr(second + 1, '/'))
        return bad_spec(app, spec);
    s.fields[s.n_fields++] = "text";
    buffer_printf(
        &s.text,
        "# %s\n#\n#   etl check FILE    looks this over\n#   etl run FILE      runs it\n\n"
        "[pipeline]\nformat = 1\n",
        spec);
    if (!put_kind(&s, ETL_KIND_INPUT, spec, (size_t)(first - spec)) ||
        !put_kind(&s, ETL_KIND_TRANSFORM, first + 1, (size_t)(second - first) - 1) ||
        !put_kind(&s, ETL_KIND_OUTPUT, second + 1, strlen(second + 1)))
        status = (int)app->diag.status;
    else if (s.text.failed)
        diag_error(&app->diag, E0771, NULL, "memory is out");
    else if (!file)
        fwrite(s.text.data, 1, s.text.len, stdout);
    else if (new_file(file, s.text.data, s.text.len, &app->diag) == 0 && !app->quiet)
        printf("%s: %zu sections; `etl check %s` looks it over\n", file, s.n, file);
    buffer_free(&s.text);
    return status ? status : (int)app->diag.status;
}
