/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. NUL is a
 * character like another. All functions are pure: any thread, no locale, no memory of their own. */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BOM "\xef\xbb\xbf"
#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Is all of it valid? Uses AVX2 where the processor has it; the answer is the same without. */
bool utf8_valid(const char *s, size_t n);

/* Bytes of the longest valid beginning: n when all is valid, else where the first bad or
 * incomplete sequence starts. */
size_t utf8_valid_prefix(const char *s, size_t n);

/* Bytes of the run of ASCII that s begins with. */
size_t utf8_ascii_prefix(const char *s, size_t n);

/* Writes character c (not a surrogate, at most U+10FFFF) as 1 to 4 bytes; gives how many. */
size_t utf8_put(char *to, uint32_t c);

/* The character at *at, which moves behind it. For valid text with *at < end only. */
static inline uint32_t utf8_next(const char **at, const char *end)
{
    const unsigned char *s = (const unsigned char *)*at;
    uint32_t c = *s++;
    int more = c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

    if (more > 0)
        c &= 0x3fu >> more;
    while (more-- > 0 && s < (const unsigned char *)end)
        c = c << 6 | (*s++ & 0x3fu);
    *at = (const char *)s;
    return c;
}

#endif
