/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any bytes as a journal: whole records come out, in order, and one that is a barrier of the
 * plan is written back as it was read. A journal that we wrote and that was damaged since gives a
 * beginning of its records. First byte: which. */
#define _GNU_SOURCE
#include "core/barrier.h"
#include "core/journal.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <unistd.h>

enum { STAGES = 2, RECORDS = 16 };

static struct stage stages[STAGES];
static struct plan plan = { .stages = stages, .n_stages = STAGES };

static void sink(void *to, const struct diag_message *m)
{
    (void)to;
    promise(m->text);
}

/* Reads it as a barrier; if it is one, it survives being written. */
static void try_barrier(const void *data, size_t n)
{
    struct barrier b, again;
    struct buffer once = { 0 }, twice = { 0 };
    char *exact = copy_of(data, n, false);

    promise(barrier_init(&b, &plan) == 0 && barrier_init(&again, &plan) == 0);
    if (barrier_read(&b, exact, n)) {
        barrier_write(&b, &once);
        promise(barrier_read(&again, once.data, once.len));
        barrier_write(&again, &twice);
        promise(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
        promise(b.n_verified == again.n_verified);
        barrier_read(&b, exact, n); /* twice into one, as a resume reads one behind the other */
    }
    barrier_free(&b);
    barrier_free(&again);
    buffer_free(&once);
    buffer_free(&twice);
    free(exact);
}

/* Loads what stands in the file now; checks what was loaded, and that it is a beginning of
 * `written`, where that is not NULL. */
static void load(const struct buffer *file, const struct buffer *written)
{
    static struct rundir r = { .path = (char *)(uintptr_t) "run", .state = -1 };
    struct journal_record *records;
    struct diag d;
    char *bytes;
    size_t n;
    uint64_t end = 0;

    if (r.state < 0)
        r.state = open(fuzz_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fuzz_file("journal", file->data ? file->data : "", file->len);
    promise(diag_init(&d, sink, NULL));
    if (journal_load(&r, &d, &records, &n, &bytes) == 0) {
        promise(d.errors == 0);
        for (size_t i = 0; i < n; i++) {
            promise(records[i].end > end && records[i].end <= file->len);
            promise(records[i].len < records[i].end - end);
            end = records[i].end;
            try_barrier(records[i].data, records[i].len);
        }
        if (written && n > 0)
            promise(end <= written->len && memcmp(file->data, written->data, end) == 0);
        free(records);
    } else {
        promise(d.errors > 0);
    }
    free(bytes);
    diag_free(&d);
}

/* Records of the input's pieces with right sums, then damage: place and bits, three bytes each. */
static void write_damage_load(struct left l)
{
    struct buffer written = { 0 }, file = { 0 };
    unsigned n = take_byte(&l) % RECORDS, damages = take_byte(&l) % 4, cut = take_byte(&l);

    journal_start(&written);
    for (unsigned i = 0; i < n; i++) {
        enum journal_kind kind = (enum journal_kind)(1 + take_byte(&l) % 4);
        struct left piece = take(&l, take_byte(&l) * 4u);

        journal_put(&written, kind, piece.at, piece.n);
    }
    promise(!written.failed && buffer_append(&file, written.data, written.len));
    for (unsigned i = 0; i < damages; i++) {
        size_t at = take_byte(&l) << 8;

        at |= take_byte(&l);
        file.data[at % file.len] ^= (char)take_byte(&l);
    }
    file.len -= cut < file.len ? cut : file.len;
    load(&file, damages + cut > 0 ? &written : NULL);
    buffer_free(&written);
    buffer_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct left l = { data, n };
    struct buffer raw = { 0 };

    switch (take_byte(&l)) {
    case 'd':
        write_damage_load(l);
        break;
    case 'b':
        try_barrier(l.at, l.n);
        break;
    default:
        promise(buffer_append(&raw, data, n));
        load(&raw, NULL);
        buffer_free(&raw);
    }
    return 0;
}
