/* SPDX-License-Identifier: Apache-2.0 */
/* The hash of a plan: of all that makes its output, and of nothing else. The same on every machine,
 * for any number of threads, in any run directory. Each text goes in with its length, so that no
 * two plans run together. */
#include "core/plan-private.h"
#include "common/hash.h"

#include <stdio.h>
#include <string.h>

static void add(struct buffer *b, const char *name, const char *text)
{
    size_t n = text ? strlen(text) : 0;

    buffer_printf(b, "%s %zu ", name, n);
    buffer_append(b, text ? text : "", n);
    buffer_byte(b, '\n');
}

static void add_number(struct buffer *b, const char *name, int64_t n)
{
    buffer_printf(b, "%s %lld\n", name, (long long)n);
}

/* Numbers as values, so that 1M and 1024K are one plan; data files by what they hold; the rest as
 * it was written. */
static void add_option(struct buffer *b, const struct stage *s, size_t i)
{
    const etl_option *o = &s->plugin->options[i];
    union option_value v;
    struct option_fault f;
    uint64_t bits;

    if (o->kind == ETL_OPTION_DATA) {
        add(b, o->name, s->options[i].hash);
    } else if (!option_kind_is_scalar(o->kind) || o->kind == ETL_OPTION_CHOICE ||
               !option_parse(o, s->options[i].text, &v, &f)) {
        add(b, o->name, s->options[i].text);
        if (s->options[i].key && s->options[i].key->quoted)
            buffer_puts(b, "quoted\n"); /* one item, whatever commas are in it */
    } else if (o->kind == ETL_OPTION_REAL) {
        v.real = v.real + 0.0; /* no negative zero */
        memcpy(&bits, &v.real, sizeof(bits));
        buffer_printf(b, "%s %016llx\n", o->name, (unsigned long long)bits);
    } else {
        add_number(b, o->name, o->kind == ETL_OPTION_BOOL ? v.boolean : v.integer);
    }
}

/* What was added since `start` is the part of a setting. */
static size_t note(struct stage *s, const struct buffer *b, size_t start, const char *name,
                   const char *text)
{
    s->settings[s->n_settings++] = (struct stage_setting){
        .name = name,
        .text = text ? text : "",
        .hash = b->failed ? 0 : hash64(b->data + start, b->len - start),
    };
    return b->len;
}

static const char *common_text(const struct stage *s, const char *name)
{
    const struct conf_key *key = conf_find(s->section, name);

    return key ? key->value : common_key(name)->option.preset;
}

static size_t add_common(struct buffer *b, struct stage *s, size_t at, const char *name, int64_t n)
{
    add_number(b, name, n);
    return note(s, b, at, name, common_text(s, name));
}

static void add_stage(struct buffer *b, struct stage *s)
{
    const struct conf_key *when = conf_find(s->section, "when");
    size_t at;

    add(b, "stage", s->name);
    at = b->len;
    add(b, "version", s->plugin->is.version);
    at = note(s, b, at, "version", s->plugin->is.version);
    for (size_t i = 0; i < s->plugin->n_options; i++) {
        add_option(b, s, i);
        at = note(s, b, at, s->plugin->options[i].name, s->options[i].text);
    }
    if (when)
        add(b, "when", when->value);
    at = note(s, b, at, "when", when ? when->value : "");
    if (s->plugin->is.kind == ETL_KIND_TRANSFORM)
        add_common(b, s, at, "on_error", s->on_error);
    if (s->plugin->is.kind == ETL_KIND_OUTPUT)
        add_common(b, s, at, "from", s->from);
    if (s->plugin->is.kind == ETL_KIND_INPUT) {
        at = add_common(b, s, at, "on_damage", s->on_damage);
        add_common(b, s, at, "max_document", s->max_document);
    }
}

bool plan_hash_more(struct plan *p, const char *name, const struct hash128 *more)
{
    struct buffer b = { 0 };
    char text[33] = "";
    bool good;

    hash128_hex(*more, text);
    add(&b, "plan", p->hash);
    add(&b, name, text);
    good = !b.failed;
    if (good)
        hash128_hex(hash128(b.data, b.len), p->hash);
    buffer_free(&b);
    return good || plan_no_memory(p);
}

bool plan_hash(struct plan *p)
{
    struct buffer b = { 0 };
    bool good;

    buffer_puts(&b, "etl plan 1\n");
    for (size_t i = 0; i < p->n_stages; i++) {
        size_t start = b.len, n = p->stages[i].plugin->n_options + COMMON_KEYS + 1;

        p->stages[i].settings = arena_get(p->memory, n * sizeof(*p->stages[i].settings));
        if (!p->stages[i].settings) {
            buffer_free(&b);
            return plan_no_memory(p);
        }
        add_stage(&b, &p->stages[i]);
        p->stages[i].digest = b.failed ? 0 : hash64(b.data + start, b.len - start);
    }
    good = !b.failed;
    if (good)
        hash128_hex(hash128(b.data, b.len), p->hash);
    p->hash[32] = '\0';
    buffer_free(&b);
    return good || plan_no_memory(p);
}
