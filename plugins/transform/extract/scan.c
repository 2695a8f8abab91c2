/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over a line's bytes: which way it goes, and the way of all machines and all lines. */
#include "scan.h"

#include "classes.h"
#include "common/cpu.h"

void scan_line(const struct pack *pack, struct line *line)
{
    bool done = cpu_has_avx512() ? scan_plain_avx512(pack, line)
                                 : cpu_has_avx2() && scan_plain_avx2(pack, line);

    if (!done)
        scan_any(pack, line);
}

void scan_set(struct line *line, const struct scanned *x)
{
    bool whole = line->len <= RULE_LINE_MAX; /* else it is text, whatever is in it */

    line->may = (uint8_t)x->lists;
    line->words = whole ? (uint16_t)x->words : 0;
    line->capital = whole ? (uint16_t)x->capital : 0;
    line->flags = (x->letters && line->words > 0 ? LINE_WORDS : 0) | (x->year ? LINE_YEAR : 0) |
                  (x->colons ? LINE_COLON : 0) | (x->slashes ? LINE_SLASH : 0) |
                  (x->wide ? LINE_WIDE : 0) | (x->odd ? LINE_ODD : 0);
}

/* The lists, those known by now among them, of which some phrase may begin at one of these places
 * of s, which are of ASCII, 64 bytes from `from` on. */
static unsigned lists_at(const struct pack *pack, struct span s, size_t from, uint64_t places,
                         unsigned lists)
{
    for (; places; places &= places - 1) {
        size_t i = from + (size_t)__builtin_ctzll(places);
        unsigned more = pack_glance(pack, s.at + i) & ~lists;

        if (more)
            lists |= pack_look(pack, span(s.at + i, s.len - i), more);
    }
    return lists;
}

/* What is found of the characters that are not ASCII, which are few. */
static void look_at_wide(const struct pack *pack, struct span s, size_t from, uint64_t leads,
                         struct scanned *x)
{
    for (; leads; leads &= leads - 1) {
        size_t i = from + (size_t)__builtin_ctzll(leads);
        struct span rest = span(s.at + i, s.len - i);
        bool blank;

        x->lists |= pack_look(pack, rest, PACK_ALL & ~x->lists);
        x->letters |= (unsigned char)rest.at[0] >= 0xc3;
        x->odd |= odd_blank(rest.at, rest.len, &blank) > 0;
    }
    x->wide = true;
}

void scan_any(const struct pack *pack, struct line *line)
{
    struct span s = line_span(line);
    uint64_t open = 1, before = 0, gap = 0; /* is the last byte of the block before a blank? */
    struct scanned x = { 0 };

    for (size_t from = 0; from < s.len; from += 64) {
        size_t n = s.len - from < 64 ? s.len - from : 64;
        struct classes c = classes_of(s.at + from, n);
        uint64_t leads = c.wide & ~c.inner, in = ~UINT64_C(0) >> (64 - n), first;

        x.lists = lists_at(pack, s, from, word_starts(&c, n, &before) & ~c.wide, x.lists);
        x.odd |= (c.control | (c.blank & (c.blank << 1 | gap))) & in;
        gap = c.blank >> 63;
        x.year |= four_digits(c.digit, &x.run);
        x.letters |= c.word & ~c.digit;
        x.colons |= c.colon;
        x.slashes |= c.slash;
        if (leads) {
            look_at_wide(pack, s, from, leads, &x);
            add_wide(&c, s, from);
        }
        first = first_letters(&c, &open);
        x.words += count_bits(first);
        x.capital += count_bits(first & c.big);
    }
    scan_set(line, &x);
}
