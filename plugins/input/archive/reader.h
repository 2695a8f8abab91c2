/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a tar or zip, packed by any codec, entry after entry, and knowing at the end that it was
 * whole. Nothing is ever unpacked to disk: names are data. A reader belongs to one thread. */
#ifndef ARCHIVE_READER_H
#define ARCHIVE_READER_H

#include "common/fault.h"

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader;

struct reader_limits {
    uint64_t max_ratio;   /* bytes out for one in, judged after 64 MiB out */
    uint64_t max_entries; /* of any kind */
    int64_t max_stall;    /* microseconds in libarchive without a new entry; 0: any */
};

/* Called now and then with the bytes of the file that are taken; what is not 0 stops the reading.
 * NULL: not wanted. */
typedef int reader_progress(void *context, uint64_t consumed);

struct reader_setting {
    struct reader_limits limits;
    locale_t locale; /* of C.UTF-8, so that libarchive hands names over; lives longer */
    reader_progress *progress;
    void *context;
    bool library_alone; /* nothing is read beside libarchive, to which tests compare the rest */
};

enum reader_result {
    READER_END,     /* no more; of reader_next: and all of it verified */
    READER_MORE,    /* an entry, or some of its bytes */
    READER_REJECT,  /* this entry is bad, the archive goes on; f->text says why */
    READER_DAMAGED, /* the archive is damaged at f->byte. The caller may ask reader_next on: it
                     * goes on where it can, and says READER_END where it cannot */
    READER_FAILED,  /* reading or memory failed: f->err */
    READER_STOPPED  /* progress asked for it */
};

enum reader_kind {
    KIND_FILE,
    KIND_FOLDER,
    KIND_SYMLINK,
    KIND_HARDLINK,
    KIND_DEVICE,
    KIND_FIFO,
    KIND_SOCKET,
    KIND_OTHER
};

struct reader_entry {
    const char *name; /* as it stands there, any bytes; ends in NUL; until the next call */
    size_t name_len;
    int64_t size; /* as declared; -1: not known before */
    enum reader_kind kind;
    char doubt[200]; /* "", or why its content cannot be trusted (encrypted, ...): reject it */
};

/* Bytes of an entry: first `zeros` zeros (a hole), then n bytes at data, until the next call. */
struct reader_piece {
    uint64_t zeros;
    const void *data;
    size_t n;
};

/* "-" is standard input. NULL: f says why (err 0: damaged at the first bytes). */
struct reader *reader_open(const char *path, const struct reader_setting *setting, struct fault *f);
/* Over bytes that stay the caller's. `seek`: read a zip by its table, as from a file. */
struct reader *reader_open_memory(const void *data, size_t n, bool seek,
                                  const struct reader_setting *setting, struct fault *f);

/* The next entry; what is left of the one before is passed over. An input of 0 bytes, or without
 * entries, is READER_END at once. */
enum reader_result reader_next(struct reader *r, struct reader_entry *e, struct fault *f);
/* The next bytes of the entry. READER_END: it had all the bytes that it declared. */
enum reader_result reader_data(struct reader *r, struct reader_piece *p, struct fault *f);

/* Bytes of the file taken so far. */
uint64_t reader_consumed(const struct reader *r);
/* Entries seen so far, of any kind. */
uint64_t reader_entries(const struct reader *r);
const char *reader_kind_name(enum reader_kind kind); /* "symlink" */

/* NULL is fine. */
void reader_close(struct reader *r);

#endif
