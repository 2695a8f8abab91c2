/* SPDX-License-Identifier: Apache-2.0 */
/* Text as bit masks, 64 bytes a mask, so that what is common costs next to nothing and only what
 * is rare is looked at byte by byte. */
#ifndef CLEANUP_LOOK_H
#define CLEANUP_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOOK_BYTES = 64, /* of one look */
    LOOKS = 64       /* that are taken at once: most pages are one call, and their sites one word */
};

/* Bit i is about byte i. */
struct look {
    uint64_t doubled; /* spaces and LFs behind another one or at the start of the text */
    uint64_t rare;    /* '&', control characters but LF, first bytes of what is not ASCII */
};

/* Fills as many of LOOKS as the text has from s on; gives how many. `blank` says whether a space or
 * LF, or the start, is before s, and then before the next call. What is behind the end counts as a
 * letter. look_at takes the fastest of the others that the processor has; they agree. */
size_t look_at(const char *s, size_t n, bool *blank, struct look *to);
size_t look_plain(const char *s, size_t n, bool *blank, struct look *to);
#if defined(__x86_64__) && defined(__GNUC__)
size_t look_sse2(const char *s, size_t n, bool *blank, struct look *to);
size_t look_avx2(const char *s, size_t n, bool *blank, struct look *to); /* if there is AVX2 */
#endif

/* Which of the looks show anything. To go from bit to bit of that guesses wrong far less often than
 * to ask each look. */
static inline uint64_t look_sites(const struct look *looks, size_t count)
{
    uint64_t sites = 0;

    for (size_t i = 0; i < count && i < LOOKS; i++)
        sites |= (uint64_t)((looks[i].doubled | looks[i].rare) != 0) << i;
    return sites;
}

/* Must a blank that is `doubled` be mended? Not the LF of one empty line; a text starts as a line
 * does. */
static inline bool look_is_bad(const char *start, const char *at)
{
    if (*at != '\n')
        return true;
    if (at - start < 2)
        return at != start;
    return at[-1] != '\n' || at[-2] == '\n';
}

#endif
