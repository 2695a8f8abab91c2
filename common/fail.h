/* SPDX-License-Identifier: Apache-2.0 */
/* How a plugin hands a helper's fault to the host: with its errno, its place in a file, and the
 * option that named the file. For plugins alone. */
#ifndef COMMON_FAIL_H
#define COMMON_FAIL_H

#include "common/fault.h"

#include <etl/plugin.h>
#include <inttypes.h>

/* option and path may be NULL; path is shown before f's line, where there is one. ETL_FAIL. */
static inline int fail_by(const void *self, const char *option, const char *path,
                          const struct fault *f)
{
    char text[1024];
    int n;

    if (path && f->line && f->column)
        n = snprintf(text, sizeof(text), "%s:%" PRIu64 ":%" PRIu64 ": %s", path, f->line, f->column,
                     f->text);
    else if (path && f->line)
        n = snprintf(text, sizeof(text), "%s:%" PRIu64 ": %s", path, f->line, f->text);
    else
        n = snprintf(text, sizeof(text), "%s", f->text);
    etl_host_->fail(self, f->err, option, text,
                    n < 0                      ? 0
                    : (size_t)n < sizeof(text) ? (size_t)n
                                               : sizeof(text) - 1);
    return ETL_FAIL;
}

#endif
