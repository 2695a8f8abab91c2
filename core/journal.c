/* SPDX-License-Identifier: Apache-2.0 */
/* Journal framing: a magic line, then records of length, kind, bytes and XXH3-64 over all three. */
#define _GNU_SOURCE
#include "core/journal.h"

#include "core/barrier.h"
#include "core/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[] = "etl journal 1\n";
enum { MAGIC = sizeof(magic) - 1, HEAD = 16, SUM = 8 };

static uint64_t u64_at(const char *p)
{
    struct reader r = { (const unsigned char *)p, (const unsigned char *)p + 8, false };

    return get_u64(&r);
}

int journal_load(struct rundir *r, struct diag *d, struct journal_record **records, size_t *n,
                 char **data)
{
    struct journal_record *list = NULL, *grown;
    size_t len, at = MAGIC, cap = 0;

    *records = NULL;
    *n = 0;
    *data = NULL;
    if (io_read_file(r->state, "journal", data, &len) < 0) {
        if (errno == ENOENT)
            return 0;
        return diag_error_errno(d, E0702, errno, "cannot read %s/.state/journal", r->path);
    }
    if (len < MAGIC) /* killed while it was made: nothing was committed */
        return 0;
    if (memcmp(*data, magic, MAGIC) != 0)
        return diag_error(d, E0704, NULL, "%s/.state/journal is not a journal of this version of etl",
                          r->path);
    while (len - at >= HEAD + SUM) {
        uint64_t size = u64_at(*data + at), kind = u64_at(*data + at + 8);

        if (size > len - at - HEAD - SUM ||
            hash64(*data + at, HEAD + size) != u64_at(*data + at + HEAD + size))
            break;
        if (*n == cap) {
            cap = cap ? 2 * cap : 64;
            grown = realloc(list, cap * sizeof(*list));
            if (!grown) {
                free(list);
                return diag_error_errno(d, E0702, ENOMEM, "cannot read %s/.state/journal", r->path);
            }
            list = grown;
        }
        list[(*n)++] = (struct journal_record) {
            .kind = (enum journal_kind)kind,
            .data = (const unsigned char *)*data + at + HEAD,
            .len = size,
            .end = at + HEAD + size + SUM,
        };
        at += HEAD + size + SUM;
    }
    *records = list;
    return 0;
}

int journal_open(struct journal *j, struct rundir *r, struct diag *d, uint64_t size)
{
    *j = (struct journal) { .fd = -1, .rundir = r, .diag = d, .size = size ? size : MAGIC };
    if (size == 0 && io_replace(r->state, "journal", magic, MAGIC) < 0)
        goto failed;
    j->fd = io_open(r->state, "journal", O_RDWR, 0);
    if (j->fd < 0)
        return diag_error_errno(d, E0702, errno, "cannot open %s/.state/journal", r->path);
    if (io_truncate(j->fd, j->size) < 0 || lseek(j->fd, (off_t)j->size, SEEK_SET) < 0 ||
        io_sync(j->fd) < 0 || rundir_sync(r) < 0)
        goto failed;
    return 0;
failed:
    diag_error_errno(d, E0744, errno, "cannot write %s/.state/journal", r->path);
    journal_close(j);
    return -1;
}

void journal_start(struct buffer *to)
{
    buffer_append(to, magic, MAGIC);
}

void journal_put(struct buffer *to, enum journal_kind kind, const void *payload, size_t len)
{
    size_t start = to->len;

    put_u64(to, len);
    put_u64(to, kind);
    buffer_append(to, payload, len);
    if (!to->failed)
        put_u64(to, hash64(to->data + start, to->len - start));
}

static int cannot_write(struct journal *j, int err)
{
    return diag_error_errno(j->diag, E0744, err, "cannot write %s/.state/journal", j->rundir->path);
}

int journal_append(struct journal *j, enum journal_kind kind, const struct buffer *payload)
{
    struct buffer b = { 0 };
    int result = 0;

    journal_put(&b, kind, payload->data, payload->len);
    if (b.failed || payload->failed)
        result = cannot_write(j, ENOMEM);
    else if (io_write(j->fd, b.data, b.len) < 0 || io_sync(j->fd) < 0)
        result = cannot_write(j, errno);
    else
        j->size += b.len;
    buffer_free(&b);
    return result;
}

int journal_replace(struct journal *j, const struct buffer *contents)
{
    if (contents->failed)
        return cannot_write(j, ENOMEM);
    if (io_replace(j->rundir->state, "journal", contents->data, contents->len) < 0 ||
        io_sync_dir(j->rundir->state) < 0)
        return cannot_write(j, errno);
    journal_close(j);
    j->fd = io_open(j->rundir->state, "journal", O_RDWR | O_APPEND, 0);
    if (j->fd < 0)
        return cannot_write(j, errno);
    j->size = contents->len;
    return 0;
}

void journal_close(struct journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    j->fd = -1;
}
