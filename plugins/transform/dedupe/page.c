/* SPDX-License-Identifier: Apache-2.0 */
/* A kept page to bytes and back; each vouched for by a check that is chained to the one before. */
#include "page.h"
#include "bytes.h"

uint64_t page_write(const struct page *p, uint64_t check, unsigned char to[PAGE_BYTES])
{
    put64(to, p->exact.high);
    put64(to + 8, p->exact.low);
    put64(to + 16, p->id);
    put64(to + 24, p->numbers);
    put16s(to + 32, p->signature.value, BINS);
    check = XXH3_64bits_withSeed(to, PAGE_SUMMED, check);
    put64(to + PAGE_SUMMED, check);
    return check;
}

bool page_read(const unsigned char from[PAGE_BYTES], uint64_t *check, struct page *p)
{
    if (check) {
        uint64_t found = get64(from + PAGE_SUMMED);

        if (found != XXH3_64bits_withSeed(from, PAGE_SUMMED, *check))
            return false;
        *check = found;
    }
    p->exact.high = get64(from);
    p->exact.low = get64(from + 8);
    p->id = get64(from + 16);
    p->numbers = get64(from + 24);
    get16s(p->signature.value, from + 32, BINS);
    return true;
}
