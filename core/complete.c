/* SPDX-License-Identifier: Apache-2.0 */
/* What may follow on a command line that is being typed, from the tables that the help is made
 * from. A shell asks for it with `etl help --complete -- WORD...`; see docs/bash/etl. */
#define _GNU_SOURCE
#include "core/complete.h"

#include "core/option.h"
#include "core/plan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct typed {
    struct app *app;
    FILE *out;
    char **words; /* whole ones: bash parts them at each '=' */
    size_t n;
    const struct verb *verb;
    const char *arguments[16];
    size_t n_arguments;
    const struct cli_option *pending; /* the last word is its value */
    const char *current;
    const char *lead; /* what stands before it in its word: "--color=", or "" */
    size_t settled;   /* bytes of the word that bash has set apart, and that do not come again */
};

/* ---- candidates ---- */

/* before + name + after, if it goes on as the current word does. */
static void offer(const struct typed *t, const char *before, const char *name, const char *after)
{
    size_t lead = strlen(t->lead);
    char text[600];
    int n = snprintf(text, sizeof(text), "%s%s%s%s", t->lead, before, name, after);

    if (n < 0 || (size_t)n >= sizeof(text) || strpbrk(name, " \t\n\"'\\$`*") != NULL)
        return;
    if (strncmp(text + lead, t->current, strlen(t->current)) == 0)
        fprintf(t->out, "%s\n", text + (t->settled < (size_t)n ? t->settled : (size_t)n));
}

static void offer_files(const struct typed *t)
{
    fputs("*\n", t->out);
}

static void offer_folders(const struct typed *t)
{
    fputs("*/\n", t->out);
}

static void offer_verbs(const struct typed *t)
{
    for (const struct verb *v = verbs; v->name; v++)
        offer(t, "", v->name, "");
}

static void offer_plugins(const struct typed *t)
{
    for (int kind = ETL_KIND_INPUT; kind <= ETL_KIND_OUTPUT; kind++)
        for (const char *const *name = registry_names(t->app->registry, (enum etl_kind)kind); *name;
             name++)
            offer(t, "", *name, "");
}

static void offer_codes(const struct typed *t)
{
    for (int code = 0; code < DIAG_CODES; code++)
        offer(t, "", diag_code_name((enum diag_code)code), "");
}

/* Of "auto|bar|none" the words; what is in capitals stands for something else. */
static void offer_choices(const struct typed *t, const char *choices)
{
    char word[100];
    size_t len;

    for (const char *at = choices; *at; at += len + (at[len] == '|')) {
        len = strcspn(at, "|");
        if (len > 0 && len < sizeof(word) && islower((unsigned char)*at)) {
            snprintf(word, sizeof(word), "%.*s", (int)len, at);
            offer(t, "", word, "");
        }
    }
}

static void offer_options(const struct typed *t, const struct cli_option *table)
{
    char letter[2] = "";

    for (const struct cli_option *o = table; o && o->id; o++) {
        letter[0] = o->letter;
        if (o->name)
            offer(t, "--", o->name, o->argument && *o->argument != '[' ? "=" : "");
        else
            offer(t, "-", letter, "");
    }
}

/* ---- what the pipeline file on the command line says ---- */

static void forget(void *to, const struct diag_message *m)
{
    (void)to;
    (void)m;
}

static void offer_variables(const struct typed *t, const struct conf *c)
{
    for (size_t i = 0; i < c->n_sections; i++)
        for (size_t k = 0; c->sections[i].kind == CONF_VAR && k < c->sections[i].n_keys; k++)
            offer(t, "", c->sections[i].keys[k].name, "=");
}

static void offer_keys(const struct typed *t, const char *before, const etl_option *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        offer(t, before, keys[i].name, "=");
}

/* Plugins are loaded only where etl itself finds them by name: a key of the keyboard must not run
 * what a file names. */
static void offer_section_keys(const struct typed *t, const struct conf_section *s,
                               const char *before, struct diag *quiet)
{
    static const enum etl_kind kinds[] = { [CONF_INPUT] = ETL_KIND_INPUT,
                                           [CONF_TRANSFORM] = ETL_KIND_TRANSFORM,
                                           [CONF_OUTPUT] = ETL_KIND_OUTPUT };
    enum etl_kind kind = kinds[s->kind];
    const struct plugin *p = strchr(s->plugin, '/')
                                 ? NULL
                                 : registry_load(t->app->registry, kind, s->plugin, NULL, quiet);

    if (p)
        offer_keys(t, before, p->options, p->n_options);
    for (size_t i = 0; i < COMMON_KEYS; i++)
        if (common_keys[i].kinds & 1u << kind)
            offer_keys(t, before, &common_keys[i].option, 1);
}

/* SECTION. first, then its keys. */
static void offer_settings(const struct typed *t, const struct conf *c, struct diag *quiet)
{
    const char *typed = t->current, *name;
    char before[300];
    size_t n;
    const etl_option *keys = pipeline_keys(&n);

    offer(t, "", "pipeline", ".");
    if (strncmp(typed, "pipeline.", 9) == 0)
        offer_keys(t, "pipeline.", keys, n);
    for (size_t i = 0; c && i < c->n_sections; i++) {
        const struct conf_section *s = &c->sections[i];

        if (s->kind != CONF_INPUT && s->kind != CONF_TRANSFORM && s->kind != CONF_OUTPUT)
            continue;
        name = s->label ? s->label : s->plugin;
        snprintf(before, sizeof(before), "%s.", name);
        if (strncmp(typed, before, strlen(before)) == 0)
            offer_section_keys(t, s, before, quiet);
        else
            offer(t, "", name, ".");
    }
}

static void offer_of_pipeline(const struct typed *t, bool variables)
{
    struct diag quiet;
    struct conf *c;

    if (!diag_init(&quiet, forget, NULL))
        return;
    c = t->n_arguments > 0 ? conf_load(t->arguments[0], NULL, 0, NULL, 0, &quiet) : NULL;
    if (!variables)
        offer_settings(t, c, &quiet);
    else if (c)
        offer_variables(t, c);
    conf_free(c);
    diag_free(&quiet);
}

/* ---- values and arguments, by the word that stands for them in the help ---- */

static bool is_word(const char *word, size_t len, const char *other)
{
    return strlen(other) == len && memcmp(word, other, len) == 0;
}

static void offer_meant(const struct typed *t, const char *what, size_t len)
{
    char choices[200];

    if (is_word(what, len, "DIR") || is_word(what, len, "RUNDIR")) {
        offer_folders(t);
    } else if (is_word(what, len, "NAME=VALUE")) {
        offer_of_pipeline(t, true);
    } else if (is_word(what, len, "SECTION.KEY=VALUE")) {
        offer_of_pipeline(t, false);
    } else if (is_word(what, len, "KIND")) {
        offer_choices(t, "input|transform|output");
    } else if (strchr(t->current, '/')) {
        offer_files(t);
    } else if (is_word(what, len, "NAME")) {
        offer_plugins(t);
    } else if (is_word(what, len, "WORD")) {
        offer_verbs(t);
        offer_plugins(t);
        offer_codes(t);
    } else if (len < sizeof(choices) && memchr(what, '|', len)) {
        snprintf(choices, sizeof(choices), "%.*s", (int)len, what);
        offer_choices(t, choices);
    } else if (islower((unsigned char)*what) && len < sizeof(choices)) {
        snprintf(choices, sizeof(choices), "%.*s", (int)len, what);
        offer(t, "", choices, "");
    } else if (is_word(what, len, "PIPELINE") || is_word(what, len, "PATH") ||
               is_word(what, len, "FILE") || is_word(what, len, "DOCREF")) {
        offer_files(t);
    }
}

/* The next word of "plugin KIND NAME", without brackets and dots. NULL: there is none. */
static const char *next_meant(const char **at, size_t *len, bool *repeats)
{
    const char *word = *at + strspn(*at, " [");

    *len = strcspn(word, " ].");
    *at = word + strcspn(word, " ");
    *repeats = *len > 0 && strncmp(word + *len, "...", 3) == 0;
    return *len > 0 ? word : NULL;
}

/* One of the ways in which a verb is called: goes with it what stands before? */
static void offer_argument(const struct typed *t, const char *way)
{
    const char *what = NULL;
    size_t len = 0;
    bool repeats = false;

    for (size_t i = 0; i <= t->n_arguments; i++) {
        if (!repeats && !(what = next_meant(&way, &len, &repeats)))
            return;
        if (i < t->n_arguments && islower((unsigned char)*what) &&
            !is_word(what, len, t->arguments[i]))
            return;
    }
    offer_meant(t, what, len);
}

static void offer_arguments(const struct typed *t)
{
    char ways[300], *way, *rest = ways;

    snprintf(ways, sizeof(ways), "%s", t->verb->arguments);
    while (rest) {
        way = rest;
        rest = strstr(rest, " | ");
        if (rest) {
            *rest = '\0';
            rest += 3;
        }
        offer_argument(t, way);
    }
}

/* ---- the words so far ---- */

static const struct cli_option *find_in(const struct cli_option *table, const char *word)
{
    for (const struct cli_option *o = table; o && o->id; o++) {
        size_t len = o->name ? strlen(o->name) : 0;

        if (len > 0 && strncmp(word, "--", 2) == 0 && strncmp(word + 2, o->name, len) == 0 &&
            (word[2 + len] == '\0' || word[2 + len] == '='))
            return o;
        if (o->letter && word[0] == '-' && word[1] == o->letter && word[2] == '\0')
            return o;
    }
    return NULL;
}

static const struct cli_option *option_of(const struct typed *t, const char *word)
{
    const struct cli_option *o = t->verb ? find_in(t->verb->options, word) : NULL;

    return o ? o : find_in(global_options, word);
}

static void take_word(struct typed *t, const char *word)
{
    const struct cli_option *o;

    if (t->pending) {
        t->pending = NULL;
    } else if (*word == '-' && word[1]) {
        o = option_of(t, word);
        if (o && o->argument && *o->argument != '[' && !strchr(word, '='))
            t->pending = o;
    } else if (!t->verb) {
        t->verb = verb_named(word);
    } else if (t->n_arguments < sizeof(t->arguments) / sizeof(*t->arguments)) {
        t->arguments[t->n_arguments++] = word;
    }
}

/* "--color", "=", "al" are one word. */
static bool glue(struct typed *t, size_t n, char **words)
{
    bool open = false;

    t->words = calloc(n + 1, sizeof(*t->words));
    for (size_t i = 0; t->words && i < n; i++) {
        bool sign = strcmp(words[i], "=") == 0 && t->n > 0;
        char *whole = NULL;

        if (!sign && !open) {
            t->words[t->n] = strdup(words[i]);
            if (!t->words[t->n++])
                return false;
            t->settled = 0;
            continue;
        }
        if (asprintf(&whole, "%s%s", t->words[t->n - 1], words[i]) < 0)
            return false;
        t->settled = strlen(whole) - (sign ? 0 : strlen(words[i]));
        free(t->words[t->n - 1]);
        t->words[t->n - 1] = whole;
        open = sign;
    }
    return t->words != NULL;
}

/* --name=VALUE, of which the value is being typed. */
static void offer_value(struct typed *t, const char *equals)
{
    const struct cli_option *o = option_of(t, t->current);
    const char *what = o && o->argument ? o->argument + (*o->argument == '[') : NULL;
    char *lead = strndup(t->current, (size_t)(equals + 1 - t->current));

    if (what && lead) {
        t->lead = lead;
        t->current = equals + 1;
        offer_meant(t, what, strcspn(what, "]"));
    }
    free(lead);
}

static void offer_all(struct typed *t)
{
    const char *equals = strchr(t->current, '=');

    if (t->pending) {
        offer_meant(t, t->pending->argument, strlen(t->pending->argument));
    } else if (strncmp(t->current, "--", 2) == 0 && equals) {
        offer_value(t, equals);
    } else if (*t->current == '-') {
        offer_options(t, t->verb ? t->verb->options : NULL);
        offer_options(t, global_options);
    } else if (!t->verb) {
        offer_verbs(t);
    } else {
        offer_arguments(t);
    }
}

bool complete(struct app *app, size_t n, char **words, FILE *out)
{
    struct typed t = { .app = app, .out = out, .lead = "" };
    bool good = glue(&t, n, words);

    for (size_t i = 0; good && i + 1 < t.n; i++)
        take_word(&t, t.words[i]);
    t.current = good && t.n > 0 ? t.words[t.n - 1] : "";
    if (good)
        offer_all(&t);
    for (size_t i = 0; t.words && i < t.n; i++)
        free(t.words[i]);
    free(t.words);
    return good;
}
