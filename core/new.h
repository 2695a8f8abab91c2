/* SPDX-License-Identifier: Apache-2.0 */
/* What `etl new` makes. Each gives the exit status; nothing that is there is written over. */
#ifndef CORE_NEW_H
#define CORE_NEW_H

#include "core/verbs.h"

/* A folder NAME with NAME.c, a Makefile and a case. */
int new_plugin(struct app *app, const char *kind, const char *name);
/* spec: "INPUT,.../TRANSFORM,.../OUTPUT,...". file NULL: to standard output. */
int new_pipeline(struct app *app, const char *spec, const char *file);

/* Adds a [test] to the file of tests beside the pipeline: the document goes in as the inputs left it, and
 * what comes out of it by itself is expected. name NULL: docref. */
int new_test(struct app *app, const char *pipeline, const char *docref, const char *name);

/* Writes a file that must not be there. 0, or -1 (reported). */
int new_file(const char *path, const void *data, size_t len, struct diag *d);

#endif
