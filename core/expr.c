/* SPDX-License-Identifier: Apache-2.0 */
/* Tests records with compiled expressions. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include "core/expr-parts.h"

#include "common/buffer.h"
#include "common/glob.h"
#include "common/json-write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_SHOWN = 80 }; /* bytes of a text */

/* ---- comparing ---- */

static int order_of_ints(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int order_of_reals(double a, double b)
{
    return isnan(a) || isnan(b) ? 2 : a < b ? -1 : a > b;
}

/* Exact, where a cast to double would round. */
static int order_of_int_and_real(int64_t a, double b)
{
    int order;

    if (b >= 0x1p63)
        return -1;
    if (b < -0x1p63)
        return 1;
    order = order_of_ints(a, (int64_t)b);
    return order ? order : order_of_reals(trunc(b), b);
}

static int order_of_texts(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t least = a_len < b_len ? a_len : b_len;
    int order = least > 0 ? memcmp(a, b, least) : 0;

    return order ? (order < 0 ? -1 : 1) : a_len < b_len ? -1 : a_len > b_len;
}

int expr_compare(uint32_t type, const etl_value *v, const struct expr_literal *l)
{
    switch (type) {
    case ETL_INT:
        return l->is_real ? order_of_int_and_real(v->integer, l->real)
                          : order_of_ints(v->integer, l->integer);
    case ETL_REAL:
        return order_of_reals(v->real, l->real);
    case ETL_BOOL:
    case ETL_TIME:
        return order_of_ints(v->integer, l->integer);
    default:
        return order_of_texts(v->text, v->len, l->text, l->len);
    }
}

int expr_compare_literals(uint32_t type, const struct expr_literal *a, const struct expr_literal *b)
{
    if (type == ETL_TEXT)
        return order_of_texts(a->text, a->len, b->text, b->len);
    if (type == ETL_REAL || (a->is_real && b->is_real))
        return order_of_reals(a->real, b->real);
    if (a->is_real)
        return -order_of_int_and_real(b->integer, a->real);
    return b->is_real ? order_of_int_and_real(a->integer, b->real)
                      : order_of_ints(a->integer, b->integer);
}

static bool is_in(const struct expr_test *t, const etl_value *v)
{
    size_t low = 0, high = t->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = expr_compare(t->type, v, &t->literals[middle]);

        if (order == 0)
            return true;
        if (order == 2)
            return false;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* ---- texts and lists ---- */

static bool has(const struct expr_test *t, const etl_value *v)
{
    const struct expr_literal *l = t->literals;

    if (t->type == ETL_TEXT)
        return l->len == 0 || (v->len > 0 && memmem(v->text, v->len, l->text, l->len) != NULL);
    for (uint32_t i = 0; i < v->len; i++)
        if (order_of_texts(v->list[i].text, v->list[i].len, l->text, l->len) == 0)
            return true;
    return false;
}

static bool matches(const struct expr_test *t, const etl_value *v)
{
    const char *glob = t->literals->text;

    if (t->type == ETL_TEXT)
        return glob_match(glob, v->text, v->len);
    for (uint32_t i = 0; i < v->len; i++)
        if (glob_match(glob, v->list[i].text, v->list[i].len))
            return true;
    return false;
}

static bool test_one(const struct expr_test *t, const etl_value *slots)
{
    const etl_value *v = &slots[t->field];
    int order;

    if (v->type == ETL_NULL || v->type != t->type)
        return false;
    switch (t->op) {
    case OP_ALONE:
        return t->type != ETL_BOOL || v->boolean;
    case OP_IN:
        return is_in(t, v);
    case OP_HAS:
        return has(t, v);
    case OP_MATCHES:
        return matches(t, v);
    default:
        break;
    }
    order = expr_compare(t->type, v, t->literals);
    switch (t->op) {
    case OP_EQ:
        return order == 0;
    case OP_NE:
        return order != 0;
    case OP_LT:
        return order == -1;
    case OP_LE:
        return order <= 0;
    case OP_GT:
        return order == 1;
    default:
        return order == 0 || order == 1;
    }
}

/* ---- telling ---- */

static void put_value(struct buffer *to, const struct expr_test *t, const etl_value *v)
{
    etl_value shown = *v;

    if (v->type == ETL_NULL) {
        buffer_puts(to, " has no value");
        return;
    }
    buffer_puts(to, " is ");
    if (t->type == ETL_TEXT)
        shown = etl_head(shown, VALUE_SHOWN);
    json_write_value(to, shown);
    buffer_puts(to, shown.len < v->len ? "..." : "");
}

static void tell_one(const struct expr *e, const struct expr_test *t, const etl_value *slots,
                     bool truth, struct buffer *to)
{
    buffer_printf(to, "%s%s is %s: %s", to->len > 0 ? "; " : "", t->text, truth ? "true" : "false",
                  e->schema->fields[t->field].name);
    put_value(to, t, &slots[t->field]);
}

bool expr_tell(const struct expr *e, const etl_value *slots, struct buffer *told)
{
    bool truth = false;

    for (size_t i = 0; i < e->n_code;) {
        const struct expr_code *c = &e->code[i++];

        if (c->what == CODE_TEST) {
            truth = test_one(&e->tests[c->arg], slots);
            if (told)
                tell_one(e, &e->tests[c->arg], slots, truth, told);
        } else if (c->what == CODE_NOT) {
            truth = !truth;
        } else if (truth == (c->what == CODE_JUMP_IF_TRUE)) {
            i = c->arg;
        }
    }
    return truth;
}

const char *expr_key(const struct expr *e)
{
    return e->key;
}

/* ---- making ---- */

bool expr_mistake(struct expr_parser *p, enum diag_code code, size_t at, size_t width,
                  const char *near, const char *help, const char *fmt, ...)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = code, .near = near, .help = help };
    struct buffer text = { 0 };
    va_list args;

    va_start(args, fmt);
    buffer_vprintf(&text, fmt, args);
    va_end(args);
    m.text = buffer_string(&text);
    m.place = conf_place_in(p->key, at, width);
    diag_report(p->diag, &m);
    buffer_free(&text);
    p->failed = true;
    return false;
}

bool expr_no_memory(struct expr_parser *p)
{
    p->stop = p->failed = true;
    diag_error(p->diag, E0199, &p->key->value_at, "memory is out while an expression is read");
    return false;
}

struct expr *expr_compile(const struct conf_key *key, const struct schema *schema, struct diag *d)
{
    struct expr_parser p = {
        .key = key, .schema = schema, .diag = d, .s = key->value, .len = key->value_len
    };

    p.e = calloc(1, sizeof(*p.e));
    if (p.e) {
        p.e->schema = schema;
        p.e->key = arena_string(&p.e->arena, key->name, strlen(key->name));
    }
    if (p.e && p.e->key)
        expr_parse(&p);
    else
        expr_no_memory(&p);
    if (p.failed) {
        expr_free(p.e);
        return NULL;
    }
    return p.e;
}

void expr_free(struct expr *e)
{
    if (e)
        arena_free(&e->arena);
    free(e);
}
