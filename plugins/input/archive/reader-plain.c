/* SPDX-License-Identifier: Apache-2.0 */
/* Reading without libarchive what is plain, and asking it for what is not: what is odd or damaged
 * is judged in one place alone. A tar is handed over to it once and for all; in a zip, which it
 * reads beside, it passes over what was plain. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "plugins/input/archive/reader-impl.h"

#include <stdlib.h>
#include <string.h>

int reader_plain_begin(struct reader *r)
{
    struct source *s = &r->source;

    if (r->zip && r->end.plain) {
        r->walk = zip_walk_open(&s->store, &r->end);
        r->walked = r->end.directory;
        if (!r->walk)
            return -1;
    }
    if (r->setting.library_alone)
        return 0;
    if (r->walk) {
        r->zip_plain = zip_plain_open(&s->store, &r->end);
        if (!r->zip_plain)
            return -1;
    } else if (!r->zip && s->pending >= TAR_BLOCK && tar_is_plain(s->block)) {
        r->tar = malloc(sizeof(*r->tar));
        if (!r->tar)
            return -1;
        tar_plain_begin(r->tar, s);
    }
    r->is_plain = r->zip_plain || r->tar;
    return 0;
}

void reader_plain_end(struct reader *r)
{
    zip_walk_close(r->walk);
    zip_plain_close(r->zip_plain);
    free(r->tar);
}

/* ---- handing over ---- */

/* libarchive is begun, unless it is there, and passes over entries up to the n-th: they were read
 * already, or are an invented one. */
static enum reader_result pass_by_library(struct reader *r, uint64_t n, struct fault *f)
{
    int result = ARCHIVE_OK;

    r->by_library = true;
    if (!r->archive && reader_start(r, r->zip, f))
        return READER_FAILED;
    if (r->first_fault) {
        r->first_fault = false;
        *f = r->source.fault;
        return f->err ? READER_FAILED : READER_DAMAGED;
    }
    while (r->headers < n && (result == ARCHIVE_OK || result == ARCHIVE_WARN)) {
        source_begin_entry(&r->source);
        result = reader_next_header(r);
        r->at = 0;
        r->given = false;
    }
    return result == ARCHIVE_OK || result == ARCHIVE_WARN ? READER_END : reader_gave_up(r, f);
}

static enum reader_result hand_over_tar(struct reader *r, struct fault *f)
{
    r->is_plain = false;
    r->shift = tar_plain_hand_over(r->tar);
    return pass_by_library(r, 1, f);
}

enum reader_result reader_check_header(struct reader *r, uint64_t *at, struct fault *f)
{
    struct fault other;

    if (zip_walk_check(r->walk, at, f) == 0)
        return READER_MORE;
    zip_walk_close(r->walk);
    r->walk = NULL;
    r->is_plain = r->counts = false;
    r->passed = r->entries;
    if (!f->err && reader_start_in_order(r, &other) == 0)
        return READER_DAMAGED;
    if (!f->err)
        *f = other;
    r->over = true;
    return READER_FAILED;
}

/* ---- entries ---- */

/* In the words of libarchive, which it is to everybody else. */
static enum reader_result cut(struct reader *r, struct fault *f)
{
    const struct tar_plain *t = r->tar;
    char text[100];

    r->over = true;
    if (t->wanted == 0)
        return reader_damaged(r, f, "Truncated tar archive");
    snprintf(text, sizeof(text), "Truncated input file (needed %llu bytes, only %llu available)",
             (unsigned long long)t->wanted, (unsigned long long)t->passed);
    return reader_damaged(r, f, text);
}

static enum reader_result next_in_tar(struct reader *r, struct reader_entry *e, struct fault *f)
{
    switch (tar_plain_next(r->tar, e)) {
    case TAR_PLAIN_MORE:
        return READER_MORE;
    case TAR_PLAIN_CUT:
        return cut(r, f);
    case TAR_PLAIN_FAILED:
        return reader_gave_up(r, f);
    default:
        return hand_over_tar(r, f);
    }
}

static enum reader_result next_in_zip(struct reader *r, struct reader_entry *e, struct fault *f)
{
    enum reader_result result;

    switch (zip_plain_next(r->zip_plain, e)) {
    case ZIP_PLAIN_ENTRY:
        if (source_reached(&r->source, zip_plain_place(r->zip_plain)))
            return READER_STOPPED;
        return READER_MORE;
    case ZIP_PLAIN_END:
        return reader_check_end(r, f);
    default:
        result = reader_check_header(r, &r->zip_plain->entry, f);
        return result == READER_MORE ? pass_by_library(r, r->entries, f) : result;
    }
}

enum reader_result reader_plain_next(struct reader *r, struct reader_entry *e, struct fault *f)
{
    enum reader_result result = r->zip ? next_in_zip(r, e, f) : next_in_tar(r, e, f);

    if (result != READER_MORE)
        return result;
    r->at = 0;
    r->given = false;
    source_begin_entry(&r->source);
    return reader_count_entry(r, f);
}

/* ---- content ---- */

static enum reader_result data_in_tar(struct reader *r, struct reader_piece *p, struct fault *f)
{
    switch (tar_plain_data(r->tar, p)) {
    case TAR_PLAIN_MORE:
        return reader_take(r, (int64_t)r->at, p, f);
    case TAR_PLAIN_CUT:
        return cut(r, f);
    case TAR_PLAIN_FAILED:
        return reader_gave_up(r, f);
    default:
        r->given = true;
        return READER_END;
    }
}

static enum reader_result data_in_zip(struct reader *r, struct reader_piece *p, struct fault *f)
{
    p->data = zip_plain_content(r->zip_plain);
    if (!p->data)
        return pass_by_library(r, r->entries, f); /* which reads this one again */
    p->n = r->zip_plain->size;
    r->given = true;
    return p->n > 0 ? reader_take(r, 0, p, f) : READER_END;
}

enum reader_result reader_plain_data(struct reader *r, struct reader_piece *p, struct fault *f)
{
    return r->zip ? data_in_zip(r, p, f) : data_in_tar(r, p, f);
}
