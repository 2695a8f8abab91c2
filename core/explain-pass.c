/* SPDX-License-Identifier: Apache-2.0 */
/* One dry run with its eye on one document, which ends when that is through. */
#define _GNU_SOURCE
#include "core/explain.h"

#include "core/manifest-read.h"
#include "core/near-names.h"
#include "core/process.h"
#include "core/progress.h"
#include "core/test-find.h"
#include "core/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE = 64 << 20 };

/* What the observer holds. `first_unit`, `near` and found are under the trace's lock while workers
 * are at it. */
struct watch {
    struct explain_pass *pass;
    const struct plan_file *file; /* that the document is in; NULL: any */
    uint64_t file_index;
    uint64_t first_unit; /* the first unit that gave a document, of those asked for */
    struct near_names near;
    bool past;    /* the document should have come by now */
    bool counted; /* it has come: what is read from there on is behind it */
};

/* ---- which record it is ---- */

static bool text_is(const etl_value *v, const char *text)
{
    return v->type == ETL_TEXT && v->len == strlen(text) && memcmp(v->text, text, v->len) == 0;
}

static bool is_first(const struct watch *w, const struct etl_record *r)
{
    return r->unit->ordinal == 0 && r->unit->index <= w->first_unit;
}

/* By the name as it is in the archive, or as it was shown, with U+FFFD for what is no UTF-8. */
static bool is_member(const struct docref *ref, const struct etl_record *r)
{
    return r->member && (strcmp(r->member, ref->member) == 0 ||
                         text_is(&r->slots[FIELD_SOURCE], ref->text));
}

static bool in_file(const struct watch *w, const struct etl_record *r)
{
    const struct docref *ref = w->pass->ref;

    if (w->file && r->unit->file != w->file)
        return false;
    if (ref->member)
        return is_member(ref, r);
    return ref->line > 0 ? r->line == ref->line : is_first(w, r);
}

/* "17.txt" is that of "a/17.txt". */
static bool ends_in(const char *member, const char *name)
{
    size_t len = strlen(member), n = strlen(name);

    return len >= n && strcmp(member + len - n, name) == 0 &&
           (len == n || member[len - n - 1] == '/');
}

static bool is_wanted(const struct watch *w, const struct etl_record *r)
{
    const struct docref *ref = w->pass->ref;

    switch (ref->kind) {
    case DOCREF_FIRST:
        return r->birth == BIRTH_READ && is_first(w, r);
    case DOCREF_FILE:
        return r->birth == BIRTH_READ && in_file(w, r);
    case DOCREF_ID:
        return text_is(&r->slots[FIELD_ID], ref->id);
    case DOCREF_NAME:
        return r->birth == BIRTH_READ && r->member && ends_in(r->member, ref->text);
    }
    return false;
}

/* The one it was split from, or one that is split from it. */
static bool is_family(const struct watch *w, const struct etl_record *r)
{
    const struct docref *ref = w->pass->ref;

    if (ref->kind == DOCREF_ID && *ref->parent && text_is(&r->slots[FIELD_ID], ref->parent))
        return true;
    for (size_t i = 0; r->parent && i < w->pass->trace->n; i++)
        if (memcmp(w->pass->trace->records[i]->id, r->parent, 16) == 0)
            return true;
    return false;
}

static void note_name(struct watch *w, const struct etl_record *r)
{
    const struct docref *ref = w->pass->ref;
    char id[17] = "";

    if (ref->kind == DOCREF_FILE && ref->member && r->member &&
        (!w->file || r->unit->file == w->file))
        near_names_add(&w->near, r->member);
    if (ref->kind == DOCREF_ID && r->slots[FIELD_ID].len == 16) {
        memcpy(id, r->slots[FIELD_ID].text, 16);
        near_names_add(&w->near, id);
    }
}

static bool wants(void *owner, const struct etl_record *r)
{
    struct watch *w = owner;
    bool wanted;

    pthread_mutex_lock(&w->pass->trace->lock);
    wanted = !w->pass->found && is_wanted(w, r);
    if (wanted && r->birth == BIRTH_READ && r->unit->index < w->first_unit)
        w->first_unit = r->unit->index;
    wanted = wanted || is_family(w, r);
    if (!wanted && !w->pass->found && w->near.wanted)
        note_name(w, r);
    pthread_mutex_unlock(&w->pass->trace->lock);
    if (wanted)
        trace_new(w->pass->trace, r);
    return wanted;
}

/* ---- on its way ---- */

static void before(void *owner, const struct etl_record *r, const struct stage *s,
                   enum callback callback)
{
    (void)callback;
    trace_before(((struct watch *)owner)->pass->trace, r, s);
}

static void after(void *owner, const struct etl_record *r, const struct stage *s,
                  enum callback callback, int verdict, uint64_t ns)
{
    (void)callback;
    trace_after(((struct watch *)owner)->pass->trace, r, s, verdict, ns);
}

static void passed(void *owner, const struct etl_record *r, const struct stage *s)
{
    trace_passed(((struct watch *)owner)->pass->trace, r, s);
}

static void note(void *owner, const struct etl_record *r, const struct stage *s, const char *key,
                 const char *msg, size_t len)
{
    trace_note(((struct watch *)owner)->pass->trace, r, s, key, msg, len);
}

/* Records come here in order, so the first that fits is the one. */
static void fate(void *owner, const struct etl_record *r)
{
    struct watch *w = owner;
    struct trace_record *known = trace_fate(w->pass->trace, r);
    bool fits = r->parent || w->pass->ref->kind == DOCREF_ID
                    ? w->pass->ref->kind == DOCREF_ID &&
                          text_is(&r->slots[FIELD_ID], w->pass->ref->id)
                    : true;

    pthread_mutex_lock(&w->pass->trace->lock);
    if (!w->pass->found && fits)
        w->pass->found = known;
    pthread_mutex_unlock(&w->pass->trace->lock);
}

/* ---- behind it ---- */

static void take_copy(struct explanation *to, const struct etl_record *r)
{
    struct explain_copy *copy = &to->copies[to->n_copies];

    if (to->n_copies++ >= EXPLAIN_COPIES)
        return;
    memcpy(copy->id, r->slots[FIELD_ID].text, 16);
    copy->origin = strdup(record_origin(r));
    copy->similarity = r->slots[FIELD_SIMILARITY].real;
}

/* A batch is through: what it held before the document, and copies of that behind it. */
static void look_at_batch(struct watch *w, const struct batch *b)
{
    struct explain_pass *p = w->pass;
    const struct trace_record *found = p->found;

    for (const struct etl_record *r = b->first; r; r = r->next) {
        if (!found && p->up_to && text_is(&r->slots[FIELD_ID], p->up_to))
            w->past = true;
        if (!found && w->file && r->unit->file_index > w->file_index)
            w->past = true;
        w->counted = w->counted || (found && text_is(&r->slots[FIELD_ID], found->id));
        p->n_read += !w->counted && r->birth == BIRTH_READ;
        if (found && p->to && r->fate == DUPLICATE &&
            text_is(&r->slots[FIELD_DUPLICATE_OF], found->id))
            take_copy(p->to, r);
    }
}

static void ended(void *owner, const struct batch *b)
{
    struct watch *w = owner;
    struct explain_pass *p = w->pass;

    look_at_batch(w, b);
    if (w->past || (p->found && !(p->to && p->to->read_on && p->found->fate == KEPT)))
        engine_stop(b->first->unit->engine, EXIT_DONE);
}

/* ---- the run ---- */

/* The file among those that the inputs read: by its name, else by what it is on disk. */
static const struct plan_file *find_file(const struct plan *p, const char *path, uint64_t *index)
{
    struct stat wanted, st;
    bool known = stat(path, &wanted) == 0;

    for (int by_name = 1; by_name >= 0; by_name--) {
        *index = 0;
        for (size_t i = 0; i < p->n_inputs; i++)
            for (size_t k = 0; k < p->stages[i].n_files; k++, ++*index) {
                const struct plan_file *f = &p->stages[i].files[k];

                if (!f->path || strcmp(f->path, "-") == 0)
                    continue;
                if (by_name ? strcmp(f->path, path) == 0
                            : known && stat(f->path, &st) == 0 && st.st_dev == wanted.st_dev &&
                                  st.st_ino == wanted.st_ino)
                    return f;
            }
    }
    return NULL;
}

static void note_damage(struct explanation *to, const struct engine *e)
{
    for (size_t i = 0; to && i < e->n_units; i++) {
        const struct etl_unit *u = &e->units[i];
        struct buffer text = { 0 };
        char **grown;

        if (!u->damage)
            continue;
        grown = realloc(to->damage, (to->n_damage + 1) * sizeof(*grown));
        if (!grown)
            return;
        to->damage = grown;
        buffer_printf(&text, "%s is damaged at byte %llu: %s",
                      engine_unit_path(u) ? engine_unit_path(u) : u->stage->name,
                      (unsigned long long)u->damage_byte, u->damage);
        to->damage[to->n_damage] = buffer_take(&text);
        to->n_damage += to->damage[to->n_damage] != NULL;
    }
}

/* The last record that had not ended, when the run stopped by itself: perhaps because of it. */
static void see_stopped(struct explain_pass *p)
{
    for (size_t i = p->trace->n; i-- > 0 && !p->found;)
        if (p->trace->records[i]->n_stages > 0 && !p->trace->records[i]->ended &&
            p->trace->records[i]->stages[p->trace->records[i]->n_stages - 1].verdict == ETL_FAIL) {
            p->found = p->trace->records[i];
            p->stopped = true;
        }
}

static bool shows_bar(const struct app *app)
{
    const char *terminal = getenv("TERM");

    return !app->quiet && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0 &&
           app->printer.format == DIAG_TERMINAL;
}

static enum exit_status run(struct explain_pass *p, struct plan *plan, struct watch *w)
{
    const struct observer observer = { w, wants, before, after, passed, note, fate, ended };
    const struct feed feed = { trial_read, test_named(plan, p->request->test) };
    const struct run_options options = {
        .jobs = p->request->jobs,
        .limit = -1,
        .dry = true,
        .feed = p->request->test ? &feed : NULL,
        .observer = &observer,
    };
    struct app *app = p->request->app;
    struct progress progress = { 0 };
    enum exit_status status;
    struct run r = { .rundir = { .fd = -1, .state = -1 } };

    /* What comes before the damage can be told of, whatever a run would make of it. */
    for (size_t i = 0; i < plan->n_inputs; i++)
        plan->stages[i].on_damage = ON_DAMAGE_SALVAGE;
    progress_block_signals();
    process_note_signals();
    progress_start(&progress, &r, plan, &app->printer, shows_bar(app) ? PROGRESS_BAR : PROGRESS_NONE,
                   30000000);
    status = run_pipeline(&r, plan, &options);
    progress_stop(&progress);
    note_damage(p->to, &r.engine);
    if (r.rundir.state >= 0)
        rundir_remove(&r.rundir, plan->diag);
    progress_unblock_signals();
    process_note_signals(); /* another pass may follow */
    run_free(&r);
    return status;
}

/* Only a stage with a step sees one document after the other. */
static bool may_know_another(const struct plan *p)
{
    for (size_t i = p->n_inputs; i < p->n_inputs + p->n_transforms; i++)
        if (p->stages[i].plugin->is.step)
            return true;
    return false;
}

static void say_nothing(void *to, const struct diag_message *m)
{
    (void)to;
    (void)m;
}

static const char *input_path(const struct plan *p, size_t index)
{
    for (size_t i = 0; i < p->n_inputs; index -= p->stages[i++].n_files)
        if (index < p->stages[i].n_files)
            return p->stages[i].files[index].path ? p->stages[i].files[index].path
                                                  : p->stages[i].name;
    return NULL;
}

/* An id is made of the path as it was written: the first path of the run that the plan has not. */
static void compare_inputs(struct explain_pass *p, const struct plan *plan)
{
    struct manifest m = { 0 };
    struct diag quiet;

    if (!diag_init(&quiet, say_nothing, NULL))
        return;
    if (manifest_load(&m, p->ref->run, &quiet) == 0)
        for (size_t i = 0; i < m.n_inputs && !*p->other; i++) {
            const char *ours = input_path(plan, i);

            if (ours && strcmp(m.inputs[i].path, ours) == 0)
                continue;
            snprintf(p->other, sizeof(p->other),
                     "that run read '%.300s', and %.100s reads %s%.300s%s", m.inputs[i].path,
                     p->request->plan.path, ours ? "'" : "", ours ? ours : "no such input",
                     ours ? "'" : "");
        }
    manifest_free(&m);
    diag_free(&quiet);
}

/* A name that may be wrong is not worth reading archives of many gigabytes. */
static bool is_large(const struct plan *p)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < p->n_inputs; i++)
        for (size_t k = 0; k < p->stages[i].n_files; k++) {
            if (p->stages[i].files[k].size < 0 || p->stages[i].files[k].size > LARGE - bytes)
                return true;
            bytes += p->stages[i].files[k].size;
        }
    return false;
}

static enum exit_status watch_plan(struct explain_pass *p, struct plan *plan)
{
    const struct docref *ref = p->ref;
    struct watch w = { .pass = p, .first_unit = UINT64_MAX };
    enum exit_status status;

    w.near.wanted = ref->kind == DOCREF_ID                    ? ref->id
                    : ref->kind == DOCREF_FILE && ref->member ? ref->member
                                                              : NULL;
    if (ref->kind == DOCREF_NAME && is_large(plan))
        return EXIT_NO_INPUT;
    if (ref->kind == DOCREF_FILE && !p->feed) {
        w.file = find_file(plan, ref->file, &w.file_index);
        p->is_input = w.file != NULL;
        if (!w.file)
            return EXIT_NO_INPUT;
    }
    if (p->to && !p->to->name) {
        p->to->name = strdup(plan->name);
        p->to->plan = strdup(plan->hash);
        p->to->read_by = p->feed ? strdup(plan->stages[p->feed->input].name) : NULL;
    }
    if (p->to)
        p->to->read_on = p->to->read_on && may_know_another(plan);
    status = run(p, plan, &w);
    if (!p->found && status != EXIT_DONE)
        see_stopped(p);
    near_names_text(&w.near, p->near, sizeof(p->near));
    if (!p->found && ref->kind == DOCREF_ID && ref->run)
        compare_inputs(p, plan);
    near_names_free(&w.near);
    return p->trace->failed ? (enum exit_status)(diag_error(p->diag, E0771, NULL, "memory is out"),
                                                 EXIT_RESOURCES)
                            : status;
}

enum exit_status explain_pass_run(struct explain_pass *p)
{
    struct plan_options options = p->request->plan;
    enum exit_status status = EXIT_RESOURCES;
    char *folder = rundir_temporary(p->diag);
    struct plan *plan = NULL;

    options.out = folder;
    options.dry = true;
    options.feed = p->feed;
    if (p->request->test) {
        options.offline = true;
        options.stores = folder;
    }
    if (folder)
        plan = plan_make(&options, p->request->app->registry, p->diag);
    status = plan ? watch_plan(p, plan) : p->diag->status;
    plan_close(plan);
    if (folder)
        rmdir(folder); /* where there was no run that took it away */
    free(folder);
    return status;
}
