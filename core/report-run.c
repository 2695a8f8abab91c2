/* SPDX-License-Identifier: Apache-2.0 */
/* What a report tells of the run itself: where documents and bytes went, stage by stage, and the
 * files that it read and made. */
#include "core/report.h"

#include "core/figures.h"
#include "core/graph.h"
#include "core/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASONS = 8, COUNTS = 24, FILES = 30 }; /* the most shown of one stage, in one table */

/* ---- the waterfall ---- */

static int by_number(const void *a, const void *b)
{
    const struct graph_loss *x = a, *y = b;

    return x->n < y->n ? 1 : x->n > y->n ? -1 : strcmp(x->reason, y->reason);
}

static const char *kind_of(enum from to)
{
    return to == FROM_DROPPED ? "dropped" : to == FROM_REJECTS ? "rejected" : "duplicate";
}

static void put_loss(struct buffer *b, const char *name, const char *stage, const char *kind,
                     uint64_t n, uint64_t *flow, uint64_t all)
{
    n = n < *flow ? n : *flow;
    if (n == 0)
        return;
    report_put_bar(b, &(struct report_bar){ .name = name,
                                            .name_len = strlen(name),
                                            .note = stage,
                                            .from = *flow - n,
                                            .to = *flow,
                                            .all = all,
                                            .kind = kind });
    *flow -= n;
}

/* Small reasons of a stage go together, so that the picture stays one. */
static void put_losses(struct buffer *b, const struct manifest_stage *s, uint64_t *flow,
                       uint64_t all)
{
    struct graph_loss *losses = calloc(s->n_counts + 1, sizeof(*losses));
    size_t n = 0;
    uint64_t rest = 0;
    char text[240];

    for (size_t i = 0; losses && i < s->n_counts; i++)
        n += graph_loss(&s->counts[i], &losses[n]) && losses[n].n > 0;
    if (losses)
        qsort(losses, n, sizeof(*losses), by_number);
    for (size_t i = 0; losses && i < n; i++) {
        if (n > REASONS && i >= REASONS - 1) {
            rest += (uint64_t)losses[i].n;
            continue;
        }
        snprintf(text, sizeof(text), "%s%s%.180s", graph_end_name(losses[i].to),
                 *losses[i].reason ? ": " : "", losses[i].reason);
        put_loss(b, text, s->name, kind_of(losses[i].to), (uint64_t)losses[i].n, flow, all);
    }
    if (rest > 0) {
        snprintf(text, sizeof(text), "for %zu more reasons", n - REASONS + 1);
        put_loss(b, text, s->name, kind_of(losses[REASONS - 1].to), rest, flow, all);
    }
    b->failed |= !losses;
    free(losses);
}

static void put_documents(struct buffer *b, const struct manifest *m)
{
    uint64_t all = m->read + m->split + m->made, flow = all;
    char text[120], x[FIGURE_MAX], y[FIGURE_MAX];

    report_begin_bars(b, "Documents");
    snprintf(text, sizeof(text), "%s", "read");
    if (m->split + m->made > 0)
        snprintf(text, sizeof(text), "read %s, split or made %s", figure_grouped(m->read, x),
                 figure_grouped(m->split + m->made, y));
    report_put_bar(
        b, &(struct report_bar){
               .name = text, .name_len = strlen(text), .to = all, .all = all, .kind = "plain" });
    for (size_t i = 0; i < m->n_stages; i++)
        put_losses(b, &m->stages[i], &flow, all);
    put_loss(b, "for other reasons", NULL, "rejected", flow > m->kept ? flow - m->kept : 0, &flow,
             all);
    report_put_bar(b,
                   &(struct report_bar){
                       .name = "kept", .name_len = 4, .to = m->kept, .all = all, .kind = "kept" });
    report_end_bars(b);
}

static void put_size(struct buffer *b, const char *name, const char *kind, uint64_t from,
                     uint64_t to, uint64_t all)
{
    char figure[FIGURE_MAX];

    report_put_bar(b, &(struct report_bar){ .name = name,
                                            .name_len = strlen(name),
                                            .from = from,
                                            .to = to,
                                            .all = all,
                                            .kind = kind,
                                            .figure = figure_size(to - from, figure) });
}

/* The longest text of the records, which is what a run is mostly about. */
static const struct report_column *main_text(const struct report *r)
{
    const struct report_column *longest = NULL;

    for (size_t i = 0; i < r->kept.n; i++)
        if (r->kept.columns[i].texts > 0 && (!longest || r->kept.columns[i].bytes > longest->bytes))
            longest = &r->kept.columns[i];
    return longest;
}

static void put_bytes(struct buffer *b, const struct report *r)
{
    static const char *const names[] = { "kept", "dropped", "duplicates", "rejected" };
    static const char *const kinds[] = { "kept", "dropped", "duplicate", "rejected" };
    const struct manifest *m = &r->look.facts;
    const struct report_column *text = main_text(r);
    uint64_t all = 0, flow;
    char name[200];

    for (int i = 0; i < 4; i++)
        all += m->sizes[i].bytes;
    if (all == 0)
        return;
    report_begin_bars(b, "Bytes of the documents, as they came");
    put_size(b, "unpacked", "plain", 0, all, all);
    flow = all;
    for (size_t k = 0; k < 3; k++) {
        static const int order[] = { 3, 1, 2 }; /* as most pipelines have their stages */
        int i = order[k];

        if (m->sizes[i].bytes == 0)
            continue;
        put_size(b, names[i], kinds[i], flow - m->sizes[i].bytes, flow, all);
        flow -= m->sizes[i].bytes;
    }
    put_size(b, "kept", "kept", 0, flow, all);
    if (text && r->kept.records == m->kept && text->bytes <= all) {
        snprintf(name, sizeof(name), "of it in %.*s",
                 (int)(text->name_len < 100 ? text->name_len : 100), text->name);
        put_size(b, name, "kept", 0, text->bytes, all);
    }
    report_end_bars(b);
}

void report_put_waterfall(struct buffer *b, const struct report *r)
{
    buffer_puts(b, "<h2 id=flow>What became of the input</h2>\n");
    put_documents(b, &r->look.facts);
    put_bytes(b, r);
}

/* ---- stages ---- */

static void put_others(struct buffer *b, const struct manifest_stage *s)
{
    char number[FIGURE_MAX];
    struct graph_loss loss;
    const char *before = "";
    size_t n = 0;

    for (size_t i = 0; i < s->n_counts; i++) {
        if (graph_loss(&s->counts[i], &loss) || ++n > COUNTS)
            continue;
        buffer_puts(b, before);
        html_string(b, s->counts[i].name);
        buffer_printf(b, " %s", s->counts[i].n < 0 ? "-" : "");
        buffer_puts(b, figure_grouped((uint64_t)llabs(s->counts[i].n), number));
        before = ", ";
    }
    if (n > COUNTS)
        buffer_printf(b, " and %zu more", n - COUNTS);
}

static void put_number(struct buffer *b, uint64_t n)
{
    char number[FIGURE_MAX];

    buffer_printf(b, "<td class=num>%s</td>", n ? figure_grouped(n, number) : "");
}

static void put_stage(struct buffer *b, const struct report *r, const struct manifest_stage *s,
                      double all)
{
    double seconds = run_times_of(&r->look.times, s->name);
    uint64_t lost[4] = { 0 };
    struct graph_loss loss;
    char x[FIGURE_MAX];

    for (size_t i = 0; i < s->n_counts; i++)
        if (graph_loss(&s->counts[i], &loss))
            lost[loss.to == FROM_DROPPED      ? 1
                 : loss.to == FROM_DUPLICATES ? 2
                                              : 3] += (uint64_t)loss.n;
    buffer_puts(b, "<tr><th scope=row>");
    html_string(b, s->name);
    buffer_puts(b, "</th>");
    for (int i = 1; i < 4; i++)
        put_number(b, lost[i]);
    if (all > 0)
        buffer_printf(b, "<td class=num>%s</td><td class=num>%.1f%%</td>", figure_time(seconds, x),
                      100 * seconds / all);
    buffer_puts(b, "<td class=counts>");
    put_others(b, s);
    buffer_puts(b, "</td></tr>\n");
}

void report_put_stages(struct buffer *b, const struct report *r)
{
    const struct manifest *m = &r->look.facts;
    double all = 0;

    for (size_t i = 0; i < r->look.times.n_stages; i++)
        all += r->look.times.stages[i].seconds;
    buffer_puts(
        b, "<h2 id=stages>Stage by stage</h2>\n<div class=wide tabindex=0><table>"
           "<caption>What each stage took out and counted</caption><thead><tr>"
           "<th scope=col>stage</th><th scope=col class=num>dropped</th><th scope=col class=num>"
           "duplicates</th><th scope=col class=num>rejected</th>");
    if (all > 0)
        buffer_puts(b, "<th scope=col class=num>CPU</th><th scope=col class=num>share</th>");
    buffer_puts(b, "<th scope=col>counted</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < m->n_stages; i++)
        put_stage(b, r, &m->stages[i], all);
    buffer_puts(b, "</tbody></table></div>\n");
    if (r->look.times.resumed_at > 0)
        buffer_puts(b, "<p class=soft>The run went on from a journal: times are of its last part "
                       "alone.</p>\n");
}

/* ---- files ---- */

static void put_file(struct buffer *b, const struct manifest_file *f, bool made)
{
    char x[FIGURE_MAX];

    buffer_puts(b, "<tr><th scope=row>");
    html_string(b, f->path);
    if (f->damaged)
        buffer_puts(b, " <span class=fate>damaged</span>");
    buffer_printf(b, "</th><td class=num>%s</td>",
                  f->has_hash ? figure_size(f->bytes, x) : "not read");
    if (made)
        put_number(b, f->records);
    buffer_puts(b, "</tr>\n");
}

static void put_table(struct buffer *b, const char *what, const struct manifest_file *files,
                      size_t n, bool made)
{
    buffer_printf(b,
                  "<div class=wide tabindex=0><table><caption>%s</caption><thead><tr><th "
                  "scope=col>file</th><th "
                  "scope=col class=num>size</th>%s</tr></thead><tbody>\n",
                  what, made ? "<th scope=col class=num>records</th>" : "");
    for (size_t i = 0; i < n && i < FILES; i++)
        put_file(b, &files[i], made);
    buffer_puts(b, "</tbody></table></div>\n");
    if (n > FILES)
        buffer_printf(b, "<p class=soft>and %zu more</p>\n", n - FILES);
}

void report_put_files(struct buffer *b, const struct report *r)
{
    const struct manifest *m = &r->look.facts;

    buffer_puts(b, "<h2 id=files>Files</h2>\n");
    if (m->n_outputs > 0)
        put_table(b, "Made", m->outputs, m->n_outputs, true);
    if (m->n_inputs > 0)
        put_table(b, "Read", m->inputs, m->n_inputs, false);
}
