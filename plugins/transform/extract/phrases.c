/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up phrases and line patterns: a table by first byte, then the few that begin so, longest
 * first. No regular expressions; each pattern is matched in one pass with one way back. */
#include "pack.h"

#include "classes.h"

/* The first eight bytes of s, zeros behind its end, ASCII letters made small. */
static uint64_t head_of(struct span s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = 0, low, big;

    memcpy(&x, s.at, s.len < 8 ? s.len : 8);
    low = x & ones * 0x7f;
    big = (low + ones * (0x80 - 'A')) & ~(low + ones * (0x7f - 'Z')) & ~x & ones * 0x80;
    return x | big >> 2;
}

/* The phrases that a text with this head may begin with, longest first: those of its second byte's
 * class and those of any. */
struct candidates {
    const struct phrase *one, *one_end, *any, *any_end;
};

static struct candidates candidates_of(const struct phrases *p, struct span s, unsigned row)
{
    const uint16_t *cell = p->cell + row * PHRASE_ROW;
    unsigned class = s.len > 1 ? (unsigned char)s.at[1] & 31u : 0;

    return (struct candidates){ p->at + cell[class], p->at + cell[class + 1],
                                p->at + cell[PHRASE_ANY], p->at + cell[PHRASE_ANY + 1] };
}

/* NULL: no more. */
static const struct phrase *next_candidate(struct candidates *c, uint64_t head)
{
    for (;;) {
        const struct phrase *p;

        if (c->any < c->any_end && (c->one == c->one_end || c->any->len >= c->one->len))
            p = c->any++;
        else if (c->one < c->one_end)
            p = c->one++;
        else
            return NULL;
        if ((head & p->mask) == p->prefix)
            return p;
    }
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
    struct candidates c = candidates_of(p, s, p->row[(unsigned char)s.at[0]]);
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

static bool may_begin(const struct phrases *p, struct span s, uint64_t head)
{
    struct candidates c = candidates_of(p, s, p->row[(unsigned char)s.at[0]]);

    return p->n > 0 && next_candidate(&c, head);
}

unsigned pack_look(const struct pack *pack, struct span s, unsigned lists)
{
    const struct phrases *of[] = { &pack->credits, &pack->inner, &pack->told_to };
    uint64_t head = head_of(s);
    unsigned found = 0;

    for (unsigned i = 0; i < sizeof(of) / sizeof(of[0]); i++)
        if (lists >> i & 1 && may_begin(of[i], s, head))
            found |= 1u << i;
    return found;
}

bool phrase_is(const struct phrases *p, struct span s)
{
    return s.len > 0 && phrase_at(p, s, false, NULL) == s.len;
}

const char *phrase_in(const struct phrases *p, struct span s, int32_t *value)
{
    uint64_t before = 0; /* is the last byte of the block before one of a word? */

    for (size_t from = 0; p->n > 0 && from < s.len; from += 64) {
        size_t n = s.len - from < 64 ? s.len - from : 64;
        struct classes c = classes_of(s.at + from, n);

        for (uint64_t starts = word_starts(&c, n, &before); starts; starts &= starts - 1) {
            size_t i = from + (size_t)__builtin_ctzll(starts);
            struct span rest = span(s.at + i, s.len - i);

            if (!phrase_may_begin(p, rest) ||
                (is_word_before(rest.at, s.at) && is_word_at(rest.at, s.at + s.len)))
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
 * the line is passed over, and a colon at its end. The last PATTERN_ANY seen is where we come back to, so the work is pattern times line at most, and a line
 * is at most RULE_LINE_MAX long. */
static bool pattern_is(const struct phrase *p, struct span s, struct span *rest)
{
    const char *pat = p->text + p->literal, *pat_end = p->text + p->len;
    const char *at = s.at + p->literal, *end = s.at + s.len;
    const char *back_pat = NULL, *back_at = NULL;

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
            pat++;
            at++;
            continue;
        }
        if (!back_pat || back_at >= end)
            return false;
        pat = back_pat;
        at = ++back_at;
    }
}

static const struct phrase *first_pattern(const struct phrases *p, unsigned row, struct span line,
                                          struct span *rest)
{
    struct candidates c = candidates_of(p, line, row);
    const struct phrase *pattern;
    uint64_t head = head_of(line);

    while ((pattern = next_candidate(&c, head)))
        if (pattern_is(pattern, line, rest))
            return pattern;
    return NULL;
}

/* Those that begin with a number: their second byte says nothing of the line's. */
static const struct phrase *first_number_pattern(const struct phrases *p, struct span line,
                                                 struct span *rest)
{
    const uint16_t *cell = p->cell + p->row[PATTERN_NUMBER] * PHRASE_ROW;
    const struct phrase *best = NULL;

    for (unsigned i = cell[0]; i < cell[PHRASE_CLASSES]; i++) {
        struct span behind;

        if ((!best || p->at[i].len > best->len) && pattern_is(&p->at[i], line, &behind)) {
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

            if (phrase_may_begin(p, tail) &&
                (found = first_pattern(p, p->row[(unsigned char)tail.at[0]], tail, rest)))
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
    found = phrase_may_begin(p, line)
                ? first_pattern(p, p->row[(unsigned char)line.at[0]], line, rest)
                : NULL;
    if (!found && p->row[PATTERN_NUMBER] && is_digit(line.at[0]))
        found = first_number_pattern(p, line, rest);
    if (!found && inner)
        found = inner_pattern(&pack->inner, line, rest);
    if (!found)
        return ROLE_NONE;
    *pattern = found->text;
    return (enum role)found->value;
}
