/* SPDX-License-Identifier: Apache-2.0 */
/* The zip's central directory, walked with little memory (APPNOTE 6.3.10, sections 4.3.7
 * to 4.3.16). libarchive reads the same table later; it does not compare what stands in it twice.
 */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "plugins/input/archive/zip-directory.h"

#include "plugins/input/archive/zip-fields.h"
#include "plugins/input/archive/zip-plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int damaged(struct fault *f, uint64_t byte, const char *what)
{
    fault_set(f, 0, "damaged zip: %s", what);
    f->byte = byte;
    return -1;
}

/* ---- the end record ---- */

/* The 32-bit record at tail[i] points to a 64-bit one: read that instead. */
static int end64(const unsigned char *tail, size_t i, uint64_t tail_at, struct zip_end *end,
                 struct fault *f)
{
    const unsigned char *locator = tail + i - LOCATOR_SIZE, *p;
    uint64_t at;

    if (i < LOCATOR_SIZE || !zip_is(locator, "\6\7"))
        return 0; /* as large as a short one can be */
    at = zip_u64(locator + 8);
    if (at < tail_at || at - tail_at > i - LOCATOR_SIZE ||
        i - LOCATOR_SIZE - (size_t)(at - tail_at) < END64_SIZE)
        return damaged(f, tail_at + i - LOCATOR_SIZE, "its zip64 end record is not where it says");
    p = tail + (at - tail_at);
    if (!zip_is(p, "\6\6") || zip_u64(p + 4) + 12 != tail_at + i - LOCATOR_SIZE - at)
        return damaged(f, at, "its zip64 end record is not where it says");
    if (zip_u32(p + 16) != 0 || zip_u32(p + 20) != 0 || zip_u64(p + 24) != zip_u64(p + 32))
        return damaged(f, at, "it is one part of a zip in several files");
    end->entries = zip_u64(p + 32);
    end->size = zip_u64(p + 40);
    end->directory = zip_u64(p + 48);
    end->at = at;
    return 0;
}

int zip_find_end(const unsigned char *tail, size_t n, uint64_t size, struct zip_end *end,
                 struct fault *f)
{
    uint64_t tail_at = size - n;
    const unsigned char *p = NULL;
    size_t i;

    for (i = n < END_SIZE ? 0 : n - END_SIZE + 1; i-- > 0;) {
        p = tail + i;
        if (zip_is(p, "\5\6") && i + END_SIZE + zip_u16(p + 20) == n)
            break;
        p = NULL;
    }
    if (!p)
        return damaged(f, size, "it does not end in a zip's end record (cut, or bytes added)");
    end->entries = zip_u16(p + 10);
    end->size = zip_u32(p + 12);
    end->directory = zip_u32(p + 16);
    end->at = tail_at + i;
    if (end->entries == 0xffff || end->size == 0xffffffff || end->directory == 0xffffffff) {
        if (end64(tail, i, tail_at, end, f))
            return -1;
    } else if (zip_u16(p + 4) != 0 || zip_u16(p + 6) != 0 || zip_u16(p + 8) != end->entries) {
        return damaged(f, end->at, "it is one part of a zip in several files");
    }
    if (end->directory > end->at || end->at - end->directory != end->size)
        return damaged(f, end->at, "its table of entries is not where the end record says");
    return 0;
}

/* ---- the walk ---- */

struct zip_walk {
    const struct zip_end *end;
    struct fault *f;
    struct window table, locals;
};

/* n bytes of the table at `at`; NULL with f. Entries are at most 46 + 3 x 65535. */
static const unsigned char *look(struct zip_walk *w, uint64_t at, size_t n)
{
    const unsigned char *p = window_look(&w->table, at, n, WINDOW);

    if (!p && errno)
        fault_set(w->f, errno, "cannot read the zip's table of entries");
    else if (!p)
        damaged(w->f, at, "its table of entries is cut");
    return p;
}

struct entry {
    const unsigned char *fixed, *name, *extra;
    size_t name_len, extra_len;
    uint64_t packed, size, local; /* by zip64's extra field where it has them */
};

/* What the entries of a table say together. */
struct sums {
    uint64_t n;
    uint64_t packed; /* bytes that they must take in the file */
    uint64_t last;   /* where the header of the last one stands */
    bool plain;      /* as in struct zip_end */
};

/* The extra field 1 holds those of size, packed size and place that do not fit into 32 bits. */
static bool read_zip64(struct entry *e)
{
    uint64_t *wide[3];
    size_t n = 0;

    if (e->size == 0xffffffff)
        wide[n++] = &e->size;
    if (e->packed == 0xffffffff)
        wide[n++] = &e->packed;
    if (e->local == 0xffffffff)
        wide[n++] = &e->local;
    if (n == 0)
        return true;
    for (size_t i = 0; i + 4 <= e->extra_len;) {
        size_t len = zip_u16(e->extra + i + 2);

        if (len > e->extra_len - i - 4)
            return false;
        if (zip_u16(e->extra + i) == 1) {
            if (len < n * 8)
                return false;
            for (size_t k = 0; k < n; k++)
                *wide[k] = zip_u64(e->extra + i + 4 + 8 * k);
            return true;
        }
        i += 4 + len;
    }
    return true; /* sizes that only look so */
}

/* The header before the entry's bytes must tell the same. What it leaves out (bit 3: the sizes
 * follow the bytes; bit 13: masked by encryption) cannot be compared. Headers that lie close
 * together are read many at once, as a call costs more than to copy what lies between them. */
static int check_local(struct zip_walk *w, const struct entry *e)
{
    size_t n = LOCAL_SIZE + e->name_len;
    const unsigned char *local =
        window_look(&w->locals, e->local, n, e->packed < WINDOW / 16 ? WINDOW : n);
    uint32_t flags = zip_u16(e->fixed + 8);

    if (!local && errno)
        return fault_set(w->f, errno, "cannot read the zip");
    if (!local || !zip_is(local, "\3\4"))
        return damaged(w->f, e->local, "an entry is not where the table says");
    if (flags & 0x2000)
        return 0;
    if (zip_u16(local + 26) != e->name_len || memcmp(local + LOCAL_SIZE, e->name, e->name_len) != 0)
        return damaged(w->f, e->local, "an entry has another name than in the table");
    if (((zip_u16(local + 6) ^ flags) & 1) != 0 || zip_u16(local + 8) != zip_u16(e->fixed + 10))
        return damaged(w->f, e->local, "an entry is packed in another way than the table says");
    return 0;
}

/* The entry that stands in the table at *at, which moves on. */
static int read_entry(struct zip_walk *w, uint64_t *at, struct entry *e)
{
    const unsigned char *p = look(w, *at, ENTRY_SIZE);
    size_t len;

    if (!p)
        return -1;
    if (!zip_is(p, "\1\2"))
        return damaged(w->f, *at, "its table of entries is broken off");
    e->name_len = zip_u16(p + 28);
    e->extra_len = zip_u16(p + 30);
    len = ENTRY_SIZE + e->name_len + e->extra_len + zip_u16(p + 32);
    p = *at + len <= w->end->at ? look(w, *at, len) : NULL;
    if (!p)
        return w->f->text[0] ? -1 : damaged(w->f, *at, "its table of entries runs over its end");
    e->fixed = p;
    e->name = p + ENTRY_SIZE;
    e->extra = e->name + e->name_len;
    e->packed = zip_u32(p + 20);
    e->size = zip_u32(p + 24);
    e->local = zip_u32(p + 42);
    if (!read_zip64(e))
        return damaged(w->f, *at, "a zip64 field in its table of entries is too short");
    if (e->local > w->end->directory || e->packed > w->end->directory - e->local)
        return damaged(w->f, *at, "an entry lies outside the file");
    *at += len;
    return 0;
}

static int add_entry(struct zip_walk *w, const struct entry *e, uint64_t at, struct sums *sums)
{
    sums->packed += LOCAL_SIZE + e->name_len + e->packed;
    if (sums->packed > w->end->directory)
        return damaged(w->f, at, "its entries lie over one another");
    sums->plain &=
        (sums->n == 0 || e->local > sums->last) && zip_extra_is_plain(e->extra, e->extra_len);
    sums->last = e->local;
    sums->n++;
    return 0;
}

/* All of the table; headers: and what stands before each entry. */
static int walk(struct zip_walk *w, uint64_t max_entries, bool headers, struct sums *sums)
{
    uint64_t at = w->end->directory, next;
    struct entry e;

    for (; at < w->end->at; at = next) {
        if (sums->n == max_entries) {
            fault_set(w->f, 0, "the zip has more than %llu entries (max_entries)",
                      (unsigned long long)max_entries);
            w->f->byte = at;
            return -1;
        }
        next = at;
        if (read_entry(w, &next, &e) || add_entry(w, &e, at, sums) ||
            (headers && check_local(w, &e)))
            return -1;
    }
    if (sums->n != w->end->entries)
        return damaged(w->f, w->end->at, "its end record tells another number of entries");
    return 0;
}

/* The headers before the entries of a plain zip are looked at when these are read: they are all
 * over the file, which would be read twice. Of another one they must be known before. */
static int check_table(struct zip_walk *w, uint64_t max_entries, bool *plain)
{
    struct sums sums = { .plain = true };

    if (walk(w, max_entries, false, &sums))
        return -1;
    *plain = sums.plain;
    return sums.plain ? 0 : walk(w, max_entries, true, &(struct sums){ .plain = true });
}

int zip_check_directory(const struct store *s, uint64_t max_entries, struct zip_end *end,
                        struct fault *f)
{
    size_t n = s->size < ZIP_TAIL ? (size_t)s->size : ZIP_TAIL;
    struct zip_walk w = { .end = end, .f = f, .table = { .store = s }, .locals = { .store = s } };
    const unsigned char *tail;
    int r = -1;

    memset(f, 0, sizeof(*f));
    tail = window_look(&w.table, s->size - n, n, n);
    if (!tail && errno)
        fault_set(f, errno, "cannot read the end of the zip");
    else if (!tail)
        damaged(f, s->size, "it became shorter while it was read");
    else if (zip_find_end(tail, n, s->size, end, f) == 0)
        r = check_table(&w, max_entries, &end->plain);
    window_close(&w.table);
    window_close(&w.locals);
    return r;
}

struct zip_walk *zip_walk_open(const struct store *s, const struct zip_end *end)
{
    struct zip_walk *w = calloc(1, sizeof(*w));

    if (w) {
        w->end = end;
        w->table.store = w->locals.store = s;
    }
    return w;
}

int zip_walk_check(struct zip_walk *w, uint64_t *at, struct fault *f)
{
    struct entry e;

    memset(f, 0, sizeof(*f));
    w->f = f;
    return read_entry(w, at, &e) || check_local(w, &e) ? -1 : 0;
}

void zip_walk_close(struct zip_walk *w)
{
    if (!w)
        return;
    window_close(&w->table);
    window_close(&w->locals);
    free(w);
}
