/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a case for a plugin in every way that must make no difference. */
#define _GNU_SOURCE
#include "core/test-case.h"

#include "core/json-take.h"
#include "core/process.h"
#include "core/run.h"
#include "core/test-folders.h"
#include "core/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHOWN_FAULTS = 5, THREADS = 8, MOST_CUTS = 40, MOST_CUTS_WATCHED = 3 /* under valgrind */ };

/* What a run tells the one that waits for it. */
struct told {
    uint64_t barriers;
    bool resumable;
    char not_resumable[200]; /* the stage that keeps it from being resumed */
    size_t tests, failed, updated;
};

struct test_case {
    struct testing *t;
    const char *conf; /* as given */
    const char *base; /* its name in its folder */
    char *home;       /* its folder */
    char *expected;   /* NAME.out */
    const char *scratch;
    struct buffer text; /* of a failure */
    size_t cuts;
    char note[300]; /* what was not tried, and why */
    bool failed;
};

static char *join(const char *a, const char *b)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", a, b) < 0 ? NULL : path;
}

/* ---- in the process of a run ---- */

static struct told run_here(struct test_case *c, const char *out, const struct run_options *options)
{
    struct told told = { 0 };
    struct plan_options o = { .path = c->base,
                              .defines = c->t->app->defines,
                              .n_defines = c->t->app->n_defines,
                              .out = out,
                              .stores = out };
    struct plan *p = plan_make(&o, c->t->registry, &c->t->app->diag);
    struct run r;

    if (!p)
        return told;
    p->max_rejects = INT64_MAX; /* what is rejected is compared, too */
    run_pipeline(&r, p, options);
    told.barriers = atomic_load(&r.engine.barriers_made);
    told.resumable = r.resumable;
    if (r.not_resumable)
        snprintf(told.not_resumable, sizeof(told.not_resumable), "%s", r.not_resumable);
    run_free(&r);
    plan_close(p);
    return told;
}

/* The [test] sections in the case and beside it. */
static struct told tests_here(struct test_case *c)
{
    struct test_files files = { 0 };
    struct testing *t = c->t;
    struct testing before = *t;

    if (test_files_add(&files, c->base, &t->app->diag) == 0)
        testing_files(t, &files);
    test_files_free(&files);
    return (struct told){ .tests = t->n - before.n,
                          .failed = t->failed - before.failed,
                          .updated = t->updated - before.updated };
}

/* Never comes back. options NULL: the tests. */
static void child(struct test_case *c, const char *out, const struct run_options *options, int to)
{
    struct app *app = c->t->app;
    struct told told = { 0 };
    ssize_t n;

    process_forked();
    app->quiet++; /* one line for all runs is enough; and no news of resuming */
    app->diag.shown = DIAG_WARNING;
    if (chdir(c->home) != 0) {
        diag_error_errno(&app->diag, E0204, errno, "%s: cannot work there", c->home);
    } else {
        process_note();
        told = options ? run_here(c, out, options) : tests_here(c);
    }
    n = write(to, &told, sizeof(told));
    fflush(stdout);
    registry_free(c->t->registry);
    process_over();
    _exit(n != sizeof(told) ? EXIT_BUG : (int)app->diag.status);
}

/* ---- and in the one that waits ---- */

/* Gives the status of waitpid, or -1 (reported). */
static int run_apart(struct test_case *c, const char *out, const struct run_options *options,
                     struct told *told)
{
    struct diag *d = &c->t->app->diag;
    int ends[2], status;
    pid_t pid;

    memset(told, 0, sizeof(*told));
    if (pipe(ends) != 0)
        return diag_error_errno(d, E0771, errno, "cannot start a run");
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(c, out, options, ends[1]);
    }
    close(ends[1]);
    if (pid < 0)
        diag_error_errno(d, E0771, errno, "cannot start a run");
    else if (read(ends[0], told, sizeof(*told)) != sizeof(*told))
        memset(told, 0, sizeof(*told));
    close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid < 0 ? -1 : status;
}

static bool is_good(const struct test_case *c, int status)
{
    (void)c;
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE;
}

static void describe_end(struct buffer *to, int status)
{
    if (WIFSIGNALED(status))
        buffer_printf(to, "  the run ended by signal %d (%s)\n", WTERMSIG(status),
                      strsignal(WTERMSIG(status)));
    else
        buffer_printf(to, "  the run ended with status %d\n", WEXITSTATUS(status));
}

/* One thing that was tried. */
static void result(struct test_case *c, const char *what, bool passed)
{
    char name[600];

    snprintf(name, sizeof(name), "%.400s: %.150s", c->conf, what);
    c->failed |= !passed;
    testing_result(c->t, name, name, passed, buffer_string(&c->text));
    c->text.len = 0;
}

static bool is_of_the_run(const char *name)
{
    return strcmp(name, ".state") == 0 || strcmp(name, "run.json") == 0 ||
           strcmp(name, "progress.json") == 0;
}

/* What may stand in NAME.out: what the pipeline makes. */
static bool is_not_made(const char *name)
{
    return is_of_the_run(name) || strcmp(name, "manifest.json") == 0 ||
           strcmp(name, "samples.jsonl") == 0;
}

static bool is_not_made_nor_rejects(const char *name)
{
    return is_not_made(name) || strcmp(name, "rejects.jsonl") == 0;
}

/* What was made first, as the manifest knows its hashes. */
static bool same_as(struct test_case *c, const char *first, const char *out)
{
    bool same = false;

    return folders_same(first, out, is_not_made, &c->text, &same) == 0 && same &&
           folders_same(first, out, is_of_the_run, &c->text, &same) == 0 && same;
}

/* Kills a run behind barrier k and lets it go on, with 1 thread or 8. */
static bool cut_at(struct test_case *c, const char *first, uint64_t k)
{
    const struct run_options cut = {
        .jobs = 1, .limit = -1, .batch_records = 1, .each_batch = true, .die_after = k
    };
    const struct run_options resume = {
        .jobs = k % 2 ? THREADS : 1, .limit = -1, .batch_records = k % 2, .resume = RESUME_REQUIRE
    };
    char name[40], *out;
    struct told told;
    int status;
    bool good;

    snprintf(name, sizeof(name), "cut-%llu", (unsigned long long)k);
    out = join(c->scratch, name);
    status = out ? run_apart(c, out, &cut, &told) : -1;
    good = status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (good) {
        status = run_apart(c, out, &resume, &told);
        good = status != -1 && is_good(c, status);
    }
    if (!good && status != -1)
        describe_end(&c->text, status);
    good = good && same_as(c, first, out);
    trial_folder_remove(out);
    return good;
}

/* Behind every barrier; of very many, behind some from first to last. */
static void cut_everywhere(struct test_case *c, const char *first, uint64_t n)
{
    uint64_t most = c->t->valgrind ? MOST_CUTS_WATCHED : MOST_CUTS;
    uint64_t cuts = n < most ? n : most;
    char what[100];

    for (uint64_t i = 0; i < cuts; i++) {
        uint64_t k = cuts > 1 ? 1 + i * (n - 1) / (cuts - 1) : 1;

        if (!cut_at(c, first, k)) {
            snprintf(what, sizeof(what), "killed behind barrier %llu of %llu and resumed",
                     (unsigned long long)k, (unsigned long long)n);
            result(c, what, false);
            return;
        }
        c->cuts++;
    }
    snprintf(what, sizeof(what), "killed behind %llu of %llu barriers and resumed",
             (unsigned long long)cuts, (unsigned long long)n);
    if (cuts > 0)
        result(c, what, true);
}

/* With another number of threads, or in small steps; true: the same files as at first. */
static bool run_again(struct test_case *c, const char *first, const char *name, const char *what,
                      const struct run_options *options, struct told *told)
{
    char *out = join(c->scratch, name);
    int status = out ? run_apart(c, out, options, told) : -1;
    bool good = status != -1 && is_good(c, status);

    if (!good && status != -1)
        describe_end(&c->text, status);
    good = good && same_as(c, first, out);
    result(c, what, good);
    trial_folder_remove(out);
    return good;
}

/* What the host says where a plugin broke the rules, as record.c has it. */
static bool is_own_fault(const char *reason)
{
    const char *field =
        strncmp(reason, "field '", 7) == 0 ? strstr(reason + 7, "': the plugin ") : NULL;

    return field || strncmp(reason, "the plugin ", 11) == 0;
}

/* A line of rejects.jsonl: its reason, and where it is from; both malloced, or NULL. */
static void read_reject(const char *text, size_t len, char **reason, char **origin)
{
    struct json_token key, value;
    struct fault f;
    struct json j;

    *reason = *origin = NULL;
    if (!json_start(&j, text, len, &f) || json_next(&j, &key) != JSON_OBJECT)
        return;
    while (json_next(&j, &key) == JSON_KEY && json_next(&j, &value) != JSON_BAD) {
        char **to = json_is(&key, "reason", 6)   ? reason
                    : json_is(&key, "source", 6) ? origin
                                                 : NULL;

        if (to && value.kind == JSON_STRING && !json_take_text(&value, to))
            return;
        if (!json_skip(&j, &value))
            return;
    }
}

/* A record that the plugin spoiled is rejected, and the run goes on: here it is a failure. */
static void look_for_faults(struct test_case *c, const char *first)
{
    char *path = join(first, "rejects.jsonl"), *text = NULL, *reason, *origin;
    FILE *file = path ? fopen(path, "re") : NULL;
    size_t cap = 0, faults = 0;
    ssize_t n;

    while (file && (n = getline(&text, &cap, file)) > 0) {
        read_reject(text, (size_t)n - (text[n - 1] == '\n'), &reason, &origin);
        if (reason && is_own_fault(reason) && faults++ < SHOWN_FAULTS)
            buffer_printf(&c->text, "  %s: %s\n", origin ? origin : "a record made at the end",
                          reason);
        free(reason);
        free(origin);
    }
    if (faults > SHOWN_FAULTS)
        buffer_printf(&c->text, "  and %zu more\n", faults - SHOWN_FAULTS);
    if (faults > 0)
        result(c, "records were rejected for a fault of the plugin", false);
    if (file)
        fclose(file);
    free(text);
    free(path);
}

/* sound: the runs were the same, and without a fault; else nothing is written. */
static void compare_expected(struct test_case *c, const char *first, bool sound)
{
    bool same = true, there = access(c->expected, F_OK) == 0;
    char *rejects = join(first, "rejects.jsonl");
    struct stat st;
    bool (*skipped)(const char *) = rejects && stat(rejects, &st) == 0 && st.st_size > 0
                                        ? is_not_made
                                        : is_not_made_nor_rejects;

    free(rejects);
    if (there && folders_same(c->expected, first, skipped, &c->text, &same) < 0)
        same = false;
    if (c->t->update && (!there || !same) && !sound) {
        same = false;
        buffer_printf(&c->text, "  %s is not written while the case fails in other ways\n",
                      c->expected);
    } else if (c->t->update && (!there || !same)) {
        c->text.len = 0;
        same = folders_copy(first, c->expected, skipped) == 0;
        if (!same)
            buffer_printf(&c->text, "  %s cannot be written: %s\n", c->expected, strerror(errno));
        else if (!c->t->tap)
            printf("updated %s\n", c->expected);
    }
    if (there || c->t->update)
        result(c, "makes what is expected", same);
}

static void run_whole(struct test_case *c)
{
    const struct run_options once = { .jobs = 1, .limit = -1 };
    const struct run_options many = { .jobs = THREADS, .limit = -1, .batch_records = 1 };
    const struct run_options steps = {
        .jobs = 1, .limit = -1, .batch_records = 1, .each_batch = true
    };
    char *first = join(c->scratch, "first");
    size_t failed = c->t->failed;
    struct told told;
    int status = first ? run_apart(c, first, &once, &told) : -1;

    if (status == -1 || !is_good(c, status)) {
        if (status != -1)
            describe_end(&c->text, status);
        result(c, "1 thread", false);
    } else {
        result(c, "1 thread", true);
        look_for_faults(c, first);
        run_again(c, first, "many", "8 threads", &many, &told);
        if (run_again(c, first, "steps", "record by record", &steps, &told) && told.resumable)
            cut_everywhere(c, first, told.barriers);
        else if (!told.resumable && told.not_resumable[0])
            snprintf(c->note, sizeof(c->note),
                     "; not cut and resumed, as [%s] keeps state that it cannot save, or is piped",
                     told.not_resumable);
        compare_expected(c, first, c->t->failed == failed);
    }
    trial_folder_remove(first);
}

/* Its results are told by the process that runs them. */
static void run_tests(struct test_case *c, struct told *told)
{
    int status = run_apart(c, NULL, NULL, told);

    c->t->n += told->tests;
    c->t->failed += told->failed;
    c->t->updated += told->updated;
    c->failed |= told->failed > 0;
    if (status == -1 || is_good(c, status))
        return;
    describe_end(&c->text, status);
    result(c, "its tests", false);
}

void test_case(struct testing *t, const char *conf, const char *folder)
{
    const char *slash = strrchr(conf, '/');
    size_t len = slash ? (size_t)(slash - conf) + 1 : 0;
    struct test_case c = { .t = t,
                           .conf = conf,
                           .base = slash ? slash + 1 : conf,
                           .home = slash ? strndup(conf, len) : strdup("."),
                           .scratch = folder };
    struct told told = { 0 };

    if (asprintf(&c.expected, "%.*s.out", (int)(strlen(conf) - strlen(".conf")), conf) < 0)
        c.expected = NULL;
    if (!c.home || !c.expected) {
        diag_error(&t->app->diag, E0771, NULL, "memory is out");
    } else {
        t->folder = slash ? c.home : "";
        run_tests(&c, &told);
        t->folder = NULL;
        run_whole(&c);
        if (!c.failed && told.tests == 0 && access(c.expected, F_OK) != 0) {
            buffer_puts(&c.text,
                        "  it has no [test \"name\"], and no folder beside it says what it "
                        "makes: etl test --update writes one\n");
            result(&c, "expects nothing", false);
        }
        if (!t->tap && !t->app->quiet && !c.failed)
            printf("%s: good (%zu test%s%s; the same with 1 and %d threads, and when killed and "
                   "resumed %zu times%s)\n",
                   conf, told.tests, told.tests == 1 ? "" : "s",
                   access(c.expected, F_OK) == 0 ? ", and what it should make" : "", THREADS,
                   c.cuts, c.note);
    }
    buffer_free(&c.text);
    free(c.home);
    free(c.expected);
}
