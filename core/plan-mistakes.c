/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a pipeline is gathered while its plan is made, from everybody who reports, and
 * told at the end in the order of files and lines: the first twenty, and how many more. */
#include "core/plan-private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20, KEPT = MAX_MISTAKES };

struct kept {
    struct diag_message m;
    int err;
    size_t file, order; /* of its place among the files of the pipeline; of arrival */
};

struct plan_mistakes {
    struct diag gathers; /* takes the place of the plan's while it is made */
    struct diag *shows;
    struct kept kept[KEPT];
    size_t n, unkept;
    struct arena memory;
};

static const char *copy(struct plan_mistakes *l, const char *text)
{
    const char *made = text ? arena_string(&l->memory, text, strlen(text)) : NULL;

    return text && !made ? "memory is out" : made;
}

static void keep(struct plan_mistakes *l, const struct diag_message *m, int err)
{
    struct kept *k = &l->kept[l->n];

    if (l->n == KEPT) {
        l->unkept += m->level == DIAG_ERROR;
        return;
    }
    *k = (struct kept){ .m = *m, .err = err, .order = l->n };
    k->m.text = copy(l, m->text);
    k->m.document = copy(l, m->document);
    k->m.near = copy(l, m->near);
    k->m.note = copy(l, m->note);
    k->m.help = copy(l, m->help);
    k->m.section = copy(l, m->section);
    l->n++;
}

static void gather(void *to, const struct diag_message *m)
{
    keep(to, m, 0);
}

bool plan_mistakes_begin(struct plan *p, struct diag *d)
{
    struct plan_mistakes *l = calloc(1, sizeof(*l));

    if (!l || !diag_init(&l->gathers, gather, l)) {
        free(l);
        return false;
    }
    l->gathers.shown = d->shown;
    l->shows = d;
    p->diag = &l->gathers;
    p->gathered = l;
    return true;
}

bool plan_mistake(struct plan *p, const struct mistake *m, const char *fmt, ...)
{
    struct diag_message out = { .level = DIAG_ERROR,
                                .code = m->code,
                                .place = m->at,
                                .near = m->near,
                                .note = m->note,
                                .help = m->help };
    struct buffer text = { 0 };
    va_list args;

    __atomic_fetch_add(&p->mistakes, 1, __ATOMIC_RELAXED);
    if (m->stage)
        out.section = m->stage->name;
    va_start(args, fmt);
    buffer_vprintf(&text, fmt, args);
    va_end(args);
    out.text = buffer_string(&text);
    if (p->gathered)
        keep(p->gathered, &out, m->err);
    else if (m->err)
        diag_report_errno(p->diag, &out, m->err);
    else
        diag_report(p->diag, &out);
    buffer_free(&text);
    return false;
}

bool plan_no_memory(struct plan *p)
{
    return plan_mistake(p, &(struct mistake){ .code = E0771 },
                        "memory is out while the pipeline is made ready");
}

/* Files in the order of their first sections; what has no file comes last. */
static size_t file_of(const struct plan *p, const struct diag_place *at)
{
    size_t i = 0;

    while (at->file && i < p->conf->n_sections &&
           (!p->conf->sections[i].at.file || strcmp(p->conf->sections[i].at.file, at->file) != 0))
        i++;
    return at->file ? i : SIZE_MAX;
}

static int by_place(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;

    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->m.place.line != y->m.place.line)
        return x->m.place.line < y->m.place.line ? -1 : 1;
    if (x->m.place.column != y->m.place.column)
        return x->m.place.column < y->m.place.column ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* When memory was out, what else seems wrong is wrong because of it. */
static void only_no_memory(struct plan_mistakes *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->kept[i].m.code == E0771 || l->kept[i].err == ENOMEM) {
            l->kept[0] = l->kept[i];
            l->n = 1;
            l->unkept = 0;
        }
}

void plan_mistakes_end(struct plan *p)
{
    struct plan_mistakes *l = p->gathered;
    size_t errors = 0, left_out;

    only_no_memory(l);
    left_out = l->unkept;

    p->gathered = NULL;
    p->diag = l->shows;
    for (size_t i = 0; i < l->n; i++)
        l->kept[i].file = file_of(p, &l->kept[i].m.place);
    qsort(l->kept, l->n, sizeof(*l->kept), by_place);
    for (size_t i = 0; i < l->n; i++) {
        const struct kept *k = &l->kept[i];

        if (k->m.level == DIAG_ERROR && ++errors > SHOWN)
            left_out++;
        else if (k->err)
            diag_report_errno(p->diag, &k->m, k->err);
        else
            diag_report(p->diag, &k->m);
    }
    if (left_out > 0)
        diag_log(p->diag, DIAG_INFO, NULL, "%zu more mistake%s not shown", left_out,
                 left_out == 1 ? " is" : "s are");
    diag_free(&l->gathers);
    arena_free(&l->memory);
    free(l);
}
