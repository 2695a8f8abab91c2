/* SPDX-License-Identifier: Apache-2.0 */
/* The input of the tests of etl/plugin.h: see abi.h. */
#define _POSIX_C_SOURCE 200809L
#include "abi.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* ---- input: a record a line, or `records` of `size` bytes where it has no path ---- */

struct feed {
    etl_words path;
    etl_field text, raw, mark, looked;
    int64_t records, size, parts, pause;
    bool skip, trace;
    const char *what_to_do, *output;
    etl_stream *stream;
};

struct feed_block {
    bool closed, busy;
    char *line;
    size_t cap;
};

static const etl_option feed_options[] = {
    ETL_OPT(struct feed, INPUT, path, "path", "", NULL, "Files, a record a line"),
    ETL_OPT(struct feed, WRITES, text, "text", "text", "text", "Field for the text"),
    ETL_OPT(struct feed, WRITES, mark, "mark", "", "int", "Field for the number of the record"),
    ETL_OPT(struct feed, READS, looked, "looked", "", NULL, "Field that another input writes"),
    ETL_OPT(struct feed, INT, records, "records", "3", "0..", "How many, without a path"),
    ETL_OPT(struct feed, SIZE, size, "size", "8", NULL, "Bytes of each"),
    ETL_OPT(struct feed, INT, parts, "parts", "1", NULL, "Parts of each file"),
    ETL_OPT(struct feed, DURATION, pause, "pause", "0s", NULL, "Wait so long before each"),
    ETL_OPT(struct feed, BOOL, skip, "skip", "no", NULL, "Skip what is committed"),
    ETL_OPT(struct feed, OUTPUT, output, "output", "", NULL, "A file to make"),
    ETL_OPT(struct feed, BOOL, trace, "trace", "no", NULL, "Log the callbacks"),
    ETL_OPT(struct feed, TEXT, what_to_do, "what", "", NULL, "What to try"),
    ETL_OPT_END,
};

static int feed_open(void *self)
{
    struct feed *me = self;

    MUST(self, aligned(self));
    me->raw = etl_declare(self, "raw", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    trace(self, me->trace, "open");
    if (me->output)
        me->stream = etl_create(self, me->output);
    MUST(self, etl_host_->size == sizeof(etl_host) && etl_host_->abi == ETL_ABI);
    MUST(self, *etl_host_->version);
    return me->raw.id ? ETL_OK : ETL_FAIL;
}

static int feed_start(const void *self, void *state, etl_blob saved)
{
    const struct feed *me = self;

    MUST(self, aligned(state) && state != self);
    trace(self, me->trace, saved.data ? "start again" : "start");
    etl_count(self, NULL, "starts", 1);
    if (saved.data) /* what the last commit saved, in as many pieces as it liked */
        MUST(self, saved.len == 4 && memcmp(saved.data, "feed", 4) == 0);
    if (me->stream && !saved.data)
        MUST(self, etl_write(me->stream, "begun\n", 6) == ETL_OK);
    return IS("no start") ? etl_fail(self, "this was tried") : ETL_OK;
}

static int64_t feed_parts(const void *self, const char *path)
{
    const struct feed *me = self;

    return path ? me->parts : 99;
}

static int feed_finish(const void *self, void *state, etl_unit *unit)
{
    const struct feed *me = self;

    (void)state;
    MUST(self, unit == NULL);
    trace(self, me->trace, "finish");
    etl_count(self, NULL, "finishes", 1);
    return me->stream ? etl_write(me->stream, "ended\n", 6) : ETL_OK;
}

static int feed_commit(const void *self, void *state)
{
    (void)state;
    etl_count(self, NULL, "commits", 1);
    etl_save(self, "fe", 2);
    etl_save(self, "ed", 2);
    return ETL_OK;
}

static void feed_stop(const void *self, void *state)
{
    const struct feed *me = self;

    (void)state;
    trace(self, me->trace, "stop");
}

static void feed_worker_close(const void *self, void *worker)
{
    const struct feed *me = self;
    struct feed_block *b = worker;

    trace(self, me->trace, b->closed || b->busy ? "worker closed wrongly" : "worker_close");
    b->closed = true;
    free(b->line);
}

static void feed_close(void *self)
{
    const struct feed *me = self;

    trace(self, me->trace, "close");
}

/* What a single record can be used to try. NULL: go on. */
static const char *feed_tries(const struct feed *me, etl_unit *unit, etl_record *r, uint64_t n)
{
    if (IS("marks in read")) {
        if (n % 5 == 1)
            (void)etl_drop(r, "every fifth", "number %d", (int)n);
        else if (n % 5 == 2)
            (void)etl_reject(r, "not liked");
        else if (n % 5 == 3)
            (void)etl_duplicate(r, etl_text("abc", 3), 0.5);
        else if (n % 5 == 4) /* the last word counts */
            (void)etl_duplicate(r, etl_text("abc", 3), 0.5), (void)etl_drop(r, "after all", NULL);
    }
    if (IS("set what is read"))
        etl_set(r, me->looked, etl_text("mine", 4));
    if (IS("split in read") && etl_split(r))
        return "split must be refused";
    if (IS("create in read") && etl_create(me, "late.txt"))
        return "create must be refused";
    if (IS("damage")) {
        if (n == 2 && etl_damaged(unit, 77, "hurt on purpose") != ETL_OK)
            return "damaged";
    }
    if (IS("skip late") && n == 2 && etl_unit_skip(unit) != 0)
        return "skip comes too late";
    if (IS("counts")) { /* before a record, on it, and behind the last */
        etl_count(me, r, "on records", 1);
        etl_count(me, NULL, "behind records", 1);
    }
    if (IS("fail in read") && n == 2)
        return "failed on purpose";
    if (IS("long") && n == 2) {
        char *text = calloc(1, 300000);

        memset(text, 'x', 300000);
        etl_set(r, me->text, etl_text(text, 300000));
        free(text);
    }
    return NULL;
}

static int feed_generate(const struct feed *me, etl_unit *unit)
{
    char small[64];

    for (int64_t i = 0; i < me->records; i++) {
        etl_record *r;
        const char *wrong;
        char *to;
        int n;

        if (IS("counts"))
            etl_count(me, NULL, "before records", 1);
        r = etl_emit(unit, IS("member") ? "in\xff side" : NULL, (uint64_t)i + 1);
        if (!r)
            break;
        n = snprintf(small, sizeof(small), "%07lld", (long long)i);
        to = etl_begin(r, IS("far too much") ? (size_t)60 << 20 : (size_t)me->size);
        if (!to) {
            (void)etl_reject(r, "too long");
            continue;
        }
        if (me->size > n) {
            memset(to, 'a' + (int)(i % 26), IS("far too much") ? 20 : (size_t)me->size);
            memcpy(to, small, (size_t)n);
        }
        etl_end(r, me->text, IS("far too much") ? 20 : (size_t)me->size);
        etl_set(r, me->mark, etl_int(i));
        wrong = feed_tries(me, unit, r, (uint64_t)i + 1);
        if (wrong)
            return etl_fail(me, "%s", wrong);
        if (me->pause)
            nanosleep(&(struct timespec) { me->pause / 1000000, me->pause % 1000000 * 1000 }, NULL);
    }
    return ETL_OK;
}

static int feed_lines(const struct feed *me, etl_unit *unit, FILE *f, uint64_t skip)
{
    struct feed_block *b = etl_unit_worker(unit);
    uint64_t number = 0, mine = 0;
    ssize_t n;

    MUST(me, aligned(b) && !b->busy && b == etl_unit_worker(unit));
    b->busy = true;
    while ((n = getline(&b->line, &b->cap, f)) > 0) {
        etl_record *r;
        const char *wrong;

        if ((int64_t)(number++ % (uint64_t)(me->parts > 1 ? me->parts : 1)) !=
            (int64_t)etl_unit_part(unit))
            continue;
        if (IS("counts"))
            etl_count(me, NULL, "before records", 1);
        if (mine++ < skip)
            continue;
        r = etl_emit(unit, NULL, number);
        if (!r)
            break;
        if (me->pause)
            nanosleep(&(struct timespec) { me->pause / 1000000, me->pause % 1000000 * 1000 }, NULL);
        etl_set(r, me->raw, etl_bytes(b->line, (size_t)n - (b->line[n - 1] == '\n')));
        etl_set(r, me->mark, etl_int((int64_t)number));
        wrong = feed_tries(me, unit, r, number);
        if (wrong) {
            b->busy = false;
            return strcmp(wrong, "damaged") == 0 ? ETL_FAIL : etl_fail_errno(me, EIO, "%s", wrong);
        }
        if (etl_unit_progress(unit, number) != ETL_OK) {
            b->busy = false;
            return ETL_FAIL;
        }
    }
    b->busy = false;
    if (IS("counts"))
        etl_count(me, NULL, "units", 1);
    return ETL_OK;
}

static int feed_read(const void *self, etl_unit *unit)
{
    const struct feed *me = self;
    const char *path = etl_unit_path(unit);
    FILE *f;
    int verdict;

    if (!path)
        return feed_generate(me, unit);
    if (IS("no verdict"))
        return 17;
    if (IS("silent"))
        return ETL_FAIL;
    if (IS("fail at 9") && path[strlen(path) - 1] == '9')
        return etl_fail(self, "this is 9");
    f = fopen(path, "r");
    if (!f)
        return etl_fail_errno(self, errno, "cannot open %s", path);
    verdict = feed_lines(me, unit, f, me->skip ? etl_unit_skip(unit) : 0);
    fclose(f);
    return verdict;
}

/* The bytes become text here, on the workers. */
static int feed_map(const void *self, etl_record *r)
{
    const struct feed *me = self;
    etl_value raw = etl_get(r, me->raw);

    MUST(self, aligned(etl_worker(r)));
    if (IS("split in read's map") && etl_split(r))
        return etl_fail(self, "split must be refused");
    if (raw.type == ETL_BYTES)
        etl_set_view(r, me->text, etl_text(raw.bytes, raw.len));
    return ETL_OK;
}

static const etl_plugin feed = {
    ETL_INPUT("feed", "1.0", "Records for tests"),
    .self_size = sizeof(struct feed), .worker_size = sizeof(struct feed_block),
    .options = feed_options, .open = feed_open, .start = feed_start, .parts = feed_parts,
    .read = feed_read, .map = feed_map, .commit = feed_commit, .finish = feed_finish,
    .stop = feed_stop, .worker_close = feed_worker_close, .close = feed_close,
};

ETL_PLUGINS(&feed);
