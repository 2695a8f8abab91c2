/* SPDX-License-Identifier: Apache-2.0 */
/* The places of a text where a repair may have something to do. They are found by one look, and
 * what goes over the text after that goes over them alone. */
#ifndef CLEANUP_PLACES_H
#define CLEANUP_PLACES_H

#include "look.h"

#include <stdbool.h>

enum {
    PLACES_KEPT = 1024, /* a text that has many more is looked at again each time */
    PLACES = PLACES_KEPT + LOOKS * LOOK_BYTES + 3
};

/* Zeroed: nothing is known. */
struct places {
    bool all;            /* of the whole text; else `at` is scratch memory */
    size_t n;            /* how many */
    uint32_t at[PLACES]; /* in their order: the bits that look_at sets; no text is 4 GiB long */
};

/* A walk over the places, in stretches: the whole text where they are known, else as much as is
 * looked at at once. At its end they are known, unless they are too many. */
struct survey {
    const char *s;
    size_t n, done;
    struct look_before before;
    struct places *places;
    size_t from; /* the first one of this stretch in places->at; the last one is before places->n */
    bool dropped;
};

static inline struct survey survey_of(const char *s, size_t n, struct places *places)
{
    return (struct survey){ .s = s, .n = n, .before = LOOK_START, .places = places };
}

/* Goes on to the next stretch; false: there is none. */
bool survey_next(struct survey *v);

#endif
