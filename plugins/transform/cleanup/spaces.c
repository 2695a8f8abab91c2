/* SPDX-License-Identifier: Apache-2.0 */
/* Line ends become LF. Spaces of any kind become one plain space, none at either end of a line;
 * of empty lines that follow each other one is kept, since a paragraph ends there. */
#include "clean.h"
#include "chars.h"
#include "look.h"
#include "common/utf8.h"

/* Up to a byte that an odd line end may begin with. */
static const char *skip_line(const char *at, const char *end)
{
    while (at < end) {
        unsigned char c = (unsigned char)*at;

        if (c == 0xc2 || c == 0xe2 || (c >= 0x0b && c <= 0x0d))
            break;
        at++;
    }
    return at;
}

uint64_t repair_line_ends(const char *s, size_t n, struct buffer *out)
{
    const char *end = s + n, *kept = s, *at = s;
    uint64_t count = 0;

    while ((at = skip_line(at, end)) < end) {
        const char *from = at;

        if (!odd_line_end(utf8_next(&at, end)))
            continue;
        if (*from == '\r' && at < end && *at == '\n')
            at++;
        buffer_append(out, kept, (size_t)(from - kept));
        buffer_byte(out, '\n');
        kept = at;
        count++;
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
        uint32_t c = utf8_next(&next, end);

        if (c != ' ' && c != '\t' && !exotic_space(c))
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

/* Is something to be mended at `at`, whose bit is set in either mask? */
static bool is_bad(const struct spacing *p, const char *at)
{
    if (*at == ' ' || *at == '\n')
        return look_is_bad(p->start, at);
    return *at == '\t' || exotic_space(utf8_next(&at, p->end));
}

static void mend(struct spacing *p, uint64_t left, const char *s)
{
    for (; left; left &= left - 1) {
        const char *at = s + __builtin_ctzll(left);

        if (at >= p->done && is_bad(p, at))
            take_blanks(p, at);
    }
}

uint64_t repair_spaces(const char *s, size_t n, struct buffer *out)
{
    struct spacing p = { .start = s, .end = s + n, .done = s, .kept = s, .out = out };
    struct look looks[LOOKS];
    bool blank = true;

    for (size_t at = 0; at < n;) {
        size_t count = look_at(s + at, n - at, &blank, looks);

        for (uint64_t sites = look_sites(looks, count); sites; sites &= sites - 1) {
            size_t i = (size_t)__builtin_ctzll(sites);

            mend(&p, looks[i].doubled | looks[i].rare, s + at + i * LOOK_BYTES);
        }
        at += count * LOOK_BYTES;
    }
    if (p.done < p.end && p.end[-1] == ' ')
        take_blanks(&p, p.end - 1);
    if (p.count > 0)
        buffer_append(out, p.kept, (size_t)(p.end - p.kept));
    return p.count;
}
