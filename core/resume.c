/* SPDX-License-Identifier: Apache-2.0 */
/* Where a run starts: at the beginning, at the last barrier of an unfinished run, or not at all,
 * because everything is done or because something has changed that may not. */
#include "core/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(struct run *r, const char *what)
{
    return diag_report(r->plan->diag,
                       &(struct diag_message) {
                           .level = DIAG_ERROR,
                           .code = E0706,
                           .text = "the pipeline is not the one of the unfinished run in this run directory",
                           .document = r->rundir.path,
                           .note = what,
                           .help = "put it back, or run with -o in another directory, or give up what is committed with --fresh",
                       });
}

/* The last barrier that may be gone on from: at most at the start of file `limit`. */
static size_t barrier_before(const struct run_journal *j, size_t limit)
{
    size_t n = j->n;

    while (n > 0 && j->barriers[n - 1].file_index >= limit)
        n--;
    return n;
}

static int note_barriers(struct run *r, const struct journal_record *records, size_t n)
{
    struct run_journal *j = &r->journal;

    j->barriers = calloc(n + 1, sizeof(*j->barriers));
    if (!j->barriers)
        return diag_error_errno(r->plan->diag, E0771, ENOMEM, "cannot read the journal");
    j->cap = n + 1;
    for (size_t i = 0; i < n; i++) {
        struct reader at = { records[i].data, records[i].data + records[i].len, false };

        if (records[i].kind == JOURNAL_BEGIN && j->first_begin == 0)
            j->first_begin = records[i].end;
        if (records[i].kind != JOURNAL_BARRIER)
            continue;
        j->barriers[j->n].file_index = get_u64(&at);
        j->barriers[j->n].part = get_u64(&at);
        j->barriers[j->n++].end = records[i].end;
    }
    return 0;
}

/* Goes on from the last barrier whose files are as they were. */
static int resume_from(struct run *r, struct barrier *from, bool *resume,
                       const struct journal_record *records, size_t n, const struct journal_record *begin)
{
    struct run_journal *j = &r->journal;
    struct reader at = { begin->data, begin->data + begin->len, false };
    char what[1000];
    const char *which;
    size_t n_then, changed, keep;

    if (note_barriers(r, records, n) < 0)
        return -1;
    if (j->n == 0) /* nothing is committed, so nothing is lost */
        return 0;
    run_plan_difference(r, &at, what, sizeof(what));
    if (*what)
        return refuse(r, what);
    changed = run_first_changed_file(r, &at, &n_then, &which);
    keep = barrier_before(j, changed + 1);
    if (keep > 0 && j->barriers[keep - 1].file_index == changed)
        keep = barrier_before(j, changed); /* not verified yet, so it may be another one now */
    if (j->barriers[j->n - 1].file_index > changed) {
        snprintf(what, sizeof(what), "input %.300s is committed and has changed", which ? which : "");
        return refuse(r, what);
    }
    if (keep == 0)
        return 0;
    for (size_t i = 0; i < n && records[i].end <= j->barriers[keep - 1].end; i++)
        if (records[i].kind == JOURNAL_BARRIER &&
            !barrier_read(from, records[i].data, records[i].len))
            return errno == ENOMEM
                       ? diag_error_errno(r->plan->diag, E0771, ENOMEM, "cannot read the journal")
                       : refuse(r, "the journal does not fit this pipeline");
    j->n = keep;
    j->journal.size = j->barriers[keep - 1].end;
    *resume = true;
    return 0;
}

static bool outputs_there(const struct run *r)
{
    const struct plan *p = r->plan;

    for (size_t i = 0; i < p->n_stages; i++)
        for (size_t k = 0; k < p->stages[i].n_made; k++) {
            const struct stage_file *f = &p->stages[i].made[k];
            struct stat st;
            bool there;

            if (f->kind == FILE_STATE)
                continue;
            if (f->kind == FILE_PART && stage_in_store(&p->stages[i], f->name))
                there = stat(f->name, &st) == 0;
            else
                there = fstatat(r->rundir.fd, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
            if (!there)
                return false;
        }
    return faccessat(r->rundir.fd, "manifest.json", F_OK, 0) == 0;
}

static bool is_up_to_date(struct run *r, const struct journal_record *begin)
{
    struct reader at = { begin->data, begin->data + begin->len, false };
    char what[1000];
    const char *which;
    size_t n_then, same;

    run_plan_difference(r, &at, what, sizeof(what));
    if (*what)
        return false;
    same = run_first_changed_file(r, &at, &n_then, &which);
    return same == r->n_files && n_then == r->n_files && outputs_there(r);
}

static const struct journal_record *newest(const struct journal_record *records, size_t n,
                                           enum journal_kind kind)
{
    while (n-- > 0)
        if (records[n].kind == kind)
            return &records[n];
    return NULL;
}

int run_decide(struct run *r, struct barrier *from, bool *resume)
{
    struct journal_record *records;
    const struct journal_record *begin, *publishing, *published;
    char *data;
    size_t n;
    bool want = !r->options.fresh && r->options.resume != RESUME_NEVER && r->resumable;
    int result = -1;

    *resume = false;
    if (!want && r->options.resume != RESUME_REQUIRE)
        return 0;
    if (journal_load(&r->rundir, r->plan->diag, &records, &n, &data) < 0)
        goto out;
    begin = newest(records, n, JOURNAL_BEGIN);
    publishing = newest(records, n, JOURNAL_PUBLISHING);
    published = newest(records, n, JOURNAL_PUBLISHED);
    result = 0;
    if (publishing && !published) {
        result = run_publish_record(r, publishing->data, publishing->len);
        if (result == 0)
            rundir_tidy(&r->rundir);
        if (result == 0 && journal_open(&r->journal.journal, &r->rundir, r->plan->diag,
                                        records[n - 1].end) == 0)
            result = journal_append(&r->journal.journal, JOURNAL_PUBLISHED, &(struct buffer) { 0 });
        journal_close(&r->journal.journal);
        r->journal.journal.size = 0;
        r->published = result == 0;
    }
    if (result < 0 || !begin)
        goto required;
    if (publishing) {
        r->up_to_date = is_up_to_date(r, begin);
        r->published &= r->up_to_date; /* else it was the run before that was published */
    } else {
        result = resume_from(r, from, resume, records, n, begin);
    }
required:
    if (result == 0 && r->options.resume == RESUME_REQUIRE && !*resume && !r->up_to_date)
        result = diag_error(r->plan->diag, E0707, NULL, "%s holds no unfinished run to go on with",
                            r->rundir.path);
out:
    if (!*resume)
        r->journal.n = 0;
    free(records);
    free(data);
    return result;
}

size_t run_barriers_before(const struct run_journal *j, uint64_t file_index, uint64_t part)
{
    size_t n = j->n;

    while (n > 0 && (j->barriers[n - 1].file_index > file_index ||
                     (j->barriers[n - 1].file_index == file_index && j->barriers[n - 1].part >= part)))
        n--;
    return n;
}

int run_roll_back(struct run *r, const struct etl_unit *u)
{
    struct run_journal *j = &r->journal;
    size_t n = run_barriers_before(j, u->file_index, u->part);

    if (!r->engine.journal)
        return 0;
    if (n == j->n)
        return 0;
    journal_close(&j->journal);
    if (journal_open(&j->journal, &r->rundir, r->plan->diag, n > 0 ? j->barriers[n - 1].end : j->first_begin) < 0)
        return -1;
    j->n = n;
    return 0;
}
