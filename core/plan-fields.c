/* SPDX-License-Identifier: Apache-2.0 */
/* Options that name fields, and expressions: looked up in what all earlier stages declared. */
#include "core/plan-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *field_name_fault(const char *name)
{
    if (!*name)
        return "is empty";
    if (strnlen(name, 256) > 255)
        return "is longer than 255 bytes";
    if (*name >= '0' && *name <= '9')
        return "begins with a digit";
    for (const char *c = name; *c; c++)
        if ((*c >= 0 && *c <= ' ') || (strchr("\"#'(),;=!*<>[]\\`{}", *c) && *c) || *c == 0x7f)
            return "may have letters, digits and _ - . : @ / $ only";
    return NULL;
}

/* Passes on what is wrong whatever the fields are. */
static void but_unknown_fields(void *to, const struct diag_message *m)
{
    if (m->code != E0131)
        diag_report(to, m);
}

static struct expr *compile(struct stage *s, const struct conf_key *key)
{
    struct plan *p = s->plan;
    size_t before = p->diag->errors;
    struct diag most;
    struct expr *e;

    if (p->fields_unknown) {
        if (!diag_init(&most, but_unknown_fields, p->diag))
            return NULL;
        e = expr_compile(key, &p->schema, &most);
        diag_free(&most);
    } else {
        e = expr_compile(key, &p->schema, p->diag);
    }
    p->mistakes += p->diag->errors - before;
    s->broken = s->broken || !e;
    return e;
}

static void set_expr(struct stage *s, size_t i)
{
    const etl_option *o = &s->plugin->options[i];
    struct plan *p = s->plan;
    struct conf_key preset = { .name = o->name,
                               .value = s->options[i].text,
                               .value_len = strlen(s->options[i].text),
                               .name_at = s->section->at,
                               .value_at = s->section->at,
                               .origin = "preset" };
    struct expr **grown, *e;

    if (!*s->options[i].text && o->preset)
        return;
    e = compile(s, s->options[i].key ? s->options[i].key : &preset);
    if (!e)
        return;
    grown = realloc(p->exprs, (p->n_exprs + 1) * sizeof(*grown));
    if (!grown) {
        expr_free(e);
        plan_no_memory(p);
        return;
    }
    p->exprs = grown;
    p->exprs[p->n_exprs] = e;
    ((etl_expr *)option_member(s, i))->id = (uint32_t)p->n_exprs++;
}

static void wrong_type(struct stage *s, size_t i, const char *name, uint32_t type,
                       struct diag_place at)
{
    const etl_option *o = &s->plugin->options[i];

    s->broken = true;
    plan_mistake(s->plan, &(struct mistake){ .code = E0608, .at = at, .stage = s },
                 "field '%s' is of type %s, but key '%s' in [%s] takes %s", name, type_name(type),
                 o->name, s->name, o->limits);
}

/* The id of a field that must be there by now, its type checked; 0: reported. */
static uint32_t find_field(struct stage *s, size_t i, const char *name, struct diag_place at)
{
    const etl_option *o = &s->plugin->options[i];
    const struct schema *schema = &s->plan->schema;
    uint32_t id = schema_find(schema, name);
    const char *preset = s->options[i].key ? NULL : "the field is the preset of the key";

    if (id == 0) {
        s->broken = true;
        if (!s->plan->fields_unknown)
            plan_mistake(s->plan,
                         &(struct mistake){ .code = E0607,
                                            .at = at,
                                            .stage = s,
                                            .near = schema_near(schema, name),
                                            .note = preset },
                         "key '%s' in [%s] reads field '%s', which nothing before it writes",
                         o->name, s->name, name);
        return 0;
    }
    if (!(option_types(o->limits) & 1u << schema->fields[id].type)) {
        wrong_type(s, i, name, schema->fields[id].type, at);
        return 0;
    }
    return id;
}

/* False: no field is meant (left out), or a mistake. */
static bool one_name(struct stage *s, size_t i)
{
    const char *text = s->options[i].text, *fault;
    char what[200];

    if (!*text && s->plugin->options[i].preset && !*s->plugin->options[i].preset)
        return false;
    fault = field_name_fault(text);
    if (!fault)
        return true;
    s->broken = true;
    snprintf(what, sizeof(what), "is no name of a field: it %s", fault);
    return option_mistake(s, i, E0605, NULL, what);
}

static void set_read(struct stage *s, size_t i)
{
    etl_field *member = option_member(s, i);

    if (one_name(s, i))
        member->id = find_field(s, i, s->options[i].text, option_place(s, i, 0, 0));
}

/* One item of a list of fields: `*`, `!name`, `name` or `column=name`. */
struct item {
    bool star, except;
    const char *as;
    uint32_t id;
    struct diag_place at;
};

struct list {
    struct stage *stage;
    size_t option;
    struct item *items;
    size_t n;
    bool *taken;          /* by field id: named by itself, so `*` leaves it out */
    struct item *columns; /* the result */
    size_t n_columns;
};

static char *trimmed(char *text)
{
    char *end = text + strlen(text);

    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    return text + strspn(text, " \t");
}

static bool list_mistake(struct list *l, const struct item *item, const char *help,
                         const char *what)
{
    struct stage *s = l->stage;

    s->broken = true;
    return plan_mistake(
        s->plan, &(struct mistake){ .code = E0609, .at = item->at, .stage = s, .help = help },
        "key '%s' in [%s]: %s", s->plugin->options[l->option].name, s->name, what);
}

static bool item_read(struct list *l, struct item *item, char *text)
{
    bool columns = l->stage->plugin->options[l->option].kind == ETL_OPTION_COLUMNS;
    char *name = text, *equals;

    item->star = strcmp(text, "*") == 0;
    if (item->star)
        return true;
    item->except = *text == '!';
    if (item->except)
        name = trimmed(text + 1);
    equals = columns && !item->except ? strchr(text, '=') : NULL;
    if (equals) {
        *equals = '\0';
        name = trimmed(equals + 1);
    }
    item->as = equals ? trimmed(text) : name;
    if (!*item->as)
        return list_mistake(l, item, "as in content=text", "a column has no name");
    item->id = find_field(l->stage, l->option, name, item->at);
    if (item->id == 0)
        return false;
    if (l->taken[item->id] && (!columns || item->except)) {
        list_mistake(l, item, NULL, "a field stands in the list twice");
        return false;
    }
    l->taken[item->id] = true;
    return true;
}

static bool items_read(struct list *l)
{
    struct stage *s = l->stage;
    struct arena *memory = s->plan->memory;
    struct conf_piece *pieces = option_pieces(s, l->option, &l->n);
    const struct item *star = NULL;
    bool good = true;

    l->items = arena_get(memory, (l->n + 1) * sizeof(*l->items));
    l->taken = arena_get(memory, s->plan->schema.n * sizeof(*l->taken));
    if (!pieces || !l->items || !l->taken) {
        s->broken = true;
        return false;
    }
    memset(l->items, 0, (l->n + 1) * sizeof(*l->items));
    memset(l->taken, 0, s->plan->schema.n * sizeof(*l->taken));
    for (size_t k = 0; k < l->n; k++) {
        char *text =
            arena_string(memory, s->options[l->option].text + pieces[k].offset, pieces[k].len);

        if (!text)
            return plan_no_memory(s->plan);
        l->items[k].at = option_place(s, l->option, pieces[k].offset, pieces[k].len);
        good = item_read(l, &l->items[k], text) && good;
        if (l->items[k].star && star)
            good = list_mistake(l, &l->items[k], NULL, "'*' stands in the list twice");
        if (l->items[k].star)
            star = &l->items[k];
    }
    for (size_t k = 0; k < l->n && !star; k++)
        if (l->items[k].except)
            good = list_mistake(l, &l->items[k], "'*, !name' is all but that one",
                                "'!' takes a field out of '*', which is not in the list");
    return good;
}

/* `*` is every public field declared by now that is not named by itself, in their order. */
static bool list_expand(struct list *l)
{
    const struct schema *schema = &l->stage->plan->schema;
    uint32_t types = option_types(l->stage->plugin->options[l->option].limits);

    l->columns = arena_get(l->stage->plan->memory, (l->n + schema->n) * sizeof(*l->columns));
    if (!l->columns)
        return plan_no_memory(l->stage->plan);
    for (size_t k = 0; k < l->n; k++) {
        if (!l->items[k].star && !l->items[k].except)
            l->columns[l->n_columns++] = l->items[k];
        for (uint32_t id = 1; l->items[k].star && id < schema->n; id++)
            if (!l->taken[id] && !schema->fields[id].private_to_stage &&
                types & 1u << schema->fields[id].type)
                l->columns[l->n_columns++] =
                    (struct item){ .as =
                                       arena_string(l->stage->plan->memory, schema->fields[id].name,
                                                    strlen(schema->fields[id].name)),
                                   .id = id,
                                   .at = l->items[k].at };
    }
    for (size_t k = 0; k < l->n_columns; k++)
        if (!l->columns[k].as)
            return plan_no_memory(l->stage->plan);
    return true;
}

static int by_column(const void *a, const void *b)
{
    return strcmp((*(const struct item *const *)a)->as, (*(const struct item *const *)b)->as);
}

static bool columns_differ(struct list *l)
{
    const struct item **sorted = malloc((l->n_columns + 1) * sizeof(*sorted));
    char what[400];
    bool good = true;

    if (!sorted)
        return plan_no_memory(l->stage->plan);
    for (size_t k = 0; k < l->n_columns; k++)
        sorted[k] = &l->columns[k];
    qsort(sorted, l->n_columns, sizeof(*sorted), by_column);
    for (size_t k = 1; k < l->n_columns && good; k++)
        if (strcmp(sorted[k]->as, sorted[k - 1]->as) == 0) {
            snprintf(what, sizeof(what), "two columns are named '%.255s'", sorted[k]->as);
            good = list_mistake(l, sorted[k] > sorted[k - 1] ? sorted[k] : sorted[k - 1],
                                "leave one out with !name, or give it another name: column=field",
                                what);
        }
    free(sorted);
    return good;
}

static void list_store(struct list *l)
{
    struct stage *s = l->stage;
    struct arena *memory = s->plan->memory;
    bool columns = s->plugin->options[l->option].kind == ETL_OPTION_COLUMNS;
    size_t n = l->n_columns;
    etl_field *fields = columns ? NULL : arena_get(memory, (n + 1) * sizeof(*fields));
    etl_column *at = columns ? arena_get(memory, (n + 1) * sizeof(*at)) : NULL;

    if (!fields && !at) {
        plan_no_memory(s->plan);
        return;
    }
    for (size_t k = 0; k < n; k++)
        if (columns)
            at[k] = (etl_column){ { l->columns[k].id }, l->columns[k].as };
        else
            fields[k].id = l->columns[k].id;
    if (columns)
        *(etl_columns *)option_member(s, l->option) = (etl_columns){ at, n };
    else
        *(etl_fields *)option_member(s, l->option) = (etl_fields){ fields, n };
}

static void set_list(struct stage *s, size_t i)
{
    const etl_option *o = &s->plugin->options[i];
    struct list l = { .stage = s, .option = i };
    struct option_fault f;

    if (!*s->options[i].text && o->preset && !*o->preset)
        return;
    if (!items_read(&l) || !list_expand(&l))
        return;
    if (l.n_columns == 0 && !o->limits) {
        s->broken = true;
        option_mistake(s, i, E0609, NULL, "names no field");
    } else if (!option_count_valid(o, l.n_columns, &f)) {
        s->broken = true;
        option_mistake(s, i, E0605, NULL, f.text);
    } else if (o->kind != ETL_OPTION_COLUMNS || columns_differ(&l)) {
        list_store(&l);
    }
}

void stage_read_fields(struct stage *s)
{
    const struct conf_key *when = conf_find(s->section, "when");

    if (when && s->plugin->is.kind != ETL_KIND_INPUT)
        s->when = compile(s, when);
    for (size_t i = 0; i < s->plugin->n_options; i++) {
        if (!s->options[i].key && !s->plugin->options[i].preset)
            continue; /* missing, and said so */
        if (s->plugin->options[i].kind == ETL_OPTION_EXPR)
            set_expr(s, i);
        else if (s->plugin->options[i].kind == ETL_OPTION_READS)
            set_read(s, i);
        else if (s->plugin->options[i].kind == ETL_OPTION_FIELDS ||
                 s->plugin->options[i].kind == ETL_OPTION_COLUMNS)
            set_list(s, i);
    }
}

bool stage_sets(struct stage *s, uint32_t id)
{
    uint32_t n = s->plan->schema.n;
    bool *grown;

    if (n > s->n_sets) {
        n += 32;
        grown = arena_get(s->plan->memory, n * sizeof(*grown));
        if (!grown)
            return plan_no_memory(s->plan);
        memset(grown, 0, n * sizeof(*grown));
        if (s->n_sets > 0)
            memcpy(grown, s->sets, s->n_sets * sizeof(*grown));
        s->sets = grown;
        s->n_sets = n;
    }
    s->sets[id] = true;
    return true;
}

static void set_written(struct stage *s, size_t i)
{
    const etl_option *o = &s->plugin->options[i];
    const char *name = s->options[i].text;
    etl_field *member = option_member(s, i);
    uint32_t id;

    if (!one_name(s, i))
        return;
    id = schema_find(&s->plan->schema, name);
    if (id > 0 && id < FIELD_FIRST_OWN) {
        s->broken = true;
        option_mistake(s, i, E0605, NULL, "is a field that etl sets itself; choose another name");
        return;
    }
    if (o->kind == ETL_OPTION_EDITS)
        id = find_field(s, i, name, option_place(s, i, 0, 0));
    else if (id == 0)
        id = schema_add(&s->plan->schema, name, option_first_type(o->limits), false, s->index);
    else if (!(option_types(o->limits) & 1u << s->plan->schema.fields[id].type)) {
        wrong_type(s, i, name, s->plan->schema.fields[id].type, option_place(s, i, 0, 0));
        return;
    }
    if (id == 0 && o->kind != ETL_OPTION_EDITS)
        plan_no_memory(s->plan);
    if (id > 0)
        stage_sets(s, id);
    member->id = id;
}

void stage_write_fields(struct stage *s)
{
    for (size_t i = 0; i < s->plugin->n_options; i++)
        if (s->plugin->options[i].kind == ETL_OPTION_WRITES ||
            s->plugin->options[i].kind == ETL_OPTION_EDITS)
            set_written(s, i);
}
