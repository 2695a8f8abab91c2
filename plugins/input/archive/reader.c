/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of an archive by libarchive, with what it leaves out: it knows tar and zip alone, no
 * filters and no helper programs; an archive has ended only when its end marks are there and the
 * codec is read to its end; an entry is whole only with all the bytes it declared. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "plugins/input/archive/reader-impl.h"

#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *reader_kind_name(enum reader_kind kind)
{
    static const char *const names[] = { "file",   "folder", "symlink", "hard link",
                                         "device", "fifo",   "socket",  "other" };

    return names[kind];
}

uint64_t reader_consumed(const struct reader *r)
{
    return source_consumed(&r->source);
}

uint64_t reader_entries(const struct reader *r)
{
    return r->entries;
}

enum reader_result reader_no_memory(struct fault *f)
{
    fault_set(f, ENOMEM, "no memory to read an archive");
    return READER_FAILED;
}

/* ---- what libarchive says ---- */

uint64_t reader_place(const struct reader *r)
{
    const struct source *s = &r->source;

    if (s->codec && codec_kind(s->codec) != CODEC_PLAIN)
        return source_consumed(s);
    if (r->is_plain && r->tar)
        return r->tar->position;
    if (r->archive)
        return (uint64_t)(archive_filter_bytes(r->archive, 0) + r->shift);
    return source_consumed(s);
}

enum reader_result reader_damaged(struct reader *r, struct fault *f, const char *what)
{
    fault_set(f, 0, "damaged %s: %.300s", r->zip ? "zip" : "tar", what ? what : "unknown");
    f->byte = reader_place(r);
    return READER_DAMAGED;
}

/* It gave up. If the source did so before, that is the reason. */
enum reader_result reader_gave_up(struct reader *r, struct fault *f)
{
    const char *text;

    r->over = true;
    if (r->source.stopped)
        return READER_STOPPED;
    if (r->source.failed) {
        *f = r->source.fault;
        return f->err ? READER_FAILED : READER_DAMAGED;
    }
    text = archive_error_string(r->archive);
    if (archive_errno(r->archive) == ENOMEM)
        return reader_no_memory(f);
    if (text && strcmp(text, "Unrecognized archive format") == 0) {
        fault_set(f, 0, NEITHER);
        return READER_DAMAGED;
    }
    return reader_damaged(r, f, text ? text : "it cannot be read on");
}

/* ---- opening ---- */

static struct reader *make(const struct reader_setting *setting, struct fault *f)
{
    struct reader *r = calloc(1, sizeof(*r));

    memset(f, 0, sizeof(*f));
    if (!r) {
        reader_no_memory(f);
        return NULL;
    }
    r->setting = *setting;
    r->source.setting = &r->setting;
    r->source.store.fd = -1;
    r->fd = -1;
    r->source.block = malloc(ZIP_TAIL + CODEC_BLOCK);
    if (r->source.block) {
        r->source.block += ZIP_TAIL;
        return r;
    }
    reader_no_memory(f);
    reader_close(r);
    return NULL;
}

/* "PK" and what can begin a zip: an entry, the end record of an empty one, the mark of a zip that
 * was to be split. */
static bool is_zip(const unsigned char *head, size_t n)
{
    static const char *const second[] = { "\3\4", "\5\6", "00", "\7\10" };

    if (n < 4 || head[0] != 'P' || head[1] != 'K')
        return false;
    for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++)
        if (memcmp(head + 2, second[i], 2) == 0)
            return true;
    return false;
}

/* One format, told by the first bytes, so that libarchive need not guess. */
static int choose_format(struct reader *r, bool by_table)
{
    struct archive *a = r->archive;

    archive_read_support_filter_none(a);
    if (r->zip && by_table) {
        archive_read_set_seek_callback(a, source_seek);
        archive_read_set_skip_callback(a, source_skip);
        return archive_read_support_format_zip_seekable(a);
    }
    return r->zip ? archive_read_support_format_zip_streamable(a)
                  : archive_read_support_format_tar(a);
}

/* What is wrong with the content from the start is told by reader_next, as all that comes later. */
int reader_start(struct reader *r, bool by_table, struct fault *f)
{
    struct fault fault = { 0 };
    locale_t before;
    bool told;
    int ok;

    r->archive = archive_read_new();
    if (!r->archive)
        return reader_no_memory(f), -1;
    source_enter(&r->source, false);
    before = uselocale(r->setting.locale);
    ok = choose_format(r, by_table);
    archive_read_set_callback_data(r->archive, &r->source);
    archive_read_set_read_callback(r->archive, source_read);
    if (ok >= ARCHIVE_WARN)
        ok = archive_read_open1(r->archive);
    uselocale(before);
    if (ok >= ARCHIVE_WARN)
        return 0;
    told = r->first_fault;
    if (reader_gave_up(r, &fault) != READER_STOPPED && !told) {
        r->source.fault = fault;
        r->first_fault = true;
    }
    return 0;
}

static void end_library(struct reader *r)
{
    locale_t before = uselocale(r->setting.locale);

    if (r->archive)
        archive_read_free(r->archive);
    uselocale(before);
    r->archive = NULL;
    r->entry = NULL;
}

int reader_start_in_order(struct reader *r, struct fault *f)
{
    struct source *s = &r->source;
    const struct store *store = &s->store;

    end_library(r);
    r->headers = 0;
    if (store->fd >= 0 && lseek(store->fd, 0, SEEK_SET) < 0) {
        fault_set(f, errno, "cannot read the zip once more");
        return -1;
    }
    source_restart(s, store->fd < 0 ? codec_open_memory(store->memory, (size_t)store->size, f)
                                    : codec_open_fd(store->fd, "the zip", f));
    return s->codec ? reader_start(r, false, f) : -1;
}

/* Without libarchive, where it begins with what is plain. */
static int begin_plain(struct reader *r, struct fault *f)
{
    if (reader_plain_begin(r))
        return reader_no_memory(f), -1;
    return r->is_plain ? 0 : reader_start(r, r->zip, f);
}

/* A zip that can be read anywhere is read by its table, once that is found sound (but the headers
 * before the entries of a plain one are looked at on the way). If it is not, the damage is told
 * first, and who goes on past it gets what can be read in order. */
static int start_by_table(struct reader *r, struct fault *f)
{
    struct source *s = &r->source;

    if (zip_check_directory(&s->store, r->setting.limits.max_entries, &r->end, &s->fault) == 0) {
        codec_close(s->codec);
        s->codec = NULL;
        r->counts = true;
        r->declared_entries = r->end.entries;
        return r->end.entries > 0 ? begin_plain(r, f) : 0;
    }
    if (s->fault.err) {
        *f = s->fault;
        return -1;
    }
    r->first_fault = true;
    return reader_start(r, false, f);
}

/* The codec is open; store.size > 0 if its input can be read anywhere. */
static int begin(struct reader *r, struct fault *f)
{
    struct source *s = &r->source;
    const unsigned char *head;
    size_t n;

    head = codec_head(s->codec, &n);
    if (codec_kind(s->codec) == CODEC_PLAIN && s->store.size > 0 && is_zip(head, n)) {
        r->zip = true;
        return start_by_table(r, f);
    }
    if (source_look(s) < 0) { /* told by reader_next, as all that happens to the content */
        r->first_fault = r->over = true;
        return 0;
    }
    if (s->at_end)
        return 0; /* no bytes at all */
    s->keeps = r->zip = is_zip(s->block, s->pending);
    if (r->zip && memcmp(s->block + 2, "\5\6", 2) == 0)
        return 0; /* a zip of no entries, which libarchive does not take for one */
    return r->zip ? reader_start(r, false, f) : begin_plain(r, f);
}

struct reader *reader_open(const char *path, const struct reader_setting *setting, struct fault *f)
{
    struct reader *r = make(setting, f);
    struct stat st;

    if (!r)
        return NULL;
    if (strcmp(path, "-") != 0) {
        r->fd = file_open(path, O_RDONLY | O_NOCTTY, 0);
        if (r->fd < 0 || fstat(r->fd, &st)) {
            fault_set(f, errno, "cannot open %s", path);
            goto out;
        }
        if (S_ISDIR(st.st_mode)) {
            fault_set(f, EISDIR, "cannot read %s: it is a folder, not an archive", path);
            goto out;
        }
        if (S_ISREG(st.st_mode)) {
            r->source.store = (struct store){ .fd = r->fd, .size = (uint64_t)st.st_size };
            posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        }
    }
    r->source.codec = r->fd < 0 ? codec_open(path, f) : codec_open_fd(r->fd, path, f);
    if (r->source.codec && begin(r, f) == 0)
        return r;
out:
    reader_close(r);
    return NULL;
}

struct reader *reader_open_memory(const void *data, size_t n, bool seek,
                                  const struct reader_setting *setting, struct fault *f)
{
    struct reader *r = make(setting, f);

    if (!r)
        return NULL;
    if (seek)
        r->source.store = (struct store){ .fd = -1, .memory = data, .size = n };
    r->source.codec = codec_open_memory(data, n, f);
    if (r->source.codec && begin(r, f) == 0)
        return r;
    reader_close(r);
    return NULL;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    end_library(r);
    reader_plain_end(r);
    codec_close(r->source.codec);
    if (r->fd >= 0)
        close(r->fd);
    if (r->source.block)
        free(r->source.block - ZIP_TAIL);
    free(r);
}

/* ---- entries ---- */

static enum reader_kind kind_of(struct archive_entry *e)
{
    if (archive_entry_hardlink(e) && archive_entry_size(e) == 0)
        return KIND_HARDLINK; /* what it names is an entry of its own */
    switch (archive_entry_filetype(e)) {
    case 0:
    case AE_IFREG:
        return KIND_FILE;
    case AE_IFDIR:
        return KIND_FOLDER;
    case AE_IFLNK:
        return KIND_SYMLINK;
    case AE_IFCHR:
    case AE_IFBLK:
        return KIND_DEVICE;
    case AE_IFIFO:
        return KIND_FIFO;
    case AE_IFSOCK:
        return KIND_SOCKET;
    default:
        return KIND_OTHER;
    }
}

/* A file whose type was damaged, say. */
static bool is_no_path(const char *target)
{
    return target && (strchr(target, '\n') || strlen(target) > PATH_MAX);
}

/* libarchive names a zip entry's method behind the format. Others than these it may not know, or
 * it takes as much memory for them as the entry asks for. */
static bool method_is_read(const struct reader *r)
{
    static const char *const methods[] = { "(uncompressed)", "(deflation)", "(bzip)" };
    const char *format = archive_format_name(r->archive);

    for (size_t i = 0; format && i < sizeof(methods) / sizeof(methods[0]); i++)
        if (strstr(format, methods[i]))
            return true;
    return false;
}

/* A warning about a name leaves the content as it is; about a zip's header it does not. */
static void find_doubt(struct reader *r, struct reader_entry *e, int result)
{
    const char *text = archive_error_string(r->archive);

    e->doubt[0] = 0;
    if (archive_entry_is_encrypted(r->entry) || archive_entry_is_data_encrypted(r->entry))
        snprintf(e->doubt, sizeof(e->doubt), "it is encrypted");
    else if (result == ARCHIVE_FAILED ||
             (r->zip && result == ARCHIVE_WARN && !(text && strstr(text, "converted"))))
        snprintf(e->doubt, sizeof(e->doubt), "its header is bad: %.150s", text ? text : "unknown");
    else if (r->zip && e->kind == KIND_FILE && !method_is_read(r))
        snprintf(e->doubt, sizeof(e->doubt),
                 "it is packed by a method that is not read (only stored, deflated and bzip2 are)");
    else if (r->zip && e->kind != KIND_FILE && e->kind != KIND_SYMLINK && e->size > 0)
        snprintf(e->doubt, sizeof(e->doubt), "it is called a %s, but has content",
                 reader_kind_name(e->kind));
    else if (e->kind == KIND_SYMLINK && is_no_path(archive_entry_symlink(r->entry)))
        snprintf(e->doubt, sizeof(e->doubt), "it is called a symlink, but has content");
}

static void describe(struct reader *r, struct reader_entry *e, int result)
{
    const char *name = archive_entry_pathname(r->entry);

    if (!name)
        name = archive_entry_pathname_utf8(r->entry);
    if (!name || !*name) {
        snprintf(r->number, sizeof(r->number), "entry-%llu", (unsigned long long)r->entries);
        name = r->number;
    }
    e->name = name;
    e->name_len = strlen(name);
    e->size = archive_entry_size_is_set(r->entry) ? archive_entry_size(r->entry) : -1;
    e->kind = kind_of(r->entry);
    find_doubt(r, e, result);
    r->at = 0;
    r->given = result != ARCHIVE_OK && result != ARCHIVE_WARN; /* there is nothing to be had */
}

/* libarchive's next header, in its locale. */
int reader_next_header(struct reader *r)
{
    locale_t before = uselocale(r->setting.locale);
    int result = ARCHIVE_OK;

    source_enter(&r->source, false);
    if (r->entry && !r->given)
        result = archive_read_data_skip(r->archive);
    source_leave(&r->source);
    r->entry = NULL;
    source_enter(&r->source, true);
    if (result != ARCHIVE_FATAL)
        result = archive_read_next_header(r->archive, &r->entry);
    r->headers++;
    source_leave(&r->source);
    uselocale(before);
    return result;
}

enum reader_result reader_count_entry(struct reader *r, struct fault *f)
{
    if (++r->entries <= r->setting.limits.max_entries)
        return READER_MORE;
    r->over = true;
    fault_set(f, 0, "the archive has more than %llu entries (max_entries)",
              (unsigned long long)r->setting.limits.max_entries);
    f->byte = reader_place(r);
    return READER_DAMAGED;
}

static enum reader_result next_by_library(struct reader *r, struct reader_entry *e, struct fault *f)
{
    if (!r->archive && r->zip && !r->over)
        return reader_check_end(r, f);
    if (r->walk && !r->is_plain && r->walked < r->end.at) {
        enum reader_result checked = reader_check_header(r, &r->walked, f);

        if (checked != READER_MORE)
            return checked;
    }
    while (r->archive && !r->over) {
        int result = reader_next_header(r);

        if (result == ARCHIVE_EOF)
            return reader_check_end(r, f);
        if (result == ARCHIVE_FATAL || r->source.stopped || r->source.failed)
            return reader_gave_up(r, f);
        source_begin_entry(&r->source);
        if (r->headers <= r->passed) {
            r->at = 0;
            r->given = false;
            continue;
        }
        if (result == ARCHIVE_RETRY) { /* a block that is no header; the next may be one */
            bool told = r->bad_block;

            r->bad_block = true;
            r->entry = NULL;
            if (told)
                continue;
            return reader_damaged(r, f, "an entry's header is broken (wrong checksum)");
        }
        r->bad_block = false;
        if (reader_count_entry(r, f) != READER_MORE)
            return READER_DAMAGED;
        describe(r, e, result);
        if (!reader_zip_goes_on(r, "\3\4")) {
            r->over = true;
            return reader_damaged(r, f, "something stands between two entries");
        }
        return READER_MORE;
    }
    return READER_END;
}

enum reader_result reader_next(struct reader *r, struct reader_entry *e, struct fault *f)
{
    enum reader_result result;

    if (r->source.stopped)
        return READER_STOPPED;
    if (r->first_fault) {
        r->first_fault = false;
        *f = r->source.fault;
        return f->err ? READER_FAILED : READER_DAMAGED;
    }
    if (!r->is_plain || r->over)
        return next_by_library(r, e, f);
    r->by_library = false;
    result = reader_plain_next(r, e, f);
    return r->by_library && result == READER_END ? next_by_library(r, e, f) : result;
}

/* ---- content ---- */

enum reader_result reader_take(struct reader *r, int64_t offset, struct reader_piece *p,
                               struct fault *f)
{
    if (offset < 0 || (uint64_t)offset < r->at) {
        r->given = true;
        fault_set(f, 0, "its pieces lie over one another");
        return READER_REJECT;
    }
    p->zeros = (uint64_t)offset - r->at;
    r->at = (uint64_t)offset + p->n;
    if (source_count(&r->source, p->zeros + p->n)) {
        r->over = true;
        *f = r->source.fault;
        return READER_DAMAGED;
    }
    return READER_MORE;
}

/* libarchive is through with the entry: did it get what was declared? What lacks at the end of a
 * sparse one is a hole. */
static enum reader_result end_of_data(struct reader *r, struct reader_piece *p, struct fault *f)
{
    uint64_t want = (uint64_t)archive_entry_size(r->entry);

    r->given = true;
    if (!archive_entry_size_is_set(r->entry) || r->at == want)
        return READER_END;
    if (r->at < want && archive_entry_sparse_count(r->entry) > 0)
        return reader_take(r, (la_int64_t)want, p, f);
    fault_set(f, 0, "it has %llu bytes where %llu are declared", (unsigned long long)r->at,
              (unsigned long long)want);
    return READER_REJECT;
}

static enum reader_result data_by_library(struct reader *r, struct reader_piece *p, struct fault *f)
{
    const char *text;
    la_int64_t offset = 0;
    locale_t before;
    int result;

    if (!r->entry)
        return READER_END;
    before = uselocale(r->setting.locale);
    source_enter(&r->source, false);
    result = archive_read_data_block(r->archive, &p->data, &p->n, &offset);
    source_leave(&r->source);
    uselocale(before);
    if (r->source.stopped || r->source.failed || result == ARCHIVE_FATAL)
        return reader_gave_up(r, f);
    if (result == ARCHIVE_EOF)
        return end_of_data(r, p, f);
    if (result == ARCHIVE_OK)
        return reader_take(r, offset, p, f);
    text = archive_error_string(r->archive);
    fault_set(f, 0, "%.300s", text ? text : "it cannot be unpacked");
    return READER_REJECT;
}

enum reader_result reader_data(struct reader *r, struct reader_piece *p, struct fault *f)
{
    enum reader_result result;

    memset(p, 0, sizeof(*p));
    if (r->over || r->given)
        return READER_END;
    if (!r->is_plain || r->by_library)
        return data_by_library(r, p, f);
    result = reader_plain_data(r, p, f);
    return r->by_library && result == READER_END ? data_by_library(r, p, f) : result;
}
