/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that lost their line feed: "... di lokasi pasar itu. Pewarta: Nama Editor: Nama COPYRIGHT ©
 * CONTOH 2024". Who wrote it and whose it is become a line of their own again before anybody looks,
 * so that the paragraph before them is judged and kept as if they had never been there. */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

#include <stdlib.h>

enum { TAIL = 240, LABEL = 24, PARAGRAPH = 40, FOOT = 60 };

/* Is the paragraph over where such a line may begin? */
static bool is_over(const struct pack *pack, struct span head)
{
    struct span inside;

    head = span_trim(head, " |");
    return head.len >= PARAGRAPH && (ends_sentence(head) || byline_mark(pack, head, &inside) > 0);
}

/* Where the role word begins that ends at this colon, or NULL. */
static const char *role_before(const struct pack *pack, struct span s, const char *colon)
{
    for (size_t back = 3; back <= LABEL && s.at + back < colon; back++) {
        const char *at = colon - back;
        int32_t role = 0;
        size_t n = phrase_at(&pack->people, span(at, back), false, &role);

        if (n > 0 && span_trim(span(at + n, back - n), " /").len == 0 && !is_in(at[-1], "([") &&
            (role == PEOPLE_AUTHOR || role == PEOPLE_EDITOR) &&
            is_over(pack, span(s.at, (size_t)(at - s.at))))
            return at;
    }
    return NULL;
}

/* Where the copyright line begins whose sign this is, or NULL. */
static const char *copyright_at(const struct pack *pack, struct span s, const char *sign)
{
    for (const char *at = sign; at > s.at && sign - at <= LABEL; at--)
        if ((at == sign || phrase_at(&pack->labels, span(at, (size_t)(sign - at)), false, NULL)) &&
            !is_word_before(at, s.at) && is_over(pack, span(s.at, (size_t)(at - s.at))))
            return at;
    return NULL;
}

/* The first byte of what is glued to a paragraph, or NULL. */
static const char *glued_at(const struct pack *pack, const struct line *line)
{
    struct span s = line_span(line);
    const char *end = s.at + s.len, *tail = s.len > TAIL ? end - TAIL : s.at, *found = NULL;

    if (s.len < PARAGRAPH + 8)
        return NULL;
    for (const char *colon = tail;
         line->flags & LINE_COLON && !found && (colon = memchr(colon, ':', (size_t)(end - colon)));
         colon++)
        found = role_before(pack, s, colon);
    if (!found && line->flags & LINE_WIDE && (tail = memchr(tail, 0xc2, (size_t)(end - tail))) &&
        (tail = find_bytes(span(tail, (size_t)(end - tail)), "\xc2\xa9")))
        found = copyright_at(pack, s, tail);
    return found;
}

/* The last blank of the last n bytes of s, 64 at most, behind the first of them, before which a
 * sentence ends; or NULL. None ends with a letter or digit, so that few blanks are looked at. */
static const char *last_end(struct span s, size_t n)
{
    const char *from = s.at + s.len - n;
    struct classes c = classes_of(from, 64); /* what is behind a line can be read (SCAN_SLACK) */
    uint64_t blanks = c.blank & ~(c.word << 1) & ~UINT64_C(1) & ~UINT64_C(0) >> (64 - n);

    while (blanks) {
        size_t last = 63 - (size_t)__builtin_clzll(blanks);

        if (ends_sentence(span(s.at, (size_t)(from + last - s.at))))
            return from + last;
        blanks ^= UINT64_C(1) << last;
    }
    return NULL;
}

/* Where a page's foot begins behind the last sentence: "... itu. HALAMAN SELANJUTNYA>>". */
static const char *foot_at(const struct pack *pack, struct span s)
{
    const char *end = s.at + s.len, *at, *why = NULL;
    struct span rest, tail;

    at = last_end(s, s.len < PARAGRAPH + FOOT ? s.len - PARAGRAPH : FOOT);
    if (!at)
        return NULL;
    tail = span_trim(span(at, (size_t)(end - at)), " ");
    if (tail.len < 4 || ends_sentence(tail))
        return NULL;
    switch (pack_line(pack, tail, true, &rest, &why)) {
    case ROLE_PAGER:
    case ROLE_PROMO:
    case ROLE_RELATED:
        return tail.at;
    default:
        return NULL;
    }
}

static struct line line_of(const struct work *w, struct span s, uint32_t number)
{
    struct line line = {
        .at = s.at, .len = (uint32_t)s.len, .to = (uint32_t)s.len, .number = number
    };

    scan_or_recall(w, &line);
    return line;
}

/* The line's text from `at` on becomes a line of its own. 0, or -1 when memory is out. */
static int split_at(struct work *w, size_t i, const char *at)
{
    struct line *line = &w->line[i], rest;

    rest = line_of(w, span(at, (size_t)(line->at + line->len - at)), line->number);
    *line = line_of(w, span_trim(span(line->at, (size_t)(at - line->at)), " |"), line->number);
    if (lines_room(w->scratch, w->n + 1) != 0)
        return -1;
    w->page->lines = w->line = w->scratch->lines;
    memmove(&w->line[i + 2], &w->line[i + 1], (w->n - i - 1) * sizeof(*w->line));
    w->line[i + 1] = rest;
    w->page->n_lines = ++w->n;
    return 0;
}

int split_glued(struct work *w)
{
    for (size_t i = 0; i < w->n && w->n < MAX_LINES; i++) {
        const struct line *line = &w->line[i];
        const char *at = NULL;

        if (line->len <= PARAGRAPH)
            continue;
        if (line->flags & (LINE_COLON | LINE_WIDE))
            at = glued_at(w->pack, line);
        if (!at && !ends_sentence(line_span(line))) /* as most do: so would a foot */
            at = foot_at(w->pack, line_span(line));
        if (at && split_at(w, i, at) != 0)
            return -1;
    }
    return 0;
}
