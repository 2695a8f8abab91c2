/* SPDX-License-Identifier: Apache-2.0 */
/* Completion of command lines, for shells. */
#ifndef CORE_COMPLETE_H
#define CORE_COMPLETE_H

#include "core/verbs.h"

/* The words behind `etl`, the last one being typed and perhaps empty. Writes what it may become, a
 * line each, without what stands before a '=' that is a word of its own; a line "*" stands for the
 * names of files, "*" and a slash for folders. False: memory is out. */
bool complete(struct app *app, size_t n, char **words, FILE *out);

#endif
