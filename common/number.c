/* SPDX-License-Identifier: Apache-2.0 */
/* Integers and doubles as text and back, whatever LC_NUMERIC is; times are in time-text.c. */
#define _GNU_SOURCE 1
#include "common/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DIGITS 17 /* significant digits that tell any two doubles apart */

static size_t write_unsigned(char *to, uint64_t u)
{
    char digits[20];
    size_t n = 0;

    do {
        digits[sizeof(digits) - ++n] = (char)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    memcpy(to, digits + sizeof(digits) - n, n);
    return n;
}

size_t number_write_int(char *to, int64_t i)
{
    if (i >= 0)
        return write_unsigned(to, (uint64_t)i);
    *to = '-';
    return 1 + write_unsigned(to + 1, 0 - (uint64_t)i);
}

/* Lays `n` significant digits out; the first one stands for 10 to the power `exponent`. */
static size_t lay_out(char *to, const char *digits, int n, int exponent)
{
    char *at = to;

    if (exponent >= -5 && exponent < 0) {
        *at++ = '0';
        *at++ = '.';
        for (int i = -1; i > exponent; i--)
            *at++ = '0';
        memcpy(at, digits, (size_t)n);
        return (size_t)(at + n - to);
    }
    if (exponent >= 0 && exponent <= 16) {
        for (int i = 0; i < n || i <= exponent; i++) {
            if (i == exponent + 1)
                *at++ = '.';
            *at++ = i < n ? digits[i] : '0';
        }
        return (size_t)(at - to);
    }
    *at++ = digits[0];
    if (n > 1) {
        *at++ = '.';
        memcpy(at, digits + 1, (size_t)n - 1);
        at += n - 1;
    }
    *at++ = 'e';
    *at++ = exponent < 0 ? '-' : '+';
    return (size_t)(at - to) + write_unsigned(at, (uint64_t)(exponent < 0 ? -exponent : exponent));
}

/* Rounds d > 0 to `n` digits. The decimal point of the process's locale, whatever its bytes, is
 * passed over. */
static void round_to(double d, int n, char *digits, int *exponent)
{
    char text[64];
    const char *at = text;
    int have = 0;

    snprintf(text, sizeof(text), "%.*e", n - 1, d);
    for (; *at && *at != 'e'; at++)
        if (*at >= '0' && *at <= '9' && have < n)
            digits[have++] = *at;
    *exponent = *at ? (int)strtol(at + 1, NULL, 10) : 0;
}

static bool reads_back(const char *digits, int n, int exponent, double d)
{
    char text[NUMBER_MAX];
    size_t len = lay_out(text, digits, n, exponent);
    double again;

    return number_read_real(text, len, &again) && again == d;
}

static bool add_one(char *digits, int n)
{
    while (n > 0 && digits[n - 1] == '9')
        digits[--n] = '0';
    if (n == 0)
        return false;
    digits[n - 1]++;
    return true;
}

/* The fewest digits that read back as d > 0; gives how many. Every decimal of up to 15 digits
 * survives the way to a normal double and back, so fewer than 15 are only tried for others. */
static int shortest(double d, char *digits, int *exponent)
{
    int least = d < DBL_MIN ? 1 : DBL_DIG, exp2, n;

    for (n = least; n < MOST_DIGITS; n++) {
        round_to(d, n, digits, exponent);
        if (reads_back(digits, n, *exponent, d))
            break;
        /* Below a power of two the doubles are denser: the next decimal up may be the one. */
        if (frexp(d, &exp2) == 0.5 && add_one(digits, n) && reads_back(digits, n, *exponent, d))
            break;
    }
    if (n == MOST_DIGITS)
        round_to(d, n, digits, exponent);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

/* Doubles with up to six decimals and 15 digits in all, most of those that people write: the
 * quotient of two exact numbers is rounded as the decimal would be. 0 where d is none of them. */
static size_t write_short(char *to, double d)
{
    double scaled = d * 1e6;
    uint64_t units;
    char fraction[6];
    size_t n, decimals = 6;

    if (FLT_EVAL_METHOD != 0 || !(scaled < 1e15) || d < 1e-5)
        return 0;
    units = (uint64_t)(scaled + 0.5);
    if ((double)units / 1e6 != d)
        return 0;
    n = write_unsigned(to, units / 1000000);
    units %= 1000000;
    for (int i = 5; i >= 0; i--, units /= 10)
        fraction[i] = (char)('0' + units % 10);
    while (decimals > 0 && fraction[decimals - 1] == '0')
        decimals--;
    if (decimals == 0)
        return n;
    to[n++] = '.';
    memcpy(to + n, fraction, decimals);
    return n + decimals;
}

size_t number_write_real(char *to, double d)
{
    char digits[MOST_DIGITS + 1];
    size_t sign = 0, n;
    int exponent = 0, count;

    if (!isfinite(d)) {
        memcpy(to, "null", 4);
        return 4;
    }
    if (d == 0) {
        /* A bare -0 would be read as the integer 0. */
        memcpy(to, "-0.0", 4);
        if (signbit(d))
            return 4;
        *to = '0';
        return 1;
    }
    if (d < 0) {
        to[sign++] = '-';
        d = -d;
    }
    n = write_short(to + sign, d);
    if (n > 0)
        return sign + n;
    count = shortest(d, digits, &exponent);
    return sign + lay_out(to + sign, digits, count, exponent);
}

bool number_read_int(const char *s, size_t n, int64_t *i)
{
    bool negative = n > 0 && s[0] == '-';
    uint64_t u = 0, limit = negative ? UINT64_C(1) << 63 : INT64_MAX;
    size_t at = negative;

    if (at == n || (s[at] == '0' && n > at + 1))
        return false;
    for (; at < n; at++) {
        unsigned digit = (unsigned)(s[at] - '0');

        if (digit > 9 || u > (limit - digit) / 10)
            return false;
        u = u * 10 + digit;
    }
    *i = (int64_t)(negative ? 0 - u : u);
    return true;
}

/* A JSON number taken apart: its value is the `digits` times 10 to the power `exponent`. */
struct decimal {
    bool negative;
    bool cut; /* digits other than 0 were left out: 768 tell all ties apart */
    char digits[800];
    int n;
    int64_t exponent;
};

static const char *take_digits(const char *at, const char *end, struct decimal *d, bool fraction)
{
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        if (d->n == 0 && *at == '0') {
            d->exponent -= fraction;
        } else if (d->n < 780) {
            d->digits[d->n++] = *at;
            d->exponent -= fraction;
        } else {
            d->cut = d->cut || *at != '0';
            d->exponent += !fraction;
        }
    }
    return at;
}

static const char *take_exponent(const char *at, const char *end, struct decimal *d)
{
    bool negative = false;
    const char *start;
    int64_t e = 0;

    if (at < end && (*at == '+' || *at == '-'))
        negative = *at++ == '-';
    for (start = at; at < end && *at >= '0' && *at <= '9'; at++)
        if (e < INT64_C(1) << 40)
            e = e * 10 + (*at - '0');
    if (at == start)
        return NULL;
    d->exponent += negative ? -e : e;
    return at;
}

static bool take_apart(const char *s, size_t n, struct decimal *d)
{
    const char *at = s, *end = s + n, *start;

    if (at < end && *at == '-') {
        d->negative = true;
        at++;
    }
    start = at;
    at = take_digits(at, end, d, false);
    if (at == start || (*start == '0' && at > start + 1))
        return false;
    if (at < end && *at == '.') {
        start = ++at;
        at = take_digits(at, end, d, true);
        if (at == start)
            return false;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at = take_exponent(at + 1, end, d);
        if (!at)
            return false;
    }
    return at == end;
}

/* W. Clinger, "How to read floating point numbers accurately" (1990): when digits and power of ten
 * are both exact doubles, one operation rounds right. */
static bool read_exactly(const struct decimal *d, double *value)
{
    static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    uint64_t u = 0;

    if (FLT_EVAL_METHOD != 0 || d->n > 15 || d->exponent < -22 || d->exponent > 22)
        return false;
    for (int i = 0; i < d->n; i++)
        u = u * 10 + (uint64_t)(d->digits[i] - '0');
    *value = d->exponent < 0 ? (double)u / tens[-d->exponent] : (double)u * tens[d->exponent];
    return true;
}

/* The C library's conversion in its C locale, which is an object without an owner. */
static double read_slowly(struct decimal *d)
{
    char text[840];
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    int64_t e = d->exponent;

    if (d->cut) { /* a last digit keeps it off the tie */
        d->digits[d->n++] = '1';
        e--;
    }
    /* Beyond these it is 0 or infinite, with up to 781 digits before the point. */
    e = e < -2000 ? -2000 : e > 2000 ? 2000 : e;
    snprintf(text, sizeof(text), "%.*se%d", d->n, d->digits, (int)e);
    return strtod_l(text, NULL, c);
}

bool number_read_real(const char *s, size_t n, double *value)
{
    struct decimal d;

    d.negative = d.cut = false;
    d.n = 0;
    d.exponent = 0;
    if (!take_apart(s, n, &d))
        return false;
    if (d.n == 0)
        *value = 0;
    else if (!read_exactly(&d, value))
        *value = read_slowly(&d);
    if (d.negative)
        *value = -*value;
    return isfinite(*value);
}
