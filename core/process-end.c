/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of the process that are not etl's own: a plugin that exits, crashes, or comes back from a
 * fork. None of them may look like a run that is done, and each says which plugin it was. */
#define _GNU_SOURCE
#include "core/process.h"

#include "core/engine.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct diag *diag;
static const struct diag_printer *printer;
static const char *volatile loading;
static volatile bool over;
static pid_t own;

void process_loading(const char *path)
{
    loading = path;
}

/* Whose code this thread is in, as far as the host knows. NULL: the host's own. */
static const char *culprit(void)
{
    return loading ? loading : here.stage ? here.stage->name : NULL;
}

/* Whoever gives a plugin by its path is likely to work on it. */
static const char *what_to_do(void)
{
    bool by_path = loading      ? !plugin_lies_by_name(loading)
                   : here.stage ? stage_is_by_path(here.stage)
                                : false;

    return by_path
               ? "`etl test --valgrind FILE.so CASES` finds where, gdb too; `man etl-plugin` says "
                 "what a plugin may do"
               : "leave it out, or have its author mend it; then give the same command again";
}

/* Nothing more is run, not even our own _exit. */
static _Noreturn void end_now(int status)
{
    for (;;)
        syscall(SYS_exit_group, status);
}

/* exit(0) in a plugin would be the status of a run that is done. */
static void at_exit(void)
{
    const char *who = culprit();
    char text[400];

    if (over || getpid() != own)
        return;
    snprintf(text, sizeof(text), "'%.300s' ended the process by exit", who ? who : "a plugin");
    diag_report(diag, &(struct diag_message){
                          .level = DIAG_ERROR, .code = E0513, .text = text, .help = what_to_do() });
    end_now(EXIT_PLUGIN);
}

/* Without stdio and locks, as this may be anywhere. In JSON what could end the text is left out. */
static void write_plainly(const char *level, const char *who, const char *what, const char *help)
{
    bool json = printer->format == DIAG_JSON;
    const char *const pieces[] = {
        json ? "{\"type\":\"message\",\"level\":\"" : "etl: ",
        level,
        json ? "\",\"code\":\"E0513\",\"msg\":\"'" : ": '",
        who,
        "' ",
        what,
        json ? "\",\"hint\":\"" : "; ",
        help,
        json ? "\"}\n" : " [E0513]\n",
    };
    char line[1000];
    size_t n = 0;

    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
        for (const char *at = pieces[i]; *at && n < sizeof(line); at++)
            line[n++] = pieces[i] == who && (*at == '"' || *at == '\\' || *at < ' ') ? '?' : *at;
    if (write(fileno(printer->out), line, n) < 0) /* there is nobody left to tell */
        return;
}

void process_end_copy(void)
{
    const char *who = culprit();

    if (own == 0 || getpid() == own)
        return;
    write_plainly("warning", who ? who : "a plugin",
                  "forked, and the copy came back to etl, which ended it",
                  "the run goes on; have the author mend it");
    end_now(EXIT_PLUGIN);
}

/* The sanitizers have handlers of their own, which say more. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifndef SANITIZED
static void crashed(int number)
{
    const char *who = culprit();

    write_plainly("error", who ? who : "etl itself",
                  number == SIGABRT   ? "crashed (SIGABRT)"
                  : number == SIGSEGV ? "crashed (SIGSEGV)"
                  : number == SIGBUS  ? "crashed (SIGBUS)"
                  : number == SIGFPE  ? "crashed (SIGFPE)"
                                      : "crashed (SIGILL)",
                  what_to_do());
    raise(number); /* by its own action now: the process ends as it would have */
}

#define EXPORTED __attribute__((visibility("default")))

/* In place of the C library's own, whoever calls it, as no handler of exit is run by it. */
EXPORTED void _exit(int status)
{
    const char *who = culprit();

    if (over || getpid() != own) /* ours, or a copy's */
        end_now(status);
    write_plainly("error", who ? who : "a plugin", "ended the process by _exit", what_to_do());
    end_now(EXIT_PLUGIN);
}

EXPORTED void _Exit(int status)
{
    _exit(status);
}

static void watch_crashes(void)
{
    static const int numbers[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };
    struct sigaction action = { .sa_handler = crashed,
                                .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        sigaction(numbers[i], &action, NULL);
}
#else
static void watch_crashes(void)
{
}
#endif

void process_begin(struct diag *d, const struct diag_printer *p)
{
    process_streams_begin();
    diag = d;
    printer = p;
    own = getpid();
    atexit(at_exit);
    at_quick_exit(at_exit);
    watch_crashes();
}

void process_forked(void)
{
    own = getpid();
}

void process_over(void)
{
    over = true;
}
