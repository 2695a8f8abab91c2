/* SPDX-License-Identifier: Apache-2.0 */
/* No damage to an archive passes unseen: every cut and every flipped bit of small ones, packed by
 * each codec, in one process. "Seen" is a named damage, a rejected document, or a document less
 * that is counted as skipped; content and names that come out clean are those that went in. */
#define _GNU_SOURCE
#include "tests/unit/archives.h"

static const enum codec_kind kinds[] = { CODEC_GZIP, CODEC_ZSTD, CODEC_XZ, CODEC_BZIP2 };

/* Twenty pages, about 2 KB when packed. */
static struct buffer pages_tar(void)
{
    struct buffer b = { 0 };

    for (unsigned i = 0; i < 20; i++) {
        struct buffer text = { 0 };
        char name[40];

        pack_sample(&text, 90 + 7 * i, false);
        snprintf(name, sizeof(name), "2019/page-%02u.txt", i);
        tar_file(&b, name, text.data, text.len);
        buffer_free(&text);
    }
    tar_end(&b);
    return b;
}

static struct buffer pages_zip(unsigned flags)
{
    struct zip z = { 0 };

    for (unsigned i = 0; i < 6; i++) {
        struct buffer text = { 0 };
        char name[40];

        pack_sample(&text, 60 + 40 * i, false);
        snprintf(name, sizeof(name), "2019/page-%02u.txt", i);
        zip_entry(&z, name, 0100644, text.data, text.len, flags);
        buffer_free(&text);
    }
    return zip_end(&z);
}

struct tally {
    size_t tried, unseen, harmless;
};

static void compare(struct tally *t, struct outcome *got, const struct outcome *good, bool names)
{
    bool clean = outcome_clean(got);
    bool same = outcome_same(got, good) && (!names || outcome_same_names(got, good));

    t->tried++;
    t->harmless += clean && same;
    t->unseen += clean && !same && got->skipped == good->skipped;
    ck_assert_msg(!got->failed && !got->stopped, "%d: %s", got->first.err, got->first.text);
    outcome_free(got);
}

static struct tally flip_all(struct buffer *b, bool seek, bool names)
{
    struct reader_setting setting = default_setting();
    struct outcome good = read_bytes(b->data, b->len, seek, &setting);
    struct tally t = { 0 };

    ck_assert_msg(outcome_clean(&good), "%s %s", good.first.text, good.reason);
    for (size_t bit = 0; bit < b->len * 8; bit++) {
        struct outcome got;

        b->data[bit / 8] ^= (char)(1 << (bit % 8));
        got = read_bytes(b->data, b->len, seek, &setting);
        b->data[bit / 8] ^= (char)(1 << (bit % 8));
        if (getenv("ETL_TEST_VERBOSE") && outcome_clean(&got) && !outcome_same(&got, &good))
            fprintf(stderr, "byte %zu bit %zu: %u documents, %u skipped\n", bit / 8, bit % 8,
                    got.documents, got.skipped);
        compare(&t, &got, &good, names);
    }
    outcome_free(&good);
    freelocale(setting.locale);
    return t;
}

/* Every length but the whole; 0 bytes is an archive without entries, which the plugin refuses. */
static struct tally cut_all(struct buffer *b, bool seek)
{
    struct reader_setting setting = default_setting();
    struct outcome good = read_bytes(b->data, b->len, seek, &setting);
    struct tally t = { 0 };

    for (size_t n = 1; n < b->len; n++) {
        struct outcome got = read_bytes(b->data, n, seek, &setting);

        ck_assert_msg(!outcome_clean(&got), "cut at %zu of %zu reads as whole", n, b->len);
        ck_assert_uint_le(got.first.byte, n);
        ck_assert(got.documents <= good.documents);
        compare(&t, &got, &good, true);
    }
    outcome_free(&good);
    freelocale(setting.locale);
    return t;
}

START_TEST(packed_tar_flips)
{
    struct buffer tar = pages_tar(), packed = { 0 };
    struct tally t;

    pack(kinds[_i], tar.data, tar.len, &packed);
    t = flip_all(&packed, false, true);
    ck_assert_uint_eq(t.tried, packed.len * 8);
    ck_assert_uint_eq(t.unseen, 0);
    ck_assert_uint_lt(t.harmless, 200); /* time, system and the like in the codec's header */
    buffer_free(&tar);
    buffer_free(&packed);
}
END_TEST

START_TEST(packed_tar_cuts)
{
    struct buffer tar = pages_tar(), packed = { 0 };

    pack(kinds[_i], tar.data, tar.len, &packed);
    ck_assert_uint_eq(cut_all(&packed, false).unseen, 0);
    buffer_free(&tar);
    buffer_free(&packed);
}
END_TEST

START_TEST(plain_tar_cuts)
{
    struct buffer tar = pages_tar();

    ck_assert_uint_eq(cut_all(&tar, false).unseen, 0);
    buffer_free(&tar);
}
END_TEST

static const unsigned zips[] = { 0, ZIP_STORED, ZIP_SIZES_AFTER };

/* In a zip a name has no checksum, but stands twice: who reads it by its table sees the two
 * differ. In order (from a pipe, or packed again) that is not seen. */
START_TEST(zip_flips)
{
    struct buffer zip = pages_zip(zips[_i % 3]);
    struct tally t = flip_all(&zip, _i < 3, _i < 3);

    ck_assert_uint_eq(t.unseen, 0);
    buffer_free(&zip);
}
END_TEST

START_TEST(zip_cuts)
{
    struct buffer zip = pages_zip(zips[_i % 3]);

    ck_assert_uint_eq(cut_all(&zip, _i < 3).unseen, 0);
    buffer_free(&zip);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("archive-damage");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, packed_tar_flips, 0, 4);
    tcase_add_loop_test(c, packed_tar_cuts, 0, 4);
    tcase_add_test(c, plain_tar_cuts);
    tcase_add_loop_test(c, zip_flips, 0, 6);
    tcase_add_loop_test(c, zip_cuts, 0, 6);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
