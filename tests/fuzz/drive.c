/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a harness over files without libFuzzer: each argument is one, or a folder of them. */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>

static unsigned runs;

static bool run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t cap = 1 << 22, n;
    char *data = malloc(cap), *exact;

    if (!f || !data) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        free(data);
        return false;
    }
    n = fread(data, 1, cap, f);
    fclose(f);
    exact = copy_of(data, n, false);
    free(data);
    fprintf(stderr, "%s\n", path); /* the last one told is the one that broke */
    LLVMFuzzerTestOneInput((const uint8_t *)exact, n);
    free(exact);
    runs++;
    return true;
}

static bool run_folder(const char *path, DIR *d)
{
    struct dirent *e;
    char file[4096];
    bool all = true;

    while ((e = readdir(d)))
        if (e->d_name[0] != '.') {
            snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
            all &= run_file(file);
        }
    closedir(d);
    return all;
}

int main(int argc, char **argv)
{
    bool all = true;

    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        DIR *d = opendir(argv[i]);

        all &= d ? run_folder(argv[i], d) : run_file(argv[i]);
    }
    printf("%u inputs\n", runs);
    return all && runs > 0 ? 0 : 1;
}
