/* SPDX-License-Identifier: Apache-2.0 */
/* The read, skip and seek callbacks under libarchive, and the limits that are counted in them. */
#if defined(HAVE_CONFIG_H)
#include "config.h" /* for clock_gettime */
#endif
#include "plugins/input/archive/source.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define JUDGED_AFTER ((uint64_t)64 << 20) /* bytes out before a ratio means anything */
#define HEADER_MAX ((uint64_t)1 << 20)    /* bytes of an entry's header, pax fields and all */

/* Only to stop a library that gets nowhere: no clock reaches any output. */
static int64_t now(void)
{
    struct timespec t = { 0, 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

uint64_t source_consumed(const struct source *s)
{
    if (s->codec)
        return codec_consumed(s->codec);
    return s->reached > s->store_at ? s->reached : s->store_at;
}

/* ---- limits ---- */

static int over(struct source *s, const char *before, uint64_t limit, const char *after)
{
    s->failed = true;
    fault_set(&s->fault, 0, "%s %llu %s", before, (unsigned long long)limit, after);
    s->fault.byte = source_consumed(s);
    return -1;
}

static bool too_much(const struct source *s, uint64_t out, uint64_t in)
{
    return out > JUDGED_AFTER && out / (in + 1) > s->setting->limits.max_ratio;
}

/* What went out is content that was handed over, or what entries gave, whichever is more: holes
 * are not handed over, passed-over entries are not given. An entry's input is known to a block. */
static int check_ratio(struct source *s)
{
    uint64_t in = source_consumed(s), content = s->codec ? s->handed : 0;
    uint64_t entry = s->codec ? s->handed - s->entry_from : 0;
    uint64_t entry_in = in > s->entry_in ? in - s->entry_in : 0;

    if (too_much(s, content > s->all_out ? content : s->all_out, in))
        return over(s, "the archive unpacks to over", s->setting->limits.max_ratio,
                    "times its size (max_ratio)");
    if (too_much(s, entry > s->entry_out ? entry : s->entry_out, entry_in + CODEC_BLOCK))
        return over(s, "an entry unpacks to over", s->setting->limits.max_ratio,
                    "times its size (max_ratio)");
    return 0;
}

int source_count(struct source *s, uint64_t n)
{
    s->entry_out += n;
    s->all_out += n;
    return check_ratio(s);
}

void source_begin_entry(struct source *s)
{
    s->entry_out = 0;
    s->entry_from = s->handed;
    s->entry_in = source_consumed(s);
    s->busy = 0;
}

void source_enter(struct source *s, bool header)
{
    s->in_header = header;
    if (header)
        s->entry_from = s->handed;
    s->busy_since = now();
}

void source_leave(struct source *s)
{
    s->busy += now() - s->busy_since;
}

/* libarchive wants more: is it getting anywhere? */
static int check_progress(struct source *s)
{
    int64_t most = s->setting->limits.max_stall;

    s->busy += now() - s->busy_since;
    if (most > 0 && s->busy > most)
        return over(s, "no new entry after", (uint64_t)most / 1000,
                    "ms of work in the archive library (max_stall)");
    if (s->in_header && s->codec && !s->keeps &&
        s->handed - s->entry_from > HEADER_MAX + 2 * CODEC_BLOCK)
        return over(s, "an entry's header is over", HEADER_MAX, "bytes long");
    if (check_ratio(s))
        return -1;
    if (s->setting->progress && s->setting->progress(s->setting->context, source_consumed(s))) {
        s->stopped = true;
        return -1;
    }
    return 0;
}

/* ---- what goes through ---- */

/* Before the block is filled anew. */
static void keep(struct source *s)
{
    size_t n = s->kept + s->block_len < ZIP_TAIL ? s->kept + s->block_len : ZIP_TAIL;

    if (s->keeps)
        memmove(s->block - n, s->block + s->block_len - n, n);
    s->kept = n;
    s->block_len = 0;
}

const unsigned char *source_recent(const struct source *s, uint64_t at, size_t n)
{
    uint64_t from = s->handed - s->block_len - s->kept;

    if (!s->keeps || at < from || at > s->handed || n > s->handed - at)
        return NULL;
    return s->block - s->kept + (at - from);
}

static void account(struct source *s, const unsigned char *data, size_t n)
{
    size_t i = n;

    while (i > 0 && data[i - 1] == 0)
        i--;
    if (i > 0)
        s->nonzero_end = s->handed + i;
    s->handed += n;
    s->block_len = n;
}

static int64_t fetch(struct source *s)
{
    int64_t n;

    keep(s);
    if (s->codec) {
        n = codec_read(s->codec, s->block, CODEC_BLOCK, &s->fault);
    } else {
        n = store_read(&s->store, s->store_at, s->block, CODEC_BLOCK / 4);
        if (n < 0)
            fault_set(&s->fault, errno, "cannot read the zip");
        else
            s->store_at += (uint64_t)n;
    }
    s->failed |= n < 0;
    s->at_end |= n == 0;
    return n;
}

int64_t source_look(struct source *s)
{
    int64_t n = fetch(s);

    if (n > 0)
        s->pending = (size_t)n;
    return n;
}

void source_restart(struct source *s, struct codec *codec)
{
    s->codec = codec;
    s->store_at = s->handed = s->nonzero_end = s->entry_from = 0;
    s->block_len = s->pending = s->kept = 0;
    s->at_end = false;
}

void source_put_back(struct source *s, const void *first, size_t first_len, const void *then,
                     size_t then_len)
{
    s->back[0].data = first;
    s->back[0].n = first_len;
    s->back[1].data = then;
    s->back[1].n = then_len;
}

static size_t take_back(struct source *s, const void **block)
{
    for (size_t i = 0; i < sizeof(s->back) / sizeof(s->back[0]); i++) {
        size_t n = s->back[i].n;

        if (n == 0)
            continue;
        *block = s->back[i].data;
        s->back[i].n = 0;
        return n;
    }
    return 0;
}

int64_t source_take(struct source *s, const void **block)
{
    int64_t n = (int64_t)take_back(s, block);

    if (n > 0)
        return n;
    *block = s->block;
    if (s->failed || s->stopped || check_progress(s))
        return -1;
    n = s->pending > 0 ? (int64_t)s->pending : s->at_end && s->codec ? 0 : fetch(s);
    s->pending = 0;
    if (n < 0)
        return -1;
    account(s, s->block, (size_t)n);
    s->busy_since = now();
    return n;
}

int source_reached(struct source *s, uint64_t place)
{
    bool tell = place / (CODEC_BLOCK / 4) != s->reached / (CODEC_BLOCK / 4);

    s->reached = place;
    if (tell && s->setting->progress)
        s->stopped = s->setting->progress(s->setting->context, source_consumed(s)) != 0;
    return s->stopped ? -1 : 0;
}

la_ssize_t source_read(struct archive *a, void *context, const void **block)
{
    int64_t n = source_take(context, block);

    if (n >= 0)
        return (la_ssize_t)n;
    archive_set_error(a, EIO, "the source failed");
    return ARCHIVE_FATAL;
}

la_int64_t source_skip(struct archive *a, void *context, la_int64_t request)
{
    struct source *s = context;
    uint64_t left = s->store.size - s->store_at, n;

    (void)a;
    n = request < 0 ? 0 : (uint64_t)request < left ? (uint64_t)request : left;
    s->store_at += n;
    return (la_int64_t)n;
}

la_int64_t source_seek(struct archive *a, void *context, la_int64_t offset, int whence)
{
    struct source *s = context;
    int64_t from = whence == SEEK_SET   ? 0
                   : whence == SEEK_CUR ? (int64_t)s->store_at
                                        : (int64_t)s->store.size;
    int64_t to;

    if (__builtin_add_overflow(from, offset, &to) || to < 0 || (uint64_t)to > s->store.size) {
        archive_set_error(a, EINVAL, "a place outside the file");
        return ARCHIVE_FATAL;
    }
    s->store_at = (uint64_t)to;
    s->at_end = false;
    return to;
}

int source_drain(struct source *s)
{
    source_enter(s, false);
    if (s->pending > 0) {
        account(s, s->block, s->pending);
        s->pending = 0;
    }
    while (!s->at_end) {
        int64_t n;

        if (s->failed || s->stopped || check_progress(s) || (n = fetch(s)) < 0)
            return -1;
        account(s, s->block, (size_t)n);
        s->busy_since = now();
    }
    return 0;
}
