/* SPDX-License-Identifier: Apache-2.0 */
/* Texts and numbers off the pull scanner. */
#include "core/json-take.h"

#include "common/number.h"

#include <stdlib.h>

char *json_text(const struct json_token *t)
{
    char *to = malloc(t->len + 1);

    if (to)
        to[json_unescape(to, t)] = '\0';
    return to;
}

bool json_take_text(const struct json_token *t, char **to)
{
    free(*to);
    *to = json_text(t);
    return *to != NULL;
}

uint64_t json_number(const struct json_token *t)
{
    uint64_t n = 0;

    for (size_t i = 0;
         t->kind == JSON_NUMBER && i < t->len && t->text[i] >= '0' && t->text[i] <= '9'; i++)
        n = 10 * n + (uint64_t)(t->text[i] - '0');
    return n;
}

double json_real(const struct json_token *t)
{
    double d = 0;

    if (t->kind != JSON_NUMBER || !number_read_real(t->text, t->len, &d))
        return 0;
    return d;
}
