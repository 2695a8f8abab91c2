/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a language pack: [section] lines, then either `key = a, b, c` or lists of phrases, as the
 * section has it. Nothing unknown passes: each fault says line and column. */
#define _GNU_SOURCE
#include "pack.h"

#include "common/file.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static const char *const role_names[ROLES] = {
    [ROLE_NONE] = "none",
    [ROLE_BODY] = "body",
    [ROLE_TITLE] = "title",
    [ROLE_SECTION] = "section",
    [ROLE_DATE] = "date",
    [ROLE_BYLINE] = "byline",
    [ROLE_EDITOR] = "editor",
    [ROLE_PUBLISHER] = "publisher",
    [ROLE_SOURCE] = "source",
    [ROLE_DATELINE] = "dateline",
    [ROLE_DECK] = "deck",
    [ROLE_CAPTION] = "caption",
    [ROLE_REPEAT] = "repeat",
    [ROLE_PULL_QUOTE] = "pull-quote",
    [ROLE_SITE] = "site-name",
    [ROLE_IMAGE] = "image-name",
    [ROLE_NOISE] = "no words",
    [ROLE_HEAD] = "before the text",
    [ROLE_LEARNED] = "learned",
    [ROLE_SHARE] = "share",
    [ROLE_FONT] = "font-size",
    [ROLE_AD] = "ad",
    [ROLE_MEDIA] = "media-link",
    [ROLE_PROMO] = "promo",
    [ROLE_WIDGET] = "widget",
    [ROLE_TOPIC] = "topic",
    [ROLE_REPUBLISHED] = "republished",
    [ROLE_RELATED] = "related",
    [ROLE_PAGER] = "pager",
    [ROLE_BOX] = "box",
    [ROLE_TAGS] = "tags",
    [ROLE_COMMENTS] = "comments",
    [ROLE_CONTACT] = "contact",
    [ROLE_COPYRIGHT] = "copyright",
};

const char *role_name(enum role role)
{
    return role_names[role];
}

/* Where a section's phrases go. With a key: `key = list` lines, each key one value; without: every
 * line is a list, or, where lines is set, one pattern. */
struct slot {
    const char *section, *key;
    size_t offset;
    int32_t value;
};

#define IN(member) offsetof(struct pack, member)

static const struct slot slots[] = {
    { "date", "labels", IN(date_labels), 0 },
    { "date", "changed", IN(date_labels), 1 },
    { "date", "clock", IN(clock_words), 0 },
    { "date", "not past", IN(not_past), 0 },
    { "date", "since", IN(not_past), 1 },
    { "date", "close before", IN(not_past), 2 },
    { "people", "author", IN(people), PEOPLE_AUTHOR },
    { "people", "editor", IN(people), PEOPLE_EDITOR },
    { "people", "publisher", IN(people), PEOPLE_PUBLISHER },
    { "people", "source", IN(people), PEOPLE_SOURCE },
    { "people", "photographer", IN(people), PEOPLE_PHOTO },
    { "people", "by", IN(by), 0 },
    { "people", "report", IN(reports), 0 },
    { "people", "jobs", IN(jobs), 0 },
    { "people", "after name", IN(after_name), 0 },
    { "people", "and", IN(and_words), 0 },
    { "people", "agencies", IN(agencies), 0 },
    { "outlets", "suffixes", IN(suffixes), 0 },
    { "outlets", "told to", IN(told_to), 0 },
    { "outlets", "labels", IN(labels), 0 },
    { "outlets", "names", IN(outlets), 0 },
    { "outlets", "words", IN(outlet_words), 0 },
    { "captions", "credits", IN(credits), 0 },
    { "captions", "photo page", IN(photo_words), 0 },
    { "crumbs", "home", IN(home_words), 0 },
    { "crumbs", "labels", IN(section_labels), 0 },
    { "links", "in text", IN(links), 0 },
    { "spam", "words", IN(spam), 0 },
    { "places", NULL, IN(places), 0 },
    { "regions", NULL, IN(places), 1 },
};

static int bad(struct fault *f, uint64_t line, const char *begin, const char *at, const char *what,
               struct span word)
{
    fault_set(f, 0, "%s%s%.*s%s", what, word.len ? " \"" : "", (int)(word.len > 80 ? 80 : word.len),
              word.len ? word.at : "", word.len ? "\"" : "");
    f->line = line;
    f->column = (uint64_t)(at - begin) + 1;
    return -1;
}

static int add(struct phrases *p, struct span text, int32_t value)
{
    if (p->n == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 16;
        struct phrase *at = cap <= PHRASES_MAX ? realloc(p->at, cap * sizeof(*at)) : NULL;

        if (!at)
            return -1;
        p->at = at;
        p->cap = cap;
    }
    p->at[p->n++] =
        (struct phrase){ .text = text.at, .len = (uint32_t)text.len, .value = (int16_t)value };
    return 0;
}

/* `<n>` and `*` of a pattern become one byte each, in place; `\*` is a star. */
static struct span compile(struct span s)
{
    char *to = (char *)(uintptr_t)s.at; /* points into the pack's own file */
    size_t n = 0;

    for (size_t i = 0; i < s.len;) {
        if (s.len - i >= 3 && memcmp(s.at + i, "<n>", 3) == 0) {
            to[n++] = PATTERN_NUMBER;
            i += 3;
        } else if (s.len - i >= 2 && s.at[i] == '\\' && s.at[i + 1] == '*') {
            to[n++] = '*';
            i += 2;
        } else if (s.at[i] == '*') {
            to[n++] = PATTERN_ANY;
            i++;
        } else {
            to[n++] = s.at[i++];
        }
    }
    to[n] = '\0'; /* over the blank or line feed that ended it, for notes */
    return span(to, n);
}

struct reader {
    struct pack *pack;
    struct fault *fault;
    const char *begin; /* of the line */
    uint64_t line;
    struct span section;
    enum role role; /* of a [lines NAME] section */
};

static int add_list(struct reader *r, struct phrases *to, struct span list, int32_t value)
{
    const char *at = list.at, *end = list.at + list.len;

    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        struct span item = span_trim(span(at, (size_t)((comma ? comma : end) - at)), " \t");

        if (item.len == 0)
            return bad(r->fault, r->line, r->begin, at, "an empty item between commas", item);
        if (add(to, item, value) != 0)
            return fault_set(r->fault, ENOMEM, "no memory for the language pack");
        at = comma ? comma + 1 : end;
    }
    return 0;
}

static int open_section(struct reader *r, struct span line)
{
    struct span name;

    if (line.at[line.len - 1] != ']')
        return bad(r->fault, r->line, r->begin, line.at, "a section line that does not end in ]",
                   line);
    name = span_trim(span(line.at + 1, line.len - 2), " \t");
    r->section = name;
    r->role = ROLE_NONE;
    if (span_is(name, "language") || span_is(name, "months") || span_is(name, "days") ||
        span_is(name, "zones"))
        return 0;
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
        if (span_is(name, slots[i].section))
            return 0;
    if (starts_with(name, "lines "))
        for (int role = ROLE_SHARE; role < ROLES; role++)
            if (span_is(span(name.at + 6, name.len - 6), role_names[role])) {
                r->role = (enum role)role;
                return 0;
            }
    return bad(r->fault, r->line, r->begin, line.at, "no such section in a language pack:", name);
}

/* "+08:00" in minutes; false if it is not of that shape. */
static bool read_offset(struct span s, int32_t *minutes)
{
    if (s.len != 6 || (s.at[0] != '+' && s.at[0] != '-') || s.at[3] != ':')
        return false;
    for (size_t i = 1; i < 6; i++)
        if (i != 3 && !is_digit(s.at[i]))
            return false;
    *minutes = ((s.at[1] - '0') * 10 + s.at[2] - '0') * 60 + (s.at[4] - '0') * 10 + s.at[5] - '0';
    if (s.at[0] == '-')
        *minutes = -*minutes;
    return true;
}

static bool read_small(struct span s, int32_t max, int32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < s.len && i < 3; i++)
        if (is_digit(s.at[i]))
            *value = *value * 10 + s.at[i] - '0';
        else
            return false;
    return s.len > 0 && s.len < 3 && *value >= 1 && *value <= max;
}

/* `key = value` of the sections whose keys are not words: months, days, zones, language. */
static int add_numbered(struct reader *r, struct span key, struct span value)
{
    struct pack *p = r->pack;
    int32_t n;

    if (span_is(r->section, "language")) {
        char *end = (char *)(uintptr_t)(value.at + value.len);

        if (!span_is(key, "code") || value.len == 0)
            return bad(r->fault, r->line, r->begin, key.at, "[language] has one key, code, not",
                       key);
        *end = '\0'; /* the line feed or the end: the reader is past it */
        p->code = value.at;
        return 0;
    }
    if (span_is(r->section, "zones")) {
        if (!read_offset(key, &n))
            return bad(r->fault, r->line, r->begin, key.at, "an offset is like +07:00, not", key);
        return add_list(r, &p->zones, value, n);
    }
    if (!read_small(key, span_is(r->section, "months") ? 12 : 7, &n))
        return bad(r->fault, r->line, r->begin, key.at, "the key must be the number of it, not",
                   key);
    return add_list(r, span_is(r->section, "months") ? &p->months : &p->days, value, n);
}

static int add_pattern(struct reader *r, struct span text)
{
    struct phrases *to = &r->pack->rules;

    if (text.at[0] == PATTERN_ANY) {
        to = &r->pack->inner;
        text = span(text.at + 1, text.len - 1);
    }
    if (text.len == 0)
        return bad(r->fault, r->line, r->begin, text.at - 1, "a pattern for every line", text);
    if (add(to, text, (int32_t)r->role) != 0)
        return fault_set(r->fault, ENOMEM, "no memory for the language pack");
    return 0;
}

static int add_line(struct reader *r, struct span line)
{
    const char *equals;
    struct span key, value;

    if (r->section.len == 0)
        return bad(r->fault, r->line, r->begin, line.at,
                   "a line before the first [section]:", line);
    if (r->role != ROLE_NONE)
        return add_pattern(r, compile(line));
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
        if (!slots[i].key && span_is(r->section, slots[i].section))
            return add_list(r, (struct phrases *)((char *)r->pack + slots[i].offset), line,
                            slots[i].value);
    equals = memchr(line.at, '=', line.len);
    if (!equals)
        return bad(r->fault, r->line, r->begin, line.at, "expected `key = value`, not", line);
    key = span_trim(span(line.at, (size_t)(equals - line.at)), " \t");
    value = span_trim(span(equals + 1, (size_t)(line.at + line.len - equals - 1)), " \t");
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
        if (slots[i].key && span_is(r->section, slots[i].section) && span_is(key, slots[i].key))
            return add_list(r, (struct phrases *)((char *)r->pack + slots[i].offset), value,
                            slots[i].value);
    if (span_is(r->section, "language") || span_is(r->section, "months") ||
        span_is(r->section, "days") || span_is(r->section, "zones"))
        return add_numbered(r, key, value);
    return bad(r->fault, r->line, r->begin, key.at, "no such key in this section:", key);
}

void pack_lists(struct pack *pack, struct phrases *to[LISTS])
{
    struct phrases *all[] = { &pack->months,      &pack->days,         &pack->zones,
                              &pack->date_labels, &pack->clock_words,  &pack->not_past,
                              &pack->places,      &pack->outlets,      &pack->suffixes,
                              &pack->agencies,    &pack->people,       &pack->by,
                              &pack->reports,     &pack->jobs,         &pack->after_name,
                              &pack->and_words,   &pack->told_to,      &pack->credits,
                              &pack->photo_words, &pack->home_words,   &pack->section_labels,
                              &pack->links,       &pack->spam,         &pack->labels,
                              &pack->rules,       &pack->outlet_words, &pack->inner };

    static_assert(sizeof(all) / sizeof(all[0]) == LISTS, "every list, once");
    memcpy(to, all, sizeof(all));
}

int pack_read(struct pack *pack, const char *data, size_t n, struct fault *f)
{
    struct reader r = { .pack = pack, .fault = f };
    const char *at, *end;

    memset(pack, 0, sizeof(*pack));
    pack->file = malloc(n + 1);
    if (!pack->file)
        return fault_set(f, ENOMEM, "no memory for the language pack");
    for (size_t i = 0; i < n; i++)
        pack->file[i] = (char)lower(data[i]);
    pack->file[n] = '\n';
    for (at = pack->file, end = at + n; at < end;) {
        const char *feed = memchr(at, '\n', (size_t)(end - at) + 1);
        struct span line = span_trim(span(at, (size_t)(feed - at)), " \t\r");
        int status = 0;

        r.line++;
        r.begin = at;
        for (size_t i = 0; i < line.len; i++) /* a comment: at the start, or after a blank */
            if (line.at[i] == '#' && (i == 0 || line.at[i - 1] == ' ' || line.at[i - 1] == '\t')) {
                line = span_trim(span(line.at, i), " \t");
                break;
            }
        if (line.len > 0)
            status = line.at[0] == '[' && (r.role == ROLE_NONE || line.at[line.len - 1] == ']')
                         ? open_section(&r, line) /* else a pattern that begins with a bracket */
                         : add_line(&r, line);
        if (status != 0)
            return status;
        at = feed + 1;
    }
    if (!pack->code)
        return bad(f, r.line, r.begin, r.begin,
                   "a language pack needs [language] code = ", span(NULL, 0));
    if (pack_make_tables(pack) != 0)
        return fault_set(f, ENOMEM, "no memory for the language pack");
    return 0;
}

int pack_load(struct pack *pack, const char *path, struct fault *f)
{
    char *data;
    size_t n;
    int status;

    memset(pack, 0, sizeof(*pack));
    if (file_read_whole(path, "the language pack", 16u << 20, &data, &n, f) < 0)
        return -1;
    status = pack_read(pack, data, n, f);
    free(data);
    return status;
}

void pack_free(struct pack *pack)
{
    struct phrases *all[LISTS];

    pack_lists(pack, all);
    for (size_t i = 0; i < LISTS; i++) {
        free(all[i]->at);
        free(all[i]->cell);
    }
    free(pack->starts);
    free(pack->file);
    memset(pack, 0, sizeof(*pack));
}
