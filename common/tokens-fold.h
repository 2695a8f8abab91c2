/* SPDX-License-Identifier: Apache-2.0 */
/* Folding of one piece of text that holds more than ASCII, for tokens.c: NFKC, simple case folding,
 * NFKC, and the runs of word characters in what comes out. */
#ifndef COMMON_TOKENS_FOLD_H
#define COMMON_TOKENS_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* From 256 bytes: U+FDFA, 3 bytes, becomes 18 characters in 33 bytes and 4 words, the most. */
    FOLD_TEXT = 4096,
    FOLD_TOKENS = 400
};

struct folded {
    size_t n;
    struct {
        uint16_t at, len; /* in text */
        bool digit;
    } token[FOLD_TOKENS];
    size_t text_len;
    char text[FOLD_TEXT];
};

/* s is at most 256 bytes. out->text may hold what is no token; that is not listed. */
void fold_piece(const char *s, size_t n, struct folded *out);

/* The same without the short way for Latin-1 and Cyrillic: for tests. */
void fold_piece_general(const char *s, size_t n, struct folded *out);

#endif
