/* SPDX-License-Identifier: Apache-2.0 */
/* Paragraphs and whole bodies that stand twice: the first stays. Short lines may repeat on purpose
 * (refrains, tables, lists) and are left, unless they repeat inside a repeated run. */
#define _GNU_SOURCE
#include "extract.h"

#include "common/hash.h"

#include <stdlib.h>

enum { REPEAT_MIN = 60, QUOTE_TRIES = 16 };

static struct span kept_part(const struct line *line)
{
    return span_trim(span(line->at + line->from, line->to - line->from), " ");
}

/* Is the line, or this one less its byline mark, already there? UINT32_MAX or its index. */
static uint32_t find_or_put(struct scratch *s, const struct line *lines, uint32_t i, size_t mask)
{
    struct span text = kept_part(&lines[i]);
    size_t at = hash64(text.at, text.len) & mask;

    for (; s->slots[at]; at = (at + 1) & mask) {
        struct span there = kept_part(&lines[s->slots[at] - 1]);

        if (there.len == text.len && memcmp(there.at, text.at, text.len) == 0)
            return s->slots[at] - 1;
    }
    s->slots[at] = i + 1;
    return UINT32_MAX;
}

/* "... semua pedagang pindah ...", or a lead that breaks off: does the text say it too? A
 * few such lines at most. */
static void drop_quotes(struct work *w)
{
    size_t tries = 0;

    for (size_t i = w->start; i < w->n && tries < QUOTE_TRIES; i++) {
        struct line *line = &w->line[i];
        struct span s = line_span(line), text;

        if (line->role != ROLE_BODY || line->flags & LINE_LONG || line->len < 30)
            continue;
        if (line->flags & LINE_SENTENCE && !ends_open(s) && !starts_with(s, "...") &&
            !starts_with(s, "\xe2\x80\xa6"))
            continue;
        if (!ends_open(s) && line->len < REPEAT_MIN / 2)
            continue;
        tries++;
        text = span_trim(s, " .\"'");
        while (text.len > 3 && ends_open(text))
            text = span_trim(span(text.at, text.len - 3), " ");
        for (size_t k = w->start; k < w->n; k++) {
            if (k == i || w->line[k].role != ROLE_BODY || w->line[k].len <= text.len)
                continue;
            if (find_span(line_span(&w->line[k]), text)) {
                line->role = ROLE_PULL_QUOTE;
                line->why = "said again in the text";
                break;
            }
        }
    }
}

/* In a repeated run, a line that is a piece of one of the next lines up there: it was broken at
 * another place. */
static uint32_t piece_of(const struct work *w, const struct line *line, uint32_t previous)
{
    for (size_t k = previous, n = 0; k < w->n && &w->line[k] < line && n < 3; k++) {
        if (w->line[k].role != ROLE_BODY)
            continue;
        if (line->len >= 20 && find_span(line_span(&w->line[k]), line_span(line)))
            return (uint32_t)k;
        n++;
    }
    return UINT32_MAX;
}

int fold_repeats(struct work *w)
{
    struct scratch *s = w->scratch;
    size_t cap = 16;
    uint32_t previous = UINT32_MAX; /* what the line before repeats */

    while (cap < w->n * 2)
        cap *= 2;
    if (cap > s->slots_cap) {
        uint32_t *slots = realloc(s->slots, cap * sizeof(*slots));

        if (!slots)
            return -1;
        s->slots = slots;
        s->slots_cap = cap;
    }
    memset(s->slots, 0, cap * sizeof(*s->slots));
    for (size_t i = w->start; i < w->n; i++) {
        struct line *line = &w->line[i];
        uint32_t same;

        if (line->role != ROLE_BODY)
            continue;
        same = find_or_put(s, w->line, (uint32_t)i, cap - 1);
        if (i > w->start && span_same(line_span(line), line_span(&w->line[w->start])))
            same = (uint32_t)w->start; /* whose dateline is cut */
        if (same == UINT32_MAX && previous != UINT32_MAX)
            same = piece_of(w, line, previous);
        if (same != UINT32_MAX && (line->len >= REPEAT_MIN || previous != UINT32_MAX)) {
            line->role = ROLE_REPEAT;
            line->why = "stands above already";
            previous = same;
        } else {
            previous = UINT32_MAX;
        }
    }
    drop_quotes(w);
    return 0;
}
