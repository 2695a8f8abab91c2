/* SPDX-License-Identifier: Apache-2.0 */
/* Bump allocation in chunks; what is large gets a chunk of its own. */
#include "core/arena.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 256 * 1024, ALIGN = 16 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t size, used; /* of data */
    _Alignas(ALIGN) char data[];
};

static size_t round_up(size_t n)
{
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static struct arena_chunk *add_chunk(struct arena *a, size_t need)
{
    size_t size = need > CHUNK_SIZE ? need : CHUNK_SIZE;
    struct arena_chunk *c;

    if (need > SIZE_MAX / 2)
        return NULL;
    if (size == CHUNK_SIZE && a->spare) {
        c = a->spare;
        a->spare = c->next;
    } else {
        c = malloc(sizeof(*c) + size);
        if (!c)
            return NULL;
        c->size = size;
    }
    c->used = 0;
    c->next = a->chunks;
    a->chunks = c;
    return c;
}

void *arena_get(struct arena *a, size_t size)
{
    size_t need = round_up(size ? size : 1);
    struct arena_chunk *c = a->chunks;
    void *at;

    if (need < size)
        return NULL;
    if (!c || c->size - c->used < need) {
        c = add_chunk(a, need);
        if (!c)
            return NULL;
    }
    at = c->data + c->used;
    c->used += need;
    a->used += need;
    return at;
}

void *arena_copy(struct arena *a, const void *data, size_t size)
{
    void *to = arena_get(a, size);

    if (to && size)
        memcpy(to, data, size);
    return to;
}

char *arena_string(struct arena *a, const char *text, size_t len)
{
    char *to = arena_get(a, len + 1);

    if (to) {
        if (len)
            memcpy(to, text, len);
        to[len] = '\0';
    }
    return to;
}

char *arena_begin(struct arena *a, size_t max)
{
    struct arena_chunk *c = a->chunks;
    char *old = a->open, *at;
    size_t old_max = a->open_max;

    if (old && max <= old_max)
        return old;
    if (old && old + round_up(old_max ? old_max : 1) == c->data + c->used) {
        c->used = (size_t)(old - c->data);
        a->used -= round_up(old_max ? old_max : 1);
    }
    at = arena_get(a, max);
    if (!at)
        return NULL;
    if (old && old != at)
        memmove(at, old, old_max);
    a->open = at;
    a->open_max = max;
    return at;
}

char *arena_end(struct arena *a, size_t used)
{
    struct arena_chunk *c = a->chunks;
    char *at = a->open;
    size_t had = round_up(a->open_max ? a->open_max : 1), has = round_up(used ? used : 1);

    /* What was asked for and not used goes back, if nothing was put behind it meanwhile. */
    if (at && at + had == c->data + c->used) {
        c->used -= had - has;
        a->used -= had - has;
    }
    a->open = NULL;
    a->open_max = 0;
    return at;
}

void arena_reset(struct arena *a, size_t keep)
{
    struct arena_chunk *c, *next;
    size_t kept = 0;

    for (c = a->spare; c; c = c->next)
        kept += c->size;
    for (c = a->chunks; c; c = next) {
        next = c->next;
        if (c->size == CHUNK_SIZE && kept + c->size <= keep) {
            kept += c->size;
            c->next = a->spare;
            a->spare = c;
        } else {
            free(c);
        }
    }
    a->chunks = NULL;
    a->open = NULL;
    a->open_max = 0;
    a->used = 0;
}

void arena_free(struct arena *a)
{
    struct arena_chunk *c, *next;

    arena_reset(a, 0);
    for (c = a->spare; c; c = next) {
        next = c->next;
        free(c);
    }
    a->spare = NULL;
}
