/* SPDX-License-Identifier: Apache-2.0 */
/* Quoted text in pipeline files and expressions: "..." with the escapes of JSON. */
#ifndef CORE_CONF_QUOTE_H
#define CORE_CONF_QUOTE_H

#include <stddef.h>

/* The place of the quote that closes the one s begins with; n: there is none. */
size_t quote_close(const char *s, size_t n);

/* The character that the escape at s (a backslash) stands for, as 1 to 4 bytes of UTF-8 in `to`,
 * with their number in *used. Returns how many bytes of s it takes; 0: no escape of JSON, or NUL,
 * or half a surrogate pair. */
size_t quote_escape(const char *s, size_t n, char to[4], size_t *used);

#endif
