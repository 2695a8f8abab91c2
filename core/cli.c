/* SPDX-License-Identifier: Apache-2.0 */
/* Takes command lines apart, by tables. getopt_long is not used: it accepts abbreviated long
 * options, which break when an option is added. */
#define _GNU_SOURCE
#include "config.h"
#include "core/verbs.h"
#include "common/nearest.h"
#include "core/host.h"
#include "core/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HELP = 1000,
    SHOW_VERSION,
    QUIET,
    VERBOSE,
    COLOUR,
    LOG_FORMAT,
    LOG_FILE,
    PLUGIN_PATH,
    DEFINE,
    FOLDER,
    MAX_OPTIONS = 100
};

const struct cli_option global_options[] = {
    { HELP, 'h', "help", NULL, "show help" },
    { SHOW_VERSION, 'V', "version", NULL, "show the version" },
    { QUIET, 'q', "quiet", NULL, "warnings and errors only" },
    { VERBOSE, 'v', "verbose", NULL, "of a run, what each stage did; twice: each step" },
    { COLOUR, 0, "color", "auto|always|never", "colours in messages [auto]" },
    { LOG_FORMAT, 0, "log-format", "auto|text|json", "of messages [auto]" },
    { LOG_FILE, 0, "log-file", "FILE", "messages and summary go there, at its end" },
    { PLUGIN_PATH, 0, "plugin-path", "DIR", "plugins are there, or in a FILE.so (repeat)" },
    { DEFINE, 'D', NULL, "NAME=VALUE", "set a [var] of the pipeline file (repeat)" },
    { FOLDER, 'C', NULL, "DIR", "work in that folder" },
    { 0, 0, NULL, NULL, NULL },
};

static int complain(struct cli *c, enum diag_code code, const char *near, const char *fmt,
                    const char *what)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = code, .near = near };
    char text[400], help[200];

    snprintf(help, sizeof(help), "`etl %s%s--help` shows how it is called",
             c->verb ? c->verb->name : "", c->verb ? " " : "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, sizeof(text), fmt, what);
#pragma GCC diagnostic pop
    m.text = text;
    m.help = help;
    diag_report(&c->app->diag, &m);
    c->status = EXIT_USAGE;
    c->stop = true;
    return 0;
}

int cli_wrong(struct cli *c, const char *option, const char *why)
{
    diag_error(&c->app->diag, E0204, NULL, "'%s' of %s %s%s", c->value ? c->value : "", option,
               strncmp(why, "not ", 4) == 0 ? "is " : "", why); /* conf_int and the like */
    c->stop = true;
    return c->status = EXIT_USAGE;
}

/* The tables in which an option is looked up: the verb's, and everybody's. */
static const struct cli_option *table(const struct cli *c, int which)
{
    return which == 1 ? global_options : c->verb && c->verb->options ? c->verb->options : NULL;
}

static const struct cli_option *by_name(const struct cli *c, const char *name, size_t len)
{
    for (int which = 0; which < 2; which++)
        for (const struct cli_option *o = table(c, which); o && o->id; o++)
            if (o->name && strlen(o->name) == len && memcmp(o->name, name, len) == 0)
                return o;
    return NULL;
}

static const struct cli_option *by_letter(const struct cli *c, char letter)
{
    for (int which = 0; which < 2; which++)
        for (const struct cli_option *o = table(c, which); o && o->id; o++)
            if (o->letter == letter)
                return o;
    return NULL;
}

static int unknown_long(struct cli *c, const char *name, size_t len)
{
    const char *names[MAX_OPTIONS];
    char near[100] = "", copy[200];
    const char *found;
    size_t n = 0;

    for (int which = 0; which < 2; which++)
        for (const struct cli_option *o = table(c, which); o && o->id && n < MAX_OPTIONS; o++)
            if (o->name)
                names[n++] = o->name;
    snprintf(copy, sizeof(copy), "%.*s", (int)(len < 100 ? len : 100), name);
    found = nearest(copy, names, n);
    for (size_t i = 0; !found && i < n && len > 0; i++) /* an abbreviation: say what is meant */
        if (strncmp(names[i], copy, len) == 0)
            found = names[i];
    if (found)
        snprintf(near, sizeof(near), "--%s", found);
    return complain(c, E0202, *near ? near : NULL, "unknown option '--%s'", copy);
}

static int find_long(struct cli *c, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : strlen(text);
    const struct cli_option *o = by_name(c, text, len);

    if (!o)
        return unknown_long(c, text, len);
    c->value = equals ? equals + 1 : NULL;
    if (equals && !o->argument)
        return complain(c, E0204, NULL, "option --%s takes no value", o->name);
    if (o->argument && *o->argument != '[' && !equals) {
        if (c->at >= c->argc)
            return complain(c, E0203, NULL, "option --%s needs a value", o->name);
        c->value = c->argv[c->at++];
    }
    return o->id;
}

static int find_letter(struct cli *c)
{
    char letter[2] = { *c->cluster++, '\0' };
    const struct cli_option *o = by_letter(c, letter[0]);

    c->value = NULL;
    if (!o)
        return complain(c, E0202, NULL, "unknown option '-%s'", letter);
    if (o->argument && *o->argument != '[') {
        c->value = *c->cluster ? c->cluster : c->at < c->argc ? c->argv[c->at++] : NULL;
        c->cluster = NULL;
        if (!c->value)
            return complain(c, E0203, NULL, "option -%s needs a value", letter);
    }
    if (c->cluster && !*c->cluster)
        c->cluster = NULL;
    return o->id;
}

/* ---- the global options ---- */

static bool one_of(const char *value, const char *a, const char *b, const char *d)
{
    return strcmp(value, a) == 0 || strcmp(value, b) == 0 || strcmp(value, d) == 0;
}

static void add_define(struct cli *c)
{
    const char *equals = strchr(c->value, '=');
    struct conf_define *grown;
    char *name;

    if (!equals || equals == c->value) {
        complain(c, E0213, NULL, "-D takes NAME=VALUE, not '%.200s'", c->value);
        return;
    }
    grown = realloc(c->app->defines, (c->app->n_defines + 1) * sizeof(*grown));
    if (grown)
        c->app->defines = grown;
    name = grown ? strndup(c->value, (size_t)(equals - c->value)) : NULL;
    if (!name)
        complain(c, E0771, NULL, "memory is out%s", "");
    else
        grown[c->app->n_defines++] = (struct conf_define){ name, equals + 1 };
}

static void add_folder(struct cli *c)
{
    const char **grown = realloc(c->app->plugin_path, (c->app->n_plugin_path + 1) * sizeof(*grown));

    if (!grown) {
        complain(c, E0771, NULL, "memory is out%s", "");
        return;
    }
    c->app->plugin_path = grown;
    grown[c->app->n_plugin_path++] = c->value;
}

static void show_help(struct cli *c)
{
    if (c->verb)
        cli_usage(c->verb, stdout);
    else
        app_usage(stdout);
    c->stop = true;
}

static void show_version(struct cli *c)
{
    printf("%s (plugin ABI 1.%d)\nPlugins: %s\nLicense Apache-2.0. There is no warranty.\n",
           PACKAGE_STRING, ETL_ABI, PLUGINDIR);
    c->stop = true;
}

static void global_option(struct cli *c, int id)
{
    struct app *app = c->app;

    switch (id) {
    case HELP:
        show_help(c);
        break;
    case SHOW_VERSION:
        show_version(c);
        break;
    case QUIET:
        app->quiet++;
        break;
    case VERBOSE:
        app->verbose++;
        break;
    case COLOUR:
        app->colour = c->value;
        if (!one_of(c->value, "auto", "always", "never"))
            cli_wrong(c, "--color", "is not auto, always or never");
        break;
    case LOG_FORMAT:
        app->log_format = c->value;
        if (!one_of(c->value, "auto", "text", "json"))
            cli_wrong(c, "--log-format", "is not auto, text or json");
        break;
    case LOG_FILE:
        app->log_file = c->value;
        break;
    case PLUGIN_PATH:
        add_folder(c);
        break;
    case DEFINE:
        add_define(c);
        break;
    default:
        if (app->folder)
            complain(c, E0203, NULL, "-C is given twice, the second time '%.200s'", c->value);
        app->folder = c->value;
    }
}

/* ---- the walk ---- */

void cli_begin(struct cli *c, struct app *app, int argc, char **argv)
{
    memset(c, 0, sizeof(*c));
    c->app = app;
    c->verb = argc > 0 ? verb_named(argv[0]) : NULL;
    c->argc = argc;
    c->argv = argv;
    c->at = 1;
    c->arguments = argv + 1; /* what is no option moves to the front */
}

int cli_next(struct cli *c)
{
    while (!c->stop && (c->cluster || c->at < c->argc)) {
        const char *text = c->cluster ? NULL : c->argv[c->at++];
        int id;

        if (text && strcmp(text, "--") == 0) {
            while (!c->until_argument && c->at < c->argc)
                c->arguments[c->n_arguments++] = c->argv[c->at++];
            return 0;
        }
        if (text && (text[0] != '-' || !text[1])) {
            if (c->until_argument) {
                c->at--;
                return 0;
            }
            c->arguments[c->n_arguments++] = c->argv[c->at - 1];
            continue;
        }
        if (text && text[1] == '-') {
            id = find_long(c, text + 2);
        } else {
            c->cluster = text ? text + 1 : c->cluster;
            id = find_letter(c);
        }
        if (id >= HELP)
            global_option(c, id);
        else if (id > 0)
            return id;
    }
    return 0;
}

int app_begin(struct app *app, int argc, char **argv, int *status)
{
    struct cli c;

    cli_begin(&c, app, argc, argv);
    c.verb = NULL;
    c.until_argument = true;
    cli_next(&c);
    *status = c.stop ? c.status : -1;
    return c.at;
}

static bool set_up(struct cli *c)
{
    struct app *app = c->app;

    app->printer.colour = false;
    if (app->log_file) {
        FILE *log = fopen(app->log_file, "ae");

        if (!log) {
            diag_error_errno(&app->diag, E0204, errno, "--log-file '%s' cannot be written to",
                             app->log_file);
            c->status = app->diag.status == EXIT_RESOURCES ? EXIT_RESOURCES : EXIT_CANNOT_CREATE;
            return false;
        }
        app->printer.out = log;
    }
    app_set_printer(app);
    if (app->folder && chdir(app->folder) != 0) {
        diag_error_errno(&app->diag, E0204, errno, "-C '%s': cannot work there", app->folder);
        c->status = EXIT_USAGE;
        return false;
    }
    process_note();
    app->registry = registry_new(app->plugin_path, app->n_plugin_path, &host_table);
    if (app->registry)
        return true;
    diag_error(&app->diag, E0771, NULL, "memory is out");
    c->status = EXIT_RESOURCES;
    return false;
}

bool cli_ready(struct cli *c, size_t least, size_t most)
{
    if (c->stop)
        return false;
    if (c->n_arguments < least) {
        char text[100];

        snprintf(text, sizeof(text), "too few arguments: etl %s takes %s", c->verb->name,
                 c->verb->arguments);
        complain(c, E0203, NULL, "%s", text);
        return false;
    }
    if (c->n_arguments > most) {
        complain(c, E0203, NULL, "'%.200s' is one argument too many", c->arguments[most]);
        return false;
    }
    return set_up(c);
}

/* ---- help ---- */

enum { COLUMN = 30, WIDEST = 33 }; /* where help begins; a long option moves it a little */

static void print_options(const struct cli_option *table_, FILE *out)
{
    char text[80];

    for (const struct cli_option *o = table_; o && o->id; o++) {
        size_t n = (size_t)snprintf(text, sizeof(text), o->letter ? "-%c" : "  ", o->letter);

        if (o->name)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%s--%s", o->letter ? ", " : "  ",
                                  o->name);
        if (o->argument && *o->argument == '[')
            n += (size_t)snprintf(text + n, sizeof(text) - n, "[=%s", o->argument + 1);
        else if (o->argument)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", o->name ? "=" : " ",
                                  o->argument);
        if (n <= WIDEST)
            fprintf(out, "  %-*s %s\n", COLUMN, text, o->help);
        else
            fprintf(out, "  %s\n  %-*s %s\n", text, COLUMN, "", o->help);
    }
}

void cli_usage(const struct verb *v, FILE *out)
{
    fprintf(out, "usage: etl %s%s%s%s\n%s.\n", v->name, v->options ? " [OPTIONS]" : "",
            *v->arguments ? " " : "", v->arguments, v->summary);
    if (v->options) {
        fputs("\n", out);
        print_options(v->options, out);
    }
    fprintf(out, "\nexample:\n%s\n\n`etl --help` lists the options of all verbs.\n", v->example);
}

void app_usage(FILE *out)
{
    const struct cli_option *own = global_options;

    while (own->id == HELP || own->id == SHOW_VERSION) /* the heading names them */
        own++;
    fputs("usage: etl [OPTIONS] VERB ...        `etl VERB --help` says more of a verb\n"
          "Archives of raw scraped text in; clean, de-duplicated, structured data out.\n\n",
          out);
    for (const struct verb *v = verbs; v->name; v++) {
        char text[80];

        snprintf(text, sizeof(text), "%s %s", v->name, v->arguments);
        fprintf(out, "  %-30s %s\n", text, v->summary);
    }
    fputs("\noptions of all verbs, beside -h, --help and -V, --version:\n", out);
    print_options(own, out);
}
