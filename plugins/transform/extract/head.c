/* SPDX-License-Identifier: Apache-2.0 */
/* The lines above the text: which is the title, which the section's label, which the standfirst. */
#define _GNU_SOURCE
#include "extract.h"

enum { NEAR = 40 }; /* lines: what is further off has nothing to do with a headline */

/* Some words in a sentence's case: under a headline it sums the article up. */
static bool is_standfirst(const struct line *line)
{
    return line->words >= 10 && line->capital * 10 < line->words * 7 &&
           !(line->flags & LINE_CREDIT);
}

/* Nothing but names, labels, signs and a standfirst between a and b? */
static bool only_labels_between(const struct work *w, size_t a, size_t b)
{
    if (b - a > NEAR)
        return false;
    for (size_t i = a + 1; i < b; i++) {
        const struct line *line = &w->line[i];

        if (line->rule == ROLE_NONE && line->role == ROLE_NONE && !(line->flags & LINE_DATE) &&
            is_headline(line) && !(line->flags & LINE_SENTENCE) &&
            !(is_standfirst(line) && in_headline_case(&w->line[a])))
            return false;
    }
    return true;
}

static bool stands_twice(const struct work *w, size_t i)
{
    for (size_t k = i > NEAR ? i - NEAR : 0; k < w->start && k <= i + NEAR; k++)
        if (k != i && span_same(line_span(&w->line[k]), line_span(&w->line[i])))
            return true;
    return false;
}

static int title_points(const struct work *w, size_t i, size_t anchor, bool in_box, bool first)
{
    const struct line *line = &w->line[i];
    int points = line->words >= 5 ? 4 : line->words >= 4 || line->len >= 25 ? 3 : 0;

    if (line->len > 110)
        points -= 2;
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
        else if (i == w->date || phrase_at(&w->pack->home_words, line_span(line), true, NULL))
            in_box = false; /* the page's own head begins here */
        if (line->rule != ROLE_NONE || line->role != ROLE_NONE || !is_headline(line) ||
            ends_open(line_span(line)) || find_bytes(line_span(line), " > ") ||
            find_bytes(line_span(line), " \xc2\xbb "))
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
    w->page->title = line_span(&w->line[w->title]);
    for (size_t i = 0; i < w->start; i++)
        if (span_same(line_span(&w->line[i]), w->page->title))
            w->line[i].role = ROLE_TITLE;
}

/* The last crumb of "News / Regional", "Home > News > Nasional". */
static struct span last_crumb(struct span s)
{
    static const char *const between[] = { ">", "\xc2\xbb", "\xe2\x80\xba", "/", "|" };

    for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
        const char *at = s.at, *end = s.at + s.len, *hit;

        while ((hit = find_bytes(span(at, (size_t)(end - at)), between[i])) &&
               hit + strlen(between[i]) < end)
            at = hit + strlen(between[i]);
        s = span_trim(span(at, (size_t)(end - at)), " ");
    }
    return s;
}

static bool is_label(const struct work *w, const struct line *line)
{
    struct span s = line_span(line);

    if (line->rule != ROLE_NONE || line->role != ROLE_NONE || !(line->flags & LINE_WORDS) ||
        line->flags & (LINE_SENTENCE | LINE_CREDIT | LINE_DATE | LINE_PEOPLE | LINE_BYLINE))
        return false;
    if (last_crumb(s).len < s.len)
        return line->len <= 80;
    return line->words <= 5 && line->len <= 40 && !phrase_is(&w->pack->outlets, s) &&
           !is_site_name(w->pack, s);
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

static void find_section(struct work *w)
{
    size_t from = w->title, steps = 0;
    struct span found = { NULL, 0 };

    for (size_t i = from; i < w->n && i-- > 0 && steps < 5; steps++) {
        const struct line *line = &w->line[i];

        if (line->flags & LINE_DATE || line->rule == ROLE_NOISE)
            continue;
        bool lone = line->rule == ROLE_BOX && i + 1 == from && line->words == 1; /* "Opini" */

        if (!is_label(w, line) && !lone)
            break;
        if (!found.at) {
            found = last_crumb(line_span(line));
            w->line[i].role = ROLE_SECTION;
        } else if (same_letters(found, line_span(line)) && line->len > found.len) {
            found = line_span(line); /* "FotoBisnis", above it "Foto Bisnis" */
        }
    }
    if (!found.at || phrase_is(&w->pack->home_words, found))
        return;
    size_t home = phrase_at(&w->pack->home_words, found, true, NULL);

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

void label_head(struct work *w)
{
    if (w->date < w->n) {
        struct date d;
        struct span before, after;
        bool changed;

        if (date_line(w->pack, line_span(&w->line[w->date]), &d, &before, &after, &changed)) {
            date_write(&d, false, w->page->date);
            w->page->date_kind = "published";
            w->page->odd_weekday = d.odd_weekday;
        }
    }
    find_title(w);
    find_section(w);
    find_deck(w);
    for (size_t i = 0; i < w->start; i++) {
        struct line *line = &w->line[i];

        if (line->role != ROLE_NONE)
            continue;
        line->role = line->flags & LINE_DATE        ? ROLE_DATE
                     : line->rule != ROLE_NONE      ? line->rule
                     : line->flags & LINE_CREDIT    ? ROLE_CAPTION
                     : line->flags & LINE_PARAGRAPH ? ROLE_CAPTION
                                                    : ROLE_HEAD;
    }
}
