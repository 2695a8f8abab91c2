/* SPDX-License-Identifier: Apache-2.0 */
/* The transforms of the tests of etl/plugin.h: see abi.h. Built once for each, with -DPLUGIN=NAME.
 */
#define _POSIX_C_SOURCE 200809L
#include "abi.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* ---- transform with a map alone ---- */

struct mapper {
    etl_field text, number, real, flag, list, when, bytes, id, secret, looked;
    etl_fields listed;
    const char *what_to_do;
};

static const etl_option mapper_options[] = {
    ETL_OPT(struct mapper, EDITS, text, "text", "text", "text", "Field to change"),
    ETL_OPT(struct mapper, WRITES, number, "number", "", "int", "Field"),
    ETL_OPT(struct mapper, WRITES, flag, "flag", "", "bool", "Field"),
    ETL_OPT(struct mapper, WRITES, list, "list", "", "list", "Field"),
    ETL_OPT(struct mapper, WRITES, when, "time", "", "time", "Field"),
    ETL_OPT(struct mapper, WRITES, real, "real", "", "real", "Field"),
    ETL_OPT(struct mapper, WRITES, bytes, "bytes", "", "bytes", "Field"),
    ETL_OPT(struct mapper, READS, id, "id", "id", "text", "Field"),
    ETL_OPT(struct mapper, READS, looked, "looked", "", NULL, "Field"),
    ETL_OPT(struct mapper, FIELDS, listed, "listed", "", NULL, "Fields"),
    ETL_OPT(struct mapper, TEXT, what_to_do, "what", "", NULL, "What to try"),
    ETL_OPT_END,
};

static int mapper_open(void *self)
{
    struct mapper *me = self;
    etl_field again;

    me->secret = etl_declare(self, "secret", ETL_TEXT, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    again = etl_declare(self, "secret", ETL_TEXT, ETL_PRIVATE | ETL_READS);
    MUST(self, me->secret.id > 0 && me->secret.id == again.id);
    MUST(self, strcmp(etl_name(me->secret), "secret") == 0);
    MUST(self, etl_type_of(me->secret) == ETL_TEXT && etl_type_of(again) == ETL_TEXT);
    if (IS("declare twice"))
        return etl_declare(self, "secret", ETL_INT, ETL_PRIVATE).id ? ETL_OK : ETL_FAIL;
    if (IS("declare id"))
        return etl_declare(self, "id", ETL_TEXT, ETL_WRITES).id ? ETL_OK : ETL_FAIL;
    if (IS("declare a bad name"))
        return etl_declare(self, "two words", ETL_TEXT, ETL_WRITES).id ? ETL_OK : ETL_FAIL;
    if (IS("declare a type"))
        return etl_declare(self, "later", (enum etl_type)8, ETL_WRITES).id ? ETL_OK : ETL_FAIL;
    if (IS("read nothing"))
        return etl_declare(self, "nobody", ETL_TEXT, ETL_READS).id ? ETL_OK : ETL_FAIL;
    if (IS("fail in open"))
        return etl_fail_errno(self, ENOENT, "a file is missing");
    if (IS("save in open"))
        etl_save(self, "x", 1);
    return ETL_OK;
}

static int try_begin(const struct mapper *me, etl_record *r)
{
    char *a = etl_begin(r, 10), *b;
    etl_record *other;

    MUST(me, a);
    memcpy(a, "0123456789", 10);
    etl_set(r, me->secret, etl_text("in between", 10));
    b = etl_begin(r, 400000); /* grows, and its bytes go along */
    MUST(me, b && memcmp(b, "0123456789", 10) == 0);
    memset(b + 10, 'x', 400000 - 10);
    MUST(me, etl_begin(r, 5) == b);
    other = etl_split(r); /* one open a record: this one has its own */
    MUST(me, other);
    a = etl_begin(other, 20);
    MUST(me, a && (a + 20 <= b || a >= b + 400000));
    memcpy(a, "another, twenty long", 20);
    etl_end(r, me->text, 12);
    etl_end(other, me->text, 7);
    MUST(me, etl_get(r, me->text).len == 12 && etl_get(other, me->text).len == 7);
    MUST(me, memcmp(etl_get(r, me->text).text, "0123456789xx", 12) == 0);
    MUST(me, memcmp(etl_get(other, me->text).text, "another", 7) == 0);
    etl_end(r, me->text, 3); /* nothing is open: nothing happens */
    MUST(me, etl_get(r, me->text).len == 12);
    b = etl_begin(r, 0);
    MUST(me, b);
    etl_end(r, me->bytes, 0);
    MUST(me, !me->bytes.id || etl_get(r, me->bytes).type == ETL_BYTES);
    return ETL_OK;
}

static int try_values(const struct mapper *me, etl_record *r)
{
    static const char nul[] = "a\0b";
    const etl_value items[2] = { etl_text("one", 3), etl_text(NULL, 0) };
    etl_value v = etl_get(r, (etl_field) { 0 });

    MUST(me, v.type == ETL_NULL && v.len == 0);
    MUST(me, !etl_test((etl_expr) { 0 }, r));
    etl_set(r, (etl_field) { 0 }, etl_int(7));
    MUST(me, etl_get(r, (etl_field) { 0 }).type == ETL_NULL);
    MUST(me, etl_get(r, me->number).type == ETL_NULL); /* never set */
    MUST(me, strcmp(etl_name(me->text), "text") == 0 && etl_type_of(me->number) == ETL_INT);
    MUST(me, etl_type_of((etl_field) { 0 }) == ETL_NULL);
    etl_set(r, me->number, etl_int(INT64_MIN));
    MUST(me, etl_get(r, me->number).integer == INT64_MIN);
    etl_set(r, me->number, etl_null());
    MUST(me, etl_get(r, me->number).type == ETL_NULL);
    v = etl_bool(true);
    v.boolean = 7;
    v.len = 3;
    etl_set(r, me->flag, v);
    MUST(me, etl_get(r, me->flag).boolean == 1 && etl_get(r, me->flag).len == 0);
    etl_set(r, me->real, etl_real(0.1));
    etl_set(r, me->when, etl_time(-1));
    etl_set(r, me->text, etl_text(nul, 3));
    MUST(me, etl_get(r, me->text).text != nul && memcmp(etl_get(r, me->text).text, nul, 3) == 0);
    etl_set_view(r, me->text, etl_text(nul, 3));
    MUST(me, etl_get(r, me->text).text == nul);
    etl_set_view(r, me->text, etl_text(NULL, 0));
    MUST(me, etl_get(r, me->text).type == ETL_TEXT && etl_get(r, me->text).text);
    etl_set(r, me->bytes, etl_bytes("\xff\xfe", 2));
    MUST(me, etl_get(r, me->bytes).len == 2);
    etl_set(r, me->list, etl_list(items, 2));
    v = etl_get(r, me->list);
    MUST(me, v.len == 2 && v.list != items && v.list[0].text != items[0].text);
    MUST(me, v.list[0].len == 3 && v.list[1].len == 0);
    etl_set(r, me->list, etl_list(items, 0));
    MUST(me, etl_get(r, me->list).type == ETL_LIST && etl_get(r, me->list).len == 0);
    etl_set(r, me->text, etl_text("good", 4));
    return ETL_OK;
}

static int try_wrong_value(const struct mapper *me, etl_record *r)
{
    const etl_value number = etl_int(1), bad = etl_text("a\xc3(", 3);
    etl_value later = etl_int(5);
    char *to;

    later.type = 8;
    if (IS("wrong type"))
        etl_set(r, me->text, number);
    else if (IS("wrong utf-8"))
        etl_set_view(r, me->text, bad);
    else if (IS("wrong item"))
        etl_set(r, me->list, etl_list(&number, 1));
    else if (IS("wrong item text"))
        etl_set(r, me->list, etl_list(&bad, 1));
    else if (IS("wrong later type"))
        etl_set(r, me->number, later);
    else if (IS("wrong length"))
        etl_set(r, me->text, etl_text("x", (size_t)UINT32_MAX + 5));
    else if (IS("wrong pointer"))
        etl_set(r, me->text, etl_text(NULL, 5));
    else if (IS("wrong field"))
        etl_set(r, me->id, etl_text("mine", 4));
    else if (IS("wrong read"))
        etl_set(r, me->looked, etl_int(1));
    else if (IS("wrong read null"))
        etl_set(r, me->looked, etl_null());
    else if (IS("wrong list"))
        etl_set(r, me->listed.at[0], etl_int(1));
    else if (IS("wrong read end") && etl_begin(r, 1))
        etl_end(r, me->looked, 0);
    else if (IS("wrong similar"))
        return etl_duplicate(r, etl_int(3), 1.0);
    else if ((to = etl_begin(r, 8)) != NULL) {
        memcpy(to, "a\xe2\x82(aaaa", 8);
        etl_end(r, IS("wrong end") ? me->number : me->text, IS("wrong size") ? 9 : 8);
    }
    (void)etl_drop(r, "too late", NULL); /* what was refused stays refused */
    return ETL_OK;
}

static int try_split(const struct mapper *me, etl_record *r)
{
    etl_record *a = etl_split(r), *b = etl_split(r), *c = a ? etl_split(a) : NULL;

    MUST(me, a && b && c && a != b && c != a);
    MUST(me, etl_get(a, me->text).type == ETL_NULL); /* new and empty */
    etl_set(a, me->text, etl_text("a", 1));
    etl_set(b, me->text, etl_text("b", 1));
    etl_set(c, me->text, etl_text("c", 1));
    etl_count(me, c, "split", 3);
    if (IS("split and mark"))
        (void)etl_drop(a, "a rule", NULL);
    return IS("split and reject") ? etl_reject(r, "in pieces") : ETL_OK;
}

static int try_verdict(const struct mapper *me, etl_record *r)
{
    if (IS("drop"))
        return etl_drop(r, "a rule", "with %s", "words");
    if (IS("drop in silence"))
        return ETL_DROP;
    if (IS("reject in silence"))
        return ETL_REJECT;
    if (IS("duplicate"))
        return etl_duplicate(r, etl_get(r, me->id), 0.75);
    if (IS("duplicate in silence"))
        return ETL_DUPLICATE;
    if (IS("duplicate and ok"))
        (void)etl_duplicate(r, etl_get(r, me->id), 0.75);
    if (IS("drop and ok"))
        (void)etl_drop(r, "a rule", NULL);
    if (IS("reject and ok"))
        (void)etl_reject(r, "a reason");
    if (strstr(me->what_to_do, " and ok"))
        return ETL_OK;
    if (IS("mark and another")) {
        (void)etl_duplicate(r, etl_get(r, me->id), 0.75);
        (void)etl_reject(r, "not this");
        return ETL_DROP;
    }
    return IS("seven") ? 7 : IS("minus two") ? -2 : ETL_FAIL;
}

static int try_misuse(const struct mapper *me, etl_record *r)
{
    (void)r;
    if (IS("create in map"))
        MUST(me, etl_create(me, "late.txt") == NULL);
    else if (IS("part in map"))
        MUST(me, etl_part(me, "late.txt") == NULL);
    else if (IS("state in map"))
        MUST(me, etl_state_path(me, "late") == NULL);
    else if (IS("declare in map"))
        MUST(me, etl_declare((void *)(uintptr_t)me, "late", ETL_INT, ETL_WRITES).id == 0);
    else
        etl_save(me, "x", 1);
    return ETL_OK; /* though it was refused: the run must stop nevertheless */
}

static int mapper_map(const void *self, etl_record *r)
{
    const struct mapper *me = self;

    if (IS("begin"))
        return try_begin(me, r);
    if (IS("values"))
        return try_values(me, r);
    if (strncmp(me->what_to_do, "wrong", 5) == 0)
        return try_wrong_value(me, r);
    if (strncmp(me->what_to_do, "split", 5) == 0)
        return try_split(me, r);
    if (strstr(me->what_to_do, "in map"))
        return try_misuse(me, r);
    if (IS("too much"))
        return etl_begin(r, (size_t)3 << 30) ? etl_fail(self, "no limit")
                                             : etl_reject(r, "no room");
    if (IS("fail"))
        return etl_fail(self, "failed on purpose");
    if (IS("fail, no space"))
        return etl_fail_errno(self, ENOSPC, "failed on purpose");
    if (IS("fail by option"))
        return etl_fail_option(self, "what", "this cannot be");
    if (IS("fail and go on")) {
        (void)etl_fail(self, "failed on purpose");
        return ETL_OK;
    }
    if (IS("change and reject")) {
        etl_set(r, me->text, etl_text("changed", 7));
        etl_set(r, me->number, etl_int(1));
        return etl_reject(r, "after a change");
    }
    if (IS("count")) {
        etl_count(self, r, "with", 1);
        etl_count(self, NULL, "without", 2);
        etl_count(self, r, "\xff\x01 strange", 1);
        return ETL_OK;
    }
    if (IS("count nothing"))
        etl_count(self, r, "", 1);
    if (IS("tell")) {
        if (strstr(etl_origin(r), ":2"))
            for (int level = ETL_ERROR; level <= ETL_DEBUG + 1; level++)
                etl_log(self, r, (enum etl_level)level, "level %d", level);
        MUST(self, !etl_noting(r));
        etl_note(r, "key", "not wanted");
        return ETL_OK;
    }
    if (IS("change")) {
        etl_set(r, me->text, etl_text("changed", 7));
        return ETL_OK;
    }
    return *me->what_to_do ? try_verdict(me, r) : ETL_OK;
}

static const etl_plugin mapper = {
    ETL_TRANSFORM("mapper", "1.0", "Tries things in map"),
    .self_size = sizeof(struct mapper), .options = mapper_options,
    .open = mapper_open, .map = mapper_map,
};

/* ---- transform with map, step, state and files of its own ---- */

struct stepper {
    etl_field text, carried;
    const char *what_to_do, *output, *store, *part;
    etl_stream *stream;
    int64_t blob;
    bool trace;
};

struct stepper_state {
    int64_t steps, commits, resumed;
    bool started, stopped;
};

static const etl_option stepper_options[] = {
    ETL_OPT(struct stepper, EDITS, text, "text", "text", "text", "Field"),
    ETL_OPT(struct stepper, TEXT, what_to_do, "what", "", NULL, "What to try"),
    ETL_OPT(struct stepper, OUTPUT, output, "output", "", NULL, "A file to make"),
    ETL_OPT(struct stepper, STORE, store, "store", "", NULL, "A folder"),
    ETL_OPT(struct stepper, SIZE, blob, "blob", "0", NULL, "Bytes to save with each commit"),
    ETL_OPT(struct stepper, BOOL, trace, "trace", "no", NULL, "Log the callbacks"),
    ETL_OPT_END,
};

static int stepper_open(void *self)
{
    struct stepper *me = self;

    me->carried = etl_declare(self, "carried", ETL_TEXT, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    trace(self, me->trace, "open");
    if (me->output && !IS("create in start") && !IS("part") && !IS("create in step")) {
        me->stream = etl_create(self, me->output);
        if (!me->stream)
            return ETL_FAIL;
    }
    if (me->output && IS("part") && !(me->part = etl_part(self, me->output)))
        return ETL_FAIL;
    if (IS("write in open"))
        return etl_write(me->stream, "x", 1);
    if (IS("fail in open"))
        return etl_fail(self, "failed on purpose");
    return ETL_OK;
}

struct late { /* handles got in start: *self is frozen, so they lie in *state */
    etl_stream *stream;
    const char *side, *part;
    FILE *file;
};
struct stepper_all {
    struct stepper_state is;
    struct late late;
};

static int stepper_start(const void *self, void *state, etl_blob saved)
{
    const struct stepper *me = self;
    struct stepper_all *s = state;

    MUST(self, aligned(state) && all_zero(state, sizeof(*s)));
    MUST(self, strlen(etl_plan(self)) == 32 && etl_budget(self) > 0);
    trace(self, me->trace, saved.data ? "start again" : "start");
    s->is.started = true;
    s->is.resumed = saved.data != NULL;
    etl_count(self, NULL, "starts", 1);
    if (me->blob > 0 && saved.data && saved.len) {
        MUST(self, saved.len == (size_t)me->blob + sizeof(s->is));
        memcpy(&s->is, saved.data, sizeof(s->is));
    } else if (saved.data && !IS("save nothing")) {
        MUST(self, saved.len == sizeof(s->is));
        memcpy(&s->is, saved.data, sizeof(s->is));
    } else if (saved.data) {
        MUST(self, saved.len == 0);
    }
    if (IS("create in start")) {
        s->late.stream = etl_create(self, me->output);
        MUST(self, s->late.stream);
        if (!saved.data)
            MUST(self, etl_write(s->late.stream, "begun\n", 6) == ETL_OK);
    }
    s->late.side = etl_state_path(self, "side");
    MUST(self, s->late.side);
    s->late.file = fopen(s->late.side, saved.data ? "r+" : "wx"); /* nothing is there, or ours */
    MUST(self, s->late.file);
    if (me->store) {
        char name[300];
        FILE *f;

        snprintf(name, sizeof(name), "%s/kept", me->store);
        s->late.part = etl_part(self, name);
        MUST(self, s->late.part);
        f = fopen(s->late.part, saved.data ? "r+" : "wx");
        MUST(self, f);
        fputs("stored\n", f);
        fclose(f);
    }
    if (me->part) {
        FILE *f = fopen(me->part, saved.data ? "r+" : "wx");

        MUST(self, f);
        fputs("a part\n", f);
        fclose(f);
    }
    return IS("fail in start") ? etl_fail(self, "failed on purpose") : ETL_OK;
}

static int stepper_map(const void *self, etl_record *r)
{
    const struct stepper *me = self;

    etl_set(r, me->carried, etl_get(r, me->text));
    etl_count(self, r, "maps", 1);
    if (IS("write in map"))
        MUST(self, etl_write(me->stream, "x", 1) != ETL_OK);
    return ETL_OK;
}

static int stepper_step(const void *self, void *state, etl_record *r)
{
    const struct stepper *me = self;
    struct stepper_all *s = state;
    etl_value carried = etl_get(r, me->carried), now = etl_get(r, me->text);
    char line[32];
    int n;

    MUST(self, carried.len == now.len && memcmp(carried.text, now.text, now.len) == 0);
    s->is.steps++;
    n = snprintf(line, sizeof(line), "%lld\n", (long long)s->is.steps);
    if (me->stream && !IS("write in map"))
        MUST(self, etl_write(me->stream, line, (size_t)n) == ETL_OK);
    if (s->late.stream)
        MUST(self, etl_write(s->late.stream, line, (size_t)n) == ETL_OK);
    etl_count(self, r, "steps", 1);
    etl_count(self, NULL, "steps, no record", 1);
    if (IS("create in step"))
        MUST(self, etl_create(self, me->output) == NULL);
    if (IS("split in step") && s->is.steps % 2) {
        etl_record *made = etl_split(r);

        MUST(self, made);
        etl_set(made, me->text, now);
    }
    if (IS("drop and ok"))
        (void)etl_drop(r, "a rule", NULL);
    if (IS("reject in step") && s->is.steps % 2)
        return etl_reject(r, "odd");
    return ETL_OK;
}

static int stepper_commit(const void *self, void *state)
{
    const struct stepper *me = self;
    struct stepper_all *s = state;
    char *zeros;

    s->is.commits++;
    etl_count(self, NULL, "commits", 1);
    if (IS("write in commit"))
        return etl_write(me->stream, "x", 1);
    if (IS("fail in commit"))
        return ETL_FAIL;
    if (IS("save nothing"))
        return ETL_OK;
    etl_save(self, &s->is, sizeof(s->is));
    if (me->blob > 0) {
        zeros = calloc(1, (size_t)me->blob);
        etl_save(self, zeros, (size_t)me->blob);
        free(zeros);
    }
    return ETL_OK;
}

static int stepper_finish(const void *self, void *state, etl_unit *unit)
{
    const struct stepper *me = self;
    struct stepper_all *s = state;
    etl_record *r, *piece;

    trace(self, me->trace, "finish");
    etl_count(self, NULL, "finishes", 1);
    MUST(self, unit && etl_unit_path(unit) == NULL);
    if (IS("fail in finish"))
        return ETL_FAIL;
    if (IS("damage in finish"))
        return etl_damaged(unit, 0, "out of place");
    if (me->stream)
        MUST(self, etl_write(me->stream, "end\n", 4) == ETL_OK);
    if (IS("emit late"))
        nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
    for (int i = 0; i < 3 && (IS("emit") || IS("emit late")); i++) {
        char line[64];
        int n = snprintf(line, sizeof(line), "made %d after %lld", i, (long long)s->is.steps);

        r = etl_emit(unit, NULL, 0);
        MUST(self, r);
        etl_count(self, r, "made", 1);
        etl_set(r, me->text, etl_text(line, (size_t)n));
        if (i == 1)
            (void)etl_reject(r, "made and rejected");
        if (i == 2) {
            piece = etl_split(r);
            MUST(self, piece);
            etl_set(piece, me->text, etl_text("a piece of what was made", 24));
        }
    }
    return ETL_OK;
}

static void stepper_stop(const void *self, void *state)
{
    const struct stepper *me = self;
    struct stepper_all *s = state;

    trace(self, me->trace, s->is.started && !s->is.stopped ? "stop" : "stop out of order");
    s->is.stopped = true;
    if (s->late.file)
        fclose(s->late.file);
}

static void stepper_close(void *self)
{
    const struct stepper *me = self;

    trace(self, me->trace, "close");
}

static const etl_plugin stepper = {
    ETL_TRANSFORM("stepper", "1.0", "Tries things in step"),
    .self_size = sizeof(struct stepper), .state_size = sizeof(struct stepper_all),
    .options = stepper_options, .open = stepper_open, .start = stepper_start, .map = stepper_map,
    .step = stepper_step, .commit = stepper_commit, .finish = stepper_finish,
    .stop = stepper_stop, .close = stepper_close,
};

/* ---- state without a commit ---- */

static int forgetful_step(const void *self, void *state, etl_record *r)
{
    (void)self;
    (void)r;
    ++*(int64_t *)state;
    return ETL_OK;
}

static const etl_plugin forgetful = {
    ETL_TRANSFORM("forgetful", "1.0", "Cannot save what it remembers"),
    .state_size = sizeof(int64_t), .step = forgetful_step,
};

ETL_PLUGINS(&PLUGIN);
