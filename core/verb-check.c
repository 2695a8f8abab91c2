/* SPDX-License-Identifier: Apache-2.0 */
/* etl check: pipelines made ready as for a run, by the same code, and no data touched. */
#define _GNU_SOURCE
#include "core/plan.h"
#include "core/verbs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct check {
    struct app *app;
    bool offline, print, strict;
    size_t checked, bad;
};

/* A stage that remembers and cannot save what it remembers: a rerun starts afresh. */
static void say_resume(const struct check *k, const struct plan *p)
{
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].plugin->is.state_size > 0 && !p->stages[i].plugin->is.commit)
            diag_log(&k->app->diag, DIAG_INFO, NULL,
                     "%s: an interrupted run would start again from the beginning, as [%s] cannot "
                     "save what it remembers",
                     p->conf->path, p->stages[i].name);
}

static void check_file(struct check *k, const char *path)
{
    struct diag *d = &k->app->diag;
    struct plan_options o = { .path = path,
                              .defines = k->app->defines,
                              .n_defines = k->app->n_defines,
                              .offline = k->offline };
    size_t warnings = d->warnings;
    struct plan *p = plan_make(&o, k->app->registry, d);

    k->checked++;
    k->bad += !p || (k->strict && d->warnings > warnings);
    if (p && k->print) {
        plan_print(p, stdout);
    } else if (p && !k->app->quiet) {
        say_resume(k, p);
        printf("%s: %s (%zu input%s, %zu transform%s, %zu output%s)\n", path,
               d->warnings > warnings ? "good, with warnings" : "good", p->n_inputs,
               p->n_inputs == 1 ? "" : "s", p->n_transforms, p->n_transforms == 1 ? "" : "s",
               p->n_outputs, p->n_outputs == 1 ? "" : "s");
    }
    plan_close(p);
}

static int is_pipeline(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return e->d_name[0] != '.' && len > 5 && strcmp(e->d_name + len - 5, ".conf") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void check_folder(struct check *k, const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_pipeline, by_bytes);

    if (n < 0)
        diag_error_errno(&k->app->diag, E0101, errno, "folder '%s' cannot be read", folder);
    if (n == 0)
        diag_error(&k->app->diag, E0101, NULL, "folder '%s' holds no pipeline (*.conf)", folder);
    k->bad += n <= 0;
    for (int i = 0; i < n; i++) {
        size_t size = strlen(folder) + strlen(entries[i]->d_name) + 2;
        char *path = malloc(size);

        if (path) {
            snprintf(path, size, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/",
                     entries[i]->d_name);
            check_file(k, path);
        } else {
            diag_error(&k->app->diag, E0771, NULL, "memory is out");
            k->bad++;
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
}

int verb_check(struct app *app, int argc, char **argv)
{
    struct check k = { .app = app };
    struct stat st;
    struct cli c;
    int id;

    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0) {
        k.offline = k.offline || id == 1;
        k.print = k.print || id == 2;
        k.strict = k.strict || id == 3;
    }
    if (!cli_ready(&c, 1, SIZE_MAX))
        return c.status;
    for (size_t i = 0; i < c.n_arguments; i++)
        if (stat(c.arguments[i], &st) == 0 && S_ISDIR(st.st_mode))
            check_folder(&k, c.arguments[i]);
        else
            check_file(&k, c.arguments[i]);
    if (k.bad == 0)
        return EXIT_DONE;
    return app->diag.status ? (int)app->diag.status : EXIT_CONFIG;
}
