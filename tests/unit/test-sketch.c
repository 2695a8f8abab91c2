/* SPDX-License-Identifier: Apache-2.0 */
/* What dedupe knows a text by: signatures are those of index format 1, and tell near from far as
 * theory says. */
#include "words.h"

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static size_t shingle_set(const struct words *w, uint64_t *to)
{
    size_t n = 0;

    for (size_t i = 0; i + SHINGLE <= w->n; i++) {
        to[i] = 0;
        for (size_t k = 0; k < SHINGLE; k++)
            to[i] = to[i] * 1000003 + w->word[i + k] + 1;
    }
    size_t all = w->n - SHINGLE + 1;
    qsort(to, all, sizeof(*to), by_value);
    for (size_t i = 0; i < all; i++)
        if (n == 0 || to[n - 1] != to[i])
            to[n++] = to[i];
    return n;
}

static double jaccard(const struct words *a, const struct words *b)
{
    static uint64_t x[MOST], y[MOST];
    size_t nx = shingle_set(a, x), ny = shingle_set(b, y), same = 0;

    for (size_t i = 0, k = 0; i < nx && k < ny;) {
        same += x[i] == y[k];
        uint64_t low = x[i] < y[k] ? x[i] : y[k];
        i += x[i] == low;
        k += y[k] == low;
    }
    return (double)same / (double)(nx + ny - same);
}

/* Recall is at least 0.99 from Jaccard 0.8 on, and at most 0.01 is accepted up to 0.6. */
START_TEST(near_is_near_and_far_is_far)
{
    uint64_t r = 2026;
    unsigned near = 0, near_found = 0, far = 0, far_found = 0;
    double error = 0;
    unsigned n = 0;

    while (near < 3000 || far < 3000) {
        struct words a = some_words(&r, 60 + next_random(&r) % 600);
        struct words b = edited(&a, &r, 1 + next_random(&r) % (a.n / 12));
        struct sketch x, y;
        double j = jaccard(&a, &b);

        must(sketch_words(&a, &x) && sketch_words(&b, &y));
        double estimate = signature_agree(&x.page.signature, &y.page.signature) / 256.0;
        error += estimate - j;
        n++;
        if (j >= 0.8) {
            near++;
            near_found += is_near(&x, &y);
        } else if (j <= 0.6) {
            far++;
            far_found += is_near(&x, &y);
        }
    }
    ck_assert_msg(near_found >= 0.99 * near, "found %u of %u near pairs", near_found, near);
    ck_assert_msg(far_found <= 0.01 * far, "accepted %u of %u far pairs", far_found, far);
    ck_assert_msg(error / n < 0.005 && error / n > -0.005, "mean error %g", error / n);
}
END_TEST

/* The definition, written down once more in the plainest way. */
static void plain_signature(const struct words *w, struct signature *out)
{
    uint32_t bin[BINS];
    uint64_t hash[MOST];
    char word[32];

    memset(bin, 0xff, sizeof(bin));
    for (size_t i = 0; i < w->n; i++)
        hash[i] = token_hash(word, (size_t)sprintf(word, "w%ux", w->word[i]));
    for (size_t i = 0; i + 5 <= w->n; i++) {
        uint64_t s = 0;

        for (int k = 0; k < 5; k++) {
            uint64_t h = hash[i + 4 - (size_t)k];
            s ^= k ? h << 13 * k | h >> (64 - 13 * k) : h;
        }
        s = hash_mix(s ^ UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db));
        uint32_t value = (uint32_t)(s >> 24);
        if (value < bin[s >> 56])
            bin[s >> 56] = value;
    }
    for (unsigned i = 0; i < BINS; i++) {
        uint64_t p = hash_mix(i ^ UINT64_C(0x1d8e4e27c47d124f), UINT64_C(0xeb44accab455d165));
        unsigned at = i;

        if (bin[i] == UINT32_MAX)
            for (at = p & 255; bin[at] == UINT32_MAX; at = (at + (p >> 8 & 255 & ~1u) + 1) & 255)
                ;
        out->value[i] = (uint16_t)bin[at];
    }
}

START_TEST(signature_by_the_definition)
{
    uint64_t r = 5;

    for (int round = 0; round < 3000; round++) {
        struct words w = some_words(&r, 5 + next_random(&r) % (round % 2 ? 30 : 600));
        struct signature plain;
        struct sketch k;

        must(sketch_words(&w, &k));
        plain_signature(&w, &plain);
        must(memcmp(&plain, &k.page.signature, sizeof(plain)) == 0);
        must(signature_agree(&plain, &k.page.signature) == BINS);
    }
}
END_TEST

static bool sketch_text(const char *text, bool by_numbers, struct sketch *k)
{
    static struct tokens t;
    static struct shingles s;

    return sketch_make(text, strlen(text), by_numbers, &t, &s, k);
}

/* From a second reading of docs/index-format-1.md in another language. */
START_TEST(values_of_format_1)
{
    const char *text =
        "Harga beras naik 12 persen di pasar induk kota itu, pada hari Senin (3 Maret)";
    const uint16_t first[] = { 0x4c44, 0x2fba, 0x9f6c, 0x07fa, 0xaf3b, 0x60e9, 0xe11a, 0x1d24 };
    struct sketch k;

    ck_assert(sketch_text(text, false, &k));
    ck_assert_mem_eq(k.page.signature.value, first, sizeof(first));
    ck_assert(k.key[0] == UINT64_C(0x4ee57b46885529c5));
    ck_assert(k.key[20] == UINT64_C(0x06d9338c03787060));
    ck_assert(k.page.numbers == UINT64_C(0x13480622fc9f0ca2));
    ck_assert(sketch_text(text, true, &k));
    ck_assert(k.key[20] == UINT64_C(0x58df1ccc80db55ea));
    ck_assert(sketch_text("satu dua tiga empat lima", false, &k));
    ck_assert(k.page.signature.value[0] == 0xf61f && k.key[0] == UINT64_C(0xa89d5460ceccc3c5));
    ck_assert(k.page.numbers == 0);
    struct hash128 h = hash128("satu dua tiga empat lima", 24);
    ck_assert(h.high == k.page.exact.high && h.low == k.page.exact.low);
}
END_TEST

START_TEST(few_words_make_no_sketch)
{
    struct sketch a, b;

    ck_assert(!sketch_text("", false, &a));
    ck_assert(!sketch_text("satu dua tiga, empat!", false, &a));
    ck_assert(sketch_text("satu dua tiga, empat! lima", false, &a));
    ck_assert(sketch_text("SATU DUA-tiga\nempat \xe2\x80\x94 Lima.", false, &b));
    ck_assert_mem_eq(&a, &b, sizeof(a));
}
END_TEST

/* The text is several windows long: the result is the same as if it were one. */
START_TEST(long_texts)
{
    enum { WORDS = 30000 };
    char *text = malloc(WORDS * 8), *joined = malloc(WORDS * 8);
    size_t len = 0, n = 0;
    uint64_t r = 17;
    struct sketch k;

    for (int i = 0; i < WORDS; i++) {
        char word[16];
        int size = sprintf(word, "%x", (unsigned)(next_random(&r) % 9999));

        len += (size_t)sprintf(text + len, "%s%s", word, i % 7 ? " " : ". ");
        n += (size_t)sprintf(joined + n, "%s ", word);
        must(size > 0);
    }
    ck_assert(sketch_text(text, false, &k));
    struct hash128 h = hash128(joined, n - 1);
    ck_assert(h.high == k.page.exact.high && h.low == k.page.exact.low);
    struct sketch b;
    ck_assert(sketch_text(joined, false, &b));
    ck_assert_mem_eq(&k, &b, sizeof(k));
    free(text);
    free(joined);
}
END_TEST

START_TEST(numbers_as_a_bag)
{
    struct sketch a, b, c, d;

    ck_assert(sketch_text("suhu 31 derajat lembap 80 persen angin 12", false, &a));
    ck_assert(sketch_text("angin 12 suhu 80 derajat lembap 31 persen", false, &b));
    ck_assert(sketch_text("suhu 32 derajat lembap 80 persen angin 12", false, &c));
    ck_assert(sketch_text("suhu 31 31 derajat lembap 80 persen angin 12", false, &d));
    ck_assert(a.page.numbers == b.page.numbers);
    ck_assert(a.page.numbers != c.page.numbers && a.page.numbers != d.page.numbers);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sketch");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_test(c, near_is_near_and_far_is_far);
    tcase_add_test(c, signature_by_the_definition);
    tcase_add_test(c, values_of_format_1);
    tcase_add_test(c, few_words_make_no_sketch);
    tcase_add_test(c, long_texts);
    tcase_add_test(c, numbers_as_a_bag);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
