/* SPDX-License-Identifier: Apache-2.0 */
/* Small plugins that exercise the engine: an input that lets the host do the skipping, a transform
 * that splits, one that keeps state and emits at the end, an output on a stream. Built once for
 * each, with -DPLUGIN=NAME. */
#define _POSIX_C_SOURCE 200809L
#include <etl/plugin.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- input: one record a line ---- */

struct lines {
    etl_words path;
    etl_field text;
    int64_t damage_at, pause, opening;
    const char *hold;
};

static const etl_option lines_options[] = {
    ETL_OPT(struct lines, INPUT, path, "path", NULL, NULL, "Files to read"),
    ETL_OPT(struct lines, WRITES, text, "text", "text", "text", "Field for the line"),
    ETL_OPT(struct lines, INT, damage_at, "damage_at", "0", "0..", "Say that this line is damaged"),
    ETL_OPT(struct lines, DURATION, pause, "pause", "0s", NULL, "Wait so long before each line"),
    ETL_OPT(struct lines, DURATION, opening, "opening", "0s", NULL, "Wait so long in open"),
    ETL_OPT(struct lines, TEXT, hold, "hold", "", NULL, "Wait while there is a file of this name"),
    ETL_OPT_END,
};

static void wait_us(int64_t us)
{
    if (us > 0)
        nanosleep(&(struct timespec){ us / 1000000, us % 1000000 * 1000 }, NULL);
}

static int lines_open(void *self)
{
    wait_us(((struct lines *)self)->opening);
    return ETL_OK;
}

static int lines_read(const void *self, etl_unit *unit)
{
    const struct lines *me = self;
    FILE *f = fopen(etl_unit_path(unit), "r");
    char *line = NULL;
    size_t cap = 0;
    uint64_t number = 0, bytes = 0;
    int result = ETL_OK;
    ssize_t n;

    if (!f)
        return etl_fail_errno(self, errno, "cannot open %s", etl_unit_path(unit));
    while (me->hold[0] && access(me->hold, F_OK) == 0)
        wait_us(2000);
    while ((n = getline(&line, &cap, f)) > 0) {
        etl_record *r = etl_emit(unit, NULL, ++number);

        if (!r)
            break;
        wait_us(me->pause);
        bytes += (uint64_t)n;
        etl_set(r, me->text, etl_text(line, (size_t)n - (line[n - 1] == '\n')));
        if (me->damage_at > 0 && number == (uint64_t)me->damage_at) {
            result = etl_damaged(unit, bytes, "damaged on purpose");
            if (result != ETL_OK)
                break;
        }
        if (etl_unit_progress(unit, bytes) != ETL_OK)
            break;
    }
    free(line);
    fclose(f);
    return result;
}

static const etl_plugin lines = {
    ETL_INPUT("lines", "1.0", "One record a line"),
    .self_size = sizeof(struct lines),
    .options = lines_options,
    .open = lines_open,
    .read = lines_read,
};

/* ---- transform: a record per word of every text that begins with "split " ---- */

struct split {
    etl_field text;
};

static const etl_option split_options[] = {
    ETL_OPT(struct split, EDITS, text, "text", "text", "text", "Field to split"),
    ETL_OPT_END,
};

static int split_map(const void *self, etl_record *r)
{
    const struct split *me = self;
    etl_value v = etl_get(r, me->text);
    etl_record *made;

    if (v.len < 6 || memcmp(v.text, "split ", 6) != 0)
        return ETL_OK;
    made = etl_split(r);
    if (!made)
        return ETL_REJECT;
    etl_set(made, me->text, etl_text(v.text + 6, v.len - 6));
    etl_count(self, r, "splits", 1);
    return ETL_OK;
}

static const etl_plugin split = {
    ETL_TRANSFORM("split", "1.0", "Splits records"),
    .self_size = sizeof(struct split),
    .options = split_options,
    .map = split_map,
};

/* ---- transform: numbers the records in order; says at the end how many there were ---- */

struct number {
    etl_field text, number;
    int64_t reject_every;
};
struct number_state {
    int64_t n;
};

static const etl_option number_options[] = {
    ETL_OPT(struct number, READS, text, "text", "text", "text", "Field"),
    ETL_OPT(struct number, WRITES, number, "number", "number", "int", "Field for the number"),
    ETL_OPT(struct number, INT, reject_every, "reject_every", "0", "0..", "Reject each nth"),
    ETL_OPT_END,
};

static int number_start(const void *self, void *state, etl_blob saved)
{
    struct number_state *s = state;

    if (saved.len == sizeof(s->n))
        memcpy(&s->n, saved.data, sizeof(s->n));
    else if (saved.data)
        return etl_fail(self, "nothing was saved");
    return ETL_OK;
}

static int number_step(const void *self, void *state, etl_record *r)
{
    const struct number *me = self;
    struct number_state *s = state;

    s->n++;
    etl_set(r, me->number, etl_int(s->n));
    if (me->reject_every && s->n % me->reject_every == 0)
        return etl_reject(r, "number %lld is not liked", (long long)s->n);
    return ETL_OK;
}

static int number_commit(const void *self, void *state)
{
    const struct number_state *s = state;

    etl_save(self, &s->n, sizeof(s->n));
    return ETL_OK;
}

static int number_finish(const void *self, void *state, etl_unit *unit)
{
    const struct number *me = self;
    const struct number_state *s = state;
    etl_record *r = etl_emit(unit, NULL, 0);

    if (r)
        etl_set(r, me->number, etl_int(-s->n));
    return ETL_OK;
}

static const etl_plugin number = {
    ETL_TRANSFORM("number", "1.0", "Numbers records"),
    .self_size = sizeof(struct number),
    .state_size = sizeof(struct number_state),
    .options = number_options,
    .start = number_start,
    .step = number_step,
    .commit = number_commit,
    .finish = number_finish,
};

/* ---- output: "number id text" lines on a stream ---- */

struct plain {
    const char *path;
    etl_field text, number, id;
    etl_stream *stream;
};

static const etl_option plain_options[] = {
    ETL_OPT(struct plain, OUTPUT, path, "path", NULL, NULL, "File to write"),
    ETL_OPT(struct plain, READS, text, "text", "text", "text", "Field"),
    ETL_OPT(struct plain, READS, number, "number", "", "int", "Field"),
    ETL_OPT(struct plain, READS, id, "id", "id", "text", "Field"),
    ETL_OPT_END,
};

static int plain_open(void *self)
{
    struct plain *me = self;

    me->stream = etl_create(self, me->path);
    return me->stream ? ETL_OK : ETL_FAIL;
}

static int plain_step(const void *self, void *state, etl_record *r)
{
    const struct plain *me = self;
    etl_value text = etl_get(r, me->text), n = etl_get(r, me->number), id = etl_get(r, me->id);
    char head[64];
    int len = snprintf(head, sizeof(head), "%lld %.16s ",
                       n.type == ETL_INT ? (long long)n.integer : 0LL, id.text);

    (void)state;
    if (etl_write(me->stream, head, (size_t)len) != ETL_OK ||
        etl_write(me->stream, text.text ? text.text : "-", text.text ? text.len : 1) != ETL_OK)
        return ETL_FAIL;
    return etl_write(me->stream, "\n", 1);
}

static int plain_finish(const void *self, void *state, etl_unit *unit)
{
    const struct plain *me = self;

    (void)state;
    (void)unit;
    return etl_write(me->stream, "end\n", 4);
}

static const etl_plugin plain = {
    ETL_OUTPUT("plain", "1.0", "Plain lines"),
    .self_size = sizeof(struct plain),
    .options = plain_options,
    .open = plain_open,
    .step = plain_step,
    .finish = plain_finish,
};

ETL_PLUGINS(&PLUGIN);
