/* SPDX-License-Identifier: Apache-2.0 */
/* The codecs: what was packed comes out; no cut and no flipped bit passes unseen; several members,
 * padding, limits and the words for it; what compress_block makes can be read, and is the same
 * each time. */
#define _GNU_SOURCE
#include "common/codec.h"
#include "common/compress.h"
#include "tests/unit/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const enum codec_kind kinds[] = { CODEC_PLAIN, CODEC_GZIP, CODEC_ZSTD, CODEC_XZ,
                                         CODEC_BZIP2 };

/* Hands out a buffer in pieces of a fixed size. */
struct pieces {
    const struct buffer *of;
    size_t at, size;
};

static ssize_t next_piece(void *context, void *to, size_t max)
{
    struct pieces *p = context;
    size_t n = p->of->len - p->at;

    if (n > p->size)
        n = p->size;
    if (n > max)
        n = max;
    memcpy(to, p->of->data + p->at, n);
    p->at += n;
    return (ssize_t)n;
}

/* Reads to the end: 0, or -1 with f. out holds what came before. */
static int drain(struct codec *c, size_t step, struct buffer *out, struct fault *f)
{
    int64_t n;

    if (!c)
        return -1;
    while ((n = codec_read(c, buffer_room(out, step), step, f)) > 0)
        out->len += (size_t)n;
    codec_close(c);
    return (int)n;
}

static int unpack(const void *data, size_t len, struct buffer *out, struct fault *f)
{
    out->len = 0;
    return drain(codec_open_memory(data, len, f), 64 * 1024, out, f);
}

static bool same(const struct buffer *a, const struct buffer *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

START_TEST(round_trip)
{
    static const size_t sizes[] = { 0, 1, 2, 100, 4096, 65535, 262144, 262145, 1500000 };
    enum codec_kind kind = kinds[_i % 5];
    bool noise = _i / 5;
    struct fault f;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct buffer text = { 0 }, packed = { 0 }, out = { 0 };
        struct codec *c;

        pack_sample(&text, sizes[i], noise);
        pack(kind, text.data, text.len, &packed);
        c = codec_open_memory(packed.data, packed.len, &f);
        ck_assert_ptr_nonnull(c);
        ck_assert_int_eq(codec_kind(c), kind);
        ck_assert_int_eq(drain(c, 100003, &out, &f), 0);
        ck_assert(same(&text, &out));
        buffer_free(&text);
        buffer_free(&packed);
        buffer_free(&out);
    }
}
END_TEST

/* Two and a half members, given and taken in pieces of every awkward size. */
START_TEST(members_in_pieces)
{
    static const size_t sizes[] = { 1, 2, 3, 7, 8, 9, 10, 17, 18, 19, 64, 1000, 65536 };
    enum codec_kind kind = kinds[_i];
    struct buffer text = { 0 }, packed = { 0 }, all = { 0 };
    struct fault f;

    pack_sample(&text, 3000, false);
    for (size_t n = 3000; n > 0; n /= 3) {
        pack(kind, text.data, n, &packed);
        buffer_append(&all, text.data, n);
    }
    pack(kind, "", 0, &packed);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t step = 1; step < 5000; step = step * 3 + 1) {
            struct pieces p = { &packed, 0, sizes[i] };
            struct buffer out = { 0 };
            struct codec *c = codec_open_source(next_piece, &p, "pieces", &f);

            ck_assert_int_eq(drain(c, step, &out, &f), 0);
            ck_assert(same(&all, &out));
            buffer_free(&out);
        }
    }
    buffer_free(&text);
    buffer_free(&packed);
    buffer_free(&all);
}
END_TEST

/* Every bit of a two-member file: read with an error, or read as it was. Two members, so that
 * what joins them is tried too. */
START_TEST(no_flip_unseen)
{
    enum codec_kind kind = kinds[_i];
    struct buffer text = { 0 }, packed = { 0 }, out = { 0 };
    size_t unseen = 0, harmless = 0;
    struct fault f;

    pack_sample(&text, 1500, false);
    pack(kind, text.data, 1000, &packed);
    pack(kind, text.data + 1000, 500, &packed);
    for (size_t bit = 0; bit < packed.len * 8; bit++) {
        packed.data[bit / 8] ^= (char)(1 << (bit % 8));
        if (unpack(packed.data, packed.len, &out, &f) == 0) {
            harmless += same(&text, &out);
            unseen += !same(&text, &out);
        }
        packed.data[bit / 8] ^= (char)(1 << (bit % 8));
    }
    ck_assert_uint_eq(unseen, 0);
    ck_assert_uint_lt(harmless, 300); /* time, name, system in headers */
    buffer_free(&text);
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

/* Every length short of the whole: an error; but for the cut between two members, which no reader
 * can see, and the one to three first bytes that are also a text. */
START_TEST(no_cut_unseen)
{
    static const size_t texts[] = { 0, 0, 1, 0, 3 }; /* "(" of zstd; "BZh" of bzip2 */
    enum codec_kind kind = kinds[_i];
    struct buffer text = { 0 }, packed = { 0 }, out = { 0 };
    size_t first;
    struct fault f;

    pack_sample(&text, 1500, false);
    pack(kind, text.data, 1000, &packed);
    first = packed.len;
    pack(kind, text.data + 1000, 500, &packed);
    for (size_t len = 0; len < packed.len; len++) {
        int r = unpack(packed.data, len, &out, &f);

        if (len <= texts[_i] || len == first) {
            ck_assert_int_eq(r, 0);
            continue;
        }
        ck_assert_msg(r == -1, "%s cut at %zu of %zu", codec_name(kind), len, packed.len);
        ck_assert_int_eq(f.err, 0);
        ck_assert_ptr_nonnull(strstr(f.text, "ends in the middle of"));
        ck_assert_uint_eq(f.byte, len);
        ck_assert(out.len <= text.len && memcmp(out.data, text.data, out.len) == 0);
    }
    buffer_free(&text);
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

/* What follows the last member: another codec's bytes, text, a single byte are damage. */
START_TEST(what_follows_is_seen)
{
    static const char *const after[] = { "x", "xyz and more", "\x1f", "B", "\x28\xb5\x2f", "\0" };
    enum codec_kind kind = kinds[_i];
    struct buffer packed = { 0 }, out = { 0 };
    struct fault f;

    for (size_t i = 0; i < 6; i++) {
        size_t n = i == 5 ? 1 : strlen(after[i]), whole;

        packed.len = 0;
        pack(kind, "some text", 9, &packed);
        whole = packed.len;
        buffer_append(&packed, after[i], n);
        if (kind == CODEC_GZIP && i == 5)
            continue; /* padding */
        ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), -1);
        ck_assert(f.byte >= whole && f.byte <= packed.len);
        ck_assert_mem_eq(out.data, "some text", 9);
    }
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

START_TEST(gzip_padding)
{
    struct buffer packed = { 0 }, out = { 0 };
    static const char zeros[700000];
    struct fault f;

    pack_gzip("some text", 9, &packed);
    buffer_append(&packed, zeros, sizeof(zeros));
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), 0);
    ck_assert_uint_eq(out.len, 9);
    packed.data[600000] = 'A';
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), -1);
    ck_assert_uint_eq(f.byte, 600000);
    ck_assert_str_eq(f.text, "damaged gzip: byte 0x41 in the padding after member 1");
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

START_TEST(xz_padding)
{
    struct buffer packed = { 0 }, out = { 0 };
    struct fault f;

    pack_xz("some ", 5, &packed);
    buffer_append(&packed, "\0\0\0\0\0\0\0\0", 8);
    pack_xz("text", 4, &packed);
    buffer_append(&packed, "\0\0\0\0", 4);
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), 0);
    ck_assert_uint_eq(out.len, 9);
    ck_assert_int_eq(unpack(packed.data, packed.len - 1, &out, &f), -1);
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

/* All that a gzip header may hold, with its own CRC; each bit of it counts. */
START_TEST(gzip_header)
{
    static const char head[] = "\x1f\x8b\x08\x1e\0\0\0\0\0\x03\x04\0more"
                               "a name\0a comment\0";
    struct buffer packed = { 0 }, plain = { 0 }, out = { 0 };
    size_t n = sizeof(head) - 1, unseen = 0;
    unsigned long crc = crc32(0, (const unsigned char *)head, (unsigned)n);
    struct fault f;

    pack_gzip("some text", 9, &plain);
    buffer_append(&packed, head, n);
    buffer_byte(&packed, (char)(crc & 0xff));
    buffer_byte(&packed, (char)(crc >> 8 & 0xff));
    buffer_append(&packed, plain.data + 10, plain.len - 10);
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), 0);
    ck_assert_uint_eq(out.len, 9);
    for (size_t bit = 0; bit < (n + 2) * 8; bit++) {
        packed.data[bit / 8] ^= (char)(1 << (bit % 8));
        unseen += unpack(packed.data, packed.len, &out, &f) == 0;
        packed.data[bit / 8] ^= (char)(1 << (bit % 8));
    }
    ck_assert_uint_eq(unseen, 0);
    buffer_free(&packed);
    buffer_free(&plain);
    buffer_free(&out);
}
END_TEST

START_TEST(words_for_a_bad_crc)
{
    struct buffer packed = { 0 }, out = { 0 };
    unsigned crc = (unsigned)crc32(0, (const unsigned char *)"some text", 9);
    char want[200];
    struct fault f;

    pack_gzip("first", 5, &packed);
    pack_gzip("some text", 9, &packed);
    packed.data[packed.len - 8] ^= 1;
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), -1);
    snprintf(want, sizeof(want),
             "damaged gzip: CRC mismatch at the end of member 2 (want %08x, got %08x)", crc ^ 1,
             crc);
    ck_assert_str_eq(f.text, want);
    ck_assert_int_eq(f.err, 0);
    ck_assert_uint_eq(out.len, 14); /* handed out before the end was seen */
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

/* Bits of a deflate stream: numbers lowest bit first, codes highest first (RFC 1951, 3.1.1). */
struct bits {
    unsigned char to[64];
    size_t n;
};

static void put_bits(struct bits *b, unsigned value, int width, bool code)
{
    for (int i = 0; i < width; i++, b->n++)
        if (value >> (code ? width - 1 - i : i) & 1)
            b->to[b->n / 8] |= (unsigned char)(1u << (b->n % 8));
}

/* A copy from before the beginning: what comes out before the fault is what was written before it,
 * and never bytes that nobody wrote. */
START_TEST(nothing_is_made_up)
{
    static const unsigned char head[10] = { 0x1f, 0x8b, 8 };
    struct buffer b = { 0 };
    struct fault f = { 0 };
    struct bits bits = { .n = 0 };
    char to[4096];
    struct codec *c;
    int64_t n, all = 0;

    put_bits(&bits, 3, 3, false); /* the last block, fixed codes */
    for (int i = 0; i < _i; i++)
        put_bits(&bits, 0x30 + 'A', 8, true);
    put_bits(&bits, 0xc5, 8, true); /* 258 bytes */
    put_bits(&bits, 29, 5, true);   /* from 24,577 bytes before, */
    put_bits(&bits, 0, 13, false);  /* and none more */
    put_bits(&bits, 0x30 + 'A', 8, true);
    put_bits(&bits, 0, 7, true);
    buffer_append(&b, head, sizeof(head));
    buffer_append(&b, bits.to, bits.n / 8 + 1);
    buffer_append(&b, head, 8);
    memset(to, 'x', sizeof(to));
    c = codec_open_memory(b.data, b.len, &f);
    ck_assert_ptr_nonnull(c);
    while ((n = codec_read(c, to, sizeof(to), &f)) > 0) {
        for (int64_t i = 0; i < n; i++)
            ck_assert(to[i] == 'A');
        all += n;
    }
    ck_assert(n == -1 && f.err == 0 && strstr(f.text, "nonsense in member 1"));
    ck_assert_int_le(all, _i);
    ck_assert_int_eq(codec_read(c, to, sizeof(to), &f), -1);
    ck_assert_uint_le(codec_consumed(c), b.len);
    codec_close(c);
    buffer_free(&b);
}
END_TEST

START_TEST(error_comes_again)
{
    struct buffer packed = { 0 };
    struct codec *c;
    struct fault f, again;
    char to[100];

    pack_gzip("some text", 9, &packed);
    c = codec_open_memory(packed.data, packed.len - 1, &f);
    ck_assert_int_eq(codec_read(c, to, sizeof(to), &f), 9);
    ck_assert_int_eq(codec_read(c, to, sizeof(to), &f), -1);
    ck_assert_int_eq(codec_read(c, to, sizeof(to), &again), -1);
    ck_assert_str_eq(f.text, again.text);
    codec_close(c);
    buffer_free(&packed);
}
END_TEST

/* A frame of nothing with the window that is asked for. */
START_TEST(zstd_window)
{
    char frame[] = "\x28\xb5\x2f\xfd\x00\x00\x01\x00\x00";
    struct buffer out = { 0 };
    struct fault f;

    frame[5] = (char)((27 - 10) << 3);
    ck_assert_int_eq(unpack(frame, 9, &out, &f), 0);
    frame[5] = (char)((28 - 10) << 3);
    ck_assert_int_eq(unpack(frame, 9, &out, &f), -1);
    ck_assert_str_eq(f.text,
                     "damaged zstd: frame 1 wants a window over 128 MiB, the most that is allowed");
    buffer_free(&out);
}
END_TEST

START_TEST(zstd_skippable)
{
    struct buffer packed = { 0 }, out = { 0 };
    struct fault f;

    buffer_append(&packed, "\x5a\x2a\x4d\x18\x03\0\0\0abc", 11);
    pack_zstd("some ", 5, &packed);
    buffer_append(&packed, "\x50\x2a\x4d\x18\0\0\0\0", 8);
    pack_zstd("text", 4, &packed);
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), 0);
    ck_assert_uint_eq(out.len, 9);
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

/* The dictionary size in the first block's header, which stands at byte 12: size, flags, two
 * lengths (of one byte each here), filter, length of its properties, properties, padding, CRC32. */
static void xz_dictionary(struct buffer *packed, unsigned char size)
{
    unsigned char *h = (unsigned char *)packed->data + 12;
    size_t n = ((size_t)h[0] + 1) * 4;
    uint32_t crc;

    h[6] = size;
    crc = lzma_crc32(h, n - 4, 0);
    for (size_t i = 0; i < 4; i++)
        h[n - 4 + i] = (unsigned char)(crc >> (8 * i));
}

START_TEST(xz_window)
{
    lzma_options_lzma options;
    lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &options }, { LZMA_VLI_UNKNOWN, NULL } };
    struct buffer packed = { 0 }, out = { 0 };
    struct fault f;
    size_t n = 0;

    lzma_lzma_preset(&options, 0);
    ck_assert_int_eq(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL,
                                               (const uint8_t *)"some text", 9,
                                               (uint8_t *)buffer_room(&packed, 1000), &n, 1000),
                     LZMA_OK);
    packed.len = n;
    ck_assert_int_eq(packed.data[16], 0x21);
    xz_dictionary(&packed, 28); /* 64 MiB */
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), 0);
    xz_dictionary(&packed, 29); /* 96 MiB */
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), -1);
    ck_assert_ptr_nonnull(strstr(f.text, "dictionaries over 64 MiB are refused"));
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

START_TEST(files)
{
    char folder[] = "/tmp/etl-codec-XXXXXX", path[64];
    struct buffer packed = { 0 }, out = { 0 };
    struct codec *c;
    struct fault f;
    FILE *file;
    size_t n;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_ptr_null(codec_open(folder, &f));
    ck_assert_int_eq(f.err, EISDIR);
    snprintf(path, sizeof(path), "%s/text.txt", folder); /* the name says nothing */
    ck_assert_ptr_null(codec_open(path, &f));
    ck_assert_int_eq(f.err, ENOENT);
    pack_gzip("some text", 9, &packed);
    file = fopen(path, "wb");
    ck_assert_uint_eq(fwrite(packed.data, 1, packed.len, file), packed.len);
    fclose(file);
    c = codec_open(path, &f);
    ck_assert_ptr_nonnull(c);
    ck_assert_mem_eq(codec_head(c, &n), packed.data, 10);
    ck_assert_uint_eq(n, 16);
    while (codec_read(c, buffer_room(&out, 4), 4, &f) > 0)
        ;
    ck_assert_uint_eq(codec_consumed(c), packed.len);
    codec_close(c);
    unlink(path);
    rmdir(folder);
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

static ssize_t broken_source(void *context, void *to, size_t max)
{
    int *calls = context;

    if ((*calls)++ > 0) {
        errno = EIO;
        return -1;
    }
    memset(to, 'a', max);
    return (ssize_t)max;
}

START_TEST(read_error)
{
    struct fault f = { 0 };
    struct buffer out = { 0 };
    int calls = 0;

    ck_assert_int_eq(
        drain(codec_open_source(broken_source, &calls, "the source", &f), 1000, &out, &f), -1);
    ck_assert_int_eq(f.err, EIO);
    ck_assert_str_eq(f.text, "cannot read the source");
    ck_assert_uint_eq(out.len, CODEC_BLOCK);
    buffer_free(&out);
}
END_TEST

START_TEST(blocks_are_members)
{
    static const size_t sizes[] = { 0, 1, 1000, 65536, 1 << 20, 3000000 };
    enum compress_kind kind = (enum compress_kind)(_i % 3);
    struct buffer all = { 0 }, packed = { 0 }, out = { 0 };
    struct fault f;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct buffer text = { 0 }, once = { 0 }, twice = { 0 };

        pack_sample(&text, sizes[i], _i / 3);
        ck_assert_int_eq(compress_block(kind, text.data, text.len, &once, &f), 0);
        ck_assert_int_eq(compress_block(kind, text.data, text.len, &twice, &f), 0);
        ck_assert(same(&once, &twice));
        buffer_append(&all, text.data, text.len);
        buffer_append(&packed, once.data, once.len);
        buffer_free(&text);
        buffer_free(&once);
        buffer_free(&twice);
    }
    ck_assert_int_eq(unpack(packed.data, packed.len, &out, &f), 0);
    ck_assert(same(&all, &out));
    buffer_free(&all);
    buffer_free(&packed);
    buffer_free(&out);
}
END_TEST

START_TEST(names)
{
    ck_assert_int_eq(compress_kind_of_name("a.jsonl.gz"), COMPRESS_GZIP);
    ck_assert_int_eq(compress_kind_of_name("a.zst"), COMPRESS_ZSTD);
    ck_assert_int_eq(compress_kind_of_name("a.csv"), COMPRESS_NONE);
    ck_assert_int_eq(compress_kind_of_name(".gz"), COMPRESS_NONE);
    ck_assert_int_eq(compress_kind_of_name(""), COMPRESS_NONE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("codec");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, round_trip, 0, 10);
    tcase_add_loop_test(c, members_in_pieces, 0, 5);
    tcase_add_loop_test(c, no_flip_unseen, 1, 5);
    tcase_add_loop_test(c, no_cut_unseen, 1, 5);
    tcase_add_loop_test(c, what_follows_is_seen, 1, 5);
    tcase_add_test(c, gzip_padding);
    tcase_add_test(c, xz_padding);
    tcase_add_test(c, gzip_header);
    tcase_add_test(c, words_for_a_bad_crc);
    tcase_add_loop_test(c, nothing_is_made_up, 0, 40);
    tcase_add_test(c, error_comes_again);
    tcase_add_test(c, zstd_window);
    tcase_add_test(c, zstd_skippable);
    tcase_add_test(c, xz_window);
    tcase_add_test(c, files);
    tcase_add_test(c, read_error);
    tcase_add_loop_test(c, blocks_are_members, 0, 6);
    tcase_add_test(c, names);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
