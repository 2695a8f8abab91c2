/* SPDX-License-Identifier: Apache-2.0 */
/* bzip2 stream by stream, by libbz2, which verifies the CRC of each block and of each stream.
 * Anything but another stream after a stream is damage. */
#include "common/codec-impl.h"

#include <bzlib.h>
#include <stdlib.h>
#include <string.h>

struct bzip2 {
    bz_stream stream;
    bool made; /* stream is set up */
    bool at_end;
};

static int bzip2_open(struct codec *c, struct fault *f)
{
    c->state = calloc(1, sizeof(struct bzip2));
    return c->state ? 0 : codec_no_memory(f);
}

static void stream_close(struct bzip2 *b)
{
    if (b->made)
        BZ2_bzDecompressEnd(&b->stream);
    b->made = false;
}

static void bzip2_close(struct codec *c)
{
    if (c->state)
        stream_close(c->state);
    free(c->state);
}

/* Between streams: 1 if one follows, and it is begun; 0 at the end of the input; -1. */
static int stream_follows(struct codec *c, struct fault *f)
{
    struct bzip2 *b = c->state;
    int have = codec_peek(c, 3, f);
    const unsigned char *p = c->buffer + c->at;

    if (have <= 0)
        return have;
    if (memcmp(p, "BZh", (size_t)have) != 0)
        return codec_damaged(c, f, "something that is no bzip2 follows stream %llu (byte 0x%02x)",
                             (unsigned long long)c->part - 1, p[0]);
    memset(&b->stream, 0, sizeof(b->stream));
    if (BZ2_bzDecompressInit(&b->stream, 0, 0) != BZ_OK)
        return codec_no_memory(f);
    b->made = true;
    return 1;
}

static int refused(struct codec *c, int r, struct fault *f)
{
    if (r == BZ_MEM_ERROR)
        return codec_no_memory(f);
    return codec_damaged(c, f, "wrong CRC, or nonsense, in stream %llu",
                         (unsigned long long)c->part);
}

/* One call of the library. 1: it got on; 0: it did not; -1. *made: bytes of content. */
static int decode(struct codec *c, unsigned char *to, size_t max, size_t *made, struct fault *f)
{
    struct bzip2 *b = c->state;
    unsigned room = max > 1u << 30 ? 1u << 30 : (unsigned)max;
    size_t before = c->at;
    int r;

    b->stream.next_in = (char *)c->buffer + c->at;
    b->stream.avail_in = (unsigned)(c->end - c->at);
    b->stream.next_out = (char *)to;
    b->stream.avail_out = room;
    r = BZ2_bzDecompress(&b->stream);
    c->at = c->end - b->stream.avail_in;
    *made = room - b->stream.avail_out;
    if (r == BZ_STREAM_END) {
        stream_close(b);
        c->part++;
    } else if (r != BZ_OK) {
        return refused(c, r, f);
    }
    return c->at > before || *made > 0;
}

static int64_t bzip2_read(struct codec *c, unsigned char *to, size_t max, struct fault *f)
{
    struct bzip2 *b = c->state;
    size_t made = 0;

    while (!b->at_end) {
        int more = b->made ? codec_fill(c, f) : stream_follows(c, f);
        int moved;

        if (more < 0)
            return -1;
        if (!more && !b->made) {
            b->at_end = true;
            break;
        }
        moved = decode(c, to, max, &made, f);
        if (moved < 0)
            return -1;
        if (made > 0)
            return (int64_t)made;
        if (!moved && b->made)
            return codec_damaged(
                c, f, more ? "no way on in stream %llu" : "ends in the middle of stream %llu",
                (unsigned long long)c->part);
    }
    return 0;
}

const struct codec_ops codec_bzip2 = { "bzip2", bzip2_open, bzip2_read, bzip2_close };
