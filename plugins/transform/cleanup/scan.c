/* SPDX-License-Identifier: Apache-2.0 */
/* The look at a text that says which repairs it may need: by masks, of which only the few
 * characters that can be wrong are looked at one by one. */
#include "clean.h"
#include "chars.h"
#include "legacy.h"
#include "look.h"
#include "common/nfc.h"
#include "common/utf8.h"

static unsigned ascii_needs(unsigned char c)
{
    if (c == '&')
        return REPAIR_BIT(REPAIR_ENTITIES);
    if (c == '\t')
        return REPAIR_BIT(REPAIR_SPACES);
    return odd_line_end(c) ? REPAIR_BIT(REPAIR_LINE_ENDS) : REPAIR_BIT(REPAIR_CONTROLS);
}

/* Can the character be wrong by itself, or begin mojibake? Those are in U+0080 to U+00FF, U+0140 to
 * U+01BF (Œ, ƒ), U+0600 (a bidi mark), under E1 to E3 (spaces, punctuation), EF (full width, BOM)
 * and beyond U+FFFF (noncharacters, tags). Most that share a first byte with one of them are common
 * letters; the second byte tells. */
static bool suspect(const char *at)
{
    unsigned char second = (unsigned char)at[1];

    switch ((unsigned char)at[0]) {
    case 0xc2:
    case 0xc3:
    case 0xe2:
        return true;
    case 0xc5:
        return second == 0x92 || second == 0x93 || second == 0xb8; /* Œ œ Ÿ */
    case 0xc6:
        return second == 0x92; /* ƒ */
    case 0xd8:
        return second == 0x9c; /* U+061C */
    case 0xe1:
        return second == 0x9a || second == 0xa0; /* U+1680, U+180E */
    case 0xe3:
        return second == 0x80; /* U+3000 */
    default:
        return (unsigned char)at[0] >= 0xef;
    }
}

/* What is by itself as it should be; most of what pages hold that is not ASCII is here. */
static bool faultless(uint32_t c)
{
    return (c > 0xad && c < 0x100) || (c >= 0x2010 && c < 0x2028) || (c >= 0x2070 && c < 0x3000);
}

static unsigned lone_needs(uint32_t c)
{
    if (faultless(c))
        return 0;
    if (exotic_space(c))
        return REPAIR_BIT(REPAIR_SPACES);
    if (odd_line_end(c))
        return REPAIR_BIT(REPAIR_LINE_ENDS);
    if (control_char(c))
        return REPAIR_BIT(REPAIR_MOJIBAKE) | REPAIR_BIT(REPAIR_CONTROLS);
    if (useless_char(c) || bidi_control(c) || joining_char(c))
        return REPAIR_BIT(REPAIR_CONTROLS);
    return full_width(c) ? REPAIR_BIT(REPAIR_WIDTHS) : 0;
}

void needs_take(struct needs *x, uint32_t c, const char *utf8, const char *from, const char *to)
{
    bool looked_at = suspect(utf8);
    unsigned alone = looked_at ? lone_needs(c) : 0;

    if (x->last && x->to == from && legacy_pair(x->last, c))
        alone |= REPAIR_BIT(REPAIR_MOJIBAKE);
    x->last = looked_at && !alone ? c : 0;
    x->to = to;
    x->others |= alone;
    if (!nfc_is_plain_at(utf8))
        x->others |= REPAIR_BIT(REPAIR_NFC);
}

static void take_rare(struct needs *x, uint64_t rare, const char *s, const char *end)
{
    for (; rare; rare &= rare - 1) {
        const char *at = s + __builtin_ctzll(rare), *next = at;

        if (*at & 0x80) {
            uint32_t c = utf8_next(&next, end);

            needs_take(x, c, at, at, next);
        } else {
            x->ascii |= ascii_needs((unsigned char)*at);
        }
    }
}

static bool any_bad(uint64_t doubled, const char *start, const char *s)
{
    for (; doubled; doubled &= doubled - 1)
        if (look_is_bad(start, s + __builtin_ctzll(doubled)))
            return true;
    return false;
}

struct needs needs_of(const char *s, size_t n)
{
    struct needs x = { 0 };
    struct look looks[LOOKS];
    bool blank = true, bad = n > 0 && s[n - 1] == ' ';

    for (size_t at = 0; at < n;) {
        size_t count = look_at(s + at, n - at, &blank, looks);

        for (uint64_t sites = look_sites(looks, count); sites; sites &= sites - 1) {
            const struct look *look = &looks[__builtin_ctzll(sites)];
            const char *from = s + at + (size_t)(look - looks) * LOOK_BYTES;

            bad = bad || any_bad(look->doubled, s, from);
            take_rare(&x, look->rare, from, s + n);
        }
        at += count * LOOK_BYTES;
    }
    if (bad)
        x.ascii |= REPAIR_BIT(REPAIR_SPACES);
    return x;
}
