/* SPDX-License-Identifier: Apache-2.0 */
/* The C face of CLD2, for where the word vote is unsure. */
#ifndef LANGUAGE_CLD2_H
#define LANGUAGE_CLD2_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cld2_guess {
    const char *code[3]; /* CLD2's own codes, static; NULL: none */
    int percent[3];      /* of the text's bytes */
    bool reliable;
};

/* Languages of n bytes of valid UTF-8, best effort, best first. Pure, any thread. */
struct cld2_guess cld2_detect(const char *text, int n);

/* Of the tables in use: it ends in 20140204 where these are the full ones. */
const char *cld2_tables(void);

#ifdef __cplusplus
}
#endif
#endif
