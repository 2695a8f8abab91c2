/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a language pack of the source tree, read. Failure ends the test. */
#ifndef TESTS_LANGUAGE_PACK_H
#define TESTS_LANGUAGE_PACK_H

#include "plugins/transform/extract/pack.h"
#include "tests/unit/unit.h"

/* One that the source tree has: "id.conf". */
static inline void load_pack(struct pack *p, const char *name)
{
    const char *source = getenv("srcdir");
    char path[4096];
    struct fault f = { .line = 0 };

    snprintf(path, sizeof(path), "%s/plugins/languages/%s", source ? source : ".", name);
    ck_assert_msg(pack_load(p, path, &f) == 0, "%s:%d:%d: %s", path, (int)f.line, (int)f.column,
                  f.text);
}

#endif
