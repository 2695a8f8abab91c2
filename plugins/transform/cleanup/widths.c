/* SPDX-License-Identifier: Apache-2.0 */
/* Full-width Latin letters, digits and signs become ASCII in text that is mostly Latin. In Chinese,
 * Japanese and Korean text they are meant, above all the comma, the colon and the brackets. */
#include "clean.h"
#include "chars.h"
#include "legacy.h"
#include "common/utf8.h"

/* Are at least nine letters in ten Latin? Full-width ones count as Latin, so that the answer is the
 * same once they are changed. */
static bool mostly_latin(const char *s, const char *end)
{
    uint64_t latin = 0, east_asian = 0;

    while (s < end) {
        uint32_t c = utf8_next(&s, end);

        if (full_width(c))
            c -= 0xfee0;
        if (latin_letter(c))
            latin++;
        else if ((c >= 0x1100 && c <= 0x11ff) || (c >= 0x3040 && c <= 0x9fff) ||
                 (c >= 0xac00 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfaff) ||
                 (c >= 0xff66 && c <= 0xffdc) || (c >= 0x20000 && c <= 0x3ffff))
            east_asian++;
    }
    return latin > 0 && latin / 9 >= east_asian;
}

uint64_t repair_widths(const char *s, size_t n, struct places *places, struct buffer *out)
{
    const char *end = s + n, *kept = s, *at = s;
    uint64_t count = 0;

    (void)places;
    if (!mostly_latin(s, end))
        return 0;
    while ((at += utf8_ascii_prefix(at, (size_t)(end - at))) < end) {
        const char *from = at;
        uint32_t c = utf8_next(&at, end);

        if (!full_width(c))
            continue;
        buffer_append(out, kept, (size_t)(from - kept));
        buffer_byte(out, (char)(c - 0xfee0));
        kept = at;
        count++;
    }
    if (count > 0)
        buffer_append(out, kept, (size_t)(end - kept));
    return count;
}
