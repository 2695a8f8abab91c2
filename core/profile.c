/* SPDX-License-Identifier: Apache-2.0 */
/* The accounts of CPU time, and how they are shown. */
#define _GNU_SOURCE
#include "core/profile.h"

#include "common/json-write.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What this thread's time goes to, and how much of it is charged already. */
static _Thread_local struct {
    struct profile *profile; /* NULL: nobody counts it */
    account account;
    uint64_t charged;
} mine;

static const char *const work_names[WORKS] = { "start",  "read", "map",   "step",
                                               "finish", "pack", "write", "commit" };

static const char *const host_names[HOST_WORKS] = {
    "starting", "hashing inputs", "engine", "ledger", "barriers", "publishing",
};

static uint64_t cpu_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static account host_account(const struct profile *p, enum host_work what)
{
    return p->plan->n_stages * WORKS + what;
}

static void charge(void)
{
    uint64_t now = cpu_ns(CLOCK_THREAD_CPUTIME_ID);

    atomic_fetch_add_explicit(&mine.profile->ns[mine.account], now - mine.charged,
                              memory_order_relaxed);
    mine.charged = now;
}

static account change_to(account next)
{
    account before = mine.account;

    if (next != before) {
        charge();
        mine.account = next;
    }
    return before;
}

account profile_stage(const struct stage *s, enum work what)
{
    return mine.profile ? change_to(s->index * WORKS + what) : 0;
}

account profile_host(enum host_work what)
{
    return mine.profile ? change_to(host_account(mine.profile, what)) : 0;
}

void profile_back(account before)
{
    if (mine.profile)
        change_to(before);
}

void profile_join(struct profile *p)
{
    mine.profile = p;
    mine.account = host_account(p, HOST_ENGINE);
    mine.charged = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
}

void profile_leave(void)
{
    if (mine.profile)
        charge();
    mine.profile = NULL;
}

int profile_begin(struct profile *p, const struct plan *plan)
{
    p->plan = plan;
    p->ns = calloc(plan->n_stages * WORKS + HOST_WORKS, sizeof(*p->ns));
    if (!p->ns)
        return -1;
    p->ns[host_account(p, HOST_START)] = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    profile_join(p);
    profile_host(HOST_START);
    return 0;
}

void profile_end(struct profile *p)
{
    profile_leave();
    p->whole = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
}

void profile_free(struct profile *p)
{
    free(p->ns);
    p->ns = NULL;
}

/* ---- how it is shown ---- */

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

uint64_t profile_of_stage(const struct profile *p, const struct stage *s)
{
    uint64_t sum = 0;

    for (size_t i = 0; p->ns && i < WORKS; i++)
        sum += p->ns[s->index * WORKS + i];
    return sum;
}

/* A line of the table, or an object of the array: a stage's, a work of the host's, or the rest. */
struct row {
    const char *name;
    uint64_t ns;
    const _Atomic uint64_t *parts; /* of a stage, WORKS of them; else NULL */
};

static size_t n_rows(const struct profile *p)
{
    return p->ns ? p->plan->n_stages + HOST_WORKS + 1 : 0;
}

/* In the order of the work: the start, the stages, what the host does, and what nobody was charged
 * for: the line of progress, the making of threads. */
static struct row row_at(const struct profile *p, size_t i)
{
    size_t n = p->plan->n_stages;
    uint64_t sum = 0;

    if (i > 0 && i <= n)
        return (struct row){ p->plan->stages[i - 1].name,
                             profile_of_stage(p, &p->plan->stages[i - 1]),
                             &p->ns[(i - 1) * WORKS] };
    if (i == 0 || i < n + HOST_WORKS) {
        enum host_work what = i == 0 ? HOST_START : (enum host_work)(i - n);

        return (struct row){ host_names[what], p->ns[host_account(p, what)], NULL };
    }
    for (size_t k = 0; k < n * WORKS + HOST_WORKS; k++)
        sum += p->ns[k];
    return (struct row){ "the rest", p->whole > sum ? p->whole - sum : 0, NULL };
}

static double share(const struct profile *p, uint64_t ns)
{
    return p->whole ? (double)ns / (double)p->whole : 0;
}

static void put_row(const struct profile *p, const struct row *r, uint64_t documents,
                    struct buffer *to)
{
    const char *gap = "   ";

    buffer_printf(to, "  %-28s %9.3f %6.1f%%", r->name, seconds(r->ns), 100 * share(p, r->ns));
    if (documents)
        buffer_printf(to, " %9.2f", (double)r->ns / 1e3 / (double)documents);
    for (size_t i = 0; r->parts && i < WORKS; i++)
        if (r->parts[i] >= 500000) { /* what rounds to 0.000 is not shown */
            buffer_printf(to, "%s%s %.3f", gap, work_names[i], seconds(r->parts[i]));
            gap = ", ";
        }
    buffer_byte(to, '\n');
}

void profile_table(const struct profile *p, uint64_t documents, struct buffer *to)
{
    buffer_printf(to, "  %-28s %9s %7s%s\n", "where the CPU time went", "seconds", "share",
                  documents ? "  us a doc" : "");
    for (size_t i = 0; i < n_rows(p); i++) {
        struct row r = row_at(p, i);

        put_row(p, &r, documents, to);
    }
    put_row(p, &(struct row){ "all", p->whole, NULL }, documents, to);
}

void profile_json(const struct profile *p, const char *line_break, struct buffer *to)
{
    buffer_byte(to, '[');
    for (size_t i = 0; i < n_rows(p); i++) {
        struct row r = row_at(p, i);

        buffer_printf(to, "%s%s{\"name\":", i ? "," : "", line_break);
        json_write_text(to, r.name, strlen(r.name));
        buffer_printf(to, ",\"cpu_seconds\":%.6f,\"share\":%.4f", seconds(r.ns), share(p, r.ns));
        for (size_t k = 0; r.parts && k < WORKS; k++)
            if (r.parts[k])
                buffer_printf(to, ",\"%s\":%.6f", work_names[k], seconds(r.parts[k]));
        buffer_byte(to, '}');
    }
    buffer_byte(to, ']');
}
