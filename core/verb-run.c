/* SPDX-License-Identifier: Apache-2.0 */
/* etl run: reads the command line, makes the plan, runs it, prints the summary. */
#define _GNU_SOURCE
#include "core/process.h"
#include "core/progress.h"
#include "core/report.h"
#include "core/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OUT = 1,
    JOBS,
    LIMIT,
    DRY,
    RESUME,
    FRESH,
    LISTED,
    MAX_REJECTS,
    MEMORY,
    PROGRESS,
    INTERVAL,
    SET,
    STRICT,
    PROFILE,
    REPORT
};

const struct cli_option run_options[] = {
    { OUT, 'o', "out", "RUNDIR", "the run directory [out/NAME]" },
    { JOBS, 'j', "jobs", "N|auto", "busy threads in all [auto: one a core]" },
    { LIMIT, 'n', "limit", "N", "read the first N documents only" },
    { DRY, 0, "dry-run", NULL, "read and transform, write no output" },
    { RESUME, 0, "resume", "auto|never|require", "go on after a stop [auto]" },
    { FRESH, 0, "fresh", NULL, "give up what an unfinished run has committed" },
    { LISTED, 0, "from-rejects", "RUNDIR", "read only what that run rejected" },
    { MAX_REJECTS, 0, "max-rejects", "N|P%", "publish nothing if more are rejected [1%]" },
    { MEMORY, 0, "memory", "SIZE", "stop before more than that is held, e.g. 2G" },
    { PROGRESS, 0, "progress", "KIND", "auto, bar, plain, json or none [auto]" },
    { INTERVAL, 0, "progress-interval", "DUR", "between plain lines [30s]" },
    { SET, 0, "set", "SECTION.KEY=VALUE", "set a value: pipeline.barrier_interval=1m" },
    { STRICT, 0, "strict", NULL, "a warning is an error" },
    { PROFILE, 0, "profile", NULL, "say where the CPU time went, stage by stage" },
    { REPORT, 0, "report", "[FILE]", "then write a page about it [RUNDIR/report.html]" },
    { 0, 0, NULL, NULL, NULL },
};

struct request {
    struct plan_options plan;
    struct run_options run;
    struct cli_sets sets;
    enum progress_kind progress;
    int64_t interval;
    const char *from_rejects; /* or NULL */
    bool reports;
    const char *report; /* the file; NULL: in the run directory */
};

static bool shows_bar(void)
{
    const char *terminal = getenv("TERM");

    return isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

static int word(const char *value, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(value, words[i]) == 0)
            return i;
    return -1;
}

static int take_number(struct cli *c, const char *option, int64_t least, int64_t most,
                       const char *wanted, int64_t *to)
{
    const char *why;

    if (!conf_int(c->value, to, &why) || *to < least || *to > most)
        return cli_wrong(c, option, wanted);
    return 0;
}

static int take_option(struct cli *c, int id, struct request *q)
{
    static const char *const resumes[] = { "auto", "never", "require", NULL };
    static const char *const kinds[] = { "none", "bar", "plain", "json", "auto", NULL };
    const char *why;
    int i;

    switch (id) {
    case OUT:
        q->plan.out = c->value;
        return *c->value ? 0 : cli_wrong(c, "--out", "must name a directory");
    case JOBS:
        return cli_jobs(c, &q->run.jobs);
    case LIMIT:
        return take_number(c, "--limit", 0, INT64_MAX, "is not a whole number, 0 or more",
                           &q->run.limit);
    case DRY:
        q->run.dry = true;
        return 0;
    case FRESH:
        q->run.fresh = true;
        return 0;
    case RESUME:
        i = word(c->value, resumes);
        q->run.resume = (enum resume)i;
        return i < 0 ? cli_wrong(c, "--resume", "is not auto, never or require") : 0;
    case LISTED:
        q->from_rejects = c->value;
        return *c->value ? 0 : cli_wrong(c, "--from-rejects", "must name a run directory");
    case MAX_REJECTS:
        q->plan.max_rejects = c->value;
        return 0;
    case MEMORY:
        q->plan.memory = c->value;
        return 0;
    case PROGRESS:
        i = word(c->value, kinds);
        if (i >= 0 && i < 4) /* no bar where there is no line to overwrite */
            q->progress =
                i == PROGRESS_BAR && !shows_bar() ? PROGRESS_PLAIN : (enum progress_kind)i;
        return i < 0 ? cli_wrong(c, "--progress", "is not auto, bar, plain, json or none") : 0;
    case INTERVAL:
        if (!conf_duration(c->value, &q->interval, &why))
            return cli_wrong(c, "--progress-interval", why);
        return q->interval > 0 ? 0 : cli_wrong(c, "--progress-interval", "must be more than 0");
    case SET:
        return cli_set(c, &q->sets);
    case STRICT:
        q->run.strict = true;
        return 0;
    case PROFILE:
        q->run.profile = true;
        return 0;
    case REPORT:
        q->reports = true;
        q->report = c->value;
        return !c->value || *c->value ? 0 : cli_wrong(c, "--report", "must name a file");
    }
    return 0;
}

/* On the terminal as well where the lines go to a file and somebody looks on. */
static void show_summary(struct app *app, const struct run *r)
{
    struct diag_printer terminal = { .out = process_messages(), .format = DIAG_LINES };

    if (app->quiet)
        return;
    summary_print(r, app->verbose > 0, &app->printer);
    if (app->printer.out != process_messages() && isatty(STDERR_FILENO))
        summary_print(r, app->verbose > 0, &terminal);
}

static void report_end(struct app *app, struct run *r, enum exit_status status)
{
    bool json = app->printer.format == DIAG_JSON;

    diag_print_folded(&app->printer);
    if (r->up_to_date && !json)
        diag_log(r->plan->diag, DIAG_INFO, r->rundir.path, "%s %s; --fresh runs it again",
                 r->plan->name,
                 r->published ? "is published: the run before had finished it" : "is up to date");
    if (r->live && r->published)
        summary_write(r, r->rundir.fd);
    else if (r->live && status != EXIT_DONE && !r->options.dry)
        summary_write_ended(r, (int)status);
    if (r->live && (status == EXIT_IO || status == EXIT_RESOURCES))
        diag_log(r->plan->diag, DIAG_INFO, r->rundir.path, "%s", run_what_next(r));
    if (json)
        summary_json(r, false, (int)status, &app->printer);
    else if (r->live && status == EXIT_DONE)
        show_summary(app, r);
}

static void show_plan(const struct plan *p)
{
    for (size_t i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];

        diag_log(p->diag, DIAG_DEBUG, NULL, "[%s] is done by %s %s", s->name, s->plugin->path,
                 s->plugin->is.version);
        for (size_t k = 0; k < s->n_files; k++)
            diag_log(p->diag, DIAG_DEBUG, NULL, "[%s] reads %s", s->name,
                     s->files[k].path ? s->files[k].path : "what it finds itself");
    }
}

static enum exit_status run_plan(struct app *app, struct plan *p, const struct request *q)
{
    struct progress progress = { 0 };
    enum progress_kind kind = app->quiet ? PROGRESS_NONE : q->progress;
    enum exit_status status;
    bool broken_pipe, looks_back;
    struct run r;

    show_plan(p);
    progress_block_signals();
    process_note_signals();
    memset(&r, 0, sizeof(r));
    r.rundir.fd = -1;
    if (app->printer.format == DIAG_JSON && kind != PROGRESS_NONE)
        kind = PROGRESS_JSON;
    progress_start(&progress, &r, p, &app->printer, kind, q->interval);
    status = run_pipeline(&r, p, &q->run);
    progress_stop(&progress);
    broken_pipe = r.engine.failed && r.engine.status == EXIT_DONE;
    if (q->run.dry && r.rundir.state >= 0)
        rundir_remove(&r.rundir, p->diag);
    progress_unblock_signals();
    report_end(app, &r, broken_pipe ? EXIT_DATA : status);
    looks_back = q->reports && (r.live || r.up_to_date) && !broken_pipe;
    run_free(&r);
    if (looks_back && report_write(p->out, q->report, p->diag) < 0 && status == EXIT_DONE)
        status = p->diag->status;
    if (broken_pipe) { /* nobody reads on: end as any filter does */
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return status;
}

/* What is to be let through is known, and --strict has nothing to say yet. */
static bool may_begin(struct plan *p, struct request *q, struct replay *replay)
{
    if (q->from_rejects && replay_load(replay, q->from_rejects, p) < 0)
        return false;
    q->run.replay = q->from_rejects ? replay : NULL;
    if (q->run.strict && p->diag->warnings > 0)
        return diag_error(p->diag, E0621, NULL,
                          "there were warnings, and --strict makes them errors"),
               false;
    return true;
}

int verb_run(struct app *app, int argc, char **argv)
{
    struct request q = {
        .run = { .jobs = cli_cores(), .limit = -1 },
        .progress = shows_bar() ? PROGRESS_BAR : PROGRESS_PLAIN,
        .interval = 30000000,
    };
    enum exit_status status;
    struct replay replay = { 0 };
    char *temporary = NULL;
    struct plan *p = NULL;
    bool ran = false;
    struct cli c;
    int id;

    progress_hold_questions();
    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0)
        if (take_option(&c, id, &q))
            break;
    if (!cli_ready(&c, 1, 1)) {
        status = (enum exit_status)c.status;
        goto out;
    }
    if (q.run.fresh && q.run.resume == RESUME_REQUIRE) {
        diag_error(
            &app->diag, E0203, NULL,
            "--fresh gives up what --resume=require would go on with; leave one of them out");
        status = app->diag.status;
        goto out;
    }
    if (q.reports && q.run.dry) {
        diag_error(&app->diag, E0203, NULL,
                   "--dry-run leaves nothing that --report could tell of; leave one of them out");
        status = app->diag.status;
        goto out;
    }
    q.plan.path = c.arguments[0];
    q.plan.defines = app->defines;
    q.plan.n_defines = app->n_defines;
    q.plan.sets = q.sets.at;
    q.plan.n_sets = q.sets.n;
    q.plan.dry = q.run.dry;
    if (q.run.dry) {
        temporary = rundir_temporary(&app->diag);
        q.plan.out = temporary;
    }
    process_keep_output();
    process_note();
    if (!q.run.dry || temporary)
        p = plan_make(&q.plan, app->registry, &app->diag);
    if (p && !may_begin(p, &q, &replay)) {
        plan_close(p);
        p = NULL;
    }
    status = p ? run_plan(app, p, &q) : app->diag.status;
    if (p)
        plan_close(p);
    ran = p != NULL;
out:
    replay_free(&replay);
    if (!ran && status != EXIT_DONE && app->printer.format == DIAG_JSON)
        summary_json(NULL, false, (int)status, &app->printer);
    cli_sets_free(&q.sets);
    free(temporary);
    return (int)status;
}
