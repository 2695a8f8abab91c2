/* SPDX-License-Identifier: Apache-2.0 */
/* See feeds.h. */
#include "feeds.h"

#include "common/cpu.h"

#include <string.h>

void feeds_find(struct feeds *f)
{
    (cpu_has_avx512() ? feeds_find_avx512 : feeds_find_plain)(f);
}

void feeds_find_plain(struct feeds *f)
{
    const char *feed;

    f->found = f->taken = 0;
    while (f->found < FEEDS && (feed = memchr(f->text + f->from, '\n', f->n - f->from))) {
        f->at[f->found++] = (uint32_t)(feed - f->text);
        f->from = (size_t)(feed - f->text) + 1;
    }
    if (f->found < FEEDS)
        f->from = f->n;
}
