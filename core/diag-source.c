/* SPDX-License-Identifier: Apache-2.0 */
/* Lays a source line out in terminal cells, so that the carets stand below the right characters
 * whatever the line holds: tabs, wide characters, bytes that are shown as \xNN. */
#include "core/diag-source.h"

#include "common/utf8.h"

#include <string.h>

/* Of a longer line a part is shown, with this much before the place. */
enum { LINE_SHOWN = 120, BEFORE_SHOWN = 40, TAB_CELLS = 4 };

/* The part of the line that is shown, in bytes. */
struct part {
    size_t from, to;
};

static size_t back_to_character(const char *s, size_t at)
{
    for (int i = 0; i < 3 && at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80; i++)
        at--;
    return at;
}

static struct part shown(const struct diag_place *p)
{
    size_t len = p->source_len, at = p->column > 0 ? p->column - 1 : 0;
    struct part part = { 0, len };

    at = at < len ? at : len;
    if (len <= LINE_SHOWN)
        return part;
    if (at > BEFORE_SHOWN)
        part.from = back_to_character(p->source, at - BEFORE_SHOWN);
    if (part.from + LINE_SHOWN < len)
        part.to = back_to_character(p->source, part.from + LINE_SHOWN);
    return part;
}

/* Cells that a character takes: an approximation of Unicode's East Asian Width. */
static size_t cells_of(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f))
        return 0;
    if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
        (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
        (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
        (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
        (c >= 0x20000 && c <= 0x3fffd))
        return 2;
    return 1;
}

/* One character of the line: what it is shown as, in how many cells. Returns its bytes. */
static size_t lay_out(const char *s, size_t n, char *to, size_t *used, size_t *cells)
{
    const char *at = s;
    size_t took;

    if (*s == '\t') {
        memset(to, ' ', TAB_CELLS);
        *used = *cells = TAB_CELLS;
        return 1;
    }
    took = diag_escape(s, n, to, used);
    *cells = *used > took ? *used : cells_of(utf8_next(&at, s + took));
    return took;
}

void diag_put_source(struct buffer *b, const struct diag_place *p)
{
    struct part part = shown(p);
    char piece[DIAG_ESCAPED_MAX];
    size_t used, cells;

    if (part.from > 0)
        buffer_puts(b, "...");
    for (size_t at = part.from; at < part.to;) {
        at += lay_out(p->source + at, part.to - at, piece, &used, &cells);
        buffer_append(b, piece, used);
    }
    if (part.to < p->source_len)
        buffer_puts(b, "...");
}

static void put_many(struct buffer *b, char c, size_t n)
{
    while (n-- > 0)
        buffer_byte(b, c);
}

void diag_put_carets(struct buffer *b, const struct diag_place *p)
{
    struct part part = shown(p);
    size_t from = p->column > 0 ? p->column - 1 : 0;
    size_t to = from + (p->width > 0 ? p->width : 1), carets = 0;
    char piece[DIAG_ESCAPED_MAX];
    size_t used, cells;

    if (part.from > 0)
        put_many(b, ' ', 3);
    for (size_t at = part.from; at < part.to && at < to;) {
        at += lay_out(p->source + at, part.to - at, piece, &used, &cells);
        put_many(b, at <= from ? ' ' : '^', cells);
        carets += at <= from ? 0 : cells;
    }
    if (carets == 0) /* behind the end of the line */
        buffer_byte(b, '^');
}
