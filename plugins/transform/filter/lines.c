/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and paragraphs: how they begin and end, and which stand twice. */
#include "measure.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool starts(const char *s, size_t n, const char *with)
{
    size_t len = strlen(with);

    return n >= len && memcmp(s, with, len) == 0;
}

static bool ends(const char *s, size_t n, const char *with)
{
    size_t len = strlen(with);

    return n >= len && memcmp(s + n - len, with, len) == 0;
}

/* Does a sentence end here? Closing quotes and brackets count, as FineWeb-2's rule has it. */
static bool is_ended(const char *s, size_t n)
{
    static const char *const marks[] = {
        "\xe2\x80\xa6", "\xe2\x80\x9d", "\xe2\x80\x99", "\xc2\xbb",     "\xe3\x80\x82",
        "\xef\xbc\x81", "\xef\xbc\x9f", "\xd8\x9f",     "\xe0\xa5\xa4", "\xdb\x94",
    };

    if (memchr(".!?\"')", s[n - 1], 6))
        return true;
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (ends(s, n, marks[i]))
            return true;
    return false;
}

static bool is_bullet(const char *s, size_t n)
{
    static const char *const bullets[] = { "-",
                                           "*",
                                           "\xe2\x80\xa2",
                                           "\xe2\x80\xa3",
                                           "\xe2\x96\xaa",
                                           "\xe2\x97\xa6",
                                           "\xe2\x97\x8f",
                                           "\xc2\xb7" };

    for (size_t i = 0; i < sizeof(bullets) / sizeof(*bullets); i++)
        if (starts(s, n, bullets[i]))
            return true;
    return false;
}

static uint64_t read_line(struct measure *m, const char *s, size_t n)
{
    uint64_t chars = count_chars(s, n);

    m->breaks += m->lines > 0;
    m->lines++;
    m->line_chars += chars;
    m->bullet_lines += is_bullet(s, n);
    m->ellipsis_lines += ends(s, n, "...") || ends(s, n, "\xe2\x80\xa6");
    m->ended_lines += is_ended(s, n);
    return chars;
}

/* Lines and paragraphs share the table: this keeps them apart. */
static const uint64_t paragraph_seed = UINT64_C(0x70617261677261);

struct paragraph {
    uint64_t hash, lines, chars;
};

static void end_paragraph(struct measure *m, struct gram_table *t, struct paragraph *p)
{
    if (p->lines > 0) {
        m->paragraphs++;
        m->paragraph_chars += p->chars;
        if (gram_table_add(t, p->hash ^ paragraph_seed, m->lines <= MEASURE_MAX_TOKENS) > 1) {
            m->duplicate_paragraphs++;
            m->duplicate_paragraph_chars += p->chars;
        }
    }
    *p = (struct paragraph){ 0, 0, 0 };
}

/* A text of n bytes has at most n / 2 lines that hold something. */
static size_t most_lines(size_t n)
{
    size_t lines = n / 2 + 1;

    return lines < MEASURE_MAX_TOKENS ? lines : MEASURE_MAX_TOKENS;
}

static size_t count_breaks(const char *text, size_t n)
{
    size_t breaks = 1, most = most_lines(n);

    for (const char *at = text, *end = text + n; breaks < most; breaks++) {
        at = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (!at)
            break;
        at++;
    }
    return breaks;
}

bool measure_lines(struct measure *m, struct measure_scratch *s, const char *text, size_t n)
{
    const char *at = text, *end = text + n;
    struct paragraph p = { 0, 0, 0 };

    if (!gram_table_begin(&s->table, 2 * count_breaks(text, n) + 2))
        return false;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *next = newline ? newline + 1 : end, *stop = newline ? newline : end;

        while (at < stop && is_blank(*at))
            at++;
        while (stop > at && is_blank(stop[-1]))
            stop--;
        if (at == stop) {
            end_paragraph(m, &s->table, &p);
        } else {
            uint64_t chars = read_line(m, at, (size_t)(stop - at));
            uint64_t hash = hash64(at, (size_t)(stop - at));

            if (gram_table_add(&s->table, hash, m->lines <= MEASURE_MAX_TOKENS) > 1) {
                m->duplicate_lines++;
                m->duplicate_line_chars += chars;
            }
            p.hash = hash_mix(p.hash ^ TOKEN_K0, hash ^ TOKEN_K1);
            p.chars += chars + (p.lines > 0);
            p.lines++;
        }
        at = next;
    }
    end_paragraph(m, &s->table, &p);
    return true;
}
