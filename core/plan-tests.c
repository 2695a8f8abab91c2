/* SPDX-License-Identifier: Apache-2.0 */
/* From [test] sections to values: which record, which field, of which type. */
#include "core/plan-tests.h"

#include "common/nearest.h"
#include "core/plan-private.h"
#include "core/value-text.h"

#include <stdio.h>
#include <string.h>

enum { MAX_RECORDS = 1000 };

const char *const test_streams[] = { "kept", "dropped", "duplicates", "rejects", NULL };

const char *test_what_name(enum test_what what)
{
    static const char *const names[TEST_WHATS] = {
        [TEST_STREAM] = "stream",
        [TEST_STAGE] = "stage",
        [TEST_RULE] = "rule",
        [TEST_REASON] = "reason",
    };

    return names[what];
}

/* A test while its keys are read. */
struct reading {
    struct plan *plan;
    struct plan_test *test;
    const struct conf_key *key;
    bool out;           /* the key begins with out. */
    const char *prefix; /* its "in." or "out.2." */
    size_t prefix_len;
    const char *field; /* the rest */
};

static bool mistake(struct reading *r, enum diag_code code, struct diag_place at, const char *near,
                    const char *help, const char *text)
{
    return plan_mistake(r->plan,
                        &(struct mistake){ .code = code, .at = at, .near = near, .help = help },
                        "[test \"%s\"]: %s", r->test->name, text);
}

/* May a test give it to a record? What the inputs write; of what etl sets itself, what it sets as
 * it reads. */
static bool goes_in(const struct plan *p, uint32_t id)
{
    return id == FIELD_ID || id == FIELD_SOURCE ||
           (id >= FIELD_FIRST_OWN && p->schema.fields[id].stage < p->n_inputs);
}

static bool can_be_meant(const struct reading *r, uint32_t id)
{
    return !r->plan->schema.fields[id].private_to_stage && (r->out || goes_in(r->plan, id));
}

/* The key that may be meant, or NULL. */
static const char *near_field(const struct reading *r)
{
    const struct schema *s = &r->plan->schema;
    const char *names[TEST_WHATS + 1] = { NULL }, *found = NULL, *pair[2];
    char text[400];

    for (int what = TEST_FIELD + 1; r->out && what < TEST_WHATS; what++)
        names[what] = test_what_name((enum test_what)what);
    found = nearest(r->field, names, TEST_WHATS);
    for (uint32_t id = 1; id < s->n; id++)
        if (can_be_meant(r, id)) {
            pair[0] = found;
            pair[1] = s->fields[id].name;
            found = nearest(r->field, pair, 2);
        }
    if (!found)
        return NULL;
    snprintf(text, sizeof(text), "%.*s%.255s", (int)r->prefix_len, r->prefix, found);
    return arena_string(r->plan->memory, text, strlen(text));
}

static bool unknown_key(struct reading *r)
{
    static const char *const whole[] = { "in.", "out." };
    const char *name = r->key->name, *dot = strchr(name, '.'), *near = NULL;
    char text[400];

    snprintf(text, sizeof(text), "unknown key '%.300s'", name);
    if (dot) {
        const char *prefix = nearest_of(name, (size_t)(dot - name) + 1, whole, 2);
        char meant[400];

        snprintf(meant, sizeof(meant), "%s%.300s", prefix ? prefix : "", dot + 1);
        near = prefix ? arena_string(r->plan->memory, meant, strlen(meant)) : NULL;
    }
    return mistake(r, E0103, r->key->name_at, near,
                   "in.FIELD goes in, out.FIELD is expected; of the second record: in.2.FIELD",
                   text);
}

/* Which record a key is about, and where the name of its field begins. */
static bool read_name(struct reading *r, struct test_value *v)
{
    const char *at = r->prefix = r->key->name;
    size_t number = 0, digits;

    r->out = strncmp(at, "out.", 4) == 0;
    if (!r->out && strncmp(at, "in.", 3) != 0)
        return unknown_key(r);
    at += r->out ? 4 : 3;
    digits = strspn(at, "0123456789");
    for (size_t i = 0; i < digits && number <= MAX_RECORDS; i++)
        number = 10 * number + (size_t)(at[i] - '0');
    if (digits > 0 && (at[digits] != '.' || number == 0 || *at == '0' || number > MAX_RECORDS))
        return mistake(r, E0622, r->key->name_at, NULL, "as in.1.text, in.2.text, ...",
                       "the number of a record is one from 1 to 1000, with a '.' behind it");
    at += digits > 0 ? digits + 1 : 0;
    v->record = number > 0 ? number - 1 : 0;
    r->prefix_len = (size_t)(at - r->prefix);
    r->field = at;
    return true;
}

static bool find_what(struct reading *r, struct test_value *v)
{
    char text[400];

    for (int what = TEST_FIELD + 1; r->out && what < TEST_WHATS; what++)
        if (strcmp(r->field, test_what_name((enum test_what)what)) == 0) {
            v->what = (enum test_what)what;
            return true;
        }
    v->field = schema_find(&r->plan->schema, r->field);
    if (v->field > 0 && can_be_meant(r, v->field))
        return true;
    if (r->plan->fields_unknown)
        return false; /* it may be one of a section that could not be set up */
    snprintf(text, sizeof(text),
             v->field > 0 ? "field '%.255s' is written by no input, so it cannot go in"
             : r->out     ? "there is no field '%.255s'"
                          : "no input writes a field '%.255s', so it cannot go in",
             r->field);
    return mistake(r, E0607, r->key->name_at, near_field(r), NULL, text);
}

static bool read_stream(struct reading *r, const struct test_value *v)
{
    const char *text = v->key->value;
    char what[200];
    size_t n = 0;

    for (; test_streams[n]; n++)
        if (strcmp(text, test_streams[n]) == 0 && !v->key->quoted)
            return true;
    snprintf(what, sizeof(what), "'%.100s' of key '%.60s' is no stream", text, v->key->name);
    return mistake(r, E0605, v->key->value_at, nearest(text, test_streams, n),
                   "kept, dropped, duplicates or rejects", what);
}

static bool read_value(struct reading *r, struct test_value *v)
{
    uint32_t type = v->what == TEST_FIELD ? r->plan->schema.fields[v->field].type : ETL_TEXT;
    const char *why;
    char what[300];

    if (v->what == TEST_STREAM && !read_stream(r, v))
        return false;
    v->decimals = value_decimals(v->key->value);
    if (value_read(r->plan->memory, type, v->key, &v->value, &why))
        return true;
    if (!why)
        return plan_no_memory(r->plan);
    snprintf(what, sizeof(what), "'%.100s' of key '%.60s' %s", v->key->value, v->key->name, why);
    return mistake(r, E0605, v->key->value_at, NULL, NULL, what);
}

/* Records are numbered from 1 on without a gap; something goes in, and something is expected. */
static void check_whole(struct reading *r)
{
    struct plan_test *t = r->test;
    bool there[MAX_RECORDS] = { false };
    char what[100];

    for (size_t i = 0; i < t->n_in; i++) {
        there[t->in[i].record] = true;
        t->n_records = t->in[i].record >= t->n_records ? t->in[i].record + 1 : t->n_records;
    }
    for (size_t i = 0; i < t->n_records; i++)
        if (!there[i]) {
            snprintf(what, sizeof(what), "record %zu goes in, but record %zu does not",
                     t->n_records, i + 1);
            mistake(r, E0622, t->section->at, NULL, "number them in.1.FIELD, in.2.FIELD, ...",
                    what);
            return;
        }
    if (t->n_in == 0)
        mistake(r, E0622, t->section->at, NULL, "add a line  in.text = ...", "nothing goes in");
    else if (t->n_out == 0)
        mistake(r, E0622, t->section->at, NULL, "add a line  out.stream = kept",
                "nothing is expected");
}

static void read_test(struct plan *p, struct plan_test *t, const struct conf_section *s)
{
    struct reading r = { .plan = p, .test = t };
    size_t mistakes = p->mistakes;
    bool skipped = false;

    t->section = s;
    t->name = s->plugin;
    t->in = arena_get(p->memory, (s->n_keys + 1) * sizeof(*t->in));
    t->out = arena_get(p->memory, (s->n_keys + 1) * sizeof(*t->out));
    if (!t->in || !t->out) {
        plan_no_memory(p);
        return;
    }
    for (size_t i = 0; i < s->n_keys; i++) {
        struct test_value v = { .key = &s->keys[i] };

        r.key = v.key;
        if (!read_name(&r, &v) || !find_what(&r, &v) || !read_value(&r, &v))
            skipped = true;
        else if (r.out)
            t->out[t->n_out++] = v;
        else
            t->in[t->n_in++] = v;
    }
    if (!skipped && p->mistakes == mistakes)
        check_whole(&r);
}

/* A file of tests holds nothing else. */
static void refuse_other(struct plan *p, const struct conf_section *s)
{
    char name[200];

    plan_mistake(p,
                 &(struct mistake){ .code = E0623,
                                    .at = s->at,
                                    .help = "the pipeline itself is the file beside it" },
                 "[%s] has no place in a file of tests, which holds [test \"name\"] alone",
                 conf_section_name(s, name, sizeof(name)));
}

void plan_tests(struct plan *p)
{
    const struct conf *c = p->test_conf ? p->test_conf : p->conf;

    p->tests = arena_get(p->memory, (c->n_sections + 1) * sizeof(*p->tests));
    if (!p->tests) {
        plan_no_memory(p);
        return;
    }
    memset(p->tests, 0, (c->n_sections + 1) * sizeof(*p->tests));
    for (size_t i = 0; i < c->n_sections; i++)
        if (c->sections[i].kind == CONF_TEST)
            read_test(p, &p->tests[p->n_tests++], &c->sections[i]);
        else if (p->test_conf)
            refuse_other(p, &c->sections[i]);
}
