/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of a pipeline for programs that draw: DOT and Mermaid. The stages that may let a
 * document go stand in one box, from which the ways out lead; with a run's figures each stage has
 * ways out of its own. */
#include "core/graph.h"

#include "common/utf8.h"
#include "core/figures.h"

#include <stdio.h>
#include <string.h>

enum shape { STAGE, END, LISTED };
enum { LABEL_BYTES = 60, ID_MAX = 32 };

/* How the languages differ. */
struct language {
    const char *begin, *box_begins, *box_ends, *end;   /* the name stands between the first two */
    void (*text)(struct buffer *to, const char *text); /* as it may stand in a label */
    const char *line_end;                              /* in a label */
    const char *node[3], *node_ends[3]; /* by shape: between a node's name, its label and behind */
    const char *arrow, *dashed;         /* between two names: of what goes on, of what is lost */
    const char *box, *from_box;         /* the box as where an arrow begins (NULL: the last stage in
                                         * it), and what makes that arrow begin at the box */
    const char *label, *lost, *label_ends; /* around an arrow's: of what goes on, of what is lost */
    bool label_last;                       /* it stands behind the second name */
};

/* Control bytes have no place in a picture. */
static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static void dot_text(struct buffer *to, const char *text)
{
    for (; *text; text++)
        if (is_control(*text))
            buffer_printf(to, "\\\\x%02x", (unsigned char)*text);
        else if (*text == '"' || *text == '\\')
            buffer_printf(to, "\\%c", *text);
        else
            buffer_byte(to, *text);
}

/* What Mermaid, or the HTML that it makes, could take for its own goes by number. */
static void mermaid_text(struct buffer *to, const char *text)
{
    for (; *text; text++)
        if (is_control(*text))
            buffer_printf(to, "#92;x%02x", (unsigned char)*text);
        else if (strchr("\"#&;<>`\\", *text))
            buffer_printf(to, "#%d;", *text);
        else
            buffer_byte(to, *text);
}

static const struct language dot = {
    .begin = "digraph {\n  label=\"",
    .box_begins = "\"; labelloc=t; fontname=\"sans-serif\";\n  rankdir=TB; compound=true;\n"
                  "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];\n"
                  "  edge [fontname=\"sans-serif\", fontsize=10];\n"
                  "  subgraph cluster_stages {\n  style=dotted; label=\"\";\n",
    .box_ends = "  }\n",
    .end = "}\n",
    .text = dot_text,
    .line_end = "\\n",
    .node = { " [label=\"", " [shape=ellipse, label=\"", " [shape=note, label=\"" },
    .node_ends = { "\"];\n", "\"];\n", "\"];\n" },
    .arrow = " -> ",
    .dashed = " -> ",
    .from_box = " [ltail=cluster_stages, style=dashed]",
    .label = " [label=\"",
    .lost = " [style=dashed, label=\"",
    .label_ends = "\"]",
    .label_last = true,
};

static const struct language mermaid = {
    .begin = "flowchart TB\n  subgraph stages [\"",
    .box_begins = "\"]\n",
    .box_ends = "  end\n",
    .end = "",
    .text = mermaid_text,
    .line_end = "<br/>",
    .node = { "[\"", "([\"", "[/\"" },
    .node_ends = { "\"]\n", "\"])\n", "\"/]\n" },
    .arrow = " -->",
    .dashed = " -.->",
    .box = "stages",
    .from_box = "",
    .label = "|\"",
    .lost = "|\"",
    .label_ends = "\"|",
};

struct drawing {
    const struct language *is;
    const struct plan *plan;
    const struct graph_run *run;
    struct buffer *to;
};

/* Cut after that many bytes. */
static void put_short(const struct drawing *d, const char *text)
{
    size_t n = strlen(text);
    char cut[LABEL_BYTES + 1];

    if (n <= LABEL_BYTES) {
        d->is->text(d->to, text);
        return;
    }
    snprintf(cut, sizeof(cut), "%.*s", (int)utf8_valid_prefix(text, LABEL_BYTES), text);
    d->is->text(d->to, cut);
    buffer_puts(d->to, "...");
}

static const char *id_of(size_t stage, char *to)
{
    snprintf(to, ID_MAX, "s%zu", stage);
    return to;
}

static void begin_node(const struct drawing *d, const char *id, enum shape shape)
{
    buffer_printf(d->to, "  %s%s", id, d->is->node[shape]);
}

static void end_node(const struct drawing *d, enum shape shape)
{
    buffer_puts(d->to, d->is->node_ends[shape]);
}

static void put_stage(const struct drawing *d, const struct stage *s)
{
    const struct graph_run *r = d->run;
    struct graph_lines lines;
    char id[ID_MAX], x[FIGURE_MAX];

    begin_node(d, id_of(s->index, id), STAGE);
    d->is->text(d->to, s->name);
    graph_lines(s, &lines);
    for (size_t i = 0; i < lines.n; i++) {
        buffer_puts(d->to, d->is->line_end);
        put_short(d, lines.at[i]);
    }
    graph_free_lines(&lines);
    if (r)
        graph_put_time(d->to, d->is->line_end, r, s);
    if (r && s->plugin->is.kind == ETL_KIND_OUTPUT)
        buffer_printf(d->to, "%s%s written", d->is->line_end,
                      figure_grouped((uint64_t)graph_written(r, s), x));
    end_node(d, STAGE);
}

/* From and to: names. The label: how many, and why; NULL: none. */
static void put_arrow(const struct drawing *d, const char *from, const char *to, bool dashed,
                      const char *number, const char *why)
{
    const struct language *l = d->is;

    buffer_printf(d->to, "  %s%s", from, dashed ? l->dashed : l->arrow);
    if (l->label_last)
        buffer_puts(d->to, to);
    if (number) {
        buffer_printf(d->to, "%s%s%s", dashed ? l->lost : l->label, number, *why ? " " : "");
        put_short(d, why);
        buffer_puts(d->to, l->label_ends);
    }
    if (!l->label_last)
        buffer_printf(d->to, " %s", to);
    buffer_puts(d->to, l->label_last ? ";\n" : "\n");
}

static const enum from ends[] = { FROM_KEPT, FROM_DUPLICATES, FROM_DROPPED, FROM_REJECTS };
enum { ENDS = sizeof(ends) / sizeof(*ends) };

static void put_nodes(const struct drawing *d)
{
    const struct plan *p = d->plan;
    char x[FIGURE_MAX];

    buffer_puts(d->to, d->is->begin);
    d->is->text(d->to, p->name);
    buffer_puts(d->to, d->is->box_begins);
    for (size_t i = 0; i < p->n_inputs + p->n_transforms; i++)
        put_stage(d, &p->stages[i]);
    buffer_puts(d->to, d->is->box_ends);
    for (size_t i = 0; i < ENDS; i++) {
        begin_node(d, graph_end_name(ends[i]), END);
        buffer_puts(d->to, graph_end_name(ends[i]));
        if (d->run)
            buffer_printf(d->to, "%s%s", d->is->line_end,
                          figure_grouped(graph_ended(d->run, ends[i]), x));
        end_node(d, END);
    }
    for (size_t i = p->n_inputs + p->n_transforms; i < p->n_stages; i++)
        put_stage(d, &p->stages[i]);
    begin_node(d, "listed", LISTED);
    buffer_puts(d->to, "rejects.jsonl");
    end_node(d, LISTED);
}

/* All inputs lead to the first transform, each transform to the next, the last to the kept ones. */
static void put_way(const struct drawing *d)
{
    const struct plan *p = d->plan;
    size_t n = p->n_inputs + p->n_transforms;
    char from[ID_MAX], to[ID_MAX], x[FIGURE_MAX];

    for (size_t i = 0; i < n; i++) {
        size_t next = i < p->n_inputs ? p->n_inputs : i + 1;
        bool counted = d->run && d->run->into && next < n && (i >= p->n_inputs || p->n_inputs == 1);

        put_arrow(d, id_of(i, from), next < n ? id_of(next, to) : "kept", false,
                  counted ? figure_grouped(d->run->into[next], x) : NULL, "");
    }
}

static void put_losses(const struct drawing *d)
{
    const struct plan *p = d->plan;
    size_t last = p->n_inputs + p->n_transforms - 1;
    char from[ID_MAX], x[FIGURE_MAX];
    struct graph_loss loss;

    for (size_t i = 1; i < ENDS && !d->run; i++) {
        buffer_printf(d->to, "  %s%s%s%s%s", d->is->box ? d->is->box : id_of(last, from),
                      d->is->dashed, d->is->label_last ? "" : " ", graph_end_name(ends[i]),
                      d->is->from_box);
        buffer_puts(d->to, d->is->label_last ? ";\n" : "\n");
    }
    for (size_t k = 0; k < p->n_stages; k++)
        for (size_t i = 0; graph_loss_of(d->run, &p->stages[k], i, &loss); i++)
            put_arrow(d, id_of(k, from), graph_end_name(loss.to), true,
                      figure_grouped((uint64_t)loss.n, x), loss.reason);
}

static void put_ends(const struct drawing *d)
{
    const struct plan *p = d->plan;
    char to[ID_MAX];

    for (size_t k = p->n_inputs + p->n_transforms; k < p->n_stages; k++)
        for (size_t i = 0; i < ENDS; i++)
            if (p->stages[k].from == ends[i] || p->stages[k].from == FROM_ALL)
                put_arrow(d, graph_end_name(ends[i]), id_of(k, to), false, NULL, NULL);
    put_arrow(d, graph_end_name(FROM_REJECTS), "listed", false, NULL, NULL);
}

static void draw(const struct drawing *d)
{
    put_nodes(d);
    put_way(d);
    put_losses(d);
    put_ends(d);
    buffer_puts(d->to, d->is->end);
}

void graph_dot(const struct plan *p, const struct graph_run *r, struct buffer *to)
{
    draw(&(struct drawing){ &dot, p, r, to });
}

void graph_mermaid(const struct plan *p, const struct graph_run *r, struct buffer *to)
{
    draw(&(struct drawing){ &mermaid, p, r, to });
}
