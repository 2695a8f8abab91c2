/* SPDX-License-Identifier: Apache-2.0 */
/* Files for the fuzz harnesses: a folder of the process, and data files of the project. */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

static char folder[128];

static void remove_folder(void)
{
    DIR *d = opendir(folder);
    struct dirent *e;

    while (d && (e = readdir(d)))
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    rmdir(folder);
}

const char *fuzz_folder(void)
{
    const char *tmp = getenv("TMPDIR");

    if (folder[0])
        return folder;
    promise(snprintf(folder, sizeof(folder), "%s/etl-fuzz-XXXXXX",
                     tmp                             ? tmp
                     : access("/dev/shm", W_OK) == 0 ? "/dev/shm"
                                                     : "/tmp") < (int)sizeof(folder));
    promise(mkdtemp(folder));
    atexit(remove_folder);
    return folder;
}

void fuzz_file(const char *name, const void *data, size_t n)
{
    char path[256];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    promise(fd >= 0 && write(fd, data, n) == (ssize_t)n && close(fd) == 0);
}

char *fuzz_source(const char *name, size_t *n)
{
    const char *source = getenv("srcdir");
    char path[4096], *data = malloc(1 << 22);
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", source ? source : ".", name);
    f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s is missing: set srcdir to the folder of the project\n", path);
        exit(2);
    }
    promise(data);
    *n = fread(data, 1, (1 << 22) - 1, f);
    data[*n] = '\0';
    fclose(f);
    return data;
}
