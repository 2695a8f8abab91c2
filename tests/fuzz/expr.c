/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any text as an expression is compiled or refused, with a place inside it; what compiles can
 * be tested on records, null or not, and says the same twice. */
#include "core/expr.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

enum { N_FIELDS = 16 };

static struct schema schema;
static etl_value slots[N_FIELDS], nulls[N_FIELDS];

static void add(const char *name, etl_value v, uint32_t type)
{
    uint32_t id = schema_add(&schema, name, type, false, 0);

    promise(id > 0 && id < N_FIELDS);
    slots[id] = v;
}

static void begin(void)
{
    static etl_value names[2];

    names[0] = etl_text("ab", 2);
    names[1] = etl_text("", 0);
    promise(schema_init(&schema));
    slots[FIELD_ID] = etl_text("00ff", 4);
    add("t", etl_text("abc\0d", 5), ETL_TEXT);
    add("r", etl_real(0.75), ETL_REAL);
    add("nan", etl_real(NAN), ETL_REAL);
    add("i", etl_int(INT64_MIN), ETL_INT);
    add("b", etl_bool(true), ETL_BOOL);
    add("w", etl_time(INT64_C(1697787000000000)), ETL_TIME);
    add("l", etl_list(names, 2), ETL_LIST);
    add("x", etl_bytes("x", 1), ETL_BYTES);
    add("e", etl_text(NULL, 0), ETL_TEXT);
}

static void sink(void *to, const struct diag_message *m)
{
    const struct conf_key *key = to;

    promise(m->text);
    if (m->place.source)
        promise(m->place.column >= 1 && m->place.width >= 1 &&
                m->place.column <= key->value_len + 1 &&
                m->place.column + m->place.width - 1 <= key->value_len + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct conf_key key = { .name = "when" };
    struct diag d;
    struct expr *e;
    char *text;

    if (schema.n == 0)
        begin();
    if (n > 65536 || memchr(data, '\0', n) || memchr(data, '\n', n))
        return 0; /* what conf.h does not let through */
    text = copy_of(data, n, true);
    key.value = text;
    key.value_len = n;
    key.value_at = (struct diag_place){ "f", 1, 1, 1, text, (uint32_t)n };
    promise(diag_init(&d, sink, &key));
    e = expr_compile(&key, &schema, &d);
    promise((e == NULL) == (d.errors > 0));
    if (e) {
        promise(expr_test(e, slots) == expr_test(e, slots));
        expr_test(e, nulls);
    }
    expr_free(e);
    diag_free(&d);
    free(text);
    return 0;
}
