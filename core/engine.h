/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: workers that read units and carry batches past posts, in ticket order where order
 * matters. It knows stages and their callbacks; it knows no plugin.
 *
 * A post is a place that every batch passes: the inputs' maps; each transform; the maps of the
 * outputs; each output's step; the ledger, which counts. A post with a `step` is ordered: batches
 * pass it by ticket, and one whose turn has not come is parked there. A thread never waits inside a
 * post, so nothing can deadlock. */
#ifndef CORE_ENGINE_H
#define CORE_ENGINE_H

#include "core/barrier.h"
#include "core/ledger.h"
#include "core/memory.h"
#include "core/observe.h"
#include "core/profile.h"
#include "core/record.h"
#include "core/rundir.h"

#include <pthread.h>
#include <stdatomic.h>

enum post_kind { POST_INPUT_MAPS, POST_TRANSFORM, POST_OUTPUT_MAPS, POST_OUTPUT, POST_LEDGER };

struct post {
    enum post_kind kind;
    struct stage *stage; /* of a transform or an output */
    bool ordered;
    uint64_t due;         /* the next ticket to pass; under the engine's lock */
    struct batch *parked; /* under the engine's lock */
};

/* One file, or part of one, that is read from beginning to end by one `read`. */
struct etl_unit {
    struct engine *engine;
    struct stage *stage;
    const struct plan_file *file; /* NULL: the input has no paths, or this is a finish */
    uint64_t index;               /* among all units, in the order of output */
    uint64_t file_index, part, parts;
    uint64_t size;       /* of the file, and its hash, when its last part is verified */
    struct hash128 hash;
    struct file_hash_behind *behind; /* the same on its way, of a large file; or NULL */
    uint64_t hash_next;  /* consumed so much, it is to go on; UINT64_MAX: there is none */
    uint64_t ordinal;    /* records emitted so far */
    uint64_t skip;       /* records that are committed; from a journal */
    uint64_t skip_hash;  /* of the last of them */
    uint64_t passed_over; /* records behind them that were not let through */
    bool skip_asked;     /* the plugin leaves out skip - 1 itself */
    bool finishing;      /* the unit of a transform's finish */
    bool verified;       /* read returned ETL_OK */
    _Atomic uint64_t consumed;
    _Atomic uint64_t done_size; /* bytes of input that it stands for, once it is verified */
    char *damage;        /* of a salvaged unit: what was wrong first; or NULL */
    uint64_t damage_byte;
    struct batch *batch; /* being filled */
    struct etl_record *record, *before; /* being filled, and the one before it in the batch */
    struct job *job;
};

/* Consecutive units that one thread reads in one go, so that small files share batches. */
struct job {
    size_t first, end; /* units */
    bool ended;
    bool failed;         /* read failed: the run stops when this job's turn has come */
    char *failure;       /* why; NULL: memory was out */
    enum diag_code failure_code;
    int failure_errno;   /* or 0 */
    struct diag_place failure_at;
    struct etl_unit *failed_unit;
    struct counts pending; /* counted before the next record, which is not emitted yet */
    struct arena pending_names;
    struct counts waiting; /* counted before a record that may be passed over; see let_through */
    struct arena waiting_names;
    struct batch *held, *held_last; /* full batches of a job that is not the head's yet */
    size_t n_held;
};

struct worker {
    struct engine *engine;
    pthread_t thread;
    void **blocks, **unit_blocks; /* by stage index: etl_worker, etl_unit_worker; NULL until asked
                                   * for. A thread reads one unit at a time, so one of each will do */
    struct {
        void *block;
        struct stage *of; /* who got it; NULL: nobody */
    } spares[2]; /* in place of one of blocks, of unit_blocks, when memory is out */
    uint64_t took; /* ns: the last callback of a watched record */
};

/* What takes the place of all inputs: one read, which emits records as a plugin's read does, into
 * the fields of the first input. They enter behind the inputs' maps. It may change their id and
 * source, and calls observe_new when these are right. */
struct feed {
    int (*read)(const void *of, etl_unit *u);
    const void *of;
};

struct engine_options {
    unsigned jobs;              /* busy threads, at least 1 */
    int64_t limit;              /* records to read; -1: all */
    bool dry;                   /* outputs are left out */
    bool output_maps;           /* ... but for their maps, which may still reject */
    int64_t barrier_interval;   /* microseconds; 0: no barriers */
    struct memory *memory;      /* what may be held, asked as it goes on */
    struct replay *replay;      /* what alone is let through, or NULL: everything */
    size_t batch_records;       /* a batch is full with so many records; 0: as many as usual */
    bool each_batch;            /* a barrier follows every batch that it can, whatever the interval */
    uint64_t die_after;         /* as if the power went, right behind that barrier; 0: never */
    const struct feed *feed;    /* instead of the inputs, or NULL */
    const struct observer *observer; /* who watches records, or NULL: nobody */
    struct profile *profile;    /* what the workers' time goes to */
};

struct engine {
    struct plan *plan;
    struct diag *diag;
    struct engine_options options;
    struct post *posts;
    size_t n_posts;
    struct etl_unit *units;
    size_t n_units;
    struct etl_unit *finish_units; /* by stage index */
    struct job *job;
    size_t n_jobs;
    struct worker *workers;
    bool running; /* workers are at work; set before they start and after they ended */

    pthread_mutex_t lock; /* of all below, to the next blank line */
    pthread_cond_t changed;
    struct batch *ready;  /* may go on; any thread takes the lowest ticket */
    struct batch *idle;   /* empty */
    size_t n_batches, max_batches, n_idle;
    size_t head;          /* the job whose batches get tickets */
    size_t reserved;      /* bytes that large batches under way may yet need */
    size_t n_held;        /* batches held by jobs behind the head */
    size_t next_job;      /* not claimed yet */
    unsigned reading;     /* threads inside job_read */
    struct job *failed_job;
    uint64_t next_ticket, done_tickets;
    bool no_more;         /* the limit is reached */
    size_t limit_unit;    /* in that unit: others behind it may have been read, which is nobody's
                           * affair. SIZE_MAX: it is not reached */
    int64_t last_barrier; /* monotonic microseconds */
    int64_t records_read; /* given a ticket */

    _Atomic bool stop;    /* everybody returns */
    bool failed;
    enum exit_status status;

    struct ledger *ledger;
    struct barrier barrier; /* the one under way, if any */
    bool barrier_busy;      /* under lock */
    struct rundir *rundir;
    struct run_journal *journal; /* NULL: the run cannot be resumed */
    uint64_t verified_upto; /* units that a barrier has spoken of */

    _Atomic uint64_t barriers_made;
    _Atomic int64_t barrier_time, longest_barrier; /* microseconds spent committing: in all of them,
                                                    * in one */
};

/* Makes units and posts. Where to start again comes from `from` (NULL: at the beginning). */
int engine_init(struct engine *e, struct plan *p, const struct engine_options *o, struct rundir *d,
                struct ledger *l, const struct barrier *from);
/* Reads everything and carries it through; then the stages' finish. 0, or -1 (reported). */
int engine_run(struct engine *e);
/* Each transform's finish, with what it emits; each output's. On the calling thread alone. */
int engine_finish(struct engine *e);
void engine_free(struct engine *e);
/* From any thread: stop as soon as can be, with a status. The first call counts. */
void engine_stop(struct engine *e, enum exit_status status);
/* Bytes of input taken so far, and in all (-1: not known). */
uint64_t engine_consumed(struct engine *e);
int64_t engine_total(const struct engine *e);
/* False: no document that is let through lies in that file. */
bool engine_reads(const struct engine *e, uint64_t file_index);
size_t engine_files(const struct engine *e); /* how many are read */
/* How many records the inputs emitted that were let through and not committed before; UINT64_MAX: a
 * limit cut them. */
uint64_t engine_emitted(const struct engine *e);

/* ---- between the engine's files ---- */

/* Reads the units of a job; what it fills goes to engine_hand_over. */
void job_read(struct engine *e, struct worker *w, struct job *j);
/* The block of s for this thread, or for the unit that it reads. */
void *worker_block(struct worker *w, struct stage *s, bool of_unit);
/* Gives b (or NULL: nothing) to the order of things; j NULL: a finish's. With the last one the job
 * ends, in the same moment, or the job behind it might get its tickets first. */
void engine_hand_over(struct engine *e, struct worker *w, struct job *j, struct batch *b,
                      bool last);
/* An empty batch; NULL: the run is stopped. While none is free the thread helps with other ones. */
struct batch *engine_take_batch(struct engine *e, struct worker *w, struct job *j);
double engine_share(void *engine); /* of the input that is read, 0 to 1; 0: not known */
/* memory's make_room: see there. */
size_t engine_make_room(struct memory *m, size_t more);
/* Carries b as far as it gets: to the end, or until it is parked. */
void batch_carry(struct engine *e, struct worker *w, struct batch *b);
/* b is through, or the run stops: it goes back to the idle ones. */
void engine_done(struct engine *e, struct batch *b);
/* Notes why a unit could not be read; reported when its turn has come. err: an errno number, or 0. */
void job_fail(struct job *j, struct etl_unit *u, enum diag_code code, int err, const char *text);
/* What an input counts for the next record: it goes with that one, so that it counts once. */
void unit_count(struct etl_unit *u, const char *name, int64_t n);
/* `fail` in a read. */
void unit_fail(struct etl_unit *u, int err, const char *option, const char *msg, size_t len);
/* The record under way is complete. -1: memory is out, or the input is not what it was. */
int unit_settle(struct etl_unit *u);
int unit_read(struct engine *e, struct worker *w, struct etl_unit *u, struct batch **batch);
/* The stage that wrote past its self, state or worker blocks; NULL: none did. The workers' are
 * looked at only while none of them runs. */
struct stage *engine_overrun(const struct engine *e);
/* What the manifest says of u's file by what u knows: its size if u is its last part (else
 * UINT64_MAX), its damage. False: nothing. The damage's text is the caller's. */
bool unit_verified(const struct etl_unit *u, struct verified *v);
/* Adds that to what is known of the file; of several damaged parts the first is told. */
void verified_note(struct verified *to, const struct verified *v);

/* Which callback runs, as some host calls belong to some of them. */
enum duty { DUTY_NONE, DUTY_START, DUTY_READ, DUTY_MAP, DUTY_STEP, DUTY_COMMIT, DUTY_FINISH };

/* Where this thread is: set round every callback. */
struct here {
    struct engine *engine;
    struct worker *worker;
    struct stage *stage;
    struct batch *batch;
    struct etl_unit *unit;
    uint32_t post;
    enum duty duty;
};
extern _Thread_local struct here here;

const struct schema *engine_schema(const struct etl_record *r);
const char *engine_unit_path(const struct etl_unit *u); /* NULL: none */
int64_t now_us(void); /* monotonic */

/* Host calls of reading; they follow etl/plugin.h. */
etl_record *unit_emit(etl_unit *u, const char *member, uint64_t line);
uint64_t unit_part(const etl_unit *u);
uint64_t unit_skip(etl_unit *u);
int unit_progress(etl_unit *u, uint64_t consumed);
int unit_damaged(etl_unit *u, uint64_t byte, const char *msg, size_t len);
void *unit_worker(etl_unit *u);

#endif
