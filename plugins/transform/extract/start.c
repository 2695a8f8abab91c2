/* SPDX-License-Identifier: Apache-2.0 */
/* Where the article begins: at its dateline, or at the first line of the longest run of
 * paragraphs; and which of the dates above it is the page's. No such place: an index page. */
#include "extract.h"

/* A run of text lines; a single other line between two of them is a subhead. */
struct run {
    size_t first, last, lines;
    uint64_t bytes;
};

/* Lines that no article runs across. */
static bool breaks_run(const struct line *line)
{
    switch ((enum role)line->rule) {
    case ROLE_BOX:
    case ROLE_TAGS:
    case ROLE_COMMENTS:
    case ROLE_CONTACT:
    case ROLE_COPYRIGHT:
    case ROLE_FONT:
    case ROLE_SITE:
        return true;
    default:
        return (line->flags & (LINE_DATE | LINE_PEOPLE | LINE_BYLINE)) != 0;
    }
}

/* Lines that stand alone in an article and are no part of it. */
static bool passes(const struct line *line)
{
    return (line->rule >= ROLE_SHARE && line->rule <= ROLE_PAGER) || line->rule == ROLE_IMAGE ||
           line->rule == ROLE_LEARNED;
}

static bool is_run_line(const struct line *line, bool credits)
{
    if (credits && line->flags & LINE_CREDIT && line->rule == ROLE_NONE && line->len >= 60)
        return line->flags & LINE_LONG || line->words >= 6;
    return is_text(line) && !(line->flags & LINE_CREDIT);
}

static void end_run(struct run *now, struct run *best, size_t *singles)
{
    *singles += now->lines == 1;
    if (now->bytes * (now->lines > 1 ? 2 : 1) > best->bytes * (best->lines > 1 ? 2 : 1))
        *best = *now;
    now->lines = 0;
}

/* The run with the most text; singles counts the runs of one line. */
static struct run best_run(const struct work *w, bool credits, size_t *singles)
{
    struct run best = { .first = w->n }, now = { .first = w->n };
    size_t gap = 0;
    bool in_links = false;

    *singles = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct line *line = &w->line[i];

        if (is_run_line(line, credits)) {
            if (now.lines == 0)
                now = (struct run){ .first = i };
            now.last = i;
            now.lines++;
            now.bytes += line->len;
            gap = 0;
            in_links = false;
            continue;
        }
        if (now.lines == 0)
            continue;
        if (line->rule == ROLE_RELATED && line->rest == line->len)
            in_links = true;
        if (breaks_run(line) ||
            !(passes(line) || in_links || line->flags & LINE_CREDIT || ++gap <= 1))
            end_run(&now, &best, singles);
    }
    if (now.lines > 0)
        end_run(&now, &best, singles);
    return best;
}

/* A dateline that stands for the article's beginning: before text, or alone with text after. */
static bool begins_article(const struct work *w, size_t i, const struct dateline *d)
{
    const struct line *line = &w->line[i];

    if (!d->bare) {
        if (line->len >= 60 || (line->flags & LINE_SENTENCE && line->len >= 40))
            return true;
        return d->sure && line->len >= 40 && i + 1 < w->n && w->line[i + 1].len >= 30 &&
               w->line[i + 1].rule == ROLE_NONE; /* lines broken at a width */
    }
    for (size_t k = i + 1; k < w->n && k <= i + 3; k++)
        if (is_text(&w->line[k]))
            return true;
    return false;
}

/* At a glance: the last bytes of dashes are these. */
static bool may_end_in_dash(const struct line *line)
{
    unsigned char last = (unsigned char)line->at[line->len - 1];

    return (last == '-') | (last >= 0x90 && last <= 0x95);
}

static bool ends_in_dash(const struct line *line)
{
    const char *end = line->at + line->len;

    return end[-1] == '-' || (line->len >= 3 && dash_at(end - 3, end) == 3);
}

static size_t find_dateline(const struct work *w, struct dateline *found)
{
    size_t first = w->n;

    /* a caption may begin with the outlet's name alone: then the text's own is a few lines on */
    for (size_t i = 0; i < w->n && (first == w->n || i <= first + 3); i++) {
        const struct line *line = &w->line[i];
        struct dateline d;

        /* by one branch: what kind of line comes is not to be foreseen */
        if (((line->len < 40) & !may_end_in_dash(line)) | (line->rule != ROLE_NONE) |
            ((line->flags & (LINE_PEOPLE | LINE_BYLINE)) != 0))
            continue;
        if ((line->len < 40 && !ends_in_dash(line)) || is_menu(line))
            continue;
        if (line->flags & LINE_DATE && !ends_in_dash(line))
            continue;
        if (!is_capital(line->at, line->at + line->len) &&
            !is_small(line->at, line->at + line->len))
            continue;
        if (!dateline_at(w->pack, line_span(line), &d) || !begins_article(w, i, &d) ||
            ends_open(line_span(line)))
            continue;
        if (line->flags & LINE_CREDIT && !(line->flags & LINE_LONG) && !d.place.at)
            continue; /* "DUA KATA - Suasana pasar. Foto: Nama" */
        if (!d.sure && d.bare && !(i + 1 < w->n && is_text(&w->line[i + 1])))
            continue;
        if (!d.sure && !d.bare && (!is_text(line) || line->flags & LINE_CREDIT || i + 1 >= w->n))
            continue;
        if (first < w->n && (found->place.at || !d.place.at) && (found->sure || !d.sure))
            continue;
        *found = d;
        first = i;
        if (d.place.at && d.sure)
            break;
    }
    return first;
}

/* "Wina" on a line and "-" on the next. */
static bool split_dateline(const struct work *w, size_t i)
{
    const struct line *place = &w->line[i], *dash = i + 1 < w->n ? &w->line[i + 1] : NULL;

    return dash && dash->len <= 3 && dash_at(dash->at, dash->at + dash->len) == dash->len &&
           i + 2 < w->n && is_text(&w->line[i + 2]) && place->words <= 3 &&
           place->capital == place->words && place->rule == ROLE_NONE;
}

/* Bytes of a name that is put before a dash, and as many as are looked at behind. */
enum { NAME_MAX_BYTES = 80, JOINED = NAME_MAX_BYTES + 3 + 64 };

/* "KOTA, CONTOH.com" on a line and "- Sebanyak ..." on the next: the text is one line on. */
static bool dash_on_next_line(struct work *w, size_t i)
{
    struct line *name = &w->line[i], *text = &w->line[i + 1];
    size_t dash = dash_at(text->at, text->at + text->len);
    char joined[JOINED];
    struct dateline d;

    if (dash == 0 || dash == text->len || !is_text(text) || name->len > NAME_MAX_BYTES ||
        name->flags & (LINE_SENTENCE | LINE_DATE) || name->rule > ROLE_HEAD)
        return false;
    memcpy(joined, name->at, name->len);
    memcpy(joined + name->len, " - ", 3);
    if (!dateline_at(w->pack, span(joined, name->len + 3), &d) || !d.bare || !d.sure)
        return false;
    if (d.outlet.at)
        w->site = span(name->at + (d.outlet.at - joined), d.outlet.len);
    if (d.place.at)
        w->place = span(name->at + (d.place.at - joined), d.place.len);
    name->role = ROLE_DATELINE;
    text->from = (uint32_t)(dash + (text->at[dash] == ' '));
    text->flags |= LINE_DATELINE;
    text->why = "dateline";
    w->start = i + 1;
    return true;
}

/* "Kota, Contoh.id:", "Kota_Contoh.com" on a line of their own, and the text below. */
static bool names_alone(struct work *w, size_t i)
{
    struct line *name = &w->line[i];
    char joined[JOINED];
    struct dateline d;
    size_t n = name->len;

    if (((name->flags & (LINE_SENTENCE | LINE_DATE | LINE_PEOPLE | LINE_CREDIT)) != 0) |
        !is_text(&w->line[i + 1]) | (n > NAME_MAX_BYTES) | (n < 8) | (name->rule > ROLE_HEAD))
        return false;
    if (!(memchr(name->at, '.', n) || memchr(name->at, ',', n)))
        return false;
    memcpy(joined, name->at, n);
    for (size_t k = 0; k < n; k++)
        joined[k] = joined[k] == '_' ? ',' : joined[k];
    n -= joined[n - 1] == ':';
    memcpy(joined + n, " - ", 3);
    if (!dateline_at(w->pack, span(joined, n + 3), &d) || !d.bare || !d.known || !d.outlet.at ||
        !d.place.at ||
        !(memchr(name->at, '.', n) || is_outlet(w->pack, d.outlet) || all_capitals(d.place) ||
          (d.outlet.len <= 5 && all_capitals(d.outlet))))
        return false;
    w->site = span(name->at + (d.outlet.at - joined), d.outlet.len);
    w->place = span(name->at + (d.place.at - joined), d.place.len);
    name->role = ROLE_DATELINE;
    w->start = i + 1;
    return true;
}

static bool use_split_dateline(struct work *w)
{
    for (size_t i = 0; i + 1 < w->n; i++) {
        if (dash_on_next_line(w, i) || names_alone(w, i))
            return true;
        if (split_dateline(w, i)) {
            w->place = line_span(&w->line[i]);
            w->line[i].role = w->line[i + 1].role = ROLE_DATELINE;
            w->start = i + 2;
            return true;
        }
    }
    return false;
}

static void use_dateline(struct work *w, size_t i, const struct dateline *d)
{
    struct line *line = &w->line[i];

    w->site = d->outlet;
    w->place = d->place;
    w->start = i;
    if (d->bare) {
        line->role = ROLE_DATELINE;
        w->start = i + 1;
    } else {
        line->from = (uint32_t)d->len;
    }
    line->flags |= LINE_DATELINE;
    line->flags &= ~(uint32_t)LINE_DATE;
    line->why = "dateline";
}

/* From the first line of the best run back to the earliest text line that nothing parts from it. */
static size_t walk_back(const struct work *w, size_t first)
{
    size_t start = first, gap = 0;

    for (size_t i = first; i-- > 0;) {
        const struct line *line = &w->line[i];

        if (breaks_run(line) || line->flags & LINE_CREDIT || line->rule == ROLE_SHARE ||
            line->rule == ROLE_IMAGE || line->rule == ROLE_NOISE ||
            span_same(line_span(line), line_span(&w->line[i + 1])))
            break; /* the last: a caption or teaser given twice */
        const char *next = w->line[i + 1].at;

        if (is_text(line) || (i + 1 == start && is_small(next, next + w->line[i + 1].len) &&
                              line->rule == ROLE_NONE)) { /* a sentence broken at a width */
            start = i;
            gap = 0;
        } else if (!passes(line) && ++gap > 2) {
            break;
        }
    }
    while (start + 2 < w->n &&
           span_same(line_span(&w->line[start]), line_span(&w->line[start + 1])) &&
           is_text(&w->line[start + 2]))
        start += 2;
    return start;
}

/* Bullets under "Ringkasan" or the like above the text sum it up; the text is below them. */
static size_t past_summary(const struct work *w, size_t start)
{
    size_t i = start;

    if (start == 0 || w->line[start - 1].rule != ROLE_BOX)
        return start;
    while (i + 1 < w->n && w->line[i].flags & LINE_ITEM)
        i++;
    return is_text(&w->line[i]) ? i : start;
}

/* "MANTAN Kepala ..." a few lines below the start: the lead of a house that begins its leads so,
 * and above it teasers of one sentence each. */
static size_t lead_in_capitals(const struct work *w, size_t start)
{
    for (size_t i = start; i < w->n && i <= start + 3; i++) {
        const struct line *line = &w->line[i];

        if (begins_in_capitals(line) && is_text(line))
            return i + 2 < w->n && is_text(&w->line[i + 1]) ? i : start;
        if (line->len > 160 || line->flags & LINE_PEOPLE || memchr(line->at, '"', line->len))
            return start;
    }
    return start;
}

/* "Desamisal: Kelompok tani ...": a place that no list knows, by the word's standing again in the
 * title or in the lead. */
static void colon_place(struct work *w)
{
    struct line *line = &w->line[w->start];
    const char *colon = memchr(line->at, ':', line->len < 40 ? line->len : 40);
    size_t n = colon ? (size_t)(colon - line->at) : 0, words, capital;
    struct span name = span(line->at, n), rest;

    if (n < 4 || n + 30 > line->len || colon[1] != ' ' || !is_name(w->pack, name))
        return;
    count_words_and_capitals(name, &words, &capital);
    rest = span(colon + 2, line->len - n - 2);
    if (words > 2 || memchr(name.at, ',', n) || !is_capital(rest.at, rest.at + rest.len))
        return;
    bool again = find_span(rest, name) != NULL;

    for (size_t i = w->start > 12 ? w->start - 12 : 0; i < w->start && !again; i++)
        again = find_span(line_span(&w->line[i]), name) != NULL;
    if (!again)
        return;
    w->place = name;
    line->from = (uint32_t)n + 2;
    line->flags |= LINE_DATELINE;
    line->why = "dateline";
}

static bool says_who(const struct work *w, size_t before)
{
    for (size_t i = 0; i < before; i++)
        if (w->line[i].flags & (LINE_PEOPLE | LINE_BYLINE))
            return true;
    return false;
}

static size_t text_lines(const struct work *w, size_t from, size_t to)
{
    size_t n = 0;

    for (size_t i = from; i < to; i++)
        n += is_text(&w->line[i]);
    return n;
}

static uint64_t text_bytes(const struct work *w, size_t from)
{
    uint64_t n = 0;

    for (size_t i = from; i < w->n; i++)
        n += is_text(&w->line[i]) ? w->line[i].len : 0;
    return n;
}

static void begin_at(struct work *w, size_t first)
{
    w->start = lead_in_capitals(w, past_summary(w, walk_back(w, first)));
    if (is_leading_caption(w, w->start))
        w->start++;
    colon_place(w);
}

/* Headline, lead, "Selengkapnya", and again: a list of articles of one house, and no article. */
static bool lists_articles(const struct work *w)
{
    size_t more = 0;

    if (!w->site.at || w->start + 2 >= w->n || w->line[w->start + 1].rule != ROLE_WIDGET)
        return false;
    for (size_t i = w->start + 2; i < w->n && more < 2; i++) {
        struct span lead = span(w->line[i].at, w->line[i].len < 60 ? w->line[i].len : 60);

        more += is_text(&w->line[i]) && is_headline(&w->line[i - 1]) &&
                w->line[i - 1].rule == ROLE_NONE && find_span(lead, w->site);
    }
    return more == 2;
}

static bool has_run_before(const struct work *w, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (is_run_line(&w->line[i], false))
            return true;
    return false;
}

/* Where the article begins; n: nowhere. */
static void find_text(struct work *w)
{
    struct dateline d = { .len = 0 };
    size_t singles, at = find_dateline(w, &d);
    struct run run;

    if (at == w->n && use_split_dateline(w))
        return;
    if (at < w->n && !has_run_before(w, at)) { /* as on most pages */
        use_dateline(w, at, &d);
        return;
    }
    run = best_run(w, false, &singles);
    /* an article that is over before it: the dateline is of something linked below */
    if (at < w->n && run.lines >= 2 && run.last < at && run.bytes > 400 &&
        text_bytes(w, at) * 4 < run.bytes)
        at = w->n;
    if (at < w->n) {
        /* a whole article before it: the dateline is of something quoted further down */
        if (run.lines >= 3 && run.first + 3 <= at && run.first < at && at <= run.last &&
            run.bytes > 800)
            w->start = d.sure && text_lines(w, run.first, at) <= 2 ? at : run.first;
        else
            w->start = at;
        if (w->start == at) {
            use_dateline(w, at, &d);
            return;
        }
        begin_at(w, run.first);
        return;
    }
    if (run.lines < 2) { /* captions are all there is? */
        size_t more;
        struct run photos = best_run(w, true, &more);

        if (photos.lines >= 2 && (run.lines == 0 || photos.lines >= 3)) {
            w->start = photos.first;
            w->is_photo = true;
            return;
        }
    }
    if (run.first == w->n || (w->n >= 30 && run.lines < 3 && singles > 3 && !says_who(w, w->n)) ||
        (w->n >= 30 && run.lines < 2 && !says_who(w, run.first)))
        return;
    begin_at(w, run.first);
}

void find_start(struct work *w)
{
    find_text(w);
    if (w->start < w->n && lists_articles(w)) {
        w->start = w->n;
        w->site = w->place = span(NULL, 0);
    }
}

/* The page's date is the last above the text; of several together, the first that is not of a
 * later change. */
void find_date(struct work *w)
{
    size_t nearest = w->n, best;

    for (size_t i = w->start; i-- > 0;)
        if (w->line[i].flags & LINE_DATE) {
            nearest = i;
            break;
        }
    best = nearest;
    for (size_t i = nearest, gap = 0; i < w->n && i-- > 0 && gap <= 2;) {
        if (w->line[i].flags & LINE_DATE) {
            if (w->line[best].flags & LINE_CHANGED || !(w->line[i].flags & LINE_CHANGED))
                best = i;
            gap = 0;
        } else if (!(w->line[i].flags & (LINE_PEOPLE | LINE_BYLINE)) &&
                   w->line[i].rule == ROLE_NONE) {
            break;
        } else {
            gap++;
        }
    }
    w->date = best;
    if (best < w->n)
        date_line(w->pack, line_span(&w->line[best]), &w->dated.date, &w->dated.before,
                  &w->dated.after, &(bool){ false });
}
