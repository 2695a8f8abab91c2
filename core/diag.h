/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: what is wrong, where (file:line:column, or archive!member), and what to do. Code below
 * the verbs reports here and returns a value; only a verb decides where messages are printed. */
#ifndef CORE_DIAG_H
#define CORE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses, after sysexits.h; see the manual. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_MISMATCH = 1,
    EXIT_USAGE = 64,
    EXIT_DATA = 65,
    EXIT_NO_INPUT = 66,
    EXIT_PLUGIN = 69,
    EXIT_BUG = 70,
    EXIT_RESOURCES = 71,
    EXIT_CANNOT_CREATE = 73,
    EXIT_IO = 74,
    EXIT_LOCKED = 75,
    EXIT_UNSAFE = 77,
    EXIT_CONFIG = 78,
};

/* Every message has a stable code; core/codes.def says each code's exit status and meaning. */
enum diag_code {
#define CODE(number, status, title, text) E##number,
#include "core/codes.def"
#undef CODE
    DIAG_CODES
};

enum diag_level { DIAG_ERROR, DIAG_WARNING, DIAG_INFO, DIAG_DEBUG };

/* A place in a pipeline file. Zeroed: none. Strings live as long as the conf they come from. */
struct diag_place {
    const char *file;
    uint32_t line, column; /* from 1; column in bytes */
    uint32_t width;        /* bytes to underline, at least 1 */
    const char *source;    /* the whole line, `source_len` bytes, for the caret; NULL: none */
    uint32_t source_len;
};

/* One message, as it is handed to the sink. All strings may be NULL but text. */
struct diag_message {
    enum diag_level level;
    enum diag_code code; /* DIAG_CODES for a warning, info or debug message without one */
    const char *text;
    struct diag_place place;
    const char *document; /* archive!member:line */
    const char *near;     /* "did you mean 'near'?" */
    const char *note;     /* one more line, "= note: " */
    const char *help;     /* one more line, "= help: " */
    const char *section;  /* "transform dedupe": shown in JSON alone */
    enum exit_status status; /* where a system call's errno, or want of memory for the text, chose
                              * it; else 0: the code's own */
};

enum diag_format { DIAG_TERMINAL, DIAG_LINES, DIAG_JOURNAL, DIAG_JSON };

/* Where messages go: one of these for a process, made by main. Thread-safe. */
struct diag {
    void (*sink)(void *to, const struct diag_message *m); /* called one at a time */
    void *to;
    enum diag_level shown; /* messages above it are left out */
    size_t errors, warnings;
    enum diag_code first;    /* code of the first error; its exit status is the verb's */
    char first_text[500];    /* ... and what it said: where, what, and a note; cut */
    enum exit_status status; /* of the first error; EXIT_DONE: none yet */
    void *lock;
};

bool diag_init(struct diag *d, void (*sink)(void *, const struct diag_message *), void *to);
void diag_free(struct diag *d);

/* Reports m; returns -1 for an error, else 0. An error without a code is shown, not counted: it
 * sets no exit status. The sink has the strings as they are; the printer escapes control bytes and
 * what is no UTF-8 as \xNN in every format, so no caller need. */
int diag_report(struct diag *d, const struct diag_message *m);
/* The common case: an error with a code, a place (or NULL) and formatted text. Returns -1. */
int diag_error(struct diag *d, enum diag_code code, const struct diag_place *place, const char *fmt,
               ...) __attribute__((format(printf, 4, 5)));
/* The same with an errno number: its text is appended (": No space left on device") and the exit
 * status is what status_of_errno says: the system's troubles outweigh the code's own, but that a
 * file is not there does not. */
int diag_error_errno(struct diag *d, enum diag_code code, int err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for a message with a place and more: err's text is appended to m->text. Returns -1. */
int diag_report_errno(struct diag *d, const struct diag_message *m, int err);
/* How many warnings so far, while others may report some. */
size_t diag_warnings(struct diag *d);
void diag_log(struct diag *d, enum diag_level level, const char *document, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Exit status that fits a failed system call: ENOSPC, EIO: 74; ENOMEM: 71; ENOENT: 66 ... */
enum exit_status status_of_errno(int err, enum exit_status otherwise);

/* The sink that main uses: writes to `out` in a format. `to` is a struct diag_printer. Repeats of a
 * warning code beyond the first 10 are folded and counted ("1,204 more like this"). */
struct diag_printer {
    FILE *out;
    enum diag_format format;
    bool colour;
    _Atomic bool bar; /* a progress line stands on stderr; set under flockfile(stderr) */
    size_t folded[DIAG_CODES + 1];
};
void diag_print(void *printer, const struct diag_message *m);
/* Lines for people that are no messages, as the summary: escaped, under journald with its prefix. */
void diag_print_text(struct diag_printer *p, const char *text);
/* Lines for programs, as they are. */
void diag_print_raw(struct diag_printer *p, const char *text, size_t len);
struct buffer;
/* For JSON lines: ,"time":"2026-11-20T10:00:00.123Z" */
void diag_put_time(struct buffer *b);
/* ,"key":"text", with what is no clean text escaped. A text that is NULL: nothing. */
void diag_put_member(struct buffer *b, const char *key, const char *text);
/* The progress line on standard error, which every other line takes away. NULL: takes it away. */
void diag_print_bar(struct diag_printer *p, const char *text);
void diag_print_folded(struct diag_printer *p);

/* For `etl help E0103`. NULL: no such code. */
const char *diag_code_title(enum diag_code code);
const char *diag_code_text(enum diag_code code);
enum exit_status diag_code_status(enum diag_code code);
/* "E0103" or "e0103" to a code; DIAG_CODES: no such code. */
enum diag_code diag_code_named(const char *name);
const char *diag_code_name(enum diag_code code); /* "E0103" */

#endif
