/* SPDX-License-Identifier: Apache-2.0 */
/* The nearest names, kept sorted by their distance. */
#define _GNU_SOURCE
#include "core/near-names.h"

#include "common/nearest.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), limit;

    a += n > NEAREST_MAX ? n - NEAREST_MAX : 0;
    b += m > NEAREST_MAX ? m - NEAREST_MAX : 0;
    n = strlen(a);
    m = strlen(b);
    limit = n > 6 ? n / 3 : 2;
    n = edit_distance(a, n, b, m, limit);
    return n > limit ? SIZE_MAX : n;
}

void near_names_add(struct near_names *to, const char *name)
{
    size_t d = distance(to->wanted, name), at = to->n;

    for (size_t i = 0; i < to->n; i++)
        if (strcmp(to->name[i], name) == 0)
            return;
    while (at > 0 && to->distance[at - 1] > d)
        at--;
    if (d == SIZE_MAX || at == NEAR_NAMES)
        return;
    if (to->n == NEAR_NAMES)
        free(to->name[--to->n]);
    memmove(to->name + at + 1, to->name + at, (to->n - at) * sizeof(*to->name));
    memmove(to->distance + at + 1, to->distance + at, (to->n - at) * sizeof(*to->distance));
    to->name[at] = strdup(name);
    to->distance[at] = d;
    to->n++;
    if (!to->name[at])
        near_names_free(to);
}

void near_names_add_folder(struct near_names *to, const char *folder, bool folders)
{
    DIR *d = opendir(folder);
    const struct dirent *e;

    while (d && (e = readdir(d)))
        if (e->d_name[0] != '.' && (!folders || e->d_type == DT_DIR || e->d_type == DT_UNKNOWN))
            near_names_add(to, e->d_name);
    if (d)
        closedir(d);
}

const char *near_names_text(const struct near_names *n, char *to, size_t max)
{
    size_t used = 0;

    *to = '\0';
    for (size_t i = 0; i < n->n && used < max; i++)
        used += (size_t)snprintf(to + used, max - used, "%s'%s'",
                                 i == 0            ? ""
                                 : i + 1 == n->n ? " or "
                                                   : ", ",
                                 n->name[i]);
    return to;
}

void near_names_free(struct near_names *n)
{
    for (size_t i = 0; i < n->n; i++)
        free(n->name[i]);
    n->n = 0;
}
