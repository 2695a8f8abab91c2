/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up phrases and line patterns: a table by first byte, then the few that begin so, longest
 * first. No regular expressions; each pattern is matched in one pass with one way back. */
#include "pack.h"

/* Does a text with small ASCII letters stand at s? Its bytes there, or 0. */
static size_t text_at(const struct phrase *p, struct span s)
{
    if (s.len < p->len)
        return 0;
    for (uint32_t i = 0; i < p->len; i++)
        if (lower(s.at[i]) != (unsigned char)p->text[i])
            return 0;
    return p->len;
}

size_t phrase_find(const struct phrases *p, struct span s, bool loose, int32_t *value)
{
    unsigned char b = lower(s.at[0]), second;

    second = s.len > 1 ? lower(s.at[1]) : 0;
    for (uint32_t i = p->first[b]; i < p->first[b + 1]; i++) {
        size_t n;

        if (p->at[i].second != second && p->at[i].len > 1)
            continue;
        n = text_at(&p->at[i], s);
        if (!n)
            continue;
        if (!loose && is_word_before(s.at + n, s.at) && is_word_at(s.at + n, s.at + s.len))
            continue;
        if (value)
            *value = p->at[i].value;
        return n;
    }
    return 0;
}

bool phrase_is(const struct phrases *p, struct span s)
{
    return s.len > 0 && phrase_at(p, s, false, NULL) == s.len;
}

const char *phrase_in(const struct phrases *p, struct span s, int32_t *value)
{
    for (size_t i = 0; p->n > 0 && i < s.len; i += char_size(s.at[i])) {
        if (!phrase_may_begin(p, span(s.at + i, s.len - i)))
            continue;
        if (is_word_before(s.at + i, s.at) && is_word_at(s.at + i, s.at + s.len))
            continue;
        if (phrase_at(p, span(s.at + i, s.len - i), false, value))
            return s.at + i;
    }
    return NULL;
}

/* Passes over a number as pages print it: 5.713, 50.76k, 12. */
static size_t number_at(const char *s, const char *end)
{
    const char *at = s;

    while (at < end &&
           (is_digit(*at) || (at > s && strchr(".,", *at) && at + 1 < end && is_digit(at[1]))))
        at++;
    if (at > s && at < end && strchr("kKmM", *at) && !is_word_at(at + 1, end))
        at++;
    return (size_t)(at - s);
}

/* A pattern against a whole line. A blank before a colon of the line is passed over, and a colon
 * at its end. The last
 * PATTERN_ANY seen is where we come back to, so the work is pattern times line at most, and a line
 * is at most RULE_LINE_MAX long. */
static bool pattern_is(const struct phrase *p, struct span s, struct span *rest)
{
    const char *pat = p->text, *pat_end = pat + p->len;
    const char *at = s.at, *end = s.at + s.len;
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

static const struct phrase *first_pattern(const struct phrases *p, unsigned char b,
                                          struct span line, struct span *rest)
{
    unsigned char second = line.len > 1 ? lower(line.at[1]) : 0;

    for (uint32_t i = p->first[b]; i < p->first[b + 1]; i++) {
        const struct phrase *pattern = &p->at[i];

        if (pattern->second > ':' && b > PATTERN_ANY && pattern->second != second)
            continue;
        if (pattern_is(pattern, line, rest))
            return pattern;
    }
    return NULL;
}

/* The patterns that begin with any text, in one pass over the line: tried after each blank. */
static const struct phrase *inner_pattern(const struct phrases *p, struct span line,
                                          struct span *rest)
{
    const char *at = line.at, *end = line.at + line.len;

    while (p->n > 0 && at < end) {
        const struct phrase *found = NULL;

        if (phrase_may_begin(p, span(at, (size_t)(end - at))))
            found = first_pattern(p, lower(*at), span(at, (size_t)(end - at)), rest);
        if (found)
            return found;
        at = memchr(at, ' ', (size_t)(end - at));
        at = at ? at + 1 : end;
    }
    return NULL;
}

enum role pack_line(const struct pack *pack, struct span line, struct span *rest,
                    const char **pattern)
{
    const struct phrases *p = &pack->rules;
    const struct phrase *found;

    if (line.len == 0)
        return ROLE_NONE;
    if (line.len > RULE_LINE_MAX)
        line.len = RULE_LINE_MAX;
    found = p->n > 0 && phrase_may_begin(p, line) ? first_pattern(p, lower(line.at[0]), line, rest)
                                                  : NULL;
    if (!found && p->n > 0 && is_digit(line.at[0]))
        found = first_pattern(p, PATTERN_NUMBER, line, rest);
    if (!found)
        found = inner_pattern(&pack->inner, line, rest);
    if (!found)
        return ROLE_NONE;
    *pattern = found->text;
    return (enum role)found->value;
}
