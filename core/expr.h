/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of `when`, `keep` and `drop`: field op literal, joined by and, or, not, ( ).
 *   op: == != < <= > >= in has matches
 * Null compared with anything is false. `has` looks for an item in a list or a part of a text;
 * `matches` takes a glob; `in` takes a list of literals in parentheses. A time is compared with a
 * quoted RFC 3339 text. A field alone is true when it is a true bool, or any other non-null value.
 */
#ifndef CORE_EXPR_H
#define CORE_EXPR_H

#include "common/buffer.h"
#include "core/conf.h"
#include "core/schema.h"

struct expr;

/* Parses key's value and checks fields and types against the schema as it is now; mistakes go to d
 * with their column and "did you mean". NULL then. */
struct expr *expr_compile(const struct conf_key *key, const struct schema *schema, struct diag *d);
void expr_free(struct expr *e);
/* slots: values by field id. told: NULL, or gets how it came to that, in words: each test that was
 * made, what it gave, and the value it was made on. Pure and thread-safe. */
bool expr_tell(const struct expr *e, const etl_value *slots, struct buffer *told);
static inline bool expr_test(const struct expr *e, const etl_value *slots)
{
    return expr_tell(e, slots, NULL);
}
/* What key it is of, "keep". */
const char *expr_key(const struct expr *e);

#endif
