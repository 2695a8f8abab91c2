/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a pipeline file into memory: a regular file that not everybody may write, read once and
 * whole, of a bounded size. */
#define _POSIX_C_SOURCE 200809L
#include "core/conf-parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(struct conf_loader *l, enum diag_code code, struct diag_place from, int err,
                   const char *help, const char *text)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = code, .place = from, .help = help };

    conf_note_mistake(l, m, err, "%s", text);
    return false;
}

/* Bytes read up to max, or -1 and errno. */
static ssize_t read_all(int fd, char *to, size_t max)
{
    size_t len = 0;

    while (len < max) {
        ssize_t n = read(fd, to + len, max - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

/* May this file be read, and for the first time? */
static bool check_file(struct conf_loader *l, int fd, const char *path, struct diag_place from,
                       struct stat *st)
{
    if (fstat(fd, st) != 0)
        return refuse(l, E0101, from, errno, NULL, conf_format(l, "cannot read %s", path));
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
    if (l->n_files == CONF_MAX_FILES)
        return refuse(l, E0115, from, 0, NULL,
                      conf_format(l, "more than %d files in one pipeline", CONF_MAX_FILES));
    return true;
}

bool conf_read(struct conf_loader *l, const char *path, struct diag_place from, const char **data,
               size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct diag_place start = { .file = path, .line = 1, .column = 1, .width = 1 };
    struct stat st;
    bool ok = false;
    char *text;
    ssize_t n;

    if (fd < 0)
        return refuse(l, E0101, from, errno, NULL, conf_format(l, "cannot read %s", path));
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
    n = read_all(fd, text, (size_t)st.st_size + 1); /* one more, to see that it does not grow */
    if (n < 0 || n > st.st_size) {
        refuse(l, E0101, from, n < 0 ? errno : 0, NULL,
               n < 0 ? conf_format(l, "cannot read %s", path)
                     : conf_format(l, "%s changes while it is read", path));
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
