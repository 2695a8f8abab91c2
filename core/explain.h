/* SPDX-License-Identifier: Apache-2.0 */
/* etl explain: one document on its way through a pipeline - found, followed, and told. */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include "common/buffer.h"
#include "core/docref.h"
#include "core/run.h"
#include "core/trace.h"
#include "core/verbs.h"

enum { EXPLAIN_COPIES = 20 };

/* A later document that is a duplicate of this one. */
struct explain_copy {
    char id[17];
    char *origin;
    double similarity;
};

/* All that is told. */
struct explanation {
    const char *pipeline; /* the file, as given */
    char *name;           /* the pipeline's */
    char *plan;           /* its hash */
    const char *shown_as; /* of a document that is not among the inputs: what it was given as; else NULL */
    char *read_by;        /* ... and the input that read it in place of its own files, "input txt" */
    bool packed;          /* ... as the only member of an archive, as that input reads archives alone */

    struct trace trace;
    struct trace_record *document; /* in trace; the others in there are what was split from it */
    bool stopped;                  /* a stage stopped the run at this document */
    uint64_t before;               /* documents that were read before it */

    struct trace partner_trace;
    struct trace_record *partner; /* of a duplicate: the kept document; NULL: not in this input */

    bool read_on; /* the input was read to its end, so all copies are known */
    struct explain_copy copies[EXPLAIN_COPIES];
    uint64_t n_copies; /* in all; the first EXPLAIN_COPIES are listed */

    char **damage; /* inputs that are damaged, in words */
    size_t n_damage;
};

struct explain_request {
    struct app *app;
    struct plan_options plan; /* out and dry are set here */
    struct docref ref;
    const char *given; /* standard input: its bytes, `given_len` of them; NULL: not given */
    size_t given_len;
    unsigned jobs;
    bool partners; /* read on behind a kept document */
    const char *test; /* the test whose records go in in place of the inputs', see test-find.h; or
                       * NULL. ref is then one of them, by its id */
};

/* Finds the document and follows it. EXIT_DONE and `to` filled; or the exit status, reported. Then
 * `to` may still hold a document at which the run stopped. explanation_free in any case. */
enum exit_status explain_document(struct explain_request *q, struct explanation *to);
void explanation_free(struct explanation *e);

/* One pass over the input, up to the document: explain-pass.c. */
struct explain_pass {
    struct explain_request *request;
    const struct plan_feed *feed; /* or NULL */
    const struct docref *ref;
    struct diag *diag;
    struct trace *trace;       /* begun */
    struct explanation *to;    /* gets copies and damage; NULL: not wanted */
    const char *up_to;         /* an id: the document comes before that one; or NULL */
    struct trace_record *found;
    bool stopped;
    bool is_input;             /* a DOCREF_FILE is among the inputs */
    uint64_t n_read;           /* documents before it, or all */
    char near[700];            /* the nearest names, if it was not found */
    char other[900];           /* of RUNDIR#ID then: which input that run read under another name */
};
enum exit_status explain_pass_run(struct explain_pass *p);

/* What each line of the text came to: explain-lines.c. */
struct explain_line {
    const char *text; /* as it was first read */
    uint32_t len;
    uint32_t number;
    bool blank;
    const struct trace_stage *gone_by; /* the stage that took it away, before any told of it */
    const struct trace_note **notes;   /* what stages said of it */
    const struct trace_stage **by;
    size_t n_notes;
    const struct trace_change *into; /* the field that it gave: it has the role's name, or what is
                                      * in it stands in the line */
    const char *result; /* the line that it came to in the result field; NULL: none */
    uint32_t result_len;
};
struct explain_lines {
    const char *field, *result_field; /* field NULL: no stage speaks of lines */
    struct explain_line *at;
    size_t n;
    struct arena memory;
};
int explain_lines_make(struct explain_lines *to, const struct trace_record *r); /* -1: memory is out */
/* Does that stage, or any (NULL), speak of lines? */
bool explain_speaks_of_lines(const struct trace_record *r, const char *stage);
void explain_lines_free(struct explain_lines *l);
/* "title: above the date" in two: the role, and why ("": not said). */
void explain_role(const struct trace_note *n, const char **role, size_t *role_len, const char **why,
                  size_t *why_len);
/* Is it a note on a line? Then the line's number, else 0; *field_len: bytes of the field's name. */
uint32_t explain_line_of(const struct trace_note *n, size_t *field_len);
/* Does a line with that role stay in the text? */
bool explain_stays(const char *role, size_t len);
bool explain_line_stays(const struct explain_line *l);

/* The three ways to show it. stage: show that one alone, by name or plugin's name; or NULL. */
void explain_text(const struct explanation *e, const char *stage, bool colour, struct buffer *to);
void explain_json(const struct explanation *e, const char *stage, struct buffer *to);
void explain_html(const struct explanation *e, const char *stage, struct buffer *to);
bool explain_stage_is(const struct trace_stage *s, const char *stage);
/* explain-words.c: what to say of a stage that changed and decided nothing; NULL: it did. */
const char *explain_nothing(const struct trace_stage *s);
/* A value as one line: "null", "12", "a, b". */
void explain_value(const etl_value *v, struct buffer *to);
/* How the document ended and by whose word: "kept", "dropped by transform filter: keep is not true". */
void explain_end(const struct trace_record *r, struct buffer *to);
/* Of a duplicate whose kept document is known: the longest text that both have in one field. False:
 * there is none. */
bool explain_longest(const struct explanation *e, const struct trace_field **mine,
                     const struct trace_field **theirs);
/* What stands beside the way of the document: where it came from, damage, partner, copies; each a
 * sentence, handed to `say`. */
void explain_facts(const struct explanation *e, void (*say)(void *to, const char *text), void *to);

#endif
