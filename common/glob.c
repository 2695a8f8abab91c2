/* SPDX-License-Identifier: Apache-2.0 */
/* The glob matcher: greedy, and going back to the last star alone, which is enough because a later
 * star can always take what an earlier one left. */
#include "common/glob.h"

/* Bytes of the character at s; of what is no UTF-8, one. */
static size_t character(const unsigned char *s, size_t n)
{
    size_t more = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : s[0] < 0xf5 ? 3 : 0;

    if (more >= n)
        return 1;
    for (size_t i = 1; i <= more; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 1;
    return more + 1;
}

/* p is behind a `[`. The byte behind the closing `]`, or NULL if there is none. *in: is c in it? */
static const unsigned char *set(const unsigned char *p, unsigned char c, bool *in)
{
    bool not = *p == '!' || *p == '^', found = false;

    p += not ;
    for (bool first = true; *p && (first || *p != ']'); first = false) {
        unsigned char low = *p++, high;

        if (low == '\\' && *p)
            low = *p++;
        high = low;
        if (p[0] == '-' && p[1] && p[1] != ']') {
            high = *++p;
            if (high == '\\' && p[1])
                high = *++p;
            p++;
        }
        found |= c >= low && c <= high;
    }
    *in = found != not ;
    return *p ? p + 1 : NULL;
}

/* One piece of the pattern that is no star against s (n > 0). Bytes of s that it takes, or 0; *p
 * moves behind the piece. */
static size_t piece(const unsigned char **p, const unsigned char *s, size_t n)
{
    const unsigned char *at = *p, *behind;
    bool in;

    switch (*at) {
    case '?':
        *p = at + 1;
        return character(s, n);
    case '[':
        behind = set(at + 1, *s, &in);
        if (behind) {
            *p = behind;
            return in;
        }
        break;
    case '\\':
        at += at[1] != 0;
        break;
    default:
        break;
    }
    *p = at + 1;
    return *at == *s;
}

bool glob_match(const char *pattern, const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)pattern, *at = (const unsigned char *)s;
    const unsigned char *end = n > 0 ? at + n : at, *star = NULL, *retry = NULL;

    for (;;) {
        size_t took;

        if (*p == '*') {
            star = ++p;
            retry = at;
            continue;
        }
        if (at == end) {
            if (!*p)
                return true;
            return false; /* a longer match of the star leaves even less */
        }
        took = *p ? piece(&p, at, (size_t)(end - at)) : 0;
        if (took > 0) {
            at += took;
        } else if (star) {
            at = ++retry;
            p = star;
        } else {
            return false;
        }
    }
}
