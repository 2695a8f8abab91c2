/* SPDX-License-Identifier: Apache-2.0 */
/* The lines above the text: which is the title, which the section's label, which the standfirst. */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

enum {
    NEAR = 40,      /* lines: what is further off has nothing to do with a headline */
    HOUSE_FROM = 20 /* bytes: no headline is shorter */
};

/* Some words in a sentence's case: under a headline it sums the article up. */
static bool is_standfirst(const struct line *line)
{
    return line->words >= 10 && line->capital * 10 < line->words * 7 &&
           !(line->flags & LINE_CREDIT);
}

/* Is any of these few bytes in s? Most lines that are asked about have none of them. */
__attribute__((always_inline)) static inline bool has_one_of(struct span s, const char *bytes)
{
    size_t i = 0;

#ifdef __SSE2__
    while (i + 16 <= s.len) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s.at + i));
        __m128i hit = _mm_setzero_si128();

#pragma GCC unroll 8
        for (size_t k = 0; k < strlen(bytes); k++)
            hit = _mm_or_si128(hit, _mm_cmpeq_epi8(x, _mm_set1_epi8(bytes[k])));
        if (_mm_movemask_epi8(hit))
            return true;
        if (i + 16 == s.len)
            return false;
        i = i + 32 <= s.len ? i + 16 : s.len - 16; /* at last some bytes once more */
    }
#endif
    for (; i < s.len; i++)
        if (is_in(s.at[i], bytes))
            return true;
    return false;
}

/* "Judul Berita - CONTOH.COM": without the house. */
static struct span without_house(const struct pack *pack, struct span s)
{
    for (size_t to = s.len; to > HOUSE_FROM;) {
        size_t from = to > HOUSE_FROM + 64 ? to - 64 : HOUSE_FROM;
        uint64_t parts = parts_of(s.at + from, to - from, false, s.at[from - 1] == ' ');

        for (to = from; parts;) {
            unsigned last = 63 - (unsigned)__builtin_clzll(parts);
            size_t i = from + last, dash = s.at[i] == '|' ? 1 : dash_at(s.at + i, s.at + s.len);

            parts ^= UINT64_C(1) << last;
            if (dash == 0 || i + dash >= s.len || s.at[i + dash] != ' ')
                continue;
            return is_outlet(pack, span_trim(span(s.at + i + dash, s.len - i - dash), " "))
                       ? span_trim(span(s.at, i), " ")
                       : s;
        }
    }
    return s;
}

/* Is the line this headline, perhaps with the house behind it? */
static bool says(const struct pack *pack, const struct line *line, struct span headline)
{
    return line->len >= headline.len && headline.len > 0 &&
           lower(line->at[0]) == lower(headline.at[0]) &&
           span_same(without_house(pack, line_span(line)), headline);
}

static bool stands_twice(const struct work *w, size_t i)
{
    struct span s = without_house(w->pack, line_span(&w->line[i]));

    for (size_t k = i > NEAR ? i - NEAR : 0; k < w->start && k <= i + NEAR; k++)
        if (k != i && says(w->pack, &w->line[k], s))
            return true;
    return false;
}

/* One headline straight below another, and neither a third above nor below: a subtitle. */
static bool is_second_headline(const struct work *w, size_t i)
{
    if (i < 1 || i + 1 >= w->n || !in_headline_case(&w->line[i]) ||
        !in_headline_case(&w->line[i - 1]) || w->line[i].words < 5 || w->line[i - 1].words < 5)
        return false;
    return !stands_twice(w, i) &&
           !(i >= 2 && is_headline(&w->line[i - 2]) && w->line[i - 2].rule == ROLE_NONE) &&
           !(is_headline(&w->line[i + 1]) && w->line[i + 1].rule == ROLE_NONE &&
             !(w->line[i + 1].flags & LINE_SENTENCE) &&
             !span_same(line_span(&w->line[i + 1]), line_span(&w->line[i - 1])));
}

/* Nothing but names, labels, signs and a standfirst between a and b? */
static bool only_labels_between(const struct work *w, size_t a, size_t b)
{
    if (b - a > NEAR)
        return false;
    for (size_t i = a + 1; i < b; i++) {
        const struct line *line = &w->line[i];

        if (i == a + 1 && is_second_headline(w, i))
            continue;
        if (line->rule == ROLE_NONE && line->role == ROLE_NONE && !(line->flags & LINE_DATE) &&
            is_headline(line) && (!(line->flags & LINE_SENTENCE) || in_headline_case(line)) &&
            !(is_standfirst(line) && in_headline_case(&w->line[a])))
            return false;
    }
    return true;
}

/* "3. Judul", a crumb, and "Judul" somewhere below. */
static bool item_stands_again(const struct work *w, size_t i)
{
    struct span s = line_span(&w->line[i]);
    const char *blank = memchr(s.at, ' ', s.len);
    struct span rest = span(blank ? blank + 1 : s.at, 0);

    rest.len = (size_t)(s.at + s.len - rest.at);
    for (size_t k = i + 1; blank && k < w->start && k <= i + NEAR; k++)
        if (span_same(line_span(&w->line[k]), rest))
            return true;
    return false;
}

/* "CONTOH.COM - Panduan Anda", "Portal Berita No. 1 | Contoh": how a site calls itself, not the
 * article. The name goes to *site. */
bool is_masthead(const struct pack *pack, struct span s, struct span *site)
{
    const char *blank = memchr(s.at, ' ', s.len), *bar = memrchr(s.at, '|', s.len);
    const char *end = s.at + s.len;

    if (blank && blank + 2 < end && (blank[1] == '|' || dash_at(blank + 1, end) > 0) &&
        is_site_name(pack, *site = span(s.at, (size_t)(blank - s.at))))
        return true;
    if (!bar)
        return false;
    *site = span_trim(span(bar + 1, (size_t)(end - bar - 1)), " ");
    if (site->len >= 3 && s.len > site->len * 2 && span_same(span(s.at, site->len), *site))
        return true; /* "Contoh TV | Contoh" */
    return phrase_is(&pack->outlets, *site) || is_site_name(pack, *site);
}

static int title_points(const struct work *w, size_t i, size_t anchor, bool in_box, bool first)
{
    const struct line *line = &w->line[i];
    int points = line->words >= 5 ? 4 : line->words >= 4 || line->len >= 25 ? 3 : 0;

    struct span site;

    if (line->len > 110)
        points -= 2;
    if (is_masthead(w->pack, line_span(line), &site))
        points -= 8;
    if (line->flags & LINE_ITEM && (!is_digit(line->at[0]) || item_stands_again(w, i)))
        points -= 3;
    if (is_small(line->at, line->at + line->len) && !in_headline_case(line))
        points -= 6;
    if (in_headline_case(line))
        points += 2;
    if (in_box)
        points -= 5;
    if (first)
        points += 2;
    if (line->flags & LINE_SENTENCE && line->at[line->len - 1] == '.')
        points -= 4;
    else if (stands_twice(w, i))
        points += 2;
    if (anchor < w->n) {
        if (i < anchor && only_labels_between(w, i, anchor))
            points += 4;
        else if (i > anchor && only_labels_between(w, anchor, i))
            points += 3;
        else
            points -= 1;
    }
    return points;
}

/* Three headlines under a heading make a box; one or two may be the page's own. */
static bool headlines_follow(const struct work *w, size_t i)
{
    size_t n = 0;

    while (n < 3 && i + 1 + n < w->start && w->line[i + 1 + n].rule == ROLE_NONE &&
           is_headline(&w->line[i + 1 + n]))
        n++;
    return n == 3;
}

/* "Nama Lengkap", "Nama Lengkap | Nama Kedua": nothing but names of two to four words. */
static bool only_names(const struct work *w, const struct line *line)
{
    const char *at = line->at, *end = at + line->len;

    if (line->flags & LINE_LONG || line->len > 80)
        return false;
    while (at < end) {
        const char *bar = memchr(at, '|', (size_t)(end - at));
        struct span name = span_trim(span(at, (size_t)((bar ? bar : end) - at)), " ,");
        size_t words = is_name(w->pack, name) ? count_words(name) : 0;

        if (words < 2 || words > 4 || is_outlet(w->pack, name))
            return false;
        at = bar ? bar + 1 : end;
    }
    return true;
}

/* "Nama, Rabu 5 Juli 05:20 WIB": a date line, if one without a year. */
static bool ends_in_clock(const struct pack *pack, struct span s)
{
    const char *blank = memrchr(s.at, ' ', s.len);

    return blank && blank > s.at + 4 && is_digit(blank[-1]) && is_digit(blank[-2]) &&
           is_in(blank[-3], ":.") &&
           phrase_is(&pack->zones, span(blank + 1, (size_t)(s.at + s.len - blank - 1))) &&
           (phrase_in(&pack->months, s, NULL) || phrase_in(&pack->days, s, NULL));
}

/* "Home > News > Judul" */
static bool has_crumbs(struct span s)
{
    return has_one_of(s, ">\xbb") && (find_bytes(s, " > ") || find_bytes(s, " \xc2\xbb "));
}

static void find_title(struct work *w)
{
    int best = 2;
    bool in_box = false, first = true;
    size_t anchor = w->date; /* the title is next to the date, else to who wrote it */

    w->title = w->n;
    for (size_t i = 0; i < w->start && anchor == w->n; i++)
        if (w->line[i].flags & (LINE_PEOPLE | LINE_BYLINE))
            anchor = i;
    for (size_t i = 0; i < w->start; i++) {
        const struct line *line = &w->line[i];

        if (line->rule == ROLE_BOX || line->rule == ROLE_RELATED)
            in_box = headlines_follow(w, i);
        else if (in_box &&
                 (i == w->date || phrase_at(&w->pack->home_words, line_span(line), true, NULL)))
            in_box = false; /* the page's own head begins here */
        if (line->rule != ROLE_NONE || line->role != ROLE_NONE || !is_headline(line) ||
            phrase_at(&w->pack->home_words, line_span(line), false, NULL) ||
            (i + 1 == w->date && memchr(line->at, '|', line->len) && only_names(w, line)) ||
            is_menu(line) || ends_open(line_span(line)) ||
            ends_in_clock(w->pack, line_span(line)) || has_crumbs(line_span(line)))
            continue;
        int points = title_points(w, i, anchor, in_box, first);

        first = false;
        if (points > best) {
            best = points;
            w->title = i;
        }
    }
    if (w->title == w->n)
        return;
    w->page->title = without_house(w->pack, line_span(&w->line[w->title]));
    w->line[w->title].role = ROLE_TITLE;
    for (size_t i = 0; i < w->start; i++)
        if (says(w->pack, &w->line[i], w->page->title))
            w->line[i].role = ROLE_TITLE;
}

/* The last crumb of "News / Regional", "Home > News > Nasional". */
static struct span last_crumb(struct span s)
{
    static const char *const between[] = { ">", "\xc2\xbb", "\xe2\x80\xba", "/", "|" };

    if (!has_one_of(s, ">\xbb\xba/|"))
        return span_trim(s, " ");
    for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
        const char *at = s.at, *end = s.at + s.len, *hit;

        while ((hit = find_bytes(span(at, (size_t)(end - at)), between[i])) &&
               hit + strlen(between[i]) < end)
            at = hit + strlen(between[i]);
        s = span_trim(span(at, (size_t)(end - at)), " ");
    }
    return s;
}

static bool has_clock(struct span s)
{
    for (size_t i = 1; i + 2 < s.len; i++)
        if (s.at[i] == ':' && is_digit(s.at[i - 1]) && is_digit(s.at[i + 1]) &&
            is_digit(s.at[i + 2]))
            return true;
    return false;
}

static bool is_label(const struct work *w, const struct line *line)
{
    struct span s = line_span(line);

    if (line->rule != ROLE_NONE || line->role != ROLE_NONE || !(line->flags & LINE_WORDS) ||
        line->flags &
            (LINE_SENTENCE | LINE_CREDIT | LINE_DATE | LINE_PEOPLE | LINE_BYLINE | LINE_ITEM))
        return false;
    if (find_bytes(s, ". ") || has_clock(s) || is_menu(line))
        return false; /* a caption, opening hours */
    if (last_crumb(s).len < s.len)
        return line->len <= 80 && !only_names(w, line);
    return line->words <= 5 && line->len <= 40 && !phrase_is(&w->pack->outlets, s) &&
           !is_site_name(w->pack, s) &&
           (is_capital(s.at, s.at + s.len) || !is_outlet(w->pack, s)); /* "kotaNEWS" */
}

static bool same_letters(struct span a, struct span b)
{
    size_t i = 0, k = 0;

    for (;;) {
        while (i < a.len && a.at[i] == ' ')
            i++;
        while (k < b.len && b.at[k] == ' ')
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (lower(a.at[i++]) != lower(b.at[k++]))
            return false;
    }
}

static bool is_number(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.at[i]))
            return false;
    return true;
}

/* A topic shown by itself below ("FOKUS", then its name) is no part of the section's label. */
static struct span without_topic(const struct work *w, struct span section)
{
    for (size_t i = 0; i + 1 < w->start; i++) {
        struct span topic = line_span(&w->line[i + 1]);

        if (w->line[i].rule != ROLE_TOPIC || section.len <= topic.len + 1)
            continue;
        w->line[i + 1].role = ROLE_TOPIC;
        if (span_same(span(section.at + section.len - topic.len, topic.len), topic))
            return span_trim(span(section.at, section.len - topic.len), " ");
    }
    return section;
}

/* "Beranda Kota Judul Berita": what stands between the first crumb and the title. */
static bool is_crumb_to(const struct work *w, struct span s, struct span title,
                        struct span *between)
{
    size_t home = phrase_at(&w->pack->home_words, s, false, NULL);

    if (home == 0 || s.len < home + title.len + 2 ||
        !span_same(span(s.at + s.len - title.len, title.len), title))
        return false;
    *between = span_trim(span(s.at + home, s.len - home - title.len), " />|\xc2\xbb\xe2\x80\xba");
    return between->len > 0 && between->len <= 40;
}

static void find_section(struct work *w)
{
    size_t from = w->title, steps = 0;
    struct span found = { NULL, 0 }, title = w->page->title;

    if (from == w->n) /* no title: "Home / Daerah" */
        for (size_t i = 0; i < w->start && !found.at; i++)
            if (is_label(w, &w->line[i]) &&
                phrase_at(&w->pack->home_words, line_span(&w->line[i]), false, NULL) > 0 &&
                last_crumb(line_span(&w->line[i])).len < w->line[i].len) {
                found = last_crumb(line_span(&w->line[i]));
                w->line[i].role = ROLE_SECTION;
            }
    for (size_t i = from; i < w->n && i-- > 0 && steps < 5; steps++) {
        const struct line *line = &w->line[i];

        if (line->flags & LINE_DATE || line->rule == ROLE_NOISE ||
            phrase_is(&w->pack->home_words, line_span(line)))
            continue;
        if (!found.at && is_crumb_to(w, line_span(line), title, &found)) {
            found = last_crumb(found);
            w->line[i].role = ROLE_SECTION;
            break;
        }
        bool lone = line->rule == ROLE_BOX && i + 1 == from && line->words == 1 &&
                    is_capital(line->at, line->at + line->len); /* "Opini" */

        if (!is_label(w, line) && !lone)
            break;
        if (!found.at) {
            found = last_crumb(line_span(line));
            if (title.at && span_same(found, title) && found.at > line->at) /* the page itself */
                found = last_crumb(span_trim(span(line->at, (size_t)(found.at - line->at)),
                                             " />|\xc2\xbb\xe2\x80\xba"));
            if (is_number(found))
                found = span(NULL, 0);
            else
                w->line[i].role = ROLE_SECTION;
        } else if (same_letters(found, line_span(line)) && line->len > found.len) {
            found = line_span(line); /* "FotoBisnis", above it "Foto Bisnis" */
        }
    }
    size_t label = found.at ? phrase_at(&w->pack->section_labels, found, false, NULL) : 0;

    if (label > 0 && memchr(found.at + label, ':', found.len - label)) /* "Kategori: Daerah" */
        found = span_trim(span(found.at + label, found.len - label), " :");
    if (!found.at || found.len == 0 || phrase_is(&w->pack->home_words, found))
        return;
    size_t home = phrase_at(&w->pack->home_words, found, true, NULL);

    if (home > 0 && found.at[home] == ' ') /* "Beranda Daerah" */
        home++;
    if (home > 0 && is_capital(found.at + home, found.at + found.len)) /* "HomeNasional" */
        found = span(found.at + home, found.len - home);
    w->page->section = without_topic(w, found);
}

/* A credit may stand before a caption too: "CONTOH.COM/NAMA Seorang warga ...". */
static bool begins_with_credit(const struct line *line)
{
    const char *blank = memchr(line->at, ' ', line->len);

    return blank && memchr(line->at, '/', (size_t)(blank - line->at));
}

/* What sums the article up between title and text: right under the title, or with only the date and
 * names between, and then as a sentence. */
static void find_deck(struct work *w)
{
    for (size_t i = w->title + 1; w->title < w->n && i < w->start; i++) {
        struct line *line = &w->line[i];

        if (line->flags & (LINE_DATE | LINE_PEOPLE | LINE_BYLINE))
            continue;
        if (line->role != ROLE_NONE || line->rule != ROLE_NONE || line->flags & LINE_CREDIT ||
            ends_open(line_span(line)) || line->len < 40 || begins_with_credit(line) ||
            line->at[line->len - 1] == '"')
            return;
        if (!(line->flags & LINE_SENTENCE) && (i > w->title + 1 || !is_standfirst(line)))
            return;
        w->page->deck = line_span(line);
        line->role = ROLE_DECK;
        return;
    }
}

/* Can "nsa" be short for "Nama Seandainya"? The first letters are the same, the others follow. */
static bool are_initials_of(struct span initials, struct span name)
{
    size_t k = 0;

    if (initials.len < 2 || initials.len > 5)
        return false;
    for (size_t i = 0; i < name.len && k < initials.len; i++) {
        if (lower(name.at[i]) == lower(initials.at[k]))
            k++;
        else if (i == 0)
            return false;
    }
    return k == initials.len;
}

/* "E-2", "MIS": a desk or initials in capitals; a name in full beside the date goes before it. */
static bool is_code(struct span name)
{
    bool digit = false;

    for (size_t i = 0; i < name.len; i++)
        digit |= is_digit(name.at[i]);
    return name.len <= 5 && (digit || all_capitals(name));
}

static bool may_be_byline(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i];
    size_t title = w->title;

    for (size_t k = 0; k < title; k++) /* where it stands twice, the name is between */
        if (w->line[k].role == ROLE_TITLE)
            title = k;
    if (i <= title || phrase_at(&w->pack->photo_words, line_span(line), false, NULL))
        return false;
    return only_names(w, line) || (line->flags & LINE_NAME && line->words == 1 &&
                                   span_same(line_span(line), line_span(&w->line[i - 1])));
}

/* "Nama Lengkap" alone beside the date, or "Nama Lengkap," a little below it: who wrote it, if the
 * page names nobody else, or by initials that fit. */
void find_name_beside_date(struct work *w)
{
    struct page *p = w->page;
    size_t end = w->date + 5 < w->start ? w->date + 5 : w->start;

    if (w->date >= w->n || w->title >= w->n || p->n_authors > 1)
        return;
    for (size_t i = w->date > 0 ? w->date - 1 : 0; i < end; i++) {
        struct line *line = &w->line[i];
        bool beside = i <= w->date + 1;

        /* few lines are, which one branch foresees; the date itself is not */
        if ((line->role != ROLE_HEAD) | (line->rule != ROLE_NONE) |
                !(beside | (line->at[line->len - 1] == ',')) ||
            !may_be_byline(w, i))
            continue;
        if (p->n_authors == 1 && !is_code(p->authors[0]) &&
            !are_initials_of(p->authors[0], line_span(line)))
            return;
        p->n_authors = 0;
        line->role = ROLE_BYLINE;
        add_names(w, PEOPLE_AUTHOR, line_span(line));
        return;
    }
}

/* "Peristiwa | 19 Januari 2021": one word before the date is a section where no other is. */
static void section_of_date_line(struct work *w, struct span before)
{
    if (!w->page->section.at && before.len >= 3 && before.len <= 20 &&
        !memchr(before.at, ' ', before.len) && is_capital(before.at, before.at + before.len) &&
        !is_outlet(w->pack, before) && !phrase_is(&w->pack->places, before))
        w->page->section = before;
}

void label_head(struct work *w)
{
    if (w->date < w->n) {
        date_write(&w->dated.date, false, w->page->date);
        w->page->date_kind = "published";
        w->page->odd_weekday = w->dated.date.odd_weekday;
    }
    find_title(w);
    find_section(w);
    section_of_date_line(w, w->dated.before);
    find_deck(w);
    for (size_t i = 0; i < w->start; i++) {
        struct line *line = &w->line[i];
        uint8_t role = line->flags & (LINE_CREDIT | LINE_PARAGRAPH) ? ROLE_CAPTION : ROLE_HEAD;

        role = line->rule != ROLE_NONE ? line->rule : role;
        role = line->flags & LINE_DATE ? (uint8_t)ROLE_DATE : role;
        line->role = line->role != ROLE_NONE ? line->role : role;
    }
}
