/* SPDX-License-Identifier: Apache-2.0 */
/* Documents on a report, as they came beside what came of them. */
#define _GNU_SOURCE
#include "core/report.h"

#include "common/word-diff.h"
#include "core/figures.h"
#include "core/html.h"

#include <string.h>

enum {
    KEPT_SHOWN = 8,
    OTHERS_SHOWN = 3,
    SHORT_VALUE = 160,
    NEXT_LINES = 3,
    PAGE_MOST = 400 * 1024
};

static const struct report_field *longest(const struct report_sample *s)
{
    const struct report_field *f = NULL;

    for (size_t i = 0; i < s->n_fields; i++)
        if (!f || s->fields[i].len > f->len)
            f = &s->fields[i];
    return f && f->len > SHORT_VALUE ? f : NULL;
}

struct piece {
    const char *at;
    size_t len;
};

static struct piece next_line(const char **at, const char *end)
{
    const char *feed = memchr(*at, '\n', (size_t)(end - *at));
    struct piece line = { *at, (size_t)((feed ? feed : end) - *at) };

    *at = feed ? feed + 1 : end;
    while (line.len > 0 && (unsigned char)line.at[line.len - 1] <= ' ')
        line.len--;
    while (line.len > 0 && (unsigned char)*line.at <= ' ') {
        line.at++;
        line.len--;
    }
    return line;
}

/* Is most of the line that stayed in this one? */
static bool came_of(struct piece line, struct piece stayed)
{
    struct word_diff d;
    size_t same = 0;

    if (line.len == 0 || stayed.len == 0 ||
        word_diff(&d, line.at, line.len, stayed.at, stayed.len) < 0)
        return false;
    for (size_t i = 0; i < d.n; i++)
        same += d.runs[i].kind == WORDS_SAME ? d.runs[i].len : 0;
    word_diff_free(&d);
    return 10 * same >= 6 * stayed.len;
}

/* Line by line, what stayed of each struck out where it went. A line stands in the result as it is,
 * or became one of the next lines there; any other went, whatever words of it are elsewhere. */
static void put_lines(struct buffer *b, const struct report_sample *s, const struct report_field *f)
{
    const char *at = s->content, *end = at + s->content_len;
    const char *next = f->text, *result_end = f->text + f->len;

    while (at < end) {
        struct piece line = next_line(&at, end), stayed = { 0 };
        const char *look = next;

        for (int k = 0; k < NEXT_LINES && !stayed.at && look < result_end; k++) {
            struct piece there = next_line(&look, result_end);

            if (came_of(line, there)) {
                stayed = there;
                next = look;
            }
        }
        if (stayed.at)
            html_diff_old(b, line.at, line.len, stayed.at, stayed.len);
        else if (line.len >= SHORT_VALUE / 4 && memmem(f->text, f->len, line.at, line.len))
            html_text(b, line.at, line.len, false, false);
        else if (line.len > 0) {
            buffer_puts(b, "<del>");
            html_text(b, line.at, line.len, false, false);
            buffer_puts(b, "</del>");
        }
        buffer_byte(b, '\n');
    }
}

static void put_before(struct buffer *b, const struct report_sample *s)
{
    const struct report_field *f = longest(s);
    char x[FIGURE_MAX];

    buffer_printf(b, "<div><h3>As it came <span class=soft>%s bytes%s</span></h3><pre>",
                  figure_grouped(s->bytes, x), s->bytes > s->content_len ? ", the beginning" : "");
    if (f && s->content && strcmp(s->fate, "kept") == 0)
        put_lines(b, s, f);
    else
        html_text(b, s->content ? s->content : "", s->content_len, false, true);
    buffer_puts(b, "</pre></div>\n");
}

static void put_after(struct buffer *b, const struct report_sample *s)
{
    bool any = false;

    buffer_puts(b, "<div><h3>What came of it</h3><dl>\n");
    for (size_t i = 0; i < s->n_fields; i++) {
        const struct report_field *f = &s->fields[i];

        if (f->len == 0)
            continue;
        any = true;
        buffer_puts(b, "<dt>");
        html_string(b, f->name);
        buffer_puts(b, f->len > SHORT_VALUE ? "</dt><dd><pre>" : "</dt><dd>");
        html_text(b, f->text, f->len, false, true);
        buffer_puts(b, f->len > SHORT_VALUE ? "</pre></dd>\n" : "</dd>\n");
    }
    buffer_puts(b, any ? "</dl></div>\n" : "</dl><p class=soft>No field has a value.</p></div>\n");
}

static void put_sample(struct buffer *b, const struct report_sample *s, bool open)
{
    buffer_printf(b, "<details class=card%s><summary><span class=\"fate ", open ? " open" : "");
    html_string(b, s->fate);
    buffer_puts(b, "\">");
    html_string(b, s->fate);
    buffer_puts(b, "</span> ");
    html_string(b, s->source);
    buffer_puts(b, "</summary>\n");
    if (s->stage) {
        buffer_puts(b, "<p>by ");
        html_string(b, s->stage);
        if (s->rule) {
            buffer_puts(b, ", rule ");
            html_string(b, s->rule);
        }
        if (s->reason) {
            buffer_puts(b, ": ");
            html_string(b, s->reason);
        }
        if (s->duplicate_of) {
            buffer_puts(b, ", of ");
            html_string(b, s->duplicate_of);
            buffer_printf(b, ", similarity %.2f", s->similarity);
        }
        buffer_puts(b, "</p>\n");
    }
    buffer_puts(b, "<div class=pair>");
    put_before(b, s);
    put_after(b, s);
    buffer_puts(b, "</div></details>\n");
}

/* They are written in the order of the input; here those that were kept come first. */
void report_put_samples(struct buffer *b, const struct report *r)
{
    static const char *const fates[] = { "kept", "dropped", "duplicate", "rejected" };
    bool open = true;

    if (r->samples.n == 0)
        return;
    buffer_puts(
        b, "<h2 id=samples>Before and after</h2>\n<p class=soft>The first, second, fourth, eighth "
           "document and so on of each fate. Of what was kept, <del>struck out</del> is what "
           "did not come into its longest text.</p>\n");
    for (size_t k = 0; k < sizeof(fates) / sizeof(*fates); k++) {
        size_t left = k == 0 ? KEPT_SHOWN : OTHERS_SHOWN;

        for (size_t i = 0; i < r->samples.n && left > 0; i++) {
            size_t len = b->len;

            if (strcmp(r->samples.at[i].fate, fates[k]) != 0)
                continue;
            put_sample(b, &r->samples.at[i], open);
            if (b->len > PAGE_MOST) { /* another one may be short */
                b->len = len;
                continue;
            }
            open = false;
            left--;
        }
    }
}
