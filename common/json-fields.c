/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a JSON object as fields of a record. */
#include "common/json-fields.h"
#include "common/number.h"

#include <errno.h>
#include <stdlib.h>

enum { MOST_SHOWN = 40 }; /* bytes of what is no JSON */

#define MOST_ITEMS 1000000u            /* of a list: each takes 16 bytes, its text may be empty */
#define KEEP ((size_t)4 * 1024 * 1024) /* scratch beyond this is given back after the line */

static const struct {
    const char *name;
    enum etl_type type;
} types[] = { { "text", ETL_TEXT }, { "int", ETL_INT },   { "real", ETL_REAL },
              { "bool", ETL_BOOL }, { "time", ETL_TIME }, { "list", ETL_LIST } };

/* ---- open: what the words ask for ---- */

static bool find_type(const char *name, size_t len, enum etl_type *type)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strlen(types[i].name) == len && memcmp(types[i].name, name, len) == 0) {
            *type = types[i].type;
            return true;
        }
    return false;
}

static bool is_of_the_host(const char *name)
{
    static const char *const names[] = { "id", "source", "duplicate_of", "similarity" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static int want(void *self, const char *option, const char *word, struct json_field *w)
{
    const char *equals = strchr(word, '='), *end = equals ? equals : word + strlen(word);
    const char *colon = memchr(word, ':', (size_t)(end - word));
    size_t name_len = (size_t)((colon ? colon : end) - word);
    char name[128];

    w->type = ETL_TEXT;
    if (colon && !find_type(colon + 1, (size_t)(end - colon - 1), &w->type))
        return etl_fail_option(self, option,
                               "'%s': the type is one of text, int, real, bool, time, list", word);
    if (name_len == 0 || name_len >= sizeof(name) || (equals && equals[1] == '\0'))
        return etl_fail_option(self, option, "'%s' is not NAME, NAME:TYPE or NAME=KEY", word);
    memcpy(name, word, name_len);
    name[name_len] = '\0';
    if (is_of_the_host(name))
        return etl_fail_option(self, option,
                               "etl sets the field '%s' itself; to keep the key, give it another "
                               "name, as in old_%s=%s",
                               name, name, equals ? equals + 1 : name);
    w->key = equals ? equals + 1 : word;
    w->len = equals ? strlen(equals + 1) : name_len;
    w->field = etl_declare(self, name, w->type, ETL_WRITES);
    return w->field.id ? ETL_OK : ETL_FAIL;
}

static int want_once(void *self, const char *option, const struct json_fields *f, size_t i)
{
    const struct json_field *a = &f->at[i];

    for (size_t k = 0; k < i; k++) {
        const struct json_field *b = &f->at[k];

        if (a->field.id == b->field.id)
            return etl_fail_option(self, option, "'%s' stands twice", etl_name(a->field));
        if (a->len == b->len && memcmp(a->key, b->key, a->len) == 0)
            return etl_fail_option(self, option, "the key '%.*s' stands twice", (int)a->len,
                                   a->key);
    }
    return ETL_OK;
}

int json_fields_open(void *self, const char *option, etl_words words, struct json_fields *f)
{
    f->n = words.n;
    f->at = calloc(words.n + 1, sizeof(*f->at));
    if (!f->at)
        return etl_fail_errno(self, ENOMEM, "no memory");
    for (size_t i = 0; i < words.n; i++)
        if (want(self, option, words.at[i], &f->at[i]) != ETL_OK ||
            want_once(self, option, f, i) != ETL_OK)
            return ETL_FAIL;
    return ETL_OK;
}

void json_fields_free(struct json_fields *f)
{
    free(f->at);
}

/* ---- values ---- */

int json_fields_not_json(struct json_taking *t)
{
    const char *at = t->scratch->json.text;
    size_t n = 0;

    while (n < t->scratch->json.len && n < MOST_SHOWN)
        n++;
    while (n > 0 && n < t->scratch->json.len && ((unsigned char)at[n] & 0xc0) == 0x80)
        n--;
    return etl_reject(t->rec, "not JSON: %s, at column %llu: '%.*s'%s", t->fault.text,
                      (unsigned long long)t->fault.column, (int)n, at,
                      n < t->scratch->json.len ? "..." : "");
}

static int not_a(struct json_taking *l, const struct json_field *w, const char *type)
{
    return etl_reject(l->rec, "wrong type: '%.*s' is not %s, at column %zu", (int)w->len, w->key,
                      type, l->scratch->json.at);
}

static int no_memory(struct json_taking *l)
{
    return etl_fail_errno(l->self, ENOMEM, "no memory to read a line");
}

/* Numbers, true and false keep the text that they have in the line. */
static bool is_literal(const struct json_token *t)
{
    return t->kind == JSON_NUMBER || t->kind == JSON_TRUE || t->kind == JSON_FALSE;
}

static etl_value literal(const struct json_token *t)
{
    if (t->kind == JSON_NUMBER)
        return etl_text(t->text, t->len);
    return t->kind == JSON_TRUE ? etl_text("true", 4) : etl_text("false", 5);
}

/* A text without escapes stays where it is, in the line. */
static int take_text(struct json_taking *l, const struct json_field *w, const struct json_token *t)
{
    char *to;

    if (is_literal(t)) {
        etl_set_view(l->rec, w->field, literal(t));
    } else if (t->kind != JSON_STRING) {
        return not_a(l, w, "a text");
    } else if (!t->escaped) {
        etl_set_view(l->rec, w->field, etl_text(t->text, t->len));
    } else {
        to = etl_begin(l->rec, t->len);
        if (!to)
            return etl_reject(l->rec, "too long: over max_document");
        etl_end(l->rec, w->field, json_unescape(to, t));
    }
    return ETL_OK;
}

static bool add_item(struct json_scratch *s, const struct json_token *t)
{
    etl_value v;

    if (is_literal(t)) {
        v = literal(t);
    } else if (!t->escaped) {
        v = etl_text(t->text, t->len);
    } else {
        char *to = s->texts.data + s->texts.len; /* take_list has made the room */

        v = etl_text(to, json_unescape(to, t));
        s->texts.len += v.len;
    }
    return buffer_append(&s->items, &v, sizeof(v));
}

/* An array of texts; a text alone is a list of one. */
static int take_list(struct json_taking *l, const struct json_field *w, struct json_token *t)
{
    struct json_scratch *s = l->scratch;
    bool array = t->kind == JSON_ARRAY;

    s->items.len = s->texts.len = 0;
    if (!buffer_room(&s->texts, s->json.len - t->at))
        return no_memory(l);
    if (!array && t->kind != JSON_STRING)
        return not_a(l, w, "a list");
    do {
        if (array && json_next(&s->json, t) == JSON_BAD)
            return json_fields_not_json(l);
        if (t->kind == JSON_ARRAY_END)
            break;
        if (t->kind != JSON_STRING && !is_literal(t))
            return not_a(l, w, "a list of texts");
        if (s->items.len / sizeof(etl_value) == MOST_ITEMS)
            return etl_reject(l->rec, "too long: a list of over %u texts", MOST_ITEMS);
        if (!add_item(s, t))
            return no_memory(l);
    } while (array);
    etl_set(
        l->rec, w->field,
        etl_list((const etl_value *)(const void *)s->items.data, s->items.len / sizeof(etl_value)));
    return ETL_OK;
}

static int take_time(struct json_taking *l, const struct json_field *w, const struct json_token *t)
{
    char text[64];
    int64_t us;

    if (t->kind != JSON_STRING || t->len > sizeof(text) ||
        !number_read_time(text, json_unescape(text, t), &us))
        return not_a(l, w, "a time such as 2024-03-01T07:00:00Z");
    etl_set(l->rec, w->field, etl_time(us));
    return ETL_OK;
}

static int take_value(struct json_taking *l, const struct json_field *w, struct json_token *t)
{
    int64_t i;
    double d;

    if (t->kind == JSON_NULL) {
        etl_set(l->rec, w->field, etl_null());
        return ETL_OK;
    }
    switch (w->type) {
    case ETL_INT:
        if (t->kind != JSON_NUMBER || !number_read_int(t->text, t->len, &i))
            return not_a(l, w, "an integer of 64 bits");
        etl_set(l->rec, w->field, etl_int(i));
        return ETL_OK;
    case ETL_REAL:
        if (t->kind != JSON_NUMBER || !number_read_real(t->text, t->len, &d))
            return not_a(l, w, "a number within the range of a double");
        etl_set(l->rec, w->field, etl_real(d));
        return ETL_OK;
    case ETL_BOOL:
        if (t->kind != JSON_TRUE && t->kind != JSON_FALSE)
            return not_a(l, w, "true or false");
        etl_set(l->rec, w->field, etl_bool(t->kind == JSON_TRUE));
        return ETL_OK;
    case ETL_TIME:
        return take_time(l, w, t);
    case ETL_LIST:
        return take_list(l, w, t);
    default:
        return take_text(l, w, t);
    }
}

/* ---- the object ---- */

static const struct json_field *find(const struct json_fields *f, const struct json_token *key)
{
    for (size_t i = 0; i < f->n; i++)
        if (json_is(key, f->at[i].key, f->at[i].len))
            return &f->at[i];
    return NULL;
}

static int take_pair(struct json_taking *l, const struct json_token *key)
{
    const struct json_field *w = find(l->fields, key);
    struct json_token value;
    bool *seen;

    if (json_next(&l->scratch->json, &value) == JSON_BAD)
        return json_fields_not_json(l);
    if (!w)
        return l->other(l, key, &value);
    seen = &l->scratch->seen[w - l->fields->at];
    if (*seen)
        return etl_reject(l->rec, "repeated key '%.*s', at column %zu", (int)w->len, w->key,
                          key->at + 1);
    *seen = true;
    return take_value(l, w, &value);
}

static int take_object(struct json_taking *l)
{
    struct json *j = &l->scratch->json;
    struct json_token t;
    int verdict;

    if (json_next(j, &t) == JSON_BAD)
        return json_fields_not_json(l);
    if (t.kind != JSON_OBJECT)
        return etl_reject(l->rec, "not a JSON object, at column %zu", t.at + 1);
    while (json_next(j, &t) == JSON_KEY) {
        verdict = take_pair(l, &t);
        if (verdict != ETL_OK)
            return verdict;
    }
    return t.kind == JSON_OBJECT_END && json_next(j, &t) == JSON_END ? ETL_OK
                                                                     : json_fields_not_json(l);
}

int json_fields_take(struct json_taking *l, const char *text, size_t len)
{
    const struct json_fields *f = l->fields;
    struct json_scratch *s = l->scratch;
    int verdict;

    memset(s->seen, 0, f->n * sizeof(*s->seen));
    for (size_t i = 0; i < f->n; i++)
        s->before[i] = etl_get(l->rec, f->at[i].field);
    if (!json_start(&s->json, text, len, &l->fault))
        return json_fields_not_json(l);
    verdict = take_object(l);
    for (size_t i = 0; verdict != ETL_OK && i < f->n; i++)
        etl_set_view(l->rec, f->at[i].field, s->before[i]);
    return verdict;
}

static void trim(struct buffer *b)
{
    if (b->cap > KEEP)
        buffer_free(b);
}

void json_scratch_trim(struct json_scratch *s)
{
    trim(&s->items);
    trim(&s->texts);
}

void json_scratch_free(struct json_scratch *s)
{
    buffer_free(&s->items);
    buffer_free(&s->texts);
}
