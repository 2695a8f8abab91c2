/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a report: its head with the few figures that matter, then its parts. */
#define _GNU_SOURCE
#include "core/report.h"

#include "core/figures.h"
#include "core/html.h"
#include "core/report-style.h"

#include <stdio.h>
#include <string.h>

static void put_tile(struct buffer *b, const char *figure, const char *what)
{
    buffer_puts(b, "<li><b>");
    html_string(b, figure);
    buffer_puts(b, "</b>");
    html_string(b, what);
    buffer_puts(b, "</li>\n");
}

static void put_tiles(struct buffer *b, const struct report *r)
{
    const struct manifest *m = &r->look.facts;
    const struct run_times *t = &r->look.times;
    uint64_t ended = m->kept + m->dropped + m->duplicates + m->rejected, bytes = 0;
    char text[80], x[FIGURE_MAX];

    buffer_puts(b, "<ul class=tiles>\n");
    put_tile(b, figure_grouped(m->read, x), "documents read");
    snprintf(text, sizeof(text), "kept, %.1f%%", ended ? 100 * (double)m->kept / (double)ended : 0);
    put_tile(b, figure_grouped(m->kept, x), text);
    put_tile(b, figure_grouped(m->dropped, x), "dropped by a rule");
    put_tile(b, figure_grouped(m->duplicates, x), "copies of others");
    put_tile(b, figure_grouped(m->rejected, x), "rejected");
    for (size_t i = 0; i < m->n_inputs; i++)
        bytes += m->inputs[i].bytes;
    if (bytes > 0) {
        snprintf(text, sizeof(text), "in %zu file%s", m->n_inputs, m->n_inputs == 1 ? "" : "s");
        put_tile(b, figure_size(bytes, x), text);
    }
    if (t->seconds > 0) {
        snprintf(text, sizeof(text), "with %llu thread%s%s", (unsigned long long)t->threads,
                 t->threads == 1 ? "" : "s", t->resumed_at > 0 ? ", its last part" : "");
        put_tile(b, figure_seconds(t->seconds, x), text);
    }
    if (t->peak_memory > 0)
        put_tile(b, figure_size(t->peak_memory, x), "of memory at most");
    buffer_puts(b, "</ul>\n");
}

static void put_state(struct buffer *b, const struct report *r)
{
    const struct run_look *l = &r->look;

    buffer_printf(b, "<p><span class=\"fate%s\">%s</span> <span class=soft>",
                  l->state == RUN_FINISHED ? " kept" : "", run_state_name(l->state));
    html_string(b, r->folder);
    if (l->facts.plan) {
        buffer_puts(b, ", plan ");
        html_string(b, l->facts.plan);
    }
    buffer_puts(b, "</span></p>\n");
    if (l->state == RUN_FINISHED)
        return;
    buffer_puts(b, "<p class=note>");
    if (l->state == RUN_FAILED && l->facts.code)
        buffer_printf(b, "The run ended with %s and exit status %llu. ", l->facts.code,
                      (unsigned long long)l->facts.status);
    if (l->state == RUN_FAILED && l->facts.message) {
        html_string(b, l->facts.message);
        buffer_puts(b, ". ");
    }
    buffer_puts(b, "What is here is as far as it came. ");
    html_string(b, run_look_next(l));
    buffer_puts(b, ".</p>\n");
}

/* To the parts that there are. */
static void put_links(struct buffer *b, const struct buffer *parts)
{
    static const struct {
        const char *id, *name;
    } links[] = { { "flow", "What became of the input" },
                  { "stages", "Stage by stage" },
                  { "sizes", "How long documents are" },
                  { "fields", "What the records hold" },
                  { "dates", "When" },
                  { "duplicates", "Copies" },
                  { "samples", "Before and after" },
                  { "files", "Files" } };
    char id[40];

    buffer_puts(b, "<nav aria-label=Parts>");
    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
        snprintf(id, sizeof(id), " id=%s>", links[i].id);
        if (memmem(parts->data, parts->len, id, strlen(id)))
            buffer_printf(b, "<a href=#%s>%s</a> ", links[i].id, links[i].name);
    }
    buffer_puts(b, "</nav>\n");
}

/* Why a part that one would look for is not there. */
static void put_missing(struct buffer *b, const struct report *r)
{
    const struct report_table *tables[] = { &r->kept, &r->duplicates };

    for (size_t i = 0; i < 2; i++)
        if (tables[i]->trouble) {
            buffer_puts(b, "<p class=note>");
            html_string(b, tables[i]->path);
            buffer_puts(b, " could not be read to its end: ");
            html_string(b, tables[i]->trouble);
            buffer_puts(b, ". What is told of its records is of those before.</p>\n");
        }
    if (r->kept.more_columns)
        buffer_printf(b,
                      "<p class=note>Records have more than %d fields; the others are left out "
                      "here.</p>\n",
                      REPORT_COLUMNS);
    if (r->changed) {
        buffer_puts(b, "<p class=note>");
        html_string(b, r->changed);
        buffer_puts(b,
                    " is not there any more as the run made it; <code>etl verify</code> tells all "
                    "that has changed.</p>\n");
    }
    if (r->look.state == RUN_FINISHED && !r->kept.path && r->look.facts.kept > 0)
        buffer_puts(
            b, "<p class=note>What is in the records is read from JSON lines, and this run made "
               "none of those it kept. An <code>[output jsonl]</code> in the pipeline "
               "brings fields, languages, dates and lengths here.</p>\n");
}

void report_page(const struct report *r, struct buffer *b)
{
    const char *name = r->look.facts.pipeline ? r->look.facts.pipeline : r->folder;
    struct buffer parts = { 0 };

    report_put_waterfall(&parts, r);
    report_put_stages(&parts, r);
    if (r->look.state == RUN_FINISHED) {
        report_put_sizes(&parts, r);
        report_put_fields(&parts, r);
        report_put_dates(&parts, r);
        report_put_duplicates(&parts, r);
        report_put_samples(&parts, r);
    }
    report_put_files(&parts, r);

    html_begin(b, name, "report", report_style, REPORT_STYLE_HASH);
    buffer_puts(b, "<h1>");
    html_string(b, name);
    buffer_puts(b, "</h1>\n");
    put_state(b, r);
    put_tiles(b, r);
    put_missing(b, r);
    put_links(b, &parts);
    buffer_append(b, parts.data, parts.len);
    b->failed |= parts.failed;
    buffer_free(&parts);
    html_end(b);
}
