/* SPDX-License-Identifier: Apache-2.0 */
/* etl graph: the picture of a pipeline on standard output, with a run's figures if wanted. */
#define _GNU_SOURCE
#include "core/diag-source.h"
#include "core/graph.h"
#include "core/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FORMAT = 1, STATS };

const struct cli_option graph_options[] = {
    { FORMAT, 0, "format", "text|dot|mermaid", "for a terminal, Graphviz or Mermaid [text]" },
    { STATS, 0, "stats", "RUNDIR", "with counts and time of that finished run" },
    { 0, 0, NULL, NULL, NULL },
};

static const struct {
    const char *name;
    void (*draw)(const struct plan *p, const struct graph_run *r, struct buffer *to);
} formats[] = { { "text", graph_text }, { "dot", graph_dot }, { "mermaid", graph_mermaid } };

static int of_another(struct diag *d, const char *folder, const char *what)
{
    return diag_report(d, &(struct diag_message){
                              .level = DIAG_ERROR,
                              .code = E0716,
                              .document = folder,
                              .text = what,
                              .help = "name a run of this pipeline, or leave --stats out",
                          });
}

/* The same stages under the same name: else the figures would stand at the wrong ones. */
static int hold_against(const struct plan *p, const struct manifest *m, const char *folder)
{
    char text[600];

    if (strcmp(p->name, m->pipeline) != 0) {
        snprintf(text, sizeof(text), "is a run of the pipeline '%.200s', not of '%.200s'",
                 m->pipeline, p->name);
        return of_another(p->diag, folder, text);
    }
    for (size_t i = 0; i < p->n_stages || i < m->n_stages; i++) {
        const char *is = i < p->n_stages ? p->stages[i].name : NULL;
        const char *was = i < m->n_stages ? m->stages[i].name : NULL;

        if (is && was && strcmp(is, was) == 0)
            continue;
        snprintf(text, sizeof(text),
                 "is a run of another '%.200s': its section %zu was %s%.100s%s, and is %s%.100s%s",
                 p->name, i + 1, was ? "[" : "", was ? was : "not there", was ? "]" : "",
                 is ? "[" : "", is ? is : "not there", is ? "]" : "");
        return of_another(p->diag, folder, text);
    }
    if (m->plan && strcmp(m->plan, p->hash) != 0)
        diag_log(p->diag, DIAG_INFO, folder,
                 "that run had other settings, inputs or versions than the pipeline has now");
    return 0;
}

static int load_run(const struct plan *p, struct graph_run *r, const char *folder)
{
    int dir;

    if (manifest_load(&r->manifest, folder, p->diag) < 0 ||
        hold_against(p, &r->manifest, folder) < 0)
        return -1;
    dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return diag_error_errno(p->diag, E0711, errno, "cannot open the run directory %s", folder);
    run_times_load(&r->times, dir);
    close(dir);
    if (!graph_count(p, r))
        return diag_error(p->diag, E0771, NULL, "memory is out");
    return 0;
}

static void free_run(struct graph_run *r)
{
    manifest_free(&r->manifest);
    run_times_free(&r->times);
    free(r->into);
}

static int take_format(struct cli *c, size_t *format)
{
    for (*format = 0; *format < sizeof(formats) / sizeof(*formats); ++*format)
        if (strcmp(formats[*format].name, c->value) == 0)
            return 0;
    return cli_wrong(c, "--format", "is not text, dot or mermaid");
}

/* Names are data: a terminal must not obey them. */
static void print(const struct buffer *picture)
{
    char piece[DIAG_ESCAPED_MAX];
    size_t used;

    for (size_t at = 0; at < picture->len;) {
        if (picture->data[at] == '\n') {
            putchar(picture->data[at++]);
            continue;
        }
        at += diag_escape(picture->data + at, picture->len - at, piece, &used);
        fwrite(piece, 1, used, stdout);
    }
}

int verb_graph(struct app *app, int argc, char **argv)
{
    struct plan_options o = { .offline = true };
    struct graph_run run = { 0 };
    const char *folder = NULL;
    struct buffer picture = { 0 };
    size_t format = 0;
    struct plan *p;
    struct cli c;
    int id, status = 0;

    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0) {
        if (id == FORMAT && take_format(&c, &format) != 0)
            break;
        folder = id == STATS ? c.value : folder;
    }
    if (!cli_ready(&c, 1, 1))
        return c.status;
    o.path = c.arguments[0];
    o.defines = app->defines;
    o.n_defines = app->n_defines;
    p = plan_make(&o, app->registry, &app->diag);
    if (!p || (folder && load_run(p, &run, folder) < 0)) {
        status = (int)app->diag.status;
        goto out;
    }
    formats[format].draw(p, folder ? &run : NULL, &picture);
    if (picture.failed)
        status = diag_error(&app->diag, E0771, NULL, "memory is out");
    else
        print(&picture);
    status = status < 0 ? (int)app->diag.status : 0;
out:
    buffer_free(&picture);
    free_run(&run);
    plan_close(p);
    return status;
}
