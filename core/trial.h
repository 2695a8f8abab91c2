/* SPDX-License-Identifier: Apache-2.0 */
/* Records put through a pipeline by hand: the plan's own stages in the engine that runs them, but
 * with given records in the place of the inputs, and nothing written. For tests of pipelines and
 * for explaining one. */
#ifndef CORE_TRIAL_H
#define CORE_TRIAL_H

#include "core/arena.h"
#include "core/plan-tests.h"
#include "core/run.h"

/* A folder for what stages keep beside them, made for one trial: plan with `out` = FOLDER/run and
 * `stores` = FOLDER, and `offline`. NULL: reported. */
char *trial_folder(struct diag *d);
/* Removes it with all that is in it, and frees the name; NULL is none. */
void trial_folder_remove(char *folder);

/* What takes the place of the inputs, for run_options.feed: the records of a test, a struct
 * plan_test. Their ids are 0000000000000001, 0000000000000002, ..., their source is "test", if the
 * test does not say others. */
int trial_read(const void *test, etl_unit *u);

/* How one record came out. Strings and what values point to lie in the trial's memory. */
struct trial_record {
    enum fate fate;
    const char *stage; /* that decided, as "transform filter"; NULL: none */
    const char *rule, *reason;
    const etl_value *slots; /* by field id */
    const uint32_t *wrote;  /* by field id: the stage that wrote it last; UINT32_MAX: none that
                             * follows the inputs */
};

struct trial {
    struct arena memory;
    const struct plan *plan;
    struct trial_record *records; /* each that went in and, behind it, what was split from it; what
                                   * was made at the end comes last */
    size_t n, cap;
    bool short_of_memory;
    struct trial_way { /* of a record that is on its way */
        const struct etl_record *record;
        uint32_t *wrote;
    } * ways;
    size_t n_ways, ways_cap;
    etl_value *before; /* slots of the one that is in a callback */
};

/* Puts the records of a test through its plan, which must be new: one plan, one trial. 0, or -1:
 * the run was stopped, which is reported to the plan's diag; t holds what came out before.
 * trial_free is owed in any case. */
int trial_run(struct trial *t, struct plan *p, const struct plan_test *test);
void trial_free(struct trial *t);

#endif
