/* SPDX-License-Identifier: Apache-2.0 */
/* Glob patterns over counted bytes, without locale: `*` any run (slashes too), `?` one character
 * (a whole UTF-8 one), `[a-z]` and `[!a-z]` one byte of a set, `\` the next byte as it is.
 * Everything else stands for itself; a `[` that is never closed too. Any thread. */
#ifndef COMMON_GLOB_H
#define COMMON_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* Does the pattern match all of s? Time: at most len(pattern) x n, without recursion. */
bool glob_match(const char *pattern, const char *s, size_t n);

#endif
