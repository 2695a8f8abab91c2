/* SPDX-License-Identifier: Apache-2.0 */
/* Look, compare, keep: the part of dedupe that runs in input order. */
#define _GNU_SOURCE
#include "index.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXACT = BANDS }; /* the number of its key */

static void make_keys(const struct page *p, bool by_numbers, struct sketch *out)
{
    signature_keys(&p->signature, by_numbers ? &p->numbers : NULL, out->key);
    out->key[EXACT] = exact_key(p->exact);
}

bool sketch_make(const char *text, size_t n, bool by_numbers, struct tokens *t, struct shingles *s,
                 struct sketch *out)
{
    shingle_text(text, n, t, s);
    if (s->n_tokens < SHINGLE)
        return false;
    out->page.exact = s->exact;
    out->page.id = 0;
    out->page.numbers = s->numbers;
    signature_make(s->bin, &out->page.signature);
    make_keys(&out->page, by_numbers, out);
    return true;
}

static int count_page(struct dedupe_index *x, struct fault *f)
{
    if (x->pages == UINT32_MAX - 1)
        return fault_set(f, 0, "the index is full: it can hold 4,294,967,294 pages");
    x->pages++;
    return 0;
}

/* The page counted last. */
static int add_page(struct dedupe_index *x, const uint64_t key[KEYS],
                    const struct bands_places *places, struct fault *f)
{
    uint32_t page = x->pages - 1;

    switch (bands_add(&x->bands, key, KEYS, places, page)) {
    case BANDS_OK:
        return 0;
    case BANDS_OVER_LIMIT:
        return fault_set(f, ENOMEM,
                         "the index of %" PRIu32 " kept pages fills its budget of %" PRIu64
                         " bytes; twice as many need %" PRIu64,
                         page, x->bands.limit, 2 * x->bands.limit);
    default:
        return fault_set(f, ENOMEM, "out of memory for the index of %" PRIu32 " kept pages", page);
    }
}

static bool add_seen(void *to, const struct page *p, struct fault *f)
{
    struct dedupe_index *x = to;
    struct sketch k;

    make_keys(p, x->by_numbers, &k);
    return count_page(x, f) == 0 && add_page(x, k.key, NULL, f) == 0;
}

int index_open(struct dedupe_index *x, const char *side_path, uint64_t count, uint64_t check,
               struct fault *f)
{
    x->first = malloc((x->segments.n + 1) * sizeof(*x->first));
    if (!x->first)
        return fault_set(f, ENOMEM, "out of memory for %zu index segments", x->segments.n);
    for (size_t i = 0; i < x->segments.n; i++) {
        x->first[i] = x->pages;
        if (segment_load(x->folder, &x->segments.at[i], add_seen, x, f) != 0)
            return -1;
    }
    x->first[x->segments.n] = x->pages;
    return side_open(&x->side, side_path, count, check, add_seen, x, f);
}

static void close_fd(struct dedupe_index *x, size_t at)
{
    if (x->fd[at] > 0)
        close(x->fd[at] - 1);
    x->fd[at] = 0;
}

static int read_page(struct dedupe_index *x, uint32_t number, struct page *p, struct fault *f)
{
    size_t low = 0, high = x->segments.n;

    if (number >= x->first[high])
        return side_read(&x->side, number - x->first[high], p, f);
    while (high - low > 1) {
        size_t middle = (low + high) / 2;

        *(x->first[middle] <= number ? &low : &high) = middle;
    }
    size_t at = low % (sizeof(x->fd) / sizeof(*x->fd));
    if (x->fd[at] == 0 || x->fd_of[at] != low) {
        close_fd(x, at);
        x->fd[at] = segment_open(x->folder, &x->segments.at[low], f) + 1;
        x->fd_of[at] = low;
        if (x->fd[at] == 0)
            return -1;
    }
    return segment_read(x->fd[at] - 1, x->folder, &x->segments.at[low], number - x->first[low], p,
                        f);
}

static int find_exact(struct dedupe_index *x, const struct sketch *k, struct verdict *out,
                      struct fault *f)
{
    uint32_t owner = bands_owner(&x->places, EXACT);
    struct page p;

    if (owner == 0)
        return 0;
    if (read_page(x, owner - 1, &p, f) != 0)
        return -1;
    if (p.exact.high == k->page.exact.high && p.exact.low == k->page.exact.low) {
        out->duplicate = out->exact = true;
        out->of = p.id;
        out->agree = BINS;
        out->page = owner - 1;
    }
    return 0;
}

/* The pages that own a band of it, each once, lowest number first. */
static unsigned find_candidates(const struct dedupe_index *x, uint32_t page[BANDS])
{
    unsigned n = 0;

    for (unsigned band = 0; band < BANDS; band++) {
        uint32_t owner = bands_owner(&x->places, band), found = owner - 1;
        unsigned at = n;

        if (owner == 0)
            continue;
        while (at > 0 && page[at - 1] > found)
            at--;
        if (at > 0 && page[at - 1] == found)
            continue;
        memmove(page + at + 1, page + at, (n - at) * sizeof(*page));
        page[at] = found;
        n++;
    }
    return n;
}

static int find_near(struct dedupe_index *x, const struct sketch *k, unsigned needed,
                     struct verdict *out, struct fault *f)
{
    uint32_t page[BANDS];
    unsigned n = find_candidates(x, page);

    out->candidates = n;
    for (unsigned i = 0; i < n; i++) {
        struct page p;

        if (read_page(x, page[i], &p, f) != 0)
            return -1;
        if (x->by_numbers && p.numbers != k->page.numbers)
            continue;
        unsigned agree = signature_agree(&p.signature, &k->page.signature);
        if (agree > out->nearest) {
            out->nearest = agree;
            out->of = p.id;
            out->page = page[i];
        }
    }
    if (n > 0 && out->nearest >= needed) {
        out->duplicate = true;
        out->agree = out->nearest;
    }
    return 0;
}

int index_page(struct dedupe_index *x, uint32_t number, struct page *p, struct fault *f)
{
    return read_page(x, number, p, f);
}

int index_settle(struct dedupe_index *x, struct fault *f)
{
    if (!x->has_waiting)
        return 0;
    x->has_waiting = false;
    return add_page(x, x->waits, &x->places, f);
}

/* While memory brings what the keys of this page need, the one before it is put in. */
int index_judge(struct dedupe_index *x, struct sketch *k, uint64_t id, unsigned needed,
                struct verdict *out, struct fault *f)
{
    *out = (struct verdict){ 0 };
    for (unsigned i = 0; i < KEYS; i++)
        bands_prefetch(&x->bands, k->key[i]);
    if (index_settle(x, f) != 0)
        return -1;
    bands_find(&x->bands, k->key, KEYS, &x->places);
    if (find_exact(x, k, out, f) != 0)
        return -1;
    if (out->duplicate)
        return 0;
    if (find_near(x, k, needed, out, f) != 0)
        return -1;
    if (out->duplicate)
        return 0;
    k->page.id = id;
    if (count_page(x, f) != 0 || side_append(&x->side, &k->page, f) != 0)
        return -1;
    memcpy(x->waits, k->key, sizeof(x->waits));
    x->has_waiting = true;
    return 0;
}

void index_close(struct dedupe_index *x)
{
    for (size_t i = 0; i < sizeof(x->fd) / sizeof(*x->fd); i++)
        close_fd(x, i);
    side_close(&x->side);
    segments_free(&x->segments);
    bands_free(&x->bands);
    free(x->first);
    x->first = NULL;
}
