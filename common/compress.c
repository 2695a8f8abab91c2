/* SPDX-License-Identifier: Apache-2.0 */
/* One block, one call, one member or frame: gzip by libdeflate (else zlib) at its fastest level, zstd
 * at level 3 with a checksum. Not by ISA-L: its level 1 (2.30) hashes an address of its own state for
 * the first word, so that one text comes out in two ways, by where memory happens to lie. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "common/compress.h"

#include <errno.h>
#include <stdlib.h>
#include <zstd.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

#define BLOCK_MAX ((size_t)1 << 30)

enum compress_kind compress_kind_of_name(const char *file_name)
{
    size_t n = strlen(file_name);

    if (n > 3 && memcmp(file_name + n - 3, ".gz", 3) == 0)
        return COMPRESS_GZIP;
    if (n > 4 && memcmp(file_name + n - 4, ".zst", 4) == 0)
        return COMPRESS_ZSTD;
    return COMPRESS_NONE;
}

static int no_memory(struct fault *f)
{
    return fault_set(f, ENOMEM, "no memory to compress a block");
}

#ifdef HAVE_LIBDEFLATE
static int gzip(const void *data, size_t len, struct buffer *out, struct fault *f)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(1);
    size_t most = c ? libdeflate_gzip_compress_bound(c, len) : 0, n = 0;
    char *to = buffer_room(out, most);

    if (c && to)
        n = libdeflate_gzip_compress(c, data, len, to, most);
    libdeflate_free_compressor(c);
    if (n == 0)
        return no_memory(f);
    out->len += n;
    return 0;
}
#else
static int gzip(const void *data, size_t len, struct buffer *out, struct fault *f)
{
    z_stream s = { 0 };
    size_t most;
    char *to;
    int r;

    if (deflateInit2(&s, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return no_memory(f);
    most = deflateBound(&s, (uLong)len);
    to = buffer_room(out, most);
    if (!to) {
        deflateEnd(&s);
        return no_memory(f);
    }
    s.next_in = (unsigned char *)(uintptr_t)data;
    s.avail_in = (uInt)len;
    s.next_out = (unsigned char *)to;
    s.avail_out = (uInt)most;
    r = deflate(&s, Z_FINISH);
    deflateEnd(&s);
    if (r != Z_STREAM_END)
        return fault_set(f, EIO, "gzip failed on a block (%d)", r);
    out->len += most - s.avail_out;
    return 0;
}
#endif

static int zstd(const void *data, size_t len, struct buffer *out, struct fault *f)
{
    size_t most = ZSTD_compressBound(len), n;
    ZSTD_CCtx *z = ZSTD_createCCtx();
    char *to = buffer_room(out, most);

    if (!z || !to) {
        ZSTD_freeCCtx(z);
        return no_memory(f);
    }
    ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, 3);
    ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
    n = ZSTD_compress2(z, to, most, data, len);
    ZSTD_freeCCtx(z);
    if (ZSTD_isError(n))
        return fault_set(f, EIO, "zstd failed on a block (%s)", ZSTD_getErrorName(n));
    out->len += n;
    return 0;
}

int compress_block(enum compress_kind kind, const void *data, size_t len, struct buffer *out,
                   struct fault *f)
{
    if (len >= BLOCK_MAX)
        return fault_set(f, EINVAL, "a block of %zu bytes is too long to compress at once", len);
    if (kind == COMPRESS_GZIP)
        return gzip(data, len, out, f);
    if (kind == COMPRESS_ZSTD)
        return zstd(data, len, out, f);
    return buffer_append(out, data, len) ? 0 : no_memory(f);
}
