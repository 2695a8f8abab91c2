/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a run directory: manifest, lock, journal, progress, and a failed run's last words. */
#define _GNU_SOURCE
#include "core/run-look.h"

#include "core/barrier.h"
#include "core/io.h"
#include "core/journal.h"
#include "core/json-take.h"
#include "core/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *run_state_name(enum run_state state)
{
    static const char *const names[] = { "running", "stopped", "half published", "failed",
                                         "finished" };

    return names[state];
}

const char *run_look_next(const struct run_look *l)
{
    switch (l->state) {
    case RUN_LIVE:
        return "it is at work; --watch follows it";
    case RUN_STOPPED:
        return l->committed > 0 ? "the same command goes on from there; with --fresh it begins anew"
                                : "nothing is committed: the same command starts again";
    case RUN_HALF_PUBLISHED:
        return "publishing has begun: the same command goes on with it";
    case RUN_FAILED:
        return l->committed > 0 ? "mend what the error names; then the same command goes on from "
                                  "what is committed"
                                : "mend what the error names; then the same command starts again";
    default:
        return "nothing is left to do; `etl verify` holds it against its manifest";
    }
}

/* ---- progress.json ---- */

static void take_progress(const struct json_token *key, const struct json_token *value,
                          struct run_progress *p)
{
    const struct {
        const char *name;
        uint64_t *to;
    } wholes[] = {
        { "pid", &p->pid },           { "bytes", &p->bytes },     { "read", &p->read },
        { "kept", &p->kept },         { "dropped", &p->dropped }, { "duplicates", &p->duplicates },
        { "rejected", &p->rejected },
    };
    const struct {
        const char *name;
        double *to;
    } reals[] = { { "seconds", &p->seconds },
                  { "bytes_a_second", &p->bytes_a_second },
                  { "records_a_second", &p->records_a_second } };

    for (size_t i = 0; i < sizeof(wholes) / sizeof(*wholes); i++)
        if (json_is(key, wholes[i].name, strlen(wholes[i].name)))
            *wholes[i].to = json_number(value);
    for (size_t i = 0; i < sizeof(reals) / sizeof(*reals); i++)
        if (json_is(key, reals[i].name, strlen(reals[i].name)))
            *reals[i].to = json_real(value);
    if (json_is(key, "total", 5))
        p->total = (int64_t)json_real(value);
    if (json_is(key, "left", 4))
        p->left = (int64_t)json_real(value);
}

static void read_progress(int dir, struct run_progress *p)
{
    struct json_token key, value;
    struct fault f = { 0 };
    char *text = NULL;
    struct json j;
    size_t len;

    *p = (struct run_progress){ .total = -1, .left = -1 };
    if (io_read_file(dir, "progress.json", &text, &len) < 0)
        return;
    if (json_start(&j, text, len, &f) && json_next(&j, &key) == JSON_OBJECT) {
        while (json_next(&j, &key) == JSON_KEY && json_next(&j, &value) != JSON_BAD)
            take_progress(&key, &value, p);
        p->known = key.kind == JSON_OBJECT_END;
    }
    free(text);
}

/* ---- the lock ---- */

/* Only the lock itself tells: a process id may be another process's by now. */
static bool is_locked(int state)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = openat(state, "lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool locked;

    if (fd < 0)
        return false;
    locked = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return locked;
}

/* ---- the journal ---- */

/* Which stages there are, and over how many bytes of input the run goes. */
static bool take_begin(struct run_look *l, const struct journal_record *record)
{
    struct reader at = { record->data, record->data + record->len, false };
    size_t len;
    const char *text;
    uint64_t n;

    get_bytes(&at, &len); /* the version of etl */
    text = get_bytes(&at, &len);
    free(l->facts.plan);
    l->facts.plan = at.bad ? NULL : strndup(text, len);
    get_u64(&at); /* the limit */
    n = get_u64(&at);
    for (uint64_t i = 0; i < n && !at.bad; i++) {
        text = get_bytes(&at, &len);
        if (at.bad || !manifest_add_stage(&l->facts, text, len))
            return false;
        get_u64(&at); /* its digest */
        get_u64(&at); /* the build of its plugin */
        for (uint64_t settings = get_u64(&at); settings > 0 && !at.bad; settings--) {
            get_bytes(&at, &len);
            get_u64(&at);
            get_bytes(&at, &len);
        }
    }
    l->files = (size_t)get_u64(&at);
    for (size_t i = 0; i < l->files && !at.bad; i++) {
        int64_t size;

        get_bytes(&at, &len);
        size = (int64_t)get_u64(&at);
        l->input_bytes = size < 0 || l->input_bytes < 0 ? -1 : l->input_bytes + size;
        get_u64(&at); /* its time */
    }
    if (at.at < at.end) {
        text = get_bytes(&at, &len);
        free(l->facts.pipeline);
        l->facts.pipeline = at.bad ? NULL : strndup(text, len);
    }
    return !at.bad;
}

static bool take_counts(struct run_look *l, const struct ledger *from)
{
    struct manifest *m = &l->facts;

    m->read = l->committed = from->read;
    m->split = from->split;
    m->made = from->made;
    m->kept = from->fates[KEPT];
    m->dropped = from->fates[DROPPED];
    m->duplicates = from->fates[DUPLICATE];
    m->rejected = from->fates[REJECTED];
    for (size_t i = 0; i < from->n_totals; i++)
        if (from->totals[i].stage < m->n_stages &&
            !manifest_add_count(&m->stages[from->totals[i].stage], from->totals[i].name,
                                from->totals[i].n))
            return false;
    return true;
}

static bool take_barrier(struct run_look *l, const struct journal_record *record)
{
    struct ledger ledger;
    uint64_t file;
    struct reader counts;
    bool good;

    if (!barrier_skim(record->data, record->len, &file, &counts))
        return false;
    l->file = (size_t)file + 1;
    ledger_init(&ledger, NULL);
    good = ledger_restore_counts(&ledger, &counts);
    if (good)
        ledger_sort(&ledger);
    good = good && take_counts(l, &ledger);
    ledger_free(&ledger);
    return good;
}

/* The last record of each kind, behind the last beginning. */
static int read_journal(struct run_look *l, struct rundir *r, struct diag *d, bool *any)
{
    const struct journal_record *begin = NULL, *barrier = NULL;
    struct journal_record *records = NULL;
    enum journal_kind last = JOURNAL_BEGIN;
    char *data = NULL;
    size_t n = 0;
    int result;

    result = journal_load(r, d, &records, &n, &data);
    *any = n > 0;
    for (size_t i = 0; i < n; i++) {
        last = records[i].kind;
        if (last == JOURNAL_BEGIN)
            begin = &records[i];
        else if (last == JOURNAL_BARRIER)
            barrier = &records[i]; /* a resumed run begins again, and keeps them */
    }
    if (result == 0 && n > 0 && last != JOURNAL_PUBLISHED) {
        l->state = last == JOURNAL_PUBLISHING ? RUN_HALF_PUBLISHED : RUN_STOPPED;
        if (!begin || !take_begin(l, begin) || (barrier && !take_barrier(l, barrier)))
            result = diag_error(d, E0705, NULL,
                                "%s/.state/journal cannot be read; was it made by "
                                "another version of etl?",
                                r->path);
    }
    free(records);
    free(data);
    return result;
}

/* ---- all of it ---- */

static int nothing_there(const char *folder, struct diag *d)
{
    return diag_report(d, &(struct diag_message){
                              .level = DIAG_ERROR,
                              .code = E0711,
                              .document = folder,
                              .text = "holds no run: neither a manifest.json nor a journal",
                              .help = "name the run directory: -o of the run, else out/NAME",
                          });
}

/* What a failed run left: how it ended takes the place of what is committed. */
static void take_end(struct run_look *l, int state)
{
    struct manifest m;

    if (l->state != RUN_STOPPED || manifest_load_ended(&m, state) < 0)
        return;
    l->state = RUN_FAILED;
    manifest_free(&l->facts);
    l->facts = m;
    run_times_load(&l->times, state);
}

static int look(struct run_look *l, struct rundir *r, struct diag *d)
{
    bool journaled = false, live;

    l->published = faccessat(r->fd, "manifest.json", F_OK, 0) == 0;
    l->state = RUN_FINISHED;
    live = r->state >= 0 && is_locked(r->state);
    if (r->state >= 0 && read_journal(l, r, d, &journaled) < 0)
        return -1;
    if (!journaled && !l->published && !live)
        return nothing_there(r->path, d);
    if (live) {
        l->state = RUN_LIVE;
    } else if (l->state == RUN_FINISHED) {
        run_times_load(&l->times, r->fd);
        return manifest_load(&l->facts, r->path, d);
    }
    read_progress(r->fd, &l->progress);
    take_end(l, r->state);
    return 0;
}

int run_look(struct run_look *l, const char *folder, struct diag *d)
{
    struct rundir r = { .state = -1, .lock = -1 };
    int result = -1;

    memset(l, 0, sizeof(*l));
    l->progress.total = l->progress.left = -1;
    r.fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    r.path = strdup(folder);
    if (r.fd < 0 || !r.path) {
        diag_error_errno(d, E0711, r.fd < 0 ? errno : ENOMEM, "cannot open the run directory %s",
                         folder);
        goto out;
    }
    r.state = openat(r.fd, ".state", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (r.state < 0 && errno == EACCES && faccessat(r.fd, "manifest.json", F_OK, 0) < 0) {
        diag_error_errno(d, E0711, EACCES, "cannot look at the run in %s, which is another user's",
                         folder);
        goto out;
    }
    result = look(l, &r, d);
out:
    if (r.state >= 0)
        close(r.state);
    if (r.fd >= 0)
        close(r.fd);
    free(r.path);
    return result;
}

void run_look_free(struct run_look *l)
{
    manifest_free(&l->facts);
    run_times_free(&l->times);
    memset(l, 0, sizeof(*l));
}
