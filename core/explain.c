/* SPDX-License-Identifier: Apache-2.0 */
/* How a document is found: among the pipeline's inputs, or given to one of them in their place. */
#define _GNU_SOURCE
#include "core/explain.h"

#include "core/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- messages that may not be told ---- */

/* What an attempt says, kept until it is known whether it was the last one. */
struct kept_messages {
    struct diag diag;
    struct diag_printer printer;
    char *text;
    size_t len;
};

static bool keep_messages(struct kept_messages *k, const struct app *app)
{
    memset(k, 0, sizeof(*k));
    k->printer.format = app->printer.format;
    k->printer.colour = app->printer.colour;
    k->printer.out = open_memstream(&k->text, &k->len);
    if (k->printer.out && diag_init(&k->diag, diag_print, &k->printer))
        return true;
    if (k->printer.out)
        fclose(k->printer.out);
    free(k->text);
    return false;
}

static void end_messages(struct kept_messages *k, struct app *app, bool tell)
{
    fclose(k->printer.out);
    if (tell && k->len > 0)
        fwrite(k->text, 1, k->len, app->printer.out);
    diag_free(&k->diag);
    free(k->text);
}

/* The document that a duplicate is a duplicate of comes before it, in the inputs or in what one of
 * them was given in their place. */
static void find_partner(struct explain_request *q, struct explanation *to,
                         const struct plan_feed *feed)
{
    const struct trace_field *of = trace_field(to->document, "duplicate_of");
    struct docref ref = { .kind = DOCREF_ID };
    struct explain_pass pass = { .request = q, .feed = feed, .ref = &ref, .diag = &q->app->diag };

    if (to->document->fate != DUPLICATE || !of || of->value.len != 16)
        return;
    memcpy(ref.id, of->value.text, 16);
    pass.up_to = to->document->id;
    pass.trace = &to->partner_trace;
    explain_pass_run(&pass);
    to->partner = pass.found;
}

/* ---- a document that is not among the inputs ---- */

/* A tar archive with one member, after POSIX's ustar; a name that is too long for it is cut. */
static void pack(const char *name, const char *data, size_t len, struct buffer *to)
{
    static const char zeros[1024];
    char head[512] = "";
    unsigned sum = 0;

    memcpy(head, name, strnlen(name, 99));
    memcpy(head + 100, "0000644\0000000000\0000000000", 23);
    snprintf(head + 124, 13, "%011zo", len);
    memcpy(head + 136, "00000000000", 11);
    memcpy(head + 148, "        0", 9);
    memcpy(head + 257, "ustar\00000", 8);
    for (size_t i = 0; i < sizeof(head); i++)
        sum += (unsigned char)head[i];
    snprintf(head + 148, 8, "%06o", sum);
    buffer_append(to, head, sizeof(head));
    buffer_append(to, data, len);
    buffer_append(to, zeros, (512 - len % 512) % 512);
    buffer_append(to, zeros, sizeof(zeros));
}

/* A file in memory, which goes with the process; its path in `to`. -1 with errno. */
static int memory_file(const char *data, size_t len, char *to, size_t max)
{
    int fd = memfd_create("etl-explain", MFD_CLOEXEC);

    if (fd >= 0 && io_write(fd, data, len) < 0) {
        close(fd);
        return -1;
    }
    snprintf(to, max, "/proc/self/fd/%d", fd);
    return fd;
}

struct attempt {
    struct explain_request *request;
    struct explanation *to;
    const char *path; /* as it is: a file, or what standard input gave in memory */
    const char *data; /* its bytes; NULL: not read yet, or it need not be packed */
    size_t len;
    struct candidate {
        size_t input;
        bool fits;        /* it speaks of files with that ending */
        char ending[16];  /* of the first "*.ENDING" that it speaks of; or "" */
    } *candidates;
    size_t n;
};

/* One input reads one file. True: it gave a document, or the run stopped at one. tell: its messages,
 * if not. */
static bool try_file(struct attempt *a, size_t input, const char *path, bool packed, bool tell,
                     enum exit_status *status)
{
    const struct plan_feed feed = { input, path };
    /* The only member is its first document, but it may be asked for a line of it. */
    const struct docref alone = { .kind = a->request->ref.line ? DOCREF_FILE : DOCREF_FIRST,
                                  .line = a->request->ref.line };
    struct kept_messages kept;
    struct explain_pass pass = {
        .request = a->request,
        .feed = &feed,
        .ref = a->request->ref.kind == DOCREF_FILE && !packed ? &a->request->ref : &alone,
        .trace = &a->to->trace,
        .to = a->to,
    };

    if (!keep_messages(&kept, a->request->app)) {
        *status = EXIT_RESOURCES;
        return false;
    }
    pass.diag = &kept.diag;
    *status = explain_pass_run(&pass);
    a->to->document = pass.found;
    a->to->stopped = pass.stopped;
    a->to->packed = packed;
    if (pass.found && !pass.stopped && !packed)
        find_partner(a->request, a->to, &feed);
    end_messages(&kept, a->request->app, pass.found || tell);
    return pass.found != NULL;
}

/* Was the file no archive at all, or whatever the input reads, from its first byte on? */
static bool is_another_kind(const struct explanation *e)
{
    return e->n_damage > 0 && strstr(e->damage[0], " is damaged at byte 0: ") != NULL;
}

static void forget_attempt(struct explanation *e)
{
    for (size_t i = 0; i < e->n_damage; i++)
        free(e->damage[i]);
    e->n_damage = 0;
    free(e->name);
    free(e->plan);
    free(e->read_by);
    e->name = e->plan = e->read_by = NULL;
}

static bool try_packed(struct attempt *a, const struct candidate *c, enum exit_status *status)
{
    const char *slash = strrchr(a->path, '/');
    struct buffer archive = { 0 };
    char name[100], path[64];
    bool found = false;
    int fd;

    if (a->request->given)
        snprintf(name, sizeof(name), "stdin%s", c->ending);
    else
        snprintf(name, sizeof(name), "%s", slash ? slash + 1 : a->path);
    pack(name, a->data, a->len, &archive);
    fd = archive.failed ? -1 : memory_file(archive.data, archive.len, path, sizeof(path));
    if (fd >= 0) {
        found = try_file(a, c->input, path, true, false, status);
        close(fd);
    }
    buffer_free(&archive);
    return found;
}

static bool try_candidates(struct attempt *a, enum exit_status *status)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct candidate *c = &a->candidates[i];

        if (try_file(a, c->input, a->path, false, i == 0, status))
            return true;
        if (!a->request->ref.member && is_another_kind(a->to)) {
            forget_attempt(a->to);
            if (!a->data) {
                char *data;

                if (io_read_file(AT_FDCWD, a->path, &data, &a->len) < 0)
                    return false;
                a->data = data;
            }
            if (try_packed(a, c, status))
                return true;
        }
        if (i + 1 < a->n)
            forget_attempt(a->to);
    }
    return false;
}

/* ---- which inputs may be asked ---- */

static void see_endings(struct candidate *c, const struct stage *s, const char *ending)
{
    for (size_t i = 0; i < s->plugin->n_options; i++) {
        const char *text = s->options[i].text, *at = strstr(text, "*.");
        size_t n = at ? 1 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;

        c->fits = c->fits || (*ending && strstr(text, ending));
        if (n > 1 && n < sizeof(c->ending) && !*c->ending)
            memcpy(c->ending, at + 1, n);
    }
}

static int by_fitness(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->fits != y->fits)
        return x->fits ? -1 : 1;
    return x->input < y->input ? -1 : x->input > y->input;
}

/* Those with an INPUT option, those first that speak of files with that ending. */
static bool list_candidates(struct attempt *a, const struct plan *p)
{
    const char *dot = a->request->given ? NULL : strrchr(a->path, '.');

    a->candidates = calloc(p->n_inputs, sizeof(*a->candidates));
    for (size_t i = 0; a->candidates && i < p->n_inputs; i++) {
        const struct stage *s = &p->stages[i];

        for (size_t k = 0; k < s->plugin->n_options; k++)
            if (s->plugin->options[k].kind == ETL_OPTION_INPUT) {
                a->candidates[a->n].input = i;
                see_endings(&a->candidates[a->n++], s, dot && !strchr(dot, '/') ? dot : "");
                break;
            }
    }
    if (a->n > 1)
        qsort(a->candidates, a->n, sizeof(*a->candidates), by_fitness);
    return a->candidates != NULL;
}

static enum exit_status none_took_it(struct attempt *a)
{
    struct explanation *e = a->to;
    char text[400];

    if (a->n && a->request->ref.line)
        snprintf(text, sizeof(text), "%.200s gives no document in line %llu", a->request->ref.file,
                 (unsigned long long)a->request->ref.line);
    else
        snprintf(text, sizeof(text),
                 a->n ? "no input of %.150s gives a document from %.200s"
                      : "no input of %.150s reads files, so it cannot be given %.200s",
                 e->pipeline, e->shown_as);
    diag_report(&a->request->app->diag, &(struct diag_message){
                                            .level = DIAG_ERROR,
                                            .code = E0641,
                                            .text = text,
                                            .note = e->n_damage ? e->damage[0] : NULL,
                                            .help = "etl plugins NAME   says what an input reads",
                                        });
    return a->request->app->diag.status;
}

static enum exit_status explain_given(struct explain_request *q, struct explanation *to)
{
    struct plan_options offline = q->plan;
    struct attempt a = { .request = q, .to = to, .data = q->given, .len = q->given_len };
    enum exit_status status = EXIT_RESOURCES;
    struct plan *p;
    char path[64];
    int fd = -1;

    to->shown_as = q->given ? "standard input" : q->ref.text;
    offline.offline = true;
    p = plan_make(&offline, q->app->registry, &q->app->diag);
    if (!p)
        return q->app->diag.status;
    a.path = q->ref.file;
    if (q->given) {
        fd = memory_file(q->given, q->given_len, path, sizeof(path));
        a.path = path;
    }
    if ((q->given && fd < 0) || !list_candidates(&a, p)) {
        diag_error_errno(&q->app->diag, E0771, errno, "cannot hold the document");
        plan_close(p);
        goto out;
    }
    plan_close(p);
    if (!try_candidates(&a, &status))
        status = none_took_it(&a);
    else if (!to->stopped)
        status = EXIT_DONE;
out:
    if (fd >= 0)
        close(fd);
    free(a.candidates);
    if (a.data != q->given)
        free((void *)(uintptr_t)a.data);
    return status;
}

/* ---- a document among the inputs ---- */

static enum exit_status not_found(const struct explain_request *q, const struct explain_pass *pass,
                                  const struct explanation *to)
{
    static const char of_ids[] =
        "an id is made of the path of the input as it was written: give the folder to work in, and "
        "the paths by -D or --set, as the run had them that the id is from";
    const struct docref *ref = &q->ref;
    char text[700], help[800];

    if (ref->kind == DOCREF_FIRST)
        snprintf(text, sizeof(text), "the inputs hold no document");
    else if (ref->kind == DOCREF_ID)
        snprintf(text, sizeof(text), "none of the %llu documents that %.200s reads has the id %s",
                 (unsigned long long)pass->n_read, q->plan.path, ref->id);
    else if (ref->member)
        snprintf(text, sizeof(text), "%.200s gives no document '%.300s'", ref->file, ref->member);
    else if (ref->line)
        snprintf(text, sizeof(text), "%.200s gives no document in line %llu", ref->file,
                 (unsigned long long)ref->line);
    else
        snprintf(text, sizeof(text), "%.200s gives no document", ref->file);
    snprintf(help, sizeof(help), "did you mean %s?", pass->near);
    return diag_report(&q->app->diag,
                       &(struct diag_message){
                           .level = DIAG_ERROR,
                           .code = E0640,
                           .text = text,
                           .note = to->n_damage   ? to->damage[0]
                                   : *pass->other ? pass->other
                                                  : NULL,
                           .help = *pass->near              ? help
                                   : ref->kind == DOCREF_ID ? of_ids
                                                            : NULL,
                       }),
           q->app->diag.status;
}

static enum exit_status explain_in_place(struct explain_request *q, struct explanation *to,
                                         struct diag *d, bool *is_input)
{
    struct explain_pass pass = {
        .request = q, .ref = &q->ref, .diag = d, .trace = &to->trace, .to = to
    };
    enum exit_status status;

    to->read_on = q->partners;
    status = explain_pass_run(&pass);
    *is_input = q->ref.kind != DOCREF_FILE || pass.is_input;
    to->document = pass.found;
    to->stopped = pass.stopped;
    to->before = pass.n_read;
    to->read_on = to->read_on && to->document && to->document->fate == KEPT;
    if (!*is_input || (!to->document && status != EXIT_DONE))
        return status;
    if (!to->document)
        return not_found(q, &pass, to);
    if (to->stopped)
        return status;
    find_partner(q, to, NULL);
    return EXIT_DONE;
}

/* There is no such file: does an archive that is read have a member of that name? */
static enum exit_status explain_name(struct explain_request *q, struct explanation *to)
{
    struct kept_messages kept;
    struct explain_pass pass = { .request = q, .ref = &q->ref, .trace = &to->trace };

    if (!keep_messages(&kept, q->app))
        return EXIT_RESOURCES;
    pass.diag = &kept.diag;
    explain_pass_run(&pass);
    end_messages(&kept, q->app, false);
    docref_missing(q->ref.text, pass.found ? pass.found->origin : NULL, &q->app->diag);
    return q->app->diag.status;
}

enum exit_status explain_document(struct explain_request *q, struct explanation *to)
{
    struct kept_messages kept;
    enum exit_status status;
    bool is_input;

    memset(to, 0, sizeof(*to));
    to->pipeline = q->plan.path;
    trace_begin(&to->trace);
    trace_begin(&to->partner_trace);
    if (q->given)
        return explain_given(q, to);
    if (q->ref.kind == DOCREF_NAME)
        return explain_name(q, to);
    if (q->ref.kind != DOCREF_FILE)
        return explain_in_place(q, to, &q->app->diag, &is_input);
    /* The pipeline's own inputs need not be there for a file that is none of them. */
    if (!keep_messages(&kept, q->app))
        return EXIT_RESOURCES;
    status = explain_in_place(q, to, &kept.diag, &is_input);
    end_messages(&kept, q->app, is_input);
    if (is_input)
        return status;
    forget_attempt(to);
    return explain_given(q, to);
}

void explanation_free(struct explanation *e)
{
    forget_attempt(e);
    free(e->damage);
    for (size_t i = 0; i < e->n_copies && i < EXPLAIN_COPIES; i++)
        free(e->copies[i].origin);
    trace_end(&e->trace);
    trace_end(&e->partner_trace);
}
