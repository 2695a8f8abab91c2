/* SPDX-License-Identifier: Apache-2.0 */
/* gzip in and out: what common/ calls, beside zlib and libdeflate. */
#include <config.h>
#include "bench/micro.h"

#include "common/codec.h"
#include "common/compress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

enum { BLOCK = 1 << 20 };

struct gzip {
    char *whole; /* all texts in one */
    size_t len;
    char *packed;
    size_t packed_len, packed_cap;
    char *to;
    struct buffer out;
    int level;
    size_t written;
};

/* -15: raw deflate window; + 16: gzip. */
static size_t zlib_pack(struct gzip *g, const char *from, size_t len, char *to, size_t cap)
{
    z_stream z = { 0 };
    size_t written;

    if (deflateInit2(&z, g->level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        give_up("zlib cannot start");
    z.next_in = (Bytef *)(uintptr_t)from;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)to;
    z.avail_out = (uInt)cap;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        give_up("zlib cannot pack");
    written = z.total_out;
    deflateEnd(&z);
    return written;
}

static uint64_t in_codec(const struct texts *t, void *state)
{
    struct gzip *g = state;
    struct fault f;
    struct codec *c = codec_open_memory(g->packed, g->packed_len, &f);
    uint64_t sum = 0;
    int64_t n;

    (void)t;
    if (!c)
        give_up("the codec cannot start");
    while ((n = codec_read(c, g->to, CODEC_BLOCK, &f)) > 0)
        sum += (uint64_t)n;
    codec_close(c);
    return n < 0 ? 0 : sum;
}

static uint64_t in_zlib(const struct texts *t, void *state)
{
    struct gzip *g = state;
    z_stream z = { 0 };
    uint64_t sum;
    int result;

    (void)t;
    if (inflateInit2(&z, 15 + 16) != Z_OK)
        give_up("zlib cannot start");
    z.next_in = (Bytef *)g->packed;
    z.avail_in = (uInt)g->packed_len;
    do {
        z.next_out = (Bytef *)g->to;
        z.avail_out = (uInt)CODEC_BLOCK;
        result = inflate(&z, Z_NO_FLUSH);
    } while (result == Z_OK);
    sum = z.total_out;
    inflateEnd(&z);
    return result == Z_STREAM_END ? sum : 0;
}

#ifdef HAVE_LIBDEFLATE
static uint64_t in_libdeflate(const struct texts *t, void *state)
{
    struct gzip *g = state;
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    size_t n = 0;

    (void)t;
    if (!d || libdeflate_gzip_decompress(d, g->packed, g->packed_len, g->to, g->len, &n) != 0)
        give_up("libdeflate cannot unpack");
    libdeflate_free_decompressor(d);
    return n;
}

static uint64_t out_libdeflate(const struct texts *t, void *state)
{
    struct gzip *g = state;
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(g->level);

    (void)t;
    if (!c)
        give_up("libdeflate cannot start");
    g->written = 0;
    for (size_t at = 0; at < g->len; at += BLOCK)
        g->written += libdeflate_gzip_compress(
            c, g->whole + at, g->len - at < BLOCK ? g->len - at : BLOCK, g->to, 2 * BLOCK);
    libdeflate_free_compressor(c);
    return g->written;
}
#endif

static uint64_t out_compress(const struct texts *t, void *state)
{
    struct gzip *g = state;
    struct fault f;

    (void)t;
    g->written = 0;
    for (size_t at = 0; at < g->len; at += BLOCK) {
        g->out.len = 0;
        if (compress_block(COMPRESS_GZIP, g->whole + at, g->len - at < BLOCK ? g->len - at : BLOCK,
                           &g->out, &f) < 0)
            give_up("a block cannot be packed");
        g->written += g->out.len;
    }
    return g->written;
}

static uint64_t out_zlib(const struct texts *t, void *state)
{
    struct gzip *g = state;

    (void)t;
    g->written = 0;
    for (size_t at = 0; at < g->len; at += BLOCK)
        g->written += zlib_pack(g, g->whole + at, g->len - at < BLOCK ? g->len - at : BLOCK, g->to,
                                2 * BLOCK);
    return g->written;
}

/* How small it gets is known after it has run once. */
static void out_row(const struct texts *t, enum stands stands, const char *name, trial *run,
                    struct gzip *g, int level)
{
    char note[64];

    g->level = level;
    run(t, g);
    snprintf(note, sizeof(note), "%.2f times smaller", (double)g->len / (double)g->written);
    row(t, stands, name, run, g, g->len, note);
}

void micro_gzip(const struct texts *t)
{
    struct gzip g = { .level = 6, .len = t->len };

    g.whole = room(g.len);
    for (size_t i = 0, at = 0; i < t->n; at += t->size[i++])
        memcpy(g.whole + at, t->at[i], t->size[i]);
    g.packed_cap = g.len + g.len / 1000 + 4096;
    g.packed = room(g.packed_cap);
    g.to = room(g.len + 2 * (size_t)BLOCK);
    g.packed_len = zlib_pack(&g, g.whole, g.len, g.packed, g.packed_cap);
    row(t, OURS, "gzip in", in_codec, &g, g.len, NULL);
    row(t, SAME, "zlib", in_zlib, &g, g.len, NULL);
#ifdef HAVE_LIBDEFLATE
    row(t, SAME, "libdeflate", in_libdeflate, &g, g.len, "all in memory at once");
#endif
    out_row(t, OURS, "gzip out, blocks of 1 MiB", out_compress, &g, 0);
    out_row(t, SIMILAR, "zlib -1", out_zlib, &g, 1);
    out_row(t, SIMILAR, "zlib -6", out_zlib, &g, 6);
#ifdef HAVE_LIBDEFLATE
    out_row(t, SIMILAR, "libdeflate -1", out_libdeflate, &g, 1);
#endif
    free(g.whole);
    free(g.packed);
    free(g.to);
    buffer_free(&g.out);
}
