/* SPDX-License-Identifier: Apache-2.0 */
/* By libdeflate, which takes a text as a whole and is the faster for it; else by zlib. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "common/inflate.h"

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>

struct inflater *inflater_open(void)
{
    return (struct inflater *)libdeflate_alloc_decompressor();
}

void inflater_close(struct inflater *i)
{
    if (i)
        libdeflate_free_decompressor((struct libdeflate_decompressor *)i);
}

bool inflate_whole(struct inflater *i, const void *data, size_t n, void *to, size_t size)
{
    size_t taken = 0, made = 0;

    return libdeflate_deflate_decompress_ex((struct libdeflate_decompressor *)i, data, n, to, size,
                                            &taken, &made) == LIBDEFLATE_SUCCESS &&
           taken == n && made == size;
}

uint32_t inflate_crc32(const void *data, size_t n)
{
    return libdeflate_crc32(0, data, n);
}
#else
#include <stdlib.h>
#include <zlib.h>

struct inflater {
    z_stream stream;
};

struct inflater *inflater_open(void)
{
    struct inflater *i = calloc(1, sizeof(*i));

    if (!i || inflateInit2(&i->stream, -15) == Z_OK)
        return i;
    free(i);
    return NULL;
}

void inflater_close(struct inflater *i)
{
    if (i)
        inflateEnd(&i->stream);
    free(i);
}

bool inflate_whole(struct inflater *i, const void *data, size_t n, void *to, size_t size)
{
    unsigned char none;
    z_stream *s = &i->stream;

    if (n > UINT32_MAX || size > UINT32_MAX || inflateReset(s) != Z_OK)
        return false;
    s->next_in = (unsigned char *)(uintptr_t)data;
    s->avail_in = (uInt)n;
    s->next_out = to ? to : &none; /* where there is no room, zlib must yet see a place */
    s->avail_out = (uInt)size;
    return inflate(s, Z_FINISH) == Z_STREAM_END && s->avail_in == 0 && s->avail_out == 0;
}

uint32_t inflate_crc32(const void *data, size_t n)
{
    return (uint32_t)crc32_z(0, data, n);
}
#endif
