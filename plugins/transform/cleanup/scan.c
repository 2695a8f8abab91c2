/* SPDX-License-Identifier: Apache-2.0 */
/* Which repairs may a text need? Its places say, of which only the few characters that can be wrong
 * are looked at closely. */
#include "clean.h"
#include "chars.h"
#include "legacy.h"
#include "common/nfc.h"
#include "common/utf8.h"

static unsigned ascii_needs(unsigned char c)
{
    if (c == ' ' || c == '\n')
        return REPAIR_BIT(REPAIR_SPACES);
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
    return (c > 0xa0 && c < 0x100 && c != 0xad) || (c >= 0x2010 && c < 0x2028) ||
           (c >= 0x2070 && c < 0x3000);
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

/* What is needed so far, and the end of the last character if mojibake can begin with it. */
struct needs {
    unsigned bits;
    uint32_t last; /* that character, or 0 */
    const char *to;
};

static void take_char(struct needs *x, const char *at, const char *end)
{
    const char *to = at;
    uint32_t c = utf8_next(&to, end);
    bool looked_at = suspect(at);
    unsigned alone = looked_at ? lone_needs(c) : 0;

    if (x->to == at && x->last && !(x->bits & REPAIR_BIT(REPAIR_MOJIBAKE)) &&
        legacy_pair(x->last, c))
        alone |= REPAIR_BIT(REPAIR_MOJIBAKE);
    x->last = looked_at && !alone ? c : 0;
    x->to = to;
    x->bits |= alone;
    if ((unsigned char)*at >= 0xcc && !(x->bits & REPAIR_BIT(REPAIR_NFC)) && !nfc_is_plain_at(at))
        x->bits |= REPAIR_BIT(REPAIR_NFC);
}

unsigned needs_of(const char *s, size_t n, struct places *places)
{
    struct needs x = { .bits = n > 0 && s[n - 1] == ' ' ? REPAIR_BIT(REPAIR_SPACES) : 0 };
    struct survey v = survey_of(s, n, places);

    while (survey_next(&v)) {
        for (size_t i = v.from; i < places->n; i++) {
            const char *at = s + places->at[i];

            if (*at & 0x80)
                take_char(&x, at, s + n);
            else
                x.bits |= ascii_needs((unsigned char)*at);
        }
    }
    return x.bits;
}
