/* SPDX-License-Identifier: Apache-2.0 */
/* Data files of a pipeline or a plugin (word lists, rules, what is known of a language): where they
 * lie, and the hash of what they hold, which is part of the plan. */
#define _GNU_SOURCE
#include "core/plan-private.h"
#include "common/file.h"
#include "common/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool add_content(struct hash128_stream *h, const char *path)
{
    static const size_t size = 64 * 1024;
    char *block = malloc(size);
    int fd = file_open(path, O_RDONLY | O_NONBLOCK, 0), err;
    ssize_t got = -1;

    while (fd >= 0 && block && (got = file_read(fd, block, size)) > 0)
        hash128_add(h, block, (size_t)got);
    err = block ? errno : ENOMEM;
    if (fd >= 0)
        close(fd);
    free(block);
    errno = err;
    return got == 0;
}

static bool unreadable(struct plan *p, const struct mistake *m, const char *path)
{
    struct mistake known = *m;

    known.err = errno;
    known.help = NULL; /* that of the errno; it was found, wherever that is */
    return plan_mistake(p, &known, "data file '%s' cannot be read", path);
}

/* Of a folder: the names from there on and the contents of all its files, in order. */
static bool add_folder_content(struct hash128_stream *h, struct plan *p, const char *folder,
                               const struct mistake *m)
{
    size_t skip = strlen(folder), n;
    struct plan_file *files;

    if (!folder_files(p, folder, m, &files, &n))
        return false;
    for (size_t i = 0; i < n; i++) {
        hash128_add(h, files[i].path + skip, strlen(files[i].path + skip) + 1);
        hash128_add(h, &files[i].size, sizeof(files[i].size));
        if (!add_content(h, files[i].path))
            return unreadable(p, m, files[i].path);
    }
    return true;
}

/* folder/name, where folder is `up` levels above the last slash of file; NULL: none is there. */
static const char *beside(struct plan *p, const char *file, int up, const char *name)
{
    size_t len = strlen(file);
    struct buffer path = { 0 };
    const char *found = NULL;
    struct stat st;

    for (int level = 0; level <= up; level++) {
        while (len > 0 && file[len - 1] != '/')
            len--;
        if (len > 0 && level < up)
            len--;
    }
    buffer_append(&path, file, len);
    buffer_puts(&path, name);
    buffer_byte(&path, '\0');
    if (!path.failed && stat(path.data, &st) == 0)
        found = arena_string(p->memory, path.data, path.len - 1);
    if (path.failed)
        plan_no_memory(p);
    buffer_free(&path);
    return found;
}

/* Beside the file in which the key stands, beside the plugin, in the folder above it (where the
 * kinds of plugins and their data lie side by side), in etl's data folder. */
static const char *find(struct stage *s, size_t option)
{
    const char *name = s->options[option].text, *found;
    const struct conf_key *key = s->options[option].key;
    struct plan *p = s->plan;
    struct stat st;

    if (*name == '/')
        return stat(name, &st) == 0 ? name : NULL;
    found = key && key->value_at.file ? beside(p, key->value_at.file, 0, name) : NULL;
    if (!found)
        found = beside(p, p->conf->path, 0, name);
    for (int up = 0; !found && up <= 1; up++)
        found = beside(p, s->plugin->path, up, name);
    return found ? found : beside(p, DATADIR "/", 0, name);
}

bool stage_find_data(struct stage *s, size_t option)
{
    struct mistake m = { .code = E0613,
                         .at = option_place(s, option, 0, 0),
                         .stage = s,
                         .help = "it is looked for beside the pipeline file, then beside the "
                                 "plugin, then in " DATADIR };
    const char *path = find(s, option);
    struct hash128_stream h;
    struct stat st;
    bool folder;

    if (!path || stat(path, &st) != 0)
        return plan_mistake(s->plan, &m, "data file '%s' of key '%s' in [%s] is not there",
                            s->options[option].text, s->plugin->options[option].name, s->name);
    folder = S_ISDIR(st.st_mode);
    if (!folder && !S_ISREG(st.st_mode))
        return plan_mistake(s->plan, &m, "data file '%s' is neither a file nor a folder", path);
    hash128_begin(&h);
    if (folder && !add_folder_content(&h, s->plan, path, &m))
        return false;
    if (!folder && !add_content(&h, path))
        return unreadable(s->plan, &m, path);
    hash128_hex(hash128_end(&h), s->options[option].hash);
    s->options[option].hash[32] = '\0';
    s->options[option].path = path;
    *(const char **)option_member(s, option) = path;
    return true;
}
