/* SPDX-License-Identifier: Apache-2.0 */
/* Bump allocation in chunks; what is large gets a chunk of its own. */
#define _GNU_SOURCE
#include "core/arena.h"
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    CHUNK_SIZE = 256 * 1024,
    HUGE_PAGE = 2 << 20,
    BETWEEN_HUGE = 6, /* chunks: a batch that ends soon would leave a huge page half air */
    ASKED_SIZE = 1024 * 1024,
    ALIGN = 16,
};

struct arena_chunk {
    struct arena_chunk *next;
    size_t size, used; /* of data */
    bool alone;        /* for one region, larger than CHUNK_SIZE */
    _Alignas(ALIGN) char data[];
};

static size_t round_up(size_t n)
{
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static bool may_take(struct memory *m, size_t size)
{
    size_t others = m->limit > 0 && m->make_room ? m->make_room(m, size) : 0;

    return memory_allows(m, size + others);
}

/* A huge page, where the system has them: it is one fault in place of 512, and one entry for the
 * processor to remember. */
static struct arena_chunk *huge_chunk(void)
{
    struct arena_chunk *c = aligned_alloc(HUGE_PAGE, HUGE_PAGE);

    if (!c)
        return NULL;
    (void)madvise(c, HUGE_PAGE, MADV_HUGEPAGE);
    c->size = HUGE_PAGE - sizeof(*c);
    c->alone = false;
    return c;
}

static struct arena_chunk *plain_chunk(size_t size)
{
    struct arena_chunk *c = malloc(sizeof(*c) + size);

    if (!c)
        return NULL;
    c->size = size;
    c->alone = size > CHUNK_SIZE;
    return c;
}

/* A huge page is taken where as much was needed since the last one, or since the beginning. */
static bool wants_huge(const struct arena *a)
{
    const struct arena_chunk *c = a->chunks;
    size_t n = 0;

    for (; a->huge && c && n < BETWEEN_HUGE && (c->alone || c->size <= CHUNK_SIZE); c = c->next)
        n++;
    return n == BETWEEN_HUGE;
}

static struct arena_chunk *add_chunk(struct arena *a, size_t need)
{
    struct arena_chunk *c;

    if (need > SIZE_MAX / 2)
        return NULL;
    if (need <= CHUNK_SIZE && a->spare) {
        c = a->spare;
        a->spare = c->next;
    } else if (need > CHUNK_SIZE && a->large && a->large->size >= need) {
        c = a->large;
        a->large = NULL;
    } else {
        if (need >= ASKED_SIZE && a->memory && !may_take(a->memory, need))
            return NULL;
        if (need <= CHUNK_SIZE && wants_huge(a))
            c = huge_chunk();
        else
            c = plain_chunk(need > CHUNK_SIZE ? need : CHUNK_SIZE);
        if (!c)
            return NULL;
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

/* o's region is the last thing in the chunk that is filled: it can grow or shrink there. */
static bool is_last(const struct arena *a, const struct arena_open *o)
{
    const struct arena_chunk *c = a->chunks;

    return c && o->at && o->at + round_up(o->max ? o->max : 1) == c->data + c->used;
}

/* A region that has a large chunk to itself grows with it, so that the smaller ones that it was in
 * before do not stay. */
static char *grow_alone(struct arena *a, struct arena_open *o, size_t max)
{
    size_t need = round_up(max);
    struct arena_chunk *c;

    if (need < max || need > SIZE_MAX / 2)
        return NULL;
    c = realloc(a->chunks, sizeof(*c) + need);
    if (!c)
        return NULL;
    a->used += need - c->used;
    c->size = c->used = need;
    a->chunks = c;
    *o = (struct arena_open){ c->data, max };
    return o->at;
}

char *arena_begin(struct arena *a, struct arena_open *o, size_t max)
{
    struct arena_chunk *c = a->chunks;
    size_t had = round_up(o->max ? o->max : 1);
    bool last = is_last(a, o);
    char *at;

    if (o->at && max <= o->max)
        return o->at;
    if (last && o->at == c->data && c->alone && max > c->size)
        return grow_alone(a, o, max);
    if (last) {
        c->used -= had;
        a->used -= had;
    }
    at = arena_get(a, max);
    if (!at) {
        if (last) {
            c->used += had;
            a->used += had;
        }
        return NULL;
    }
    if (o->at && o->at != at)
        memmove(at, o->at, o->max);
    *o = (struct arena_open){ at, max };
    return at;
}

/* A large chunk that holds little but air: its bytes go to an ordinary one, and it is kept for the
 * next region, so that many small texts with a large "most" do not fill the address space. */
static char *move_out(struct arena *a, size_t used)
{
    struct arena_chunk *c = a->chunks;
    char *to;

    a->chunks = c->next;
    a->used -= c->used;
    to = arena_copy(a, c->data, used);
    if (!to) {
        c->next = a->chunks;
        a->chunks = c;
        a->used += c->used;
        return c->data;
    }
    if (a->large)
        free(a->large);
    c->used = 0;
    a->large = c;
    return to;
}

char *arena_end(struct arena *a, struct arena_open *o, size_t used)
{
    struct arena_chunk *c = a->chunks;
    size_t had = round_up(o->max ? o->max : 1), has = round_up(used ? used : 1);
    char *at = o->at;

    /* What was asked for and not used goes back, if nothing was put behind it meanwhile. */
    if (is_last(a, o)) {
        c->used -= had - has;
        a->used -= had - has;
        if (c->alone && at == c->data && has < c->size / 2)
            at = move_out(a, used);
    }
    *o = (struct arena_open){ NULL, 0 };
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
        if (!c->alone && kept + c->size <= keep) {
            kept += c->size;
            c->next = a->spare;
            a->spare = c;
        } else {
            free(c);
        }
    }
    if (a->large && a->large->size > keep) {
        free(a->large);
        a->large = NULL;
    }
    a->chunks = NULL;
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
