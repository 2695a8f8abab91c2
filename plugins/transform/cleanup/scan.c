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
    unsigned char first = (unsigned char)at[0], second = (unsigned char)at[1];

    if (first == 0xc2 || first == 0xc3 || first == 0xe2)
        return true;
    switch (first) {
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
        return first >= 0xef;
    }
}

/* What is by itself as it should be: most that is suspect. */
static bool faultless(uint32_t c)
{
    return (c > 0xa0 && c < 0x100 && c != 0xad) || (c >= 0x2010 && c < 0x2028) ||
           (c >= 0x2070 && c < 0x3000);
}

static unsigned lone_needs(uint32_t c)
{
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

/* U+2010 to U+2027: quotation marks, dashes, … */
static bool is_mark(const char *at)
{
    return at[0] == '\xe2' && at[1] == '\x80' && ((unsigned char)at[2] & 0x3f) - 0x10u < 0x18;
}

/* What most pages hold is told by its bytes: marks, and U+0080 to U+00BF, which are written as C2
 * and themselves. */
static void take_char(struct needs *x, const char *at, const char *end)
{
    const char *to = at;
    unsigned alone = 0;
    bool may_begin = true; /* mojibake */
    uint32_t c;

    if (*at == '\xc2') {
        c = (unsigned char)at[1];
        to += 2;
        alone = faultless(c) ? 0 : lone_needs(c);
    } else if (is_mark(at)) {
        c = 0x2000 | ((unsigned char)at[2] & 0x3f);
        to += 3;
    } else {
        c = utf8_next(&to, end);
        may_begin = suspect(at);
        alone = may_begin && !faultless(c) ? lone_needs(c) : 0;
        x->bits |= nfc_is_plain_at(at) ? 0 : REPAIR_BIT(REPAIR_NFC);
    }
    if (x->to == at && x->last && !(x->bits & REPAIR_BIT(REPAIR_MOJIBAKE)) &&
        legacy_pair(x->last, c))
        alone |= REPAIR_BIT(REPAIR_MOJIBAKE);
    x->last = may_begin && !alone ? c : 0;
    x->to = to;
    x->bits |= alone;
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
