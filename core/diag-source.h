/* SPDX-License-Identifier: Apache-2.0 */
/* For the printer alone: a line of a pipeline file as a terminal shows it, and carets below. */
#ifndef CORE_DIAG_SOURCE_H
#define CORE_DIAG_SOURCE_H

#include "core/diag.h"

#include "common/buffer.h"

enum { DIAG_ESCAPED_MAX = 24 }; /* bytes that one character may become, and a NUL */

/* Writes the first character of s (n > 0) to `to`: as it is, or a control character or a byte that
 * is no UTF-8 as \xNN. Returns how many bytes of s it took; *used: how many it wrote. */
size_t diag_escape(const char *s, size_t n, char *to, size_t *used);

/* The line, or the part of a long one round the place; and the row that underlines the place. */
void diag_put_source(struct buffer *b, const struct diag_place *p);
void diag_put_carets(struct buffer *b, const struct diag_place *p);

/* One piece of a text, without what a terminal would obey: the next character of s as it may be
 * shown, its bytes in s as result. reveal: blanks other than plain ones as well, <U+00A0>. */
size_t diag_piece(const char *s, size_t n, bool reveal, char to[16], size_t *used);

#endif
