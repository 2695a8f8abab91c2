/* SPDX-License-Identifier: Apache-2.0 */
/* CSV cells written at the end of a buffer, as RFC 4180 has them. Quoted are: the empty text, so
 * that it is not null, and cells with a quote, the delimiter, CR, LF or a blank at either end.
 * When memory is out the buffer's `failed` says so. Any thread. */
#ifndef COMMON_CSV_WRITE_H
#define COMMON_CSV_WRITE_H

#include <etl/plugin.h>

#include "common/buffer.h"

struct csv_style {
    char delimiter;        /* one ASCII byte, neither quote, CR nor LF */
    bool spreadsheet_safe; /* an apostrophe before texts that csv_is_risky */
};

/* May a spreadsheet take this text for a formula? By its first byte: = + - @ TAB CR. */
bool csv_is_risky(const char *s, size_t n);

void csv_write_text(struct buffer *b, const char *s, size_t n, const struct csv_style *style);

/* A value of any type, by the table in the manual of the outputs; null writes nothing. True when it
 * is a risky text: to be counted. */
bool csv_write_value(struct buffer *b, etl_value v, const struct csv_style *style);
/* The same where there is room for csv_most of the value, which may all be touched: it ends where
 * the answer points to, and *risky is raised by one where it is. The most is several times what is
 * written: for what is short. */
size_t csv_most(etl_value v);
char *csv_put(char *to, etl_value v, const struct csv_style *style, int64_t *risky);

#endif
