/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: an index segment and a side file that we wrote, with any damage since: either it is found,
 * or the pages are those that were written. And any bytes as such files. First byte: which. */
#define _GNU_SOURCE
#include "plugins/transform/dedupe/index.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <unistd.h>

enum { PAGES = 6 };

static const char plan[] = "0123456789abcdef0123456789abcdef";
static const char other[] = "fedcba9876543210fedcba9876543210";

struct pages {
    struct page at[PAGES];
    size_t n, seen;
    bool know; /* what they must be */
};

static bool page_seen_by(void *to, const struct page *p, struct fault *f)
{
    struct pages *all = to;

    (void)f;
    if (all->know)
        promise(all->seen < all->n && memcmp(p, &all->at[all->seen], sizeof(*p)) == 0);
    all->seen++;
    return true;
}

static void path_in(char to[256], const char *name)
{
    snprintf(to, 256, "%s/%s", fuzz_folder(), name);
}

static void make_pages(struct left *l, struct pages *all)
{
    memset(all, 0, sizeof(*all));
    all->n = take_byte(l) % (PAGES + 1);
    for (size_t i = 0; i < all->n; i++) {
        struct page *p = &all->at[i];

        p->exact.low = take_u64(l);
        p->exact.high = take_u64(l);
        p->id = i + 1;
        p->numbers = take_byte(l);
        for (size_t k = 0; k < BINS; k++)
            p->signature.value[k] = (uint16_t)(p->exact.low * (k + 1) >> 16);
    }
}

static void damage(struct left *l, const char *path, unsigned times)
{
    char file[256], *data = malloc(1 << 16);
    ssize_t n;
    int fd;

    path_in(file, path);
    fd = open(file, O_RDWR | O_CLOEXEC);
    promise(fd >= 0 && data);
    n = read(fd, data, 1 << 16);
    for (unsigned i = 0; i < times && n > 0; i++) {
        size_t at = take_byte(l) << 8;
        unsigned what;

        at |= take_byte(l);
        what = take_byte(l);
        if (what == 0)
            n = (ssize_t)(at % (size_t)n);
        else
            data[at % (size_t)n] ^= (char)what;
    }
    promise(pwrite(fd, data, (size_t)n, 0) == n && ftruncate(fd, n) == 0);
    close(fd);
    free(data);
}

static const struct segment_settings settings = { 1, 0, 0.8, "text" };

/* Lists and loads what lies in the folder. */
static void load_segments(struct pages *all)
{
    struct segments s;
    struct fault f = { 0 };

    if (segments_list(fuzz_folder(), other, &settings, &s, &f) != 0)
        promise(f.text[0]);
    else
        for (size_t i = 0; i < s.n; i++) {
            all->seen = 0;
            if (segment_load(fuzz_folder(), &s.at[i], page_seen_by, all, &f) == 0)
                promise(all->seen == s.at[i].count && (!all->know || all->seen == all->n));
            else
                promise(f.text[0]);
        }
    segments_free(&s);
}

static void load_side(struct pages *all, uint64_t count, uint64_t check)
{
    static struct side side;
    struct fault f = { 0 };
    char path[256];

    path_in(path, "side");
    all->seen = 0;
    side.fd = -1;
    if (side_open(&side, path, count, check, page_seen_by, all, &f) == 0)
        promise(all->seen == count);
    else
        promise(f.text[0]);
    side_close(&side);
}

static void write_damage_load(struct left l)
{
    static struct side side;
    static struct pages all;
    struct fault f = { 0 };
    char path[256], name[80];
    unsigned times, which;

    make_pages(&l, &all);
    fuzz_file("side", "", 0);
    path_in(path, "side");
    side.fd = -1;
    promise(side_open(&side, path, 0, 0, page_seen_by, &all, &f) == 0);
    for (size_t i = 0; i < all.n; i++)
        promise(side_append(&side, &all.at[i], &f) == 0);
    promise(side_flush(&side, false, &f) == 0);
    segment_name(plan, name);
    path_in(path, name);
    promise(segment_write(path, plan, 1, &settings, &side, &f) == 0);
    side_close(&side);
    times = take_byte(&l) % 4;
    which = take_byte(&l);
    damage(&l, which & 1 ? "side" : name, times);
    all.know = true;
    load_segments(&all);
    load_side(&all, side.count, side.check);
    unlink(path);
}

static void load_raw(struct left l)
{
    static struct pages all;
    char path[256], name[80];
    uint64_t count = take_byte(&l), check = take_u64(&l);

    memset(&all, 0, sizeof(all));
    fuzz_file("side", l.at, l.n);
    load_side(&all, count, check);
    segment_name(plan, name);
    path_in(path, name);
    fuzz_file(name, l.at, l.n);
    load_segments(&all);
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct left l = { data, n };

    if (take_byte(&l) == 'd')
        write_damage_load(l);
    else
        load_raw(l);
    return 0;
}
