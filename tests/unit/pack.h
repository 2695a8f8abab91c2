/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: the same bytes packed by each codec's own library, whole in memory, and a steady
 * stream of pseudo-random numbers. Failure ends the test. */
#ifndef TESTS_PACK_H
#define TESTS_PACK_H

#include "common/buffer.h"
#include "common/codec.h"

#include <bzlib.h>
#include <check.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

static inline void pack_gzip(const void *data, size_t len, struct buffer *out)
{
    z_stream s = { 0 };
    size_t most = len + len / 8 + 1024;

    ck_assert_int_eq(deflateInit2(&s, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    s.next_in = (unsigned char *)(uintptr_t)data;
    s.avail_in = (uInt)len;
    s.next_out = (unsigned char *)buffer_room(out, most);
    s.avail_out = (uInt)most;
    ck_assert_int_eq(deflate(&s, Z_FINISH), Z_STREAM_END);
    out->len += most - s.avail_out;
    deflateEnd(&s);
}

static inline void pack_zstd(const void *data, size_t len, struct buffer *out)
{
    size_t most = ZSTD_compressBound(len), n;
    ZSTD_CCtx *z = ZSTD_createCCtx();

    ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
    n = ZSTD_compress2(z, buffer_room(out, most), most, data, len);
    ck_assert(!ZSTD_isError(n));
    out->len += n;
    ZSTD_freeCCtx(z);
}

static inline void pack_xz(const void *data, size_t len, struct buffer *out)
{
    size_t most = lzma_stream_buffer_bound(len), n = 0;
    uint8_t *to = (uint8_t *)buffer_room(out, most);

    ck_assert_int_eq(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, data, len, to, &n, most),
                     LZMA_OK);
    out->len += n;
}

static inline void pack_bzip2(const void *data, size_t len, struct buffer *out)
{
    unsigned n = (unsigned)(len + len / 50 + 1024);
    char *to = buffer_room(out, n);

    ck_assert_int_eq(BZ2_bzBuffToBuffCompress(to, &n, (char *)(uintptr_t)(data ? data : ""),
                                              (unsigned)len, 9, 0, 0),
                     BZ_OK);
    out->len += n;
}

static inline void pack(enum codec_kind kind, const void *data, size_t len, struct buffer *out)
{
    if (kind == CODEC_GZIP)
        pack_gzip(data, len, out);
    else if (kind == CODEC_ZSTD)
        pack_zstd(data, len, out);
    else if (kind == CODEC_XZ)
        pack_xz(data, len, out);
    else if (kind == CODEC_BZIP2)
        pack_bzip2(data, len, out);
    else
        ck_assert(buffer_append(out, data, len));
}

/* xorshift64*, from a fixed seed: the same in each run. */
static inline uint64_t pack_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717ull;
}

/* Words that repeat, so that it packs like text; or noise, which does not. */
static inline void pack_sample(struct buffer *b, size_t len, bool noise)
{
    static const char *const words[] = { "berita ", "kota ",  "hujan ", "warga\n", "pasar ",
                                         "sungai ", "jalan ", "pagi, ", "dan ",    "jembatan.\n" };
    uint64_t state = 88172645463325252ull + len;

    while (b->len < len) {
        uint64_t r = pack_random(&state);

        if (noise)
            buffer_append(b, &r, sizeof(r));
        else
            buffer_puts(b, words[r % 10]);
    }
    b->len = len;
}

#endif
