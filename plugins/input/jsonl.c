/* SPDX-License-Identifier: Apache-2.0 */
/* The input `jsonl`: each line a JSON object, its keys fields. read cuts the lines, map reads them
 * on any worker. */
#include <etl/plugin.h>

#include "common/buffer.h"
#include "common/json-fields.h"
#include "common/line-records.h"

#include <errno.h>

#define KEEP ((size_t)4 * 1024 * 1024) /* scratch beyond this is given back after the line */

struct jsonl {
    etl_words path, fields;
    etl_field extra;
    etl_field bytes; /* of a line, on the way from read to map */
    struct json_fields wanted;
};

/* Each worker's. */
struct scratch {
    struct json_scratch json;
    struct buffer extra; /* the unknown keys of a line, as they stand there */
};

static const etl_option options[] = {
    ETL_OPT(struct jsonl, INPUT, path, "path", NULL, NULL,
            "JSONL files, folders or globs, plain or as .gz, .zst, .xz, .bz2; - is standard input"),
    ETL_OPT(struct jsonl, WORDS, fields, "fields", "text", "1..256",
            "Fields, as NAME, NAME=KEY where the key has another name, NAME:TYPE with int, real, "
            "bool, time or list for what is not text"),
    ETL_OPT(struct jsonl, WRITES, extra, "extra", "", "text",
            "Field that takes all other keys, as a JSON object; default: they are ignored"),
    ETL_OPT_END
};

/* ---- open: what `fields` asks for ---- */

static int open_input(void *self)
{
    struct jsonl *me = self;

    if (json_fields_open(me, "fields", me->fields, &me->wanted) != ETL_OK)
        return ETL_FAIL;
    for (size_t i = 0; i < me->wanted.n; i++)
        if (me->wanted.at[i].field.id == me->extra.id)
            return etl_fail_option(me, "extra", "'%s' is one of `fields`", etl_name(me->extra));
    me->bytes = etl_declare(me, "bytes", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    return me->bytes.id ? ETL_OK : ETL_FAIL;
}

static void close_input(void *self)
{
    struct jsonl *me = self;

    json_fields_free(&me->wanted);
}

static int read_unit(const void *self, etl_unit *unit)
{
    const struct jsonl *me = self;
    const struct line_records how = { .self = me, .bytes = me->bytes };

    return line_records_read(&how, unit);
}

/* ---- map ---- */

static int no_memory(const struct jsonl *me)
{
    return etl_fail_errno(me, ENOMEM, "no memory to read a line");
}

/* A key that is not wanted: it goes by, or into extra as it stands. */
static int take_other(struct json_taking *t, const struct json_token *key, struct json_token *value)
{
    const struct jsonl *me = t->self;
    struct buffer *extra = t->own;
    const struct json *j = &t->scratch->json;

    if (!json_skip(&t->scratch->json, value))
        return json_fields_not_json(t);
    if (me->extra.id == 0)
        return ETL_OK;
    buffer_byte(extra, extra->len == 0 ? '{' : ',');
    buffer_append(extra, key->text - 1, key->len + 2);
    buffer_byte(extra, ':');
    buffer_append(extra, j->text + value->at, j->at - value->at);
    return extra->failed ? no_memory(me) : ETL_OK;
}

static int map(const void *self, etl_record *rec)
{
    const struct jsonl *me = self;
    struct scratch *s = etl_worker(rec);
    etl_value v = etl_get(rec, me->bytes);
    struct json_taking t = {
        .self = me,
        .rec = rec,
        .fields = &me->wanted,
        .other = take_other,
    };
    int verdict;

    if (!s)
        return no_memory(me);
    if (v.type != ETL_BYTES)
        return ETL_OK;
    t.scratch = &s->json;
    t.own = &s->extra;
    s->extra.len = 0;
    verdict = json_fields_take(&t, v.bytes, v.len);
    if (verdict == ETL_OK && s->extra.len > 0) {
        if (!buffer_byte(&s->extra, '}'))
            return no_memory(me);
        etl_set(rec, me->extra, etl_text(s->extra.data, s->extra.len));
    }
    json_scratch_trim(&s->json);
    if (s->extra.cap > KEEP)
        buffer_free(&s->extra);
    return verdict;
}

static void worker_close(const void *self, void *worker)
{
    struct scratch *s = worker;

    (void)self;
    buffer_free(&s->extra);
    json_scratch_free(&s->json);
}

static const char doc[] =
    "Reads files with one JSON object a line (JSON Lines). A file may be packed as gzip, zstd, xz "
    "or bzip2; that is found from its bytes, not from its name, and every checksum is verified.\n\n"
    "`fields` says which keys become fields: `title` takes the key title, `title=headline` the key "
    "headline, `views:int=pageviews` the key pageviews as an integer. A key that is missing, or "
    "null, leaves its field null. Numbers, true and false in a text field keep the text that they "
    "have in the line; a text in a list field is a list of one. Keys that are not named are "
    "ignored, or go as they stand into the field that `extra` names. The fields id and source are "
    "the host's own: a key of that name needs another, as in `old_id=id`.\n\n"
    "Reading is strict (RFC 8259, UTF-8): a line that is not JSON, not an object, has a named key "
    "twice or of another type is rejected, with its line and column. Blank lines are left out and "
    "counted; a last line needs no line end; a byte order mark at the beginning is no fault.\n\n"
    "    [input jsonl]\n"
    "    path = pages.jsonl.gz\n"
    "    fields = title=headline, text, views:int=pageviews, when:time\n"
    "    extra = rest";

static const etl_plugin plugin = {
    ETL_INPUT("jsonl", "1.0", "Read JSON objects, one a line"),
    .doc = doc,
    .self_size = sizeof(struct jsonl),
    .worker_size = sizeof(struct scratch),
    .options = options,
    .open = open_input,
    .read = read_unit,
    .map = map,
    .worker_close = worker_close,
    .close = close_input,
};
ETL_PLUGINS(&plugin);
