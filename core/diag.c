/* SPDX-License-Identifier: Apache-2.0 */
/* Takes messages in: counts them, keeps the first error's exit status, hands them to the sink one
 * at a time. The table of codes is here too. */
#undef _GNU_SOURCE /* for the strerror_r of POSIX */
#define _POSIX_C_SOURCE 200809L
#include "core/diag.h"

#include "common/buffer.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum exit_status status;
    const char *title, *text;
} codes[] = {
#define CODE(number, status, title, text) { "E" #number, status, title, text },
#include "core/codes.def"
#undef CODE
};

static const char no_memory[] = "memory is out while a message was made";

const char *diag_code_title(enum diag_code code)
{
    return code < DIAG_CODES ? codes[code].title : NULL;
}

const char *diag_code_text(enum diag_code code)
{
    return code < DIAG_CODES ? codes[code].text : NULL;
}

enum exit_status diag_code_status(enum diag_code code)
{
    return code < DIAG_CODES ? codes[code].status : EXIT_BUG;
}

const char *diag_code_name(enum diag_code code)
{
    return code < DIAG_CODES ? codes[code].name : NULL;
}

enum diag_code diag_code_named(const char *name)
{
    unsigned i = 0;

    if (name[0] != 'E' && name[0] != 'e')
        return DIAG_CODES;
    while (i < DIAG_CODES && strcmp(codes[i].name + 1, name + 1) != 0)
        i++;
    return (enum diag_code)i;
}

enum exit_status status_of_errno(int err, enum exit_status otherwise)
{
    switch (err) {
    case ENOENT:
    case ENOTDIR:
        return EXIT_NO_INPUT;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case EAGAIN:
        return EXIT_RESOURCES;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EIO:
    case EPIPE:
        return EXIT_IO;
    case EROFS: /* of what was written already, the disk failed and turned itself read-only */
        return otherwise == EXIT_IO ? EXIT_IO : EXIT_CANNOT_CREATE;
    default:
        return otherwise;
    }
}

bool diag_init(struct diag *d, void (*sink)(void *, const struct diag_message *), void *to)
{
    pthread_mutex_t *lock = malloc(sizeof(*lock));

    memset(d, 0, sizeof(*d));
    if (!lock || pthread_mutex_init(lock, NULL) != 0) {
        free(lock);
        return false;
    }
    d->sink = sink;
    d->to = to;
    d->shown = DIAG_INFO;
    d->first = DIAG_CODES;
    d->lock = lock;
    return true;
}

void diag_free(struct diag *d)
{
    if (d->lock)
        pthread_mutex_destroy(d->lock);
    free(d->lock);
    d->lock = NULL;
}

/* For who asks later how it ended. The text has the document's or the file's name in front. */
static void note_first(struct diag *d, const struct diag_message *m)
{
    const char *where = m->document ? m->document : m->place.file ? m->place.file : "";
    char line[40] = "";

    if (!m->document && m->place.file && m->place.line > 0)
        snprintf(line, sizeof(line), ":%u", m->place.line);
    snprintf(d->first_text, sizeof(d->first_text), "%s%s%s%s%s%s", where, line, *where ? ": " : "",
             m->text, m->note ? "; " : "", m->note ? m->note : "");
}

int diag_report(struct diag *d, const struct diag_message *m)
{
    bool error = m->level == DIAG_ERROR;

    pthread_mutex_lock(d->lock);
    if (error && m->code < DIAG_CODES) {
        if (d->errors++ == 0) {
            d->first = m->code;
            note_first(d, m);
            d->status = m->status != EXIT_DONE ? m->status : diag_code_status(m->code);
        }
    } else if (m->level == DIAG_WARNING) {
        d->warnings++;
    }
    if (m->level <= d->shown)
        d->sink(d->to, m);
    pthread_mutex_unlock(d->lock);
    return error ? -1 : 0;
}

size_t diag_warnings(struct diag *d)
{
    size_t n;

    pthread_mutex_lock(d->lock);
    n = d->warnings;
    pthread_mutex_unlock(d->lock);
    return n;
}

/* A text that could not be made: what it was to tell most likely failed for the same reason. */
static void set_text(struct diag_message *m, struct buffer *text, bool made)
{
    m->text = made ? buffer_string(text) : no_memory;
    if (!made)
        m->status = EXIT_RESOURCES;
}

int diag_error(struct diag *d, enum diag_code code, const struct diag_place *place, const char *fmt,
               ...)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = code };
    struct buffer text = { 0 };
    va_list args;

    va_start(args, fmt);
    set_text(&m, &text, buffer_vprintf(&text, fmt, args));
    va_end(args);
    if (place)
        m.place = *place;
    diag_report(d, &m);
    buffer_free(&text);
    return -1;
}

/* What to do about an error that is not the pipeline's; NULL: nothing that is known here. */
static const char *help_of_errno(int err)
{
    switch (err) {
    case ENOSPC:
        return "free space, then run the same command again";
    case EDQUOT:
        return "free space or have the quota raised, then run the same command again";
    case EFBIG:
        return "raise the limit on the size of files (ulimit -f), then run the same command again";
    case EIO:
        return "look at the disk and its cables, then run the same command again";
    case ENOMEM:
        return "give it more memory, then run the same command again";
    case EMFILE:
        return "raise the limit on open files (ulimit -n), then run the same command again";
    case ENFILE:
        return "the whole machine has too many files open: run the same command again later";
    case EROFS:
        return "the disk is read-only: mount it for writing, then run the same command again, or "
               "name a run directory elsewhere (-o)";
    default:
        return NULL;
    }
}

int diag_report_errno(struct diag *d, const struct diag_message *m, int err)
{
    enum exit_status own = diag_code_status(m->code), status = status_of_errno(err, own);
    struct diag_message whole = *m;
    struct buffer text = { 0 };
    char why[200];

    if (status == EXIT_NO_INPUT && own > status) /* a plugin, say, that is not there */
        status = own;
    if (strerror_r(err, why, sizeof(why)) != 0)
        snprintf(why, sizeof(why), "error %d", err);
    if (whole.status == EXIT_DONE)
        whole.status = status;
    set_text(&whole, &text, buffer_printf(&text, "%s: %s", m->text, why));
    if (!whole.help)
        whole.help = help_of_errno(err);
    diag_report(d, &whole);
    buffer_free(&text);
    return -1;
}

int diag_error_errno(struct diag *d, enum diag_code code, int err, const char *fmt, ...)
{
    struct diag_message m = { .level = DIAG_ERROR, .code = code };
    struct buffer text = { 0 };
    va_list args;

    va_start(args, fmt);
    set_text(&m, &text, buffer_vprintf(&text, fmt, args));
    va_end(args);
    diag_report_errno(d, &m, err);
    buffer_free(&text);
    return -1;
}

void diag_log(struct diag *d, enum diag_level level, const char *document, const char *fmt, ...)
{
    struct diag_message m = { .level = level, .code = DIAG_CODES, .document = document };
    struct buffer text = { 0 };
    va_list args;

    if (level > d->shown)
        return;
    va_start(args, fmt);
    set_text(&m, &text, buffer_vprintf(&text, fmt, args));
    va_end(args);
    diag_report(d, &m);
    buffer_free(&text);
}
