/* SPDX-License-Identifier: Apache-2.0 */
/* What deflate packed comes out whole; with one byte more or less on either side, or other bytes,
 * it is refused or is as it was, and nothing is read or written beside what was given. */
#include "common/inflate.h"
#include "tests/unit/pack.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static const size_t sizes[] = { 0, 1, 2, 100, 3000, 65536, 300000 };
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), HEADER = 10, TRAILER = 8 };

static struct inflater *inflater;

static void begin(void)
{
    inflater = inflater_open();
    ck_assert_ptr_nonnull(inflater);
}

static void end(void)
{
    inflater_close(inflater);
}

/* The CRC in a trailer of gzip. */
static uint32_t told_crc(const char *trailer)
{
    const unsigned char *p = (const unsigned char *)trailer;

    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The same bytes in a place of their own, so that what is read beside them is seen. */
static unsigned char *own(const void *data, size_t n)
{
    unsigned char *to = malloc(n > 0 ? n : 1);

    memcpy(to, data, n);
    return to;
}

static bool unpacks(const void *packed, size_t n, void *to, size_t size)
{
    unsigned char *data = own(packed, n);
    bool whole = inflate_whole(inflater, data, n, to, size);

    free(data);
    return whole;
}

START_TEST(comes_back)
{
    struct buffer text = { 0 }, packed = { 0 };
    size_t n = sizes[_i / 2], len;
    const char *deflated;
    unsigned char *to = malloc(n + 1);

    pack_sample(&text, n, _i % 2);
    pack_gzip(text.data, n, &packed);
    deflated = packed.data + HEADER;
    len = packed.len - HEADER - TRAILER;
    must(unpacks(deflated, len, to, n));
    must(n == 0 || memcmp(to, text.data, n) == 0);
    ck_assert_uint_eq(inflate_crc32(to, n), told_crc(packed.data + packed.len - TRAILER));
    must(!unpacks(deflated, len, to, n + 1));
    if (n > 0)
        must(!unpacks(deflated, len, to, n - 1));
    must(!unpacks(deflated, len + 1, to, n)); /* the trailer's first */
    ck_assert_uint_gt(len, 0);
    must(!unpacks(deflated, len - 1, to, n));
    must(!unpacks(deflated, 0, to, n));
    free(to);
    buffer_free(&text);
    buffer_free(&packed);
}
END_TEST

START_TEST(changed)
{
    struct buffer text = { 0 }, packed = { 0 };
    uint64_t state = 5 + (uint64_t)_i;
    size_t n = 2000;
    unsigned char *to = malloc(n), *data;

    pack_sample(&text, n, _i % 2);
    pack_gzip(text.data, n, &packed);
    for (int i = 0; i < 20000; i++) {
        size_t len = packed.len - HEADER - TRAILER;

        data = own(packed.data + HEADER, len);
        for (uint64_t k = 1 + next_random(&state) % 4; k > 0; k--)
            data[next_random(&state) % len] ^= (unsigned char)(1 << next_random(&state) % 8);
        inflate_whole(inflater, data, len, to, n); /* no more than: it returns */
        free(data);
    }
    must(unpacks(packed.data + HEADER, packed.len - HEADER - TRAILER, to, n));
    must(memcmp(to, text.data, n) == 0);
    free(to);
    buffer_free(&text);
    buffer_free(&packed);
}
END_TEST

START_TEST(closes_nothing)
{
    inflater_close(NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("inflate");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_checked_fixture(c, begin, end);
    tcase_add_loop_test(c, comes_back, 0, 2 * SIZES);
    tcase_add_loop_test(c, changed, 0, 2);
    tcase_add_test(c, closes_nothing);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
