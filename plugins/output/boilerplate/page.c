/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting a page into lines, and taking each line once. */
#include "page.h"

#include "common/hash.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_letter(unsigned char c)
{
    return c >= 0x80 || ((unsigned)(c | 0x20) - 'a') < 26;
}

/* Appends the line with single blanks to the text; its length there, or 0 for a line to leave out,
 * of which nothing stays. */
static size_t copy_line(struct buffer *text, const char *s, const char *end)
{
    char *to = buffer_room(text, (size_t)(end - s) + 1), *begin = to;
    bool gap = false, letter = false;

    if (!to)
        return 0;
    for (; s < end; s++) {
        unsigned char c = (unsigned char)*s;

        if (c <= ' ' || c == 0x7f) {
            gap = to > begin;
            continue;
        }
        if (gap)
            *to++ = ' ';
        gap = false;
        letter |= is_letter(c);
        *to++ = (char)c;
        if (to - begin > PAGE_LINE_BYTES)
            return 0;
    }
    if (!letter)
        return 0;
    text->len += (size_t)(to - begin);
    return (size_t)(to - begin);
}

static int by_hash(const void *a, const void *b)
{
    const struct page_line *x = a, *y = b;

    return x->hash < y->hash ? -1 : x->hash > y->hash ? 1 : (x->at > y->at) - (x->at < y->at);
}

static bool has_room(struct page_lines *p)
{
    size_t cap = p->cap ? 2 * p->cap : 256;
    struct page_line *more;

    if (p->n < p->cap)
        return true;
    more = realloc(p->line, cap * sizeof(*more));
    if (!more)
        return false;
    p->line = more;
    p->cap = cap;
    return true;
}

int page_lines_of(struct page_lines *p, const char *text, size_t n)
{
    const char *at = text, *end = text + n;
    size_t distinct = 0;

    p->n = p->text.len = 0;
    while (at < end && p->n < PAGE_LINES) {
        const char *feed = memchr(at, '\n', (size_t)(end - at)), *stop = feed ? feed : end;
        size_t from = p->text.len, len = copy_line(&p->text, at, stop);

        at = feed ? feed + 1 : end;
        if (len == 0)
            continue;
        if (!has_room(p))
            return -1;
        p->line[p->n++] = (struct page_line){ .hash = hash64(p->text.data + from, len),
                                              .at = (uint32_t)from,
                                              .len = (uint16_t)len };
    }
    if (p->text.failed)
        return -1;
    if (p->n > 0)
        qsort(p->line, p->n, sizeof(*p->line), by_hash);
    for (size_t i = 0; i < p->n; i++)
        if (i == 0 || p->line[i].hash != p->line[i - 1].hash)
            p->line[distinct++] = p->line[i];
    p->n = distinct;
    return 0;
}

void page_lines_mark(struct page_lines *p, const struct page_lines *of)
{
    for (size_t i = 0, k = 0; i < p->n; i++) {
        while (k < of->n && of->line[k].hash < p->line[i].hash)
            k++;
        p->line[i].left = k < of->n && of->line[k].hash == p->line[i].hash;
    }
}

void page_lines_free(struct page_lines *p)
{
    free(p->line);
    buffer_free(&p->text);
    p->line = NULL;
    p->n = p->cap = 0;
}
