/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the pipeline file's reader share while one conf is made; not for others. All
 * memory is the loader's arena, which the conf then owns. */
#ifndef CORE_CONF_PARTS_H
#define CORE_CONF_PARTS_H

#include "core/arena.h"
#include "core/conf.h"

enum {
    CONF_MAX_FILE = 1024 * 1024,
    CONF_MAX_LINE = 64 * 1024,
    CONF_MAX_VALUE = 64 * 1024,
    CONF_MAX_DEPTH = 8,
    CONF_MAX_FILES = 100,
    CONF_MAX_SECTIONS = 1000,
    CONF_SHOWN_MISTAKES = 20,
    CONF_KEPT_MISTAKES = 256, /* more are counted only */
};

/* A line that something refers to. */
struct conf_line {
    const char *file, *text; /* text: without the line end */
    uint32_t number, len;
};

/* Where the bytes of a value from `at` on (up to the next run) were written. */
struct conf_run {
    uint32_t at, column;
    uint32_t
        width; /* 0: byte by byte; else all of them come from these bytes: a variable, an escape */
    const struct conf_line *line;
};

struct conf_map {
    size_t n;
    struct conf_run runs[];
};

/* A section while its keys come in. */
struct conf_draft {
    struct conf_section section;
    size_t cap;
};

/* Mistakes wait here until all are known, so that they come out in the order of files and lines. */
struct conf_mistake {
    struct diag_message m;
    int err; /* an errno number, or 0 */
    size_t file, order;
};

struct conf_loader {
    struct arena arena;
    struct diag *diag;
    struct conf_mistake *mistakes; /* [CONF_KEPT_MISTAKES] */
    size_t n_mistakes, n_unkept;   /* kept here; errors that were only counted */
    size_t n_errors;
    bool quiet;      /* this line is known to be bad: say nothing more of it */
    bool incomplete; /* sections or variables may be missing: do not miss them */
    bool too_many;   /* files: it was said once */
    bool no_memory;
    struct conf_file {
        const char *path;
        uint64_t device, inode;
    } files[CONF_MAX_FILES];
    size_t n_files;
    size_t n_headers;
    struct conf_draft *sections; /* in the order of processing */
    size_t n_sections, sections_cap;
};

/* ---- conf-mistakes.c ---- */

/* Notes an error at a place. near and help may be NULL; they and the place must outlive the
 * loader's work. */
void conf_mistake(struct conf_loader *l, enum diag_code code, struct diag_place place,
                  const char *near, const char *help, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* Any other message; text is formatted. */
void conf_note_mistake(struct conf_loader *l, struct diag_message m, int err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void conf_report_mistakes(struct conf_loader *l);
const char *conf_format(struct conf_loader *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- arrays in the arena ---- */

/* Room for one more item at the end of an array; false: memory is out, and noted. */
bool conf_more(struct conf_loader *l, void **items, size_t n, size_t *cap, size_t size);
struct diag_place conf_line_place(const struct conf_line *line, size_t offset, size_t width);
struct conf_key *conf_add_key(struct conf_loader *l, struct conf_draft *to, struct conf_key key);

/* ---- conf-read.c ---- */

/* All of a file, which ends in NUL, in the arena. False: noted, at `from` (a place in the file that
 * includes it, or none). The file is entered in l->files. */
bool conf_read(struct conf_loader *l, const char *path, struct diag_place from, const char **data,
               size_t *len);

/* ---- conf-parse.c ---- */

/* What a line gives to a value: bytes from..to of it, without blanks round them and the comment. */
struct conf_span {
    size_t from, to;
    bool quoted;       /* from and to - 1 are a pair of quotes */
    bool unterminated; /* it begins with a quote that nothing closes */
};
/* The piece of the line s that begins at `at` or behind the blanks there. A '#' in quotes begins no
 * comment. */
struct conf_span conf_piece(const char *s, size_t len, size_t at);

/* What one file holds. */
struct conf_parsed {
    struct conf_draft *sections;
    size_t n, cap;
    struct conf_key include; /* name NULL: none */
};
void conf_parse(struct conf_loader *l, const char *path, const char *data, size_t len,
                struct conf_parsed *out);

/* ---- conf-header.c ---- */

/* The section that a header line opens; false: it is bad, and noted. */
bool conf_parse_header(struct conf_loader *l, const struct conf_line *line,
                       struct conf_section *out);

/* ---- conf-include.c ---- */

/* Reads path and what it includes; sections go to l->sections, included ones first. */
void conf_include(struct conf_loader *l, const char *path, struct diag_place from, size_t depth);

/* ---- conf-vars.c, conf-set.c ---- */

void conf_expand_all(struct conf_loader *l, const struct conf_define *defines, size_t n);
void conf_set_all(struct conf_loader *l, const struct conf_define *sets, size_t n);
/* A place in a word of the command line: "--set", column 1 on. */
struct diag_place conf_argument_place(struct conf_loader *l, const char *option,
                                      const struct conf_define *d, size_t offset, size_t width);
bool conf_argument_ok(struct conf_loader *l, const char *option, const struct conf_define *d);
/* Is it a key's or a variable's name? Else *bad is the first byte that is wrong. */
bool conf_name_ok(const char *name, size_t len, bool variable, size_t *bad);

static inline bool conf_blank(char c)
{
    return c == ' ' || c == '\t';
}

#endif
