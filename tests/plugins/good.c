/* SPDX-License-Identifier: Apache-2.0 */
/* Three small plugins in one file, with an option of every kind, for the tests of the plan. */
#include "good.h"

static const etl_option lines_options[] = {
    ETL_OPT(struct lines, INPUT, path, "path", NULL, NULL, "Files to read"),
    ETL_OPT(struct lines, INT, depth, "depth", "1", "1..9", "How deep"),
    ETL_OPT(struct lines, WRITES, text, "text", "text", "text", "Field for the text"), ETL_OPT_END
};

static int lines_read(const void *self, etl_unit *unit)
{
    (void)self;
    (void)unit;
    return ETL_OK;
}

static const etl_plugin lines = {
    ETL_INPUT("good", "1.0", "Reads nothing, for tests"),
    .self_size = sizeof(struct lines),
    .options = lines_options,
    .read = lines_read,
};

static const etl_option work_options[] = {
    ETL_OPT(struct work, BOOL, flag, "flag", "no", NULL, "A switch"),
    ETL_OPT(struct work, INT, number, "number", "7", "-5..100", "A number"),
    ETL_OPT(struct work, REAL, real, "threshold", "0.70", "0..1", "A share"),
    ETL_OPT(struct work, CHOICE, choice, "numbers", "any", "any|differ|none", "A choice"),
    ETL_OPT(struct work, SIZE, size, "limit", "64K", "1K..1G", "A size"),
    ETL_OPT(struct work, DURATION, duration, "patience", "30s", "1s..", "A time to wait"),
    ETL_OPT(struct work, TEXT, text, "label", "", NULL, "A text"),
    ETL_OPT(struct work, WORDS, words, "languages", "id, en", "1..3", "Words"),
    ETL_OPT(struct work, DATA, data, "rules", "", NULL, "A data file"),
    ETL_OPT(struct work, STORE, store, "index", "", NULL, "A folder"),
    ETL_OPT(struct work, READS, reads, "source_field", "source", "text", "Field to read"),
    ETL_OPT(struct work, WRITES, writes, "score", "score", "real", "Field to write"),
    ETL_OPT(struct work, EDITS, edits, "edits", "", "text|list", "Field to change"),
    ETL_OPT(struct work, FIELDS, fields, "fields", "*", NULL, "Fields to read"),
    ETL_OPT(struct work, EXPR, expr, "keep", "", NULL, "What is kept"),
    ETL_OPT(struct work, TEXT, fail, "fail", "", NULL, "Fail in open, with these words"),
    ETL_OPT(struct work, TEXT, declare, "declare", "", NULL, "A field to declare as a number"),
    ETL_OPT_END
};

static int work_open(void *self)
{
    struct work *me = self;

    me->own = etl_declare(self, "hash", ETL_INT, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    if (*me->declare && etl_declare(self, me->declare, ETL_INT, ETL_WRITES).id == 0)
        return ETL_FAIL;
    if (*me->fail == '-')
        return ETL_FAIL; /* and gives no reason */
    return *me->fail ? etl_fail_option(self, "fail", "%s", me->fail) : ETL_OK;
}

static void work_close(void *self)
{
    const struct work *me = self;

    etl_log(self, NULL, ETL_DEBUG, "closed %s", me->text);
}

static int work_map(const void *self, etl_record *rec)
{
    (void)self;
    (void)rec;
    return ETL_OK;
}

static const etl_plugin work = {
    ETL_TRANSFORM("good", "1.0", "Does nothing, for tests"),
    .doc = "It has an option of every kind.\n\nA second paragraph.",
    .self_size = sizeof(struct work),
    .options = work_options,
    .open = work_open,
    .close = work_close,
    .map = work_map,
};

static int steps_step(const void *self, void *state, etl_record *rec)
{
    (void)self;
    (void)state;
    (void)rec;
    return ETL_OK;
}

static const etl_plugin steps = {
    ETL_TRANSFORM("steps", "1.0", "Remembers, for tests"),
    .state_size = 8,
    .step = steps_step,
};

static const etl_option sink_options[] = {
    ETL_OPT(struct sink, OUTPUT, path, "path", NULL, NULL, "Name of the file"),
    ETL_OPT(struct sink, COLUMNS, fields, "fields", "*", NULL, "Columns"), ETL_OPT_END
};

static int sink_open(void *self)
{
    struct sink *me = self;

    me->stream = etl_create(self, me->path);
    return me->stream ? ETL_OK : ETL_FAIL;
}

static const etl_plugin sink = {
    ETL_OUTPUT("good", "1.0", "Writes nothing, for tests"),
    .self_size = sizeof(struct sink),
    .options = sink_options,
    .open = sink_open,
    .step = steps_step,
};

#if KIND == 1
ETL_PLUGINS(&lines, &work, &steps, &sink);
#elif KIND == 2
ETL_PLUGINS(&work, &lines, &steps, &sink);
#elif KIND == 3
ETL_PLUGINS(&sink, &work, &steps, &lines);
#else
ETL_PLUGINS(&steps, &work, &lines, &sink);
#endif
