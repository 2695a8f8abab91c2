/* SPDX-License-Identifier: Apache-2.0 */
/* What the option table of etl/plugin.h means: the kinds, their limits, and how a text becomes a
 * value. One place for the loader's checks, the plan and `etl plugins`. */
#ifndef CORE_OPTION_H
#define CORE_OPTION_H

#include "core/etl/plugin.h"

enum { OPTION_KINDS = ETL_OPTION_EXPR + 1 };

/* Keys that etl itself gives to every section of some kinds; no plugin's option may have their
 * names. */
struct common_key {
    etl_option option; /* offset unused */
    uint32_t kinds;    /* a bit for each enum etl_kind */
};
enum {
    COMMON_WHEN,
    COMMON_ON_ERROR,
    COMMON_FROM,
    COMMON_ON_DAMAGE,
    COMMON_MAX_DOCUMENT,
    COMMON_KEYS
};
extern const struct common_key common_keys[COMMON_KEYS];
const struct common_key *common_key(const char *name); /* or NULL */
bool option_name_valid(const char *name);              /* [a-z][a-z0-9_]*, at most 63 bytes */

const char *option_kind_name(uint32_t kind); /* "whole number": for messages and help */
/* "one of file, line; preset file", "size, 1 to 1M; must be given": type, limits and preset. */
enum { OPTION_TEXT = 4096 };
void option_describe(const etl_option *o, char *to, size_t max);
/* Of the member in *self; 0: no such kind. */
size_t option_kind_size(uint32_t kind);
size_t option_kind_align(uint32_t kind);

/* Limits of a number, or of how many: both ends included. */
struct option_range {
    bool has_min, has_max;
    int64_t min, max;          /* whole numbers, bytes, microseconds, how many */
    double real_min, real_max; /* ETL_OPTION_REAL */
};

/* What is wrong, for a message that begins with the value: "is not a number". */
struct option_fault {
    char text[400];
    char near[80]; /* the nearest word that would do, or "" */
};

/* False: the limits make no sense for the kind; f says why. */
bool option_limits_valid(const etl_option *o, struct option_fault *f);
bool option_range(const etl_option *o, struct option_range *range, struct option_fault *f);
/* The types that "text|int" allows, a bit for each; of NULL: all. 0: not a list of types. */
uint32_t option_types(const char *limits);
/* The first type named in it, which a new field gets; of NULL: ETL_TEXT. */
uint32_t option_first_type(const char *limits);
/* Is n within how many may be given? */
bool option_count_valid(const etl_option *o, size_t n, struct option_fault *f);

union option_value {
    bool boolean;
    int64_t integer; /* INT, CHOICE, SIZE, DURATION */
    double real;
};

/* BOOL, INT, REAL, CHOICE, SIZE and DURATION, limits checked. */
bool option_kind_is_scalar(uint32_t kind);
bool option_parse(const etl_option *o, const char *text, union option_value *v,
                  struct option_fault *f);

/* A name that lies inside a folder and says so: not absolute, no ".." or "." or empty part, no
 * control bytes. NULL: fine; else why not ("is absolute"). */
const char *path_name_fault(const char *name);

#endif
