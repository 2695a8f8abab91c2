/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: small files of every container and codec, made in memory, that are then cut and have
 * their bits flipped; and where in each of them a document is whole. */
#ifndef TESTS_DAMAGE_H
#define TESTS_DAMAGE_H

#include "common/json-read.h"
#include "common/lines.h"
#include "tests/unit/archives.h"

#include <sys/mman.h>
#include <unistd.h>

#define MOST_DOCUMENTS 20

enum damage_container { IN_TAR, IN_ZIP, IN_LINES };
/* A zip by its table, as from a file; or in order, as from a pipe. */
enum damage_way { IN_ORDER, BY_TABLE };

/* members: how many gzip members (zstd frames, xz or bzip2 streams); 1, or one a document. */
struct damage_shape {
    const char *name;
    enum damage_container container;
    enum codec_kind codec;
    unsigned documents, members;
    unsigned zip_flags;
    enum damage_way way;
};

struct damage_file {
    const struct damage_shape *shape;
    struct buffer bytes;
    size_t ends[MOST_DOCUMENTS];  /* document i is whole when so many bytes are there, */
    bool unpacked;                /* of what is unpacked; else of the file */
    size_t texts[MOST_DOCUMENTS]; /* how long the content up to and with document i is, each with
                                   * one byte behind it */
    int fd;                       /* of lines: a copy in memory that has a path */
};

/* ---- making them ---- */

/* Document i: small and unlike the others. Gives its length, as a reader hands it out. */
static inline size_t damage_document(struct buffer *b, const struct damage_shape *s, unsigned i)
{
    struct buffer text = { 0 };
    size_t len;
    char name[40];

    pack_sample(&text, 90 + 7 * i, false);
    snprintf(name, sizeof(name), "2019/page-%02u.txt", i);
    len = text.len;
    if (s->container == IN_TAR) {
        tar_file(b, name, text.data, text.len);
    } else {
        len += strlen("{\"text\":\"\"}");
        buffer_puts(b, "{\"text\":\"");
        for (size_t k = 0; k < text.len; k++)
            buffer_byte(b, text.data[k] == '\n' ? ' ' : text.data[k]);
        buffer_puts(b, "\"}\n");
    }
    buffer_free(&text);
    return len;
}

static inline void damage_make_zip(struct damage_file *f)
{
    struct zip z = { 0 };

    for (unsigned i = 0; i < f->shape->documents; i++) {
        struct buffer text = { 0 };
        char name[40];

        pack_sample(&text, 60 + 40 * i % 200, false);
        snprintf(name, sizeof(name), "2019/page-%02u.txt", i);
        zip_entry(&z, name, 0100644, text.data, text.len, f->shape->zip_flags);
        /* Sizes behind the content take 16 bytes or 24, so libarchive looks at 24. */
        f->ends[i] = z.out.len + (f->shape->zip_flags & ZIP_SIZES_AFTER ? 8 : 0);
        f->texts[i] = (i ? f->texts[i - 1] : 0) + text.len + 1;
        buffer_free(&text);
    }
    f->bytes = zip_end(&z);
}

static inline void damage_make_stream(struct damage_file *f)
{
    const struct damage_shape *s = f->shape;
    struct buffer member = { 0 };
    size_t before = 0; /* bytes in members that are done */

    for (unsigned i = 0; i < s->documents; i++) {
        bool last = i == s->documents - 1;

        f->texts[i] = (i ? f->texts[i - 1] : 0) + damage_document(&member, s, i) + 1;
        f->ends[i] = before + member.len;
        if (last && s->container == IN_TAR)
            tar_end(&member);
        if (last || s->members > 1) {
            before += member.len;
            pack(s->codec, member.data, member.len, &f->bytes);
            if (s->members > 1)
                f->ends[i] = f->bytes.len;
            member.len = 0;
        }
    }
    f->unpacked = s->members == 1 && s->codec != CODEC_PLAIN;
    buffer_free(&member);
}

static inline struct damage_file damage_make(const struct damage_shape *s)
{
    struct damage_file f = { .shape = s, .fd = -1 };

    ck_assert_uint_le(s->documents, MOST_DOCUMENTS);
    if (s->container == IN_ZIP)
        damage_make_zip(&f);
    else
        damage_make_stream(&f);
    if (s->container == IN_LINES) {
        f.fd = memfd_create("damage", MFD_CLOEXEC);
        ck_assert_int_ge(f.fd, 0);
    }
    return f;
}

static inline void damage_free(struct damage_file *f)
{
    buffer_free(&f->bytes);
    if (f->fd >= 0)
        close(f->fd);
}

/* ---- what is whole before a cut ---- */

/* Bytes that zlib, and not our codec, unpacks of the first n of a gzip file of one member. */
static inline size_t damage_zlib(const struct buffer *b, size_t n)
{
    unsigned char out[65536];
    z_stream s = { 0 };
    size_t len;

    ck_assert_int_eq(inflateInit2(&s, 31), Z_OK);
    s.next_in = (unsigned char *)b->data;
    s.avail_in = (uInt)n;
    s.next_out = out;
    s.avail_out = sizeof(out);
    inflate(&s, Z_SYNC_FLUSH);
    len = sizeof(out) - s.avail_out;
    inflateEnd(&s);
    return len;
}

/* How many documents the first n bytes of the file hold in full. Of a block that is packed as one,
 * by another codec than gzip, none is sure. */
static inline unsigned damage_whole(const struct damage_file *f, size_t n)
{
    unsigned i = 0;

    if (f->unpacked)
        n = f->shape->codec == CODEC_GZIP ? damage_zlib(&f->bytes, n) : 0;
    while (i < f->shape->documents && f->ends[i] <= n)
        i++;
    return i;
}

/* Does a member end there? */
static inline bool damage_between(const struct damage_file *f, size_t n)
{
    for (unsigned i = 0; f->shape->members > 1 && i < f->shape->documents; i++)
        if (f->ends[i] == n)
            return true;
    return false;
}

/* ---- reading them ---- */

static inline bool damage_is_object(const char *text, size_t len)
{
    struct json_token t;
    struct fault f;
    struct json j = { 0 };
    enum json_kind kind;

    if (!json_start(&j, text, len, &f) || json_next(&j, &t) != JSON_OBJECT)
        return false;
    do
        kind = json_next(&j, &t);
    while (kind != JSON_BAD && kind != JSON_END);
    return kind == JSON_END;
}

/* What the input jsonl reads: each line a document, rejected if it is no JSON object. */
static inline struct outcome damage_read_lines(const struct damage_file *f, size_t n)
{
    struct outcome o = { 0 };
    struct lines_piece p;
    struct fault fault = { 0 };
    struct lines *l;
    char path[40];
    int got;

    ck_assert_int_eq(ftruncate(f->fd, (off_t)n), 0);
    ck_assert_int_eq(pwrite(f->fd, f->bytes.data, n, 0), (ssize_t)n);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", f->fd);
    l = lines_open(path, NULL, &fault);
    if (!l) {
        outcome_trouble(&o, fault.err ? READER_FAILED : READER_DAMAGED, &fault);
        return o;
    }
    while ((got = lines_next(l, &p, &fault)) > 0) {
        o.documents += p.first;
        buffer_append(&o.content, p.data, p.len);
        if (p.last)
            buffer_byte(&o.content, '\n');
        o.rejected += p.first && p.last && !damage_is_object(p.data, p.len);
    }
    if (got < 0)
        outcome_trouble(&o, fault.err ? READER_FAILED : READER_DAMAGED, &fault);
    lines_close(l);
    return o;
}

/* The first n bytes of the file. */
static inline struct outcome damage_read(const struct damage_file *f, size_t n,
                                         const struct reader_setting *setting)
{
    if (f->shape->container == IN_LINES)
        return damage_read_lines(f, n);
    return read_bytes(f->bytes.data, n, f->shape->way == BY_TABLE, setting);
}

#endif
