/* SPDX-License-Identifier: Apache-2.0 */
/* Making, locking and clearing the run directory. */
#define _GNU_SOURCE
#include "core/rundir.h"

#include "common/file.h"
#include "core/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No run directory: where else could the results go? */
static int unusable(struct diag *d, int err, const char *doing, const char *path)
{
    const struct diag_message m = {
        .level = DIAG_ERROR,
        .code = E0702,
        .text = doing,
        .document = path,
        .help = "name another one with -o, or with out in [pipeline]",
    };

    return diag_report_errno(d, &m, err);
}

/* mkdir -p */
static int make_path(const char *path)
{
    char *copy = strdup(path);
    int result = -1;

    if (!copy)
        return -1;
    for (char *slash = copy + 1; *slash; slash++)
        if (*slash == '/') {
            *slash = '\0';
            if (io_mkdir(AT_FDCWD, copy, 0777) < 0 && errno != EEXIST)
                goto out;
            *slash = '/';
        }
    if (io_mkdir(AT_FDCWD, copy, 0777) == 0 || errno == EEXIST)
        result = 0;
out:
    free(copy);
    return result;
}

/* A link that another user could plant, in a folder where anybody may: the run would end up where
 * he likes. (Linux refuses some of these itself: fs.protected_symlinks.) */
static int check_link(const char *path, const char *folder, struct diag *d)
{
    struct stat link, above;

    if (lstat(path, &link) < 0 || !S_ISLNK(link.st_mode) || link.st_uid == geteuid() ||
        link.st_uid == 0 || stat(folder, &above) < 0 || !(above.st_mode & S_IWOTH) ||
        link.st_uid == above.st_uid)
        return 0;
    return diag_error(d, E0703, NULL,
                      "%s is a symbolic link of another user, in a folder where anybody can make "
                      "one; name another run directory with -o",
                      path);
}

/* Each step of the path, before any is followed. */
static int check_links(const char *path, struct diag *d)
{
    size_t n = strlen(path);
    char *step = strdup(path), *folder = strdup(path);
    int result = step && folder ? 0 : diag_error_errno(d, E0702, ENOMEM, "cannot open %s", path);

    while (result == 0 && n > 0 && path[n - 1] == '/')
        n--;
    for (size_t i = 1; result == 0 && i <= n; i++) {
        size_t up = i;

        if (i < n && path[i] != '/')
            continue;
        while (up > 0 && path[up - 1] != '/')
            up--;
        snprintf(step, n + 1, "%.*s", (int)i, path);
        snprintf(folder, n + 1, "%.*s", (int)up, path);
        result = check_link(step, up > 0 ? folder : ".", d);
    }
    free(step);
    free(folder);
    return result;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

int rundir_in_place(const struct rundir *r, struct diag *d)
{
    struct stat ours, there;

    if (fstat(r->fd, &ours) == 0 && stat(r->path, &there) == 0 && same_file(&ours, &there) &&
        fstat(r->state, &ours) == 0 && fstatat(r->fd, ".state", &there, AT_SYMLINK_NOFOLLOW) == 0 &&
        same_file(&ours, &there))
        return 0;
    return diag_report(
        d, &(struct diag_message){
               .level = DIAG_ERROR,
               .code = E0703,
               .text = "the run directory was moved or replaced while the run lasted",
               .document = r->path,
               .note = "nothing is published",
               .help = "put it back and run the same command again, or name another one with -o",
           });
}

static int take_lock(struct rundir *r, struct diag *d)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    r->lock = io_open(r->state, "lock", O_RDWR | O_CREAT, 0600);
    if (r->lock < 0)
        return diag_error_errno(d, E0702, errno, "cannot make %s/.state/lock", r->path);
    if (fcntl(r->lock, F_OFD_SETLK, &lock) == 0)
        return 0;
    if (errno != EAGAIN && errno != EACCES)
        return diag_error_errno(d, E0702, errno, "cannot lock %s/.state/lock", r->path);
    return diag_report(d, &(struct diag_message) {
                              .level = DIAG_ERROR,
                              .code = E0701,
                              .text = "another run is writing to this run directory",
                              .document = r->path,
                              .help = "wait until it ends, or give this run another directory with -o",
                          });
}

/* The directory may not be a place where others could swap our files. */
static int check_owner(struct rundir *r, struct diag *d)
{
    struct stat st;

    if (fstat(r->state, &st) < 0)
        return diag_error_errno(d, E0702, errno, "cannot look at %s/.state", r->path);
    if (st.st_uid != geteuid())
        return diag_error(d, E0703, NULL, "%s/.state belongs to another user", r->path);
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return diag_error(d, E0703, NULL, "%s/.state can be written by others; chmod 700 it", r->path);
    return 0;
}

/* What io_replace was about to rename when its process was killed. */
static void remove_temporaries(struct rundir *r)
{
    io_unlink(r->fd, ".manifest.json.new");
    io_unlink(r->fd, ".run.json.new");
    io_unlink(r->fd, ".progress.json.new");
}

int rundir_open(struct rundir *r, const char *path, struct diag *d)
{
    struct stat st;

    memset(r, 0, sizeof(*r));
    r->fd = r->state = r->lock = -1;
    r->path = strdup(path);
    if (!r->path)
        return diag_error_errno(d, E0702, ENOMEM, "cannot open the run directory");
    if (check_links(path, d) < 0)
        goto failed;
    if (make_path(path) < 0) {
        unusable(d, errno, "cannot make the run directory", path);
        goto failed;
    }
    r->fd = file_open(path, O_RDONLY | O_DIRECTORY, 0);
    if (r->fd < 0) {
        unusable(d, errno, "cannot open the run directory", path);
        goto failed;
    }
    if (check_links(path, d) < 0) /* once more: it may have been swapped before it was opened */
        goto failed;
    if (io_mkdir(r->fd, ".state", 0700) < 0 && errno != EEXIST) {
        unusable(d, errno, "cannot make the folder .state in the run directory", path);
        goto failed;
    }
    r->state = io_open(r->fd, ".state", O_RDONLY | O_DIRECTORY, 0);
    if (r->state < 0 && fstatat(r->fd, ".state", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISLNK(st.st_mode)) {
        diag_error(d, E0703, NULL, "%s/.state is a symbolic link; remove it", path);
        goto failed;
    }
    if (r->state < 0) {
        diag_error_errno(d, E0702, errno, "cannot open %s/.state", path);
        goto failed;
    }
    if (check_owner(r, d) < 0 || take_lock(r, d) < 0)
        goto failed;
    remove_temporaries(r);
    return 0;
failed:
    rundir_close(r);
    return -1;
}

void rundir_close(struct rundir *r)
{
    if (r->lock >= 0)
        close(r->lock);
    if (r->state >= 0)
        close(r->state);
    if (r->fd >= 0)
        close(r->fd);
    free(r->path);
    memset(r, 0, sizeof(*r));
    r->fd = r->state = r->lock = -1;
}

/* Removes everything in .state but the lock, and the journal if it is to be kept. Returns 0, or the
 * errno of the last that could not be removed, whose name is left in `name` of NAME_MAX + 1 bytes. */
static int remove_all(struct rundir *r, bool keep_journal, char *name)
{
    int fd = dup(r->state), err = 0;
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    *name = '\0';
    if (!dir) {
        err = errno;
        if (fd >= 0)
            close(fd);
        return err;
    }
    rewinddir(dir);
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            strcmp(entry->d_name, "lock") == 0 ||
            (keep_journal && strcmp(entry->d_name, "journal") == 0))
            continue;
        if (io_unlink(r->state, entry->d_name) < 0) {
            err = errno;
            snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
        }
    }
    closedir(dir);
    return err;
}

int rundir_sync(const struct rundir *r)
{
    return io_sync_dir(r->state) < 0 || io_sync_dir(r->fd) < 0 ? -1 : io_sync_way(AT_FDCWD, r->path);
}

int rundir_clear(struct rundir *r, struct diag *d)
{
    char name[NAME_MAX + 1] = "journal";
    int err;

    if ((io_unlink(r->state, name) < 0 && errno != ENOENT) || io_sync_dir(r->state) < 0)
        err = errno;
    else
        err = remove_all(r, false, name);
    if (!err)
        return 0;
    return diag_error_errno(d, E0702, err, "cannot remove %s/.state/%s", r->path, name);
}

void rundir_forget_end(struct rundir *r)
{
    io_unlink(r->state, "ended.json");
    io_unlink(r->state, "run.json");
}

char *rundir_temporary(struct diag *d)
{
    const char *base = getenv("TMPDIR");
    char *name;

    if (asprintf(&name, "%s/etl-dry-XXXXXX", base && *base ? base : "/tmp") < 0)
        name = NULL;
    if (name && mkdtemp(name))
        return name;
    diag_error_errno(d, E0702, name ? errno : ENOMEM, "cannot make a directory for the dry run");
    free(name);
    return NULL;
}

void rundir_remove(struct rundir *r, struct diag *d)
{
    rundir_clear(r, d);
    io_unlink(r->fd, "progress.json");
    unlinkat(r->state, "lock", 0);
    unlinkat(r->fd, ".state", AT_REMOVEDIR);
    rmdir(r->path);
}

void rundir_tidy(struct rundir *r)
{
    char name[NAME_MAX + 1];

    remove_all(r, true, name);
    io_sync_dir(r->state);
}

static char *join(const char *a, const char *b, const char *c)
{
    size_t n = strlen(a) + strlen(b) + strlen(c) + 1;
    char *to = malloc(n);

    if (to)
        snprintf(to, n, "%s%s%s", a, b, c);
    return to;
}

char *rundir_part_name(const char *final_name)
{
    char *to = malloc(3 * strlen(final_name) + 6), *at = to;

    if (!to)
        return NULL;
    for (; *final_name; final_name++)
        if (*final_name == '/' || *final_name == '%')
            at += sprintf(at, "%%%02X", (unsigned)*final_name);
        else
            *at++ = *final_name;
    strcpy(at, ".part");
    return to;
}

char *rundir_state_path(const struct rundir *r, const char *name)
{
    return join(r->path, "/.state/", name);
}
