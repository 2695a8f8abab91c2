/* SPDX-License-Identifier: Apache-2.0 */
/* What a report tells, gathered from a run directory. */
#define _GNU_SOURCE
#include "core/report.h"

#include "core/io.h"
#include "core/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The records that were kept, as the first JSONL output that has all of them holds them, or else
 * the one with the most; and the duplicates, as one that says of what. */
static void choose(const struct report *r, const char **kept, const char **duplicates)
{
    const struct manifest *m = &r->look.facts;
    uint64_t most = 0;

    *kept = *duplicates = NULL;
    for (size_t i = 0; i < m->n_outputs; i++) {
        const struct manifest_file *f = &m->outputs[i];

        if (strcmp(f->path, "rejects.jsonl") == 0 || strcmp(f->path, "samples.jsonl") == 0 ||
            f->in_store || !f->has_records || f->records == 0)
            continue;
        if (report_first_has(r->folder, f->path, "duplicate_of")) {
            *duplicates = *duplicates ? *duplicates : f->path;
        } else if (f->records > most && most != m->kept &&
                   report_first_has(r->folder, f->path, NULL)) {
            *kept = f->path;
            most = f->records;
        }
    }
}

/* The largest ones. Values are sorted by then. */
static void take_groups(struct report *r)
{
    const struct report_column *of = report_column(&r->duplicates, "duplicate_of");

    for (size_t i = 0; of && i < of->values.n && r->n_groups < REPORT_GROUPS; i++) {
        struct report_group *g = &r->groups[r->n_groups];

        if (of->values.at[i].len != sizeof(g->id) - 1)
            continue;
        memcpy(g->id, report_value_text(of, i), sizeof(g->id) - 1);
        g->copies = of->values.at[i].n;
        r->n_groups++;
    }
}

/* By size alone: the hashes are the affair of `etl verify`. */
static const char *first_changed(const struct report *r)
{
    const struct manifest *m = &r->look.facts;
    int dir = open(r->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *changed = NULL;
    struct stat st;

    for (size_t i = 0; i < m->n_outputs && !changed && dir >= 0; i++)
        if (!m->outputs[i].in_store && (fstatat(dir, m->outputs[i].path, &st, 0) != 0 ||
                                        (uint64_t)st.st_size != m->outputs[i].bytes))
            changed = m->outputs[i].path;
    if (dir >= 0)
        close(dir);
    return changed;
}

int report_load(struct report *r, const char *folder, struct diag *d)
{
    const char *kept, *duplicates;

    memset(r, 0, sizeof(*r));
    r->folder = folder;
    if (run_look(&r->look, folder, d) < 0)
        return -1;
    if (r->look.state != RUN_FINISHED)
        return 0;
    r->changed = first_changed(r);
    choose(r, &kept, &duplicates);
    if (duplicates && !report_scan(&r->duplicates, folder, duplicates, NULL, 0))
        return diag_error(d, E0771, NULL, "memory is out");
    take_groups(r);
    if ((kept && !report_scan(&r->kept, folder, kept, r->groups, r->n_groups)) ||
        !report_samples_load(&r->samples, folder))
        return diag_error(d, E0771, NULL, "memory is out");
    return 0;
}

void report_free(struct report *r)
{
    run_look_free(&r->look);
    report_table_free(&r->kept);
    report_table_free(&r->duplicates);
    for (size_t i = 0; i < r->n_groups; i++) {
        free(r->groups[i].name);
        free(r->groups[i].source);
    }
    report_samples_free(&r->samples);
}

static int put_out(const struct buffer *page, const char *folder, const char *file, struct diag *d)
{
    char *own = NULL;
    int status = 0;

    if (file && strcmp(file, "-") == 0) {
        if (io_write(process_output(), page->data, page->len) < 0 && errno != EPIPE)
            return diag_error_errno(d, E0744, errno, "standard output cannot be written to");
        return 0;
    }
    if (!file && asprintf(&own, "%s/report.html", folder) < 0)
        return diag_error(d, E0771, NULL, "memory is out");
    file = file ? file : own;
    if (io_replace_path(file, page->data, page->len) < 0)
        status = diag_error_errno(d, E0744, errno, "cannot write %s", file);
    else
        diag_log(d, DIAG_INFO, file, "is the report");
    free(own);
    return status;
}

int report_write(const char *folder, const char *file, struct diag *d)
{
    struct report *r = malloc(sizeof(*r));
    struct buffer page = { 0 };
    int status;

    if (!r)
        return diag_error(d, E0771, NULL, "memory is out");
    status = report_load(r, folder, d);
    if (status == 0) {
        report_page(r, &page);
        status = page.failed ? diag_error(d, E0771, NULL, "memory is out")
                             : put_out(&page, folder, file, d);
    }
    report_free(r);
    free(r);
    buffer_free(&page);
    return status;
}
