/* SPDX-License-Identifier: Apache-2.0 */
/* One page from text to result: the passes in their order, and the body written out. */
#include "extract.h"

#include <stdlib.h>

/* A page this large is rare; its memory is not kept for the next. */
enum { SCRATCH_KEEP = 8 << 20 };

static void shrink(struct scratch *s)
{
    if (s->text_cap > SCRATCH_KEEP) {
        free(s->text);
        s->text = NULL;
        s->text_cap = 0;
    }
}

static void mark_index(struct work *w)
{
    w->page->kind = "index";
    for (size_t i = 0; i < w->n; i++)
        w->line[i].role = ROLE_HEAD;
}

int extract_page(const struct pack *pack, const struct learned *learned, const char *text, size_t n,
                 struct page *page, struct scratch *scratch)
{
    struct work w = { .pack = pack, .learned = learned, .scratch = scratch, .page = page };

    memset(page, 0, offsetof(struct page, authors));
    scratch->store_len = 0;
    if (n <= SCRATCH_KEEP)
        shrink(scratch);
    if (split_lines(&w, text, n) != 0)
        return -1;
    page->lines = w.line = scratch->lines;
    page->n_lines = w.n;
    w.start = w.date = w.title = w.n;
    look_beside_lines(&w);
    find_start(&w);
    if (w.start == w.n) {
        mark_index(&w);
        return 0;
    }
    find_date(&w);
    read_people(&w);
    label_head(&w);
    label_text(&w);
    if (fold_repeats(&w) != 0)
        return -1;
    read_fields(&w);
    return 0;
}

size_t page_body(const struct page *page, char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < page->n_lines; i++) {
        const struct line *line = &page->lines[i];

        if (line->role != ROLE_BODY || line->to <= line->from)
            continue;
        if (n > 0) {
            if (to)
                to[n] = '\n';
            n++;
        }
        if (to)
            memcpy(to + n, line->at + line->from, line->to - line->from);
        n += line->to - line->from;
    }
    return n;
}

void scratch_free(struct scratch *scratch)
{
    free(scratch->text);
    free(scratch->lines);
    free(scratch->slots);
    free(scratch->seen);
    memset(scratch, 0, sizeof(*scratch));
}
