/* SPDX-License-Identifier: Apache-2.0 */
/* The few names that are nearest to one that does not exist, found as they come by. */
#ifndef CORE_NEAR_NAMES_H
#define CORE_NEAR_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum { NEAR_NAMES = 3 };

/* Zeroed but for `wanted`: none yet. */
struct near_names {
    const char *wanted;
    char *name[NEAR_NAMES]; /* the nearest first; owned */
    size_t distance[NEAR_NAMES];
    size_t n;
};

/* Takes a copy of name if it is among the nearest; long ones are compared by their ends. */
void near_names_add(struct near_names *to, const char *name);
/* The same for what is in a folder; `wanted` is then a name without slashes. folders: those alone. */
void near_names_add_folder(struct near_names *to, const char *folder, bool folders);
/* "'a', 'b' or 'c'"; "": none. */
const char *near_names_text(const struct near_names *n, char *to, size_t max);
void near_names_free(struct near_names *n);

#endif
