/* SPDX-License-Identifier: Apache-2.0 */
/* A test by its name, among those of a pipeline and of the files beside it. */
#ifndef CORE_TEST_FIND_H
#define CORE_TEST_FIND_H

#include "core/plan-tests.h"

/* Where the test of that name is, for a pipeline (o->path): the file of tests, malloced; "" for the
 * pipeline itself. id gets the id of its last record. NULL: there is none (reported, with the
 * nearest name), or a file is wrong. */
char *test_find(const struct plan_options *o, const char *name, char id[17], struct registry *r,
                struct diag *d);
/* The test of that name among the plan's; NULL: none, or no name. */
const struct plan_test *test_named(const struct plan *p, const char *name);

#endif
