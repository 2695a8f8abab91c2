/* SPDX-License-Identifier: Apache-2.0 */
/* For bench/run: runs a command and writes what it took, "CPU-seconds seconds KiB status", to a
 * file. measure FILE COMMAND [ARGUMENT...] CPU time is that of the command and of all that it
 * waited for; memory that of the largest of these at its peak. A small program, as a process begins
 * with the peak of the one that made it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    double start = now(), took;
    int status;
    FILE *to;
    pid_t child;

    if (argc < 3) {
        fprintf(stderr, "usage: measure FILE COMMAND [ARGUMENT...]\n");
        return 64;
    }
    child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
        perror("measure");
        return 71;
    }
    took = now() - start;
    status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    to = fopen(argv[1], "w");
    if (!to ||
        fprintf(to, "%.6f %.6f %ld %d\n", seconds(usage.ru_utime) + seconds(usage.ru_stime), took,
                usage.ru_maxrss, status) < 0 ||
        fclose(to) != 0) {
        perror(argv[1]);
        return 74;
    }
    return status;
}
