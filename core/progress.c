/* SPDX-License-Identifier: Apache-2.0 */
/* The progress thread: a bar on a terminal, calm lines elsewhere, progress.json, and signals. */
#define _GNU_SOURCE
#include "core/progress.h"

#include "core/figures.h"
#include "core/io.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { TICK_MS = 100, FILE_US = 1000000, WARM_UP_US = 3000000, RATE_US = 15000000 };

/* Those that end a run. Under nohup HUP stays ignored. */
static void deadly_set(sigset_t *set)
{
    struct sigaction hup;

    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hup) < 0 || hup.sa_handler != SIG_IGN)
        sigaddset(set, SIGHUP);
}

void progress_hold_questions(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void progress_block_signals(void)
{
    sigset_t set;

    progress_hold_questions();
    deadly_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write, too */
}

void progress_unblock_signals(void)
{
    sigset_t set;

    deadly_set(&set);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* The rate over the last 15 seconds. */
static void take_sample(struct progress *p, struct progress_view *v)
{
    int64_t now = now_us();
    const size_t most = sizeof(p->samples) / sizeof(*p->samples);
    const struct sample *first;

    if (p->n_samples == 0 ||
        now - p->samples[p->n_samples - 1].at >= RATE_US / (int64_t)(most - 1)) {
        if (p->n_samples == most)
            memmove(p->samples, p->samples + 1, --p->n_samples * sizeof(*p->samples));
        p->samples[p->n_samples++] = (struct sample){ now, v->bytes, v->records };
    }
    first = &p->samples[0];
    if (now >= first->at + WARM_UP_US / 6) {
        double seconds = (double)(now - first->at) / 1e6;

        v->bytes_a_second = (double)(v->bytes - first->bytes) / seconds;
        v->records_a_second = (double)(v->records - first->records) / seconds;
        v->rated = true;
    }
    v->share = v->total > 0 ? (double)v->bytes / (double)v->total : -1;
    if (v->share > 1)
        v->share = 1;
    v->left = -1;
    if (v->share >= 0 && v->share < 1 && v->bytes_a_second > 0 && now - p->began > WARM_UP_US)
        v->left = (int64_t)((double)(v->total - (int64_t)v->bytes) / v->bytes_a_second);
}

static void look(struct progress *p, struct progress_view *v)
{
    struct ledger *l = &p->run->ledger;

    memset(v, 0, sizeof(*v));
    v->bytes = engine_consumed(&p->run->engine);
    v->total = engine_total(&p->run->engine);
    v->records = atomic_load(&l->shown.read);
    v->kept = atomic_load(&l->shown.fates[KEPT]);
    v->duplicates = atomic_load(&l->shown.fates[DUPLICATE]);
    v->rejected = atomic_load(&l->shown.fates[REJECTED]);
    v->fates = v->kept + v->duplicates + v->rejected + atomic_load(&l->shown.fates[DROPPED]);
    take_sample(p, v);
}

/* The width of the terminal, which may change; 0: this process may not write to it now. */
static int terminal_columns(void)
{
    struct winsize size;

    if (tcgetpgrp(STDERR_FILENO) >= 0 && tcgetpgrp(STDERR_FILENO) != getpgrp())
        return 0; /* in the background: the line belongs to somebody else */
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

static void show_bar(struct progress *p, const struct progress_view *v)
{
    int columns = terminal_columns();
    char text[512];

    if (columns == 0)
        return;
    columns -= columns > 40 ? 2 : 0; /* where the terminal writes its ^C */
    progress_bar(p->plan->name, v, columns, p->utf8, text, sizeof(text));
    diag_print_bar(p->printer, text);
}

static void show_json(const struct progress *p, const struct progress_view *v)
{
    struct buffer b = { 0 };

    buffer_puts(&b, "{\"type\":\"progress\"");
    diag_put_time(&b);
    buffer_printf(&b,
                  ",\"bytes\":%llu,\"total\":%lld,\"read\":%llu,\"kept\":%llu,"
                  "\"duplicates\":%llu,\"rejected\":%llu}\n",
                  (unsigned long long)v->bytes, (long long)v->total, (unsigned long long)v->records,
                  (unsigned long long)v->kept, (unsigned long long)v->duplicates,
                  (unsigned long long)v->rejected);
    if (!b.failed)
        diag_print_raw(p->printer, b.data, b.len);
    buffer_free(&b);
}

static void show_line(const struct progress *p, const struct progress_view *v)
{
    char done[FIGURE_MAX], number[FIGURE_MAX], kept[FIGURE_MAX], rate[FIGURE_MAX], left[FIGURE_MAX];
    struct buffer b = { 0 };

    if (p->kind == PROGRESS_JSON) {
        show_json(p, v);
        return;
    }
    if (v->share >= 0)
        buffer_printf(&b, "%s: %.0f%%, %s", p->plan->name, 100 * v->share,
                      figure_part(v->bytes, (uint64_t)v->total, done));
    else
        buffer_printf(&b, "%s: %s", p->plan->name, figure_size(v->bytes, done));
    buffer_printf(&b, ", %s documents", figure_grouped(v->records, number));
    if (v->rated)
        buffer_printf(&b, ", %s a second", figure_short(v->records_a_second, rate));
    buffer_printf(&b, ", %s kept", figure_grouped(v->kept, kept));
    if (v->left >= 0)
        buffer_printf(&b, ", %s left", figure_seconds((double)v->left, left));
    if (!b.failed)
        diag_print_text(p->printer, buffer_string(&b));
    buffer_free(&b);
}

/* Where standard output is the terminal too, documents and a bar would run into each other. */
static bool writes_to_terminal(const struct plan *p)
{
    for (size_t i = 0; i < p->n_stages; i++)
        for (size_t k = 0; k < p->stages[i].n_made; k++)
            if (strcmp(p->stages[i].made[k].name, "-") == 0)
                return isatty(STDOUT_FILENO);
    return false;
}

static bool reads_standard_input(const struct plan *p)
{
    for (size_t i = 0; i < p->n_inputs; i++)
        if (stage_reads_standard_input(&p->stages[i]))
            return true;
    return false;
}

/* The first line of a log: silence looks like a hang. */
static void announce(struct progress *p)
{
    const struct run *r = p->run;
    int64_t total = engine_total(&r->engine);
    size_t n_files = engine_files(&r->engine);
    char size[FIGURE_MAX], files[FIGURE_MAX], number[FIGURE_MAX];
    struct buffer b = { 0 };

    p->announced = true;
    if (reads_standard_input(p->plan) && isatty(STDIN_FILENO))
        diag_log(p->plan->diag, DIAG_INFO, NULL,
                 "reading what is typed here, as standard input is this terminal; Ctrl-D ends it");
    if (p->kind == PROGRESS_BAR && writes_to_terminal(p->plan))
        p->kind = PROGRESS_NONE;
    if (p->kind != PROGRESS_PLAIN)
        return;
    buffer_printf(&b, "%s: ", p->plan->name);
    if (r->resumed)
        buffer_printf(&b, "goes on behind %s committed documents; ",
                      figure_grouped(r->resumed_at, number));
    if (r->options.replay)
        buffer_printf(&b, "lets %s document%s through that %s rejected; ",
                      figure_grouped(r->options.replay->n, number),
                      r->options.replay->n == 1 ? "" : "s", r->options.replay->folder);
    buffer_printf(&b, "%s input file%s", figure_grouped(n_files, files), n_files == 1 ? "" : "s");
    if (total >= 0)
        buffer_printf(&b, ", %s", figure_size((uint64_t)total, size));
    buffer_printf(&b, "; %u thread%s, run directory %s", r->options.jobs,
                  r->options.jobs == 1 ? "" : "s", r->rundir.path);
    if (!b.failed)
        diag_print_text(p->printer, buffer_string(&b));
    buffer_free(&b);
}

static void write_file(const struct progress *p, const struct progress_view *v)
{
    char text[600];
    int n = snprintf(
        text, sizeof(text),
        "{\"pid\": %ld, \"bytes\": %llu, \"total\": %lld, \"read\": %llu, \"kept\": %llu, "
        "\"dropped\": %llu, \"duplicates\": %llu, \"rejected\": %llu, \"seconds\": %.1f, "
        "\"bytes_a_second\": %.0f, \"records_a_second\": %.0f, \"left\": %lld}\n",
        (long)getpid(), (unsigned long long)v->bytes, (long long)v->total,
        (unsigned long long)v->records, (unsigned long long)v->kept,
        (unsigned long long)(v->fates - v->kept - v->duplicates - v->rejected),
        (unsigned long long)v->duplicates, (unsigned long long)v->rejected,
        (double)(now_us() - p->began) / 1e6, v->bytes_a_second, v->records_a_second,
        (long long)v->left);

    if (n > 0 && (size_t)n < sizeof(text))
        io_replace_unsynced(p->run->rundir.fd, "progress.json", text, (size_t)n);
}

/* From now on the signal ends the process, at the latest in a second: whoever reads standard error
 * may read no more. */
static void let_die(int number)
{
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = number };
    const struct itimerspec second = { .it_value.tv_sec = 1 };
    sigset_t set;
    timer_t timer;

    signal(number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
        timer_settime(timer, 0, &second, NULL);
}

static void die_by(struct progress *p, int number)
{
    let_die(number);
    diag_print_bar(p->printer, NULL);
    diag_log(p->plan->diag, DIAG_WARNING, NULL, "stopped by SIG%s; %s", sigabbrev_np(number),
             run_what_next(p->run));
    if (p->printer->format == DIAG_JSON)
        summary_json(p->run, true, 128 + number, p->printer);
    if (p->run->options.dry && __atomic_load_n(&p->run->live, __ATOMIC_ACQUIRE))
        rundir_remove(&p->run->rundir, p->plan->diag);
    raise(number);
}

static void tick(struct progress *p, bool asked)
{
    int64_t now = now_us();
    struct progress_view v;

    if (!__atomic_load_n(&p->run->live, __ATOMIC_ACQUIRE))
        return;
    if (!p->announced)
        announce(p);
    look(p, &v);
    if (p->kind == PROGRESS_BAR)
        show_bar(p, &v);
    if (asked || (p->kind >= PROGRESS_PLAIN && now >= p->next_line)) {
        show_line(p, &v);
        p->next_line = now + p->interval;
    }
    if (now >= p->next_file) {
        write_file(p, &v);
        p->next_file = now + FILE_US;
    }
}

static void *watch(void *argument)
{
    struct progress *p = argument;
    struct timespec pause = { 0, TICK_MS * 1000000 };
    sigset_t set, deadly;

    deadly_set(&deadly);
    set = deadly;
    sigaddset(&set, SIGUSR1);
    for (;;) {
        int number = sigtimedwait(&set, NULL, &pause);

        if (number == SIGINT || number == SIGTERM || number == SIGHUP)
            die_by(p, number);
        if (atomic_load(&p->ending))
            break;
        /* Whoever reads standard error may read no more: a write that hangs can be ended, too. */
        pthread_sigmask(SIG_UNBLOCK, &deadly, NULL);
        tick(p, number == SIGUSR1);
        pthread_sigmask(SIG_BLOCK, &deadly, NULL);
    }
    return NULL;
}

static bool locale_is_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = getenv(names[i]);

        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

int progress_start(struct progress *p, struct run *r, struct plan *plan,
                   struct diag_printer *printer, enum progress_kind kind, int64_t interval)
{
    int err;

    memset(p, 0, sizeof(*p));
    p->run = r;
    p->plan = plan;
    p->printer = printer;
    p->utf8 = locale_is_utf8();
    p->kind = kind;
    p->interval = interval;
    p->began = now_us();
    p->next_line = p->began + interval;
    p->next_file = p->began + FILE_US;
    err = pthread_create(&p->thread, NULL, watch, p);
    p->started = err == 0;
    if (!p->started) /* nobody takes them then */
        progress_unblock_signals();
    return err;
}

void progress_stop(struct progress *p)
{
    if (!p->started)
        return;
    atomic_store(&p->ending, true);
    pthread_kill(p->thread, SIGUSR1); /* it need not sleep on */
    pthread_join(p->thread, NULL);
    p->started = false;
    diag_print_bar(p->printer, NULL);
    if (p->run->rundir.fd >= 0)
        io_unlink(p->run->rundir.fd, "progress.json");
}
