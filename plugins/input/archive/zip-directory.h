/* SPDX-License-Identifier: Apache-2.0 */
/* The table at the end of a zip, looked at by ourselves: it must end where the file ends, hold as
 * many entries as it says, and agree with the header that stands before each entry. */
#ifndef ARCHIVE_ZIP_DIRECTORY_H
#define ARCHIVE_ZIP_DIRECTORY_H

#include "common/fault.h"
#include "plugins/input/archive/store.h"

#include <stdbool.h>

/* Bytes that hold the end record of any zip: 22 and a comment, and the zip64 record and locator
 * before it. */
#define ZIP_TAIL ((size_t)22 + 65535 + 20 + 56)

struct zip_end {
    uint64_t entries;   /* as it says */
    uint64_t directory; /* where the table begins */
    uint64_t size;      /* of the table */
    uint64_t at;        /* where the end record (zip64's, if there is one) begins */
    bool plain; /* the entries stand in the file as they do in the table, and libarchive has nothing
                 * against their extra fields, of which it reads all before the first entry */
};

/* Finds the end record in the last bytes of a zip of `size` bytes. -1: f says what is wrong. */
int zip_find_end(const unsigned char *tail, size_t n, uint64_t size, struct zip_end *end,
                 struct fault *f);

/* Walks the whole table of a zip that can be read anywhere, and unless that is plain looks at the
 * headers before the entries. 0 and end; -1 and f, which has err 0 (damage, at f->byte) or an errno
 * number. More than max_entries is damage, and so are entries that lie over one another. */
int zip_check_directory(const struct store *s, uint64_t max_entries, struct zip_end *end,
                        struct fault *f);

/* For the headers of a plain one. */
struct zip_walk;

/* The store and end, as zip_check_directory gave it, live longer. NULL: no memory. */
struct zip_walk *zip_walk_open(const struct store *s, const struct zip_end *end);
/* Does the header before the entry tell the same as the table, where the entry stands at *at, which
 * moves to the next one? 0; -1 and f, as above. */
int zip_walk_check(struct zip_walk *w, uint64_t *at, struct fault *f);
void zip_walk_close(struct zip_walk *w);

#endif
