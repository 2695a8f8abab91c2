/* SPDX-License-Identifier: Apache-2.0 */
/* What is read without a library between is what libarchive alone would have read: the same
 * entries, bytes, rejects and damages in the same words at the same places, whatever is in the
 * archive, and whatever was changed in it, cut off it or put into it. */
#define _GNU_SOURCE
#include "tests/unit/archives.h"
#include "tests/unit/unit.h"

static struct reader_setting setting;

static void begin(void)
{
    setting = default_setting();
}

static void end(void)
{
    freelocale(setting.locale);
}

static bool same_text(const struct buffer *a, const struct buffer *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* Read in both ways. */
static void compare(const struct buffer *b, bool seek, const char *what, int round)
{
    struct reader_setting alone = setting;
    struct outcome plain, library;

    alone.library_alone = true;
    plain = read_bytes(b->data, b->len, seek, &setting);
    library = read_bytes(b->data, b->len, seek, &alone);
    ck_assert_msg(plain.documents == library.documents && plain.rejected == library.rejected &&
                      plain.skipped == library.skipped && plain.damages == library.damages &&
                      plain.failed == library.failed && plain.stopped == library.stopped &&
                      plain.first.byte == library.first.byte &&
                      strcmp(plain.first.text, library.first.text) == 0 &&
                      strcmp(plain.reason, library.reason) == 0,
                  "%s %d: %u documents, \"%s\" at %llu, \"%s\"; by the library %u, \"%s\" at %llu, "
                  "\"%s\"",
                  what, round, plain.documents, plain.first.text,
                  (unsigned long long)plain.first.byte, plain.reason, library.documents,
                  library.first.text, (unsigned long long)library.first.byte, library.reason);
    ck_assert_msg(same_text(&plain.names, &library.names), "%s %d: names", what, round);
    ck_assert_msg(same_text(&plain.content, &library.content), "%s %d: content", what, round);
    outcome_free(&plain);
    outcome_free(&library);
}

/* ---- archives with something of all there is ---- */

static const size_t sizes[] = { 0, 1, 511, 512, 513, 3000 };
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void tar_sample(struct buffer *b, const char *name, size_t n)
{
    struct buffer text = { 0 };

    pack_sample(&text, n, n % 2);
    tar_file(b, name, text.data, text.len);
    buffer_free(&text);
}

/* The header at `at` is GNU's. */
static void tar_gnu(struct buffer *b, size_t at)
{
    memcpy(b->data + at + 257, "ustar  ", 8);
    tar_sum(b->data + at);
}

/* The name gets a prefix. */
static void tar_prefix(struct buffer *b, size_t at, const char *prefix)
{
    memcpy(b->data + at + 345, prefix, strlen(prefix));
    tar_sum(b->data + at);
}

static void tar_of_files(struct buffer *b, bool gnu)
{
    size_t at;

    tar_header(b, "pages/", '5', 0);
    for (size_t i = 0; i < SIZES; i++) {
        at = b->len;
        tar_sample(b, i % 2 ? "pages/a.txt" : "b", sizes[i]);
        if (gnu)
            tar_gnu(b, at);
        else if (i == 3)
            tar_prefix(b, at, "far/away");
    }
}

/* A header of this type with n bytes of content. */
static void tar_extension(struct buffer *b, char type, const char *content, size_t n)
{
    size_t at = b->len;

    tar_file(b, type == 'L' ? "././@LongLink" : "PaxHeaders/a", content, n);
    b->data[at + 156] = type;
    tar_sum(b->data + at);
    if (type == 'L')
        tar_gnu(b, at);
}

static void add_record(struct buffer *b, const char *key, const char *value)
{
    size_t len = strlen(key) + strlen(value) + 3, digits = 1;

    for (size_t n = len + 1; n >= 10; n /= 10)
        digits++;
    digits += len + digits >= 100 && digits < 3;
    buffer_printf(b, "%zu %s=%s\n", len + digits, key, value);
}

/* Before each file a name that is longer than its header's field: GNU's, or among the records of an
 * extended header, of which some say no more than that, and some what is not plain. */
static void tar_of_extensions(struct buffer *b, bool gnu)
{
    static const char *const more[][2] = { { "uname", "nobody" },    { "path", "pages/short.txt" },
                                           { "comment", "of mine" }, { "size", "3000" },
                                           { "uid", "1000" },        { "linkpath", "x" } };
    static const size_t lens[] = { 98, 100, 101, 160, 1, 700, 2047, 2100 };

    for (size_t i = 0; i < 8; i++) {
        struct buffer name = { 0 }, content = { 0 };
        size_t at;

        for (size_t k = 0; k < lens[i]; k++)
            buffer_byte(&name, k % 9 == 8 && k + 1 < lens[i] ? '/' : (char)('a' + (k + i) % 26));
        buffer_byte(&name, 0);
        add_record(&content, "mtime", "1700000000.25");
        if (i != 1)
            add_record(&content, "path", name.data);
        if (i == 0 || i == 7)
            add_record(&content, more[i % 6][0], more[i % 6][1]);
        if (gnu)
            tar_extension(b, 'L', name.data, name.len);
        else
            tar_extension(b, 'x', content.data, content.len);
        at = b->len;
        tar_sample(b, name.data, sizes[i % SIZES]);
        if (gnu)
            tar_gnu(b, at);
        buffer_free(&name);
        buffer_free(&content);
    }
    for (size_t i = 0; i < 6 && !gnu; i++) {
        struct buffer content = { 0 };

        add_record(&content, more[i][0], more[i][1]);
        tar_extension(b, 'x', content.data, content.len);
        tar_sample(b, "pages/a.txt", 3000);
        buffer_free(&content);
    }
}

/* variant 0, 1: of POSIX, of GNU; 2, 3: with what is not plain among them; 4, 5: with extensions.
 */
enum { TARS = 6 };
static struct buffer make_tar(int variant)
{
    struct buffer b = { 0 };

    if (variant >= 4) {
        tar_of_extensions(&b, variant % 2);
        tar_end(&b);
        return b;
    }
    tar_of_files(&b, variant % 2);
    if (variant >= 2) {
        tar_header(&b, "link", '2', 0);
        tar_file(&b, "folder/", "x", 1);
        tar_header(&b, "fifo", '6', 0);
        tar_header(&b, "././@LongLink", 'L', 200);
        for (int i = 0; i < 200; i++)
            buffer_byte(&b, 'n');
        tar_pad(&b);
        tar_of_files(&b, true);
    }
    tar_end(&b);
    return b;
}

static struct buffer make_zip(int variant)
{
    static const unsigned flags[] = { 0, ZIP_STORED, ZIP_SIZES_AFTER, ZIP_ENCRYPTED };
    struct zip z = { 0 };

    for (size_t i = 0; i < 2 * SIZES; i++) {
        struct buffer text = { 0 };
        bool odd = variant >= 2 && i % 4 == 3;

        pack_sample(&text, sizes[i % SIZES], i % 2);
        if (odd && i == 3)
            zip_entry(&z, "folder/", 040755, "", 0, ZIP_STORED);
        zip_entry(&z, odd ? "caf\xc3\xa9.txt" : "pages/a.txt", i == 7 && odd ? 0120777 : 0100644,
                  text.data, text.len, odd ? flags[i % 5 % 4] : flags[i % (variant == 1 ? 3 : 1)]);
        buffer_free(&text);
    }
    return zip_end(&z);
}

/* ---- changes ---- */

static void change_bytes(struct buffer *b, bool tar, uint64_t *state)
{
    for (uint64_t n = 1 + next_random(state) % 3; n > 0; n--) {
        uint64_t r = next_random(state), how = next_random(state) % 4;
        size_t at = (size_t)(r % b->len);

        if (tar && r >> 63) /* in what may be a header */
            at = at / 512 * 512 + (size_t)(r >> 32) % 400;
        else if (!tar && r >> 63) /* in the table */
            at = b->len - 1 - (size_t)(r >> 32) % (b->len < 1200 ? b->len : 1200);
        at = at < b->len ? at : b->len - 1;
        if (how == 0)
            b->data[at] = (char)(b->data[at] ^ (char)(1 << next_random(state) % 8));
        else
            b->data[at] = (char)(how == 1 ? 0 : how == 2 ? b->data[at] + 1 : (char)(r >> 40));
        if (tar && how > 0 && at / 512 * 512 + 512 <= b->len)
            tar_sum(b->data + at / 512 * 512);
    }
}

/* Some bytes are missing, or stand there twice. */
static void shift_bytes(struct buffer *b, uint64_t *state)
{
    size_t at = (size_t)(next_random(state) % b->len);
    size_t n = (size_t)(next_random(state) % 700);

    n = n < b->len - at ? n : b->len - at;
    if (next_random(state) % 2) {
        memmove(b->data + at, b->data + at + n, b->len - at - n);
        b->len -= n;
    } else if (n > 0) {
        buffer_room(b, n);
        memmove(b->data + at + n, b->data + at, b->len - at);
        b->len += n;
    }
}

static void change(struct buffer *b, bool tar, uint64_t *state)
{
    switch (next_random(state) % 6) {
    case 0:
        b->len = (size_t)(next_random(state) % (b->len + 1));
        break;
    case 1:
        shift_bytes(b, state);
        break;
    default:
        change_bytes(b, tar, state);
    }
}

static int rounds(void)
{
    const char *text = getenv("ETL_ROUNDS");

    return text ? atoi(text) : 1500;
}

START_TEST(changed_tars)
{
    struct buffer whole = make_tar(_i % TARS), b = { 0 }, packed = { 0 };
    uint64_t state = 7 + (uint64_t)_i;

    for (int i = 0; i < rounds(); i++) {
        b.len = packed.len = 0;
        buffer_append(&b, whole.data, whole.len);
        if (i > 0)
            change(&b, true, &state);
        pack(_i < TARS ? CODEC_PLAIN : CODEC_GZIP, b.data, b.len, &packed);
        compare(&packed, false, "tar", i);
    }
    buffer_free(&whole);
    buffer_free(&packed);
    buffer_free(&b);
}
END_TEST

START_TEST(changed_zips)
{
    struct buffer whole = make_zip(_i), b = { 0 };
    uint64_t state = 77 + (uint64_t)_i;

    for (int i = 0; i < rounds(); i++) {
        b.len = 0;
        buffer_append(&b, whole.data, whole.len);
        if (i > 0)
            change(&b, false, &state);
        compare(&b, true, "zip", i);
    }
    buffer_free(&whole);
    buffer_free(&b);
}
END_TEST

/* Of each tar the beginning, so that headers and content end at the ends of blocks, and behind. */
START_TEST(cut_tars)
{
    struct buffer b = make_tar(_i);

    for (; b.len > 0; b.len -= b.len % 256 == 0 ? 7 : b.len % 256)
        compare(&b, false, "tar", (int)b.len);
    buffer_free(&b);
}
END_TEST

/* Over more than a block of the codec's, with entries that lie across its end. */
START_TEST(large)
{
    struct buffer b = { 0 };
    struct zip z = { 0 };

    for (size_t n = 0; n < 2000; n++) {
        struct buffer text = { 0 };

        pack_sample(&text, n * 7 % 1500 + (n % 300 == 0 ? 700000 : 0), n % 2);
        tar_file(&b, "a", text.data, text.len);
        zip_entry(&z, "a", 0100644, text.data, n == 900 ? 0 : text.len, n % 3 ? 0 : ZIP_STORED);
        buffer_free(&text);
    }
    tar_end(&b);
    compare(&b, false, "tar", 0);
    buffer_free(&b);
    b = zip_end(&z);
    compare(&b, true, "zip", 0);
    buffer_free(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("archive-plain");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, begin, end);
    tcase_set_timeout(c, 0);
    tcase_add_loop_test(c, changed_tars, 0, 2 * TARS);
    tcase_add_loop_test(c, changed_zips, 0, 4);
    tcase_add_loop_test(c, cut_tars, 0, TARS);
    tcase_add_test(c, large);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
