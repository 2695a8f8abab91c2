/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an INPUT option means: globs and folders from the working directory, sorted bytewise,
 * each path once. Files are looked at here, never opened. */
#define _GNU_SOURCE
#include "core/plan-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_list {
    struct plan *plan;
    const struct mistake *mistake; /* where and of which stage; its code is set anew */
    struct plan_file *at;
    size_t n, cap;
    const char **folders; /* still to be read */
    size_t n_folders, folders_cap;
};

static bool cannot(struct file_list *l, enum diag_code code, const char *what, const char *path,
                   const char *why)
{
    struct mistake m = *l->mistake;

    m.code = code;
    return plan_mistake(l->plan, &m, "%s '%s' %s", what, path, why);
}

static bool cannot_read(struct file_list *l, const char *what, const char *path, int err)
{
    struct mistake m = *l->mistake;

    if (err == ENOENT || err == ENOTDIR)
        return cannot(l, E0610, what, path,
                      strchr(path, ' ') ? "does not exist (several are parted by commas)"
                                        : "does not exist");
    m.code = E0611;
    m.err = err;
    m.help = err == EACCES ? "see that you may read it, or leave it out" : NULL;
    return plan_mistake(l->plan, &m, "%s '%s' cannot be read", what, path);
}

static bool add_file(struct file_list *l, const char *path, const struct stat *st)
{
    struct plan_file *file;

    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        struct plan_file *grown = realloc(l->at, cap * sizeof(*grown));

        if (!grown)
            return plan_no_memory(l->plan);
        l->at = grown;
        l->cap = cap;
    }
    file = &l->at[l->n];
    *file =
        (struct plan_file){ .path = arena_string(l->plan->memory, path, strlen(path)), .size = -1 };
    if (!file->path)
        return plan_no_memory(l->plan);
    if (st) {
        file->size = st->st_size;
        file->mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    }
    l->n++;
    return true;
}

static bool add_folder(struct file_list *l, const char *path)
{
    if (l->n_folders == l->folders_cap) {
        size_t cap = l->folders_cap ? l->folders_cap * 2 : 16;
        const char **grown = realloc(l->folders, cap * sizeof(*grown));

        if (!grown)
            return plan_no_memory(l->plan);
        l->folders = grown;
        l->folders_cap = cap;
    }
    l->folders[l->n_folders] = arena_string(l->plan->memory, path, strlen(path));
    if (!l->folders[l->n_folders])
        return plan_no_memory(l->plan);
    l->n_folders++;
    return true;
}

/* Regular files are taken, symbolic links to them too; folders behind links are not (no rings), nor
 * anything that is no file. */
static bool folder_entry(struct file_list *l, const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return cannot_read(l, "input", path, errno);
    if (S_ISDIR(st.st_mode))
        return add_folder(l, path);
    if (S_ISLNK(st.st_mode) && stat(path, &st) != 0)
        return cannot(l, E0610, "symbolic link", path, "points to nothing");
    if (!S_ISREG(st.st_mode))
        return true;
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
        return cannot_read(l, "input", path, errno);
    return add_file(l, path, &st);
}

static bool read_folder(struct file_list *l, const char *folder)
{
    struct buffer path = { 0 };
    const struct dirent *e;
    bool good = true;
    DIR *d = opendir(folder);
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";

    if (!d)
        return cannot_read(l, "input folder", folder, errno);
    while (errno = 0, (e = readdir(d)) != NULL && l->plan->mistakes <= MAX_MISTAKES) {
        if (e->d_name[0] == '.')
            continue;
        path.len = 0;
        if (strcmp(folder, ".") == 0)
            buffer_puts(&path, e->d_name);
        else
            buffer_printf(&path, "%s%s%s", folder, slash, e->d_name);
        good = folder_entry(l, buffer_string(&path)) && good;
    }
    if (errno != 0)
        good = cannot_read(l, "input folder", folder, errno);
    closedir(d);
    buffer_free(&path);
    return good;
}

static bool read_folders(struct file_list *l)
{
    bool good = true;

    while (l->n_folders > 0 && l->plan->mistakes <= MAX_MISTAKES)
        good = read_folder(l, l->folders[--l->n_folders]) && good;
    return good;
}

static bool add_path(struct file_list *l, const char *path)
{
    size_t before = l->n;
    struct stat st;

    if (stat(path, &st) != 0)
        return cannot_read(l, "input", path, errno);
    if (S_ISDIR(st.st_mode)) {
        if (!add_folder(l, path) || !read_folders(l))
            return false;
        return l->n > before || cannot(l, E0610, "input folder", path, "holds no files");
    }
    if (!S_ISREG(st.st_mode))
        return cannot(l, E0611, "input", path,
                      "is no regular file; a pipe can be read as standard input, path = -");
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
        return cannot_read(l, "input", path, errno);
    return add_file(l, path, &st);
}

/* A name without "./" in front, "//" or "/./" inside: two spellings of a path are one. */
static void tidy(char *path)
{
    char *to = path, *from = path;

    while (*from) {
        bool start = from == path || from[-1] == '/';

        if (start && from[0] == '.' && from[1] == '/')
            from += 2;
        else if (from > path && from[0] == '/' && from[-1] == '/')
            from++;
        else
            *to++ = *from++;
    }
    *to = '\0';
    if (to > path + 1 && to[-1] == '/')
        to[-1] = '\0';
    if (!*path)
        strcpy(path, ".");
}

static int glob_stops(const char *path, int err)
{
    (void)path;
    return err == ENOENT || err == ENOTDIR ? 0 : err;
}

static bool add_glob(struct file_list *l, const char *pattern)
{
    glob_t found = { 0 };
    bool good = true;

    errno = 0;
    switch (glob(pattern, GLOB_NOSORT, glob_stops, &found)) {
    case 0:
        break;
    case GLOB_NOMATCH:
        good = cannot(l, E0610, "glob", pattern, "matches no file");
        break;
    case GLOB_NOSPACE:
        good = plan_no_memory(l->plan);
        break;
    default:
        good = cannot_read(l, "a folder of input", pattern, errno ? errno : EACCES);
    }
    for (size_t i = 0; i < found.gl_pathc && l->plan->mistakes <= MAX_MISTAKES; i++)
        good = add_path(l, found.gl_pathv[i]) && good;
    globfree(&found);
    return good;
}

/* A file that is there under the very name is meant, whatever `[` and `*` stand in it. */
static bool add_pattern(struct file_list *l, char *pattern)
{
    struct stat st;

    if (strcmp(pattern, "-") == 0)
        return add_file(l, "-", NULL);
    tidy(pattern);
    if (lstat(pattern, &st) != 0 && strpbrk(pattern, "*?["))
        return add_glob(l, pattern);
    return add_path(l, pattern);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct plan_file *)a)->path, ((const struct plan_file *)b)->path);
}

static const struct stage *reader_before(const struct stage *s, const struct plan_file *file)
{
    for (const struct stage *other = s->plan->stages; other < s; other++)
        if (other->n_files > 0 && other->files[0].path &&
            bsearch(file, other->files, other->n_files, sizeof(*file), by_path))
            return other;
    return NULL;
}

/* Sorts, and keeps each path once, in this option and among all inputs. */
static void keep_once(struct stage *s, struct file_list *l)
{
    size_t kept = 0, repeated = 0;
    const char *first = NULL;
    char text[400];
    bool input = s->plugin->is.kind == ETL_KIND_INPUT;

    if (l->n > 1)
        qsort(l->at, l->n, sizeof(*l->at), by_path);
    for (size_t i = 0; i < l->n; i++)
        if ((kept > 0 && strcmp(l->at[i].path, l->at[kept - 1].path) == 0) ||
            (input && reader_before(s, &l->at[i]))) {
            first = repeated++ == 0 ? l->at[i].path : first;
        } else {
            l->at[kept++] = l->at[i];
        }
    l->n = kept;
    if (repeated == 0)
        return;
    snprintf(text, sizeof(text), "[%.100s] matches '%.200s' and %zu more twice; each is read once",
             s->name, first, repeated - 1);
    if (repeated == 1)
        snprintf(text, sizeof(text), "'%.200s' is matched twice; it is read once, the first time",
                 first);
    diag_report(s->plan->diag, &(struct diag_message){ .level = DIAG_WARNING,
                                                       .code = E0619,
                                                       .text = text,
                                                       .place = l->mistake->at,
                                                       .section = s->name });
}

bool stage_reads_standard_input(const struct stage *s)
{
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i].path && strcmp(s->files[i].path, "-") == 0)
            return true;
    return false;
}

static bool standard_input_twice(struct stage *s, const struct file_list *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        n += strcmp(l->at[i].path, "-") == 0;
    for (const struct stage *other = s->plan->stages; n > 0 && other < s; other++)
        n += stage_reads_standard_input(other);
    return n > 1;
}

static bool store_files(struct stage *s, size_t option, const struct file_list *l)
{
    etl_words *words = option_member(s, option);
    const char **names = arena_get(s->plan->memory, (l->n + 1) * sizeof(*names));
    struct plan_file *files = arena_copy(s->plan->memory, l->at, l->n * sizeof(*files));
    struct option_fault f;

    if (!names || !files)
        return plan_no_memory(s->plan);
    if (!option_count_valid(&s->plugin->options[option], l->n, &f))
        return option_mistake(s, option, E0605, NULL, f.text);
    for (size_t i = 0; i < l->n; i++)
        names[i] = files[i].path;
    names[l->n] = NULL;
    *words = (etl_words){ names, l->n };
    if (s->plugin->is.kind == ETL_KIND_INPUT) {
        s->files = files;
        s->n_files = l->n;
    }
    return true;
}

/* A variable that holds the path is what to change: who runs somebody else's pipeline has no other
 * way to name his files. NULL: none does, or memory is out. */
static const char *help_of_variable(const struct plan *p, const char *path)
{
    for (size_t i = 0; i < p->conf->n_sections; i++) {
        const struct conf_section *v = &p->conf->sections[i];

        for (size_t k = 0; v->kind == CONF_VAR && k < v->n_keys; k++) {
            struct buffer text = { 0 };
            const char *help = NULL;

            if (strcmp(v->keys[k].value, path) != 0)
                continue;
            if (buffer_printf(&text,
                              "it is the variable '%.60s': -D %.60s=PATH names another one; paths begin "
                              "at the working directory",
                              v->keys[k].name, v->keys[k].name))
                help = arena_string(p->memory, text.data, text.len);
            buffer_free(&text);
            return help;
        }
    }
    return NULL;
}

static bool find_all(struct stage *s, size_t option, struct file_list *l, struct mistake *m,
                     const struct conf_piece *pieces, size_t n)
{
    bool good = true;

    for (size_t i = 0; i < n; i++) {
        char *pattern = arena_string(s->plan->memory, s->options[option].text + pieces[i].offset,
                                     pieces[i].len);
        const char *usual = m->help, *help;

        m->at = option_place(s, option, pieces[i].offset, pieces[i].len);
        if (!pattern)
            return plan_no_memory(s->plan);
        help = help_of_variable(s->plan, pattern);
        m->help = help ? help : usual;
        good = add_pattern(l, pattern) && good;
        m->help = usual;
    }
    m->at = option_place(s, option, 0, 0);
    m->code = E0612;
    if (good && standard_input_twice(s, l))
        good =
            plan_mistake(s->plan, m, "[%s] reads standard input, which is read already", s->name);
    return good;
}

static bool add_fed(struct file_list *l, struct mistake *m, const struct plan_feed *feed)
{
    m->at = (struct diag_place){ .file = feed->path };
    return add_path(l, feed->path);
}

bool stage_find_files(struct stage *s, size_t option, bool offline)
{
    const etl_option *o = &s->plugin->options[option];
    struct mistake m = { .stage = s,
                         .help = "paths begin at the working directory; -C DIR sets it" };
    struct file_list l = { .plan = s->plan, .mistake = &m };
    const struct plan_feed *feed = s->plugin->is.kind == ETL_KIND_INPUT ? s->plan->feed : NULL;
    struct conf_piece *pieces;
    bool good;
    size_t n;

    pieces = option_pieces(s, option, &n);
    if (!pieces)
        return false;
    if (n == 0 && o->preset)
        return true;
    if (n == 0)
        return option_mistake(s, option, E0605, NULL, "is empty; a file, folder or glob is needed");
    if (offline || (feed && feed->input != s->index))
        return true;
    good = feed ? add_fed(&l, &m, feed) : find_all(s, option, &l, &m, pieces, n);
    if (good) {
        keep_once(s, &l);
        good = store_files(s, option, &l);
    }
    free(l.folders);
    free(l.at);
    return good;
}

bool folder_files(struct plan *p, const char *folder, const struct mistake *m,
                  struct plan_file **files, size_t *n)
{
    struct file_list l = { .plan = p, .mistake = m };
    bool good = add_folder(&l, folder) && read_folders(&l);

    if (good && l.n > 1)
        qsort(l.at, l.n, sizeof(*l.at), by_path);
    *files = arena_copy(p->memory, l.at, l.n * sizeof(*l.at));
    *n = l.n;
    free(l.folders);
    free(l.at);
    return good && (*files || plan_no_memory(p));
}
