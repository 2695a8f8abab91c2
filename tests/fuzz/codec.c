/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any bytes through the codec layer, in one piece and in small ones: the same content, and
 * the same end, good or bad; and of gzip no byte that zlib does not find there too. */
#include "common/buffer.h"
#include "common/codec.h"
#include "tests/fuzz/fuzz.h"

#include <zlib.h>

enum { MOST = 1 << 22 }; /* of content: a bomb needs no more to show what it does */

/* 0: all of it; 1: a fault; 2: more than MOST. */
static int read_all(struct codec *c, size_t max, struct buffer *out)
{
    char *to = malloc(max);
    struct fault f = { 0 };
    int64_t got = 0;
    int end = 2;

    promise(to);
    while (out->len < MOST) {
        got = codec_read(c, to, max, &f);
        promise(got <= (int64_t)max);
        if (got <= 0)
            break;
        buffer_append(out, to, (size_t)got);
    }
    if (got == 0)
        end = 0;
    if (got < 0) {
        promise(f.text[0] && f.err == 0);
        promise(codec_read(c, to, max, &f) == -1);
        end = 1;
    }
    free(to);
    return end;
}

/* Gives the data out in small pieces. */
static ssize_t trickle(void *context, void *to, size_t max)
{
    struct left piece = take(context, max < 7 ? max : 7);

    if (piece.n > 0)
        memcpy(to, piece.at, piece.n);
    return (ssize_t)piece.n;
}

/* Content of all gzip members as zlib has it, up to the first fault. */
static void inflate_all(const uint8_t *data, size_t n, struct buffer *out)
{
    static unsigned char to[65536];
    z_stream z = { .next_in = (Bytef *)(uintptr_t)data, .avail_in = (unsigned)n };
    int r = Z_OK;

    promise(inflateInit2(&z, 31) == Z_OK);
    while ((r == Z_OK || r == Z_STREAM_END) && out->len < MOST) {
        if (r == Z_STREAM_END && (z.avail_in == 0 || inflateReset(&z) != Z_OK))
            break;
        z.next_out = to;
        z.avail_out = sizeof(to);
        r = inflate(&z, Z_NO_FLUSH);
        buffer_append(out, to, sizeof(to) - z.avail_out);
    }
    inflateEnd(&z);
}

static void check_gzip(const uint8_t *data, size_t n, const struct buffer *got, int end)
{
    struct buffer want = { 0 };

    inflate_all(data, n, &want);
    promise(end == 2 || got->len <= want.len);
    promise(end != 0 || got->len == want.len);
    promise(got->len == 0 || want.len == 0 ||
            memcmp(got->data, want.data, got->len < want.len ? got->len : want.len) == 0);
    buffer_free(&want);
}

/* How much comes before a fault may depend on the pieces that are read and asked for: at nonsense
 * ISA-L's last bytes of a call are thrown away, liblzma sees only at the end of a call that it read
 * past the end of a chunk, and libbz2 gives a block out before it knows its sum. */
static bool late(enum codec_kind kind)
{
    return kind == CODEC_GZIP || kind == CODEC_XZ || kind == CODEC_BZIP2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buffer whole = { 0 }, pieces = { 0 };
    struct fault f = { 0 };
    struct left left = { data, n };
    struct codec *a = codec_open_memory(data, n, &f), *b;
    bool opened = a != NULL;
    int end = 1;

    if (a) {
        end = read_all(a, CODEC_BLOCK, &whole);
        promise(codec_consumed(a) <= n && codec_name(codec_kind(a)));
        promise(end != 0 || codec_consumed(a) == n);
        if (codec_kind(a) == CODEC_PLAIN && end == 0)
            promise(whole.len == n && memcmp(whole.data ? whole.data : "", data, n) == 0);
        if (codec_kind(a) == CODEC_GZIP)
            check_gzip(data, n, &whole, end);
    } else {
        promise(f.text[0]);
    }
    codec_close(a);
    b = codec_open_source(trickle, &left, "fuzz", &f);
    promise((b != NULL) == opened);
    if (b && n < 65536) {
        size_t same;

        promise(read_all(b, 4099, &pieces) == end);
        same = whole.len < pieces.len ? whole.len : pieces.len;
        promise(end == 2 || whole.len == pieces.len || (end == 1 && late(codec_kind(b))));
        promise(same == 0 || memcmp(whole.data, pieces.data, same) == 0);
    }
    codec_close(b);
    buffer_free(&whole);
    buffer_free(&pieces);
    return 0;
}
