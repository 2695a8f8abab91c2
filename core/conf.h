/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline file as it stands: sections in order, keys with values, and where each was written.
 * Knows the grammar, variables and includes; knows no plugin and no option. */
#ifndef CORE_CONF_H
#define CORE_CONF_H

#include "core/diag.h"

enum conf_kind { CONF_PIPELINE, CONF_VAR, CONF_INPUT, CONF_TRANSFORM, CONF_OUTPUT, CONF_TEST };

struct conf_key {
    const char *name;
    const char *value; /* variables expanded, quotes resolved; continuation lines joined by a
                          space, in a [test] by a line feed */
    size_t value_len;  /* value ends in NUL and holds none */
    bool quoted;       /* the whole value stood in quotes: as a list it is one piece */
    struct diag_place name_at, value_at;
    const char *origin; /* "file:line", or "-D NAME", "--set": for `check --print` */
    const void *map;    /* private: value offsets to places, see conf_place_in */
};

struct conf_section {
    enum conf_kind kind;
    const char *plugin; /* "archive", or a path with a slash; of a test its name; else NULL */
    const char *label;  /* NULL: none */
    struct diag_place at, plugin_at;
    struct conf_key *keys;
    size_t n_keys;
};

/* Sections in the order of processing: included files first. Freed whole by conf_free. */
struct conf {
    const char *path; /* as given */
    struct conf_section *sections;
    size_t n_sections;
    void *memory; /* private */
};

/* name = value from the command line: a [var] that wins over the file's (-D), or "SECTION.KEY"
 * (--set). */
struct conf_define {
    const char *name, *value;
};

/* Reads and parses path; reports every mistake (the first 20, in the order of files and lines) to d
 * and then returns NULL. [pipeline] and [var] are one section each, wherever their parts stand; the
 * key `include` is used up here. The values of sets are taken as they are. The environment is read,
 * so call it while no thread changes that.
 * Limits: file 1 MiB, line 64 KiB, expanded value 64 KiB, include depth 8, 100 files, 1,000
 * sections. */
struct conf *conf_load(const char *path, const struct conf_define *defines, size_t n_defines,
                       const struct conf_define *sets, size_t n_sets, struct diag *d);
void conf_free(struct conf *c);

/* The place of byte `offset` of a key's value, `width` bytes wide. */
struct diag_place conf_place_in(const struct conf_key *key, size_t offset, size_t width);
const struct conf_key *conf_find(const struct conf_section *s, const char *name); /* or NULL */
const char *conf_kind_name(enum conf_kind kind);
/* "output jsonl rejected", cut to `size` bytes with its NUL; returns `to`. */
const char *conf_section_name(const struct conf_section *s, char *to, size_t size);

/* Typed values. False: not one; *why is then a short static reason ("not a number"). */
bool conf_bool(const char *text, bool *value, const char **why); /* yes no true false on off */
bool conf_int(const char *text, int64_t *value, const char **why);
bool conf_real(const char *text, double *value, const char **why);  /* locale-independent */
bool conf_size(const char *text, int64_t *bytes, const char **why); /* 64M, 1.5G, 4096 */
/* 30s 5m 2h 30d 10ms */
bool conf_duration(const char *text, int64_t *microseconds, const char **why);
/* "a, b, c": pieces trimmed, quotes kept out (escapes inside them stay as they are); offsets are
 * into text. A comma inside quotes parts nothing. Returns how many; at most max are stored. An
 * empty text has none; "a,,b" and "a," have an empty piece, which the caller judges. */
struct conf_piece {
    size_t offset, len;
};
size_t conf_list(const char *text, struct conf_piece *pieces, size_t max);
/* The same for a key's value: one that stood whole in quotes is one piece. */
size_t conf_key_list(const struct conf_key *key, struct conf_piece *pieces, size_t max);

#endif
