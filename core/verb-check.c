/* SPDX-License-Identifier: Apache-2.0 */
/* etl check: pipelines made ready as for a run, by the same code, and no data touched. */
#define _GNU_SOURCE
#include "core/plan.h"
#include "core/test-files.h"
#include "core/verbs.h"

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

/* tests: a file of tests for the pipeline, which is what is checked then; or NULL. False: it is
 * wrong. */
static bool check_file(struct check *k, const char *path, const char *tests)
{
    struct diag *d = &k->app->diag;
    struct plan_options o = { .path = path,
                              .tests = tests,
                              .defines = k->app->defines,
                              .n_defines = k->app->n_defines,
                              .offline = k->offline };
    size_t warnings = d->warnings;
    bool good;
    struct plan *p = plan_make(&o, k->app->registry, d);

    k->checked++;
    k->bad += !p || (k->strict && d->warnings > warnings);
    if (p && k->print) {
        plan_print(p, stdout);
    } else if (p && tests) {
        if (!k->app->quiet)
            printf("%s: good (%zu test%s)\n", tests, p->n_tests, p->n_tests == 1 ? "" : "s");
    } else if (p && !k->app->quiet) {
        say_resume(k, p);
        printf("%s: %s (%zu input%s, %zu transform%s, %zu output%s)\n", path,
               d->warnings > warnings ? "good, with warnings" : "good", p->n_inputs,
               p->n_inputs == 1 ? "" : "s", p->n_transforms, p->n_transforms == 1 ? "" : "s",
               p->n_outputs, p->n_outputs == 1 ? "" : "s");
    }
    good = p != NULL;
    plan_close(p);
    return good;
}

/* A pipeline with the files of tests beside it. If it is wrong itself, these would only say so
 * again; and with --print it alone is wanted. */
static void check_path(struct check *k, const char *path)
{
    struct diag *d = &k->app->diag;
    enum diag_level shown = d->shown;
    struct test_files files = { 0 };
    bool good = true;

    k->bad += test_files_add(&files, path, d) < 0;
    for (size_t i = 0; i < files.n; i++)
        if (!files.at[i].tests) {
            good = check_file(k, files.at[i].pipeline, NULL);
        } else if (test_file_named(path)) {
            check_file(k, files.at[i].pipeline, files.at[i].tests);
        } else if (good && !k->print) {
            d->shown = DIAG_ERROR; /* it was warned already */
            check_file(k, files.at[i].pipeline, files.at[i].tests);
            d->shown = shown;
        }
    test_files_free(&files);
}

int verb_check(struct app *app, int argc, char **argv)
{
    struct check k = { .app = app };
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
        check_path(&k, c.arguments[i]);
    if (k.bad == 0)
        return EXIT_DONE;
    return app->diag.status ? (int)app->diag.status : EXIT_CONFIG;
}
