/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader's files share. */
#ifndef ARCHIVE_READER_IMPL_H
#define ARCHIVE_READER_IMPL_H

#include "plugins/input/archive/reader.h"
#include "plugins/input/archive/source.h"
#include "plugins/input/archive/tar-plain.h"
#include "plugins/input/archive/zip-plain.h"

#include <archive_entry.h>

#define NEITHER "this is neither a tar nor a zip archive (text files are read by [input txt])"

struct reader {
    struct reader_setting setting;
    struct source source;
    struct archive *archive; /* NULL: none yet; an input of no bytes, a zip of no entries */
    struct archive_entry *entry;
    int fd; /* ours, or -1 */
    bool zip;
    bool counts; /* the zip's own count of its entries is known: */
    uint64_t declared_entries;
    struct zip_end end; /* of a zip that is read by its table */
    struct zip_walk
        *walk;        /* over it, while the headers before its entries are yet to be looked at */
    uint64_t walked;  /* where in the table, if libarchive alone reads */
    bool first_fault; /* source.fault is to be told first, then reading goes on in order */
    bool over;        /* nothing more can be read */
    bool bad_block;   /* the last header was no header: only the first of a run is told */
    struct tar_plain *tar;       /* reads plain entries, up to the first other one */
    struct zip_plain *zip_plain; /* the same for a zip by its table, behind other ones too */
    bool is_plain;               /* one of the two is to be asked first; */
    bool by_library;             /* ... but the entry at hand is libarchive's */
    uint64_t headers;            /* that libarchive was asked for */
    uint64_t passed;             /* of those, the first: they were given by the table */
    int64_t shift;               /* between the content's places and those that libarchive knows */
    uint64_t entries;
    uint64_t at;     /* in the entry: bytes given so far */
    bool given;      /* the entry is given in full */
    char number[32]; /* name of an entry without one */
};

/* READER_FAILED and READER_DAMAGED, in words; `damaged` says of what kind the archive is. */
enum reader_result reader_no_memory(struct fault *f);
enum reader_result reader_damaged(struct reader *r, struct fault *f, const char *what);
/* libarchive, or the source under it, gave up. */
enum reader_result reader_gave_up(struct reader *r, struct fault *f);
/* Where in the file: in a packed one, as far as it is unpacked. */
uint64_t reader_place(const struct reader *r);
/* What libarchive calls the next entry: an ARCHIVE_ number. */
int reader_next_header(struct reader *r);
/* libarchive is to read from here on. What is wrong with it is told by reader_next. */
int reader_start(struct reader *r, bool by_table, struct fault *f);
/* libarchive is to read a zip from its beginning, without the table, whoever read it before. */
int reader_start_in_order(struct reader *r, struct fault *f);
/* Another entry: READER_MORE, or one too many. */
enum reader_result reader_count_entry(struct reader *r, struct fault *f);
/* A piece of content that begins at offset; what lies before it is a hole. */
enum reader_result reader_take(struct reader *r, int64_t offset, struct reader_piece *p,
                               struct fault *f);

/* ---- reader-end.c ---- */

/* libarchive found the archive's end: was it that? */
enum reader_result reader_check_end(struct reader *r, struct fault *f);
/* In a zip that comes in order, libarchive passes over whatever lies between two entries, and over
 * content whose length was damaged into less. Does a header stand where it began to look? */
bool reader_zip_goes_on(const struct reader *r, const char *kinds);

/* ---- reader-plain.c ---- */

/* Begins to read without libarchive, if it begins with what is plain; else is_plain stays false.
 * -1: no memory. */
int reader_plain_begin(struct reader *r);
/* The header before the entry at *at of the table, which moves on: READER_MORE where it tells the
 * same. Else that is damage, and what can be read in order comes after it, without the table. */
enum reader_result reader_check_header(struct reader *r, uint64_t *at, struct fault *f);
/* As reader_next and reader_data, while r->is_plain. READER_END and r->by_library: libarchive
 * stands before what was asked for. */
enum reader_result reader_plain_next(struct reader *r, struct reader_entry *e, struct fault *f);
enum reader_result reader_plain_data(struct reader *r, struct reader_piece *p, struct fault *f);
void reader_plain_end(struct reader *r);

#endif
