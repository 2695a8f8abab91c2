/* SPDX-License-Identifier: Apache-2.0 */
/* The word lists of languages/words.conf as one frozen hash table: which languages has this word?
 */
#ifndef LANGUAGE_WORDS_H
#define LANGUAGE_WORDS_H

#include "common/fault.h"
#include "common/tokens.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WORDS_LANGUAGES = 128, /* at most */
    WORDS_WEIGHT = 12,     /* votes of a word that one language, or one family, has */
    WORDS_MARK = 3         /* a mark counts so many times */
};

struct words_language {
    char code[4]; /* ISO 639-1, or 639-3 where there is none */
    char name[40];
    uint64_t near[WORDS_LANGUAGES / 64]; /* bit per language that is easily taken for it */
    bool alone;                          /* CLD2 does not know it, or not well */
    uint32_t family;                     /* the same number for all that `near` joins */
};

struct words_entry {
    uint64_t hash;   /* token_hash; 0: free */
    uint32_t row;    /* where its votes begin in `rows` */
    uint32_t weight; /* its votes without the extra ones of a mark; 16 bits up, with them */
};

/* Frozen once loaded: any thread may read it. */
struct words {
    size_t n; /* languages, in the order of the file */
    struct words_language language[WORDS_LANGUAGES];
    struct words_entry *table; /* open addressing */
    uint64_t mask;             /* (slots - 1) * sizeof(*table): what of a hash is its place */
    /* Votes, a byte for each language: WORDS_LANGUAGES make a row, which words have in common. To
     * add all is faster than to add some: how many they are no branch foresees. The first is
     * empty. */
    uint8_t *rows;
    uint64_t *filter; /* of tokens_next_listed */
};

/* Reads n bytes of such a file. The words of an earlier call must have been freed. 0, or -1 with a
 * fault whose line is set; words_free is safe either way. */
int words_parse(struct words *w, const char *text, size_t n, struct fault *f);
/* The same from a file. */
int words_load(struct words *w, const char *path, struct fault *f);
void words_free(struct words *w);

/* The number of a language, or -1. */
int words_find(const struct words *w, const char *code, size_t n);

static inline bool words_near(const struct words *w, size_t a, size_t b)
{
    return (w->language[a].near[b / 64] >> (b % 64) & 1) != 0;
}

/* The entry of a token, or a free one, whose row is empty and which has no weight: in no list. */
static inline const struct words_entry *words_slot(const struct words *w, uint64_t hash)
{
    uint64_t at = hash & w->mask;

    for (;; at = (at + sizeof(*w->table)) & w->mask) {
        const struct words_entry *e = (const struct words_entry *)((const char *)w->table + at);

        if (__builtin_expect(e->hash == hash, 1) || e->hash == 0)
            return e;
    }
}

#endif
