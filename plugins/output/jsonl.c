/* SPDX-License-Identifier: Apache-2.0 */
/* The output `jsonl`: each record a JSON object on a line. map renders the line, step writes it. */
#include <etl/plugin.h>

#include "common/buffer.h"
#include "common/json-fields.h"

#include <errno.h>

#define SHORT ((size_t)32 * 1024)      /* a line that cannot get longer is written in its place */
#define KEEP ((size_t)4 * 1024 * 1024) /* scratch beyond this is given back after the line */

struct jsonl {
    const char *path;
    etl_columns fields;
    etl_field line; /* the rendered line, from map to step */
    etl_stream *stream;
    struct buffer *keys; /* of json_columns_open */
};

struct scratch {
    struct buffer line;
};

static const etl_option options[] = {
    ETL_OPT(struct jsonl, OUTPUT, path, "path", NULL, NULL,
            "File in the run directory; .gz and .zst by its name; - is standard output"),
    ETL_OPT(struct jsonl, COLUMNS, fields, "fields", "*", NULL,
            "Fields to write, in this order: id, content=text, !html; * is all"),
    ETL_OPT_END
};

static int open_output(void *self)
{
    struct jsonl *me = self;

    me->keys = json_columns_open(me, "fields", me->fields);
    if (!me->keys)
        return ETL_FAIL;
    me->line = etl_declare(me, "line", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    me->stream = etl_create(me, me->path);
    return me->line.id && me->stream ? ETL_OK : ETL_FAIL;
}

static void close_output(void *self)
{
    struct jsonl *me = self;

    json_columns_free(me->keys, me->fields);
}

static int map_long(const struct jsonl *me, etl_record *rec)
{
    struct scratch *s = etl_worker(rec);
    struct buffer *line;

    if (!s)
        return etl_fail_errno(me, ENOMEM, "no memory to write a line");
    line = &s->line;
    line->len = 0;
    json_columns_write(line, me->keys, me->fields, rec);
    if (line->failed)
        return etl_fail_errno(me, ENOMEM, "no memory to write a line");
    etl_set(rec, me->line, etl_bytes(line->data, line->len));
    if (line->cap > KEEP)
        buffer_free(line);
    return ETL_OK;
}

static int map(const void *self, etl_record *rec)
{
    const struct jsonl *me = self;
    size_t most = json_columns_most(me->keys, me->fields, rec);
    char *line = most <= SHORT ? etl_begin(rec, most) : NULL, *end;

    if (!line)
        return map_long(me, rec);
    end = json_columns_put(line, me->keys, me->fields, rec);
    etl_end(rec, me->line, (size_t)(end - line));
    return ETL_OK;
}

static int step(const void *self, void *state, etl_record *rec)
{
    const struct jsonl *me = self;
    etl_value line = etl_get(rec, me->line);

    (void)state;
    return etl_write(me->stream, line.bytes, line.len);
}

static void worker_close(const void *self, void *worker)
{
    struct scratch *s = worker;

    (void)self;
    buffer_free(&s->line);
}

static const char doc[] =
    "Writes each record as a JSON object on a line of its own (JSON Lines), as UTF-8; only what "
    "JSON must have escaped is escaped. Null is null; integers and reals are the shortest that "
    "reads back equal, and what is no number is null; times are RFC 3339 with Z; lists are arrays; "
    "bytes are base64.\n\n"
    "A name that ends in .gz or .zst is compressed, in blocks that are the same for any number of "
    "threads.\n\n"
    "    [output jsonl dropped]\n"
    "    path = dropped.jsonl.zst\n"
    "    from = dropped\n"
    "    fields = *, !text";

static const etl_plugin plugin = {
    ETL_OUTPUT("jsonl", "1.0", "Write JSON objects, one a line"),
    .doc = doc,
    .self_size = sizeof(struct jsonl),
    .worker_size = sizeof(struct scratch),
    .options = options,
    .open = open_output,
    .map = map,
    .step = step,
    .worker_close = worker_close,
    .close = close_output,
};
ETL_PLUGINS(&plugin);
