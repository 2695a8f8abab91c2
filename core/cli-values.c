/* SPDX-License-Identifier: Apache-2.0 */
/* Values of options that several verbs have. */
#define _GNU_SOURCE
#include "core/verbs.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

unsigned cli_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
        return (unsigned)CPU_COUNT(&set);
    return 1;
}

int cli_jobs(struct cli *c, unsigned *to)
{
    const char *why;
    int64_t n;

    if (strcmp(c->value, "auto") == 0) {
        *to = cli_cores();
        return 0;
    }
    if (!conf_int(c->value, &n, &why) || n < 1 || n > 1024)
        return cli_wrong(c, "--jobs", "is not a whole number from 1 to 1024, or auto");
    *to = (unsigned)n;
    return 0;
}

int cli_set(struct cli *c, struct cli_sets *to)
{
    char *equals = strchr(c->value, '=');
    char *name;

    if (!equals || equals == c->value)
        return cli_wrong(c, "--set", "must be SECTION.KEY=VALUE");
    if (to->n == sizeof(to->at) / sizeof(*to->at))
        return cli_wrong(c, "--set", "is given too often");
    name = strndup(c->value, (size_t)(equals - c->value));
    if (!name)
        return cli_wrong(c, "--set", "needs memory, which is out");
    to->at[to->n++] = (struct conf_define){ name, equals + 1 };
    return 0;
}

void cli_sets_free(struct cli_sets *s)
{
    for (size_t i = 0; i < s->n; i++)
        free((void *)(uintptr_t)s->at[i].name);
    s->n = 0;
}
