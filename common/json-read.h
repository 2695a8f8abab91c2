/* SPDX-License-Identifier: Apache-2.0 */
/* A strict pull scanner for JSON (RFC 8259): the caller takes token after token; nothing is built,
 * nothing recurses, text that needs no unescaping is not copied. Refused, with the place: bad
 * UTF-8, lone surrogates, nesting deeper than JSON_DEPTH, anything before or after the one value. A
 * key may stand twice in an object, as the RFC allows: the caller sees both. A scanner holds no
 * memory and belongs to one thread. */
#ifndef COMMON_JSON_READ_H
#define COMMON_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/fault.h"

#define JSON_DEPTH 512 /* arrays and objects within each other */

enum json_kind {
    JSON_BAD = -1, /* see the fault; ask no more */
    JSON_END = 0,  /* the value is over and nothing follows */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_KEY,
    JSON_ARRAY,
    JSON_ARRAY_END,
    JSON_OBJECT,
    JSON_OBJECT_END
};

struct json_token {
    enum json_kind kind;
    bool escaped;     /* string, key: has escapes, so text is not yet what it means */
    bool integer;     /* number: without point and exponent */
    const char *text; /* string, key: between the quotes; number: as written. Into the input */
    size_t len;
    size_t at; /* where the token begins, quote included */
};

struct json {
    const char *text;
    size_t len, at;
    struct fault *fault;
    int expect; /* what may come next, json-read.c knows */
    int depth;
    bool object[JSON_DEPTH]; /* what is open: objects, or else arrays */
};

/* Starts on text, which must stay as it is, as f must. False: not UTF-8. */
bool json_start(struct json *j, const char *text, size_t len, struct fault *f);

enum json_kind json_next(struct json *j, struct json_token *t);

/* Passes over the value that the token t began; behind it, j->at is its end. Scalars: nothing to
 * do. False: a fault on the way. */
bool json_skip(struct json *j, const struct json_token *t);

/* Writes what a string or key of json_next means, at most t->len bytes; gives how many. */
size_t json_unescape(char *to, const struct json_token *t);

/* Is a string or key this text? */
bool json_is(const struct json_token *t, const char *text, size_t len);

#endif
