/* SPDX-License-Identifier: Apache-2.0 */
/* gzip (RFC 1952), member by member: header, body and trailer are ours, so that CRC32 and length
 * of every member are verified; only the deflate body is the library's - ISA-L's, or zlib's where
 * that is missing. Zeros after the last member are a tape's padding, anything else is damage. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "common/codec-impl.h"

#include <stdlib.h>
#include <string.h>
#ifdef HAVE_ISAL
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

enum flag { FLAG_HCRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAG_RESERVED = 0xe0 };
enum place { IN_HEADER, IN_BODY, IN_NONSENSE, IN_TRAILER, AT_END };

struct gzip {
#ifdef HAVE_ISAL
    struct inflate_state inflate;
#else
    z_stream inflate;
    bool inflate_made;
#endif
    enum place place;
    uint32_t crc;    /* of the member's content so far */
    uint32_t length; /* modulo 2^32, as the trailer has it */
};

/* What happened to the body: more to come (or more input needed), whole, or nonsense. */
enum body { BODY_MORE, BODY_WHOLE, BODY_BAD };

#ifdef HAVE_ISAL
static uint32_t crc_of(uint32_t crc, const unsigned char *data, size_t n)
{
    return crc32_gzip_refl(crc, data, n);
}

static int inflate_begin(struct gzip *g)
{
    isal_inflate_init(&g->inflate);
    g->inflate.crc_flag = ISAL_DEFLATE;
    return 0;
}

static void inflate_close(struct gzip *g)
{
    (void)g;
}

/* ISA-L reads ahead into a 64-bit word: at the end of the body the whole bytes in it are the
 * trailer's first, and may come from a block that is gone. So they are put back by value. */
static void unread_ahead(struct codec *c, struct inflate_state *s)
{
    unsigned char ahead[8];
    uint64_t word = s->read_in >> (s->read_in_length % 8);
    size_t n = (size_t)s->read_in_length / 8;

    for (size_t i = 0; i < n && i < sizeof(ahead); i++)
        ahead[i] = (unsigned char)(word >> (8 * i));
    codec_unread(c, ahead, n < sizeof(ahead) ? n : sizeof(ahead));
    s->read_in_length = 0;
}

/* At a copy from before the beginning ISA-L counts the bytes as made, which it did not write: so at
 * nonsense the last ones of that call, as many as a copy can have, are not to be trusted. */
static enum body inflate_some(struct codec *c, unsigned char *to, size_t max, size_t *made)
{
    enum { LONGEST_COPY = 258 };
    struct inflate_state *s = &((struct gzip *)c->state)->inflate;
    uint32_t room = max > UINT32_MAX ? UINT32_MAX : (uint32_t)max;
    uint32_t given = (uint32_t)(c->end - c->at);
    int r;

    s->next_in = c->buffer + c->at;
    s->avail_in = given;
    s->next_out = to;
    s->avail_out = room;
    r = isal_inflate(s);
    *made = room - s->avail_out;
    if (s->avail_in <= given)
        c->at = c->end - s->avail_in;
    if (r < 0 || r == ISAL_NEED_DICT || s->avail_in > given) {
        *made = *made > LONGEST_COPY ? *made - LONGEST_COPY : 0;
        return BODY_BAD;
    }
    if (s->block_state != ISAL_BLOCK_FINISH)
        return BODY_MORE;
    unread_ahead(c, s);
    return BODY_WHOLE;
}
#else
static uint32_t crc_of(uint32_t crc, const unsigned char *data, size_t n)
{
    return (uint32_t)crc32_z(crc, data, n);
}

static int inflate_begin(struct gzip *g)
{
    if (g->inflate_made)
        return inflateReset(&g->inflate) == Z_OK ? 0 : -1;
    g->inflate_made = inflateInit2(&g->inflate, -15) == Z_OK;
    return g->inflate_made ? 0 : -1;
}

static void inflate_close(struct gzip *g)
{
    if (g->inflate_made)
        inflateEnd(&g->inflate);
}

static enum body inflate_some(struct codec *c, unsigned char *to, size_t max, size_t *made)
{
    z_stream *s = &((struct gzip *)c->state)->inflate;
    uInt room = max > UINT32_MAX ? UINT32_MAX : (uInt)max;
    int r;

    s->next_in = c->buffer + c->at;
    s->avail_in = (uInt)(c->end - c->at);
    s->next_out = to;
    s->avail_out = room;
    r = inflate(s, Z_NO_FLUSH);
    c->at = c->end - s->avail_in;
    *made = room - s->avail_out;
    if (r == Z_STREAM_END)
        return BODY_WHOLE;
    return r == Z_OK || r == Z_BUF_ERROR ? BODY_MORE : BODY_BAD;
}
#endif

static int cut(struct codec *c, struct fault *f)
{
    return codec_damaged(c, f, "ends in the middle of member %llu", (unsigned long long)c->part);
}

/* Takes n bytes of the header (to `to`, unless NULL); they count in its CRC. */
static int header_bytes(struct codec *c, uint32_t *crc, unsigned char *to, size_t n,
                        struct fault *f)
{
    while (n > 0) {
        size_t have;
        int more = codec_fill(c, f);

        if (more <= 0)
            return more < 0 ? -1 : cut(c, f);
        have = c->end - c->at < n ? c->end - c->at : n;
        *crc = crc_of(*crc, c->buffer + c->at, have);
        if (to) {
            memcpy(to, c->buffer + c->at, have);
            to += have;
        }
        c->at += have;
        n -= have;
    }
    return 0;
}

/* Takes a name or comment: bytes up to a NUL. */
static int header_string(struct codec *c, uint32_t *crc, struct fault *f)
{
    for (;;) {
        const unsigned char *nul;
        int more = codec_fill(c, f);
        size_t have;

        if (more <= 0)
            return more < 0 ? -1 : cut(c, f);
        nul = memchr(c->buffer + c->at, 0, c->end - c->at);
        have = nul ? (size_t)(nul - (c->buffer + c->at)) + 1 : c->end - c->at;
        *crc = crc_of(*crc, c->buffer + c->at, have);
        c->at += have;
        if (nul)
            return 0;
    }
}

static int header(struct codec *c, struct fault *f)
{
    unsigned char h[10], two[2];
    uint32_t crc = 0, sum;

    if (header_bytes(c, &crc, h, sizeof(h), f))
        return -1;
    if (h[2] != 8 || (h[3] & FLAG_RESERVED))
        return codec_damaged(c, f, "the header of member %llu asks for method %d, flags 0x%02x",
                             (unsigned long long)c->part, h[2], h[3]);
    if ((h[3] & FLAG_EXTRA) &&
        (header_bytes(c, &crc, two, 2, f) ||
         header_bytes(c, &crc, NULL, (size_t)two[0] | (size_t)two[1] << 8, f)))
        return -1;
    if ((h[3] & FLAG_NAME) && header_string(c, &crc, f))
        return -1;
    if ((h[3] & FLAG_COMMENT) && header_string(c, &crc, f))
        return -1;
    if (h[3] & FLAG_HCRC) {
        sum = crc & 0xffff;
        if (header_bytes(c, &crc, two, 2, f))
            return -1;
        if (sum != ((uint32_t)two[0] | (uint32_t)two[1] << 8))
            return codec_damaged(c, f, "CRC mismatch in the header of member %llu",
                                 (unsigned long long)c->part);
    }
    return 0;
}

static int trailer(struct codec *c, struct fault *f)
{
    const struct gzip *g = c->state;
    unsigned char t[8];
    uint32_t unused = 0, want;

    if (header_bytes(c, &unused, t, sizeof(t), f))
        return -1;
    want = codec_little32(t);
    if (want != g->crc)
        return codec_damaged(c, f, "CRC mismatch at the end of member %llu (want %08x, got %08x)",
                             (unsigned long long)c->part, want, g->crc);
    want = codec_little32(t + 4);
    if (want != g->length)
        return codec_damaged(c, f,
                             "length mismatch at the end of member %llu (want %u, got %u bytes)",
                             (unsigned long long)c->part, want, g->length);
    return 0;
}

/* Zeros and nothing else up to the end of the input. */
static int padding(struct codec *c, struct fault *f)
{
    for (;;) {
        int more = codec_fill(c, f);

        if (more <= 0)
            return more;
        for (; c->at < c->end; c->at++)
            if (c->buffer[c->at] != 0)
                return codec_damaged(c, f, "byte 0x%02x in the padding after member %llu",
                                     c->buffer[c->at], (unsigned long long)c->part);
    }
}

/* After a member: another one, the end, or padding and then the end. */
static int what_follows(struct codec *c, struct fault *f)
{
    struct gzip *g = c->state;
    int have = codec_peek(c, 2, f);
    const unsigned char *p = c->buffer + c->at;

    if (have < 0)
        return -1;
    if (have > 0 && p[0] == 0x1f && (have == 1 || p[1] == 0x8b)) {
        c->part++;
        g->place = IN_HEADER;
        return 0;
    }
    if (have > 0 && p[0] != 0)
        return codec_damaged(c, f, "something that is no gzip follows member %llu (byte 0x%02x)",
                             (unsigned long long)c->part, p[0]);
    g->place = AT_END;
    return padding(c, f);
}

static int nonsense(struct codec *c, struct fault *f)
{
    return codec_damaged(c, f, "nonsense in member %llu", (unsigned long long)c->part);
}

static int64_t body(struct codec *c, unsigned char *to, size_t max, struct fault *f)
{
    struct gzip *g = c->state;

    for (;;) {
        size_t made, before;
        enum body b;
        int more = codec_fill(c, f);

        if (more < 0)
            return -1;
        before = c->at;
        b = inflate_some(c, to, max, &made); /* without input too: ISA-L may hold content back */
        g->crc = crc_of(g->crc, to, made);
        g->length += (uint32_t)made;
        if (b == BODY_WHOLE)
            g->place = IN_TRAILER;
        if (b == BODY_BAD)
            g->place = IN_NONSENSE;
        if (made > 0 || b == BODY_WHOLE)
            return (int64_t)made;
        if (b == BODY_BAD)
            return nonsense(c, f);
        if (!more)
            return cut(c, f);
        if (c->at == before)
            return codec_damaged(c, f, "no way on in member %llu", (unsigned long long)c->part);
    }
}

static int64_t gzip_read(struct codec *c, unsigned char *to, size_t max, struct fault *f)
{
    struct gzip *g = c->state;
    int64_t n;

    for (;;) {
        switch (g->place) {
        case IN_HEADER:
            if (header(c, f))
                return -1;
            if (inflate_begin(g))
                return codec_no_memory(f);
            g->crc = g->length = 0;
            g->place = IN_BODY;
            break;
        case IN_BODY:
            n = body(c, to, max, f);
            if (n != 0)
                return n;
            break;
        case IN_NONSENSE: /* never back into the library, which would go on from anywhere */
            return nonsense(c, f);
        case IN_TRAILER:
            if (trailer(c, f) || what_follows(c, f))
                return -1;
            break;
        case AT_END:
            return 0;
        }
    }
}

static int gzip_open(struct codec *c, struct fault *f)
{
    c->state = calloc(1, sizeof(struct gzip));
    return c->state ? 0 : codec_no_memory(f);
}

static void gzip_close(struct codec *c)
{
    if (c->state)
        inflate_close(c->state);
    free(c->state);
}

const struct codec_ops codec_gzip = { "gzip", gzip_open, gzip_read, gzip_close };
