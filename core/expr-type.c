/* SPDX-License-Identifier: Apache-2.0 */
/* One comparison: is there such a field, do operator and literals go with its type? */
#include "core/expr-parts.h"

#include "common/number.h"

#include <stdlib.h>
#include <string.h>

static const char *const op_names[] = { "==", "!=", "<", "<=", ">", ">=", "in", "has", "matches" };

#define BIT(x) (1u << (x))
#define ORDER_OPS (BIT(OP_EQ) | BIT(OP_NE) | BIT(OP_LT) | BIT(OP_LE) | BIT(OP_GT) | BIT(OP_GE))

static const struct {
    unsigned ops;
    const char *help;
} types[] = {
    [ETL_BOOL] = { BIT(OP_EQ) | BIT(OP_NE), "a bool takes == and !=, or stands alone" },
    [ETL_INT] = { ORDER_OPS | BIT(OP_IN), "a number takes == != < <= > >= and in" },
    [ETL_REAL] = { ORDER_OPS | BIT(OP_IN), "a number takes == != < <= > >= and in" },
    [ETL_TIME] = { ORDER_OPS | BIT(OP_IN), "a time takes == != < <= > >= and in" },
    [ETL_TEXT] = { ORDER_OPS | BIT(OP_IN) | BIT(OP_HAS) | BIT(OP_MATCHES), NULL },
    [ETL_BYTES] = { 0, "bytes stand alone: have they a value?" },
    [ETL_LIST] = { BIT(OP_HAS) | BIT(OP_MATCHES), "a list takes has and matches" },
};

static bool bad_literal(struct expr_parser *p, const struct expr_test *t, const struct expr_word *w,
                        const char *help)
{
    return expr_mistake(
        p, E0132, w->at, w->width, NULL, help, "'%.60s%s' does not go with the %s field '%s'",
        w->text, w->len > 60 ? "..." : "", type_name(t->type), p->schema->fields[t->field].name);
}

static bool read_number(struct expr_parser *p, const struct expr_test *t, const struct expr_word *w,
                        struct expr_literal *l)
{
    if (t->type == ETL_INT && number_read_int(w->text, w->len, &l->integer))
        return true;
    l->is_real = number_read_real(w->text, w->len, &l->real);
    return l->is_real || bad_literal(p, t, w, "give a number such as 12, -3 or 0.5");
}

static bool read_literal(struct expr_parser *p, const struct expr_test *t,
                         const struct expr_word *w, struct expr_literal *l)
{
    const char *why;
    bool truth;

    *l = (struct expr_literal){ .text = w->text, .len = w->len };
    if (!w->quoted && strcmp(w->text, "null") == 0)
        return expr_mistake(p, E0132, w->at, w->width, NULL,
                            "a field alone asks whether it has a value: not date; the word itself "
                            "stands in quotes",
                            "nothing compares with null");
    switch (t->type) {
    case ETL_BOOL:
        if (!conf_bool(w->text, &truth, &why))
            return bad_literal(p, t, w, "give yes or no");
        l->integer = truth;
        return true;
    case ETL_INT:
    case ETL_REAL:
        return read_number(p, t, w, l);
    case ETL_TIME:
        return number_read_time(w->text, w->len, &l->integer) ||
               bad_literal(p, t, w, "give a time such as \"2023-10-20T07:30:00Z\" or 2023-10-20");
    default:
        if (t->op == OP_MATCHES && w->len > EXPR_MAX_GLOB)
            return expr_mistake(p, E0132, w->at, w->width, NULL, NULL,
                                "a glob has at most %d bytes", EXPR_MAX_GLOB);
        return true;
    }
}

/* ---- the sorted list of `in` ---- */

static int by_text(const void *a, const void *b)
{
    return expr_compare_literals(ETL_TEXT, a, b);
}

static int by_real(const void *a, const void *b)
{
    return expr_compare_literals(ETL_REAL, a, b);
}

static int by_int(const void *a, const void *b)
{
    return expr_compare_literals(ETL_INT, a, b);
}

/* ---- the field ---- */

static uint32_t find_field(struct expr_parser *p, const struct expr_word *field)
{
    uint32_t id = schema_find(p->schema, field->text);

    if (id == 0)
        expr_mistake(p, E0131, field->at, field->width, schema_near(p->schema, field->text),
                     "an expression sees what the host and earlier sections write",
                     "unknown field '%s'", field->text);
    return id;
}

static bool op_fits(struct expr_parser *p, const struct expr_test *t,
                    const struct expr_word *op_word)
{
    unsigned ops = t->type < sizeof(types) / sizeof(types[0]) ? types[t->type].ops : 0;

    if (t->op == OP_ALONE || ops & BIT(t->op))
        return true;
    return expr_mistake(p, E0132, op_word->at, op_word->width, NULL,
                        ops || t->type == ETL_BYTES ? types[t->type].help : NULL,
                        "'%s' does not go with the %s field '%s'", op_names[t->op],
                        type_name(t->type), p->schema->fields[t->field].name);
}

static struct expr_test *new_test(struct expr *e)
{
    size_t cap = e->tests_cap ? e->tests_cap * 2 : 16;
    struct expr_test *grown = e->tests;

    if (e->n_tests == e->tests_cap) {
        grown = arena_get(&e->arena, cap * sizeof(*grown));
        if (!grown)
            return NULL;
        if (e->n_tests > 0)
            memcpy(grown, e->tests, e->n_tests * sizeof(*grown));
        e->tests_cap = cap;
    }
    e->tests = grown;
    return &e->tests[e->n_tests++];
}

/* The test's own part of the expression. */
static char *written(struct expr_parser *p, const struct expr_word *field,
                     const struct expr_word *op_word, const struct expr_word *last, bool in_brackets)
{
    const struct expr_word *end = last ? last : op_word && op_word->text ? op_word : field;
    size_t stop = end->at + end->width;

    while (in_brackets && stop < p->len && p->s[stop] != ')')
        stop++;
    stop += in_brackets && stop < p->len;
    return arena_string(&p->e->arena, p->s + field->at, stop - field->at);
}

void expr_add_test(struct expr_parser *p, const struct expr_word *field, enum expr_op op,
                   const struct expr_word *op_word, const struct expr_word *literals, size_t n)
{
    struct expr_test t = { .field = find_field(p, field), .op = op, .n = n }, *to;

    if (t.field == 0)
        return;
    t.type = p->schema->fields[t.field].type;
    t.literals = arena_get(&p->e->arena, n * sizeof(*t.literals));
    if (!t.literals) {
        expr_no_memory(p);
        return;
    }
    if (!op_fits(p, &t, op_word))
        return;
    for (size_t i = 0; i < n; i++)
        if (!read_literal(p, &t, &literals[i], &t.literals[i]))
            return;
    if (op == OP_IN)
        qsort(t.literals, n, sizeof(*t.literals),
              t.type == ETL_TEXT   ? by_text
              : t.type == ETL_REAL ? by_real
                                   : by_int);
    t.text = written(p, field, op_word, n > 0 ? &literals[n - 1] : NULL, op == OP_IN);
    to = t.text ? new_test(p->e) : NULL;
    if (to)
        *to = t;
    else
        expr_no_memory(p);
}
