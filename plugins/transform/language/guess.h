/* SPDX-License-Identifier: Apache-2.0 */
/* The language of a page: by the vote over words, and where that is unsure by CLD2 as well. */
#ifndef LANGUAGE_GUESS_H
#define LANGUAGE_GUESS_H

#include "cld2.h"
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

/* The votes that language_guess goes by. True: they are of windows of the text, and clear. */
bool guess_votes(const struct words *w, struct vote_scratch *scratch, const char *text, size_t n,
                 struct vote *v);

/* What CLD2 says of the text, or of windows of it. Pure, any thread. */
struct cld2_guess guess_cld2(const char *text, size_t n);

enum {
    GUESS_SHORT = 1024, /* a text of no more bytes is all that CLD2 sees */
    GUESS_LONG = 1536   /* and one of no more all that the vote sees; room for either's windows */
};

struct guess_windows {
    size_t n, bytes; /* in each, or up to 3 more */
};
static const struct guess_windows guess_for_vote = { 8, 160 }, guess_for_cld2 = { 3, 256 };

/* Windows spread evenly over a text longer than one of them, cut between characters, with a line
 * end after each. Returns how many bytes. */
size_t guess_sample(const char *text, size_t n, struct guess_windows windows, char *to);

/* ISO 639 for a code of CLD2, which has old ones and some that are no language: then NULL. */
const char *guess_code(const char *cld2_code);

const char *guess_how_name(enum guess_how how);

#endif
