/* SPDX-License-Identifier: Apache-2.0 */
/* The growable run of bytes of buffer.h: capacity doubles, failures are sticky. */
#include "common/buffer.h"

#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>

char *buffer_room(struct buffer *b, size_t more)
{
    size_t cap = b->cap ? b->cap : 64;
    char *grown;

    if (more <= b->cap - b->len && b->data)
        return b->data + b->len;
    if (more > SIZE_MAX / 2 - b->len)
        goto failed;
    while (cap - b->len < more)
        cap *= 2;
    grown = realloc(b->data, cap);
    if (!grown)
        goto failed;
    b->data = grown;
    b->cap = cap;
    return b->data + b->len;
failed:
    b->failed = true;
    return NULL;
}

void buffer_free(struct buffer *b)
{
    free(b->data);
    memset(b, 0, sizeof(*b));
}

bool buffer_text(struct buffer *b, const char *s, size_t n)
{
    while (n > 0) {
        size_t good = utf8_valid_prefix(s, n);

        buffer_append(b, s, good);
        if (good == n)
            break;
        buffer_puts(b, UTF8_REPLACEMENT);
        s += good + 1;
        n -= good + 1;
    }
    return !b->failed;
}

bool buffer_vprintf(struct buffer *b, const char *fmt, va_list args)
{
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0 || !buffer_room(b, (size_t)n + 1))
        return false;
    vsnprintf(b->data + b->len, (size_t)n + 1, fmt, args);
    b->len += (size_t)n;
    return true;
}

bool buffer_printf(struct buffer *b, const char *fmt, ...)
{
    va_list args;
    bool ok;

    va_start(args, fmt);
    ok = buffer_vprintf(b, fmt, args);
    va_end(args);
    return ok;
}

const char *buffer_string(struct buffer *b)
{
    if (!buffer_room(b, 1))
        return "";
    b->data[b->len] = '\0';
    return b->data;
}

char *buffer_take(struct buffer *b)
{
    char *data;

    if (b->failed || !buffer_room(b, 1)) {
        buffer_free(b);
        return NULL;
    }
    b->data[b->len] = '\0';
    data = b->data;
    memset(b, 0, sizeof(*b));
    return data;
}
