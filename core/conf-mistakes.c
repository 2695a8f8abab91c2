/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes of a pipeline file are gathered, put in the order of files and lines, and reported: the
 * first twenty, and how many more there are. */
#include "core/conf-parts.h"

#include "common/buffer.h"

#include <stdlib.h>

__attribute__((format(printf, 2, 0))) static const char *format_in(struct conf_loader *l,
                                                                   const char *fmt, va_list args)
{
    struct buffer b = { 0 };
    const char *text = NULL;

    if (buffer_vprintf(&b, fmt, args))
        text = arena_string(&l->arena, b.data, b.len);
    buffer_free(&b);
    if (!text)
        l->no_memory = true;
    return text ? text : "";
}

const char *conf_format(struct conf_loader *l, const char *fmt, ...)
{
    const char *text;
    va_list args;

    va_start(args, fmt);
    text = format_in(l, fmt, args);
    va_end(args);
    return text;
}

__attribute__((format(printf, 4, 0))) static void keep(struct conf_loader *l, struct diag_message m,
                                                       int err, const char *fmt, va_list args)
{
    if (l->quiet)
        return;
    if (m.level == DIAG_ERROR)
        l->n_errors++;
    if (l->n_mistakes == CONF_KEPT_MISTAKES) {
        if (m.level == DIAG_ERROR)
            l->n_unkept++;
        return;
    }
    m.text = format_in(l, fmt, args);
    l->mistakes[l->n_mistakes] =
        (struct conf_mistake){ .m = m, .err = err, .order = l->n_mistakes };
    l->n_mistakes++;
}

void conf_mistake(struct conf_loader *l, enum diag_code code, struct diag_place place,
                  const char *near, const char *help, const char *fmt, ...)
{
    struct diag_message m = {
        .level = DIAG_ERROR, .code = code, .place = place, .near = near, .help = help
    };
    va_list args;

    va_start(args, fmt);
    keep(l, m, 0, fmt, args);
    va_end(args);
}

void conf_note_mistake(struct conf_loader *l, struct diag_message m, int err, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    keep(l, m, err, fmt, args);
    va_end(args);
}

/* Where no file fits (the command line) it comes last. */
static size_t file_of(const struct conf_loader *l, const struct diag_place *p)
{
    size_t i = 0;

    while (i < l->n_files && l->files[i].path != p->file)
        i++;
    return i;
}

static int by_place(const void *a, const void *b)
{
    const struct conf_mistake *x = a, *y = b;

    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->m.place.line != y->m.place.line)
        return x->m.place.line < y->m.place.line ? -1 : 1;
    if (x->m.place.column != y->m.place.column)
        return x->m.place.column < y->m.place.column ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

void conf_report_mistakes(struct conf_loader *l)
{
    size_t errors = 0, left_out = l->n_unkept;

    for (size_t i = 0; i < l->n_mistakes; i++)
        l->mistakes[i].file = file_of(l, &l->mistakes[i].m.place);
    qsort(l->mistakes, l->n_mistakes, sizeof(*l->mistakes), by_place);
    for (size_t i = 0; i < l->n_mistakes; i++) {
        const struct conf_mistake *m = &l->mistakes[i];

        if (m->m.level == DIAG_ERROR && ++errors > CONF_SHOWN_MISTAKES)
            left_out++;
        else if (m->err)
            diag_report_errno(l->diag, &m->m, m->err);
        else
            diag_report(l->diag, &m->m);
    }
    if (left_out > 0)
        diag_log(l->diag, DIAG_INFO, NULL, "%zu more mistake%s not shown", left_out,
                 left_out == 1 ? " is" : "s are");
}
