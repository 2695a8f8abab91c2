/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and times as text and back, the same in every locale. Pure, any thread. */
#ifndef COMMON_NUMBER_H
#define COMMON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_MAX 40 /* bytes that any of the writers may need; none ends in NUL */

/* Each gives the bytes written. */
size_t number_write_int(char *to, int64_t i);

/* The shortest decimal that reads back as the same double: 12, 0.1, 1e+300, -0.0. NaN and the
 * infinities, which JSON does not have, are "null". */
size_t number_write_real(char *to, double d);

/* Microseconds since 1970 UTC as RFC 3339 with Z and 0, 3 or 6 digits after the second, as few as
 * hold it. Years outside 0 to 9999 have a sign and six digits (ISO 8601, as ECMA-262 has it). */
size_t number_write_time(char *to, int64_t microseconds);

/* All of s must be the number; false otherwise, or when it does not fit: an integer beyond 64 bits,
 * a real that rounds to infinity. A JSON number (RFC 8259) is what both take. */
bool number_read_int(const char *s, size_t n, int64_t *i);
bool number_read_real(const char *s, size_t n, double *d);

/* RFC 3339 with any offset, or a bare date (midnight UTC); digits after the sixth are cut. */
bool number_read_time(const char *s, size_t n, int64_t *microseconds);

#endif
