/* SPDX-License-Identifier: Apache-2.0 */
/* What dedupe does in `map`: tokens, shingles, signature and band keys; beside it the permutations
 * of MinHash as other pipelines compute them. */
#include "bench/micro.h"

#include "plugins/transform/dedupe/signature.h"

#include <stdlib.h>

enum { PERMUTATIONS = 128 };

struct scratch {
    struct tokens tokens;
    struct shingles shingles;
    struct signature signature;
    uint64_t key[BANDS];
    uint64_t a[PERMUTATIONS], b[PERMUTATIONS], least[PERMUTATIONS];
};

static uint64_t exact(const struct texts *t, void *state)
{
    uint64_t sum = 0;

    (void)state;
    for (size_t i = 0; i < t->n; i++)
        sum += hash128(t->at[i], t->size[i]).low;
    return sum;
}

static uint64_t tokens(const struct texts *t, void *state)
{
    struct scratch *c = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        tokens_begin(&c->tokens, t->at[i], t->size[i]);
        while (tokens_next_wanted(&c->tokens, TOKENS_WITH_TEXT))
            sum += c->tokens.n;
    }
    return sum;
}

static uint64_t shingled(const struct texts *t, void *state)
{
    struct scratch *c = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        shingle_text(t->at[i], t->size[i], &c->tokens, &c->shingles);
        sum += c->shingles.n_tokens;
    }
    return sum;
}

static uint64_t sketched(const struct texts *t, void *state)
{
    struct scratch *c = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        shingle_text(t->at[i], t->size[i], &c->tokens, &c->shingles);
        if (c->shingles.n_tokens < SHINGLE)
            continue;
        signature_make(c->shingles.bin, &c->signature);
        signature_keys(&c->signature, NULL, c->key);
        sum += c->key[0];
    }
    return sum;
}

/* (a h + b) mod 2^61 - 1, Carter and Wegman (1979): the least of each, over all shingles. */
static void permute(struct scratch *c, uint64_t h)
{
    const uint64_t prime = (UINT64_C(1) << 61) - 1;

    for (size_t p = 0; p < PERMUTATIONS; p++) {
        unsigned __int128 product = (unsigned __int128)c->a[p] * (h & prime) + c->b[p];
        uint64_t value = (uint64_t)(product & prime) + (uint64_t)(product >> 61);

        value = value >= prime ? value - prime : value;
        c->least[p] = value < c->least[p] ? value : c->least[p];
    }
}

static uint64_t permuted(const struct texts *t, void *state)
{
    struct scratch *c = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        for (size_t p = 0; p < PERMUTATIONS; p++)
            c->least[p] = UINT64_MAX;
        tokens_begin(&c->tokens, t->at[i], t->size[i]);
        while (tokens_next(&c->tokens))
            for (size_t k = 0; k + SHINGLE <= c->tokens.n; k++) {
                const struct token *first = &c->tokens.list[k], *last = first + SHINGLE - 1;

                permute(c, hash64(c->tokens.text + first->text_at,
                                  last->text_at + last->text_len - first->text_at));
            }
        sum += c->least[0] ^ c->least[PERMUTATIONS - 1];
    }
    return sum;
}

void micro_dedupe(const struct texts *t)
{
    struct scratch *c = room(sizeof(*c));

    for (size_t p = 0; p < PERMUTATIONS; p++) {
        c->a[p] = (hash64(&p, sizeof(p)) >> 3) | 1;
        c->b[p] = hash64(&c->a[p], sizeof(c->a[p])) >> 3;
    }
    row(t, OURS, "XXH3-128 of the bytes", exact, c, t->len, NULL);
    row(t, OURS, "tokens, folded and hashed", tokens, c, t->len, NULL);
    row(t, OURS, "tokens, shingles, exact hash", shingled, c, t->len, NULL);
    row(t, OURS, "all of it: signature and band keys", sketched, c, t->len, NULL);
    row(t, SIMILAR, "128 permutations mod 2^61 - 1 (MinHash)", permuted, c, t->len,
        "on the same tokens; no band keys");
    free(c);
}
