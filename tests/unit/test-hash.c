/* SPDX-License-Identifier: Apache-2.0 */
/* The hashes are those of the xxHash header for its plainest target, whatever way the processor
 * lets us take, in one piece or in many. */
#include "common/hash.h"
#include "core/file-hash.h"
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 70000 };

static unsigned char *data;
static struct hash128_stream *stream;

static void begin(void)
{
    uint64_t state = 7;

    data = malloc(MOST + 64);
    stream = aligned_alloc(64, (sizeof(*stream) + 63) / 64 * 64);
    ck_assert(data && stream);
    for (size_t i = 0; i < MOST + 64; i++)
        data[i] = (unsigned char)(next_random(&state) >> 56);
}

static void end(void)
{
    free(data);
    free(stream);
}

static bool is_right(struct hash128 h, const void *at, size_t n)
{
    XXH128_hash_t want = XXH3_128bits(at, n);

    return h.high == want.high64 && h.low == want.low64;
}

START_TEST(in_one_piece)
{
    for (size_t n = 0; n <= MOST; n += n < 2100 ? 1 : 1 + n / 5) {
        const unsigned char *at = data + n % 64;
        uint64_t halves[2];

        must(is_right(hash128(at, n), at, n));
        if (!cpu_has_avx2())
            continue;
        hash_avx2_128(at, n, halves);
        must(is_right((struct hash128){ halves[1], halves[0] }, at, n));
    }
}
END_TEST

START_TEST(in_pieces)
{
    uint64_t state = 77;

    for (int round = 0; round < 3000; round++) {
        size_t n = 0, most = (size_t)1 << (next_random(&state) >> 60),
               many = next_random(&state) >> 59;

        hash128_begin(stream);
        for (size_t i = 0; i < many; i++) {
            size_t piece = next_random(&state) % (most + 1);

            if (piece > MOST - n)
                break;
            hash128_add(stream, data + n, piece);
            n += piece;
            must(is_right(hash128_end(stream), data, n));
        }
        must(is_right(hash128_end(stream), data, n));
    }
}
END_TEST

START_TEST(in_hex)
{
    char text[33] = { 0 };

    hash128_hex((struct hash128){ UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210) },
                text);
    ck_assert_str_eq(text, "0123456789abcdeffedcba9876543210");
}
END_TEST

/* Followed in steps, back ones and those past the end among them, a file has the hash that it has.
 */
START_TEST(behind_a_reader)
{
    enum { TIMES = 12 }; /* some blocks of it */
    char path[] = "/tmp/etl-test-XXXXXX";
    int fd = mkstemp(path);
    uint64_t state = 5, bytes, plain_bytes;
    struct hash128 hash, plain;

    ck_assert_int_ge(fd, 0);
    for (int i = 0; i < TIMES; i++)
        ck_assert_int_eq(write(fd, data, MOST), MOST);
    ck_assert_int_eq(file_hash(path, &plain_bytes, &plain), 0);
    ck_assert_uint_eq(plain_bytes, (uint64_t)TIMES * MOST);
    for (int round = 0; round < 50; round++) {
        struct file_hash_behind *h = file_hash_begin(path);

        ck_assert_ptr_nonnull(h);
        for (uint64_t steps = next_random(&state) % 20; steps > 0; steps--)
            file_hash_on(h, next_random(&state) % ((uint64_t)TIMES * MOST * 5 / 4));
        ck_assert_int_eq(file_hash_end(h, &bytes, &hash), 0);
        ck_assert_uint_eq(bytes, plain_bytes);
        ck_assert(hash.high == plain.high && hash.low == plain.low);
    }
    file_hash_drop(file_hash_begin(path));
    file_hash_drop(NULL);
    close(fd);
    unlink(path);
    ck_assert_ptr_null(file_hash_begin(path));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(file_hash("/", &bytes, &hash), -1);
    ck_assert_int_eq(errno, EISDIR);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hash");
    TCase *tc = tcase_create("hash");
    SRunner *runner;
    int failed;

    tcase_add_unchecked_fixture(tc, begin, end);
    tcase_add_test(tc, in_one_piece);
    tcase_add_test(tc, in_pieces);
    tcase_add_test(tc, in_hex);
    tcase_add_test(tc, behind_a_reader);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
