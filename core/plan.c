/* SPDX-License-Identifier: Apache-2.0 */
/* From sections to stages: order checked, plugins loaded, options read, stages opened. All mistakes
 * are gathered: a stage that cannot be set up does not hide what is wrong with the others. */
#include "core/plan-private.h"
#include "core/engine.h"
#include "core/plan-tests.h"
#include "core/process.h"
#include "core/stream.h"
#include "common/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_ALIGN = 64, BLOCK_TAIL = 64, BLOCK_TAIL_BYTE = 0xa5, MAX_KEYS = 1100 };
static const uint64_t block_mark = UINT64_C(0x65746c2d73656c66);

struct block_head {
    _Alignas(BLOCK_ALIGN) void *memory; /* what it lies in; the farthest from the block */
    uint64_t mark;
    struct stage *stage;
    size_t size, end; /* as asked for; of the block, where its tail ends */
};

void *stage_block(struct stage *s, size_t size)
{
    size_t body = (size ? size : 1) + BLOCK_TAIL + BLOCK_ALIGN - 1;
    struct block_head *head;
    char *memory;

    body -= body % BLOCK_ALIGN;
    /* Zeros by the system, which gives pages when they are touched: of some blocks few are. */
    memory = calloc(1, sizeof(*head) + body + BLOCK_ALIGN - 1);
    if (!memory)
        return NULL;
    head = (struct block_head *)(memory + (-(uintptr_t)memory & (BLOCK_ALIGN - 1)));
    head->memory = memory;
    head->mark = block_mark;
    head->stage = s;
    head->size = size;
    head->end = body;
    memset((char *)(head + 1) + size, BLOCK_TAIL_BYTE, body - size);
    return head + 1;
}

bool stage_block_whole(const void *block)
{
    const struct block_head *head = block;
    const unsigned char *at = block;

    if (!block)
        return true;
    head--;
    if (head->mark != block_mark)
        return false;
    for (size_t i = head->size; i < head->end; i++)
        if (at[i] != BLOCK_TAIL_BYTE)
            return false;
    return true;
}

bool stage_left_alone(struct stage *s, const char *when)
{
    const char *changed = process_changed();
    bool whole = stage_block_whole(s->self) && stage_block_whole(s->state);
    struct mistake m = { .code = changed ? E0512 : E0514,
                         .at = s->section->at,
                         .stage = s,
                         .help =
                             stage_is_by_path(s)
                                 ? "`man etl-plugin` says what a plugin may do; mend it and build "
                                   "it again"
                                 : "leave it out, or have its author mend it" };

    if (whole && !changed)
        return true;
    plan_mistake(s->plan, &m, changed ? "[%s] changes %s %s" : "[%s] writes past %s %s", s->name,
                 changed ? changed : "its memory", when);
    stage_set_failed(s);
    return false;
}

void stage_block_free(void *block)
{
    const struct block_head *head = block;

    if (block && head[-1].mark == block_mark) /* else nobody knows any more where it begins */
        free(head[-1].memory);
}

struct stage *stage_of(const void *self)
{
    const struct block_head *head = self;

    return self && head[-1].mark == block_mark ? head[-1].stage : NULL;
}

static size_t kind_of(const struct conf_section *section)
{
    switch (section->kind) {
    case CONF_INPUT:
        return ETL_KIND_INPUT;
    case CONF_TRANSFORM:
        return ETL_KIND_TRANSFORM;
    case CONF_OUTPUT:
        return ETL_KIND_OUTPUT;
    default:
        return 0;
    }
}

/* Inputs, transforms, outputs: a section may not stand behind one of a later kind. */
static void check_order(struct plan *p)
{
    const struct conf_section *highest = NULL;
    size_t count[ETL_KIND_OUTPUT + 1] = { 0 };

    for (size_t i = 0; i < p->conf->n_sections; i++) {
        const struct conf_section *s = &p->conf->sections[i];
        size_t kind = kind_of(s);

        if (kind == 0)
            continue;
        count[kind]++;
        if (highest && kind < kind_of(highest))
            plan_mistake(p,
                         &(struct mistake){ .code = E0601,
                                            .at = s->at,
                                            .help = "inputs come first, then transforms, then "
                                                    "outputs" },
                         "[%s %s] stands after [%s %s] in line %u; move it before that",
                         conf_kind_name(s->kind), s->plugin, conf_kind_name(highest->kind),
                         highest->plugin, highest->at.line);
        else
            highest = s;
    }
    p->n_inputs = count[ETL_KIND_INPUT];
    p->n_transforms = count[ETL_KIND_TRANSFORM];
    p->n_outputs = count[ETL_KIND_OUTPUT];
    p->n_stages = p->n_inputs + p->n_transforms + p->n_outputs;
    for (size_t kind = ETL_KIND_INPUT; kind <= ETL_KIND_OUTPUT; kind += 2)
        if (count[kind] == 0)
            plan_mistake(p,
                         &(struct mistake){ .code = E0602,
                                            .at = { .file = p->conf->path },
                                            .help = kind == ETL_KIND_INPUT
                                                        ? "add one, as in [input txt] path = pages/"
                                                        : "add one, as in [output jsonl] path = "
                                                          "pages.jsonl" },
                         "the pipeline has no [%s ...] section, so it has nothing to %s",
                         kind_name((enum etl_kind)kind), kind == ETL_KIND_INPUT ? "read" : "write");
}

/* "transform dedupe", "output jsonl rejected": the plugin's own name where it came by a path. */
static bool name_stage(struct stage *s)
{
    struct buffer b = { 0 };

    buffer_printf(&b, "%s %s", conf_kind_name(s->section->kind),
                  s->plugin ? s->plugin->is.name : s->section->plugin);
    if (s->section->label)
        buffer_printf(&b, " %s", s->section->label);
    buffer_string(&b);
    s->name = b.failed ? NULL : arena_string(s->plan->memory, b.data, b.len);
    buffer_free(&b);
    return s->name != NULL;
}

/* The nearest key that the section may have. */
static const char *near_key(const struct stage *s, size_t kind, const char *name)
{
    const char *names[MAX_KEYS];
    size_t n = 0;

    if (s->plan->mistakes >= MAX_MISTAKES)
        return NULL;
    for (size_t i = 0; i < s->plugin->n_options; i++)
        names[n++] = s->plugin->options[i].name;
    for (size_t i = 0; i < COMMON_KEYS; i++)
        if (common_keys[i].kinds & 1u << kind)
            names[n++] = common_keys[i].option.name;
    return nearest(name, names, n);
}

static bool has_option(const struct plugin *p, const char *name)
{
    for (size_t i = 0; i < p->n_options; i++)
        if (strcmp(p->options[i].name, name) == 0)
            return true;
    return false;
}

static void wrong_kind(struct stage *s, const struct conf_key *key, const struct common_key *common)
{
    char text[100];
    size_t used = 0;

    for (int k = ETL_KIND_INPUT; k <= ETL_KIND_OUTPUT; k++)
        if (common->kinds & 1u << k)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%ss", used ? " and " : "",
                                     kind_name((enum etl_kind)k));
    plan_mistake(s->plan,
                 &(struct mistake){ .code = E0606,
                                    .at = key->name_at,
                                    .stage = s,
                                    .help = common == &common_keys[COMMON_WHEN]
                                                ? "to leave out what was read, use [transform "
                                                  "filter] with drop ="
                                                : NULL },
                 "key '%s' belongs to %s, not to [%s]", key->name, text, s->name);
}

static void check_keys(struct stage *s, size_t kind)
{
    char help[400];

    snprintf(help, sizeof(help), "`etl plugins %.300s` lists its keys",
             strchr(s->section->plugin, '/') || plugin_lies_by_name(s->plugin->path)
                 ? s->section->plugin
                 : s->plugin->path);
    for (size_t i = 0; i < s->section->n_keys; i++) {
        const struct conf_key *key = &s->section->keys[i];
        const struct common_key *common = common_key(key->name);

        if (common && !(common->kinds & 1u << kind))
            wrong_kind(s, key, common);
        else if (!common && !has_option(s->plugin, key->name))
            plan_mistake(s->plan,
                         &(struct mistake){ .code = E0103,
                                            .at = key->name_at,
                                            .stage = s,
                                            .near = near_key(s, kind, key->name),
                                            .help = help },
                         "unknown key '%s' in [%s]", key->name, s->name);
    }
}

static bool stage_begin(struct stage *s, size_t kind, const struct plan_options *o,
                        struct registry *r)
{
    struct plan *p = s->plan;
    size_t before = p->diag->errors;

    s->plugin =
        registry_load(r, (enum etl_kind)kind, s->section->plugin, &s->section->plugin_at, p->diag);
    p->mistakes += p->diag->errors - before;
    if (!name_stage(s))
        return plan_no_memory(p);
    if (!s->plugin) {
        s->broken = true;
        return true;
    }
    s->self = stage_block(s, s->plugin->is.self_size);
    s->state = stage_block(s, s->plugin->is.state_size);
    s->options = arena_get(p->memory, (s->plugin->n_options + 1) * sizeof(*s->options));
    if (!s->self || !s->state || !s->options)
        return plan_no_memory(p);
    memset(s->options, 0, (s->plugin->n_options + 1) * sizeof(*s->options));
    check_keys(s, kind);
    stage_read_options(s, o->offline);
    return true;
}

/* One name a stage: messages, counts and side files go by it. The pipeline file's reader has
 * compared the headers; what is left are plugins by path. */
static void check_name(struct stage *s)
{
    for (struct stage *other = s->plan->stages; other < s; other++)
        if (strcmp(other->name, s->name) == 0) {
            plan_mistake(s->plan,
                         &(struct mistake){ .code = E0603,
                                            .at = s->section->at,
                                            .stage = s,
                                            .help = "a label is a third word: [output jsonl "
                                                    "rejected]" },
                         "there are two stages '%s'; give this one a label", s->name);
            return;
        }
}

static bool make_stages(struct plan *p, const struct plan_options *o, struct registry *r)
{
    uint32_t n = 0;

    p->stages = calloc(p->n_stages ? p->n_stages : 1, sizeof(*p->stages));
    if (!p->stages)
        return plan_no_memory(p);
    for (size_t kind = ETL_KIND_INPUT; kind <= ETL_KIND_OUTPUT; kind++)
        for (size_t i = 0; i < p->conf->n_sections; i++) {
            struct stage *s = &p->stages[n];

            if (kind_of(&p->conf->sections[i]) != kind)
                continue;
            s->plan = p;
            s->section = &p->conf->sections[i];
            s->index = n++;
            if (!stage_begin(s, kind, o, r))
                return false;
            check_name(s);
        }
    return true;
}

static void stage_open(struct stage *s)
{
    int verdict;

    s->opened = true;
    s->phase = PHASE_OPEN;
    here.stage = s;
    verdict = s->plugin->is.open ? s->plugin->is.open(s->self) : ETL_OK;
    process_end_copy();
    stage_left_alone(s, "when it is opened");
    here.stage = NULL;
    s->phase = PHASE_NONE;
    s->broken = verdict != ETL_OK || s->failed;
    if (verdict != ETL_OK && !s->failed)
        plan_mistake(
            s->plan,
            &(struct mistake){ .code = E0510,
                               .at = s->section->at,
                               .stage = s,
                               .help = stage_is_by_path(s)
                                           ? "return etl_fail(self, \"why\"), which says it"
                                           : "please tell the plugin's author: open must "
                                             "say why" },
            "[%s] could not be opened, and its plugin gave no reason", s->name);
}

/* In order, so that each sees the fields of all earlier stages. Behind a broken one the schema is
 * not whole: then a field that nobody wrote may be that one's, and is not complained of. */
static void open_stages(struct plan *p)
{
    for (size_t i = 0; i < p->n_stages; i++) {
        struct stage *s = &p->stages[i];

        if (s->plugin)
            stage_read_fields(s);
        if (s->plugin && !s->broken)
            stage_write_fields(s);
        if (!s->broken)
            stage_open(s);
        if (s->broken && i < p->n_inputs + p->n_transforms)
            p->fields_unknown = true;
    }
    for (size_t i = 0; i < p->n_stages; i++)
        stage_sets(&p->stages[i], 0);
}

static bool make(struct plan *p, const struct plan_options *o, struct registry *r)
{
    if (!plan_settings(p, o))
        return false;
    check_order(p);
    if (!make_stages(p, o, r))
        return false;
    host_plan_set(p);
    process_output_away();
    open_stages(p);
    process_output_back();
    plan_tests(p);
    return p->mistakes == 0 && plan_hash(p);
}

struct plan *plan_make(const struct plan_options *o, struct registry *r, struct diag *d)
{
    struct plan *p = calloc(1, sizeof(*p));
    bool good = false;

    if (!p) {
        diag_error(d, E0771, NULL, "memory is out while the pipeline is made ready");
        return NULL;
    }
    p->diag = d;
    p->dry = o->dry;
    p->feed = o->feed;
    p->memory = calloc(1, sizeof(struct arena));
    p->exprs = calloc(1, sizeof(*p->exprs));
    p->n_exprs = 1;
    p->conf = conf_load(o->path, o->defines, o->n_defines, o->sets, o->n_sets, d);
    p->stores = o->stores;
    if (o->tests)
        p->test_conf = conf_load(o->tests, NULL, 0, NULL, 0, d);
    if (p->conf && (p->test_conf || !o->tests) && p->memory && p->exprs && schema_init(&p->schema) && plan_mistakes_begin(p, d)) {
        good = make(p, o, r) && p->diag->errors == 0;
        plan_mistakes_end(p);
    } else if (p->conf && (p->test_conf || !o->tests)) {
        plan_no_memory(p);
    }
    if (good)
        return p;
    plan_close(p);
    return NULL;
}

static void stage_end(struct stage *s)
{
    here.stage = s;
    if (s->opened && s->plugin->is.close)
        s->plugin->is.close(s->self);
    process_end_copy();
    here.stage = NULL;
    s->opened = false;
}

static void stage_free(struct stage *s)
{
    for (size_t i = 0; i < s->n_made; i++)
        if (s->made[i].kind == FILE_STREAM)
            stream_free(s->made[i].handle);
    stage_block_free(s->self);
    stage_block_free(s->state);
    expr_free(s->when);
}

void plan_close(struct plan *p)
{
    if (!p)
        return;
    process_output_away();
    for (size_t i = p->stages ? p->n_stages : 0; i-- > 0;)
        stage_end(&p->stages[i]);
    process_output_back();
    for (size_t i = 0; p->stages && i < p->n_stages; i++)
        stage_free(&p->stages[i]);
    for (size_t i = 1; i < p->n_exprs; i++)
        expr_free(p->exprs[i]);
    host_plan_unset(p);
    free(p->exprs);
    free(p->stages);
    schema_free(&p->schema);
    conf_free(p->conf);
    conf_free(p->test_conf);
    if (p->memory)
        arena_free(p->memory);
    free(p->memory);
    free(p);
}
