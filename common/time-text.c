/* SPDX-License-Identifier: Apache-2.0 */
/* Times as RFC 3339 text and back: the time half of number.h, by the proleptic Gregorian calendar
 * and without the C library's time functions, which read the time zone. */
#include "common/number.h"

#define DAY_US INT64_C(86400000000)

struct date {
    int64_t year;
    unsigned month, day;
};

/* Both by H. Hinnant, "chrono-compatible low-level date algorithms": the year begins in March and
 * 400 years are 146,097 days; day 0 is 1970-01-01. */
static struct date date_of_day(int64_t day)
{
    int64_t z = day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned m = (5 * doy + 2) / 153;
    struct date d = { .day = doy - (153 * m + 2) / 5 + 1, .month = m < 10 ? m + 3 : m - 9 };

    d.year = (int64_t)yoe + era * 400 + (d.month <= 2);
    return d;
}

static int64_t day_of_date(struct date d)
{
    int64_t y = d.year - (d.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    unsigned yoe = (unsigned)(y - era * 400);
    unsigned doy = (153 * (d.month > 2 ? d.month - 3 : d.month + 9) + 2) / 5 + d.day - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + (int64_t)doe - 719468;
}

static char *put(char *to, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + digits;
}

size_t number_write_time(char *to, int64_t us)
{
    bool before = us % DAY_US < 0; /* the day's beginning is towards minus infinity */
    int64_t day = us / DAY_US - before;
    uint64_t rest = (uint64_t)(us % DAY_US + (before ? DAY_US : 0));
    uint64_t part = rest % 1000000, seconds = rest / 1000000;
    struct date d = date_of_day(day);
    char *at = to;

    if (d.year >= 0 && d.year <= 9999) {
        at = put(at, (uint64_t)d.year, 4);
    } else {
        *at++ = d.year < 0 ? '-' : '+';
        at = put(at, (uint64_t)(d.year < 0 ? -d.year : d.year), 6);
    }
    *at++ = '-';
    at = put(at, d.month, 2);
    *at++ = '-';
    at = put(at, d.day, 2);
    *at++ = 'T';
    at = put(at, seconds / 3600, 2);
    *at++ = ':';
    at = put(at, seconds / 60 % 60, 2);
    *at++ = ':';
    at = put(at, seconds % 60, 2);
    if (part > 0) {
        *at++ = '.';
        at = part % 1000 ? put(at, part, 6) : put(at, part / 1000, 3);
    }
    *at++ = 'Z';
    return (size_t)(at - to);
}

/* A cursor over the text; `ok` turns false at the first thing that does not fit. */
struct cursor {
    const char *at, *end;
    bool ok;
};

static bool next_is(struct cursor *c, const char *any)
{
    for (; c->at < c->end && *any; any++)
        if (*c->at == *any) {
            c->at++;
            return true;
        }
    return false;
}

static void must(struct cursor *c, const char *any)
{
    c->ok = next_is(c, any) && c->ok;
}

static unsigned number(struct cursor *c, int digits, unsigned least, unsigned most)
{
    unsigned value = 0;

    for (int i = 0; i < digits; i++, c->at++) {
        if (c->at == c->end || *c->at < '0' || *c->at > '9') {
            c->ok = false;
            return least;
        }
        value = value * 10 + (unsigned)(*c->at - '0');
    }
    c->ok = c->ok && value >= least && value <= most;
    return value;
}

static unsigned days_in(int64_t year, unsigned month)
{
    if (month == 2)
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static struct date read_date(struct cursor *c)
{
    struct date d;

    if (next_is(c, "-"))
        d.year = -(int64_t)number(c, 6, 1, 999999);
    else
        d.year = next_is(c, "+") ? number(c, 6, 0, 999999) : number(c, 4, 0, 9999);
    must(c, "-");
    d.month = number(c, 2, 1, 12);
    must(c, "-");
    d.day = number(c, 2, 1, days_in(d.year, d.month));
    return d;
}

/* Microseconds since midnight UTC; the offset may lead out of the day. */
static int64_t read_clock(struct cursor *c)
{
    int64_t us = (int64_t)number(c, 2, 0, 23) * 3600, scale = 100000, offset;
    bool west;

    must(c, ":");
    us += number(c, 2, 0, 59) * 60;
    must(c, ":");
    us += number(c, 2, 0, 60); /* 60: a leap second is the next minute's first */
    us *= 1000000;
    if (next_is(c, ".")) {
        us += number(c, 1, 0, 9) * scale;
        while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
            us += (*c->at++ - '0') * (scale /= 10);
    }
    if (next_is(c, "Zz") || !c->ok)
        return us;
    west = next_is(c, "-");
    if (!west)
        must(c, "+");
    offset = (int64_t)number(c, 2, 0, 23) * 60;
    must(c, ":");
    offset = (offset + number(c, 2, 0, 59)) * 60000000;
    return west ? us + offset : us - offset;
}

bool number_read_time(const char *s, size_t n, int64_t *us)
{
    struct cursor c = { s, s + n, true };
    int64_t day = day_of_date(read_date(&c)), clock = 0;

    if (c.ok && c.at < c.end) {
        must(&c, "Tt ");
        clock = read_clock(&c);
    }
    if (!c.ok || c.at != c.end)
        return false;
    if (day < 0) { /* towards zero first, for the first day that 64 bits hold in part */
        day++;
        clock -= DAY_US;
    }
    return !__builtin_mul_overflow(day, DAY_US, us) && !__builtin_add_overflow(*us, clock, us);
}
