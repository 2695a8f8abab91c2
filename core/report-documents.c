/* SPDX-License-Identifier: Apache-2.0 */
/* Documents on a report, as they came beside what came of them. */
#include "core/report.h"

#include "core/figures.h"
#include "core/html.h"

#include <string.h>

enum { KEPT_SHOWN = 8, OTHERS_SHOWN = 3, SHORT_VALUE = 160, PAGE_MOST = 400 * 1024 };

static const struct report_field *longest(const struct report_sample *s)
{
    const struct report_field *f = NULL;

    for (size_t i = 0; i < s->n_fields; i++)
        if (!f || s->fields[i].len > f->len)
            f = &s->fields[i];
    return f && f->len > SHORT_VALUE ? f : NULL;
}

static void put_before(struct buffer *b, const struct report_sample *s)
{
    const struct report_field *f = longest(s);
    char x[FIGURE_MAX];

    buffer_printf(b, "<div><h3>As it came <span class=soft>%s bytes%s</span></h3><pre tabindex=0>",
                  figure_grouped(s->bytes, x), s->bytes > s->content_len ? ", the beginning" : "");
    if (f && strcmp(s->fate, "kept") == 0)
        html_diff_old(b, s->content ? s->content : "", s->content_len, f->text, f->len);
    else
        html_text(b, s->content ? s->content : "", s->content_len, false, true);
    buffer_puts(b, "</pre></div>\n");
}

static void put_after(struct buffer *b, const struct report_sample *s)
{
    buffer_puts(b, "<div><h3>What came of it</h3><dl>\n");
    for (size_t i = 0; i < s->n_fields; i++) {
        const struct report_field *f = &s->fields[i];

        if (f->len == 0)
            continue;
        buffer_puts(b, "<dt>");
        html_string(b, f->name);
        buffer_puts(b, f->len > SHORT_VALUE ? "</dt><dd><pre tabindex=0>" : "</dt><dd>");
        html_text(b, f->text, f->len, false, true);
        buffer_puts(b, f->len > SHORT_VALUE ? "</pre></dd>\n" : "</dd>\n");
    }
    buffer_puts(b, "</dl></div>\n");
}

static void put_sample(struct buffer *b, const struct report_sample *s, bool open)
{
    bool kept = strcmp(s->fate, "kept") == 0;

    buffer_printf(b, "<details class=card%s><summary><span class=\"fate%s\">%s</span> ",
                  open ? " open" : "", kept ? " kept" : "", kept ? "kept" : s->fate);
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
    buffer_puts(b, "<h2 id=samples>Before and after</h2>\n<p class=soft>The first, second, fourth, eighth "
                   "document and so on of each fate. In what was kept, <del>this</del> is not in the "
                   "longest field.</p>\n");
    for (size_t k = 0; k < sizeof(fates) / sizeof(*fates); k++) {
        size_t left = k == 0 ? KEPT_SHOWN : OTHERS_SHOWN;

        for (size_t i = 0; i < r->samples.n && left > 0 && b->len < PAGE_MOST; i++) {
            if (strcmp(r->samples.at[i].fate, fates[k]) != 0)
                continue;
            put_sample(b, &r->samples.at[i], open);
            open = false;
            left--;
        }
    }
}
