/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a zip that are as nearly all are - a file or folder with a name in ASCII, stored
 * or deflated, not large, about which table and header agree - read without a library between, each
 * unpacked as a whole. It does not judge: at the first that is anything else, or whose content does
 * not come out as the table says, it says so, and libarchive is asked instead. */
#ifndef ARCHIVE_ZIP_PLAIN_H
#define ARCHIVE_ZIP_PLAIN_H

#include "plugins/input/archive/reader.h"
#include "plugins/input/archive/store.h"
#include "plugins/input/archive/zip-directory.h"

enum { ZIP_PLAIN_NAME = 4096 };

/* How much of an entry is held at once, packed and not. So small that no ratio of the two is judged
 * yet (see source.c), and that no time passes that max_stall would measure. */
#define ZIP_PLAIN_MAX ((uint64_t)1 << 20)

struct inflater;

struct zip_plain {
    struct window table, file;
    uint64_t at, end; /* in the table: of the next entry; behind the last one */
    uint64_t entry;   /* ... of the one that was asked for last */
    uint64_t directory;
    struct inflater *inflater;
    unsigned char *text; /* unpacked */
    size_t room;

    /* the entry that zip_plain_next gave */
    bool deflated;
    uint32_t crc;
    uint64_t from; /* where its content begins */
    size_t packed, size;
    char name[ZIP_PLAIN_NAME + 1];
};

enum zip_plain_result { ZIP_PLAIN_END, ZIP_PLAIN_ENTRY, ZIP_PLAIN_OTHER };

/* Are the extra fields of an entry, or of the header before it, times and owners alone, which are
 * of no use here? Others may change its name or sizes. */
bool zip_extra_is_plain(const unsigned char *p, size_t n);

/* A zip whose table was found sound, and plain; the store lives longer. NULL: no memory. */
struct zip_plain *zip_plain_open(const struct store *s, const struct zip_end *end);
void zip_plain_close(struct zip_plain *z);

/* The next entry, whose content may stay where it is. ZIP_PLAIN_OTHER: this is not the way to read
 * it; what is wrong, if anything, will be found again by who does. */
enum zip_plain_result zip_plain_next(struct zip_plain *z, struct reader_entry *e);
/* The entry's e->size bytes, verified, until the next call; NULL: not to be had in this way. */
const void *zip_plain_content(struct zip_plain *z);
/* Where the entry ends. */
uint64_t zip_plain_place(const struct zip_plain *z);

#endif
