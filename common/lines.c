/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting lines out of a codec's bytes: a block is filled as far as it goes, so that where reads
 * fall short changes nothing, and lines are handed out of it by memchr. */
#include "common/lines.h"
#include "common/buffer.h"
#include "common/charset.h"
#include "common/codec.h"
#include "common/decode.h"
#include "common/utf8.h"

#include <errno.h>
#include <stdlib.h>

struct lines {
    struct codec *codec;
    const char *encoding;
    char *block; /* CODEC_BLOCK bytes; those from start to end are not handed out */
    size_t start, end;
    uint64_t number;           /* of the line that the last piece was of */
    bool begun, ended, within; /* within: the last piece was not the last of its line */
    bool failed;               /* what came before the fault is handed out first */
    struct fault fault;

    const struct charset *wide; /* NULL: bytes are handed out as they are */
    struct buffer raw, text;    /* bytes on their way from wide to UTF-8 */
    size_t text_at;             /* what of text is taken */
    uint64_t replaced;
};

struct lines *lines_open(const char *path, const char *encoding, struct fault *f)
{
    struct lines *l = calloc(1, sizeof(*l));

    if (l)
        l->block = malloc(CODEC_BLOCK);
    if (!l || !l->block) {
        fault_set(f, ENOMEM, "out of memory");
        lines_close(l);
        return NULL;
    }
    l->encoding = encoding;
    l->codec = codec_open(path, f);
    if (!l->codec) {
        lines_close(l);
        return NULL;
    }
    return l;
}

void lines_close(struct lines *l)
{
    if (!l)
        return;
    codec_close(l->codec);
    buffer_free(&l->raw);
    buffer_free(&l->text);
    free(l->block);
    free(l);
}

/* ---- UTF-16 and UTF-32 ---- */

/* Bytes of raw that are whole characters: the rest waits for more. */
static size_t whole(const struct lines *l)
{
    const unsigned char *s = (const unsigned char *)l->raw.data;
    size_t unit = l->wide->kind == CHARSET_UTF16 ? 2 : 4, n = l->raw.len - l->raw.len % unit;
    bool little = strcmp(l->wide->name + 6, "le") == 0;

    if (unit == 2 && n > 0 && (s[n - (little ? 1 : 2)] & 0xfc) == 0xd8)
        n -= 2; /* the first half of a pair */
    return n;
}

static int out_of_memory(struct fault *f)
{
    return fault_set(f, ENOMEM, "out of memory while decoding text");
}

/* The first `n` bytes of raw become text. */
static int convert(struct lines *l, size_t n, struct fault *f)
{
    l->text.len = l->text_at = 0;
    if (charset_convert(l->wide, l->raw.data, n, &l->text, &l->replaced, f) < 0)
        return -1;
    memmove(l->raw.data, l->raw.data + n, l->raw.len - n);
    l->raw.len -= n;
    return 0;
}

/* The next bytes of the codec become text: 1, 0 at the end, -1. */
static int convert_more(struct lines *l, struct fault *f)
{
    int64_t n;

    do {
        char *to = buffer_room(&l->raw, CODEC_BLOCK);

        if (!to)
            return out_of_memory(f);
        n = codec_read(l->codec, to, CODEC_BLOCK, f);
        if (n < 0)
            return -1;
        l->raw.len += (size_t)n;
        if (convert(l, n == 0 ? l->raw.len : whole(l), f) < 0)
            return -1;
    } while (l->text.len == 0 && n > 0);
    return l->text.len > 0;
}

/* What is in the block turns out to be UTF-16 or UTF-32: back with it, to come again as text. */
static int widen(struct lines *l, const char *name, struct fault *f)
{
    l->wide = charset_find(name);
    if (!buffer_append(&l->raw, l->block, l->end))
        return out_of_memory(f);
    l->end = 0;
    l->ended = l->failed = false;
    if (convert(l, whole(l), f) < 0)
        return -1;
    if (l->text.len >= 3 && memcmp(l->text.data, UTF8_BOM, 3) == 0)
        l->text_at = 3;
    return 0;
}

/* ---- blocks ---- */

static int64_t pull(struct lines *l, char *to, size_t max, struct fault *f)
{
    size_t n;
    int more;

    if (!l->wide)
        return codec_read(l->codec, to, max, f);
    if (l->text_at == l->text.len) {
        more = convert_more(l, f);
        if (more <= 0)
            return more;
    }
    n = l->text.len - l->text_at;
    n = n < max ? n : max;
    memcpy(to, l->text.data + l->text_at, n);
    l->text_at += n;
    return (int64_t)n;
}

/* Fills the block behind what is left of it. */
static void fill(struct lines *l)
{
    memmove(l->block, l->block + l->start, l->end - l->start);
    l->end -= l->start;
    l->start = 0;
    while (l->end < CODEC_BLOCK && !l->ended) {
        int64_t n = pull(l, l->block + l->end, CODEC_BLOCK - l->end, &l->fault);

        l->failed = n < 0;
        l->ended = n <= 0;
        l->end += n > 0 ? (size_t)n : 0;
    }
}

static void begin(struct lines *l)
{
    const char *name;

    l->begun = true;
    fill(l);
    name = l->encoding ? decode_wide(l->encoding, l->block, l->end) : NULL;
    if (!name)
        return;
    if (widen(l, name, &l->fault) < 0)
        l->failed = l->ended = true;
    else
        fill(l);
}

static const char *find_lf(const struct lines *l)
{
    return memchr(l->block + l->start, '\n', l->end - l->start);
}

int lines_next(struct lines *l, struct lines_piece *p, struct fault *f)
{
    const char *lf;

    if (!l->begun)
        begin(l);
    lf = find_lf(l);
    if (!lf && !l->ended) {
        fill(l);
        lf = find_lf(l);
    }
    if (l->start == l->end && !(l->within && l->ended && !l->failed)) {
        if (l->failed)
            *f = l->fault;
        return l->failed ? -1 : 0;
    }
    p->first = !l->within;
    p->last = lf || (l->ended && !l->failed);
    p->data = l->block + l->start;
    p->len = lf ? (size_t)(lf - p->data) : l->end - l->start;
    l->number += p->first;
    p->number = l->number;
    l->start += p->len + (lf != NULL);
    l->within = !p->last;
    return 1;
}

uint64_t lines_consumed(const struct lines *l)
{
    return codec_consumed(l->codec);
}

bool lines_are_text(const struct lines *l)
{
    return l->wide != NULL;
}

uint64_t lines_replaced(const struct lines *l)
{
    return l->replaced;
}

const char *lines_beginning(const struct lines *l, size_t *len)
{
    *len = l->end;
    return l->block;
}
