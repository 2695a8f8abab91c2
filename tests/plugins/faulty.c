/* SPDX-License-Identifier: Apache-2.0 */
/* A transform that is wrong in the way that its option says: what `etl test FILE.so` must find. */
#include <etl/plugin.h>

#include <stdlib.h>
#include <string.h>

enum {
    NOTHING, FORGETS, COUNTS_IN_MAP, LEAKS, READS_BLANK, CRASHES, REJECTS, SPOILS, ASKS, PRINTS
};

struct faulty {
    etl_field text;
    int64_t how;
};
struct state {
    int64_t n;
};

static int counter; /* which a plugin may not have */
static char cache[64];
static const char *const words[] = { "one", "two" }; /* const once it is relocated */

static const etl_option options[] = {
    ETL_OPT(struct faulty, EDITS, text, "text", "text", "text", "Field"),
    ETL_OPT(struct faulty, CHOICE, how, "how", "nothing",
            "nothing|forgets|counts_in_map|leaks|reads_blank|crashes|rejects|spoils|asks|prints",
            "What is wrong"),
    ETL_OPT_END
};

static int start(const void *self, void *state, etl_blob saved)
{
    const struct faulty *me = self;

    if (me->how != FORGETS && saved.len == sizeof(struct state))
        memcpy(state, saved.data, saved.len);
    return ETL_OK;
}

static void set_number(const struct faulty *me, etl_record *rec, int64_t n)
{
    char own[sizeof(cache)], *text = me->how == COUNTS_IN_MAP ? cache : own;
    int len = snprintf(text, sizeof(own), "%s %lld", words[n % 2], (long long)n);

    etl_set(rec, me->text, etl_text(text, (size_t)len));
}

static int map(const void *self, etl_record *rec)
{
    const struct faulty *me = self;
    char *volatile block = me->how == LEAKS || me->how == READS_BLANK ? malloc(16) : NULL;

    if (me->how == COUNTS_IN_MAP)
        set_number(me, rec, __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED));
    if (me->how == READS_BLANK && block && block[3] == 7)
        return etl_drop(rec, "seven", NULL);
    if (me->how == READS_BLANK)
        free(block);
    block = NULL;
    if (me->how == SPOILS)
        etl_set(rec, me->text, etl_text("\xff", 1));
    if (me->how == ASKS)
        etl_get(rec, (etl_field){ 9999 });
    if (me->how == CRASHES)
        abort();
    if (me->how == PRINTS)
        puts("printed by a plugin");
    return me->how == REJECTS ? etl_reject(rec, "not liked") : ETL_OK;
}

static int step(const void *self, void *state, etl_record *rec)
{
    const struct faulty *me = self;
    struct state *s = state;

    s->n++;
    if (me->how == NOTHING || me->how == FORGETS)
        set_number(me, rec, s->n);
    return ETL_OK;
}

static int commit(const void *self, void *state)
{
    etl_save(self, state, sizeof(struct state));
    return ETL_OK;
}

static const etl_plugin plugin = {
    ETL_TRANSFORM("faulty", "1.0", "Wrong in many ways"),
    .self_size = sizeof(struct faulty),
    .state_size = sizeof(struct state),
    .options = options,
    .start = start,
    .map = map,
    .step = step,
    .commit = commit,
};
ETL_PLUGINS(&plugin);
