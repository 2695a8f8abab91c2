/* SPDX-License-Identifier: Apache-2.0 */
/* Paragraphs and whole bodies that stand twice: the first stays. Short lines may repeat on purpose
 * (refrains, tables, lists) and are left, unless they repeat inside a repeated run. */
#define _GNU_SOURCE
#include "extract.h"

#include "common/hash.h"

#include <stdlib.h>

enum { REPEAT_MIN = 60, QUOTE_TRIES = 16, WRONG_MAX = 64 };

/* Lines by what is left of them, each number plus 1; 0 is an empty slot. */
struct table {
    const struct line *lines;
    uint32_t *slots;
    size_t mask;
    size_t wrong; /* lines that were met on the way to another's slot */
    bool whole;   /* all bytes are hashed */
};

static struct span kept_part(const struct line *line)
{
    return span_trim(span(line->at + line->from, line->to - line->from), " ");
}

/* Most lines differ in their length or in the eight bytes at each end. */
static uint64_t hash_of(struct span text, bool whole)
{
    if (whole || text.len < 8)
        return hash64(text.at, text.len);
    return hash_mix(eight_at(text.at) + text.len, eight_at(text.at + text.len - 8) | 1);
}

/* Is the line, or this one less its byline mark, already there? UINT32_MAX or its index. */
static uint32_t find_or_put(struct table *t, uint32_t i)
{
    struct span text = kept_part(&t->lines[i]);
    size_t at = hash_of(text, t->whole) & t->mask;

    for (; t->slots[at]; at = (at + 1) & t->mask) {
        struct span there = kept_part(&t->lines[t->slots[at] - 1]);

        if (there.len == text.len && memcmp(there.at, text.at, text.len) == 0)
            return t->slots[at] - 1;
        t->wrong++;
    }
    t->slots[at] = i + 1;
    return UINT32_MAX;
}

/* "... semua pedagang pindah ...", or a lead that breaks off. */
static bool may_be_quote(const struct line *line)
{
    struct span s = line_span(line);

    if (line->flags & LINE_SENTENCE && !ends_open(s) && /* as with most */
        !(is_in(s.at[0], ".\xe2") && (starts_with(s, "...") || starts_with(s, "\xe2\x80\xa6"))))
        return false;
    return !(line->flags & LINE_LONG) && line->len >= REPEAT_MIN / 2;
}

/* Does the text say one of these too? */
static void drop_quotes(struct work *w, const uint32_t *quotes, size_t n)
{
    for (size_t q = 0; q < n; q++) {
        size_t i = quotes[q];
        struct line *line = &w->line[i];
        struct span text = span_trim(line_span(line), " .\"'");

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

/* Empties the table for w->n lines. 0, or -1 when memory is out. */
static int begin_table(struct table *t, const struct work *w)
{
    struct scratch *s = w->scratch;
    size_t cap = 16;

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
    *t = (struct table){ .lines = w->line, .slots = s->slots, .mask = cap - 1 };
    return 0;
}

/* Too many lines with the same ends: from here on whole lines are hashed, so that no page takes
 * longer than its length. Puts what the table had into it again, up to the line before i. */
static void hash_whole(struct table *t, const struct work *w, size_t i)
{
    memset(t->slots, 0, (t->mask + 1) * sizeof(*t->slots));
    t->whole = true;
    for (size_t k = w->start; k < i; k++)
        if (w->line[k].role == ROLE_BODY || w->line[k].role == ROLE_REPEAT)
            find_or_put(t, (uint32_t)k);
}

int fold_repeats(struct work *w)
{
    uint32_t previous = UINT32_MAX; /* what the line before repeats */
    uint32_t quotes[QUOTE_TRIES];   /* a few at most */
    size_t n_quotes = 0;
    struct table table;

    if (begin_table(&table, w) != 0)
        return -1;
    for (size_t i = w->start; i < w->n; i++) {
        struct line *line = &w->line[i];
        uint32_t same;

        if (line->role != ROLE_BODY)
            continue;
        if (!table.whole && table.wrong > WRONG_MAX + w->n)
            hash_whole(&table, w, i);
        same = find_or_put(&table, (uint32_t)i);
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
            if (n_quotes < QUOTE_TRIES && may_be_quote(line))
                quotes[n_quotes++] = (uint32_t)i;
        }
    }
    drop_quotes(w, quotes, n_quotes);
    return 0;
}
