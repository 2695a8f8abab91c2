/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugins of abi-*.c share. They try each sentence of etl/plugin.h, and break its rules, as
 * an option says; what the host must do then is in tests/abi.sh. */
#ifndef TESTS_PLUGINS_ABI_H
#define TESTS_PLUGINS_ABI_H

#include <etl/plugin.h>
#include <string.h>

#define MUST(self, what)                                                                           \
    do {                                                                                           \
        if (!(what))                                                                               \
            return etl_fail(self, "line %d: %s", __LINE__, #what);                                 \
    } while (0)
#define IS(what) (strcmp(me->what_to_do, what) == 0)

ETL_INLINE bool aligned(const void *p)
{
    return p && (uintptr_t)p % 64 == 0;
}

ETL_INLINE bool all_zero(const void *p, size_t n)
{
    const char *at = p;

    while (n > 0 && *at == 0) {
        at++;
        n--;
    }
    return n == 0;
}

ETL_INLINE void trace(const void *self, bool wanted, const char *what)
{
    if (wanted)
        etl_log(self, NULL, ETL_INFO, "%s", what);
}

#endif
