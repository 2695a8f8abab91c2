/* SPDX-License-Identifier: Apache-2.0 */
/* The transform `dedupe`: exact and near copies of kept pages are marked as duplicates of them. map
 * makes the sketch of a text, on any thread; step looks it up, in input order. */
#define _GNU_SOURCE
#include <etl/plugin.h>

#include "bytes.h"
#include "common/buffer.h"
#include "common/fail.h"
#include "index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct dedupe {
    etl_field field;
    double threshold;
    int64_t numbers; /* 0 any, 1 differ */
    const char *index;
    etl_field id, sketch;
};

struct dedupe_state {
    struct dedupe_index index;
    const char *segment; /* where finish writes it; NULL: no index folder */
};

struct dedupe_worker {
    struct tokens tokens;
    struct shingles shingles;
    struct sketch sketch;
};

enum { SHARED_NOTES = 40 };
enum { SAVED_BYTES = 24 }; /* pages, check of the last, fingerprint of the segments */

static const etl_option options[] = {
    ETL_OPT(struct dedupe, READS, field, "field", "body", "text", "Field that is compared"),
    ETL_OPT(struct dedupe, REAL, threshold, "threshold", "0.70", "0.5..1",
            "Share of the signature in which a near copy agrees with the kept page"),
    ETL_OPT(struct dedupe, CHOICE, numbers, "numbers", "any", "any|differ",
            "differ: pages whose numbers are not the same are no duplicates"),
    ETL_OPT(struct dedupe, STORE, index, "index", "", NULL,
            "Folder of what earlier runs kept; this run adds its own pages when it is done"),
    ETL_OPT_END
};

static int dedupe_open(void *self)
{
    struct dedupe *me = self;

    me->id = etl_declare(self, "id", ETL_TEXT, ETL_READS);
    me->sketch = etl_declare(self, "sketch", ETL_BYTES, ETL_PRIVATE);
    return me->id.id && me->sketch.id ? ETL_OK : ETL_FAIL;
}

static struct segment_settings settings_of(const struct dedupe *me)
{
    struct segment_settings s = { .folds_all = tokens_fold_all(),
                                  .numbers = (uint32_t)me->numbers,
                                  .threshold = me->threshold };
    const char *field = etl_name(me->field);

    memcpy(s.field, field, strnlen(field, sizeof(s.field)));
    return s;
}

/* The part that becomes this run's segment: FOLDER/PLAN.etl-pages. */
static const char *segment_part(const struct dedupe *me)
{
    char name[80];
    struct buffer path = { 0 };
    size_t len = strlen(me->index);
    const char *part = NULL;

    while (len > 1 && me->index[len - 1] == '/')
        len--;
    segment_name(etl_plan(me), name);
    buffer_append(&path, me->index, len);
    buffer_byte(&path, '/');
    buffer_puts(&path, name);
    buffer_byte(&path, 0);
    if (path.failed)
        etl_fail_errno(me, ENOMEM, "out of memory");
    else
        part = etl_part(me, path.data);
    buffer_free(&path);
    return part;
}

static int list_segments(const struct dedupe *me, struct dedupe_state *st, uint64_t fingerprint,
                         bool resumed)
{
    struct segment_settings settings = settings_of(me);
    struct fault f = { 0 };

    st->index.folder = me->index;
    st->segment = segment_part(me);
    if (!st->segment)
        return ETL_FAIL;
    if (segments_list(me->index, etl_plan(me), &settings, &st->index.segments, &f) != 0)
        return fail_by(me, "index", NULL, &f);
    if (resumed && st->index.segments.fingerprint != fingerprint)
        return etl_fail_option(me, "index",
                               "the index folder %s has changed since this run began; start it "
                               "afresh with --fresh",
                               me->index);
    return ETL_OK;
}

static int dedupe_start(const void *self, void *state, etl_blob saved)
{
    const struct dedupe *me = self;
    struct dedupe_state *st = state;
    struct fault f = { 0 };
    uint64_t fact[SAVED_BYTES / 8] = { 0 };
    const char *path;

    st->index.side.fd = -1;
    st->index.bands.limit = etl_budget(self);
    st->index.by_numbers = me->numbers == 1;
    if (saved.data && saved.len != 0 && saved.len != SAVED_BYTES)
        return etl_fail(self, "what an earlier run saved has %zu bytes, not %d", saved.len,
                        SAVED_BYTES);
    for (size_t i = 0; saved.data && i < saved.len / 8; i++)
        fact[i] = get64((const unsigned char *)saved.data + 8 * i);
    if (me->index && me->index[0] &&
        list_segments(me, st, fact[2], saved.data && saved.len > 0) != ETL_OK)
        return ETL_FAIL;
    path = etl_state_path(self, "pages");
    if (!path)
        return ETL_FAIL;
    if (index_open(&st->index, path, fact[0], fact[1], &f) != 0)
        return fail_by(self, NULL, NULL, &f);
    if (st->index.segments.n > 0)
        etl_log(self, NULL, ETL_INFO, "%u pages of %zu earlier runs in the index",
                (unsigned)st->index.pages, st->index.segments.n);
    return ETL_OK;
}

static int dedupe_map(const void *self, etl_record *rec)
{
    const struct dedupe *me = self;
    struct dedupe_worker *w = etl_worker(rec);
    etl_value v = etl_get(rec, me->field);

    if (v.type == ETL_TEXT &&
        sketch_make(v.text, v.len, me->numbers == 1, &w->tokens, &w->shingles, &w->sketch))
        etl_set(rec, me->sketch, etl_bytes(&w->sketch, sizeof(w->sketch)));
    return ETL_OK;
}

/* The number that 16 hex digits write. */
static bool id_number(etl_value v, uint64_t *out)
{
    *out = 0;
    if (v.type != ETL_TEXT || v.len != 16)
        return false;
    for (int i = 0; i < 16; i++) {
        char c = v.text[i];

        if (c >= '0' && c <= '9')
            *out = *out << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *out = *out << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    return true;
}

/* For `etl explain`: one note for each run of words that stands in both pages. */
struct shared {
    etl_record *rec;
    unsigned runs;
};

static void note_shared(void *to, const char *words, size_t len)
{
    struct shared *s = to;

    if (s->runs++ < SHARED_NOTES)
        etl_note(s->rec, "shared", "%.*s", (int)(len < 1000 ? len : 1000), words);
}

/* The shingles of this page by which bins of both signatures agree. */
static int note_shingles(const struct dedupe *me, struct dedupe_state *st, etl_record *rec,
                         const struct sketch *k, const struct verdict *v)
{
    struct dedupe_worker *w = etl_worker(rec);
    struct shared shared = { rec, 0 };
    etl_value text = etl_get(rec, me->field);
    bool wanted[BINS];
    struct fault f = { 0 };
    struct page p;
    unsigned bins;

    if (index_page(&st->index, v->page, &p, &f) != 0)
        return fail_by(me, NULL, NULL, &f);
    for (size_t i = 0; i < BINS; i++)
        wanted[i] = p.signature.value[i] == k->page.signature.value[i];
    shingle_text(text.text, text.len, &w->tokens, &w->shingles);
    bins = shingle_places(text.text, text.len, &w->tokens, &w->shingles, wanted, note_shared, &shared);
    etl_note(rec, "shared", "these %u runs of words are what %u of the bins that agree stand for%s",
             shared.runs, bins, shared.runs > SHARED_NOTES ? "; the first are shown" : "");
    return ETL_OK;
}

static int note_verdict(const struct dedupe *me, struct dedupe_state *st, etl_record *rec,
                        const struct sketch *k, const struct verdict *v, unsigned needed)
{
    char of[17] = "";

    hash64_hex(v->of, of);
    if (v->exact)
        etl_note(rec, "dedupe", "the same words as %s, all of them", of);
    else if (v->duplicate)
        etl_note(rec, "dedupe", "near copy of %s: %u of %d bins agree, %u are enough", of, v->agree,
                 BINS, needed);
    else if (v->candidates > 0)
        etl_note(rec, "dedupe", "kept: the nearest kept page, %s, agrees in %u of %d bins, and %u "
                 "are needed", of, v->nearest, BINS, needed);
    else
        etl_note(rec, "dedupe", "kept: no kept page before it has a band of its signature");
    return v->duplicate && !v->exact ? note_shingles(me, st, rec, k, v) : ETL_OK;
}

static int dedupe_step(const void *self, void *state, etl_record *rec)
{
    const struct dedupe *me = self;
    struct dedupe_state *st = state;
    etl_value v = etl_get(rec, me->sketch);
    struct sketch k;
    struct verdict verdict;
    struct fault f = { 0 };
    uint64_t id;
    char of[16];

    if (v.type != ETL_BYTES || v.len != sizeof(k)) {
        etl_note(rec, "dedupe", "not compared: fewer than %d words in %s", SHINGLE, etl_name(me->field));
        return ETL_OK;
    }
    memcpy(&k, v.bytes, sizeof(k));
    if (!id_number(etl_get(rec, me->id), &id))
        return etl_fail(self, "the id of %s is not 16 hex digits", etl_origin(rec));
    unsigned needed = (unsigned)(me->threshold * BINS);
    needed += needed < me->threshold * BINS;
    if (index_judge(&st->index, &k, id, needed, &verdict, &f) != 0)
        return fail_by(self, NULL, NULL, &f);
    hash64_hex(verdict.of, of);
    if (etl_noting(rec) && note_verdict(self, st, rec, &k, &verdict, needed) != ETL_OK)
        return ETL_FAIL;
    if (!verdict.duplicate)
        return ETL_OK;
    etl_count(self, rec, verdict.exact ? "exact" : "near", 1);
    return etl_duplicate(rec, etl_text(of, sizeof(of)), verdict.agree / (double)BINS);
}

static int dedupe_commit(const void *self, void *state)
{
    struct dedupe_state *st = state;
    struct fault f = { 0 };
    unsigned char saved[SAVED_BYTES];

    if (index_settle(&st->index, &f) != 0 || side_flush(&st->index.side, true, &f) != 0)
        return fail_by(self, NULL, NULL, &f);
    put64(saved, st->index.side.count);
    put64(saved + 8, st->index.side.check);
    put64(saved + 16, st->index.segments.fingerprint);
    etl_save(self, saved, sizeof(saved));
    return ETL_OK;
}

static int dedupe_finish(const void *self, void *state, etl_unit *unit)
{
    const struct dedupe *me = self;
    struct dedupe_state *st = state;
    struct segment_settings settings = settings_of(me);
    struct fault f = { 0 };

    (void)unit;
    if (index_settle(&st->index, &f) != 0)
        return fail_by(self, NULL, NULL, &f);
    if (!st->segment)
        return ETL_OK;
    if (side_flush(&st->index.side, false, &f) != 0 ||
        segment_write(st->segment, etl_plan(self), st->index.segments.generation, &settings,
                      &st->index.side, &f) != 0)
        return fail_by(self, NULL, NULL, &f);
    return ETL_OK;
}

static void dedupe_stop(const void *self, void *state)
{
    struct dedupe_state *st = state;

    (void)self;
    index_close(&st->index);
}

static const etl_plugin plugin = {
    ETL_TRANSFORM("dedupe", "1.0", "Mark exact and near copies of pages that were kept"),
    .doc =
        "Words are compared, not bytes: case, punctuation, spaces and the way letters are encoded "
        "make no difference. A page with the same words as a kept one is a duplicate of it; so is "
        "a page whose signature agrees with that of a kept one in at least `threshold`, which is "
        "about the share of runs of five words that the two have in common. The first that comes "
        "is kept. Pages of fewer than 5 words, or without the field, are never duplicates.\n\n"
        "`numbers = differ` keeps pages apart that are printed from one form: weather, prices, "
        "schedules.\n\n"
        "`index = FOLDER` compares with what earlier runs kept as well. Each finished run leaves a "
        "file there that is named by its plan, so runs of different days must differ in their "
        "plan, say by `-D day=...` in the path of the input; a run does not find itself. All runs "
        "that share a folder have the same field, threshold and numbers.",
    .self_size = sizeof(struct dedupe),
    .state_size = sizeof(struct dedupe_state),
    .worker_size = sizeof(struct dedupe_worker),
    .options = options,
    .open = dedupe_open,
    .start = dedupe_start,
    .map = dedupe_map,
    .step = dedupe_step,
    .commit = dedupe_commit,
    .finish = dedupe_finish,
    .stop = dedupe_stop,
};
ETL_PLUGINS(&plugin);
