/* SPDX-License-Identifier: Apache-2.0 */
/* The output `csv`: each record a row. map renders the row, step writes it. */
#include <etl/plugin.h>

#include "common/buffer.h"
#include "common/csv-write.h"

#include <errno.h>

#define SHORT ((size_t)32 * 1024)      /* a row that cannot get longer is written in its place */
#define KEEP ((size_t)4 * 1024 * 1024) /* scratch beyond this is given back after the row */

enum { LINE_CRLF, LINE_LF };

struct csv {
    const char *path, *delimiter;
    etl_columns fields;
    bool header, spreadsheet_safe;
    int64_t line_end;
    etl_field row; /* the rendered row, from map to step */
    etl_stream *stream;
    struct csv_style style;
};

struct scratch {
    struct buffer row;
};

static const etl_option options[] = {
    ETL_OPT(struct csv, OUTPUT, path, "path", NULL, NULL,
            "File in the run directory; .gz and .zst by its name; - is standard output"),
    ETL_OPT(struct csv, COLUMNS, fields, "fields", "*", NULL,
            "Fields to write, in this order: id, content=text, !html; * is all"),
    ETL_OPT(struct csv, BOOL, header, "header", "yes", NULL, "Begin with a row of names"),
    ETL_OPT(struct csv, TEXT, delimiter, "delimiter", ",", NULL,
            "What stands between cells: one byte such as \";\" or \"|\", or the word tab"),
    ETL_OPT(struct csv, CHOICE, line_end, "line_end", "crlf", "crlf|lf",
            "What ends a row; crlf is what RFC 4180 says"),
    ETL_OPT(struct csv, BOOL, spreadsheet_safe, "spreadsheet_safe", "no", NULL,
            "Put ' before texts that a spreadsheet may run as formulas: = + - @ TAB CR"),
    ETL_OPT_END
};

/* A byte that no number, time or quote holds. */
static bool good_delimiter(const char *s)
{
    return s[0] > ' ' && s[0] < 0x7f && s[1] == '\0' && !strchr("\"'+-.:", s[0]) &&
           !(s[0] >= '0' && s[0] <= '9') && !((s[0] | 0x20) >= 'a' && (s[0] | 0x20) <= 'z');
}

static int open_output(void *self)
{
    struct csv *me = self;

    me->style.spreadsheet_safe = me->spreadsheet_safe;
    if (strcmp(me->delimiter, "tab") == 0)
        me->style.delimiter = '\t';
    else if (good_delimiter(me->delimiter))
        me->style.delimiter = me->delimiter[0];
    else
        return etl_fail_option(me, "delimiter",
                               "'%s' cannot be the delimiter: one mark such as , ; | or the word "
                               "tab, no letter, digit, blank, quote or any of + - . :",
                               me->delimiter);
    me->row = etl_declare(me, "row", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    me->stream = etl_create(me, me->path);
    return me->row.id && me->stream ? ETL_OK : ETL_FAIL;
}

static const char *line_end(const struct csv *me)
{
    return me->line_end == LINE_LF ? "\n" : "\r\n";
}

/* The header is the first thing in the file; on a resume it is there already. */
static int start(const void *self, void *state, etl_blob saved)
{
    const struct csv *me = self;
    struct buffer row = { 0 };
    int answer = ETL_OK;

    (void)state;
    if (!me->header || saved.data)
        return ETL_OK;
    for (size_t i = 0; i < me->fields.n; i++) {
        if (i > 0)
            buffer_byte(&row, me->style.delimiter);
        csv_write_text(&row, me->fields.at[i].as, strlen(me->fields.at[i].as), &me->style);
    }
    buffer_puts(&row, line_end(me));
    answer = row.failed ? etl_fail_errno(me, ENOMEM, "no memory to write the header")
                        : etl_write(me->stream, row.data, row.len);
    buffer_free(&row);
    return answer;
}

/* A row as it may be for each cell: what comes first needs no delimiter, but a line end comes last.
 */
static size_t row_most(const struct csv *me, const etl_record *rec)
{
    size_t most = sizeof("\r\n");

    for (size_t i = 0; i < me->fields.n; i++)
        most += 1 + csv_most(etl_get(rec, me->fields.at[i].field));
    return most;
}

static char *put_row(const struct csv *me, const etl_record *rec, char *to, int64_t *risky)
{
    for (size_t i = 0; i < me->fields.n; i++) {
        if (i > 0)
            *to++ = me->style.delimiter;
        to = csv_put(to, etl_get(rec, me->fields.at[i].field), &me->style, risky);
    }
    if (me->line_end == LINE_CRLF)
        *to++ = '\r';
    *to++ = '\n';
    return to;
}

/* The same at the end of a buffer; gives how many cells are risky. */
static int64_t write_row(const struct csv *me, const etl_record *rec, struct buffer *row)
{
    int64_t risky = 0;

    for (size_t i = 0; i < me->fields.n; i++) {
        if (i > 0)
            buffer_byte(row, me->style.delimiter);
        risky += csv_write_value(row, etl_get(rec, me->fields.at[i].field), &me->style);
    }
    buffer_puts(row, line_end(me));
    return risky;
}

/* A NUL in a row is one of a text: all else is written without. */
static int reject_nul(const struct csv *me, etl_record *rec)
{
    for (size_t i = 0; i < me->fields.n; i++) {
        etl_value v = etl_get(rec, me->fields.at[i].field);

        if (v.type == ETL_TEXT && v.len > 0 && memchr(v.text, '\0', v.len))
            return etl_reject(rec, "a NUL, which CSV cannot hold, in the field '%s'",
                              etl_name(me->fields.at[i].field));
    }
    return ETL_OK;
}

static int check_row(const struct csv *me, etl_record *rec, const char *row, size_t n,
                     int64_t risky)
{
    if (memchr(row, '\0', n))
        return reject_nul(me, rec);
    if (risky > 0)
        etl_count(me, rec,
                  me->spreadsheet_safe ? "cells guarded against spreadsheets"
                                       : "cells a spreadsheet may run as formulas",
                  risky);
    return ETL_OK;
}

static int map_long(const struct csv *me, etl_record *rec)
{
    struct scratch *s = etl_worker(rec);
    int64_t risky;
    int verdict;

    if (!s)
        return etl_fail_errno(me, ENOMEM, "no memory to write a row");
    s->row.len = 0;
    risky = write_row(me, rec, &s->row);
    if (s->row.failed)
        return etl_fail_errno(me, ENOMEM, "no memory to write a row");
    verdict = check_row(me, rec, s->row.data, s->row.len, risky);
    if (verdict == ETL_OK)
        etl_set(rec, me->row, etl_bytes(s->row.data, s->row.len));
    if (s->row.cap > KEEP)
        buffer_free(&s->row);
    return verdict;
}

static int map(const void *self, etl_record *rec)
{
    const struct csv *me = self;
    size_t most = row_most(me, rec), n;
    char *row = most <= SHORT ? etl_begin(rec, most) : NULL;
    int64_t risky = 0;
    int verdict;

    if (!row)
        return map_long(me, rec);
    n = (size_t)(put_row(me, rec, row, &risky) - row);
    verdict = check_row(me, rec, row, n, risky);
    etl_end(rec, me->row, verdict == ETL_OK ? n : 0);
    return verdict;
}

static int step(const void *self, void *state, etl_record *rec)
{
    const struct csv *me = self;
    etl_value row = etl_get(rec, me->row);

    (void)state;
    return etl_write(me->stream, row.bytes, row.len);
}

static void worker_close(const void *self, void *worker)
{
    struct scratch *s = worker;

    (void)self;
    buffer_free(&s->row);
}

static const char doc[] =
    "Writes each record as a row (RFC 4180), as UTF-8. Quoted are cells with a quote, the "
    "delimiter, CR or LF, or a blank at either end, and the empty text, so that it differs from "
    "null, which is nothing at all. Lists are JSON arrays, times RFC 3339 with Z, bytes base64. A "
    "record with a NUL in a text is rejected, as no reader of CSV agrees on what that means.\n\n"
    "Texts that begin with = + - @ TAB or CR are formulas to a spreadsheet. They are written as "
    "they are, and counted; spreadsheet_safe = yes puts an apostrophe before them, which changes "
    "the data for all other readers.\n\n"
    "    [output csv]\n"
    "    path = pages.csv.gz\n"
    "    fields = id, source, title, content=body";

static const etl_plugin plugin = {
    ETL_OUTPUT("csv", "1.0", "Write rows of CSV"),
    .doc = doc,
    .self_size = sizeof(struct csv),
    .worker_size = sizeof(struct scratch),
    .options = options,
    .open = open_output,
    .start = start,
    .map = map,
    .step = step,
    .worker_close = worker_close,
};
ETL_PLUGINS(&plugin);
