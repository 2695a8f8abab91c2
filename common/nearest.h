/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean": the known name that a misspelt word is nearest to. */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

#include <stddef.h>

/* The one of `n` names that is nearest to word, the first of several; NULL: none is near enough.
 * Near enough: at most a third of the word's bytes (at least one) inserted, left out, changed, or
 * swapped with its neighbour. ASCII letters of either case are the same, and so are '-' and '_'.
 * Names that are NULL are skipped. */
const char *nearest(const char *word, const char *const *names, size_t n);

/* The same for a word of `len` bytes that need not end in NUL. */
const char *nearest_of(const char *word, size_t len, const char *const *names, size_t n);

/* Edits between two words of at most NEAREST_MAX bytes, or `limit` + 1 where there are more than
 * limit. */
enum { NEAREST_MAX = 64 };
size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len, size_t limit);

#endif
