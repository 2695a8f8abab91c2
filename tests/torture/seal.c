/* SPDX-License-Identifier: Apache-2.0 */
/* seal JOURNAL: gives each record of a journal the checksum that fits it, after a test has changed
 * its bytes: for what only a bug could write. */
#include "common/hash.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAGIC = 14, HEAD = 16, SUM = 8, MOST = 16 * 1024 * 1024 };

static unsigned char data[MOST];

static uint64_t get(const unsigned char *p)
{
    uint64_t n = 0;

    for (int i = 7; i >= 0; i--)
        n = n << 8 | p[i];
    return n;
}

static void put(unsigned char *p, uint64_t n)
{
    for (int i = 0; i < 8; i++)
        p[i] = (unsigned char)(n >> 8 * i);
}

int main(int argc, char **argv)
{
    FILE *f = argc == 2 ? fopen(argv[1], "r+b") : NULL;
    size_t len, at = MAGIC, records = 0;

    if (!f)
        return 64;
    len = fread(data, 1, sizeof(data), f);
    while (at + HEAD + SUM <= len && get(data + at) <= len - at - HEAD - SUM) {
        size_t size = (size_t)get(data + at);

        put(data + at + HEAD + size, hash64(data + at, HEAD + size));
        at += HEAD + size + SUM;
        records++;
    }
    rewind(f);
    if (records == 0 || fwrite(data, 1, len, f) != len)
        return 1;
    return fclose(f) == 0 ? 0 : 1;
}
