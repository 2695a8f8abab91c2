/* SPDX-License-Identifier: Apache-2.0 */
/* The output `boilerplate`: lines that stand on many pages of one outlet, as a rule file. map cuts
 * a page into its distinct lines; step counts them, in input order. */
#define _GNU_SOURCE
#include <etl/plugin.h>

#include "counts.h"
#include "log.h"
#include "page.h"

#include <errno.h>
#include <inttypes.h>

struct boilerplate {
    const char *path;
    etl_field text, left_in, group;
    int64_t min_pages, lines, groups;
    double min_share;
    etl_field found; /* the page's lines, from map to step: a head, page_line's, their text */
    etl_stream *stream;
};

struct boilerplate_worker {
    struct page_lines page, left;
};

struct boilerplate_state {
    struct counts counts;
    struct log log;
};

static const etl_option options[] = {
    ETL_OPT(struct boilerplate, OUTPUT, path, "path", NULL, NULL,
            "The rule file, in the run directory"),
    ETL_OPT(struct boilerplate, READS, text, "text", "text", "text", "Field whose lines count"),
    ETL_OPT(struct boilerplate, READS, left_in, "left_in", "", "text",
            "List only lines that stand in this field, too, of one page at least"),
    ETL_OPT(struct boilerplate, READS, group, "group", "outlet", "text",
            "Pages are counted apart by this field"),
    ETL_OPT(struct boilerplate, INT, min_pages, "min_pages", "5", "2..",
            "List lines that stand on at least so many pages"),
    ETL_OPT(struct boilerplate, REAL, min_share, "min_share", "0.1", "0..1",
            "... and on at least this part of the group's pages"),
    ETL_OPT(struct boilerplate, INT, lines, "lines", "8192", "64..16777216",
            "Lines of one group that are counted at a time"),
    ETL_OPT(struct boilerplate, INT, groups, "groups", "1000", "1..100000",
            "Groups that are counted at a time"),
    ETL_OPT_END
};

static int no_memory(const void *self)
{
    return etl_fail_errno(self, ENOMEM, "no memory to count lines");
}

static int fail(const void *self, const struct fault *f)
{
    return f->err ? etl_fail_errno(self, f->err, "%s", f->text) : etl_fail(self, "%s", f->text);
}

static int open_output(void *self)
{
    struct boilerplate *me = self;

    me->found = etl_declare(me, "lines", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    me->stream = etl_create(me, me->path);
    return me->found.id && me->stream ? ETL_OK : ETL_FAIL;
}

static int start(const void *self, void *state, etl_blob saved)
{
    const struct boilerplate *me = self;
    struct boilerplate_state *st = state;
    struct fault f = { 0 };
    const char *path = etl_state_path(self, "lines");

    if (!path)
        return ETL_FAIL;
    st->counts.max_groups = (size_t)me->groups;
    st->counts.max_lines = (uint32_t)me->lines;
    if (saved.len != 0 && saved.len != LOG_SAVED_BYTES)
        return etl_fail(self, "what an earlier run saved has %zu bytes, not %d", saved.len,
                        LOG_SAVED_BYTES);
    if (log_open(&st->log, path, saved.len ? saved.data : NULL, &st->counts, &f) != 0)
        return fail(self, &f);
    return ETL_OK;
}

static int map(const void *self, etl_record *rec)
{
    const struct boilerplate *me = self;
    struct boilerplate_worker *w = etl_worker(rec);
    struct page_lines *p = &w->page;
    etl_value text = etl_get(rec, me->text), left = etl_get(rec, me->left_in);
    size_t lines;
    uint64_t n;
    char *to;

    if (text.type != ETL_TEXT)
        return ETL_OK;
    if (page_lines_of(p, text.text, text.len) != 0 ||
        page_lines_of(&w->left, left.text, left.type == ETL_TEXT ? left.len : 0) != 0)
        return no_memory(me);
    page_lines_mark(p, &w->left);
    n = p->n;
    lines = p->n * sizeof(*p->line);
    to = etl_begin(rec, sizeof(n) + lines + p->text.len);
    if (!to)
        return ETL_REJECT;
    memcpy(to, &n, sizeof(n));
    if (n > 0) {
        memcpy(to + sizeof(n), p->line, lines);
        memcpy(to + sizeof(n) + lines, p->text.data, p->text.len);
    }
    etl_end(rec, me->found, sizeof(n) + lines + p->text.len);
    return ETL_OK;
}

static int count_page(const struct boilerplate *me, struct boilerplate_state *st, etl_value found,
                      etl_value name)
{
    const char *at = found.bytes, *text;
    struct group *g;
    uint64_t n;

    memcpy(&n, at, sizeof(n));
    at += sizeof(n);
    text = at + n * sizeof(struct page_line);
    g = counts_page(&st->counts, name.type == ETL_TEXT ? name.text : "", name.len);
    if (!g)
        return no_memory(me);
    log_page(&st->log, name.text, name.type == ETL_TEXT ? name.len : 0);
    for (uint64_t i = 0; i < n; i++, at += sizeof(struct page_line)) {
        struct page_line line;

        memcpy(&line, at, sizeof(line));
        switch (counts_line(&st->counts, g, line.hash, line.left, text + line.at, line.len)) {
        case COUNTS_ADDED:
            log_line(&st->log, line.hash, line.left, NULL, 0);
            break;
        case COUNTS_TOOK_TEXT:
            log_line(&st->log, line.hash, line.left, text + line.at, line.len);
            break;
        case COUNTS_NO_MEMORY:
            return no_memory(me);
        }
    }
    return ETL_OK;
}

static int step(const void *self, void *state, etl_record *rec)
{
    const struct boilerplate *me = self;
    struct boilerplate_state *st = state;
    etl_value found = etl_get(rec, me->found), name = etl_get(rec, me->group);
    uint64_t budget = etl_budget(self);
    struct fault f = { 0 };

    if (found.type != ETL_BYTES)
        return ETL_OK;
    if (name.type != ETL_TEXT)
        name = etl_text("", 0);
    if (count_page(me, st, found, name) != ETL_OK)
        return ETL_FAIL;
    if (log_page_end(&st->log, &f) != 0)
        return fail(self, &f);
    if (budget && st->counts.bytes > budget)
        return etl_fail_errno(self, ENOMEM,
                              "the lines of %zu groups need %" PRIu64
                              " bytes, and the budget is %" PRIu64
                              "; `lines` and `groups` make it fewer at a time",
                              st->counts.n, st->counts.bytes, budget);
    return ETL_OK;
}

static int commit(const void *self, void *state)
{
    struct boilerplate_state *st = state;
    unsigned char saved[LOG_SAVED_BYTES];
    struct fault f = { 0 };

    if (log_commit(&st->log, saved, &f) != 0)
        return fail(self, &f);
    etl_save(self, saved, sizeof(saved));
    return ETL_OK;
}

static const char head[] =
    "# Lines that stand on many pages of one outlet: on how many, a tab, the line. extract takes\n"
    "# them for boilerplate with `rules = THIS FILE`. Take out a line that is text; add one by "
    "hand\n"
    "# with any count.\n";

static int finish(const void *self, void *state, etl_unit *unit)
{
    const struct boilerplate *me = self;
    struct boilerplate_state *st = state;
    struct buffer rules = { 0 };
    struct counts_limits limits = { .min_pages = (uint64_t)me->min_pages,
                                    .min_share = me->min_share,
                                    .only_left = me->left_in.id != 0 };
    uint64_t listed;
    int answer = ETL_FAIL;

    (void)unit;
    buffer_puts(&rules, head);
    if (counts_write(&st->counts, &limits, &rules, &listed) != 0) {
        no_memory(me);
        goto out;
    }
    etl_count(me, NULL, "lines listed", (int64_t)listed);
    answer = etl_write(me->stream, rules.data, rules.len);
out:
    buffer_free(&rules);
    return answer;
}

static void stop(const void *self, void *state)
{
    struct boilerplate_state *st = state;

    (void)self;
    log_close(&st->log);
    counts_free(&st->counts);
}

static void worker_close(const void *self, void *worker)
{
    struct boilerplate_worker *w = worker;

    (void)self;
    page_lines_free(&w->page);
    page_lines_free(&w->left);
}

static const char doc[] =
    "Writes a rule file of the lines that stand on many pages of one outlet: menus, notices, "
    "appeals that no rule of a language pack names. `extract` reads it with `rules =`; a person "
    "can read and edit it. A line is `count TAB line`, # begins a comment; outlets come in order "
    "of their names, lines in order of their bytes.\n\n"
    "A line that stands twice on a page counts once. Lines without a letter, and those of more "
    "than 400 bytes, do not count. Feed it pages that are no copies of each other (dedupe), or the "
    "text of a copied article looks like boilerplate. With `left_in = body`, behind "
    "extract, the list holds only lines that extract left in the body of a page at least: what the "
    "language pack does not know, and no line that a field is read from.\n\n"
    "Memory is bounded. Of each group at most `lines` lines are counted at a time; when there are "
    "more, all counts fall by their median and the rare half is forgotten, so a count is never too "
    "high, and the file says how much too low it may be. Past `groups` groups the half with the "
    "fewest pages is forgotten. Pages without a group are a group of their own.";

static const etl_plugin plugin = {
    ETL_OUTPUT("boilerplate", "1.0", "Lines that recur over an outlet's pages, as a rule file"),
    .doc = doc,
    .self_size = sizeof(struct boilerplate),
    .state_size = sizeof(struct boilerplate_state),
    .worker_size = sizeof(struct boilerplate_worker),
    .options = options,
    .open = open_output,
    .start = start,
    .map = map,
    .step = step,
    .commit = commit,
    .finish = finish,
    .stop = stop,
    .worker_close = worker_close,
};
ETL_PLUGINS(&plugin);
