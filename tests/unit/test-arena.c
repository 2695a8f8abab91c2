/* SPDX-License-Identifier: Apache-2.0 */
/* Memory given out piece by piece: pieces keep what is written to them and lie apart, also those
 * that grow while others are taken, small chunks and huge ones alike; what is kept is used again. */
#include "core/arena.h"
#include "unit.h"

#include <string.h>

enum { PIECES = 300, OPEN = 3, KEEP = 8 << 20, MANY = 300 };

struct piece {
    unsigned char *at, byte;
    size_t len;
};

static void write_piece(struct piece *p, void *at, size_t len, uint64_t *r)
{
    must(at != NULL && (uintptr_t)at % 16 == 0);
    *p = (struct piece){ at, (unsigned char)next_random(r), len };
    memset(at, p->byte, len);
}

static void check_piece(const struct piece *p)
{
    for (size_t i = 0; i < p->len; i++)
        must(p->at[i] == p->byte);
}

/* Mostly as long as the texts of pages; a few longer than a small chunk, or than a huge one. */
static size_t some_length(uint64_t *r)
{
    switch (next_random(r) % 40) {
    case 0:
        return next_random(r) % (3 << 20);
    case 1:
        return next_random(r) % (600 * 1024);
    case 2:
        return 0;
    default:
        return next_random(r) % 20000;
    }
}

/* A region that is begun, grows a few times, perhaps with pieces taken behind it, and ends. */
static size_t grown_pieces(struct arena *a, struct piece *p, uint64_t *r)
{
    struct arena_open o = { 0 };
    struct piece region = { 0 };
    size_t n = 0, room = some_length(r);

    for (int grow = 0; grow < OPEN; grow++, room += room / 2 + 1) {
        char *at = arena_begin(a, &o, room);

        region.at = (unsigned char *)at;
        must(at != NULL);
        check_piece(&region); /* its bytes came along */
        write_piece(&region, at, room, r);
        if (next_random(r) % 3 == 0) {
            size_t len = some_length(r);

            write_piece(&p[n++], arena_get(a, len), len, r);
        }
    }
    region.len = next_random(r) % 2 ? region.len : next_random(r) % (region.len + 1);
    region.at = (unsigned char *)arena_end(a, &o, region.len);
    must(region.at != NULL);
    p[n++] = region;
    return n;
}

START_TEST(pieces_keep_their_bytes)
{
    struct arena a = { .huge = _i == 1 };
    struct piece p[PIECES + OPEN + 1];
    uint64_t r = 77;

    for (int round = 0; round < 40; round++) {
        size_t n = 0;

        while (n < PIECES) {
            size_t len = some_length(&r);

            if (next_random(&r) % 4 == 0) {
                n += grown_pieces(&a, p + n, &r);
                continue;
            }
            write_piece(&p[n], arena_get(&a, len), len, &r);
            n++;
        }
        for (size_t i = 0; i < n; i++)
            check_piece(&p[i]);
        arena_reset(&a, round % 5 == 4 ? 0 : KEEP);
        ck_assert_uint_eq(a.used, 0);
    }
    arena_free(&a);
}
END_TEST

/* A batch's arena is filled and emptied thousands of times: always in the same memory. */
START_TEST(what_is_kept_is_used_again)
{
    struct arena a = { .huge = _i == 1 };
    void *first[MANY];

    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < MANY; i++) {
            void *at = arena_get(&a, 20000);

            ck_assert_ptr_nonnull(at);
            if (round == 1) /* by then chunks are in the order in which they come again */
                first[i] = at;
            if (round > 1)
                ck_assert_ptr_eq(at, first[i]);
        }
        arena_reset(&a, KEEP);
    }
    arena_free(&a);
}
END_TEST

enum { PIECE = 4096, SMALL = 256 * 1024 };

/* Bytes of the chunk in which *next is the first piece, by how far pieces follow each other; *next
 * is then the first in the chunk behind it. */
static size_t chunk_bytes(struct arena *a, char **next)
{
    char *at = *next;
    size_t n = 0;

    do
        n += PIECE;
    while ((*next = arena_get(a, PIECE)) == at + n);
    ck_assert_ptr_nonnull(*next);
    return n;
}

/* So that little of a huge page is air, whatever a batch takes. What is too large for a small chunk
 * counts as one. */
START_TEST(small_chunks_come_between_huge_pages)
{
    struct arena a = { .huge = true };
    int small = _i == 1 && arena_get(&a, SMALL + PIECE) ? 5 : 6;
    char *next = arena_get(&a, PIECE);

    ck_assert_ptr_nonnull(next);
    for (int huge = 0; huge < 3; huge++, small = 6) {
        for (int i = 0; i < small; i++)
            ck_assert_uint_le(chunk_bytes(&a, &next), SMALL);
        ck_assert_uint_gt(chunk_bytes(&a, &next), 4 * SMALL);
    }
    arena_free(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("arena");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_loop_test(c, pieces_keep_their_bytes, 0, 2);
    tcase_add_loop_test(c, what_is_kept_is_used_again, 0, 2);
    tcase_add_loop_test(c, small_chunks_come_between_huge_pages, 0, 2);
    tcase_set_timeout(c, 120);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
