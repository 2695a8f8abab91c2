/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a JSON string: text with its escapes, written where there is room for the most that
 * it can take. Any thread. */
#ifndef COMMON_JSON_ESCAPE_H
#define COMMON_JSON_ESCAPE_H

#include <stddef.h>

#define JSON_ESCAPE_MAX 6 /* bytes for one of the text */
#define JSON_SLACK 64     /* bytes more that must be there: whole blocks are written */

/* The escaped text ends where the answer points to. */
char *json_escape(char *to, const char *s, size_t n);
/* The same by one of its ways; the last two only where cpu_has_avx2() and cpu_has_avx512() say so.
 */
char *json_escape_baseline(char *to, const char *s, size_t n);
char *json_escape_avx2(char *to, const char *s, size_t n);
char *json_escape_avx512(char *to, const char *s, size_t n);

#endif
