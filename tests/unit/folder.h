/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a folder of one's own, with files in it, gone at the end. */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void folder_begin(void)
{
    snprintf(folder, sizeof(folder), "/tmp/etl-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void folder_end(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A path in it; a few at a time. */
static inline const char *in_folder(const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

/* Writes a file, and makes the folders it lies in. */
static inline const char *put_file(const char *name, const void *data, size_t len)
{
    const char *path = in_folder(name);
    char part[512];
    FILE *f;

    for (const char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
        snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
        ck_assert(mkdir(part, 0755) == 0 || errno == EEXIST);
    }
    f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(data, 1, len, f), len);
    ck_assert_int_eq(fclose(f), 0);
    return path;
}

static inline const char *put_text(const char *name, const char *text)
{
    return put_file(name, text, strlen(text));
}

static inline char *get_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    size_t cap = 1 << 22;
    char *data = malloc(cap);

    ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
    ck_assert_ptr_nonnull(data);
    *len = fread(data, 1, cap, f);
    ck_assert_uint_lt(*len, cap);
    fclose(f);
    return data;
}

#endif
