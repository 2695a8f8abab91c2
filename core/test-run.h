/* SPDX-License-Identifier: Apache-2.0 */
/* One test of a pipeline: run, and what came out held against what was expected. */
#ifndef CORE_TEST_RUN_H
#define CORE_TEST_RUN_H

#include "common/buffer.h"
#include "core/plan.h"
#include "core/test-files.h"

/* What a key of a test should say instead. */
struct test_change {
    char *file;
    uint32_t line; /* of the key's name */
    char *text;    /* its value, as value_write has it */
};

struct test_changes {
    struct test_change *at;
    size_t n, cap;
};
void test_changes_free(struct test_changes *c);

struct test_result {
    bool failed;
    bool stopped;  /* the run ended early, or a record is missing: nothing that --update can mend */
    size_t unlike; /* values that are other ones */
    struct buffer text; /* why it failed, in lines */
};

/* Runs test number `which` of a file with a plan, and so plugins, of its own. What the pipeline
 * says while it runs goes to the result. changes may be NULL. 0, or -1: it could not be run at all,
 * which is reported to d. */
int test_run(const struct test_file *f, size_t which, const struct plan_options *o,
             struct registry *r, struct diag *d, struct test_result *result,
             struct test_changes *changes);

/* test-update.c: rewrites the values in their files, and leaves all else as it stands. 0, or -1
 * (reported). Changes of one file stand in the order of its lines. */
int test_update(const struct test_changes *c, struct diag *d);
/* Replaces a file, or makes it: whole or not at all. 0, or -1 (reported). */
int test_file_write(const char *path, const void *data, size_t len, struct diag *d);

#endif
