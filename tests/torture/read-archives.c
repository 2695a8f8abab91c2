/* SPDX-License-Identifier: Apache-2.0 */
/* Reads each file named on the command line with the archive reader, each in a process of its own,
 * within 5 seconds and 256 MiB more than the process began with, and prints what became of it: for
 * foreign and malformed archives. Exit status 1 if one crashed, hung or grew. --libraries alone
 * says which libarchive it is. */
#define _GNU_SOURCE
#include "plugins/input/archive/reader.h"

#include <archive.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define DOCUMENT_MAX ((uint64_t)64 << 20) /* as max_document */

struct sum {
    unsigned documents, rejected, skipped, damages;
    uint64_t bytes;
    struct fault first;
};

static void note(struct sum *s, const struct fault *f)
{
    if (s->damages++ == 0)
        s->first = *f;
}

static void document(struct sum *s, struct reader *r, const struct reader_entry *e)
{
    struct reader_piece p;
    enum reader_result got = READER_REJECT;
    struct fault f;
    uint64_t n = 0;
    volatile unsigned char touched = 0;

    (void)touched; /* clang calls it unused: it is only written */
    s->documents++;
    while (!e->doubt[0] && n < DOCUMENT_MAX && (got = reader_data(r, &p, &f)) == READER_MORE) {
        for (size_t i = 0; i < p.n; i++)
            touched ^= ((const unsigned char *)p.data)[i];
        n += p.zeros + p.n;
    }
    s->bytes += n;
    s->rejected += got == READER_REJECT || n >= DOCUMENT_MAX;
    if (got == READER_DAMAGED || got == READER_FAILED)
        note(s, &f);
}

static void read_one(const char *path)
{
    struct reader_setting setting = { .limits = { 200, 100000, 60000000 } };
    struct reader_entry e;
    enum reader_result got;
    struct sum s = { 0 };
    struct fault f;
    struct reader *r;

    setting.locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    r = reader_open(path, &setting, &f);
    if (!r)
        note(&s, &f);
    while (r && (got = reader_next(r, &e, &f)) != READER_END) {
        if (got != READER_MORE)
            note(&s, &f);
        else if (e.kind == KIND_FILE || e.doubt[0])
            document(&s, r, &e);
        else
            s.skipped++;
    }
    reader_close(r);
    freelocale(setting.locale);
    printf("%s\t%u documents, %u rejected, %u skipped, %llu bytes\t%s\n", path, s.documents,
           s.rejected, s.skipped, (unsigned long long)s.bytes,
           s.damages     ? s.first.text
           : s.documents ? "clean"
                         : "nothing in it");
}

static int try(const char *path, long base)
{
    struct rusage use;
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        alarm(5);
        read_one(path);
        fflush(stdout);
        exit(0);
    }
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid) {
        perror("fork");
        return 1;
    }
    if (status != 0)
        printf("%s\t%s\n", path,
               WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "HUNG" : "CRASHED");
    else if (use.ru_maxrss - base > 256 * 1024)
        printf("%s\tGREW to %ld KiB\n", path, use.ru_maxrss);
    return status != 0 || use.ru_maxrss - base > 256 * 1024;
}

int main(int argc, char **argv)
{
    struct rusage use;
    int failed = 0;

    if (argc == 2 && strcmp(argv[1], "--libraries") == 0)
        return puts(archive_version_string()) < 0;
    getrusage(RUSAGE_SELF, &use);
    for (int i = 1; i < argc; i++)
        failed |= try(argv[i], use.ru_maxrss);
    return failed;
}
