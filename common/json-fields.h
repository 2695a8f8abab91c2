/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a JSON object as fields of a record, and columns of a record as a JSON object: what
 * the plugins have in common whose data are a JSON object a line. For plugins alone: all of it
 * calls the host. */
#ifndef COMMON_JSON_FIELDS_H
#define COMMON_JSON_FIELDS_H

#include <etl/plugin.h>

#include "common/buffer.h"
#include "common/json-read.h"

#define JSON_FIELDS 256 /* the most of them; a limit of the option that names them */

/* One key that becomes a field: NAME[:TYPE][=KEY]. */
struct json_field {
    etl_field field;
    enum etl_type type;
    const char *key; /* within the option's word */
    size_t len;
};

struct json_fields {
    struct json_field *at;
    size_t n;
};

/* [main] open: declares the fields that the words of an option name, which must be at most
 * JSON_FIELDS. ETL_OK, or ETL_FAIL when it was said why. Freed by json_fields_free in either case.
 */
int json_fields_open(void *self, const char *option, etl_words words, struct json_fields *f);
void json_fields_free(struct json_fields *f);

/* A worker's scratch memory; zeroed: empty. */
struct json_scratch {
    struct json json;
    struct buffer items; /* etl_value: of a list */
    struct buffer texts; /* of those with escapes */
    bool seen[JSON_FIELDS];
    etl_value before[JSON_FIELDS];
};

void json_scratch_trim(struct json_scratch *s); /* gives back what one long line made it take */
void json_scratch_free(struct json_scratch *s);

/* An object being taken into a record. */
struct json_taking {
    const void *self;
    etl_record *rec;
    const struct json_fields *fields;
    struct json_scratch *scratch;
    /* Told of each key that is no field; *value is its first token. ETL_OK, or the verdict. */
    int (*other)(struct json_taking *t, const struct json_token *key, struct json_token *value);
    void *own; /* the caller's */
    struct fault fault;
};

/* Takes the object that text holds, which must stay with the record: values without escapes are
 * views into it. Null sets null; a key that is missing leaves its field alone. ETL_OK; or what map
 * is to return, and then the fields are as they were. */
int json_fields_take(struct json_taking *t, const char *text, size_t len);
int json_fields_not_json(struct json_taking *t); /* rejects, by t->fault */

/* For each column what stands before its value: `{"name":`, `,"name":`. As many as columns.n; freed
 * by json_columns_free. NULL: etl_fail was called; two columns of one name are refused. */
struct buffer *json_columns_open(const void *self, const char *option, etl_columns columns);
void json_columns_free(struct buffer *keys, etl_columns columns);
/* Appends the record as an object and a line end. */
void json_columns_write(struct buffer *line, const struct buffer *keys, etl_columns columns,
                        const etl_record *rec);
/* The same where there is room for the most that it can take; the line ends where the answer points
 * to. For short ones, as json_put. */
size_t json_columns_most(const struct buffer *keys, etl_columns columns, const etl_record *rec);
char *json_columns_put(char *to, const struct buffer *keys, etl_columns columns,
                       const etl_record *rec);

#endif
