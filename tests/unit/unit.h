/* SPDX-License-Identifier: Apache-2.0 */
/* What the unit tests share: a cheap check for inner loops, numbers that repeat from run to run,
 * and the way to test data that lies beside the project. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* As ck_assert, which is too slow for millions of calls. */
#define must(what)                                                                                 \
    do {                                                                                           \
        if (!(what))                                                                               \
            ck_abort_msg("%s", #what);                                                             \
    } while (0)

/* xorshift64*: S. Vigna, "An experimental exploration of Marsaglia's xorshift generators" (2016).
 */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* A path below the folder of shared test data; whoever finds nothing there skips, with a word. */
static inline const char *shared_path(char *to, size_t size, const char *rest)
{
    const char *shared = getenv("ETL_SHARED"), *srcdir = getenv("srcdir");

    if (shared)
        snprintf(to, size, "%s/%s", shared, rest);
    else
        snprintf(to, size, "%s/../shared/%s", srcdir ? srcdir : ".", rest);
    return to;
}

#endif
