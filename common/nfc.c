/* SPDX-License-Identifier: Apache-2.0 */
/* NFC in two steps: a scan that knows which lead bytes need no care, and ICU for the few stretches
 * that remain, cut where nothing can combine across the cut, so that small fixed buffers do. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "common/nfc.h"
#include "common/utf8.h"

#include <errno.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#ifdef HAVE_ICU
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#endif

/* Second bytes after E2 (U+2000 to U+2FFF) under which every character is its own NFC and has
 * combining class 0: punctuation, currency, arrows, mathematics, boxes, symbols, dingbats. U+2000
 * and U+2001, under 80, are not. */
static bool plain_symbol(unsigned char second, unsigned char third)
{
    return (second == 0x80 && third >= 0x82) || second == 0x82 ||
           (second >= 0x86 && second <= 0x8b) || (second >= 0x94 && second <= 0x9e);
}

/* The same for two bytes, from U+0370: the letters of Greek, Cyrillic, Armenian, Hebrew and Arabic.
 */
static bool plain_letter(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xce:
        return second >= 0x88; /* U+0387 is not */
    case 0xcf:
    case 0xd0:
    case 0xd1:
    case 0xd3:
    case 0xd4:
    case 0xd5:
    case 0xda:
        return true;
    case 0xd2:
        return second >= 0x8a;
    case 0xd6:
        return second <= 0x8f;
    case 0xd7:
        return second >= 0x90 && second <= 0xaa;
    case 0xd8:
        return second >= 0xa0;
    case 0xd9: /* U+064B to U+065F and U+0670 are marks */
        return second <= 0x8a || (second >= 0xa0 && second != 0xb0);
    case 0xdb:
        return second <= 0x95 || second >= 0xb0;
    default:
        return false;
    }
}

/* Length of the character at s when it is plain, else 0. Proved against ICU's data for each code
 * point by test-nfc. */
static size_t plain_char(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xcc || (s[0] < 0xe0 && plain_letter(s[0], s[1])))
        return 2;
    if (s[0] == 0xe1 && s[1] >= 0xb8 && s[1] <= 0xbb)
        return 3; /* Latin Extended Additional, U+1E00 to U+1EFF: Vietnamese */
    if (s[0] == 0xe2 && plain_symbol(s[1], s[2]))
        return 3;
    if (s[0] >= 0xe4 && s[0] <= 0xe9)
        return 3; /* Han, U+4000 to U+9FFF */
    if (s[0] == 0xeb || s[0] == 0xec || (s[0] == 0xed && s[1] < 0x9e))
        return 3; /* Hangul syllables, U+B000 to U+D77F; what may join on to one is not plain */
    if (s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf)
        return 3;                                /* a byte order mark */
    return s[0] == 0xf0 && s[1] == 0x9f ? 4 : 0; /* U+1F000 to U+1FFFF: emoji */
}

bool nfc_is_plain_at(const char *s)
{
    return (unsigned char)*s < 0xcc || plain_char((const unsigned char *)s) > 0;
}

size_t nfc_plain_prefix(const char *s, size_t n)
{
    size_t i = 0;

    while (i < n) {
        size_t len;

#ifdef __SSE2__
        /* No byte of CC and above: all below U+0300. A character that starts before the 16 bytes
         * end may end behind them; its rest is passed over as a byte below CC. */
        const __m128i limit = _mm_set1_epi8((char)0xcb);
        while (i + 16 <= n) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
            int high = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v, limit), limit));
            if (high != 0xffff) {
                i += (size_t)__builtin_ctz((unsigned)~high);
                break;
            }
            i += 16;
        }
        if (i == n)
            break;
#endif
        if ((unsigned char)s[i] < 0xcc) {
            i++;
            continue;
        }
        do {
            len = plain_char((const unsigned char *)s + i);
            if (len == 0)
                return i;
            i += len;
        } while (i < n && (unsigned char)s[i] >= 0xcc);
    }
    return n;
}

#ifdef HAVE_ICU
enum { UNITS = 1024 }; /* UTF-16 units that are normalised at once */

/* The last place after `from` and before `end` where a stretch may begin; NULL: there is none. */
static const char *last_boundary(const UNormalizer2 *nfc, const char *from, const char *end)
{
    const char *last = NULL;
    const char *s = from;

    while (s < end) {
        const char *here = s;

        if (unorm2_hasBoundaryBefore(nfc, (UChar32)utf8_next(&s, end)) && here > from)
            last = here;
    }
    return last;
}

/* Characters from here on that belong to one stretch: up to the next one below U+0300, which
 * never combines with what is before it, as far as they fit. Fills `to`; gives the units. */
static size_t take_units(const char **at, const char *end, UChar *to)
{
    const char *s = *at;
    size_t n = 0;

    while (s < end && n + 2 <= UNITS) {
        const char *next = s;
        uint32_t c = utf8_next(&next, end);

        if (n > 0 && c < 0x300)
            break;
        if (c < 0x10000) {
            to[n++] = (UChar)c;
        } else {
            to[n++] = (UChar)(0xd7c0 + (c >> 10));
            to[n++] = (UChar)(0xdc00 | (c & 0x3ff));
        }
        s = next;
    }
    *at = s;
    return n;
}

/* The stretch at *at, which moves behind it, into `to`. 0: it has no end within UNITS. */
static size_t take_stretch(const UNormalizer2 *nfc, const char **at, const char *end, UChar *to)
{
    const char *s = *at;
    size_t n = take_units(at, end, to);

    if (n + 2 > UNITS && *at < end) {
        const char *cut = last_boundary(nfc, s, *at);

        if (!cut)
            return 0;
        n = take_units(&s, cut, to);
        *at = cut;
    }
    return n;
}

/* Up to the next place where a stretch may begin, for what cannot be normalised. */
static const char *skip_stretch(const UNormalizer2 *nfc, const char *s, const char *end)
{
    while (s < end) {
        const char *next = s;

        if (unorm2_hasBoundaryBefore(nfc, (UChar32)utf8_next(&next, end)))
            break;
        s = next;
    }
    return s;
}

/* Appends one normalised stretch. 0 or -1. */
static int put_stretch(const UNormalizer2 *nfc, const UChar *from, size_t n, struct buffer *out)
{
    UChar normal[UNITS * 4]; /* NFC grows UTF-16 at most threefold (UAX #15, table of factors) */
    UErrorCode err = U_ZERO_ERROR;
    int32_t units = unorm2_normalize(nfc, from, (int32_t)n, normal, UNITS * 4, &err);
    int32_t bytes = 0;
    char *to;

    if (U_FAILURE(err) || !(to = buffer_room(out, (size_t)units * 3)))
        return -1;
    u_strToUTF8(to, units * 3, &bytes, normal, units, &err);
    if (U_FAILURE(err))
        return -1;
    out->len += (size_t)bytes;
    return 0;
}

/* Where the character before `at` begins, not before `from`. */
static const char *step_back(const char *at, const char *from)
{
    if (at > from)
        at--;
    while (at > from && ((unsigned char)*at & 0xc0) == 0x80)
        at--;
    return at;
}

int nfc_normalise(const char *s, size_t n, struct buffer *out, struct fault *f)
{
    UErrorCode err = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&err);
    const char *end = s + n;

    if (U_FAILURE(err))
        return fault_set(f, 0, "ICU has no data for NFC (%s)", u_errorName(err));
    while (s < end) {
        const char *plain = s + nfc_plain_prefix(s, (size_t)(end - s));
        const char *from = plain < end ? step_back(plain, s) : end;
        UChar units[UNITS];
        const char *at = from;
        size_t len;

        buffer_append(out, s, (size_t)(from - s));
        if (from == end)
            break;
        len = take_stretch(nfc, &at, end, units);
        if (len == 0) {
            at = skip_stretch(nfc, at, end);
            buffer_append(out, from, (size_t)(at - from));
        } else if (put_stretch(nfc, units, len, out) < 0) {
            return fault_set(f, ENOMEM, "normalising text failed");
        }
        s = at;
    }
    return out->failed ? fault_set(f, ENOMEM, "out of memory normalising text") : 0;
}
#else
int nfc_normalise(const char *s, size_t n, struct buffer *out, struct fault *f)
{
    return buffer_append(out, s, n) ? 0 : fault_set(f, ENOMEM, "out of memory normalising text");
}
#endif
