/* SPDX-License-Identifier: Apache-2.0 */
/* Datelines: `OUTLET, PLACE - `, `PLACE, OUTLET - `, `PLACE (OUTLET) - `, `OUTLET - REGION - PLACE
 * - `, `OUTLET | PLACE -`, `PLACE: `, glued or not. The line is cut into parts at its separators;
 * what each part is decides whether they are a dateline and where it ends. */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

enum part_kind {
    PART_BAD,
    PART_OUTLET,
    PART_PLACE,
    PART_REGION,
    PART_DATE,
    PART_UPPER,
    PART_TITLE
};

struct part {
    enum part_kind kind;
    struct span text;
    size_t name_len; /* of a place, without a region behind it */
    bool in_brackets;
    bool after_dash; /* a dash stands before it */
};

enum { MAX_PARTS = 6, MAX_DATELINE = 120, MAX_PART = 40, PART_LOOK = MAX_PART + 8 };

/* "Gowa Sulsel": a place of n bytes and its region with no comma between. */
static bool place_and_region(const struct pack *pack, struct span s, size_t n)
{
    int32_t region = 0;

    return n > 0 && n + 1 < s.len && s.at[n] == ' ' && is_capital(s.at, s.at + s.len) &&
           phrase_at(&pack->places, span(s.at + n + 1, s.len - n - 1), false, &region) ==
               s.len - n - 1 &&
           region;
}

enum { MANY_BLANKS = 6 }; /* more than any part has: a sentence */

/* "infoKota": small letters, then a capital inside. */
static bool is_camel(struct span s)
{
    size_t capitals = 0;

    if (s.len < 5 || !is_small(s.at, s.at + s.len))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_ascii_letter(s.at[i]))
            return false;
        capitals += i > 0 && is_capital(s.at + i, s.at + s.len);
    }
    return capitals == 1;
}

/* A part that is nothing known: one to four words in capitals, or one to three with capitals. */
static enum part_kind shape_of(struct span s, const struct classes *c)
{
    size_t words, capital, upper;
    uint64_t open = 1, first = first_letters(c, &open);

    if (c->digit)
        return PART_BAD;
    for (uint64_t signs = ~(c->word | c->blank | c->wide); signs; signs &= signs - 1)
        if (is_in(s.at[__builtin_ctzll(signs)], "\"'!?:;/"))
            return PART_BAD;
    if (c->wide) {
        count_capitals(s, &words, &capital, &upper);
    } else {
        words = count_bits(first);
        capital = first & ~c->big ? 0 : words;
        upper = c->word & ~c->big ? 0 : words;
    }
    if (words > 0 && words <= 4 && upper == words)
        return PART_UPPER;
    return words > 0 && words <= 3 && capital == words ? PART_TITLE : PART_BAD;
}

static enum part_kind kind_of(const struct pack *pack, struct span s, size_t *place)
{
    struct classes c;
    int32_t region = 0;
    struct date d;

    *place = 0;
    if (s.len < 2 || s.len > MAX_PART)
        return PART_BAD;
    c = classes_in(s.at, s.len);
    if (!is_digit(s.at[0]) && count_bits(c.blank & ((UINT64_C(1) << s.len) - 1)) >= MANY_BLANKS)
        return PART_BAD;
    if (is_outlet_of(pack, s, &c))
        return PART_OUTLET;
    *place = phrase_at(&pack->places, s, false, &region);
    if (*place == s.len)
        return is_capital(s.at, s.at + s.len) ? (region ? PART_REGION : PART_PLACE) : PART_BAD;
    if (date_at(pack, s, &d) == s.len || phrase_is(&pack->days, s))
        return PART_DATE;
    if (place_and_region(pack, s, *place))
        return PART_PLACE;
    return is_camel(s) ? PART_TITLE : shape_of(s, &c);
}

/* A hyphen inside a name ("TRIBUN-KOTA.COM") is none; one between a name and text is. */
static bool hyphen_parts(const struct pack *pack, struct span part, bool after_place,
                         const char *at, const char *end)
{
    const char *stop = at;

    if (at + 1 >= end || at[-1] == ' ' || at[1] == ' ')
        return true;
    while (stop < end && !is_in(*stop, " ,|(:"))
        stop++;
    if (!is_site_name(pack, part) && is_site_name(pack, span(part.at, (size_t)(stop - part.at))))
        return false; /* "TRIBUN-KOTA.COM" */
    if (is_site_name(pack, part) || is_outlet(pack, part))
        return true;
    if (after_place && !memchr(part.at, ' ', part.len) && is_capital(part.at, end) &&
        is_capital(at + 1, end) && at + 2 < end && is_small(at + 2, end))
        return true; /* "Kota, Contohkini-Pemerintah" */
    if (!all_capitals(part) && !phrase_is(&pack->places, part))
        return false;
    return is_capital(at + 1, end) && at + 2 < end && is_small(at + 2, end);
}

static bool is_place_in_capitals(const struct pack *pack, struct span s)
{
    return phrase_is(&pack->places, s) && all_capitals(s);
}

/* Where a part of a dateline may end, in so many bytes: at a sign, or at the blank before a letter
 * I that stands alone, a bar that became a letter. It also says so of a few signs that end none. */
static uint64_t ends_of(const char *s, size_t n)
{
    uint64_t ends = 0;

#ifdef __SSE2__
    const __m128i blank = _mm_set1_epi8(' ');

    for (unsigned i = 0; i < PART_LOOK; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
        __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(s + i + 1));
        __m128i third = _mm_loadu_si128((const __m128i *)(const void *)(s + i + 2));
        __m128i end = _mm_and_si128(_mm_cmpeq_epi8(x, blank), _mm_cmpeq_epi8(third, blank));

        end = _mm_and_si128(end, _mm_cmpeq_epi8(next, _mm_set1_epi8('I')));
        end = _mm_or_si128(end, between(x, '(', '/')); /* with , - . between */
        end = _mm_or_si128(end, _mm_cmpeq_epi8(x, _mm_set1_epi8(':')));
        end = _mm_or_si128(end, _mm_cmpeq_epi8(x, _mm_set1_epi8('|')));
        end = _mm_or_si128(end, _mm_cmpeq_epi8(x, _mm_set1_epi8(']')));
        end = _mm_or_si128(end, _mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xe2)));
        ends |= (uint64_t)(unsigned)_mm_movemask_epi8(end) << i;
    }
#else
    for (unsigned i = 0; i < PART_LOOK; i++)
        if (is_in(s[i], "(),-./:|]\xe2") || (s[i] == ' ' && s[i + 1] == 'I' && s[i + 2] == ' '))
            ends |= UINT64_C(1) << i;
#endif
    return ends & ((UINT64_C(1) << (n < PART_LOOK ? n : PART_LOOK)) - 1);
}

/* The next part and the separator after it: its first byte, or '-' for any dash, or 0 for none.
 * signs: the ends in what begins at *at. */
static char next_part(const struct pack *pack, const char **at, const char *end, uint64_t signs,
                      bool after_place, struct part *part)
{
    const char *s = *at, *from;
    char close = 0;
    size_t dash = 0;

    if (s < end && (*s == '(' || *s == '[')) {
        close = *s == '(' ? ')' : ']';
        s++;
    }
    from = s;
    if (from > *at)
        signs = ends_of(from, (size_t)(end - from));
    for (s = end; signs; signs &= signs - 1, s = end) {
        s = from + __builtin_ctzll(signs);
        if (close ? *s == close : is_in(*s, ",|(:"))
            break;
        if (close || s == from)
            continue;
        if (*s == ' ' && end - s > 3 && s[2] == ' ') { /* a bar that became a letter */
            s++;
            break;
        }
        if (*s == '.' && s + 1 < end && s[1] == ' ' &&
            (is_site_name(pack, span(from, (size_t)(s - from))) ||
             is_place_in_capitals(pack, span(from, (size_t)(s - from))) ||
             (part->after_dash && phrase_is(&pack->places, span(from, (size_t)(s - from))))))
            break; /* "CONTOH.COM. KOTA - ", "KOTA. ", "Contoh.com - Kota. " */
        if (*s == '/' && s + 1 < end && s[1] == '/') /* "Contoh.com//Kota - " */
            break;
        dash = is_in(*s, "-\xe2") ? dash_at(s, end) : 0;
        if (dash > 1 ||
            (dash == 1 && hyphen_parts(pack, span(from, (size_t)(s - from)), after_place, s, end)))
            break;
        dash = 0;
    }
    part->text = span_trim(span(from, (size_t)(s < end ? s - from : end - from)), " ");
    part->in_brackets = close != 0;
    part->kind = kind_of(pack, part->text, &part->name_len);
    if (s >= end)
        return *at = end, (char)0;
    if (close) {
        s++;
        while (s < end && *s == ' ')
            s++;
        dash = s < end ? dash_at(s, end) : 0;
        if (dash == 0 && s < end && is_in(*s, ",.:")) {
            dash = 1;
            while (s + dash < end && (s[dash] == ' ' || dash_at(s + dash, end) > 0))
                dash += s[dash] == ' ' ? 1 : dash_at(s + dash, end); /* "(Kota),- " */
        }
        while (dash == 0 && s + 1 < end && s[0] == '|' && s[1] == '|') /* "KOTA (CONTOH) || " */
            s++;
        if (dash == 0 && s < end && *s == '|')
            dash = 1;
    }
    if (dash == 0 && !close && *s == ',') { /* "Contoh.com,- " */
        const char *next = s + 1;

        while (next < end && *next == ' ')
            next++;
        dash = next < end ? dash_at(next, end) : 0;
        s = dash > 0 ? next : s;
    }
    if (dash > 0) {
        while (s + dash + 2 < end && s[dash] == ' ' && s[dash + 1] == '-' && s[dash + 2] == ' ')
            dash += 2; /* "Contoh.net - - Teks" */
        return *at = s + dash, '-';
    }
    if (close)
        return *at = s, ')';
    *at = *s == '(' ? s : s + 1 + (s + 1 < end && s[1] == *s && is_in(*s, "|/"));
    if (*s == '.' && part->kind == PART_PLACE)
        return '.';
    return *s == '.' || *s == '/' ? ',' : *s == 'I' ? '|' : *s;
}

/* "PMJ": letters without a vowel are short for something, and no place. */
static bool can_be_said(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] >= 0x80 || is_in((char)lower(s.at[i]), "aeiouy"))
            return true;
    return false;
}

/* "ContohKota": a name of two words without the blank, as papers have it. */
static bool has_capital_inside(struct span s)
{
    for (size_t i = 1; i < s.len; i++)
        if (is_capital(s.at + i, s.at + s.len) &&
            (is_small(s.at + i - 1, s.at + s.len) ||
             (i >= 2 && is_capital(s.at + i - 1, s.at + s.len) &&
              is_small(s.at + i + 1, s.at + s.len))))
            return true; /* "ContohKota", "CONTOHKota" */
    return false;
}

/* What a chain of parts says: outlet and place; false if it is no dateline. */
static bool read_parts(const struct part *part, size_t n, struct dateline *d)
{
    const struct part *place = NULL, *region = NULL, *outlet = NULL, *other = NULL, *last = NULL;
    size_t unknown = 0;
    bool known = false;

    for (size_t i = 0; i < n; i++) {
        const struct part *p = &part[i];

        if (p->kind == PART_BAD)
            return false;
        known |= p->kind == PART_OUTLET || p->kind == PART_PLACE || p->kind == PART_REGION;
        if (p->kind == PART_OUTLET || (p->in_brackets && !outlet && p->kind != PART_DATE &&
                                       p->kind != PART_REGION && (p->kind != PART_PLACE || i)))
            outlet = outlet ? outlet : p;
        else if (p->kind == PART_PLACE && (!place || p->after_dash))
            place = p;
        else if (p->kind == PART_REGION)
            region = p;
        else if (p->kind == PART_UPPER || p->kind == PART_TITLE) {
            other = other ? other : p;
            last = p;
            unknown++;
        }
    }
    d->sure = outlet || place || region;
    d->known = known;
    if (!d->sure) { /* "SEKITAR - ", "Sekitar - ": alone, or "NAMA, TEMPAT - " in capitals */
        if (!last || n > 2 ||
            (n == 2 && (part[0].kind != PART_UPPER || part[1].kind != PART_UPPER)))
            return false;
        place = last;
        outlet = n == 2 ? other : NULL;
        const char *blank = memchr(place->text.at, ' ', place->text.len);
        struct span first =
            span(place->text.at, blank ? (size_t)(blank - place->text.at) : place->text.len);

        if (n == 1 &&
            (!can_be_said(first) || has_capital_inside(first))) { /* "PMJ - ", "SW KOTA - " */
            outlet = place;
            place = NULL;
        }
    } else if (unknown > 2) {
        return false;
    } else if (unknown == 1 && !outlet && !place && other + 1 == region && !region->after_dash) {
        place = other; /* "Desa, Region - " */
    } else if (unknown > 0 && !outlet) {
        outlet = other;
    } else if (unknown > 0 && !place) {
        place = last;
    }
    if (!place)
        place = region;
    d->outlet = outlet ? outlet->text : span(NULL, 0);
    d->place = place ? place->text : span(NULL, 0);
    if (place && place->kind == PART_PLACE)
        d->place.len = place->name_len;
    if (d->outlet.len > 0 && memchr(d->outlet.at, '/', d->outlet.len)) /* "ANTARA/Contoh" */
        d->outlet.len =
            (size_t)((const char *)memchr(d->outlet.at, '/', d->outlet.len) - d->outlet.at);
    return true;
}

/* "KOTAWali Kota": where the name in capitals ends and a word in the usual letters begins. */
static size_t glued_capitals(struct span s)
{
    const char *end = s.at + s.len, *last = s.at, *before = s.at;

    for (const char *at = s.at; at < end && (is_capital(at, end) || *at == ' ');
         at += char_size(*at)) {
        before = last;
        last = at;
    }
    if (last == s.at || !is_small(last + char_size(*last), end))
        return 0;
    if (!is_capital(last, end) || last - s.at < 3 || *before == ' ')
        return *before == ' ' && last - s.at >= 4 ? (size_t)(last - s.at) : 0;
    return (size_t)(last - s.at);
}

/* `OUTLET, PLACE` and then the text without any dash. */
static bool without_dash(const struct pack *pack, struct span rest, struct dateline *d)
{
    const char *end = rest.at + rest.len;
    size_t n = phrase_at(&pack->places, rest, true, NULL), upper;

    if (n > 0 && !(is_capital(rest.at, end) && n < rest.len))
        n = 0;
    if (n > 0 && rest.at[n] != ' ' && !is_capital(rest.at + n, end))
        n = 0;
    if (n > 0 && rest.at[n] == ' ' && is_small(rest.at + n + 1, end))
        n = 0; /* "CONTOH.COM, Jakarta menjadi ...": a sentence */
    upper = glued_capitals(rest);
    if (upper > n && (n == 0 || all_capitals(span(rest.at, n))))
        n = upper;
    if (n == 0)
        return false;
    d->place = span_trim(span(rest.at, n), " ");
    d->len = (size_t)(rest.at - d->outlet.at) + n;
    return true;
}

/* May the text of an article begin so? */
static bool begins_text(const char *s, const char *end)
{
    while (s < end && *s == ' ')
        s++;
    if (s == end || is_digit(*s) || is_capital(s, end))
        return true;
    return *s == '"' || *s == '\'' || *s == '(' || *s == '[' || (unsigned char)*s == 0xe2;
}

static bool next_is(const char *at, const char *end, char c)
{
    while (at < end && *at == ' ')
        at++;
    return at < end && *at == c;
}

/* "Kota contoh.com, Seorang warga": place and site with a blank alone between. */
static bool place_then_site(const struct pack *pack, struct span s, struct dateline *d)
{
    size_t n, len = 0;
    struct span rest;

    n = phrase_at(&pack->places, s, false, NULL);
    if (n == 0 || n + 1 >= s.len || s.at[n] != ' ' || !is_capital(s.at, s.at + s.len))
        return false;
    rest = span(s.at + n + 1, s.len - n - 1);
    while (len < rest.len && len < 60 && !is_in(rest.at[len], " ,"))
        len++;
    if (len >= rest.len || rest.at[len] != ',' || n + 1 + len >= 100 ||
        !is_site_name(pack, span(rest.at, len)))
        return false;
    *d = (struct dateline){
        .len = n + 1 + len + 1, .outlet = span(rest.at, len), .place = span(s.at, n), .sure = true
    };
    return true;
}

/* "CONTOH. Pemerintah", "CONTOH.CO Pemerintah": a house that opens its texts with its name in
 * capitals and nothing but a full stop, or nothing at all. */
static bool outlet_alone(const struct pack *pack, struct span s, struct dateline *d)
{
    const char *end = s.at + s.len, *blank = memchr(s.at, ' ', s.len < MAX_PART ? s.len : MAX_PART);
    struct span name = span(s.at, blank ? (size_t)(blank - s.at) : 0);
    bool stop = name.len > 3 && name.at[name.len - 1] == '.';

    name.len -= stop;
    if (!blank || name.len < 3 || !all_capitals(name) || !is_capital(blank + 1, end) ||
        blank + 2 >= end || !is_small(blank + 2, end) ||
        !(is_site_name(pack, name) || (stop && phrase_is(&pack->outlets, name))))
        return false;
    *d = (struct dateline){
        .len = name.len + stop + 1, .outlet = name, .sure = true, .known = true
    };
    return true;
}

/* "KOTA, Pemerintah", "KOTA PROVINSI, Pemerintah": a known place in capitals, and a comma. */
static bool place_and_comma(const struct pack *pack, struct span s, struct dateline *d)
{
    const char *end = s.at + s.len, *comma = memchr(s.at, ',', s.len < MAX_PART ? s.len : MAX_PART);
    struct span name = span(s.at, comma ? (size_t)(comma - s.at) : 0);
    size_t n = name.len > 3 ? phrase_at(&pack->places, name, false, NULL) : 0;

    if (n == 0 || !all_capitals(name) || (n < name.len && !place_and_region(pack, name, n)) ||
        comma + 3 >= end || comma[1] != ' ' || !is_capital(comma + 2, end) ||
        !is_small(comma + 3, end))
        return false;
    *d = (struct dateline){
        .len = name.len + 2, .place = span(s.at, n), .sure = true, .known = true
    };
    return true;
}

/* "KOTAPemerintah daerah": a known place in capitals glued to the first word. */
static bool place_glued(const struct pack *pack, struct span s, struct dateline *d)
{
    size_t n = glued_capitals(s);

    if (n < 4 || !phrase_is(&pack->places, span(s.at, n)))
        return false;
    *d = (struct dateline){ .len = n, .place = span(s.at, n), .sure = true, .known = true };
    return true;
}

static bool is_capital_next(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    return is_capital(at, end);
}

/* The longest chain of parts at the start of s that is a dateline; ends: those in s. */
static bool chain_at(const struct pack *pack, struct span s, uint64_t ends, struct dateline *d)
{
    struct span head = span(s.at, s.len < MAX_DATELINE ? s.len : MAX_DATELINE);
    const char *at = head.at, *end = head.at + head.len;
    struct part part[MAX_PARTS];
    bool found = false, dash = false;

    for (size_t n = 0; n < MAX_PARTS && at < end;) {
        struct dateline trial = { .len = 0 };
        char sep;

        part[n] = (struct part){ .after_dash = dash };
        while (at < end && *at == ' ')
            at++;
        if (n > 0)
            ends = ends_of(at, (size_t)(end - at));
        sep = next_part(pack, &at, end, ends, n > 0 && part[n - 1].kind == PART_PLACE, &part[n]);
        if (part[n].kind == PART_BAD ||
            (found && part[n].kind == PART_TITLE &&
             (n == 0 || part[n - 1].kind != PART_REGION || !dash || sep != '-')))
            break; /* but "OUTLET - Region - Desa - " */
        if (n == 0 && part[0].kind == PART_OUTLET && (sep == ',' || sep == '|')) {
            const char *next = at;

            while (next < end && *next == ' ')
                next++;
            d->outlet = part[0].text;
            if (without_dash(pack, span(next, (size_t)(s.at + s.len - next)), d)) {
                d->len = (size_t)(d->place.at + d->place.len - s.at);
                d->sure = true;
                found = true;
            }
        }
        n++;
        dash = sep == '-';
        if (sep == 0)
            break;
        if (sep == ':' && part[n - 1].kind == PART_OUTLET && next_is(at, end, '('))
            continue; /* "CONTOH.COM: (Kota) " */
        if (sep == ':' && part[n - 1].kind != PART_PLACE)
            break;
        if (sep == '.' && n > 1 && part[0].kind != PART_OUTLET)
            break;
        bool comma = sep == ',' && part[n - 1].after_dash &&
                     (part[n - 1].kind == PART_OUTLET ||
                      (part[n - 1].kind == PART_PLACE && all_capitals(part[n - 1].text)));

        if ((!comma && !is_in(sep, "-:|).")) || !read_parts(part, n, &trial))
            continue;
        /* without a dash only where outlet and place are both there: "Contoh, Kota | ",
         * "KOTA (CONTOH) ", "KOTA-CONTOH, " */
        if ((sep == '|' || sep == ')' || comma) &&
            (n < 2 || !trial.sure || !trial.place.at || !trial.outlet.at || !trial.known ||
             !is_capital_next(at, end)))
            continue;
        if (!begins_text(at, s.at + s.len) &&
            !(n == 1 && sep == '-' && is_site_name(pack, part[0].text))) /* "Contoh.id - banjir" */
            continue;
        trial.len = (size_t)(at - s.at);
        *d = trial;
        found = true;
    }
    return found;
}

/* A name in capitals of three letters or more begins no word that goes on in small ones. */
static bool may_begin_in_capitals(struct span s)
{
    return s.len > 3 &&
           !(is_ascii_small(s.at[1]) || is_ascii_small(s.at[0]) || is_ascii_small(s.at[2]));
}

/* A dateline at the start of s, which is not empty and begins with no blank; what is behind it can
 * be read (SCAN_SLACK). */
bool dateline_at(const struct pack *pack, struct span s, struct dateline *d)
{
    const uint64_t first = (UINT64_C(1) << (MAX_PART + 2)) - 1; /* a part, and a blank behind */
    uint64_t ends = ends_of(s.at, s.len);

    *d = (struct dateline){ .len = 0 };
    if (!((ends & first) && chain_at(pack, s, ends, d)) && !(ends && place_then_site(pack, s, d)) &&
        (!may_begin_in_capitals(s) ||
         (!place_glued(pack, s, d) &&
          !(ends && (outlet_alone(pack, s, d) || place_and_comma(pack, s, d))))))
        return false;
    while (d->len < s.len && s.at[d->len] == ' ')
        d->len++;
    d->bare = d->len == s.len;
    return true;
}
