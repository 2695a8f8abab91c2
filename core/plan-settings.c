/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of [pipeline]: what holds for the run as a whole. The command line wins over them. */
#include "core/plan-private.h"
#include "common/nearest.h"

#include <stdio.h>
#include <string.h>

enum { NAME, FORMAT, OUT, MAX_REJECTS, MAX_REJECTS_SIZE, BARRIER_INTERVAL, MEMORY, SETTINGS };

static const etl_option settings[SETTINGS] = {
    [NAME] = { ETL_OPTION_TEXT, 0, 0, "name", "", NULL,
               "What the pipeline is called; without it, the name of the file" },
    [FORMAT] = { ETL_OPTION_INT, 0, 0, "format", "1", NULL, "Version of the syntax" },
    [OUT] = { ETL_OPTION_TEXT, 0, 0, "out", "", NULL, "The run directory; without it, out/NAME" },
    [MAX_REJECTS] = { ETL_OPTION_TEXT, 0, 0, "max_rejects", "1%", NULL,
                      "More rejects than that, a number or a share, and nothing is published; a share is rounded "
                      "up, so that of few documents one may be rejected" },
    [MAX_REJECTS_SIZE] = { ETL_OPTION_SIZE, 0, 0, "max_rejects_size", "1G", "0..",
                           "rejects.jsonl grows to that; then rejects are only counted" },
    [BARRIER_INTERVAL] = { ETL_OPTION_DURATION, 0, 0, "barrier_interval", "10s", "1ms..1d",
                           "Progress is made safe that often" },
    [MEMORY] = { ETL_OPTION_SIZE, 0, 0, "memory", "", "16M..",
                 "For batches, readers and the budgets of stages; past it a run stops and says what would do" },
};

const etl_option *pipeline_keys(size_t *n)
{
    *n = SETTINGS;
    return settings;
}

static const struct conf_key *setting(const struct plan *p, size_t which)
{
    const struct conf_key *key = NULL;

    for (size_t i = 0; i < p->conf->n_sections && !key; i++)
        if (p->conf->sections[i].kind == CONF_PIPELINE)
            key = conf_find(&p->conf->sections[i], settings[which].name);
    return key;
}

static bool wrong(struct plan *p, const struct conf_key *key, const char *name, const char *text,
                  const char *why)
{
    return plan_mistake(p,
                        &(struct mistake){ .code = key ? E0605 : E0204,
                                           .at = key ? key->value_at : (struct diag_place){ 0 } },
                        "'%s' of %s %s", text, name, why);
}

static void check_unknown(struct plan *p, const struct conf_section *s)
{
    const char *names[SETTINGS];

    for (size_t i = 0; i < SETTINGS; i++)
        names[i] = settings[i].name;
    for (size_t i = 0; i < s->n_keys && p->mistakes < MAX_MISTAKES; i++) {
        size_t known = 0;

        while (known < SETTINGS && strcmp(s->keys[i].name, names[known]) != 0)
            known++;
        if (known == SETTINGS && strcmp(s->keys[i].name, "include") != 0)
            plan_mistake(p,
                         &(struct mistake){ .code = E0103,
                                            .at = s->keys[i].name_at,
                                            .near = nearest(s->keys[i].name, names, SETTINGS) },
                         "unknown key '%s' in [pipeline]", s->keys[i].name);
    }
}

/* A whole number, as said or preset; 0 where it is left out. */
static int64_t number(struct plan *p, size_t which, const char *given, const char *option)
{
    const struct conf_key *key = given ? NULL : setting(p, which);
    const char *text = given ? given : key ? key->value : settings[which].preset;
    const char *name = given ? option : settings[which].name;
    union option_value v = { 0 };
    struct option_fault f;

    if (!key && !*text)
        return 0;
    if (!option_parse(&settings[which], text, &v, &f))
        wrong(p, key, name, text, f.text);
    return v.integer;
}

static void read_max_rejects(struct plan *p, const char *given)
{
    const struct conf_key *key = given ? NULL : setting(p, MAX_REJECTS);
    const char *text = given ? given : key ? key->value : settings[MAX_REJECTS].preset;
    size_t len = strlen(text);
    const char *why = "";
    bool share = len > 0 && text[len - 1] == '%';
    char digits[64];

    p->max_rejects = -1;
    p->max_rejects_share = 0.01;
    if (len >= sizeof(digits))
        len = sizeof(digits) - 1;
    snprintf(digits, sizeof(digits), "%.*s", (int)(len - share), text);
    if (share ? conf_real(digits, &p->max_rejects_share, &why) && p->max_rejects_share >= 0 &&
                    p->max_rejects_share <= 100
              : conf_int(digits, &p->max_rejects, &why) && p->max_rejects >= 0) {
        p->max_rejects_share /= share ? 100 : 1;
        return;
    }
    wrong(p, key, given ? "--max-rejects" : "max_rejects", text,
          "is neither a number of records, as 100, nor a share of them, as 1%");
}

/* The file's name without folder and ".conf". */
static char *base_name(struct plan *p)
{
    const char *slash = strrchr(p->conf->path, '/');
    const char *name = slash ? slash + 1 : p->conf->path;
    size_t len = strlen(name);

    if (len > 5 && strcmp(name + len - 5, ".conf") == 0)
        len -= 5;
    return arena_string(p->memory, name, len);
}

static bool read_names(struct plan *p, const struct plan_options *o)
{
    const struct conf_key *key = setting(p, NAME), *out = setting(p, OUT);
    const char *fault = key ? path_name_fault(key->value) : NULL;
    const char *where = o->out ? o->out : out ? out->value : NULL;
    struct buffer b = { 0 };

    if (fault || (key && strchr(key->value, '/')))
        wrong(p, key, "name", key->value, fault ? fault : "has a '/' in it");
    p->name = key ? arena_string(p->memory, key->value, key->value_len) : base_name(p);
    if (where && !*where)
        wrong(p, o->out ? NULL : out, o->out ? "--out" : "out", where,
              "is empty; name a folder for the results");
    if (!where)
        buffer_printf(&b, "out/%s", p->name ? p->name : "");
    else
        buffer_puts(&b, where);
    buffer_string(&b);
    p->out = b.failed ? NULL : arena_string(p->memory, b.data, b.len);
    buffer_free(&b);
    return (p->name && p->out) || plan_no_memory(p);
}

bool plan_settings(struct plan *p, const struct plan_options *o)
{
    const struct conf_key *format = setting(p, FORMAT);

    for (size_t i = 0; i < p->conf->n_sections; i++)
        if (p->conf->sections[i].kind == CONF_PIPELINE)
            check_unknown(p, &p->conf->sections[i]);
    if (format && strcmp(format->value, "1") != 0)
        plan_mistake(p,
                     &(struct mistake){
                         .code = E0618, .at = format->value_at, .help = "a later etl may know it" },
                     "this etl knows format 1 of pipeline files, not '%s'", format->value);
    read_max_rejects(p, o->max_rejects);
    p->max_rejects_size = number(p, MAX_REJECTS_SIZE, NULL, NULL);
    p->barrier_interval = number(p, BARRIER_INTERVAL, NULL, NULL);
    p->memory_limit = number(p, MEMORY, o->memory, "--memory");
    return read_names(p, o);
}

void plan_print_settings(const struct plan *p, FILE *out)
{
    fputs("[pipeline]\n", out);
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct conf_key *key = setting(p, i);
        const char *text = key ? key->value : settings[i].preset;

        const char *origin = key ? key->origin : "preset";

        if (i == NAME || i == OUT)
            text = i == NAME ? p->name : p->out;
        if (i == OUT && key && strcmp(key->value, p->out) != 0)
            origin = "-o";
        else if (i == NAME && !key)
            origin = "the name of the file";
        if (*text)
            plan_print_key(out, settings[i].name, text, key && key->quoted, origin);
    }
}
