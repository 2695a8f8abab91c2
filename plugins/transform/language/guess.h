/* SPDX-License-Identifier: Apache-2.0 */
/* The language of a page: by the vote over words, and where that is unsure by CLD2 as well. */
#ifndef LANGUAGE_GUESS_H
#define LANGUAGE_GUESS_H

#include "vote.h"

enum guess_how { GUESS_NONE, GUESS_VOTE, GUESS_BOTH, GUESS_CLD2, GUESS_VOTE_AGAINST };

struct language_guess {
    const char *code; /* ISO 639-1, else 639-3; lasts as long as the words; NULL: cannot be told */
    double score;     /* 0 to 1, in thousandths */
    enum guess_how how;
};

/* The language of n bytes of valid UTF-8. Pure but for scratch; any thread. */
struct language_guess language_guess(const struct words *w, struct vote_scratch *scratch,
                                     const char *text, size_t n);

/* Up to GUESS_SAMPLE bytes of the text for CLD2: all of it, or three windows spread over it, cut
 * between characters. Returns how many bytes. */
enum { GUESS_WINDOW = 256, GUESS_WINDOWS = 3, GUESS_SAMPLE = 1024 };
size_t guess_sample(const char *text, size_t n, char to[GUESS_SAMPLE]);

/* ISO 639 for a code of CLD2, which has old ones and some that are no language: then NULL. */
const char *guess_code(const char *cld2_code);

const char *guess_how_name(enum guess_how how);

#endif
