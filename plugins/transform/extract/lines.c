/* SPDX-License-Identifier: Apache-2.0 */
/* What each line of a page looks like by itself, then beside its neighbours. */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

static bool is_image_name(struct span s)
{
    static const char *const ends[] = { ".jpg", ".jpeg", ".png", ".webp", ".gif", ".mp4" };

    if (s.len < 5 || (s.at[s.len - 4] != '.' && s.at[s.len - 5] != '.') || s.len > 120)
        return false;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t n = strlen(ends[i]);

        if (s.len > n && span_is(span(s.at + s.len - n, n), ends[i]) && count_words(s) <= 4)
            return true;
    }
    return false;
}

static bool is_address(struct span s)
{
    return is_in(s.at[0], "hHwW") &&
           (starts_with(s, "http://") || starts_with(s, "https://") || starts_with(s, "www.")) &&
           !memchr(s.at, ' ', s.len);
}

/* "1. ", "12) ", "a. ", "- ", "• " and text after it. */
static bool is_item(struct span s)
{
    size_t i = 0;

    if (s.len < 2 || (is_ascii_letter(s.at[0]) && !is_in(s.at[1], ".)")))
        return false; /* as with most */
    while (i < s.len && i < 3 && is_digit(s.at[i]))
        i++;
    if (i == 0 && s.len > 2 && is_ascii_letter(s.at[0]) && is_in(s.at[1], ".)"))
        i = 1;
    if (i > 0 && i + 1 < s.len && is_in(s.at[i], ".)"))
        return s.at[i + 1] == ' ' || !is_digit(s.at[i + 1]);
    if (s.len > 4 && memcmp(s.at, "\xe2\x80\xa2", 3) == 0)
        return true;
    i = dash_at(s.at, s.at + s.len);
    return (i > 0 && i + 1 < s.len && s.at[i] == ' ') ||
           (s.len > 2 && s.at[0] == '*' && s.at[1] == ' ');
}

enum { CREDIT_TAIL = 100 }; /* bytes at the end of a line in which its credit is */

/* The last n bytes, or a few less: never half a character. */
static struct span character_tail(struct span s, size_t n)
{
    const char *at = s.at + s.len - n, *end = s.at + s.len;

    while (at < end && ((unsigned char)*at & 0xc0) == 0x80)
        at++;
    return span(at, (size_t)(end - at));
}

/* "... di kantor partai/CONTOH", "Contoh/Nama" at the end of what is no sentence: an outlet beside
 * the slash, names in capitals round it. */
static bool ends_in_credit(const struct pack *pack, struct span s)
{
    struct span tail = s.len > 60 ? character_tail(s, 60) : s, left, right;
    const char *slash = memrchr(tail.at, '/', tail.len), *end = s.at + s.len, *from = slash;
    size_t words, capital;
    bool house;

    if (!slash || slash == tail.at || slash + 1 == end || is_digit(slash[-1]) || slash[1] == ' ')
        return false;
    while (from > tail.at && from[-1] != ' ' && from[-1] != '-')
        from--;
    left = span(from, (size_t)(slash - from));
    right = span(slash + 1, (size_t)(end - slash - 1));
    count_words_and_capitals(right, &words, &capital);
    if (phrase_is(&pack->credits, span(slash, right.len + 1)))
        return true;
    if (left.len < 3 || right.len < 3 || words == 0 || words > 6 || capital < words)
        return false;
    house = is_site_name(pack, left) || phrase_is(&pack->outlets, left);
    return house || is_site_name(pack, right) || phrase_at(&pack->outlets, right, false, NULL) > 0;
}

/* "CONTOH/NAMA Suasana pasar ..." */
static bool begins_with_credit(const struct pack *pack, struct span s)
{
    const char *blank = memchr(s.at, ' ', s.len < 60 ? s.len : 60), *slash;

    if (!blank || !(slash = memchr(s.at, '/', (size_t)(blank - s.at))))
        return false;
    return phrase_is(&pack->outlets, span(s.at, (size_t)(slash - s.at))) &&
           all_capitals(span(slash, (size_t)(blank - slash)));
}

enum { DASHES_TAIL = 40 }; /* bytes at the end in which dashes before a name are */

/* The first two hyphens in a row there, or NULL. */
static const char *dashes_at_end(struct span s)
{
    const char *tail = s.at + (s.len > DASHES_TAIL ? s.len - DASHES_TAIL : 0), *end = s.at + s.len;
    struct classes c = classes_of(tail, (size_t)(end - tail));

    for (uint64_t signs = ~(c.word | c.blank | c.wide); signs; signs &= signs - 1) {
        const char *at = tail + __builtin_ctzll(signs);

        if (at[0] == '-' && at + 1 < end && at[1] == '-')
            return at;
    }
    return NULL;
}

/* "Suasana pasar di tepi sungai--Nama", or with nothing after the dashes. */
static bool ends_in_dashes(const struct pack *pack, struct span s)
{
    const char *dash = dashes_at_end(s);
    struct span rest;

    if (!dash || dash == s.at || dash[-1] == ' ')
        return false;
    rest = span_trim(span(dash, (size_t)(s.at + s.len - dash)), "-");
    return rest.len == 0 || is_name(pack, rest) || phrase_is(&pack->agencies, rest);
}

/* "FOTO: ..." before so many words begins a headline. */
static struct span without_photo_label(const struct pack *pack, struct span s)
{
    const char *colon = NULL;

    if (phrase_at(&pack->photo_words, s, false, NULL) && count_words(s) >= 5)
        colon = memchr(s.at, ':', s.len < 20 ? s.len : 20);
    return colon ? span(colon + 1, (size_t)(s.at + s.len - colon - 1)) : s;
}

/* Ends as no line does that has its credit at the end, but one in brackets. */
static bool ends_without_credit(struct span s)
{
    return is_in(s.at[s.len - 1], ".?!:") || closing_mark(s.at, s.at + s.len) > 0;
}

/* "Nama/Contoh", "Foto: Nama", "(Contoh.com/Nama)", "© Nama". */
static bool has_credit(const struct pack *pack, const struct line *line)
{
    struct span s = line_span(line), tail, in;
    bool may = line->may & PACK_CREDITS, slash_in = line->flags & LINE_SLASH;
    const char *open;

    if (s.len > CREDIT_TAIL) /* which may begin inside a word */
        may |= phrase_may_begin(&pack->credits, character_tail(s, CREDIT_TAIL));
    if (!may && !slash_in && (ends_without_credit(s) || !dashes_at_end(s)))
        return false; /* most lines */
    s = without_photo_label(pack, s);
    if (s.len == 0)
        return false;
    tail = s.len > CREDIT_TAIL ? character_tail(s, CREDIT_TAIL) : s;
    if (may && (phrase_in(&pack->credits, tail, NULL) ||
                (s.len > CREDIT_TAIL && phrase_at(&pack->credits, s, false, NULL))))
        return true;
    if (slash_in && begins_with_credit(pack, s))
        return true;
    if (s.at[s.len - 1] != ')')
        return !ends_without_credit(s) &&
               ((slash_in && ends_in_credit(pack, s)) || ends_in_dashes(pack, s));
    if (!slash_in)
        return false;
    open = memrchr(tail.at, '(', tail.len);
    if (!open)
        return false;
    in = span(open + 1, (size_t)(s.at + s.len - 1 - open - 1));
    const char *slash = memchr(in.at, '/', in.len);

    if (!slash || in.len > 80)
        return false;
    struct span house = span_trim(span(in.at, (size_t)(slash - in.at)), " ");
    struct span behind = span_trim(span(slash + 1, (size_t)(in.at + in.len - slash - 1)), " ");

    bool named = is_name(pack, house) && count_words(house) >= 2;

    return is_site_name(pack, house) || phrase_is(&pack->agencies, house) ||
           phrase_is(&pack->outlets, house) ||
           (all_capitals(house) && (house.len > 2 || count_words(behind) >= 2) &&
            is_name(pack, behind)) ||
           (all_capitals(house) && house.len > 2) ||
           (named && (is_site_name(pack, behind) || phrase_is(&pack->outlets, behind)));
}

/* A sentence that begins as a label or heading does is a sentence: "Selanjutnya polisi ...". */
static bool is_sentence_after_all(const struct line *line)
{
    bool colon =
        line->rest > 0 &&
        (line->at[line->rest - 1] == ':' || (line->rest > 1 && line->at[line->rest - 2] == ':') ||
         span_trim(span(line->at + line->rest, line->len - line->rest), " ").at[0] == ':');

    if (colon || line->rest >= line->len || line->len < 60 || !(line->flags & LINE_SENTENCE) ||
        is_in(line->at[line->len - 1], "?!"))
        return false;
    switch ((enum role)line->rule) {
    case ROLE_SHARE:
    case ROLE_FONT:
    case ROLE_WIDGET:
    case ROLE_TOPIC:
    case ROLE_RELATED:
    case ROLE_PAGER:
    case ROLE_BOX:
    case ROLE_TAGS:
        return true;
    case ROLE_CONTACT:
        return !memchr(line->at, '@', line->len);
    default:
        return false;
    }
}

static void look_at_short(const struct work *w, struct line *line)
{
    struct span s = line_span(line), rest = { NULL, 0 };

    if (is_item(s))
        line->flags |= LINE_ITEM;
    if (line->capital == line->words && line->words <= 5 && is_name(w->pack, s))
        line->flags |= LINE_NAME;
    line->rule = (uint8_t)pack_line(w->pack, s, line->may & PACK_INNER, &rest, &line->why);
    if (line->rule != ROLE_NONE) {
        line->rest = (uint32_t)(rest.at - s.at);
        if (span_trim(rest, " :;.-").len == 0)
            line->rest = line->len; /* "Lihat Juga :" */
        if (is_sentence_after_all(line)) {
            line->rule = ROLE_NONE;
            line->why = NULL;
        }
        return;
    }
    if (!(line->flags & LINE_WORDS) || (s.len == 2 && (unsigned char)s.at[0] == 0xc3))
        line->rule = ROLE_NOISE; /* signs, or the "Â" that a lost byte left */
    else if (is_image_name(s))
        line->rule = ROLE_IMAGE;
    else if (is_address(s))
        line->rule = ROLE_SITE;
}

/* Most words with capitals and no full stop: a headline, whatever its length. */
bool in_headline_case(const struct line *line)
{
    return line->words >= 4 && line->capital * 10 >= line->words * 7 &&
           line->at[line->len - 1] != '.' && line->len <= 160;
}

static void look_for_people_and_dates(const struct pack *pack, struct line *line)
{
    struct span s = line_span(line), before, after;
    struct date d;
    bool changed;

    if (line->rule == ROLE_NONE && people_line(pack, line))
        line->flags |= LINE_PEOPLE; /* which may have a date as well */
    if (s.len <= 160 && line->flags & LINE_YEAR &&
        date_line(pack, s, &d, &before, &after, &changed))
        line->flags |= LINE_DATE | (changed ? (uint32_t)LINE_CHANGED : 0);
    else if (line->rule == ROLE_NONE && !(line->flags & LINE_PEOPLE) && byline_by_shape(pack, s))
        line->flags |= LINE_BYLINE;
}

/* `... sekitar Rp 300 juta,"`: who said it was forgotten. */
static bool ends_in_quoted_comma(struct span s)
{
    size_t mark = closing_mark(s.at, s.at + s.len);

    return mark > 0 && s.len > mark + 40 && s.at[s.len - mark - 1] == ',';
}

/* Only what begins with four bytes that are no small letters does: by no branch, as what lines
 * begin with is not to be foreseen, and what is behind a line can be read (SCAN_SLACK). */
static bool may_begin_as_caption(const struct line *line)
{
    unsigned small = 0;

    for (int i = 0; i < 4; i++)
        small |= is_ascii_small(line->at[i]);
    return (line->len >= 6) & !small;
}

/* By what look_beside_lines knows the few lines that it has to do with. */
static void mark_for_neighbours(const struct pack *pack, struct line *line)
{
    line->flags |= may_begin_as_caption(line) ? (uint32_t)LINE_AS_CAPTION : 0;
    if (line->len < 40 && phrase_is(&pack->after_name, line_span(line)))
        line->flags |= LINE_AFTER_NAME;
}

void look_at(const struct work *w, struct line *line)
{
    struct span s = line_span(line), inside;
    bool sentence = ends_sentence(s) || ends_in_quoted_comma(s);

    if (!sentence) {
        size_t mark = byline_mark(w->pack, s, &inside);

        sentence = mark > 0 && ends_sentence(span(s.at, s.len - mark));
    }
    line->flags |= sentence ? (uint32_t)LINE_SENTENCE : 0;
    if (s.len > RULE_LINE_MAX) {
        struct span rest;

        line->flags |= LINE_LONG | LINE_WORDS | LINE_PARAGRAPH;
        line->rule = (uint8_t)pack_line(w->pack, s, line->may & PACK_INNER, &rest, &line->why);
        if (line->rule == ROLE_RELATED || line->rule == ROLE_BOX || line->rule == ROLE_TAGS)
            line->rule = ROLE_NONE; /* too long for a label: a sentence that begins so */
    } else {
        look_at_short(w, line);
    }
    if (has_credit(w->pack, line))
        line->flags |= LINE_CREDIT;
    if (s.len >= (sentence ? 80 : 200) && line->words >= 4 && !in_headline_case(line) &&
        !ends_open(s))
        line->flags |= LINE_PARAGRAPH;
    if (line->rule == ROLE_NONE &&
        (line->flags & LINE_PARAGRAPH || (sentence && s.len >= 40 && !in_headline_case(line))))
        line->flags |= LINE_TEXT;
    if (!(line->flags & LINE_LONG))
        look_for_people_and_dates(w->pack, line);
    mark_for_neighbours(w->pack, line);
}

/* "DUA KATA: Suasana ...", "MERIAH. Suasana ...": how some houses begin their captions. */
static bool begins_as_caption(const struct line *line, char after, bool one_word)
{
    const char *stop = memchr(line->at, after, line->len < 60 ? line->len : 60);
    struct span head = span(line->at, stop ? (size_t)(stop - line->at) : 0);

    return stop && stop + 1 < line->at + line->len && stop[1] == ' ' && head.len >= 4 &&
           (one_word || memchr(head.at, ' ', head.len)) && all_capitals(head);
}

static bool is_only_credit(const struct line *line)
{
    return line->flags & LINE_CREDIT && line->words <= (line->flags & LINE_SENTENCE ? 4 : 8);
}

static bool begins_with(struct span s, struct span head)
{
    return s.len >= head.len && head.len >= 30 && memcmp(s.at, head.at, head.len) == 0;
}

/* The same, or one of them goes on where the other ends. */
static bool says_the_same(struct span a, struct span b)
{
    return lower(a.at[0]) == lower(b.at[0]) &&
           (span_same(a, b) || begins_with(a, b) || begins_with(b, a));
}

/* Above a credit and below it the same words, one of them perhaps going on: a picture's text. */
static bool is_said_round_credit(const struct work *w, size_t i)
{
    struct span s = line_span(&w->line[i]), other;

    if (i + 2 < w->n && is_only_credit(&w->line[i + 1])) {
        other = line_span(&w->line[i + 2]);
        return begins_with(s, other) || begins_with(other, s);
    }
    if (i >= 2 && is_only_credit(&w->line[i - 1])) {
        other = line_span(&w->line[i - 2]);
        return begins_with(s, other) || begins_with(other, s);
    }
    return false;
}

static bool is_short_credit(const struct line *line)
{
    return line && line->flags & LINE_CREDIT && line->words <= 8;
}

/* ... beside a line that is only the credit. */
static bool is_caption_of_neighbour(const struct work *w, size_t i)
{
    const struct line *line = &w->line[i], *before = i > 0 ? line - 1 : NULL;
    const struct line *after = i + 1 < w->n ? line + 1 : NULL;
    struct span s = line_span(line);
    uint32_t beside = (before ? before->flags : 0) | (after ? after->flags : 0);

    if (beside & LINE_CREDIT && is_said_round_credit(w, i))
        return true;
    if (!(line->flags & LINE_AS_CAPTION))
        return false;
    if ((is_short_credit(before) || is_short_credit(after)) && begins_as_caption(line, ':', false))
        return true;
    return (begins_as_caption(line, '.', true) || begins_as_caption(line, ':', true)) &&
           ((before && says_the_same(line_span(before), s)) ||
            (after && says_the_same(line_span(after), s)));
}

/* ": NAMA" after "Editor"; "NAMA" before "Jurnalis". */
static void look_at_neighbours(struct work *w, size_t i)
{
    struct line *line = &w->line[i];

    if (line->flags & LINE_LONG)
        return;
    if (is_caption_of_neighbour(w, i))
        line->flags |= LINE_CREDIT;
    if (line->at[0] == ':' && i > 0 && w->line[i - 1].flags & LINE_LABEL) {
        if (line->rule != ROLE_NONE || line->flags & LINE_PEOPLE)
            return;
        line->flags |= LINE_PEOPLE;
        line->flags &= ~(uint32_t)(LINE_DATE | LINE_CHANGED | LINE_BYLINE);
    } else if ((line->flags & (LINE_NAME | LINE_DATE | LINE_PEOPLE)) == LINE_NAME &&
               line->rule == ROLE_NONE && i + 1 < w->n && line[1].flags & LINE_AFTER_NAME) {
        line->flags |= LINE_BYLINE;
    }
}

bool is_learned(const struct work *w, const struct line *line)
{
    return w->learned && !(line->flags & LINE_LONG) && learned_has(w->learned, line_span(line));
}

/* A learned sentence is no text from the start, so that no article begins with it. Shorter learned
 * lines may be names, dates and labels that recur over the pages of an outlet: the fields are read
 * off them first, and only what would be left of them in the body goes. */
void look_beside_lines(struct work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        uint32_t before = i > 0 ? w->line[i - 1].flags : 0, own = w->line[i].flags;
        uint32_t after = i + 1 < w->n ? w->line[i + 1].flags : 0;

        if ((own & LINE_AS_CAPTION) | ((before | after) & LINE_CREDIT) | (before & LINE_LABEL) |
            (after & LINE_AFTER_NAME))
            look_at_neighbours(w, i);
    }
    for (size_t i = 0; w->learned && i < w->n; i++)
        if (is_text(&w->line[i]) && is_learned(w, &w->line[i])) {
            w->line[i].rule = ROLE_LEARNED;
            w->line[i].flags &= ~(uint32_t)LINE_TEXT;
        }
}

/* A headline by its shape: some words, no full stop, not too long. */
bool is_headline(const struct line *line)
{
    return line->words >= 3 && line->len >= 15 && line->len <= 200 && line->flags & LINE_WORDS &&
           !(line->flags & (LINE_CREDIT | LINE_DATE | LINE_PEOPLE | LINE_BYLINE | LINE_LONG));
}

/* "PEMERINTAH Kota ...": a house that begins its leads so. */
bool begins_in_capitals(const struct line *line)
{
    const char *blank = memchr(line->at, ' ', line->len);
    struct span word = span(line->at, blank ? (size_t)(blank - line->at) : 0);

    return word.len >= 5 && all_capitals(word) && is_word_before(blank, line->at);
}

/* "UTAMA | DAERAH | OLAHRAGA | RAGAM" */
bool is_menu(const struct line *line)
{
    const char *at = line->at, *end = at + (line->len < 120 ? line->len : 120);
    size_t bars = 0;

    if (line->flags & LINE_SENTENCE)
        return false;
    for (; bars < 3 && at < end && (at = memchr(at, '|', (size_t)(end - at))); at++)
        bars++;
    return bars >= 3;
}
