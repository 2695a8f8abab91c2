/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a known or unknown encoding to valid UTF-8. Any thread. */
#ifndef COMMON_DECODE_H
#define COMMON_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buffer.h"
#include "common/fault.h"

struct decode_report {
    const char *encoding; /* what it was read as, never NULL; lasts as long as the code */
    uint64_t replaced;    /* bytes or units that meant nothing: each is a U+FFFD now */
    bool mixed;           /* some lines were UTF-8, the others `encoding` */
};

/* Appends data as valid UTF-8 to out, without a U+FEFF at the start; NULs stay. A byte order mark
 * wins over any name. `encoding` is a name that decode_known, or "auto": UTF-16 by its zero bytes,
 * else UTF-8 if valid; else line by line, those in valid UTF-8 kept and the others read as the
 * detector says, or windows-1252 where it has little to go by. 0, or -1 and a fault: out of memory,
 * or (f->err 0) invalid bytes in what was named or marked UTF-8, at f->byte, or, with "auto", bytes that
 * are no text in any encoding. */
int decode_text(const char *encoding, const void *data, size_t len, struct buffer *out,
                struct decode_report *r, struct fault *f);

bool decode_known(const char *encoding);

/* The short way for most pages: true when data, from *start on, is already the text that
 * decode_text would append, so that nothing need be copied. Encoding as above. */
bool decode_is_text(const char *encoding, const void *data, size_t len, size_t *start);

/* For a text that is decoded line by line: */

/* The name of the UTF-16 or UTF-32 that it is in by its mark, its name or its zero bytes, as its
 * beginning shows, so that it cannot be cut at LF bytes; or NULL. */
const char *decode_wide(const char *encoding, const void *beginning, size_t len);

/* The encoding of those of its lines that are not UTF-8, as its beginning shows; NULL: all are. */
const char *decode_guess(const void *beginning, size_t len);

#endif
