/* SPDX-License-Identifier: Apache-2.0 */
/* Which program is run, and with what words: found and looked at when the pipeline is checked, so
 * that no document meets a mistake in it. */
#ifndef EXEC_PROGRAM_H
#define EXEC_PROGRAM_H

#include <etl/plugin.h>

struct program {
    char *path;        /* of the file to execute; has a slash in it */
    const char **argv; /* ends in NULL; the words are the options' own */
};

/* [main] open: command, then script (a path or NULL), then arguments; at least one of the first
 * two. ETL_OK, or ETL_FAIL when it was said why. Freed by program_free in either case. */
int program_find(const void *self, etl_words command, const char *script, etl_words arguments,
                 struct program *p);
void program_free(struct program *p);

#endif
