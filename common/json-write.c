/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: each type's text, the inside of strings by json-escape.c. */
#include "common/json-write.h"
#include "common/json-escape.h"
#include "common/number.h"

#define PIECE 4096 /* bytes of text at a time, so that little room is reserved for nothing */

void json_write_text(struct buffer *b, const char *s, size_t n)
{
    buffer_byte(b, '"');
    do {
        size_t piece = n < PIECE ? n : PIECE;
        char *to = buffer_room(b, piece * JSON_ESCAPE_MAX + JSON_SLACK);

        if (!to)
            return;
        to = json_escape(to, s, piece);
        s += piece;
        n -= piece;
        if (n == 0)
            *to++ = '"';
        b->len = (size_t)(to - b->data);
    } while (n > 0);
}

void json_write_any_text(struct buffer *b, const char *s, size_t n)
{
    struct buffer text = { 0 };

    buffer_text(&text, s, n);
    json_write_text(b, text.data, text.len);
    b->failed |= text.failed;
    buffer_free(&text);
}

/* ---- base64 ---- */

static size_t base64_most(size_t n)
{
    return n / 3 * 4 + 4;
}

static char *base64_put(char *to, const void *data, size_t n)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = data;

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
    return to;
}

void base64_write(struct buffer *b, const void *data, size_t n)
{
    char *to = n <= SIZE_MAX / 2 ? buffer_room(b, base64_most(n)) : NULL;

    if (to)
        b->len = (size_t)(base64_put(to, data, n) - b->data);
    else
        b->failed = true;
}

/* ---- values ---- */

static size_t text_most(size_t n)
{
    return 2 + JSON_ESCAPE_MAX * n + JSON_SLACK;
}

size_t json_most(etl_value v)
{
    size_t most = 2 + JSON_SLACK;

    if (v.type == ETL_TEXT)
        return text_most(v.len);
    if (v.type == ETL_BYTES)
        return 2 + base64_most(v.len);
    if (v.type != ETL_LIST)
        return 2 + NUMBER_MAX;
    for (uint32_t i = 0; i < v.len; i++)
        most += 1 + text_most(v.list[i].len);
    return most;
}

static char *put_text(char *to, const char *s, size_t n)
{
    *to++ = '"';
    to = json_escape(to, s, n);
    *to++ = '"';
    return to;
}

static char *put_list(char *to, etl_value v)
{
    *to++ = '[';
    for (uint32_t i = 0; i < v.len; i++) {
        if (i > 0)
            *to++ = ',';
        to = put_text(to, v.list[i].text, v.list[i].len);
    }
    *to++ = ']';
    return to;
}

static char *put_quoted(char *to, const char *end)
{
    *to = '"';
    to += end - to;
    *to++ = '"';
    return to;
}

char *json_put(char *to, etl_value v)
{
    switch (v.type) {
    case ETL_BOOL:
        memcpy(to, v.boolean ? "true" : "false", 5);
        return to + (v.boolean ? 4 : 5);
    case ETL_INT:
        return to + number_write_int(to, v.integer);
    case ETL_REAL:
        return to + number_write_real(to, v.real);
    case ETL_TIME:
        return put_quoted(to, to + 1 + number_write_time(to + 1, v.time));
    case ETL_TEXT:
        return put_text(to, v.text, v.len);
    case ETL_BYTES:
        return put_quoted(to, base64_put(to + 1, v.bytes, v.len));
    case ETL_LIST:
        return put_list(to, v);
    default:
        memcpy(to, "null", 4);
        return to + 4;
    }
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

/* Texts come in pieces; of all else the most is little more than what it is. */
void json_write_value(struct buffer *b, etl_value v)
{
    char *to;

    if (v.type == ETL_TEXT)
        json_write_text(b, v.text, v.len);
    else if (v.type == ETL_LIST)
        write_list(b, v);
    else if ((to = buffer_room(b, json_most(v))))
        b->len = (size_t)(json_put(to, v) - b->data);
}

void json_write_int(struct buffer *b, int64_t i)
{
    json_write_value(b, etl_int(i));
}

void json_write_real(struct buffer *b, double d)
{
    json_write_value(b, etl_real(d));
}

void json_write_time(struct buffer *b, int64_t us)
{
    json_write_value(b, etl_time(us));
}
