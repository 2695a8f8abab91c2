/* SPDX-License-Identifier: Apache-2.0 */
/* Which characters the repairs are about. Sources: Unicode's PropList (White_Space, Join_Control,
 * Bidi_Control, Noncharacter_Code_Point), UAX #14 and Blocks. */
#ifndef CLEANUP_CHARS_H
#define CLEANUP_CHARS_H

#include <stdbool.h>
#include <stdint.h>

/* Spaces that are not U+0020 and not TAB. */
static inline bool exotic_space(uint32_t c)
{
    return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

/* Line ends other than LF; CR LF is one of them. */
static inline bool odd_line_end(uint32_t c)
{
    return (c >= 0x0b && c <= 0x0d) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* U+0000 to U+009F without TAB and line ends. */
static inline bool control_char(uint32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && !odd_line_end(c)) ||
           (c >= 0x7f && c <= 0x9f && c != 0x85);
}

/* Directs the order of characters on a line: marks, embeddings and isolates. */
static inline bool bidi_control(uint32_t c)
{
    return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

static inline bool tag_char(uint32_t c)
{
    return c >= 0xe0020 && c <= 0xe007f;
}

/* Not seen and in the way of searching, wherever it stands: soft hyphen, word joiner, byte order
 * mark, invisible operators, deprecated formats, annotation anchors, noncharacters. */
static inline bool useless_char(uint32_t c)
{
    return c == 0xad || (c >= 0x2060 && c <= 0x2065) || (c >= 0x206a && c <= 0x206f) ||
           c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xfdd0 && c <= 0xfdef) ||
           (c & 0xfffe) == 0xfffe || c == 0xe0001;
}

/* Of use only after some letters: zero-width space, joiners, Mongolian vowel separator, tags. */
static inline bool joining_char(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200d) || c == 0x180e || tag_char(c);
}

/* Full-width forms that have an ASCII twin 0xfee0 below. */
static inline bool full_width(uint32_t c)
{
    return c >= 0xff01 && c <= 0xff5e;
}

#endif
