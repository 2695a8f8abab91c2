/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the plan: plans of the good test plugins, made in a folder, and what is said of
 * them. */
#ifndef TESTS_UNIT_PLANS_H
#define TESTS_UNIT_PLANS_H

#include "core/host.h"
#include "core/plan.h"

#include "../plugins/good.h"
#include "caught.h"
#include "folder.h"

static struct caught said;
static struct registry *registry;
static struct plan_options options;

static inline void plans_begin(void)
{
    const char *const folders[] = { "tests/plugins" };

    unsetenv("ETL_PLUGIN_PATH");
    memset(&options, 0, sizeof(options));
    folder_begin();
    catch_begin(&said);
    registry = registry_new(folders, 1, &host_table);
    ck_assert_ptr_nonnull(registry);
    put_text("in/a.txt", "a\n");
}

static inline void plans_end(void)
{
    registry_free(registry);
    catch_end(&said);
    folder_end();
}

static inline struct plan *plan_of(const char *text)
{
    said.n = 0;
    said.diag.errors = said.diag.warnings = 0;
    options.path = put_text("p.conf", text);
    return plan_make(&options, registry, &said.diag);
}

/* Of a pipeline with one stage of each kind: what stands in them. */
static inline const char *conf_of(const char *input, const char *transform, const char *output)
{
    static char text[16384];

    snprintf(text, sizeof(text),
             "[input good]\npath = %s/in\n%s\n[transform good]\n%s\n[output good]\npath = x\n%s\n",
             folder, input, transform, output);
    return text;
}

static inline struct plan *good_plan(const char *input, const char *transform, const char *output)
{
    struct plan *p = plan_of(conf_of(input, transform, output));

    ck_assert_msg(p != NULL, "%s", catch_list(&said));
    return p;
}

#endif
