/* SPDX-License-Identifier: Apache-2.0 */
/* Writing text as JSON strings and as CSV cells. */
#include "bench/micro.h"

#include "common/csv-write.h"
#include "common/json-write.h"

#include <stdlib.h>
#ifdef HAVE_CJSON
#include <cjson/cJSON.h>
#endif

static uint64_t json(const struct texts *t, void *state)
{
    struct buffer *b = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        b->len = 0;
        json_write_text(b, t->at[i], t->size[i]);
        sum += b->len;
    }
    return sum;
}

#ifdef HAVE_CJSON
static uint64_t json_cjson(const struct texts *t, void *state)
{
    uint64_t sum = 0;

    (void)state;
    for (size_t i = 0; i < t->n; i++) {
        cJSON *string = cJSON_CreateStringReference(t->at[i]);
        char *text = string ? cJSON_PrintUnformatted(string) : NULL;

        if (!text)
            give_up("cJSON has no memory");
        sum += strlen(text);
        cJSON_free(text);
        cJSON_Delete(string);
    }
    return sum;
}
#endif

static uint64_t csv(const struct texts *t, void *state)
{
    static const struct csv_style style = { ',', false };
    struct buffer *b = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        b->len = 0;
        csv_write_text(b, t->at[i], t->size[i], &style);
        sum += b->len;
    }
    return sum;
}

static bool needs_quotes(const char *s, size_t n)
{
    if (n == 0 || s[0] == ' ' || s[0] == '\t' || s[n - 1] == ' ' || s[n - 1] == '\t')
        return true;
    for (size_t i = 0; i < n; i++)
        if (s[i] == '"' || s[i] == ',' || s[i] == '\r' || s[i] == '\n')
            return true;
    return false;
}

/* As one would write it at first: no library that writes CSV is at hand. */
static uint64_t csv_bytewise(const struct texts *t, void *state)
{
    char *to = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        const char *s = t->at[i];
        size_t len = 0, quotes = needs_quotes(s, t->size[i]);

        if (quotes)
            to[len++] = '"';
        for (size_t k = 0; k < t->size[i]; k++) {
            if (s[k] == '"')
                to[len++] = '"';
            to[len++] = s[k];
        }
        if (quotes)
            to[len++] = '"';
        __asm__ volatile("" : : "r"(to) : "memory");
        sum += len;
    }
    return sum;
}

void micro_write(const struct texts *t)
{
    struct buffer b = { 0 };
    char *to = room(2 * t->longest + 2);

    row(t, OURS, "JSON string", json, &b, t->len, NULL);
#ifdef HAVE_CJSON
    row(t, SIMILAR, "cJSON", json_cjson, NULL, t->len,
        "allocates each; other escapes for controls");
#endif
    row(t, OURS, "CSV cell", csv, &b, t->len, NULL);
    row(t, SAME, "byte by byte", csv_bytewise, to, t->len, "no library at hand");
    if (b.failed)
        give_up("memory is out");
    buffer_free(&b);
    free(to);
}
