/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of what phrases begin with: eight, of neighbours in the order of the alphabet, made so
 * that few other texts have for each byte one that some phrase of a group has there. */
#include "pack.h"

#include <stdlib.h>

enum { BUCKETS = 8, UNITS_MAX = 256 };

/* The first bytes of some phrases that stand together. Zero: any byte. */
struct beginning {
    unsigned char byte[BUCKET_BYTES];
};

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, BUCKET_BYTES);
}

/* Those of all phrases, in order; returns how many. */
static size_t take_beginnings(const struct pack *pack, struct beginning *to)
{
    size_t n = 0;

    for (uint32_t i = 0; i < pack->start_from[128]; i++)
        memcpy(to[n++].byte, &pack->starts[i].prefix, BUCKET_BYTES);
    qsort(to, n, sizeof(*to), by_bytes);
    return n;
}

/* Bytes that a group has at each place. */
struct sets {
    uint64_t has[BUCKET_BYTES][4];
    unsigned n[BUCKET_BYTES];
    bool any[BUCKET_BYTES];
};

static void add_beginning(struct sets *s, const struct beginning *b)
{
    for (unsigned k = 0; k < BUCKET_BYTES; k++) {
        uint64_t bit = UINT64_C(1) << (b->byte[k] & 63), *word = &s->has[k][b->byte[k] >> 6];

        s->any[k] |= b->byte[k] == 0;
        s->n[k] += !(*word & bit);
        *word |= bit;
    }
}

/* As many of all texts have one of the group's bytes at each place, where all letters are alike. */
static double share_of(const struct sets *s)
{
    enum { LETTERS = 26 };
    double share = 1;

    for (unsigned k = 0; k < BUCKET_BYTES; k++)
        share *= s->any[k] || s->n[k] > LETTERS ? LETTERS : s->n[k];
    return share;
}

/* Parts n units - of so many beginnings each, the last perhaps of less - into groups of the least
 * sum of shares: to[b] is where group b ends. By the best parting of the first units into one group
 * less. */
static void part(const struct beginning *at, size_t n_at, size_t each, size_t to[BUCKETS])
{
    static const double none = 1e300;
    size_t n = (n_at + each - 1) / each, from[BUCKETS + 1][UNITS_MAX + 1] = { { 0 } };
    double best[BUCKETS + 1][UNITS_MAX + 1];

    for (size_t b = 0; b <= BUCKETS; b++)
        for (size_t i = 0; i <= n; i++)
            best[b][i] = i == 0 ? 0 : none;
    for (size_t first = 0; first < n; first++) {
        struct sets sets = { .n = { 0 } };

        for (size_t end = first + 1; end <= n; end++) {
            double share;

            for (size_t i = (end - 1) * each; i < end * each && i < n_at; i++)
                add_beginning(&sets, &at[i]);
            share = share_of(&sets);
            for (size_t b = 0; b < BUCKETS; b++)
                if (best[b][first] + share < best[b + 1][end]) {
                    best[b + 1][end] = best[b][first] + share;
                    from[b + 1][end] = first;
                }
        }
    }
    for (size_t b = BUCKETS, end = n; b-- > 0; end = from[b + 1][end])
        to[b] = end * each < n_at ? end * each : n_at;
}

static void set_bucket(struct pack *pack, const struct beginning *b, unsigned bucket)
{
    for (unsigned k = 0; k < BUCKET_BYTES; k++) {
        unsigned char c = b->byte[k] & 127;
        uint8_t bit = (uint8_t)(1u << bucket);

        for (unsigned any = 0; b->byte[k] == 0 && any < 128; any++)
            pack->bucket[k][any] |= bit;
        pack->bucket[k][c] |= bit;
        if (c >= 'a' && c <= 'z')
            pack->bucket[k][c - 'a' + 'A'] |= bit;
    }
}

int pack_make_buckets(struct pack *pack)
{
    struct beginning *at = malloc((pack->start_from[128] + 1) * sizeof(*at));
    size_t n, end[BUCKETS];

    if (!at)
        return -1;
    n = take_beginnings(pack, at);
    part(at, n, n / UNITS_MAX + 1, end);
    for (size_t i = 0, b = 0; i < n; i++) {
        while (i >= end[b])
            b++;
        set_bucket(pack, &at[i], (unsigned)b);
    }
    free(at);
    return 0;
}
