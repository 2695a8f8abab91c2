/* SPDX-License-Identifier: Apache-2.0 */
/* What is read off the labelled page beyond its head: the outlet where no dateline names it, the
 * place as it should read, a date out of the text or the copyright line, the kind. */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

#include <stdio.h>

/* "KOTA BARU" as "Kota Baru"; what has small letters stays. Points into the store, or is the text
 * itself when the store is full. */
struct span store_title_case(struct scratch *s, struct span text)
{
    char *to = s->store + s->store_len;
    bool start = true;

    if (!all_capitals(text) || text.len > STORE_MAX - s->store_len)
        return text;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c == 0xc3 && i + 1 < text.len && !start) { /* Latin-1 capitals */
            to[i] = (char)c;
            i++;
            c = (unsigned char)text.at[i];
            to[i] = (char)(c >= 0x80 && c <= 0x9e && c != 0x97 ? c + 0x20 : c);
            continue;
        }
        to[i] = start ? (char)c : (char)lower((char)c);
        start = !is_word_at(text.at + i, text.at + text.len) && c < 0x80 && c != '\'' && c != '.';
        if (c == '.')
            start = true;
    }
    s->store_len += text.len;
    return span(to, text.len);
}

/* "COPYRIGHT © NAMA 2023": the name without label, sign and year; the year. */
static struct span copyright_name(const struct pack *pack, struct span s, int *year)
{
    const char *end = s.at + s.len, *at = s.at, *stop;

    *year = 0;
    while (at < end) {
        size_t n = phrase_at(&pack->labels, span(at, (size_t)(end - at)), false, NULL);

        if (n == 0 && !is_word_at(at, end))
            n = char_size(*at);
        if (n == 0 && is_digit(*at)) {
            int value = 0;

            for (n = 0; at + n < end && is_digit(at[n]); n++)
                value = n < 4 ? value * 10 + at[n] - '0' : value;
            if (n == 4 && value >= 1990 && value <= 2100)
                *year = value;
        }
        if (n == 0)
            break;
        at += n;
    }
    for (stop = at; stop < end; stop += char_size(*stop)) {
        if (is_digit(*stop) && end - stop >= 4 && is_digit(stop[1]) && is_digit(stop[2]) &&
            is_digit(stop[3])) {
            if (*year == 0)
                *year = (stop[0] - '0') * 1000 + (stop[1] - '0') * 100 + (stop[2] - '0') * 10 +
                        stop[3] - '0';
            break;
        }
        if (is_in(*stop, ".,|(") && (stop + 1 == end || stop[1] == ' ' || *stop != '.'))
            break;
        if (stop > at && !is_word_before(stop, at) &&
            phrase_at(&pack->labels, span(stop, (size_t)(end - stop)), false, NULL))
            break;
    }
    return span_trim(span(at, (size_t)(stop - at)), " -,|");
}

/* Does the line begin with the role of who took the pictures? */
static bool says_photographer(const struct pack *pack, const struct line *line)
{
    int32_t role;

    return (line->flags & (LINE_PEOPLE | LINE_LABEL)) == LINE_PEOPLE &&
           phrase_at(&pack->people, line_span(line), false, &role) && role == PEOPLE_PHOTO;
}

/* The lines that name people or the copyright's owner: outlet and year by the latter, and whether a
 * photographer is among the former. The text before the label ("Pewarta: X COPYRIGHT ...") is not
 * looked at. */
static void read_small_print(struct work *w, struct span *outlet, int *year, bool *photographer)
{
    for (size_t i = 0; i < w->n; i++) {
        const struct line *line = &w->line[i];
        struct span s, name;
        const char *label;
        int y;

        if (!((line->rule == ROLE_COPYRIGHT) | ((line->flags & LINE_PEOPLE) != 0)))
            continue; /* most lines, by one branch */
        *photographer |= says_photographer(w->pack, line);
        if (line->flags & LINE_LONG)
            continue;
        s = line_span(line);
        label = find_folded(s, "copyright");
        if (!label)
            label = find_bytes(s, "\xc2\xa9");
        if (!label)
            continue;
        name = copyright_name(w->pack, span(label, (size_t)(s.at + s.len - label)), &y);
        if (!*year)
            *year = y;
        if (!outlet->at && name.len >= 3 && name.len <= 60)
            *outlet = name;
    }
}

/* "Ikuti berita terbaru NAMA di Google News": the name between known words. */
static bool read_promo(struct work *w, struct span *outlet)
{
    for (size_t i = 0; i < w->n; i++) {
        struct span s = line_span(&w->line[i]);

        if (w->line[i].rule != ROLE_PROMO || w->line[i].flags & LINE_LONG)
            continue;
        for (size_t k = 0; k < s.len; k++) {
            size_t n;

            if (is_word_before(s.at + k, s.at))
                continue;
            for (n = 0; k + n < s.len && n < 60 && !is_in(s.at[k + n], " ,)");)
                n++;
            if (!is_site_name(w->pack, span(s.at + k, n)))
                n = is_capital(s.at + k, s.at + s.len)
                        ? phrase_at(&w->pack->outlets, span(s.at + k, s.len - k), false, NULL)
                        : 0; /* "informasi bisnis": no name */
            if (n > 0 && is_word_at(s.at + k, s.at + s.len)) {
                *outlet = span(s.at + k, n);
                return true;
            }
        }
    }
    return false;
}

/* The host of a line that is only an address: "https://contoh.id/berita" is "contoh.id". */
static bool read_address(struct work *w, struct span *outlet)
{
    size_t end = w->start > 3 ? w->start : 3;

    end = end < w->n ? end : w->n;
    for (size_t i = 0; i < end; i++) {
        struct span s = line_span(&w->line[i]);
        const char *stop;

        if (w->line[i].rule != ROLE_SITE)
            continue;
        if (starts_with(s, "https://"))
            s = span(s.at + 8, s.len - 8);
        else if (starts_with(s, "http://"))
            s = span(s.at + 7, s.len - 7);
        if (starts_with(s, "www."))
            s = span(s.at + 4, s.len - 4);
        stop = memchr(s.at, '/', s.len);
        if (stop)
            s.len = (size_t)(stop - s.at);
        if (is_site_name(w->pack, s)) {
            *outlet = s;
            return true;
        }
    }
    return false;
}

/* A line above the title that is only the outlet's name. */
static bool read_masthead(struct work *w, struct span *outlet)
{
    for (size_t i = 0; i < w->start && i < 6; i++) {
        struct span s = line_span(&w->line[i]);

        if (w->title < w->n && i > w->title)
            break;
        if (phrase_is(&w->pack->outlets, s) || is_site_name(w->pack, s) ||
            is_masthead(w->pack, s, &s)) {
            *outlet = s;
            return true;
        }
    }
    return false;
}

/* "kata Nama kepada Contoh.com": the outlet speaks of itself; else a credit with a site's name. */
static bool read_self(struct work *w, struct span *outlet)
{
    for (size_t i = w->start; i < w->n; i++) {
        struct span s = line_span(&w->line[i]);
        const char *at = s.at, *end = s.at + s.len;

        if (!(w->line[i].may & PACK_TOLD_TO) || w->line[i].role != ROLE_BODY)
            continue;
        while ((at = phrase_in(&w->pack->told_to, span(at, (size_t)(end - at)), NULL))) {
            size_t n = phrase_at(&w->pack->told_to, span(at, (size_t)(end - at)), false, NULL);
            size_t len = 0;

            at += n;
            if (at - n > s.at && at[-(ptrdiff_t)n - 1] != ' ')
                continue;
            while (at < end && *at == ' ')
                at++;
            while (at + len < end && len < 60 && !is_in(at[len], " ,)"))
                len++;
            while (len > 0 && at[len - 1] == '.')
                len--;
            n = is_site_name(w->pack, span(at, len))
                    ? len
                    : phrase_at(&w->pack->outlets, span(at, (size_t)(end - at)), false, NULL);
            if (n == 0 && len >= 6 && all_capitals(span(at, len)) &&
                is_outlet(w->pack, span(at, len)))
                n = len; /* "kepada KABARCONTOH" */
            if (n > 0 && is_word_at(at, end)) {
                *outlet = span(at, n);
                return true;
            }
        }
    }
    return false;
}

/* "... di kantor/CONTOH", "Foto/CONTOH/Nama", "Foto: contoh.com/Nama" */
static bool credited_house(const struct pack *pack, struct span s, struct span *outlet)
{
    const char *end = s.at + s.len, *slash = memchr(s.at, '/', s.len), *from = slash;

    while (from > s.at && from[-1] != ' ')
        from--;
    if (slash && is_site_name(pack, span(from, (size_t)(slash - from)))) {
        *outlet = span(from, (size_t)(slash - from));
        return true;
    }
    while (slash && slash + 1 < end) {
        const char *next = memchr(slash + 1, '/', (size_t)(end - slash - 1));
        struct span house = span(slash + 1, (size_t)((next ? next : end) - slash - 1));

        if (!phrase_is(&pack->agencies, house) &&
            (phrase_is(&pack->outlets, house) || is_site_name(pack, house))) {
            *outlet = house;
            return true;
        }
        slash = next;
    }
    return false;
}

static bool read_credit(struct work *w, struct span *outlet)
{
    for (size_t i = 0; i < w->n; i++) {
        struct span s = line_span(&w->line[i]);
        const char *open;

        if ((w->line[i].flags & (LINE_CREDIT | LINE_LONG)) != LINE_CREDIT)
            continue;
        open = memrchr(s.at, '(', s.len);
        if (!open) {
            if (credited_house(w->pack, s, outlet))
                return true;
            continue;
        }
        s = span(open + 1, (size_t)(s.at + s.len - open - 1));
        for (const char *at = s.at, *end = s.at + s.len; at < end;) {
            size_t n = 0;

            while (at + n < end && !is_in(at[n], "/ ):"))
                n++;
            if (is_site_name(w->pack, span(at, n))) {
                *outlet = span(at, n);
                return true;
            }
            at += n + 1;
        }
    }
    return false;
}

/* What stands round the dot without a sign that ends a site's name, and full stops at its end. */
static struct span round_dot(struct span line, const char *dot)
{
    const struct byte_set signs = byte_set(" ,;:()[]/\"'|");
    const char *from = dot, *to = dot, *end = line.at + line.len;

    while (from > line.at && !is_in_set(from[-1], &signs))
        from--;
    while (to < end && !is_in_set(*to, &signs))
        to++;
    while (to > dot && to[-1] == '.')
        to--;
    return span(from, (size_t)(to - from));
}

static bool is_counted(const struct line *line)
{
    const uint64_t others = UINT64_C(1) << ROLE_RELATED | UINT64_C(1) << ROLE_SOURCE |
                            UINT64_C(1) << ROLE_REPUBLISHED | UINT64_C(1) << ROLE_WIDGET;

    return !((line->flags & LINE_LONG) | (others >> line->role & 1));
}

/* Does the page name this site again, or outside of the text? */
static bool is_named_again(const struct work *w, struct span site, const struct line *line)
{
    size_t n = 0;

    if (line->role != ROLE_BODY && line->role != ROLE_CAPTION)
        return true;
    for (size_t i = 0; i < w->n && n < 2; i++) {
        struct span s = line_span(&w->line[i]);
        const char *hit;

        while (n < 2 && (hit = find_span(s, site))) {
            n += !is_word_before(hit, s.at);
            s = span(hit + site.len, (size_t)(s.at + s.len - hit) - site.len);
        }
    }
    return n >= 2;
}

/* Where among 64 bytes a dot is that has neither a blank, a control nor a quotation mark behind it:
 * one in a site's name, or in a number. Reads 65 bytes. */
static uint64_t inner_dots(const char *s)
{
    uint64_t dots = 0;

#ifdef __SSE2__
    __m128i inner[4], any = _mm_setzero_si128();

#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s + i * 16));
        __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(s + i * 16 + 1));
        __m128i over = _mm_cmpeq_epi8(_mm_min_epu8(next, _mm_set1_epi8(' ')), next);

        over = _mm_or_si128(over, _mm_cmpeq_epi8(next, _mm_set1_epi8('"')));
        inner[i] = _mm_andnot_si128(over, _mm_cmpeq_epi8(x, _mm_set1_epi8('.')));
        any = _mm_or_si128(any, inner[i]);
    }
    for (unsigned i = 0; _mm_movemask_epi8(any) && i < 4; i++)
        dots |= (uint64_t)(unsigned)_mm_movemask_epi8(inner[i]) << i * 16;
#else
    for (unsigned i = 0; i < 64; i++)
        dots |= (uint64_t)(s[i] == '.' && (unsigned char)s[i + 1] > ' ' && s[i + 1] != '"') << i;
#endif
    return dots;
}

/* A site that the page names below its text, or more than once, in lines that stand one behind the
 * other from the first to the last. */
static bool mentions_site(const struct work *w, const struct line *line, const struct line *last,
                          struct span *site)
{
    const char *end = last->at + last->len, *passed = line->at;

    /* what is behind a line can be read (SCAN_SLACK) */
    for (const char *at = line->at; at < end; at += 64)
        for (uint64_t dots = inner_dots(at); dots; dots &= dots - 1) {
            const char *dot = at + __builtin_ctzll(dots);

            while (line < last && dot >= line->at + line->len)
                line++;
            if (dot < line->at || dot + 1 >= line->at + line->len || dot < passed ||
                !is_counted(line))
                continue;
            *site = round_dot(line_span(line), dot);
            if (is_site_name(w->pack, *site) && is_named_again(w, *site, line))
                return true;
            passed = site->at + site->len;
        }
    return false;
}

/* Does the line stand behind the one before it, with little between? Not if one is a copy. */
static bool stands_behind(const struct line *line)
{
    return (uintptr_t)line->at - (uintptr_t)(line[-1].at + line[-1].len) <= 64;
}

/* Nobody else is named so. All lines that stand together are gone over at once: how long each is
 * would be a branch that is not foreseen. */
static bool read_mentions(const struct work *w, struct span *outlet)
{
    for (const struct line *line = w->line, *end = line + w->n, *next; line < end; line = next) {
        for (next = line + 1; next < end && stands_behind(next);)
            next++;
        if (mentions_site(w, line, next - 1, outlet))
            return true;
    }
    return false;
}

static void read_outlet(struct work *w, struct span copyright)
{
    struct page *p = w->page;

    if (w->site.at)
        p->outlet = w->site;
    else if (!p->outlet.at && copyright.at)
        p->outlet = copyright;
    if (p->outlet.at || read_promo(w, &p->outlet) || read_address(w, &p->outlet) ||
        read_masthead(w, &p->outlet) || read_self(w, &p->outlet) || read_credit(w, &p->outlet) ||
        read_mentions(w, &p->outlet))
        return;
    p->outlet = span(NULL, 0);
}

/* A date line between the text and the boxes below it. */
static bool date_below(struct work *w)
{
    for (size_t i = w->start; i < w->n; i++) {
        struct date d;
        struct span before, after;
        bool changed;

        if (w->line[i].role != ROLE_DATE ||
            !date_line(w->pack, line_span(&w->line[i]), &d, &before, &after, &changed))
            continue;
        date_write(&d, false, w->page->date);
        w->page->date_kind = "published";
        w->page->odd_weekday = d.odd_weekday;
        return true;
    }
    return false;
}

/* A date line below the text, or the first date in it, or the copyright's year. */
static void read_date(struct work *w, int year)
{
    struct page *p = w->page;
    struct date d, bare = { 0 };
    bool have_bare = false, have_since = false;

    if (p->date[0] || date_below(w))
        return;
    for (size_t i = w->start; i < w->n; i++) {
        const struct line *line = &w->line[i];
        bool weekday = false;
        int32_t since = 0;

        if (line->role != ROLE_BODY || !(line->flags & LINE_YEAR))
            continue;
        if (!date_in_text(w->pack, span(line->at + line->from, line->to - line->from), &d, &weekday,
                          &since))
            continue;
        if (weekday && !since) {
            date_write(&d, true, p->date);
            p->date_kind = "body";
            p->odd_weekday = d.odd_weekday;
            return;
        }
        if (!have_bare || (have_since && !since)) {
            bare = d;
            have_bare = true;
            have_since = since != 0;
        }
    }
    if (have_bare) {
        date_write(&bare, true, p->date);
        p->date_kind = "body";
    } else if (year) {
        snprintf(p->date, sizeof(p->date), "%d", year);
        p->date_kind = "copyright";
    }
}

/* A title that says so, and hardly any text. */
static bool is_photo_title(const struct work *w)
{
    size_t lines = 0;

    if (!w->page->title.at || !phrase_at(&w->pack->photo_words, w->page->title, false, NULL))
        return false;
    for (size_t i = w->start; i < w->n; i++)
        lines += w->line[i].role == ROLE_BODY;
    return lines < 5;
}

/* What the text says in the same words is no standfirst but a repeat. */
static void drop_repeated_deck(struct work *w)
{
    struct span deck = span_trim(w->page->deck, ". ");

    for (size_t i = w->start; w->page->deck.at && i < w->n; i++)
        if (w->line[i].role == ROLE_BODY && find_span(line_span(&w->line[i]), deck))
            w->page->deck = span(NULL, 0);
}

void read_fields(struct work *w)
{
    struct page *p = w->page;
    struct span copyright = { NULL, 0 };
    bool photographer = false;
    int year = 0;

    drop_repeated_deck(w);
    find_name_beside_date(w);
    read_small_print(w, &copyright, &year, &photographer);
    read_outlet(w, copyright);
    if (p->section.at && p->outlet.at && p->outlet.len >= p->section.len &&
        span_same(p->section, span(p->outlet.at, p->section.len)) &&
        (p->outlet.len == p->section.len || p->outlet.at[p->section.len] == '.'))
        p->section = span(NULL, 0); /* the masthead */
    if (w->place.at)
        p->place = store_title_case(w->scratch, w->place);
    read_date(w, year);
    p->kind =
        w->is_photo || w->says_photo || photographer || is_photo_title(w) ? "photo" : "article";
}
