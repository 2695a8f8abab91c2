/* SPDX-License-Identifier: Apache-2.0 */
/* The checked plan of a pipeline: every section with its plugin, options written into *self, the
 * schema closed. Made the same way for `check` and `run`. Frozen once made, so threads share it. */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "common/buffer.h"
#include "core/conf.h"
#include "core/expr.h"
#include "core/registry.h"
#include "core/schema.h"

enum on_error { ON_ERROR_REJECT, ON_ERROR_DROP, ON_ERROR_KEEP, ON_ERROR_ABORT };
enum on_damage { ON_DAMAGE_STOP, ON_DAMAGE_SALVAGE };
enum from { FROM_KEPT, FROM_DROPPED, FROM_DUPLICATES, FROM_REJECTS, FROM_ALL };

/* A file that a stage makes, asked for in open (or start): see create, part, state_path. */
enum file_kind { FILE_STREAM, FILE_PART, FILE_STATE };
struct stage_file {
    enum file_kind kind;
    char *name;   /* in the run directory (a part's may lie in a STORE), or of the side file */
    void *handle; /* what was handed to the plugin: its stream, which plan_close frees, or the path
                   * as text */
};

/* One input file: a path as matched, "-" for standard input, or NULL. */
struct plan_file {
    const char *path; /* as matched, without a leading "./"; what `source` shows */
    int64_t size;     /* bytes; -1: not known */
    int64_t mtime;    /* ns */
};

/* Where an option's value came from, beside plugin->options[i]. */
struct stage_option {
    const struct conf_key *key; /* NULL: the preset */
    const char *text;           /* as given or preset; "" where left out */
    const char *path;           /* DATA: the file or folder that was found */
    char hash[33];              /* DATA: XXH3-128 of what it holds */
};

/* A part of a stage's digest, so that it can be said which has changed. */
struct stage_setting {
    const char *name, *text; /* text: as written, or the preset */
    uint64_t hash;
};

/* One use of a plugin. */
struct stage {
    struct plan *plan;
    const struct plugin *plugin;
    const struct conf_section *section;
    char *name;         /* "transform dedupe", "output jsonl rejected": for messages and counts */
    uint32_t index;     /* in plan->stages */
    void *self, *state; /* 64-byte aligned, zeroed blocks; self_size and state_size at least 1 */
    struct expr *when;  /* NULL: always */
    enum on_error on_error;
    enum on_damage on_damage;
    enum from from;
    int64_t max_document; /* inputs: bytes */
    struct plan_file *files; /* inputs: what the INPUT option means, sorted bytewise, once each */
    size_t n_files;
    struct stage_option *options; /* plugin->n_options */
    struct stage_file *made;      /* pointers to them stay good: at most STAGE_FILES */
    size_t n_made;
    bool opened;           /* open was called: close is owed */
    uint8_t phase;         /* enum stage_phase: which host calls are allowed */
    bool failed;           /* fail was called; the message is reported already. Set atomically */
    bool broken;           /* private to plan_make: it could not be set up, so it is not opened */
    uint64_t build;        /* which one of its plugin: by run_note_builds */
    uint64_t digest;       /* of its part of the plan's hash: which stage has changed? */
    struct stage_setting *settings; /* the same key by key */
    size_t n_settings;
    uint64_t budget;       /* bytes this stage may keep */
    struct buffer *saving; /* where etl_save puts its bytes, while commit runs */
    bool *sets; /* by field id: the stage has said that it writes the field. It covers the
                 * schema once the plan is made */
    uint32_t n_sets;
};
enum { STAGE_FILES = 256 };
enum stage_phase { PHASE_NONE, PHASE_OPEN, PHASE_START, PHASE_RUN, PHASE_COMMIT, PHASE_FINISH };

struct plan {
    struct conf *conf;
    struct diag *diag;
    struct schema schema;
    struct stage *stages; /* inputs, then transforms, then outputs, each in file order */
    size_t n_inputs, n_transforms, n_outputs, n_stages;
    struct expr **exprs; /* by etl_expr id; [0] unused */
    size_t n_exprs;
    void *memory;                   /* an arena for what lives as long as the plan */
    char *name;                     /* [pipeline] name, else the file's base name */
    char *out;                      /* the run directory */
    double max_rejects_share;       /* 0.01; used when max_rejects < 0 */
    int64_t max_rejects;            /* a number of records; -1: the share holds */
    int64_t max_rejects_size;       /* bytes of rejects.jsonl */
    int64_t barrier_interval;       /* microseconds */
    int64_t memory_limit;           /* bytes; 0: not said */
    char hash[33];                  /* XXH3-128 of all that makes the output: 32 hex digits */
    bool dry;                       /* parts in a STORE go to the run directory, too */
    const struct plan_feed *feed;   /* or NULL */
    void *run;                      /* the run under way (run.h), or NULL */
    struct conf *test_conf;         /* of a file of tests, or NULL */
    struct plan_test *tests;        /* its tests; without it, the pipeline's own: plan-tests.h */
    size_t n_tests;
    size_t mistakes;                /* private to plan_make */
    struct plan_mistakes *gathered; /* likewise */
    bool fields_unknown; /* private to plan_make: a broken stage might have written some */
    const char *stores;  /* likewise: see plan_options */
};

/* One file, to be read in place of all that the inputs' options name. */
struct plan_feed {
    size_t input; /* which input reads it; it has an INPUT option */
    const char *path;
};

struct plan_options {
    const char *path; /* the pipeline file */
    const struct conf_define *defines, *sets;
    size_t n_defines, n_sets;
    const char *out;         /* -o, or NULL */
    const char *max_rejects; /* as given on the command line, or NULL */
    const char *memory;      /* likewise */
    bool offline;            /* do not look at input files */
    bool dry;                /* nothing is to be published: see struct plan */
    const char *tests;       /* a file of [test] sections for the pipeline, or NULL */
    const char *stores;      /* a folder in which each STORE is another, empty one, so that what
                              * outlives runs is neither read nor changed; or NULL */
    const struct plan_feed *feed; /* or NULL */
};

/* Loads, checks and opens everything; reports all mistakes it can find to d. NULL: there were
 * errors. plan_close calls close on what was opened, in reverse order, and frees. */
struct plan *plan_make(const struct plan_options *o, struct registry *r, struct diag *d);
void plan_close(struct plan *p);
/* Another thing by which the run's output is made goes into the plan's hash. False: memory is out.
 */
struct hash128;
bool plan_hash_more(struct plan *p, const char *name, const struct hash128 *more);

/* `check --print`: the resolved pipeline, defaults filled in, each value's origin as a comment. */
void plan_print(const struct plan *p, FILE *out);

/* The stage that a `self` pointer belongs to. */
struct stage *stage_of(const void *self);

/* What the host gives a plugin to write in: zeroed, 64-byte aligned, with a tail by which it is
 * seen who wrote on past the end. NULL: memory is out. */
void *stage_block(struct stage *s, size_t size);
void stage_block_free(void *block);
bool stage_block_whole(const void *block); /* NULL is whole */
/* After open or start: are the process and the memory as they were? Else it is reported, and the
 * stage has failed. */
bool stage_left_alone(struct stage *s, const char *when);

/* Host functions that are used while plugins open; host.c puts them in the table. They follow
 * etl/plugin.h. create, part and state_path: names are checked here (no "..", no absolute path, not
 * used twice in this plan, not one of the run directory's own) and noted in stage->made. */
etl_field host_declare(void *self, const char *name, uint32_t type, uint32_t access);
const char *host_name(etl_field field);
uint32_t host_type_of(etl_field field);
void host_fail(const void *self, int32_t err, const char *option, const char *msg, size_t len);
/* The plugin called a host function where it may not, or with what makes no sense: reported, and the
 * stage has failed. Always false. */
bool stage_broke_rules(struct stage *s, const char *what, const char *name);
/* Was the plugin given by its path, or by etl test? */
bool stage_is_by_path(const struct stage *s);
/* Is "-" one of its input files? */
bool stage_reads_standard_input(const struct stage *s);
/* The stage has failed, if it has not yet: m is told, once. */
void stage_fail(struct stage *s, const struct diag_message *m);
bool stage_failed(const struct stage *s);
void stage_set_failed(struct stage *s);
/* Where an option of that name has its value; its section if there is none. */
struct diag_place stage_fail_place(const struct stage *s, const char *option);
/* Is name a file in a folder that the stage was given as a STORE? */
bool stage_in_store(const struct stage *s, const char *name);
struct stage_file *stage_make_file(struct stage *s, enum file_kind kind, const char *name);

/* The keys of [pipeline] but `include`, for the manual. */
const etl_option *pipeline_keys(size_t *n);

#endif
