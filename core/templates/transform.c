/* @NAME@: cuts long texts. Replace this with a sentence about what yours does. */
#include <etl/plugin.h>

/* One use of the plugin in a pipeline. The host fills the options in before anything is called. */
struct settings {
    etl_field text;
    int64_t max;
};

static const etl_option options[] = {
    ETL_OPT(struct settings, EDITS, text, "text", "text", "text", "Field to cut"),
    ETL_OPT(struct settings, INT, max, "max", "280", "1..", "Bytes to keep"),
    ETL_OPT_END
};

/* Called for each record, on any thread, in any order. */
static int cut(const void *self, etl_record *rec)
{
    const struct settings *me = self;
    etl_value v = etl_get(rec, me->text);

    if (v.type != ETL_TEXT || v.len == 0)
        return etl_drop(rec, "empty", "there is no text");
    if (v.len > me->max)
        etl_set_view(rec, me->text, etl_head(v, (uint32_t)me->max));
    return ETL_OK;
}

static const etl_plugin plugin = {
    ETL_TRANSFORM("@NAME@", "0.1", "Cuts long texts"),
    .self_size = sizeof(struct settings),
    .options = options,
    .map = cut,
};
ETL_PLUGINS(&plugin);
