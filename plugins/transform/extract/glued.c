/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that lost their line feed: "... di lokasi pasar itu. Pewarta: Nama Editor: Nama COPYRIGHT ©
 * CONTOH 2024". Who wrote it and whose it is become a line of their own again before anybody looks,
 * so that the paragraph before them is judged and kept as if they had never been there. */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

/* Bytes: of the end that is looked at, of a role word with what is round it, of the shortest
 * paragraph, of a page's foot; and so many are before a colon that ends a role word behind a
 * paragraph. */
enum { TAIL = 240, LABEL = 24, PARAGRAPH = 40, FOOT = 60, BEFORE = PARAGRAPH + 3 };

/* Is the paragraph over where such a line may begin? */
static bool is_over(const struct pack *pack, struct span head)
{
    struct span inside;

    head = span_trim(head, " |");
    return head.len >= PARAGRAPH && (ends_sentence(head) || byline_mark(pack, head, &inside) > 0);
}

/* Where a role word may begin before this colon, with enough before it, bit i for i bytes behind
 * colon - BEFORE: behind a letter or digit, and behind one and a blank, no paragraph is over,
 * unless initials are before it. */
static uint64_t role_starts(const char *colon)
{
    const char *from = colon - BEFORE;
    struct classes c = classes_of(from, 48);
    uint64_t in = (UINT64_C(1) << (BEFORE - 2)) - (UINT64_C(1) << (BEFORE - LABEL));
    uint64_t within = c.word << 1 | (c.blank << 1 & c.word << 2);

    if (mark_signs(from) | mark_signs(from + 16) | mark_signs(from + 32 - (48 - BEFORE)))
        within = 0;
    return in & ~within;
}

/* Where the role word begins that ends at this colon, or NULL. */
static const char *role_before(const struct pack *pack, struct span s, const char *colon)
{
    if (colon - s.at < BEFORE)
        return NULL;
    for (uint64_t starts = role_starts(colon); starts;) {
        size_t i = 63 - (size_t)__builtin_clzll(starts), back = BEFORE - i;
        const char *at = colon - back;
        int32_t role = 0;
        size_t n = phrase_at(&pack->people, span(at, back), false, &role);

        if (n > 0 && span_trim(span(at + n, back - n), " /").len == 0 && !is_in(at[-1], "([") &&
            (role == PEOPLE_AUTHOR || role == PEOPLE_EDITOR) &&
            is_over(pack, span(s.at, (size_t)(at - s.at))))
            return at;
        starts ^= UINT64_C(1) << i;
    }
    return NULL;
}

/* Where the copyright line begins whose sign this is, or NULL. */
static const char *copyright_at(const struct pack *pack, struct span s, const char *sign)
{
    for (const char *at = sign; at > s.at && sign - at <= LABEL; at--)
        if ((at == sign || phrase_at(&pack->labels, span(at, (size_t)(sign - at)), false, NULL)) &&
            !is_word_before(at, s.at) && is_over(pack, span(s.at, (size_t)(at - s.at))))
            return at;
    return NULL;
}

/* The first byte of what is glued to a paragraph, or NULL. What is behind a line can be read
 * (SCAN_SLACK). */
static const char *glued_at(const struct pack *pack, struct span s)
{
    const char *end = s.at + s.len, *sign = NULL;

    if (s.len < PARAGRAPH + 8)
        return NULL;
    for (const char *from = s.len > TAIL ? end - TAIL : s.at; from < end; from += 64) {
        uint64_t marks = either_of(from, ':', '\xc2'); /* of copyright: C2 A9 */

        for (marks &= end - from < 64 ? (UINT64_C(1) << (end - from)) - 1 : ~UINT64_C(0); marks;
             marks &= marks - 1) {
            const char *mark = from + __builtin_ctzll(marks), *role;

            if (*mark != ':')
                sign = !sign && mark[1] == '\xa9' ? mark : sign;
            else if ((role = role_before(pack, s, mark)))
                return role;
        }
    }
    return sign ? copyright_at(pack, s, sign) : NULL;
}

/* The last blank of the last n bytes of s, 64 at most, behind the first of them, before which a
 * sentence ends; or NULL. None ends with a letter or digit, so that few blanks are looked at. */
static const char *last_end(struct span s, size_t n)
{
    const char *from = s.at + s.len - n;
    struct classes c = classes_of(from, 64); /* what is behind a line can be read (SCAN_SLACK) */
    uint64_t blanks = c.blank & ~(c.word << 1) & ~UINT64_C(1) & ~UINT64_C(0) >> (64 - n);

    while (blanks) {
        size_t last = 63 - (size_t)__builtin_clzll(blanks);

        if (ends_sentence(span(s.at, (size_t)(from + last - s.at))))
            return from + last;
        blanks ^= UINT64_C(1) << last;
    }
    return NULL;
}

/* Where a page's foot begins behind the last sentence: "... itu. HALAMAN SELANJUTNYA>>". */
static const char *foot_at(const struct pack *pack, struct span s)
{
    const char *end = s.at + s.len, *at, *why = NULL;
    struct span rest, tail;

    at = last_end(s, s.len < PARAGRAPH + FOOT ? s.len - PARAGRAPH : FOOT);
    if (!at)
        return NULL;
    tail = span_trim(span(at, (size_t)(end - at)), " ");
    if (tail.len < 4 || ends_sentence(tail))
        return NULL;
    switch (pack_line(pack, tail, true, &rest, &why)) {
    case ROLE_PAGER:
    case ROLE_PROMO:
    case ROLE_RELATED:
        return tail.at;
    default:
        return NULL;
    }
}

__attribute__((noinline)) static const char *part_at(const struct pack *pack,
                                                     const struct line *line)
{
    struct span s = line_span(line);
    const char *at = line->flags & (LINE_COLON | LINE_WIDE) ? glued_at(pack, s) : NULL;

    if (!at && !ends_sentence(s)) /* as a foot would */
        at = foot_at(pack, s);
    return at;
}

const char *glued_part(const struct pack *pack, const struct line *line)
{
    /* a sentence without a sign is neither, as most are */
    return line->len > PARAGRAPH &&
                   (line->flags & (LINE_COLON | LINE_WIDE) || !ends_sentence(line_span(line)))
               ? part_at(pack, line)
               : NULL;
}
