/* SPDX-License-Identifier: Apache-2.0 */
/* The [test] sections of a pipeline, checked against its plan: what goes in, and what is expected
 * to come out. Keys are in.FIELD and out.FIELD of the first record, in.2.FIELD and out.2.FIELD of
 * the second (no field's name begins with a digit). */
#ifndef CORE_PLAN_TESTS_H
#define CORE_PLAN_TESTS_H

#include "core/plan.h"

/* What of a record is meant; all but the first in out. alone. */
enum test_what {
    TEST_FIELD,
    TEST_STREAM, /* kept, dropped, duplicates, rejects */
    TEST_STAGE,  /* that decided: "transform filter", or null */
    TEST_RULE,   /* of a drop, or null */
    TEST_REASON, /* of a drop or reject, or null */
    TEST_WHATS
};

struct test_value {
    const struct conf_key *key;
    size_t record; /* from 0 */
    enum test_what what;
    uint32_t field;  /* id; what must be TEST_FIELD */
    etl_value value; /* in the plan's memory or the conf; of the other whats: text or null */
    int decimals;    /* see value_same */
};

struct plan_test {
    const char *name;
    const struct conf_section *section;
    struct test_value *in, *out;
    size_t n_in, n_out, n_records; /* n_records: that go in */
};

extern const char *const test_streams[];         /* by enum fate */
const char *test_what_name(enum test_what what); /* "stream"; of TEST_FIELD: NULL */

/* Fills in p->tests from the sections of p->test_conf, or else of p->conf; mistakes are told to the
 * plan's diag. For plan_make. */
void plan_tests(struct plan *p);

#endif
