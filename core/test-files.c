/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the files that hold tests of pipelines. */
#define _GNU_SOURCE
#include "core/test-files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool ends_in(const char *name, const char *end)
{
    size_t len = strlen(name), n = strlen(end);

    return len > n && strcmp(name + len - n, end) == 0;
}

bool test_file_named(const char *path)
{
    return ends_in(path, ".test");
}

static char *join(const char *folder, const char *name)
{
    char *path = NULL;

    bool parted = !*folder || folder[strlen(folder) - 1] == '/';

    if (asprintf(&path, "%s%s%s", folder, parted ? "" : "/", name) < 0)
        return NULL;
    return path;
}

char *test_file_pipeline(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    size_t end = strlen(path) - strlen(".test");
    char *name = malloc(strlen(path) + 1);
    struct stat st;

    while (name && end > folder) {
        sprintf(name, "%.*s.conf", (int)end, path);
        if (stat(name, &st) == 0)
            return name;
        while (--end > folder && path[end] != '-')
            continue;
    }
    free(name);
    return NULL;
}

/* Takes both; false: memory is out, and they are freed. */
static bool add(struct test_files *f, char *pipeline, char *tests, bool has_tests)
{
    size_t cap = f->cap ? 2 * f->cap : 16;
    struct test_file *grown = f->n < f->cap ? f->at : realloc(f->at, cap * sizeof(*grown));

    if (!grown || !pipeline || (has_tests && !tests)) {
        f->at = grown ? grown : f->at;
        free(pipeline);
        free(tests);
        return false;
    }
    f->cap = f->n < f->cap ? f->cap : cap;
    f->at = grown;
    f->at[f->n++] = (struct test_file){ pipeline, tests };
    return true;
}

static int is_ours(const struct dirent *e)
{
    return e->d_name[0] != '.' && (ends_in(e->d_name, ".conf") || ends_in(e->d_name, ".test"));
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int memory_is_out(struct diag *d)
{
    return diag_error(d, E0771, NULL, "memory is out");
}

static int report_alone(struct diag *d, const char *path)
{
    return diag_report(d, &(struct diag_message){
                              .level = DIAG_ERROR,
                              .code = E0624,
                              .text = "no pipeline of that name is beside this file of tests",
                              .document = path,
                              .help = "NAME.test and NAME-ANYTHING.test are for NAME.conf in the "
                                      "same folder" });
}

/* The pipeline and its files, which are among the folder's sorted entries. */
static int add_pipeline(struct test_files *f, const char *pipeline, const char *folder,
                        struct dirent *const *entries, int n, struct diag *d)
{
    if (!add(f, strdup(pipeline), NULL, false))
        return memory_is_out(d);
    for (int i = 0; i < n; i++) {
        char *path = ends_in(entries[i]->d_name, ".test") ? join(folder, entries[i]->d_name) : NULL;
        char *of = path ? test_file_pipeline(path) : NULL;
        bool mine = of && strcmp(of, pipeline) == 0;

        if (mine && !add(f, of, path, true))
            return memory_is_out(d);
        if (!mine) {
            free(of);
            free(path);
        }
    }
    return 0;
}

static int add_folder(struct test_files *f, const char *folder, struct diag *d)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_ours, by_bytes), result = 0;

    if (n < 0)
        return diag_error_errno(d, E0101, errno, "folder '%s' cannot be read", folder);
    if (n == 0)
        result = diag_error(d, E0101, NULL, "folder '%s' holds no pipeline (*.conf)", folder);
    for (int i = 0; i < n; i++) {
        char *path = join(folder, entries[i]->d_name);

        if (!path) {
            result = memory_is_out(d);
        } else if (ends_in(path, ".conf")) {
            if (add_pipeline(f, path, folder, entries, n, d) < 0)
                result = -1;
        } else {
            char *of = test_file_pipeline(path);

            if (!of)
                result = report_alone(d, path);
            free(of);
        }
        free(path);
    }
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return result;
}

/* A pipeline may lie where its folder cannot be listed: then it has no files beside it. */
static int add_with_files(struct test_files *f, const char *pipeline, struct diag *d)
{
    const char *slash = strrchr(pipeline, '/');
    char *folder = slash ? strndup(pipeline, (size_t)(slash - pipeline) + 1) : strdup("./");
    struct dirent **entries = NULL;
    int n, result;

    if (!folder)
        return memory_is_out(d);
    n = scandir(folder, &entries, is_ours, by_bytes);
    /* Their pipeline is found by the name that was given. */
    result = add_pipeline(f, pipeline, slash ? folder : "", entries, n < 0 ? 0 : n, d);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    free(folder);
    return result;
}

int test_files_add(struct test_files *f, const char *path, struct diag *d)
{
    struct stat st;
    char *of;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return add_folder(f, path, d);
    if (!test_file_named(path))
        return add_with_files(f, path, d);
    if (stat(path, &st) != 0)
        return diag_error_errno(d, E0101, errno, "cannot read %s", path);
    of = test_file_pipeline(path);
    if (!of)
        return report_alone(d, path);
    return add(f, of, strdup(path), true) ? 0 : memory_is_out(d);
}

void test_files_free(struct test_files *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->at[i].pipeline);
        free(f->at[i].tests);
    }
    free(f->at);
    memset(f, 0, sizeof(*f));
}
