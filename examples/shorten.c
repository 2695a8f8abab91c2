/* SPDX-License-Identifier: Apache-2.0 */
/* A transform: cuts long texts. The idea: a plugin is a struct of options and a callback; the host
 * checks the options, calls `map` on many threads, and never cuts a character in half for it. */
#include <etl/plugin.h>

struct shorten {
    etl_field field;
    int64_t max;
};

static const etl_option options[] = {
    ETL_OPT(struct shorten, EDITS, field, "field", "text", "text", "Field to cut"),
    ETL_OPT(struct shorten, INT, max, "max", "280", "1..", "Bytes to keep"),
    ETL_OPT_END
};

static int shorten(const void *self, etl_record *rec)
{
    const struct shorten *me = self;
    etl_value v = etl_get(rec, me->field);

    if (v.type == ETL_TEXT && v.len > me->max)
        etl_set_view(rec, me->field, etl_head(v, (uint32_t) me->max));
    return ETL_OK;
}

static const etl_plugin plugin = {
    ETL_TRANSFORM("shorten", "1.0", "Cut long texts"),
    .self_size = sizeof(struct shorten), .options = options, .map = shorten,
};
ETL_PLUGINS(&plugin);
