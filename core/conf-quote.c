/* SPDX-License-Identifier: Apache-2.0 */
/* The escapes of RFC 8259 section 7 that may stand inside quotes. */
#include "core/conf-quote.h"

#include "common/utf8.h"

#include <string.h>

size_t quote_close(const char *s, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (s[i] == '"')
            return i;
        if (s[i] == '\\')
            i++;
    }
    return n;
}

/* "uXXXX" to a code unit; false: not four hex digits. */
static bool read_unit(const char *s, size_t n, uint32_t *unit)
{
    if (n < 5 || s[0] != 'u')
        return false;
    *unit = 0;
    for (int i = 1; i < 5; i++) {
        char c = s[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;

        if (digit == 16)
            return false;
        *unit = *unit * 16 + digit;
    }
    return true;
}

static size_t unicode_escape(const char *s, size_t n, char to[4], size_t *used)
{
    uint32_t c, low;

    if (!read_unit(s + 1, n - 1, &c) || c == 0 || (c >= 0xdc00 && c <= 0xdfff))
        return 0;
    if (c < 0xd800 || c > 0xdbff) {
        *used = utf8_put(to, c);
        return 6;
    }
    if (n < 12 || s[6] != '\\' || !read_unit(s + 7, n - 7, &low) || low < 0xdc00 || low > 0xdfff)
        return 0;
    *used = utf8_put(to, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
    return 12;
}

size_t quote_escape(const char *s, size_t n, char to[4], size_t *used)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *name;

    if (n < 2 || s[1] == '\0')
        return 0;
    if (s[1] == 'u')
        return unicode_escape(s, n, to, used);
    name = strchr(names, s[1]);
    if (!name)
        return 0;
    to[0] = values[name - names];
    *used = 1;
    return 2;
}
