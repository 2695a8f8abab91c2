/* SPDX-License-Identifier: Apache-2.0 */
/* etl test: the tests of pipelines, in their own files and beside them. */
#define _GNU_SOURCE
#include "core/process.h"
#include "core/test-files.h"
#include "core/test-run.h"
#include "core/plan-tests.h"
#include "core/trial.h"
#include "core/verbs.h"
#include "common/glob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UPDATE = 1, FILTER, TAP };

const struct cli_option test_options[] = {
    { UPDATE, 0, "update", NULL, "write what comes out into the tests that fail" },
    { FILTER, 0, "filter", "GLOB", "only tests with such a name" },
    { TAP, 0, "tap", NULL, "report as TAP 13, for programs" },
    { 0, 0, NULL, NULL, NULL },
};

struct testing {
    struct app *app;
    bool update, tap;
    const char *filter; /* or NULL */
    size_t n, failed;   /* tests that were run */
    size_t updated;     /* of these, which were given other values */
    size_t broken;      /* files that could not be tested */
};

/* A name in a command for a shell. */
static void put_quoted(FILE *out, const char *text)
{
    putc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            putc(*text, out);
    putc('\'', out);
}

static void put_comment(FILE *out, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");

        fprintf(out, "# %.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

/* A '#' in a description would begin a directive. */
static void put_description(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\')
            putc('\\', out);
        putc(*text, out);
    }
}

static void report(const struct testing *t, const struct test_file *f, const struct plan_test *test,
                   struct test_result *result, bool updated)
{
    const char *file = test->section->at.file;
    bool passed = !result->failed || updated;

    if (t->tap) {
        printf("%sok %zu - %s: ", passed ? "" : "not ", t->n, file);
        put_description(stdout, test->name);
        putchar('\n');
        if (!passed)
            put_comment(stdout, buffer_string(&result->text));
    } else if (updated) {
        printf("updated %s:%u test \"%s\": %zu value%s\n", file, test->section->at.line, test->name,
               result->unlike, result->unlike == 1 ? "" : "s");
    } else if (!passed) {
        printf("FAIL %s:%u test \"%s\"\n%s", file, test->section->at.line, test->name,
               buffer_string(&result->text));
        printf("  see it: etl explain %s --test=", f->pipeline);
        put_quoted(stdout, test->name);
        putchar('\n');
    } else if (t->app->verbose) {
        printf("ok   %s:%u test \"%s\"\n", file, test->section->at.line, test->name);
    }
}

static bool let_through(const struct testing *t, const char *name)
{
    return !t->filter || glob_match(t->filter, name, strlen(name));
}

static void run_one(struct testing *t, const struct test_file *f, size_t which,
                    const struct plan_test *test, const struct plan_options *o,
                    struct test_changes *changes)
{
    struct test_result result;
    bool updated;

    if (test_run(f, which, o, t->app->registry, &t->app->diag, &result,
                 t->update ? changes : NULL) < 0) {
        t->broken++;
        buffer_free(&result.text);
        return;
    }
    updated = t->update && result.failed && !result.stopped;
    t->n++;
    t->updated += updated;
    t->failed += result.failed && !updated;
    report(t, f, test, &result, updated);
    buffer_free(&result.text);
}

/* The file is checked once, with messages; each test then has a plan of its own. */
static void run_file(struct testing *t, const struct test_file *f)
{
    struct app *app = t->app;
    char *folder = trial_folder(&app->diag);
    struct plan_options o = { .path = f->pipeline,
                              .tests = f->tests,
                              .defines = app->defines,
                              .n_defines = app->n_defines,
                              .stores = folder,
                              .offline = true };
    size_t failed = t->failed, n = t->n, updated = t->updated;
    struct test_changes changes = { 0 };
    struct plan *p = folder ? plan_make(&o, app->registry, &app->diag) : NULL;

    t->broken += !p;
    for (size_t i = 0; p && i < p->n_tests; i++)
        if (let_through(t, p->tests[i].name))
            run_one(t, f, i, &p->tests[i], &o, &changes);
    if (test_update(&changes, &app->diag) < 0)
        t->broken++;
    if (p && t->n > n && !t->tap && !app->quiet)
        printf("%s: %zu test%s, %zu failed%s\n", f->tests ? f->tests : f->pipeline, t->n - n,
               t->n - n == 1 ? "" : "s", t->failed - failed,
               t->updated > updated ? ", the others updated" : "");
    test_changes_free(&changes);
    plan_close(p);
    trial_folder_remove(folder);
}

static int run_files(struct testing *t, char **paths, size_t n)
{
    struct diag *d = &t->app->diag;
    struct test_files files = { 0 };
    int status;

    for (size_t i = 0; i < n; i++)
        t->broken += test_files_add(&files, paths[i], d) < 0;
    if (t->tap)
        puts("TAP version 13");
    for (size_t i = 0; i < files.n; i++)
        run_file(t, &files.at[i]);
    test_files_free(&files);
    if (t->n == 0 && t->broken == 0)
        diag_error(d, E0625, NULL,
                   t->filter ? "no test has a name like '%s'" : "no test was found%s",
                   t->filter ? t->filter : "; a pipeline file has them as [test \"name\"]");
    if (t->tap)
        printf("1..%zu\n", t->n);
    status = d->errors > 0 ? (int)d->status : EXIT_DONE;
    return status ? status : t->failed > 0 ? EXIT_MISMATCH : EXIT_DONE;
}

int verb_test(struct app *app, int argc, char **argv)
{
    struct testing t = { .app = app };
    struct cli c;
    int id;

    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0) {
        t.update = t.update || id == UPDATE;
        t.tap = t.tap || id == TAP;
        t.filter = id == FILTER ? c.value : t.filter;
    }
    if (!cli_ready(&c, 1, SIZE_MAX))
        return c.status;
    return run_files(&t, c.arguments, c.n_arguments);
}
