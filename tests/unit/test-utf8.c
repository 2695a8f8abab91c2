/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8: every code point goes there and back, everything else is refused, and the plain and the
 * AVX2 check agree on whatever they are given. */
#include "common/cpu.h"
#include "common/utf8.h"
#include "common/utf8-avx2.h"
#include "unit.h"

#include <string.h>

/* utf8_avx2_plain, byte by byte. */
static bool plain(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c == 0x7f || c < 0x08 || (c > 0x0d && c < 0x20 && c != 0x1b))
            return false;
    }
    return utf8_valid_prefix(s, n) == n;
}

/* All checks give the same answer, wherever in a long text the piece stands. */
static bool valid_anywhere(const char *s, size_t n)
{
    char text[160];
    bool answer = utf8_valid_prefix(s, n) == n;

    for (size_t before = 0; before < 70; before += before < 34 ? 1 : 11) {
        memset(text, 'a', sizeof(text));
        memcpy(text + before, s, n);
        must(utf8_valid(text, before + n) == answer);
        must(utf8_valid(text, sizeof(text)) == answer);
        must((utf8_valid_prefix(text, sizeof(text)) == sizeof(text)) == answer);
        if (cpu_has_avx2()) {
            must(utf8_avx2_valid(text, before + n) == answer);
            must(utf8_avx2_valid(text, sizeof(text)) == answer);
            must(utf8_avx2_plain(text, before + n) == plain(text, before + n));
            must(utf8_avx2_plain(text, sizeof(text)) == plain(text, sizeof(text)));
        }
    }
    return answer;
}

START_TEST(every_code_point_there_and_back)
{
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char s[4];
        const char *at = s;
        size_t n;

        if (c == 0xd800)
            c = 0xe000;
        n = utf8_put(s, c);
        must(utf8_valid_prefix(s, n) == n);
        must(utf8_next(&at, s + n) == c);
        must(at == s + n);
        for (size_t cut = 1; cut < n; cut++)
            must(utf8_valid_prefix(s, cut) == 0);
    }
}
END_TEST

/* Every sequence of up to three bytes, and of four where the first says so, against the definition:
 * valid is what utf8_put can write. */
START_TEST(nothing_else_is_valid)
{
    static char known[1 << 21]; /* marks code points that a sequence of four gave */
    unsigned char s[4];

    memset(known, 0, sizeof(known));
    for (int a = 0x80; a < 0x100; a++)
        for (int b = 0; b < 0x100; b++) {
            uint32_t two = (uint32_t)(a & 0x1f) << 6 | (uint32_t)(b & 0x3f);
            bool good = a >= 0xc2 && a < 0xe0 && (b & 0xc0) == 0x80 && two >= 0x80;

            s[0] = (unsigned char)a;
            s[1] = (unsigned char)b;
            must((utf8_valid_prefix((char *)s, 2) == 2) == good);
            for (int c = 0; a >= 0xe0 && a < 0xf0 && c < 0x100; c++) {
                uint32_t three =
                    (uint32_t)(a & 15) << 12 | (uint32_t)(b & 63) << 6 | (uint32_t)(c & 63);

                s[2] = (unsigned char)c;
                good = (b & 0xc0) == 0x80 && (c & 0xc0) == 0x80 && three >= 0x800 &&
                       (three < 0xd800 || three > 0xdfff);
                must((utf8_valid_prefix((char *)s, 3) == 3) == good);
            }
            for (int c = 0x7f; a >= 0xf0 && c <= 0xc0; c++)
                for (int d = 0x7f; d <= 0xc0; d++) {
                    uint32_t four = (uint32_t)(a & 7) << 18 | (uint32_t)(b & 63) << 12 |
                                    (uint32_t)(c & 63) << 6 | (uint32_t)(d & 63);

                    s[2] = (unsigned char)c;
                    s[3] = (unsigned char)d;
                    good = a < 0xf8 && (b & 0xc0) == 0x80 && (c & 0xc0) == 0x80 &&
                           (d & 0xc0) == 0x80 && four >= 0x10000 && four <= 0x10ffff;
                    must((utf8_valid_prefix((char *)s, 4) == 4) == good);
                    must(!good || !known[four]++);
                }
        }
}
END_TEST

START_TEST(both_checks_agree_at_every_place)
{
    static const unsigned char edges[] = { 0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                           0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
                                           0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff };
    size_t k = sizeof(edges), good = 0;
    char s[4];

    for (size_t i = 0; i < k * k * k * k; i += 1 + i % 7) {
        s[0] = (char)edges[i % k];
        s[1] = (char)edges[i / k % k];
        s[2] = (char)edges[i / k / k % k];
        s[3] = (char)edges[i / k / k / k];
        good += valid_anywhere(s, 4);
    }
    ck_assert_uint_gt(good, 100);
}
END_TEST

/* Each byte alone, and before or after a character, anywhere. */
START_TEST(controls_are_found)
{
    char text[200];

    if (!cpu_has_avx2())
        return;
    for (int c = 0; c < 0x100; c++)
        for (size_t at = 0; at + 3 < sizeof(text); at++) {
            memset(text, 'a', sizeof(text));
            text[at] = (char)c;
            must(utf8_avx2_plain(text, sizeof(text)) == plain(text, sizeof(text)));
            must(utf8_avx2_plain(text, at + 1) == plain(text, at + 1));
            memcpy(text + at + 1, "\xc3\xa9", 2);
            must(utf8_avx2_plain(text, sizeof(text)) == plain(text, sizeof(text)));
        }
}
END_TEST

START_TEST(both_checks_agree_on_damaged_text)
{
    uint64_t state = 7;

    if (!cpu_has_avx2())
        return;
    for (int round = 0; round < 20000; round++) {
        char text[256];
        size_t n = 0, wanted = 64 + next_random(&state) % 128;

        while (n < wanted) {
            uint32_t c = (uint32_t)(next_random(&state) >> (43 + next_random(&state) % 18));

            c = c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 'x' : c;
            n += utf8_put(text + n, c);
        }
        must(utf8_avx2_valid(text, n));
        must(utf8_valid_prefix(text, n) == n);
        text[next_random(&state) % n] = (char)next_random(&state);
        n -= next_random(&state) % 4;
        must(utf8_avx2_valid(text, n) == (utf8_valid_prefix(text, n) == n));
        must(utf8_avx2_plain(text, n) == plain(text, n));
    }
}
END_TEST

/* A character, or half of one, anywhere in ASCII that is passed over in large steps. */
START_TEST(both_checks_agree_on_one_place)
{
    static const char *const pieces[] = {
        "\xc3",         "\xc3\xa9",         "\xe2\x80",     "\xe2\x80\x9c", "\x80",
        "\xf0\x9f\x98", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\xc0\x80",
    };
    char text[300];

    if (!cpu_has_avx2())
        return;
    for (size_t p = 0; p < sizeof(pieces) / sizeof(*pieces); p++)
        for (size_t at = 0; at + 4 < sizeof(text); at++) {
            size_t len = strlen(pieces[p]);

            memset(text, 'a', sizeof(text));
            memcpy(text + at, pieces[p], len);
            for (size_t n = at; n <= sizeof(text); n += n < at + 6 ? 1 : 31)
                must(utf8_avx2_valid(text, n) == (utf8_valid_prefix(text, n) == n));
        }
}
END_TEST

/* Many blocks are looked at together, so a character may also be cut between two such looks: each
 * piece at all places about the first and the second end of one, in ASCII and in other text, where
 * the text goes on and where it ends. */
START_TEST(both_checks_agree_in_long_text)
{
    static const char *const pieces[] = { "\xc3",         "\xc3\xa9",     "\xe2\x80",
                                          "\xe2\x80\x9c", "\xf0\x9f\x98", "\xf0\x9f\x98\x80",
                                          "\x80",         "\x01" };
    static char text[3 * 4096];
    size_t end = 63 * 64, good = 0;

    if (!cpu_has_avx2())
        return;
    for (size_t p = 0; p < sizeof(pieces) / sizeof(*pieces); p++)
        for (size_t i = 0; i < 4 * 140; i++) {
            size_t at = end * (1 + i % 2) - 70 + i / 4, len = strlen(pieces[p]);
            size_t n[] = { at + len, at + len + 1, (at + len + 63) / 64 * 64, sizeof(text) };

            for (size_t k = 0; k < sizeof(text); k += 2)
                memcpy(text + k, i % 4 < 2 ? "a\n" : "\xc3\xa9", 2);
            if (i % 4 > 1 && at % 2) /* not into a character */
                memcpy(text + at - 1, "a", 1);
            memcpy(text + at, pieces[p], len);
            if (i % 4 > 1 && (at + len) % 2)
                text[at + len] = 'a';
            for (size_t k = 0; k < sizeof(n) / sizeof(*n); k++) {
                bool answer = utf8_valid_prefix(text, n[k]) == n[k];

                good += answer;
                must(utf8_avx2_valid(text, n[k]) == answer);
                must(utf8_avx2_plain(text, n[k]) == plain(text, n[k]));
            }
        }
    ck_assert_uint_gt(good, 4 * 4 * 140 * 3);
}
END_TEST

START_TEST(ascii_runs_end_at_the_first_high_byte)
{
    char text[100];

    for (size_t n = 0; n <= sizeof(text); n++)
        for (size_t at = 0; at <= n; at++) {
            memset(text, 'a', sizeof(text));
            if (at < n)
                text[at] = (char)0x80;
            must(utf8_ascii_prefix(text, n) == at);
        }
}
END_TEST

/* Lines "number:valid:bytes" and "number:invalid:bytes" of a public suite. */
START_TEST(public_suite)
{
    char path[4096], line[512];
    size_t valid = 0, invalid = 0;
    FILE *file;

    file = fopen(shared_path(path, sizeof(path), "hostile/text/utf8tests.bin"), "rb");
    if (!file) {
        printf("skipped: no %s\n", path);
        return;
    }
    while (fgets(line, sizeof(line), file)) {
        char *what = strchr(line, ':'), *bytes = what ? strchr(what + 1, ':') : NULL;

        if (line[0] == '#' || !bytes || !strchr(bytes, '\n'))
            continue;
        bytes++;
        if (strncmp(what, ":valid", 6) == 0) {
            ck_assert_msg(valid_anywhere(bytes, strcspn(bytes, "\n")), "%s", line);
            valid++;
        } else if (strncmp(what, ":invalid", 8) == 0) {
            ck_assert_msg(!valid_anywhere(bytes, strcspn(bytes, "\n")), "%s", line);
            invalid++;
        }
    }
    fclose(file);
    ck_assert_uint_gt(valid, 20);
    ck_assert_uint_gt(invalid, 20);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("utf8");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_code_point_there_and_back);
    tcase_add_test(c, nothing_else_is_valid);
    tcase_add_test(c, both_checks_agree_at_every_place);
    tcase_add_test(c, controls_are_found);
    tcase_add_test(c, both_checks_agree_on_damaged_text);
    tcase_add_test(c, both_checks_agree_on_one_place);
    tcase_add_test(c, both_checks_agree_in_long_text);
    tcase_add_test(c, ascii_runs_end_at_the_first_high_byte);
    tcase_add_test(c, public_suite);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
