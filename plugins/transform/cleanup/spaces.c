/* SPDX-License-Identifier: Apache-2.0 */
/* Line ends become LF. Spaces of any kind become one plain space, none at either end of a line;
 * of empty lines that follow each other one is kept, since a paragraph ends there. */
#include "clean.h"
#include "chars.h"
#include "common/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Up to a byte that an odd line end may begin with. */
static const char *skip_line(const char *at, const char *end)
{
    while (at < end) {
        unsigned char c = (unsigned char)*at;

        if (c == 0xc2 || c == 0xe2 || (c >= 0x0b && c <= 0x0d))
            break;
        at++;
    }
    return at;
}

uint64_t repair_line_ends(const char *s, size_t n, struct buffer *out)
{
    const char *end = s + n, *kept = s, *at = s;
    uint64_t count = 0;

    while ((at = skip_line(at, end)) < end) {
        const char *from = at;

        if (!odd_line_end(utf8_next(&at, end)))
            continue;
        if (*from == '\r' && at < end && *at == '\n')
            at++;
        buffer_append(out, kept, (size_t)(from - kept));
        buffer_byte(out, '\n');
        kept = at;
        count++;
    }
    if (count > 0)
        buffer_append(out, kept, (size_t)(end - kept));
    return count;
}

/* Where a run of spaces ends that begins at `at`; `at` when none does. */
static const char *skip_spaces(const char *at, const char *end)
{
    while (at < end) {
        const char *next = at;
        uint32_t c = utf8_next(&next, end);

        if (c != ' ' && c != '\t' && !exotic_space(c))
            break;
        at = next;
    }
    return at;
}

struct spacing {
    const char *kept; /* from here on nothing is in out yet */
    struct buffer *out;
    unsigned feeds; /* LFs in a row before this place; at the start of the text one */
    uint64_t count;
};

static void put(struct spacing *p, const char *from, const char *to, bool space)
{
    buffer_append(p->out, p->kept, (size_t)(from - p->kept));
    if (space)
        buffer_byte(p->out, ' ');
    p->kept = to;
    p->count++;
}

/* A run of spaces from `from` to `to`: nothing at a line's ends, else one plain space. */
static void take_spaces(struct spacing *p, const char *from, const char *to, const char *end)
{
    bool inside = p->feeds == 0 && to < end && *to != '\n';

    if (!inside || to - from > 1 || *from != ' ')
        put(p, from, to, inside);
}

/* Not LF, and no part of a space or of a run of them: ASCII, and all characters but those with
 * first bytes C2 and E1 to E3. */
static bool ordinary(char byte)
{
    unsigned char c = (unsigned char)byte;

    return c > ' ' && c != 0xc2 && (c < 0xe1 || c > 0xe3);
}

#ifdef __SSE2__
/* A bit for each of 16 bytes that is not ordinary. */
static unsigned odd_bytes(__m128i b)
{
    const __m128i blank = _mm_set1_epi8(' '), two = _mm_set1_epi8(2);
    __m128i from_e1 = _mm_sub_epi8(b, _mm_set1_epi8((char)0xe1));
    __m128i odd = _mm_cmpeq_epi8(_mm_min_epu8(b, blank), b);

    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(b, _mm_set1_epi8((char)0xc2)));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(_mm_min_epu8(from_e1, two), from_e1));
    return (unsigned)_mm_movemask_epi8(odd);
}

/* skip_words over whole blocks; where it stops the bytes are looked at one by one. */
static const char *skip_blocks(const char *at, const char *end)
{
    for (; end - at > 16; at += 16) {
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(at + 1));
        unsigned blanks = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(b, _mm_set1_epi8(' ')));
        unsigned stop = odd_bytes(b) & ~(blanks & ~odd_bytes(next));

        if (stop)
            return at + __builtin_ctz(stop);
    }
    return at;
}
#else
static const char *skip_blocks(const char *at, const char *end)
{
    (void)end;
    return at;
}
#endif

/* Words with one space between them. */
static const char *skip_words(const char *at, const char *end)
{
    at = skip_blocks(at, end);
    for (;;) {
        while (at < end && ordinary(*at))
            at++;
        if (end - at < 2 || *at != ' ' || !ordinary(at[1]))
            return at;
        at += 2;
    }
}

uint64_t repair_spaces(const char *s, size_t n, struct buffer *out)
{
    struct spacing p = { .kept = s, .out = out, .feeds = 1 };
    const char *end = s + n, *at = s;

    while (at < end) {
        const char *next;

        if (ordinary(*at)) {
            p.feeds = 0;
            at = skip_words(at, end);
            continue;
        }
        next = skip_spaces(at, end);
        if (next > at) {
            take_spaces(&p, at, next, end);
            at = next;
        } else if (*at == '\n') {
            if (++p.feeds > 2)
                put(&p, at, at + 1, false);
            at++;
        } else {
            p.feeds = 0;
            utf8_next(&at, end);
        }
    }
    if (p.count > 0)
        buffer_append(out, p.kept, (size_t)(end - p.kept));
    return p.count;
}
