/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over a line of ASCII, as most are, written once and built for each kind of processor:
 * the file that includes it says how 64 bytes become masks. Nothing is called while it goes on, so
 * that all constants stay where they are, and no branch is on what is in the bytes, as none could
 * be foreseen.
 *
 * Before it is included, these stand:
 *   SCAN        attributes of each function here
 *   ascii_of    the masks of 64 bytes
 *   inner_of    all but the first byte of each character that is not ASCII
 *   struct places, take_places, take_rest    the first of the two adds those of 64 places, a bit
 *               for each, at which a phrase may begin at a glance, to the hits; or it keeps the
 *               places until the other does it */
#ifndef EXTRACT_SCAN_PLAIN_H
#define EXTRACT_SCAN_PLAIN_H

SCAN void put_wide(size_t from, uint64_t leads, struct hits *hits)
{
    for (; leads; leads &= leads - 1)
        hits->at[hits->n++] = from + (size_t)_tzcnt_u64(leads);
}

/* What was found at a glance, looked at. False: there is a letter that is not ASCII. */
static bool look_at_hits(const struct pack *pack, struct span s, const struct hits *hits,
                         struct scanned *x)
{
    for (size_t i = 0; i < hits->n; i++) {
        struct span rest = span(s.at + hits->at[i], s.len - hits->at[i]);
        bool blank;

        x->lists |= pack_look(pack, rest, PACK_ALL & ~x->lists);
        if ((unsigned char)rest.at[0] < 0x80)
            continue;
        if (is_wide_word(rest.at, s.at + s.len))
            return false;
        x->letters |= (unsigned char)rest.at[0] >= 0xc3;
        x->odd |= odd_blank(rest.at, rest.len, &blank) > 0;
        x->wide = true;
    }
    return true;
}

SCAN bool scan_plain(const struct pack *pack, struct line *line)
{
    struct span s = line_span(line);
    uint64_t open = 1, before = 0, gap = 0; /* is the last byte of the block before a blank? */
    struct scanned x = { 0 };
    struct places places;
    struct hits hits;

    hits.n = places.n = 0;
    for (size_t from = 0; from < s.len; from += 64) {
        size_t n = s.len - from < 64 ? s.len - from : 64;
        uint64_t in = ~UINT64_C(0) >> (64 - n), first;
        struct ascii a = ascii_of(s.at + from);
        struct classes c = { .word = (a.letter | a.digit) & in, .blank = a.blank | ~in };

        c.big = c.word & ~(a.letter & a.small);
        if (hits.n > HITS)
            return false;
        take_places(pack, s, from, ~(c.word & (c.word << 1 | before)) & ~(c.blank | a.wide),
                    &places, &hits);
        if (a.wide & in)
            put_wide(from, a.wide & in & ~inner_of(s.at + from), &hits);
        before = c.word >> 63;
        x.odd |= (a.control | (a.blank & (a.blank << 1 | gap))) & in;
        gap = a.blank >> 63;
        x.year |= four_digits(a.digit & in, &x.run);
        x.letters |= a.letter & in;
        x.colons |= a.colon & in;
        x.slashes |= a.slash & in;
        first = first_letters(&c, &open);
        x.words += (size_t)_mm_popcnt_u64(first);
        x.capital += (size_t)_mm_popcnt_u64(first & c.big);
    }
    take_rest(pack, s, &places, &hits);
    if (!look_at_hits(pack, s, &hits, &x))
        return false;
    scan_set(line, &x);
    return true;
}

#endif
