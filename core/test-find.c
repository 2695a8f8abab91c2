/* SPDX-License-Identifier: Apache-2.0 */
/* A test by its name, among those of a pipeline and of the files beside it. */
#define _GNU_SOURCE
#include "core/test-find.h"

#include "core/test-files.h"
#include "core/trial.h"
#include "common/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct plan_test *test_named(const struct plan *p, const char *name)
{
    for (size_t i = 0; name && i < p->n_tests; i++)
        if (strcmp(p->tests[i].name, name) == 0)
            return &p->tests[i];
    return NULL;
}

/* As trial_read gives it. */
static void last_id(const struct plan_test *t, char id[17])
{
    snprintf(id, 17, "%016u", (unsigned)t->n_records);
    for (size_t i = 0; i < t->n_in; i++)
        if (t->in[i].field == FIELD_ID && t->in[i].record + 1 == t->n_records)
            snprintf(id, 17, "%.*s", (int)(t->in[i].value.len < 16 ? t->in[i].value.len : 16),
                     t->in[i].value.text);
}

/* The nearest name so far, or a nearer one of this plan. */
static void see_names(const struct plan *p, const char *name, char **near)
{
    for (size_t i = 0; i < p->n_tests; i++) {
        const char *const names[] = { *near, p->tests[i].name };
        const char *found = nearest(name, names, 2);
        char *copy = found && found != *near ? strdup(found) : NULL;

        if (copy) {
            free(*near);
            *near = copy;
        }
    }
}

static void not_found(const char *pipeline, const char *name, const char *near, struct diag *d)
{
    char text[400];

    snprintf(text, sizeof(text), "%.150s has no test '%.200s'", pipeline, name);
    diag_report(d, &(struct diag_message){ .level = DIAG_ERROR,
                                           .code = E0625,
                                           .text = text,
                                           .near = near,
                                           .help = "etl test -v   names them" });
}

char *test_find(const struct plan_options *o, const char *name, char id[17], struct registry *r,
                struct diag *d)
{
    struct plan_options options = *o;
    struct test_files files = { 0 };
    char *found = NULL, *near = NULL, *folder = trial_folder(d);
    bool good = folder && test_files_add(&files, o->path, d) == 0;

    options.offline = true;
    options.stores = folder;
    for (size_t i = 0; good && !found && i < files.n; i++) {
        const struct plan_test *t;
        struct plan *p;

        options.tests = files.at[i].tests;
        p = plan_make(&options, r, d);
        good = p != NULL;
        t = p ? test_named(p, name) : NULL;
        if (t) {
            last_id(t, id);
            found = strdup(options.tests ? options.tests : "");
        } else if (p) {
            see_names(p, name, &near);
        }
        plan_close(p);
    }
    if (good && !found)
        not_found(o->path, name, near, d);
    free(near);
    test_files_free(&files);
    trial_folder_remove(folder);
    return found;
}
