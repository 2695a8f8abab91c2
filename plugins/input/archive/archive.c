/* SPDX-License-Identifier: Apache-2.0 */
/* The input `archive`: each regular file in a tar or zip is a document. read takes the bytes out
 * of the archive, map makes text of them on any worker. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "common/buffer.h"
#include "common/decode.h"
#include "common/glob.h"
#include "plugins/input/archive/reader.h"

#include <errno.h>
#include <etl/plugin.h>
#include <string.h>

#define FIRST_ROOM 16384 /* bytes asked for where an entry declares no size */
#define SHORT_NAME 200   /* what is shown of a name that is too long */
#define TOO_LONG "too long: over max_document"

struct archive_input {
    etl_words path, members;
    const char *encoding;
    bool allow_empty;
    int64_t max_ratio, max_entries, max_name, max_stall;
    etl_field text, bytes;
    locale_t locale;
};

/* Each worker's: text that had to be decoded. */
struct scratch {
    struct buffer text;
};

static const etl_option options[] = {
    ETL_OPT(struct archive_input, INPUT, path, "path", NULL, NULL,
            "Archives: tar or zip, plain or as .gz, .zst, .xz, .bz2; globs; - is standard input"),
    ETL_OPT(struct archive_input, WORDS, members, "members", "", NULL,
            "Globs for the members to read, * crosses /; !GLOB leaves out; default: all"),
    ETL_OPT(struct archive_input, TEXT, encoding, "encoding", "auto", NULL,
            "Encoding of the members: auto, utf-8, windows-1252, ..."),
    ETL_OPT(struct archive_input, WRITES, text, "text", "text", "text",
            "Field that takes a member's text"),
    ETL_OPT(struct archive_input, BOOL, allow_empty, "allow_empty", "no", NULL,
            "Take an archive without any entry for a good one"),
    ETL_OPT(struct archive_input, INT, max_ratio, "max_ratio", "200", "1..",
            "Bytes unpacked for one byte read, an archive or entry; judged after 64 MiB"),
    ETL_OPT(struct archive_input, INT, max_entries, "max_entries", "50000000", "1..",
            "Entries in an archive"),
    ETL_OPT(struct archive_input, SIZE, max_name, "max_name", "4K", "1..1M",
            "Bytes in a member's name; a longer one rejects its document"),
    ETL_OPT(struct archive_input, DURATION, max_stall, "max_stall", "60s", "1ms..1d",
            "Time at work in an entry, or on the way to the next; past it the archive is damaged"),
    ETL_OPT_END
};

static int open_input(void *self)
{
    struct archive_input *me = self;

    if (!decode_known(me->encoding))
        return etl_fail_option(me, "encoding", "unknown encoding '%s'", me->encoding);
    me->bytes = etl_declare(me, "bytes", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    if (me->bytes.id == 0)
        return ETL_FAIL;
    me->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (me->locale == (locale_t)0)
        return etl_fail_errno(me, errno,
                              "the locale C.UTF-8 is missing, without which names in "
                              "archives cannot be read");
    return ETL_OK;
}

static void close_input(void *self)
{
    struct archive_input *me = self;

    if (me->locale != (locale_t)0)
        freelocale(me->locale);
}

/* ---- read ---- */

/* What read keeps in hand for one archive. */
struct reading {
    const struct archive_input *me;
    etl_unit *unit;
    struct reader *reader;
    uint64_t skip;      /* documents that are committed already */
    uint64_t documents; /* so far, those included */
    int progress;       /* what the host answered last; ETL_OK where emit said stop */
};

static int on_progress(void *context, uint64_t consumed)
{
    struct reading *r = context;

    r->progress = etl_unit_progress(r->unit, consumed);
    return r->progress;
}

/* Named by any of the globs without `!` (or there is none), and by none of those with. A name that
 * begins with ./ is meant without it, too. */
static bool wanted(const struct archive_input *me, const char *name, size_t n)
{
    bool any = false, named = false;

    if (n > 2 && name[0] == '.' && name[1] == '/') {
        name += 2;
        n -= 2;
    }
    for (size_t i = 0; i < me->members.n; i++) {
        const char *glob = me->members.at[i];

        if (*glob == '!') {
            if (glob_match(glob + 1, name, n))
                return false;
        } else {
            any = true;
            named = named || glob_match(glob, name, n);
        }
    }
    return named || !any;
}

/* What is counted before a document that is committed, is counted already. */
static void count(const struct reading *r, const char *name)
{
    if (r->documents >= r->skip)
        etl_count(r->me, NULL, name, 1);
}

/* The bytes of one document as they come. */
struct filling {
    etl_record *rec;
    char *to;
    size_t cap, used;
};

/* Room for n more bytes. False: over the limit. */
static bool room(struct filling *f, uint64_t n)
{
    size_t need, twice = f->cap * 2;

    if (n > UINT32_MAX)
        return false;
    need = f->used + (size_t)n;
    if (f->to && need <= f->cap)
        return true;
    if (twice > need) {
        f->to = etl_begin(f->rec, twice);
        f->cap = twice;
        if (f->to)
            return true;
    }
    f->to = etl_begin(f->rec, need > 0 ? need : 1); /* perhaps twice was over the limit alone */
    f->cap = need;
    return f->to != NULL;
}

/* Takes an entry's bytes into the record, which is rejected where they are not good. Says how the
 * reading of them ended. */
static enum reader_result take(struct reading *r, etl_record *rec, const struct reader_entry *e,
                               struct fault *f)
{
    struct filling to = { rec, NULL, 0, 0 };
    enum reader_result result;
    struct reader_piece p;

    if (!room(&to, e->size < 0 ? FIRST_ROOM : (uint64_t)e->size)) /* whole, so that none is moved */
        return etl_reject(rec, TOO_LONG), READER_REJECT;
    while ((result = reader_data(r->reader, &p, f)) == READER_MORE) {
        if (!room(&to, p.zeros + p.n))
            return etl_reject(rec, TOO_LONG), READER_REJECT;
        memset(to.to + to.used, 0, (size_t)p.zeros);
        to.used += (size_t)p.zeros;
        if (p.n > 0)
            memcpy(to.to + to.used, p.data, p.n);
        to.used += p.n;
    }
    etl_end(rec, r->me->bytes, to.used);
    if (result == READER_REJECT)
        etl_reject(rec, "bad entry: %s", f->text);
    else if (result == READER_DAMAGED)
        etl_reject(rec, "cut off by damage: %s", f->text);
    return result;
}

/* A name that is too long is cut, at a character, for the record's origin. */
static etl_record *emit(struct reading *r, const struct reader_entry *e)
{
    char cut[SHORT_NAME + 4];
    etl_value name = etl_text(e->name, e->name_len);

    if ((int64_t)e->name_len <= r->me->max_name)
        return etl_emit(r->unit, e->name, 0);
    name = etl_head(name, SHORT_NAME);
    memcpy(cut, name.text, name.len);
    memcpy(cut + name.len, "...", 4);
    return etl_emit(r->unit, cut, 0);
}

/* One regular entry: a document, whatever becomes of it. */
static enum reader_result document(struct reading *r, const struct reader_entry *e, struct fault *f)
{
    etl_record *rec;

    if (++r->documents <= r->skip)
        return READER_END;
    rec = emit(r, e);
    if (!rec)
        return READER_STOPPED;
    if ((int64_t)e->name_len > r->me->max_name)
        return etl_reject(rec, "its name of %zu bytes is over max_name", e->name_len),
               READER_REJECT;
    if (e->doubt[0])
        return etl_reject(rec, "bad entry: %s", e->doubt), READER_REJECT;
    return take(r, rec, e, f);
}

static enum reader_result entry(struct reading *r, const struct reader_entry *e, struct fault *f)
{
    char name[64];

    if (e->kind == KIND_FOLDER && !e->doubt[0])
        return READER_END;
    if (e->kind != KIND_FILE && !e->doubt[0]) {
        snprintf(name, sizeof(name), "entries skipped: %s", reader_kind_name(e->kind));
        count(r, name);
        return READER_END;
    }
    if (!wanted(r->me, e->name, e->name_len)) {
        count(r, "entries left out by members");
        return READER_END;
    }
    return document(r, e, f);
}

/* What is wrong with the archive as a whole: the host's answer. */
static int trouble(struct reading *r, enum reader_result result, const struct fault *f)
{
    if (result == READER_STOPPED)
        return r->progress;
    if (result == READER_FAILED)
        return etl_fail_errno(r->me, f->err, "%s: %s", etl_unit_path(r->unit), f->text);
    return etl_damaged(r->unit, f->byte, "%s", f->text);
}

static int read_all(struct reading *r)
{
    struct reader_entry e;
    enum reader_result result;
    struct fault f;
    int answer;

    while ((result = reader_next(r->reader, &e, &f)) != READER_END) {
        if (result == READER_MORE)
            result = entry(r, &e, &f);
        if (result == READER_END || result == READER_REJECT || result == READER_MORE)
            continue;
        answer = trouble(r, result, &f);
        if (answer != ETL_OK || result == READER_STOPPED)
            return answer;
    }
    etl_unit_progress(r->unit, reader_consumed(r->reader));
    if (reader_entries(r->reader) == 0 && !r->me->allow_empty)
        return etl_damaged(r->unit, 0,
                           "the archive holds no entries (allow_empty = yes takes such)");
    if (r->documents == 0 && r->me->members.n > 0)
        etl_log(r->me, NULL, ETL_WARNING, "%s: no entry is one of `members`",
                etl_unit_path(r->unit));
    return ETL_OK;
}

static int read_unit(const void *self, etl_unit *unit)
{
    const struct archive_input *me = self;
    struct reading r = { .me = me, .unit = unit };
    struct reader_setting setting = {
        .limits = { (uint64_t)me->max_ratio, (uint64_t)me->max_entries, me->max_stall },
        .locale = me->locale,
        .progress = on_progress,
        .context = &r,
    };
    struct fault f;
    int answer;

    r.skip = etl_unit_skip(unit);
    r.reader = reader_open(etl_unit_path(unit), &setting, &f);
    if (!r.reader)
        return trouble(&r, f.err ? READER_FAILED : READER_DAMAGED, &f);
    answer = read_all(&r);
    reader_close(r.reader);
    return answer;
}

/* ---- map ---- */

static int map(const void *self, etl_record *rec)
{
    const struct archive_input *me = self;
    etl_value v = etl_get(rec, me->bytes);
    struct scratch *scratch;
    struct decode_report report;
    struct fault f;
    size_t start = 0;

    if (v.type != ETL_BYTES)
        return ETL_OK;
    if (decode_is_text(me->encoding, v.bytes, v.len, &start)) {
        etl_set_view(rec, me->text, etl_text((const char *)v.bytes + start, v.len - start));
        return ETL_OK;
    }
    scratch = etl_worker(rec);
    if (!scratch)
        return etl_fail_errno(me, ENOMEM, "no memory to decode a document");
    scratch->text.len = 0;
    if (decode_text(me->encoding, v.bytes, v.len, &scratch->text, &report, &f)) {
        if (f.err)
            return etl_fail_errno(me, f.err, "%s", f.text);
        return etl_reject(rec, "%s", f.text);
    }
    etl_note(rec, "encoding", "%s%s, %llu characters replaced", report.encoding,
             report.mixed ? " and UTF-8, line by line" : "", (unsigned long long)report.replaced);
    if (report.replaced > 0)
        etl_count(me, rec, "documents with undecodable bytes", 1);
    etl_set(rec, me->text, etl_text(scratch->text.data, scratch->text.len));
    return ETL_OK;
}

static void worker_close(const void *self, void *worker)
{
    struct scratch *scratch = worker;

    (void)self;
    buffer_free(&scratch->text);
}

static const char doc[] =
    "Reads the regular files in tar and zip archives, each as one document. The archive may be "
    "packed as gzip, zstd, xz or bzip2; that is found from the bytes, not from the name. Every "
    "checksum is verified, the input is read to its very end, and a tar must have its end marks, "
    "so "
    "that an archive that was cut or damaged is never taken for a shorter one (on_damage says what "
    "then happens).\n\n"
    "Names are data: nothing is unpacked to disk. Folders are passed over; symlinks, hard links "
    "and "
    "devices are skipped and counted. An entry that is encrypted, has a wrong checksum or another "
    "length than declared is rejected, and the reading goes on. Archives inside archives are not "
    "opened.\n\n"
    "    [input archive]\n"
    "    path = /data/2024-*.tar.gz, more.zip\n"
    "    members = *.txt, !*/robots.txt";

static const etl_plugin plugin = {
    ETL_INPUT("archive", "1.0", "Read documents from tar and zip archives"),
    .doc = doc,
    .self_size = sizeof(struct archive_input),
    .worker_size = sizeof(struct scratch),
    .options = options,
    .open = open_input,
    .read = read_unit,
    .map = map,
    .worker_close = worker_close,
    .close = close_input,
};
ETL_PLUGINS(&plugin);
