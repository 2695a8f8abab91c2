/* SPDX-License-Identifier: Apache-2.0 */
/* Captions in the text: lines with a photo credit, in it or beside it. */
#define _GNU_SOURCE
#include "extract.h"

/* Words that two lines share, of the words of the shorter: captions say things twice. */
static bool mostly_in(struct span shorter, struct span longer)
{
    char word[32];

    size_t words = 0, found = 0;
    const char *end = shorter.at + shorter.len;

    for (const char *at = shorter.at; at < end;) {
        const char *stop = memchr(at, ' ', (size_t)(end - at));

        stop = stop ? stop : end;
        if (stop - at >= 3) {
            size_t n = (size_t)(stop - at) < sizeof(word) ? (size_t)(stop - at) : sizeof(word) - 1;

            for (size_t i = 0; i < n; i++)
                word[i] = (char)lower(at[i]);
            word[n] = '\0';
            words++;
            found += find_folded(longer, word) != NULL;
        }
        at = stop + 1;
    }
    return words >= 2 && found * 5 >= words * 4;
}

/* Does no text follow before the end of the article? Then "(contoh.id/nama)" is a byline mark. */
static bool is_last_text(const struct work *w, size_t i)
{
    size_t k = next_plain(w, i);

    return k == w->n || !is_text(&w->line[k]);
}

/* "Kepala Dinas Budi Contoh. (Antara)" between two paragraphs. */
static bool has_agency_credit(const struct work *w, const struct line *line)
{
    const char *open = line->at[line->len - 1] == ')' && line->len < 160
                           ? memrchr(line->at, '(', line->len)
                           : NULL;
    struct span in;

    if (!open)
        return false;
    in = span(open + 1, (size_t)(line->at + line->len - 2 - open));
    return in.len >= 2 && (phrase_is(&w->pack->agencies, in) || phrase_is(&w->pack->outlets, in));
}

/* "Papan nama toko roti di Darwin. (AFP)" before the text: one sentence of a picture. */
bool is_leading_caption(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i];

    return i + 2 < w->n && has_agency_credit(w, line) && !memchr(line->at, '"', line->len) &&
           is_text(&w->line[i + 1]) && is_text(&w->line[i + 2]);
}

/* "CONTOHNEWS | Suasana pasar ...", no sentence: the page's own name before a caption. */
static bool begins_with_site(const struct work *w, const struct line *line)
{
    size_t n = w->site.len;
    const char *at = line->at + n, *end = line->at + line->len;

    if (n == 0 || line->len < n + 20 || line->flags & LINE_SENTENCE ||
        !span_same(span(line->at, n), w->site))
        return false;
    at += *at == ' ';
    return *at == '|' || dash_at(at, end) > 0;
}

/* "(contoh.id/nama)" by itself after the last sentence. */
bool is_mark_line(const struct work *w, size_t i)
{
    struct span inside;

    return w->line[i].at[0] == '(' && i > w->start && is_last_text(w, i) &&
           byline_mark(w->pack, line_span(&w->line[i]), &inside) == w->line[i].len;
}

/* "Suasana pasar di tepi sungai. (Nama Contoh)" between two paragraphs, nobody quoted: who took the
 * picture. */
static bool has_name_credit(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i];
    char close = line->at[line->len - 1];
    const char *open = (close == ')' || close == ']') && line->len < 260
                           ? memrchr(line->at, close == ')' ? '(' : '[', line->len)
                           : NULL;
    struct span in, before;

    if (!open || open < line->at + 20 || is_last_text(w, i) || memchr(line->at, '"', line->len) ||
        find_bytes(line_span(line), "\xe2\x80\x9c"))
        return false;
    in = span(open + 1, (size_t)(line->at + line->len - 2 - open));
    before = span_trim(span(line->at, (size_t)(open - line->at)), " ");
    return ends_sentence(before) && ((is_name(w->pack, in) && count_words(in) >= 2) ||
                                     phrase_at(&w->pack->jobs, in, false, NULL) > 0);
}

/* The headline, and behind it who took the picture: "Judul BeritaContoh/Nama". */
static bool is_title_with_credit(const struct work *w, const struct line *line)
{
    struct span title = w->page->title;

    return title.at && title.len >= 20 && line->len > title.len && line->len <= title.len + 60 &&
           memcmp(line->at, title.at, title.len) == 0 && !(line->flags & LINE_SENTENCE) &&
           (line->flags & LINE_CREDIT || memchr(line->at + title.len, '/', line->len - title.len));
}

/* The same words twice in a row, no sentence, text before and after: a picture's text and its
 * caption. */
static bool stands_twice_alone(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i];
    size_t first = i, last = i;

    if (line->words < 4 || line->flags & (LINE_SENTENCE | LINE_ITEM | LINE_LONG))
        return false;
    while (first > w->start && span_same(line_span(&w->line[first - 1]), line_span(line)))
        first--;
    while (last + 1 < w->n && span_same(line_span(&w->line[last + 1]), line_span(line)))
        last++;
    return last == first + 1 && first > w->start && is_text(&w->line[first - 1]) &&
           last + 1 < w->n && is_text(&w->line[last + 1]);
}

/* "DUA KATA: Suasana pasar ..." that stands above the text as well. */
static bool is_caption_of_head(const struct work *w, const struct line *line)
{
    struct span head = span(line->at, 60);
    const char *colon;

    if (line->len < 60 || !(line->flags & LINE_COLON) || is_ascii_small(line->at[0]))
        return false;
    colon = memchr(line->at, ':', 40);
    if (!colon || !all_capitals(span(line->at, (size_t)(colon - line->at))))
        return false;
    for (size_t i = 0; i < w->start; i++)
        if (find_span(line_span(&w->line[i]), head))
            return true;
    return false;
}

/* One sentence, and the credit on a line of its own after a dash: "- CONTOH FOTO/Nama". */
static bool credit_follows(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i], *next = i + 1 < w->n ? &w->line[i + 1] : NULL;

    return next && next->flags & LINE_CREDIT && next->flags & LINE_ITEM && next->words <= 8 &&
           line->len < 160 && !memchr(line->at, '"', line->len) &&
           !find_bytes(line_span(line), ". ") && !find_bytes(line_span(line), "\xe2\x80\x9c");
}

/* A caption in the text: with a credit, or saying what a credited neighbour says. */
bool is_caption(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i];
    struct span inside;

    if (w->is_photo || line->flags & (LINE_LONG | LINE_DATELINE))
        return false;
    if (i != w->start && has_agency_credit(w, line) && !is_last_text(w, i))
        return true;
    if (i != w->start &&
        (begins_with_site(w, line) || has_name_credit(w, i) || credit_follows(w, i) ||
         is_title_with_credit(w, line) || stands_twice_alone(w, i) || is_caption_of_head(w, line)))
        return true;
    if (line->flags & LINE_CREDIT)
        return i != w->start && !(line->flags & LINE_PARAGRAPH && is_last_text(w, i) &&
                                  byline_mark(w->pack, line_span(line), &inside));
    if (line->flags & LINE_SENTENCE || line->len > 200)
        return false;
    return (i + 1 < w->n && !(w->line[i + 1].flags & LINE_LONG) &&
            (w->line[i + 1].flags & LINE_CREDIT ||
             (line->words <= 5 && has_name_credit(w, i + 1))) &&
            mostly_in(line_span(line), line_span(&w->line[i + 1]))) ||
           (i > w->start && w->line[i - 1].flags & LINE_CREDIT &&
            !(w->line[i - 1].flags & LINE_LONG) &&
            mostly_in(line_span(line), line_span(&w->line[i - 1])));
}
