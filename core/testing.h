/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `etl test` share: what is asked for, what was counted, and how a test that
 * passed or failed is told. */
#ifndef CORE_TESTING_H
#define CORE_TESTING_H

#include "core/test-files.h"
#include "core/verbs.h"

struct testing {
    struct app *app;
    struct registry *registry;
    bool update, tap, valgrind;
    const char *filter; /* or NULL */
    const char *plugin; /* of a plugin's cases: its file, as given; else NULL */
    const char *folder; /* ... and that of the case, as given, with its slash */
    size_t n, failed;   /* tests that were run */
    size_t updated;     /* of these, which were given other values */
    size_t broken;      /* files that could not be tested */
};

bool testing_wants(const struct testing *t, const char *name);
/* The tests of pipelines in these files. */
void testing_files(struct testing *t, const struct test_files *files);
/* Counts and tells one test: "FAIL WHERE" and, if it failed, lines of text. where: "FILE:3 test
 * "name"", or of a plugin's case what was tried. With TAP its shorter form is `name`. */
void testing_result(struct testing *t, const char *name, const char *where, bool passed,
                    const char *text);

/* test-plugin.c: a plugin, and cases for it in folders and files. Gives the exit status. */
int testing_plugin(struct testing *t, const char *plugin, char **cases, size_t n);

#endif
