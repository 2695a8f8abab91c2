/* SPDX-License-Identifier: Apache-2.0 */
/* Two folders with files, byte by byte. */
#define _GNU_SOURCE
#include "core/test-folders.h"

#include "core/io.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Calls `each` for the files of a folder, sorted, until one gives other than 0; gives that. A
 * folder that is not there has none. */
static int walk(const char *folder, bool (*skipped)(const char *),
                int (*each)(void *to, const char *name, const char *path), void *to)
{
    char *roots[] = { (char *)(uintptr_t)folder, NULL };
    FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    int result = fts ? 0 : -1;
    FTSENT *e;

    while (result == 0 && (e = fts_read(fts)) != NULL) {
        const char *name = e->fts_path + strlen(folder) + (e->fts_level > 0);

        if (e->fts_level > 0 && skipped && skipped(name))
            fts_set(fts, e, FTS_SKIP);
        else if (e->fts_info == FTS_F)
            result = each(to, name, e->fts_path);
    }
    if (fts)
        fts_close(fts);
    return result;
}

static char *join(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

struct comparison {
    const char *wanted, *is;
    struct buffer *why;
    bool same;
};

/* The first line in which they differ. */
static void tell_line(struct buffer *why, const char *name, const char *wanted, size_t wanted_len,
                      const char *is, size_t is_len)
{
    size_t line = 1, from = 0, i = 0;
    const char *ends[2];

    for (; i < wanted_len && i < is_len && wanted[i] == is[i]; i++)
        if (wanted[i] == '\n') {
            line++;
            from = i + 1;
        }
    buffer_printf(why, "  %s, line %zu:\n", name, line);
    ends[0] = from < wanted_len ? memchr(wanted + from, '\n', wanted_len - from) : wanted + from;
    ends[1] = from < is_len ? memchr(is + from, '\n', is_len - from) : is + from;
    ends[0] = ends[0] ? ends[0] : wanted + wanted_len;
    ends[1] = ends[1] ? ends[1] : is + is_len;
    buffer_printf(why, "    - %.*s\n", (int)(ends[0] - wanted - (ptrdiff_t)from), wanted + from);
    buffer_printf(why, "    + %.*s\n", (int)(ends[1] - is - (ptrdiff_t)from), is + from);
}

static int compare_file(void *to, const char *name, const char *path)
{
    struct comparison *c = to;
    char *other = join(c->is, name), *wanted = NULL, *is = NULL;
    size_t wanted_len = 0, is_len = 0;
    int result = 0;

    if (!other || io_read_file(AT_FDCWD, path, &wanted, &wanted_len) < 0) {
        buffer_printf(c->why, "  %s: cannot be read\n", path);
        result = -1;
    } else if (io_read_file(AT_FDCWD, other, &is, &is_len) < 0) {
        buffer_printf(c->why, "  %s is not made\n", name);
        c->same = false;
    } else if (wanted_len != is_len || memcmp(wanted, is, is_len) != 0) {
        tell_line(c->why, name, wanted, wanted_len, is, is_len);
        c->same = false;
    }
    free(other);
    free(wanted);
    free(is);
    return result < 0 ? -1 : !c->same;
}

static int find_other(void *to, const char *name, const char *path)
{
    struct comparison *c = to;
    char *other = join(c->wanted, name);
    struct stat st;

    (void)path;
    if (other && stat(other, &st) != 0) {
        buffer_printf(c->why, "  %s is made, but not expected\n", name);
        c->same = false;
    }
    free(other);
    return !c->same;
}

int folders_same(const char *wanted, const char *is, bool (*skipped)(const char *name),
                 struct buffer *why, bool *same)
{
    struct comparison c = { wanted, is, why, true };
    int result = walk(wanted, skipped, compare_file, &c);

    if (result == 0)
        result = walk(is, skipped, find_other, &c);
    *same = c.same;
    return result < 0 ? -1 : 0;
}

struct copy {
    const char *from, *to;
};

static int remove_stale(void *to, const char *name, const char *path)
{
    const struct copy *c = to;
    char *source = join(c->from, name);
    struct stat st;
    int result = source && stat(source, &st) != 0 ? io_unlink(AT_FDCWD, path) : 0;

    free(source);
    return result;
}

/* The folders on the way to a file. */
static int make_folders(char *path, size_t from)
{
    for (size_t i = from; path[i]; i++) {
        int result;

        if (path[i] != '/')
            continue;
        path[i] = '\0';
        result = io_mkdir(AT_FDCWD, path, 0755);
        path[i] = '/';
        if (result < 0 && errno != EEXIST)
            return -1;
    }
    return 0;
}

static int copy_file(void *to, const char *name, const char *path)
{
    const struct copy *c = to;
    char *target = join(c->to, name), *data = NULL;
    size_t len;
    int fd = -1, result = -1;

    if (!target || make_folders(target, strlen(c->to) + 1) < 0 ||
        io_read_file(AT_FDCWD, path, &data, &len) < 0)
        goto out;
    fd = io_open(AT_FDCWD, target, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd >= 0 && io_write(fd, data, len) == 0)
        result = 0;
out:
    if (fd >= 0 && close(fd) < 0)
        result = -1;
    free(target);
    free(data);
    return result;
}

int folders_copy(const char *from, const char *to, bool (*skipped)(const char *name))
{
    struct copy c = { from, to };

    if (io_mkdir(AT_FDCWD, to, 0755) < 0 && errno != EEXIST)
        return -1;
    if (walk(to, NULL, remove_stale, &c) < 0)
        return -1;
    return walk(from, skipped, copy_file, &c);
}
