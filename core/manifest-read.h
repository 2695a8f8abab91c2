/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json and run.json read back, for whoever looks at a finished run. */
#ifndef CORE_MANIFEST_READ_H
#define CORE_MANIFEST_READ_H

#include "common/fault.h"
#include "common/hash.h"

#include "core/diag.h"

#include <stdbool.h>

struct manifest_file {
    char *path;
    uint64_t bytes, records;
    struct hash128 hash;
    bool has_hash, has_records, in_store, damaged;
};

/* What a stage counted, by name: "dropped: too short", "records written". */
struct manifest_count {
    char *name;
    int64_t n;
};

struct manifest_stage {
    char *name, *version;
    struct manifest_count *counts;
    size_t n_counts;
};

/* How large documents were as they came: at[i] of them up to 2^i bytes, and more than half of it. */
enum { MANIFEST_SIZES = 33 };
struct manifest_sizes {
    uint64_t bytes, at[MANIFEST_SIZES];
};

struct manifest {
    char *pipeline, *plan; /* plan: its hash; NULL: not said */
    uint64_t read, split, made, kept, dropped, duplicates, rejected;
    struct manifest_sizes sizes[4]; /* of what was kept, dropped, a duplicate, rejected */
    struct manifest_file *inputs, *outputs;
    struct manifest_stage *stages; /* in the order of the pipeline */
    size_t n_inputs, n_outputs, n_stages;
    uint64_t status; /* of a failed run's last words: its exit status, its error's code and text */
    char *code, *message;
};

/* Unknown keys are passed over, so that a later etl may add some. -1: see the fault. */
int manifest_read(struct manifest *m, const char *text, size_t len, struct fault *f);
/* That of a run directory; without one the run there is not finished. -1: reported. */
int manifest_load(struct manifest *m, const char *folder, struct diag *d);
/* .state/ended.json, the last words of a run that failed: the same without outputs. -1: there are
 * none, or they cannot be read; nothing is reported. */
int manifest_load_ended(struct manifest *m, int state);
/* For who puts one together from elsewhere. False: memory is out. */
bool manifest_add_stage(struct manifest *m, const char *name, size_t len);
bool manifest_add_count(struct manifest_stage *s, const char *name, int64_t n);
void manifest_free(struct manifest *m);

/* What differs from run to run. Zeroed where run.json is not there or cannot be read: nothing is
 * promised of it. */
struct run_times {
    double seconds, cpu_seconds, barrier_seconds;
    uint64_t threads, peak_memory, barriers, resumed_at;
    struct run_time {
        char *stage;
        double seconds; /* of CPU in its callbacks */
    } *stages;
    size_t n_stages;
};

/* That of a run directory, or of its folder .state after a run that failed. */
void run_times_load(struct run_times *t, int dir);
double run_times_of(const struct run_times *t, const char *stage); /* 0: not known */
void run_times_free(struct run_times *t);

#endif
