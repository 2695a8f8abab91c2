/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of one pipeline: closed before the first document. Ids count from 1; id 0 is none. */
#ifndef CORE_SCHEMA_H
#define CORE_SCHEMA_H

#include "core/etl/plugin.h"

/* Fields that the host sets itself, always declared, with these ids. */
enum { FIELD_ID = 1, FIELD_SOURCE = 2, FIELD_DUPLICATE_OF = 3, FIELD_SIMILARITY = 4, FIELD_FIRST_OWN = 5 };

struct schema_field {
    const char *name;
    uint32_t type;          /* enum etl_type */
    bool private_to_stage;  /* never seen by `*`, expressions or other stages */
    uint32_t stage;         /* index of the stage that first wrote it; UINT32_MAX: the host */
};

struct schema {
    struct schema_field *fields; /* [0] is unused, so that fields[id] is the field */
    uint32_t n;                  /* one more than the largest id */
    uint32_t cap;
};

bool schema_init(struct schema *s); /* with the host's fields */
void schema_free(struct schema *s);
/* The id of a public field, or 0. */
uint32_t schema_find(const struct schema *s, const char *name);
/* A new field's id; 0: memory is out. */
uint32_t schema_add(struct schema *s, const char *name, uint32_t type, bool private_to_stage, uint32_t stage);
/* The nearest public name to a misspelt one, or NULL. */
const char *schema_near(const struct schema *s, const char *name);
const char *type_name(uint32_t type); /* "text" */

#endif
