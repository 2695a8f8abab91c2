/* SPDX-License-Identifier: Apache-2.0 */
/* No damage to an archive passes unseen: every cut and every flipped bit of small ones, of each
 * container and codec, in one process. "Seen" is a named damage, a rejected document, or a document
 * less that is counted as skipped; content and names that come out clean are those that went in.
 * Of a file that was cut, the documents before the cut are there.
 * ETL_DAMAGE=all: all files; else those of one document, the cuts of two more and the flips of one
 * more. A line for each, with tabs: what was done to which, how often, what was found. */
#define _GNU_SOURCE
#include "tests/unit/damage.h"

#define TAR(name, codec, documents, members)                                                       \
    {                                                                                              \
        name, IN_TAR, codec, documents, members, 0, IN_ORDER                                       \
    }
#define ZIP(name, documents, flags, way)                                                           \
    {                                                                                              \
        name, IN_ZIP, CODEC_PLAIN, documents, 1, flags, way                                        \
    }
#define LINES(name, codec, documents, members)                                                     \
    {                                                                                              \
        name, IN_LINES, codec, documents, members, 0, IN_ORDER                                     \
    }

static const struct damage_shape shapes[] = {
    TAR("tar", CODEC_PLAIN, 1, 1),
    TAR("tar.gz", CODEC_GZIP, 1, 1),
    TAR("tar.zst", CODEC_ZSTD, 1, 1),
    TAR("tar.xz", CODEC_XZ, 1, 1),
    TAR("tar.bz2", CODEC_BZIP2, 1, 1),
    ZIP("zip", 1, 0, BY_TABLE),
    LINES("jsonl.gz", CODEC_GZIP, 1, 1),
    TAR("tar.gz", CODEC_GZIP, 20, 1),      /* [7]: CUT_TOO and FLIPPED_TOO */
    LINES("jsonl.gz", CODEC_GZIP, 20, 20), /* [8]: CUT_TOO */
    TAR("tar", CODEC_PLAIN, 20, 1),
    TAR("tar.gz", CODEC_GZIP, 20, 20),
    TAR("tar.zst", CODEC_ZSTD, 20, 1),
    TAR("tar.zst", CODEC_ZSTD, 20, 20),
    TAR("tar.xz", CODEC_XZ, 20, 1),
    TAR("tar.xz", CODEC_XZ, 20, 20),
    TAR("tar.bz2", CODEC_BZIP2, 20, 1),
    TAR("tar.bz2", CODEC_BZIP2, 20, 20),
    ZIP("zip", 20, 0, BY_TABLE),
    ZIP("zip, stored", 20, ZIP_STORED, BY_TABLE),
    ZIP("zip, sizes after", 20, ZIP_SIZES_AFTER, BY_TABLE),
    ZIP("zip from a pipe", 20, 0, IN_ORDER),
    ZIP("zip from a pipe, stored", 20, ZIP_STORED, IN_ORDER),
    ZIP("zip from a pipe, sizes after", 20, ZIP_SIZES_AFTER, IN_ORDER),
    LINES("jsonl.gz", CODEC_GZIP, 20, 1),
    LINES("jsonl.zst", CODEC_ZSTD, 20, 20),
    LINES("jsonl.xz", CODEC_XZ, 20, 20),
    LINES("jsonl.bz2", CODEC_BZIP2, 20, 20),
};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]), CUT_TOO = 8, FLIPPED_TOO = 7 };

/* unseen: what no reader can see apart. */
struct tally {
    size_t tried, unseen, harmless, between, whole;
};
struct totals {
    size_t files, cuts, between, flips, unseen;
};
static struct totals *totals; /* of all tests, which are processes of their own */

static void print_row(const char *what, const struct damage_file *f, const struct tally *t)
{
    printf("damage\t%s\t%s\tdocuments %u\tmembers %u\tbytes %zu\ttried %zu\tunseen %zu\t"
           "harmless %zu\tbetween members %zu\tdocuments before %zu\n",
           what, f->shape->name, f->shape->documents, f->shape->members, f->bytes.len, t->tried,
           t->unseen, t->harmless, t->between, t->whole);
    fflush(stdout);
    totals->files++;
    totals->unseen += t->unseen;
    totals->between += t->between;
    *(what[0] == 'c' ? &totals->cuts : &totals->flips) += t->tried;
}

/* ---- flips ---- */

/* In a zip a name has no checksum, but stands twice: who reads it by its table sees the two differ.
 * In order that is not seen. */
static bool names_are_safe(const struct damage_shape *s)
{
    return s->container != IN_ZIP || s->way == BY_TABLE;
}

/* A tar that is not packed has a checksum over each header alone: the content may differ. */
static bool differs_unseen(const struct damage_file *f, const struct outcome *got,
                           const struct outcome *good)
{
    bool bare = f->shape->container == IN_TAR && f->shape->codec == CODEC_PLAIN;

    if (names_are_safe(f->shape) && !outcome_same_names(got, good))
        return true;
    if (bare)
        return got->documents != good->documents || got->content.len != good->content.len;
    return !outcome_same(got, good);
}

static struct tally flip_all(struct damage_file *f, const struct reader_setting *setting)
{
    struct outcome good = damage_read(f, f->bytes.len, setting);
    struct tally t = { 0 };

    ck_assert_msg(outcome_clean(&good), "%s %s", good.first.text, good.reason);
    ck_assert_uint_eq(good.documents, f->shape->documents);
    for (size_t bit = 0; bit < f->bytes.len * 8; bit++) {
        struct outcome got;
        bool clean;

        f->bytes.data[bit / 8] ^= (char)(1 << (bit % 8));
        got = damage_read(f, f->bytes.len, setting);
        f->bytes.data[bit / 8] ^= (char)(1 << (bit % 8));
        ck_assert_msg(!got.failed && !got.stopped, "%d: %s", got.first.err, got.first.text);
        clean = outcome_clean(&got) && got.skipped == good.skipped;
        t.tried++;
        if (clean && differs_unseen(f, &got, &good)) {
            t.unseen++;
            printf("unseen: byte %zu bit %zu, %u documents\n", bit / 8, bit % 8, got.documents);
        } else if (clean && outcome_same(&got, &good)) {
            t.harmless++;
        }
        outcome_free(&got);
    }
    outcome_free(&good);
    return t;
}

/* ---- cuts ---- */

/* Are the first `whole` documents there, as they went in? */
static bool begins_alike(const struct damage_file *f, const struct outcome *got,
                         const struct outcome *good, unsigned whole)
{
    size_t n = whole > 0 ? f->texts[whole - 1] : 0;

    return got->documents >= whole && got->content.len >= n &&
           (n == 0 || memcmp(got->content.data, good->content.data, n) == 0);
}

/* Every length but the whole; 0 bytes is an archive without entries, which the plugin refuses. */
static struct tally cut_all(struct damage_file *f, const struct reader_setting *setting)
{
    struct outcome good = damage_read(f, f->bytes.len, setting);
    struct tally t = { 0 };

    ck_assert_uint_eq(good.content.len, f->texts[f->shape->documents - 1]);
    for (size_t n = 1; n < f->bytes.len; n++) {
        struct outcome got = damage_read(f, n, setting);
        unsigned whole = damage_whole(f, n);

        ck_assert_msg(!got.failed && !got.stopped, "%d: %s", got.first.err, got.first.text);
        ck_assert_uint_le(got.first.byte, n);
        ck_assert(got.documents <= good.documents);
        ck_assert_msg(begins_alike(f, &got, &good, whole), "cut at %zu of %zu: %u of %u documents",
                      n, f->bytes.len, got.documents, whole);
        t.tried++;
        t.whole += whole;
        if (outcome_clean(&got) && f->shape->container == IN_LINES && damage_between(f, n)) {
            t.between++; /* whole to any reader: the manifest has the size */
        } else if (outcome_clean(&got)) {
            t.unseen++;
            printf("unseen: cut at %zu of %zu\n", n, f->bytes.len);
        }
        outcome_free(&got);
    }
    outcome_free(&good);
    return t;
}

/* ---- tests ---- */

static bool all_wanted(void)
{
    const char *wanted = getenv("ETL_DAMAGE");

    return wanted && strcmp(wanted, "all") == 0;
}

static bool is_wanted(int i, int last)
{
    return shapes[i].documents == 1 || i == last || (last == CUT_TOO && i == FLIPPED_TOO) ||
           all_wanted();
}

START_TEST(flips)
{
    struct reader_setting setting = default_setting();
    struct damage_file f = damage_make(&shapes[_i]);
    struct tally t;

    if (is_wanted(_i, FLIPPED_TOO)) {
        t = flip_all(&f, &setting);
        print_row("flip", &f, &t);
        ck_assert_uint_eq(t.tried, f.bytes.len * 8);
        ck_assert_uint_eq(t.unseen, 0);
        if (f.shape->codec != CODEC_PLAIN) /* time, system and the like in each member's header */
            ck_assert_uint_lt(t.harmless, 100 + 100 * f.shape->members);
    }
    damage_free(&f);
    freelocale(setting.locale);
}
END_TEST

START_TEST(cuts)
{
    struct reader_setting setting = default_setting();
    struct damage_file f = damage_make(&shapes[_i]);
    struct tally t;

    if (is_wanted(_i, CUT_TOO)) {
        t = cut_all(&f, &setting);
        print_row("cut", &f, &t);
        ck_assert_uint_eq(t.tried, f.bytes.len - 1);
        ck_assert_uint_eq(t.unseen, 0);
        ck_assert_uint_le(t.between, f.shape->members - 1);
    }
    damage_free(&f);
    freelocale(setting.locale);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("archive-damage");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (totals == MAP_FAILED)
        return 1;
    tcase_set_timeout(c, all_wanted() ? 7200 : 300);
    tcase_add_loop_test(c, flips, 0, SHAPES);
    tcase_add_loop_test(c, cuts, 0, SHAPES);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    printf("damage\ttotal\tcuts %zu\tflips %zu\tunseen %zu\tbetween members %zu\n", totals->cuts,
           totals->flips, totals->unseen, totals->between);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    munmap(totals, sizeof(*totals));
    return failed ? 1 : 0;
}
