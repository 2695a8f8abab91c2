/* SPDX-License-Identifier: Apache-2.0 */
/* What the values of a field are like: how often each comes, how long they are, shares, days. */
#define _GNU_SOURCE
#include "core/report.h"

#include "common/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
    LONG_VALUE = 120,      /* what is longer is text, not one of a few values */
    TRIAL = 5000,          /* values after which it is clear whether they repeat */
    MOST_VALUES = 1 << 20, /* that are told apart */
};

/* ---- how often each ---- */

static bool values_grow(struct report_values *v)
{
    size_t n = v->n_slots ? 2 * v->n_slots : 64;
    uint32_t *slots = calloc(n, sizeof(*slots));

    if (!slots)
        return false;
    for (size_t i = 0; i < v->n; i++) {
        size_t k = v->at[i].hash & (n - 1);

        while (slots[k])
            k = (k + 1) & (n - 1);
        slots[k] = (uint32_t)i + 1;
    }
    free(v->slots);
    v->slots = slots;
    v->n_slots = n;
    return true;
}

static struct report_value *values_new(struct report_values *v, uint64_t hash, const char *s,
                                       size_t n)
{
    if (v->n == v->cap) {
        size_t cap = v->cap ? 2 * v->cap : 32;
        struct report_value *grown = realloc(v->at, cap * sizeof(*grown));

        if (!grown)
            return NULL;
        v->at = grown;
        v->cap = cap;
    }
    v->at[v->n] = (struct report_value){ hash, 0, v->texts.len, (uint32_t)n };
    if (!buffer_append(&v->texts, s, n))
        return NULL;
    return &v->at[v->n++];
}

static bool values_add(struct report_values *v, const char *s, size_t n)
{
    uint64_t hash = hash64(s, n);
    struct report_value *found;
    size_t k;

    if (2 * v->n >= v->n_slots && !values_grow(v))
        return false;
    for (k = hash & (v->n_slots - 1); v->slots[k]; k = (k + 1) & (v->n_slots - 1)) {
        found = &v->at[v->slots[k] - 1];
        if (found->hash == hash && found->len == n &&
            memcmp(v->texts.data + found->at, s, n) == 0) {
            found->n++;
            return true;
        }
    }
    if (v->n == MOST_VALUES)
        return true;
    found = values_new(v, hash, s, n);
    if (!found)
        return false;
    found->n = 1;
    v->slots[k] = (uint32_t)v->n;
    return true;
}

static void values_free(struct report_values *v)
{
    free(v->at);
    free(v->slots);
    buffer_free(&v->texts);
    *v = (struct report_values){ 0 };
}

static void count_value(struct report_column *c, const char *s, size_t n)
{
    if (c->uncounted || n > LONG_VALUE)
        return;
    if (!values_add(&c->values, s, n))
        c->values.texts.failed = true;
    c->counted++;
    if (!c->all && c->counted >= TRIAL && 2 * c->values.n > c->counted && !c->values.texts.failed) {
        c->uncounted = true;
        values_free(&c->values);
    }
}

/* ---- days ---- */

static bool digits(const char *s, size_t n, unsigned *to)
{
    *to = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        *to = 10 * *to + (unsigned)(s[i] - '0');
    }
    return true;
}

/* "2024", "2024-10", "2024-10-04", and what begins like the last. */
static void count_date(struct report_column *c, const char *s, size_t n)
{
    unsigned year, month = 1, day = 1;

    if (n < 4 || (n > 4 && s[4] != '-') || (n > 7 && s[7] != '-') || !digits(s, 4, &year) ||
        year < REPORT_FIRST_YEAR || year >= REPORT_FIRST_YEAR + REPORT_YEARS)
        return;
    if (n > 4 && (n < 7 || !digits(s + 5, 2, &month) || month < 1 || month > 12))
        return;
    if (n > 7 && (n < 10 || !digits(s + 8, 2, &day) || day < 1 || day > 31))
        return;
    c->dates++;
    if (n == 4) {
        c->years_alone++;
        return;
    }
    if (!c->days)
        c->days = calloc(REPORT_DAYS, sizeof(*c->days));
    if (!c->days) {
        c->values.texts.failed = true;
        return;
    }
    c->days[((year - REPORT_FIRST_YEAR) * 12 + month - 1) * REPORT_MONTH_DAYS + day - 1]++;
}

/* ---- values ---- */

void report_column_text(struct report_column *c, const char *s, size_t n)
{
    size_t size = 0;

    while (size < REPORT_SIZES - 1 && ((uint64_t)1 << size) < n)
        size++;
    c->sizes[n == 0 ? 0 : size]++;
    c->bytes += n;
    if (n == 0)
        return;
    c->records++;
    c->texts++;
    count_date(c, s, n);
    count_value(c, s, n);
}

void report_column_item(struct report_column *c, const char *s, size_t n)
{
    count_value(c, s, n);
}

void report_column_number(struct report_column *c, double d, const char *s, size_t n)
{
    c->records++;
    if (d >= 0 && d <= 1) {
        c->shares_seen++;
        c->shares[d >= 1 ? REPORT_SHARES - 1 : (size_t)(d * REPORT_SHARES)]++;
    }
    count_value(c, s, n);
}

bool report_column_failed(const struct report_column *c)
{
    return c->values.texts.failed;
}

/* ---- at the end ---- */

static int compare(const void *a, const void *b, void *texts)
{
    const struct report_value *x = a, *y = b;
    const char *text = texts;
    size_t n = x->len < y->len ? x->len : y->len;
    int d;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    d = memcmp(text + x->at, text + y->at, n);
    return d != 0 ? d : x->len < y->len ? -1 : x->len > y->len;
}

void report_column_sort(struct report_column *c)
{
    if (c->values.n > 0)
        qsort_r(c->values.at, c->values.n, sizeof(*c->values.at), compare, c->values.texts.data);
}

const char *report_value_text(const struct report_column *c, size_t i)
{
    return c->values.texts.data + c->values.at[i].at;
}

void report_column_free(struct report_column *c)
{
    free(c->name);
    free(c->days);
    values_free(&c->values);
    *c = (struct report_column){ 0 };
}
