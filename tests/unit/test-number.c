/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and times: what is written reads back equal and no shorter decimal would; the C library's
 * printf and strtod are the second opinion. */
#define _GNU_SOURCE 1
#include "common/number.h"
#include "unit.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static int significant_digits(const char *text)
{
    int n = 0, zeros = 0;

    for (; *text && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && (n > 0 || *text != '0')) {
            n++;
            zeros = *text == '0' ? zeros + 1 : 0;
        }
    return n - zeros;
}

static void check_real(double d)
{
    char text[NUMBER_MAX + 1], fewer[64];
    size_t n = number_write_real(text, d);
    int digits;
    double again;

    must(n <= NUMBER_MAX);
    text[n] = '\0';
    if (strtod(text, NULL) != d || !number_read_real(text, n, &again) || again != d)
        ck_abort_msg("%s is not %.17g", text, d);
    must(signbit(again) == signbit(d));
    digits = significant_digits(text);
    if (digits > 1) {
        snprintf(fewer, sizeof(fewer), "%.*e", digits - 2, d);
        if (strtod(fewer, NULL) == d)
            ck_abort_msg("%s is shorter than %s", fewer, text);
    }
}

static void check_text(double d, const char *text)
{
    char to[NUMBER_MAX];
    size_t n = number_write_real(to, d);

    ck_assert_msg(n == strlen(text) && memcmp(to, text, n) == 0, "%.*s, not %s", (int)n, to, text);
}

START_TEST(reals_as_people_write_them)
{
    check_text(0, "0");
    check_text(-0.0, "-0.0");
    check_text(1, "1");
    check_text(-12.5, "-12.5");
    check_text(0.1, "0.1");
    check_text(0.735, "0.735");
    check_text(1.0 / 3, "0.3333333333333333");
    check_text(100, "100");
    check_text(123456.789, "123456.789");
    check_text(9007199254740991, "9007199254740991");
    check_text(1e16, "10000000000000000");
    check_text(1e17, "1e+17");
    check_text(0.00001, "0.00001");
    check_text(0.000001, "1e-6");
    check_text(5e-324, "5e-324");
    check_text(1.7976931348623157e308, "1.7976931348623157e+308");
    check_text(9.5367431640625e-07, "9.5367431640625e-7");
    check_text(5.684341886080802e-14, "5.684341886080802e-14"); /* two to the power of -44 */
    check_text((double)NAN, "null");
    check_text((double)INFINITY, "null");
    check_text(-(double)INFINITY, "null");
}
END_TEST

START_TEST(reals_there_and_back)
{
    uint64_t state = 1;

    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random(&state);
        double d;

        memcpy(&d, &bits, sizeof(d));
        if (isfinite(d))
            check_real(d);
        check_real((double)(int64_t)(bits >> (bits & 63)) / 1e4);
        check_real((double)(bits >> 40) / 1e6);
    }
    for (int e = -1074; e < 1024; e++) {
        check_real(ldexp(1, e));
        check_real(nextafter(ldexp(1, e), 0));
        check_real(-nextafter(ldexp(1, e), INFINITY));
    }
}
END_TEST

START_TEST(reals_are_read_exactly)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1e5",
        "1E-5",
        "0.1e+1",
        "123456789012345678901234567890",
        "1e-400",
        "0e999999",
        "9007199254740993",
        "9007199254740992.99999999999999999999",
        "2.2250738585072011e-308",
        "2.4703282292062327208e-324",
        "2.4703282292062328e-324",
        "1.7976931348623158e308",
        "0.000000000000000000000000000000000000000000000000000000000000000000001e70",
        "100000000000000000000000000000000000000000000000000000e-53",
        "1e-999999999999999999999999999999",
    };
    char text[4200];
    uint64_t state = 3;
    double d;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        ck_assert_msg(number_read_real(texts[i], strlen(texts[i]), &d), "%s", texts[i]);
        ck_assert_msg(d == strtod(texts[i], NULL), "%s", texts[i]);
    }
    for (int i = 0; i < 20000; i++) {
        int n = 1 + (int)(next_random(&state) % 40);

        text[0] = (char)('1' + next_random(&state) % 9);
        for (int k = 1; k < n; k++)
            text[k] = (char)('0' + next_random(&state) % 10);
        n += snprintf(text + n, 16, "e%d", (int)(next_random(&state) % 600) - 330);
        if (isfinite(strtod(text, NULL)))
            must(number_read_real(text, (size_t)n, &d) && d == strtod(text, NULL));
    }
    /* Just above the middle between two doubles, the digit that says so 4,000 places on. */
    memset(text, '0', sizeof(text));
    memcpy(text, "9007199254740993.", 17);
    strcpy(text + 4100, "1");
    must(number_read_real(text, 4101, &d) && d == 9007199254740994);
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const char *const texts[] = { "",    "-",    "+1",  ".5",  "1.", "01", "-01", "1e",
                                         "1e+", "0x10", "nan", "inf", " 1", "1 ", "1,5", "1e5.0" };
    int64_t i;
    double d;

    for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
        ck_assert_msg(!number_read_real(texts[k], strlen(texts[k]), &d), "'%s'", texts[k]);
        ck_assert_msg(!number_read_int(texts[k], strlen(texts[k]), &i), "'%s'", texts[k]);
    }
    must(!number_read_real("1e309", 5, &d));
    must(!number_read_real("-1e99999999999", 14, &d));
    must(!number_read_int("9223372036854775808", 19, &i));
    must(!number_read_int("-9223372036854775809", 20, &i));
    must(!number_read_int("99999999999999999999999", 23, &i));
    must(!number_read_int("1.0", 3, &i));
}
END_TEST

START_TEST(ints_there_and_back)
{
    uint64_t state = 5;
    char text[NUMBER_MAX], other[NUMBER_MAX];

    for (int i = 0; i < 100000; i++) {
        int64_t value = (int64_t)next_random(&state) >> (i & 63), again = 0;
        size_t n = number_write_int(text, i == 0 ? INT64_MIN : i == 1 ? INT64_MAX : value);

        value = i == 0 ? INT64_MIN : i == 1 ? INT64_MAX : value;
        must((int)n == snprintf(other, sizeof(other), "%lld", (long long)value));
        must(memcmp(text, other, n) == 0);
        must(number_read_int(text, n, &again) && again == value);
    }
}
END_TEST

static void check_time(int64_t us, const char *text)
{
    char to[NUMBER_MAX];
    size_t n = number_write_time(to, us);

    ck_assert_msg(n == strlen(text) && memcmp(to, text, n) == 0, "%.*s, not %s", (int)n, to, text);
}

START_TEST(times)
{
    uint64_t state = 9;
    char text[NUMBER_MAX];
    int64_t us;

    check_time(0, "1970-01-01T00:00:00Z");
    check_time(-1, "1969-12-31T23:59:59.999999Z");
    check_time(1500000, "1970-01-01T00:00:01.500Z");
    check_time(1709164800000000, "2024-02-29T00:00:00Z");
    check_time(-62167219200000000, "0000-01-01T00:00:00Z");
    check_time(-62167219200000001, "-000001-12-31T23:59:59.999999Z");
    check_time(253402300799999999, "9999-12-31T23:59:59.999999Z");
    check_time(253402300800000000, "+010000-01-01T00:00:00Z");
    check_time(INT64_MAX, "+294247-01-10T04:00:54.775807Z");
    check_time(INT64_MIN, "-290308-12-21T19:59:05.224192Z");
    for (int i = 0; i < 100000; i++) {
        int64_t value = (int64_t)next_random(&state) >> (i & 31);
        size_t n = number_write_time(text, i == 0 ? INT64_MIN : value);

        must(n <= NUMBER_MAX);
        must(number_read_time(text, n, &us));
        must(us == (i == 0 ? INT64_MIN : value));
    }
}
END_TEST

START_TEST(times_of_others)
{
    static const struct {
        const char *text;
        int64_t us;
    } good[] = {
        { "2024-03-01", 1709251200000000 },
        { "2024-03-01T07:00:00+07:00", 1709251200000000 },
        { "2024-02-29 20:30:00-03:30", 1709251200000000 },
        { "2024-03-01t00:00:00.1234567z", 1709251200123456 },
        { "2016-12-31T23:59:60Z", 1483228800000000 },
    };
    static const char *const bad[] = {
        "",
        "2024",
        "2024-3-1",
        "2024-13-01",
        "2024-02-30",
        "2023-02-29",
        "2024-00-10",
        "2024-03-01T",
        "2024-03-01T00:00:00",
        "2024-03-01T24:00:00Z",
        "2024-03-01T00:60:00Z",
        "2024-03-01T00:00:00.Z",
        "2024-03-01T00:00:00+0700",
        "2024-03-01T00:00:00Z ",
        "-000000-01-01",
        "+999999-12-31T00:00:00Z",
    };
    int64_t us;

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        ck_assert_msg(number_read_time(good[i].text, strlen(good[i].text), &us), "%s",
                      good[i].text);
        ck_assert_int_eq(us, good[i].us);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        ck_assert_msg(!number_read_time(bad[i], strlen(bad[i]), &us), "%s", bad[i]);
}
END_TEST

/* A process that has set a locale with a decimal comma gets the same bytes. */
START_TEST(locale_does_not_matter)
{
    static const char *const names[] = { "de_DE.UTF-8", "id_ID.UTF-8", "fr_FR.UTF-8", "ps_AF" };
    double d;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!setlocale(LC_ALL, names[i]))
            continue;
        check_text(1.0 / 3, "0.3333333333333333");
        check_text(1.5e300, "1.5e+300");
        must(number_read_real("1.2345678901234567890", 21, &d) && d == 1.2345678901234567890);
    }
    setlocale(LC_ALL, "C");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("number");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_test(c, reals_as_people_write_them);
    tcase_add_test(c, reals_there_and_back);
    tcase_add_test(c, reals_are_read_exactly);
    tcase_add_test(c, what_is_no_number_is_refused);
    tcase_add_test(c, ints_there_and_back);
    tcase_add_test(c, times);
    tcase_add_test(c, times_of_others);
    tcase_add_test(c, locale_does_not_matter);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
