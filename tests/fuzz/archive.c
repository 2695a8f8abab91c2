/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any bytes as an archive, read in order and, if a zip, by its table: entries, rejects and
 * damages come to an end, and names and pieces are where they are said to be. */
#define _GNU_SOURCE
#include "plugins/input/archive/reader.h"
#include "tests/fuzz/fuzz.h"

enum { MOST = 1 << 22, MOST_TIMES = 4000 };

static uint64_t sum; /* so that all that is handed over is read */

static enum reader_result read_entry(struct reader *r, const struct reader_entry *e)
{
    struct reader_piece p = { 0 };
    struct fault f = { 0 };
    enum reader_result got;
    uint64_t bytes = 0;

    while ((got = reader_data(r, &p, &f)) == READER_MORE && bytes < MOST) {
        for (size_t i = 0; i < p.n; i++)
            sum += ((const unsigned char *)p.data)[i];
        promise(p.zeros <= INT64_MAX);
        bytes += p.zeros + p.n;
    }
    if (got == READER_END && e->size >= 0)
        promise(bytes == (uint64_t)e->size);
    if (got == READER_REJECT || got == READER_DAMAGED || got == READER_FAILED)
        promise(f.text[0]);
    return got;
}

static void read_archive(const uint8_t *data, size_t n, bool seek,
                         const struct reader_setting *setting)
{
    struct fault f = { 0 };
    struct reader *r = reader_open_memory(data, n, seek, setting, &f);
    struct reader_entry e;
    enum reader_result got;
    int times = 0;

    if (!r) {
        promise(f.text[0]);
        return;
    }
    while ((got = reader_next(r, &e, &f)) != READER_END && times++ < MOST_TIMES) {
        if (got == READER_FAILED || got == READER_STOPPED)
            break;
        promise(got == READER_MORE || got == READER_REJECT || got == READER_DAMAGED);
        if (got == READER_MORE) {
            promise(strlen(e.name) == e.name_len && reader_kind_name(e.kind));
            promise(memchr(e.doubt, '\0', sizeof(e.doubt)));
            if (e.kind == KIND_FILE && !e.doubt[0] && times % 3 != 2)
                read_entry(r, &e); /* the others are passed over */
        }
        promise(reader_consumed(r) <= n);
    }
    promise(got != READER_FAILED || f.text[0]);
    reader_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct reader_setting setting = { .limits = { 200, 1000, 60000000 } };

    if (!setting.locale)
        setting.locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    read_archive(data, n, false, &setting);
    read_archive(data, n, true, &setting);
    return 0;
}
