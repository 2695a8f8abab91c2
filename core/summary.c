/* SPDX-License-Identifier: Apache-2.0 */
/* The lines at the end of a run, and run.json. */
#define _GNU_SOURCE
#include "core/progress.h"

#include "common/buffer.h"
#include "common/json-write.h"
#include "core/figures.h"
#include "core/io.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

/* The three most frequent reasons of one fate: "filter: too_short 12, ...". */
static void reasons(const struct run *r, const char *prefix, struct buffer *to)
{
    const struct ledger *l = &r->ledger;
    size_t shown[3], n = 0;
    char number[FIGURE_MAX];

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

        buffer_printf(to, "%s%s: %s %s", k ? "; " : "   ", space ? space + 1 : stage,
                      t->name + strlen(prefix), figure_grouped((uint64_t)t->n, number));
    }
}

static void fate_line(const struct run *r, const char *name, uint64_t n, const char *prefix,
                      struct buffer *to)
{
    uint64_t all = r->ledger.read + r->ledger.split + r->ledger.made;
    char number[FIGURE_MAX];

    buffer_printf(to, "  %-11s %12s  %5.1f%%", name, figure_grouped(n, number),
                  all ? 100 * (double)n / (double)all : 0);
    if (prefix && n)
        reasons(r, prefix, to);
    buffer_byte(to, '\n');
}

/* Of the run's CPU time, in percent. */
static double share_of(const struct run *r, const struct stage *s)
{
    return r->profile.whole
               ? 100 * (double)profile_of_stage(&r->profile, s) / (double)r->profile.whole
               : 0;
}

static void effort(const struct run *r, struct buffer *to)
{
    const struct stage *slowest = r->plan->stages;
    struct rusage usage;

    for (size_t i = 1; i < r->plan->n_stages; i++)
        if (share_of(r, &r->plan->stages[i]) > share_of(r, slowest))
            slowest = &r->plan->stages[i];

    getrusage(RUSAGE_SELF, &usage);
    buffer_printf(to, "  %u thread%s, peak memory %.0f MiB", r->options.jobs,
                  r->options.jobs == 1 ? "" : "s", (double)usage.ru_maxrss / 1024);
    if (r->profile.whole)
        buffer_printf(to, ", slowest %s (%.0f%%)", slowest->name, share_of(r, slowest));
    buffer_byte(to, '\n');
}

static double seconds_of(int64_t microseconds)
{
    return (double)microseconds / 1e6;
}

/* With -v: where the time went, and what each stage counted. */
static void stage_lines(const struct run *r, struct buffer *to)
{
    const struct ledger *l = &r->ledger;
    char number[FIGURE_MAX];

    for (size_t i = 0; i < r->plan->n_stages; i++) {
        const char *gap = "   ";

        buffer_printf(to, "  %-24s %5.1f%%", r->plan->stages[i].name,
                      share_of(r, &r->plan->stages[i]));
        for (size_t t = 0; t < l->n_totals; t++)
            if (l->totals[t].stage == i) {
                buffer_printf(to, "%s%s %s", gap, l->totals[t].name,
                              figure_grouped((uint64_t)l->totals[t].n, number));
                gap = "; ";
            }
        buffer_byte(to, '\n');
    }
}

/* What it took to make progress safe, where that is more than a hundredth of the time, or more is
 * asked for. */
static void barriers(const struct run *r, bool more, struct buffer *to)
{
    uint64_t n = atomic_load(&r->engine.barriers_made);
    double took = seconds_of(atomic_load(&r->engine.barrier_time));
    double all = seconds_of(r->ended - r->began);
    char x[FIGURE_MAX], y[FIGURE_MAX], z[FIGURE_MAX];

    if (!more && (n == 0 || took <= all / 100))
        return;
    buffer_printf(to, "  %s barrier%s took %s (%.1f%%)", figure_grouped(n, x), n == 1 ? "" : "s",
                  figure_time(took, y), all > 0 ? 100 * took / all : 0);
    if (n > 0)
        buffer_printf(to, ", the longest %s; [pipeline] barrier_interval sets how often",
                      figure_time(seconds_of(atomic_load(&r->engine.longest_barrier)), z));
    buffer_byte(to, '\n');
}

/* Documents that a stage failed on, and that on_error = keep let by. */
static void errors_kept(const struct run *r, struct buffer *to)
{
    char number[FIGURE_MAX];

    for (size_t i = 0; i < r->plan->n_stages; i++) {
        int64_t n = ledger_total(&r->ledger, (uint32_t)i, COUNT_ERRORS_KEPT);

        if (n > 0)
            buffer_printf(to, "  %s document%s had errors in [%s] and went on as before it\n",
                          figure_grouped((uint64_t)n, number), n == 1 ? "" : "s",
                          r->plan->stages[i].name);
    }
}

void summary_print(const struct run *r, bool more, struct diag_printer *to)
{
    const struct ledger *l = &r->ledger;
    double seconds = (double)(r->ended - r->began) / 1e6, a_second = seconds > 0 ? 1 / seconds : 0;
    struct buffer b = { 0 };
    char x[FIGURE_MAX], y[FIGURE_MAX], z[FIGURE_MAX];

    buffer_printf(&b, "%s: %s document%s read in %s, %s a second", r->plan->name,
                  figure_grouped(l->read, x), l->read == 1 ? "" : "s", figure_seconds(seconds, y),
                  figure_grouped((uint64_t)((double)(l->read - r->resumed_at) * a_second), z));
    if (r->resumed)
        buffer_printf(&b, " (%s were committed before)", figure_grouped(r->resumed_at, x));
    if (r->options.replay)
        buffer_printf(&b, ", of those that %s rejected", r->options.replay->folder);
    buffer_byte(&b, '\n');
    fate_line(r, "kept", l->fates[KEPT], NULL, &b);
    fate_line(r, "dropped", l->fates[DROPPED], "dropped: ", &b);
    fate_line(r, "duplicates", l->fates[DUPLICATE], NULL, &b);
    fate_line(r, "rejected", l->fates[REJECTED], "rejected: ", &b);
    errors_kept(r, &b);
    if (l->split || l->made)
        buffer_printf(&b, "  %-11s %12s split, %s made at the end\n", "and",
                      figure_grouped(l->split, x), figure_grouped(l->made, y));
    buffer_printf(&b, "  %s in", figure_size(r->bytes_in, x));
    if (r->options.dry)
        buffer_puts(&b, ", nothing written: a dry run\n");
    else
        buffer_printf(&b, ", %s out\n", figure_size(r->bytes_out, y));
    effort(r, &b);
    if (more)
        stage_lines(r, &b);
    barriers(r, more, &b);
    if (r->published)
        buffer_printf(&b, "  in %s\n", r->rundir.path);
    if (r->options.profile)
        profile_table(&r->profile, l->read - r->resumed_at, &b);
    if (!b.failed)
        diag_print_text(to, buffer_string(&b));
    buffer_free(&b);
}

static void count(struct buffer *b, const char *key, uint64_t n)
{
    buffer_printf(b, ",\"%s\":%llu", key, (unsigned long long)n);
}

/* A run that still goes on shows but some of its figures. */
static void shown_figures(struct run *r, struct buffer *b)
{
    struct ledger *l = &r->ledger;

    count(b, "read", atomic_load(&l->shown.read));
    count(b, "kept", atomic_load(&l->shown.fates[KEPT]));
    count(b, "dropped", atomic_load(&l->shown.fates[DROPPED]));
    count(b, "duplicates", atomic_load(&l->shown.fates[DUPLICATE]));
    count(b, "rejected", atomic_load(&l->shown.fates[REJECTED]));
    count(b, "resumed_at", r->resumed_at);
    count(b, "bytes_in", engine_consumed(&r->engine));
    buffer_printf(b, ",\"seconds\":%.3f", (double)(now_us() - r->began) / 1e6);
}

static void all_figures(const struct run *r, struct buffer *b)
{
    const struct ledger *l = &r->ledger;

    count(b, "read", l->read);
    count(b, "split", l->split);
    count(b, "made", l->made);
    count(b, "kept", l->fates[KEPT]);
    count(b, "dropped", l->fates[DROPPED]);
    count(b, "duplicates", l->fates[DUPLICATE]);
    count(b, "rejected", l->fates[REJECTED]);
    count(b, "resumed_at", r->resumed_at);
    count(b, "bytes_in", r->bytes_in);
    count(b, "bytes_out", r->bytes_out);
    buffer_printf(b, ",\"seconds\":%.3f", seconds_of(r->ended - r->began));
    count(b, "barriers", atomic_load(&r->engine.barriers_made));
    buffer_printf(b, ",\"barrier_seconds\":%.3f,\"longest_barrier_seconds\":%.3f",
                  seconds_of(atomic_load(&r->engine.barrier_time)),
                  seconds_of(atomic_load(&r->engine.longest_barrier)));
    if (r->options.profile && r->profile.whole) {
        buffer_printf(b, ",\"cpu_seconds\":%.6f,\"profile\":", (double)r->profile.whole / 1e9);
        profile_json(&r->profile, "", b);
    }
    diag_put_member(b, "rundir", r->rundir.path);
}

void summary_json(struct run *r, bool goes_on, int status, struct diag_printer *to)
{
    struct buffer b = { 0 };

    buffer_puts(&b, "{\"type\":\"summary\"");
    diag_put_time(&b);
    buffer_printf(&b, ",\"status\":%d", status);
    if (r && !goes_on) {
        buffer_printf(&b, ",\"up_to_date\":%s,\"published\":%s", r->up_to_date ? "true" : "false",
                      r->published ? "true" : "false");
        all_figures(r, &b);
    } else {
        buffer_puts(&b, ",\"up_to_date\":false,\"published\":false");
        if (r && __atomic_load_n(&r->live, __ATOMIC_ACQUIRE))
            shown_figures(r, &b);
    }
    buffer_puts(&b, "}\n");
    if (!b.failed)
        diag_print_raw(to, b.data, b.len);
    buffer_free(&b);
}

void summary_write_ended(struct run *r, int status)
{
    struct buffer b = { 0 };

    manifest_write_ended(r, status, &b);
    if (!b.failed) {
        summary_write(r, r->rundir.state);
        io_replace_unsynced(r->rundir.state, "ended.json", b.data, b.len);
    }
    buffer_free(&b);
}

void summary_write(const struct run *r, int dir)
{
    struct buffer b = { 0 };
    struct utsname host;
    struct rusage usage;

    if (uname(&host) < 0)
        strcpy(host.machine, "unknown");
    getrusage(RUSAGE_SELF, &usage);
    buffer_printf(
        &b,
        "{\n  \"seconds\": %.3f,\n  \"cpu_seconds\": %.6f,\n  \"threads\": %u,\n"
        "  \"peak_memory_bytes\": %lld,\n  \"barriers\": %llu,\n  \"barrier_seconds\": %.3f,\n"
        "  \"longest_barrier_seconds\": %.3f,\n"
        "  \"resumed_at\": %llu,\n  \"machine\": \"%s\",\n  \"stages\": {",
        (double)(r->ended - r->began) / 1e6, (double)r->profile.whole / 1e9, r->options.jobs,
        (long long)usage.ru_maxrss * 1024,
        (unsigned long long)atomic_load(&r->engine.barriers_made),
        seconds_of(atomic_load(&r->engine.barrier_time)),
        seconds_of(atomic_load(&r->engine.longest_barrier)), (unsigned long long)r->resumed_at,
        host.machine);
    for (size_t i = 0; i < r->plan->n_stages; i++) {
        const struct stage *s = &r->plan->stages[i];

        buffer_printf(&b, "%s\n    ", i > 0 ? "," : "");
        json_write_text(&b, s->name, strlen(s->name));
        buffer_printf(&b, ": %.6f", (double)profile_of_stage(&r->profile, s) / 1e9);
    }
    buffer_puts(&b, "\n  },\n  \"profile\": ");
    profile_json(&r->profile, "\n    ", &b);
    buffer_puts(&b, "\n}\n");
    if (!b.failed)
        io_replace_unsynced(dir, "run.json", b.data, b.len);
    buffer_free(&b);
}
