/* SPDX-License-Identifier: Apache-2.0 */
/* xz by liblzma, which verifies every check, follows stream after stream and knows their padding.
 * Dictionaries over 64 MiB (xz -9 has that much) are refused. */
#include "common/codec-impl.h"

#include <lzma.h>
#include <stdlib.h>

#define MEMORY_LIMIT ((uint64_t)70 << 20) /* 64 MiB of dictionary and what liblzma adds */

struct xz {
    lzma_stream stream;
    bool at_end;
};

static int xz_open(struct codec *c, struct fault *f)
{
    struct xz *x = c->state = calloc(1, sizeof(*x));

    if (!x || lzma_stream_decoder(&x->stream, MEMORY_LIMIT,
                                  LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK) != LZMA_OK)
        return codec_no_memory(f);
    return 0;
}

static void xz_close(struct codec *c)
{
    struct xz *x = c->state;

    if (x)
        lzma_end(&x->stream);
    free(x);
}

static int refused(struct codec *c, lzma_ret r, struct fault *f)
{
    struct xz *x = c->state;

    switch (r) {
    case LZMA_MEM_ERROR:
        return codec_no_memory(f);
    case LZMA_MEMLIMIT_ERROR:
        return codec_damaged(c, f, "wants %llu MiB of memory; dictionaries over 64 MiB are refused",
                             (unsigned long long)((lzma_memusage(&x->stream) + 0xfffff) >> 20));
    case LZMA_UNSUPPORTED_CHECK:
        return codec_damaged(c, f, "its kind of check is not known here, so it cannot be verified");
    case LZMA_OPTIONS_ERROR:
        return codec_damaged(c, f, "its header asks for what xz cannot do");
    case LZMA_FORMAT_ERROR:
        return codec_damaged(c, f, "something that is no xz follows the last stream");
    case LZMA_BUF_ERROR:
        return codec_damaged(c, f, "ends in the middle of a stream");
    default:
        return codec_damaged(c, f, "wrong check, or nonsense, in a block or index");
    }
}

static int64_t xz_read(struct codec *c, unsigned char *to, size_t max, struct fault *f)
{
    struct xz *x = c->state;
    lzma_stream *s = &x->stream;

    s->next_out = to;
    s->avail_out = max;
    while (!x->at_end) {
        int more = codec_fill(c, f);
        lzma_ret r;

        if (more < 0)
            return -1;
        s->next_in = c->buffer + c->at;
        s->avail_in = c->end - c->at;
        r = lzma_code(s, more ? LZMA_RUN : LZMA_FINISH);
        c->at = c->end - s->avail_in;
        if (r == LZMA_STREAM_END)
            x->at_end = true;
        else if (r != LZMA_OK && s->avail_out == max)
            return refused(c, r, f);
        if (s->avail_out < max)
            break; /* an error comes again on the next call */
    }
    return (int64_t)(max - s->avail_out);
}

const struct codec_ops codec_xz = { "xz", xz_open, xz_read, xz_close };
