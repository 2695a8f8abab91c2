/* SPDX-License-Identifier: Apache-2.0 */
/* The output `sqlite`: each record a row of one table. map renders what SQLite has no type for,
 * step binds and inserts; the host says when to commit, and where a killed run goes on. */
#include <etl/plugin.h>

#include "database.h"
#include "common/buffer.h"
#include "common/fail.h"
#include "common/json-write.h"
#include "common/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEEP ((size_t)4 * 1024 * 1024) /* scratch beyond this is given back after the record */
enum { COLUMNS_MAX = 1999 };           /* SQLite's own limit is 2,000 */

struct sqlite {
    const char *path, *table;
    etl_columns fields;
    etl_words fts, index;
    int64_t rows_per_transaction;
    const char *part; /* where the file is written */
    char *target;     /* where it will be, as far as that is known; NULL: not */
    struct layout layout;
    const char **names;   /* of the columns */
    enum etl_type *types; /* of what is bound */
    etl_field *bound;     /* the fields themselves, or private ones with their rendered text */
};

struct state {
    struct database database;
    etl_value *values; /* of the row in hand */
};

struct scratch {
    struct buffer json;
};

static const etl_option options[] = {
    ETL_OPT(struct sqlite, OUTPUT, path, "path", NULL, NULL, "File in the run directory"),
    ETL_OPT(struct sqlite, TEXT, table, "table", "records", NULL, "Name of the table"),
    ETL_OPT(struct sqlite, COLUMNS, fields, "fields", "*", NULL,
            "Fields to write, in this order: id, content=text, !html; * is all"),
    ETL_OPT(struct sqlite, WORDS, fts, "fts", "", NULL,
            "Columns to search by words: makes TABLE_fts, an FTS5 index, at the end"),
    ETL_OPT(struct sqlite, WORDS, index, "index", "", NULL,
            "Columns to index, each by itself, at the end"),
    ETL_OPT(struct sqlite, INT, rows_per_transaction, "rows_per_transaction", "100000",
            "1..1000000", "Rows to write before they are made durable"),
    ETL_OPT_END
};

static const char doc[] =
    "Writes each record as a row: bool and int as INTEGER, real as REAL, text as TEXT, bytes as "
    "BLOB, times as TEXT (RFC 3339 with Z), lists as TEXT (a JSON array). Rows are numbered 1, 2, "
    "3... by "
    "rowid in the order of the input. A record with a NUL in a text is rejected, since SQLite's "
    "own "
    "functions would cut it there.\n"
    "\n"
    "Indexes are made when all rows are in. With fts = title, body find rows by\n"
    "    SELECT title FROM records WHERE rowid IN\n"
    "        (SELECT rowid FROM records_fts WHERE records_fts MATCH 'pemilu');\n\n"
    "    [output sqlite]\n"
    "    path = pages.db\n"
    "    table = pages\n"
    "    fields = id, source, title, date, body\n"
    "    index = date\n"
    "    fts = title, body";

/* ---- open: names and types ---- */

static bool is_column(const struct sqlite *me, const char *name)
{
    for (size_t i = 0; i < me->fields.n; i++)
        if (sqlite3_stricmp(me->fields.at[i].as, name) == 0)
            return true;
    return false;
}

static int check_words(const struct sqlite *me, const char *option, etl_words words)
{
    for (size_t i = 0; i < words.n; i++) {
        if (!is_column(me, words.at[i]))
            return etl_fail_option(
                me, option, "'%s' is not a column of the table: add it to fields", words.at[i]);
        for (size_t k = 0; k < i; k++)
            if (sqlite3_stricmp(words.at[i], words.at[k]) == 0)
                return etl_fail_option(me, option, "'%s' stands twice", words.at[i]);
    }
    return ETL_OK;
}

static int check_columns(const struct sqlite *me)
{
    if (me->fields.n == 0 || me->fields.n > COLUMNS_MAX)
        return etl_fail_option(me, "fields", "a table must have from 1 to %d columns, not %zu",
                               COLUMNS_MAX, me->fields.n);
    for (size_t i = 0; i < me->fields.n; i++) {
        const char *name = me->fields.at[i].as, *fault = name_fault(name);

        if (fault)
            return etl_fail_option(
                me, "fields", "the name of column '%s' %s: rename it, NAME=field", name, fault);
        for (size_t k = 0; k < i; k++)
            if (sqlite3_stricmp(name, me->fields.at[k].as) == 0)
                return etl_fail_option(me, "fields",
                                       "'%s' and '%s' are one column to SQLite: rename one, "
                                       "NAME=field",
                                       me->fields.at[k].as, name);
    }
    return ETL_OK;
}

static int check_names(const struct sqlite *me)
{
    const char *fault = name_fault(me->table);
    size_t n = strlen(me->path);

    if (fault)
        return etl_fail_option(me, "table", "the name of table '%s' %s", me->table, fault);
    if (sqlite3_strnicmp(me->table, "sqlite_", 7) == 0)
        return etl_fail_option(me, "table", "names that begin with sqlite_ are SQLite's own");
    if (strcmp(me->path, "-") == 0)
        return etl_fail_option(me, "path", "a database cannot be written to standard output");
    if ((n > 3 && strcmp(me->path + n - 3, ".gz") == 0) ||
        (n > 4 && strcmp(me->path + n - 4, ".zst") == 0))
        return etl_fail_option(me, "path", "a database cannot be compressed while it is written");
    if (check_columns(me) != ETL_OK || check_words(me, "fts", me->fts) != ETL_OK)
        return ETL_FAIL;
    return check_words(me, "index", me->index);
}

/* A list and a time are bound as text that map renders into a private field. */
static int make_columns(struct sqlite *me)
{
    size_t n = me->fields.n;

    me->names = calloc(n, sizeof(*me->names));
    me->types = calloc(n, sizeof(*me->types));
    me->bound = calloc(n, sizeof(*me->bound));
    if (!me->names || !me->types || !me->bound)
        return etl_fail_errno(me, ENOMEM, "no memory for %zu columns", n);
    for (size_t i = 0; i < n; i++) {
        enum etl_type type = etl_type_of(me->fields.at[i].field);
        char name[32];

        me->names[i] = me->fields.at[i].as;
        me->types[i] = type;
        me->bound[i] = me->fields.at[i].field;
        if (type != ETL_LIST && type != ETL_TIME)
            continue;
        snprintf(name, sizeof(name), "column%zu", i + 1);
        me->types[i] = ETL_TEXT;
        me->bound[i] = etl_declare(me, name, ETL_TEXT, ETL_PRIVATE | ETL_READS | ETL_WRITES);
        if (me->bound[i].id == 0)
            return ETL_FAIL;
    }
    return ETL_OK;
}

/* Parts lie in RUN/.state, and RUN/path is where this one goes. */
static char *target_of(const char *part, const char *path)
{
    static const char state[] = "/.state/";
    const char *slash = strrchr(part, '/');
    struct buffer target = { 0 };
    size_t n;

    if (!slash || (size_t)(slash + 1 - part) <= sizeof(state) - 1)
        return NULL;
    n = (size_t)(slash + 1 - part) - (sizeof(state) - 1);
    if (memcmp(part + n, state, sizeof(state) - 1) != 0)
        return NULL;
    buffer_printf(&target, "%.*s/%s", (int)n, part, path);
    return buffer_take(&target);
}

static int open_output(void *self)
{
    struct sqlite *me = self;
    struct fault f = { 0 };

    if (check_names(me) != ETL_OK || make_columns(me) != ETL_OK)
        return ETL_FAIL;
    me->layout = (struct layout){ .table = me->table,
                                  .n = me->fields.n,
                                  .names = me->names,
                                  .types = me->types,
                                  .index = me->index,
                                  .fts = me->fts,
                                  .rows_per_transaction = me->rows_per_transaction };
    if (!rowid_name(&me->layout))
        return etl_fail_option(me, "fields",
                               "rowid, _rowid_ and oid cannot all be columns: rename one, "
                               "NAME=field");
    if (database_try(&me->layout, &f) < 0)
        return fail_by(me, me->fts.n > 0 ? "fts" : "fields", NULL, &f);
    me->part = etl_part(me, me->path);
    if (!me->part)
        return ETL_FAIL;
    me->target = target_of(me->part, me->path);
    if (!me->target && strstr(me->part, "/.state/"))
        return etl_fail_errno(me, ENOMEM, "no memory for the name of the database");
    return ETL_OK;
}

static void close_output(void *self)
{
    struct sqlite *me = self;

    free(me->names);
    free(me->types);
    free(me->bound);
    free(me->target);
}

/* ---- map: what SQLite has no type for ---- */

static int render(const struct sqlite *me, etl_record *rec, struct scratch *s, size_t i,
                  etl_value v)
{
    char time[NUMBER_MAX];

    if (v.type == ETL_TIME) {
        etl_set(rec, me->bound[i], etl_text(time, number_write_time(time, v.time)));
        return ETL_OK;
    }
    s->json.len = 0;
    json_write_value(&s->json, v);
    if (s->json.failed)
        return etl_fail_errno(me, ENOMEM, "no memory to write a list");
    etl_set(rec, me->bound[i], etl_text(s->json.data, s->json.len));
    if (s->json.cap > KEEP)
        buffer_free(&s->json);
    return ETL_OK;
}

static int map(const void *self, etl_record *rec)
{
    const struct sqlite *me = self;
    struct scratch *s = etl_worker(rec);

    for (size_t i = 0; i < me->fields.n; i++) {
        etl_value v = etl_get(rec, me->fields.at[i].field);

        if (v.type == ETL_TEXT && v.len > 0 && memchr(v.text, '\0', v.len))
            return etl_reject(rec,
                              "the field '%s' holds a NUL, which SQLite's functions would cut at",
                              etl_name(me->fields.at[i].field));
        if ((v.type == ETL_TIME || v.type == ETL_LIST) && render(me, rec, s, i, v) != ETL_OK)
            return ETL_FAIL;
    }
    return ETL_OK;
}

static void worker_close(const void *self, void *worker)
{
    struct scratch *s = worker;

    (void)self;
    buffer_free(&s->json);
}

/* ---- the file ---- */

static int check_target(const struct sqlite *me)
{
    struct fault f = { 0 };

    return me->target && database_check_beside(me->target, &f) < 0 ? fail_by(me, NULL, NULL, &f) : ETL_OK;
}

static int start(const void *self, void *state, etl_blob saved)
{
    const struct sqlite *me = self;
    struct state *s = state;
    struct fault f = { 0 };
    int64_t rows = 0;
    int result;

    s->values = calloc(me->layout.n, sizeof(*s->values));
    if (!s->values)
        return etl_fail_errno(me, ENOMEM, "no memory for %zu columns", me->layout.n);
    if (check_target(me) != ETL_OK)
        return ETL_FAIL;
    if (saved.len == sizeof(rows))
        memcpy(&rows, saved.data, sizeof(rows));
    result = saved.data ? database_resume(&s->database, me->part, &me->layout, rows, &f)
                        : database_create(&s->database, me->part, &me->layout, &f);
    return result < 0 ? fail_by(me, NULL, NULL, &f) : ETL_OK;
}

static int step(const void *self, void *state, etl_record *rec)
{
    const struct sqlite *me = self;
    struct state *s = state;
    struct fault f = { 0 };

    for (size_t i = 0; i < me->layout.n; i++)
        s->values[i] = etl_get(rec, me->bound[i]);
    return database_insert(&s->database, s->values, &f) < 0 ? fail_by(me, NULL, NULL, &f) : ETL_OK;
}

static int commit(const void *self, void *state)
{
    const struct sqlite *me = self;
    struct state *s = state;
    struct fault f = { 0 };

    if (database_commit(&s->database, &f) < 0)
        return fail_by(me, NULL, NULL, &f);
    etl_save(me, &s->database.rows, sizeof(s->database.rows));
    return ETL_OK;
}

static int finish(const void *self, void *state, etl_unit *unit)
{
    const struct sqlite *me = self;
    struct state *s = state;
    struct fault f = { 0 };

    (void)unit;
    if (check_target(me) != ETL_OK)
        return ETL_FAIL;
    return database_finish(&s->database, &f) < 0 ? fail_by(me, NULL, NULL, &f) : ETL_OK;
}

static void stop(const void *self, void *state)
{
    struct state *s = state;

    (void)self;
    database_close(&s->database);
    free(s->values);
    s->values = NULL;
}

static const etl_plugin plugin = {
    ETL_OUTPUT("sqlite", "1.0", "Write rows of a SQLite database"),
    .doc = doc,
    .self_size = sizeof(struct sqlite),
    .state_size = sizeof(struct state),
    .worker_size = sizeof(struct scratch),
    .options = options,
    .open = open_output,
    .start = start,
    .map = map,
    .step = step,
    .commit = commit,
    .finish = finish,
    .stop = stop,
    .worker_close = worker_close,
    .close = close_output,
};
ETL_PLUGINS(&plugin);
