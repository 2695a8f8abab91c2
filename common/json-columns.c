/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of a record as a JSON object on a line. */
#include "common/json-fields.h"
#include "common/json-write.h"

#include <errno.h>
#include <stdlib.h>

static int make_key(const void *self, const char *option, etl_columns columns, size_t i,
                    struct buffer *key)
{
    const char *as = columns.at[i].as;

    for (size_t k = 0; k < i; k++)
        if (strcmp(as, columns.at[k].as) == 0)
            return etl_fail_option(self, option, "the name '%s' stands twice", as);
    buffer_byte(key, i == 0 ? '{' : ',');
    json_write_text(key, as, strlen(as));
    buffer_byte(key, ':');
    return key->failed ? etl_fail_errno(self, ENOMEM, "no memory") : ETL_OK;
}

struct buffer *json_columns_open(const void *self, const char *option, etl_columns columns)
{
    struct buffer *keys = calloc(columns.n + 1, sizeof(*keys));

    if (!keys)
        etl_fail_errno(self, ENOMEM, "no memory");
    for (size_t i = 0; keys && i < columns.n; i++)
        if (make_key(self, option, columns, i, &keys[i]) != ETL_OK) {
            json_columns_free(keys, columns);
            return NULL;
        }
    return keys;
}

void json_columns_free(struct buffer *keys, etl_columns columns)
{
    for (size_t i = 0; keys && i < columns.n; i++)
        buffer_free(&keys[i]);
    free(keys);
}

size_t json_columns_most(const struct buffer *keys, etl_columns columns, const etl_record *rec)
{
    size_t most = 3;

    for (size_t i = 0; i < columns.n; i++)
        most += keys[i].len + json_most(etl_get(rec, columns.at[i].field));
    return most;
}

char *json_columns_put(char *to, const struct buffer *keys, etl_columns columns,
                       const etl_record *rec)
{
    for (size_t i = 0; i < columns.n; i++) {
        memcpy(to, keys[i].data, keys[i].len);
        to = json_put(to + keys[i].len, etl_get(rec, columns.at[i].field));
    }
    if (columns.n == 0)
        *to++ = '{';
    *to++ = '}';
    *to++ = '\n';
    return to;
}

void json_columns_write(struct buffer *line, const struct buffer *keys, etl_columns columns,
                        const etl_record *rec)
{
    for (size_t i = 0; i < columns.n; i++) {
        buffer_append(line, keys[i].data, keys[i].len);
        json_write_value(line, etl_get(rec, columns.at[i].field));
    }
    buffer_puts(line, columns.n > 0 ? "}\n" : "{}\n");
}
