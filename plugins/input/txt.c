/* SPDX-License-Identifier: Apache-2.0 */
/* The input `txt`: text files, each a document, or each of their lines. read takes the bytes, map
 * makes text of them on any worker. */
#include <etl/plugin.h>

#include "common/buffer.h"
#include "common/codec.h"
#include "common/decode.h"
#include "common/filling.h"
#include "common/line-records.h"

#include <errno.h>

#define FIRST_ROOM ((size_t)64 * 1024)
#define KEEP ((size_t)4 * 1024 * 1024) /* scratch beyond this is given back after the document */

enum { UNIT_FILE, UNIT_LINE };

struct txt {
    etl_words path;
    int64_t unit;
    const char *encoding;
    etl_field text;
    etl_field bytes; /* of a document, on the way from read to map */
    etl_field guess; /* unit = line: the encoding of what is not UTF-8, if the file shows one */
};

struct scratch {
    struct buffer text;
};

static const etl_option options[] = {
    ETL_OPT(struct txt, INPUT, path, "path", NULL, NULL,
            "Text files, folders or globs, plain or as .gz, .zst, .xz, .bz2; - is standard input"),
    ETL_OPT(struct txt, CHOICE, unit, "unit", "file", "file|line",
            "What a document is: a whole file, or a line"),
    ETL_OPT(struct txt, TEXT, encoding, "encoding", "auto", NULL,
            "Encoding of the files: auto, utf-8, windows-1252, ..."),
    ETL_OPT(struct txt, WRITES, text, "text", "text", "text", "Field that takes the text"),
    ETL_OPT_END
};

static int open_input(void *self)
{
    struct txt *me = self;

    if (!decode_known(me->encoding))
        return etl_fail_option(me, "encoding", "unknown encoding '%s'", me->encoding);
    me->bytes = etl_declare(me, "bytes", ETL_BYTES, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    me->guess = etl_declare(me, "guess", ETL_TEXT, ETL_PRIVATE | ETL_READS | ETL_WRITES);
    return me->bytes.id && me->guess.id ? ETL_OK : ETL_FAIL;
}

/* ---- read ---- */

/* What is left of a file that is too long is read all the same, to know that it is whole. */
static int64_t drain(struct codec *codec, etl_unit *unit, int *answer, struct fault *f)
{
    char away[4096];
    int64_t n;

    while ((n = codec_read(codec, away, sizeof(away), f)) > 0) {
        *answer = etl_unit_progress(unit, codec_consumed(codec));
        if (*answer != ETL_OK)
            return 0;
    }
    return n;
}

/* Reads on. Where the document is full, one byte tells whether there is more: at the limit itself
 * it is not yet too long. Gives what codec_read gave last; 0 too where the host says stop. */
static int64_t fill(struct filling *doc, etl_unit *unit, struct codec *codec, int *answer,
                    struct fault *f)
{
    int64_t n;
    char byte;

    for (;;) {
        if (doc->used == doc->cap) {
            n = codec_read(codec, &byte, 1, f);
            if (n <= 0)
                return n;
            if (!filling_room(doc, 1, doc->cap > FIRST_ROOM ? doc->cap : FIRST_ROOM))
                return drain(codec, unit, answer, f);
            doc->to[doc->used++] = byte;
        } else {
            n = codec_read(codec, doc->to + doc->used, doc->cap - doc->used, f);
            if (n <= 0)
                return n;
            doc->used += (size_t)n;
        }
        *answer = etl_unit_progress(unit, codec_consumed(codec));
        if (*answer != ETL_OK)
            return 0;
    }
}

static int read_file(const struct txt *me, etl_unit *unit)
{
    struct codec *codec;
    struct filling doc = { NULL, NULL, 0, 0 };
    struct fault f;
    int answer = ETL_OK;
    int64_t n;

    codec = codec_open(etl_unit_path(unit), &f);
    if (!codec)
        return line_records_trouble(me, unit, &f);
    doc.rec = etl_emit(unit, NULL, 0);
    if (doc.rec) {
        n = fill(&doc, unit, codec, &answer, &f);
        if (doc.to)
            etl_end(doc.rec, me->bytes, doc.used);
        else if (doc.cap == 0) /* an empty file is an empty document */
            etl_set(doc.rec, me->bytes, etl_bytes("", 0));
        if (n < 0 && f.err == 0)
            etl_reject(doc.rec, "cut off by damage: %s", f.text);
        if (n < 0)
            answer = line_records_trouble(me, unit, &f);
    }
    codec_close(codec);
    return answer;
}

static int read_unit(const void *self, etl_unit *unit)
{
    const struct txt *me = self;
    const struct line_records how = {
        .self = me,
        .encoding = me->encoding,
        .bytes = me->bytes,
        .text = me->text,
        .guess = strcmp(me->encoding, "auto") == 0 ? me->guess : (etl_field){ 0 },
    };

    return me->unit == UNIT_LINE ? line_records_read(&how, unit) : read_file(me, unit);
}

/* ---- map ---- */

static int decode(const struct txt *me, etl_record *rec, const char *encoding, etl_value v)
{
    struct scratch *scratch = etl_worker(rec);
    struct decode_report report;
    struct fault f;

    if (!scratch)
        return etl_fail_errno(me, ENOMEM, "no memory to decode a document");
    scratch->text.len = 0;
    if (decode_text(encoding, v.bytes, v.len, &scratch->text, &report, &f)) {
        if (f.err)
            return etl_fail_errno(me, f.err, "%s", f.text);
        return etl_reject(rec, "%s", f.text);
    }
    etl_note(rec, "encoding", "%s%s, %llu characters replaced", report.encoding,
             report.mixed ? " and UTF-8, line by line" : "", (unsigned long long)report.replaced);
    if (report.replaced > 0)
        etl_count(me, rec, "documents with undecodable bytes", 1);
    etl_set(rec, me->text, etl_text(scratch->text.data, scratch->text.len));
    if (scratch->text.cap > KEEP)
        buffer_free(&scratch->text);
    return ETL_OK;
}

static int map(const void *self, etl_record *rec)
{
    const struct txt *me = self;
    etl_value v = etl_get(rec, me->bytes), guess = etl_get(rec, me->guess);
    size_t start = 0;

    if (v.type != ETL_BYTES)
        return ETL_OK;
    if (decode_is_text(me->encoding, v.bytes, v.len, &start)) {
        etl_set_view(rec, me->text, etl_text((const char *)v.bytes + start, v.len - start));
        return ETL_OK;
    }
    if (guess.type == ETL_TEXT) {
        char name[32] = "";

        if (guess.len < sizeof(name))
            memcpy(name, guess.text, guess.len);
        return decode(me, rec, name, v);
    }
    return decode(me, rec, me->encoding, v);
}

static void worker_close(const void *self, void *worker)
{
    struct scratch *scratch = worker;

    (void)self;
    buffer_free(&scratch->text);
}

static const char doc[] =
    "Reads text files, each as one document or, with unit = line, each line as one. A file may be "
    "packed as gzip, zstd, xz or bzip2; that is found from its bytes, not from its name, and every "
    "checksum is verified: what cannot be verified is damaged, and on_damage says what then "
    "happens.\n\n"
    "With encoding = auto, in this order: a byte order mark, UTF-16 by its zero bytes, valid "
    "UTF-8, "
    "and for what is left the detector; where a file is mixed, lines in valid UTF-8 stay as they "
    "are. Bytes that mean nothing in the encoding become U+FFFD and are counted. With "
    "encoding = utf-8 a document that is not valid UTF-8 is rejected.\n\n"
    "A document longer than max_document is rejected; a line that is longer is passed over without "
    "being held in memory. Blank lines are left out and counted; a last line needs no line end.";

static const etl_plugin plugin = {
    ETL_INPUT("txt", "1.0", "Read text files, by file or by line"),
    .doc = doc,
    .self_size = sizeof(struct txt),
    .worker_size = sizeof(struct scratch),
    .options = options,
    .open = open_input,
    .read = read_unit,
    .map = map,
    .worker_close = worker_close,
};
ETL_PLUGINS(&plugin);
