/* SPDX-License-Identifier: Apache-2.0 */
/* Values as options have them: yes and no, numbers, sizes, durations, lists. The same in every
 * locale. */
#include "core/conf-quote.h"
#include "core/conf.h"

#include "common/number.h"

#include <math.h>
#include <string.h>

bool conf_bool(const char *text, bool *value, const char **why)
{
    static const char *const words[] = { "no", "yes", "false", "true", "off", "on" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(text, words[i]) == 0) {
            *value = i % 2 == 1;
            return true;
        }
    *why = "not yes or no";
    return false;
}

static bool is_integer(const char *text)
{
    const char *digits = text + (*text == '-');

    return *digits && digits[strspn(digits, "0123456789")] == '\0';
}

bool conf_int(const char *text, int64_t *value, const char **why)
{
    if (number_read_int(text, strlen(text), value))
        return true;
    *why = is_integer(text) ? (text[text[0] == '-'] == '0' ? "not a number: it begins with a zero"
                                                           : "out of range")
                            : "not a whole number";
    return false;
}

bool conf_real(const char *text, double *value, const char **why)
{
    if (number_read_real(text, strlen(text), value))
        return true;
    *why = "not a number";
    return false;
}

struct unit {
    const char *name;
    int64_t factor;
};

/* "1.5G": a number of at least 0 with the name of a unit, times its factor. */
static bool read_with_unit(const char *text, const struct unit *units, size_t n, int64_t *value,
                           const char **why)
{
    size_t digits = strspn(text, "0123456789.");
    const char *unit = text + digits;
    int64_t whole;
    double real;
    size_t i = 0;

    while (i < n && strcmp(units[i].name, unit) != 0)
        i++;
    if (i == n)
        return false;
    if (number_read_int(text, digits, &whole)) { /* exact, where it can be */
        if (whole > INT64_MAX / units[i].factor)
            goto too_large;
        *value = whole * units[i].factor;
        return true;
    }
    if (!number_read_real(text, digits, &real))
        return false;
    real *= (double)units[i].factor;
    if (real >= 0x1p63)
        goto too_large;
    *value = (int64_t)floor(real + 0.5);
    return true;
too_large:
    *why = "too large";
    return false;
}

bool conf_size(const char *text, int64_t *bytes, const char **why)
{
    static const struct unit units[] = {
        { "", 1 },
        { "B", 1 },
        { "K", INT64_C(1) << 10 },
        { "M", INT64_C(1) << 20 },
        { "G", INT64_C(1) << 30 },
        { "T", INT64_C(1) << 40 },
        { "KiB", INT64_C(1) << 10 },
        { "MiB", INT64_C(1) << 20 },
        { "GiB", INT64_C(1) << 30 },
        { "TiB", INT64_C(1) << 40 },
    };

    *why = "not a size such as 4096, 64K, 512M or 1.5G";
    return read_with_unit(text, units, sizeof(units) / sizeof(units[0]), bytes, why);
}

bool conf_duration(const char *text, int64_t *microseconds, const char **why)
{
    static const struct unit units[] = {
        { "us", 1 },
        { "ms", 1000 },
        { "s", 1000000 },
        { "m", INT64_C(60000000) },
        { "h", INT64_C(3600000000) },
        { "d", INT64_C(86400000000) },
    };

    if (strcmp(text, "0") == 0) {
        *microseconds = 0;
        return true;
    }
    *why = "not a duration such as 500ms, 30s, 5m, 2h or 30d";
    return read_with_unit(text, units, sizeof(units) / sizeof(units[0]), microseconds, why);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The comma that ends the piece at `at`, or `len`; one in quotes ends nothing. */
static size_t piece_end(const char *text, size_t at, size_t len)
{
    while (at < len && blank(text[at]))
        at++;
    if (at < len && text[at] == '"') {
        size_t close = quote_close(text + at, len - at);

        at += close < len - at ? close : 0;
    }
    while (at < len && text[at] != ',')
        at++;
    return at;
}

static struct conf_piece trim(const char *text, size_t from, size_t to)
{
    while (from < to && blank(text[from]))
        from++;
    while (to > from && blank(text[to - 1]))
        to--;
    if (to - from >= 2 && text[from] == '"' &&
        quote_close(text + from, to - from) == to - from - 1) {
        from++;
        to--;
    }
    return (struct conf_piece){ from, to - from };
}

size_t conf_list(const char *text, struct conf_piece *pieces, size_t max)
{
    size_t len = strlen(text), at = 0, n = 0;

    if (trim(text, 0, len).len == 0 && !memchr(text, '"', len))
        return 0;
    for (;;) {
        size_t end = piece_end(text, at, len);

        if (n < max)
            pieces[n] = trim(text, at, end);
        n++;
        if (end == len)
            return n;
        at = end + 1;
    }
}

size_t conf_key_list(const struct conf_key *key, struct conf_piece *pieces, size_t max)
{
    if (!key->quoted)
        return conf_list(key->value, pieces, max);
    if (max > 0)
        *pieces = (struct conf_piece){ 0, key->value_len };
    return 1;
}
