/* SPDX-License-Identifier: Apache-2.0 */
/* The vote: each line of a page speaks for the languages that have its words, the page is the sum.
 */
#ifndef LANGUAGE_VOTE_H
#define LANGUAGE_VOTE_H

#include "line.h"

struct vote {
    int best,
        second;    /* numbers in words, -1: none; second is no neighbour that the vote has parted */
    double pull;   /* how many words' worth of the text speaks for some language */
    double lead;   /* of best over second, as a share of best's tally: up to 1 */
    double share;  /* of the pull that best has, 0 to 1 */
    size_t tokens; /* words without digits */
    size_t bytes;  /* in them, folded */
    uint64_t tally[WORDS_LANGUAGES]; /* of those that have lists, in parts of a word: VOTE_SCALE are
                                        one */
};
/* Scratch memory of one thread, which need not be zeroed: the words of a window. */
struct vote_scratch {
    struct tokens tokens;
    struct tokens_listed listed;
    uint64_t hash[LINE_WORDS + TOKENS_MAX]; /* of the open line, and of the window */
    struct vote_line {
        int32_t at; /* of its first in the window's */
        uint32_t listed, words;
    } line[LINE_WORDS + TOKENS_MAX + 1];
};

/* Counts the votes of n bytes of valid UTF-8 in one pass. The order of lines makes no difference.
 * Pure but for scratch, which is the caller's and need not be zeroed. */
void vote_count(const struct words *w, struct vote_scratch *scratch, const char *text, size_t n,
                struct vote *v);

/* Words of the text, where scripts without spaces count by length. */
double vote_words(const struct vote *v);

/* Is the vote alone enough? There must be words enough, and a lead that is the larger the
 * fewer they are, and larger over a near relative. */
bool vote_sure(const struct words *w, const struct vote *v);

/* Is it so sure that more of the same text can be spared? Then there is twenty times what makes it
 * sure, and no neighbour near enough to be taken for it. */
bool vote_clear(const struct words *w, const struct vote *v);

#endif
