/* SPDX-License-Identifier: Apache-2.0 */
/* The charsets that are read, by name, and their way to UTF-8. An allow-list: what is not in it is
 * never handed to the C library. Any thread. */
#ifndef COMMON_CHARSET_H
#define COMMON_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buffer.h"
#include "common/fault.h"

enum charset_kind {
    CHARSET_UTF8,
    CHARSET_UTF16, /* two bytes a unit: LE, BE, or (without either) as the BOM says */
    CHARSET_UTF32,
    CHARSET_LATIN,  /* one byte a character, letters as in western and central Europe */
    CHARSET_SINGLE, /* one byte a character, other letters */
    CHARSET_MULTI,  /* several bytes a character */
    CHARSET_ESCAPES /* 7 bits, escape sequences change what they mean */
};

struct charset {
    const char *name;  /* as the Encoding Standard (encoding.spec.whatwg.org) or IANA has it */
    const char *iconv; /* the C library's name for it */
    enum charset_kind kind;
};

/* By name or alias, in any case, with or without - and _; NULL: not one of ours. ISO-8859-1, -7, -9
 * and the like are taken for the Windows charset that holds them, as browsers do. */
const struct charset *charset_find(const char *name);

/* The name of the i-th, for messages; NULL behind the last. */
const char *charset_name(size_t i);

/* Appends s in UTF-8. Bytes that mean nothing become U+FFFD and are counted in *replaced, a lone
 * surrogate or a cut character once. 0, or -1 and a fault: out of memory, or the C library does not
 * know the charset. Not for CHARSET_UTF8. */
int charset_convert(const struct charset *charset, const char *s, size_t n, struct buffer *out,
                    uint64_t *replaced, struct fault *f);

#endif
