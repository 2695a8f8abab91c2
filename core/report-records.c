/* SPDX-License-Identifier: Apache-2.0 */
/* What a report tells of the records: how long they were and are, what their fields hold, their
 * days, and which of them were copies of others. */
#include "core/report.h"

#include "core/figures.h"
#include "core/html.h"

#include <stdio.h>
#include <string.h>

enum {
    TOP = 8,            /* values shown of a field */
    MEAN_OF_TEXT = 100, /* bytes; fields whose values are longer on average are texts */
    FEW_VALUES = 40,
    MEAN_OF_FEW = 40, /* so few and so short ones are shown if none comes twice */
    MOST_TEXTS = 12,  /* cards of each sort: however many fields there are, a page stays a page */
    MOST_DATES = 6,
    MOST_CARDS = 24,
    FEW_DAYS = 92,
    FEW_MONTHS = 240,
};

/* ---- sizes ---- */

/* Names of columns from some power of two on. */
static const char *size_name(size_t i, void *context)
{
    static _Thread_local char text[FIGURE_MAX + 8];
    char figure[FIGURE_MAX];
    size_t power = *(const size_t *)context + i;

    snprintf(text, sizeof(text), "\xe2\x89\xa4 %s", figure_size((uint64_t)1 << power, figure));
    return text;
}

/* From the first column with something in it to the last. */
static size_t span(const struct report_part *parts, size_t n_parts, size_t n, size_t *first)
{
    size_t last = 0;
    bool any = false;

    *first = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_parts; k++) {
            if (parts[k].at[i] == 0)
                continue;
            if (!any)
                *first = i;
            any = true;
            last = i;
        }
    return any ? last - *first + 1 : 0;
}

static void put_sizes(struct buffer *b, const char *caption, struct report_part *parts,
                      size_t n_parts)
{
    size_t first, n = span(parts, n_parts, REPORT_SIZES, &first);

    for (size_t k = 0; k < n_parts; k++)
        parts[k].at += first;
    if (n > 0)
        report_put_columns(b, caption, parts, n_parts, n, size_name, &first);
}

static void put_left_out(struct buffer *b, size_t n, size_t most)
{
    if (n > most)
        buffer_printf(b, "<p class=soft>and %zu more such fields, which are not shown here</p>\n",
                      n - most);
}

/* A field of longer texts. */
static bool is_text(const struct report_column *c)
{
    return c->texts > 0 && c->bytes / c->texts > MEAN_OF_TEXT;
}

void report_put_sizes(struct buffer *b, const struct report *r)
{
    const struct manifest *m = &r->look.facts;
    char caption[200];
    size_t n = 0;
    struct report_part before[] = {
        { "kept", "kept", m->sizes[0].at },
        { "dropped", "dropped", m->sizes[1].at },
        { "duplicates", "duplicate", m->sizes[2].at },
        { "rejected", "rejected", m->sizes[3].at },
    };

    buffer_puts(b, "<h2 id=sizes>How long documents are</h2>\n<div class=cards><div class=card>");
    put_sizes(b, "Before: bytes of each document as it came", before, 4);
    buffer_puts(b, "</div>\n");
    for (size_t i = 0; i < r->kept.n; i++) {
        const struct report_column *c = &r->kept.columns[i];
        struct report_part after = { c->name, "kept", c->sizes };

        if (!is_text(c) || ++n > MOST_TEXTS)
            continue;
        snprintf(caption, sizeof(caption), "After: bytes of %.150s", c->name);
        buffer_puts(b, "<div class=card>");
        put_sizes(b, caption, &after, 1);
        buffer_puts(b, "</div>\n");
    }
    buffer_puts(b, "</div>\n");
    put_left_out(b, n, MOST_TEXTS);
}

/* ---- fields ---- */

static bool is_of_the_host(const struct report_column *c)
{
    return strcmp(c->name, "id") == 0 || strcmp(c->name, "source") == 0 ||
           strcmp(c->name, "duplicate_of") == 0 || strcmp(c->name, "similarity") == 0;
}

static void put_fill(struct buffer *b, const struct report *r)
{
    report_begin_bars(b, "In how many of the kept records each field has a value");
    for (size_t i = 0; i < r->kept.n; i++) {
        const struct report_column *c = &r->kept.columns[i];

        report_put_bar(b, &(struct report_bar){ .name = c->name,
                                                .name_len = c->name_len,
                                                .to = c->records,
                                                .all = r->kept.records,
                                                .kind = "plain" });
    }
    report_end_bars(b);
}

static void put_values(struct buffer *b, const struct report_column *c, uint64_t records)
{
    char number[FIGURE_MAX], rest[FIGURE_MAX];
    uint64_t shown = 0;

    buffer_puts(b, "<div class=card>");
    report_begin_bars(b, c->name);
    for (size_t i = 0; i < c->values.n && i < TOP; i++) {
        const struct report_value *v = &c->values.at[i];

        shown += v->n;
        report_put_bar(b, &(struct report_bar){ .name = report_value_text(c, i),
                                                .name_len = v->len,
                                                .to = v->n,
                                                .all = records,
                                                .widest = 2 * c->values.at[0].n < records
                                                              ? c->values.at[0].n
                                                              : records,
                                                .kind = "plain" });
    }
    report_end_bars(b);
    if (c->values.n > TOP)
        buffer_printf(b, "<p class=soft>and %s more values, %s times in all</p>\n",
                      figure_grouped(c->values.n - TOP, number),
                      figure_grouped(c->counted - shown, rest));
    buffer_puts(b, "</div>\n");
}

/* Worth a card: short values that repeat, or are few. */
static bool is_shown(const struct report_column *c)
{
    bool few = c->values.n <= FEW_VALUES && c->values.texts.len <= MEAN_OF_FEW * c->values.n;

    return !is_of_the_host(c) && !c->uncounted && c->values.n > 0 && !is_text(c) &&
           (few || 2 * c->values.n <= c->counted) && (c->dates < c->texts || c->texts == 0);
}

void report_put_fields(struct buffer *b, const struct report *r)
{
    size_t n = 0;

    if (r->kept.records == 0)
        return;
    buffer_puts(b, "<h2 id=fields>What the records hold</h2>\n");
    put_fill(b, r);
    buffer_puts(b, "<h3>Most frequent values</h3>\n<div class=cards>\n");
    for (size_t i = 0; i < r->kept.n; i++)
        if (is_shown(&r->kept.columns[i]) && ++n <= MOST_CARDS)
            put_values(b, &r->kept.columns[i], r->kept.records);
    buffer_puts(b, "</div>\n");
    put_left_out(b, n, MOST_CARDS);
}

/* ---- days ---- */

struct calendar {
    uint64_t at[FEW_MONTHS]; /* and no more years, see fill */
    size_t n, first;         /* first: of the unit, from the first year on */
    enum { BY_DAY, BY_MONTH, BY_YEAR } by;
    uint64_t outside; /* days so far from the others that the picture leaves them out */
};

static const char *day_name(size_t i, void *context)
{
    static _Thread_local char text[40];
    const struct calendar *c = context;
    size_t at = c->first + i, months = at;

    if (c->by == BY_YEAR) {
        snprintf(text, sizeof(text), "%zu", REPORT_FIRST_YEAR + at);
        return text;
    }
    if (c->by == BY_DAY)
        months = at / REPORT_MONTH_DAYS;
    snprintf(text, sizeof(text), "%zu-%02zu", REPORT_FIRST_YEAR + months / 12, months % 12 + 1);
    if (c->by == BY_DAY)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "-%02zu",
                 at % REPORT_MONTH_DAYS + 1);
    return text;
}

/* One in a thousand at either end may be a slip of a page: a year 1970 or 2099 would make the
 * picture empty. */
static void trim(const struct report_column *c, size_t *first, size_t *last)
{
    uint64_t all = c->dates - c->years_alone, edge = all / 1000, seen = 0;

    for (*first = 0; *first + 1 < REPORT_DAYS && seen + c->days[*first] <= edge; ++*first)
        seen += c->days[*first];
    seen = 0;
    for (*last = REPORT_DAYS - 1; *last > *first && seen + c->days[*last] <= edge; --*last)
        seen += c->days[*last];
}

static void fill(struct calendar *c, const struct report_column *column)
{
    size_t first, last, unit, at;

    trim(column, &first, &last);
    memset(c, 0, sizeof(*c));
    c->by = last - first < FEW_DAYS                                             ? BY_DAY
            : last / REPORT_MONTH_DAYS - first / REPORT_MONTH_DAYS < FEW_MONTHS ? BY_MONTH
                                                                                : BY_YEAR;
    unit = c->by == BY_DAY ? 1 : c->by == BY_MONTH ? REPORT_MONTH_DAYS : 12 * REPORT_MONTH_DAYS;
    c->first = first / unit;
    c->n = last / unit - c->first + 1;
    for (size_t i = 0; i < REPORT_DAYS; i++) {
        at = i / unit;
        if (at < c->first || at >= c->first + c->n)
            c->outside += column->days[i];
        else
            c->at[at - c->first] += column->days[i];
    }
}

static void put_days(struct buffer *b, const struct report_column *c)
{
    struct calendar calendar;
    struct report_part part = { "records", "kept", calendar.at };
    char x[FIGURE_MAX], caption[200];
    static const char *const units[] = { "day", "month", "year" };

    fill(&calendar, c);
    snprintf(caption, sizeof(caption), "%.150s: records by %s", c->name, units[calendar.by]);
    buffer_puts(b, "<div class=card>");
    report_put_columns(b, caption, &part, 1, calendar.n, day_name, &calendar);
    if (c->years_alone > 0)
        buffer_printf(b, "<p class=soft>Not shown: %s with no more than a year.</p>\n",
                      figure_grouped(c->years_alone, x));
    if (calendar.outside > 0)
        buffer_printf(b, "<p class=soft>Not shown: %s far from all others.</p>\n",
                      figure_grouped(calendar.outside, x));
    buffer_puts(b, "</div>\n");
}

void report_put_dates(struct buffer *b, const struct report *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->kept.n; i++) {
        const struct report_column *c = &r->kept.columns[i];

        if (!c->days || c->dates < c->texts - c->texts / 5 || ++n > MOST_DATES)
            continue;
        buffer_puts(b, n > 1 ? "" : "<h2 id=dates>When</h2>\n<div class=cards>\n");
        put_days(b, c);
    }
    buffer_puts(b, n > 0 ? "</div>\n" : "");
    put_left_out(b, n, MOST_DATES);
}

/* ---- duplicates ---- */

static const char *share_name(size_t i, void *context)
{
    static _Thread_local char text[32];
    size_t first = *(const size_t *)context + i;

    snprintf(text, sizeof(text), "%zu.%02zu", (first + 1) / REPORT_SHARES, first % REPORT_SHARES);
    if (first + 1 == REPORT_SHARES)
        snprintf(text, sizeof(text), "0.99 to 1");
    return text;
}

static void put_similarity(struct buffer *b, const struct report_column *c)
{
    struct report_part part = { "duplicates", "duplicate", c->shares };
    size_t first, n = span(&part, 1, REPORT_SHARES, &first);

    part.at += first;
    buffer_puts(b, "<div class=card>");
    report_put_columns(b, "How similar the copies are to the document that was kept", &part, 1, n,
                       share_name, &first);
    buffer_puts(b, "</div>\n");
}

/* How many documents have 1, 2, 3, 4, 5 to 9, 10 to 99, 100 and more copies. */
static void put_group_sizes(struct buffer *b, const struct report_column *of)
{
    static const char *const names[] = {
        "1 copy",        "2 copies",        "3 copies",           "4 copies",
        "5 to 9 copies", "10 to 99 copies", "100 copies and more"
    };
    uint64_t n[sizeof(names) / sizeof(*names)] = { 0 };
    char x[FIGURE_MAX], caption[100];

    for (size_t i = 0; i < of->values.n; i++) {
        uint64_t copies = of->values.at[i].n;

        n[copies < 5 ? copies - 1 : copies < 10 ? 4 : copies < 100 ? 5 : 6]++;
    }
    snprintf(caption, sizeof(caption), "%s %s copies", figure_grouped(of->values.n, x),
             of->values.n == 1 ? "document has" : "documents have");
    buffer_puts(b, "<div class=card>");
    report_begin_bars(b, caption);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (n[i] > 0)
            report_put_bar(b, &(struct report_bar){ .name = names[i],
                                                    .name_len = strlen(names[i]),
                                                    .to = n[i],
                                                    .all = of->values.n,
                                                    .kind = "duplicate" });
    report_end_bars(b);
    buffer_puts(b, "</div>\n");
}

static void put_groups(struct buffer *b, const struct report *r)
{
    char x[FIGURE_MAX];

    buffer_puts(b, "<div class=wide tabindex=0><table><caption>The documents with the most "
                   "copies</caption><thead><tr><th scope=col class=num>copies</th><th scope=col>"
                   "kept document</th><th scope=col>id</th><th scope=col>source</th></tr></thead>"
                   "<tbody>\n");
    for (size_t i = 0; i < r->n_groups; i++) {
        const struct report_group *g = &r->groups[i];

        buffer_printf(b, "<tr><td class=num>%s</td><th scope=row>", figure_grouped(g->copies, x));
        html_string(b, g->name ? g->name : "");
        buffer_puts(b, "</th><td>");
        html_string(b, g->id);
        buffer_puts(b, "</td><td>");
        html_string(b, g->source ? g->source : "kept by an earlier run");
        buffer_puts(b, "</td></tr>\n");
    }
    buffer_puts(b, "</tbody></table></div>\n");
}

void report_put_duplicates(struct buffer *b, const struct report *r)
{
    const struct report_column *of = report_column(&r->duplicates, "duplicate_of");
    const struct report_column *similarity = report_column(&r->duplicates, "similarity");

    if (r->look.facts.duplicates == 0)
        return;
    buffer_puts(b, "<h2 id=duplicates>Copies</h2>\n");
    if (!of) {
        buffer_puts(b, "<p class=note>Which documents were copies of which is not in any output. "
                       "An <code>[output jsonl]</code> with <code>from = duplicates</code> and the "
                       "fields <code>id, duplicate_of, similarity</code> brings it here.</p>\n");
        return;
    }
    buffer_puts(b, "<div class=cards>\n");
    if (of->values.n > 0)
        put_group_sizes(b, of);
    if (similarity && similarity->shares_seen > 0)
        put_similarity(b, similarity);
    buffer_puts(b, "</div>\n");
    if (r->n_groups > 0)
        put_groups(b, r);
}
