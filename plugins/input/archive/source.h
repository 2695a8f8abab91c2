/* SPDX-License-Identifier: Apache-2.0 */
/* What libarchive reads from: a codec's content in order, or a zip file at any place. It counts
 * and judges what goes through - limits, zeros at the end, a library that gets nowhere. */
#ifndef ARCHIVE_SOURCE_H
#define ARCHIVE_SOURCE_H

#include "common/codec.h"
#include "plugins/input/archive/reader.h"
#include "plugins/input/archive/store.h"
#include "plugins/input/archive/zip-directory.h"

#include <archive.h>

struct source {
    const struct reader_setting *setting;
    struct codec *codec; /* NULL: `store` is read */
    struct store store;
    uint64_t store_at;
    uint64_t reached;     /* in the store, by who reads it beside libarchive */
    unsigned char *block; /* CODEC_BLOCK bytes; libarchive looks into it till its next call */
    size_t block_len;     /* of what was handed over last */
    size_t pending;       /* bytes at its start that were read ahead, and not yet handed over */
    struct {
        const void *data;
        size_t n;
    } back[2]; /* put back: they come first, and are counted already */

    uint64_t handed;      /* bytes of content (of the store: of the file) handed to libarchive */
    uint64_t nonzero_end; /* behind the last of them that is not zero */
    bool keeps;           /* the bytes before the block stay for a while, in front of it: */
    size_t kept;          /* so many, at most ZIP_TAIL */

    uint64_t entry_out;  /* bytes that the entry under way gave to the caller */
    uint64_t all_out;    /* all entries */
    uint64_t entry_from; /* handed when it began */
    uint64_t entry_in;   /* consumed when it began */
    bool in_header;      /* libarchive is looking for the next entry */
    int64_t busy_since;  /* monotonic microseconds: when libarchive got control */
    int64_t busy;        /* microseconds in libarchive since the entry began */

    bool stopped; /* by progress */
    bool failed;  /* then fault says why */
    bool at_end;  /* the codec said 0 */
    struct fault fault;
};

/* libarchive's callbacks; the context is the source. */
la_ssize_t source_read(struct archive *a, void *context, const void **block);
la_int64_t source_skip(struct archive *a, void *context, la_int64_t request);
la_int64_t source_seek(struct archive *a, void *context, la_int64_t offset, int whence);

/* Makes the first block of content ready, without handing it over; its length, or -1 and s->fault.
 */
int64_t source_look(struct source *s);
/* From its beginning again, from the codec, which may be NULL; what was counted stays counted. */
void source_restart(struct source *s, struct codec *codec);
/* For who reads content beside libarchive, between source_enter and source_leave: the next block of
 * it, until the next call. Its length, 0 at the end, or -1: s->fault, or s->stopped. */
int64_t source_take(struct source *s, const void **block);
/* Two pieces that were taken come again before anything else; they stay where they are till then.
 */
void source_put_back(struct source *s, const void *first, size_t first_len, const void *then,
                     size_t then_len);
/* The store is read up to `place` by who does so beside libarchive. 0, or -1: s->stopped. */
int source_reached(struct source *s, uint64_t place);
/* Reads the codec to its verified end. 0 or -1: s->fault, or s->stopped. */
int source_drain(struct source *s);
/* n bytes of content at a place that was handed over lately, if it keeps them; else NULL. */
const unsigned char *source_recent(const struct source *s, uint64_t at, size_t n);
/* Bytes of the file that are taken. */
uint64_t source_consumed(const struct source *s);

/* An entry begins; libarchive gets control, and gives it back; n more bytes went out to the caller:
 * 0, or -1 and s->fault where a limit is passed. */
void source_begin_entry(struct source *s);
void source_enter(struct source *s, bool header);
void source_leave(struct source *s);
int source_count(struct source *s, uint64_t n);

#endif
