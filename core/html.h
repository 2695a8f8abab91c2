/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages that etl makes have in common: one file each, without script or network, readable
 * in light and dark, on narrow screens and wide ones, by keyboard and screen reader. */
#ifndef CORE_HTML_H
#define CORE_HTML_H

#include "common/buffer.h"

/* The page up to <main>. It allows what both styles hold and nothing else: html_style and its own,
 * known by their hashes ("sha256-..."). verb: "explain". */
void html_begin(struct buffer *b, const char *title, const char *verb, const char *style,
                const char *style_hash);
void html_end(struct buffer *b);

/* A text with nothing in it that is HTML, or that cannot be seen. reveal: blanks that are not plain
 * are shown by name; lines: line feeds stay. Bytes that are no UTF-8 are shown as U+FFFD. */
void html_text(struct buffer *b, const char *s, size_t n, bool reveal, bool lines);
void html_string(struct buffer *b, const char *s);

/* What went and what came, word by word, as <del> and <ins>; of `old` alone, with what went. */
void html_diff(struct buffer *b, const char *from, size_t from_len, const char *to, size_t to_len);
void html_diff_old(struct buffer *b, const char *from, size_t from_len, const char *to,
                   size_t to_len);

#endif
