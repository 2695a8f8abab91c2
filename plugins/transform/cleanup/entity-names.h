/* SPDX-License-Identifier: Apache-2.0 */
/* The named characters of HTML. */
#ifndef CLEANUP_ENTITY_NAMES_H
#define CLEANUP_ENTITY_NAMES_H

#include <stddef.h>
#include <stdint.h>

enum { ENTITY_NAME_MAX = 21 };

/* The character of &name; 0: there is none. Upper and lower case differ. */
uint32_t entity_named(const char *name, size_t n);

#endif
