/* SPDX-License-Identifier: Apache-2.0 */
/* The CSV writer: one look at 16 bytes a time for what asks for quotes, then memchr for the quotes
 * to double. */
#include "common/csv-write.h"
#include "common/json-write.h"
#include "common/number.h"

#include <math.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool csv_is_risky(const char *s, size_t n)
{
    return n > 0 && s[0] != '\0' && strchr("=+-@\t\r", s[0]) != NULL;
}

static bool asks_for_quotes(char c, char delimiter)
{
    return c == '"' || c == delimiter || c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool needs_quotes(const char *s, size_t n, char delimiter)
{
    size_t i = 0;

    if (n == 0 || is_blank(s[0]) || is_blank(s[n - 1]))
        return true;
#ifdef __SSE2__
    for (; n - i >= 16; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
        __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
        __m128i comma = _mm_cmpeq_epi8(v, _mm_set1_epi8(delimiter));
        __m128i lf = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
        __m128i cr = _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'));

        if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, comma), _mm_or_si128(lf, cr))))
            return true;
    }
#endif
    for (; i < n; i++)
        if (asks_for_quotes(s[i], delimiter))
            return true;
    return false;
}

void csv_write_text(struct buffer *b, const char *s, size_t n, const struct csv_style *style)
{
    bool apostrophe = style->spreadsheet_safe && csv_is_risky(s, n);
    bool quoted = needs_quotes(s, n, style->delimiter);
    const char *quote;

    if (quoted)
        buffer_byte(b, '"');
    if (apostrophe)
        buffer_byte(b, '\'');
    while (quoted && n > 0 && (quote = memchr(s, '"', n)) != NULL) {
        size_t run = (size_t)(quote - s) + 1;

        buffer_append(b, s, run);
        buffer_byte(b, '"');
        s += run;
        n -= run;
    }
    buffer_append(b, s, n);
    if (quoted)
        buffer_byte(b, '"');
}

/* What another writer put at the end of b, from `start` on, becomes a cell: written once more
 * behind itself, where there is room for all of it, then moved down. */
static bool make_cell(struct buffer *b, size_t start, const struct csv_style *style)
{
    size_t n = b->len - start, end = b->len;
    bool risky;

    if (!buffer_room(b, 2 * n + 3))
        return false;
    risky = csv_is_risky(b->data + start, n);
    csv_write_text(b, b->data + start, n, style);
    memmove(b->data + start, b->data + end, b->len - end);
    b->len -= n;
    return risky;
}

bool csv_write_value(struct buffer *b, etl_value v, const struct csv_style *style)
{
    char text[NUMBER_MAX];
    size_t start = b->len;

    switch (v.type) {
    case ETL_BOOL:
        buffer_puts(b, v.boolean ? "true" : "false");
        break;
    case ETL_INT:
        buffer_append(b, text, number_write_int(text, v.integer));
        break;
    case ETL_REAL: /* what is no number is null, and null is nothing */
        if (isfinite(v.real))
            buffer_append(b, text, number_write_real(text, v.real));
        break;
    case ETL_TIME:
        buffer_append(b, text, number_write_time(text, v.time));
        break;
    case ETL_TEXT:
        csv_write_text(b, v.text, v.len, style);
        return csv_is_risky(v.text, v.len);
    case ETL_BYTES:
        base64_write(b, v.bytes, v.len);
        return make_cell(b, start, style);
    case ETL_LIST:
        json_write_value(b, v);
        return make_cell(b, start, style);
    default:
        break;
    }
    return false;
}
