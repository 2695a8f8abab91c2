/* SPDX-License-Identifier: Apache-2.0 */
/* The index of dedupe: the table is a map; files come back as they were written, and damage is
 * seen; three runs with an index agree with one. */
#define _GNU_SOURCE
#include "folder.h"
#include "words.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- the table ---- */

static uint32_t owner_of(const struct bands *b, uint64_t key)
{
    struct bands_places places;

    bands_find(b, &key, 1, &places);
    return bands_owner(&places, 0);
}

enum { KINDS = 30000 };

/* Keys of few kinds, so that many meet an owner. A third stand close together. */
static uint64_t key_of_kind(uint64_t kind)
{
    uint64_t seed = kind + 1;

    return kind % 3 ? next_random(&seed) : kind << 26;
}

/* Only 38 bits of a key count. */
START_TEST(table_is_a_map)
{
    enum { TRIES = 60000 };
    struct bands b = { .limit = UINT64_MAX };
    uint32_t *owner = calloc(KINDS, sizeof(*owner)); /* page + 1 */
    uint64_t r = 23;

    must(owner_of(&b, 5) == 0);
    for (uint32_t i = 0; i < TRIES; i++) {
        uint64_t kind = next_random(&r) % KINDS, key = key_of_kind(kind) | (i & 0x3ffffff);

        bands_prefetch(&b, key);
        must(bands_add(&b, &key, 1, NULL, i) == BANDS_OK);
        if (owner[kind] == 0)
            owner[kind] = i + 1;
    }
    for (uint64_t kind = 0; kind < KINDS; kind++)
        must(owner_of(&b, key_of_kind(kind)) == owner[kind]);
    bands_free(&b);
    free(owner);
}
END_TEST

/* Keys found side by side and added where they were found, the same one among them twice at times,
 * or after others were added, or the table has grown. */
START_TEST(places_hold)
{
    enum { PAGES = 4000 };
    struct bands b = { .limit = UINT64_MAX };
    uint32_t *owner = calloc(KINDS, sizeof(*owner));
    uint64_t r = 37;

    for (uint32_t page = 0; page < PAGES; page++) {
        uint64_t kind[BANDS_MOST], key[BANDS_MOST];
        unsigned n = (unsigned)(1 + next_random(&r) % BANDS_MOST);
        struct bands_places places;

        for (unsigned i = 0; i < n; i++) {
            kind[i] = i && next_random(&r) % 50 == 0 ? kind[i - 1] : next_random(&r) % KINDS;
            key[i] = key_of_kind(kind[i]);
        }
        bands_find(&b, key, n, &places);
        for (unsigned i = 0; i < n; i++)
            must(bands_owner(&places, i) == owner[kind[i]]);
        for (uint32_t others = page % 8 ? 0 : 20; others > 0; others--) {
            uint64_t other = next_random(&r) % KINDS, other_key = key_of_kind(other);

            must(bands_add(&b, &other_key, 1, NULL, PAGES + page) == BANDS_OK);
            owner[other] = owner[other] ? owner[other] : PAGES + page + 1;
        }
        must(bands_add(&b, key, n, &places, page) == BANDS_OK);
        for (unsigned i = 0; i < n; i++)
            owner[kind[i]] = owner[kind[i]] ? owner[kind[i]] : page + 1;
    }
    for (uint64_t kind = 0; kind < KINDS; kind++)
        must(owner_of(&b, key_of_kind(kind)) == owner[kind]);
    bands_free(&b);
    free(owner);
}
END_TEST

START_TEST(table_stays_small)
{
    struct bands b = { .limit = UINT64_MAX };
    uint64_t r = 29, worst = 0;

    for (uint32_t page = 0; page < 100000; page++) {
        uint64_t key[KEYS];

        for (unsigned i = 0; i < KEYS; i++)
            key[i] = next_random(&r);
        must(bands_add(&b, key, KEYS, NULL, page) == BANDS_OK);
        if (page > 20000 && b.bytes / (page + 1) > worst)
            worst = b.bytes / (page + 1);
    }
    ck_assert_msg(worst <= 280, "%d bytes a page", (int)worst);
    bands_free(&b);
}
END_TEST

/* ---- files ---- */

static bool ignore_page(void *to, const struct page *p, struct fault *f)
{
    (void)p;
    (void)f;
    (*(uint64_t *)to)++;
    return true;
}

static struct page some_page(uint64_t *r)
{
    struct page p = {
        { next_random(r), next_random(r) }, next_random(r), next_random(r), { { 0 } }
    };

    for (int i = 0; i < BINS; i++)
        p.signature.value[i] = (uint16_t)next_random(r);
    return p;
}

static int cuts;

/* In place of the system's. */
int ftruncate(int fd, off_t len)
{
    cuts++;
    return (int)syscall(SYS_ftruncate, fd, len);
}

START_TEST(pages_come_back)
{
    enum { PAGES = 700 };
    const char *path = in_folder("side");
    struct side *s = calloc(1, sizeof(*s));
    struct page *all = calloc(PAGES, sizeof(*all));
    struct fault f = { 0 };
    uint64_t r = 31, n = 0, check = 0;

    cuts = 0;
    ck_assert_int_eq(side_open(s, path, 0, 0, ignore_page, &n, &f), 0);
    for (uint64_t i = 0; i < PAGES; i++) {
        struct page back;
        uint64_t some = next_random(&r) % (i + 1);

        all[i] = some_page(&r);
        ck_assert_int_eq(side_append(s, &all[i], &f), 0);
        ck_assert_int_eq(side_read(s, some, &back, &f), 0);
        ck_assert_mem_eq(&back, &all[some], sizeof(back));
        if (i == 499) {
            ck_assert_int_eq(side_flush(s, true, &f), 0);
            check = s->check;
        }
    }
    side_flush(s, false, &f);
    side_close(s);
    ck_assert_int_eq(cuts, 0); /* see side_open */
    /* A kill: what came after the commit is cut off, and comes again the same. */
    ck_assert_int_eq(side_open(s, path, 500, check, ignore_page, &n, &f), 0);
    ck_assert_uint_eq(n, 500);
    ck_assert_int_eq(cuts, 1);
    ck_assert(s->count == 500 && s->check == check);
    struct stat st;
    ck_assert(stat(path, &st) == 0 && st.st_size == 500 * PAGE_BYTES);
    side_close(s);
    ck_assert_int_eq(side_open(s, path, 500, check + 1, ignore_page, &n, &f), -1);
    side_close(s);
    ck_assert_int_eq(side_open(s, path, 501, check, ignore_page, &n, &f), -1);
    ck_assert_ptr_nonnull(strstr(f.text, "cut short"));
    side_close(s);
    free(all);
    free(s);
}
END_TEST

static void flip(const char *path, size_t byte, int bit)
{
    int fd = open(path, O_RDWR);
    unsigned char c;

    must(pread(fd, &c, 1, (off_t)byte) == 1);
    c = (unsigned char)(c ^ 1 << bit);
    must(pwrite(fd, &c, 1, (off_t)byte) == 1);
    close(fd);
}

START_TEST(flips_in_the_side_file_are_seen)
{
    const char *path = in_folder("flipped");
    struct side *s = calloc(1, sizeof(*s));
    struct fault f = { 0 };
    uint64_t r = 37, n = 0;

    ck_assert_int_eq(side_open(s, path, 0, 0, ignore_page, &n, &f), 0);
    for (int i = 0; i < 3; i++) {
        struct page p = some_page(&r);
        side_append(s, &p, &f);
    }
    ck_assert_int_eq(side_flush(s, false, &f), 0);
    side_close(s);
    uint64_t check = s->check;
    for (size_t byte = 0; byte < 3 * PAGE_BYTES; byte++) {
        flip(path, byte, (int)(byte % 8));
        ck_assert_int_eq(side_open(s, path, 3, check, ignore_page, &n, &f), -1);
        ck_assert_ptr_nonnull(strstr(f.text, "damaged at page"));
        side_close(s);
        flip(path, byte, (int)(byte % 8));
    }
    ck_assert_int_eq(side_open(s, path, 3, check, ignore_page, &n, &f), 0);
    side_close(s);
    free(s);
}
END_TEST

static const struct segment_settings settings = { 1, 0, 0.70, "body" };
static const char plan_a[] = "00000000000000000000000000000aaa",
                  plan_b[] = "1111111111111111111111111"
                             "1111bbb",
                  plan_c[] = "0123456789abcdef0123456789abcdef";

static void write_segment(const char *index, const char *plan, uint32_t generation, int pages)
{
    struct side *s = calloc(1, sizeof(*s));
    struct fault f = { 0 };
    uint64_t r = 41 + generation, n = 0;
    char name[80], path[300];

    unlink(in_folder("tmp"));
    must(side_open(s, in_folder("tmp"), 0, 0, ignore_page, &n, &f) == 0);
    for (int i = 0; i < pages; i++) {
        struct page p = some_page(&r);
        side_append(s, &p, &f);
    }
    must(side_flush(s, false, &f) == 0);
    segment_name(plan, name);
    snprintf(path, sizeof(path), "%s/%s", index, name);
    must(segment_write(path, plan, generation, &settings, s, &f) == 0);
    must(segment_write(path, plan, generation, &settings, s, &f) == 0);
    side_close(s);
    free(s);
}

static void expect_refused(const char *index, const struct segment_settings *set, const char *word)
{
    struct segments s;
    struct fault f = { 0 };
    uint64_t n = 0;
    int bad = segments_list(index, plan_c, set, &s, &f);

    for (size_t i = 0; i < s.n && !bad; i++)
        bad = segment_load(index, &s.at[i], ignore_page, &n, &f);
    ck_assert_msg(bad && strstr(f.text, word), "%s: %s", word, bad ? f.text : "taken");
    segments_free(&s);
}

START_TEST(segments_in_the_order_of_runs)
{
    char index[100];
    struct segments s;
    struct fault f = { 0 };
    uint64_t n = 0, before;

    snprintf(index, sizeof(index), "%s", in_folder("order"));
    ck_assert_int_eq(segments_list(index, plan_a, &settings, &s, &f), 0); /* no folder: none */
    ck_assert(s.n == 0 && s.generation == 1);
    segments_free(&s);
    mkdir(index, 0700);
    write_segment(index, plan_b, 1, 5);
    write_segment(index, plan_a, 2, 3);
    ck_assert_int_eq(segments_list(index, plan_c, &settings, &s, &f), 0);
    ck_assert(s.n == 2 && s.generation == 3);
    ck_assert(s.at[0].count == 5 && s.at[1].count == 3);
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(segment_load(index, &s.at[i], ignore_page, &n, &f), 0);
    ck_assert_uint_eq(n, 8);
    before = s.fingerprint;
    segments_free(&s);
    write_segment(index, plan_c, 3, 2); /* its own is not seen: the same as before */
    ck_assert_int_eq(segments_list(index, plan_c, &settings, &s, &f), 0);
    ck_assert(s.n == 2 && s.generation == 3 && s.fingerprint == before);
    segments_free(&s);
    ck_assert_int_eq(segments_list(index, plan_a, &settings, &s, &f), 0); /* nor what is younger */
    ck_assert(s.n == 1 && s.generation == 2 && s.at[0].count == 5);
    segments_free(&s);
}
END_TEST

START_TEST(segments_of_another_kind_are_refused)
{
    char index[100], path[300];
    struct segment_settings other = settings;

    snprintf(index, sizeof(index), "%s", in_folder("kinds"));
    mkdir(index, 0700);
    write_segment(index, plan_a, 1, 4);
    other.numbers = 1;
    expect_refused(index, &other, "numbers = any, this run has numbers = differ");
    other = settings;
    other.threshold = 0.8;
    expect_refused(index, &other, "threshold = 0.7, this run has threshold = 0.8");
    other = settings;
    strcpy(other.field, "text");
    expect_refused(index, &other, "field = body, this run has field = text");
    other = settings;
    other.folds_all = 0;
    expect_refused(index, &other, "ICU");
    snprintf(path, sizeof(path), "%s/%s.etl-pages", index, plan_a);
    flip(path, 8, 1);
    expect_refused(index, &settings, "is of format 3, this etl reads format 1");
    flip(path, 8, 1);
    for (size_t byte = 0; byte < SEGMENT_HEADER + 4 * PAGE_BYTES; byte++) {
        flip(path, byte, (int)(byte % 8));
        expect_refused(index, &settings, "segment");
        flip(path, byte, (int)(byte % 8));
    }
    ck_assert_int_eq(truncate(path, SEGMENT_HEADER + 3 * PAGE_BYTES), 0);
    expect_refused(index, &settings, "should make");
    ck_assert_int_eq(truncate(path, 20), 0);
    expect_refused(index, &settings, "is no index segment");
}
END_TEST

/* ---- the whole ---- */

enum { DOCS = 900 };

struct answers {
    struct verdict of[DOCS];
};

static void judge(struct dedupe_index *x, const struct words *docs, size_t from, size_t to,
                  struct answers *out)
{
    struct fault f = { 0 };

    for (size_t i = from; i < to; i++) {
        struct sketch k;

        must(sketch_words(&docs[i], &k));
        must(index_judge(x, &k, i, 180, &out->of[i], &f) == 0);
    }
}

static struct dedupe_index *open_index(const char *side, uint64_t count, uint64_t check,
                                       const char *index, const char *plan)
{
    struct dedupe_index *x = calloc(1, sizeof(*x));
    struct fault f = { 0 };

    x->side.fd = -1;
    x->bands.limit = UINT64_MAX;
    x->folder = index;
    must(!index || segments_list(index, plan, &settings, &x->segments, &f) == 0);
    must(index_open(x, side, count, check, &f) == 0);
    return x;
}

static struct words *make_docs(void)
{
    struct words *docs = calloc(DOCS, sizeof(*docs));
    uint64_t r = 53;

    for (size_t i = 0; i < DOCS; i++) {
        docs[i] = some_words(&r, 80 + next_random(&r) % 300);
        if (i > 10 && i % 3 == 0)
            docs[i] = docs[next_random(&r) % i];
        else if (i > 10 && i % 3 == 1)
            docs[i] = edited(&docs[next_random(&r) % i], &r, 1 + next_random(&r) % 12);
    }
    return docs;
}

/* The verdict that the rules ask for, by comparing with all kept pages. */
START_TEST(verdicts_by_the_rules)
{
    struct words *docs = make_docs();
    struct answers *a = calloc(1, sizeof(*a));
    struct sketch *kept = calloc(DOCS, sizeof(*kept));
    size_t n = 0, exact = 0, near = 0;

    unlink(in_folder("rules"));
    struct dedupe_index *x = open_index(in_folder("rules"), 0, 0, NULL, NULL);
    judge(x, docs, 0, DOCS, a);
    for (size_t i = 0; i < DOCS; i++) {
        const struct verdict *v = &a->of[i];
        struct sketch k;
        unsigned best = 0;
        size_t of = 0;

        must(sketch_words(&docs[i], &k));
        for (size_t j = 0; j < n; j++) {
            unsigned agree = signature_agree(&kept[j].page.signature, &k.page.signature);

            if (is_near(&kept[j], &k) && agree > best) {
                best = agree;
                of = j;
            }
        }
        must(v->duplicate == (best > 0));
        must(!v->duplicate || (v->of == kept[of].page.id && v->agree == best));
        exact += v->exact;
        near += v->duplicate && !v->exact;
        if (!v->duplicate) {
            kept[n] = k;
            kept[n++].page.id = i;
        }
    }
    ck_assert(exact > 200 && near > 100 && n > 200);
    index_close(x);
    free(x);
    free(kept);
    free(a);
    free(docs);
}
END_TEST

START_TEST(resumed_is_uninterrupted)
{
    struct words *docs = make_docs();
    struct answers *one = calloc(1, sizeof(*one)), *two = calloc(1, sizeof(*two));
    struct fault f = { 0 };

    unlink(in_folder("one"));
    unlink(in_folder("two"));
    struct dedupe_index *x = open_index(in_folder("one"), 0, 0, NULL, NULL);
    judge(x, docs, 0, DOCS, one);
    struct dedupe_index *y = open_index(in_folder("two"), 0, 0, NULL, NULL);
    judge(y, docs, 0, 300, two);
    must(side_flush(&y->side, true, &f) == 0);
    uint64_t count = y->side.count, check = y->side.check;
    judge(y, docs, 300, 700, two); /* killed: these are undone */
    side_flush(&y->side, false, &f);
    index_close(y);
    free(y);
    y = open_index(in_folder("two"), count, check, NULL, NULL);
    judge(y, docs, 300, DOCS, two);
    ck_assert_mem_eq(one, two, sizeof(*one));
    ck_assert(x->side.check == y->side.check && x->side.count == y->side.count);
    index_close(x);
    index_close(y);
    free(x);
    free(y);
    free(one);
    free(two);
    free(docs);
}
END_TEST

/* Plans whose names are not in the order of the days. */
START_TEST(three_days_are_one_run)
{
    static const char *const plan[] = { plan_b, plan_c, plan_a };
    struct words *docs = make_docs();
    struct answers *one = calloc(1, sizeof(*one)), *three = calloc(1, sizeof(*three));
    char index[100];
    struct fault f = { 0 };

    snprintf(index, sizeof(index), "%s", in_folder("days"));
    mkdir(index, 0700);
    unlink(in_folder("whole"));
    struct dedupe_index *x = open_index(in_folder("whole"), 0, 0, NULL, NULL);
    judge(x, docs, 0, DOCS, one);
    for (size_t day = 0; day < 3; day++) {
        char name[80], path[300];

        unlink(in_folder("day"));
        struct dedupe_index *y = open_index(in_folder("day"), 0, 0, index, plan[day]);
        judge(y, docs, day * DOCS / 3, (day + 1) * DOCS / 3, three);
        must(side_flush(&y->side, true, &f) == 0);
        segment_name(plan[day], name);
        snprintf(path, sizeof(path), "%s/%s", index, name);
        must(segment_write(path, plan[day], y->segments.generation, &settings, &y->side, &f) == 0);
        index_close(y);
        free(y);
    }
    ck_assert_mem_eq(one, three, sizeof(*one));
    index_close(x);
    free(x);
    free(one);
    free(three);
    free(docs);
}
END_TEST

START_TEST(past_the_budget_is_said)
{
    struct words *docs = make_docs();
    struct fault f = { 0 };
    struct verdict v;
    int result = 0;

    unlink(in_folder("budget"));
    struct dedupe_index *x = open_index(in_folder("budget"), 0, 0, NULL, NULL);
    x->bands.limit = 100000;
    for (size_t i = 0; i < DOCS && result == 0; i++) {
        struct sketch k;

        must(sketch_words(&docs[i], &k));
        result = index_judge(x, &k, i, 180, &v, &f);
        must(x->bands.bytes <= x->bands.limit);
    }
    ck_assert_int_eq(result, -1);
    ck_assert_ptr_nonnull(strstr(f.text, "twice as many need"));
    index_close(x);
    free(x);
    free(docs);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("dedupe");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, folder_begin, folder_end);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, table_is_a_map);
    tcase_add_test(c, places_hold);
    tcase_add_test(c, table_stays_small);
    tcase_add_test(c, pages_come_back);
    tcase_add_test(c, flips_in_the_side_file_are_seen);
    tcase_add_test(c, segments_in_the_order_of_runs);
    tcase_add_test(c, segments_of_another_kind_are_refused);
    tcase_add_test(c, verdicts_by_the_rules);
    tcase_add_test(c, resumed_is_uninterrupted);
    tcase_add_test(c, three_days_are_one_run);
    tcase_add_test(c, past_the_budget_is_said);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
