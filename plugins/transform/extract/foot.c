/* SPDX-License-Identifier: Apache-2.0 */
/* What the labelling pass left below the last sentence and is no text: names, tags, links, teasers,
 * and the advertising of strangers on both ends. */
#define _GNU_SOURCE
#include "extract.h"

void drop(struct line *line, enum role role, const char *why)
{
    line->role = (uint8_t)role;
    if (!line->why)
        line->why = why;
}

/* "SARI CONTOH" after the last sentence is who wrote it. */
bool signs(struct work *w, const struct line *line)
{
    size_t words, capital, upper;
    bool bar;

    if (line->words < 2 || line->words > 10 || line->capital < line->words ||
        w->page->n_authors > 0)
        return false;
    bar = memchr(line->at, '|', line->len) != NULL;
    if ((!(line->flags & LINE_NAME) && !bar) || (!bar && line->words > 4))
        return false;
    count_capitals(line_span(line), &words, &capital, &upper);
    if (upper != words)
        return false;
    add_names(w, PEOPLE_AUTHOR, line_span(line));
    return true;
}

/* "pasar lama, pedagang, kios, kudus": pieces of one to three words between commas, four at least.
 */
static bool lists_tags(struct span s)
{
    const char *at = s.at, *end = s.at + s.len;
    size_t pieces = 0;

    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at)), *stop = comma ? comma : end;

        if (count_words(span_trim(span(at, (size_t)(stop - at)), " ")) > 3)
            return false;
        pieces++;
        at = stop + 1;
    }
    return pieces >= 4;
}

/* Three headlines and more with bullets below the last sentence, which leads to none of them. */
static void drop_trailing_links(struct work *w, size_t end)
{
    size_t first = end, n = 0, headlines = 0;

    for (size_t i = end; i-- > w->start;) {
        const struct line *line = &w->line[i];

        if (line->role != ROLE_BODY)
            continue;
        if (!(line->flags & LINE_ITEM) || is_digit(line->at[0]) || is_ascii_letter(line->at[0]) ||
            line->flags & (LINE_SENTENCE | LINE_LONG)) {
            if (line->at[line->len - 1] == ':')
                return;
            break;
        }
        headlines += line->capital * 10 >= line->words * 6;
        first = i;
        n++;
    }
    if (n < 3 || headlines * 2 < n)
        return;
    for (size_t i = first; i < end; i++)
        if (w->line[i].role == ROLE_BODY)
            drop(&w->line[i], ROLE_RELATED, "headlines with bullets below the text");
}

/* Two leads and more that break off, below the last sentence: what other articles are about. */
static void drop_trailing_teasers(struct work *w, size_t end)
{
    size_t first = end, n = 0;

    for (size_t i = end; i-- > w->start + 1;) {
        const struct line *line = &w->line[i];

        if (line->role == ROLE_BODY && ends_open(line_span(line))) {
            first = i;
            n++;
        } else if (line->role == ROLE_BODY && is_text(line)) {
            break;
        }
    }
    for (size_t i = first; n >= 2 && i < end; i++)
        if (w->line[i].role == ROLE_BODY)
            drop(&w->line[i], ROLE_RELATED, "leads that break off below the text");
}

/* Short lines after the last sentence are tags, names, links: they go, unless a colon or list
 * leads to them. */
static void drop_short_lines(struct work *w, size_t end)
{
    size_t last = end, i;

    for (i = end; i-- > w->start;) {
        const struct line *line = &w->line[i];

        if (line->role != ROLE_BODY)
            continue;
        if (line->flags & (LINE_SENTENCE | LINE_MARK | LINE_ITEM | LINE_LONG) || line->len >= 100 ||
            line->at[line->len - 1] == ':' || i == w->start ||
            (w->is_photo && line->flags & LINE_CREDIT) ||
            (line->words >= 7 && line->capital * 2 <= line->words && /* a full stop forgotten */
             !lists_tags(line_span(line)))) {
            last = i;
            break;
        }
    }
    if (last == end || w->line[last].at[w->line[last].len - 1] == ':')
        return;
    for (i = last + 1; i < end; i++) {
        struct line *line = &w->line[i];

        if (line->role != ROLE_BODY)
            continue;
        if (signs(w, line))
            drop(line, ROLE_BYLINE, "a name after the last sentence");
        else if (phrase_is(&w->pack->agencies, line_span(line)))
            drop(line, ROLE_SOURCE, "an agency after the last sentence");
        else
            drop(line, ROLE_TAGS, "short line after the last sentence");
    }
}

/* Different words of spam in a line; enough is enough. */
static size_t spam_words(const struct work *w, const struct line *line)
{
    struct span s = line_span(line);
    const char *end = s.at + (s.len < RULE_LINE_MAX ? s.len : RULE_LINE_MAX), *at = s.at;
    struct span seen[3];
    size_t n = 0;

    if (!(line->may & PACK_SPAM))
        return 0;
    while (n < 3 && (at = phrase_in(&w->pack->spam, span(at, (size_t)(end - at)), NULL))) {
        size_t len = phrase_at(&w->pack->spam, span(at, (size_t)(end - at)), false, NULL);
        bool again = false;

        for (size_t i = 0; i < n; i++)
            again |= span_same(seen[i], span(at, len));
        if (!again)
            seen[n++] = span(at, len);
        at += len;
    }
    return n;
}

static bool is_spam(const struct work *w, const struct line *line)
{
    size_t n = spam_words(w, line);

    return n == 3 || (n == 2 && line->words <= 8 && !(line->flags & LINE_LONG));
}

/* A page taken over: paragraphs that advertise before and after an article that does not. */
static void trim_spam(struct work *w, size_t kept, size_t end)
{
    size_t first = w->start, last = end, n = 0;

    if (kept < 4 || w->pack->spam.n == 0)
        return;
    for (; first < end; first++)
        if (w->line[first].role == ROLE_BODY) {
            if (!is_spam(w, &w->line[first]))
                break;
            n++;
        }
    while (last > first && (w->line[last - 1].role != ROLE_BODY || is_spam(w, &w->line[last - 1])))
        n += w->line[--last].role == ROLE_BODY;
    if (n == 0 || n * 2 >= kept || (w->title < w->n && spam_words(w, &w->line[w->title]) > 0) ||
        spam_words(w, &w->line[first]) > 0 || spam_words(w, &w->line[last - 1]) > 0)
        return; /* an article about it */
    for (size_t i = w->start; i < end; i++)
        if (w->line[i].role == ROLE_BODY && (i < first || i >= last))
            drop(&w->line[i], ROLE_AD, "advertising of strangers");
    if (!w->page->title.at && first > w->start && is_headline(&w->line[first]) &&
        !(w->line[first].flags & LINE_SENTENCE) && first + 1 < w->n &&
        is_text(&w->line[first + 1])) {
        w->page->title = line_span(&w->line[first]);
        w->line[first].role = ROLE_TITLE;
    }
}

void trim_end(struct work *w, size_t kept)
{
    size_t end = w->n; /* no line of the text from here on */

    while (end > w->start && w->line[end - 1].role != ROLE_BODY)
        end--;
    trim_spam(w, kept, end);
    drop_trailing_links(w, end);
    drop_trailing_teasers(w, end);
    drop_short_lines(w, end);
}
