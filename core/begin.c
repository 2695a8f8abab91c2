/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's begin record: by what a run was made. And what has changed since, in words. */
#define _GNU_SOURCE
#include <config.h>
#include "core/run.h"

#include "common/file.h"
#include "common/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_SHOWN = 100, MOST_TOLD = 3 };

static void put_settings(const struct stage *s, struct buffer *to)
{
    put_u64(to, s->n_settings);
    for (size_t i = 0; i < s->n_settings; i++) {
        const struct stage_setting *is = &s->settings[i];

        put_bytes(to, is->name, strlen(is->name));
        put_u64(to, is->hash);
        put_bytes(to, is->text, strnlen(is->text, TEXT_SHOWN));
    }
}

/* Mapped, as it is already for running it. 0, or -1 with errno. */
static int hash_program(const char *path, uint64_t *hash)
{
    int fd = file_open(path, O_RDONLY, 0), err;
    void *data = MAP_FAILED;
    struct stat st;

    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0)
        data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    err = errno;
    close(fd);
    errno = err;
    if (data == MAP_FAILED)
        return -1;
    *hash = hash64(data, (size_t)st.st_size);
    munmap(data, (size_t)st.st_size);
    return 0;
}

/* By the bytes of the file. It is no part of the plan, as other builds of one version give the same
 * output; but what an author builds anew while he works on it, most often under the same version,
 * does not. */
int run_note_builds(struct run *r)
{
    for (size_t i = 0; i < r->plan->n_stages; i++) {
        struct stage *s = &r->plan->stages[i];

        if (hash_program(s->plugin->path, &s->build) < 0)
            return diag_error_errno(r->plan->diag, E0501, errno, "plugin '%s' cannot be read",
                                    s->plugin->path);
    }
    return 0;
}

void run_put_begin(const struct run *r, struct buffer *to)
{
    const struct plan *p = r->plan;

    put_bytes(to, PACKAGE_VERSION, strlen(PACKAGE_VERSION));
    put_bytes(to, p->hash, strlen(p->hash));
    put_u64(to, (uint64_t)r->options.limit);
    put_u64(to, p->n_stages);
    for (size_t i = 0; i < p->n_stages; i++) {
        put_bytes(to, p->stages[i].name, strlen(p->stages[i].name));
        put_u64(to, p->stages[i].digest);
        put_u64(to, p->stages[i].build);
        put_settings(&p->stages[i], to);
    }
    put_u64(to, r->n_files);
    for (size_t i = 0; i < p->n_inputs; i++) {
        const struct stage *s = &p->stages[i];

        for (size_t k = 0; k < s->n_files; k++) {
            const char *path = s->files[k].path ? s->files[k].path : "";

            put_bytes(to, path, strlen(path));
            put_u64(to, (uint64_t)s->files[k].size);
            put_u64(to, (uint64_t)s->files[k].mtime);
        }
    }
    put_bytes(to, p->name, strlen(p->name));
}

/* Appends to the differences told so far. */
static void tell(char *to, size_t max, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void tell(char *to, size_t max, const char *fmt, ...)
{
    size_t at = strlen(to);
    va_list args;

    if (at > 0 && at + 3 < max)
        at += (size_t)snprintf(to + at, max - at, "; ");
    va_start(args, fmt);
    vsnprintf(to + at, max - at, fmt, args);
    va_end(args);
}

static const struct stage_setting *setting_named(const struct stage *s, const char *name,
                                                 size_t len)
{
    for (size_t i = 0; i < s->n_settings; i++)
        if (strlen(s->settings[i].name) == len && memcmp(s->settings[i].name, name, len) == 0)
            return &s->settings[i];
    return NULL;
}

static void compare_setting(const struct stage *s, const char *name, size_t name_len, uint64_t hash,
                            const char *text, size_t len, char *to, size_t max)
{
    const struct stage_setting *is = setting_named(s, name, name_len);
    const char *blank = len == 0 ? "nothing" : "";

    if (!is)
        tell(to, max, "[%s] had a key %.*s", s->name, (int)name_len, name);
    else if (hash != is->hash && strnlen(is->text, TEXT_SHOWN) == len &&
             memcmp(is->text, text, len) == 0)
        tell(to, max, len < TEXT_SHOWN ? "[%s] %s: the file holds something else" : "[%s] %s",
             s->name, is->name);
    else if (hash != is->hash)
        tell(to, max, "[%s] %s was %s%.*s, is %.*s", s->name, is->name, blank, (int)len, text,
             TEXT_SHOWN, *is->text ? is->text : "nothing");
}

/* The settings of a stage then, against those of the stage now in its place; NULL: not compared. */
static void compare_settings(const struct stage *s, struct reader *begin, char *to, size_t max)
{
    uint64_t n = get_u64(begin);
    int told = 0;

    for (uint64_t i = 0; i < n && !begin->bad; i++) {
        size_t name_len, len, before = strlen(to);
        const char *name = get_bytes(begin, &name_len);
        uint64_t hash = get_u64(begin);
        const char *text = get_bytes(begin, &len);

        if (!begin->bad && s && told < MOST_TOLD)
            compare_setting(s, name, name_len, hash, text, len, to, max);
        told += strlen(to) > before;
    }
    if (s && !told && !begin->bad)
        tell(to, max, "[%s] has a new key", s->name);
}

static bool same_text(struct reader *r, const char *text)
{
    size_t len;
    const void *at = get_bytes(r, &len);

    return !r->bad && len == strlen(text) && memcmp(at, text, len) == 0;
}

void run_plan_difference(const struct run *r, struct reader *begin, char *to, size_t max)
{
    const struct plan *p = r->plan;
    bool same_plan;
    uint64_t n;

    *to = '\0';
    same_text(begin, PACKAGE_VERSION);
    same_plan = same_text(begin, p->hash);
    if (get_u64(begin) != (uint64_t)r->options.limit)
        tell(to, max, "--limit was another one");
    n = get_u64(begin);
    for (uint64_t i = 0; i < n && !begin->bad; i++) {
        size_t len;
        const char *name = get_bytes(begin, &len);
        uint64_t digest = get_u64(begin), build = get_u64(begin);
        const struct stage *s = i < p->n_stages ? &p->stages[i] : NULL;
        bool same_name =
            s && !begin->bad && strlen(s->name) == len && memcmp(s->name, name, len) == 0;

        if (!begin->bad && !same_plan && !same_name && !*to)
            tell(to, max, "[%.*s] %s%s%s", (int)len, name, s ? "was where [" : "is gone",
                 s ? s->name : "", s ? "] is now" : "");
        compare_settings(!same_plan && same_name && digest != s->digest ? s : NULL, begin, to, max);
        if (same_plan && same_name && !begin->bad && build != s->build)
            tell(to, max, "[%s] its plugin %.300s was built anew", s->name, s->plugin->path);
    }
    if (!same_plan && !*to && n == p->n_stages)
        tell(to, max, "--from-rejects was another one, or that run's rejects have changed");
    else if (!same_plan && !*to)
        tell(to, max, "a section was added");
    if (begin->bad)
        snprintf(to, max, "the journal is of another version of etl");
}

size_t run_first_changed_file(const struct run *r, struct reader *begin, size_t *n_then,
                              const char **which)
{
    const struct plan *p = r->plan;
    uint64_t n = get_u64(begin);
    size_t index = 0;

    *n_then = (size_t)n;
    *which = NULL;
    for (size_t i = 0; i < p->n_inputs; i++) {
        const struct stage *s = &p->stages[i];

        for (size_t k = 0; k < s->n_files; k++, index++) {
            const char *path = s->files[k].path ? s->files[k].path : "";
            int64_t size = s->files[k].size, mtime = s->files[k].mtime;
            bool same;

            if (index >= n) {
                *which = path;
                return index;
            }
            same = same_text(begin, path);
            same = get_u64(begin) == (uint64_t)size && same;
            same = get_u64(begin) == (uint64_t)mtime && same;
            if (begin->bad || !same) {
                *which = path;
                return index;
            }
        }
    }
    return index;
}
