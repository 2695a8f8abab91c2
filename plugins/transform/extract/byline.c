/* SPDX-License-Identifier: Apache-2.0 */
/* Who wrote and edited it: role words with names, and bylines known by their shape. */
#define _GNU_SOURCE
#include "extract.h"

#include "classes.h"

enum { NAME_MIN = 3, NAME_MAX = 50 }; /* bytes; at most a block of classes */

static size_t skip(struct span s, size_t i, const char *bytes)
{
    while (i < s.len && is_in(s.at[i], bytes))
        i++;
    return i;
}

/* U+2019, or what is left of it where a name was cut. */
static bool is_apostrophe(const char *at, const char *end)
{
    return memcmp(at, "\xe2\x80\x99", at + 3 <= end ? 3 : 1) == 0;
}

/* Is each character that is not ASCII one that a name may have? These are added to the classes. */
static bool are_wide_of_name(struct classes *c, struct span s)
{
    const char *end = s.at + s.len;

    for (uint64_t leads = c->wide & ~c->inner; leads; leads &= leads - 1) {
        const char *at = s.at + __builtin_ctzll(leads);

        if (!is_wide_word(at, end) && !((unsigned char)*at == 0xe2 && is_apostrophe(at, end)))
            return false;
    }
    add_wide(c, s, 0);
    return true;
}

/* One to five words with capitals, no digits, no sentence. */
static bool has_shape_of_name(struct span s)
{
    struct classes c;
    uint64_t open = 1, first;

    if (s.len < NAME_MIN || s.len > NAME_MAX || !is_capital(s.at, s.at + s.len))
        return false;
    c = classes_of(s.at, s.len);
    if (c.digit || (c.wide && !are_wide_of_name(&c, s)))
        return false;
    first = first_letters(&c, &open);
    if (first & ~c.big || count_bits(first) > 5)
        return false;
    for (uint64_t signs = ~(c.word | c.blank | c.wide); signs; signs &= signs - 1)
        if (!is_in(s.at[__builtin_ctzll(signs)], ".'-,`"))
            return false;
    return true;
}

/* Shaped like a person's name, and not known as another one. "Kota, Contoh Online" is a place
 * before something else. */
bool is_name(const struct pack *pack, struct span s)
{
    size_t place;

    if (!has_shape_of_name(s))
        return false;
    place = phrase_at(&pack->places, s, false, NULL);
    return !(place > 0 && (place == s.len || s.at[place] == ',')) && !phrase_is(&pack->outlets, s);
}

/* "Kontributor Kota, NAMA", "Wartawan Contoh NAMA": what stands before the name is taken off. */
static struct span without_job(const struct pack *pack, struct span s)
{
    size_t n;
    const char *comma;

    if (starts_with(s, "tim ") || s.len == 0)
        return s;
    n = phrase_at(&pack->jobs, s, false, NULL);
    if (n > 0) {
        s = span_trim(span(s.at + n, s.len - n), " :,/");
        comma = memchr(s.at, ',', s.len);
        if (comma)
            return span_trim(span(comma + 1, (size_t)(s.at + s.len - comma - 1)), " :,/");
        n = phrase_at(&pack->outlets, s, false, NULL);
        for (size_t i = 0; n == 0 && i < s.len; i++)
            if (s.at[i] == ' ' && is_site_name(pack, span(s.at, i)))
                n = i;
        if (n > 0 && n < s.len)
            s = span_trim(span(s.at + n, s.len - n), " :,/");
    }
    return s;
}

/* "contoh" in "(Nama/contoh)", where the dateline has "CONTOH.com". */
static bool is_house(const struct work *w, struct span name)
{
    return w->site.len > name.len && w->site.at[name.len] == '.' &&
           span_same(span(w->site.at, name.len), name);
}

static void add_person(struct work *w, enum people role, struct span name)
{
    struct page *p = w->page;
    bool editor = role == PEOPLE_EDITOR;
    struct span *list = editor ? p->editors : p->authors;
    size_t *n = editor ? &p->n_editors : &p->n_authors;
    const char *bracket, *blank;

    name = span_trim(without_job(w->pack, span_trim(name, " ,;:|/()*-")), " ,;:|/()*-");
    while (name.len > 3 && is_digit(name.at[name.len - 1]) && memchr(name.at, ' ', name.len))
        name = span_trim(span(name.at, name.len - 1), " "); /* "Nama Lengkap 2187": read so often */
    if ((bracket = find_bytes(name, " - ")) && is_digit(bracket[3])) /* "NAMA - 318" */
        name.len = (size_t)(bracket - name.at);
    bracket = memchr(name.at, '(', name.len);
    if (bracket) /* "NAMA (Kota" */
        name = span_trim(span(name.at, (size_t)(bracket - name.at)), " ");
    if (name.len < 1 || name.len > 80 || *n == MAX_PEOPLE ||
        (name.len == 1 && !is_ascii_letter(name.at[0])) ||
        (is_digit(name.at[0]) && memchr(name.at, ' ', name.len))) /* "0 Komentar" */
        return;
    blank = memrchr(name.at, ' ', name.len);
    if (blank && is_site_name(w->pack, span(blank + 1, (size_t)(name.at + name.len - blank - 1))))
        name.len = (size_t)(blank - name.at);
    if (is_house(w, name) || phrase_is(&w->pack->agencies, name) ||
        phrase_is(&w->pack->outlets, name) || is_site_name(w->pack, name) ||
        phrase_is(&w->pack->people, name))
        return;
    if (all_capitals(name) && memchr(name.at, ' ', name.len))
        name = store_title_case(w->scratch, name);
    for (size_t i = 0; i < *n; i++)
        if (span_same(list[i], name))
            return;
    list[(*n)++] = name;
}

/* Names with "dan", commas, slashes between. A comma before a title ("S.Sos", "MM") is no end. */
void add_names(struct work *w, enum people role, struct span names)
{
    const char *at = names.at, *end = names.at + names.len, *from = at;

    if (role == PEOPLE_PUBLISHER) {
        struct date d;

        names = span_trim(names, " :|");
        if (date_at(w->pack, names, &d) > 0) /* "Publish: 1 Mei 2024" */
            return;
        if (!w->page->publisher.at && names.len > 0 && names.len <= 80)
            w->page->publisher = names;
        return;
    }
    if (role != PEOPLE_AUTHOR && role != PEOPLE_EDITOR && role != PEOPLE_PHOTO)
        return;
    names = without_job(w->pack, span_trim(names, " :|"));
    for (at = from = names.at, end = at + names.len; at < end;) {
        size_t n = 0;

        if (*at == ',' || *at == '/' || *at == ';' || *at == '&' || *at == '|')
            n = 1;
        else if (*at == ' ' &&
                 (n = phrase_at(&w->pack->and_words, span(at + 1, (size_t)(end - at - 1)), false,
                                NULL)) > 0)
            n++;
        if (n == 0) {
            at += char_size(*at);
            continue;
        }
        add_person(w, role, span(from, (size_t)(at - from)));
        from = at += n;
    }
    add_person(w, role, span(from, (size_t)(end - from)));
}

/* A role word at the start of s, or two joined ("Redaktur & Reporter"); bytes, 0: none. */
size_t role_at(const struct pack *pack, struct span s, int32_t *role)
{
    size_t n = phrase_at(&pack->people, s, false, role), i, m;
    int32_t second;

    if (n == 0)
        return 0;
    i = skip(s, n, " &/");
    if (i > n && i < s.len) {
        m = phrase_at(&pack->people, span(s.at + i, s.len - i), false, &second);
        if (m > 0) {
            *role = *role == PEOPLE_AUTHOR || second == PEOPLE_AUTHOR ? PEOPLE_AUTHOR : *role;
            return i + m;
        }
    }
    return n;
}

/* "Laporan Wartawan Contoh, NAMA", "Laporan NAMA I Kota Anu" */
static bool is_report(const struct pack *pack, struct span s)
{
    size_t words, capital;

    if (s.len > 120 || !phrase_at(&pack->reports, s, false, NULL) || ends_sentence(s))
        return false;
    count_words_and_capitals(s, &words, &capital);
    return words >= 2 && words <= 12 && words - capital <= 1;
}

enum { TWICE_MAX = 120 }; /* bytes: half of it is at most a block of classes */

/* What is rarely asked stands by itself: a function that does all would begin with as much for each
 * line. */
#define BY_ITSELF __attribute__((noinline))

/* "Nama Lengkapby Nama Lengkap": a picture's text and the byline beside it. The name, or none. */
BY_ITSELF static struct span find_name_twice(const struct pack *pack, struct span s)
{
    const char *end = s.at + s.len, *half = s.at + s.len / 2;
    struct classes c = classes_of(half, (size_t)(end - half));

    for (uint64_t starts = c.blank << 1 & ((c.big & ~c.digit) | c.wide); starts;
         starts &= starts - 1) {
        const char *second = half + __builtin_ctzll(starts);
        struct span name = span(second, (size_t)(end - second)), by;

        if (lower(*second) != lower(s.at[0]) || !span_same(span(s.at, name.len), name) ||
            !is_name(pack, name))
            continue;
        by = span_trim(span(s.at + name.len, s.len - name.len * 2), " :");
        if (by.len > 0 && phrase_at(&pack->by, by, false, NULL) == by.len)
            return name;
    }
    return span(NULL, 0);
}

static inline struct span name_twice(const struct pack *pack, struct span s)
{
    bool may = s.len > NAME_MIN * 2 && s.len <= TWICE_MAX && begins_again(s);

    return may ? find_name_twice(pack, s) : span(NULL, 0);
}

/* Without what stands round a role word. Bullets are not ASCII, and blanks are off by then. */
static struct span people_of(const struct line *line)
{
    struct span s = span_trim(line_span(line), "([- ");

    return line->flags & LINE_WIDE ? trim_bullets(s) : s;
}

/* Of a line that may begin with one of the words that name people. */
BY_ITSELF static bool names_people(const struct pack *pack, struct span s, uint32_t *flags)
{
    int32_t role;
    size_t n = role_at(pack, s, &role);
    struct span rest;

    if (n > 0) {
        rest = span(s.at + n, s.len - n);
        size_t at = skip(rest, 0, " /|");

        if (at == rest.len) {
            *flags |= LINE_LABEL;
            return true;
        }
        if (rest.at[at] == ':') {
            rest = span_trim(span(rest.at + at, rest.len - at), ": /)|");
            if (rest.len == 0)
                *flags |= LINE_LABEL;
            return rest.len < 200;
        }
        rest = span_trim(rest, " )]");
        return is_name(pack, rest) && count_words(rest) <= 4;
    }
    n = phrase_at(&pack->by, s, false, NULL);
    if (n > 0) {
        rest = span_trim(span(s.at + n, s.len - n), " :,)*");
        return rest.len > 0 && rest.len <= 60 &&
               (is_name(pack, rest) || (s.at[skip(s, n, " ")] == ':' && count_words(rest) <= 8));
    }
    if (name_twice(pack, s).at)
        return true;
    n = phrase_at(&pack->jobs, s, false, NULL);
    if (n > 0 && memchr(s.at, ',', s.len) && s.len < 80)
        return is_name(pack, without_job(pack, s));
    return is_report(pack, s);
}

/* Does the line begin with a role word that is one: with a colon, alone, or before a name? */
bool people_line(const struct pack *pack, struct line *line)
{
    struct span s = people_of(line);

    if (s.len == 0)
        return false;
    return pack_may_name(pack, s) ? names_people(pack, s, &line->flags)
                                  : name_twice(pack, s).at != NULL;
}

/* "NAMA", "NAMA dan NAMA" */
static bool are_names(const struct pack *pack, struct span s)
{
    for (size_t i = 1; i + 1 < s.len; i++) {
        size_t n = s.at[i - 1] == ' '
                       ? phrase_at(&pack->and_words, span(s.at + i, s.len - i), false, NULL)
                       : 0;

        if (n > 0 && i + n + 1 < s.len)
            return is_name(pack, span(s.at, i - 1)) &&
                   is_name(pack, span_trim(span(s.at + i + n, s.len - i - n), " "));
    }
    return is_name(pack, s);
}

/* Does the sign at `at` part a name from its site or job? */
static bool parted_at(const struct pack *pack, struct span s, const char *at, struct span *name,
                      struct span *site)
{
    const char *end = s.at + s.len;
    size_t dash = *at == ',' || *at == '|' ? 1 : dash_at(at, end);
    bool glued = dash > 0 && *at == ',' && at > s.at && at[-1] != ' ', job;
    int32_t role;

    dash = *at == '(' && end[-1] == ')' ? 1 : dash;
    if (dash == 0 || at == s.at || (at[-1] != ' ' && !glued) ||
        (dash == 1 && *at == '-' && at + 1 < end && at[1] != ' '))
        return false;
    *name = span_trim(span(s.at, (size_t)(at - s.at)), " ");
    *site = span_trim(span(at + dash, (size_t)(end - at) - dash), " )");
    if (site->len == 0)
        return false;
    if (*at == '(')
        return are_names(pack, *name) && count_words(*name) <= 6 &&
               (phrase_at(&pack->people, *site, false, &role) == site->len ||
                (count_words(*name) >= 2 && !memchr(site->at, ':', site->len) &&
                 !memchr(site->at, '/', site->len) && is_outlet(pack, *site)));
    /* what is behind the sign is mostly no site: asked first, as it takes less than a name */
    job = !glued && phrase_is(&pack->after_name, *site);
    if (!job && !is_site_name(pack, *site) && !phrase_is(&pack->outlets, *site) &&
        (glued || memchr(site->at, ' ', site->len) || !is_outlet(pack, *site)))
        return false;
    if (!are_names(pack, *name) || count_words(*name) > 6)
        return false;
    return job || !(is_name(pack, *name) && count_words(*name) > 4); /* a headline */
}

/* "NAMA - detikContoh", "NAMA , Jurnalis", "NAMA" before a line that is only "Jurnalis" */
static bool split_byline(const struct pack *pack, struct span s, struct span *name,
                         struct span *site)
{
    if (!is_capital(s.at, s.at + s.len))
        return false; /* no name */
    for (size_t from = 0; from < s.len; from += 64) {
        size_t n = s.len - from < 64 ? s.len - from : 64;
        uint64_t parts = parts_of(s.at + from, n, true, from > 0 && s.at[from - 1] == ' ');

        for (; parts; parts &= parts - 1)
            if (parted_at(pack, s, s.at + from + __builtin_ctzll(parts), name, site))
                return true;
    }
    return false;
}

bool byline_by_shape(const struct pack *pack, struct span s)
{
    struct span name, site;

    return s.len <= 100 && (split_byline(pack, s, &name, &site) || phrase_is(&pack->after_name, s));
}

/* "Pewarta: A Editor: B": each role word with a colon ends the name before it. */
void read_roles(struct work *w, struct span s)
{
    enum people now = 0;
    size_t from = 0, i = 0;
    struct date d;

    while (i < s.len) {
        int32_t role;
        size_t n = 0, colon;

        if (i == 0 || !is_word_before(s.at + i, s.at))
            n = role_at(w->pack, span(s.at + i, s.len - i), &role);
        colon = n > 0 ? skip(s, i + n, " /|") : 0;
        if (n > 0 && (i == 0 || (colon < s.len && s.at[colon] == ':') || s.at[i - 1] == '|' ||
                      (i > 1 && s.at[i - 2] == '|'))) {
            if (now)
                add_names(w, now, span(s.at + from, i - from));
            now = (enum people)role;
            i = from = skip(s, colon, ": /|");
            continue;
        }
        if (now && (s.at[i] == '|' || s.at[i] == ')' ||
                    (is_digit(s.at[i]) && date_at(w->pack, span(s.at + i, s.len - i), &d) > 0) ||
                    phrase_at(&w->pack->labels, span(s.at + i, s.len - i), false, NULL))) {
            add_names(w, now, span(s.at + from, i - from));
            now = 0;
        }
        i += char_size(s.at[i]);
    }
    if (now)
        add_names(w, now, span(s.at + from, s.len - from));
}

void read_report(struct work *w, struct span s, size_t n)
{
    const char *bar, *comma;

    s = span_trim(span(s.at + n, s.len - n), " :,");
    bar = memchr(s.at, '|', s.len);
    if (!bar) /* "Laporan NAMA I Kota Anu": a bar that became a letter */
        bar = find_bytes(s, " I ");
    if (bar)
        s.len = (size_t)(bar - s.at);
    s = span_trim(s, " ");
    comma = memrchr(s.at, ',', s.len);
    if (phrase_at(&w->pack->jobs, s, false, NULL) && comma)
        s = span(comma + 1, (size_t)(s.at + s.len - comma - 1));
    add_names(w, PEOPLE_AUTHOR, s);
}

/* The name of a role word that stands alone: on the next line, or on the line before when what
 * follows the last such word is no name. */
static void read_label(struct work *w, size_t i, int32_t role)
{
    size_t last = i, next = i + 1;

    while (next < w->n && w->line[next].rule == ROLE_NOISE) /* ":" by itself */
        next++;
    if (next < w->n && w->line[next].at[0] == ':') {
        add_names(w, (enum people)role, line_span(&w->line[next]));
        w->line[next].flags |= LINE_PEOPLE;
        return;
    }
    for (size_t k = i + 1; k < w->n && k <= i + 6; k++)
        if (w->line[k].flags & LINE_LABEL)
            last = k;
    bool after = last + 1 < w->n && w->line[last + 1].flags & LINE_NAME &&
                 w->line[last + 1].rule == ROLE_NONE;
    bool before = i > 0 && w->line[i - 1].flags & LINE_NAME && w->line[i - 1].rule == ROLE_NONE;

    if ((!after || next >= w->n || !(w->line[next].flags & LINE_NAME)) && before)
        next = i - 1;
    else if (next >= w->n || !(w->line[next].flags & LINE_NAME) || w->line[next].rule != ROLE_NONE)
        return;
    add_names(w, (enum people)role, line_span(&w->line[next]));
    w->line[next].flags |= LINE_PEOPLE;
    w->line[next].role = role == PEOPLE_EDITOR ? ROLE_EDITOR : ROLE_BYLINE;
}

static void read_line(struct work *w, size_t i)
{
    struct line *line = &w->line[i];
    struct span s = people_of(line);
    int32_t role = 0;
    size_t n = role_at(w->pack, s, &role);

    line->role = role == PEOPLE_EDITOR      ? ROLE_EDITOR
                 : role == PEOPLE_PUBLISHER ? ROLE_PUBLISHER
                 : role == PEOPLE_SOURCE    ? ROLE_SOURCE
                                            : ROLE_BYLINE;
    if (line->at[0] == ':') {
        line->role = i > 0 ? w->line[i - 1].role : ROLE_BYLINE;
    } else if (n > 0 && line->flags & LINE_LABEL) {
        read_label(w, i, role);
    } else if (n > 0) {
        read_roles(w, s);
    } else if ((n = phrase_at(&w->pack->by, s, false, NULL)) > 0) {
        add_names(w, PEOPLE_AUTHOR, span(s.at + n, s.len - n));
    } else if (phrase_at(&w->pack->reports, s, false, NULL) > 0) {
        return; /* later, if nobody else is named: it is the same person */
    } else if (name_twice(w->pack, s).at) {
        add_names(w, PEOPLE_AUTHOR, name_twice(w->pack, s));
    } else if (phrase_at(&w->pack->jobs, s, false, NULL)) {
        add_names(w, PEOPLE_AUTHOR, s);
    }
}

static void read_shape(struct work *w, size_t i)
{
    struct span name, site;

    w->line[i].role = ROLE_BYLINE;
    if (split_byline(w->pack, line_span(&w->line[i]), &name, &site)) {
        add_names(w, PEOPLE_AUTHOR, name);
        if (!w->page->outlet.at && !phrase_is(&w->pack->after_name, site) &&
            !phrase_is(&w->pack->people, site))
            w->page->outlet = site;
    } else if (!phrase_is(&w->pack->after_name, line_span(&w->line[i]))) {
        add_names(w, PEOPLE_AUTHOR, line_span(&w->line[i]));
    }
}

/* What stands before and after the date on its line: a name, a site, "LAPORAN: NAMA". */
static void read_date_line(struct work *w)
{
    struct span before = w->dated.before, after = w->dated.after;
    const char *comma;

    if (is_site_name(w->pack, before) || phrase_is(&w->pack->outlets, before)) {
        if (!w->page->outlet.at)
            w->page->outlet = before;
    } else if (before.len > 0) {
        comma = memchr(before.at, ',', before.len);
        if (comma && phrase_in(&w->pack->after_name, before, NULL))
            before.len = (size_t)(comma - before.at);
        before = span_trim(before, " ");
        size_t n = phrase_at(&w->pack->by, before, false, NULL);

        before = span_trim(span(before.at + n, before.len - n), " :");
        if (is_name(w->pack, before) && count_words(before) >= 2)
            add_names(w, PEOPLE_AUTHOR, before);
    }
    if (after.len > 0 && is_name(w->pack, after) && count_words(after) >= 2)
        add_names(w, PEOPLE_AUTHOR, after);
    else if (after.len > 0 && phrase_at(&w->pack->reports, after, false, NULL))
        read_report(w, after, phrase_at(&w->pack->reports, after, false, NULL));
    else if (after.len > 0)
        read_roles(w, after);
}

/* "Nama Lengkap", below it "Editor: Nama": who wrote it, if nobody else says so. */
static void name_above_editor(struct work *w)
{
    for (size_t i = 1; i < w->start && w->page->n_authors == 0; i++) {
        struct line *name = &w->line[i - 1];
        int32_t role = 0;

        if (!(w->line[i].flags & LINE_PEOPLE) || name->role != ROLE_NONE ||
            name->rule != ROLE_NONE || !(name->flags & LINE_NAME) || name->words < 2 ||
            role_at(w->pack, line_span(&w->line[i]), &role) == 0 || role != PEOPLE_EDITOR)
            continue;
        add_names(w, PEOPLE_AUTHOR, line_span(name));
        name->role = ROLE_BYLINE;
    }
}

/* The line as these of its flags say, and what is beside the date. */
static void read_who(struct work *w, size_t i, uint32_t flags)
{
    if (flags & LINE_PEOPLE)
        read_line(w, i);
    else if (flags & LINE_BYLINE)
        read_shape(w, i);
    if (i == w->date)
        read_date_line(w);
}

/* Reads names off all lines that say who. Author before photographer: on a photo page the latter
 * is the author when nobody else is. */
void read_people(struct work *w)
{
    const uint64_t boxes = UINT64_C(1) << ROLE_BOX | UINT64_C(1) << ROLE_COMMENTS;
    bool in_box = false;
    uint32_t seen = 0; /* flags of the lines read */
    size_t i;

    /* most lines of either loop are passed over by one branch */
    for (i = 0; i < w->start; i++) {
        uint32_t flags = w->line[i].flags & (LINE_PEOPLE | LINE_BYLINE);

        if ((flags != 0) | (i == w->date))
            read_who(w, i, flags);
        seen |= flags;
    }
    for (; i < w->n; i++) {
        in_box |= (i > w->start) & boxes >> w->line[i].rule;
        if (!(w->line[i].flags & LINE_PEOPLE))
            continue;
        if (in_box && w->page->n_authors > 0)
            break; /* whoever wrote what is linked there */
        read_line(w, i);
        seen |= LINE_PEOPLE;
    }
    if (!(seen & LINE_PEOPLE) || w->page->n_authors > 0)
        return;
    name_above_editor(w);
    for (i = 0; i < w->n && w->page->n_authors == 0; i++) {
        struct span s;
        size_t n;

        if (!(w->line[i].flags & LINE_PEOPLE))
            continue;
        s = people_of(&w->line[i]);
        n = phrase_at(&w->pack->reports, s, false, NULL);
        if (n > 0)
            read_report(w, s, n);
    }
}
