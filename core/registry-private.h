/* SPDX-License-Identifier: Apache-2.0 */
/* What the pieces of the registry share: checks of a file, and of what it says of itself. */
#ifndef CORE_REGISTRY_PRIVATE_H
#define CORE_REGISTRY_PRIVATE_H

#include "core/arena.h"
#include "core/registry.h"

/* Why a file or a plugin cannot be used; zeroed: it can. */
struct refusal {
    bool is;
    enum diag_code code;
    int err; /* an errno number that belongs behind the text, or 0 */
    char text[600];
    char help[300];
};

/* Fills r in; returns false, so that a caller can `return refuse(...)`. */
bool refuse(struct refusal *r, enum diag_code code, const char *help, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with an errno number. */
bool refuse_errno(struct refusal *r, enum diag_code code, int err, const char *help,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* A plugin of a file, usable or not. */
struct loaded {
    struct plugin plugin;
    struct refusal refusal;
};

struct library {
    struct library *next;
    const char *path; /* without symbolic links */
    uint64_t device, inode;
    struct loaded *all;
    size_t n;
    struct refusal refusal; /* of the file as a whole: its entry is not called again */
};

/* What dlopen is about to run is a whole shared object for this machine, and only root or the user
 * could have put it there. `shown` is the path for messages, `real` the same without links. */
bool plugin_file_check(const char *shown, const char *real, struct refusal *r);

/* Copies a descriptor to the shape this host knows. False: refused; what could be read (kind, name)
 * is in out->is then. False without a refusal: memory is out. */
bool descriptor_read(const etl_plugin *from, const char *path, struct arena *memory,
                     struct loaded *out);
bool plugin_name_valid(const char *name); /* [a-z][a-z0-9-]*, at most 63 bytes */

#endif
