/* SPDX-License-Identifier: Apache-2.0 */
/* Values off the pull scanner, for the files that etl itself wrote. */
#ifndef CORE_JSON_TAKE_H
#define CORE_JSON_TAKE_H

#include "common/json-read.h"

/* What a string or key means, malloced, with a NUL behind it. NULL: memory is out. */
char *json_text(const struct json_token *t);
/* The same in the place of what *to held. False: memory is out, and *to is NULL. */
bool json_take_text(const struct json_token *t, char **to);
/* A whole number that is not negative; 0: the token is none. */
uint64_t json_number(const struct json_token *t);
double json_real(const struct json_token *t); /* 0: the token is no number */

#endif
