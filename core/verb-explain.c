/* SPDX-License-Identifier: Apache-2.0 */
/* etl explain: the command line, and the form that is asked for. */
#define _GNU_SOURCE
#include "common/nearest.h"
#include "core/explain.h"
#include "core/io.h"
#include "core/process.h"
#include "core/progress.h"
#include "core/test-find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STDIN = 1, STAGE, FORMAT, PARTNERS, JOBS, SET, TEST };

const struct cli_option explain_options[] = {
    { STDIN, 0, "stdin", NULL, "the document is what comes in, as it is" },
    { TEST, 0, "test", "NAME", "the last record of that test of the pipeline" },
    { STAGE, 0, "stage", "NAME", "show that stage alone, as extract" },
    { FORMAT, 0, "format", "text|json|html", "html: one file to look at in a browser [text]" },
    { PARTNERS, 0, "no-partners", NULL, "do not read on for its later duplicates" },
    { JOBS, 'j', "jobs", "N|auto", "busy threads for what is read before it [auto]" },
    { SET, 0, "set", "SECTION.KEY=VALUE", "replace one value of the pipeline file" },
    { 0, 0, NULL, NULL, NULL },
};

enum format { TEXT, JSON, HTML };

struct wish {
    struct explain_request request;
    struct cli_sets sets;
    const char *stage;
    enum format format;
    bool from_stdin;
    char *tests; /* owned: of a test's name, the file it is in; "" for the pipeline itself */
};

static int take_option(struct cli *c, int id, struct wish *w)
{
    static const char *const formats[] = { "text", "json", "html" };

    switch (id) {
    case STDIN:
        w->from_stdin = true;
        return 0;
    case TEST:
        w->request.test = c->value;
        return 0;
    case STAGE:
        w->stage = c->value;
        return *c->value ? 0 : cli_wrong(c, "--stage", "must name a stage");
    case FORMAT:
        for (int i = 0; i < 3; i++)
            if (strcmp(c->value, formats[i]) == 0) {
                w->format = (enum format)i;
                return 0;
            }
        return cli_wrong(c, "--format", "is not text, json or html");
    case PARTNERS:
        w->request.partners = false;
        return 0;
    case JOBS:
        return cli_jobs(c, &w->request.jobs);
    case SET:
        return cli_set(c, &w->sets);
    }
    return 0;
}

static bool read_stdin(struct wish *w, struct buffer *to)
{
    char *room;
    ssize_t n;

    for (;;) {
        room = buffer_room(to, 65536);
        n = room ? read(STDIN_FILENO, room, 65536) : 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        to->len += (size_t)n;
    }
    if (n < 0 || to->failed) {
        diag_error_errno(&w->request.app->diag, E0611, n < 0 ? errno : ENOMEM,
                         "standard input cannot be read");
        return false;
    }
    w->request.given = to->data ? to->data : "";
    w->request.given_len = to->len;
    return true;
}

static bool has_stage(const struct explanation *e, const char *stage)
{
    for (size_t i = 0; i < e->document->n_stages; i++)
        if (explain_stage_is(&e->document->stages[i], stage))
            return true;
    return false;
}

static int no_stage(struct wish *w, const struct explanation *e)
{
    struct buffer names = { 0 };
    const char *near = NULL;

    /* "extract" or "transform extract", as it was given. */
    for (size_t i = 0; i < e->document->n_stages; i++) {
        const char *name = e->document->stages[i].name, *space = strchr(name, ' ');
        const char *const known[] = { near, space ? space + 1 : NULL, name };

        near = nearest(w->stage, known, 3);
    }
    for (size_t i = 0; i < e->document->n_stages; i++)
        buffer_printf(&names, "%s%s", i ? ", " : "it came by ", e->document->stages[i].name);
    diag_report(&w->request.app->diag, &(struct diag_message){
                                           .level = DIAG_ERROR,
                                           .code = E0204,
                                           .text = "the document met no stage of that name",
                                           .document = w->stage,
                                           .near = near,
                                           .note = buffer_string(&names),
                                       });
    buffer_free(&names);
    return EXIT_USAGE;
}

/* As the messages, but for standard output. */
static bool is_coloured(const struct app *app)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");

    if (strcmp(app->colour, "auto") != 0)
        return strcmp(app->colour, "always") == 0;
    return isatty(process_output()) && terminal && strcmp(terminal, "dumb") != 0 &&
           !(no_colour && *no_colour);
}

static int show(struct wish *w, const struct explanation *e)
{
    struct app *app = w->request.app;
    struct buffer out = { 0 };
    int status = EXIT_DONE;

    if (w->stage && !has_stage(e, w->stage))
        return no_stage(w, e);
    if (w->format == TEXT)
        explain_text(e, w->stage, is_coloured(app), &out);
    else if (w->format == JSON)
        explain_json(e, w->stage, &out);
    else
        explain_html(e, w->stage, &out);
    if (out.failed)
        status = (diag_error(&app->diag, E0771, NULL, "memory is out"), EXIT_RESOURCES);
    else if (io_write(process_output(), out.data, out.len) < 0 && errno != EPIPE)
        status = (diag_error_errno(&app->diag, E0744, errno, "standard output cannot be written to"),
                  EXIT_IO);
    buffer_free(&out);
    return status;
}

/* The file of tests that the name is in; the last record of that test is the document. */
static bool take_test(struct wish *w)
{
    struct explain_request *q = &w->request;

    w->tests = test_find(&q->plan, q->test, q->ref.id, q->app->registry, &q->app->diag);
    q->ref.kind = DOCREF_ID;
    q->plan.tests = w->tests && *w->tests ? w->tests : NULL;
    q->partners = false;
    return w->tests != NULL;
}

/* The document on the command line. */
static bool take_document(struct wish *w, const struct cli *c, struct buffer *given)
{
    struct app *app = w->request.app;

    if (w->from_stdin && c->n_arguments > 1) {
        diag_error(&app->diag, E0203, NULL, "--stdin gives the document, and so does '%s'; leave "
                                            "one of them out", c->arguments[1]);
        return false;
    }
    if (w->request.test && (w->from_stdin || c->n_arguments > 1)) {
        diag_error(&app->diag, E0203, NULL, "--test gives the document, and so does '%s'; leave one "
                                            "of them out",
                   w->from_stdin ? "--stdin" : c->arguments[1]);
        return false;
    }
    if (w->request.test)
        return take_test(w);
    if (w->from_stdin)
        return read_stdin(w, given);
    return c->n_arguments < 2 || docref_read(&w->request.ref, c->arguments[1], &app->diag) == 0;
}

int verb_explain(struct app *app, int argc, char **argv)
{
    struct wish w = { .request = { .app = app, .jobs = cli_cores(), .partners = true } };
    struct explanation e = { 0 };
    struct buffer given = { 0 };
    struct cli c;
    int id, status;

    progress_hold_questions();
    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0)
        if (take_option(&c, id, &w))
            break;
    if (!cli_ready(&c, 1, 2)) {
        cli_sets_free(&w.sets);
        return c.status;
    }
    w.request.plan.path = c.arguments[0];
    w.request.plan.defines = app->defines;
    w.request.plan.n_defines = app->n_defines;
    w.request.plan.sets = w.sets.at;
    w.request.plan.n_sets = w.sets.n;
    process_keep_output();
    process_note();
    if (take_document(&w, &c, &given)) {
        status = (int)explain_document(&w.request, &e);
        if (e.document) {
            int shown = show(&w, &e);

            status = status ? status : shown;
        }
        explanation_free(&e);
    } else {
        status = (int)app->diag.status;
    }
    docref_free(&w.request.ref);
    free(w.tests);
    cli_sets_free(&w.sets);
    buffer_free(&given);
    return status;
}
