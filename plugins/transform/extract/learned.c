/* SPDX-License-Identifier: Apache-2.0 */
/* The rule file of learned boilerplate: lines of `count TAB line`, sorted by line, that a person
 * can read and edit. A line of a page that is one of them is no text. */
#define _GNU_SOURCE
#include "extract.h"

#include "common/file.h"

#include <errno.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->at, y->at, n);

    if (order != 0)
        return order;
    return x->len < y->len ? -1 : x->len > y->len;
}

int learned_read(struct learned *l, const char *data, size_t n, struct fault *f)
{
    size_t lines = 1, line_number = 0;
    const char *at, *end;

    memset(l, 0, sizeof(*l));
    for (size_t i = 0; i < n; i++)
        lines += data[i] == '\n';
    l->data = malloc(n + 1);
    l->at = malloc(lines * sizeof(*l->at));
    if (!l->data || !l->at)
        return fault_set(f, ENOMEM, "no memory for the rule file");
    memcpy(l->data, data, n);
    for (at = l->data, end = at + n; at < end;) {
        const char *feed = memchr(at, '\n', (size_t)(end - at)), *tab;
        struct span line = span_trim(span(at, (size_t)((feed ? feed : end) - at)), " \r");
        size_t digits = 0;

        line_number++;
        at = feed ? feed + 1 : end;
        if (line.len == 0 || line.at[0] == '#')
            continue;
        tab = memchr(line.at, '\t', line.len);
        while (digits < line.len && is_digit(line.at[digits]))
            digits++;
        if (!tab || digits == 0 || line.at + digits != tab) {
            fault_set(f, 0, "a line of the rule file must be a count, a tab and the line");
            f->line = line_number;
            f->column = digits + 1;
            return -1;
        }
        l->at[l->n++] = span_trim(span(tab + 1, (size_t)(line.at + line.len - tab - 1)), " ");
    }
    qsort(l->at, l->n, sizeof(*l->at), compare);
    return 0;
}

int learned_load(struct learned *l, const char *path, struct fault *f)
{
    char *data;
    size_t n;
    int status;

    memset(l, 0, sizeof(*l));
    if (file_read_whole(path, "the rule file", 1u << 30, &data, &n, f) < 0)
        return -1;
    status = learned_read(l, data, n, f);
    free(data);
    return status;
}

bool learned_has(const struct learned *l, struct span line)
{
    return l->n > 0 && bsearch(&line, l->at, l->n, sizeof(*l->at), compare) != NULL;
}

void learned_free(struct learned *l)
{
    free(l->data);
    free(l->at);
    memset(l, 0, sizeof(*l));
}
