/* @NAME@: writes one field as lines. Replace this with a sentence about what yours does. */
#include <etl/plugin.h>

/* One use of the plugin in a pipeline. The host fills the options in before anything is called. */
struct settings {
    const char *path;
    etl_field text;
    etl_stream *stream;
};

static const etl_option options[] = {
    ETL_OPT(struct settings, OUTPUT, path, "path", NULL, NULL, "File in the run directory"),
    ETL_OPT(struct settings, READS, text, "text", "text", "text", "Field to write"),
    ETL_OPT_END
};

/* The host opens, compresses, commits and publishes the file; here it is only named. */
static int open_output(void *self)
{
    struct settings *me = self;

    me->stream = etl_create(me, me->path);
    return me->stream ? ETL_OK : ETL_FAIL;
}

/* Called for each record in the order of the input, one at a time. */
static int write_line(const void *self, void *state, etl_record *rec)
{
    const struct settings *me = self;
    etl_value v = etl_get(rec, me->text);

    (void)state;
    if (v.type == ETL_TEXT && etl_write(me->stream, v.text, v.len) != ETL_OK)
        return ETL_FAIL;
    return etl_write(me->stream, "\n", 1);
}

static const etl_plugin plugin = {
    ETL_OUTPUT("@NAME@", "0.1", "Writes lines"),
    .self_size = sizeof(struct settings),
    .options = options,
    .open = open_output,
    .step = write_line,
};
ETL_PLUGINS(&plugin);
