/* SPDX-License-Identifier: Apache-2.0 */
/* Single kernels, one after the other in one thread: what etl calls beside what a library offers.
 *     micro FILE [PACK]      texts, each ended by a NUL byte (bench/make-news --formats nul)
 * PACK: the language pack that lines are labelled by, preset plugins/languages/id.conf. */
#define _GNU_SOURCE
#include "bench/micro.h"

#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7 };

void give_up(const char *what)
{
    fprintf(stderr, "micro: %s\n", what);
    exit(1);
}

void *room(size_t bytes)
{
    void *p = malloc(bytes ? bytes : 1);

    if (!p)
        give_up("memory is out");
    return p;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void row(const struct texts *t, enum stands stands, const char *name, trial *run, void *state,
         size_t bytes, const char *note)
{
    static double copying; /* of the same texts, by the first row */
    static uint64_t ours;
    double best = 1e9;
    uint64_t result = 0;

    for (int round = 0; round < ROUNDS; round++) {
        double start = now(), took;
        uint64_t got = run(t, state);

        took = now() - start;
        best = took < best ? took : best;
        if (round > 0 && got != result)
            give_up("a trial gave two results");
        result = got;
    }
    if (copying == 0)
        copying = best > 0 ? best : 1e-9;
    if (stands == OURS)
        ours = result;
    else if (stands == SAME && result != ours)
        give_up(name);
    printf("| %c %-44s | %9.3f |", (char)stands, name, 1e6 * best / (double)t->n);
    if (bytes)
        printf(" %7.0f |", 1e-6 * (double)bytes / best);
    else
        printf(" %7s |", "-");
    printf(" %8.1f | %s |\n", best / copying, note ? note : "");
    fflush(stdout);
}

static char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    char *data;
    long size;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) <= 0 || fseek(f, 0, SEEK_SET) != 0)
        give_up("the file of texts cannot be read, or is empty");
    data = room((size_t)size + 1);
    *len = fread(data, 1, (size_t)size, f);
    fclose(f);
    if (*len != (size_t)size)
        give_up("the file of texts cannot be read");
    if (data[*len - 1] != '\0')
        data[(*len)++] = '\0';
    return data;
}

static void read_texts(const char *path, struct texts *t)
{
    size_t bytes, n = 0;

    t->data = read_file(path, &bytes);
    for (size_t i = 0; i < bytes; i++)
        n += t->data[i] == '\0';
    t->at = room(n * sizeof(*t->at));
    t->size = room(n * sizeof(*t->size));
    for (const char *at = t->data; at < t->data + bytes; at += t->size[t->n++] + 1) {
        t->at[t->n] = at;
        t->size[t->n] = strlen(at);
        if (!utf8_valid(at, t->size[t->n]))
            give_up("a text is not UTF-8");
        t->len += t->size[t->n];
        t->longest = t->size[t->n] > t->longest ? t->size[t->n] : t->longest;
    }
    if (t->len == 0)
        give_up("the texts are empty");
}

int main(int argc, char **argv)
{
    struct texts t = { 0 };

    if (argc < 2 || argc > 3 || argv[1][0] == '-') {
        fprintf(stderr, "usage: micro FILE [PACK]   (texts, each ended by a NUL byte)\n");
        return 64;
    }
    read_texts(argv[1], &t);
    printf("%zu texts, %.0f bytes each; best of %d rounds, one thread\n\n", t.n,
           (double)t.len / (double)t.n, ROUNDS);
    printf("| kernel | us a text | MB/s | x memcpy | what differs |\n|---|---|---|---|---|\n");
    micro_text(&t);
    micro_write(&t);
    micro_dedupe(&t);
    micro_bands(&t);
    micro_lines(&t, argc == 3 ? argv[2] : "plugins/languages/id.conf");
    micro_gzip(&t);
    micro_sqlite(&t);
    free(t.data);
    free(t.at);
    free(t.size);
    return 0;
}
