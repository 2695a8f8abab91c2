/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of dedupe: texts of invented words, and such that were edited. */
#ifndef TESTS_UNIT_WORDS_H
#define TESTS_UNIT_WORDS_H

#include "plugins/transform/dedupe/index.h"
#include "unit.h"

#include <string.h>

enum { MOST = 700 };

struct words {
    unsigned word[MOST];
    size_t n;
};

static inline size_t spell(const struct words *w, char *to)
{
    size_t len = 0;

    for (size_t i = 0; i < w->n; i++)
        len += (size_t)sprintf(to + len, "w%ux ", w->word[i]);
    return len;
}

static inline bool sketch_words(const struct words *w, struct sketch *out)
{
    static struct tokens t;
    static struct shingles s;
    static char text[MOST * 16];

    return sketch_make(text, spell(w, text), false, &t, &s, out);
}

static inline struct words some_words(uint64_t *r, size_t n)
{
    struct words w = { .n = n };

    for (size_t i = 0; i < n; i++)
        w.word[i] = (unsigned)(next_random(r) % 100000);
    return w;
}

/* Words swapped for others, left out, or a run of them moved to the end. */
static inline struct words edited(const struct words *w, uint64_t *r, size_t edits)
{
    struct words to = *w;

    for (size_t i = 0; i < edits && to.n > 40; i++) {
        size_t at = next_random(r) % (to.n - 12);

        switch (next_random(r) % 3) {
        case 0:
            to.word[at] = (unsigned)(next_random(r) % 100000);
            break;
        case 1:
            memmove(to.word + at, to.word + at + 1, (to.n - at - 1) * sizeof(*to.word));
            to.n--;
            break;
        default: {
            unsigned run[12];

            memcpy(run, to.word + at, sizeof(run));
            memmove(to.word + at, to.word + at + 12, (to.n - at - 12) * sizeof(*to.word));
            memcpy(to.word + to.n - 12, run, sizeof(run));
        }
        }
    }
    return to;
}

static inline bool is_near(const struct sketch *a, const struct sketch *b)
{
    if (signature_agree(&a->page.signature, &b->page.signature) < 180)
        return false;
    for (unsigned i = 0; i < BANDS; i++)
        if (a->key[i] >> 26 == b->key[i] >> 26)
            return true;
    return false;
}

#endif
