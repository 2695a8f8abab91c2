/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: values of all types written as JSON are read back as they were. Then the input itself as
 * JSON: what the reader takes, it takes again when it is written anew. First byte: which. */
#include "common/buffer.h"
#include "common/json-read.h"
#include "common/json-write.h"
#include "common/number.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/values.h"

#include <math.h>

static struct json json;

static void next(struct json_token *t, enum json_kind want)
{
    promise(json_next(&json, t) == want);
}

static void check_text(const struct json_token *t, etl_value v)
{
    char *to = malloc(t->len + 1);
    size_t n;

    promise(to);
    n = json_unescape(to, t);
    promise(same_text(v, to, n) && json_is(t, to, n));
    free(to);
}

static void check_number(const struct json_token *t, etl_value v)
{
    int64_t i;
    double d;

    if (v.type == ETL_INT) {
        promise(number_read_int(t->text, t->len, &i) && i == v.integer);
        return;
    }
    promise(number_read_real(t->text, t->len, &d) && memcmp(&d, &v.real, sizeof(d)) == 0);
}

static void check_value(etl_value v)
{
    struct json_token t;
    int64_t us;

    switch (v.type) {
    case ETL_BOOL:
        next(&t, v.boolean ? JSON_TRUE : JSON_FALSE);
        break;
    case ETL_INT:
    case ETL_REAL:
        next(&t, v.type == ETL_REAL && !isfinite(v.real) ? JSON_NULL : JSON_NUMBER);
        if (t.kind == JSON_NUMBER)
            check_number(&t, v);
        break;
    case ETL_TIME:
        next(&t, JSON_STRING);
        if (v.time >= INT64_C(-62167219200000000) && v.time < INT64_C(253402300800000000))
            promise(number_read_time(t.text, t.len, &us) && us == v.time);
        break;
    case ETL_TEXT:
        next(&t, JSON_STRING);
        check_text(&t, v);
        break;
    case ETL_BYTES:
        next(&t, JSON_STRING);
        promise(!t.escaped && t.len == (v.len + 2) / 3 * 4);
        break;
    case ETL_LIST:
        next(&t, JSON_ARRAY);
        for (uint32_t i = 0; i < v.len; i++) {
            next(&t, JSON_STRING);
            check_text(&t, v.list[i]);
        }
        next(&t, JSON_ARRAY_END);
        break;
    default:
        next(&t, JSON_NULL);
    }
}

static void write_and_read(struct left l)
{
    struct buffer b = { 0 };
    struct fault f = { 0 };
    struct json_token t;
    struct made m;

    while (l.n > 0) {
        take_value(&l, &m);
        b.len = 0;
        json_write_value(&b, m.value);
        promise(!b.failed && json_start(&json, b.data, b.len, &f));
        check_value(m.value);
        next(&t, JSON_END);
        made_free(&m);
    }
    buffer_free(&b);
}

/* A token written anew, behind what stands before it. */
static void write_token(struct buffer *b, const struct json_token *t)
{
    static const char *const words[] = { "null", "false", "true" };
    char last = b->len ? b->data[b->len - 1] : '[';
    char *text;

    if (t->kind != JSON_ARRAY_END && t->kind != JSON_OBJECT_END && !strchr("[{:", last))
        buffer_byte(b, ',');
    switch (t->kind) {
    case JSON_NUMBER:
        buffer_append(b, t->text, t->len);
        break;
    case JSON_STRING:
    case JSON_KEY:
        text = malloc(t->len + 1);
        promise(text);
        json_write_text(b, text, json_unescape(text, t));
        free(text);
        if (t->kind == JSON_KEY)
            buffer_byte(b, ':');
        break;
    case JSON_ARRAY:
    case JSON_ARRAY_END:
        buffer_byte(b, t->kind == JSON_ARRAY ? '[' : ']');
        break;
    case JSON_OBJECT:
    case JSON_OBJECT_END:
        buffer_byte(b, t->kind == JSON_OBJECT ? '{' : '}');
        break;
    default:
        buffer_puts(b, words[t->kind - JSON_NULL]);
    }
}

static bool rewrite(const char *text, size_t n, struct buffer *to)
{
    struct fault f = { 0 };
    enum json_kind kind;
    struct json_token t;
    int64_t i;
    double d;

    if (!json_start(&json, text, n, &f)) {
        promise(!utf8_valid(text, n) && f.text[0]);
        return false;
    }
    while ((kind = json_next(&json, &t)) > JSON_END) {
        promise(t.at < n && t.kind == kind && kind <= JSON_OBJECT_END);
        if (t.kind == JSON_NUMBER) {
            promise(t.integer || !number_read_int(t.text, t.len, &i));
            number_read_real(t.text, t.len, &d);
        }
        write_token(to, &t);
    }
    promise(kind != JSON_BAD || (f.text[0] && f.line > 0 && f.column > 0));
    return kind == JSON_END;
}

static void read_and_write(const char *text, size_t n)
{
    struct buffer once = { 0 }, twice = { 0 };
    struct json_token t;
    struct fault f = { 0 };

    if (rewrite(text, n, &once)) {
        promise(rewrite(once.data, once.len, &twice));
        promise(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
        promise(json_start(&json, text, n, &f) && json_next(&json, &t) > JSON_END);
        promise(json_skip(&json, &t) && json_next(&json, &t) == JSON_END);
    }
    buffer_free(&once);
    buffer_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct left l = { data, n };
    char *text;

    if (take_byte(&l) == 'v') {
        write_and_read(l);
        return 0;
    }
    text = copy_of(data, n, false);
    read_and_write(text, n);
    free(text);
    return 0;
}
