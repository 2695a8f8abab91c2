/* SPDX-License-Identifier: Apache-2.0 */
/* The marks at the end of a text that say who wrote it: "(sar/bud)", "[sar]", "***", "*cr1, k22",
 * "/sar",
 * "(Nama Lengkap)", "(contoh.id/nama)". */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

/* One piece of a mark: initials, a name, a code, a site. */
static bool is_mark_part(const struct pack *pack, struct span s)
{
    size_t letters = 0, small = 0, signs = 0;

    s = span_trim(s, " ");
    if (s.len == 0 || s.len > 40)
        return s.len == 0;
    if (is_site_name(pack, s) || phrase_is(&pack->agencies, s) || phrase_is(&pack->outlets, s))
        return true;
    for (size_t i = 0; i < s.len; i++) {
        letters += is_ascii_letter(s.at[i]);
        small += is_small(s.at + i, s.at + s.len);
        signs += !is_ascii_letter(s.at[i]) && !is_digit(s.at[i]) && !is_in(s.at[i], "-.'*");
    }
    if (signs == 0 && s.len <= 12 && (letters > 0 || s.at[0] == '*'))
        return letters <= 5 || small == letters || is_name(pack, s);
    return is_name(pack, s);
}

static bool is_mark(const struct pack *pack, struct span in)
{
    struct date d;
    int32_t role;

    in = span_trim(in, " ");
    if (in.len == 0 || in.len > 90 || date_at(pack, in, &d))
        return false;
    if (role_at(pack, in, &role))
        return true;
    if (in.len > 60 || phrase_at(&pack->credits, in, false, NULL))
        return false;
    for (const char *at = in.at, *end = in.at + in.len; at < end;) {
        const char *stop = at;

        while (stop < end && !is_in(*stop, "/,|&"))
            stop++;
        if (!is_mark_part(pack, span(at, (size_t)(stop - at))))
            return false;
        at = stop + 1;
    }
    return true;
}

enum { SIGNED = 18 }; /* bytes at the end in which a sign and initials are */

/* "... jalan. *cr1, k22", "... jalan./nam", "... jalan. | nam*", "... jalan. -nam-", "... jalan.
 * @nam", "... jalan. \xe2\x96\xa0 nam": a sign, then initials to the end; bytes with the blank
 * before, 0: none. */
static size_t signed_initials(const struct pack *pack, struct span s, struct span *inside)
{
    const char *end = s.at + s.len, *at, *from = s.len > SIGNED ? end - SIGNED : s.at;
    size_t n = 0, sign = 0, stars = 0;
    char close = 0;

    while (stars < 3 && stars < s.len && end[-1 - (ptrdiff_t)stars] == '*')
        stars++;
    end -= stars;
    if (end - from > 3 && end[-1] == '-')
        close = *--end;
    for (at = end; at > from && !sign; at--)
        sign = is_in(at[-1], close ? "-" : "*/|@") ? 1
               : !close && at - from >= 3 && (unsigned char)at[-3] == 0xe2 &&
                       (unsigned char)at[-2] >= 0x96 && (unsigned char)at[-2] <= 0x97
                   ? 3
                   : 0;
    if (!sign)
        return 0;
    const char *token = at;

    while (sign == 1 && *at == '/' && token > from && is_ascii_letter(token[-1]))
        token--;
    if (token < at && at - token <= 5 && token > s.at + 1 && token[-1] == ' ' &&
        is_capital(token, end)) { /* "... jalan. Nam/Sar" */
        *inside = span(token, (size_t)(end - token));
        return ends_sentence(span(s.at, (size_t)(token - 1 - s.at))) && end - at <= 6 &&
                       is_capital(at + 1, end)
                   ? inside->len + 1 + stars
                   : 0;
    }
    *inside = span_trim(span(at + 1, (size_t)(end - at - 1)), " ");
    at -= sign - 1;
    if (at == s.at || !ends_sentence(span(s.at, (size_t)(at - s.at))) || is_in(at[-1], "*/"))
        return 0;
    for (const char *c = inside->at; c < inside->at + inside->len; c++) {
        n = is_in(*c, ", ") ? 0 : n + 1;
        if (n > 5 ||
            (n > 0 && !is_digit(*c) && !is_small(c, c + 1) && !phrase_is(&pack->agencies, *inside)))
            return 0;
    }
    while (at > s.at && at[-1] == ' ')
        at--;
    return inside->len > 0 ? (size_t)(s.at + s.len - at) : 0;
}

/* `... musim hujan," katanya (Nama Lengkap)`: the full stop was forgotten. */
static bool is_quoted_by_name(const struct pack *pack, struct span before, struct span inside)
{
    struct span tail = before.len > 24 ? span(before.at + before.len - 24, 24) : before;

    return count_words(inside) >= 2 && is_name(pack, inside) &&
           (memchr(tail.at, '"', tail.len) || find_bytes(tail, "\xe2\x80\x9d"));
}

/* Is there any byte at the end that a mark has? Of few lines, so that the others are done here, by
 * one branch; what is behind s, which is not empty, can be read (SCAN_SLACK). */
static bool may_end_in_mark(struct span s)
{
    size_t n = s.len < SIGNED ? s.len : SIGNED;
    const char *from = s.at + s.len - n, *end = s.at + s.len;
    unsigned close = is_in(end[-1], ")]-"), stop = end[-1] == '.';
    unsigned before_stop = is_in(*(end - (n > 1) - 1), ")]");
    unsigned signs = mark_signs(from) | mark_signs(from + 2) << 2;

    return (close | (stop & before_stop) | (signs & ((1u << n) - 1))) != 0;
}

/* Of few lines, so that it stands by itself: what asks each line would begin with as much. */
__attribute__((noinline)) static size_t mark_at_end(const struct pack *pack, struct span s,
                                                    struct span *inside)
{
    size_t len = s.len, stars = 0, initials;
    const char *open;
    char close;

    if (len > 3 && s.at[len - 1] == '.' && (s.at[len - 2] == ')' || s.at[len - 2] == ']'))
        len--;
    while (len > 0 && s.at[len - 1] == '*') {
        len--;
        stars++;
    }
    while (stars > 0 && len > 0 && s.at[len - 1] == ' ')
        len--;
    if (stars > 1 && len > 3 && is_digit(s.at[len - 1]) && s.at[len - 2] == '*')
        for (len--; len > 0 && s.at[len - 1] == '*';) /* "***4***" */
            len--;
    close = len > 0 ? s.at[len - 1] : 0;
    if (close != ')' && close != ']' && (initials = signed_initials(pack, s, inside)) > 0)
        return initials;
    *inside = span(s.at + s.len, 0);
    if (close != ')' && close != ']')
        return stars > 1 || (stars == 1 && len > 0 && ends_sentence(span(s.at, len))) ? s.len - len
                                                                                      : 0;
    struct span tail = len > 120 ? span(s.at + len - 120, 120) : span(s.at, len);

    open = memrchr(tail.at, close == ')' ? '(' : '[', tail.len);
    if (!open)
        return 0;
    *inside = span_trim(span(open + 1, (size_t)(s.at + len - 1 - open - 1)), " ");
    if (inside->len > 0 ? !is_mark(pack, *inside) : close != ']') /* "[]": names nobody */
        return 0;
    while (open > s.at && is_in(open[-1], " *"))
        open--;
    struct span before = span(s.at, (size_t)(open - s.at));

    if (before.len > 0 && !ends_sentence(before) && !is_quoted_by_name(pack, before, *inside) &&
        !(closing_mark(before.at, before.at + before.len) && before.at[before.len - 1] != ')') &&
        !memchr(inside->at, '/', inside->len) && (inside->len == 0 || inside->at[0] != '*'))
        return 0;
    if (s.len > len && s.at[s.len - 1] == '.' && !memchr(inside->at, '/', inside->len) &&
        inside->len > 0 && inside->at[0] != '*' && before.len > 0 && !ends_sentence(before))
        return 0; /* "... Daerah (OPD).": the sentence goes on to its full stop */
    if (inside->len > 0 && inside->at[0] == '*') /* "(*)"; "(stars, a slash, initials)" */
        *inside = span_trim(*inside, "*/ ");
    return (size_t)(s.at + s.len - open);
}

/* A byline mark at the end of s: its bytes with the blank before, 0: none. inside: what it says,
 * or len 0 for "(*)" and "***". The sentence must be over before it, or the mark be all there is.
 */
size_t byline_mark(const struct pack *pack, struct span s, struct span *inside)
{
    *inside = span(s.at + s.len, 0);
    return s.len > 0 && may_end_in_mark(s) ? mark_at_end(pack, s, inside) : 0;
}

void mark_authors(struct work *w, struct span inside)
{
    int32_t role;

    if (inside.len == 0)
        return;
    if (role_at(w->pack, inside, &role)) {
        read_roles(w, inside);
        return;
    }
    if (w->page->n_authors > 0)
        return; /* a full name wins */
    size_t report = phrase_at(&w->pack->reports, inside, false, NULL);

    if (report > 0 && report < inside.len) {
        read_report(w, inside, report);
        return;
    }
    add_names(w, PEOPLE_AUTHOR, inside);
}
