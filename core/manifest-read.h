/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json read back, for whoever looks at a finished run. */
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

struct manifest {
    char *pipeline, *plan; /* plan: its hash; NULL: not said */
    uint64_t read, split, made, kept, dropped, duplicates, rejected;
    struct manifest_file *inputs, *outputs;
    size_t n_inputs, n_outputs;
};

/* Unknown keys are passed over, so that a later etl may add some. -1: see the fault. */
int manifest_read(struct manifest *m, const char *text, size_t len, struct fault *f);
/* That of a run directory; without one the run there is not finished. -1: reported. */
int manifest_load(struct manifest *m, const char *folder, struct diag *d);
void manifest_free(struct manifest *m);

#endif
