/* SPDX-License-Identifier: Apache-2.0 */
/* A transform that does harm to the process it runs in, as its options say: `what` in the callback
 * `in`, of map and step at the record whose text is `at`. In a constructor, where no option has
 * been read, it is the environment that says what: ETL_TEST_LOADED. What the host makes of each is
 * in tests/hostile-plugins.sh. */
#define _GNU_SOURCE
#include <etl/plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

struct hostile {
    etl_field text, real, list, small;
    const char *what, *in, *at;
};
struct hostile_state {
    int64_t records;
};
struct hostile_worker {
    int64_t records;
};

static const etl_option options[] = {
    ETL_OPT(struct hostile, EDITS, text, "text", "text", "text", "Field"),
    ETL_OPT(struct hostile, WRITES, real, "real", "real", "real", "Field for a number"),
    ETL_OPT(struct hostile, WRITES, list, "list", "list", "list", "Field for a list"),
    ETL_OPT(struct hostile, WRITES, small, "small", "small", "real", "Field for a small number"),
    ETL_OPT(struct hostile, TEXT, what, "what", "", NULL, "What to do"),
    ETL_OPT(struct hostile, TEXT, in, "in", "map", NULL, "In which callback"),
    ETL_OPT(struct hostile, TEXT, at, "at", "3", NULL, "At which record"),
    ETL_OPT_END,
};

static jmp_buf back;
static char *leaked;
static volatile int zero;

static void *sleep_for_good(void *p)
{
    for (;;)
        pause();
    return p;
}

static void *spin(void *p)
{
    static volatile unsigned long turns;

    for (;;)
        turns++;
    return p;
}

static void *end_process(void *p)
{
    _exit(0);
    return p;
}

/* What a thread of its own does, no plugin's name is known for. */
static void end_in_thread(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, end_process, NULL) == 0)
        pthread_join(thread, NULL);
}

static void start_threads(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, sleep_for_good, NULL) == 0)
        pthread_detach(thread);
    if (pthread_create(&thread, NULL, spin, NULL) == 0)
        pthread_detach(thread);
}

static void nothing(int number)
{
    (void)number;
}

static void block_all(void)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
}

static void handle_signals(void)
{
    signal(SIGINT, nothing);
    signal(SIGTERM, SIG_IGN);
}

/* The first free descriptors are these now: what is printed goes to whoever opens a file next. */
static void close_streams(void)
{
    close(0);
    close(1);
    close(2);
}

static void print(void)
{
    printf("printed by a plugin\n");
    fflush(stdout);
    if (write(STDOUT_FILENO, "written by a plugin\n", 20) < 0)
        abort();
}

static int recurse(int depth)
{
    volatile char here[4096];

    here[0] = (char)depth;
    return depth == 0 ? here[0] : recurse(depth - 1) + here[0];
}

/* What can be done anywhere. True: it is done, or there is no such thing. */
static void harm(const char *what)
{
    pid_t child;

    if (strcmp(what, "abort") == 0)
        abort();
    if (strcmp(what, "exit") == 0)
        exit(0);
    if (strcmp(what, "_exit") == 0)
        _exit(0);
    if (strcmp(what, "_Exit") == 0)
        _Exit(0);
    if (strcmp(what, "_exit in a thread") == 0)
        end_in_thread();
    if (strcmp(what, "quick_exit") == 0)
        quick_exit(0);
    if (strcmp(what, "segfault") == 0)
        *(volatile int *)(uintptr_t)zero = 1;
    if (strcmp(what, "illegal") == 0)
        raise(SIGILL);
    if (strcmp(what, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(what, "recurse") == 0)
        zero = recurse(1 << 20) * 0;
    if (strcmp(what, "hang") == 0)
        spin(NULL);
    if (strcmp(what, "chdir") == 0 && chdir("/") < 0)
        abort();
    if (strcmp(what, "umask") == 0)
        umask(0);
    if (strcmp(what, "locale") == 0 && !setlocale(LC_ALL, "C.UTF-8"))
        abort();
    if (strcmp(what, "handlers") == 0)
        handle_signals();
    if (strcmp(what, "block") == 0)
        block_all();
    if (strcmp(what, "close") == 0)
        close_streams();
    if (strcmp(what, "closefrom") == 0)
        closefrom(0);
    if (strcmp(what, "print") == 0)
        print();
    if (strcmp(what, "threads") == 0)
        start_threads();
    if (strcmp(what, "leak") == 0 && (leaked = malloc(1 << 20)))
        memset(leaked, 1, 1 << 20);
    if (strcmp(what, "fork") == 0)
        child = fork();
    if (strcmp(what, "fork and exec") == 0 && (child = fork()) == 0) {
        execl("/bin/sleep", "sleep", "1", (char *)NULL);
        _exit(1);
    }
#ifdef __SSE2__
    if (strcmp(what, "flush to zero") == 0)
        _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
    (void)child;
}

__attribute__((constructor)) static void loaded(void)
{
    const char *what = getenv("ETL_TEST_LOADED");

    if (what)
        harm(what);
}

/* Of the system, as MALLOC_PERTURB_ makes malloc and calloc write to all that they give. NULL: it is
 * not there. */
static volatile char *take(size_t much)
{
    void *at = mmap(NULL, much, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? NULL : at;
}

/* Memory: 10 GiB taken and left alone, with and without asking whether they are there; ends that are
 * written over. */
static int use_memory(const struct hostile *me, void *state, etl_record *r)
{
    const size_t much = (size_t)10 << 30;
    volatile char *at;

    if (strcmp(me->what, "take") == 0) {
        at = take(much);
        if (!at)
            return etl_fail_errno(me, ENOMEM, "10 GiB could not be had");
        at[0] = 1;
        munmap((void *)(uintptr_t)at, much);
    }
    if (strcmp(me->what, "take unasked") == 0) {
        at = take(much);
        at[0] = 1; /* whether there or not */
        munmap((void *)(uintptr_t)at, much);
    }
    if (strcmp(me->what, "overrun self") == 0)
        ((volatile char *)(uintptr_t)me)[sizeof(*me)] = 1;
    if (strcmp(me->what, "overrun state") == 0 && state)
        ((volatile char *)state)[sizeof(struct hostile_state)] = 1;
    if (strcmp(me->what, "overrun worker") == 0 && r)
        ((volatile char *)etl_worker(r))[sizeof(struct hostile_worker) + 3] = 1;
    if (strcmp(me->what, "overrun heap") == 0) {
        at = malloc(24);
        for (int i = 0; i < 100000; i++)
            at[i] = 'x';
        free((void *)(uintptr_t)at);
    }
    return ETL_OK;
}

/* Results that make no sense. */
static int give(const struct hostile *me, etl_record *r)
{
    etl_value v = { ETL_TEXT, 1000, { 0 } };

    if (strcmp(me->what, "NaN") == 0)
        etl_set(r, me->real, etl_real(NAN));
    if (strcmp(me->what, "infinity") == 0)
        etl_set(r, me->real, etl_real(-INFINITY));
    if (strcmp(me->what, "NULL") == 0)
        etl_set(r, me->text, v);
    if (strcmp(me->what, "NULL list") == 0) {
        v.type = ETL_LIST;
        etl_set(r, me->list, v);
    }
    if (strcmp(me->what, "bad UTF-8") == 0)
        etl_set(r, me->text, etl_text("\xc3(", 2));
    if (strcmp(me->what, "half a character") == 0)
        etl_set(r, me->text, etl_text("abc\xe2\x82", 5));
    if (strcmp(me->what, "type 99") == 0) {
        v.type = 99;
        etl_set(r, me->text, v);
    }
    if (strcmp(me->what, "get field 99") == 0)
        (void)etl_get(r, (etl_field){ 99 });
    if (strcmp(me->what, "end field 99") == 0 && etl_begin(r, 10))
        etl_end(r, (etl_field){ 99 }, 0);
    if (strcmp(me->what, "field 99") == 0)
        etl_set(r, (etl_field){ 4000000000u }, etl_int(1));
    return ETL_OK;
}

static int act(const struct hostile *me, const char *in, void *state, etl_record *r)
{
    int verdict;

    if (strcmp(me->in, in) != 0 || getenv("ETL_TEST_MENDED"))
        return ETL_OK;
    verdict = use_memory(me, state, r);
    if (verdict == ETL_OK && r)
        verdict = give(me, r);
    if (strcmp(me->what, "longjmp") == 0)
        longjmp(back, 1);
    harm(me->what);
    return verdict;
}

static bool is_the_one(const struct hostile *me, const etl_record *r)
{
    etl_value v = etl_get(r, me->text);

    return v.type == ETL_TEXT && v.len == strlen(me->at) && memcmp(v.text, me->at, v.len) == 0;
}

static int hostile_open(void *self)
{
    return act(self, "open", NULL, NULL);
}

static int hostile_start(const void *self, void *state, etl_blob saved)
{
    const struct hostile *me = self;

    (void)saved;
    if (setjmp(back) != 0)
        return ETL_OK; /* out of a frame that is gone */
    return act(me, "start", state, NULL);
}

static int hostile_map(const void *self, etl_record *r)
{
    const struct hostile *me = self;
    struct hostile_worker *w = etl_worker(r);

    if (w)
        w->records++;
    etl_set(r, me->small, etl_real(strtod("4e-320", NULL)));
    return is_the_one(me, r) ? act(me, "map", NULL, r) : ETL_OK;
}

static int hostile_step(const void *self, void *state, etl_record *r)
{
    const struct hostile *me = self;
    struct hostile_state *s = state;

    s->records++;
    return is_the_one(me, r) ? act(me, "step", state, r) : ETL_OK;
}

static int hostile_commit(const void *self, void *state)
{
    etl_save(self, state, sizeof(struct hostile_state));
    return act(self, "commit", state, NULL);
}

static int hostile_finish(const void *self, void *state, etl_unit *unit)
{
    (void)unit;
    return act(self, "finish", state, NULL);
}

static void hostile_stop(const void *self, void *state)
{
    (void)act(self, "stop", state, NULL);
}

static void hostile_close(void *self)
{
    (void)act(self, "close", NULL, NULL);
}

static const etl_plugin hostile = {
    ETL_TRANSFORM("hostile", "1.0", "Does harm"),
    .self_size = sizeof(struct hostile),
    .state_size = sizeof(struct hostile_state),
    .worker_size = sizeof(struct hostile_worker),
    .options = options,
    .open = hostile_open,
    .start = hostile_start,
    .map = hostile_map,
    .step = hostile_step,
    .commit = hostile_commit,
    .finish = hostile_finish,
    .stop = hostile_stop,
    .close = hostile_close,
};
ETL_PLUGINS(&hostile);
