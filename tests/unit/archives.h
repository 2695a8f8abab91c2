/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: tars and zips made byte by byte, so that each can be wrong in one place; and what the
 * archive reader makes of some bytes, in one struct to compare. */
#ifndef TESTS_ARCHIVES_H
#define TESTS_ARCHIVES_H

#include "plugins/input/archive/reader.h"
#include "tests/unit/pack.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- tar (POSIX ustar) ---- */

static inline void tar_pad(struct buffer *b)
{
    while (b->len % 512)
        buffer_byte(b, 0);
}

/* The sum over a header that stands at h, its own field taken as blanks. */
static inline void tar_sum(char *h)
{
    unsigned sum = 0;

    memset(h + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)h[i];
    snprintf(h + 148, 8, "%06o", sum);
}

/* A header; its place in b. type: '0' file, '2' symlink, '5' folder, 'L' a long name, ... */
static inline size_t tar_header(struct buffer *b, const char *name, char type, size_t size)
{
    char h[512] = { 0 };

    memcpy(h, name, strlen(name) < 100 ? strlen(name) : 100);
    memcpy(h + 100, "0000644", 7);
    memcpy(h + 108, "0000000", 7);
    memcpy(h + 116, "0000000", 7);
    snprintf(h + 124, 12, "%011zo", size);
    memcpy(h + 136, "00000000000", 11);
    h[156] = type;
    memcpy(h + 257, "ustar\00000", 8);
    tar_sum(h);
    buffer_append(b, h, 512);
    return b->len - 512;
}

static inline void tar_file(struct buffer *b, const char *name, const void *data, size_t n)
{
    tar_header(b, name, '0', n);
    buffer_append(b, data, n);
    tar_pad(b);
}

static inline void tar_end(struct buffer *b)
{
    static const char zeros[1024];

    buffer_append(b, zeros, sizeof(zeros));
}

/* ---- zip ---- */

struct zip {
    struct buffer out, table;
    unsigned entries;
};

enum zip_flags { ZIP_STORED = 1, ZIP_SIZES_AFTER = 2, ZIP_ENCRYPTED = 4 };

static inline void put(struct buffer *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buffer_byte(b, (char)(v >> (8 * i)));
}

/* mode: as st_mode. */
static inline void zip_entry(struct zip *z, const char *name, unsigned mode, const void *data,
                             size_t n, unsigned flags)
{
    struct buffer packed = { 0 };
    uint32_t crc = (uint32_t)crc32(0, data, (unsigned)n), at = (uint32_t)z->out.len;
    unsigned bits = (flags & ZIP_SIZES_AFTER ? 8u : 0) | (flags & ZIP_ENCRYPTED ? 1u : 0) | 0x800;
    unsigned method = flags & ZIP_STORED ? 0 : 8;
    size_t skip = 0, len = n;
    bool after = flags & ZIP_SIZES_AFTER;

    if (method == 8) {
        pack_gzip(data, n, &packed);
        skip = 10;
        len = packed.len - 18;
    } else {
        buffer_append(&packed, data, n);
    }
    put(&z->out, 0x04034b50, 4);
    put(&z->table, 0x02014b50, 4);
    put(&z->table, 0x0314, 2);
    for (int i = 0; i < 2; i++) {
        struct buffer *b = i ? &z->table : &z->out;

        put(b, 20, 2);
        put(b, bits, 2);
        put(b, method, 2);
        put(b, 0, 2);
        put(b, 0x21, 2);
        put(b, i || !after ? crc : 0, 4);
        put(b, i || !after ? len : 0, 4);
        put(b, i || !after ? n : 0, 4);
        put(b, strlen(name), 2);
        put(b, 0, 2);
    }
    put(&z->table, 0, 6);
    put(&z->table, (uint64_t)mode << 16, 4);
    put(&z->table, at, 4);
    buffer_puts(&z->out, name);
    buffer_puts(&z->table, name);
    if (len > 0)
        buffer_append(&z->out, packed.data + skip, len);
    if (after) {
        put(&z->out, 0x08074b50, 4);
        put(&z->out, crc, 4);
        put(&z->out, len, 4);
        put(&z->out, n, 4);
    }
    z->entries++;
    buffer_free(&packed);
}

/* The bytes of the whole; z is empty then. */
static inline struct buffer zip_end(struct zip *z)
{
    struct buffer out = z->out;
    size_t at = out.len, n = z->table.len;

    buffer_append(&out, z->table.data, n);
    put(&out, 0x06054b50, 4);
    put(&out, 0, 4);
    put(&out, z->entries, 2);
    put(&out, z->entries, 2);
    put(&out, n, 4);
    put(&out, at, 4);
    put(&out, 0, 2);
    buffer_free(&z->table);
    memset(z, 0, sizeof(*z));
    return out;
}

/* ---- what the reader makes of it ---- */

struct outcome {
    struct buffer names; /* of the documents, NUL after each */
    struct buffer content;
    unsigned documents, rejected, skipped, damages;
    bool failed, stopped;
    struct fault first; /* the first damage or failure */
    char reason[400];   /* of the first rejected document */
};

static inline void outcome_free(struct outcome *o)
{
    buffer_free(&o->names);
    buffer_free(&o->content);
    memset(o, 0, sizeof(*o));
}

static inline void outcome_trouble(struct outcome *o, enum reader_result r, const struct fault *f)
{
    if (o->damages == 0 && !o->failed)
        o->first = *f;
    o->damages += r == READER_DAMAGED;
    o->failed |= r == READER_FAILED;
    o->stopped |= r == READER_STOPPED;
}

/* Content of one document, of which at most `keep` bytes are kept. */
static inline void outcome_document(struct outcome *o, struct reader *r,
                                    const struct reader_entry *e, size_t keep)
{
    struct reader_piece p;
    enum reader_result got;
    struct fault f = { 0 };
    size_t start = o->content.len;

    o->documents++;
    buffer_append(&o->names, e->name, e->name_len + 1);
    if (e->doubt[0]) {
        if (o->rejected++ == 0)
            snprintf(o->reason, sizeof(o->reason), "%s", e->doubt);
        return;
    }
    while ((got = reader_data(r, &p, &f)) == READER_MORE) {
        for (uint64_t i = 0; i < p.zeros && o->content.len - start < keep; i++)
            buffer_byte(&o->content, 0);
        if (o->content.len - start < keep)
            buffer_append(&o->content, p.data, p.n);
    }
    if (got == READER_REJECT && o->rejected++ == 0)
        snprintf(o->reason, sizeof(o->reason), "%s", f.text);
    if (got != READER_END && got != READER_REJECT)
        outcome_trouble(o, got, &f);
    buffer_byte(&o->content, '\n');
}

/* Reads on past damages, as `salvage` does; a loop that never ends is a failed test. */
static inline struct outcome outcome_of(struct reader *r, struct fault *opened, size_t keep)
{
    struct outcome o = { 0 };
    struct reader_entry e;
    enum reader_result got;
    struct fault f = { 0 };

    if (!r) {
        outcome_trouble(&o, opened->err ? READER_FAILED : READER_DAMAGED, opened);
        return o;
    }
    while ((got = reader_next(r, &e, &f)) != READER_END && !o.stopped) {
        if (got != READER_MORE)
            outcome_trouble(&o, got, &f);
        else if (e.kind == KIND_FILE || e.doubt[0])
            outcome_document(&o, r, &e, keep);
        else
            o.skipped++;
        ck_assert_uint_lt(o.damages, 100000);
    }
    reader_close(r);
    return o;
}

static inline struct reader_setting default_setting(void)
{
    struct reader_setting s = { .limits = { 200, 50000000, 60000000 } };

    s.locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    ck_assert(s.locale != (locale_t)0);
    return s;
}

static inline struct outcome read_bytes(const void *data, size_t n, bool seek,
                                        const struct reader_setting *setting)
{
    struct fault f = { 0 };
    struct reader *r = reader_open_memory(data, n, seek, setting, &f);

    return outcome_of(r, &f, SIZE_MAX);
}

static inline bool outcome_clean(const struct outcome *o)
{
    return o->rejected == 0 && o->damages == 0 && !o->failed && !o->stopped;
}

static inline bool outcome_same(const struct outcome *a, const struct outcome *b)
{
    return a->documents == b->documents && a->skipped == b->skipped &&
           a->content.len == b->content.len &&
           (a->content.len == 0 || memcmp(a->content.data, b->content.data, a->content.len) == 0);
}

static inline bool outcome_same_names(const struct outcome *a, const struct outcome *b)
{
    return a->names.len == b->names.len &&
           (a->names.len == 0 || memcmp(a->names.data, b->names.data, a->names.len) == 0);
}

#endif
