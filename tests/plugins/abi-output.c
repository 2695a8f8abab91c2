/* SPDX-License-Identifier: Apache-2.0 */
/* The output of the tests of etl/plugin.h: see abi.h. */
#define _POSIX_C_SOURCE 200809L
#include "abi.h"


/* ---- output: a line a record, "name=value" and tabs ---- */

struct lines {
    const char *path, *what_to_do;
    etl_columns columns;
    etl_field line;
    etl_stream *stream;
    bool trace;
};

static const etl_option lines_options[] = {
    ETL_OPT(struct lines, OUTPUT, path, "path", NULL, NULL, "File to write"),
    ETL_OPT(struct lines, COLUMNS, columns, "fields", "*", NULL, "Fields to write"),
    ETL_OPT(struct lines, TEXT, what_to_do, "what", "", NULL, "What to try"),
    ETL_OPT(struct lines, BOOL, trace, "trace", "no", NULL, "Log the callbacks"),
    ETL_OPT_END,
};

static int lines_open(void *self)
{
    struct lines *me = self;

    me->line = etl_declare(self, "line", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    me->stream = etl_create(self, me->path);
    trace(self, me->trace, "open");
    return me->stream && me->line.id ? ETL_OK : ETL_FAIL;
}

static int lines_start(const void *self, void *state, etl_blob saved)
{
    const struct lines *me = self;

    (void)state;
    trace(self, me->trace, saved.data ? "start again" : "start");
    return ETL_OK;
}

static size_t show(char *to, size_t max, etl_value v)
{
    switch (v.type) {
    case ETL_NULL:
        return (size_t)snprintf(to, max, "-");
    case ETL_REAL:
        return (size_t)snprintf(to, max, "%d%%", (int)(v.real * 100));
    case ETL_TEXT:
    case ETL_BYTES:
        return (size_t)snprintf(to, max, "%.*s", v.len > 60 ? 60 : (int)v.len, v.text);
    case ETL_LIST:
        return (size_t)snprintf(to, max, "[%u]", v.len);
    default:
        return (size_t)snprintf(to, max, "%lld", (long long)v.integer);
    }
}

/* Renders on the workers; the step only writes. */
static int lines_map(const void *self, etl_record *r)
{
    const struct lines *me = self;
    char *to = etl_begin(r, me->columns.n * 400 + 1);
    size_t used = 0;

    if (!to)
        return etl_reject(r, "no room");
    for (size_t i = 0; i < me->columns.n; i++) {
        etl_value v = etl_get(r, me->columns.at[i].field);

        used += (size_t)snprintf(to + used, 300, "%s%s=", i ? "\t" : "", me->columns.at[i].as);
        used += show(to + used, 100, v);
    }
    to[used++] = '\n';
    etl_end(r, me->line, used);
    if (IS("reject the second") && strstr(etl_origin(r), ":2"))
        return etl_reject(r, "not this one");
    if (IS("reject and ok"))
        (void)etl_reject(r, "a reason");
    if (IS("reject all"))
        return etl_reject(r, "none at all");
    if (IS("refused all"))
        etl_set(r, me->line, etl_int(1));
    if (IS("drop"))
        return etl_drop(r, "a rule", NULL);
    if (IS("split"))
        return etl_split(r) ? etl_fail(self, "split must be refused") : ETL_OK;
    if (IS("write in map"))
        return etl_write(me->stream, "x", 1);
    return ETL_OK;
}

static int lines_step(const void *self, void *state, etl_record *r)
{
    const struct lines *me = self;
    etl_value v = etl_get(r, me->line);

    (void)state;
    MUST(self, v.len > 0);
    if (IS("reject in step"))
        return etl_reject(r, "too late");
    if (IS("reject in step and ok"))
        (void)etl_reject(r, "too late");
    if (IS("refused in step")) { /* too late to be rejected: nothing happens */
        etl_set(r, me->line, etl_int(1));
        (void)etl_reject(r, "too late");
    }
    return etl_write(me->stream, v.bytes, v.len);
}

static int lines_finish(const void *self, void *state, etl_unit *unit)
{
    const struct lines *me = self;

    (void)state;
    MUST(self, unit == NULL);
    trace(self, me->trace, "finish");
    etl_count(self, NULL, "finishes", 1);
    return ETL_OK;
}

static void lines_stop(const void *self, void *state)
{
    const struct lines *me = self;

    (void)state;
    trace(self, me->trace, "stop");
}

static void lines_close(void *self)
{
    const struct lines *me = self;

    trace(self, me->trace, "close");
}

static const etl_plugin lines = {
    ETL_OUTPUT("lines", "1.0", "Lines for tests"),
    .self_size = sizeof(struct lines), .options = lines_options, .open = lines_open,
    .start = lines_start, .map = lines_map, .step = lines_step, .finish = lines_finish,
    .stop = lines_stop, .close = lines_close,
};

ETL_PLUGINS(&lines);
