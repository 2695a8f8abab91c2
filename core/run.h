/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a plan in its run directory: decides where to start, starts the stages, lets the engine
 * run, and publishes - or leaves everything so that the same command goes on from there. */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include "core/engine.h"
#include "core/journal.h"

enum resume { RESUME_AUTO, RESUME_NEVER, RESUME_REQUIRE };

struct run_options {
    unsigned jobs;
    int64_t limit; /* -1: none */
    bool dry;
    const struct feed *feed; /* see engine_options; an input that is fed is not started */
    size_t batch_records; /* likewise, as the next two; for tests of plugins */
    bool each_batch;
    uint64_t die_after;
    bool fresh;    /* drop unpublished state first */
    enum resume resume;
    struct replay *replay; /* what alone is let through, or NULL: everything */
    bool strict;           /* a warning is an error */
    bool profile;          /* the summary says where the CPU time went */
    const struct observer *observer; /* who watches records, in a dry run that nobody judges by its
                                      * rejects; or NULL */
};

/* Where each barrier record lies in the journal, so that the run can be taken back to one. */
struct run_journal {
    struct journal journal;
    struct barrier_at {
        uint64_t file_index, part, end;
    } *barriers;
    size_t n, cap;
    uint64_t first_begin; /* behind the first begin record: no barrier before it */
    uint64_t least;       /* size when it was last made short */
};

struct run {
    struct plan *plan;
    struct run_options options;
    struct rundir rundir;
    struct ledger ledger;
    struct engine engine;
    struct memory memory;
    struct profile profile;
    struct run_journal journal;
    struct verified *verified; /* by file index; of those not verified yet size is UINT64_MAX */
    size_t n_files;
    bool resumable, up_to_date, resumed, published, live;
    uint64_t resumed_at;       /* documents that were committed before */
    uint64_t bytes_in, bytes_out; /* at its end: of input as it lies there, of all files made */
    _Atomic bool publishing;   /* renames have begun: the same command does the rest of them */
    size_t n_started;
    const char *not_resumable; /* name of the stage that cannot go on, or NULL */
    int64_t began, ended;      /* monotonic microseconds */
    const struct barrier *from; /* while it starts: where from; NULL: at the beginning */
};

/* The whole run. Returns the exit status; everything is reported. The caller may watch r->engine
 * while r->live, from another thread; then prints the summary and calls run_free. */
enum exit_status run_pipeline(struct run *r, struct plan *p, const struct run_options *o);
void run_free(struct run *r);
/* What the same command will do after a run that was stopped. May be asked from another thread. */
const char *run_what_next(const struct run *r);

/* For host.c and the engine. */
/* What --memory would do for a stage that is past its budget, by how far the run has come. */
int64_t run_memory_for_stages(struct run *r);
void run_count(const struct stage *s, const char *name, int64_t n);
int run_open_late(struct stage *s, struct stage_file *f); /* a stream made in start */
const char *run_part_path(struct stage *s, struct stage_file *f);
/* Makes the names of all unpublished parts durable, in .state and in stores. 0, or -1 (reported). */
int run_sync_names(struct run *r);
int run_journal_barrier(struct run_journal *j, const struct barrier *b, const struct buffer *bytes);

/* journal-short.c: leaves out of a long journal what no resume can need any more. 0, or -1. */
int run_shorten_journal(struct run *r);
/* How many barriers lie at or before the start of that unit. */
size_t run_barriers_before(const struct run_journal *j, uint64_t file_index, uint64_t part);

/* resume.c: reads the journal, decides, and leaves `from` filled when *resume is set. -1: refused. */
int run_decide(struct run *r, struct barrier *from, bool *resume);

/* begin.c: by what the run is made, for the journal; what of the plan has changed since, in words
 * (an empty text: nothing); and, behind that, which input file is the first that has: its index, its
 * path in *which; without one, how many there are and NULL. */
int run_note_builds(struct run *r); /* before the others; -1: reported */
void run_put_begin(const struct run *r, struct buffer *to);
void run_plan_difference(const struct run *r, struct reader *begin, char *to, size_t max);
size_t run_first_changed_file(const struct run *r, struct reader *begin, size_t *n_then,
                              const char **which);
/* After damage: the journal goes back to the last barrier at or before the start of that unit. */
int run_roll_back(struct run *r, const struct etl_unit *u);

/* Did plugins leave alone what all share, and what lies behind their memory? Else -1 (reported). */
int run_left_alone(struct run *r);

/* run-inputs.c: r->verified by what a barrier knew; by what the engine knows, which may be asked
 * again; and a warning for each file that was salvaged. */
void run_keep_verified(struct run *r, const struct barrier *from);
void run_note_verified(struct run *r);
void run_warn_of_damage(const struct run *r);

/* publish.c: hashes, manifest, renames. 0, or -1 (reported). */
int run_publish(struct run *r);
/* Does the renames that a publishing record lists; what is done already is passed over. */
int run_publish_record(struct run *r, const void *data, size_t len);
/* manifest.c */
struct published {
    const char *name;  /* as in the manifest: relative to the run directory, or a path in a STORE */
    const char *part;  /* where it lies now: relative to .state, or a path in a STORE */
    bool in_store;
    uint64_t bytes, records;
    bool has_records;
    struct hash128 hash;
    struct etl_stream *stream; /* whose it is; NULL: a stage's own file, at `path` */
    const char *path;
};
/* publish-files.c: all that are to be published, whole, synced and hashed; *files is malloced, also
 * after a failure. 0, or -1 (reported). */
int run_files(struct run *r, struct published **files, size_t *n);
/* Before the stages end: what the host has written for them begins to go to the disk, so that
 * whoever waits for the disk first waits for all. */
void run_send_files(struct run *r);
void manifest_write(struct run *r, const struct published *files, size_t n, struct buffer *to);
/* The same for a run that failed, without outputs: its last words. */
void manifest_write_ended(struct run *r, int status, struct buffer *to);

#endif
