/* SPDX-License-Identifier: Apache-2.0 */
/* samples.jsonl read back: documents as they came and as they went. */
#include "core/report.h"

#include "core/io.h"
#include "core/json-take.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A list as "a, b"; behind its bracket. */
static bool take_list(struct json *j, struct buffer *to)
{
    struct json_token t;
    const char *before = "";

    while (json_next(j, &t) == JSON_STRING || t.kind == JSON_NUMBER) {
        char *item = json_text(&t);

        if (!item)
            return false;
        buffer_puts(to, before);
        buffer_puts(to, item);
        free(item);
        before = ", ";
    }
    return t.kind == JSON_ARRAY_END;
}

static bool take_field(struct json *j, struct report_sample *s, const struct json_token *key,
                       const struct json_token *value)
{
    struct report_field *grown = realloc(s->fields, (s->n_fields + 1) * sizeof(*grown)), *f;
    struct buffer text = { 0 };
    char *string = NULL;
    bool good = true;

    if (!grown)
        return false;
    s->fields = grown;
    f = &grown[s->n_fields++];
    *f = (struct report_field){ .name = json_text(key) };
    if (value->kind == JSON_STRING) {
        string = malloc(value->len + 1);
        good = string && buffer_append(&text, string, json_unescape(string, value));
    } else if (value->kind == JSON_ARRAY) {
        good = take_list(j, &text);
    } else {
        good = buffer_append(&text, value->text, value->len) && json_skip(j, value);
    }
    free(string);
    f->len = text.len;
    f->text = buffer_take(&text);
    return good && f->name && f->text;
}

static bool take_fields(struct json *j, struct report_sample *s)
{
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY)
        if (json_next(j, &value) == JSON_BAD || !take_field(j, s, &key, &value))
            return false;
    return key.kind == JSON_OBJECT_END;
}

static bool take_sample(struct json *j, struct report_sample *s)
{
    const struct {
        const char *name;
        char **to;
    } texts[] = { { "source", &s->source }, { "fate", &s->fate },
                  { "stage", &s->stage },   { "rule", &s->rule },
                  { "reason", &s->reason }, { "duplicate_of", &s->duplicate_of } };
    struct json_token key, value;

    if (json_next(j, &key) != JSON_OBJECT)
        return false;
    while (json_next(j, &key) == JSON_KEY) {
        bool good = json_next(j, &value) != JSON_BAD;

        for (size_t i = 0; good && i < sizeof(texts) / sizeof(*texts); i++)
            if (value.kind == JSON_STRING && json_is(&key, texts[i].name, strlen(texts[i].name)))
                good = json_take_text(&value, texts[i].to);
        if (good && json_is(&key, "content", 7) && value.kind == JSON_STRING && !s->content) {
            s->content = malloc(value.len + 1);
            good = s->content != NULL;
            s->content_len = good ? json_unescape(s->content, &value) : 0;
        } else if (good && json_is(&key, "fields", 6) && value.kind == JSON_OBJECT) {
            good = take_fields(j, s);
        } else {
            s->bytes = json_is(&key, "bytes", 5) ? json_number(&value) : s->bytes;
            s->similarity = json_is(&key, "similarity", 10) ? json_real(&value) : s->similarity;
            s->number = json_is(&key, "number", 6) ? json_number(&value) : s->number;
            good = good && json_skip(j, &value);
        }
        if (!good)
            return false;
    }
    return key.kind == JSON_OBJECT_END && s->source && s->fate;
}

static void free_sample(struct report_sample *s)
{
    free(s->source);
    free(s->fate);
    free(s->stage);
    free(s->rule);
    free(s->reason);
    free(s->duplicate_of);
    free(s->content);
    for (size_t i = 0; i < s->n_fields; i++) {
        free(s->fields[i].name);
        free(s->fields[i].text);
    }
    free(s->fields);
}

/* What cannot be read is left out: a page without samples is a page still. */
static bool add(struct report_samples *s, const char *line, size_t len)
{
    struct report_sample *grown = realloc(s->at, (s->n + 1) * sizeof(*grown));
    struct fault f = { 0 };
    struct json j;

    if (!grown)
        return false;
    s->at = grown;
    grown[s->n] = (struct report_sample){ 0 };
    if (json_start(&j, line, len, &f) && take_sample(&j, &grown[s->n]))
        s->n++;
    else
        free_sample(&grown[s->n]);
    return true;
}

bool report_samples_load(struct report_samples *s, const char *folder)
{
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *text = NULL, *line, *end;
    bool good = true;
    size_t len;

    if (dir < 0)
        return true;
    if (io_read_file(dir, "samples.jsonl", &text, &len) == 0)
        for (line = text; good && (end = memchr(line, '\n', (size_t)(text + len - line)));
             line = end + 1)
            good = add(s, line, (size_t)(end - line));
    close(dir);
    free(text);
    return good;
}

void report_samples_free(struct report_samples *s)
{
    for (size_t i = 0; i < s->n; i++)
        free_sample(&s->at[i]);
    free(s->at);
    *s = (struct report_samples){ 0 };
}
