/* SPDX-License-Identifier: Apache-2.0 */
/* etl plugins: what there is, and all about one. */
#include "core/verbs.h"
#include "common/nearest.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_PLUGINS = 1024 };

struct show {
    struct app *app;
    bool json, path, man;
    size_t shown;
};

static void show(struct show *s, const struct plugin *p, bool page)
{
    if (s->json) {
        fputs(s->shown ? ",\n " : "[", stdout);
        plugin_json(p, stdout);
    } else if (s->man) {
        man_plugin(p, stdout);
    } else if (s->path) {
        puts(p->path);
    } else if (page) {
        fputs(s->shown ? "\n\n" : "", stdout);
        plugin_page(p, stdout);
    } else {
        printf("  %-14s %-8s %s\n", p->is.name, p->is.version, p->is.summary);
    }
    s->shown++;
}

static void show_all(struct show *s)
{
    for (int kind = ETL_KIND_INPUT; kind <= ETL_KIND_OUTPUT; kind++) {
        const char *const *names = registry_names(s->app->registry, (enum etl_kind)kind);

        if (!s->json && *names)
            printf("%s%ss\n", kind == ETL_KIND_INPUT ? "" : "\n", kind_name((enum etl_kind)kind));
        for (; *names; names++) {
            const struct plugin *p =
                registry_load(s->app->registry, (enum etl_kind)kind, *names, NULL, &s->app->diag);

            if (p)
                show(s, p, false);
        }
    }
    if (!s->json && s->shown > 0)
        puts("\n`etl plugins NAME` describes one.");
}

/* Every plugin of that name: there may be an input and an output. */
static void show_name(struct show *s, const char *name)
{
    for (int kind = ETL_KIND_INPUT; kind <= ETL_KIND_OUTPUT; kind++) {
        const char *const *names = registry_names(s->app->registry, (enum etl_kind)kind);

        for (; *names; names++) {
            const struct plugin *p;

            if (strcmp(*names, name) != 0)
                continue;
            p = registry_load(s->app->registry, (enum etl_kind)kind, name, NULL, &s->app->diag);
            if (p)
                show(s, p, true);
        }
    }
}

static void show_file(struct show *s, const char *path)
{
    const struct plugin **all = calloc(MAX_PLUGINS, sizeof(*all));
    size_t n;

    if (!all) {
        diag_error(&s->app->diag, E0771, NULL, "memory is out");
        return;
    }
    n = registry_load_file(s->app->registry, path, all, MAX_PLUGINS, &s->app->diag);
    for (size_t i = 0; i < n; i++)
        show(s, all[i], true);
    free(all);
}

static void report_none(struct show *s, const char *name)
{
    struct diag_message m = { .level = DIAG_ERROR,
                              .code = E0501,
                              .help = "--plugin-path=DIR or ETL_PLUGIN_PATH name folders with "
                                      "input/, transform/ and output/ in them" };
    char text[300], note[2000];
    const char *const *folders = registry_folders(s->app->registry);
    int err;
    const char *unlisted = registry_unlisted(s->app->registry, &err);
    size_t used = (size_t)snprintf(note, sizeof(note), "looked in");

    if (unlisted) {
        diag_error_errno(&s->app->diag, E0501, err, "cannot list the plugins in %s", unlisted);
        return;
    }
    for (; *folders && used < sizeof(note); folders++)
        used += (size_t)snprintf(note + used, sizeof(note) - used, " %s", *folders);
    snprintf(text, sizeof(text), name ? "there is no plugin '%.200s'" : "there are no plugins%s",
             name ? name : "");
    for (int kind = ETL_KIND_INPUT; name && !m.near && kind <= ETL_KIND_OUTPUT; kind++) {
        const char *const *names = registry_names(s->app->registry, (enum etl_kind)kind);
        size_t n = 0;

        while (names[n])
            n++;
        m.near = nearest(name, names, n);
    }
    m.text = text;
    m.note = note;
    diag_report(&s->app->diag, &m);
}

int verb_plugins(struct app *app, int argc, char **argv)
{
    struct show s = { .app = app };
    const char *name;
    struct cli c;
    int id;

    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0) {
        s.json = s.json || id == 1;
        s.path = s.path || id == 2;
        s.man = s.man || id == 3;
    }
    if (!cli_ready(&c, 0, 1))
        return c.status;
    name = c.n_arguments > 0 ? c.arguments[0] : NULL;
    if (!name && s.path) {
        for (const char *const *f = registry_folders(app->registry); *f; f++)
            puts(*f);
        return EXIT_DONE;
    }
    if (!name)
        show_all(&s);
    else if (strchr(name, '/'))
        show_file(&s, name);
    else
        show_name(&s, name);
    if (s.shown == 0 && app->diag.errors == 0)
        report_none(&s, name);
    if (s.json)
        puts(s.shown ? "]" : "[]");
    return (int)app->diag.status;
}
