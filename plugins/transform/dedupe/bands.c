/* SPDX-License-Identifier: Apache-2.0 */
/* Linear probing kept in order (Amble and Knuth, "Ordered hash tables", 1974): a key's home rises
 * with its value, so each part is one sorted run with gaps, a search for what is not there ends
 * early, and a part spreads over more slots by moving its entries to the end and back, without a
 * copy. */
#define _GNU_SOURCE
#include "bands.h"

#include <string.h>
#include <sys/mman.h>

enum {
    FIRST_HOMES = 256, /* of the first part; of the last nearly a third more, so that parts */
                       /* grow one after the other and not all at once */
    SPARE = 48         /* slots behind the homes; the last always stays empty */
};

static uint32_t check_of(uint64_t key)
{
    return (uint32_t)(key >> 26);
}

static uint32_t home_of(const struct bands_part *p, uint32_t check)
{
    return (uint32_t)((uint64_t)check * p->homes >> 32);
}

static struct bands_part *part_of(const struct bands *b, uint64_t key)
{
    return (struct bands_part *)&b->part[key >> 58];
}

void bands_free(struct bands *b)
{
    for (size_t i = 0; i < BANDS_PARTS; i++)
        if (b->part[i].slot)
            munmap(b->part[i].slot, b->part[i].mapped);
    memset(b, 0, sizeof(*b));
}

void bands_prefetch(const struct bands *b, uint64_t key)
{
    const struct bands_part *p = part_of(b, key);

    if (p->slot)
        __builtin_prefetch(p->slot + home_of(p, check_of(key)));
}

/* The slot of the check, or of what stands in its place. */
static uint64_t *seek(const struct bands_part *p, uint32_t check)
{
    uint64_t *s = p->slot + home_of(p, check);

    while (*s && *s >> 32 < check)
        s++;
    return s;
}

bool bands_find(const struct bands *b, uint64_t key, uint32_t *page)
{
    const struct bands_part *p = part_of(b, key);

    if (!p->slot)
        return false;
    uint64_t entry = *seek(p, check_of(key));
    *page = (uint32_t)entry - 1;
    return entry && entry >> 32 == check_of(key);
}

static size_t mapped_for(uint64_t homes)
{
    return (size_t)((homes + SPARE) * sizeof(uint64_t) + 4095) & ~(size_t)4095;
}

static uint64_t grown(const struct bands *b, const struct bands_part *p)
{
    uint64_t first = FIRST_HOMES + (uint64_t)(p - b->part) * FIRST_HOMES / (3 * BANDS_PARTS);

    return p->slot ? p->homes + p->homes / 3 : first;
}

/* At most seven eighths of the homes are taken. */
static bool is_full(const struct bands_part *p)
{
    return p->used >= p->homes - p->homes / 8;
}

/* Do the entries, from slot `at` on in their order, find places for `homes`, the last slot free? */
static bool fits(const struct bands_part *p, size_t at, uint64_t homes)
{
    struct bands_part to = { .homes = (uint32_t)homes };
    uint64_t next = 0;

    for (uint32_t i = 0; i < p->used; i++) {
        uint32_t home = home_of(&to, (uint32_t)(p->slot[at + i] >> 32));

        next = (home > next ? home : next) + 1;
    }
    return next < homes + SPARE;
}

/* Moves all entries to the end, in order; returns where they begin. An empty slot is copied too,
 * and then written over, which spares a branch; the slot written to has been read. */
static size_t gather(struct bands_part *p, size_t old_len, size_t len)
{
    size_t to = len;

    for (size_t from = old_len; from-- > 0;) {
        uint64_t entry = p->slot[from];

        p->slot[to - 1] = entry;
        to -= entry != 0;
    }
    memset(p->slot, 0, to * sizeof(*p->slot));
    return to;
}

/* Puts the entries, which stand at the end behind nothing but zeros, to their places. As they fit,
 * those behind an entry have room, and its place is at or before the slot that is read. */
static void spread(struct bands_part *p, size_t at)
{
    size_t next = 0;

    for (size_t end = at + p->used; at < end; at++) {
        uint64_t entry = p->slot[at];
        size_t home = home_of(p, (uint32_t)(entry >> 32));

        next = home > next ? home : next;
        p->slot[at] = 0;
        p->slot[next++] = entry;
    }
}

static enum bands_result remap(struct bands *b, struct bands_part *p, uint64_t homes)
{
    size_t mapped = mapped_for(homes);
    void *slot;

    if (homes > UINT32_MAX)
        return BANDS_NO_MEMORY;
    if (mapped == p->mapped)
        return BANDS_OK;
    if (b->bytes - p->mapped + mapped > b->limit)
        return BANDS_OVER_LIMIT;
    if (p->slot)
        slot = mremap(p->slot, p->mapped, mapped, MREMAP_MAYMOVE);
    else
        slot = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slot == MAP_FAILED)
        return BANDS_NO_MEMORY;
    p->slot = slot;
    b->bytes += mapped - p->mapped;
    p->mapped = mapped;
    return BANDS_OK;
}

/* Should the entries not fit, which takes a crowd of keys with the same upper bits, it grows on. */
static enum bands_result grow(struct bands *b, struct bands_part *p)
{
    size_t len = p->slot ? p->homes + SPARE : 0;

    for (uint64_t homes = grown(b, p);; homes += homes / 3) {
        enum bands_result result = remap(b, p, homes);

        if (result != BANDS_OK && len != (p->slot ? p->homes + SPARE : 0)) {
            memset(p->slot, 0, len * sizeof(*p->slot)); /* moved already: empty, but sound */
            p->used = 0;
        }
        if (result != BANDS_OK)
            return result;
        size_t at = gather(p, len, homes + SPARE);
        len = homes + SPARE;
        if (fits(p, at, homes)) {
            p->homes = (uint32_t)homes;
            spread(p, at);
            return BANDS_OK;
        }
    }
}

enum bands_result bands_add(struct bands *b, uint64_t key, uint32_t page)
{
    struct bands_part *p = part_of(b, key);
    uint32_t check = check_of(key);
    enum bands_result result = is_full(p) ? grow(b, p) : BANDS_OK;

    while (result == BANDS_OK) {
        uint64_t *s = seek(p, check), *gap = s;

        if (*s && *s >> 32 == check)
            break;
        while (*gap)
            gap++;
        if (gap < p->slot + p->homes + SPARE - 1) {
            memmove(s + 1, s, (size_t)(gap - s) * sizeof(*s));
            *s = (uint64_t)check << 32 | (page + 1);
            p->used++;
            break;
        }
        result = grow(b, p); /* the run has reached the end */
    }
    return result;
}
