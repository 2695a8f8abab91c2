/* SPDX-License-Identifier: Apache-2.0 */
/* Two folders with files, byte by byte. */
#ifndef CORE_TEST_FOLDERS_H
#define CORE_TEST_FOLDERS_H

#include "common/buffer.h"

/* Is every file of `is` in `wanted`, with the same bytes, and the other way round? Files whose name
 * (relative to the folder) `skipped` knows do not count; NULL: all do. What differs first is told
 * in lines of `why`. -1: one cannot be read; why says which. */
int folders_same(const char *wanted, const char *is, bool (*skipped)(const char *name),
                 struct buffer *why, bool *same);

/* Makes `to` the same as `from`: copies files, removes those that are not in `from`. 0, or -1 with
 * errno. */
int folders_copy(const char *from, const char *to, bool (*skipped)(const char *name));

#endif
