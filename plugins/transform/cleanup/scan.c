/* SPDX-License-Identifier: Apache-2.0 */
/* The look at a text that says which repairs it may need: 64 bytes at a time as bit masks, of which
 * only the few characters that can be wrong are looked at one by one. */
#include "clean.h"
#include "chars.h"
#include "legacy.h"
#include "common/nfc.h"
#include "common/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

/* Bit i is about byte i of a block. */
struct masks {
    uint64_t space, feed, ampersand;
    uint64_t control; /* below 20, but not LF; DEL */
    uint64_t high;    /* not ASCII */
    uint64_t suspect; /* first bytes of characters to look at: see suspect_lead */
};

/* First bytes of characters that can be wrong by themselves, or begin mojibake: U+0080 to U+00FF,
 * U+0140 to U+01BF (Œ, ƒ), U+0600 (a bidi mark), E1 to E3 (spaces, punctuation), EF (full width,
 * BOM) and what is beyond U+FFFF (noncharacters, tags). */
#ifndef __SSE2__
static bool suspect_lead(unsigned char c)
{
    return c == 0xc2 || c == 0xc3 || c == 0xc5 || c == 0xc6 || c == 0xd8 ||
           (c >= 0xe1 && c <= 0xe3) || c >= 0xef;
}
#else

static __m128i suspect_lead(__m128i v)
{
    __m128i latin =
        _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xfe)), _mm_set1_epi8((char)0xc2));
    __m128i more = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xc5)),
                                _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xc6)));
    __m128i arabic = _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xd8));
    __m128i past = _mm_sub_epi8(v, _mm_set1_epi8((char)0xe1));
    __m128i signs = _mm_cmpeq_epi8(_mm_min_epu8(past, _mm_set1_epi8(2)), past); /* E1 to E3 */
    __m128i last = _mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8((char)0xef)), v);

    return _mm_or_si128(_mm_or_si128(_mm_or_si128(latin, more), _mm_or_si128(arabic, signs)), last);
}

static uint64_t bits(__m128i v, int at)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(v) << at;
}

static struct masks look(const char *s)
{
    struct masks m = { 0 };

    for (int i = 0; i < BLOCK; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
        __m128i feed = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
        __m128i del = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f));

        m.space |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), i);
        m.ampersand |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8('&')), i);
        m.feed |= bits(feed, i);
        m.control |= bits(_mm_or_si128(_mm_andnot_si128(feed, low), del), i);
        m.high |= bits(v, i);
        if (_mm_movemask_epi8(v))
            m.suspect |= bits(suspect_lead(v), i);
    }
    return m;
}
#endif

#ifndef __SSE2__
static struct masks look(const char *s)
{
    struct masks m = { 0 };

    for (int i = 0; i < BLOCK; i++) {
        unsigned char c = (unsigned char)s[i];

        m.space |= (uint64_t)(c == ' ') << i;
        m.feed |= (uint64_t)(c == '\n') << i;
        m.ampersand |= (uint64_t)(c == '&') << i;
        m.control |= (uint64_t)((c < 0x20 && c != '\n') || c == 0x7f) << i;
        m.high |= (uint64_t)(c >= 0x80) << i;
        m.suspect |= (uint64_t)suspect_lead(c) << i;
    }
    return m;
}
#endif

static unsigned control_needs(unsigned char c)
{
    if (c == '\t')
        return REPAIR_BIT(REPAIR_SPACES);
    return odd_line_end(c) ? REPAIR_BIT(REPAIR_LINE_ENDS) : REPAIR_BIT(REPAIR_CONTROLS);
}

/* Most characters under the suspect bytes are common letters; the second byte tells. */
static bool innocent(const char *at)
{
    unsigned char second = (unsigned char)at[1];

    switch ((unsigned char)at[0]) {
    case 0xc5:
        return second != 0x92 && second != 0x93 && second != 0xb8; /* Œ œ Ÿ */
    case 0xc6:
        return second != 0x92; /* ƒ */
    case 0xd8:
        return second != 0x9c; /* U+061C */
    case 0xe1:
        return second != 0x9a && second != 0xa0; /* U+1680, U+180E */
    case 0xe3:
        return second != 0x80; /* U+3000 */
    default:
        return false;
    }
}

static unsigned char_needs(const char *at, const char *end)
{
    uint32_t c = utf8_next(&at, end);

    if (exotic_space(c))
        return REPAIR_BIT(REPAIR_SPACES);
    if (odd_line_end(c))
        return REPAIR_BIT(REPAIR_LINE_ENDS);
    if (control_char(c))
        return REPAIR_BIT(REPAIR_MOJIBAKE) | REPAIR_BIT(REPAIR_CONTROLS);
    if (useless_char(c) || bidi_control(c) || joining_char(c))
        return REPAIR_BIT(REPAIR_CONTROLS);
    if (full_width(c))
        return REPAIR_BIT(REPAIR_WIDTHS);
    if (at < end && (*at & 0x80) && legacy_pair(c, utf8_next(&at, end)))
        return REPAIR_BIT(REPAIR_MOJIBAKE);
    return 0;
}

/* What the block before left: its last bytes as masks in the top bits. */
struct carry {
    uint64_t space, feed;
};

/* A space at the start or the end of a line or after another one, or the third LF in a row. */
static bool bad_spacing(const struct masks *m, struct carry *before)
{
    uint64_t after_space = m->space << 1 | before->space >> 63;
    uint64_t after_feed = m->feed << 1 | before->feed >> 63;
    uint64_t after_feeds = m->feed << 2 | before->feed >> 62;

    before->space = m->space;
    before->feed = m->feed;
    return ((m->space & (after_space | after_feed)) | (m->feed & after_space) |
            (m->feed & after_feed & after_feeds)) != 0;
}

static unsigned block_needs(const struct masks *m, const char *s, const char *end)
{
    unsigned needs = m->ampersand ? REPAIR_BIT(REPAIR_ENTITIES) : 0;

    for (uint64_t left = m->control; left; left &= left - 1)
        needs |= control_needs((unsigned char)s[__builtin_ctzll(left)]);
    for (uint64_t left = m->suspect; left; left &= left - 1) {
        const char *at = s + __builtin_ctzll(left);

        if (!innocent(at))
            needs |= char_needs(at, end);
    }
    return needs;
}

unsigned clean_needs(const char *s, size_t n)
{
    struct carry before = { .feed = 1ull << 63 }; /* a text starts as a line does */
    const char *end = s + n, *at = s;
    bool ascii = true, spacing = n > 0 && s[n - 1] == ' ';
    unsigned needs = 0;

    while (at < end) {
        char last[BLOCK];
        size_t len = (size_t)(end - at) < BLOCK ? (size_t)(end - at) : BLOCK;
        struct masks m;

        if (len == BLOCK) {
            m = look(at);
        } else {
            memset(last, 'x', BLOCK);
            memcpy(last, at, len);
            m = look(last);
        }
        spacing |= bad_spacing(&m, &before);
        ascii = ascii && m.high == 0;
        if (m.ampersand | m.control | m.suspect)
            needs |= block_needs(&m, at, end);
        at += len;
    }
    if (spacing)
        needs |= REPAIR_BIT(REPAIR_SPACES);
    if (!ascii && !nfc_is_plain(s, n))
        needs |= REPAIR_BIT(REPAIR_NFC);
    return needs;
}
