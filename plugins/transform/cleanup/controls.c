/* SPDX-License-Identifier: Apache-2.0 */
/* Characters that nobody sees are removed, but for those that a script needs: joiners in Arabic,
 * Indic scripts and emoji, zero-width spaces in scripts without spaces, direction marks in lines
 * that hold right-to-left text and close what they open. */
#include "clean.h"
#include "chars.h"
#include "common/utf8.h"

static bool right_to_left(uint32_t c)
{
    return (c >= 0x0590 && c <= 0x08ff && c != 0x061c) || (c >= 0xfb1d && c <= 0xfdcf) ||
           (c >= 0xfdf0 && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefc) ||
           (c >= 0x10800 && c <= 0x10fff) || (c >= 0x1e800 && c <= 0x1efff);
}

/* Letters of scripts in which ZWJ and ZWNJ choose the shape of a letter. */
static bool cursive(uint32_t c)
{
    return (c >= 0x0600 && c <= 0x08ff) || (c >= 0x0900 && c <= 0x0dff) ||
           (c >= 0x0f00 && c <= 0x109f) || (c >= 0x1780 && c <= 0x18af && c != 0x180e) ||
           (c >= 0x1900 && c <= 0x1cff) || (c >= 0xa800 && c <= 0xabff) ||
           (c >= 0xfb50 && c <= 0xfdcf) || (c >= 0xfe70 && c <= 0xfefc) ||
           (c >= 0x10a00 && c <= 0x11fff);
}

/* Scripts that write words without spaces and may mark their ends by U+200B. */
static bool spaceless(uint32_t c)
{
    return (c >= 0x0e00 && c <= 0x0fff) || (c >= 0x1000 && c <= 0x109f) ||
           (c >= 0x1780 && c <= 0x17ff) || (c >= 0x1950 && c <= 0x19ff) ||
           (c >= 0x1a20 && c <= 0x1aaf) || (c >= 0x1b00 && c <= 0x1b7f) ||
           (c >= 0xa980 && c <= 0xa9ff);
}

static bool emoji(uint32_t c)
{
    return (c >= 0x2190 && c <= 0x2bff) || c == 0xfe0f || c == 0x20e3 ||
           (c >= 0x1f000 && c <= 0x1faff);
}

/* Is c, which is a joining_char, of use after `before`? Only what is kept counts as before, so that
 * a second cleaning judges the same. */
static bool joins(uint32_t c, uint32_t before)
{
    if (c == 0x200b)
        return spaceless(before);
    if (c == 0x180e)
        return before >= 0x1800 && before <= 0x18af && before != 0x180e;
    if (tag_char(c)) /* the flags of England, Scotland and Wales */
        return before == 0x1f3f4 || (tag_char(before) && before != 0xe007f);
    return cursive(before) || (c == 0x200d && emoji(before));
}

/* Embeddings, overrides and isolates must close within their line, in order: (LRE..PDF),
 * (LRI..PDI). */
struct nesting {
    uint8_t open[125]; /* the depth that UAX #9 allows */
    unsigned depth;
    bool broken;
};

static void nest(struct nesting *x, uint32_t c)
{
    bool isolate = c >= 0x2066;

    if (c < 0x202a || x->broken)
        return;
    if (c == 0x202c || c == 0x2069) {
        if (x->depth == 0 || x->open[x->depth - 1] != isolate)
            x->broken = true;
        else
            x->depth--;
    } else if (x->depth == sizeof(x->open)) {
        x->broken = true;
    } else {
        x->open[x->depth++] = isolate;
    }
}

/* Which bidi controls a line keeps. */
enum direction { BIDI_NONE, BIDI_MARKS, BIDI_ALL };

static enum direction line_direction(const char *s, const char *end)
{
    struct nesting x = { .depth = 0 };
    bool rtl = false;

    for (s += utf8_ascii_prefix(s, (size_t)(end - s)); s < end;) {
        uint32_t c = utf8_next(&s, end);

        rtl = rtl || right_to_left(c);
        if (bidi_control(c))
            nest(&x, c);
    }
    return !rtl ? BIDI_NONE : x.broken || x.depth > 0 ? BIDI_MARKS : BIDI_ALL;
}

struct removal {
    const char *start, *end;  /* of the text */
    const char *lf;           /* where the line ends that holds the last bidi control; NULL: none */
    enum direction direction; /* of that line */
    const char *kept;         /* from here on nothing is in out yet */
    uint32_t before;          /* the last character before it that is kept */
    struct buffer *out;
    uint64_t count;
};

/* The last character before `at` that is kept. */
static uint32_t kept_before(const struct removal *r, const char *at)
{
    if (at == r->kept)
        return r->before;
    while (((unsigned char)*--at & 0xc0) == 0x80)
        ;
    return utf8_next(&at, r->end);
}

static enum direction direction_at(struct removal *r, const char *at)
{
    const char *line = at;

    if (r->lf && at < r->lf)
        return r->direction;
    while (line > r->start && line[-1] != '\n')
        line--;
    r->lf = memchr(at, '\n', (size_t)(r->end - at));
    r->lf = r->lf ? r->lf : r->end;
    r->direction = line_direction(line, r->lf);
    return r->direction;
}

static bool removable(struct removal *r, uint32_t c, const char *at)
{
    if (bidi_control(c)) {
        enum direction d = direction_at(r, at);

        return d == BIDI_NONE || (d == BIDI_MARKS && c >= 0x202a);
    }
    if (joining_char(c))
        return !joins(c, kept_before(r, at));
    return control_char(c) || useless_char(c);
}

uint64_t repair_controls(const char *s, size_t n, struct places *places, struct buffer *out)
{
    struct removal r = { .start = s, .end = s + n, .kept = s, .before = '\n', .out = out };
    struct survey v = survey_of(s, n, places);

    while (survey_next(&v)) {
        for (size_t i = v.from; i < places->n; i++) {
            const char *from = s + places->at[i], *at = from;
            uint32_t c = utf8_next(&at, r.end);

            if (!removable(&r, c, from))
                continue;
            r.before = kept_before(&r, from);
            buffer_append(out, r.kept, (size_t)(from - r.kept));
            r.kept = at;
            r.count++;
        }
    }
    if (r.count > 0)
        buffer_append(out, r.kept, (size_t)(r.end - r.kept));
    return r.count;
}
