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
    for (; places; places &= places - 1) {
        size_t i = from + (size_t)__builtin_ctzll(places);
        unsigned more = pack_glance(pack, s.at + i) & ~lists;

        if (more)
            lists |= pack_look(pack, span(s.at + i, s.len - i), more);
    }
    return lists;
}

/* The same for places of other characters, which are few. */
SCAN_TARGET static inline unsigned lists_at_wide(const struct pack *pack, struct span s,
                                                 size_t from, uint64_t places, unsigned lists)
{
    for (; places; places &= places - 1) {
        size_t i = from + (size_t)__builtin_ctzll(places);

        lists |= pack_look(pack, span(s.at + i, s.len - i), PACK_ALL & ~lists);
    }
    return lists;
}

/* Is there any character that is no letter of ASCII and yet may be one? */
SCAN_TARGET static inline bool has_wide_letter(const char *block, uint64_t leads)
{
    for (; leads; leads &= leads - 1)
        if ((unsigned char)block[__builtin_ctzll(leads)] >= 0xc3)
            return true;
    return false;
}

/* What of the block is behind the line's end is blanks. */
SCAN_TARGET static inline void cut_classes(struct classes *c, size_t n)
{
    uint64_t in = (UINT64_C(1) << n) - 1;

    c->word &= in;
    c->big &= in;
    c->digit &= in;
    c->blank |= ~in;
    c->wide &= in;
    c->inner &= in;
}

SCAN_TARGET void SCAN_NAME(const struct pack *pack, struct line *line)
{
    struct span s = line_span(line);
    uint64_t open = 1, before = 0; /* is the last byte of the block before one of a word? */
    size_t words = 0, capital = 0;
    unsigned run = 0, lists = 0;
    bool letters = false, year = false;

    for (size_t from = 0; from < s.len; from += 64) {
        struct classes c = SCAN_CLASSES(s.at + from);
        uint64_t leads, starts, first;

        if (s.len - from < 64)
            cut_classes(&c, s.len - from);
        leads = c.wide & ~c.inner;
        starts = ~(c.word & (c.word << 1 | before)) & ~c.blank & ~c.wide;
        before = c.word >> 63;
        lists = lists_at(pack, s, from, starts, lists);
        if (c.digit)
            year |= four_digits(c.digit, &run);
        else
            run = 0;
        letters |= (c.word & ~c.digit) != 0;
        if (leads) {
            lists = lists_at_wide(pack, s, from, leads, lists);
            letters = letters || has_wide_letter(s.at + from, leads);
            add_wide(&c, s, from);
        }
        first = first_letters(&c, &open);
        words += SCAN_COUNT(first);
        capital += SCAN_COUNT(first & c.big);
    }
    line->may = (uint8_t)lists;
    line->flags |= year ? (uint32_t)LINE_YEAR : 0;
    if (line->len > RULE_LINE_MAX) /* text, whatever is in it */
        return;
    line->words = (uint16_t)words;
    line->capital = (uint16_t)capital;
    line->flags |= words > 0 && letters ? (uint32_t)LINE_WORDS : 0;
}
