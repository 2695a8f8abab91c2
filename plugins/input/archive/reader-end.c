/* SPDX-License-Identifier: Apache-2.0 */
/* Has the archive ended, or was it cut? libarchive does not say, so it is looked at here. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "plugins/input/archive/reader-impl.h"

#include <string.h>

#define TAR_END 1024 /* two blocks of zeros */

/* A tar that was cut between two entries ends without a word: its two zero blocks must be there,
 * and nothing but zeros after them. `from` is where libarchive began to look for another entry (a
 * volume's name may stand there); `to` is behind the zero blocks that it took. */
static enum reader_result check_tar_end(struct reader *r, uint64_t from, uint64_t to,
                                        struct fault *f)
{
    const struct source *s = &r->source;

    if (s->nonzero_end > to && r->entries == 0) {
        fault_set(f, 0, NEITHER);
        return READER_DAMAGED;
    }
    if (s->nonzero_end > to)
        return reader_damaged(r, f, "something follows the end of the archive");
    if (s->handed - (from > s->nonzero_end ? from : s->nonzero_end) < TAR_END)
        return reader_damaged(
            r, f, "its end mark, two blocks of zeros, is missing (cut between entries?)");
    return READER_END;
}

bool reader_zip_goes_on(const struct reader *r, const char *kinds)
{
    const struct source *s = &r->source;
    const unsigned char *p;
    uint64_t at;

    if (!s->keeps || !r->archive)
        return true;
    at = (uint64_t)archive_read_header_position(r->archive);
    p = source_recent(s, at, 4);
    if (p && r->entries == 1 && (memcmp(p, "PK00", 4) == 0 || memcmp(p, "PK\7\10", 4) == 0))
        p = source_recent(s, at + 4, 4); /* the mark of a zip that was to be split */
    if (!p || p[0] != 'P' || p[1] != 'K')
        return false;
    for (; *kinds; kinds += 2)
        if (memcmp(p + 2, kinds, 2) == 0)
            return true;
    return false;
}

/* A zip that came in order: its end record is among the last bytes. */
static enum reader_result check_zip_end(struct reader *r, struct fault *f)
{
    const struct source *s = &r->source;
    struct zip_end end;

    if (s->keeps) {
        size_t n = s->handed < ZIP_TAIL ? (size_t)s->handed : ZIP_TAIL;

        if (zip_find_end(source_recent(s, s->handed - n, n), n, s->handed, &end, f)) {
            f->byte = reader_place(r);
            return READER_DAMAGED;
        }
        r->declared_entries = end.entries;
        r->counts = true;
    }
    if (!reader_zip_goes_on(r, "\1\2\5\6\6\6"))
        return reader_damaged(r, f, "something stands between its last entry and its table");
    if (r->counts && r->declared_entries != r->entries)
        return reader_damaged(r, f, "its end record tells another number of entries");
    return READER_END;
}

enum reader_result reader_check_end(struct reader *r, struct fault *f)
{
    uint64_t from =
        r->archive ? (uint64_t)(archive_read_header_position(r->archive) + r->shift) : 0;
    uint64_t to = r->archive ? (uint64_t)(archive_filter_bytes(r->archive, 0) + r->shift) : 0;

    r->over = true;
    if (r->source.codec && source_drain(&r->source)) {
        if (r->source.stopped)
            return READER_STOPPED;
        *f = r->source.fault;
        return f->err ? READER_FAILED : READER_DAMAGED;
    }
    return r->zip ? check_zip_end(r, f) : check_tar_end(r, from, to, f);
}
