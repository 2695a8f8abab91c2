/* SPDX-License-Identifier: Apache-2.0 */
/* etl help: about a verb, an error code, a plugin; of any other word, where it occurs. */
#include "core/complete.h"
#include "core/option.h"
#include "core/plan.h"
#include "common/nearest.h"

#include <string.h>

static void show_code(enum diag_code code)
{
    printf("%s: %s\n\n%s\n\nexit status %d\n", diag_code_name(code), diag_code_title(code),
           diag_code_text(code), (int)diag_code_status(code));
}

/* All of word stands in text, small and capital ASCII letters alike. */
static bool holds_word(const char *text, const char *word, size_t len)
{
    for (; *text; text++) {
        size_t i = 0;

        while (i < len && text[i] &&
               (text[i] == word[i] || ((text[i] ^ word[i]) == 0x20 &&
                                       ((word[i] | 0x20) >= 'a' && (word[i] | 0x20) <= 'z'))))
            i++;
        if (i == len)
            return true;
    }
    return false;
}

/* Each of the words. */
static bool holds(const char *text, const char *words)
{
    size_t len;

    for (; text && *words; words += len) {
        words += strspn(words, " ");
        len = strcspn(words, " ");
        if (!holds_word(text, words, len))
            return false;
    }
    return text != NULL;
}

static size_t search_verbs(const char *word)
{
    size_t n = 0;

    for (const struct verb *v = verbs; v->name; v++) {
        bool found = holds(v->name, word) || holds(v->summary, word);

        if (found && ++n)
            printf("  etl help %-12s %s\n", v->name, v->summary);
        for (const struct cli_option *o = v->options; o && o->id; o++)
            if (o->name && (holds(o->name, word) || holds(o->help, word)) && ++n)
                printf("  etl %s --%s   %s\n", v->name, o->name, o->help);
    }
    return n;
}

static size_t search_codes(const char *word)
{
    size_t n = 0;

    for (int code = 0; code < DIAG_CODES; code++)
        if ((holds(diag_code_title((enum diag_code)code), word) ||
             holds(diag_code_text((enum diag_code)code), word)) &&
            ++n)
            printf("  etl help %-12s %s\n", diag_code_name((enum diag_code)code),
                   diag_code_title((enum diag_code)code));
    return n;
}

static size_t search_plugin(const struct plugin *p, const char *word)
{
    size_t n = 0;

    if ((holds(p->is.name, word) || holds(p->is.summary, word) || holds(p->is.doc, word)) && ++n)
        printf("  etl plugins %-9s %s: %s\n", p->is.name, kind_name(p->is.kind), p->is.summary);
    for (size_t i = 0; i < p->n_options; i++)
        if ((holds(p->options[i].name, word) || holds(p->options[i].doc, word)) && ++n)
            printf("  [%s %s] %s   %s\n", kind_name(p->is.kind), p->is.name, p->options[i].name,
                   p->options[i].doc ? p->options[i].doc : "");
    return n;
}

/* Plugins that cannot be loaded are passed over here; `etl plugins` says why. */
static void forget(void *to, const struct diag_message *m)
{
    (void)to;
    (void)m;
}

static size_t each_plugin(struct app *app, const char *word, bool pages)
{
    struct diag quiet;
    size_t n = 0;

    if (!diag_init(&quiet, forget, NULL))
        return 0;
    for (int kind = ETL_KIND_INPUT; kind <= ETL_KIND_OUTPUT; kind++) {
        const char *const *names = registry_names(app->registry, (enum etl_kind)kind);

        for (; *names; names++) {
            const struct plugin *p =
                pages && strcmp(*names, word) != 0
                    ? NULL
                    : registry_load(app->registry, (enum etl_kind)kind, *names, NULL, &quiet);

            if (p && pages) {
                fputs(n++ ? "\n\n" : "", stdout);
                plugin_page(p, stdout);
            } else if (p) {
                n += search_plugin(p, word);
            }
        }
    }
    diag_free(&quiet);
    return n;
}

static size_t search_common(const char *word)
{
    size_t n = 0, n_keys;
    const etl_option *keys = pipeline_keys(&n_keys);

    for (size_t i = 0; i < n_keys; i++)
        if ((holds(keys[i].name, word) || holds(keys[i].doc, word)) && ++n)
            printf("  [pipeline] %s   %s%s%s%s\n", keys[i].name, keys[i].doc,
                   *keys[i].preset ? " [" : "", keys[i].preset, *keys[i].preset ? "]" : "");
    for (size_t i = 0; i < COMMON_KEYS; i++)
        if ((holds(common_keys[i].option.name, word) || holds(common_keys[i].option.doc, word)) &&
            ++n)
            printf("  %s   %s\n", common_keys[i].option.name, common_keys[i].option.doc);
    return n;
}

static const char *verb_meant(const char *word)
{
    const char *names[32];
    size_t n = 0;

    for (const struct verb *v = verbs; v->name && n < 32; v++)
        names[n++] = v->name;
    return nearest(word, names, n);
}

static const char *plugin_meant(struct app *app, const char *word)
{
    const char *near = NULL;

    for (int kind = ETL_KIND_INPUT; !near && kind <= ETL_KIND_OUTPUT; kind++) {
        const char *const *names = registry_names(app->registry, (enum etl_kind)kind);
        size_t n = 0;

        while (names[n])
            n++;
        near = nearest(word, names, n);
    }
    return near;
}

static int nothing(struct app *app, const char *word)
{
    struct diag_message m = { .level = DIAG_ERROR,
                              .code = E0205,
                              .help = "`etl help` lists the verbs, `etl plugins` the plugins" };
    char text[300];

    if (word[0] == 'E' && word[1] >= '0' && word[1] <= '9') {
        snprintf(text, sizeof(text), "there is no error code %.200s", word);
        m.help = "`man etl` lists the codes";
    } else {
        snprintf(text, sizeof(text), "nothing in the help has to do with '%.200s'", word);
        m.near = verb_meant(word);
        m.near = m.near ? m.near : plugin_meant(app, word);
    }
    m.text = text;
    diag_report(&app->diag, &m);
    return EXIT_USAGE;
}

int verb_help(struct app *app, int argc, char **argv)
{
    const struct verb *v;
    const char *word, *man = NULL;
    bool completes = false;
    struct cli c;
    int id;

    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0) {
        man = id == 1 ? c.value : man;
        completes = completes || id == 2;
    }
    if (!cli_ready(&c, 0, completes ? SIZE_MAX : man ? 0 : 1))
        return c.status;
    if (completes)
        return complete(app, c.n_arguments, c.arguments, stdout) ? EXIT_DONE : EXIT_RESOURCES;
    if (man && !man_part(man, stdout)) {
        c.value = man;
        return cli_wrong(&c, "--man", "is not options, verbs, codes, keys or pipeline");
    }
    if (man)
        return EXIT_DONE;
    if (c.n_arguments == 0 || !*c.arguments[0]) {
        app_usage(stdout);
        return EXIT_DONE;
    }
    word = c.arguments[0];
    v = verb_named(word);
    if (v)
        cli_usage(v, stdout);
    else if (diag_code_named(word) != DIAG_CODES)
        show_code(diag_code_named(word));
    else if (each_plugin(app, word, true) == 0 && search_verbs(word) + search_common(word) +
                                                          search_codes(word) +
                                                          each_plugin(app, word, false) ==
                                                      0)
        return nothing(app, word);
    return EXIT_DONE;
}
