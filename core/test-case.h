/* SPDX-License-Identifier: Apache-2.0 */
/* A case for a plugin: a small pipeline that uses it, NAME.conf, with the files that it reads
 * beside it, and perhaps NAME.out, a folder with the files that it should make. */
#ifndef CORE_TEST_CASE_H
#define CORE_TEST_CASE_H

#include "core/registry.h"
#include "core/testing.h"

/* Runs the tests in it and beside it; then the whole of it with 1 thread and with 8, killed behind
 * each barrier and resumed: always the same bytes, and those of NAME.out. Each run is a process of
 * its own, so that a crash is a failure. folder is a scratch folder. */
void test_case(struct testing *t, const char *conf, const char *folder);

#endif
