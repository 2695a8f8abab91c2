/* SPDX-License-Identifier: Apache-2.0 */
/* NFC: the byte scan agrees with ICU for every code point, known cases come out right, the result
 * is the same for any neighbours, and twice is once. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "common/nfc.h"
#include "common/utf8.h"

#include <check.h>
#include <stdlib.h>
#ifdef HAVE_ICU
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#endif

START_TEST(scan_knows_common_text)
{
    static const char *const plain[] = {
        "",
        "abc",
        "caf\xc3\xa9 \xe2\x80\x9c"
        "x\xe2\x80\x9d \xe2\x80\x94 \xe2\x82\xac"
        "5",
        "\xd0\x9f\xd1\x80\xd0\xb8",
        "\xe6\x97\xa5\xe6\x9c\xac",
        "\xf0\x9f\x98\x80",
        "a very long line of plain letters, and at its very end one e with an acute: \xc3\xa9",
    };

    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        ck_assert_msg(nfc_is_plain(plain[i], strlen(plain[i])), "%s", plain[i]);
    ck_assert(!nfc_is_plain("e\xcc\x81", 3));
    ck_assert(!nfc_is_plain("\xe2\x80\x80", 3));
    ck_assert(!nfc_is_plain("\xe2\x84\xab", 3));
}
END_TEST

#ifdef HAVE_ICU
static struct buffer normal(const char *s, size_t n)
{
    struct buffer out = { 0 };
    struct fault f;

    ck_assert_int_eq(nfc_normalise(s, n, &out, &f), 0);
    return out;
}

START_TEST(scan_agrees_with_icu)
{
    UErrorCode err = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&err);

    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char s[4];

        if (c >= 0xd800 && c < 0xe000)
            continue;
        if (nfc_is_plain(s, utf8_put(s, c)))
            ck_assert_msg(u_getCombiningClass((UChar32)c) == 0 &&
                              u_getIntPropertyValue((UChar32)c, UCHAR_NFC_QUICK_CHECK) ==
                                  UNORM_YES &&
                              unorm2_hasBoundaryBefore(nfc, (UChar32)c),
                          "U+%04X is not plain", c);
    }
}
END_TEST

START_TEST(known_cases)
{
    static const char *const cases[][2] = {
        { "e\xcc\x81", "\xc3\xa9" },
        { "x e\xcc\x81y", "x \xc3\xa9y" },
        { "\xe2\x84\xab", "\xc3\x85" },                             /* the angstrom sign */
        { "\xd0\xb8\xcc\x86", "\xd0\xb9" },                         /* Cyrillic short i */
        { "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c" }, /* Hangul from jamo */
        { "\xed\x95\x98\xe1\x86\xab", "\xed\x95\x9c" },             /* syllable and a final */
        { "a\xcc\xa3\xcc\x82", "\xe1\xba\xad" },                    /* two marks */
        { "a\xcc\x82\xcc\xa3", "\xe1\xba\xad" },                    /* the same, other order */
        { "\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc" },             /* never composed again */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buffer out = normal(cases[i][0], strlen(cases[i][0]));

        ck_assert_msg(strcmp(buffer_string(&out), cases[i][1]) == 0, "case %zu", i);
        buffer_free(&out);
    }
}
END_TEST

/* Letters, marks and whole scripts mixed, as characters below U+3100 and some above. */
static size_t random_text(char *to, size_t chars, unsigned seed)
{
    static const uint32_t ranges[][2] = {
        { 0x20, 0x7e },     { 0xa0, 0x24f },    { 0x300, 0x345 },   { 0x370, 0x4ff },
        { 0x600, 0x660 },   { 0x900, 0x9ff },   { 0x1100, 0x11f0 }, { 0x1e00, 0x1eff },
        { 0x2000, 0x2130 }, { 0x3040, 0x30ff }, { 0xac00, 0xac80 }, { 0x1d15e, 0x1d16f }
    };
    size_t n = 0;

    for (size_t i = 0; i < chars; i++) {
        const uint32_t *r;

        seed = seed * 1103515245u + 12345u;
        r = ranges[(seed >> 16) % (sizeof(ranges) / sizeof(*ranges))];
        seed = seed * 1103515245u + 12345u;
        n += utf8_put(to + n, r[0] + (seed >> 8) % (r[1] - r[0] + 1));
    }
    return n;
}

/* What ICU makes of the whole text at once. */
static size_t whole(const char *s, size_t n, char *to, size_t max)
{
    static UChar a[20000], b[60000];
    int32_t na, nb, bytes;
    UErrorCode err = U_ZERO_ERROR;

    u_strFromUTF8(a, 20000, &na, s, (int32_t)n, &err);
    nb = unorm2_normalize(unorm2_getNFCInstance(&err), a, na, b, 60000, &err);
    u_strToUTF8(to, (int32_t)max, &bytes, b, nb, &err);
    ck_assert(U_SUCCESS(err));
    return (size_t)bytes;
}

START_TEST(stretches_equal_the_whole)
{
    static char text[40000], want[200000];

    for (unsigned seed = 1; seed <= 300; seed++) {
        size_t n = random_text(text, 1 + seed * 20 % 4001, seed);
        size_t m = whole(text, n, want, sizeof(want));
        struct buffer once = normal(text, n);
        struct buffer twice = normal(once.data, once.len);

        ck_assert_msg(once.len == m && memcmp(once.data, want, m) == 0, "seed %u", seed);
        ck_assert(twice.len == m && memcmp(twice.data, want, m) == 0);
        buffer_free(&once);
        buffer_free(&twice);
    }
}
END_TEST

/* Marks of two classes by turns cost ICU time that grows as the square of their number. */
START_TEST(endless_marks_pass_unchanged)
{
    size_t n = 1 + 4 * 300000;
    char *text = malloc(n + 1);
    struct buffer out;

    text[0] = 'a';
    for (size_t i = 1; i < n; i += 4)
        memcpy(text + i, "\xcc\x81\xcc\xa3", 4);
    out = normal(text, n);
    ck_assert(out.len == n && memcmp(out.data, text, n) == 0);
    buffer_free(&out);
    free(text);
}
END_TEST
#endif

int main(void)
{
    Suite *s = suite_create("nfc");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_test(c, scan_knows_common_text);
#ifdef HAVE_ICU
    tcase_add_test(c, scan_agrees_with_icu);
    tcase_add_test(c, known_cases);
    tcase_add_test(c, stretches_equal_the_whole);
    tcase_add_test(c, endless_marks_pass_unchanged);
#endif
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
