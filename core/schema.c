/* SPDX-License-Identifier: Apache-2.0 */
/* The table of fields of one pipeline; a field's id is its place in it. */
#include "core/schema.h"

#include "common/nearest.h"

#include <stdlib.h>
#include <string.h>

bool schema_init(struct schema *s)
{
    memset(s, 0, sizeof(*s));
    return schema_add(s, "id", ETL_TEXT, false, UINT32_MAX) == FIELD_ID &&
           schema_add(s, "source", ETL_TEXT, false, UINT32_MAX) == FIELD_SOURCE &&
           schema_add(s, "duplicate_of", ETL_TEXT, false, UINT32_MAX) == FIELD_DUPLICATE_OF &&
           schema_add(s, "similarity", ETL_REAL, false, UINT32_MAX) == FIELD_SIMILARITY;
}

void schema_free(struct schema *s)
{
    for (uint32_t i = 1; i < s->n; i++)
        free((char *)s->fields[i].name);
    free(s->fields);
    memset(s, 0, sizeof(*s));
}

uint32_t schema_find(const struct schema *s, const char *name)
{
    for (uint32_t i = 1; i < s->n; i++)
        if (!s->fields[i].private_to_stage && strcmp(s->fields[i].name, name) == 0)
            return i;
    return 0;
}

static bool make_room(struct schema *s)
{
    uint32_t cap = s->cap ? s->cap * 2 : 32;
    struct schema_field *grown;

    if (s->n < s->cap)
        return true;
    if (cap <= s->cap || !(grown = realloc(s->fields, cap * sizeof(*grown))))
        return false;
    s->fields = grown;
    s->cap = cap;
    return true;
}

uint32_t schema_add(struct schema *s, const char *name, uint32_t type, bool private_to_stage,
                    uint32_t stage)
{
    char *copy;

    if (!make_room(s) || !(copy = strdup(name)))
        return 0;
    if (s->n == 0)
        memset(&s->fields[s->n++], 0, sizeof(s->fields[0]));
    s->fields[s->n] = (struct schema_field){
        .name = copy, .type = type, .private_to_stage = private_to_stage, .stage = stage
    };
    return s->n++;
}

const char *schema_near(const struct schema *s, const char *name)
{
    const char **names = calloc(s->n ? s->n : 1, sizeof(*names));
    const char *near = NULL;

    if (!names)
        return NULL;
    for (uint32_t i = 1; i < s->n; i++)
        if (!s->fields[i].private_to_stage)
            names[i] = s->fields[i].name;
    near = nearest(name, names, s->n);
    free(names);
    return near;
}

const char *type_name(uint32_t type)
{
    static const char *const names[] = {
        [ETL_NULL] = "null", [ETL_BOOL] = "bool", [ETL_INT] = "int",     [ETL_REAL] = "real",
        [ETL_TIME] = "time", [ETL_TEXT] = "text", [ETL_BYTES] = "bytes", [ETL_LIST] = "list"
    };

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "unknown type";
}
