/* SPDX-License-Identifier: Apache-2.0 */
/* CPU a document of what dedupe does in `map`: tokens, shingles, signature and band keys.
 *     micro-dedupe FILE      texts, each ended by a NUL byte
 * Built by hand, in the source folder:
 *     cc -O2 -DHAVE_ICU -I. bench/micro-dedupe.c plugins/transform/dedupe/shingle.c \
 *         plugins/transform/dedupe/signature.c common/tokens.c common/tokens-fold.c -licuuc */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "plugins/transform/dedupe/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct texts {
    char *data;
    size_t len, n;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool read_texts(const char *path, struct texts *t)
{
    FILE *f = fopen(path, "rb");
    long size;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
        return false;
    t->len = (size_t)size;
    t->data = malloc(t->len + 1);
    if (!t->data || fread(t->data, 1, t->len, f) != t->len)
        return false;
    for (size_t i = 0; i < t->len; i++)
        t->n += t->data[i] == 0;
    return fclose(f) == 0;
}

typedef uint64_t kernel(const char *s, size_t n, void *scratch);

struct scratch {
    struct tokens tokens;
    struct shingles shingles;
    struct signature signature;
    uint64_t key[BANDS];
};

static uint64_t k_xxh3(const char *s, size_t n, void *scratch)
{
    (void)scratch;
    return hash128(s, n).low;
}

static uint64_t k_tokens(const char *s, size_t n, void *scratch)
{
    struct scratch *c = scratch;
    uint64_t sum = 0;

    tokens_begin(&c->tokens, s, n);
    while (tokens_next(&c->tokens))
        sum += c->tokens.n;
    return sum;
}

static uint64_t k_shingles(const char *s, size_t n, void *scratch)
{
    struct scratch *c = scratch;

    shingle_text(s, n, &c->tokens, &c->shingles);
    return c->shingles.n_tokens;
}

static uint64_t k_signature(const char *s, size_t n, void *scratch)
{
    struct scratch *c = scratch;

    shingle_text(s, n, &c->tokens, &c->shingles);
    if (c->shingles.n_tokens < SHINGLE)
        return 0;
    signature_make(c->shingles.bin, &c->signature);
    signature_keys(&c->signature, NULL, c->key);
    return c->key[0];
}

static void measure(const char *name, kernel *k, const struct texts *t, struct scratch *c)
{
    double best = 1e9;
    uint64_t sum = 0;

    for (int round = 0; round < 7; round++) {
        double start = now();

        for (size_t at = 0; at < t->len;) {
            size_t n = strlen(t->data + at);

            sum += k(t->data + at, n, c);
            at += n + 1;
        }
        double took = now() - start;
        best = took < best ? took : best;
    }
    printf("%-34s %8.3f us a text %8.0f MB/s   (%016llx)\n", name, 1e6 * best / (double)t->n,
           1e-6 * (double)t->len / best, (unsigned long long)sum);
}

int main(int argc, char **argv)
{
    struct texts t = { 0 };
    struct scratch *c = calloc(1, sizeof(*c));

    if (argc != 2 || !c || !read_texts(argv[1], &t) || t.n == 0) {
        fprintf(stderr, "usage: micro-dedupe FILE (texts, each ended by a NUL byte)\n");
        return 64;
    }
    printf("%zu texts, %.0f bytes each\n", t.n, (double)t.len / (double)t.n);
    measure("strlen + XXH3-128 of the bytes", k_xxh3, &t, c);
    measure("tokens", k_tokens, &t, c);
    measure("tokens, shingles, exact hash", k_shingles, &t, c);
    measure("all of map", k_signature, &t, c);
    free(t.data);
    free(c);
    return 0;
}
