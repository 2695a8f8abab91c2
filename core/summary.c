/* SPDX-License-Identifier: Apache-2.0 */
/* The lines at the end of a run, and run.json. */
#define _GNU_SOURCE
#include "core/progress.h"

#include "common/buffer.h"
#include "core/io.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

/* 1234567 as "1,234,567". */
static const char *grouped(uint64_t n, char *to, size_t max)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
    size_t at = 0;

    for (int i = 0; i < len && at + 2 < max; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            to[at++] = ',';
        to[at++] = digits[i];
    }
    to[at] = '\0';
    return to;
}

/* The three most frequent reasons of one fate: "filter: too_short 12, ...". */
static void reasons(const struct run *r, const char *prefix, FILE *out)
{
    const struct ledger *l = &r->ledger;
    size_t shown[3], n = 0;
    char number[32];

    while (n < 3) {
        size_t best = SIZE_MAX;

        for (size_t i = 0; i < l->n_totals; i++) {
            bool seen = strncmp(l->totals[i].name, prefix, strlen(prefix)) != 0;

            for (size_t k = 0; k < n; k++)
                seen |= shown[k] == i;
            if (!seen && (best == SIZE_MAX || l->totals[i].n > l->totals[best].n))
                best = i;
        }
        if (best == SIZE_MAX)
            break;
        shown[n++] = best;
    }
    for (size_t k = 0; k < n; k++) {
        const struct total *t = &l->totals[shown[k]];
        const char *stage = t->stage < r->plan->n_stages ? r->plan->stages[t->stage].name : "host";
        const char *space = strchr(stage, ' ');

        fprintf(out, "%s%s: %s %s", k ? "; " : "   ", space ? space + 1 : stage,
                t->name + strlen(prefix), grouped((uint64_t)t->n, number, sizeof(number)));
    }
}

static void fate_line(const struct run *r, const char *name, uint64_t n, const char *prefix, FILE *out)
{
    uint64_t all = r->ledger.read + r->ledger.split + r->ledger.made;
    char number[32];

    fprintf(out, "  %-11s %12s  %5.1f%%", name, grouped(n, number, sizeof(number)),
            all ? 100 * (double)n / (double)all : 0);
    if (prefix && n)
        reasons(r, prefix, out);
    fputc('\n', out);
}

static void slowest(const struct run *r, FILE *out)
{
    const struct engine *e = &r->engine;
    uint64_t all = 0, most = 0;
    size_t which = 0;

    for (size_t i = 0; i < r->plan->n_stages; i++) {
        uint64_t ns = atomic_load(&e->stage_time[i]);

        all += ns;
        if (ns > most) {
            most = ns;
            which = i;
        }
    }
    if (all)
        fprintf(out, ", slowest stage %s (%.0f%% of the stages' time)", r->plan->stages[which].name,
                100 * (double)most / (double)all);
}

void summary_print(const struct run *r, FILE *out)
{
    const struct ledger *l = &r->ledger;
    double seconds = (double)(r->ended - r->began) / 1e6;
    uint64_t now_read = l->read - r->resumed_at;
    struct rusage usage;
    char a[32], b[32];

    getrusage(RUSAGE_SELF, &usage);
    fprintf(out, "%s: %s documents read in %.1f s, %s a second", r->plan->name,
            grouped(l->read, a, sizeof(a)), seconds,
            grouped((uint64_t)(seconds > 0 ? (double)now_read / seconds : 0), b, sizeof(b)));
    if (r->resumed)
        fprintf(out, " (%s were committed before)", grouped(r->resumed_at, a, sizeof(a)));
    fputc('\n', out);
    fate_line(r, "kept", l->fates[KEPT], NULL, out);
    fate_line(r, "dropped", l->fates[DROPPED], "dropped: ", out);
    fate_line(r, "duplicates", l->fates[DUPLICATE], NULL, out);
    fate_line(r, "rejected", l->fates[REJECTED], "rejected: ", out);
    if (l->split || l->made)
        fprintf(out, "  %-11s %12s split, %s made at the end\n", "and",
                grouped(l->split, a, sizeof(a)), grouped(l->made, b, sizeof(b)));
    fprintf(out, "  %u thread%s, %llu barrier%s in %.2f s, peak memory %.0f MiB", r->options.jobs,
            r->options.jobs == 1 ? "" : "s", (unsigned long long)atomic_load(&r->engine.barriers_made),
            atomic_load(&r->engine.barriers_made) == 1 ? "" : "s",
            (double)atomic_load(&r->engine.barrier_time) / 1e6, (double)usage.ru_maxrss / 1024);
    slowest(r, out);
    fputc('\n', out);
    if (r->published)
        fprintf(out, "  in %s\n", r->rundir.path);
}

void summary_json(const struct run *r, enum exit_status status, FILE *out)
{
    const struct ledger *l = &r->ledger;

    fprintf(out,
            "{\"type\":\"summary\",\"status\":%d,\"up_to_date\":%s,\"published\":%s,\"read\":%llu,"
            "\"split\":%llu,\"made\":%llu,\"kept\":%llu,\"dropped\":%llu,\"duplicates\":%llu,"
            "\"rejected\":%llu,\"resumed_at\":%llu,\"seconds\":%.3f}\n",
            (int)status, r->up_to_date ? "true" : "false", r->published ? "true" : "false",
            (unsigned long long)l->read, (unsigned long long)l->split, (unsigned long long)l->made,
            (unsigned long long)l->fates[KEPT], (unsigned long long)l->fates[DROPPED],
            (unsigned long long)l->fates[DUPLICATE], (unsigned long long)l->fates[REJECTED],
            (unsigned long long)r->resumed_at, (double)(r->ended - r->began) / 1e6);
}

void summary_write(const struct run *r)
{
    struct buffer b = { 0 };
    struct utsname host;
    struct rusage usage;

    if (uname(&host) < 0)
        strcpy(host.machine, "unknown");
    getrusage(RUSAGE_SELF, &usage);
    buffer_printf(&b,
                  "{\n  \"seconds\": %.3f,\n  \"cpu_seconds\": %.3f,\n  \"threads\": %u,\n"
                  "  \"peak_memory_bytes\": %lld,\n  \"barriers\": %llu,\n  \"barrier_seconds\": %.3f,\n"
                  "  \"resumed_at\": %llu,\n  \"machine\": \"%s\",\n  \"stages\": {\n",
                  (double)(r->ended - r->began) / 1e6,
                  (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                      (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
                  r->options.jobs, (long long)usage.ru_maxrss * 1024,
                  (unsigned long long)atomic_load(&r->engine.barriers_made),
                  (double)atomic_load(&r->engine.barrier_time) / 1e6,
                  (unsigned long long)r->resumed_at, host.machine);
    for (size_t i = 0; i < r->plan->n_stages; i++)
        buffer_printf(&b, "    \"%s\": %.6f%s\n", r->plan->stages[i].name,
                      (double)atomic_load(&r->engine.stage_time[i]) / 1e9,
                      i + 1 < r->plan->n_stages ? "," : "");
    buffer_puts(&b, "  }\n}\n");
    if (!b.failed)
        io_replace_unsynced(r->rundir.fd, "run.json", b.data, b.len);
    buffer_free(&b);
}
