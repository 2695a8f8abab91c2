/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: text is copied 16 bytes at a time up to the next byte that needs an escape. */
#include "common/json-write.h"
#include "common/json-special.h"
#include "common/number.h"

#define PIECE 4096 /* bytes of text at a time, so that little room is reserved for nothing */
#define ESCAPE_MAX 6

static char *escape(char *to, unsigned char c)
{
    static const char hex[16] = "0123456789abcdef";
    static const char letters[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
    };

    *to++ = '\\';
    if (c >= 0x20) {
        *to++ = (char)c;
    } else if (letters[c]) {
        *to++ = letters[c];
    } else {
        memcpy(to, "u00", 3);
        to[3] = hex[c >> 4];
        to[4] = hex[c & 15];
        to += 5;
    }
    return to;
}

/* `to` has room for ESCAPE_MAX bytes for each of the n, and 16 more. */
static char *escape_piece(char *to, const char *s, size_t n)
{
    const char *end = s + n;

#ifdef __SSE2__
    while (end - s >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
        unsigned found = json_specials(v);

        _mm_storeu_si128((__m128i *)(void *)to, v);
        if (found) {
            size_t clean = (size_t)__builtin_ctz(found);

            to = escape(to + clean, (unsigned char)s[clean]);
            s += clean + 1;
        } else {
            to += 16;
            s += 16;
        }
    }
#endif
    for (; s < end; s++) {
        if (json_is_special(*s))
            to = escape(to, (unsigned char)*s);
        else
            *to++ = *s;
    }
    return to;
}

void json_write_text(struct buffer *b, const char *s, size_t n)
{
    buffer_byte(b, '"');
    while (n > 0) {
        size_t piece = n < PIECE ? n : PIECE;
        char *to = buffer_room(b, piece * ESCAPE_MAX + 16);

        if (!to)
            return;
        b->len = (size_t)(escape_piece(to, s, piece) - b->data);
        s += piece;
        n -= piece;
    }
    buffer_byte(b, '"');
}

void json_write_any_text(struct buffer *b, const char *s, size_t n)
{
    struct buffer text = { 0 };

    buffer_text(&text, s, n);
    json_write_text(b, text.data, text.len);
    b->failed |= text.failed;
    buffer_free(&text);
}

void json_write_int(struct buffer *b, int64_t i)
{
    char text[NUMBER_MAX];

    buffer_append(b, text, number_write_int(text, i));
}

void json_write_real(struct buffer *b, double d)
{
    char text[NUMBER_MAX];

    buffer_append(b, text, number_write_real(text, d));
}

void json_write_time(struct buffer *b, int64_t us)
{
    char text[NUMBER_MAX + 2] = "\"";
    size_t n = 1 + number_write_time(text + 1, us);

    text[n++] = '"';
    buffer_append(b, text, n);
}

void base64_write(struct buffer *b, const void *data, size_t n)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = data;
    char *to = n <= SIZE_MAX / 4 * 3 - 3 ? buffer_room(b, (n + 2) / 3 * 4) : NULL;

    if (!to) {
        b->failed = true;
        return;
    }
    for (; n >= 3; n -= 3, s += 3) {
        *to++ = letters[s[0] >> 2];
        *to++ = letters[(s[0] & 3) << 4 | s[1] >> 4];
        *to++ = letters[(s[1] & 15) << 2 | s[2] >> 6];
        *to++ = letters[s[2] & 63];
    }
    if (n > 0) {
        unsigned second = n > 1 ? s[1] : 0;

        *to++ = letters[s[0] >> 2];
        *to++ = letters[(s[0] & 3u) << 4 | second >> 4];
        *to++ = n > 1 ? letters[(second & 15) << 2] : '=';
        *to++ = '=';
    }
    b->len = (size_t)(to - b->data);
}

void json_write_bytes(struct buffer *b, const void *data, size_t n)
{
    buffer_byte(b, '"');
    base64_write(b, data, n);
    buffer_byte(b, '"');
}

static void write_list(struct buffer *b, etl_value v)
{
    buffer_byte(b, '[');
    for (uint32_t i = 0; i < v.len; i++) {
        if (i > 0)
            buffer_byte(b, ',');
        json_write_text(b, v.list[i].text, v.list[i].len);
    }
    buffer_byte(b, ']');
}

void json_write_value(struct buffer *b, etl_value v)
{
    switch (v.type) {
    case ETL_BOOL:
        buffer_puts(b, v.boolean ? "true" : "false");
        break;
    case ETL_INT:
        json_write_int(b, v.integer);
        break;
    case ETL_REAL:
        json_write_real(b, v.real);
        break;
    case ETL_TIME:
        json_write_time(b, v.time);
        break;
    case ETL_TEXT:
        json_write_text(b, v.text, v.len);
        break;
    case ETL_BYTES:
        json_write_bytes(b, v.bytes, v.len);
        break;
    case ETL_LIST:
        write_list(b, v);
        break;
    default:
        buffer_puts(b, "null");
    }
}
