/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of a pipeline for a terminal: one line down, with branches where documents leave it.
 */
#include "core/graph.h"

#include "core/figures.h"

#include <string.h>

enum { COLUMNS = 80, HANGING = 4 };

/* Words that do not fit go to a line below, with the same beginning. */
static void put_wrapped(struct buffer *to, const char *before, const char *text)
{
    size_t begin = strlen(before), column = begin;

    buffer_puts(to, before);
    while (*text) {
        size_t n = strcspn(text, " ");

        if (column > begin && column + 1 + n > COLUMNS) {
            buffer_printf(to, "\n%s%*s", before, HANGING, "");
            column = begin + HANGING;
        } else if (column > begin) {
            buffer_byte(to, ' ');
            column++;
        }
        column += n;
        buffer_append(to, text, n);
        text += n + strspn(text + n, " ");
    }
    buffer_byte(to, '\n');
}

static void put_lines(struct buffer *to, const char *before, const struct stage *s)
{
    struct graph_lines lines;

    graph_lines(s, &lines);
    for (size_t i = 0; i < lines.n; i++)
        put_wrapped(to, before, lines.at[i]);
    graph_free_lines(&lines);
}

/* "[transform filter]  26 in  0.1 ms of CPU (4%)", and below it what it does and what left there.
 */
static void put_stage(struct buffer *to, const struct stage *s, const struct graph_run *r)
{
    bool is_input = s->plugin->is.kind == ETL_KIND_INPUT;
    struct graph_loss loss;
    char x[FIGURE_MAX];

    buffer_printf(to, "  [%s]", s->name);
    if (r && r->into && !is_input)
        buffer_printf(to, "  %s in", figure_grouped(r->into[s->index], x));
    if (r)
        graph_put_time(to, "  ", r, s);
    buffer_byte(to, '\n');
    put_lines(to, "  |   ", s);
    for (size_t i = 0; graph_loss_of(r, s, i, &loss); i++)
        buffer_printf(to, "  |-- %s %s%s%s\n", figure_grouped((uint64_t)loss.n, x),
                      graph_end_name(loss.to), *loss.reason ? ": " : "", loss.reason);
    buffer_puts(to, "  |\n");
}

static void put_output(struct buffer *to, const char *before, const struct stage *s,
                       const struct graph_run *r)
{
    char x[FIGURE_MAX];

    buffer_printf(to, "%s[%s]", before, s->name);
    if (r) {
        buffer_printf(to, "  %s written", figure_grouped((uint64_t)graph_written(r, s), x));
        graph_put_time(to, "  ", r, s);
    }
    buffer_byte(to, '\n');
}

/* One way out, with the outputs at its end. */
static void put_end(struct buffer *to, const struct plan *p, const struct graph_run *r,
                    enum from where, bool last)
{
    const char *before = last ? "      " : "  |   ", *below = last ? "          " : "  |       ";
    bool any = false;
    char x[FIGURE_MAX];

    buffer_printf(to, "  +-- %s", graph_end_name(where));
    if (r)
        buffer_printf(to, ": %s", figure_grouped(graph_ended(r, where), x));
    buffer_byte(to, '\n');
    if (where == FROM_REJECTS)
        buffer_printf(to, "%srejects.jsonl, with the reasons\n", before);
    for (size_t i = p->n_inputs + p->n_transforms; i < p->n_stages; i++) {
        if (p->stages[i].from != where)
            continue;
        put_output(to, before, &p->stages[i], r);
        put_lines(to, below, &p->stages[i]);
        any = true;
    }
    if (!any && where != FROM_REJECTS)
        buffer_printf(to, "%sno output; they are counted\n", before);
}

static bool any_takes_all(const struct plan *p)
{
    for (size_t i = p->n_inputs + p->n_transforms; i < p->n_stages; i++)
        if (p->stages[i].from == FROM_ALL)
            return true;
    return false;
}

void graph_text(const struct plan *p, const struct graph_run *r, struct buffer *to)
{
    static const enum from ends[] = { FROM_KEPT, FROM_DUPLICATES, FROM_DROPPED, FROM_REJECTS };
    char x[FIGURE_MAX];

    buffer_printf(to, "%s", p->name);
    if (r)
        buffer_printf(to, ": %s document%s read", figure_grouped(r->manifest.read, x),
                      r->manifest.read == 1 ? "" : "s");
    if (r && r->manifest.split > 0)
        buffer_printf(to, ", %s split off", figure_grouped(r->manifest.split, x));
    if (r && r->manifest.made > 0)
        buffer_printf(to, ", %s made at the end", figure_grouped(r->manifest.made, x));
    buffer_puts(to, "\n\n");
    for (size_t i = 0; i < p->n_inputs + p->n_transforms; i++)
        put_stage(to, &p->stages[i], r);
    for (size_t i = 0; i < 4; i++)
        put_end(to, p, r, ends[i], i == 3 && !any_takes_all(p));
    if (any_takes_all(p))
        put_end(to, p, r, FROM_ALL, true);
}
