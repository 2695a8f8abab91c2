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

static bool begins_pair(const char *at, const char *end)
{
    uint32_t c = utf8_next(&at, end);

    return at < end && (*at & 0x80) && legacy_pair(c, utf8_next(&at, end));
}

/* Adds to needs, which say what need not be looked for any more. */
static unsigned rare_needs(uint64_t rare, const char *s, const char *end, unsigned needs)
{
    for (; rare; rare &= rare - 1) {
        const char *at = s + __builtin_ctzll(rare), *next = at;
        unsigned alone;

        if (!(*at & 0x80)) {
            needs |= ascii_needs((unsigned char)*at);
            continue;
        }
        if (suspect(at)) {
            alone = lone_needs(utf8_next(&next, end));
            needs |= alone;
            if (!alone && !(needs & REPAIR_BIT(REPAIR_MOJIBAKE)) && begins_pair(at, end))
                needs |= REPAIR_BIT(REPAIR_MOJIBAKE);
        }
        if (!(needs & REPAIR_BIT(REPAIR_NFC)) && !nfc_is_plain_at(at))
            needs |= REPAIR_BIT(REPAIR_NFC);
    }
    return needs;
}

static bool any_bad(uint64_t doubled, const char *start, const char *s)
{
    for (; doubled; doubled &= doubled - 1)
        if (look_is_bad(start, s + __builtin_ctzll(doubled)))
            return true;
    return false;
}

unsigned clean_needs(const char *s, size_t n)
{
    struct look looks[LOOKS];
    bool blank = true, bad = n > 0 && s[n - 1] == ' ';
    unsigned needs = 0;

    for (size_t at = 0; at < n;) {
        size_t count = look_at(s + at, n - at, &blank, looks);

        for (size_t i = 0; i < count; i++, at += LOOK_BYTES) {
            if (looks[i].doubled && !bad)
                bad = any_bad(looks[i].doubled, s, s + at);
            if (looks[i].rare)
                needs = rare_needs(looks[i].rare, s + at, s + n, needs);
        }
    }
    return bad ? needs | REPAIR_BIT(REPAIR_SPACES) : needs;
}
