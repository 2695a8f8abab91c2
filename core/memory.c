/* SPDX-License-Identifier: Apache-2.0 */
/* Resident memory against a limit. What the C library keeps of freed memory is given back before
 * the run is stopped for it. */
#define _GNU_SOURCE
#include "core/memory.h"

#include "common/file.h"
#include "core/figures.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    MIB = 1024 * 1024,
    A_THREAD = 4 * MIB /* the least that batches and readers take for each */
};

static int64_t look(struct memory *m)
{
    char text[128], *at;
    ssize_t n = file_read_at(m->statm, text, sizeof(text) - 1, 0);
    int64_t held = 0;

    if (n > 0) {
        text[n] = '\0';
        strtoll(text, &at, 10); /* mapped; then what is resident, in pages */
        held = strtoll(at, NULL, 10) * sysconf(_SC_PAGESIZE);
    }
    atomic_store_explicit(&m->held, held, memory_order_relaxed);
    return held;
}

const char *memory_text(int64_t bytes, char to[MEMORY_TEXT])
{
    snprintf(to, MEMORY_TEXT, "%lldM", (long long)(bytes / MIB + (bytes % MIB > 0)));
    return to;
}

static int too_little(struct memory *m, unsigned jobs)
{
    char given[MEMORY_TEXT], held[FIGURE_MAX], enough[MEMORY_TEXT], text[200], help[100];

    snprintf(text, sizeof(text),
             "--memory=%s is too little: %s are held before a document is read, and %u thread%s "
             "each take some",
             memory_text(m->limit, given), figure_size((uint64_t)m->first, held), jobs,
             jobs == 1 ? "" : "s");
    snprintf(help, sizeof(help), "run the same command with --memory=%s%s",
             memory_text(2 * (m->first + (int64_t)jobs * A_THREAD), enough),
             jobs > 1 ? ", or with fewer threads (-j)" : "");
    return diag_report(
        m->diag,
        &(struct diag_message){ .level = DIAG_ERROR, .code = E0771, .text = text, .help = help });
}

int memory_begin(struct memory *m, int64_t limit, unsigned jobs, struct diag *d)
{
    *m = (struct memory){ .limit = limit, .statm = -1, .diag = d };
    if (limit <= 0)
        return 0;
    m->statm = file_open("/proc/self/statm", O_RDONLY, 0);
    if (m->statm < 0)
        return diag_error_errno(d, E0771, errno, "cannot read /proc/self/statm for --memory");
    m->first = look(m);
    m->spare = limit / 32 + (int64_t)jobs * A_THREAD / 2;
    if (m->first + (int64_t)jobs * A_THREAD > limit - m->spare)
        return too_little(m, jobs);
    return 0;
}

void memory_end(struct memory *m)
{
    if (m->limit > 0 && m->statm >= 0)
        close(m->statm);
    *m = (struct memory){ 0 };
}

/* What would do: for a single piece, twice as much; for what grew with what was read, as much more
 * of it as there is more to read, and a fifth. */
static int64_t enough_for_all(const struct memory *m, size_t more)
{
    double share = more == 0 && m->share ? m->share(m->owner) : 0;
    int64_t twice = 2 * (m->limit + (int64_t)more), by_share = 0;

    if (share > 0.02 && share <= 1)
        by_share = m->first + (int64_t)(1.2 * (double)(m->limit - m->first) / share);
    return by_share > twice ? by_share : twice;
}

static bool refuse(struct memory *m, int64_t held, size_t more)
{
    char given[MEMORY_TEXT], is[FIGURE_MAX], needs[FIGURE_MAX], enough[MEMORY_TEXT];
    char text[200], help[150];

    if (atomic_exchange(&m->told, true))
        return false;
    snprintf(text, sizeof(text), "the run holds %s%s%s%s, which is past --memory=%s",
             figure_size((uint64_t)held, is), more ? " and needs " : "",
             more ? figure_size(more, needs) : "", more ? " more" : "",
             memory_text(m->limit, given));
    snprintf(
        help, sizeof(help),
        "run the same command with --memory=%s, or with fewer threads (-j); it goes on where it "
        "stopped",
        memory_text(enough_for_all(m, more), enough));
    diag_report(m->diag, &(struct diag_message){
                             .level = DIAG_ERROR, .code = E0771, .text = text, .help = help });
    return false;
}

static bool fits(struct memory *m, size_t more)
{
    return more < INT64_MAX / 4 && look(m) + (int64_t)more <= m->limit - m->spare;
}

bool memory_fits(struct memory *m, size_t more)
{
    if (m->limit == 0 || fits(m, more))
        return true;
    malloc_trim(0);
    return fits(m, more);
}

bool memory_allows(struct memory *m, size_t more)
{
    return memory_fits(m, more) || refuse(m, atomic_load(&m->held), more);
}

bool memory_is_tight(const struct memory *m)
{
    return m->limit > 0 &&
           atomic_load_explicit(&m->held, memory_order_relaxed) > m->limit - m->limit / 8;
}
