/* SPDX-License-Identifier: Apache-2.0 */
/* Where plugins are looked for, and which are loaded. Every file is opened once and never closed:
 * its code and texts stay until the process ends. */
#define _GNU_SOURCE
#include "core/registry-private.h"
#include "core/process.h"
#include "common/nearest.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PLUGINS_A_FILE = 256, MAX_PATH = 4096 };

struct registry {
    struct arena memory;
    const char **folders; /* NULL-ended */
    size_t n_folders;
    const etl_host *host;
    struct library *libraries;
    const char **names[ETL_KIND_OUTPUT + 1]; /* by kind; NULL: not looked yet */
    const char *unlisted;                    /* a folder that is there and could not be listed */
    int unlisted_errno;
};

const char *kind_name(enum etl_kind kind)
{
    static const char *const names[] = { "plugin", "input", "transform", "output" };

    return (unsigned)kind <= ETL_KIND_OUTPUT ? names[kind] : names[0];
}

bool plugin_lies_by_name(const char *path)
{
    const char *end = strrchr(path, '/');

    for (int kind = ETL_KIND_INPUT; end && kind <= ETL_KIND_OUTPUT; kind++) {
        const char *name = kind_name((enum etl_kind)kind);
        size_t len = strlen(name);

        if ((size_t)(end - path) > len && memcmp(end - len, name, len) == 0 &&
            end[-1 - (int)len] == '/')
            return true;
    }
    return false;
}

static size_t pieces(const char *list)
{
    size_t n = 1;

    for (; list && *list; list++)
        n += *list == ':';
    return n;
}

static bool add_folder(struct registry *r, const char *path, size_t len)
{
    char *copy;

    while (len > 1 && path[len - 1] == '/')
        len--;
    if (len == 0)
        return true;
    copy = arena_string(&r->memory, path, len);
    if (copy)
        r->folders[r->n_folders++] = copy;
    return copy != NULL;
}

/* An etl that is not installed has its plugins in plugins/ beside it, where the build puts them. */
static bool add_own_folder(struct registry *r)
{
    static const char name[] = "plugins";
    char path[MAX_PATH];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - sizeof(name));
    struct stat st;

    if (n <= 0 || (size_t)n >= sizeof(path) - sizeof(name))
        return true;
    while (n > 0 && path[n - 1] != '/')
        n--;
    memcpy(path + n, name, sizeof(name));
    return stat(path, &st) != 0 || !S_ISDIR(st.st_mode) || add_folder(r, path, strlen(path));
}

static bool add_folders(struct registry *r, const char *const *folders, size_t n)
{
    const char *list = getenv("ETL_PLUGIN_PATH"), *end;

    r->folders = arena_get(&r->memory, (n + pieces(list) + 3) * sizeof(*r->folders));
    if (!r->folders)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!add_folder(r, folders[i], strlen(folders[i])))
            return false;
    for (; list && *list; list = *end ? end + 1 : end) {
        end = strchrnul(list, ':');
        if (!add_folder(r, list, (size_t)(end - list)))
            return false;
    }
    if (!add_own_folder(r) || !add_folder(r, PLUGINDIR, strlen(PLUGINDIR)))
        return false;
    r->folders[r->n_folders] = NULL;
    return true;
}

struct registry *registry_new(const char *const *folders, size_t n, const etl_host *host)
{
    struct registry *r = calloc(1, sizeof(*r));

    if (!r)
        return NULL;
    r->host = host;
    if (!add_folders(r, folders, n)) {
        registry_free(r);
        return NULL;
    }
    return r;
}

void registry_free(struct registry *r)
{
    if (!r)
        return;
    for (size_t k = 0; k <= ETL_KIND_OUTPUT; k++)
        free(r->names[k]);
    arena_free(&r->memory);
    free(r);
}

const char *const *registry_folders(const struct registry *r)
{
    return r->folders;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Is it a plugin's file that was named in the place of a folder? */
static bool is_file(const char *path)
{
    size_t len = strlen(path);
    struct stat st;

    return len > 3 && strcmp(path + len - 3, ".so") == 0 && stat(path, &st) == 0 &&
           !S_ISDIR(st.st_mode);
}

/* Adds a name that lasts; *list grows, one slot for the end always free. */
static bool add_name(const char *name, const char ***list, size_t *n, size_t *cap)
{
    if (*n + 1 >= *cap) {
        const char **bigger = realloc(*list, (*cap * 2 + 16) * sizeof(*bigger));

        if (!bigger)
            return false;
        *list = bigger;
        *cap = *cap * 2 + 16;
    }
    (*list)[(*n)++] = name;
    return true;
}

/* Adds the names NAME.so of one folder. */
static bool list_folder(struct registry *r, const char *path, const char ***list, size_t *n,
                        size_t *cap)
{
    DIR *folder = opendir(path);
    const struct dirent *e;
    bool good = true;

    if (!folder && errno != ENOENT && errno != ENOTDIR) {
        r->unlisted_errno = errno;
        r->unlisted = arena_string(&r->memory, path, strlen(path));
    }
    while (good && folder && (e = readdir(folder)) != NULL) {
        size_t len = strlen(e->d_name);
        char *name;

        if (len < 4 || strcmp(e->d_name + len - 3, ".so") != 0)
            continue;
        name = arena_string(&r->memory, e->d_name, len - 3);
        good = name && (!plugin_name_valid(name) || add_name(name, list, n, cap));
    }
    if (folder)
        closedir(folder);
    return good;
}

const char *registry_unlisted(const struct registry *r, int *err)
{
    *err = r->unlisted_errno;
    return r->unlisted;
}

/* The functions that an ABI other than ours would export. */
static bool wrong_abi(void *handle, const char *path, struct refusal *r)
{
    char symbol[32];

    for (int abi = 2; abi <= 9; abi++) {
        snprintf(symbol, sizeof(symbol), "etl_plugins_%d", abi);
        if (dlsym(handle, symbol))
            return refuse(r, E0502,
                          "install the etl that it was built for, or build it for this one",
                          "plugin '%s' was built for plugin ABI %d, this etl speaks 1", path, abi);
    }
    return refuse(r, E0506, "a plugin ends in ETL_PLUGINS(&plugin), see etl/plugin.h",
                  "'%s' is no etl plugin: it does not export etl_plugins_1", path);
}

/* Several of one kind and name: all but the first are refused. */
static void refuse_repeated(struct library *l)
{
    for (size_t i = 1; i < l->n; i++)
        for (size_t j = 0; j < i; j++) {
            const etl_plugin *a = &l->all[j].plugin.is, *b = &l->all[i].plugin.is;

            if (!l->all[i].refusal.is && !l->all[j].refusal.is && a->kind == b->kind &&
                strcmp(a->name, b->name) == 0)
                refuse(&l->all[i].refusal, E0507, "only its author can mend that",
                       "'%s' holds two plugins '%s' of one kind", l->path, b->name);
        }
}

static bool read_plugins(struct registry *r, struct library *l, const etl_plugin *const *list,
                         struct refusal *why)
{
    size_t n = 0;

    while (list && n <= MAX_PLUGINS_A_FILE && list[n])
        n++;
    if (n == 0 || n > MAX_PLUGINS_A_FILE)
        return refuse(why, E0507, "only its author can mend that",
                      "'%s' gives no list of plugins that ends in NULL", l->path);
    l->all = arena_get(&r->memory, n * sizeof(*l->all));
    if (!l->all)
        return refuse(why, E0771, NULL, "memory is out");
    for (; l->n < n; l->n++)
        if (!descriptor_read(list[l->n], l->path, &r->memory, &l->all[l->n]) &&
            !l->all[l->n].refusal.is)
            return refuse(why, E0771, NULL, "memory is out");
    refuse_repeated(l);
    return true;
}

static struct library *find_open(struct registry *r, const struct stat *st)
{
    for (struct library *l = r->libraries; l; l = l->next)
        if (l->device == st->st_dev && l->inode == st->st_ino)
            return l;
    return NULL;
}

/* dlopen has words for it, and no number: is it that no more files can be opened? */
static int no_descriptor(void)
{
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = fd < 0 && (errno == EMFILE || errno == ENFILE) ? errno : 0;

    if (fd >= 0)
        close(fd);
    return err;
}

static struct library *library_start(struct registry *r, const char *path, const char *real,
                                     const struct stat *st, struct refusal *why)
{
    const etl_plugin *const *(*entry)(const etl_host *) = NULL;
    const etl_plugin *const *list;
    struct library *l = arena_get(&r->memory, sizeof(*l));
    void *handle, *symbol;
    const char *changed;
    bool good;

    if (l) {
        memset(l, 0, sizeof(*l));
        l->path = arena_string(&r->memory, real, strlen(real));
    }
    if (!l || !l->path) {
        refuse(why, E0771, NULL, "memory is out");
        return NULL;
    }
    l->device = st->st_dev;
    l->inode = st->st_ino;
    process_loading(real);
    handle = dlopen(real, RTLD_NOW | RTLD_LOCAL);
    process_loading(NULL);
    if (!handle) {
        const char *reason = dlerror();
        int err = no_descriptor();

        if (err)
            refuse_errno(why, E0501, err, NULL, "plugin '%s' cannot be opened", path);
        else
            refuse(why, E0505,
                   "a library that it names must be installed, or the plugin built again",
                   "plugin '%s' cannot be loaded: %s", path, reason ? reason : "no reason given");
        return NULL;
    }
    symbol = dlsym(handle, "etl_plugins_1");
    if (!symbol) {
        wrong_abi(handle, path, why);
        return NULL;
    }
    memcpy(&entry, &symbol, sizeof(entry));
    l->next = r->libraries;
    r->libraries = l;
    process_loading(real);
    list = entry(r->host);
    changed = process_changed();
    if (changed)
        refuse(&l->refusal, E0512, "leave it out, or have its author mend it",
               "plugin '%s' changes %s when it is loaded", path, changed);
    good = !changed && read_plugins(r, l, list, &l->refusal);
    process_loading(NULL);
    if (!good) {
        *why = l->refusal;
        return NULL;
    }
    return l;
}

static struct library *library_open(struct registry *r, const char *path, struct refusal *why)
{
    char *real = realpath(path, NULL);
    struct library *l = NULL;
    struct stat st;

    if (!real || stat(real, &st) != 0)
        refuse_errno(why, E0501, errno, "the path of a plugin begins at the working directory (-C)",
                     "plugin '%s' cannot be opened", path);
    else if (plugin_file_check(path, real, why)) {
        l = find_open(r, &st);
        if (!l) {
            process_output_away();
            l = library_start(r, path, real, &st, why);
            process_output_back();
        } else if (l->refusal.is) {
            *why = l->refusal;
            l = NULL;
        }
    }
    free(real);
    return l;
}

/* The first plugin of a file that stands in the place of a folder; NULL: it is none, or cannot be
 * used, and then `why` says so. */
static const struct plugin *named_file(struct registry *r, size_t folder, struct refusal *why)
{
    const struct library *l;

    memset(why, 0, sizeof(*why));
    if (!is_file(r->folders[folder]))
        return NULL;
    l = library_open(r, r->folders[folder], why);
    if (l && l->all[0].refusal.is)
        *why = l->all[0].refusal;
    return l && !l->all[0].refusal.is ? &l->all[0].plugin : NULL;
}

const char *const *registry_names(struct registry *r, enum etl_kind kind)
{
    static const char *const none[] = { NULL };
    size_t n = 0, cap = 0, kept = 0;
    const char **list = NULL;
    struct refusal why;
    char path[MAX_PATH];

    if (kind < ETL_KIND_INPUT || kind > ETL_KIND_OUTPUT)
        return none;
    if (r->names[kind])
        return r->names[kind];
    for (size_t i = 0; i < r->n_folders; i++) {
        const struct plugin *named = named_file(r, i, &why);

        if (named && named->is.kind == kind && !add_name(named->is.name, &list, &n, &cap))
            break;
        snprintf(path, sizeof(path), "%s/%s", r->folders[i], kind_name(kind));
        if (!list_folder(r, path, &list, &n, &cap))
            break;
    }
    if (!list)
        return none;
    qsort(list, n, sizeof(*list), by_name);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(list[i], list[kept - 1]) != 0)
            list[kept++] = list[i];
    list[kept] = NULL;
    r->names[kind] = list;
    return list;
}

/* path: the file it is about, which the sentence may not name. What only an author can mend is told
 * to who is likely to be that. */
static int report(struct diag *d, const struct diag_place *place, const char *path,
                  const struct refusal *why)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = why->code, .text = why->text };

    if (place)
        m.place = *place;
    m.help = why->help[0] ? why->help : NULL;
    if ((why->code == E0507 || why->code == E0512) && !plugin_lies_by_name(path))
        m.help = "`man etl-plugin` says what a plugin may be and do; mend it and build it again";
    m.note = strstr(why->text, path) ? NULL : path;
    return why->err ? diag_report_errno(d, &m, why->err) : diag_report(d, &m);
}

static bool find_file(struct registry *r, enum etl_kind kind, const char *name, char path[MAX_PATH])
{
    struct refusal why;
    struct stat st;

    for (size_t i = 0; i < r->n_folders && plugin_name_valid(name); i++) {
        const struct plugin *named = named_file(r, i, &why);
        int n;

        if (named && named->is.kind == kind && strcmp(named->is.name, name) == 0 &&
            strlen(r->folders[i]) < MAX_PATH)
            return strcpy(path, r->folders[i]), true;
        n = snprintf(path, MAX_PATH, "%s/%s/%s.so", r->folders[i], kind_name(kind), name);
        if (n < MAX_PATH && lstat(path, &st) == 0)
            return true;
    }
    return false;
}

/* A file in the place of a folder that cannot be used: it may have been meant. */
static bool report_unusable(struct registry *r, const struct diag_place *place, struct diag *d)
{
    struct refusal why;

    for (size_t i = 0; i < r->n_folders; i++)
        if (!named_file(r, i, &why) && why.is) {
            report(d, place, r->folders[i], &why);
            return true;
        }
    return false;
}

static void report_missing(struct registry *r, enum etl_kind kind, const char *name,
                           const struct diag_place *place, struct diag *d)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = E0501 };
    const char *const *names = registry_names(r, kind);
    char text[300], note[MAX_PATH], path[MAX_PATH];
    size_t n = 0, used;

    while (names[n])
        n++;
    m.near = nearest(name, names, n);
    used = (size_t)snprintf(text, sizeof(text), "there is no %s plugin '%.100s'", kind_name(kind),
                            name);
    for (int k = ETL_KIND_INPUT; k <= ETL_KIND_OUTPUT && !m.near; k++)
        if (k != (int)kind && find_file(r, (enum etl_kind)k, name, path))
            snprintf(text + used, sizeof(text) - used, "; '%.60s' is one of the %ss", name,
                     kind_name((enum etl_kind)k));
    used = (size_t)snprintf(note, sizeof(note), "looked in");
    for (size_t i = 0; i < r->n_folders && used < sizeof(note); i++)
        used += (size_t)snprintf(note + used, sizeof(note) - used, "%s %s%s%s", i ? "," : "",
                                 r->folders[i], is_file(r->folders[i]) ? "" : "/",
                                 is_file(r->folders[i]) ? "" : kind_name(kind));
    m.text = text;
    m.note = note;
    m.help = "`etl plugins` lists what there is; --plugin-path=DIR adds a folder";
    if (place)
        m.place = *place;
    diag_report(d, &m);
}

/* A file found by name holds that plugin first. */
static const struct plugin *first_of(const struct library *l, enum etl_kind kind, const char *name,
                                     struct refusal *why)
{
    const struct loaded *first = &l->all[0];

    if (first->refusal.is) {
        *why = first->refusal;
        return NULL;
    }
    if (first->plugin.is.kind == kind && strcmp(first->plugin.is.name, name) == 0)
        return &first->plugin;
    refuse(why, E0508,
           "rename the file, or give its path (a name with a slash) in the pipeline file",
           "'%s' holds the %s '%s' first, not the %s '%s'", l->path,
           kind_name((enum etl_kind)first->plugin.is.kind), first->plugin.is.name, kind_name(kind),
           name);
    return NULL;
}

static const struct plugin *any_of(const struct library *l, enum etl_kind kind, const char *path,
                                   struct refusal *why)
{
    for (size_t i = 0; i < l->n; i++)
        if (!l->all[i].refusal.is && l->all[i].plugin.is.kind == kind)
            return &l->all[i].plugin;
    for (size_t i = 0; i < l->n; i++)
        if (l->all[i].refusal.is) {
            *why = l->all[i].refusal;
            return NULL;
        }
    refuse(why, E0508, "`etl plugins PATH` shows what it holds",
           "'%s' holds no %s, but the %s '%s'", path, kind_name(kind),
           kind_name((enum etl_kind)l->all[0].plugin.is.kind), l->all[0].plugin.is.name);
    return NULL;
}

const struct plugin *registry_load(struct registry *r, enum etl_kind kind, const char *name,
                                   const struct diag_place *place, struct diag *d)
{
    bool by_path = strchr(name, '/') != NULL;
    const struct plugin *p = NULL;
    struct refusal why = { 0 };
    const struct library *l;
    char path[MAX_PATH];

    if (!by_path && !find_file(r, kind, name, path)) {
        if (!report_unusable(r, place, d))
            report_missing(r, kind, name, place, d);
        return NULL;
    }
    l = library_open(r, by_path ? name : path, &why);
    if (l)
        p = by_path ? any_of(l, kind, name, &why) : first_of(l, kind, name, &why);
    if (!p)
        report(d, place, by_path ? name : path, &why);
    return p;
}

size_t registry_load_file(struct registry *r, const char *path, const struct plugin **all,
                          size_t max, struct diag *d)
{
    struct refusal why = { 0 };
    const struct library *l = library_open(r, path, &why);
    size_t n = 0;

    if (!l)
        report(d, NULL, path, &why);
    for (size_t i = 0; l && i < l->n; i++)
        if (l->all[i].refusal.is)
            report(d, NULL, l->path, &l->all[i].refusal);
        else if (n < max)
            all[n++] = &l->all[i].plugin;
    return n;
}
