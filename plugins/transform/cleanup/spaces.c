/* SPDX-License-Identifier: Apache-2.0 */
/* Line ends become LF. Spaces of any kind become one plain space, none at either end of a line;
 * of empty lines that follow each other one is kept, since a paragraph ends there. */
#include "clean.h"
#include "chars.h"
#include "common/utf8.h"

uint64_t repair_line_ends(const char *s, size_t n, struct places *places, struct buffer *out)
{
    const char *end = s + n, *kept = s;
    struct survey v = survey_of(s, n, places);
    uint64_t count = 0;

    while (survey_next(&v)) {
        for (size_t i = v.from; i < places->n; i++) {
            const char *from = s + places->at[i], *at = from;

            if (from < kept || !odd_line_end(utf8_next(&at, end)))
                continue;
            if (*from == '\r' && at < end && *at == '\n')
                at++;
            buffer_append(out, kept, (size_t)(from - kept));
            buffer_byte(out, '\n');
            kept = at;
            count++;
        }
    }
    if (count > 0)
        buffer_append(out, kept, (size_t)(end - kept));
    return count;
}

/* Where a run of spaces ends that begins at `at`; `at` when none does. */
static const char *skip_spaces(const char *at, const char *end)
{
    while (at < end) {
        const char *next = at;

        if (*at == ' ' || *at == '\t')
            next++;
        else if (!(*at & 0x80) || !exotic_space(utf8_next(&next, end)))
            break;
        at = next;
    }
    return at;
}

struct spacing {
    const char *start, *end;
    const char *done; /* what is before is as it must be; no blank stands here */
    const char *kept; /* from here on nothing is in out yet */
    struct buffer *out;
    unsigned feeds; /* LFs in a row before this place; at the start of the text one */
    uint64_t count;
};

static void put(struct spacing *p, const char *from, const char *to, bool space)
{
    buffer_append(p->out, p->kept, (size_t)(from - p->kept));
    if (space)
        buffer_byte(p->out, ' ');
    p->kept = to;
    p->count++;
}

/* A run of spaces from `from` to `to`: nothing at a line's ends, else one plain space. */
static void take_spaces(struct spacing *p, const char *from, const char *to)
{
    bool inside = p->feeds == 0 && to < p->end && *to != '\n';

    if (!inside || to - from > 1 || *from != ' ')
        put(p, from, to, inside);
}

/* All spaces and LFs that stand together, one of which is at `at`. Those before it are plain. */
static void take_blanks(struct spacing *p, const char *at)
{
    while (at > p->done && (at[-1] == ' ' || at[-1] == '\n'))
        at--;
    p->feeds = at == p->start;
    while (at < p->end) {
        const char *next = skip_spaces(at, p->end);

        if (next > at) {
            take_spaces(p, at, next);
        } else if (*at == '\n') {
            if (++p->feeds > 2)
                put(p, at, at + 1, false);
            next = at + 1;
        } else {
            break;
        }
        at = next;
    }
    p->done = at;
}

/* Is it a blank at `at`? Spaces and LFs are places only where they are too many. */
static bool is_blank(const char *at, const char *end)
{
    return *at & 0x80 ? exotic_space(utf8_next(&at, end))
                      : *at == ' ' || *at == '\n' || *at == '\t';
}

uint64_t repair_spaces(const char *s, size_t n, struct places *places, struct buffer *out)
{
    struct spacing p = { .start = s, .end = s + n, .done = s, .kept = s, .out = out };
    struct survey v = survey_of(s, n, places);

    while (survey_next(&v)) {
        for (size_t i = v.from; i < places->n; i++) {
            const char *at = s + places->at[i];

            if (at >= p.done && is_blank(at, p.end))
                take_blanks(&p, at);
        }
    }
    if (p.done < p.end && p.end[-1] == ' ')
        take_blanks(&p, p.end - 1);
    if (p.count > 0)
        buffer_append(out, p.kept, (size_t)(p.end - p.kept));
    return p.count;
}
