/* SPDX-License-Identifier: Apache-2.0 */
/* The one way to fill a struct fault. */
#include "common/fault.h"

#include <stdarg.h>
#include <stdio.h>

int fault_set(struct fault *f, int err, const char *fmt, ...)
{
    va_list args;

    f->err = err;
    va_start(args, fmt);
    vsnprintf(f->text, sizeof(f->text), fmt, args);
    va_end(args);
    return -1;
}
