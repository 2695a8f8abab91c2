/* SPDX-License-Identifier: Apache-2.0 */
/* An output: tab-separated values, \t, \n and \\ written as such. The idea: `map` renders a line on
 * any thread and hands it to `step` in a private field; `step`, in order, does no more than write it.
 * The host owns the file: it compresses, resumes and publishes. */
#include <etl/plugin.h>

#include <string.h>

struct tsv {
    const char *path;
    etl_columns fields;
    etl_field line; /* private: from map to step */
    etl_stream *stream;
};

static const etl_option options[] = {
    ETL_OPT(struct tsv, OUTPUT, path, "path", NULL, NULL, "File in the run directory"),
    ETL_OPT(struct tsv, COLUMNS, fields, "fields", "*", "text|int", "Columns: id, body=text"),
    ETL_OPT_END
};

static int open_output(void *self)
{
    struct tsv *me = self;

    me->line = etl_declare(me, "line", ETL_BYTES, ETL_READS | ETL_WRITES | ETL_PRIVATE);
    me->stream = etl_create(me, me->path);
    return me->line.id && me->stream ? ETL_OK : ETL_FAIL;
}

/* Writes one value at `to` and gives the end of it; null is nothing. */
static char *put(char *to, etl_value v)
{
    if (v.type == ETL_INT)
        return to + sprintf(to, "%lld", (long long) v.integer);
    for (uint32_t i = 0; v.type == ETL_TEXT && i < v.len; i++) {
        char c = v.text[i];

        if (c == '\t' || c == '\n' || c == '\\')
            *to++ = '\\';
        *to++ = c == '\t' ? 't' : c == '\n' ? 'n' : c;
    }
    return to;
}

static int map(const void *self, etl_record *rec)
{
    const struct tsv *me = self;
    size_t most = 1;
    char *line, *to;

    for (size_t i = 0; i < me->fields.n; i++)
        most += (size_t) etl_get(rec, me->fields.at[i].field).len * 2 + 24;
    line = to = etl_begin(rec, most);
    if (!line)
        return etl_reject(rec, "too long for a line");
    for (size_t i = 0; i < me->fields.n; i++) {
        if (i > 0)
            *to++ = '\t';
        to = put(to, etl_get(rec, me->fields.at[i].field));
    }
    *to++ = '\n';
    etl_end(rec, me->line, (size_t) (to - line));
    return ETL_OK;
}

static int step(const void *self, void *state, etl_record *rec)
{
    const struct tsv *me = self;
    etl_value line = etl_get(rec, me->line);

    (void) state;
    return etl_write(me->stream, line.bytes, line.len);
}

static const etl_plugin plugin = {
    ETL_OUTPUT("tsv", "1.0", "Write tab-separated values"),
    .self_size = sizeof(struct tsv), .options = options, .open = open_output, .map = map,
    .step = step,
};
ETL_PLUGINS(&plugin);
