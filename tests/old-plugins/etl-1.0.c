/* SPDX-License-Identifier: Apache-2.0 */
/* The source of etl-1.0-x86_64.so, a plugin built with the header of etl 1.0, which each later etl 1.x
 * must run with the same results: an input, a transform and an output that call nearly every host
 * function. The binary is not made anew, that is its point; it came of
 *
 *   gcc -std=c11 -Os -shared -fPIC -fno-asynchronous-unwind-tables -fvisibility=hidden -s \
 *       -Wl,-z,noseparate-code,-z,norelro,--build-id=none,--hash-style=gnu -Icore \
 *       -o tests/old-plugins/etl-1.0-x86_64.so tests/old-plugins/etl-1.0.c
 *
 * Another revision of the ABI gets a source and a binary beside these. */
#include <etl/plugin.h>

#include <string.h>

/* ---- input: so many records of each file, in two parts ---- */

struct feed {
    etl_words path, extra;
    int64_t records, gap;
    double share;
    bool loud;
    int64_t mood;
    etl_field text, n;
};

static const etl_option feed_options[] = {
    ETL_OPT(struct feed, INPUT, path, "path", NULL, NULL, "Files"),
    ETL_OPT(struct feed, WORDS, extra, "extra", "", NULL, "Words"),
    ETL_OPT(struct feed, INT, records, "records", "10", "1..1000", "Records of a part"),
    ETL_OPT(struct feed, DURATION, gap, "gap", "1s", NULL, "A duration"),
    ETL_OPT(struct feed, REAL, share, "share", "0.5", "0..1", "A share"),
    ETL_OPT(struct feed, BOOL, loud, "loud", "no", NULL, "A switch"),
    ETL_OPT(struct feed, CHOICE, mood, "mood", "calm", "calm|wild", "A choice"),
    ETL_OPT(struct feed, WRITES, text, "text", "text", "text", "Text"),
    ETL_OPT(struct feed, WRITES, n, "n", "n", "int", "Number"),
    ETL_OPT_END
};

static int64_t feed_parts(const void *self, const char *path)
{
    (void) self;
    return *path ? 2 : 1;
}

static int feed_read(const void *self, etl_unit *unit)
{
    const struct feed *me = self;
    uint64_t skip = etl_unit_skip(unit);
    char *scratch = etl_unit_worker(unit);

    etl_count(self, NULL, "units", 1);
    for (int64_t i = (int64_t) skip; i < me->records; i++) {
        etl_record *rec = etl_emit(unit, me->loud ? "LOUD" : "calm", (uint64_t) i + 1);
        int n;

        if (!rec)
            return ETL_OK;
        n = snprintf(scratch, 100, "%s part %llu of %zu words, gap %lld, share %.2f, mood %lld",
                     etl_unit_path(unit), (unsigned long long) etl_unit_part(unit), me->extra.n,
                     (long long) me->gap, me->share, (long long) me->mood);
        etl_set(rec, me->text, etl_text(scratch, (size_t) n));
        etl_set(rec, me->n, etl_int(i));
        if (etl_unit_progress(unit, (uint64_t) i) != ETL_OK)
            return ETL_OK;
    }
    return ETL_OK;
}

/* ---- transform: one of each fate, splits, a state ---- */

struct work {
    etl_field text, n, list, when, real, flag, bytes, sum;
    etl_field secret;
    etl_fields all;
    etl_expr pick;
    int64_t size;
};

struct sum { int64_t of; };

static const etl_option work_options[] = {
    ETL_OPT(struct work, EDITS, text, "text", "text", "text", "Text"),
    ETL_OPT(struct work, READS, n, "n", "n", "int", "Number"),
    ETL_OPT(struct work, WRITES, list, "list", "list", "list", "A list"),
    ETL_OPT(struct work, WRITES, when, "time", "time", "time", "A time"),
    ETL_OPT(struct work, WRITES, real, "real", "real", "real", "A real"),
    ETL_OPT(struct work, WRITES, flag, "flag", "flag", "bool", "A bool"),
    ETL_OPT(struct work, WRITES, sum, "sum", "sum", "int", "The sum so far"),
    ETL_OPT(struct work, FIELDS, all, "all", "*", NULL, "Fields"),
    ETL_OPT(struct work, EXPR, pick, "pick", "n in (1, 2)", NULL, "Which are split"),
    ETL_OPT(struct work, SIZE, size, "size", "1K", NULL, "A size"),
    ETL_OPT_END
};

static int work_open(void *self)
{
    struct work *me = self;

    me->secret = etl_declare(self, "secret", ETL_BYTES, ETL_READS | ETL_WRITES | ETL_PRIVATE);
    me->bytes = etl_declare(self, "bytes", ETL_BYTES, ETL_WRITES);
    return me->secret.id && me->bytes.id && etl_type_of(me->n) == ETL_INT ? ETL_OK : ETL_FAIL;
}

static int work_start(const void *self, void *state, etl_blob saved)
{
    if (saved.len == sizeof(struct sum))
        memcpy(state, saved.data, saved.len);
    return strlen(etl_plan(self)) == 32 && etl_budget(self) > 0 ? ETL_OK : ETL_FAIL;
}

static int work_map(const void *self, etl_record *rec)
{
    const struct work *me = self;
    int64_t n = etl_get(rec, me->n).integer;
    char *scratch = etl_worker(rec), *to;
    etl_value words[2], text = etl_get(rec, me->text);
    int len;

    if (n == 5)
        return etl_drop(rec, "five", "it is %lld", (long long) n);
    if (n == 6)
        return etl_reject(rec, "no good: %s", etl_origin(rec));
    if (n == 7)
        return etl_duplicate(rec, etl_text("0123456789abcdef", 16), 0.75);
    if (etl_test(me->pick, rec)) {
        etl_record *made = etl_split(rec);

        if (made)
            etl_set(made, me->text, etl_text("made", 4));
    }
    len = snprintf(scratch, 200, "%zu fields, the first %s, size %lld", me->all.n,
                   me->all.n ? etl_name(me->all.at[0]) : "-", (long long) me->size);
    to = etl_begin(rec, 300);
    if (!to)
        return etl_reject(rec, "too long");
    memcpy(to, scratch, (size_t) len);
    etl_end(rec, me->secret, (size_t) len);
    words[0] = etl_head(text, 5);
    words[1] = etl_text("\xc3\xa9", 2);
    etl_set(rec, me->list, etl_list(words, 2));
    etl_set(rec, me->when, etl_time(n * 1000000));
    etl_set(rec, me->real, etl_real((double) n / 4));
    etl_set(rec, me->flag, etl_bool(n % 2 == 0));
    etl_set(rec, me->bytes, etl_bytes("\0\1\2", 3));
    etl_set_view(rec, me->text, etl_text(text.text, text.len));
    etl_count(self, rec, "worked on", 1);
    etl_note(rec, "old", "%d", 1);
    etl_log(self, rec, ETL_DEBUG, "%lld", (long long) n);
    return ETL_OK;
}

static int work_step(const void *self, void *state, etl_record *rec)
{
    const struct work *me = self;
    struct sum *sum = state;
    etl_value secret = etl_get(rec, me->secret);

    sum->of += etl_get(rec, me->n).integer + (int64_t) secret.len;
    etl_set(rec, me->sum, etl_int(sum->of));
    return ETL_OK;
}

static int work_commit(const void *self, void *state)
{
    etl_save(self, state, sizeof(struct sum));
    return ETL_OK;
}

static int work_finish(const void *self, void *state, etl_unit *unit)
{
    const struct work *me = self;
    const struct sum *sum = state;
    etl_record *rec = etl_emit(unit, NULL, 0);

    if (rec) {
        etl_set(rec, me->text, etl_text("the end", 7));
        etl_set(rec, me->sum, etl_int(sum->of));
    }
    return ETL_OK;
}

/* ---- output: a stream, written in order ---- */

struct lines {
    const char *path;
    etl_columns fields;
    etl_stream *stream;
};

static const etl_option lines_options[] = {
    ETL_OPT(struct lines, OUTPUT, path, "path", NULL, NULL, "File"),
    ETL_OPT(struct lines, COLUMNS, fields, "fields", "*", NULL, "Columns"),
    ETL_OPT_END
};

static int lines_open(void *self)
{
    struct lines *me = self;

    return (me->stream = etl_create(self, me->path)) ? ETL_OK : ETL_FAIL;
}

static size_t put(char *to, size_t max, etl_value v)
{
    int n = v.type == ETL_TEXT ? snprintf(to, max, "%.*s", (int) v.len, v.text)
            : v.type == ETL_REAL ? snprintf(to, max, "%.2f", v.real)
            : v.type == ETL_NULL ? snprintf(to, max, "-")
            : v.type >= ETL_BYTES ? snprintf(to, max, "(%u)", v.len)
                                  : snprintf(to, max, "%lld", (long long) v.integer);

    return n < 0 ? 0 : (size_t) n < max ? (size_t) n : max - 1;
}

static int lines_step(const void *self, void *state, etl_record *rec)
{
    const struct lines *me = self;
    char line[2000];
    size_t n = 0;

    (void) state;
    for (size_t i = 0; i < me->fields.n; i++) {
        n += (size_t) snprintf(line + n, 100, "%s%s=", i ? " " : "", me->fields.at[i].as);
        n += put(line + n, 150, etl_get(rec, me->fields.at[i].field));
    }
    line[n++] = '\n';
    return etl_write(me->stream, line, n);
}

static const etl_plugin feed = {
    ETL_INPUT("old-feed", "1.0", "Feed records"),
    .self_size = sizeof(struct feed), .worker_size = 4096, .options = feed_options,
    .parts = feed_parts, .read = feed_read,
};
static const etl_plugin work = {
    ETL_TRANSFORM("old-work", "1.0", "Do a bit of everything"),
    .self_size = sizeof(struct work), .state_size = sizeof(struct sum), .worker_size = 256,
    .options = work_options, .open = work_open, .start = work_start, .map = work_map,
    .step = work_step, .commit = work_commit, .finish = work_finish,
};
static const etl_plugin lines = {
    ETL_OUTPUT("old-lines", "1.0", "Write lines"),
    .self_size = sizeof(struct lines), .options = lines_options, .open = lines_open,
    .step = lines_step,
};
ETL_PLUGINS(&feed, &work, &lines);
