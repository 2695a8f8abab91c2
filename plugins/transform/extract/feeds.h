/* SPDX-License-Identifier: Apache-2.0 */
/* Where the line feeds of a text are, found many at once: how long a line is no branch foresees. */
#ifndef EXTRACT_FEEDS_H
#define EXTRACT_FEEDS_H

#include <stddef.h>
#include <stdint.h>

enum { FEEDS = 256 };

/* Line feeds of a text of less than 4 GiB that were found and not taken yet. */
struct feeds {
    const char *text;
    size_t n, from; /* bytes; those before `from` were looked at */
    size_t found, taken;
    uint32_t at[FEEDS + 64];
};

static inline void feeds_begin(struct feeds *f, const char *text, size_t n)
{
    f->text = text;
    f->n = n;
    f->from = f->found = f->taken = 0;
}

/* Finds the next, FEEDS of them or some more, or those that are left; none of those found before
 * are kept. */
void feeds_find(struct feeds *f);

/* The next, or n. */
static inline size_t feeds_next(struct feeds *f)
{
    if (f->taken == f->found)
        feeds_find(f);
    return f->found > 0 ? f->at[f->taken++] : f->n;
}

/* ---- The two ways to find them, the second in scan-avx512.c ---- */

void feeds_find_plain(struct feeds *f);
void feeds_find_avx512(struct feeds *f); /* only where common/cpu.h says so */

#endif
