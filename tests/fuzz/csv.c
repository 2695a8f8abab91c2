/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: rows of values written as CSV are read back by a reader of RFC 4180 as the same cells: a
 * null is nothing, an empty text is "", and no cell begins a formula where that was asked for.
 * First byte: delimiter and style. */
#include "common/buffer.h"
#include "common/csv-write.h"
#include "common/json-write.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/values.h"

#include <math.h>

enum { CELLS = 8 };

/* Reads one cell; *quoted: it stood in quotes. Gives what ended it. */
static char read_cell(const char **at, const char *end, char delimiter, struct buffer *to,
                      bool *quoted)
{
    const char *s = *at;
    char c;

    *quoted = s < end && *s == '"';
    s += *quoted;
    for (;;) {
        promise(s < end);
        c = *s++;
        if (!*quoted && (c == delimiter || c == '\n'))
            break;
        promise(*quoted || (c != '"' && c != '\r'));
        if (*quoted && c == '"') {
            promise(s < end);
            c = *s++;
            if (c != '"')
                break;
        }
        buffer_byte(to, c);
    }
    *at = s;
    return c;
}

/* What the cell should say, by the writer of JSON where that has the same. */
static void plain(etl_value v, struct buffer *to)
{
    if (v.type == ETL_TEXT)
        buffer_append(to, v.text, v.len);
    else if (v.type == ETL_NULL || (v.type == ETL_REAL && !isfinite(v.real)))
        return;
    else if (v.type == ETL_BYTES)
        base64_write(to, v.bytes, v.len);
    else
        json_write_value(to, v);
    if (v.type == ETL_TIME && to->len > 2) {
        memmove(to->data, to->data + 1, to->len - 2);
        to->len -= 2;
    }
}

static void check_cell(etl_value v, const struct csv_style *style, const struct buffer *cell,
                       bool quoted)
{
    struct buffer want = { 0 };
    const char *got = cell->data ? cell->data : "";
    size_t n = cell->len;
    bool risky;

    plain(v, &want);
    risky = (v.type == ETL_TEXT || v.type == ETL_BYTES || v.type == ETL_LIST) &&
            csv_is_risky(want.data ? want.data : "", want.len);
    if (style->spreadsheet_safe && risky) {
        promise(n > 0 && got[0] == '\'');
        got++;
        n--;
    }
    promise(n == want.len && (n == 0 || memcmp(got, want.data, n) == 0));
    promise(v.type != ETL_NULL || !quoted);
    promise(v.type != ETL_TEXT || v.len > 0 || quoted);
    buffer_free(&want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char delimiters[] = ",;\t|~#^&";
    struct left l = { data, n };
    unsigned first = take_byte(&l);
    struct csv_style style = { delimiters[first % 8], first & 8 };
    struct buffer b = { 0 }, cell = { 0 };
    struct made made[CELLS];
    const char *at;
    size_t cells = 0;

    while (cells < CELLS && l.n > 0) {
        if (cells > 0)
            buffer_byte(&b, style.delimiter);
        take_value(&l, &made[cells]);
        csv_write_value(&b, made[cells].value, &style);
        cells++;
    }
    buffer_byte(&b, '\n');
    promise(!b.failed);
    at = b.data;
    for (size_t i = 0; i < cells; i++) {
        bool quoted;

        cell.len = 0;
        promise(read_cell(&at, b.data + b.len, style.delimiter, &cell, &quoted) ==
                (i + 1 < cells ? style.delimiter : '\n'));
        check_cell(made[i].value, &style, &cell, quoted);
        made_free(&made[i]);
    }
    promise(cells == 0 || at == b.data + b.len);
    buffer_free(&b);
    buffer_free(&cell);
    return 0;
}
