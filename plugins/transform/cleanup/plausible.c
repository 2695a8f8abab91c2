/* SPDX-License-Identifier: Apache-2.0 */
/* Is it mojibake or good text? "Ã©" cannot be meant, but CAFÉ” and Å… can: the UTF-8 bytes of some
 * other character are in them by chance. Told apart by what would come out, by whether the tail
 * is punctuation that closes words, and by the case of the letters around. */
#include "mojibake.h"

struct block {
    uint16_t from, to;
    uint8_t script;
};

/* By code point; what is in no row is SCRIPT_NONE. Of Latin, only letters of living orthographies.
 */
static const struct block blocks[] = {
    { 0x0080, 0x00bf, SCRIPT_SYMBOL },      { 0x00c0, 0x017f, SCRIPT_LATIN },
    { 0x018f, 0x018f, SCRIPT_LATIN },       { 0x0192, 0x0192, SCRIPT_LATIN },
    { 0x01a0, 0x01a1, SCRIPT_LATIN },       { 0x01af, 0x01b0, SCRIPT_LATIN },
    { 0x0218, 0x021b, SCRIPT_LATIN },       { 0x0259, 0x0259, SCRIPT_LATIN },
    { 0x02bb, 0x02bc, SCRIPT_SYMBOL },      { 0x02c6, 0x02c7, SCRIPT_SYMBOL },
    { 0x02d8, 0x02dd, SCRIPT_SYMBOL },      { 0x0300, 0x0331, SCRIPT_MARK },
    { 0x0384, 0x03ce, SCRIPT_GREEK },       { 0x0400, 0x045f, SCRIPT_CYRILLIC },
    { 0x0490, 0x04ff, SCRIPT_CYRILLIC },    { 0x0531, 0x0589, SCRIPT_ARMENIAN },
    { 0x05b0, 0x05f4, SCRIPT_HEBREW },      { 0x060c, 0x06f9, SCRIPT_ARABIC },
    { 0x0900, 0x0dff, SCRIPT_INDIC },       { 0x0e01, 0x0eff, SCRIPT_THAI },
    { 0x0f00, 0x0fbc, SCRIPT_TIBETAN },     { 0x1000, 0x109f, SCRIPT_MYANMAR },
    { 0x10a0, 0x10ff, SCRIPT_GEORGIAN },    { 0x1200, 0x137c, SCRIPT_ETHIOPIC },
    { 0x1780, 0x17f9, SCRIPT_KHMER },       { 0x1e00, 0x1eff, SCRIPT_LATIN },
    { 0x1f00, 0x1ffe, SCRIPT_GREEK },       { 0x2000, 0x206f, SCRIPT_PUNCTUATION },
    { 0x2070, 0x209c, SCRIPT_PUNCTUATION }, { 0x20a0, 0x20bf, SCRIPT_PUNCTUATION },
    { 0x2100, 0x23ff, SCRIPT_PUNCTUATION }, { 0x2460, 0x2bff, SCRIPT_PUNCTUATION },
    { 0x3000, 0x30ff, SCRIPT_EAST_ASIAN },  { 0x3105, 0x318e, SCRIPT_EAST_ASIAN },
    { 0x3200, 0x33ff, SCRIPT_EAST_ASIAN },  { 0x3400, 0x4dbf, SCRIPT_EAST_ASIAN },
    { 0x4e00, 0x9fff, SCRIPT_EAST_ASIAN },  { 0xac00, 0xd7a3, SCRIPT_HANGUL },
    { 0xfb01, 0xfb02, SCRIPT_LATIN },       { 0xfb50, 0xfdcf, SCRIPT_ARABIC },
    { 0xfe0f, 0xfe0f, SCRIPT_SPECIAL },     { 0xfe70, 0xfefc, SCRIPT_ARABIC },
    { 0xfeff, 0xfeff, SCRIPT_SPECIAL },     { 0xff01, 0xffee, SCRIPT_EAST_ASIAN },
    { 0xfffd, 0xfffd, SCRIPT_SPECIAL },
};

enum script script_of(uint32_t c)
{
    unsigned from = 0, to = sizeof(blocks) / sizeof(*blocks);

    if (c >= 0x10000)
        return (c >= 0x1d400 && c <= 0x1d7ff) || (c >= 0x1f000 && c <= 0x1faff) ? SCRIPT_EMOJI
               : c >= 0x20000 && c <= 0x2fa1f                                   ? SCRIPT_EAST_ASIAN
                                                                                : SCRIPT_NONE;
    while (from < to) {
        unsigned mid = (from + to) / 2;

        if (c < blocks[mid].from)
            to = mid;
        else if (c > blocks[mid].to)
            from = mid + 1;
        else
            return (enum script)blocks[mid].script;
    }
    return SCRIPT_NONE;
}

enum tail tail_of(uint32_t c)
{
    switch (c) {
    case 0xa0:
    case 0xab:
    case 0xad:
    case 0xbb:
    case 0x2013:
    case 0x2014:
    case 0x2018:
    case 0x2019:
    case 0x201c:
    case 0x201d:
    case 0x2026:
    case 0x2039:
    case 0x203a:
        return TAIL_CLOSES;
    case 0xa7:
    case 0xa9:
    case 0xaa:
    case 0xae:
    case 0xb0:
    case 0xb2:
    case 0xb3:
    case 0xb4:
    case 0xb6:
    case 0xb7:
    case 0xb9:
    case 0xba:
    case 0x2020:
    case 0x2021:
    case 0x2022:
    case 0x2122:
        return TAIL_SIGN;
    default:
        return TAIL_STRANGE;
    }
}

static bool guillemet(uint32_t c)
{
    return c == 0xab || c == 0xbb || c == 0x2039 || c == 0x203a;
}

static bool opens(uint32_t c)
{
    return c == 0xab || c == 0x2039 || c == 0x201c || c == 0x201e || c == 0x2018 || c == 0x201a ||
           c == '(' || c == '[' || c == '"' || c == '\'';
}

/* "Â°", "Â " and the like. HÂLÂ” and «Â» are words. */
static enum verdict judge_symbol(const struct sequence *q, const struct surroundings *around)
{
    if (latin_upper(around->before))
        return q->tail == TAIL_SIGN && latin_letter(around->after) ? STRONG : WEAK;
    return q->tail == TAIL_CLOSES && opens(around->before) ? WEAK : STRONG;
}

/* Two characters that give a Latin letter, after Ã Ä Å or after Æ Ç È É. */
static enum verdict judge_latin(const struct sequence *q, const struct surroundings *around)
{
    bool dash = q->last == 0x2026 || q->last == 0x2013 || q->last == 0x2014;
    bool a_tilde = q->lead == 0xc3; /* a letter that no word ends in, but for capitals */

    if (latin_lower(around->before) || (q->last >= 0x80 && q->last < 0xa0))
        return STRONG;
    if (q->tail == TAIL_STRANGE)
        return q->lead <= 0xc5 || latin_lower(around->after) ? STRONG : WEAK;
    if (q->tail == TAIL_SIGN)
        return latin_letter(around->after) || (a_tilde && !latin_upper(around->before)) ? STRONG
                                                                                        : WEAK;
    if (guillemet(q->last) && latin_letter(around->after))
        return STRONG; /* inside a word */
    if (latin_upper(around->before))
        return WEAK;
    if (q->last == 0xa0)
        return a_tilde ? STRONG : WEAK; /* Å is a word in Norwegian */
    return latin_lower(around->after) && (a_tilde || !dash) ? STRONG : WEAK;
}

/* Italian and French capitals come before € and ”: LUNEDÌ”. */
static enum verdict judge_mark(const struct sequence *q, const struct surroundings *around)
{
    if (latin_lower(around->before))
        return STRONG;
    if (q->last >= 0x80 && q->last < 0xa0)
        return STRONG;
    return q->tail != TAIL_STRANGE || !latin_letter(around->before) ? NO : WEAK;
}

static bool blank(uint32_t c)
{
    return c == 0 || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0xa0;
}

static enum verdict judge_windows(const struct sequence *q, const struct surroundings *around)
{
    switch (q->script) {
    case SCRIPT_SYMBOL:
        return judge_symbol(q, around);
    case SCRIPT_MARK:
        return judge_mark(q, around);
    case SCRIPT_LATIN:
        if (q->lead < 0xe0)
            return judge_latin(q, around);
        return q->tail == TAIL_STRANGE || latin_lower(around->after) ? STRONG : WEAK;
    case SCRIPT_PUNCTUATION: /* "â†’" may close a quotation, but not by itself */
        if (q->tail == TAIL_STRANGE || (blank(around->before) && blank(around->after)))
            return STRONG;
        return WEAK;
    case SCRIPT_SPECIAL:
    case SCRIPT_EMOJI:
        return STRONG;
    default: /* no word of the languages that have ã goes on as U+3000 to U+3FFF would */
        return around->kin || (q->lead == 0xe3 && q->tail == TAIL_STRANGE) ? STRONG : WEAK;
    }
}

/* Signs of formulas: ¬π, √Ω and ≈∞ may be meant. */
static bool mathematical(uint32_t c)
{
    return c == 0x3c0 || c == 0x3a9 || c == 0xb5 || (c >= 0x2202 && c <= 0x222b);
}

/* After ¬ and √ (Latin-1), ƒ and ≈ (Latin Extended-A), ∆ (Vietnamese). */
static enum verdict judge_mac_latin(const struct sequence *q, const struct surroundings *around)
{
    bool inside = latin_letter(around->before) || latin_letter(around->after);

    if (q->lead == 0xc2 && q->last == 0x221e)
        return around->before >= '0' && around->before <= '9' ? STRONG : WEAK; /* degrees */
    if (q->lead == 0xc6)
        return latin_lower(around->before) ? STRONG : WEAK;
    if (mathematical(q->last)) /* b√Ωt, K√∂ln */
        return q->lead == 0xc3 && (latin_lower(around->before) ||
                                   (latin_letter(around->before) && latin_lower(around->after)))
                   ? STRONG
                   : WEAK;
    return q->lead <= 0xc3 || inside ? STRONG : WEAK;
}

/* Leads that are guillemets, … and no-break spaces in Mac Roman stand before letters in all good
 * text, as do dashes and quotation marks; but what is under those, Cyrillic and Armenian, comes
 * in rows. */
static enum verdict judge_mac(const struct sequence *q, const struct surroundings *around)
{
    bool letter_tail = latin_letter(q->last) || q->last == 0xaa || q->last == 0xba;

    if (q->lead >= 0xc7 && q->lead <= 0xcb) /* con»õinut: inside a word */
        return q->script == SCRIPT_LATIN && q->lead <= 0xc8 && latin_lower(around->before) &&
                       latin_lower(around->after)
                   ? STRONG
                   : NO;
    if (q->lead <= 0xc6)
        return judge_mac_latin(q, around);
    switch (q->script) {
    case SCRIPT_MARK:
        return latin_lower(around->before) ? STRONG : NO;
    case SCRIPT_GREEK:
        return around->kin || (q->lead == 0xce && (!letter_tail || q->last == 0xba)) ? STRONG
                                                                                     : WEAK;
    case SCRIPT_LATIN:
    case SCRIPT_PUNCTUATION:
    case SCRIPT_SPECIAL:
    case SCRIPT_EMOJI:
        return STRONG;
    case SCRIPT_CYRILLIC:
        return around->kin && q->lead <= 0xd1 ? STRONG : WEAK;
    default:
        return around->kin ? STRONG : WEAK;
    }
}

enum verdict judge(const struct sequence *q, const struct surroundings *around)
{
    if (around->deeper)
        return STRONG;
    if (q->script == SCRIPT_NONE)
        return NO;
    return q->page == LEGACY_WINDOWS ? judge_windows(q, around) : judge_mac(q, around);
}
