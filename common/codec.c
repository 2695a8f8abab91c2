/* SPDX-License-Identifier: Apache-2.0 */
/* The compressed input as a window of blocks, the choice of a codec by the first bytes, and the
 * codec that does nothing. */
#if defined(HAVE_CONFIG_H)
#include "config.h" /* for strdup, posix_fadvise */
#endif
#include "common/codec-impl.h"
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 16 /* bytes that are looked at to tell the codec */

/* ---- the window ---- */

int codec_fill(struct codec *c, struct fault *f)
{
    ssize_t n;

    if (c->at < c->end)
        return 1;
    if (c->at_end)
        return 0;
    n = c->source(c->context, c->buffer + CODEC_HEADROOM, CODEC_BLOCK);
    if (n < 0)
        return fault_set(f, errno ? errno : EIO, "cannot read %s", c->name);
    c->at = CODEC_HEADROOM;
    c->end = c->at + (size_t)n;
    c->fetched += (size_t)n;
    c->at_end = n == 0;
    return n > 0;
}

int codec_peek(struct codec *c, size_t want, struct fault *f)
{
    unsigned char kept[CODEC_HEADROOM];
    size_t have = c->end - c->at;

    while (have < want) {
        int more;

        memcpy(kept, c->buffer + c->at, have);
        c->at = c->end;
        more = codec_fill(c, f);
        if (more < 0)
            return -1;
        if (!more)
            c->at = c->end = CODEC_HEADROOM; /* what is put back must fit before it */
        c->at -= have;
        memcpy(c->buffer + c->at, kept, have);
        have = c->end - c->at;
        if (!more)
            break;
    }
    return (int)(have < want ? have : want);
}

void codec_unread(struct codec *c, const unsigned char *bytes, size_t n)
{
    if (c->at == c->end)
        c->at = c->end = CODEC_HEADROOM;
    c->at -= n;
    memcpy(c->buffer + c->at, bytes, n);
}

uint64_t codec_consumed(const struct codec *c)
{
    return c->fetched - (c->end - c->at);
}

int codec_damaged(const struct codec *c, struct fault *f, const char *fmt, ...)
{
    char what[sizeof(f->text)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    fault_set(f, 0, "damaged %s: %.360s", codec_name(c->kind), what);
    f->byte = codec_consumed(c);
    return -1;
}

int codec_no_memory(struct fault *f)
{
    return fault_set(f, ENOMEM, "no memory to unpack");
}

/* ---- which codec ---- */

static const struct magic {
    enum codec_kind kind;
    const struct codec_ops *ops;
    unsigned char len;     /* all of it must be there */
    unsigned char telling; /* so many bytes are no text: a file that ends there was cut */
    unsigned char bytes[10];
    unsigned char mask[10];
} magics[] = {
    { CODEC_GZIP, &codec_gzip, 2, 1, { 0x1f, 0x8b }, { 0xff, 0xff } },
    { CODEC_ZSTD, &codec_zstd, 4, 2, { 0x28, 0xb5, 0x2f, 0xfd }, { 0xff, 0xff, 0xff, 0xff } },
    /* skippable frame; some writers begin with one */
    { CODEC_ZSTD, &codec_zstd, 4, 4, { 0x50, 0x2a, 0x4d, 0x18 }, { 0xf0, 0xff, 0xff, 0xff } },
    { CODEC_XZ,
      &codec_xz,
      6,
      1,
      { 0xfd, '7', 'z', 'X', 'Z', 0 },
      { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
    { CODEC_BZIP2,
      &codec_bzip2,
      10,
      4,
      { 'B', 'Z', 'h', '0', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59 },
      { 0xff, 0xff, 0xff, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
    { CODEC_BZIP2,
      &codec_bzip2,
      10,
      4,
      { 'B', 'Z', 'h', '0', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90 },
      { 0xff, 0xff, 0xff, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
};

/* Bits in which the first n bytes differ from the magic. */
static int distance(const struct magic *m, const unsigned char *head, size_t n)
{
    int bits = 0;

    for (size_t i = 0; i < n; i++)
        bits += __builtin_popcount((unsigned)((head[i] ^ m->bytes[i]) & m->mask[i]));
    return bits;
}

/* One wrong bit in a magic would pass the compressed bytes on as text. No text begins so: gzip's
 * two bytes are taken with the method and flags that must follow. */
static bool almost(const struct magic *m, const unsigned char *head, size_t n)
{
    if (n < m->len || distance(m, head, m->len) != 1)
        return false;
    if (m->kind == CODEC_GZIP)
        return n >= 4 && head[2] == 8 && head[3] < 0x20;
    return m->telling < m->len;
}

static int choose(struct codec *c, struct fault *f)
{
    const unsigned char *head = c->buffer + c->at;
    size_t n = c->end - c->at;

    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        const struct magic *m = &magics[i];

        c->kind = m->kind;
        c->ops = m->ops;
        if (n >= m->len ? distance(m, head, m->len) == 0
                        : n >= m->telling && distance(m, head, n) == 0)
            return 0; /* one that was cut: the codec says so when it is read */
        if (almost(m, head, n))
            return codec_damaged(c, f, "the first bytes are %s's but for one bit",
                                 codec_name(m->kind));
    }
    c->kind = CODEC_PLAIN;
    c->ops = NULL;
    return 0;
}

const char *codec_name(enum codec_kind kind)
{
    static const char *const names[] = { "plain", "gzip", "zstd", "xz", "bzip2" };

    return names[kind];
}

enum codec_kind codec_kind(const struct codec *c)
{
    return c->kind;
}

const unsigned char *codec_head(const struct codec *c, size_t *len)
{
    *len = c->end - c->at < HEAD ? c->end - c->at : HEAD;
    return c->buffer + c->at;
}

/* ---- sources ---- */

static ssize_t read_fd(void *context, void *to, size_t max)
{
    const struct codec *c = context;
    ssize_t n;

    do
        n = read(c->fd >= 0 ? c->fd : ~c->fd, to, max);
    while (n < 0 && errno == EINTR);
    return n;
}

struct memory {
    const unsigned char *at;
    size_t left;
};

static ssize_t read_memory(void *context, void *to, size_t max)
{
    struct memory *m = context;
    size_t n = max < m->left ? max : m->left;

    if (n > 0) { /* at may be NULL */
        memcpy(to, m->at, n);
        m->at += n;
        m->left -= n;
    }
    return (ssize_t)n;
}

/* ---- opening and closing ---- */

static struct codec *make(const char *name, struct fault *f)
{
    struct codec *c = calloc(1, sizeof(*c));

    if (c) {
        c->fd = -1;
        c->at = c->end = CODEC_HEADROOM;
        c->name = strdup(name);
        c->buffer = malloc(CODEC_HEADROOM + CODEC_BLOCK);
        if (c->name && c->buffer)
            return c;
    }
    codec_close(c);
    codec_no_memory(f);
    return NULL;
}

/* The head is read, the codec chosen and opened; c is closed if that fails. */
static struct codec *begin(struct codec *c, codec_source *source, void *context, struct fault *f)
{
    memset(f, 0, sizeof(*f));
    c->source = source;
    c->context = context;
    if (codec_peek(c, HEAD, f) < 0 || choose(c, f) || (c->ops && c->ops->open(c, f))) {
        codec_close(c);
        return NULL;
    }
    c->part = 1;
    return c;
}

struct codec *codec_open_source(codec_source *source, void *context, const char *name,
                                struct fault *f)
{
    struct codec *c = make(name, f);

    return c ? begin(c, source, context, f) : NULL;
}

struct codec *codec_open_fd(int fd, const char *name, struct fault *f)
{
    struct codec *c = make(name, f);

    if (!c)
        return NULL;
    c->fd = ~fd; /* negative: not ours to close */
    return begin(c, read_fd, c, f);
}

struct codec *codec_open_memory(const void *data, size_t len, struct fault *f)
{
    struct codec *c = make("memory", f);
    struct memory *m = c ? malloc(sizeof(*m)) : NULL;

    if (!m) {
        codec_close(c);
        codec_no_memory(f);
        return NULL;
    }
    m->at = data;
    m->left = len;
    return begin(c, read_memory, m, f);
}

struct codec *codec_open(const char *path, struct fault *f)
{
    struct codec *c;
    struct stat st;

    if (strcmp(path, "-") == 0)
        return codec_open_fd(STDIN_FILENO, "standard input", f);
    c = make(path, f);
    if (!c)
        return NULL;
    c->fd = file_open(path, O_RDONLY | O_NOCTTY, 0);
    if (c->fd < 0 || fstat(c->fd, &st)) {
        fault_set(f, errno, "cannot open %s", path);
        codec_close(c);
        return NULL;
    }
    if (S_ISDIR(st.st_mode)) {
        fault_set(f, EISDIR, "cannot read %s: it is a folder", path);
        codec_close(c);
        return NULL;
    }
    posix_fadvise(c->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return begin(c, read_fd, c, f);
}

void codec_close(struct codec *c)
{
    if (!c)
        return;
    if (c->ops)
        c->ops->close(c);
    if (c->source == read_memory)
        free(c->context);
    if (c->fd >= 0)
        close(c->fd);
    free(c->buffer);
    free(c->name);
    free(c);
}

/* ---- reading ---- */

/* The head comes out of the window, the rest goes from the source straight to the caller. */
static int64_t read_plain(struct codec *c, unsigned char *to, size_t max, struct fault *f)
{
    size_t have = c->end - c->at;
    ssize_t n;

    if (have > 0) {
        if (have > max)
            have = max;
        memcpy(to, c->buffer + c->at, have);
        c->at += have;
        return (int64_t)have;
    }
    if (c->at_end)
        return 0;
    n = c->source(c->context, to, max);
    if (n < 0)
        return fault_set(f, errno ? errno : EIO, "cannot read %s", c->name);
    c->fetched += (size_t)n;
    c->at_end = n == 0;
    return n;
}

int64_t codec_read(struct codec *c, void *to, size_t max, struct fault *f)
{
    int64_t n;

    if (!c->failed) {
        memset(&c->fault, 0, sizeof(c->fault));
        n = c->ops ? c->ops->read(c, to, max, &c->fault) : read_plain(c, to, max, &c->fault);
        if (n >= 0)
            return n;
        c->failed = true;
    }
    *f = c->fault;
    return -1;
}
