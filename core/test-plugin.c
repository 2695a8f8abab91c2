/* SPDX-License-Identifier: Apache-2.0 */
/* etl test ./mine.so cases/: a plugin that need not be installed, by small pipelines that use it.
 */
#define _GNU_SOURCE
#include "core/elf-statics.h"
#include "core/host.h"
#include "core/plan-tests.h"
#include "core/test-case.h"
#include "core/testing.h"
#include "core/trial.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PLUGINS = 256, SHOWN_STATICS = 8 };

struct plugin_test {
    struct testing *t;
    char *path;         /* of the .so, absolute and without links */
    const char *folder; /* a scratch folder */
    size_t statics;
    struct buffer names;
};

static void note_static(void *to, const char *name, uint64_t size)
{
    struct plugin_test *p = to;

    (void)size;
    if (p->statics++ < SHOWN_STATICS)
        buffer_printf(&p->names, "%s%s", p->names.len > 0 ? ", " : "", name);
}

/* Warns only: a table that is filled once may be meant. */
static void look_for_statics(struct plugin_test *p)
{
    char text[400], count[40] = "";

    if (!elf_statics(p->path, note_static, p) || p->statics == 0)
        return;
    if (p->statics > SHOWN_STATICS)
        snprintf(count, sizeof(count), " and %zu more", p->statics - SHOWN_STATICS);
    snprintf(text, sizeof(text), "static variables that can be written to: %.300s%s",
             buffer_string(&p->names), count);
    diag_report(&p->t->app->diag,
                &(struct diag_message){
                    .level = DIAG_WARNING,
                    .code = E0515,
                    .text = text,
                    .document = p->path,
                    .help = "keep what changes in *state, or in the worker's block; make the rest "
                            "const" });
}

/* A path that stays good when the working directory is another one. */
static char *absolute(const char *path)
{
    char *real = realpath(path, NULL);

    return real ? real : strdup(path);
}

/* In a folder by itself under KIND/NAME.so, so that cases use the plugin by its name. */
static bool put_in_place(struct plugin_test *p, const struct plugin *plugin)
{
    char kind[PATH_MAX], place[PATH_MAX + 100];

    snprintf(kind, sizeof(kind), "%s/%s", p->folder, kind_name((enum etl_kind)plugin->is.kind));
    snprintf(place, sizeof(place), "%s/%s.so", kind, plugin->is.name);
    if ((mkdir(kind, 0700) == 0 || errno == EEXIST) && symlink(p->path, place) == 0)
        return true;
    diag_error_errno(&p->t->app->diag, E0702, errno, "cannot make %s", place);
    return false;
}

/* The plugin first, then where plugins were looked for before. */
static bool make_registry(struct plugin_test *p)
{
    struct app *app = p->t->app;
    const char **folders = calloc(app->n_plugin_path + 1, sizeof(*folders));
    const char *const *all = registry_folders(app->registry);
    struct buffer list = { 0 };

    /* The working directory will be another one, so what the environment has becomes absolute. */
    for (size_t i = 0; all[i]; i++) {
        char *path = absolute(all[i]);

        buffer_printf(&list, "%s%s", i > 0 ? ":" : "", path ? path : "");
        free(path);
    }
    if (folders && setenv("ETL_PLUGIN_PATH", buffer_string(&list), 1) == 0) {
        folders[0] = p->folder;
        p->t->registry = registry_new(folders, 1, &host_table);
    }
    buffer_free(&list);
    free(folders);
    if (p->t->registry != app->registry && p->t->registry)
        return true;
    p->t->registry = app->registry;
    return diag_error(&app->diag, E0771, NULL, "memory is out"), false;
}

static bool load(struct plugin_test *p)
{
    struct app *app = p->t->app;
    const struct plugin **all = calloc(MAX_PLUGINS, sizeof(*all));
    size_t n = all ? registry_load_file(app->registry, p->path, all, MAX_PLUGINS, &app->diag) : 0;
    bool good = n > 0 && app->diag.errors == 0;

    for (size_t i = 0; i < n && good; i++) {
        good = i > 0 || put_in_place(p, all[i]);
        if (good && !p->t->tap && !app->quiet)
            printf("%s: %s %s %s\n", p->path, kind_name((enum etl_kind)all[i]->is.kind),
                   all[i]->is.name, all[i]->is.version);
    }
    free(all);
    return good && make_registry(p);
}

static void run_case(struct plugin_test *p, const char *conf)
{
    const char *slash = strrchr(conf, '/'), *base = slash ? slash + 1 : conf;
    size_t len = strlen(base);
    char *name = strndup(base, len > 5 && strcmp(base + len - 5, ".conf") == 0 ? len - 5 : len);

    if (name && testing_wants(p->t, name)) {
        const char *filter = p->t->filter;

        p->t->filter = NULL; /* it chose the case; all of its tests are meant */
        test_case(p->t, conf, p->folder);
        p->t->filter = filter;
    }
    free(name);
}

static int is_case(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return e->d_name[0] != '.' && len > 5 && strcmp(e->d_name + len - 5, ".conf") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void run_folder(struct plugin_test *p, const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_case, by_bytes);

    if (n < 0)
        diag_error_errno(&p->t->app->diag, E0101, errno, "folder '%s' cannot be read", folder);
    for (int i = 0; i < n; i++) {
        char *conf = NULL;

        if (asprintf(&conf, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/",
                     entries[i]->d_name) >= 0)
            run_case(p, conf);
        free(conf);
        free(entries[i]);
    }
    free(entries);
}

static int run_cases(struct plugin_test *p, char **cases, size_t n)
{
    struct diag *d = &p->t->app->diag;

    for (size_t i = 0; i < n; i++) {
        struct stat st;
        size_t len = strlen(cases[i]);

        if (stat(cases[i], &st) != 0)
            diag_error_errno(d, E0101, errno, "cannot read %s", cases[i]);
        else if (S_ISDIR(st.st_mode))
            run_folder(p, cases[i]);
        else if (len > 5 && strcmp(cases[i] + len - 5, ".conf") == 0)
            run_case(p, cases[i]);
        else
            diag_error(d, E0203, NULL,
                       "'%s' is no case: a case is a pipeline NAME.conf, or a folder of them",
                       cases[i]);
    }
    if (p->t->n == 0 && d->errors == 0)
        diag_error(d, E0625, NULL,
                   p->t->filter ? "no case has a name like '%s'" : "no case was found%s",
                   p->t->filter ? p->t->filter : "; a case is a pipeline NAME.conf");
    return d->errors > 0 ? (int)d->status : EXIT_DONE;
}

int testing_plugin(struct testing *t, const char *plugin, char **cases, size_t n)
{
    struct plugin_test p = { .t = t, .path = absolute(plugin) };
    char *folder = trial_folder(&t->app->diag);
    int status;

    p.folder = folder;
    t->plugin = plugin;
    if (folder && p.path && load(&p)) {
        look_for_statics(&p);
        run_cases(&p, cases, n);
    }
    status = (int)t->app->diag.status;
    if (t->registry != t->app->registry)
        registry_free(t->registry);
    t->registry = t->app->registry;
    t->plugin = NULL;
    buffer_free(&p.names);
    free(p.path);
    trial_folder_remove(folder);
    return status;
}
