/* SPDX-License-Identifier: Apache-2.0 */
/* A transform with a state: numbers the documents, and drops those beyond `most`. The idea: `step`
 * sees one document at a time, in the order of the input, and alone may change *state; `commit`
 * saves it, so that a run that was killed goes on with the right number. */
#include <etl/plugin.h>

#include <string.h>

struct number {
    etl_field number;
    int64_t first, most;
};

struct state {
    int64_t seen; /* documents so far */
};

static const etl_option options[] = {
    ETL_OPT(struct number, WRITES, number, "number", "number", "int", "Field for the number"),
    ETL_OPT(struct number, INT, first, "first", "1", NULL, "Number of the first document"),
    ETL_OPT(struct number, INT, most, "most", "0", "0..", "Documents to keep; 0: all of them"),
    ETL_OPT_END
};

static int start(const void *self, void *state, etl_blob saved)
{
    if (saved.data && saved.len != sizeof(struct state))
        return etl_fail(self, "what the last run saved has %zu bytes", saved.len);
    if (saved.data)
        memcpy(state, saved.data, saved.len);
    return ETL_OK;
}

static int step(const void *self, void *state, etl_record *rec)
{
    const struct number *me = self;
    struct state *s = state;

    if (me->most > 0 && s->seen >= me->most)
        return etl_drop(rec, "enough", "%lld are kept", (long long) me->most);
    etl_set(rec, me->number, etl_int(me->first + s->seen));
    s->seen++;
    return ETL_OK;
}

static int commit(const void *self, void *state)
{
    etl_save(self, state, sizeof(struct state));
    return ETL_OK;
}

static const etl_plugin plugin = {
    ETL_TRANSFORM("number", "1.0", "Number the documents"),
    .self_size = sizeof(struct number), .state_size = sizeof(struct state), .options = options,
    .start = start, .step = step, .commit = commit,
};
ETL_PLUGINS(&plugin);
