/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up phrases and line patterns: a table by first byte, then the few that begin so, longest
 * first. No regular expressions; each pattern is matched in one pass with one way back. */
#include "pack.h"

#include "classes.h"

/* The first eight bytes of s, zeros behind its end. Fewer are put together from two halves that may
 * overlap: a copy of so many bytes would be a call. */
static uint64_t eight_of(struct span s)
{
    char eight[8] = { 0 };

    if (s.len >= 8)
        return eight_at(s.at);
    if (s.len >= 4) {
        memcpy(eight, s.at, 4);
        memcpy(eight + s.len - 4, s.at + s.len - 4, 4);
    } else if (s.len > 0) {
        eight[s.len / 2] = s.at[s.len / 2];
        eight[s.len - 1] = s.at[s.len - 1];
        eight[0] = s.at[0];
    }
    return eight_at(eight);
}

/* The same, ASCII letters made small. */
static inline uint64_t head_of(struct span s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = eight_of(s), low, big;

    low = x & ones * 0x7f;
    big = (low + ones * (0x80 - 'A')) & ~(low + ones * (0x7f - 'Z')) & ~x & ones * 0x80;
    return x | big >> 2;
}

/* The phrases that a text with this head may begin with, longest first: those of its class
 * and those of any. */
struct candidates {
    const struct phrase *one, *one_end, *any, *any_end;
};

static inline struct candidates candidates_of(const struct phrases *p, struct span s)
{
    const uint16_t *cell = p->cell + p->row[(unsigned char)s.at[0]] * PHRASE_ROW;
    unsigned class = s.len > 2 ? phrase_class(s.at) : 0; /* of less only phrases of any match */

    return (struct candidates){ p->at + cell[class], p->at + cell[class + 1],
                                p->at + cell[PHRASE_ANY], p->at + cell[PHRASE_ANY + 1] };
}

/* NULL: no more. */
static inline const struct phrase *next_candidate(struct candidates *c, uint64_t head)
{
    const struct phrase *p;

    while (c->any < c->any_end) {
        p = c->one == c->one_end || c->any->len >= c->one->len ? c->any++ : c->one++;
        if ((head & p->mask) == p->prefix)
            return p;
    }
    while (c->one < c->one_end) { /* mostly there are none but these */
        p = c->one++;
        if ((head & p->mask) == p->prefix)
            return p;
    }
    return NULL;
}

/* Does a text with small ASCII letters stand at s, whose first eight bytes do? */
static bool text_at(const struct phrase *p, struct span s)
{
    if (s.len < p->len)
        return false;
    for (uint32_t i = 8; i < p->len; i++)
        if (lower(s.at[i]) != (unsigned char)p->text[i])
            return false;
    return true;
}

size_t phrase_find(const struct phrases *p, struct span s, bool loose, int32_t *value)
{
    struct candidates c = candidates_of(p, s);
    const struct phrase *found;
    uint64_t head = head_of(s);

    while ((found = next_candidate(&c, head))) {
        size_t n = found->len;

        if (!text_at(found, s))
            continue;
        if (!loose && is_word_at(s.at + n, s.at + s.len) && is_word_before(s.at + n, s.at))
            continue;
        if (value)
            *value = found->value;
        return n;
    }
    return 0;
}

unsigned pack_look(const struct pack *pack, struct span s, unsigned lists)
{
    unsigned first = lower(s.at[0]), found = 0;
    const struct start *at = pack->starts + pack->start_from[first];
    const struct start *end = pack->starts + pack->start_from[first + 1];

    if (at == end) /* as with most that is not ASCII */
        return 0;
    for (uint64_t head = head_of(s); at < end; at++)
        found |= (head & at->mask) == at->prefix ? at->list : 0;
    return found & lists;
}

bool phrase_is(const struct phrases *p, struct span s)
{
    return s.len > 0 && phrase_at(p, s, false, NULL) == s.len;
}

/* Without a branch on what is there: few have any. */
uint64_t phrase_glance(const uint64_t begins[THREES], struct span s, size_t from, uint64_t places)
{
    size_t whole = s.len - from > 3 ? s.len - from - 3 : 0; /* places with four bytes from them */
    uint64_t late = whole < 64 ? ~UINT64_C(0) << whole : 0, found = places & late;

    for (places &= ~late; places; places &= places - 1) {
        unsigned three = phrase_three(s.at + from + __builtin_ctzll(places));

        found |= -(uint64_t)has_three(begins, three) & places & -places;
    }
    return found;
}

const char *phrase_in(const struct phrases *p, struct span s, int32_t *value)
{
    uint64_t before = 0; /* is the last byte of the block before one of a word? */

    for (size_t from = 0; p->n > 0 && from < s.len; from += 64) {
        size_t n = s.len - from < 64 ? s.len - from : 64;
        struct classes c = classes_of(s.at + from, n);
        uint64_t starts = phrase_glance(p->begins, s, from, word_starts(&c, n, &before));

        for (; starts; starts &= starts - 1) {
            size_t i = from + (size_t)__builtin_ctzll(starts);
            struct span rest = span(s.at + i, s.len - i);

            if (is_word_before(rest.at, s.at) && is_word_at(rest.at, s.at + s.len))
                continue;
            if (phrase_find(p, rest, false, value))
                return rest.at;
        }
    }
    return NULL;
}

/* Passes over a number as pages print it: 5.713, 50.76k, 12. */
static size_t number_at(const char *s, const char *end)
{
    const char *at = s;

    while (at < end &&
           (is_digit(*at) || (at > s && is_in(*at, ".,") && at + 1 < end && is_digit(at[1]))))
        at++;
    if (at > s && at < end && is_in(*at, "kKmM") && !is_word_at(at + 1, end))
        at++;
    return (size_t)(at - s);
}

/* A pattern against a whole line, which begins with the pattern's prefix. A blank before a colon of
 * the line is passed over, and a colon at its end. The last PATTERN_ANY seen is where we come back
 * to, so the work is pattern times line at most, and a line is at most RULE_LINE_MAX long. */
static bool pattern_is(const struct phrase *p, struct span s, struct span *rest)
{
    const char *pat = p->text + p->literal, *pat_end = p->text + p->len;
    const char *at = s.at + p->literal, *end = s.at + s.len;
    const char *back_pat = NULL, *back_at = NULL;

    if (!stands_for_others(pat_end[-1]) && lower(end[-1]) != (unsigned char)pat_end[-1] &&
        end[-1] != ':')
        return false; /* it ends otherwise, whatever is before */
    for (;;) {
        size_t n;

        if (pat < pat_end && *pat == PATTERN_ANY) {
            back_pat = ++pat;
            back_at = at;
            if (pat < pat_end)
                continue;
            *rest = span(at, (size_t)(end - at));
            return !(is_word_before(at, s.at) && is_word_at(at, end)); /* a word ends here */
        }
        if (pat == pat_end && (at == end || (end - at == 1 && *at == ':') ||
                               (end - at == 2 && at[0] == ' ' && at[1] == ':'))) {
            *rest = span(end, 0);
            return true;
        }
        if (pat < pat_end && *pat == PATTERN_NUMBER && (n = number_at(at, end)) > 0) {
            pat++;
            at += n;
            continue;
        }
        if (pat < pat_end && *pat == ':' && at + 1 < end && at[0] == ' ' && at[1] == ':')
            at++;
        if (pat < pat_end && at < end && lower(*at) == (unsigned char)*pat) {
            do { /* bytes that stand for themselves, mostly to the pattern's end */
                pat++;
                at++;
            } while (pat < pat_end && at < end && *pat >= 'a' && lower(*at) == (unsigned char)*pat);
            continue;
        }
        if (!back_pat || back_at >= end)
            return false;
        pat = back_pat;
        back_at++;
        while (!stands_for_others(*pat) && back_at < end && lower(*back_at) != (unsigned char)*pat)
            back_at++; /* nothing begins here */
        at = back_at;
    }
}

static const struct phrase *first_pattern(const struct phrases *p, struct span line,
                                          struct span *rest)
{
    struct candidates c = candidates_of(p, line);
    const struct phrase *pattern;
    uint64_t head = head_of(line);

    while ((pattern = next_candidate(&c, head)))
        if (pattern_is(pattern, line, rest))
            return pattern;
    return NULL;
}

/* Are the bytes that stand for themselves behind a pattern's number other ones than these? */
static bool goes_on_otherwise(const struct phrase *p, const char *at, const char *end)
{
    for (uint32_t i = 1; i < p->len && i < 3; i++, at++) {
        if (stands_for_others(p->text[i]))
            return false;
        if (at == end || lower(*at) != (unsigned char)p->text[i])
            return true;
    }
    return false;
}

/* Those that begin with a number: their second byte says nothing of the line's. */
static const struct phrase *first_number_pattern(const struct phrases *p, struct span line,
                                                 struct span *rest)
{
    const uint16_t *cell = p->cell + p->row[PATTERN_NUMBER] * PHRASE_ROW;
    const struct phrase *best = NULL;
    const char *end = line.at + line.len, *behind_number = line.at + number_at(line.at, end);

    for (unsigned i = cell[0]; i < cell[PHRASE_CLASSES]; i++) {
        struct span behind;

        if ((!best || p->at[i].len > best->len) &&
            !goes_on_otherwise(&p->at[i], behind_number, end) &&
            pattern_is(&p->at[i], line, &behind)) {
            best = &p->at[i];
            *rest = behind;
        }
    }
    return best;
}

/* The patterns that begin with any text: tried at the start and after each blank. */
static const struct phrase *inner_pattern(const struct phrases *p, struct span line,
                                          struct span *rest)
{
    uint64_t before = 1;

    for (size_t from = 0; p->n > 0 && from < line.len; from += 64) {
        size_t n = line.len - from < 64 ? line.len - from : 64;
        uint64_t blank = classes_of(line.at + from, n).blank, starts = blank << 1 | before;

        before = blank >> 63;
        for (starts &= n < 64 ? (UINT64_C(1) << n) - 1 : ~UINT64_C(0); starts;
             starts &= starts - 1) {
            size_t i = from + (size_t)__builtin_ctzll(starts);
            struct span tail = span(line.at + i, line.len - i);
            const struct phrase *found;

            if (phrase_may_begin(p, tail) && (found = first_pattern(p, tail, rest)))
                return found;
        }
    }
    return NULL;
}

enum role pack_line(const struct pack *pack, struct span line, bool inner, struct span *rest,
                    const char **pattern)
{
    const struct phrases *p = &pack->rules;
    const struct phrase *found;

    if (line.len == 0)
        return ROLE_NONE;
    if (line.len > RULE_LINE_MAX)
        line.len = RULE_LINE_MAX;
    found = pack_may_rule(pack, line) ? first_pattern(p, line, rest) : NULL;
    if (!found && p->row[PATTERN_NUMBER] && is_digit(line.at[0]))
        found = first_number_pattern(p, line, rest);
    if (!found && inner)
        found = inner_pattern(&pack->inner, line, rest);
    if (!found)
        return ROLE_NONE;
    *pattern = found->text;
    return (enum role)found->value;
}
