/* SPDX-License-Identifier: Apache-2.0 */
/* Host functions that plugins call while they open: fields, files to make, and saying why not. The
 * host table has one plan to speak of at a time, as etl_name is given no more than a field. */
#include "core/plan-private.h"
#include "core/run.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { MAX_FIELDS = 4096 };

static struct plan *_Atomic current;

void host_plan_set(struct plan *p)
{
    atomic_store(&current, p);
}

void host_plan_unset(const struct plan *p)
{
    struct plan *expected = (struct plan *)p;

    atomic_compare_exchange_strong(&current, &expected, NULL);
}

bool stage_failed(const struct stage *s)
{
    return __atomic_load_n(&s->failed, __ATOMIC_ACQUIRE);
}

void stage_set_failed(struct stage *s)
{
    __atomic_store_n(&s->failed, true, __ATOMIC_RELEASE);
}

/* Many threads may fail of one cause, and it is told once; while opening, each of several mistakes
 * is. Who comes second waits until it is told: the exit status comes from that. */
static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;

static bool begin_telling(struct stage *s)
{
    pthread_mutex_lock(&telling);
    if (!stage_failed(s) || s->phase == PHASE_OPEN)
        return true;
    pthread_mutex_unlock(&telling);
    return false;
}

static void end_telling(struct stage *s)
{
    stage_set_failed(s);
    pthread_mutex_unlock(&telling);
}

void stage_fail(struct stage *s, const struct diag_message *m)
{
    if (!begin_telling(s))
        return;
    diag_report(s->plan->diag, m);
    end_telling(s);
}

bool stage_is_by_path(const struct stage *s)
{
    return strchr(s->section->plugin, '/') || (s->plugin && !plugin_lies_by_name(s->plugin->path));
}

bool stage_broke_rules(struct stage *s, const char *what, const char *name)
{
    if (!begin_telling(s))
        return false;
    plan_mistake(s->plan,
                 &(struct mistake){ .code = E0510,
                                    .at = s->section->at,
                                    .stage = s,
                                    .help = stage_is_by_path(s)
                                                ? "`man etl-plugin` says from where each function "
                                                  "may be called, and with what"
                                                : "please tell the plugin's author" },
                 "plugin '%s' %s '%.255s'", s->plugin->is.name, what, name);
    end_telling(s);
    return false;
}

static bool fields_differ(struct stage *s, const struct schema_field *field, uint32_t type)
{
    const char *writer =
        field->stage == UINT32_MAX ? "etl itself" : s->plan->stages[field->stage].name;

    stage_set_failed(s);
    return plan_mistake(s->plan,
                        &(struct mistake){ .code = E0608,
                                           .at = s->section->at,
                                           .stage = s,
                                           .help = "only one of the two can be used in one "
                                                   "pipeline, unless a key gives the field another "
                                                   "name" },
                        "[%s] takes field '%s' for %s, but [%s] made it %s", s->name, field->name,
                        type_name(type), writer, type_name(field->type));
}

static bool not_written(struct stage *s, const char *name)
{
    stage_set_failed(s);
    if (s->plan->fields_unknown)
        return false;
    return plan_mistake(s->plan,
                        &(struct mistake){ .code = E0607,
                                           .at = s->section->at,
                                           .stage = s,
                                           .near = schema_near(&s->plan->schema, name),
                                           .help = "a section that writes it must stand before, or "
                                                   "a key here name another field" },
                        "[%s] reads field '%s', which nothing before it writes", s->name, name);
}

static uint32_t find_private(const struct stage *s, const char *name)
{
    const struct schema *schema = &s->plan->schema;

    for (uint32_t id = FIELD_FIRST_OWN; id < schema->n; id++)
        if (schema->fields[id].private_to_stage && schema->fields[id].stage == s->index &&
            strcmp(schema->fields[id].name, name) == 0)
            return id;
    return 0;
}

static bool may_declare(struct stage *s, const char *name, uint32_t type, uint32_t access)
{
    const char *fault = name ? field_name_fault(name) : "is NULL";
    char what[200];

    if (s->phase != PHASE_OPEN)
        return stage_broke_rules(s, "may declare fields in open alone, not", name ? name : "");
    if (fault) {
        snprintf(what, sizeof(what), "declares a field whose name %s:", fault);
        return stage_broke_rules(s, what, name ? name : "");
    }
    if (type < ETL_BOOL || type > ETL_LIST)
        return stage_broke_rules(s, "declares, with a type that this etl does not know, field", name);
    if (access == 0 || access & ~(uint32_t)(ETL_READS | ETL_WRITES | ETL_PRIVATE))
        return stage_broke_rules(s, "declares, with an access that this etl does not know, field", name);
    if (s->plan->schema.n >= MAX_FIELDS)
        return stage_broke_rules(s, "declares, beyond the 4,095 fields of a pipeline, field", name);
    return true;
}

etl_field host_declare(void *self, const char *name, uint32_t type, uint32_t access)
{
    struct stage *s = stage_of(self);
    struct schema *schema;
    bool hidden = (access & ETL_PRIVATE) != 0;
    uint32_t id;

    if (!s || !may_declare(s, name, type, access))
        return (etl_field){ 0 };
    schema = &s->plan->schema;
    id = hidden ? find_private(s, name) : schema_find(schema, name);
    if (id > 0 && schema->fields[id].type != type) {
        fields_differ(s, &schema->fields[id], type);
        return (etl_field){ 0 };
    }
    if (id > 0 && id < FIELD_FIRST_OWN && access & ETL_WRITES) {
        stage_broke_rules(s, "may not write a field that etl sets itself:", name);
        return (etl_field){ 0 };
    }
    if (id == 0 && !hidden && !(access & ETL_WRITES)) {
        not_written(s, name);
        return (etl_field){ 0 };
    }
    if (id == 0) {
        id = schema_add(schema, name, type, hidden, s->index);
        if (id == 0)
        {
            plan_no_memory(s->plan);
            stage_set_failed(s);
        }
    }
    if (id > 0 && (hidden || access & ETL_WRITES) && !stage_sets(s, id))
        stage_set_failed(s);
    return (etl_field){ id };
}

static const struct schema_field *field_of(etl_field field)
{
    const struct plan *p = atomic_load(&current);

    return p && field.id > 0 && field.id < p->schema.n ? &p->schema.fields[field.id] : NULL;
}

const char *host_name(etl_field field)
{
    const struct schema_field *f = field_of(field);

    return f ? f->name : "";
}

uint32_t host_type_of(etl_field field)
{
    const struct schema_field *f = field_of(field);

    return f ? f->type : ETL_NULL;
}

struct diag_place stage_fail_place(const struct stage *s, const char *option)
{
    for (size_t i = 0; option && i < s->plugin->n_options; i++)
        if (strcmp(s->plugin->options[i].name, option) == 0)
            return option_place(s, i, 0, 0);
    return s->section->at;
}

void host_fail(const void *self, int32_t err, const char *option, const char *msg, size_t len)
{
    struct stage *s = stage_of(self);
    bool opening = s && s->phase == PHASE_OPEN;
    struct mistake m = { .code = opening || option ? E0511 : E0520, .err = err, .stage = s };
    char help[100], figure[MEMORY_TEXT];

    if (!s || !begin_telling(s))
        return;
    m.at = stage_fail_place(s, option);
    /* Of a limit that may be raised; where there is none, memory is out. */
    if (err == ENOMEM && s->plan->run && s->phase != PHASE_OPEN &&
        (s->plan->memory_limit > 0 || s->plugin->is.state_size > 0)) {
        snprintf(help, sizeof(help),
                 "run the same command with --memory=%s; it goes on where it stopped",
                 memory_text(run_memory_for_stages(s->plan->run), figure));
        m.help = help;
    }
    plan_mistake(s->plan, &m, "[%s] %.*s", s->name, msg ? (int)(len > 1024 ? 1024 : len) : 0,
                 msg ? msg : "");
    end_telling(s);
}

/* A part may lie in a folder that the stage was given as a STORE. */
bool stage_in_store(const struct stage *s, const char *name)
{
    for (size_t i = 0; i < s->plugin->n_options; i++) {
        const char *store = s->options[i].text;
        size_t len = strlen(store);

        if (s->plugin->options[i].kind != ETL_OPTION_STORE || len == 0)
            continue;
        while (len > 1 && store[len - 1] == '/')
            len--;
        if (strncmp(name, store, len) == 0 && name[len] == '/' &&
            path_name_fault(name + len + 1) == NULL && !strchr(name + len + 1, '/'))
            return true;
    }
    return false;
}

static bool is_hosts_own(const char *name)
{
    static const char *const own[] = { "rejects.jsonl", "samples.jsonl", "manifest.json",
                                       "run.json", "progress.json", "report.html" };

    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    return strncmp(name, ".state", 6) == 0 && (name[6] == '/' || !name[6]);
}

static bool make_mistake(struct stage *s, enum diag_code code, const char *name, const char *what)
{
    struct diag_place at = s->section->at;

    for (size_t i = 0; i < s->plugin->n_options; i++)
        if (s->plugin->options[i].kind == ETL_OPTION_OUTPUT &&
            strcmp(s->options[i].text, name) == 0)
            at = option_place(s, i, 0, 0);
    stage_set_failed(s);
    return plan_mistake(s->plan, &(struct mistake){ .code = code, .at = at, .stage = s },
                        "output '%.255s' of [%s] %s", name, s->name, what);
}

/* One is the other, or a folder on its way. */
static bool names_clash(const char *a, const char *b)
{
    size_t n = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

    return memcmp(a, b, n) == 0 && (a[n] == '\0' || a[n] == '/') && (b[n] == '\0' || b[n] == '/');
}

static bool lies_in_store(struct stage *s, enum file_kind kind, const char *name)
{
    return kind == FILE_PART && stage_in_store(s, name);
}

/* A file that a stage makes already and that cannot be beside this one; a side file is the stage's
 * alone. */
static const struct stage_file *clashing(struct stage *s, enum file_kind kind, const char *name,
                                         const struct stage **maker)
{
    for (size_t i = 0; i < s->plan->n_stages; i++) {
        struct stage *other = &s->plan->stages[i];

        for (size_t k = 0; k < other->n_made; k++) {
            const struct stage_file *f = &other->made[k];

            if ((f->kind == FILE_STATE) == (kind == FILE_STATE) &&
                (kind != FILE_STATE || other == s) &&
                lies_in_store(other, f->kind, f->name) == lies_in_store(s, kind, name) &&
                names_clash(f->name, name)) {
                *maker = other;
                return f;
            }
        }
    }
    return NULL;
}

static bool name_is_good(struct stage *s, enum file_kind kind, const char *name)
{
    const struct stage *other = NULL;
    const struct stage_file *file = clashing(s, kind, name, &other);
    const char *fault = path_name_fault(name);
    char what[400];

    if (file && strcmp(file->name, name) == 0) {
        snprintf(what, sizeof(what), "is made by [%.100s] already; give one of them another name",
                 other->name);
        return make_mistake(s, E0615, name, what);
    }
    if (file) {
        snprintf(what, sizeof(what),
                 "cannot be made beside '%.200s' of [%.100s]: one of them would be a folder",
                 file->name, other->name);
        return make_mistake(s, E0615, name, what);
    }
    if (kind == FILE_STREAM && strcmp(name, "-") == 0)
        return true;
    if (kind == FILE_PART && stage_in_store(s, name))
        return true;
    if (kind != FILE_STATE && !fault && is_hosts_own(name))
        fault = "is a file of etl's own; choose another name";
    if (kind == FILE_STATE && !fault && strchr(name, '/'))
        fault = "has a '/' in it";
    return fault ? make_mistake(s, E0614, name, fault) : true;
}

struct stage_file *stage_make_file(struct stage *s, enum file_kind kind, const char *name)
{
    struct arena *memory = s->plan->memory;
    struct stage_file *file;

    if (s->phase != PHASE_OPEN && s->phase != PHASE_START) {
        stage_broke_rules(s, "may make files in open and start alone, not", name ? name : "");
        return NULL;
    }
    if (!name || s->n_made == STAGE_FILES) {
        stage_broke_rules(s,
                          name ? "makes more than 256 files with" : "makes a file without a name",
                          name ? name : "");
        return NULL;
    }
    if (!name_is_good(s, kind, name))
        return NULL;
    if (!s->made)
        s->made = arena_get(memory, STAGE_FILES * sizeof(*s->made));
    if (!s->made) {
        plan_no_memory(s->plan);
        return NULL;
    }
    file = &s->made[s->n_made];
    *file = (struct stage_file){ .kind = kind, .name = arena_string(memory, name, strlen(name)) };
    if (!file->name) {
        plan_no_memory(s->plan);
        return NULL;
    }
    s->n_made++;
    return file;
}
