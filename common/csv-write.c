/* SPDX-License-Identifier: Apache-2.0 */
/* The CSV writer: one look at 16 bytes a time for what asks for quotes, then memchr for the quotes
 * to double. */
#include "common/csv-write.h"
#include "common/json-write.h"
#include "common/number.h"
#include "common/sse2.h"

#include <math.h>

enum { BLOCK = 16 }; /* bytes written at once, of a cell that has fewer */

bool csv_is_risky(const char *s, size_t n)
{
    char c = n > 0 ? s[0] : 'a';

    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

#ifdef __SSE2__
/* One bit for each of the 16 bytes that asks for quotes. */
static inline unsigned asking(__m128i v, char delimiter)
{
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i comma = _mm_cmpeq_epi8(v, _mm_set1_epi8(delimiter));
    __m128i lf = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
    __m128i cr = _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'));

    return (unsigned)_mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(quote, comma), _mm_or_si128(lf, cr)));
}

static inline __m128i load(const char *s)
{
    return _mm_loadu_si128((const __m128i *)(const void *)s);
}

/* Of 1 byte or more; the last block may lie over the one before. */
static bool any_asks(const char *s, size_t n, char delimiter)
{
    if (n < BLOCK)
        return asking(sse2_load_few(s, n), delimiter);
    for (size_t i = 0; n - i > BLOCK; i += BLOCK)
        if (asking(load(s + i), delimiter))
            return true;
    return asking(load(s + n - BLOCK), delimiter);
}
#else
static bool any_asks(const char *s, size_t n, char delimiter)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == '"' || s[i] == delimiter || s[i] == '\n' || s[i] == '\r')
            return true;
    return false;
}
#endif

static bool needs_quotes(const char *s, size_t n, char delimiter)
{
    return n == 0 || is_blank(s[0]) || is_blank(s[n - 1]) || any_asks(s, n, delimiter);
}

static char *put_plain(char *to, const char *s, size_t n)
{
#ifdef __SSE2__
    if (n < BLOCK) {
        _mm_storeu_si128((__m128i *)(void *)to, sse2_load_few(s, n));
        return to + n;
    }
#endif
    memcpy(to, s, n);
    return to + n;
}

/* With each byte a quote. */
static size_t text_most(size_t n)
{
    return 2 * n + 3 + BLOCK;
}

/* *risky is raised by one where it is. */
static char *put_text(char *to, const char *s, size_t n, const struct csv_style *style,
                      int64_t *risky)
{
    bool is_risky = csv_is_risky(s, n), apostrophe = style->spreadsheet_safe && is_risky;
    const char *quote;

    *risky += is_risky;
    if (!needs_quotes(s, n, style->delimiter)) {
        if (apostrophe)
            *to++ = '\'';
        return put_plain(to, s, n);
    }
    *to++ = '"';
    if (apostrophe)
        *to++ = '\'';
    while (n > 0 && (quote = memchr(s, '"', n)) != NULL) {
        size_t run = (size_t)(quote - s) + 1;

        memcpy(to, s, run);
        to += run;
        *to++ = '"';
        s += run;
        n -= run;
    }
    if (n > 0)
        memcpy(to, s, n);
    to += n;
    *to++ = '"';
    return to;
}

size_t csv_most(etl_value v)
{
    size_t json;

    if (v.type == ETL_TEXT)
        return text_most(v.len);
    if (v.type != ETL_LIST && v.type != ETL_BYTES)
        return NUMBER_MAX;
    json = json_most(v);
    return text_most(json) + json;
}

/* As JSON at first, behind the place of the cell. */
static char *put_json(char *to, etl_value v, const struct csv_style *style, int64_t *risky)
{
    char *json = to + text_most(json_most(v)), *end = json_put(json, v);

    if (v.type == ETL_BYTES) { /* without its own quotes */
        json++;
        end--;
    }
    return put_text(to, json, (size_t)(end - json), style, risky);
}

char *csv_put(char *to, etl_value v, const struct csv_style *style, int64_t *risky)
{
    switch (v.type) {
    case ETL_NULL:
        return to;
    case ETL_REAL: /* what is no number is null, and null is nothing */
        return isfinite(v.real) ? to + number_write_real(to, v.real) : to;
    case ETL_TIME:
        return to + number_write_time(to, v.time);
    case ETL_TEXT:
        return put_text(to, v.text, v.len, style, risky);
    case ETL_LIST:
    case ETL_BYTES:
        return put_json(to, v, style, risky);
    default:
        return json_put(to, v);
    }
}

/* A list and bytes are as JSON at the end of b first, with room for no more than that takes; then
 * the cell is made behind it, and moved down. */
static void write_json(struct buffer *b, etl_value v, const struct csv_style *style, int64_t *risky)
{
    size_t start = b->len, n;
    char *to, *end;

    if (v.type == ETL_BYTES)
        base64_write(b, v.bytes, v.len);
    else
        json_write_value(b, v);
    n = b->len - start;
    to = buffer_room(b, text_most(n));
    if (!to)
        return;
    end = put_text(to, to - n, n, style, risky);
    memmove(to - n, to, (size_t)(end - to));
    b->len = start + (size_t)(end - to);
}

bool csv_write_value(struct buffer *b, etl_value v, const struct csv_style *style)
{
    int64_t risky = 0;
    char *to;

    if (v.type == ETL_LIST || v.type == ETL_BYTES)
        write_json(b, v, style, &risky);
    else if ((to = buffer_room(b, csv_most(v))))
        b->len = (size_t)(csv_put(to, v, style, &risky) - b->data);
    return risky > 0;
}

void csv_write_text(struct buffer *b, const char *s, size_t n, const struct csv_style *style)
{
    int64_t risky = 0;
    char *to = buffer_room(b, text_most(n));

    if (to)
        b->len = (size_t)(put_text(to, s, n, style, &risky) - b->data);
}
