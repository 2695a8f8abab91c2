/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets of one cache line, filled from the front; what finds its own full stands in the next that
 * has room. The 6 highest bits of a key choose one of 64 parts, which tells them apart without
 * their being stored, and within it a key's bucket rises with its value: so the table grows part by
 * part, from the last on, each moved behind all that is still to move. */
#define _GNU_SOURCE
#include "bands.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    PARTS = 64,
    SLOTS = 8, /* of a bucket */
    FIRST_HOMES = 8,
    FIRST_SPARE = 8,
    DOUBLES = 1024 /* fewer homes than these grow to the double, as many by a third */
};

#define HUGE_PAGE ((size_t)2 << 20)

static uint32_t check_of(uint64_t key)
{
    return (uint32_t)(key >> 26);
}

static uint64_t home_of(uint32_t check, uint64_t homes)
{
    return check * homes >> 32;
}

static uint64_t *part_of(const struct bands *b, uint64_t part)
{
    return b->slot + part * (b->homes + b->spare) * SLOTS;
}

static uint64_t *bucket_of(const struct bands *b, uint64_t key)
{
    return part_of(b, key >> 58) + home_of(check_of(key), b->homes) * SLOTS;
}

/* From the size of a huge page on, the memory is of whole ones. */
static size_t mapped_for(uint64_t bytes)
{
    size_t page = bytes < HUGE_PAGE ? 4096 : HUGE_PAGE;

    return ((size_t)bytes + page - 1) & ~(page - 1);
}

void bands_free(struct bands *b)
{
    if (b->slot)
        munmap(b->slot, mapped_for(b->bytes));
    memset(b, 0, sizeof(*b));
}

void bands_prefetch(const struct bands *b, uint64_t key)
{
    if (b->slot)
        __builtin_prefetch(bucket_of(b, key));
}

/* A bit for each slot of a bucket that holds the check, from 0 on, and one for each that is empty,
 * from SLOTS on. */
static inline unsigned look(const uint64_t *bucket, uint32_t check)
{
#ifdef __SSE2__
    const __m128i *at = (const __m128i *)(const void *)bucket, zero = _mm_setzero_si128();
    __m128 a = _mm_castsi128_ps(_mm_load_si128(at)), b = _mm_castsi128_ps(_mm_load_si128(at + 1));
    __m128 c = _mm_castsi128_ps(_mm_load_si128(at + 2)),
           d = _mm_castsi128_ps(_mm_load_si128(at + 3));
    __m128i wanted = _mm_set1_epi32((int)check);
    __m128i check_low = _mm_castps_si128(_mm_shuffle_ps(a, b, _MM_SHUFFLE(3, 1, 3, 1)));
    __m128i check_high = _mm_castps_si128(_mm_shuffle_ps(c, d, _MM_SHUFFLE(3, 1, 3, 1)));
    __m128i page_low = _mm_castps_si128(_mm_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0)));
    __m128i page_high = _mm_castps_si128(_mm_shuffle_ps(c, d, _MM_SHUFFLE(2, 0, 2, 0)));
    __m128i holds =
        _mm_packs_epi32(_mm_cmpeq_epi32(check_low, wanted), _mm_cmpeq_epi32(check_high, wanted));
    __m128i empty =
        _mm_packs_epi32(_mm_cmpeq_epi32(page_low, zero), _mm_cmpeq_epi32(page_high, zero));
    unsigned bits = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(holds, empty));

    return bits & ~(bits >> SLOTS);
#else
    unsigned bits = 0;

    for (unsigned i = 0; i < SLOTS; i++) {
        bits |= (unsigned)(bucket[i] != 0 && bucket[i] >> 32 == check) << i;
        bits |= (unsigned)(bucket[i] == 0) << (SLOTS + i);
    }
    return bits;
#endif
}

static inline uint64_t *slot_of(uint64_t *bucket, unsigned bits)
{
    return bucket + (unsigned)__builtin_ctz(bits) % SLOTS;
}

/* The slot from this bucket on that holds the check, or else the first that is empty. */
static inline uint64_t *seek(uint64_t *bucket, uint32_t check)
{
    unsigned bits;

    while (!(bits = look(bucket, check)))
        bucket += SLOTS;
    return slot_of(bucket, bits);
}

/* Whether a bucket is full no branch foresees, and one that waits for its bucket holds up all that
 * is behind it: so all are looked at first, and what goes on in the next bucket is loaded at once.
 */
void bands_find(const struct bands *b, const uint64_t *key, unsigned n, struct bands_places *out)
{
    static uint64_t none;
    uint64_t *bucket[BANDS_MOST];
    unsigned bits[BANDS_MOST];

    out->homes = b->homes;
    for (unsigned i = 0; i < n; i++)
        out->slot[i] = &none;
    if (!b->slot)
        return;
    for (unsigned i = 0; i < n; i++) {
        bucket[i] = bucket_of(b, key[i]);
        bits[i] = look(bucket[i], check_of(key[i]));
        bucket[i] += bits[i] ? 0 : SLOTS;
        __builtin_prefetch(bucket[i]);
    }
    for (unsigned i = 0; i < n; i++)
        out->slot[i] = bits[i] ? slot_of(bucket[i], bits[i]) : seek(bucket[i], check_of(key[i]));
}

/* Entries of one part, taken out of it; returns how many. An empty slot is copied too, and then
 * written over, which spares a branch. */
static size_t take(const uint64_t *part, size_t slots, uint64_t *to)
{
    size_t n = 0;

    for (size_t i = 0; i < slots; i++) {
        to[n] = part[i];
        n += part[i] != 0;
    }
    return n;
}

/* Puts them back. How many slots of a bucket are taken is counted aside, for to look for the first
 * that is empty would be a branch that no one foresees. */
static void spread(const uint64_t *entry, size_t n, uint64_t *part, uint64_t homes, uint8_t *taken)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bucket = home_of((uint32_t)(entry[i] >> 32), homes);

        while (taken[bucket] == SLOTS)
            bucket++;
        part[bucket * SLOTS + taken[bucket]++] = entry[i];
    }
}

static enum bands_result remap(struct bands *b, uint64_t bytes)
{
    size_t before = mapped_for(b->bytes), after = mapped_for(bytes);
    void *slot;

    if (after > b->limit)
        return BANDS_OVER_LIMIT;
    if (b->slot)
        slot = mremap(b->slot, before, after, MREMAP_MAYMOVE);
    else
        slot = mmap(NULL, after, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slot == MAP_FAILED)
        return BANDS_NO_MEMORY;
    if (after >= HUGE_PAGE)
        (void)madvise(slot, after, MADV_HUGEPAGE);
    b->slot = slot;
    b->bytes = bytes;
    return BANDS_OK;
}

/* Where the keys of a part have crowded into its spare buckets, more homes make the crowd no
 * larger, but for what the last home takes up less by rounding: one bucket more has room for that.
 * So the last bucket, to which nothing is added, is empty again. */
static enum bands_result grow(struct bands *b)
{
    struct bands old = *b;
    uint64_t homes =
        !old.slot ? FIRST_HOMES : old.homes + old.homes / (old.homes < DOUBLES ? 1 : 3);
    uint64_t spare = !old.slot ? FIRST_SPARE : old.spare + 1;
    size_t buckets = (size_t)(homes + spare), was = (size_t)(old.homes + old.spare);
    uint64_t *entry = malloc((was * SLOTS + 1) * sizeof(*entry));
    uint8_t *taken = malloc(buckets);
    enum bands_result result = BANDS_NO_MEMORY;

    if (entry && taken)
        result = remap(b, PARTS * buckets * SLOTS * sizeof(*entry));
    if (result == BANDS_OK) {
        old.slot = b->slot;
        b->homes = homes;
        b->spare = spare;
    }
    for (uint64_t part = PARTS; result == BANDS_OK && part-- > 0;) {
        size_t n = take(part_of(&old, part), was * SLOTS, entry);

        memset(part_of(b, part), 0, buckets * SLOTS * sizeof(*entry));
        memset(taken, 0, buckets);
        spread(entry, n, part_of(b, part), homes, taken);
    }
    free(entry);
    free(taken);
    return result;
}

/* At most seven eighths of the homes are taken. */
static bool is_full(const struct bands *b)
{
    return b->used >= b->homes * PARTS * (SLOTS - 1);
}

/* The last bucket of a part stays empty. */
static bool is_last(const struct bands *b, const uint64_t *slot, uint64_t key)
{
    return slot >= part_of(b, (key >> 58) + 1) - SLOTS;
}

static void put(struct bands *b, uint64_t *slot, uint64_t key, uint32_t page)
{
    *slot = (uint64_t)check_of(key) << 32 | (page + 1);
    b->used++;
}

static enum bands_result add(struct bands *b, uint64_t key, uint32_t page)
{
    enum bands_result result = is_full(b) ? grow(b) : BANDS_OK;

    while (result == BANDS_OK) {
        uint64_t *slot = seek(bucket_of(b, key), check_of(key));

        if (*slot)
            break;
        if (!is_last(b, slot, key)) {
            put(b, slot, key, page);
            break;
        }
        result = grow(b);
    }
    return result;
}

/* A place that is still empty is where its key belongs, whatever came since. */
enum bands_result bands_add(struct bands *b, const uint64_t *key, unsigned n,
                            const struct bands_places *places, uint32_t page)
{
    enum bands_result result = BANDS_OK;

    for (unsigned i = 0; i < n && result == BANDS_OK; i++) {
        uint64_t *slot = places && places->homes == b->homes ? places->slot[i] : NULL;

        if (slot && !*slot && !is_full(b) && !is_last(b, slot, key[i]))
            put(b, slot, key[i], page);
        else
            result = add(b, key[i], page);
    }
    return result;
}
