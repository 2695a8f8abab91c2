/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the plan share while it is made. */
#ifndef CORE_PLAN_PRIVATE_H
#define CORE_PLAN_PRIVATE_H

#include "common/buffer.h"
#include "core/arena.h"
#include "core/option.h"
#include "core/plan.h"

/* plan-mistakes.c: between begin and end, what is reported to the plan's diag is gathered. */
bool plan_mistakes_begin(struct plan *p, struct diag *d);
void plan_mistakes_end(struct plan *p);

/* A mistake in the pipeline: an error with a place and the words that help. Beyond MAX_MISTAKES
 * they are counted only. Always false, so that a caller can return it. */
enum { MAX_MISTAKES = 200 };
struct mistake {
    enum diag_code code;
    int err; /* an errno number, which is told and has a say in the exit status; or 0 */
    struct diag_place at;
    const struct stage *stage;      /* or NULL */
    const char *near, *note, *help; /* or NULL */
};
bool plan_mistake(struct plan *p, const struct mistake *m, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool plan_no_memory(struct plan *p);

/* plan-settings.c: the keys of [pipeline]. */
bool plan_settings(struct plan *p, const struct plan_options *o);
void plan_print_settings(const struct plan *p, FILE *out);
/* plan-print.c: one line, quoted where it must be or was. */
void plan_print_key(FILE *out, const char *name, const char *text, bool quoted, const char *origin);

/* plan-option.c: the common keys and those options that need no field, into *self. A stage that
 * cannot be set up is marked broken. */
void stage_read_options(struct stage *s, bool offline);
/* Where the value of option i is written: its key, else its section. `offset` and `width` choose a
 * piece of it; a width of 0 is all. */
struct diag_place option_place(const struct stage *s, size_t i, size_t offset, size_t width);
void *option_member(const struct stage *s, size_t i);
bool option_mistake(struct stage *s, size_t i, enum diag_code code, const char *near,
                    const char *what);
/* The pieces of a list, in the arena; *n is set. NULL: a piece is empty, or memory is out. */
struct conf_piece *option_pieces(struct stage *s, size_t i, size_t *n);
const char *arena_piece(struct plan *p, const char *text, struct conf_piece piece);

/* plan-fields.c: `when` and the options that need the schema, against what is declared by now. */
void stage_read_fields(struct stage *s);
void stage_write_fields(struct stage *s); /* WRITES and EDITS */
/* Notes that the stage may set a field; of 0 alone that `sets` covers the schema. */
bool stage_sets(struct stage *s, uint32_t id);
/* NULL: a good name; else why not ("has a space in it"). */
const char *field_name_fault(const char *name);

/* plan-files.c: the files of an INPUT option. */
bool stage_find_files(struct stage *s, size_t option, bool offline);
/* All regular files under a folder, sorted; no dot files. *n is set; NULL: reported. */
bool folder_files(struct plan *p, const char *folder, const struct mistake *m,
                  struct plan_file **files, size_t *n);

/* plan-data.c: a DATA option. */
bool stage_find_data(struct stage *s, size_t option);

/* plan-hash.c */
bool plan_hash(struct plan *p);

/* host-plan.c: whose fields etl_name and etl_type_of speak of. */
void host_plan_set(struct plan *p);
void host_plan_unset(const struct plan *p);

/* A zeroed 64-byte aligned block from which stage_of finds its way back. */

#endif
