/* SPDX-License-Identifier: Apache-2.0 */
/* etl test: the tests of pipelines, in their own files and beside them. */
#define _GNU_SOURCE
#include "core/plan-tests.h"
#include "core/test-run.h"
#include "core/testing.h"
#include "core/trial.h"
#include "common/glob.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char under_valgrind[] = "ETL_UNDER_VALGRIND"; /* in the environment: it is so */

enum { UPDATE = 1, FILTER, TAP, VALGRIND };

const struct cli_option test_options[] = {
    { UPDATE, 0, "update", NULL, "write what comes out into the tests that fail" },
    { FILTER, 0, "filter", "GLOB", "only tests, or cases, with such a name" },
    { TAP, 0, "tap", NULL, "report as TAP 13, for programs" },
    { VALGRIND, 0, "valgrind", NULL, "under valgrind: what it finds is a failure" },
    { 0, 0, NULL, NULL, NULL },
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

/* The same, in quotes only if it needs them. */
static void put_word(FILE *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "_-./:,+@%=";

    if (*text && text[strspn(text, plain)] == '\0')
        fputs(text, out);
    else
        put_quoted(out, text);
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

void testing_result(struct testing *t, const char *name, const char *where, bool passed,
                    const char *text)
{
    t->n++;
    t->failed += !passed;
    if (t->tap) {
        printf("%sok %zu - ", passed ? "" : "not ", t->n);
        put_description(stdout, name);
        putchar('\n');
        if (!passed)
            put_comment(stdout, text);
    } else if (!passed) {
        printf("FAIL %s\n%s", where, text);
    } else if (t->app->verbose) {
        printf("ok   %s\n", where);
    }
}

/* A command that works where this one did: what it was told of plugins and variables is said again.
 */
static void say_how_to_see(const struct testing *t, const struct test_file *f,
                           const struct plan_test *test)
{
    const struct app *app = t->app;

    fputs("  see it: etl explain", stdout);
    if (app->folder) {
        fputs(" -C ", stdout);
        put_word(stdout, app->folder);
    }
    for (size_t i = 0; i < app->n_plugin_path + (t->plugin != NULL); i++) {
        fputs(" --plugin-path=", stdout);
        put_word(stdout, !t->plugin ? app->plugin_path[i]
                         : i == 0   ? t->plugin
                                    : app->plugin_path[i - 1]);
    }
    for (size_t i = 0; i < app->n_defines; i++) {
        fputs(" -D ", stdout);
        put_word(stdout, app->defines[i].name);
        putchar('=');
        put_word(stdout, app->defines[i].value);
    }
    putchar(' ');
    if (t->folder && *t->folder && *f->pipeline != '/') {
        char path[4096];

        snprintf(path, sizeof(path), "%s%s", t->folder, f->pipeline);
        put_word(stdout, path);
    } else {
        put_word(stdout, f->pipeline);
    }
    fputs(" --test=", stdout);
    put_quoted(stdout, test->name);
    putchar('\n');
}

static void report(struct testing *t, const struct test_file *f, const struct plan_test *test,
                   struct test_result *result, bool updated)
{
    struct buffer name = { 0 }, where = { 0 };
    const char *file = test->section->at.file, *folder = t->folder && *file != '/' ? t->folder : "";

    buffer_printf(&name, "%s%s: %s", folder, file, test->name);
    buffer_printf(&where, "%s%s:%u test \"%s\"", folder, file, test->section->at.line, test->name);
    testing_result(t, buffer_string(&name), buffer_string(&where), !result->failed || updated,
                   buffer_string(&result->text));
    if (updated && !t->tap)
        printf("updated %s: %zu value%s\n", buffer_string(&where), result->unlike,
               result->unlike == 1 ? "" : "s");
    if (result->failed && !updated && !t->tap)
        say_how_to_see(t, f, test);
    buffer_free(&name);
    buffer_free(&where);
}

bool testing_wants(const struct testing *t, const char *name)
{
    return !t->filter || glob_match(t->filter, name, strlen(name));
}

static void run_one(struct testing *t, const struct test_file *f, size_t which,
                    const struct plan_test *test, const struct plan_options *o,
                    struct test_changes *changes)
{
    struct test_result result;
    bool updated;

    if (test_run(f, which, o, t->registry, &t->app->diag, &result, t->update ? changes : NULL) <
        0) {
        t->broken++;
        buffer_free(&result.text);
        return;
    }
    updated = t->update && result.failed && !result.stopped;
    t->updated += updated;
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
    struct plan *p = folder ? plan_make(&o, t->registry, &app->diag) : NULL;

    t->broken += !p;
    for (size_t i = 0; p && i < p->n_tests; i++)
        if (testing_wants(t, p->tests[i].name))
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

void testing_files(struct testing *t, const struct test_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        run_file(t, &files->at[i]);
}

static int run_paths(struct testing *t, char **paths, size_t n)
{
    struct diag *d = &t->app->diag;
    struct test_files files = { 0 };

    for (size_t i = 0; i < n; i++)
        t->broken += test_files_add(&files, paths[i], d) < 0;
    testing_files(t, &files);
    test_files_free(&files);
    if (t->n == 0 && t->broken == 0)
        diag_error(d, E0625, NULL,
                   t->filter ? "no test has a name like '%s'" : "no test was found%s",
                   t->filter ? t->filter : "; a pipeline file has them as [test \"name\"]");
    return d->errors > 0 ? (int)d->status : EXIT_DONE;
}

/* The same command, under valgrind: a process that it finds fault with ends with status 1. Comes
 * back only where that cannot be. */
static int run_under_valgrind(struct app *app)
{
    static const char *const first[] = { "valgrind",
                                         "-q",
                                         "--leak-check=full",
                                         "--show-leak-kinds=definite",
                                         "--errors-for-leak-kinds=definite",
                                         "--error-exitcode=1" };
    enum { N_FIRST = sizeof(first) / sizeof(*first) };
    char **argv = calloc(N_FIRST + (size_t)app->argc + 2, sizeof(*argv)), program[4096];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

    if (!argv || len < 0 || setenv(under_valgrind, "1", 1) != 0) {
        free(argv);
        return diag_error(&app->diag, E0771, NULL, "memory is out"), (int)app->diag.status;
    }
    program[len] = '\0';
    for (size_t i = 0; i < N_FIRST; i++)
        argv[i] = (char *)(uintptr_t)first[i];
    argv[N_FIRST] = program;
    for (int i = 1; i < app->argc; i++)
        argv[N_FIRST + i] = app->argv[i];
    execvp(argv[0], argv);
    diag_report_errno(&app->diag,
                      &(struct diag_message){ .level = DIAG_ERROR,
                                              .code = E0204,
                                              .text = "--valgrind: cannot run valgrind",
                                              .help = "install it, as with  apt-get install "
                                                      "valgrind" },
                      errno);
    free(argv);
    return EXIT_USAGE;
}

/* Before the command line is taken apart, which moves its words about. */
static bool asks_for_valgrind(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--valgrind") == 0)
            return true;
    return false;
}

static bool is_plugin(const char *path)
{
    size_t len = strlen(path);

    return len > 3 && strcmp(path + len - 3, ".so") == 0;
}

static int run(struct testing *t, struct cli *c)
{
    int status;

    if (t->tap)
        puts("TAP version 13");
    t->registry = t->app->registry;
    if (is_plugin(c->arguments[0]))
        status = testing_plugin(t, c->arguments[0], c->arguments + 1, c->n_arguments - 1);
    else
        status = run_paths(t, c->arguments, c->n_arguments);
    if (t->tap)
        printf("1..%zu\n", t->n);
    return status ? status : t->failed > 0 ? EXIT_MISMATCH : EXIT_DONE;
}

int verb_test(struct app *app, int argc, char **argv)
{
    struct testing t = { .app = app };
    struct cli c;
    int id;

    if (asks_for_valgrind(argc, argv) && !getenv(under_valgrind))
        return run_under_valgrind(app);
    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0) {
        t.update = t.update || id == UPDATE;
        t.tap = t.tap || id == TAP;
        t.valgrind = t.valgrind || id == VALGRIND;
        t.filter = id == FILTER ? c.value : t.filter;
    }
    if (!cli_ready(&c, 1, SIZE_MAX))
        return c.status;
    return run(&t, &c);
}
