/* SPDX-License-Identifier: Apache-2.0 */
/* etl status: how far the run in a run directory is, and what to do next; once, or until it ends.
 */
#define _GNU_SOURCE
#include "core/diag-source.h"
#include "core/figures.h"
#include "core/run-look.h"
#include "core/verbs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { AS_JSON = 1, WATCH };
enum { CALM_SECONDS = 30 }; /* between lines where no terminal looks on */

const struct cli_option status_options[] = {
    { AS_JSON, 0, "json", NULL, "one JSON object; with --watch, one a second" },
    { WATCH, 0, "watch", NULL, "again each second until the run ends" },
    { 0, 0, NULL, NULL, NULL },
};

/* How many documents, by what is newest: of a run that lives what it shows, else what is written
 * down. */
struct shown {
    uint64_t read, kept, dropped, duplicates, rejected;
};

static struct shown newest(const struct run_look *l)
{
    const struct manifest *m = &l->facts;
    const struct run_progress *p = &l->progress;

    if (l->state == RUN_LIVE && p->known)
        return (struct shown){ p->read, p->kept, p->dropped, p->duplicates, p->rejected };
    return (struct shown){ m->read, m->kept, m->dropped, m->duplicates, m->rejected };
}

static void put_part(struct buffer *b, const char *name, uint64_t n, uint64_t all)
{
    char x[FIGURE_MAX];

    buffer_printf(b, "%s %s (%.1f%%)", name, figure_grouped(n, x),
                  all ? 100 * (double)n / (double)all : 0);
}

static void put_counts(struct buffer *b, const struct run_look *l)
{
    struct shown s = newest(l);
    uint64_t all = s.kept + s.dropped + s.duplicates + s.rejected;

    if (all == 0)
        return;
    buffer_puts(b, "  ");
    put_part(b, "kept", s.kept, all);
    put_part(b, ", dropped", s.dropped, all);
    put_part(b, ", duplicates", s.duplicates, all);
    put_part(b, ", rejected", s.rejected, all);
    buffer_byte(b, '\n');
}

/* What a run that lives says of itself: "38%, 3.1/8.2 GiB; 91k documents, 7.4k a second; 12 s left"
 */
static void put_live(struct buffer *b, const struct run_look *l)
{
    const struct run_progress *p = &l->progress;
    char x[FIGURE_MAX], y[FIGURE_MAX];

    if (!p->known) {
        buffer_puts(b, "  it has just begun\n");
        return;
    }
    if (p->total > 0)
        buffer_printf(b, "  %.0f%%, %s", 100 * (double)p->bytes / (double)p->total,
                      figure_part(p->bytes, (uint64_t)p->total, x));
    else
        buffer_printf(b, "  %s", figure_size(p->bytes, x));
    buffer_printf(b, "; %s documents", figure_grouped(p->read, x));
    if (p->records_a_second > 0)
        buffer_printf(b, ", %s a second, %s/s", figure_short(p->records_a_second, x),
                      figure_size((uint64_t)p->bytes_a_second, y));
    buffer_printf(b, "; for %s", figure_seconds(p->seconds, x));
    if (p->left >= 0)
        buffer_printf(b, ", %s left", figure_seconds((double)p->left, x));
    buffer_byte(b, '\n');
}

static void put_ended(struct buffer *b, const struct run_look *l)
{
    char x[FIGURE_MAX], y[FIGURE_MAX];

    buffer_printf(b, "  %s documents read", figure_grouped(l->facts.read, x));
    if (l->times.seconds > 0)
        buffer_printf(
            b, " in %s, %s a second", figure_seconds(l->times.seconds, x),
            figure_grouped(
                (uint64_t)((double)(l->facts.read - l->times.resumed_at) / l->times.seconds), y));
    buffer_byte(b, '\n');
}

static void put_committed(struct buffer *b, const struct run_look *l)
{
    char x[FIGURE_MAX], y[FIGURE_MAX];

    if (l->committed == 0)
        return;
    buffer_printf(b, "  committed: %s documents, up to input file %s of %s\n",
                  figure_grouped(l->committed, x), figure_grouped(l->file, y),
                  figure_grouped(l->files, (char[FIGURE_MAX]){ 0 }));
    if (l->state == RUN_STOPPED && l->progress.known && l->progress.read > l->committed)
        buffer_printf(b, "  it had come to %s, which will be read again from there\n",
                      figure_grouped(l->progress.read, x));
}

static void put_text(struct buffer *b, const char *folder, const struct run_look *l)
{
    const struct manifest *m = &l->facts;

    buffer_printf(b, "%s%s%s", m->pipeline ? m->pipeline : "", m->pipeline ? " is " : "is ",
                  run_state_name(l->state));
    if (l->state == RUN_LIVE && l->progress.known)
        buffer_printf(b, ", process %llu", (unsigned long long)l->progress.pid);
    if (l->state == RUN_FAILED)
        buffer_printf(b, ": %s [%s], status %llu",
                      diag_code_title(diag_code_named(m->code ? m->code : "")), m->code,
                      (unsigned long long)m->status);
    buffer_printf(b, ", in %s\n", folder);
    if (l->state == RUN_FAILED && m->message && *m->message)
        buffer_printf(b, "  %s\n", m->message);
    if (l->state == RUN_LIVE)
        put_live(b, l);
    if (l->state == RUN_FINISHED || l->state == RUN_FAILED)
        put_ended(b, l);
    put_counts(b, l);
    if (l->state != RUN_LIVE && l->state != RUN_FINISHED)
        put_committed(b, l);
    if (l->published && l->state != RUN_FINISHED)
        buffer_puts(b, "  the outputs that lie there are of the run before\n");
    buffer_printf(b, "  next: %s\n", run_look_next(l));
}

static void put_number(struct buffer *b, const char *name, uint64_t n)
{
    buffer_printf(b, ",\"%s\":%llu", name, (unsigned long long)n);
}

/* Members that are not known are left out. */
static void put_json(struct buffer *b, const char *folder, const struct run_look *l)
{
    const struct run_progress *p = &l->progress;
    struct shown s = newest(l);

    buffer_printf(b, "{\"type\":\"status\",\"state\":\"%s\"", run_state_name(l->state));
    diag_put_member(b, "rundir", folder);
    diag_put_member(b, "pipeline", l->facts.pipeline);
    put_number(b, "read", s.read);
    put_number(b, "kept", s.kept);
    put_number(b, "dropped", s.dropped);
    put_number(b, "duplicates", s.duplicates);
    put_number(b, "rejected", s.rejected);
    if (l->state != RUN_FINISHED)
        put_number(b, "committed", l->committed);
    if (l->state == RUN_LIVE && p->known) {
        put_number(b, "pid", p->pid);
        put_number(b, "bytes", p->bytes);
        if (p->total >= 0)
            put_number(b, "total", (uint64_t)p->total);
        buffer_printf(b, ",\"seconds\":%.1f,\"bytes_a_second\":%.0f,\"records_a_second\":%.0f",
                      p->seconds, p->bytes_a_second, p->records_a_second);
        if (p->left >= 0)
            put_number(b, "left", (uint64_t)p->left);
    } else if (l->times.seconds > 0) {
        buffer_printf(b, ",\"seconds\":%.3f", l->times.seconds);
    }
    if (l->state == RUN_FAILED) {
        put_number(b, "status", l->facts.status);
        diag_put_member(b, "code", l->facts.code);
        diag_put_member(b, "message", l->facts.message);
    }
    buffer_printf(b, ",\"published\":%s", l->published ? "true" : "false");
    diag_put_member(b, "next", run_look_next(l));
    buffer_puts(b, "}\n");
}

struct watch {
    const char *folder;
    bool json, on;
    bool terminal;
    int lines; /* that stand on the terminal since the last look */
    int quiet; /* seconds since the last line elsewhere */
};

/* Lines that are wider than the terminal would not be taken away again. */
static int columns(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* Data, as names, is not obeyed by a terminal. */
static void show(struct watch *w, const struct buffer *text)
{
    int wide = w->terminal && w->on ? columns() : 0, column = 0;
    char piece[DIAG_ESCAPED_MAX];
    size_t used;

    if (w->lines > 0)
        printf("\033[%dA\033[J", w->lines);
    w->lines = 0;
    for (size_t at = 0; at < text->len;) {
        if (text->data[at] == '\n') {
            w->lines += w->terminal && w->on;
            column = 0;
            putchar(text->data[at++]);
            continue;
        }
        at += diag_escape(text->data + at, text->len - at, piece, &used);
        column += 1;
        if (wide == 0 || column < wide)
            fwrite(piece, 1, used, stdout);
    }
    fflush(stdout);
}

/* Is it time for another line? A terminal gets it each second, JSON too; others seldom, and where
 * something has changed. */
static bool due(struct watch *w, enum run_state before, const struct run_look *l, bool first)
{
    if (first || w->terminal || w->json || l->state != before || ++w->quiet >= CALM_SECONDS) {
        w->quiet = 0;
        return true;
    }
    return false;
}

static int watch(struct watch *w, struct diag *d)
{
    enum run_state state = RUN_LIVE;

    for (bool first = true;; first = false) {
        struct buffer text = { 0 };
        struct run_look l;
        int result = run_look(&l, w->folder, d);

        if (result == 0 && due(w, state, &l, first)) {
            (w->json ? put_json : put_text)(&text, w->folder, &l);
            if (text.failed)
                result = diag_error(d, E0771, NULL, "memory is out");
            else
                show(w, &text);
        }
        state = l.state;
        buffer_free(&text);
        run_look_free(&l);
        if (result < 0 || ferror(stdout))
            return (int)d->status;
        if (!w->on || state != RUN_LIVE)
            return EXIT_DONE;
        sleep(1);
    }
}

int verb_status(struct app *app, int argc, char **argv)
{
    const char *terminal = getenv("TERM");
    struct watch w = { 0 };
    struct cli c;
    int id;

    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0) {
        w.json = w.json || id == AS_JSON;
        w.on = w.on || id == WATCH;
    }
    if (!cli_ready(&c, 1, 1))
        return c.status;
    w.folder = c.arguments[0];
    w.terminal = !w.json && isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    return watch(&w, &app->diag);
}
