/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz harnesses share: the face that libFuzzer calls, a promise that is kept in every
 * build, numbers and pieces taken off the input, and a file to hand bytes over in. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer's, in each harness. 0, always; a broken promise aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define promise(what)                                                                              \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #what);                     \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* The input, as what is left of it. */
struct left {
    const uint8_t *at;
    size_t n;
};

static inline unsigned take_byte(struct left *l)
{
    if (l->n == 0)
        return 0;
    l->n--;
    return *l->at++;
}

static inline uint64_t take_u64(struct left *l)
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++)
        v = v << 8 | take_byte(l);
    return v;
}

/* Up to n bytes. */
static inline struct left take(struct left *l, size_t n)
{
    struct left piece = { l->at, n < l->n ? n : l->n };

    l->at += piece.n;
    l->n -= piece.n;
    return piece;
}

/* The same bytes where not one more may be read: an allocation of their own, NUL behind if asked.
 */
static inline char *copy_of(const void *data, size_t n, bool nul)
{
    char *copy = malloc(n + nul > 0 ? n + nul : 1);

    promise(copy);
    if (n > 0)
        memcpy(copy, data, n);
    if (nul)
        copy[n] = '\0';
    return copy;
}

/* A folder of this process for files, made at the first call and removed at the end, with them.
 * The same path each time. */
const char *fuzz_folder(void);
/* Puts a file into it, in the place of an older one. */
void fuzz_file(const char *name, const void *data, size_t n);
/* A file of the project, whole, with a NUL behind it; the caller frees it. */
char *fuzz_source(const char *name, size_t *n);

#endif
