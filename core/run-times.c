/* SPDX-License-Identifier: Apache-2.0 */
/* run.json read back: times and memory of a run. */
#include "core/manifest-read.h"

#include "core/io.h"
#include "core/json-take.h"

#include <stdlib.h>
#include <string.h>

static bool read_stage_times(struct json *j, struct run_times *t)
{
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY) {
        struct run_time *grown = realloc(t->stages, (t->n_stages + 1) * sizeof(*grown));

        if (!grown)
            return false;
        t->stages = grown;
        if (json_next(j, &value) != JSON_NUMBER)
            return false;
        grown[t->n_stages] = (struct run_time){ json_text(&key), json_real(&value) };
        if (!grown[t->n_stages].stage)
            return false;
        t->n_stages++;
    }
    return key.kind == JSON_OBJECT_END;
}

static void take(const struct json_token *key, const struct json_token *value, struct run_times *t)
{
    const struct {
        const char *name;
        double *real;
        uint64_t *whole;
    } keys[] = {
        { "seconds", &t->seconds, NULL },
        { "cpu_seconds", &t->cpu_seconds, NULL },
        { "barrier_seconds", &t->barrier_seconds, NULL },
        { "threads", NULL, &t->threads },
        { "peak_memory_bytes", NULL, &t->peak_memory },
        { "barriers", NULL, &t->barriers },
        { "resumed_at", NULL, &t->resumed_at },
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (!json_is(key, keys[i].name, strlen(keys[i].name)))
            continue;
        else if (keys[i].real)
            *keys[i].real = json_real(value);
        else
            *keys[i].whole = json_number(value);
}

static bool read_all(struct json *j, struct run_times *t)
{
    struct json_token key, value;

    if (json_next(j, &key) != JSON_OBJECT)
        return false;
    while (json_next(j, &key) == JSON_KEY) {
        if (json_next(j, &value) == JSON_BAD)
            return false;
        if (json_is(&key, "stages", 6) && value.kind == JSON_OBJECT) {
            if (!read_stage_times(j, t))
                return false;
            continue;
        }
        take(&key, &value, t);
        if (!json_skip(j, &value))
            return false;
    }
    return key.kind == JSON_OBJECT_END;
}

void run_times_load(struct run_times *t, int dir)
{
    struct fault f = { 0 };
    char *text = NULL;
    struct json j;
    size_t len;

    memset(t, 0, sizeof(*t));
    if (io_read_file(dir, "run.json", &text, &len) < 0)
        return;
    if (!json_start(&j, text, len, &f) || !read_all(&j, t))
        run_times_free(t);
    free(text);
}

double run_times_of(const struct run_times *t, const char *stage)
{
    for (size_t i = 0; i < t->n_stages; i++)
        if (strcmp(t->stages[i].stage, stage) == 0)
            return t->stages[i].seconds;
    return 0;
}

void run_times_free(struct run_times *t)
{
    for (size_t i = 0; i < t->n_stages; i++)
        free(t->stages[i].stage);
    free(t->stages);
    memset(t, 0, sizeof(*t));
}
