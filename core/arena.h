/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is given out piece by piece and taken back whole: a batch's texts and records. One
 * thread at a time. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena_chunk;
struct memory;

struct arena {
    struct arena_chunk *chunks; /* the newest first; only it is filled further */
    struct arena_chunk *spare;  /* empty ones, not large, kept by arena_reset */
    struct arena_chunk *large;  /* an empty larger one, or NULL: for the next arena_begin */
    size_t used;                /* bytes given out since the last reset */
    struct memory *memory;      /* asked before a large chunk is taken; NULL: nobody is */
    bool huge;                  /* it need not be frugal: behind each 1.5 MiB in small chunks comes a
                                 * huge page */
};

/* A region that is being written; zeroed: none. */
struct arena_open {
    char *at;
    size_t max;
};

/* 16-byte aligned; NULL when memory is out. */
void *arena_get(struct arena *a, size_t size);
void *arena_copy(struct arena *a, const void *data, size_t size);
/* The same with a NUL after it. */
char *arena_string(struct arena *a, const char *text, size_t len);

/* A region that is written in place: begin with the most it can need, begin again to grow it (it may
 * move, its bytes go along), end with what it took, which is its place from then on. Several may be
 * open at once. NULL when memory is out; from end also when nothing was begun. */
char *arena_begin(struct arena *a, struct arena_open *o, size_t max);
char *arena_end(struct arena *a, struct arena_open *o, size_t used);

/* Takes all back; keeps up to `keep` bytes of chunks for the next use. */
void arena_reset(struct arena *a, size_t keep);
void arena_free(struct arena *a);

#endif
