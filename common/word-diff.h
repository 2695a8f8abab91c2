/* SPDX-License-Identifier: Apache-2.0 */
/* Which words of a text another one has as well, in order: what stayed, went and came. */
#ifndef COMMON_WORD_DIFF_H
#define COMMON_WORD_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_kind { WORDS_SAME, WORDS_GONE, WORDS_NEW };

/* Bytes in a row with the same lot. */
struct word_run {
    enum word_kind kind;
    uint32_t a, b; /* where it begins in either text; of words that went, where in b they would be */
    uint32_t len;  /* bytes */
};

struct word_diff {
    struct word_run *runs; /* in order: both texts can be put together from them. Owned */
    size_t n, cap;
    bool bounded; /* the texts differ too much: there may be a smaller difference than this one */
};

/* Compares a with b, of less than 4 GiB each. Words are runs of ASCII letters, digits and of bytes
 * from 0x80 on; so are blanks in a row; every other byte is one by itself. Myers, "An O(ND)
 * Difference Algorithm and Its Variations" (1986), in linear space; where a part takes more than its
 * share of the work, the way that came farthest is gone on from, so that the time stays linear for
 * texts of any size. Pure; any thread. d is written anew, and its owner calls word_diff_free.
 * -1: memory is out. */
int word_diff(struct word_diff *d, const char *a, size_t a_len, const char *b, size_t b_len);
void word_diff_free(struct word_diff *d);

#endif
