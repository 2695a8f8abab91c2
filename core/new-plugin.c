/* SPDX-License-Identifier: Apache-2.0 */
/* etl new plugin: a folder with a plugin that builds and passes its case at once. */
#define _GNU_SOURCE
#include "core/new.h"

#include "core/io.h"
#include "core/templates.h"
#include "common/buffer.h"
#include "common/nearest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct subject {
    const char *kind, *name;
};

/* The text with @NAME@ and @KIND@ filled in. */
static bool fill_in(struct buffer *to, const char *text, const struct subject *s)
{
    for (; *text; text++) {
        bool name = strncmp(text, "@NAME@", 6) == 0;

        if (name || strncmp(text, "@KIND@", 6) == 0) {
            buffer_puts(to, name ? s->name : s->kind);
            text += 5;
        } else {
            buffer_byte(to, *text);
        }
    }
    return !to->failed;
}

/* NAME/PATH; NULL: memory is out. */
static char *target(const struct template *t, const struct subject *s)
{
    struct buffer path = { 0 };

    buffer_printf(&path, "%s/", s->name);
    fill_in(&path, t->path, s);
    return buffer_take(&path);
}

/* The folders that lead to a file; not writable by others, as no plugin may lie in such. */
static int make_folders(char *path)
{
    for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (io_mkdir(AT_FDCWD, path, 0755) < 0 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    return 0;
}

int new_file(const char *path, const void *data, size_t len, struct diag *d)
{
    int fd = io_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0666), err = errno;

    if (fd < 0 && err == EEXIST)
        return diag_report(d,
                           &(struct diag_message){ .level = DIAG_ERROR,
                                                   .code = E0216,
                                                   .text = "is there already, and stays as it is",
                                                   .document = path,
                                                   .help = "take another name, or move it away" });
    if (fd < 0 || io_write(fd, data, len) < 0) {
        diag_error_errno(d, E0744, fd < 0 ? err : errno, "cannot write %s", path);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    close(fd);
    return 0;
}

static int write_template(const struct template *t, const struct subject *s, struct diag *d)
{
    struct buffer text = { 0 };
    char *path = target(t, s);
    int status;

    if (!path || !fill_in(&text, t->text, s))
        status = diag_error(d, E0771, NULL, "memory is out");
    else if (make_folders(path) < 0)
        status = diag_error_errno(d, E0744, errno, "cannot make the folder of %s", path);
    else
        status = new_file(path, text.data, text.len, d);
    free(path);
    buffer_free(&text);
    return status;
}

/* Nothing is begun where one of the files is there. */
static bool none_is_there(const struct subject *s, struct diag *d)
{
    bool good = true;

    for (const struct template *t = templates; t->kind && good; t++) {
        char *path = strcmp(t->kind, s->kind) == 0 ? target(t, s) : NULL;
        struct stat st;

        if (path && lstat(path, &st) == 0)
            good = new_file(path, "", 0, d) == 0; /* says that it is there */
        free(path);
    }
    return good;
}

static bool name_is_good(const char *name, struct diag *d)
{
    size_t n = strlen(name);

    if (n > 0 && n < 64 && name[0] >= 'a' && name[0] <= 'z' &&
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n)
        return true;
    diag_error(d, E0204, NULL,
               "'%.100s' is no name for a plugin: small letters, digits and '-', at most 63, the "
               "first a letter",
               name);
    return false;
}

int new_plugin(struct app *app, const char *kind, const char *name)
{
    static const char *const kinds[] = { "input", "transform", "output" };
    const struct subject s = { kind, name };
    struct diag *d = &app->diag;
    size_t which = 0;

    while (which < 3 && strcmp(kinds[which], kind) != 0)
        which++;
    if (which == 3) {
        char text[200];

        snprintf(text, sizeof(text), "there is no kind of plugin '%.100s'", kind);
        diag_report(d, &(struct diag_message){ .level = DIAG_ERROR,
                                               .code = E0204,
                                               .text = text,
                                               .near = nearest(kind, kinds, 3),
                                               .help = "input, transform or output" });
        return EXIT_USAGE;
    }
    if (!name_is_good(name, d) || !none_is_there(&s, d))
        return (int)d->status;
    for (const struct template *t = templates; t->kind; t++)
        if (strcmp(t->kind, kind) == 0 && write_template(t, &s, d) < 0)
            return (int)d->status;
    if (!app->quiet)
        printf("%s/ has a plugin that works: %s.c, a Makefile, and a case in cases/\n"
               "  make -C %s test\n",
               name, name, name);
    return EXIT_DONE;
}
