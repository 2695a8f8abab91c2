/* SPDX-License-Identifier: Apache-2.0 */
/* A page's text to its lines: blanks single, ends trimmed. Most lines are so already, and stay
 * where they are; the others are copied. Each is looked at by itself where it is found, and parted
 * from what is glued to it. */
#define _GNU_SOURCE
#include "scan.h"

#include "classes.h"
#include "feeds.h"

#include <stdlib.h>

static int room(void **at, size_t *cap, size_t need, size_t size)
{
    size_t more = *cap ? *cap : 64;
    void *to;

    if (need <= *cap)
        return 0;
    while (more < need)
        more += more / 2 + 64;
    to = realloc(*at, more * size);
    if (!to)
        return -1;
    *at = to;
    *cap = more;
    return 0;
}

static int lines_room(struct scratch *s, size_t n)
{
    return room((void **)&s->lines, &s->lines_cap, n, sizeof(*s->lines));
}

/* Copies what needs no look, up to the first byte that does or the end; at least one byte does not.
 * There is room for 16 bytes more than that. Returns where the copy ends; *from is moved. */
static char *copy_plain(char *to, const char **from, const char *end)
{
    const char *s = *from;
    char last[32] = { 0 }; /* a control needs a look: it ends there */
    unsigned odd = 0;

    for (; end - s > 16 && (odd = odd_of_16(s)) == 0; s += 16, to += 16)
        memcpy(to, s, 16);
    if (end - s > 16) {
        memcpy(to, s, 16);
    } else {
        memcpy(last, s, (size_t)(end - s));
        odd = odd_of_16(last);
        memcpy(to, last, 16);
        if (odd == 0) /* 16 bytes to the very end */
            odd = 1u << 16;
    }
    *from = s + __builtin_ctz(odd);
    return to + __builtin_ctz(odd);
}

/* Copies a line with single blanks, ends trimmed; returns where the copy ends. */
static char *copy_line(char *to, const char *s, const char *end)
{
    char *begin = to;
    bool gap = false;

    while (s < end) {
        unsigned char c = (unsigned char)*s;
        bool blank = c <= ' ' || c == 0x7f;
        size_t n = 1;

        if (c > ' ' && c < 0x7f) { /* most text */
            if (gap && to > begin)
                *to++ = ' ';
            to = copy_plain(to, &s, end);
            gap = to[-1] == ' '; /* perhaps the line's end */
            to -= gap;
            continue;
        }
        if (c == 0xc2 || c == 0xe2 || c == 0xe3 || c == 0xef) {
            n = odd_blank(s, (size_t)(end - s), &blank);
            if (n == 0) {
                n = 1;
                blank = false;
            } else if (!blank) {
                s += n;
                continue;
            }
        }
        if (blank) {
            gap = true;
        } else {
            if (gap && to > begin)
                *to++ = ' ';
            gap = false;
            *to++ = *s;
        }
        s += n;
    }
    return to;
}

/* The blanks of ASCII off both ends. */
static struct span trim_blanks(const char *at, const char *end)
{
    while (at < end && ((unsigned char)*at <= ' ' || *at == 0x7f))
        at++;
    while (end > at && ((unsigned char)end[-1] <= ' ' || end[-1] == 0x7f))
        end--;
    return span(at, (size_t)(end - at));
}

/* Is it known of an earlier page what the line looks like? Else its bytes alone are looked at. */
static bool recall(const struct work *w, struct line *line)
{
    bool known = seen_before(w, line);

    if (!known)
        scan_line(w->pack, line);
    return known;
}

/* Makes the line one of a copy of it up to `to`; *copy is where that begins, then where it ends.
 * False where nothing is left of it. */
static bool take_copy(const struct work *w, struct line *line, const char *to, char **copy)
{
    char *begin = *copy;

    *copy = copy_line(begin, line->at, to);
    memset(*copy, 0, SCAN_SLACK);
    begin_line(line, span(begin, (size_t)(*copy - begin)), line->number);
    find_slot(w, line);
    return *copy > begin;
}

/* Finds the lines: where each stands, trimmed; blank ones are left out. What is known of lines like
 * them is then on its way from memory. 0, or -1 when memory is out. */
static int find_lines(struct work *w, const char *text, size_t n)
{
    struct scratch *s = w->scratch;
    struct feeds feeds;
    uint32_t number = 0;

    feeds_begin(&feeds, text, n);
    for (size_t at = 0, feed; at < n; at = feed + 1) {
        /* With so many lines it is no news page: what is left goes as one. */
        bool all = w->n == MAX_LINES - 1;
        struct span trimmed;

        feed = all ? n : feeds_next(&feeds);
        number++;
        trimmed = trim_blanks(text + at, text + feed);
        if (trimmed.len == 0)
            continue;
        if (lines_room(s, w->n + 1) != 0)
            return -1;
        begin_line(&s->lines[w->n], trimmed, number);
        if (text + n - (trimmed.at + trimmed.len) >= SCAN_SLACK)
            find_slot(w, &s->lines[w->n]);
        w->n++;
    }
    return 0;
}

/* Lines on their way: those before w->n are done, those from next to found stand as they were
 * found. The one between is under way, at w->n. */
struct way {
    size_t next, found;
};

/* Ends the line under way with its first part, up to `at`, and makes the rest the next one. 0, or
 * -1 when memory is out. */
static int part_line(struct work *w, struct way *way, const char *at)
{
    struct scratch *s = w->scratch;
    struct line *line = &s->lines[w->n];
    struct span whole = line_span(line);
    uint32_t number = line->number;

    begin_line(line, span_trim(span(whole.at, (size_t)(at - whole.at)), " |"), number);
    find_slot(w, line);
    if (!recall(w, line))
        look_at(w, line); /* but it is not remembered: more may be glued to it elsewhere */
    if (++w->n == way->next) {
        if (lines_room(s, way->found + 1) != 0)
            return -1;
        memmove(&s->lines[w->n + 1], &s->lines[w->n], (way->found - w->n) * sizeof(*s->lines));
        way->next++;
        way->found++;
    }
    line = &s->lines[w->n];
    begin_line(line, span(at, (size_t)(whole.at + whole.len - at)), number);
    find_slot(w, line);
    return 0;
}

/* Looks at the line under way, as no earlier page had it. What is glued to it becomes a line of its
 * own. 0, or -1 when memory is out. */
static int finish_line(struct work *w, struct way *way)
{
    struct line *line = &w->scratch->lines[w->n];
    const char *at;

    while (way->found < MAX_LINES && (at = glued_part(w->pack, line))) {
        if (part_line(w, way, at) != 0)
            return -1;
        line = &w->scratch->lines[w->n];
        if (recall(w, line))
            return 0;
    }
    look_at(w, line);
    remember(w, line);
    return 0;
}

int split_lines(struct work *w, const char *text, size_t n)
{
    struct scratch *s = w->scratch;
    struct way way = { 0 };
    const char *end = text + n;
    char *copy;

    if (room((void **)&s->text, &s->text_cap, n + SCAN_SLACK, 1) != 0 ||
        find_lines(w, text, n) != 0)
        return -1;
    copy = s->text;
    way.found = w->n;
    w->n = 0;
    while (way.next < way.found) {
        struct line *line = &s->lines[w->n];
        bool known = false;
        const char *to;

        if (w->n < way.next)
            *line = s->lines[way.next];
        way.next++;
        to = line->at + line->len;
        if (end - to >= SCAN_SLACK)
            known = recall(w, line);
        if (end - to < SCAN_SLACK || line->flags & LINE_ODD) {
            if (!take_copy(w, line, to, &copy))
                continue;
            known = recall(w, line);
        }
        if (!known && finish_line(w, &way) != 0)
            return -1;
        w->n++;
    }
    return 0;
}
