/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing: everything is synced (publish-files.c), the journal says what is to be renamed, then
 * the renames, which may be done again, the directory, and manifest.json as the last. */
#define _GNU_SOURCE
#include "core/run.h"

#include "core/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of a name in the run directory, made where it is not there, and durable, so that what
 * is moved into it can not be lost with it: a descriptor, which may be the run directory's own, and
 * *base, the last word. No symbolic link is followed, as it could lead out of the run directory.
 * -1: reported. */
static int open_folder(struct run *r, const char *name, const char **base)
{
    int at = r->rundir.fd;
    const char *slash;

    for (; (slash = strchr(name, '/')); name = slash + 1) {
        char *step = strndup(name, (size_t)(slash - name));
        int next = -1, err = ENOMEM;

        if (step && (io_mkdir(at, step, 0777) == 0 || errno == EEXIST))
            next = io_open(at, step, O_RDONLY | O_DIRECTORY, 0);
        if (step)
            err = errno;
        if (next >= 0 && io_sync_dir(at) < 0) {
            err = errno;
            close(next);
            next = -1;
        }
        if (at != r->rundir.fd)
            close(at);
        if (next < 0 && (err == ELOOP || err == ENOTDIR))
            diag_error(
                r->plan->diag, E0703, NULL,
                "%s/%s is in the way: a symbolic link or no folder, where outputs are to go; "
                "remove it and run the same command again",
                r->rundir.path, step);
        else if (next < 0)
            diag_error_errno(r->plan->diag, E0744, err, "cannot make %s/%s", r->rundir.path,
                             step ? step : name);
        free(step);
        if (next < 0)
            return -1;
        at = next;
    }
    *base = name;
    return at;
}

/* A rename that may have happened already: then the part is gone and the final name is there. Or,
 * where power was lost, both are there and are one file, which a rename leaves at that. */
static int publish_file(struct run *r, const char *part, const char *name, bool in_store)
{
    const char *base = name;
    int from = in_store ? AT_FDCWD : r->rundir.state, result = 0;
    int to = in_store ? AT_FDCWD : open_folder(r, name, &base);

    if (to == -1)
        return -1;
    if (io_rename(from, part, to, base) == 0) {
        if (in_store) /* in .state it goes with the rest */
            io_unlink(from, part);
    } else if (errno != ENOENT || faccessat(to, base, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
        result = diag_error_errno(r->plan->diag, E0744, errno, "cannot publish %s%s%s",
                                  in_store ? "" : r->rundir.path, in_store ? "" : "/", name);
    }
    if (result == 0 && (in_store             ? io_sync_way(AT_FDCWD, name)
                        : to != r->rundir.fd ? io_sync_dir(to)
                                             : 0) < 0)
        result =
            diag_error_errno(r->plan->diag, E0744, errno, "cannot sync the folder of %s", name);
    if (to != r->rundir.fd && !in_store)
        close(to);
    return result;
}

static char *text_of(struct reader *at)
{
    size_t len;
    const char *text = get_bytes(at, &len);

    return at->bad ? NULL : strndup(text, len);
}

int run_publish_record(struct run *r, const void *data, size_t len)
{
    struct reader at = { data, (const unsigned char *)data + len, false };
    uint64_t n = get_u64(&at);
    const char *manifest;
    size_t manifest_len;

    /* From here on the directory is neither the old run's nor the new one's: before any file is
     * another one, no manifest speaks of it, even if power is lost. */
    if ((io_unlink(r->rundir.fd, "manifest.json") < 0 && errno != ENOENT) ||
        io_sync_dir(r->rundir.fd) < 0)
        return diag_error_errno(r->plan->diag, E0744, errno, "cannot remove %s/manifest.json",
                                r->rundir.path);
    if (io_unlink(r->rundir.fd, "report.html") < 0 && errno != ENOENT) /* on the run before */
        return diag_error_errno(r->plan->diag, E0744, errno, "cannot remove %s/report.html",
                                r->rundir.path);
    for (uint64_t i = 0; i < n; i++) {
        bool in_store = get_u64(&at) != 0;
        char *part = text_of(&at), *name = text_of(&at);
        int result = -1;

        if (part && name)
            result = publish_file(r, part, name, in_store);
        else if (!at.bad)
            diag_error_errno(r->plan->diag, E0771, ENOMEM, "cannot publish");
        if (result == 0)
            diag_log(r->plan->diag, DIAG_DEBUG, r->rundir.path, "published %s", name);
        free(part);
        free(name);
        if (result < 0)
            return at.bad ? diag_error(r->plan->diag, E0705, NULL,
                                       "the journal cannot be read; rerun with --fresh")
                          : -1;
    }
    manifest = get_bytes(&at, &manifest_len);
    if (at.bad)
        return diag_error(r->plan->diag, E0705, NULL,
                          "the journal cannot be read; rerun with --fresh");
    if (io_sync_dir(r->rundir.fd) < 0 || io_sync_dir(r->rundir.state) < 0 ||
        io_replace(r->rundir.fd, "manifest.json", manifest, manifest_len) < 0 ||
        io_sync_dir(r->rundir.fd) < 0)
        return diag_error_errno(r->plan->diag, E0744, errno, "cannot write %s/manifest.json",
                                r->rundir.path);
    return 0;
}

int run_publish(struct run *r)
{
    struct published *files = NULL;
    struct buffer record = { 0 }, manifest = { 0 };
    size_t n;
    int result = -1;

    if (rundir_in_place(&r->rundir, r->plan->diag) < 0 || run_files(r, &files, &n) < 0)
        goto out;
    manifest_write(r, files, n, &manifest);
    put_u64(&record, n);
    for (size_t i = 0; i < n; i++) {
        r->bytes_out += files[i].bytes;
        put_u64(&record, files[i].in_store);
        put_bytes(&record, files[i].part, strlen(files[i].part));
        put_bytes(&record, files[i].name, strlen(files[i].name));
    }
    put_bytes(&record, manifest.data, manifest.len);
    if (manifest.failed || record.failed) {
        diag_error_errno(r->plan->diag, E0771, ENOMEM, "cannot publish");
        goto out;
    }
    if (run_sync_names(r) < 0 ||
        journal_append(&r->journal.journal, JOURNAL_PUBLISHING, &record) < 0)
        goto out;
    atomic_store(&r->publishing, r->resumable);
    if (run_publish_record(r, record.data, record.len) < 0)
        goto out;
    rundir_tidy(&r->rundir);
    if (journal_append(&r->journal.journal, JOURNAL_PUBLISHED, &(struct buffer){ 0 }) < 0)
        goto out;
    r->published = true;
    result = 0;
out:
    buffer_free(&record);
    buffer_free(&manifest);
    free(files);
    return result;
}
