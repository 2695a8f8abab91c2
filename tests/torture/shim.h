/* SPDX-License-Identifier: Apache-2.0 */
/* For what stands in front of the C library's calls: the next one of that name, and the mode that
 * open takes only if a file may be made. */
#ifndef TESTS_TORTURE_SHIM_H
#define TESTS_TORTURE_SHIM_H

#include <dlfcn.h>
#include <stdarg.h>

#define NEXT(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

#define MODE(flags, mode)                                                                          \
    do {                                                                                           \
        va_list more_;                                                                             \
        va_start(more_, flags);                                                                    \
        mode = (flags) & (O_CREAT | __O_TMPFILE) ? (mode_t)va_arg(more_, int) : 0;                 \
        va_end(more_);                                                                             \
    } while (0)

#endif
