/* SPDX-License-Identifier: Apache-2.0 */
/* A journal that is kept short: of its barriers only two can still be gone on from, the last one and
 * the last at or before the start of the unit being read, to which damage takes the run back. A
 * record that stays takes over what those before it said of verified files. */
#include "core/run.h"

#include <errno.h>
#include <stdlib.h>

/* A night of barriers, each with the tails of compressed streams, would be gigabytes. */
enum { LONG = 1024 * 1024 };

static void forget_verified(struct barrier *b)
{
    for (size_t i = 0; i < b->n_verified; i++)
        free(b->verified[i].damage);
    b->n_verified = 0;
}

static const struct journal_record *newest_begin(const struct journal_record *records, size_t n)
{
    while (n-- > 0)
        if (records[n].kind == JOURNAL_BEGIN)
            return &records[n];
    return NULL;
}

/* Copies the barriers number `first` and the last, each with all that was verified since the one that
 * stays before it. -1: errno is ENOMEM, or they are not what was written. */
static int copy_barriers(struct run *r, const struct journal_record *records, size_t n, size_t first,
                         struct buffer *to)
{
    struct run_journal *j = &r->journal;
    struct barrier b;
    size_t seen = 0, kept = 0;
    int result = 0, err = 0;

    if (barrier_init(&b, r->plan) < 0)
        return -1;
    for (size_t i = 0; i < n && result == 0; i++) {
        struct buffer payload = { 0 };

        if (records[i].kind != JOURNAL_BARRIER)
            continue;
        if (!barrier_read(&b, records[i].data, records[i].len)) {
            err = errno;
            result = -1;
        }
        seen++;
        if (result == 0 && (seen == first || seen == j->n)) {
            barrier_write(&b, &payload);
            journal_put(to, JOURNAL_BARRIER, payload.data, payload.len);
            to->failed |= payload.failed;
            j->barriers[kept++] = (struct barrier_at) { b.file_index, b.part, to->len };
            forget_verified(&b);
        }
        buffer_free(&payload);
    }
    barrier_free(&b);
    j->n = kept;
    errno = err;
    return result;
}

int run_shorten_journal(struct run *r)
{
    struct run_journal *j = &r->journal;
    const struct barrier_at *last = &j->barriers[j->n - 1];
    struct journal_record *records = NULL;
    const struct journal_record *begin;
    struct buffer to = { 0 };
    char *data = NULL;
    size_t n;
    int result = -1;

    if (j->journal.size < LONG || j->journal.size < 4 * j->least)
        return 0;
    if (journal_load(&r->rundir, r->plan->diag, &records, &n, &data) < 0)
        goto out;
    begin = newest_begin(records, n);
    journal_start(&to);
    if (begin)
        journal_put(&to, JOURNAL_BEGIN, begin->data, begin->len);
    j->first_begin = to.len;
    errno = 0;
    if (!begin ||
        copy_barriers(r, records, n, run_barriers_before(j, last->file_index, last->part), &to) < 0) {
        result = errno == ENOMEM
                     ? diag_error_errno(r->plan->diag, E0771, ENOMEM, "cannot shorten the journal")
                     : diag_error(r->plan->diag, E0705, NULL,
                                  "%s/.state/journal cannot be read back; rerun with --fresh",
                                  r->rundir.path);
        goto out;
    }
    result = journal_replace(&j->journal, &to);
    j->least = to.len;
out:
    free(records);
    free(data);
    buffer_free(&to);
    return result;
}
