/* SPDX-License-Identifier: Apache-2.0 */
/* The transform `exec`: a program in any language gets each record as a line of JSON and answers
 * with a line of JSON. One process a worker; a document that the program dies of is rejected and
 * the program started again. */
#include <etl/plugin.h>

#include "child.h"

#include "common/json-fields.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#define KEEP ((size_t)4 * 1024 * 1024) /* scratch beyond this is given back after the line */

enum { MOST_RULE = 140, MOST_REASON = 900, FIRST_DEATHS = 3 };

/* What the workers of one use have in common. */
struct shared {
    struct launcher launcher;
    _Atomic int64_t deaths; /* documents in a row that no process answered */
    _Atomic bool answers;   /* one was answered */
    _Atomic uint64_t starts;
    pthread_mutex_t lock;
    struct worker *workers; /* under the lock */
};

struct exec {
    etl_words command, arguments, take;
    const char *script;
    etl_columns send;
    int64_t timeout, start_timeout, max_answer, max_deaths;
    struct program program;
    struct json_fields fields;
    struct buffer *keys; /* of json_columns_open */
    etl_field answer;
    struct shared *shared;
};

struct worker {
    struct worker *next;
    bool listed;
    struct child child;
    struct buffer line;
    struct json_scratch json;
};

static const etl_option options[] = {
    ETL_OPT(
        struct exec, WORDS, command, "command", "", NULL,
        "Program and words for it: python3, -u. One without a slash is looked for in PATH; with "
        "one, its path begins at the working directory"),
    ETL_OPT(struct exec, DATA, script, "script", "", NULL,
            "File that follows command, or is itself the program: its contents belong to the "
            "pipeline, as a run that goes on with another one would mix two"),
    ETL_OPT(struct exec, WORDS, arguments, "arguments", "", NULL, "Words that follow script"),
    ETL_OPT(struct exec, COLUMNS, send, "send", "id, text", "1..256",
            "Fields that the program gets: id, page=text; * is all"),
    ETL_OPT(struct exec, WORDS, take, "take", "text", "0..256",
            "Fields that it may set, as NAME, NAME=KEY where the key has another name, NAME:TYPE "
            "with int, real, bool, time or list for what is not text"),
    ETL_OPT(struct exec, DURATION, timeout, "timeout", "1m", "1ms..1d",
            "Longest time for a document; then the program is killed and the document rejected"),
    ETL_OPT(struct exec, DURATION, start_timeout, "start_timeout", "5m", "1ms..1d",
            "Longest time until a program that was started begins to read; then the run stops"),
    ETL_OPT(struct exec, SIZE, max_answer, "max_answer", "128M", "2..4G",
            "Longest answer; then the program is killed and the document rejected"),
    ETL_OPT(
        struct exec, INT, max_deaths, "max_deaths", "20", "1..",
        "Stop the run after so many documents in a row that the program died of; after 3 where it "
        "has not answered any"),
    ETL_OPT_END
};

/* ---- open and close ---- */

static int open_exec(void *self)
{
    struct exec *me = self;

    me->shared = calloc(1, sizeof(*me->shared));
    if (!me->shared)
        return etl_fail_errno(me, ENOMEM, "no memory");
    launcher_init(&me->shared->launcher);
    pthread_mutex_init(&me->shared->lock, NULL);
    me->answer = etl_declare(me, "answer", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    me->keys = json_columns_open(me, "send", me->send);
    if (!me->keys || !me->answer.id ||
        json_fields_open(me, "take", me->take, &me->fields) != ETL_OK)
        return ETL_FAIL;
    return program_find(me, me->command, me->script, me->arguments, &me->program);
}

static void close_exec(void *self)
{
    struct exec *me = self;

    if (me->shared) {
        launcher_end(&me->shared->launcher);
        pthread_mutex_destroy(&me->shared->lock);
    }
    free(me->shared);
    program_free(&me->program);
    json_fields_free(&me->fields);
    json_columns_free(me->keys, me->send);
}

static void worker_close(const void *self, void *worker)
{
    struct worker *w = worker;

    (void)self;
    child_end(&w->child, NULL, 0);
    buffer_free(&w->line);
    json_scratch_free(&w->json);
}

/* ---- a line there, a line back ---- */

static void list_worker(const struct exec *me, struct worker *w)
{
    if (w->listed)
        return;
    w->listed = true;
    pthread_mutex_lock(&me->shared->lock);
    w->next = me->shared->workers;
    me->shared->workers = w;
    pthread_mutex_unlock(&me->shared->lock);
}

/* Its answers cannot be told apart any more, and those before this may have been wrong. */
static int out_of_step(const struct exec *me, const char *when, const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && n < 100 && text[n] != '\n')
        n++;
    return etl_fail(me,
                    "the program printed '%.*s' %s: it must print one line for each line it reads, "
                    "and nothing else; a line before that one was taken for an answer",
                    (int)n, text, when);
}

/* A process that waits to be asked. */
static int make_ready(const struct exec *me, struct worker *w, const etl_record *rec)
{
    char text[200];

    if (w->child.pid != 0) {
        switch (child_is_silent(&w->child, text, sizeof(text))) {
        case REPLY_TOO_MUCH:
            return out_of_step(me, "before it was asked", text, strlen(text));
        case REPLY_DIED: /* after an answer, and of its own accord: nobody's fault */
            child_end(&w->child, rec, monotonic_us() + me->timeout);
            break;
        default:
            return ETL_OK;
        }
    }
    list_worker(me, w);
    atomic_fetch_add(&me->shared->starts, 1);
    return child_start(&w->child, me, &me->program, &me->shared->launcher);
}

/* The document gets no answer. A program that does this to each of them need not be tried further.
 * advice: what to do then. */
static int died(const struct exec *me, etl_record *rec, const char *how, const char *advice)
{
    int64_t deaths = atomic_fetch_add(&me->shared->deaths, 1) + 1;
    bool none = !atomic_load(&me->shared->answers);

    if (deaths >= me->max_deaths || (none && deaths >= FIRST_DEATHS))
        return etl_fail(
            me, "%lld documents in a row got no answer%s; of the last one the program %s. %s",
            (long long)deaths, none ? "" : " (max_deaths)", how, advice);
    return etl_reject(rec, "the program %s", how);
}

static int no_answer(const struct exec *me, struct worker *w, struct talk *t, enum reply reply)
{
    char how[100], line[200];
    bool half = t->used > 0;

    if (reply == REPLY_FAILED)
        return etl_fail_errno(me, t->err, "the program cannot be spoken to");
    if (reply == REPLY_TOO_MUCH)
        return out_of_step(me, "after its answer", t->answer, t->used);
    child_end(&w->child, t->rec, reply == REPLY_DIED ? monotonic_us() + me->timeout : 0);
    if (reply == REPLY_IDLE)
        return etl_fail(me,
                        "the program was started and did not begin to read within %lld ms "
                        "(start_timeout)",
                        (long long)(me->start_timeout / 1000));
    if (reply == REPLY_TOO_LONG)
        return died(me, t->rec, "answered with a line longer than max_answer",
                    "Raise max_answer, or let it say less");
    if (reply == REPLY_HUNG) {
        snprintf(line, sizeof(line), "gave no answer within %lld ms, and was killed",
                 (long long)(me->timeout / 1000));
        return died(me, t->rec, line,
                    "It must flush its output after each answer - Python: print(..., flush=True), "
                    "awk: fflush() - and may not wait for more than one line: mawk does without "
                    "-W interactive");
    }
    child_how_it_ended(&w->child, how, sizeof(how));
    snprintf(line, sizeof(line), "%s%s", how, half ? " in the middle of its answer" : "");
    return died(me, t->rec, line,
                "What it said to that stands above; to try it by hand, give it a line of JSON");
}

/* One that has answered before and dies now may have died of those: whether the document is to
 * blame says a new process, so that it is the same for any number of threads. */
static int ask(const struct exec *me, struct worker *w, struct talk *t)
{
    enum reply reply;
    bool again;

    do {
        if (make_ready(me, w, t->rec) != ETL_OK)
            return ETL_FAIL;
        t->used = 0;
        reply = child_ask(&w->child, t);
        again = reply == REPLY_DIED && w->child.answered > 0;
        if (again)
            child_end(&w->child, t->rec, monotonic_us() + me->timeout);
    } while (again);
    if (reply != REPLY_LINE)
        return no_answer(me, w, t, reply);
    w->child.answered++;
    if (!atomic_load_explicit(&me->shared->answers, memory_order_relaxed))
        atomic_store(&me->shared->answers, true);
    if (atomic_load_explicit(&me->shared->deaths, memory_order_relaxed) != 0)
        atomic_store(&me->shared->deaths, 0);
    return ETL_OK;
}

/* ---- what it answers ---- */

struct verdict {
    char drop[MOST_RULE + 1], reason[MOST_REASON + 1], reject[MOST_REASON + 1];
};

static int take_verdict(struct json_taking *t, const char *key, const struct json_token *value,
                        char *to, size_t most)
{
    if (value->kind != JSON_STRING || value->len == 0 || value->len > most)
        return etl_reject(t->rec, "'%s' is not a text of 1 to %zu bytes", key, most);
    to[json_unescape(to, value)] = '\0';
    return ETL_OK;
}

static int take_other(struct json_taking *t, const struct json_token *key, struct json_token *value)
{
    struct verdict *v = t->own;

    if (json_is(key, "_drop", 5))
        return take_verdict(t, "_drop", value, v->drop, MOST_RULE);
    if (json_is(key, "_reason", 7))
        return take_verdict(t, "_reason", value, v->reason, MOST_REASON);
    if (json_is(key, "_reject", 7))
        return take_verdict(t, "_reject", value, v->reject, MOST_REASON);
    return etl_reject(t->rec, "unknown key '%.*s' in the answer, which take does not name",
                      (int)(key->len < 100 ? key->len : 100), key->text);
}

static int take_answer(const struct exec *me, struct worker *w, etl_record *rec)
{
    struct verdict v = { "", "", "" };
    struct json_taking t = { .self = me,
                             .rec = rec,
                             .fields = &me->fields,
                             .scratch = &w->json,
                             .other = take_other,
                             .own = &v };
    etl_value answer = etl_get(rec, me->answer);
    int verdict = json_fields_take(&t, answer.bytes, answer.len);

    if (verdict != ETL_OK)
        return verdict;
    if (*v.drop && *v.reject)
        return etl_reject(rec, "both _drop and _reject in the answer");
    if (*v.reason && !*v.drop)
        return etl_reject(rec, "_reason without _drop in the answer");
    if (*v.reject)
        return etl_reject(rec, "%s", v.reject);
    if (*v.reason)
        return etl_drop(rec, v.drop, "%s", v.reason);
    return *v.drop ? etl_drop(rec, v.drop, NULL) : ETL_OK;
}

static int map(const void *self, etl_record *rec)
{
    const struct exec *me = self;
    struct worker *w = etl_worker(rec);
    struct talk t = { .rec = rec,
                      .timeout = me->timeout,
                      .start_timeout = me->start_timeout,
                      .most = (size_t)me->max_answer };
    int verdict;

    if (!w)
        return etl_fail_errno(me, ENOMEM, "no memory to write a line");
    w->line.len = 0;
    json_columns_write(&w->line, me->keys, me->send, rec);
    if (w->line.failed)
        return etl_fail_errno(me, ENOMEM, "no memory to write a line");
    t.line = w->line.data;
    t.len = w->line.len;
    verdict = ask(me, w, &t);
    etl_end(rec, verdict == ETL_OK ? me->answer : (etl_field){ 0 }, t.used);
    if (verdict == ETL_OK)
        verdict = take_answer(me, w, rec);
    json_scratch_trim(&w->json);
    if (w->line.cap > KEEP)
        buffer_free(&w->line);
    return verdict;
}

/* ---- the end ---- */

static int dismiss(const struct exec *me, struct child *c)
{
    int64_t until = monotonic_us() + me->timeout;
    enum reply reply;
    char text[200];

    if (c->pid == 0)
        return ETL_OK;
    reply = child_dismiss(c, until, text, sizeof(text));
    child_end(c, NULL, reply == REPLY_DIED ? until : 0);
    if (reply == REPLY_TOO_MUCH)
        return out_of_step(me, "after its last answer", text, strlen(text));
    if (reply == REPLY_HUNG || c->killed)
        etl_log(me, NULL, ETL_WARNING,
                "the program did not end when its input did, and was killed");
    else if (c->status != 0) {
        child_how_it_ended(c, text, sizeof(text));
        etl_log(me, NULL, ETL_WARNING, "the program %s after its last answer", text);
    }
    return ETL_OK;
}

/* Every process gets to end by itself, and none may have more to say. */
static int finish(const void *self, void *state, etl_unit *unit)
{
    const struct exec *me = self;
    uint64_t workers = 0, starts = atomic_load(&me->shared->starts);
    int verdict = ETL_OK;

    (void)state;
    (void)unit;
    for (struct worker *w = me->shared->workers; w; w = w->next, workers++)
        if (w->child.pid != 0)
            child_say_no_more(&w->child);
    for (struct worker *w = me->shared->workers; w && verdict == ETL_OK; w = w->next)
        verdict = dismiss(me, &w->child);
    if (starts > workers)
        etl_log(me, NULL, ETL_INFO, "the program was started %llu times; once a thread is usual",
                (unsigned long long)starts);
    return verdict;
}

static const char doc[] =
    "Runs a program of yours and sends it each record as a JSON object on a line; the program "
    "answers each line with a JSON object on a line, and flushes it. What the answer names among "
    "`take` is set; what it leaves out stays as it is; `{}` changes nothing. Other keys than those "
    "reject the document. `{\"_drop\": \"RULE\"}` drops it by that rule (and `\"_reason\": "
    "\"WHY\"` "
    "beside it says more), `{\"_reject\": "
    "\"REASON\"}` rejects it.\n\n"
    "    import json, sys\n"
    "    for line in sys.stdin:\n"
    "        doc = json.loads(line)\n"
    "        text = doc[\"text\"] or \"\"\n"
    "        print(json.dumps({\"words\": len(text.split())}), flush=True)\n\n"
    "The answer must follow from that one line and nothing else - no earlier document, clock or "
    "chance -, as there is a process for each thread and each sees a part of the documents. Then "
    "the "
    "results are the same for any number of threads and after a kill. A time limit is a clock: a "
    "document that is near `timeout` may be rejected in one run and not in another.\n\n"
    "There is no shell; for one, `command = sh, -c, \"tr a-z A-Z | ...\"`. Programs that "
    "collect their output before they write it must be told not to: `python3 -u` or flush, "
    "`fflush()` in awk, `sed -u`, `jq --unbuffered`, `stdbuf -oL`; and mawk, to read a line as "
    "soon as it is there: `-W interactive`.\n\n"
    "A process lives as long as the run; what it must load it loads before it reads its first "
    "line. "
    "Where it dies, it is started again; the document that a new "
    "process dies of, or that it does not answer in time, is rejected with the status or signal. "
    "What it prints on standard error becomes messages, at most 10 lines a second. At the end its "
    "input ends, and it has `timeout` to end by itself. A line that nobody asked for stops the run "
    "and nothing is published, for then no answer can be relied on. When etl ends, however it "
    "does, the process is killed; those that it has started itself see the end of their "
    "input.\n\n"
    "A run goes on after a kill only with the same `script`. Of `command` the words alone are "
    "compared: whether the program behind them has changed, you must know.\n\n"
    "A line there and back costs about 30 us of CPU with `cat` and 50 us with the Python above "
    "(20,000 "
    "short documents, 2 cores): half a news.conf or more. It is for what is not to be had as a "
    "plugin, "
    "or not yet.\n\n"
    "    [transform exec]\n"
    "    command = python3\n"
    "    script = words.py\n"
    "    send = id, text\n"
    "    take = words:int";

static const etl_plugin plugin = {
    ETL_TRANSFORM("exec", "1.0", "Run a program in any language, a line of JSON a record"),
    .doc = doc,
    .self_size = sizeof(struct exec),
    .worker_size = sizeof(struct worker),
    .options = options,
    .open = open_exec,
    .map = map,
    .finish = finish,
    .worker_close = worker_close,
    .close = close_exec,
};
ETL_PLUGINS(&plugin);
