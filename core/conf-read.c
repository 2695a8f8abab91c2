/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a pipeline file into memory: a regular file that not everybody may write, read once and
 * whole, of a bounded size. */
#define _POSIX_C_SOURCE 200809L
#include "core/conf-parts.h"

#include "common/file.h"
#include "common/nearest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_LOOKED_AT = 1000 };

static bool refuse(struct conf_loader *l, enum diag_code code, struct diag_place from, int err,
                   const char *help, const char *text)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = code, .place = from, .help = help };

    conf_note_mistake(l, m, err, "%s", text);
    return false;
}

/* The pipeline that may be meant by a path that does not exist, or NULL. */
static const char *meant(struct conf_loader *l, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *found = NULL;
    const char *folder =
        conf_format(l, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    const char *names[FILES_LOOKED_AT], *whole = conf_format(l, "%s.conf", name);
    const struct dirent *e;
    DIR *d = opendir(folder);
    size_t n = 0;

    while (d && n < FILES_LOOKED_AT && (e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name);

        if (len <= 5 || e->d_name[0] == '.' || strcmp(e->d_name + len - 5, ".conf") != 0)
            continue;
        names[n] = arena_string(&l->arena, e->d_name, len);
        if (!names[n])
            break;
        if (strcmp(names[n++], whole) == 0)
            found = names[n - 1];
    }
    if (d)
        closedir(d);
    found = found ? found : nearest(name, names, n);
    return found ? conf_format(l, "%s%s", slash ? folder : "", found) : NULL;
}

static bool not_there(struct conf_loader *l, const char *path, struct diag_place from, int err)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = E0101, .place = from };

    if (err == ENOENT && !from.file)
        m.near = meant(l, path);
    conf_note_mistake(l, m, err, "cannot read %s", path);
    return false;
}

/* What else than text a file is, by how it begins; NULL: perhaps it is text. */
static const char *other_than_text(const char *data, size_t len)
{
    static const struct {
        const char *bytes, *name;
    } kinds[] = {
        { "\x1f\x8b", "a gzip file" },
        { "\x28\xb5\x2f\xfd", "a zstd file" },
        { "\xfd"
          "7zXZ",
          "an xz file" },
        { "BZh9", "a bzip2 file" },
        { "PK\x03\x04", "a zip archive" },
        { "\x7f"
          "ELF",
          "a program" },
        { "SQLite format 3", "a database" },
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (len >= strlen(kinds[i].bytes) &&
            memcmp(data, kinds[i].bytes, strlen(kinds[i].bytes)) == 0)
            return kinds[i].name;
    return NULL;
}

/* The encoding of characters that take two bytes or four, by a byte order mark or by where the NULs
 * of an ASCII character and the next one are; NULL: it is none. */
static const char *wide_encoding(const char *data, size_t len)
{
    static const struct {
        const char *name;
        bool nul[4];
    } kinds[] = {
        { "UTF-32LE", { false, true, true, true } },
        { "UTF-32BE", { true, true, true, false } },
        { "UTF-16LE", { false, true, false, true } },
        { "UTF-16BE", { true, false, true, false } },
    };

    if (len >= 4 &&
        (memcmp(data, "\xff\xfe\0\0", 4) == 0 || memcmp(data, "\0\0\xfe\xff", 4) == 0))
        return "UTF-32";
    if (len >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0))
        return "UTF-16";
    for (size_t k = 0; len >= 4 && k < sizeof(kinds) / sizeof(*kinds); k++) {
        size_t i = 0;

        while (i < 4 && (data[i] == '\0') == kinds[k].nul[i])
            i++;
        if (i == 4)
            return kinds[k].name;
    }
    return NULL;
}

/* May this file be read, and for the first time? */
static bool check_file(struct conf_loader *l, int fd, const char *path, struct diag_place from,
                       struct stat *st)
{
    if (fstat(fd, st) != 0)
        return refuse(l, E0101, from, errno, NULL, conf_format(l, "cannot read %s", path));
    if (S_ISDIR(st->st_mode))
        return refuse(l, E0101, from, 0, "name one of the files in it",
                      conf_format(l, "cannot read %s: it is a folder", path));
    if (!S_ISREG(st->st_mode))
        return refuse(l, E0101, from, 0, NULL,
                      conf_format(l, "cannot read %s: not a regular file", path));
    if (st->st_mode & S_IWOTH)
        return refuse(l, E0102, from, 0, conf_format(l, "chmod o-w %s", path),
                      conf_format(l, "%s can be written by anybody", path));
    for (size_t i = 0; i < l->n_files; i++)
        if (l->files[i].device == (uint64_t)st->st_dev && l->files[i].inode == (uint64_t)st->st_ino)
            return refuse(l, E0123, from, 0, "take one of the two includes out",
                          conf_format(l, "%s is included a second time", path));
    if (l->n_files < CONF_MAX_FILES)
        return true;
    if (!l->too_many)
        refuse(l, E0115, from, 0, NULL,
               conf_format(l, "more than %d files in one pipeline", CONF_MAX_FILES));
    l->too_many = true;
    return false;
}

bool conf_read(struct conf_loader *l, const char *path, struct diag_place from, const char **data,
               size_t *len)
{
    int fd = file_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
    struct diag_place start = { .file = path, .line = 1, .column = 1, .width = 1 };
    struct stat st;
    bool ok = false;
    const char *what;
    char *text;
    ssize_t n;

    if (fd < 0)
        return not_there(l, path, from, errno);
    if (!check_file(l, fd, path, from, &st))
        goto out;
    l->files[l->n_files++] = (struct conf_file){ path, (uint64_t)st.st_dev, (uint64_t)st.st_ino };
    if (st.st_size > CONF_MAX_FILE) {
        refuse(l, E0115, start, 0, NULL, "the file is larger than 1 MiB");
        goto out;
    }
    text = arena_get(&l->arena, (size_t)st.st_size + 2);
    if (!text) {
        l->no_memory = true;
        goto out;
    }
    n = file_read(fd, text, (size_t)st.st_size + 1); /* one more, to see that it does not grow */
    if (n < 0 || n > st.st_size) {
        refuse(l, E0101, from, n < 0 ? errno : 0, NULL,
               n < 0 ? conf_format(l, "cannot read %s", path)
                     : conf_format(l, "%s changes while it is read", path));
        goto out;
    }
    what = other_than_text(text, (size_t)n);
    if (what) {
        refuse(l, E0101, from, 0,
               "what is to be read is named in an [input ...] section of a pipeline",
               conf_format(l, "%s is %s, not a pipeline", path, what));
        goto out;
    }
    what = wide_encoding(text, (size_t)n);
    if (what) {
        refuse(l, E0112, start, 0,
               conf_format(l, "save it as UTF-8: iconv -f %s -t UTF-8 FILE", what),
               conf_format(l, "the file is in %s", what));
        goto out;
    }
    text[n] = '\0';
    *data = text;
    *len = (size_t)n;
    ok = true;
out:
    close(fd);
    return ok;
}
