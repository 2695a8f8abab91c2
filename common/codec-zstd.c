/* SPDX-License-Identifier: Apache-2.0 */
/* zstd (RFC 8878) frame by frame, skippable frames too, by libzstd, which verifies each frame's
 * checksum where it has one. Anything else after a frame is damage; a window over 128 MiB is
 * refused. */
#include "common/codec-impl.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#define WINDOW_LOG_MAX 27
#define FRAME_START 5 /* magic number and descriptor: no frame is as short */
#define BLOCK_HEADER 3

struct zstd {
    ZSTD_DStream *stream;
    size_t wants; /* bytes that the library asks for: a block, or what stands before one */
    bool inside;  /* a frame is begun */
    bool full;    /* the call before filled all the room, so there may be more to come */
    bool at_end;
};

static int zstd_open(struct codec *c, struct fault *f)
{
    struct zstd *z = c->state = calloc(1, sizeof(*z));

    if (!z)
        return codec_no_memory(f);
    z->stream = ZSTD_createDStream();
    if (!z->stream)
        return codec_no_memory(f);
    ZSTD_DCtx_setParameter(z->stream, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    return 0;
}

static void zstd_close(struct codec *c)
{
    struct zstd *z = c->state;

    if (z)
        ZSTD_freeDStream(z->stream);
    free(z);
}

/* Between frames: 1 if one follows, 0 at the end of the input, -1. */
static int frame_follows(struct codec *c, struct fault *f)
{
    int have = codec_peek(c, 4, f);
    const unsigned char *p = c->buffer + c->at;
    uint32_t magic;

    if (have <= 0)
        return have;
    if (have < 4 && memcmp(p, "\x28\xb5\x2f", (size_t)have) == 0) {
        c->at = c->end;
        return codec_damaged(c, f, "ends in the middle of frame %llu", (unsigned long long)c->part);
    }
    magic = have == 4 ? codec_little32(p) : 0;
    if (magic == ZSTD_MAGICNUMBER ||
        (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START)
        return 1;
    return codec_damaged(c, f, "something that is no zstd follows frame %llu (byte 0x%02x)",
                         (unsigned long long)c->part - 1, p[0]);
}

static int refused(struct codec *c, size_t code, struct fault *f)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        return codec_damaged(c, f,
                             "frame %llu wants a window over %d MiB, the most that is allowed",
                             (unsigned long long)c->part, 1 << (WINDOW_LOG_MAX - 20));
    case ZSTD_error_checksum_wrong:
        return codec_damaged(c, f, "checksum mismatch at the end of frame %llu",
                             (unsigned long long)c->part);
    case ZSTD_error_dictionary_wrong:
        return codec_damaged(c, f, "frame %llu was made with a dictionary, which is not here",
                             (unsigned long long)c->part);
    case ZSTD_error_memory_allocation:
        return codec_no_memory(f);
    default:
        return codec_damaged(c, f, "nonsense in frame %llu (%s)", (unsigned long long)c->part,
                             ZSTD_getErrorName(code));
    }
}

/* How much to give the library: never a block together with the header of the next. Where it finds
 * nonsense it keeps what it made in the same call, so that the content before a damage would be the
 * shorter the more of the input was at hand. */
static size_t give(const struct codec *c, const struct zstd *z)
{
    size_t have = c->end - c->at, wants = z->inside ? z->wants : FRAME_START;

    if (z->full)
        return 0;
    if (z->inside && wants > BLOCK_HEADER)
        wants -= BLOCK_HEADER;
    return have < wants ? have : wants;
}

/* One call of the library. 1: it got on; 0: it did not; -1. *made: bytes of content. */
static int decode(struct codec *c, unsigned char *to, size_t max, size_t *made, struct fault *f)
{
    struct zstd *z = c->state;
    ZSTD_inBuffer in = { c->buffer + c->at, give(c, z), 0 };
    ZSTD_outBuffer out = { to, max, 0 };
    size_t r = ZSTD_decompressStream(z->stream, &out, &in);
    bool was_full = z->full;

    c->at += in.pos;
    *made = out.pos;
    if (ZSTD_isError(r))
        return refused(c, r, f);
    z->inside = r != 0;
    z->wants = r;
    z->full = out.pos == max && r != 0;
    if (r == 0)
        c->part++;
    return in.pos > 0 || out.pos > 0 || was_full;
}

static int64_t zstd_read(struct codec *c, unsigned char *to, size_t max, struct fault *f)
{
    struct zstd *z = c->state;
    size_t made = 0;

    while (!z->at_end) {
        int more = z->inside ? codec_fill(c, f) : frame_follows(c, f);
        int moved;

        if (more < 0)
            return -1;
        if (!more && !z->inside) {
            z->at_end = true;
            break;
        }
        moved = decode(c, to, max, &made, f);
        if (moved < 0)
            return -1;
        if (made > 0)
            return (int64_t)made;
        if (!moved)
            return codec_damaged(
                c, f, more ? "no way on in frame %llu" : "ends in the middle of frame %llu",
                (unsigned long long)c->part);
    }
    return 0;
}

const struct codec_ops codec_zstd = { "zstd", zstd_open, zstd_read, zstd_close };
