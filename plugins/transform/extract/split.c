/* SPDX-License-Identifier: Apache-2.0 */
/* A page's text to its lines: blanks single, ends trimmed. Most lines are so already, and stay
 * where they are; the others are copied. */
#define _GNU_SOURCE
#include "scan.h"

#include "classes.h"

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

int lines_room(struct scratch *s, size_t n)
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

/* Copies the line at *from with single blanks, ends trimmed; returns where the copy ends, and *from
 * is then its line feed or the end. all: line feeds are blanks, too. */
static char *copy_line(char *to, const char **from, const char *end, bool all)
{
    const char *s = *from;
    char *begin = to;
    bool gap = false;

    while (s < end && (*s != '\n' || all)) {
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
    *from = s;
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

static void scan_or_see(const struct work *w, struct line *line)
{
    if (seen_before(w, line))
        line->flags |= LINE_SEEN;
    else
        scan_line(w->pack, line);
}

void scan_or_recall(const struct work *w, struct line *line)
{
    find_slot(w, line);
    scan_or_see(w, line);
}

/* Makes s, trimmed, a line; false where it must be copied. */
static bool take(const struct work *w, struct line *line, struct span s)
{
    *line = fresh_line(s, line->number);
    scan_or_recall(w, line);
    return !(line->flags & LINE_ODD);
}

/* The same of a copy of from to to; *copy is where it begins, then where it ends. False where
 * nothing is left of it. */
static bool take_copy(const struct work *w, struct line *line, const char *from, const char *to,
                      char **copy, bool all)
{
    char *begin = *copy;

    *copy = copy_line(begin, &from, to, all);
    memset(*copy, 0, SCAN_SLACK);
    return *copy > begin && take(w, line, span(begin, (size_t)(*copy - begin)));
}

/* Finds the lines: where each stands, trimmed; blank ones are left out. What is known of lines like
 * them is then on its way from memory. 0, or -1 when memory is out. */
static int find_lines(struct work *w, const char *text, size_t n)
{
    struct scratch *s = w->scratch;
    const char *end = text + n;
    uint32_t number = 0;

    for (const char *at = text, *feed; at < end; at = feed + 1) {
        /* With so many lines it is no news page: what is left goes as one. */
        bool all = w->n == MAX_LINES - 1;
        struct span trimmed;

        feed = all ? NULL : memchr(at, '\n', (size_t)(end - at));
        feed = feed ? feed : end;
        number++;
        trimmed = trim_blanks(at, feed);
        if (trimmed.len == 0)
            continue;
        if (lines_room(s, w->n + 1) != 0)
            return -1;
        s->lines[w->n] = fresh_line(trimmed, number);
        if (end - (trimmed.at + trimmed.len) >= SCAN_SLACK)
            find_slot(w, &s->lines[w->n]);
        w->n++;
    }
    return 0;
}

int split_lines(struct work *w, const char *text, size_t n)
{
    struct scratch *s = w->scratch;
    const char *end = text + n;
    size_t found, k = 0;
    char *copy;

    if (room((void **)&s->text, &s->text_cap, n + SCAN_SLACK, 1) != 0 ||
        find_lines(w, text, n) != 0)
        return -1;
    copy = s->text;
    found = w->n;
    for (size_t i = 0; i < found; i++) {
        struct line *line = &s->lines[k];
        const char *to;

        *line = s->lines[i];
        to = line->at + line->len;
        if (end - to >= SCAN_SLACK) {
            scan_or_see(w, line);
            if (!(line->flags & LINE_ODD)) {
                k++;
                continue;
            }
        }
        k += take_copy(w, line, line->at, to, &copy, i == MAX_LINES - 1);
    }
    w->n = k;
    return 0;
}
