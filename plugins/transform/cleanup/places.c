/* SPDX-License-Identifier: Apache-2.0 */
/* From masks to a list of places. To note four places of a mask whether it has them or not guesses
 * wrong far less often than to go from bit to bit. */
#include "places.h"

/* Which of the masks have any bit. */
static uint64_t sites_of(const uint64_t *looks, size_t count)
{
    uint64_t sites = 0;

    for (size_t i = 0; i < count && i < LOOKS; i++)
        sites |= (uint64_t)(looks[i] != 0) << i;
    return sites;
}

/* The lowest bit of a mask, as a place behind `from`, if there is one; without it a place that the
 * next one overwrites. */
static inline uint32_t *take_place(uint32_t *to, uint64_t *bits, uint32_t from)
{
    *to = from + (uint32_t)__builtin_ctzll(*bits | UINT64_C(1) << 63);
    to += *bits != 0;
    *bits &= *bits - 1;
    return to;
}

static void note(struct places *p, uint64_t bits, uint32_t from)
{
    uint32_t *to = p->at + p->n;

    do {
        to = take_place(to, &bits, from);
        to = take_place(to, &bits, from);
        to = take_place(to, &bits, from);
        to = take_place(to, &bits, from);
    } while (bits);
    p->n = (size_t)(to - p->at);
}

static void look_on(struct survey *v)
{
    uint64_t looks[LOOKS];
    size_t count = look_at(v->s + v->done, v->n - v->done, &v->before, looks);

    for (uint64_t sites = sites_of(looks, count); sites; sites &= sites - 1) {
        size_t i = (size_t)__builtin_ctzll(sites);

        note(v->places, looks[i], (uint32_t)(v->done + i * LOOK_BYTES));
    }
    v->done += count * LOOK_BYTES;
}

bool survey_next(struct survey *v)
{
    struct places *p = v->places;

    if (v->done >= v->n) {
        p->all = !v->dropped;
        return false;
    }
    if (p->all) {
        v->done = v->n;
        return true;
    }
    if (v->done == 0 || p->n > PLACES_KEPT) {
        v->dropped = v->done > 0;
        p->n = 0;
    }
    v->from = p->n;
    look_on(v);
    return true;
}
