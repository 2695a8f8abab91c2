/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a [test] as text, and back. */
#include "core/value-text.h"

#include "common/json-read.h"
#include "common/json-write.h"
#include "common/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- reading ---- */

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* RFC 4648, padded; line ends may stand in it. */
static bool read_bytes(struct arena *a, const char *text, size_t len, etl_value *v,
                       const char **why)
{
    unsigned char *to = arena_get(a, len / 4 * 3 + 3);
    uint32_t bits = 0;
    size_t n = 0, padding = 0, used = 0;

    *why = to ? "is not base64" : NULL;
    for (size_t i = 0; to && i < len; i++) {
        int digit = base64_digit(text[i]);

        if (text[i] == '\n')
            continue;
        padding += text[i] == '=';
        if ((digit < 0 && text[i] != '=') || (digit >= 0 && padding > 0))
            return false;
        bits = bits << 6 | (digit < 0 ? 0 : (uint32_t)digit);
        if (++n % 4 == 0) {
            for (int shift = 16; shift >= 0; shift -= 8)
                to[used++] = (unsigned char)(bits >> shift);
            bits = 0;
        }
    }
    if (!to || n % 4 != 0 || padding > 2)
        return false;
    *v = etl_bytes(to, used - padding);
    return true;
}

static bool read_array(struct arena *a, const char *text, size_t len, etl_value *v,
                       const char **why)
{
    etl_value *items = arena_get(a, (len / 2 + 1) * sizeof(*items)); /* "", "", ... */
    struct json_token t;
    struct fault f;
    struct json j;
    uint32_t n = 0;

    *why = "begins with [, but is not a JSON array of texts";
    if (!items) {
        *why = NULL;
        return false;
    }
    if (!json_start(&j, text, len, &f) || json_next(&j, &t) != JSON_ARRAY)
        return false;
    while (json_next(&j, &t) == JSON_STRING) {
        char *item = arena_get(a, t.len + 1);

        if (!item) {
            *why = NULL;
            return false;
        }
        items[n++] = etl_text(item, json_unescape(item, &t));
    }
    if (t.kind != JSON_ARRAY_END || json_next(&j, &t) != JSON_END)
        return false;
    *v = etl_list(items, n);
    return true;
}

static bool read_list(struct arena *a, const struct conf_key *key, etl_value *v, const char **why)
{
    struct conf_piece *pieces;
    etl_value *items;
    size_t n;

    if (!key->quoted && key->value[0] == '[')
        return read_array(a, key->value, key->value_len, v, why);
    n = conf_key_list(key, NULL, 0);
    pieces = arena_get(a, (n + 1) * sizeof(*pieces));
    items = arena_get(a, (n + 1) * sizeof(*items));
    *why = pieces && items ? "has an empty item" : NULL;
    if (!pieces || !items)
        return false;
    conf_key_list(key, pieces, n);
    for (size_t i = 0; i < n; i++) {
        if (pieces[i].len == 0)
            return false;
        items[i] = etl_text(key->value + pieces[i].offset, pieces[i].len);
    }
    *v = etl_list(items, n);
    return true;
}

static bool read_scalar(uint32_t type, const char *text, size_t len, etl_value *v, const char **why)
{
    bool good, truth = false;

    *v = (etl_value){ .type = type };
    switch (type) {
    case ETL_BOOL:
        good = conf_bool(text, &truth, why);
        v->boolean = truth;
        *why = "is not yes or no";
        return good;
    case ETL_INT:
        *why = "is not a whole number";
        return number_read_int(text, len, &v->integer);
    case ETL_REAL:
        *why = "is not a number";
        return number_read_real(text, len, &v->real);
    default:
        *why = "is not a time as 2024-05-01T09:33:00Z or 2024-05-01";
        return number_read_time(text, len, &v->time);
    }
}

bool value_read(struct arena *a, uint32_t type, const struct conf_key *key, etl_value *v,
                const char **why)
{
    *why = NULL;
    if (!key->quoted && strcmp(key->value, "null") == 0) {
        *v = etl_null();
        return true;
    }
    if (type == ETL_TEXT) {
        *v = etl_text(key->value, key->value_len);
        return true;
    }
    if (type == ETL_LIST)
        return read_list(a, key, v, why);
    if (type == ETL_BYTES)
        return read_bytes(a, key->value, key->value_len, v, why);
    return read_scalar(type, key->value, key->value_len, v, why);
}

/* ---- writing ---- */

/* Would it be read as something else than the text that it is? Blanks outside are taken away, a #
 * begins a comment, a quote is resolved. */
static bool needs_quotes(const char *s, size_t n)
{
    if (n == 0 || s[0] == '"' || s[0] == ' ' || s[0] == '\t' || s[n - 1] == ' ' || s[n - 1] == '\t')
        return true;
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f || s[i] == '#')
            return true;
    return false;
}

/* Of a text from `at` on: a dollar that would begin a variable is written twice. */
static void write_byte(struct buffer *to, const char *s, size_t n, size_t at)
{
    buffer_byte(to, s[at]);
    if (s[at] == '$' && at + 1 < n && (s[at + 1] == '$' || s[at + 1] == '{'))
        buffer_byte(to, '$');
}

static void write_line(struct buffer *to, const char *s, size_t n)
{
    bool quoted = needs_quotes(s, n);

    if (quoted)
        buffer_byte(to, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if (quoted && (c < 0x20 || c == 0x7f))
            buffer_printf(to, "\\u%04x", c);
        else if (quoted && (c == '"' || c == '\\'))
            buffer_printf(to, "\\%c", c);
        else
            write_byte(to, s, n, i);
    }
    if (quoted)
        buffer_byte(to, '"');
}

static bool write_text(struct buffer *to, const char *s, size_t n)
{
    if (n > 0 && memchr(s, '\0', n))
        return false;
    if (n == 4 && memcmp(s, "null", 4) == 0) {
        buffer_puts(to, "\"null\"");
        return true;
    }
    for (;;) {
        const char *stop = n > 0 ? memchr(s, '\n', n) : NULL;
        size_t len = stop ? (size_t)(stop - s) : n;

        write_line(to, s, len);
        if (!stop)
            return true;
        buffer_byte(to, '\n');
        s += len + 1;
        n -= len + 1;
    }
}

/* May it stand in a list as it is? */
static bool is_plain(const etl_value *item)
{
    const char *s = item->text;

    return !needs_quotes(s, item->len) && s[0] != '[' && !memchr(s, ',', item->len) &&
           !memchr(s, '"', item->len) && !memchr(s, '$', item->len);
}

static bool write_list(struct buffer *to, const etl_value *v)
{
    struct buffer json = { 0 };
    bool plain = v->len > 0;

    for (uint32_t i = 0; i < v->len && plain; i++)
        plain = is_plain(&v->list[i]);
    if (v->len == 1 && plain && v->list[0].len == 4 && memcmp(v->list[0].text, "null", 4) == 0)
        plain = false;
    for (uint32_t i = 0; i < v->len && plain; i++) {
        buffer_puts(to, i > 0 ? ", " : "");
        buffer_append(to, v->list[i].text, v->list[i].len);
    }
    if (plain)
        return true;
    /* A # behind a blank would begin a comment, so it is written as an escape. */
    json_write_value(&json, *v);
    for (size_t i = 0; i < json.len; i++)
        if (json.data[i] == '#')
            buffer_puts(to, "\\u0023");
        else
            write_byte(to, json.data, json.len, i);
    to->failed |= json.failed;
    buffer_free(&json);
    return true;
}

bool value_write(struct buffer *to, etl_value v)
{
    char text[NUMBER_MAX];

    switch (v.type) {
    case ETL_NULL:
        return buffer_puts(to, "null");
    case ETL_BOOL:
        return buffer_puts(to, v.boolean ? "yes" : "no");
    case ETL_INT:
        return buffer_append(to, text, number_write_int(text, v.integer));
    case ETL_REAL:
        return buffer_append(to, text, number_write_real(text, v.real));
    case ETL_TIME:
        return buffer_append(to, text, number_write_time(text, v.time));
    case ETL_TEXT:
        return write_text(to, v.text, v.len);
    case ETL_LIST:
        return write_list(to, &v);
    default:
        base64_write(to, v.bytes, v.len);
        return v.len > 0 || buffer_puts(to, "\"\"");
    }
}

/* ---- comparing ---- */

int value_decimals(const char *text)
{
    const char *dot = strchr(text, '.');

    return !dot || strpbrk(dot, "eE") ? 0 : (int)strlen(dot + 1);
}

static bool same_real(double wanted, double is, int decimals)
{
    char a[400], b[400];

    if (decimals == 0)
        return wanted <= is && wanted >= is;
    snprintf(a, sizeof(a), "%.*f", decimals, wanted);
    snprintf(b, sizeof(b), "%.*f", decimals, is);
    return strcmp(a, b) == 0;
}

bool value_same(etl_value wanted, etl_value is, int decimals)
{
    if (wanted.type == ETL_NULL && is.type == ETL_REAL)
        return !isfinite(is.real); /* as every output writes it */
    if (wanted.type != is.type)
        return false;
    switch (wanted.type) {
    case ETL_NULL:
        return true;
    case ETL_REAL:
        return same_real(wanted.real, is.real, decimals);
    case ETL_TEXT:
    case ETL_BYTES:
        return wanted.len == is.len && (is.len == 0 || memcmp(wanted.bytes, is.bytes, is.len) == 0);
    case ETL_LIST:
        for (uint32_t i = 0; wanted.len == is.len && i < is.len; i++)
            if (!value_same(wanted.list[i], is.list[i], 0))
                return false;
        return wanted.len == is.len;
    default:
        return wanted.integer == is.integer;
    }
}
