/* SPDX-License-Identifier: Apache-2.0 */
/* etl new test: what a document gives today, as a [test] in the file of tests beside the pipeline.
 */
#define _GNU_SOURCE
#include "core/new.h"

#include "core/explain.h"
#include "core/io.h"
#include "core/plan-tests.h"
#include "core/test-run.h"
#include "core/trial.h"
#include "core/value-text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct freezing {
    struct app *app;
    const char *pipeline, *name;
    char *file;            /* NAME.test */
    char *folder;          /* for the trial */
    struct buffer section; /* what is written */
};

static int no_memory(struct freezing *f)
{
    return diag_error(&f->app->diag, E0771, NULL, "memory is out");
}

/* key = value, further lines indented. */
static int put_key(struct freezing *f, const char *prefix, const char *field, etl_value v)
{
    struct buffer lines = { 0 };
    int status = 0;

    if (!value_write(&lines, v))
        status = diag_error(&f->app->diag, E0622, NULL,
                            "field '%s' has a NUL in it, which a pipeline file cannot say", field);
    buffer_printf(&f->section, "%s.%s = ", prefix, field);
    for (size_t i = 0; i < lines.len && status == 0; i++) {
        buffer_byte(&f->section, lines.data[i]);
        if (lines.data[i] == '\n')
            buffer_puts(&f->section, "    ");
    }
    buffer_byte(&f->section, '\n');
    f->section.failed |= lines.failed;
    buffer_free(&lines);
    return status;
}

/* [test "NAME"], by the escapes of JSON. */
static void put_header(struct freezing *f)
{
    buffer_puts(&f->section, "[test \"");
    for (const char *c = f->name; *c; c++) {
        if ((unsigned char)*c < 0x20) {
            buffer_printf(&f->section, "\\u%04x", (unsigned char)*c);
            continue;
        }
        if (*c == '"' || *c == '\\')
            buffer_byte(&f->section, '\\');
        buffer_byte(&f->section, *c);
    }
    buffer_puts(&f->section, "\"]\n");
}

static bool is_input(const char *stage)
{
    return strncmp(stage, "input ", 6) == 0;
}

/* The record as the inputs left it. */
static int put_in(struct freezing *f, const struct explanation *e)
{
    const struct trace_record *r = e->document;
    const char *source = e->shown_as ? e->shown_as : r->source;

    if (r->fate == REJECTED && r->decided_by && is_input(r->decided_by))
        return diag_error(&f->app->diag, E0626, NULL,
                          "%s: the document is rejected by [%s], and a test begins behind it: %s",
                          source, r->decided_by, r->reason ? r->reason : "no reason is given");
    put_header(f);
    if (put_key(f, "in", "source", etl_text(source, strlen(source))) < 0)
        return -1;
    for (size_t i = 0; i < r->n_stages; i++) {
        const struct trace_stage *s = &r->stages[i];

        if (!is_input(s->name))
            break;
        for (size_t k = 0; k < s->n_changes; k++)
            if (s->changes[k].after.type != ETL_NULL &&
                put_key(f, "in", s->changes[k].field, s->changes[k].after) < 0)
                return -1;
    }
    return f->section.failed ? no_memory(f) : 0;
}

/* Did it go in with that value? */
static bool went_in(const struct plan_test *t, uint32_t field, etl_value v)
{
    for (size_t i = 0; i < t->n_in; i++)
        if (t->in[i].field == field && value_same(t->in[i].value, v, 0))
            return true;
    return false;
}

static int put_word(struct freezing *f, const char *prefix, enum test_what what, const char *text)
{
    return text ? put_key(f, prefix, test_what_name(what), etl_text(text, strlen(text))) : 0;
}

/* Is it null though a transform that had the record could have set it? Then that is a result, too:
 * a title where there was none is another one. */
static bool stayed_null(const struct plan *p, const struct trial_record *r, uint32_t field)
{
    uint32_t writer = p->schema.fields[field].stage, last = 0;

    while (r->stage && last < p->n_stages && strcmp(p->stages[last].name, r->stage) != 0)
        last++;
    return r->slots[field].type == ETL_NULL && writer >= p->n_inputs &&
           writer < p->n_inputs + p->n_transforms && (!r->stage || writer <= last);
}

/* What it has that it did not go in with, and what became of it. */
static int put_out(struct freezing *f, const struct plan *p, const struct trial_record *r,
                   size_t number)
{
    char prefix[40] = "out";

    if (number > 0)
        snprintf(prefix, sizeof(prefix), "out.%zu", number + 1);
    for (uint32_t id = FIELD_DUPLICATE_OF; id < p->schema.n; id++)
        if (!p->schema.fields[id].private_to_stage &&
            (r->slots[id].type != ETL_NULL || stayed_null(p, r, id)) &&
            !(number == 0 && went_in(&p->tests[0], id, r->slots[id])) &&
            put_key(f, prefix, p->schema.fields[id].name, r->slots[id]) < 0)
            return -1;
    return put_word(f, prefix, TEST_STREAM, test_streams[r->fate]) < 0 ||
                   put_word(f, prefix, TEST_STAGE, r->stage) < 0 ||
                   put_word(f, prefix, TEST_RULE, r->rule) < 0
               ? -1
               : 0;
}

/* Runs what goes in as a test, which gives what comes out. */
static int run_it(struct freezing *f)
{
    struct app *app = f->app;
    struct plan_options o = { .path = f->pipeline,
                              .defines = app->defines,
                              .n_defines = app->n_defines,
                              .stores = f->folder,
                              .offline = true };
    struct buffer text = { 0 }, out = { 0 }, run = { 0 };
    struct trial trial = { 0 };
    struct plan *p = NULL;
    int status = -1;

    buffer_printf(&out, "%s/one.test", f->folder);
    buffer_printf(&run, "%s/run", f->folder);
    buffer_append(&text, f->section.data, f->section.len);
    buffer_puts(&text, "out.stream = kept\n");
    o.tests = buffer_string(&out);
    o.out = buffer_string(&run);
    if (text.failed || out.failed || run.failed)
        no_memory(f);
    else if (new_file(o.tests, text.data, text.len, &app->diag) == 0)
        p = plan_make(&o, app->registry, &app->diag);
    if (p && p->n_tests == 1)
        status = trial_run(&trial, p, &p->tests[0]);
    for (size_t i = 0; status == 0 && i < trial.n; i++)
        status = put_out(f, p, &trial.records[i], i);
    if (status == 0 && f->section.failed)
        status = no_memory(f);
    trial_free(&trial);
    plan_close(p);
    buffer_free(&text);
    buffer_free(&out);
    buffer_free(&run);
    return status;
}

/* A name stands once in a file. */
static bool is_new(struct freezing *f)
{
    struct conf *c = conf_load(f->file, NULL, 0, NULL, 0, &f->app->diag);
    bool found = false;

    for (size_t i = 0; c && i < c->n_sections; i++)
        if (c->sections[i].plugin && strcmp(c->sections[i].plugin, f->name) == 0) {
            found = true;
            diag_report(&f->app->diag,
                        &(struct diag_message){
                            .level = DIAG_ERROR,
                            .code = E0216,
                            .text = "a test of that name is there already, and stays as it is",
                            .place = c->sections[i].at,
                            .help = "give the new one another name:  etl new test PIPELINE DOCREF "
                                    "NAME" });
        }
    conf_free(c);
    return c && !found;
}

/* Behind what is in the file. */
static int append(struct freezing *f)
{
    struct buffer text = { 0 };
    char *data = NULL;
    size_t len = 0;
    int status = -1;

    if (io_read_file(AT_FDCWD, f->file, &data, &len) < 0 && errno != ENOENT)
        return diag_error_errno(&f->app->diag, E0101, errno, "cannot read %s", f->file);
    buffer_append(&text, data, len);
    if (len > 0)
        buffer_puts(&text, data[len - 1] == '\n' ? "\n" : "\n\n");
    buffer_append(&text, f->section.data, f->section.len);
    if (text.failed)
        no_memory(f);
    else
        status = test_file_write(f->file, text.data, text.len, &f->app->diag);
    buffer_free(&text);
    free(data);
    return status;
}

/* Of a document that lies elsewhere the last part alone, which is the same on every machine. */
static const char *base_name(const char *docref)
{
    const char *mark = strchr(docref, '!'), *base = docref;

    for (const char *at = docref; *at && (!mark || at < mark); at++)
        if (*at == '/' && at[1] && at[1] != '!')
            base = at + 1;
    return base;
}

int new_test(struct app *app, const char *pipeline, const char *docref, const char *name)
{
    struct freezing f = { .app = app,
                          .pipeline = pipeline,
                          .name = name ? name : base_name(docref) };
    struct explain_request q = { .app = app, .jobs = 1 };
    size_t len = strlen(pipeline);
    struct explanation e = { 0 };
    enum exit_status status;
    struct stat st;

    q.plan.path = pipeline;
    q.plan.defines = app->defines;
    q.plan.n_defines = app->n_defines;
    len -= len > 5 && strcmp(pipeline + len - 5, ".conf") == 0 ? 5 : 0;
    if (asprintf(&f.file, "%.*s.test", (int)len, pipeline) < 0)
        f.file = NULL;
    f.folder = trial_folder(&app->diag);
    if (!f.file || !f.folder || (stat(f.file, &st) == 0 && !is_new(&f)) ||
        docref_read(&q.ref, docref, &app->diag) < 0)
        goto out;
    status = explain_document(&q, &e);
    if (status == EXIT_DONE && put_in(&f, &e) == 0 && run_it(&f) == 0 && append(&f) == 0 &&
        !app->quiet)
        printf("%s: test \"%s\"\n", f.file, f.name);
out:
    explanation_free(&e);
    docref_free(&q.ref);
    buffer_free(&f.section);
    trial_folder_remove(f.folder);
    free(f.file);
    return (int)app->diag.status;
}
