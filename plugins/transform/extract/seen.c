/* SPDX-License-Identifier: Apache-2.0 */
/* Short lines of pages - menus, labels, share buttons - are the same from page to page: what they
 * look like by themselves is kept, a table of fixed size for each thread. Nothing depends on what
 * is in it but the time taken. */
#include "extract.h"

#include <stdlib.h>

enum { SEEN_LEN = 56, SEEN_SLOTS = 1 << 11 };

struct seen {
    const struct pack *pack; /* NULL: an empty slot */
    const char *why;
    uint32_t flags, rest;
    uint16_t words, capital;
    uint8_t rule, may, len;
    char text[SEEN_LEN];
};

/* Of a line's length and its first and last sixteen bytes, without a branch on how long it is:
 * lines that are one but for their middle share a slot. What is behind a line can be read
 * (SCAN_SLACK). A multiply-mix (G. Steele, S. Vigna, "Computationally easy, spectrally good
 * multipliers", 2021). */
static size_t slot_of(const char *text, size_t n)
{
    static const unsigned char keep[32] = { 255, 255, 255, 255, 255, 255, 255, 255,
                                            255, 255, 255, 255, 255, 255, 255, 255 };
    size_t is_short = -(size_t)(n < 16); /* all bits or none: else compilers do branch */
    const char *mask = (const char *)keep + ((16 - n) & is_short);
    const char *last = text + ((n - 16) & ~is_short);
    uint64_t hash = (eight_at(text) & eight_at(mask)) * UINT64_C(0xd1342543de82ef95);

    hash = (hash ^ hash >> 32 ^ (eight_at(text + 8) & eight_at(mask + 8))) *
           UINT64_C(0xd1342543de82ef95);
    hash = (hash ^ hash >> 32 ^ (eight_at(last) & eight_at(mask))) * UINT64_C(0xd1342543de82ef95);
    hash = (hash ^ hash >> 32 ^ (eight_at(last + 8) & eight_at(mask + 8))) *
           UINT64_C(0xd1342543de82ef95);
    return (size_t)((hash ^ n * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & (SEEN_SLOTS - 1);
}

void find_slot(const struct work *w, struct line *line)
{
    if (line->len > SEEN_LEN)
        return;
    line->slot = (uint16_t)slot_of(line->at, line->len);
    if (w->scratch->seen) {
        const char *slot = (const char *)&w->scratch->seen[line->slot];

        __builtin_prefetch(slot);
        __builtin_prefetch(slot + 64);
    }
}

bool seen_before(const struct work *w, struct line *line)
{
    const struct seen *seen;

    if (line->len > SEEN_LEN || !w->scratch->seen)
        return false;
    seen = &w->scratch->seen[line->slot];
    if (seen->len != line->len || seen->pack != w->pack ||
        memcmp(seen->text, line->at, line->len) != 0)
        return false;
    line->flags = seen->flags;
    line->rest = seen->rest;
    line->words = seen->words;
    line->capital = seen->capital;
    line->rule = seen->rule;
    line->may = seen->may;
    line->why = seen->why;
    return true;
}

void remember(const struct work *w, const struct line *line)
{
    struct seen *seen;

    if (line->len > SEEN_LEN)
        return;
    if (!w->scratch->seen)
        w->scratch->seen = calloc(SEEN_SLOTS, sizeof(*w->scratch->seen));
    if (!w->scratch->seen)
        return; /* it works without */
    seen = &w->scratch->seen[line->slot];
    seen->pack = w->pack;
    seen->why = line->why;
    seen->flags = line->flags;
    seen->rest = line->rest;
    seen->words = line->words;
    seen->capital = line->capital;
    seen->rule = line->rule;
    seen->may = line->may;
    seen->len = (uint8_t)line->len;
    memcpy(seen->text, line->at, line->len);
}
