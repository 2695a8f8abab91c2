/* SPDX-License-Identifier: Apache-2.0 */
/* The pass of scan.c, for whoever says how the kinds of 64 bytes are found and bits counted:
 *   SCAN_NAME    the function's name
 *   SCAN_TARGET  what it is compiled for
 *   SCAN_CLASSES(s)   a struct classes of the 64 bytes at s
 *   SCAN_COUNT(x)      how many of 64 are set */
#include "classes.h"
#include "scan.h"

/* The lists, those known by now among them, of which some phrase may begin at one of these places
 * of s, which are of ASCII, 64 bytes from `from` on. */
SCAN_TARGET static inline unsigned lists_at(const struct pack *pack, struct span s, size_t from,
                                            uint64_t places, unsigned lists)
{
    unsigned more = 0;

    for (uint64_t p = places; p; p &= p - 1) /* without a branch: few have any */
        more |= pack_glance(pack, s.at + from + __builtin_ctzll(p));
    if ((more & ~lists) == 0)
        return lists;
    for (uint64_t p = places; p; p &= p - 1) {
        size_t i = from + (size_t)__builtin_ctzll(p);

        more = pack_glance(pack, s.at + i) & ~lists;
        if (more)
            lists |= pack_look(pack, span(s.at + i, s.len - i), more);
    }
    return lists;
}

/* What is found of the characters that are not ASCII, which are few. */
SCAN_TARGET static inline void look_at_wide(const struct pack *pack, struct span s, size_t from,
                                            uint64_t leads, unsigned *lists, uint32_t *flags)
{
    for (; leads; leads &= leads - 1) {
        size_t i = from + (size_t)__builtin_ctzll(leads);
        struct span rest = span(s.at + i, s.len - i);
        bool blank;

        *lists |= pack_look(pack, rest, PACK_ALL & ~*lists);
        if ((unsigned char)rest.at[0] >= 0xc3)
            *flags |= LINE_WORDS;
        if (odd_blank(rest.at, rest.len, &blank) > 0)
            *flags |= LINE_ODD;
    }
    *flags |= LINE_WIDE;
}

/* What of the block is behind the line's end is blanks. */
SCAN_TARGET static inline void cut_classes(struct classes *c, uint64_t in)
{
    c->word &= in;
    c->big &= in;
    c->digit &= in;
    c->blank |= ~in;
    c->wide &= in;
    c->inner &= in;
    c->colon &= in;
    c->slash &= in;
}

SCAN_TARGET void SCAN_NAME(const struct pack *pack, struct line *line)
{
    struct span s = line_span(line);
    uint64_t open = 1, before = 0,
             gap = 0; /* is the last byte before the block a word's, a blank? */
    uint64_t odd = 0, colon = 0, slash = 0, letter = 0;
    size_t words = 0, capital = 0;
    unsigned run = 0, lists = 0;
    uint32_t flags = 0;

    for (size_t from = 0; from < s.len; from += 64) {
        size_t n = s.len - from < 64 ? s.len - from : 64;
        uint64_t in = ~UINT64_C(0) >> (64 - n);
        struct classes c = SCAN_CLASSES(s.at + from);
        uint64_t leads, first;

        odd |= (c.control | (c.blank & (c.blank << 1 | gap))) & in;
        gap = c.blank >> 63;
        cut_classes(&c, in);
        leads = c.wide & ~c.inner;
        lists =
            lists_at(pack, s, from, ~(c.word & (c.word << 1 | before)) & ~c.blank & ~c.wide, lists);
        before = c.word >> 63;
        flags |= four_digits(c.digit, &run) ? (uint32_t)LINE_YEAR : 0;
        letter |= c.word & ~c.digit;
        colon |= c.colon;
        slash |= c.slash;
        if (leads) {
            look_at_wide(pack, s, from, leads, &lists, &flags);
            add_wide(&c, s, from);
        }
        first = first_letters(&c, &open);
        words += SCAN_COUNT(first);
        capital += SCAN_COUNT(first & c.big);
    }
    flags |= letter ? LINE_WORDS : 0;
    flags |= (odd ? LINE_ODD : 0) | (colon ? LINE_COLON : 0) | (slash ? LINE_SLASH : 0);
    line->may = (uint8_t)lists;
    line->words = line->capital = 0;
    if (line->len <= RULE_LINE_MAX) { /* else it is text, whatever is in it */
        line->words = (uint16_t)words;
        line->capital = (uint16_t)capital;
    }
    if (words == 0 || line->len > RULE_LINE_MAX)
        flags &= ~(uint32_t)LINE_WORDS;
    line->flags = flags;
}
