/* SPDX-License-Identifier: Apache-2.0 */
/* Folding of non-ASCII pieces: a table-free short way for letters that are their own NFKC form
 * (Latin-1, Cyrillic), ICU for the rest. Without ICU the rest stays as it is. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "common/tokens-fold.h"
#include "common/tokens.h"

#ifdef HAVE_ICU
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf.h>
#endif

static bool ascii_letter(unsigned char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool ascii_digit(unsigned char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* The pair of bytes of one letter, folded in place. False: not one of Latin-1 or Cyrillic U+0400 to
 * U+045F; of those none decomposes in NFKC, and none composes with a letter after it. */
static bool fold_pair(unsigned char *c)
{
    if (c[0] == 0xc3) {
        if (c[1] <= 0x9e)
            c[1] |= 0x20;
        return true;
    }
    if (c[0] == 0xd0) {
        if (c[1] < 0x90) {
            c[0] = 0xd1;
            c[1] = (unsigned char)(c[1] + 0x10);
        } else if (c[1] < 0xa0) {
            c[1] = (unsigned char)(c[1] + 0x20);
        } else if (c[1] < 0xb0) {
            c[0] = 0xd1;
            c[1] = (unsigned char)(c[1] - 0x20);
        }
        return true;
    }
    return c[0] == 0xd1 && c[1] < 0xa0;
}

/* One token as long as the piece, or false: the piece needs more than this. */
static bool fold_short(const char *s, size_t n, struct folded *out)
{
    unsigned char *to = (unsigned char *)out->text;
    bool digit = false;

    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)s[i];

        if (c < 0x80) {
            digit |= ascii_digit(c);
            to[i] = (unsigned char)(c | 0x20);
            i++;
            continue;
        }
        if (n - i < 2 || ((unsigned char)s[i + 1] & 0xc0) != 0x80)
            return false;
        to[i] = c;
        to[i + 1] = (unsigned char)s[i + 1];
        if (!fold_pair(to + i))
            return false;
        i += 2;
    }
    out->n = 1;
    out->token[0].at = 0;
    out->token[0].len = (uint16_t)n;
    out->token[0].digit = digit;
    out->text_len = n;
    return true;
}

/* The piece as it is, ASCII letters lowered: what a build without ICU does, and the way out should
 * ICU fail. */
static void fold_little(const char *s, size_t n, struct folded *out)
{
    bool digit = false;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        digit |= ascii_digit(c);
        out->text[i] = ascii_letter(c) ? (char)(c | 0x20) : s[i];
    }
    out->n = n > 0;
    out->token[0].at = 0;
    out->token[0].len = (uint16_t)n;
    out->token[0].digit = digit;
    out->text_len = n;
}

#ifdef HAVE_ICU

/* ICU's macros convert between char, UChar and int without casts. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

enum { UNITS = 2048 }; /* UTF-16: 256 bytes make 1,536 at most, by U+FDFA */

static int32_t decode(const char *s, size_t n, UChar *to)
{
    int32_t len = 0;

    for (int32_t i = 0; i < (int32_t)n;) {
        UChar32 c;

        U8_NEXT_OR_FFFD(s, i, (int32_t)n, c);
        U16_APPEND_UNSAFE(to, len, c);
    }
    return len;
}

/* One character to one; what then composes is left to NFKC. */
static int32_t fold_case(const UChar *from, int32_t n, UChar *to)
{
    int32_t len = 0;

    for (int32_t i = 0; i < n;) {
        UChar32 c;

        U16_NEXT(from, i, n, c);
        c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
        U16_APPEND_UNSAFE(to, len, c);
    }
    return len;
}

static bool is_word(UChar32 c)
{
    const uint32_t word = U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK;

    return (U_MASK(u_charType(c)) & word) != 0;
}

static void split(const UChar *s, int32_t n, struct folded *out)
{
    bool inside = false;

    out->n = 0;
    out->text_len = 0;
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        size_t at = out->text_len;

        U16_NEXT(s, i, n, c);
        if (!is_word(c) || at + 4 > FOLD_TEXT || (!inside && out->n == FOLD_TOKENS)) {
            inside = false;
            continue;
        }
        if (!inside) {
            out->token[out->n].at = (uint16_t)at;
            out->token[out->n].len = 0;
            out->token[out->n++].digit = false;
        }
        inside = true;
        U8_APPEND_UNSAFE(out->text, out->text_len, c);
        out->token[out->n - 1].len = (uint16_t)(out->text_len - out->token[out->n - 1].at);
        out->token[out->n - 1].digit |= u_charType(c) == U_DECIMAL_DIGIT_NUMBER;
    }
}

void fold_piece_general(const char *s, size_t n, struct folded *out)
{
    UErrorCode err = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&err);
    UChar a[UNITS], b[UNITS];
    int32_t len = decode(s, n, a);

    len = unorm2_normalize(nfkc, a, len, b, UNITS, &err);
    if (U_SUCCESS(err)) {
        len = fold_case(b, len, a);
        len = unorm2_normalize(nfkc, a, len, b, UNITS, &err);
    }
    if (U_SUCCESS(err))
        split(b, len, out);
    else
        fold_little(s, n, out);
}

bool tokens_fold_all(void)
{
    return true;
}
#pragma GCC diagnostic pop

#else

void fold_piece_general(const char *s, size_t n, struct folded *out)
{
    if (!fold_short(s, n, out))
        fold_little(s, n, out);
}

bool tokens_fold_all(void)
{
    return false;
}

#endif

void fold_piece(const char *s, size_t n, struct folded *out)
{
    if (!fold_short(s, n, out))
        fold_piece_general(s, n, out);
}
