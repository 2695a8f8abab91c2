/* SPDX-License-Identifier: Apache-2.0 */
/* Finds, checks and loads plugins: a regular file owned by root or the user, not writable by
 * others, nor its folder; RTLD_NOW|RTLD_LOCAL; never dlclose. Descriptors are copied to the size
 * this host knows, so the rest of the core sees one shape. */
#ifndef CORE_REGISTRY_H
#define CORE_REGISTRY_H

#include "core/diag.h"
#include "core/etl/plugin.h"

struct plugin {
    etl_plugin is;       /* zero-filled past what the plugin was compiled with; options too: */
    etl_option *options; /* n_options, without the end mark; kinds checked */
    size_t n_options;
    const char *path; /* of the .so */
};

/* Does the file lie in a folder named as a kind, as those that are found by name do? Who works on a
 * plugin gives its path, and is told other things than who uses it. */
bool plugin_lies_by_name(const char *path);

struct registry; /* one for a process; not thread-safe */

/* `folders`: --plugin-path in order, where one may also be a file NAME.so, whose first plugin is
 * offered by its own name; then ETL_PLUGIN_PATH (colon-separated), then plugins/ beside
 * the program (where it is not installed), then plugindir. The host table is handed to each plugin.
 * NULL: memory is out. */
struct registry *registry_new(const char *const *folders, size_t n, const etl_host *host);
void registry_free(struct registry *r);

/* The plugin of that kind and name (or path, with a slash: its first of that kind). NULL: reported
 * to d, at place (or NULL), with the nearest name that exists. */
const struct plugin *registry_load(struct registry *r, enum etl_kind kind, const char *name,
                                   const struct diag_place *place, struct diag *d);

/* Names of all plugins of a kind that could be found (file names only; nothing is loaded), sorted,
 * NULL-ended; lives as long as the registry. */
const char *const *registry_names(struct registry *r, enum etl_kind kind);
/* A folder that is there, whose plugins are missing from the names since it could not be listed, and
 * the errno number; NULL: none. Lives as long as the registry. */
const char *registry_unlisted(const struct registry *r, int *err);
const char *kind_name(enum etl_kind kind); /* "input" */

/* All plugins of one file: at most max are stored, their number is given; what is refused in it is
 * reported to d. */
size_t registry_load_file(struct registry *r, const char *path, const struct plugin **all,
                          size_t max, struct diag *d);
const char *const *registry_folders(const struct registry *r); /* in order, NULL-ended */

#endif
