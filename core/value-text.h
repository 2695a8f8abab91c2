/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a [test] as text, and back: how a field is written down in a pipeline file.
 *
 *     null                 unquoted: null; "null" is the text
 *     text                 as it stands, several lines by indentation, "" is an empty line or text
 *     bool, int, real      yes, 12, 0.9
 *     time                 RFC 3339
 *     list                 a, b, "c, d"; or a JSON array
 *     bytes                base64 */
#ifndef CORE_VALUE_TEXT_H
#define CORE_VALUE_TEXT_H

#include "common/buffer.h"
#include "core/arena.h"
#include "core/conf.h"
#include "core/etl/plugin.h"

/* The value that a key of a test gives to a field of that type; what it points to lies in `a` or in
 * the conf. False: it is none, and *why is a short reason ("is not a number"); NULL: memory is out.
 */
bool value_read(struct arena *a, uint32_t type, const struct conf_key *key, etl_value *v,
                const char **why);

/* The lines by which a pipeline file says v, with a line feed between them: value_read gives the
 * same. Text with a NUL, which no pipeline file can hold, is false. */
bool value_write(struct buffer *to, etl_value v);

/* Are two values of one type the same? A real that is written with `decimals` (1 or more) of them
 * is the same as one that is rounded to it; 0: exactly. */
bool value_same(etl_value wanted, etl_value is, int decimals);
/* How many decimals a number is written with; 0 with an exponent. */
int value_decimals(const char *text);

#endif
