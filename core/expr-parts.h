/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the expressions share: the compiled form, and the parser's hand-over to the
 * check of types. Not for others. */
#ifndef CORE_EXPR_PARTS_H
#define CORE_EXPR_PARTS_H

#include "core/arena.h"
#include "core/expr.h"

enum { EXPR_MAX_DEPTH = 64, EXPR_MAX_GLOB = 1024 };

enum expr_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_HAS, OP_MATCHES, OP_ALONE };

/* A literal, as the field's type wants it. */
struct expr_literal {
    const char *text; /* ends in NUL */
    size_t len;
    int64_t integer; /* also a time or a bool */
    double real;
    bool is_real; /* a number that is no int64 */
};

struct expr_test {
    uint32_t field, type;
    enum expr_op op;
    struct expr_literal *literals; /* of `in` sorted */
    size_t n;
    const char *text; /* as it was written: "language in (id, en)"; ends in NUL */
};

/* The code is flat, so that testing needs no stack: one truth value, changed by tests and `not`;
 * the jumps of `and` and `or` leave it as it is. */
struct expr_code {
    enum { CODE_TEST, CODE_NOT, CODE_JUMP_IF_FALSE, CODE_JUMP_IF_TRUE } what;
    uint32_t arg; /* index of the test; where to jump */
};

struct expr {
    struct arena arena;
    const char *key; /* what it was the value of */
    const struct schema *schema; /* which outlives it */
    struct expr_code *code;
    struct expr_test *tests;
    size_t n_code, code_cap, n_tests, tests_cap;
};

/* A word of the expression: `len` bytes of text, from byte `at`, `width` bytes there. */
struct expr_word {
    const char *text; /* NULL: none */
    size_t len, at, width;
    bool quoted;
};

struct expr_parser {
    struct expr *e;
    const struct conf_key *key;
    const struct schema *schema;
    struct diag *diag;
    const char *s;
    size_t len, at;
    bool stop;   /* a syntax error: what follows cannot be understood */
    bool failed; /* some mistake was reported */
};

/* Reports; the bytes are of the expression. Returns false. */
bool expr_mistake(struct expr_parser *p, enum diag_code code, size_t at, size_t width,
                  const char *near, const char *help, const char *fmt, ...)
    __attribute__((format(printf, 7, 8)));
bool expr_no_memory(struct expr_parser *p);

/* expr-parse.c: the whole of p->s into p->e. */
void expr_parse(struct expr_parser *p);

/* expr-type.c: checks field, operator and literals against the schema, and adds the test. */
void expr_add_test(struct expr_parser *p, const struct expr_word *field, enum expr_op op,
                   const struct expr_word *op_word, const struct expr_word *literals, size_t n);

/* -1, 0, 1, or 2: not comparable (NaN). type: the field's. */
int expr_compare(uint32_t type, const etl_value *v, const struct expr_literal *l);
int expr_compare_literals(uint32_t type, const struct expr_literal *a,
                          const struct expr_literal *b);

#endif
