/* SPDX-License-Identifier: Apache-2.0 */
/* A run from its directory to its end. */
#define _GNU_SOURCE
#include "core/run.h"

#include "core/barrier-engine.h"
#include "core/io.h"
#include "core/process.h"
#include "core/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What start counts is in the journal when it comes again. */
void run_count(const struct stage *s, const char *name, int64_t n)
{
    struct run *r = s->plan->run;

    if (r && !(r->from && s->phase == PHASE_START))
        ledger_count(&r->ledger, s->index, name, n);
}

int run_open_late(struct stage *s, struct stage_file *f)
{
    struct run *r = s->plan->run;
    size_t i = (size_t)(f - s->made);
    const struct saved *saved = r->from ? &r->from->stages[s->index] : NULL;

    return stream_open(f->handle, &r->rundir, saved && i < saved->n_marks ? &saved->marks[i] : NULL,
                       s->plan->diag);
}

static int clear_part(struct stage *s, const struct stage_file *f)
{
    if (f->kind != FILE_PART || !stage_in_store(s, f->name) ||
        io_unlink(AT_FDCWD, f->handle) == 0 || errno == ENOENT || errno == ENOTDIR)
        return 0;
    return diag_error_errno(s->plan->diag, E0702, errno, "cannot remove %s of an earlier run",
                            (const char *)f->handle);
}

/* In a STORE a part lies beside its final place, so that the rename stays in one file system; a dry
 * run leaves stores alone. */
const char *run_part_path(struct stage *s, struct stage_file *f)
{
    struct plan *p = s->plan;
    const char *slash = strrchr(f->name, '/');
    struct buffer path = { 0 };
    char *part = NULL;

    if (f->kind == FILE_PART && !p->dry && stage_in_store(s, f->name)) {
        buffer_printf(&path, "%.*s/.%s.part", (int)(slash - f->name), f->name, slash + 1);
    } else if (f->kind == FILE_PART) {
        part = rundir_part_name(f->name);
        buffer_printf(&path, "%s/.state/%s", p->out, part ? part : "");
        path.failed = path.failed || !part;
    } else {
        buffer_printf(&path, "%s/.state/stage-%u-%s", p->out, (unsigned)s->index, f->name);
    }
    f->handle = path.failed ? NULL : arena_string(p->memory, path.data, path.len);
    free(part);
    buffer_free(&path);
    if (!f->handle)
        host_fail(s->self, ENOMEM, NULL, "memory is out", 13);
    else if (s->phase == PHASE_START && !((struct run *)p->run)->from && clear_part(s, f) < 0)
        return NULL;
    return f->handle;
}

int run_journal_barrier(struct run_journal *j, const struct barrier *b, const struct buffer *bytes)
{
    struct barrier_at *grown;

    if (j->n == j->cap) {
        j->cap = j->cap ? 2 * j->cap : 64;
        grown = realloc(j->barriers, j->cap * sizeof(*grown));
        if (!grown)
            return diag_error_errno(j->journal.diag, E0771, ENOMEM, "cannot write the journal");
        j->barriers = grown;
    }
    if (journal_append(&j->journal, JOURNAL_BARRIER, bytes) < 0)
        return -1;
    j->barriers[j->n++] = (struct barrier_at){ b->file_index, b->part, j->journal.size };
    diag_log(j->journal.diag, DIAG_DEBUG, NULL, "committed up to document %llu of input file %llu",
             (unsigned long long)b->committed, (unsigned long long)b->file_index + 1);
    return 0;
}

/* A stage that keeps state and cannot save it, or standard input or output, makes a run that starts
 * anew each time. */
static void find_resumable(struct run *r)
{
    struct plan *p = r->plan;

    r->resumable = true;
    for (size_t i = 0; i < p->n_stages; i++) {
        struct stage *s = &p->stages[i];
        bool piped = false;

        for (size_t k = 0; k < s->n_made; k++)
            piped |= strcmp(s->made[k].name, "-") == 0;
        for (size_t k = 0; k < s->n_files; k++)
            piped |= s->files[k].path && strcmp(s->files[k].path, "-") == 0;
        if (piped || (s->plugin->is.state_size > 0 && !s->plugin->is.commit)) {
            r->resumable = false;
            r->not_resumable = s->name;
        }
    }
}

static bool left_out(const struct run *r, const struct stage *s)
{
    if (s->index < r->plan->n_inputs)
        return r->options.feed != NULL;
    return r->options.dry && s->index >= r->plan->n_inputs + r->plan->n_transforms;
}

static int open_streams(struct run *r, const struct barrier *from)
{
    struct plan *p = r->plan;

    for (size_t i = 0; i < p->n_stages; i++)
        for (size_t k = 0; k < p->stages[i].n_made && !left_out(r, &p->stages[i]); k++) {
            const struct saved *saved = from ? &from->stages[i] : NULL;

            if (p->stages[i].made[k].kind == FILE_STREAM &&
                stream_open(p->stages[i].made[k].handle, &r->rundir,
                            saved && k < saved->n_marks ? &saved->marks[k] : NULL, p->diag) < 0)
                return -1;
        }
    r->ledger.rejects = stream_new("rejects.jsonl");
    r->ledger.samples = stream_new("samples.jsonl");
    if (!r->ledger.rejects || !r->ledger.samples)
        return diag_error_errno(p->diag, E0771, ENOMEM, "cannot start the run");
    if (stream_open(r->ledger.rejects, &r->rundir, from ? &from->rejects : NULL, p->diag) < 0)
        return -1;
    return stream_open(r->ledger.samples, &r->rundir, from ? &from->samples : NULL, p->diag);
}

static int start_stages(struct run *r, const struct barrier *from)
{
    struct plan *p = r->plan;

    for (; r->n_started < p->n_stages; r->n_started++) {
        struct stage *s = &p->stages[r->n_started];
        const struct buffer *blob = from ? &from->stages[s->index].blob : NULL;
        etl_blob saved = { blob ? (blob->data ? blob->data : "") : NULL, blob ? blob->len : 0 };
        struct here outer = here;
        int verdict = ETL_OK;

        if (left_out(r, s))
            continue;
        s->phase = PHASE_START;
        profile_stage(s, WORK_START);
        here = (struct here){ &r->engine, NULL, s, NULL, NULL, 0, DUTY_START };
        if (s->plugin->is.start)
            verdict = s->plugin->is.start(s->self, s->state, saved);
        process_end_copy();
        stage_left_alone(s, "when it starts");
        here = outer;
        profile_host(HOST_START);
        if (verdict != ETL_OK || stage_failed(s) || stage_record_end(s) < 0) {
            r->n_started++;
            return stage_failed(s)
                       ? -1
                       : diag_error(p->diag, E0520, NULL, "%s could not start", s->name);
        }
        s->phase = PHASE_RUN;
    }
    return rundir_in_place(&r->rundir, p->diag); /* parts were opened by their paths */
}

static void stop_stages(struct run *r)
{
    while (r->n_started > 0) {
        struct stage *s = &r->plan->stages[--r->n_started];

        here.stage = s;
        profile_stage(s, WORK_FINISH);
        if (!left_out(r, s) && s->plugin->is.stop)
            s->plugin->is.stop(s->self, s->state);
        process_end_copy();
        here.stage = NULL;
        s->phase = PHASE_NONE;
    }
}

/* What all stages may keep: of --memory, what is left by what is held already and by batches; or
 * half the machine's memory, in equal parts, as nobody looks at their sum then. */
static uint64_t budget_in_all(const struct run *r)
{
    uint64_t pages = (uint64_t)sysconf(_SC_PHYS_PAGES), size = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t limit = (uint64_t)r->memory.limit, first = (uint64_t)r->memory.first;
    uint64_t all = limit > first ? limit - first : pages / 2 * size;
    uint64_t batches = (uint64_t)r->options.jobs * 4 * (4u << 20);

    return all > 2 * batches ? all - batches : all / 2;
}

/* As if what is kept grew with what is read; a fifth more, as it does not quite. */
int64_t run_memory_for_stages(struct run *r)
{
    int64_t all = (int64_t)budget_in_all(r), more = all;
    double share = engine_share(&r->engine);

    if (share > 0.01 && share < 1)
        more = (int64_t)((double)all * (1.2 / share - 1));
    if (r->memory.limit > 0)
        return r->memory.limit + (more > all / 4 ? more : all / 4);
    return all + (more > all / 4 ? more : all / 4);
}

static void set_budgets(struct run *r)
{
    struct plan *p = r->plan;
    uint64_t all = budget_in_all(r), keepers = 0;

    for (size_t i = 0; i < p->n_stages; i++)
        keepers += p->stages[i].plugin->is.state_size > 0;
    for (size_t i = 0; i < p->n_stages; i++)
        p->stages[i].budget = keepers && r->memory.limit == 0 ? all / keepers : all;
}

static int prepare(struct run *r, struct barrier *from, bool *resume)
{
    struct plan *p = r->plan;

    ledger_init(&r->ledger, p);
    r->ledger.replay = r->options.replay;
    if (rundir_open(&r->rundir, p->out, p->diag) < 0)
        return -1;
    find_resumable(r);
    for (size_t i = 0; i < p->n_inputs; i++)
        r->n_files += p->stages[i].n_files;
    r->verified = calloc(r->n_files + 1, sizeof(*r->verified));
    if (!r->verified || barrier_init(from, p) < 0)
        return diag_error_errno(p->diag, E0771, ENOMEM, "cannot start the run");
    for (size_t i = 0; i < r->n_files; i++)
        r->verified[i].size = UINT64_MAX;
    if (!r->options.dry && run_note_builds(r) < 0)
        return -1;
    return run_decide(r, from, resume);
}

int run_sync_names(struct run *r)
{
    const struct plan *p = r->plan;

    if (io_sync_dir(r->rundir.state) < 0)
        return diag_error_errno(p->diag, E0744, errno, "cannot sync %s/.state", r->rundir.path);
    for (size_t i = 0; i < p->n_stages; i++)
        for (size_t k = 0; k < p->stages[i].n_made; k++) {
            const struct stage_file *f = &p->stages[i].made[k];

            if (f->kind == FILE_PART && stage_in_store(&p->stages[i], f->name) &&
                io_sync_way(AT_FDCWD, f->name) < 0)
                return diag_error_errno(p->diag, E0744, errno, "cannot sync the folder of %s",
                                        f->name);
        }
    return 0;
}

static int begin_journal(struct run *r)
{
    struct buffer begin = { 0 };
    int result;

    if (journal_open(&r->journal.journal, &r->rundir, r->plan->diag, r->journal.journal.size) < 0)
        return -1;
    run_put_begin(r, &begin);
    result = journal_append(&r->journal.journal, JOURNAL_BEGIN, &begin);
    if (r->journal.n == 0)
        r->journal.first_begin = r->journal.journal.size;
    buffer_free(&begin);
    return result;
}

/* On a fresh run nothing is there: in .state all goes, in a STORE what an earlier one left. */
static int clear(struct run *r)
{
    struct plan *p = r->plan;

    if (rundir_clear(&r->rundir, p->diag) < 0)
        return -1;
    for (size_t i = 0; i < p->n_stages; i++)
        for (size_t k = 0; k < p->stages[i].n_made && !left_out(r, &p->stages[i]); k++)
            if (clear_part(&p->stages[i], &p->stages[i].made[k]) < 0)
                return -1;
    return 0;
}

static int start(struct run *r, const struct barrier *from, bool resume)
{
    struct plan *p = r->plan;
    const struct engine_options options = {
        .jobs = r->options.jobs,
        .limit = r->options.limit,
        .dry = r->options.dry,
        .feed = r->options.feed,
        .batch_records = r->options.batch_records,
        .each_batch = r->options.each_batch,
        .die_after = r->options.die_after,
        .output_maps = r->options.observer != NULL,
        .observer = r->options.observer,
        .replay = r->options.replay,
        .memory = &r->memory,
        .barrier_interval = r->resumable && !r->options.dry ? p->barrier_interval : 0,
        .profile = &r->profile,
    };

    if (!resume && clear(r) < 0)
        return -1;
    rundir_forget_end(&r->rundir);
    if (resume && !ledger_restore(&r->ledger, from->ledger.data, from->ledger.len))
        return r->ledger.failed ? diag_error_errno(p->diag, E0771, ENOMEM, "cannot go on")
                                : diag_error(p->diag, E0705, NULL,
                                             "the journal's counts do not fit; rerun with --fresh");
    r->resumed_at = r->ledger.read;
    if (memory_begin(&r->memory, p->memory_limit, r->options.jobs, p->diag) < 0)
        return -1;
    r->memory.make_room = engine_make_room;
    r->memory.share = engine_share;
    r->memory.owner = &r->engine;
    set_budgets(r);
    if (engine_init(&r->engine, p, &options, &r->rundir, &r->ledger, resume ? from : NULL) < 0)
        return -1;
    if (open_streams(r, resume ? from : NULL) < 0 || begin_journal(r) < 0 ||
        start_stages(r, resume ? from : NULL) < 0)
        return -1;
    barrier_free(&r->engine.barrier);
    if (barrier_init(&r->engine.barrier, p) < 0)
        return diag_error_errno(p->diag, E0771, ENOMEM, "cannot start the run");
    r->engine.journal = r->resumable ? &r->journal : NULL;
    return 0;
}

static void warn_of_unlisted(const struct run *r)
{
    char text[200];

    snprintf(
        text, sizeof(text),
        "rejects.jsonl has reached max_rejects_size: %llu of %llu rejects are counted, not listed",
        (unsigned long long)r->ledger.rejects_unwritten,
        (unsigned long long)r->ledger.fates[REJECTED]);
    diag_report(r->plan->diag, &(struct diag_message){
                                   .level = DIAG_WARNING,
                                   .code = E0715,
                                   .text = text,
                                   .document = r->rundir.path,
                                   .help = "--set pipeline.max_rejects_size=SIZE raises it",
                               });
}

/* The documents are through: may they be published? */
static int accept(struct run *r)
{
    struct ledger *l = &r->ledger;
    uint64_t emitted = engine_emitted(&r->engine);
    char *rejects = NULL, limit[40], text[200], note[600];

    if (emitted != UINT64_MAX && l->read != r->resumed_at + emitted)
        return diag_error(
            r->plan->diag, E0902, NULL, "the inputs gave %llu documents, %llu of them came through",
            (unsigned long long)(r->resumed_at + emitted), (unsigned long long)l->read);
    if (!ledger_balanced(l))
        return diag_error(
            r->plan->diag, E0902, NULL,
            "%llu documents came in, %llu kept, %llu dropped, %llu duplicates and %llu "
            "rejected came out",
            (unsigned long long)(l->read + l->split + l->made), (unsigned long long)l->fates[KEPT],
            (unsigned long long)l->fates[DROPPED], (unsigned long long)l->fates[DUPLICATE],
            (unsigned long long)l->fates[REJECTED]);
    if (l->rejects_unwritten > 0)
        warn_of_unlisted(r);
    run_note_verified(r);
    run_warn_of_damage(r);
    if (r->options.replay && r->options.limit < 0)
        replay_warn(r->options.replay, r->plan->diag);
    if (r->options.strict && l->warnings + r->plan->diag->warnings > 0)
        return diag_error(r->plan->diag, E0621, NULL,
                          "there were warnings, and --strict makes them errors");
    if (!ledger_too_many_rejects(l))
        return 0;
    if (stream_finish(l->rejects) < 0)
        return -1;
    rejects = rundir_state_path(&r->rundir, "rejects.jsonl.part");
    if (r->plan->max_rejects >= 0)
        snprintf(limit, sizeof(limit), "%lld", (long long)r->plan->max_rejects);
    else
        snprintf(limit, sizeof(limit), "%g%%", 100 * r->plan->max_rejects_share);
    snprintf(text, sizeof(text),
             "more documents were rejected than max_rejects lets through: %llu of %llu, not %s",
             (unsigned long long)l->fates[REJECTED],
             (unsigned long long)(l->read + l->split + l->made), limit);
    snprintf(note, sizeof(note),
             "nothing is published; the file named lists them with their reasons%s%.400s",
             l->first_reject ? ", the first one by " : "", l->first_reject ? l->first_reject : "");
    diag_report(r->plan->diag, &(struct diag_message){
                                   .level = DIAG_ERROR,
                                   .code = E0620,
                                   .text = text,
                                   .document = rejects,
                                   .note = note,
                                   .help = "mend the pipeline or the input, or raise max_rejects",
                               });
    free(rejects);
    return -1;
}

/* -1: a plugin changed what all share, or wrote where it may not; it is told. Several were at work,
 * so nobody knows which one changed the process. */
int run_left_alone(struct run *r)
{
    const char *changed = process_changed();
    struct stage *overrun = engine_overrun(&r->engine);
    struct diag_message m = { .level = DIAG_ERROR,
                              .code = changed ? E0512 : E0514,
                              .document = r->rundir.path,
                              .note = "nothing is published",
                              .help = "try without one plugin after the other, and have the author "
                                      "of that one mend it" };
    char text[300];

    if (!changed && (!overrun || stage_failed(overrun)))
        return 0;
    if (overrun)
        stage_set_failed(overrun);
    if (changed)
        snprintf(text, sizeof(text), "a plugin changed %s while the run lasted", changed);
    else
        snprintf(text, sizeof(text), "[%.200s] wrote past its memory", overrun->name);
    m.text = text;
    if (!changed)
        m.help = "leave it out, or have its author mend it";
    return diag_report(r->plan->diag, &m);
}

static int finish(struct run *r)
{
    run_send_files(r);
    if (engine_finish(&r->engine) < 0 || (!r->options.observer && accept(r) < 0))
        return -1;
    stop_stages(r);
    if (run_left_alone(r) < 0)
        return -1;
    if (r->options.dry)
        return 0;
    profile_host(HOST_PUBLISH);
    return run_publish(r);
}

/* A stage failed, perhaps because the ground was taken from under it: then that is the message. */
static void find_cause(struct run *r)
{
    if (run_left_alone(r) < 0)
        r->engine.status = EXIT_PLUGIN;
    else if (rundir_in_place(&r->rundir, r->plan->diag) < 0)
        r->engine.status = EXIT_UNSAFE;
}

static enum exit_status status_of(const struct run *r)
{
    enum exit_status status = r->engine.failed ? r->engine.status : r->plan->diag->status;

    return status == EXIT_DONE && !r->engine.failed ? EXIT_BUG : status;
}

static enum exit_status carry_out(struct run *r, struct plan *p, const struct run_options *o)
{
    struct barrier from = { 0 };
    enum exit_status status = EXIT_DONE;
    bool resume = false;

    memset(r, 0, sizeof(*r));
    r->plan = p;
    r->options = *o;
    r->journal.journal.fd = r->rundir.fd = r->rundir.state = r->rundir.lock = -1;
    r->began = now_us();
    p->run = r;
    if (profile_begin(&r->profile, p) < 0) {
        diag_error_errno(p->diag, E0771, ENOMEM, "cannot start the run");
        status = EXIT_RESOURCES;
        goto out;
    }
    if (prepare(r, &from, &resume) < 0) {
        status = p->diag->status;
        goto out;
    }
    if (r->up_to_date)
        goto out;
    r->resumed = resume;
    r->from = resume ? &from : NULL;
    run_keep_verified(r, &from);
    if (start(r, &from, resume) < 0) {
        status = status_of(r);
        if (status != EXIT_UNSAFE && rundir_in_place(&r->rundir, p->diag) < 0)
            status = EXIT_UNSAFE;
        goto out;
    }
    if (!r->options.dry) {
        direct_begin(&r->rundir.direct, &r->profile, &r->memory);
        flush_start(&r->rundir.flush, r->rundir.state);
    }
    __atomic_store_n(&r->live, true, __ATOMIC_RELEASE);
    if (engine_run(&r->engine) < 0 || finish(r) < 0) {
        if (r->engine.failed)
            find_cause(r);
        status = r->engine.failed && r->engine.status == EXIT_DONE ? EXIT_DONE : status_of(r);
        if (r->engine.failed_job && r->engine.failed_job->failed_unit)
            run_roll_back(r, r->engine.failed_job->failed_unit);
    }
out:
    direct_end(&r->rundir.direct);
    flush_stop(&r->rundir.flush);
    r->from = NULL;
    r->ended = now_us();
    if (r->live)
        r->bytes_in = engine_consumed(&r->engine);
    stop_stages(r);
    profile_end(&r->profile);
    barrier_free(&from);
    return status;
}

enum exit_status run_pipeline(struct run *r, struct plan *p, const struct run_options *o)
{
    enum exit_status status;

    process_output_away();
    status = carry_out(r, p, o);
    process_output_back();
    return status;
}

const char *run_what_next(const struct run *r)
{
    if (atomic_load(&r->publishing))
        return "publishing has begun: the same command goes on with it";
    if (__atomic_load_n(&r->live, __ATOMIC_ACQUIRE) && r->resumable &&
        (r->resumed || atomic_load(&r->engine.barriers_made) > 0))
        return "what is committed is safe: the same command goes on from there";
    return "nothing is published: the same command starts again";
}

void run_free(struct run *r)
{
    if (!r->plan)
        return;
    process_output_away();
    engine_free(&r->engine);
    process_output_back();
    memory_end(&r->memory);
    stream_free(r->ledger.rejects);
    stream_free(r->ledger.samples);
    ledger_free(&r->ledger);
    journal_close(&r->journal.journal);
    free(r->journal.barriers);
    for (size_t i = 0; r->verified && i < r->n_files; i++)
        free(r->verified[i].damage);
    free(r->verified);
    rundir_close(&r->rundir);
    profile_free(&r->profile);
    r->plan->run = NULL;
    memset(r, 0, sizeof(*r));
}
