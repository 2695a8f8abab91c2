/* SPDX-License-Identifier: Apache-2.0 */
/* Repeats of n-grams, by Rae et al. 2021 (Gopher), table A1, counted as datatrove does: the most
 * frequent n-gram's share of the characters for n = 2 to 4, and for n = 5 to 10 the characters of
 * n-grams that were there before, none counted twice.
 *
 * An n-gram's hash is the difference of two prefix hashes of the token row (Karp and Rabin), so
 * each costs the same whatever n is. */
#include "measure.h"

#include <stdlib.h>
#include <string.h>

#define GRAM_BASE UINT64_C(0x9e3779b97f4a7c15)

bool gram_table_begin(struct gram_table *t, size_t entries)
{
    size_t slots = t->slots ? t->slots : 1024;

    while (slots < 2 * entries)
        slots *= 2;
    if (slots != t->slots || t->stamp == UINT32_MAX) {
        free(t->slot);
        t->slot = calloc(slots, sizeof(*t->slot));
        t->slots = t->slot ? slots : 0;
        t->stamp = 0;
    }
    t->stamp++;
    return t->slot != NULL;
}

uint32_t gram_table_add(struct gram_table *t, uint64_t hash, bool room)
{
    size_t mask = t->slots - 1;
    size_t at = (size_t)(hash_mix(hash ^ TOKEN_K0, TOKEN_K1)) & mask;

    while (t->slot[at].stamp == t->stamp && t->slot[at].hash != hash)
        at = (at + 1) & mask;
    if (t->slot[at].stamp != t->stamp && !room)
        return 1;
    if (t->slot[at].stamp != t->stamp)
        t->slot[at] = (struct gram_slot){ hash, t->stamp, 0 };
    return ++t->slot[at].count;
}

static uint64_t base_power(size_t n)
{
    uint64_t power = 1;

    while (n-- > 0)
        power *= GRAM_BASE;
    return power;
}

static uint64_t gram_hash(const struct measure_scratch *s, size_t at, size_t n, uint64_t power)
{
    return s->prefix[at + n].hash - s->prefix[at].hash * power;
}

static uint64_t gram_chars(const struct measure_scratch *s, size_t at, size_t n)
{
    return s->prefix[at + n].chars - s->prefix[at].chars;
}

/* Of several that come equally often, the one that is first to have come so often. One that comes
 * once repeats nothing and counts for nothing. */
static bool top_gram(struct measure *m, struct measure_scratch *s, size_t n)
{
    uint64_t power = base_power(n);
    uint32_t most = 1;

    m->top[n] = 0;
    if (!gram_table_begin(&s->table, s->n))
        return false;
    for (size_t i = 0; i + n <= s->n; i++) {
        uint32_t count = gram_table_add(&s->table, gram_hash(s, i, n, power), true);

        if (count > most) {
            most = count;
            m->top[n] = count * (gram_chars(s, i, n) + n - 1); /* with a space between words */
        }
    }
    return true;
}

static bool duplicate_grams(struct measure *m, struct measure_scratch *s, size_t n)
{
    uint64_t power = base_power(n);

    m->duplicate[n] = 0;
    if (!gram_table_begin(&s->table, s->n))
        return false;
    for (size_t i = 0; i + n <= s->n;) {
        if (gram_table_add(&s->table, gram_hash(s, i, n, power), true) > 1) {
            m->duplicate[n] += gram_chars(s, i, n);
            i += n;
        } else {
            i++;
        }
    }
    return true;
}

bool measure_grams(struct measure *m, struct measure_scratch *s)
{
    for (size_t n = TOP_FIRST; n <= TOP_LAST; n++)
        if (!top_gram(m, s, n))
            return false;
    for (size_t n = DUPLICATE_FIRST; n <= DUPLICATE_LAST; n++)
        if (!duplicate_grams(m, s, n))
            return false;
    return true;
}

bool gram_push(struct measure_scratch *s, uint64_t hash, uint64_t chars)
{
    if (s->n + 1 >= s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 4096;
        struct gram_prefix *more = realloc(s->prefix, cap * sizeof(*more));

        if (!more)
            return false;
        s->prefix = more;
        s->cap = cap;
    }
    if (s->n == 0)
        s->prefix[0] = (struct gram_prefix){ 0, 0 };
    s->prefix[s->n + 1].hash = s->prefix[s->n].hash * GRAM_BASE + hash;
    s->prefix[s->n + 1].chars = s->prefix[s->n].chars + chars;
    s->n++;
    return true;
}

void measure_free(struct measure_scratch *s)
{
    free(s->table.slot);
    free(s->prefix);
    memset(&s->table, 0, sizeof(s->table));
    s->prefix = NULL;
    s->n = s->cap = 0;
}
