/* SPDX-License-Identifier: Apache-2.0 */
/* A segment is a header of 192 bytes and pages as in the side file (docs/index-format-1.md). */
#define _GNU_SOURCE
#include "segment.h"
#include "common/file.h"
#include "bytes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[8] = { 'E', 'T', 'L', 'P', 'A', 'G', 'E', 'S' };

/* Where things stand in the header. */
enum {
    AT_FORMAT = 8,
    AT_HEADER = 12,
    AT_PAGE = 16,
    AT_GENERATION = 20,
    AT_FOLDS = 24,
    AT_NUMBERS = 28,
    AT_THRESHOLD = 32,
    AT_COUNT = 40,
    AT_CHECK = 48,
    AT_FIELD = 56,
    AT_PLAN = 120,
    AT_SUM = SEGMENT_HEADER - 8
};

static uint64_t bits_of(double d)
{
    uint64_t bits;

    memcpy(&bits, &d, sizeof(bits));
    return bits;
}

static void header_write(unsigned char h[SEGMENT_HEADER], const char *plan, uint32_t generation,
                         const struct segment_settings *settings, const struct side *side)
{
    size_t plan_len = strnlen(plan, 32);

    memset(h, 0, SEGMENT_HEADER);
    memcpy(h, magic, sizeof(magic));
    put32(h + AT_FORMAT, SEGMENT_FORMAT);
    put32(h + AT_HEADER, SEGMENT_HEADER);
    put32(h + AT_PAGE, PAGE_BYTES);
    put32(h + AT_GENERATION, generation);
    put32(h + AT_FOLDS, settings->folds_all);
    put32(h + AT_NUMBERS, settings->numbers);
    put64(h + AT_THRESHOLD, bits_of(settings->threshold));
    put64(h + AT_COUNT, side->count);
    put64(h + AT_CHECK, side->check);
    memcpy(h + AT_FIELD, settings->field, sizeof(settings->field));
    memcpy(h + AT_PLAN, plan, plan_len);
    put64(h + AT_SUM, hash64(h, AT_SUM));
}

/* The settings that differ, in words; NULL: none. */
static const char *other_settings(const unsigned char *h, const struct segment_settings *s,
                                  char *to, size_t max)
{
    static const char *const numbers[] = { "any", "differ" };
    uint32_t theirs = get32(h + AT_NUMBERS);
    uint64_t bits = get64(h + AT_THRESHOLD);
    char field[65] = { 0 };
    double threshold;

    memcpy(&threshold, &bits, sizeof(threshold));
    memcpy(field, h + AT_FIELD, 64);
    if (strncmp(field, s->field, 64) != 0)
        snprintf(to, max, "field = %s, this run has field = %.64s", field, s->field);
    else if (theirs != s->numbers)
        snprintf(to, max, "numbers = %s, this run has numbers = %s",
                 theirs < 2 ? numbers[theirs] : "(unknown)",
                 numbers[s->numbers < 2 ? s->numbers : 0]);
    else if (bits != bits_of(s->threshold))
        snprintf(to, max, "threshold = %.6g, this run has threshold = %.6g", threshold,
                 s->threshold);
    else if (get32(h + AT_FOLDS) != s->folds_all)
        snprintf(to, max, "an etl built %s ICU, this one is built %s it",
                 s->folds_all ? "without" : "with", s->folds_all ? "with" : "without");
    else
        return NULL;
    return to;
}

static int header_read(int fd, const char *path, const struct segment_settings *settings,
                       struct segment *out, char plan[33], struct fault *f)
{
    unsigned char h[SEGMENT_HEADER];
    char other[200];
    struct stat st;
    int err = fstat(fd, &st) != 0 ? errno : read_at(fd, h, sizeof(h), 0);

    if (err && err != ENODATA)
        return fault_set(f, err, "cannot read the index segment %s", path);
    if (err == ENODATA || memcmp(h, magic, sizeof(magic)) != 0)
        return fault_set(f, 0, "%s is no index segment of etl; move it out of the index folder",
                         path);
    if (get32(h + AT_FORMAT) != SEGMENT_FORMAT)
        return fault_set(f, 0,
                         "the index segment %s is of format %" PRIu32
                         ", this etl reads format %d; use another index folder",
                         path, get32(h + AT_FORMAT), SEGMENT_FORMAT);
    if (get64(h + AT_SUM) != hash64(h, AT_SUM) || get32(h + AT_HEADER) != SEGMENT_HEADER ||
        get32(h + AT_PAGE) != PAGE_BYTES)
        return fault_set(f, 0, "the index segment %s is damaged in its header", path);
    if (other_settings(h, settings, other, sizeof(other)))
        return fault_set(f, 0,
                         "the index segment %s was made with %s; use another index folder, or "
                         "the same settings",
                         path, other);
    out->generation = get32(h + AT_GENERATION);
    out->count = get64(h + AT_COUNT);
    out->check = get64(h + AT_CHECK);
    memcpy(plan, h + AT_PLAN, 32);
    plan[32] = 0;
    uint64_t size = (uint64_t)st.st_size;
    if (size < SEGMENT_HEADER || (size - SEGMENT_HEADER) % PAGE_BYTES != 0 ||
        (size - SEGMENT_HEADER) / PAGE_BYTES != out->count)
        return fault_set(f, 0,
                         "the index segment %s has %" PRIu64 " bytes, its %" PRIu64
                         " pages should make %" PRIu64,
                         path, size, out->count, SEGMENT_HEADER + out->count * PAGE_BYTES);
    return 0;
}

static char *path_of(const char *folder, const char *name)
{
    size_t a = strlen(folder), b = strlen(name);
    char *path = malloc(a + b + 2);

    if (path) {
        memcpy(path, folder, a);
        path[a] = '/';
        memcpy(path + a + 1, name, b + 1);
    }
    return path;
}

void segment_name(const char *plan, char to[80])
{
    snprintf(to, 80, "%.32s%s", plan, SEGMENT_SUFFIX);
}

int segment_open(const char *folder, const struct segment *s, struct fault *f)
{
    char *path = path_of(folder, s->name);
    int fd = path ? file_open(path, O_RDONLY | O_NOFOLLOW, 0) : -1;

    if (fd < 0)
        fault_set(f, path ? errno : ENOMEM, "cannot open the index segment %s/%s", folder, s->name);
    free(path);
    return fd;
}

/* Older runs first. Two of one generation were made side by side; their order is then that of their
 * names, the same on every machine. */
static int by_age(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;

    if (x->generation != y->generation)
        return x->generation < y->generation ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int add_segment(const char *folder, const char *file, const char *own, uint32_t *own_age,
                       const struct segment_settings *settings, struct segments *out,
                       struct fault *f)
{
    struct segment s = { .name = "" }, *at;
    char plan[33], name[80];
    int fd, result = -1;
    char *path = path_of(folder, file);

    snprintf(s.name, sizeof(s.name), "%.79s", file); /* no longer, see is_segment */
    fd = segment_open(folder, &s, f);
    if (!path || fd < 0)
        goto out;
    if (header_read(fd, path, settings, &s, plan, f) != 0)
        goto out;
    segment_name(plan, name);
    if (strcmp(name, file) != 0) {
        fault_set(f, 0, "the index segment %s was renamed: its name should be %s", path, name);
        goto out;
    }
    result = 0;
    if (strcmp(file, own) == 0) {
        *own_age = s.generation;
        goto out;
    }
    at = realloc(out->at, (out->n + 1) * sizeof(*at));
    if (!at) {
        result = fault_set(f, ENOMEM, "out of memory listing the index folder %s", folder);
        goto out;
    }
    out->at = at;
    out->at[out->n++] = s;
out:
    if (fd >= 0)
        close(fd);
    free(path);
    return result;
}

static bool is_segment(const char *name)
{
    size_t n = strlen(name), suffix = strlen(SEGMENT_SUFFIX);

    return n > suffix && n < sizeof(((struct segment *)0)->name) && name[0] != '.' &&
           strcmp(name + n - suffix, SEGMENT_SUFFIX) == 0;
}

int segments_list(const char *folder, const char *plan, const struct segment_settings *settings,
                  struct segments *out, struct fault *f)
{
    uint32_t own_age = UINT32_MAX;
    struct dirent *entry;
    char own[80];
    DIR *dir = opendir(folder);
    int result = 0;

    memset(out, 0, sizeof(*out));
    out->generation = 1;
    if (!dir && errno == ENOENT)
        return 0;
    if (!dir)
        return fault_set(f, errno, "cannot read the index folder %s", folder);
    segment_name(plan, own);
    errno = 0;
    while (result == 0 && (entry = readdir(dir))) {
        if (is_segment(entry->d_name))
            result = add_segment(folder, entry->d_name, own, &own_age, settings, out, f);
        errno = 0;
    }
    if (result == 0 && errno)
        result = fault_set(f, errno, "cannot read the index folder %s", folder);
    closedir(dir);
    if (out->n > 1)
        qsort(out->at, out->n, sizeof(*out->at), by_age);
    while (out->n > 0 && out->at[out->n - 1].generation >= own_age)
        out->n--;
    for (size_t i = 0; i < out->n; i++) {
        uint64_t facts[3] = { out->at[i].generation, out->at[i].count, out->at[i].check };

        out->generation = out->at[i].generation + 1;
        for (size_t k = 0; k < 3; k++)
            out->fingerprint = hash_mix(out->fingerprint ^ facts[k] ^ TOKEN_K0, TOKEN_K1);
    }
    if (own_age != UINT32_MAX)
        out->generation = own_age;
    return result;
}

void segments_free(struct segments *s)
{
    free(s->at);
    memset(s, 0, sizeof(*s));
}

int segment_load(const char *folder, const struct segment *s, page_seen *seen, void *to,
                 struct fault *f)
{
    char *path = path_of(folder, s->name);
    int fd = segment_open(folder, s, f), result = -1;

    if (path && fd >= 0)
        result =
            pages_check(fd, "index segment", path, SEGMENT_HEADER, s->count, s->check, seen, to, f);
    if (fd >= 0)
        close(fd);
    free(path);
    return result;
}

int segment_read(int fd, const char *folder, const struct segment *s, uint64_t at, struct page *p,
                 struct fault *f)
{
    unsigned char from[PAGE_BYTES];
    int err = read_at(fd, from, sizeof(from), SEGMENT_HEADER + at * PAGE_BYTES);

    if (err)
        return fault_set(f, err == ENODATA ? 0 : err, "cannot read the index segment %s/%s", folder,
                         s->name);
    page_read(from, NULL, p);
    return 0;
}

/* The folders that a path goes through, made where they are missing: 0, or an errno number. */
static int make_folders(const char *path)
{
    char *folder = strdup(path);
    int err = folder ? 0 : ENOMEM;

    for (char *at = folder; !err && (at = strchr(at + 1, '/'));) {
        *at = 0;
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            err = errno;
        *at = '/';
    }
    free(folder);
    return err;
}

int segment_write(const char *path, const char *plan, uint32_t generation,
                  const struct segment_settings *settings, const struct side *side, struct fault *f)
{
    enum { AT_ONCE = 256 * PAGE_BYTES };
    unsigned char header[SEGMENT_HEADER], *block = malloc(AT_ONCE);
    uint64_t size = side->count * PAGE_BYTES;
    int fd = -1, err = ENOMEM;

    if (!block)
        goto out;
    err = make_folders(path);
    if (err)
        goto out;
    fd = file_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
    if (fd < 0) {
        err = errno;
        goto out;
    }
    header_write(header, plan, generation, settings, side);
    err = file_write_at(fd, header, sizeof(header), 0) < 0 ? errno : 0;
    for (uint64_t at = 0; at < size && !err;) {
        size_t n = size - at < AT_ONCE ? (size_t)(size - at) : AT_ONCE;

        err = read_at(side->fd, block, n, at);
        if (!err && file_write_at(fd, block, n, SEGMENT_HEADER + at) < 0)
            err = errno;
        at += n;
    }
    if (!err && file_sync(fd) < 0)
        err = errno;
out:
    if (fd >= 0 && file_close(fd) < 0 && !err)
        err = errno;
    free(block);
    return err ? fault_set(f, err, "cannot write the index segment %s", path) : 0;
}
