/* SPDX-License-Identifier: Apache-2.0 */
/* Where the tests of a pipeline are: in its own file, and in files beside it, NAME.test or
 * NAME-ANYTHING.test for NAME.conf. */
#ifndef CORE_TEST_FILES_H
#define CORE_TEST_FILES_H

#include "core/diag.h"

struct test_file {
    char *pipeline;
    char *tests; /* NULL: the pipeline's own sections */
};

/* In the order in which they are run: pipelines sorted bytewise, each with its files of tests,
 * sorted too, behind it. */
struct test_files {
    struct test_file *at;
    size_t n, cap;
};

/* Adds what path means: a pipeline with the files beside it, a NAME.test alone, or all of a folder.
 * 0, or -1: reported (nothing there, or a file of tests without its pipeline). */
int test_files_add(struct test_files *f, const char *path, struct diag *d);
void test_files_free(struct test_files *f);

/* The pipeline that a file of tests belongs to: of those beside it the one with the longest name
 * that its own begins with, up to a '-' or ".test". Malloced; NULL: none is there, or memory. */
char *test_file_pipeline(const char *path);
bool test_file_named(const char *path); /* does it end in ".test"? */

#endif
