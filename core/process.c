/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the process that a plugin may not change: noted, compared, put back; and standard
 * streams that are the host's own. */
#define _GNU_SOURCE
#include "core/process.h"

#include <fcntl.h>
#include <fenv.h>
#include <limits.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WATCHED = 4, STREAMS = 3 };
static const int watched[WATCHED] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };

static struct {
    pthread_t main_thread;
    char folder[PATH_MAX];
    struct stat place, streams[STREAMS];
    long mask; /* of new files; -1: not known */
    struct sigaction actions[WATCHED];
    sigset_t blocked;
    FILE *messages;
    int output;
    int aside;      /* standard output while it is away; -1: not yet */
    unsigned depth; /* of process_output_away */
    bool noted, kept;
} the = { .output = STDOUT_FILENO, .aside = -1 };

/* ---- standard streams ---- */

/* A closed standard stream would become the first file that is opened. Opened the wrong way round,
 * so that reading it or writing to it stays an error. */
static void fill(int fd)
{
    int opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);

    if (opened >= 0 && opened != fd) {
        dup2(opened, fd);
        close(opened);
    }
}

void process_streams_begin(void)
{
    int fd;

    for (fd = 0; fd < STREAMS; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            fill(fd);
    fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STREAMS);
    the.messages = fd < 0 ? NULL : fdopen(fd, "w");
    if (the.messages)
        setvbuf(the.messages, NULL, _IONBF, 0);
    else if (fd >= 0)
        close(fd);
}

FILE *process_messages(void)
{
    return the.messages ? the.messages : stderr;
}

int process_output(void)
{
    return the.depth > 0 && the.aside >= 0 ? the.aside : the.output;
}

bool process_output_kept(void)
{
    return the.kept;
}

void process_keep_output(void)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STREAMS);

    if (fd < 0)
        return;
    the.output = fd;
    the.kept = dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
}

/* What is in the buffer was printed before: it goes where descriptor 1 leads until now. */
static void lead_output(int to)
{
    fflush(stdout);
    if (dup2(to, STDOUT_FILENO) >= 0)
        fstat(STDOUT_FILENO, &the.streams[STDOUT_FILENO]);
}

void process_output_away(void)
{
    if (the.kept || the.depth++ > 0)
        return;
    if (the.aside < 0)
        the.aside = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STREAMS);
    if (the.aside >= 0)
        lead_output(fileno(process_messages()));
}

void process_output_back(void)
{
    if (!the.kept && --the.depth == 0 && the.aside >= 0)
        lead_output(the.aside);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static const char *stream_changed(int fd)
{
    static const char *const names[] = { "standard input", "standard output", "standard error" };
    struct stat st;

    if (fstat(fd, &st) == 0 && same_file(&st, &the.streams[fd]))
        return NULL;
    if (fd == STDERR_FILENO || (fd == STDOUT_FILENO && (the.kept || the.depth > 0)))
        dup2(fileno(process_messages()), fd);
    else
        fill(fd);
    fstat(fd, &the.streams[fd]);
    return names[fd];
}

/* ---- the others ---- */

/* Asking umask itself would change it for a moment, while other threads make files. */
static long file_mask(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    long mask = -1;

    while (f && mask < 0 && fgets(line, sizeof(line), f))
        if (strncmp(line, "Umask:", 6) == 0)
            mask = strtol(line + 6, NULL, 8);
    if (f)
        fclose(f);
    return mask;
}

static bool masks_differ(const sigset_t *a, const sigset_t *b)
{
    for (int i = 1; i < NSIG; i++)
        if (sigismember(a, i) != sigismember(b, i))
            return true;
    return false;
}

void process_note_signals(void)
{
    for (int i = 0; i < WATCHED; i++)
        sigaction(watched[i], NULL, &the.actions[i]);
    pthread_sigmask(SIG_SETMASK, NULL, &the.blocked);
}

void process_note(void)
{
    the.main_thread = pthread_self();
    if (!getcwd(the.folder, sizeof(the.folder)) || stat(".", &the.place) != 0)
        the.folder[0] = '\0';
    for (int fd = 0; fd < STREAMS; fd++)
        fstat(fd, &the.streams[fd]);
    the.mask = file_mask();
    process_note_signals();
    the.noted = true;
}

static bool folder_changed(void)
{
    struct stat now;

    if (!the.folder[0] || (stat(".", &now) == 0 && same_file(&now, &the.place)))
        return false;
    return chdir(the.folder) != 0 || true;
}

static bool mask_changed(void)
{
    long now = file_mask();

    if (now == the.mask || now < 0 || the.mask < 0)
        return false;
    umask((mode_t)the.mask);
    return true;
}

/* etl never sets one: the "C" locale is what every process begins with. */
static bool locale_changed(bool main_thread)
{
    const char *now = setlocale(LC_ALL, NULL);
    bool changed = false;

    if (now && strcmp(now, "C") != 0)
        changed = setlocale(LC_ALL, "C") != NULL;
    if (main_thread && uselocale((locale_t)0) != LC_GLOBAL_LOCALE)
        changed = uselocale(LC_GLOBAL_LOCALE) != (locale_t)0;
    return changed;
}

static bool handler_changed(void)
{
    bool changed = false;
    struct sigaction now;

    for (int i = 0; i < WATCHED; i++)
        if (sigaction(watched[i], NULL, &now) == 0 && now.sa_handler != the.actions[i].sa_handler) {
            sigaction(watched[i], &the.actions[i], NULL);
            changed = true;
        }
    return changed;
}

static bool blocked_changed(void)
{
    sigset_t now;

    if (pthread_sigmask(SIG_SETMASK, NULL, &now) != 0 || !masks_differ(&now, &the.blocked))
        return false;
    pthread_sigmask(SIG_SETMASK, &the.blocked, NULL);
    return true;
}

const char *process_changed(void)
{
    bool main_thread = pthread_equal(pthread_self(), the.main_thread) != 0;
    const char *what = NULL, *stream;

    if (!the.noted)
        return NULL;
    /* What is compiled for fast mathematics has small numbers rounded to zero by its mere loading;
     * its author may not know. Threads take it over from the one that starts them. */
    if (main_thread)
        fesetenv(FE_DFL_ENV);
    for (int fd = 0; fd < STREAMS; fd++)
        if ((stream = stream_changed(fd)))
            what = stream;
    if (main_thread && blocked_changed())
        what = "which signals are blocked";
    if (handler_changed())
        what = "what a signal does";
    if (locale_changed(main_thread))
        what = "the locale";
    if (mask_changed())
        what = "the umask";
    if (folder_changed())
        what = "the working directory";
    return what;
}
