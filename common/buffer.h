/* SPDX-License-Identifier: Apache-2.0 */
/* A growable run of bytes. The owner calls buffer_free; a zeroed struct is an empty buffer.
 * Not for sharing between threads. */
#ifndef COMMON_BUFFER_H
#define COMMON_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
    char *data; /* not NUL-terminated, unless buffer_string is asked; NULL while empty */
    size_t len;
    size_t cap;
    bool failed; /* memory ran out once: contents are short; sticky until buffer_free */
};

/* Room for `more` bytes after len, or NULL when memory is out (and `failed` is set). */
char *buffer_room(struct buffer *b, size_t more);
void buffer_free(struct buffer *b);

/* False when memory is out. Callers that append much may ignore it and look at `failed` once. */
static inline bool buffer_append(struct buffer *b, const void *data, size_t len)
{
    char *to;

    if (len == 0)
        return true;
    to = b->data && len <= b->cap - b->len ? b->data + b->len : buffer_room(b, len);
    if (!to)
        return false;
    memcpy(to, data, len);
    b->len += len;
    return true;
}

static inline bool buffer_byte(struct buffer *b, char c)
{
    return buffer_append(b, &c, 1);
}

static inline bool buffer_puts(struct buffer *b, const char *s)
{
    return buffer_append(b, s, strlen(s));
}

/* Appends what need not be text as UTF-8: U+FFFD for each byte that is no part of it. */
bool buffer_text(struct buffer *b, const char *s, size_t n);
/* Appends formatted text. */
bool buffer_printf(struct buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool buffer_vprintf(struct buffer *b, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/* The contents with a NUL after them (not counted in len); "" when memory is out. */
const char *buffer_string(struct buffer *b);

/* Hands the contents over as a NUL-terminated string that the caller frees, and empties the
 * buffer. NULL when memory is out. */
char *buffer_take(struct buffer *b);

#endif
