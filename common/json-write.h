/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values written at the end of a buffer, as RFC 8259 has them: raw UTF-8, escapes only where
 * they must be. All append; when memory is out the buffer's `failed` says so. Any thread. */
#ifndef COMMON_JSON_WRITE_H
#define COMMON_JSON_WRITE_H

#include <etl/plugin.h>

#include "common/buffer.h"

/* Valid UTF-8 as a string, with its quotes. NUL becomes \u0000. */
void json_write_text(struct buffer *b, const char *s, size_t n);
/* The same for what need not be UTF-8: U+FFFD for what is not. */
void json_write_any_text(struct buffer *b, const char *s, size_t n);
void json_write_int(struct buffer *b, int64_t i);
void json_write_real(struct buffer *b, double d);   /* NaN and infinities: null */
void json_write_time(struct buffer *b, int64_t us); /* RFC 3339, quoted */

/* A value of any type, by the table in the manual of the outputs: a list is an array of strings. */
void json_write_value(struct buffer *b, etl_value v);

/* The same where there is room for json_most of the value, which may all be touched: it ends where
 * the answer points to. The most is six times a text: for what is short. */
size_t json_most(etl_value v);
char *json_put(char *to, etl_value v);

/* The base64 of RFC 4648, padded, without quotes. */
void base64_write(struct buffer *b, const void *data, size_t n);

#endif
