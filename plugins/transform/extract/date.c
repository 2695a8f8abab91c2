/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as pages print them, to ISO 8601, never more precise than printed. */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

/* What may stand between the parts of a date. */
static const char *skip_glue(const char *at, const char *end, const char *bytes)
{
    while (at < end && is_in(*at, bytes))
        at++;
    return at;
}

static const char *skip_glue_or_dash(const char *at, const char *end, const char *bytes)
{
    for (;;) {
        const char *was = at;

        at = skip_glue(at, end, bytes);
        at += dash_at(at, end);
        if (at == was)
            return at;
    }
}

/* One to max digits, no digit after them; the bytes, or 0. */
static size_t digits(const char *at, const char *end, size_t max, int *value)
{
    size_t n = 0;

    *value = 0;
    while (at + n < end && is_digit(at[n])) {
        if (n == max)
            return 0;
        *value = *value * 10 + at[n++] - '0';
    }
    return n;
}

static int days_of(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (month == 2 && (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)))
        return 29;
    return days[month - 1];
}

static bool is_day(const struct date *d)
{
    return d->year >= 1900 && d->year <= 2200 && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
           d->day <= days_of(d->year, d->month);
}

/* 1 Monday to 7 Sunday (Zeller's congruence, 1882). */
static int weekday_of(const struct date *d)
{
    int m = d->month < 3 ? d->month + 12 : d->month, y = d->month < 3 ? d->year - 1 : d->year;
    int h = (d->day + 13 * (m + 1) / 5 + y + y / 4 - y / 100 + y / 400) % 7; /* 0 Saturday */

    return (h + 5) % 7 + 1;
}

static size_t find_word_value(const struct phrases *p, const char *at, const char *end, int *value)
{
    int32_t v = 0;
    size_t n = phrase_find(p, span(at, (size_t)(end - at)), false, &v);

    *value = v;
    if (n > 0 && at + n < end && at[n] == '.') /* "Jan." */
        n++;
    return n;
}

/* The bytes of a phrase, with a full stop behind it, and its value; or 0, as of most. */
static inline size_t word_value(const struct phrases *p, const char *at, const char *end,
                                int *value)
{
    *value = 0;
    return at < end && phrase_may_begin(p, span(at, (size_t)(end - at)))
               ? find_word_value(p, at, end, value)
               : 0;
}

/* 20/10/2023, 20-10-2023, 20.10.2023, 2023-10-20, 2023/10/20 */
static const char *all_digits(const char *at, const char *end, struct date *d)
{
    int a, b, c;
    size_t n = digits(at, end, 4, &a), m, k;
    char between;

    if (n == 0 || n == 3 || at + n >= end || !is_in(at[n], "/-."))
        return NULL;
    between = at[n];
    at += n + 1;
    m = digits(at, end, 2, &b);
    if (m == 0 || at + m >= end || at[m] != between)
        return NULL;
    at += m + 1;
    k = digits(at, end, 4, &c);
    if (n == 4 && (k == 1 || k == 2))
        *d = (struct date){ .year = a, .month = b, .day = c };
    else if (n <= 2 && k == 4)
        *d = (struct date){ .year = c, .month = b, .day = a };
    else
        return NULL;
    return is_day(d) ? at + k : NULL;
}

/* 16 Oktober 2020, 04 November, 2015, October 16, 2020 */
static const char *with_month(const struct pack *pack, const char *at, const char *end,
                              struct date *d)
{
    size_t n = word_value(&pack->months, at, end, &d->month);

    if (n > 0) {
        at = skip_glue(at + n, end, " ");
        n = digits(at, end, 2, &d->day);
        if (n == 0)
            return NULL;
    } else {
        n = digits(at, end, 2, &d->day);
        if (n == 0)
            return NULL;
        at = skip_glue(at + n, end, " -.");
        n = word_value(&pack->months, at, end, &d->month);
        if (n == 0)
            return NULL;
    }
    at = skip_glue(at + n, end, " ,-.");
    n = digits(at, end, 4, &d->year);
    return n == 4 && is_day(d) ? at + n : NULL;
}

/* 09:33, 17.30, 09:33:10, 5:07 PM, then a zone. NULL: no time here. */
static const char *clock_at(const struct pack *pack, const char *at, const char *end,
                            struct date *d)
{
    int hour, minute, second = -1, zone;
    size_t n = digits(at, end, 2, &hour), m;
    const char *past;

    if (n == 0 || at + n >= end || (at[n] != ':' && at[n] != '.'))
        return NULL;
    at += n + 1;
    at += at < end && *at == ' ' && at[-1] == ':'; /* "14: 05: 21" */
    m = digits(at, end, 2, &minute);
    if (m != 2 || hour > 24 || minute > 59)
        return NULL;
    at += m;
    past = at + 1 < end && at[0] == ':' && at[1] == ' ' ? at + 2 : at + 1;
    if (past + 1 < end && (at[0] == ':' || at[0] == '.') && digits(past, end, 2, &second) == 2)
        at = past + 2;
    else
        second = -1;
    past = skip_glue(at, end, " ");
    if (end - past >= 2 && lower(past[1]) == 'm' &&
        (lower(past[0]) == 'p' || lower(past[0]) == 'a') && !is_word_at(past + 2, end) &&
        hour <= 12) {
        hour = hour % 12 + (lower(past[0]) == 'p' ? 12 : 0);
        at = past + 2;
    }
    if (hour == 24 && minute > 0)
        return NULL;
    d->hour = hour % 24;
    d->minute = minute;
    d->second = second;
    past = skip_glue(at, end, " (");
    n = word_value(&pack->zones, past, end, &zone);
    if (n > 0) {
        at = past + n;
        at += at < end && *at == ')';
        d->zone = zone;
        d->has_zone = true;
    } else if (end - past >= 6 && (past[0] == '+' || past[0] == '-') && past[3] == ':' &&
               is_digit(past[1]) && is_digit(past[2]) && is_digit(past[4]) && is_digit(past[5])) {
        d->zone =
            ((past[1] - '0') * 10 + past[2] - '0') * 60 + (past[4] - '0') * 10 + past[5] - '0';
        d->zone = past[0] == '-' ? -d->zone : d->zone;
        d->has_zone = true;
        at = past + 6;
    }
    return at;
}

/* A time behind a date: dashes, bars and a clock word between. */
static const char *clock_after(const struct pack *pack, const char *at, const char *end,
                               struct date *d)
{
    const char *past = skip_glue_or_dash(at, end, " ,|/)\xc2\xb7T");
    const char *done;
    int value;
    size_t n = word_value(&pack->clock_words, past, end, &value);

    if (n > 0)
        past = skip_glue(past + n, end, " :.");
    done = clock_at(pack, past, end, d);
    return done ? done : at;
}

/* A complete date at the start of s, with a weekday before and a time after where they are
 * printed; its bytes, or 0. */
size_t date_at(const struct pack *pack, struct span s, struct date *d)
{
    const char *at = s.at, *end = s.at + s.len, *day;
    int weekday = 0;
    size_t n;

    if (s.len == 0 || !(is_digit(*at) || pack_day_or_month(pack, s)))
        return 0;
    n = word_value(&pack->days, at, end, &weekday);
    *d = (struct date){ .hour = -1 };
    if (n > 0)
        at = skip_glue(at + n, end, " ,(-");
    day = all_digits(at, end, d);
    if (!day) {
        *d = (struct date){ .hour = -1 };
        day = with_month(pack, at, end, d);
    }
    if (!day)
        return 0;
    d->weekday = weekday;
    d->hour = d->second = -1;
    d->odd_weekday = weekday && weekday != weekday_of(d);
    at = day;
    if (at < end && *at == ')')
        at++;
    at = clock_after(pack, at, end, d);
    return (size_t)(at - s.at);
}

/* The first date in a short line. */
static bool date_in(const struct pack *pack, struct span s, struct date *d, size_t *from,
                    size_t *len)
{
    uint64_t before = 0;

    for (size_t block = 0; block < s.len; block += 64) {
        size_t n = s.len - block < 64 ? s.len - block : 64;
        struct classes c = classes_of(s.at + block, n);

        uint64_t starts = word_starts(&c, n, &before), digit = starts & c.digit;

        starts = digit | phrase_glance(pack->days_or_months, s, block, starts & ~digit);
        for (; starts; starts &= starts - 1) {
            size_t i = block + (size_t)__builtin_ctzll(starts);

            *len = date_at(pack, span(s.at + i, s.len - i), d);
            if (*len > 0 &&
                !(is_word_before(s.at + i, s.at) && is_word_at(s.at + i, s.at + s.len))) {
                *from = i;
                return true;
            }
        }
    }
    return false;
}

/* Is what stands round a date only labels, signs and counts? */
static bool only_labels(const struct pack *pack, struct span s, bool *changed)
{
    const char *at = s.at, *end = s.at + s.len;

    while (at < end) {
        int value = 0;
        size_t n = word_value(&pack->date_labels, at, end, &value);

        if (n == 0)
            n = word_value(&pack->days, at, end, &(int){ 0 });
        if (n == 0 && is_capital(at, end) && (at == s.at || !is_word_before(at, s.at)))
            n = phrase_at(&pack->places, span(at, (size_t)(end - at)), false, NULL);
        if (n > 0) {
            *changed |= value == 1;
            at += n;
        } else if (is_word_at(at, end) && !is_digit(*at)) {
            if (at > s.at && is_digit(at[-1]) &&
                ((is_in(*at, "kKmMZ") && !is_word_at(at + 1, end)) ||
                 (*at == 'T' && at + 1 < end && is_digit(at[1])))) {
                at++;
                continue;
            }
            return false;
        } else {
            at += char_size(*at);
        }
    }
    return true;
}

static bool has_dash_or_bar(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '|' || dash_at(s.at + i, s.at + s.len) > 0)
            return true;
    return false;
}

/* What is left round a date, off blanks, bullets and these bytes. */
__attribute__((always_inline)) static inline struct span trim_round(struct span s,
                                                                    const char *bytes)
{
    return span_trim(trim_bullets(span_trim(s, " ")), bytes);
}

/* Is s nothing but a date with labels, counts and perhaps a name or site before it? before and
 * after are what is left round the date, empty where it was labels. */
bool date_line(const struct pack *pack, struct span s, struct date *d, struct span *before,
               struct span *after, bool *changed)
{
    size_t from, len;
    bool other = false;

    *changed = false;
    if (!date_in(pack, s, d, &from, &len))
        return false;
    *before = trim_round(span(s.at, from), " ,|-/:(");
    *after = trim_round(span(s.at + from + len, s.len - from - len), " ,|-/:)");
    if (only_labels(pack, *before, changed))
        *before = span(s.at, 0);
    if (only_labels(pack, *after, &other))
        *after = span(s.at, 0);
    if (after->len > 0) { /* "LAPORAN: NAMA", "Editor: Nama" */
        int32_t role;

        if (!phrase_at(&pack->people, *after, false, &role) &&
            !phrase_at(&pack->reports, *after, false, NULL) &&
            !(has_dash_or_bar(span(s.at + from + len, (size_t)(after->at - s.at) - from - len)) &&
              is_name(pack, *after) && count_words(*after) >= 2 && count_words(*after) <= 4))
            return false;
    }
    while (before->len > 0 && dash_at(before->at + before->len - 1, before->at + before->len))
        before->len--;
    if (before->len >= 3 && dash_at(before->at + before->len - 3, before->at + before->len) == 3)
        before->len -= 3;
    *before = span_trim(*before, " ,|-/:");
    /* a name, a site, a section: a few words with capitals, no sentence */
    if (before->len > 0) {
        size_t words, capital;
        const char *comma;

        if (phrase_at(&pack->people, *before, false, NULL) && memchr(before->at, ':', before->len))
            return before->len <= 100; /* "Reporter: NAMA, contoh.id - 1 Mei 2024" */
        count_words_and_capitals(*before, &words, &capital);
        comma = memrchr(before->at, ',', before->len);
        if (words > 6 || capital < words || before->len > 70)
            return is_site_name(pack, *before);
        if (comma && words > 3 && !phrase_in(&pack->after_name, *before, NULL))
            return false;
        if (ends_sentence(*before) || memchr(before->at, '(', before->len))
            return false;
    }
    return true;
}

/* `... nomor empat puluh," ujar Nama, Minggu`: what was said has nothing to do with the day. */
static struct span after_quotation(struct span s)
{
    const char *end = s.at + s.len, *rest = s.at;

    for (const char *from = s.at; from < end; from += 64) {
        uint64_t marks = either_of(from, '"', '\xe2');

        for (; marks; marks &= marks - 1) {
            const char *at = from + __builtin_ctzll(marks);

            if (at < end && *at == '"')
                rest = at + 1;
            else if (at + 3 <= end &&
                     (memcmp(at, "\xe2\x80\x9d", 3) == 0 || memcmp(at, "\xe2\x80\x9c", 3) == 0))
                rest = at + 3;
        }
    }
    return span(rest, (size_t)(end - rest));
}

/* Bytes: of the clause before a date, and of what is looked at of its sentence. */
enum { NOT_PAST_SINCE = 1, NOT_PAST_CLOSE = 2, CLOSE = 30, CLAUSE = 70, BEFORE = 120 };

/* Does nothing in the clause before a date say that it is no day on which something happened? */
static bool is_past(const struct pack *pack, struct span before, int32_t *since)
{
    const char *at = before.at, *end = before.at + before.len;
    int32_t value;

    *since = 0;
    while ((at = phrase_in(&pack->not_past, span(at, (size_t)(end - at)), &value))) {
        if (value == NOT_PAST_SINCE)
            *since = 1;
        else if (end - at <= (value == NOT_PAST_CLOSE ? CLOSE : CLAUSE))
            return false;
        while (at < end && is_word_at(at, end))
            at += char_size(*at);
    }
    return true;
}

/* "24 Februari 2019 itu, akan ..." */
static bool is_coming(const struct pack *pack, struct span after)
{
    const char *stop;
    int32_t value;

    after.len = after.len < 20 ? after.len : 20;
    stop = memchr(after.at, '.', after.len);
    after.len = stop ? (size_t)(stop - after.at) : after.len;
    return phrase_in(&pack->not_past, after, &value) && value == 0;
}

/* Where the sentence begins in which `at` is: at the blank before it. */
static const char *sentence_of(const char *begin, const char *at)
{
    const char *found = begin;

    for (const char *from = begin; from < at; from += 64) {
        struct classes c =
            classes_of(from, 64); /* what is behind a line can be read (SCAN_SLACK) */
        uint64_t blanks = c.blank & ~(c.word << 1);

        for (; blanks; blanks &= blanks - 1) {
            const char *blank = from + __builtin_ctzll(blanks);

            if (blank > begin && blank < at && is_in(blank[-1], ".?!"))
                found = blank;
        }
    }
    return found;
}

/* Is the weekday printed before `begin`? "Jumat (20/10/2023)", "Rabu, 27 Desember 2023" */
static bool weekday_before(const struct pack *pack, struct span before, struct date *d)
{
    const char *begin = before.at + before.len;

    for (size_t back = 3; back <= 12 && back <= before.len; back++) {
        struct span word = span(begin - back, back);

        if (is_word_before(word.at, before.at) || !phrase_is(&pack->days, word))
            continue;
        phrase_at(&pack->days, word, false, &d->weekday);
        d->odd_weekday = d->weekday != weekday_of(d);
        return true;
    }
    return false;
}

/* Does a date begin with the digits at `at` that tells when something happened? */
static bool is_date_of_event(const struct pack *pack, struct span s, const char *at, struct date *d,
                             bool *with_weekday, int32_t *since)
{
    const char *end = s.at + s.len, *begin = at, *sentence;
    size_t date;

    if (at > s.at && is_in(at[-1], "/.,-"))
        return false;
    date = date_at(pack, span(at, (size_t)(end - at)), d);
    if (date == 0)
        return false;
    while (begin > s.at && is_in(begin[-1], " ,("))
        begin--;
    *with_weekday = weekday_before(pack, span(s.at, (size_t)(begin - s.at)), d);
    if (is_coming(pack, span(at + date, (size_t)(end - at) - date)))
        return false;
    sentence = sentence_of(begin - s.at > BEFORE ? begin - BEFORE : s.at, at);
    return is_past(pack, after_quotation(span(sentence, (size_t)(begin - sentence))), since) &&
           (!*since || *with_weekday);
}

/* The first complete date of running text that tells when something happened. One with a weekday
 * or in brackets is taken first by the caller. */
bool date_in_text(const struct pack *pack, struct span s, struct date *d, bool *with_weekday,
                  int32_t *since)
{
    uint64_t before = 0; /* is the last byte of the block before a digit? */

    for (size_t from = 0; from < s.len; from += 64) {
        size_t n = s.len - from < 64 ? s.len - from : 64;
        uint64_t digit = classes_of(s.at + from, n).digit;

        for (uint64_t runs = digit & ~(digit << 1 | before); runs; runs &= runs - 1)
            if (is_date_of_event(pack, s, s.at + from + (size_t)__builtin_ctzll(runs), d,
                                 with_weekday, since))
                return true;
        before = digit >> 63;
    }
    return false;
}

/* A sign, then the value in so many digits; returns where the next goes. */
static char *write_number(char *to, char sign, int value, int digits)
{
    *to++ = sign;
    for (int i = digits; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + digits;
}

void date_write(const struct date *d, bool day_only, char to[40])
{
    char text[40], *end = write_number(text, ' ', d->year, 4);

    end = write_number(end, '-', d->month, 2);
    end = write_number(end, '-', d->day, 2);
    if (!day_only && d->hour >= 0) {
        end = write_number(end, 'T', d->hour, 2);
        end = write_number(end, ':', d->minute, 2);
        if (d->second >= 0)
            end = write_number(end, ':', d->second, 2);
        if (d->has_zone) {
            int z = d->zone < 0 ? -d->zone : d->zone;

            end = write_number(end, d->zone < 0 ? '-' : '+', z / 60, 2);
            end = write_number(end, ':', z % 60, 2);
        }
    }
    *end = '\0';
    memcpy(to, text + 1, (size_t)(end - text)); /* without the sign before the year */
}
