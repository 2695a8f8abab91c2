/* SPDX-License-Identifier: Apache-2.0 */
/* The archive reader: what goes in comes out, whatever packs it; names are data; what is odd is
 * told by kind; each limit stops what passes it; end marks and counts are looked at. */
#define _GNU_SOURCE
#include "tests/unit/archives.h"

#include <errno.h>

static struct reader_setting setting;

static void begin(void)
{
    setting = default_setting();
}

static void end(void)
{
    freelocale(setting.locale);
}

static struct outcome read_buffer(struct buffer *b, bool seek)
{
    struct outcome o = read_bytes(b->data, b->len, seek, &setting);

    buffer_free(b);
    return o;
}

/* Reads what is not clean, with these words. */
static void expect_damage(struct buffer *b, bool seek, const char *words)
{
    struct outcome o = read_buffer(b, seek);

    ck_assert_uint_gt(o.damages, 0);
    ck_assert_msg(strstr(o.first.text, words) != NULL, "%s", o.first.text);
    outcome_free(&o);
}

static void expect_reject(struct buffer *b, bool seek, const char *words)
{
    struct outcome o = read_buffer(b, seek);

    ck_assert_msg(o.damages == 0 && !o.failed, "%s", o.first.text);
    ck_assert_uint_eq(o.rejected, 1);
    ck_assert_msg(strstr(o.reason, words) != NULL, "%s", o.reason);
    outcome_free(&o);
}

/* ---- what goes in comes out ---- */

static const size_t sizes[] = { 0, 1, 511, 512, 513, 4096, 262144, 1000000 };

START_TEST(tar_round_trip)
{
    struct buffer tar = { 0 }, packed = { 0 }, content = { 0 };
    struct outcome o;

    for (size_t i = 0; i < 8; i++) {
        struct buffer text = { 0 };

        pack_sample(&text, sizes[i], i % 2);
        tar_file(&tar, "a", text.data, text.len);
        buffer_append(&content, text.data, text.len);
        buffer_byte(&content, '\n');
        buffer_free(&text);
    }
    tar_end(&tar);
    pack((enum codec_kind)_i, tar.data, tar.len, &packed);
    buffer_free(&tar);
    o = read_buffer(&packed, false);
    ck_assert(outcome_clean(&o));
    ck_assert_uint_eq(o.documents, 8);
    ck_assert_uint_eq(o.content.len, content.len);
    ck_assert_mem_eq(o.content.data, content.data, content.len);
    buffer_free(&content);
    outcome_free(&o);
}
END_TEST

/* By its table, in order, and packed again; stored, deflated, sizes after the bytes. */
START_TEST(zip_round_trip)
{
    static const unsigned flags[] = { 0, ZIP_STORED, ZIP_SIZES_AFTER };
    struct buffer content = { 0 }, packed = { 0 }, zipped;
    struct zip z = { 0 };
    struct outcome o;

    for (size_t i = 0; i < 8; i++) {
        struct buffer text = { 0 };

        pack_sample(&text, sizes[i], i % 2);
        zip_entry(&z, "a", 0100644, text.data, text.len, flags[_i / 3]);
        buffer_append(&content, text.data, text.len);
        buffer_byte(&content, '\n');
        buffer_free(&text);
    }
    zipped = zip_end(&z);
    pack(_i % 3 == 2 ? CODEC_ZSTD : CODEC_PLAIN, zipped.data, zipped.len, &packed);
    buffer_free(&zipped);
    o = read_buffer(&packed, _i % 3 == 0);
    ck_assert_msg(outcome_clean(&o), "%s %s", o.first.text, o.reason);
    ck_assert_uint_eq(o.content.len, content.len);
    ck_assert_mem_eq(o.content.data, content.data, content.len);
    buffer_free(&content);
    outcome_free(&o);
}
END_TEST

/* ---- names and kinds ---- */

static const char *const odd_names[] = {
    "../../etc/passwd", "/absolute", "a\nb", "\x1b[31mred", "r\xe2\x80\xaetxt",
    "\xff\xfe bad",     "two",       "two",  "TWO",         "kafe-\xc3\xa9.txt"
};

START_TEST(names_are_data)
{
    struct buffer b = { 0 };
    struct outcome o;
    const char *at;

    for (size_t i = 0; i < 10; i++)
        tar_file(&b, odd_names[i], "x", 1);
    tar_end(&b);
    o = read_buffer(&b, false);
    ck_assert(outcome_clean(&o));
    ck_assert_uint_eq(o.documents, 10);
    at = o.names.data;
    for (size_t i = 0; i < 10; i++, at += strlen(at) + 1)
        ck_assert_str_eq(at, odd_names[i]);
    outcome_free(&o);
}
END_TEST

/* In the C locale libarchive would give no name at all. */
START_TEST(zip_name_in_utf8)
{
    struct zip z = { 0 };
    struct buffer b;
    struct outcome o;

    zip_entry(&z, "kafe-\xc3\xa9.txt", 0100644, "x", 1, 0);
    b = zip_end(&z);
    o = read_buffer(&b, _i);
    ck_assert(outcome_clean(&o));
    ck_assert_str_eq(o.names.data, "kafe-\xc3\xa9.txt");
    outcome_free(&o);
}
END_TEST

START_TEST(long_name)
{
    struct buffer b = { 0 };
    struct outcome o;
    char name[60001];

    memset(name, 'n', 60000);
    name[60000] = 0;
    tar_header(&b, "././@LongLink", 'L', 60001);
    buffer_append(&b, name, 60001);
    tar_pad(&b);
    tar_file(&b, "short", "x", 1);
    tar_end(&b);
    o = read_buffer(&b, false);
    ck_assert(outcome_clean(&o));
    ck_assert_uint_eq(o.names.len, 60001);
    outcome_free(&o);
}
END_TEST

START_TEST(only_files_are_documents)
{
    struct buffer b = { 0 };
    struct outcome o;

    tar_file(&b, "before", "x", 1);
    for (const char *type = "123456"; *type; type++) {
        size_t at = tar_header(&b, *type == '5' ? "folder/" : "odd", *type, 0);

        memcpy(b.data + at + 157, "target", 6);
        tar_sum(b.data + at);
    }
    tar_file(&b, "after", "x", 1);
    tar_end(&b);
    o = read_buffer(&b, false);
    ck_assert(outcome_clean(&o));
    ck_assert_uint_eq(o.documents, 2);
    ck_assert_uint_eq(o.skipped, 6);
    outcome_free(&o);
}
END_TEST

/* ---- ends ---- */

static struct buffer one_page(void)
{
    struct buffer b = { 0 };

    tar_file(&b, "page", "some text", 9);
    return b;
}

START_TEST(end_marks)
{
    static const char zeros[10240];
    struct buffer b = one_page();

    expect_damage(&b, false, "its end mark, two blocks of zeros, is missing");
    b = one_page();
    buffer_append(&b, zeros, 512);
    expect_damage(&b, false, "its end mark, two blocks of zeros, is missing");
    b = one_page();
    buffer_append(&b, zeros, 1024);
    buffer_append(&b, "more", 4);
    expect_damage(&b, false, "something follows the end of the archive");
    b = one_page();
    tar_end(&b);
    tar_file(&b, "second archive", "x", 1);
    tar_end(&b);
    expect_damage(&b, false, "something follows the end of the archive");
}
END_TEST

START_TEST(padding_is_fine)
{
    static const char zeros[300000];
    struct buffer b = one_page(), packed = { 0 };
    struct outcome o;

    buffer_append(&b, zeros, sizeof(zeros));
    pack_gzip(b.data, b.len, &packed);
    buffer_append(&packed, zeros, 10240);
    buffer_free(&b);
    o = read_buffer(&packed, false);
    ck_assert_msg(outcome_clean(&o), "%s", o.first.text);
    outcome_free(&o);
}
END_TEST

START_TEST(nothing_in_it)
{
    static const char zeros[10240];
    struct zip z = { 0 };
    struct buffer b = { 0 };

    for (int i = 0; i < 4; i++) {
        struct outcome o;

        if (i == 1)
            buffer_append(&b, zeros, sizeof(zeros));
        if (i >= 2)
            b = zip_end(&z);
        o = read_buffer(&b, i == 2);
        ck_assert_msg(outcome_clean(&o), "%d: %s", i, o.first.text);
        ck_assert_uint_eq(o.documents + o.skipped, 0);
        outcome_free(&o);
    }
}
END_TEST

START_TEST(neither_tar_nor_zip)
{
    struct buffer b = { 0 }, once = { 0 };

    pack_sample(&b, 5000, false);
    expect_damage(&b, false, "neither a tar nor a zip");
    pack_sample(&b, 100, true);
    expect_damage(&b, false, "neither a tar nor a zip");
    b = one_page();
    tar_end(&b);
    pack_gzip(b.data, b.len, &once); /* packed twice: one layer is opened */
    b.len = 0;
    pack_gzip(once.data, once.len, &b);
    buffer_free(&once);
    expect_damage(&b, false, "neither a tar nor a zip");
}
END_TEST

/* ---- one bad entry ---- */

static struct buffer three_in_a_zip(size_t flags)
{
    struct zip z = { 0 };

    for (unsigned i = 0; i < 3; i++)
        zip_entry(&z, i == 1 ? "second" : "other", 0100644, "some text of it", 15,
                  i == 1 ? (unsigned)flags | ZIP_STORED : 0);
    return zip_end(&z);
}

START_TEST(bad_crc_in_a_zip)
{
    struct buffer b = three_in_a_zip(0);
    char *text = memmem(b.data, b.len, "some text of it", 15);

    ck_assert_ptr_nonnull(text);
    text[0] ^= 1;
    expect_reject(&b, _i, "CRC");
}
END_TEST

START_TEST(encrypted)
{
    struct buffer b = three_in_a_zip(ZIP_ENCRYPTED);

    expect_reject(&b, _i, "it is encrypted");
}
END_TEST

START_TEST(file_called_a_symlink)
{
    struct zip z = { 0 };
    struct buffer b;

    zip_entry(&z, "a", 0120777, "a page\nof two lines", 19, ZIP_STORED);
    zip_entry(&z, "b", 0120777, "target", 6, ZIP_STORED);
    b = zip_end(&z);
    expect_reject(&b, true, "called a symlink, but has content");
}
END_TEST

/* ---- limits ---- */

START_TEST(ratio)
{
    struct buffer b = { 0 }, zeros = { 0 }, packed = { 0 };
    enum codec_kind kind = (enum codec_kind)_i;
    size_t n = 100 << 20;

    memset(buffer_room(&zeros, n), 0, n);
    zeros.len = n;
    tar_file(&b, "zeros", zeros.data, n);
    tar_end(&b);
    buffer_free(&zeros);
    pack(kind, b.data, b.len, &packed);
    buffer_free(&b);
    expect_damage(&packed, false, "over 200 times its size (max_ratio)");
}
END_TEST

START_TEST(ratio_in_a_zip)
{
    struct buffer b, zeros = { 0 };
    struct zip z = { 0 };
    size_t n = 100 << 20;

    memset(buffer_room(&zeros, n), 0, n);
    zip_entry(&z, "zeros", 0100644, zeros.data, n, 0);
    buffer_free(&zeros);
    b = zip_end(&z);
    expect_damage(&b, _i, "over 200 times its size (max_ratio)");
}
END_TEST

/* Old GNU format: 4 GiB of which nothing is there. */
static void tar_hole(struct buffer *b, const char *name, const char *size)
{
    size_t at = tar_header(b, name, 'S', 0);

    memcpy(b->data + at + 257, "ustar  ", 8);
    memcpy(b->data + at + 386, size, 12);
    memcpy(b->data + at + 398, "00000000000", 12);
    memcpy(b->data + at + 483, size, 12);
    tar_sum(b->data + at);
}

START_TEST(hole)
{
    struct buffer b = { 0 };
    struct outcome o;

    tar_hole(&b, "hole", "00000001000");
    tar_file(&b, "after", "x", 1);
    tar_end(&b);
    o = read_buffer(&b, false);
    ck_assert_msg(outcome_clean(&o), "%s", o.first.text);
    ck_assert_uint_eq(o.content.len, 512 + 1 + 2);
    outcome_free(&o);
    tar_hole(&b, "hole", "40000000000");
    tar_end(&b);
    {
        struct fault f;
        struct reader *r = reader_open_memory(b.data, b.len, false, &setting, &f);

        o = outcome_of(r, &f, 4096); /* its zeros come as one figure */
    }
    ck_assert_uint_eq(o.damages, 1);
    ck_assert_ptr_nonnull(strstr(o.first.text, "max_ratio"));
    buffer_free(&b);
    outcome_free(&o);
}
END_TEST

/* A megabyte that has to be inflated takes longer than a microsecond. */
START_TEST(stall)
{
    struct buffer b, noise = { 0 };
    struct zip z = { 0 };
    size_t n = 4 << 20;
    uint32_t x = 1;

    buffer_room(&noise, n);
    for (; noise.len < n; noise.len++)
        noise.data[noise.len] = (char)((x = x * 1664525 + 1013904223) >> 28);
    setting.limits.max_stall = 1;
    zip_entry(&z, "noise", 0100644, noise.data, n, 0);
    buffer_free(&noise);
    b = zip_end(&z);
    expect_damage(&b, _i, "ms of work in the archive library (max_stall)");
}
END_TEST

START_TEST(too_many_entries)
{
    struct buffer b = { 0 };
    struct zip z = { 0 };

    setting.limits.max_entries = 10;
    for (int i = 0; i < 11; i++) {
        tar_file(&b, "a", "", 0);
        zip_entry(&z, "a", 0100644, "", 0, ZIP_STORED);
    }
    tar_end(&b);
    expect_damage(&b, false, "more than 10 entries (max_entries)");
    b = zip_end(&z);
    expect_damage(&b, _i, "more than 10 entries (max_entries)");
}
END_TEST

START_TEST(giant_headers)
{
    static const char types[] = { 'x', 'L', 'g' };
    struct buffer b = { 0 };
    size_t n = 40 << 20;

    tar_header(&b, "header", types[_i], n);
    memset(buffer_room(&b, n), 'a', n);
    b.len += n;
    tar_file(&b, "a", "x", 1);
    tar_end(&b);
    expect_damage(&b, false, "");
}
END_TEST

START_TEST(overlap)
{
    struct zip z = { 0 };
    struct buffer b, text = { 0 };

    pack_sample(&text, 3000, true);
    zip_entry(&z, "a", 0100644, text.data, text.len, ZIP_STORED);
    ck_assert_ptr_nonnull(buffer_room(&z.table, 1000)); /* or the bytes to copy would move */
    for (int i = 0; i < 3; i++)                         /* the same entry again in the table */
        buffer_append(&z.table, z.table.data, 47);
    z.entries = 4;
    b = zip_end(&z);
    buffer_free(&text);
    expect_damage(&b, true, "lie over one another");
}
END_TEST

/* ---- going on ---- */

static int stop_at_once(void *context, uint64_t consumed)
{
    (void)consumed;
    ++*(int *)context;
    return 7;
}

START_TEST(stopped_by_progress)
{
    struct buffer b = one_page();
    struct outcome o;
    int calls = 0;

    tar_end(&b);
    setting.progress = stop_at_once;
    setting.context = &calls;
    o = read_buffer(&b, false);
    ck_assert(o.stopped);
    ck_assert_int_eq(calls, 1);
    ck_assert_uint_eq(o.damages, 0);
    outcome_free(&o);
}
END_TEST

/* A block that is no header is told once, and the reading finds the next. */
START_TEST(past_a_bad_header)
{
    struct buffer b = { 0 };
    struct outcome o;

    tar_file(&b, "first", "x", 1);
    tar_file(&b, "second", "y", 1);
    b.data[1024] ^= 1;
    b.data[1536] ^= 1;
    tar_file(&b, "third", "z", 1);
    tar_end(&b);
    o = read_buffer(&b, false);
    ck_assert_uint_eq(o.documents, 2);
    ck_assert_uint_eq(o.damages, 1);
    ck_assert_ptr_nonnull(strstr(o.first.text, "damaged tar"));
    outcome_free(&o);
}
END_TEST

/* A zip without its table: told, and then read in order. */
START_TEST(past_a_missing_table)
{
    struct buffer b = three_in_a_zip(0);
    struct outcome o;

    b.len -= 60;
    o = read_buffer(&b, true);
    ck_assert_uint_eq(o.documents, 3);
    ck_assert_uint_ge(o.damages, 1);
    ck_assert_ptr_nonnull(strstr(o.first.text, "does not end in a zip's end record"));
    outcome_free(&o);
}
END_TEST

/* A header that says otherwise than the table: what stands before it is given first, and then it is
 * told, once; what can be read in order comes behind. */
START_TEST(header_against_table)
{
    static const char *const told[] = { "not where the table says", "another name",
                                        "packed in another way" };
    struct buffer b = { 0 };
    struct zip z = { 0 };
    struct reader_entry e;
    struct reader *r;
    struct fault f;
    char *local;
    unsigned rest = 0;

    zip_entry(&z, "first", 0100644, "x", 1, ZIP_STORED);
    zip_entry(&z, "second", 0100644, "y", 1, ZIP_STORED);
    zip_entry(&z, "third", 0100644, "z", 1, ZIP_STORED);
    b = zip_end(&z);
    local = memmem(b.data, b.len, "second", 6);
    ck_assert_ptr_nonnull(local);
    local -= 30;
    if (_i == 0)
        local[2] = 0;
    else if (_i == 1)
        local[30] = 'S';
    else
        local[8] = 8;
    r = reader_open_memory(b.data, b.len, true, &setting, &f);
    ck_assert_ptr_nonnull(r);
    ck_assert_int_eq(reader_next(r, &e, &f), READER_MORE);
    ck_assert_str_eq(e.name, "first");
    ck_assert_int_eq(reader_next(r, &e, &f), READER_DAMAGED);
    ck_assert_uint_eq(f.byte, (uint64_t)(local - b.data));
    ck_assert_msg(strstr(f.text, told[_i]) != NULL, "%s", f.text);
    while (reader_next(r, &e, &f) == READER_MORE) {
        ck_assert_str_ne(e.name, "first");
        rest++;
    }
    ck_assert_uint_ge(rest, 1); /* the third at least */
    reader_close(r);
    buffer_free(&b);
}
END_TEST

/* Bytes that this process has read; 0: the system does not tell. */
static unsigned long long bytes_read(void)
{
    FILE *io = fopen("/proc/self/io", "re");
    unsigned long long n = 0;

    if (io && fscanf(io, "rchar: %llu", &n) != 1)
        n = 0;
    if (io)
        fclose(io);
    return n;
}

/* It may be larger than memory, and the disk slow. */
START_TEST(a_zip_is_read_once)
{
    char path[] = "/tmp/etl-test-XXXXXX", *text = calloc(1, 3000);
    int fd = mkstemp(path);
    unsigned long long before, took;
    struct reader *r;
    struct buffer b = { 0 };
    struct outcome o;
    struct zip z = { 0 };
    struct fault f;

    ck_assert_int_ge(fd, 0);
    for (unsigned i = 0; i < 2000; i++)
        zip_entry(&z, "a", 0100644, text, 3000, ZIP_STORED);
    b = zip_end(&z);
    ck_assert_int_eq(write(fd, b.data, b.len), (ssize_t)b.len);
    before = bytes_read();
    r = reader_open(path, &setting, &f);
    o = outcome_of(r, &f, 0);
    ck_assert(outcome_clean(&o));
    ck_assert_uint_eq(o.documents, 2000);
    took = bytes_read() - before;
    ck_assert_uint_lt(took, b.len + b.len / 4);
    ck_assert(before == 0 || took >= b.len); /* the system tells, and it counts what we read */
    outcome_free(&o);
    buffer_free(&b);
    free(text);
    close(fd);
    unlink(path);
}
END_TEST

START_TEST(cut_in_a_page)
{
    struct buffer b = { 0 }, text = { 0 };
    struct outcome o;

    pack_sample(&text, 5000, false);
    tar_file(&b, "whole", text.data, text.len);
    tar_file(&b, "cut", text.data, text.len);
    b.len -= 2000;
    o = read_buffer(&b, false);
    ck_assert_uint_eq(o.documents, 2);
    ck_assert_uint_eq(o.damages, 1);
    buffer_free(&text);
    outcome_free(&o);
}
END_TEST

START_TEST(files)
{
    struct fault f;

    ck_assert_ptr_null(reader_open("/tmp", &setting, &f));
    ck_assert_int_eq(f.err, EISDIR);
    ck_assert_ptr_null(reader_open("/tmp/etl-is-not-there", &setting, &f));
    ck_assert_int_eq(f.err, ENOENT);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("archive-reader");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, begin, end);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, tar_round_trip, 0, 5);
    tcase_add_loop_test(c, zip_round_trip, 0, 9);
    tcase_add_test(c, names_are_data);
    tcase_add_loop_test(c, zip_name_in_utf8, 0, 2);
    tcase_add_test(c, long_name);
    tcase_add_test(c, only_files_are_documents);
    tcase_add_test(c, end_marks);
    tcase_add_test(c, padding_is_fine);
    tcase_add_test(c, nothing_in_it);
    tcase_add_test(c, neither_tar_nor_zip);
    tcase_add_loop_test(c, bad_crc_in_a_zip, 0, 2);
    tcase_add_loop_test(c, encrypted, 0, 2);
    tcase_add_test(c, file_called_a_symlink);
    tcase_add_loop_test(c, ratio, 1, 5);
    tcase_add_loop_test(c, ratio_in_a_zip, 0, 2);
    tcase_add_test(c, hole);
    tcase_add_loop_test(c, stall, 0, 2);
    tcase_add_loop_test(c, too_many_entries, 0, 2);
    tcase_add_loop_test(c, giant_headers, 0, 3);
    tcase_add_test(c, overlap);
    tcase_add_test(c, stopped_by_progress);
    tcase_add_test(c, past_a_bad_header);
    tcase_add_test(c, past_a_missing_table);
    tcase_add_loop_test(c, header_against_table, 0, 3);
    tcase_add_test(c, a_zip_is_read_once);
    tcase_add_test(c, cut_in_a_page);
    tcase_add_test(c, files);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
