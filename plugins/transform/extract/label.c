/* SPDX-License-Identifier: Apache-2.0 */
/* The labelling pass over the text: from its first line on, each line's role by the pack's rules
 * and by what stood before it. */
#define _GNU_SOURCE
#include "extract.h"

/* What came last decides what a line without a rule is. */
enum state {
    IN_TEXT,
    IN_LINKS,    /* after a bare "Baca juga": headlines may follow */
    IN_PAGER,    /* after the foot of a page: a teaser, then perhaps the next page */
    IN_BOX,      /* under a heading; the text may go on where two paragraphs follow each other */
    AFTER_MARK,  /* the byline mark was there; a paragraph may still follow */
    AFTER_NAMES, /* so were editor or author: two paragraphs may */
    AFTER_FOOT,  /* a copyright or contact line: three paragraphs may, where the page is doubled */
    AT_END,
};

struct pass {
    struct work *w;
    enum state state;
    bool signed_off; /* a mark, editor or author line stood after text */
    size_t kept;     /* lines of text so far */
    size_t links;    /* headlines since the last link label */
    bool in_list;    /* under "Rincian harga:", lines with numbers */
};

/* The next line that the rules say nothing of. */
size_t next_plain(const struct work *w, size_t i)
{
    for (i++; i < w->n; i++) {
        const struct line *line = &w->line[i];

        if (line->rule == ROLE_NONE || line->rule >= ROLE_BOX)
            return i;
    }
    return w->n;
}

/* Two paragraphs in a row, the first a real one. */
static bool text_goes_on(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i], *next;
    size_t k;

    if (!(line->flags & LINE_PARAGRAPH) || !(line->flags & LINE_SENTENCE) || line->len < 80 ||
        line->flags & LINE_CREDIT)
        return false;
    k = next_plain(w, i);
    if (k == w->n)
        return false;
    next = &w->line[k];
    return is_text(next) && !(next->flags & LINE_CREDIT) && next->len >= 60;
}

/* Headlines one after another, three at least: a box of links, whatever its heading says. */
static bool begins_links(const struct work *w, size_t i)
{
    size_t n = 0, k = i;

    if (i > w->start && w->line[i - 1].at[w->line[i - 1].len - 1] == ':')
        return false;
    if (w->line[i].words <= 4 && !(w->line[i].flags & (LINE_SENTENCE | LINE_LONG | LINE_ITEM)))
        k = next_plain(w, i); /* the heading */
    for (; k < w->n && n < 3; k = next_plain(w, k), n++)
        if (w->line[k].rule != ROLE_NONE || w->line[k].flags & (LINE_LONG | LINE_ITEM) ||
            !in_headline_case(&w->line[k]) || w->line[k].words < 5)
            break;
    return n == 3;
}

/* Six lines and more without a sentence among them, some of them headlines or boilerplate by rule,
 * are what stands below an article: then it takes two paragraphs to go on. */
static bool begins_column(const struct work *w, size_t i)
{
    size_t n = 0, signs = 0;

    if (i > w->start && w->line[i - 1].at[w->line[i - 1].len - 1] == ':')
        return false;
    for (; i + n < w->n && n < 12; n++) {
        const struct line *line = &w->line[i + n];

        if (is_text(line) || line->flags & (LINE_SENTENCE | LINE_ITEM | LINE_LONG) ||
            line->at[line->len - 1] == ':')
            break;
        signs += line->rule != ROLE_NONE || line->flags & LINE_DATE || in_headline_case(line);
    }
    return n >= 6 && signs * 3 >= n;
}

/* What follows a line with a rule. */
static void follow_rule(struct pass *p, struct line *line)
{
    enum role rule = (enum role)line->rule;
    bool has_rest = line->rest < line->len;

    switch (rule) {
    case ROLE_RELATED:
        p->links = 0;
        if (!has_rest && p->state <= IN_PAGER)
            p->state = IN_LINKS;
        else if (!has_rest && p->state >= AFTER_MARK)
            p->state = AT_END;
        break;
    case ROLE_PAGER:
        if (p->state < IN_BOX)
            p->state = IN_PAGER;
        break;
    case ROLE_BOX:
    case ROLE_TAGS:
        p->state = p->signed_off ? AT_END : p->state < IN_BOX ? IN_BOX : p->state;
        break;
    case ROLE_COMMENTS:
        if (p->kept > 0)
            p->state = AT_END;
        break;
    case ROLE_CONTACT:
    case ROLE_COPYRIGHT:
        if (p->kept > 0 && p->state != AT_END)
            p->state = p->signed_off ? AT_END : AFTER_FOOT;
        break;
    case ROLE_REPUBLISHED:
        p->state = p->state < AFTER_MARK ? AFTER_MARK : p->state;
        break;
    default:
        break;
    }
    drop(line, rule, NULL);
}

/* A link that was scraped into the text: a bullet before a headline, by itself. */
static bool is_bullet_headline(const struct line *line)
{
    return line->flags & LINE_ITEM && !(line->flags & (LINE_SENTENCE | LINE_LONG)) &&
           !is_digit(line->at[0]) && !is_ascii_letter(line->at[0]) && line->words >= 5 &&
           line->capital * 10 >= line->words * 7;
}

static bool text_follows(const struct work *w, size_t i)
{
    for (size_t k = i + 1; k < w->n && k <= i + 12; k++)
        if (is_text(&w->line[k]))
            return true;
    return false;
}

/* One to three of them; more are a list. */
static bool is_bullet_link(const struct work *w, size_t i)
{
    size_t first = i, last = i;

    if (!is_bullet_headline(&w->line[i]))
        return false;
    while (first > 0 && i - first < 3 && w->line[first - 1].flags & LINE_ITEM)
        first--;
    while (last + 1 < w->n && last - i < 3 && w->line[last + 1].flags & LINE_ITEM)
        last++;
    if (first > 0 && w->line[first - 1].at[w->line[first - 1].len - 1] == ':')
        return false;
    if (last - first > 2 && text_follows(w, i)) /* else they stand below the article */
        return false;
    for (size_t k = first; k <= last; k++)
        if (!is_bullet_headline(&w->line[k]))
            return false;
    return true;
}

static bool has_digit(const struct line *line)
{
    for (uint32_t i = 0; i < line->len; i++)
        if (is_digit(line->at[i]))
            return true;
    return false;
}

static void keep(struct pass *p, struct line *line)
{
    bool leads = line->at[line->len - 1] == ':';

    line->role = ROLE_BODY;
    p->kept++;
    p->in_list = leads || (p->in_list && !(line->flags & LINE_LONG) && has_digit(line));
}

/* Cuts the byline mark off the end; a line that is nothing else goes. */
static void take_mark(struct pass *p, struct line *line)
{
    struct span inside, s = span(line->at + line->from, line->len - line->from);
    size_t n = byline_mark(p->w->pack, s, &inside), next;

    if (n == 0 || (p->w->is_photo && line->flags & LINE_CREDIT && n < s.len))
        return;
    next = next_plain(p->w, (size_t)(line - p->w->line));
    /* In mid-text only what can be nothing else is a mark. */
    if (n < s.len && next < p->w->n && is_text(&p->w->line[next]) &&
        !memchr(inside.at, '/', inside.len) && inside.len > 0 && inside.len != 3 &&
        !is_digit(inside.at[inside.len - 1]))
        return;
    line->to = line->len - (uint32_t)n;
    while (line->to > line->from && line->at[line->to - 1] == ' ')
        line->to--;
    line->flags |= LINE_MARK;
    mark_authors(p->w, inside);
    p->state = AFTER_MARK;
    p->signed_off = true;
    if (line->to == line->from)
        drop(line, ROLE_BYLINE, "byline mark");
}

/* A link or promo glued to the end of a paragraph is cut from its first word: found by its colon
 * or by a word of the pack after the end of a sentence. */
static void cut_glued(const struct pack *pack, struct line *line)
{
    struct span s = span(line->at, line->to);
    const char *end = s.at + s.len, *colon = s.at + line->from;

    while (line->flags & LINE_COLON && (colon = memchr(colon, ':', (size_t)(end - colon)))) {
        for (size_t back = 4; back <= 24 && s.at + line->from + back < colon; back++) {
            const char *at = colon - back;
            struct span link = span(at, back);
            struct span head = span(s.at, (size_t)(at - s.at));

            if (phrase_at(&pack->links, link, false, NULL) != span_trim(link, " ").len ||
                link.at[0] == ' ')
                continue;
            head = span_trim(head, " [(-");
            if (!ends_sentence(head) || (size_t)(end - colon) > 260 ||
                find_bytes(span(colon, (size_t)(end - colon)), ". "))
                continue;
            line->to = (uint32_t)head.len;
            line->why = "glued link cut";
            return;
        }
        colon++;
    }
}

/* Two and more lines of one sentence each, nobody quoted, and no other text to the end of the page:
 * they say what other articles are about. */
static bool only_teasers(const struct work *w, size_t i)
{
    size_t n = 0;

    for (; i < w->n; i++) {
        const struct line *line = &w->line[i];
        struct span s = line_span(line);

        if (line->rule >= ROLE_BOX)
            break;
        if (!is_text(line))
            continue;
        if (line->len > 220 || memchr(s.at, '"', s.len) || find_bytes(s, "\xe2\x80\x9c") ||
            find_bytes(s, ". ") || find_bytes(s, "? "))
            return false;
        n++;
    }
    return n >= 2;
}

/* A few words in a sentence's case, or a number and a headline, and text below them. */
static bool is_subhead(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i];
    size_t k = next_plain(w, i);

    return (line->words <= 4 ? line->capital * 2 <= line->words
                             : line->flags & LINE_ITEM && is_digit(line->at[0])) &&
           k < w->n && is_text(&w->line[k]);
}

/* What the state makes of a line without a rule: true when it is no text. Where it is text again,
 * the state is. */
static bool drop_by_state(struct pass *p, size_t i)
{
    struct line *line = &p->w->line[i];
    bool text = is_text(line);

    switch (p->state) {
    case IN_LINKS:
        if (!(line->flags & LINE_PARAGRAPH) && (!text || line->at[line->len - 1] == '?') &&
            is_headline(line) &&
            !((p->links > 0 || line->flags & LINE_ITEM) && is_subhead(p->w, i))) {
            drop(line, ROLE_RELATED, "headline under a link label");
            p->links++;
            return true;
        }
        p->state = IN_TEXT;
        break;
    case IN_PAGER:
        if (!text) {
            drop(line, ROLE_PAGER, "teaser of the next page");
            return true;
        }
        p->state = IN_TEXT;
        break;
    case IN_BOX:
        if (!text_goes_on(p->w, i)) {
            drop(line, ROLE_WIDGET, "in a box under a heading");
            return true;
        }
        p->state = IN_TEXT;
        break;
    case AFTER_MARK:
        if (!(line->flags & LINE_PARAGRAPH) || !(line->flags & LINE_SENTENCE)) {
            drop(line, ROLE_WIDGET, "after the byline mark");
            return true;
        }
        if (begins_in_capitals(&p->w->line[p->w->start]) || only_teasers(p->w, i)) {
            drop(line, ROLE_RELATED, "the lead of another article");
            p->state = AT_END;
            return true;
        }
        break;
    case AFTER_NAMES:
        if (!text_goes_on(p->w, i)) {
            drop(line, ROLE_WIDGET, "after the editor's line");
            return true;
        }
        break;
    case AFTER_FOOT:
        if (!text_goes_on(p->w, i) || !text_goes_on(p->w, next_plain(p->w, i))) {
            drop(line, ROLE_WIDGET, "below the article");
            return true;
        }
        p->state = IN_TEXT;
        break;
    case AT_END:
        drop(line, ROLE_WIDGET, "after the end");
        return true;
    case IN_TEXT:
        if (!text && !(p->in_list && has_digit(line)) && line->at[line->len - 1] != ':' &&
            (begins_links(p->w, i) || begins_column(p->w, i))) {
            if (signs(p->w, line))
                drop(line, ROLE_BYLINE, "a name after the last sentence");
            else
                drop(line, ROLE_WIDGET, "headlines without text between");
            p->state = p->signed_off ? AT_END : IN_BOX;
            return true;
        }
        break;
    }
    return false;
}

/* The headline, alone or with the house before or behind it: "CONTOH - Judul", "Judul | Contoh". */
static bool is_title_again(const struct work *w, struct span s)
{
    struct span title = w->page->title, house;
    bool behind;

    if (!title.at || s.len - title.len > 40) /* shorter ones, too: it is unsigned */
        return false;
    behind = memcmp(s.at, title.at, title.len) == 0;
    if (!behind && memcmp(s.at + s.len - title.len, title.at, title.len) != 0)
        return false;
    if (s.len == title.len)
        return true;
    house = span_trim(
        behind ? span(s.at + title.len, s.len - title.len) : span(s.at, s.len - title.len), " ");
    if (house.len < 3 || title.len < 20)
        return false;
    return behind ? is_in(house.at[0], "|-") || dash_at(house.at, house.at + house.len) > 0
                  : is_in(house.at[house.len - 1], "|-:") ||
                        dash_at(house.at + house.len - 3, house.at + house.len) == 3;
}

/* Most lines: one look says that all that a caption is known by is not there. */
static bool is_plain_sentence(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i];
    uint32_t next = i + 1 < w->n ? line[1].flags : 0;

    return (line->flags & (LINE_SENTENCE | LINE_CREDIT | LINE_COLON)) == LINE_SENTENCE &&
           !(next & LINE_CREDIT) && !is_in(line->at[line->len - 1], ")]");
}

static void label_plain(struct pass *p, size_t i)
{
    struct line *line = &p->w->line[i];

    if (!is_plain_sentence(p->w, i) && is_caption(p->w, i) && !is_mark_line(p->w, i)) {
        drop(line, ROLE_CAPTION, "caption: has a photo credit");
        return;
    }
    if (i != p->w->start && is_title_again(p->w, line_span(line))) {
        drop(line, ROLE_TITLE, "the title again");
        return;
    }
    if (line->at[0] == '(' && p->state != AT_END && p->kept > 0) {
        take_mark(p, line);
        if (line->role != ROLE_NONE)
            return;
    }
    if (drop_by_state(p, i))
        return;
    if (line->words <= 1 && i != p->w->start && is_site_name(p->w->pack, line_span(line))) {
        drop(line, ROLE_SITE, "a site's name");
        return;
    }
    if (is_bullet_link(p->w, i)) {
        drop(line, ROLE_RELATED, "a headline with a bullet");
        return;
    }
    cut_glued(p->w->pack, line);
    take_mark(p, line);
    if (line->role == ROLE_NONE)
        keep(p, line);
}

/* The line that the article begins with is its own, whatever was learned. */
static void drop_learned(struct work *w)
{
    for (size_t i = w->start + 1; w->learned && i < w->n; i++)
        if (w->line[i].role == ROLE_BODY && is_learned(w, &w->line[i]))
            drop(&w->line[i], ROLE_LEARNED, "learned");
}

/* A date may be the subhead of a paragraph. */
static bool leads_to_text(const struct work *w, size_t i)
{
    size_t k = next_plain(w, i);

    return k < w->n && is_text(&w->line[k]);
}

/* The bracket that closes a line, or none. */
static struct span closing_bracket(const struct line *line)
{
    char close = line->at[line->len - 1];
    const char *open = close == ')'   ? memrchr(line->at, '(', line->len)
                       : close == ']' ? memrchr(line->at, '[', line->len)
                                      : NULL;

    return open ? span(open, (size_t)(line->at + line->len - open)) : span(NULL, 0);
}

/* One credit that closes several captions, and "FOTO" above or in the headline: they are the text.
 */
static void see_photo_page(struct work *w)
{
    struct span credit = { NULL, 0 };
    size_t n = 0;
    bool says_so;

    for (size_t i = 0; i < w->start && !w->says_photo; i++)
        w->says_photo = phrase_may_begin(&w->pack->photo_words, line_span(&w->line[i])) &&
                        w->line[i].words <= 2 &&
                        phrase_is(&w->pack->photo_words, line_span(&w->line[i]));
    says_so = w->says_photo ||
              (w->page->title.at && phrase_at(&w->pack->photo_words, w->page->title, false, NULL));
    for (size_t i = w->start; says_so && i < w->n; i++) {
        struct span s = closing_bracket(&w->line[i]);

        if (s.len < 8 || !is_text(&w->line[i]) || (n > 0 && !span_same(s, credit)))
            continue;
        credit = s;
        n++;
    }
    if (n < 2)
        return;
    w->is_photo = true;
    for (size_t i = w->start; i < w->n; i++)
        if (span_same(closing_bracket(&w->line[i]), credit))
            w->line[i].flags |= LINE_CREDIT;
}

void label_text(struct work *w)
{
    struct pass p = { .w = w, .state = IN_TEXT };

    see_photo_page(w);
    for (size_t i = w->start; i < w->n; i++) {
        struct line *line = &w->line[i];

        if (line->role != ROLE_NONE && line->role != ROLE_BODY) { /* who wrote it */
            if (p.kept > 0 && line->flags & (LINE_PEOPLE | LINE_LABEL)) {
                p.state = p.state < AFTER_NAMES ? AFTER_NAMES : p.state;
                p.signed_off = true;
            }
        } else if (line->rule != ROLE_NONE) {
            follow_rule(&p, line);
        } else if (line->flags & LINE_DATE && !(line->flags & LINE_PARAGRAPH) &&
                   !(p.state == IN_TEXT && p.kept > 0 && leads_to_text(w, i))) {
            bool ours = p.state == IN_TEXT || p.state == AFTER_MARK || p.state == AFTER_NAMES;

            drop(line, ours ? ROLE_DATE : ROLE_WIDGET, "a date by itself");
        } else {
            label_plain(&p, i);
        }
    }
    trim_end(w, p.kept);
    drop_learned(w);
}
