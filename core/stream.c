/* SPDX-License-Identifier: Apache-2.0 */
/* Streams: pending bytes, blocks, the part file, and standard output for the name "-". */
#define _GNU_SOURCE
#include "core/stream.h"

#include "core/io.h"
#include "core/process.h"
#include "core/profile.h"

#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PLAIN_BLOCK = 256 * 1024,
    PACKED_BLOCK = 1024 * 1024,
    SEND_ON = 4 << 20,
    DIRECT_FROM = 8 << 20,
    LARGE = 32 << 20
};

static int complain(struct etl_stream *s, int err, const char *doing)
{
    if (!s->part)
        return diag_error_errno(s->diag, E0744, err, "cannot %s standard output", doing);
    return diag_error_errno(s->diag, E0744, err, "cannot %s %s/.state/%s", doing, s->rundir->path,
                            s->part);
}

/* Cuts the part back to the mark and hashes what is left of it. */
static int cut_back(struct etl_stream *s, const struct stream_mark *from)
{
    char block[64 * 1024];
    uint64_t left = from->written;

    if (lseek(s->fd, 0, SEEK_END) < (off_t)from->written)
        return diag_error(s->diag, E0705, NULL,
                          "%s/.state/%s is shorter than the journal says; rerun with --fresh",
                          s->rundir->path, s->part);
    if (io_truncate(s->fd, from->written) < 0 || lseek(s->fd, 0, SEEK_SET) < 0)
        return complain(s, errno, "cut back");
    while (left > 0) {
        ssize_t n = read(s->fd, block, left < sizeof(block) ? left : sizeof(block));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return complain(s, n < 0 ? errno : EIO, "read back");
        hash128_add(s->hash, block, (size_t)n);
        left -= (uint64_t)n;
    }
    s->raw = from->raw;
    s->written = s->on_its_way = s->let_go = from->written;
    if (!buffer_append(&s->pending, from->tail.data, from->tail.len))
        return complain(s, ENOMEM, "go on with");
    return 0;
}

struct etl_stream *stream_new(const char *name)
{
    struct etl_stream *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->fd = -1;
    s->kind = compress_kind_of_name(name);
    s->name = strdup(name);
    s->hash = aligned_alloc(64, (sizeof(*s->hash) + 63) / 64 * 64);
    if (strcmp(name, "-") != 0)
        s->part = rundir_part_name(name);
    if (!s->name || !s->hash || (!s->part && strcmp(name, "-") != 0)) {
        stream_free(s);
        return NULL;
    }
    return s;
}

int stream_open(struct etl_stream *s, struct rundir *r, const struct stream_mark *from,
                struct diag *d)
{
    s->rundir = r;
    s->diag = d;
    hash128_begin(s->hash);
    if (!s->part) {
        s->fd = process_output();
        return 0;
    }
    s->fd = io_open(r->state, s->part, O_RDWR | O_CREAT | (from ? 0 : O_TRUNC), 0666);
    if (s->fd < 0)
        return complain(s, errno, "open");
    return from ? cut_back(s, from) : 0;
}

static account charge(const struct etl_stream *s, enum work what)
{
    return s->owner ? profile_stage(s->owner, what) : profile_host(HOST_LEDGER);
}

/* A file is sent to the disk while the run goes on, so that the sync at its end has little to wait
 * for. A large one leaves memory once it is there: a night's run takes nobody else's pages, and
 * writes to its own again and not to ever new ones, each of which a virtual machine may first have
 * to get from its host. Smaller files stay, as somebody may read them soon. */
void stream_send(struct etl_stream *s)
{
    if (!s->part || s->written == s->on_its_way)
        return;
    file_send(s->fd, s->on_its_way, s->written - s->on_its_way);
    flush_sent(&s->rundir->flush, s->written - s->on_its_way);
    if (s->written > LARGE) {
        io_let_go(s->fd, s->let_go, s->on_its_way - s->let_go);
        s->let_go = s->on_its_way;
    }
    s->on_its_way = s->written;
}

static void written(struct etl_stream *s, const char *data, size_t len)
{
    if (s->part)
        hash128_add(s->hash, data, len);
    s->written += len;
    if (s->written - s->on_its_way >= SEND_ON)
        stream_send(s);
}

static int write_out(struct etl_stream *s, const char *data, size_t len)
{
    int result = s->part ? io_write_at(s->fd, data, len, s->written) : io_write(s->fd, data, len);

    if (result < 0) {
        if (errno == EPIPE && !s->part) {
            s->broken_pipe = true;
            return -1;
        }
        return complain(s, errno, "write");
    }
    written(s, data, len);
    return 0;
}

/* Writes the first len bytes of what is pending, as they are. */
static int write_plain(struct etl_stream *s, size_t len)
{
    account before = charge(s, WORK_WRITE);
    int result = write_out(s, s->pending.data, len);

    s->pending.len -= len;
    memmove(s->pending.data, s->pending.data + len, s->pending.len);
    profile_back(before);
    return result;
}

/* Writes all that is pending as one block. */
static int write_packed(struct etl_stream *s)
{
    account before = charge(s, WORK_PACK);
    struct fault fault;
    int result = 0;

    s->packed.len = 0;
    if (compress_block(s->kind, s->pending.data, s->pending.len, &s->packed, &fault) < 0)
        result = diag_error_errno(s->diag, E0744, fault.err, "cannot compress %s: %s", s->name,
                                  fault.text);
    if (result == 0) {
        charge(s, WORK_WRITE);
        result = write_out(s, s->packed.data, s->packed.len);
        s->pending.len = 0;
    }
    profile_back(before);
    return result;
}

/* ---- large files ---- */

/* Writes what is in the block. One that is not whole or begins anywhere goes the usual way, behind
 * those before it, so that a file has no hole while it grows. */
static int write_filled(struct etl_stream *s)
{
    account before = charge(s, WORK_WRITE);
    const char *block = direct_block(s->direct);
    size_t n = s->filled;
    int result;

    s->filled = 0;
    if (s->written % DIRECT_BLOCK != 0 || n != DIRECT_BLOCK) {
        result = direct_wait(s->direct) < 0 ? complain(s, errno, "write") : write_out(s, block, n);
    } else {
        written(s, block, n);
        result = direct_write(s->direct, s->written - n) < 0 ? complain(s, errno, "write") : 0;
    }
    profile_back(before);
    return result;
}

static int fill(struct etl_stream *s, const char *data, size_t len)
{
    while (len > 0) {
        size_t room = DIRECT_BLOCK - (size_t)(s->written % DIRECT_BLOCK) - s->filled;
        size_t n = len < room ? len : room;

        memcpy(direct_block(s->direct) + s->filled, data, n);
        s->filled += n;
        if (n == room && write_filled(s) < 0)
            return -1;
        data += n;
        len -= n;
    }
    return 0;
}

static int go_direct(struct etl_stream *s)
{
    s->stays_out = true;
    s->direct = direct_open(&s->rundir->direct, s->rundir->state, s->part, s->owner);
    if (!s->direct)
        return 0;
    if (fill(s, s->pending.data, s->pending.len) < 0)
        return -1;
    buffer_free(&s->pending);
    return 0;
}

/* Back to the usual way. */
static int leave_direct(struct etl_stream *s)
{
    struct direct_file *direct = s->direct;
    bool kept = buffer_append(&s->pending, direct_block(direct), s->filled);
    int result = direct_wait(direct) < 0 ? complain(s, errno, "write") : 0;

    s->direct = NULL;
    s->filled = 0;
    direct_close(direct);
    return kept ? result : complain(s, ENOMEM, "write");
}

/* ---- */

static int flush(struct etl_stream *s)
{
    if (s->direct)
        return s->filled > 0 ? write_filled(s) : 0;
    return s->kind == COMPRESS_NONE ? write_plain(s, s->pending.len) : write_packed(s);
}

int stream_write(struct etl_stream *s, const void *data, size_t len)
{
    s->raw += len;
    if (s->direct)
        return fill(s, data, len);
    return buffer_append(&s->pending, data, len) ? 0 : complain(s, ENOMEM, "write");
}

/* A file's blocks begin at multiples of their size, since what is written so is kept by the system
 * in pieces as large; what is over waits. From DIRECT_FROM on they go round its memory.
 * Who reads our standard output gets whole records. */
int stream_record_end(struct etl_stream *s)
{
    size_t over = s->part ? (size_t)((s->written + s->pending.len) % PLAIN_BLOCK) : 0;

    if (s->direct)
        return direct_keeps_up(s->direct) ? 0 : leave_direct(s);
    if (s->kind != COMPRESS_NONE)
        return s->pending.len >= PACKED_BLOCK ? write_packed(s) : 0;
    if (s->pending.len < PLAIN_BLOCK)
        return 0;
    if (write_plain(s, s->pending.len - over) < 0)
        return -1;
    return s->part && s->written >= DIRECT_FROM && !s->stays_out ? go_direct(s) : 0;
}

/* Nothing of what was given to be written is still on its way. */
static int settle(struct etl_stream *s)
{
    return s->direct && direct_wait(s->direct) < 0 ? complain(s, errno, "write") : 0;
}

int stream_mark(struct etl_stream *s, struct stream_mark *mark)
{
    if (s->kind == COMPRESS_NONE && (s->filled > 0 || s->pending.len > 0) && flush(s) < 0)
        return -1;
    if (settle(s) < 0)
        return -1;
    mark->raw = s->raw;
    mark->written = s->written;
    mark->tail.len = 0;
    if (!buffer_append(&mark->tail, s->pending.data, s->pending.len))
        return complain(s, ENOMEM, "write");
    return 0;
}

int stream_sync(struct etl_stream *s)
{
    return s->part && io_sync(s->fd) < 0 ? complain(s, errno, "sync") : 0;
}

int stream_finish(struct etl_stream *s)
{
    bool empty_file = s->kind != COMPRESS_NONE && s->written == 0;

    if ((s->filled > 0 || s->pending.len > 0 || empty_file) && flush(s) < 0)
        return -1;
    return settle(s);
}

struct hash128 stream_digest(const struct etl_stream *s)
{
    return hash128_end(s->hash);
}

void stream_free(struct etl_stream *s)
{
    if (!s)
        return;
    direct_close(s->direct);
    if (s->part && s->fd >= 0)
        close(s->fd);
    free(s->hash);
    buffer_free(&s->pending);
    buffer_free(&s->packed);
    free(s->part);
    free(s->name);
    free(s);
}
