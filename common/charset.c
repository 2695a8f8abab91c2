/* SPDX-License-Identifier: Apache-2.0 */
/* Charsets: the list, and conversion by iconv; windows-1252, which nearly all old pages are in, by
 * a table of its own. */
#include "common/charset.h"
#include "common/utf8.h"

#include <errno.h>
#include <iconv.h>

static const struct charset charsets[] = {
    { "utf-8", "UTF-8", CHARSET_UTF8 },
    { "windows-1252", "CP1252", CHARSET_LATIN },
    { "utf-16le", "UTF-16LE", CHARSET_UTF16 },
    { "utf-16be", "UTF-16BE", CHARSET_UTF16 },
    { "utf-16", "UTF-16LE", CHARSET_UTF16 },
    { "utf-32le", "UTF-32LE", CHARSET_UTF32 },
    { "utf-32be", "UTF-32BE", CHARSET_UTF32 },
    { "windows-1250", "CP1250", CHARSET_LATIN },
    { "windows-1251", "CP1251", CHARSET_SINGLE },
    { "windows-1253", "CP1253", CHARSET_SINGLE },
    { "windows-1254", "CP1254", CHARSET_LATIN },
    { "windows-1255", "CP1255", CHARSET_SINGLE },
    { "windows-1256", "CP1256", CHARSET_SINGLE },
    { "windows-1257", "CP1257", CHARSET_LATIN },
    { "windows-1258", "CP1258", CHARSET_LATIN },
    { "windows-874", "CP874", CHARSET_SINGLE },
    { "iso-8859-2", "ISO-8859-2", CHARSET_LATIN },
    { "iso-8859-3", "ISO-8859-3", CHARSET_LATIN },
    { "iso-8859-4", "ISO-8859-4", CHARSET_LATIN },
    { "iso-8859-5", "ISO-8859-5", CHARSET_SINGLE },
    { "iso-8859-6", "ISO-8859-6", CHARSET_SINGLE },
    { "iso-8859-8", "ISO-8859-8", CHARSET_SINGLE },
    { "iso-8859-10", "ISO-8859-10", CHARSET_LATIN },
    { "iso-8859-13", "ISO-8859-13", CHARSET_LATIN },
    { "iso-8859-14", "ISO-8859-14", CHARSET_LATIN },
    { "iso-8859-15", "ISO-8859-15", CHARSET_LATIN },
    { "iso-8859-16", "ISO-8859-16", CHARSET_LATIN },
    { "koi8-r", "KOI8-R", CHARSET_SINGLE },
    { "koi8-u", "KOI8-U", CHARSET_SINGLE },
    { "ibm852", "IBM852", CHARSET_LATIN },
    { "ibm855", "IBM855", CHARSET_SINGLE },
    { "ibm865", "IBM865", CHARSET_LATIN },
    { "ibm866", "IBM866", CHARSET_SINGLE },
    { "macintosh", "MACINTOSH", CHARSET_LATIN },
    { "x-mac-cyrillic", "MAC-CYRILLIC", CHARSET_SINGLE },
    { "mac-centraleurope", "MAC-CENTRALEUROPE", CHARSET_LATIN },
    { "viscii", "VISCII", CHARSET_LATIN },
    { "gb18030", "GB18030", CHARSET_MULTI },
    { "big5", "BIG5-HKSCS", CHARSET_MULTI },
    { "euc-tw", "EUC-TW", CHARSET_MULTI },
    { "shift_jis", "CP932", CHARSET_MULTI },
    { "euc-jp", "EUC-JP-MS", CHARSET_MULTI },
    { "iso-2022-jp", "ISO-2022-JP-2", CHARSET_ESCAPES },
    { "euc-kr", "UHC", CHARSET_MULTI },
    { "johab", "JOHAB", CHARSET_MULTI },
};

#define N_CHARSETS (sizeof(charsets) / sizeof(*charsets))

static const char *const aliases[][2] = {
    { "ascii", "windows-1252" },
    { "us-ascii", "windows-1252" },
    { "iso-8859-1", "windows-1252" },
    { "latin1", "windows-1252" },
    { "cp1252", "windows-1252" },
    { "cp1250", "windows-1250" },
    { "cp1251", "windows-1251" },
    { "cp1253", "windows-1253" },
    { "cp1254", "windows-1254" },
    { "cp1255", "windows-1255" },
    { "cp1256", "windows-1256" },
    { "cp1257", "windows-1257" },
    { "cp1258", "windows-1258" },
    { "iso-8859-7", "windows-1253" },
    { "iso-8859-9", "windows-1254" },
    { "iso-8859-11", "windows-874" },
    { "tis-620", "windows-874" },
    { "cp874", "windows-874" },
    { "gb2312", "gb18030" },
    { "gbk", "gb18030" },
    { "big5-hkscs", "big5" },
    { "sjis", "shift_jis" },
    { "windows-31j", "shift_jis" },
    { "cp932", "shift_jis" },
    { "uhc", "euc-kr" },
    { "cp949", "euc-kr" },
    { "cp852", "ibm852" },
    { "cp866", "ibm866" },
    { "mac-cyrillic", "x-mac-cyrillic" },
};

/* Equal but for the case of ASCII letters, - and _. */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '-' || *a == '_')
            a++;
        while (*b == '-' || *b == '_')
            b++;
        if (*a != *b && ((*a ^ *b) != 0x20 || (*a | 0x20) < 'a' || (*a | 0x20) > 'z'))
            return false;
        if (*a == '\0')
            return true;
    }
}

const struct charset *charset_find(const char *name)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
        if (same_name(name, aliases[i][0])) {
            name = aliases[i][1];
            break;
        }
    for (size_t i = 0; i < N_CHARSETS; i++)
        if (same_name(name, charsets[i].name))
            return &charsets[i];
    return NULL;
}

const char *charset_name(size_t i)
{
    return i < N_CHARSETS ? charsets[i].name : NULL;
}

/* The 27 characters of windows-1252 that Latin-1 does not have; 0: the byte means nothing. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static int no_memory(struct fault *f)
{
    return fault_set(f, ENOMEM, "out of memory while decoding text");
}

static int convert_1252(const char *s, size_t n, struct buffer *out, uint64_t *replaced,
                        struct fault *f)
{
    while (n > 0) {
        size_t run = utf8_ascii_prefix(s, n);
        char *to;

        if (!buffer_append(out, s, run) || !(to = buffer_room(out, 3)))
            return no_memory(f);
        s += run;
        n -= run;
        if (n > 0) {
            unsigned char c = (unsigned char)*s++;
            uint32_t u = c >= 0xa0 ? c : windows_1252[c - 0x80];

            *replaced += u == 0;
            out->len += utf8_put(to, u ? u : 0xfffd);
            n--;
        }
    }
    return 0;
}

/* One bad unit of the charset passed over; what is left may be less than a unit. */
static size_t bad_unit(const struct charset *charset, size_t left)
{
    size_t unit = charset->kind == CHARSET_UTF16 ? 2 : charset->kind == CHARSET_UTF32 ? 4 : 1;

    return left < unit ? left : unit;
}

/* Some charsets keep a letter back until they know whether a mark follows: it comes out now. */
static bool flush(iconv_t cd, struct buffer *out)
{
    size_t left = 64;
    char *to = buffer_room(out, left);

    if (!to)
        return false;
    iconv(cd, NULL, NULL, &to, &left);
    out->len += 64 - left;
    return true;
}

static int convert_by(iconv_t cd, const struct charset *charset, const char *s, size_t n,
                      struct buffer *out, uint64_t *replaced, struct fault *f)
{
    char *in = (char *)(uintptr_t)s;

    while (n > 0) {
        size_t step, room = n + n / 2 + 16, left = room;
        char *to = buffer_room(out, room);

        if (!to)
            return no_memory(f);
        step = iconv(cd, &in, &n, &to, &left);
        out->len += room - left;
        if (step != (size_t)-1)
            break;
        if (errno == E2BIG)
            continue;
        /* EILSEQ: a unit that means nothing; EINVAL: the text ends within a character. A flush
         * would also forget what the last escape sequence said. */
        step = errno == EILSEQ ? bad_unit(charset, n) : n;
        in += step;
        n -= step;
        ++*replaced;
        if ((charset->kind != CHARSET_ESCAPES && !flush(cd, out)) ||
            !buffer_append(out, UTF8_REPLACEMENT, 3))
            return no_memory(f);
    }
    return flush(cd, out) ? 0 : no_memory(f);
}

int charset_convert(const struct charset *charset, const char *s, size_t n, struct buffer *out,
                    uint64_t *replaced, struct fault *f)
{
    iconv_t cd;
    int result;

    if (n == 0)
        return 0;
    if (charset == &charsets[1])
        return convert_1252(s, n, out, replaced, f);
    cd = iconv_open("UTF-8", charset->iconv);
    if (cd == (iconv_t)-1)
        return fault_set(f, errno == EINVAL ? 0 : errno,
                         "the C library cannot convert from %s here", charset->name);
    result = convert_by(cd, charset, s, n, out, replaced, f);
    iconv_close(cd);
    return result;
}
