/* SPDX-License-Identifier: Apache-2.0 */
/* Charts as inline SVG: bars in a table, which is read without them too, and columns with their
 * figures in a table behind a fold. A drawing is stretched to the room there is, so it holds no
 * text; words stand beside it as HTML. */
#include "core/report.h"

#include "core/figures.h"
#include "core/html.h"

#include <string.h>

enum { WIDTH = 1000, COLUMN = 10, HEIGHT = 100, FEW = 4 /* columns that need little room */ };

void report_begin_bars(struct buffer *b, const char *caption)
{
    buffer_puts(b, "<table class=bars><caption>");
    html_string(b, caption);
    buffer_puts(b, "</caption><tbody>\n");
}

void report_end_bars(struct buffer *b)
{
    buffer_puts(b, "</tbody></table>\n");
}

static double share(uint64_t part, uint64_t all)
{
    return all > 0 ? (double)part / (double)all : 0;
}

void report_put_bar(struct buffer *b, const struct report_bar *bar)
{
    uint64_t n = bar->to - bar->from;
    uint64_t whole = bar->widest > 0 ? bar->widest : bar->all;
    double x = WIDTH * share(bar->from, whole), width = WIDTH * share(n, whole);
    char number[FIGURE_MAX];

    if (n > 0 && width < 3) { /* else nothing would be seen of it */
        x = x > WIDTH - 3 ? WIDTH - 3 : x;
        width = 3;
    }
    buffer_puts(b, "<tr><th scope=row>");
    html_text(b, bar->name, bar->name_len, false, false);
    if (bar->note) {
        buffer_puts(b, " <span class=soft>");
        html_string(b, bar->note);
        buffer_puts(b, "</span>");
    }
    buffer_printf(b,
                  "</th><td class=bar><svg viewBox=\"0 0 %d 10\" preserveAspectRatio=none "
                  "aria-hidden=true><rect class=%s x=%.1f width=%.1f height=10 /></svg></td>"
                  "<td class=num>%s</td><td class=num>%.1f%%</td></tr>\n",
                  WIDTH, bar->kind, x, width, bar->figure ? bar->figure : figure_grouped(n, number),
                  100 * share(n, bar->all));
}

static uint64_t height_of(const struct report_part *parts, size_t n_parts, size_t i)
{
    uint64_t n = 0;

    for (size_t k = 0; k < n_parts; k++)
        n += parts[k].at[i];
    return n;
}

static void put_drawing(struct buffer *b, const struct report_part *parts, size_t n_parts, size_t n,
                        uint64_t most, const char *(*name)(size_t i, void *context), void *context)
{
    char number[FIGURE_MAX];

    buffer_printf(b, "<svg viewBox=\"0 0 %zu %d\" preserveAspectRatio=none aria-hidden=true>",
                  n * COLUMN, HEIGHT);
    for (size_t i = 0; i < n; i++) {
        double top = HEIGHT;

        for (size_t k = 0; k < n_parts; k++) {
            double height = HEIGHT * share(parts[k].at[i], most);

            if (parts[k].at[i] == 0)
                continue;
            height = height < 1 ? 1 : height;
            top -= height;
            buffer_printf(b, "<rect class=%s x=%zu y=%.1f width=%d height=%.1f><title>%s%s",
                          parts[k].kind, i * COLUMN + 1, top < 0 ? 0 : top, COLUMN - 2, height,
                          n_parts > 1 ? parts[k].name : "", n_parts > 1 ? ", " : "");
            html_string(b, name(i, context));
            buffer_printf(b, ": %s</title></rect>", figure_grouped(parts[k].at[i], number));
        }
    }
    buffer_puts(b, "</svg>\n");
}

static void put_table(struct buffer *b, const struct report_part *parts, size_t n_parts, size_t n,
                      const char *(*name)(size_t i, void *context), void *context)
{
    char number[FIGURE_MAX];

    buffer_puts(b,
                "<details><summary>The figures</summary><table class=plain><thead><tr><td></td>");
    for (size_t k = 0; k < n_parts; k++) {
        buffer_puts(b, "<th scope=col class=num>");
        html_string(b, parts[k].name);
        buffer_puts(b, "</th>");
    }
    buffer_puts(b, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < n; i++) {
        if (height_of(parts, n_parts, i) == 0)
            continue;
        buffer_puts(b, "<tr><th scope=row>");
        html_string(b, name(i, context));
        buffer_puts(b, "</th>");
        for (size_t k = 0; k < n_parts; k++)
            buffer_printf(b, "<td class=num>%s</td>", figure_grouped(parts[k].at[i], number));
        buffer_puts(b, "</tr>\n");
    }
    buffer_puts(b, "</tbody></table></details>\n");
}

void report_put_columns(struct buffer *b, const char *caption, const struct report_part *parts,
                        size_t n_parts, size_t n, const char *(*name)(size_t i, void *context),
                        void *context)
{
    uint64_t most = 0;
    size_t highest = 0;
    char number[FIGURE_MAX];

    for (size_t i = 0; i < n; i++)
        if (height_of(parts, n_parts, i) > most) {
            most = height_of(parts, n_parts, i);
            highest = i;
        }
    if (most == 0)
        return;
    buffer_printf(b, "<figure%s><figcaption>", n <= FEW ? " class=few" : "");
    html_string(b, caption);
    buffer_printf(b, " <span class=soft>the highest: %s at ", figure_grouped(most, number));
    html_string(b, name(highest, context));
    buffer_puts(b, "</span></figcaption>\n");
    put_drawing(b, parts, n_parts, n, most, name, context);
    buffer_puts(b, "<div class=axis><span>");
    html_string(b, name(0, context));
    if (n > 2) {
        buffer_puts(b, "</span><span>");
        html_string(b, name(n / 2, context));
    }
    buffer_puts(b, "</span><span>");
    html_string(b, n > 1 ? name(n - 1, context) : "");
    buffer_puts(b, "</span></div>\n");
    if (n_parts > 1) {
        buffer_puts(b, "<p class=key>");
        for (size_t k = 0; k < n_parts; k++)
            buffer_printf(
                b,
                "<span><svg viewBox=\"0 0 10 10\" aria-hidden=true><rect class=%s width=10 "
                "height=10 /></svg>%s</span> ",
                parts[k].kind, parts[k].name);
        buffer_puts(b, "</p>\n");
    }
    put_table(b, parts, n_parts, n, name, context);
    buffer_puts(b, "</figure>\n");
}
