/* SPDX-License-Identifier: Apache-2.0 */
/* What codec.c and the one file per codec share: the window on the compressed input, and the
 * table through which codec.c calls a codec. Nobody else includes this. */
#ifndef COMMON_CODEC_IMPL_H
#define COMMON_CODEC_IMPL_H

#include "common/codec.h"

#include <stdbool.h>

/* One codec. read: as codec_read; it may return fewer bytes than asked, and 0 only after all input
 * is taken and verified. */
struct codec_ops {
    const char *name;                              /* as in messages */
    int (*open)(struct codec *c, struct fault *f); /* sets c->state; 0 or -1 */
    int64_t (*read)(struct codec *c, unsigned char *to, size_t max, struct fault *f);
    void (*close)(struct codec *c); /* also after a failed open */
};

extern const struct codec_ops codec_gzip, codec_zstd, codec_xz, codec_bzip2;

struct codec {
    const struct codec_ops *ops; /* NULL: plain */
    enum codec_kind kind;
    void *state; /* the codec's own */
    codec_source *source;
    void *context;
    char *name;            /* of the file, for messages */
    int fd;                /* ours to close, or -1 */
    unsigned char *buffer; /* compressed bytes: [at, end) are not yet taken */
    size_t at, end;
    bool at_end;      /* the source said 0 */
    uint64_t fetched; /* bytes got from the source */
    uint64_t part;    /* which member, frame or stream, from 1 */
    bool failed;      /* then fault is what every further read says */
    struct fault fault;
};

/* Room before the first byte of a block, so that codec_unread always can. */
#define CODEC_HEADROOM 64

/* Makes [at, end) hold something, if there is more. 1, 0 at the end of the input, -1. */
int codec_fill(struct codec *c, struct fault *f);
/* Makes [at, end) hold `want` bytes (at most CODEC_HEADROOM) or all that is left. How many there
 * are, or -1. */
int codec_peek(struct codec *c, size_t want, struct fault *f);
/* Puts back up to 8 bytes that were taken last. */
void codec_unread(struct codec *c, const unsigned char *bytes, size_t n);
/* f: "damaged gzip: ...", at the byte that would be taken next. Returns -1. */
int codec_damaged(const struct codec *c, struct fault *f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* f: no memory. Returns -1. */
int codec_no_memory(struct fault *f);

static inline uint32_t codec_little32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

#endif
