/* SPDX-License-Identifier: Apache-2.0 */
/* A page in the log: its length in 4 bytes; the length of the group's name in 4, the name; then for
 * each line its hash in 8 bytes; in 2 the length of its text, and in the highest bit whether it was
 * left; the text. Little-endian. */
#define _GNU_SOURCE
#include "log.h"

#include "common/file.h"
#include "common/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FLUSH_AT = 1 << 20,
    LINE_HEAD = 10,
    LEFT = 1 << 15,
    PAGE_MAX = 1 << 26 /* 65,536 lines of 400 bytes and a name */
};

static void put(struct buffer *b, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        buffer_byte(b, (char)(v >> (8 * i)));
}

static uint64_t get(const unsigned char *at, size_t bytes)
{
    uint64_t v = 0;

    for (size_t i = 0; i < bytes; i++)
        v |= (uint64_t)at[i] << (8 * i);
    return v;
}

static int flush(struct log *l, struct fault *f)
{
    if (file_write_at(l->fd, l->pending.data, l->pending.len, l->written) < 0)
        return fault_set(f, errno, "cannot write the side file %s", l->path);
    l->written += l->pending.len;
    l->pending.len = 0;
    return 0;
}

void log_page(struct log *l, const char *group, size_t len)
{
    l->page = l->pending.len;
    put(&l->pending, 0, 4); /* the length, when it is known */
    put(&l->pending, len, 4);
    buffer_append(&l->pending, group, len);
}

void log_line(struct log *l, uint64_t hash, bool left, const char *text, size_t len)
{
    put(&l->pending, hash, 8);
    put(&l->pending, (text ? len : 0) | (left ? LEFT : 0), 2);
    if (text)
        buffer_append(&l->pending, text, len);
}

int log_page_end(struct log *l, struct fault *f)
{
    size_t len = l->pending.len - l->page;

    if (l->pending.failed)
        return fault_set(f, ENOMEM, "out of memory");
    for (size_t i = 0; i < 4; i++)
        l->pending.data[l->page + i] = (char)(len >> (8 * i));
    l->check = XXH3_64bits_withSeed(l->pending.data + l->page, len, l->check);
    l->pages++;
    return l->pending.len >= FLUSH_AT ? flush(l, f) : 0;
}

int log_commit(struct log *l, unsigned char saved[LOG_SAVED_BYTES], struct fault *f)
{
    uint64_t fact[3] = { l->pages, 0, l->check };

    if (flush(l, f) != 0)
        return -1;
    if (file_sync(l->fd) < 0)
        return fault_set(f, errno, "cannot sync the side file %s", l->path);
    fact[1] = l->written;
    for (size_t i = 0; i < LOG_SAVED_BYTES; i++)
        saved[i] = (unsigned char)(fact[i / 8] >> (8 * (i % 8)));
    return 0;
}

/* ---- going on ---- */

static int damaged(const struct log *l, struct fault *f)
{
    f->byte = l->written;
    return fault_set(f, 0, "the side file %s is damaged or cut short at byte %llu", l->path,
                     (unsigned long long)l->written);
}

/* Counts one page again. */
static int count_again(struct log *l, struct counts *c, const unsigned char *page, size_t len,
                       struct fault *f)
{
    size_t at = 8, name = (size_t)get(page + 4, 4);
    struct group *g;

    if (name > len - at)
        return damaged(l, f);
    g = counts_page(c, (const char *)page + at, name);
    if (!g)
        return fault_set(f, ENOMEM, "out of memory");
    for (at += name; at < len;) {
        size_t text;
        bool left;

        if (len - at < LINE_HEAD)
            return damaged(l, f);
        text = (size_t)get(page + at + 8, 2);
        left = (text & LEFT) != 0;
        text &= LEFT - 1;
        if (text > len - at - LINE_HEAD)
            return damaged(l, f);
        if (counts_line(c, g, get(page + at, 8), left,
                        text ? (const char *)page + at + LINE_HEAD : NULL,
                        text) == COUNTS_NO_MEMORY)
            return fault_set(f, ENOMEM, "out of memory");
        at += LINE_HEAD + text;
    }
    return 0;
}

/* The next len bytes of the log in l->pending. */
static int read_next(struct log *l, size_t len, uint64_t end, struct fault *f)
{
    ssize_t n;

    if (len > end - l->written)
        return damaged(l, f);
    l->pending.len = 0;
    if (!buffer_room(&l->pending, len))
        return fault_set(f, ENOMEM, "out of memory");
    n = file_read_at(l->fd, l->pending.data, len, l->written);
    if (n < 0)
        return fault_set(f, errno, "cannot read the side file %s", l->path);
    l->pending.len = (size_t)n;
    return l->pending.len < len ? damaged(l, f) : 0;
}

static int read_log(struct log *l, uint64_t pages, uint64_t end, uint64_t check, struct counts *c,
                    struct fault *f)
{
    while (l->pages < pages) {
        size_t len;

        if (read_next(l, 4, end, f) != 0)
            return -1;
        len = (size_t)get((const unsigned char *)l->pending.data, 4);
        if (len < 8 || len > PAGE_MAX)
            return damaged(l, f);
        if (read_next(l, len, end, f) != 0)
            return -1;
        l->check = XXH3_64bits_withSeed(l->pending.data, len, l->check);
        if (count_again(l, c, (const unsigned char *)l->pending.data, len, f) != 0)
            return -1;
        l->written += len;
        l->pages++;
    }
    l->pending.len = 0;
    return l->written == end && l->check == check ? 0 : damaged(l, f);
}

int log_open(struct log *l, const char *path, const void *saved, struct counts *c, struct fault *f)
{
    uint64_t fact[3] = { 0, 0, 0 };
    struct stat st;

    l->path = path;
    for (size_t i = 0; saved && i < 3; i++)
        fact[i] = get((const unsigned char *)saved + 8 * i, 8);
    l->fd = file_open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    l->is_open = l->fd >= 0;
    if (l->fd < 0 || fstat(l->fd, &st) != 0)
        return fault_set(f, errno, "cannot open the side file %s", path);
    if ((uint64_t)st.st_size > fact[1] && file_truncate(l->fd, fact[1]) < 0)
        return fault_set(f, errno, "cannot cut the side file %s", path);
    return read_log(l, fact[0], fact[1], fact[2], c, f);
}

void log_close(struct log *l)
{
    if (l->is_open)
        close(l->fd);
    l->is_open = false;
    buffer_free(&l->pending);
}
