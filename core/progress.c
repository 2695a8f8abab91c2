/* SPDX-License-Identifier: Apache-2.0 */
/* The progress thread: a bar on a terminal, calm lines elsewhere, progress.json, and signals. */
#define _GNU_SOURCE
#include "core/progress.h"

#include "core/io.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TICK_MS = 100, FILE_US = 1000000, WARM_UP_US = 3000000, RATE_US = 15000000 };

/* Under nohup HUP stays ignored. */
static void signal_set(sigset_t *set)
{
    struct sigaction hup;

    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hup) < 0 || hup.sa_handler != SIG_IGN)
        sigaddset(set, SIGHUP);
    sigaddset(set, SIGUSR1);
}

void progress_block_signals(void)
{
    sigset_t set;

    signal_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write, too */
}

/* 1234567 as "1.2 MiB". */
static void size_text(uint64_t bytes, char *to, size_t max)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
    double v = (double)bytes;
    size_t u = 0;

    for (; v >= 1024 && u + 1 < sizeof(units) / sizeof(*units); u++)
        v /= 1024;
    snprintf(to, max, u == 0 ? "%.0f %s" : "%.1f %s", v, units[u]);
}

struct view {
    uint64_t bytes, records, kept, duplicates, rejected, fates;
    int64_t total;
    double bytes_a_second, records_a_second;
    double share; /* of the input; negative: not known */
    int64_t left; /* seconds; negative: not known */
};

/* The rate over the last 15 seconds. */
static void take_sample(struct progress *p, struct view *v)
{
    int64_t now = now_us();
    const size_t most = sizeof(p->samples) / sizeof(*p->samples);
    const struct sample *first;

    if (p->n_samples == 0 ||
        now - p->samples[p->n_samples - 1].at >= RATE_US / (int64_t)(most - 1)) {
        if (p->n_samples == most)
            memmove(p->samples, p->samples + 1, --p->n_samples * sizeof(*p->samples));
        p->samples[p->n_samples++] = (struct sample) { now, v->bytes, v->records };
    }
    first = &p->samples[0];
    if (now > first->at) {
        double seconds = (double)(now - first->at) / 1e6;

        v->bytes_a_second = (double)(v->bytes - first->bytes) / seconds;
        v->records_a_second = (double)(v->records - first->records) / seconds;
    }
    v->share = v->total > 0 ? (double)v->bytes / (double)v->total : -1;
    if (v->share > 1)
        v->share = 1;
    v->left = -1;
    if (v->total > 0 && v->bytes_a_second > 0 && now - p->began > WARM_UP_US)
        v->left = (int64_t)((double)(v->total - (int64_t)v->bytes) / v->bytes_a_second);
}

static void look(struct progress *p, struct view *v)
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

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100 * (double)part / (double)whole : 0;
}

static void bar_text(const struct progress *p, const struct view *v, char *to, size_t max)
{
    char done[32], total[32], rate[32], left[32] = "", bar[64] = "";
    size_t at = 0;

    size_text(v->bytes, done, sizeof(done));
    size_text((uint64_t)v->bytes_a_second, rate, sizeof(rate));
    snprintf(total, sizeof(total), "?");
    if (v->total > 0)
        size_text((uint64_t)v->total, total, sizeof(total));
    if (v->share >= 0) {
        for (int i = 0; i < 14; i++)
            at += (size_t)snprintf(bar + at, sizeof(bar) - at, "%s",
                                   v->share * 14 >= i + 1 ? "\xE2\x94\x81" : "\xE2\x94\x80");
    }
    if (v->left >= 0)
        snprintf(left, sizeof(left), "  ETA %lld:%02d", (long long)v->left / 60, (int)(v->left % 60));
    snprintf(to, max, "%s %3.0f%% %s  %s of %s  %s/s  %.0f doc/s  kept %.0f%%  dup %.0f%%  rej %.2f%%%s",
             p->run->plan->name, v->share < 0 ? 0 : 100 * v->share, bar, done, total, rate,
             v->records_a_second, percent(v->kept, v->fates), percent(v->duplicates, v->fates),
             percent(v->rejected, v->fates), left);
}

static void show_bar(struct progress *p, const struct view *v)
{
    char text[400];

    bar_text(p, v, text, sizeof(text));
    fprintf(stderr, "\r\033[K%s", text);
    fflush(stderr);
    p->line_shown = true;
}

static void show_line(const struct progress *p, const struct view *v)
{
    char done[32], total[32] = "?";

    size_text(v->bytes, done, sizeof(done));
    if (v->total > 0)
        size_text((uint64_t)v->total, total, sizeof(total));
    if (p->kind == PROGRESS_JSON)
        fprintf(stderr,
                "{\"type\":\"progress\",\"bytes\":%llu,\"total\":%lld,\"read\":%llu,\"kept\":%llu,"
                "\"duplicates\":%llu,\"rejected\":%llu}\n",
                (unsigned long long)v->bytes, (long long)v->total, (unsigned long long)v->records,
                (unsigned long long)v->kept, (unsigned long long)v->duplicates,
                (unsigned long long)v->rejected);
    else
        fprintf(stderr, "%s: %s of %s, %llu documents, %.0f a second, %llu kept\n",
                p->run->plan->name, done, total, (unsigned long long)v->records,
                v->records_a_second, (unsigned long long)v->kept);
    fflush(stderr);
}

static void write_file(const struct progress *p, const struct view *v)
{
    char text[400];
    int n = snprintf(text, sizeof(text),
                     "{\"pid\": %ld, \"bytes\": %llu, \"total\": %lld, \"read\": %llu, \"kept\": %llu, "
                     "\"duplicates\": %llu, \"rejected\": %llu, \"seconds\": %.1f}\n",
                     (long)getpid(), (unsigned long long)v->bytes, (long long)v->total,
                     (unsigned long long)v->records, (unsigned long long)v->kept,
                     (unsigned long long)v->duplicates, (unsigned long long)v->rejected,
                     (double)(now_us() - p->began) / 1e6);

    if (n > 0 && (size_t)n < sizeof(text))
        io_replace_unsynced(p->run->rundir.fd, "progress.json", text, (size_t)n);
}

static void clear_bar(struct progress *p)
{
    if (p->line_shown)
        fprintf(stderr, "\r\033[K");
    p->line_shown = false;
    fflush(stderr);
}

static void die_by(struct progress *p, int number)
{
    sigset_t set;

    clear_bar(p);
    fprintf(stderr, "etl: stopped; %s\n", run_what_next(p->run));
    fflush(stderr);
    signal(number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}

static void tick(struct progress *p, bool asked)
{
    int64_t now = now_us();
    struct view v;

    if (!__atomic_load_n(&p->run->live, __ATOMIC_ACQUIRE))
        return;
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
    sigset_t set;

    signal_set(&set);
    while (!atomic_load(&p->ending)) {
        int number = sigtimedwait(&set, NULL, &pause);

        if (number == SIGINT || number == SIGTERM || number == SIGHUP)
            die_by(p, number);
        tick(p, number == SIGUSR1);
    }
    return NULL;
}

int progress_start(struct progress *p, struct run *r, enum progress_kind kind, int64_t interval)
{
    int err;

    memset(p, 0, sizeof(*p));
    p->run = r;
    p->kind = kind;
    p->interval = interval;
    p->began = now_us();
    p->next_line = p->began + interval;
    p->next_file = p->began + FILE_US;
    err = pthread_create(&p->thread, NULL, watch, p);
    p->started = err == 0;
    return err;
}

void progress_stop(struct progress *p)
{
    if (!p->started)
        return;
    atomic_store(&p->ending, true);
    pthread_join(p->thread, NULL);
    p->started = false;
    clear_bar(p);
    if (p->run->rundir.fd >= 0)
        io_unlink(p->run->rundir.fd, "progress.json");
}
