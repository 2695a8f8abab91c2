/* SPDX-License-Identifier: Apache-2.0 */
/* The input `jsonl`: each line a JSON object, its keys fields. read cuts the lines, map reads them
 * on any worker. */
#include <etl/plugin.h>

#include "common/buffer.h"
#include "common/json-read.h"
#include "common/line-records.h"
#include "common/number.h"

#include <errno.h>
#include <stdlib.h>

#define MOST_FIELDS 256
#define MOST_ITEMS 1000000u            /* of a list: each takes 16 bytes, its text may be empty */
#define KEEP ((size_t)4 * 1024 * 1024) /* scratch beyond this is given back after the line */

/* One of `fields`: NAME[:TYPE][=KEY]. */
struct wanted {
    etl_field field;
    enum etl_type type;
    const char *key; /* within the option's word */
    size_t len;
};

struct jsonl {
    etl_words path, fields;
    etl_field extra;
    etl_field bytes;       /* of a line, on the way from read to map */
    struct wanted *wanted; /* as many as fields.n */
};

/* Each worker's. */
struct scratch {
    struct json json;
    struct buffer extra; /* the unknown keys of a line, as they stand there */
    struct buffer items; /* etl_value: of a list */
    struct buffer texts; /* of those with escapes */
    bool seen[MOST_FIELDS];
};

static const etl_option options[] = {
    ETL_OPT(struct jsonl, INPUT, path, "path", NULL, NULL,
            "JSONL files, folders or globs, plain or as .gz, .zst, .xz, .bz2; - is standard input"),
    ETL_OPT(struct jsonl, WORDS, fields, "fields", "text", "1..256",
            "Fields, as NAME, NAME=KEY where the key has another name, NAME:TYPE with int, real, "
            "bool, time or list for what is not text"),
    ETL_OPT(struct jsonl, WRITES, extra, "extra", "", "text",
            "Field that takes all other keys, as a JSON object; default: they are ignored"),
    ETL_OPT_END
};

static const struct {
    const char *name;
    enum etl_type type;
} types[] = { { "text", ETL_TEXT }, { "int", ETL_INT },   { "real", ETL_REAL },
              { "bool", ETL_BOOL }, { "time", ETL_TIME }, { "list", ETL_LIST } };

/* ---- open: what `fields` asks for ---- */

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

static int want(struct jsonl *me, const char *word, struct wanted *w)
{
    const char *equals = strchr(word, '='), *end = equals ? equals : word + strlen(word);
    const char *colon = memchr(word, ':', (size_t)(end - word));
    size_t name_len = (size_t)((colon ? colon : end) - word);
    char name[128];

    w->type = ETL_TEXT;
    if (colon && !find_type(colon + 1, (size_t)(end - colon - 1), &w->type))
        return etl_fail_option(me, "fields",
                               "'%s': the type is one of text, int, real, bool, time, list", word);
    if (name_len == 0 || name_len >= sizeof(name) || (equals && equals[1] == '\0'))
        return etl_fail_option(me, "fields", "'%s' is not NAME, NAME:TYPE or NAME=KEY", word);
    memcpy(name, word, name_len);
    name[name_len] = '\0';
    if (is_of_the_host(name))
        return etl_fail_option(me, "fields",
                               "etl sets the field '%s' itself; to keep the key, give it another "
                               "name, as in old_%s=%s",
                               name, name, equals ? equals + 1 : name);
    w->key = equals ? equals + 1 : word;
    w->len = equals ? strlen(equals + 1) : name_len;
    w->field = etl_declare(me, name, w->type, ETL_WRITES);
    return w->field.id ? ETL_OK : ETL_FAIL;
}

static int open_input(void *self)
{
    struct jsonl *me = self;

    me->wanted = calloc(me->fields.n + 1, sizeof(*me->wanted));
    if (!me->wanted)
        return etl_fail_errno(me, ENOMEM, "no memory");
    for (size_t i = 0; i < me->fields.n; i++) {
        if (want(me, me->fields.at[i], &me->wanted[i]) != ETL_OK)
            return ETL_FAIL;
        if (me->wanted[i].field.id == me->extra.id)
            return etl_fail_option(me, "extra", "'%s' is one of `fields`", etl_name(me->extra));
        for (size_t k = 0; k < i; k++) {
            const struct wanted *a = &me->wanted[i], *b = &me->wanted[k];

            if (a->field.id == b->field.id)
                return etl_fail_option(me, "fields", "'%s' stands twice", etl_name(a->field));
            if (a->len == b->len && memcmp(a->key, b->key, a->len) == 0)
                return etl_fail_option(me, "fields", "the key '%s' stands twice", a->key);
        }
    }
    me->bytes = etl_declare(me, "bytes", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    return me->bytes.id ? ETL_OK : ETL_FAIL;
}

static void close_input(void *self)
{
    struct jsonl *me = self;

    free(me->wanted);
}

static int read_unit(const void *self, etl_unit *unit)
{
    const struct jsonl *me = self;
    const struct line_records how = { .self = me, .bytes = me->bytes };

    return line_records_read(&how, unit);
}

/* ---- map: values ---- */

/* One line being read. */
struct line {
    const struct jsonl *me;
    etl_record *rec;
    struct scratch *scratch;
    struct fault fault;
};

static int not_json(struct line *l)
{
    return etl_reject(l->rec, "not JSON: %s, at column %llu", l->fault.text,
                      (unsigned long long)l->fault.column);
}

static int not_a(struct line *l, const struct wanted *w, const char *type)
{
    return etl_reject(l->rec, "wrong type: '%.*s' is not %s, at column %zu", (int)w->len, w->key,
                      type, l->scratch->json.at);
}

static int no_memory(struct line *l)
{
    return etl_fail_errno(l->me, ENOMEM, "no memory to read a line");
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
static int take_text(struct line *l, const struct wanted *w, const struct json_token *t)
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

static bool add_item(struct scratch *s, const struct json_token *t)
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
static int take_list(struct line *l, const struct wanted *w, struct json_token *t)
{
    struct scratch *s = l->scratch;
    bool array = t->kind == JSON_ARRAY;

    s->items.len = s->texts.len = 0;
    if (!buffer_room(&s->texts, s->json.len - t->at))
        return no_memory(l);
    if (!array && t->kind != JSON_STRING)
        return not_a(l, w, "a list");
    do {
        if (array && json_next(&s->json, t) == JSON_BAD)
            return not_json(l);
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

static int take_time(struct line *l, const struct wanted *w, const struct json_token *t)
{
    char text[64];
    int64_t us;

    if (t->kind != JSON_STRING || t->len > sizeof(text) ||
        !number_read_time(text, json_unescape(text, t), &us))
        return not_a(l, w, "a time such as 2024-03-01T07:00:00Z");
    etl_set(l->rec, w->field, etl_time(us));
    return ETL_OK;
}

static int take_value(struct line *l, const struct wanted *w, struct json_token *t)
{
    int64_t i;
    double d;

    if (t->kind == JSON_NULL)
        return ETL_OK;
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

/* ---- map: the object ---- */

static const struct wanted *find(const struct jsonl *me, const struct json_token *key)
{
    for (size_t i = 0; i < me->fields.n; i++)
        if (json_is(key, me->wanted[i].key, me->wanted[i].len))
            return &me->wanted[i];
    return NULL;
}

/* A key that is not wanted: it goes by, or into extra as it stands. */
static int take_other(struct line *l, const struct json_token *key, struct json_token *t)
{
    struct scratch *s = l->scratch;
    struct buffer *extra = &s->extra;

    if (!json_skip(&s->json, t))
        return not_json(l);
    if (l->me->extra.id == 0)
        return ETL_OK;
    buffer_byte(extra, extra->len == 0 ? '{' : ',');
    buffer_append(extra, key->text - 1, key->len + 2);
    buffer_byte(extra, ':');
    buffer_append(extra, s->json.text + t->at, s->json.at - t->at);
    return extra->failed ? no_memory(l) : ETL_OK;
}

static int take_pair(struct line *l, const struct json_token *key)
{
    const struct wanted *w = find(l->me, key);
    struct json_token value;

    if (json_next(&l->scratch->json, &value) == JSON_BAD)
        return not_json(l);
    if (!w)
        return take_other(l, key, &value);
    if (l->scratch->seen[w - l->me->wanted])
        return etl_reject(l->rec, "repeated key '%.*s', at column %zu", (int)w->len, w->key,
                          key->at + 1);
    l->scratch->seen[w - l->me->wanted] = true;
    return take_value(l, w, &value);
}

static int take_object(struct line *l)
{
    struct json *j = &l->scratch->json;
    struct json_token t;
    int verdict;

    if (json_next(j, &t) == JSON_BAD)
        return not_json(l);
    if (t.kind != JSON_OBJECT)
        return etl_reject(l->rec, "not a JSON object, at column %zu", t.at + 1);
    while (json_next(j, &t) == JSON_KEY) {
        verdict = take_pair(l, &t);
        if (verdict != ETL_OK)
            return verdict;
    }
    return t.kind == JSON_OBJECT_END && json_next(j, &t) == JSON_END ? ETL_OK : not_json(l);
}

static int take_line(struct line *l, etl_value v)
{
    const struct jsonl *me = l->me;
    struct scratch *s = l->scratch;
    int verdict;

    memset(s->seen, 0, me->fields.n * sizeof(*s->seen));
    s->extra.len = 0;
    if (!json_start(&s->json, v.bytes, v.len, &l->fault))
        return not_json(l);
    verdict = take_object(l);
    if (verdict != ETL_OK) {
        /* What was taken before the fault goes: the line alone is left to look at. */
        for (size_t i = 0; i < me->fields.n; i++)
            etl_set(l->rec, me->wanted[i].field, etl_null());
        return verdict;
    }
    if (s->extra.len > 0) {
        if (!buffer_byte(&s->extra, '}'))
            return no_memory(l);
        etl_set(l->rec, me->extra, etl_text(s->extra.data, s->extra.len));
    }
    return ETL_OK;
}

static void trim(struct buffer *b)
{
    if (b->cap > KEEP)
        buffer_free(b);
}

static int map(const void *self, etl_record *rec)
{
    struct line l = { .me = self, .rec = rec, .scratch = etl_worker(rec) };
    etl_value v = etl_get(rec, l.me->bytes);
    int verdict;

    if (!l.scratch)
        return no_memory(&l);
    if (v.type != ETL_BYTES)
        return ETL_OK;
    verdict = take_line(&l, v);
    trim(&l.scratch->extra);
    trim(&l.scratch->items);
    trim(&l.scratch->texts);
    return verdict;
}

static void worker_close(const void *self, void *worker)
{
    struct scratch *s = worker;

    (void)self;
    buffer_free(&s->extra);
    buffer_free(&s->items);
    buffer_free(&s->texts);
}

static const char doc[] =
    "Reads files with one JSON object a line (JSON Lines). A file may be packed as gzip, zstd, xz "
    "or bzip2; that is found from its bytes, not from its name, and every checksum is verified.\n\n"
    "`fields` says which keys become fields: `title` takes the key title, `title=headline` the key "
    "headline, `views:int=pageviews` the key pageviews as an integer. A key that is missing, or "
    "null, leaves its field null. Numbers, true and false in a text field keep the text that they "
    "have in the line; a text in a list field is a list of one. Keys that are not named are "
    "ignored, or go as they stand into the field that `extra` names. The fields id and source are "
    "the host's own: a key of that name needs another, as in `old_id=id`.\n\n"
    "Reading is strict (RFC 8259, UTF-8): a line that is not JSON, not an object, has a named key "
    "twice or of another type is rejected, with its line and column. Blank lines are left out and "
    "counted; a last line needs no line end; a byte order mark at the beginning is no fault.\n\n"
    "    [input jsonl]\n"
    "    path = pages.jsonl.gz\n"
    "    fields = title=headline, text, views:int=pageviews, when:time\n"
    "    extra = rest";

static const etl_plugin plugin = {
    ETL_INPUT("jsonl", "1.0", "Read JSON objects, one a line"),
    .doc = doc,
    .self_size = sizeof(struct jsonl),
    .worker_size = sizeof(struct scratch),
    .options = options,
    .open = open_input,
    .read = read_unit,
    .map = map,
    .worker_close = worker_close,
    .close = close_input,
};
ETL_PLUGINS(&plugin);
