/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of a page and the tally of its lines.
 *
 * A line pulls with as many words as it has, or as its found words bear; each language gets of that
 * the part that its votes are of the line's best. So a quotation is outvoted by the lines around it
 * even when its language has more function words than theirs, and a list of names says little. */
#include "vote.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    LINE_WORDS = 48, /* a longer line counts as several */
    BEARS = 3,       /* words of the text that one found word speaks for */
    SHIFT = 20,      /* of fractions */
    LONG_WORD = 10   /* bytes; scripts without spaces have words of any length */
};

/* The line being read. */
struct line {
    uint16_t votes[WORDS_LANGUAGES]; /* at most LINE_WORDS times 255 */
    uint32_t words;
    uint32_t found; /* votes of the words found, each as its heaviest language has it */
};

static void close_line(const struct words *w, struct line *line, struct vote *v)
{
    uint32_t best = 0;

    if (line->found == 0) { /* many lines of a page are labels */
        line->words = 0;
        return;
    }
    uint64_t pull = (uint64_t)line->found * BEARS * VOTE_SCALE / WORDS_WEIGHT;

    for (size_t i = 0; i < w->n; i++)
        best = line->votes[i] > best ? line->votes[i] : best;
    if (best > 0) {
        if (pull > (uint64_t)line->words * VOTE_SCALE)
            pull = (uint64_t)line->words * VOTE_SCALE;
        uint64_t each = (pull << SHIFT) / best; /* at most 2^36: no overflow below */

        for (size_t i = 0; i < w->n; i++)
            v->tally[i] += each * line->votes[i] >> SHIFT;
        v->pull += (double)pull / VOTE_SCALE;
        memset(line->votes, 0, w->n * sizeof(line->votes[0]));
    }
    line->words = line->found = 0;
}

#ifdef __SSE2__
static inline void add_row(uint16_t *to, const uint8_t *row, size_t n)
{
    const __m128i zero = _mm_setzero_si128();

    for (size_t i = 0; i < n; i += 16) {
        __m128i votes = _mm_loadu_si128((const __m128i *)(const void *)(row + i));
        __m128i *low = (__m128i *)(void *)(to + i), *high = (__m128i *)(void *)(to + i + 8);

        _mm_storeu_si128(low, _mm_add_epi16(_mm_loadu_si128(low), _mm_unpacklo_epi8(votes, zero)));
        _mm_storeu_si128(high,
                         _mm_add_epi16(_mm_loadu_si128(high), _mm_unpackhi_epi8(votes, zero)));
    }
}
#else
static inline void add_row(uint16_t *to, const uint8_t *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (uint16_t)(to[i] + row[i]);
}
#endif

static inline void add_word(const struct words *w, struct line *line, uint64_t hash)
{
    const struct words_entry *e = words_look_up(w, hash);

    if (!e)
        return;
    line->found += e->weight;
    add_row(line->votes, w->rows + e->row * w->width, w->width);
}

/* Two neighbours that the vote must part without CLD2. */
static bool only_vote(const struct words *w, size_t a, size_t b)
{
    return words_near(w, a, b) && w->language[a].alone && w->language[b].alone;
}

/* The best, and the one behind it that is not its neighbour. Of neighbours, which have most words
 * in common, the one that stands first in the file is taken unless the other leads by more than
 * chance: 1 / sqrt(pull). */
static void rank(const struct words *w, struct vote *v)
{
    size_t best = 0;
    uint64_t next = 0;

    v->best = v->second = -1;
    for (size_t i = 1; i < w->n; i++)
        if (v->tally[i] > v->tally[best])
            best = i;
    if (w->n == 0 || v->tally[best] == 0)
        return;
    for (size_t i = 0; i < best; i++) {
        double lead = 1 - (double)v->tally[i] / (double)v->tally[best];

        if (only_vote(w, i, best) && lead * lead * v->pull < 1) {
            best = i;
            break;
        }
    }
    for (size_t i = 0; i < w->n; i++) {
        if (i != best && v->tally[i] > next && !only_vote(w, i, best)) {
            next = v->tally[i];
            v->second = (int)i;
        }
    }
    v->best = (int)best;
    v->lead = 1 - (double)next / (double)v->tally[best];
    v->share = (double)v->tally[best] / VOTE_SCALE / v->pull;
}

/* Counts the words of the window, and gives the places of those that some list may have. Whether
 * one is such a word is as good as chance, so there is no branch on it. */
static size_t find_words(const struct words *w, const struct tokens *t, uint16_t *to,
                         struct vote *v)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct token *k = &t->list[i];
        size_t word = !k->digit;

        v->tokens += word;
        v->bytes += word * k->text_len;
        to[n] = (uint16_t)i;
        n += word & words_may_have(w, k->hash);
    }
    return n;
}
_Static_assert(TOKENS_MAX <= UINT16_MAX, "places in a window");

void vote_count(const struct words *w, struct tokens *scratch, const char *text, size_t n,
                struct vote *v)
{
    struct line line = { .words = 0 };
    const char *line_end = text;
    uint16_t found[TOKENS_MAX];

    memset(v, 0, sizeof(*v));
    tokens_begin(scratch, text, n);
    while (tokens_next(scratch)) {
        size_t n_found = find_words(w, scratch, found, v), at = 0;

        for (size_t i = 0; i < scratch->n;) {
            const char *begin = text + scratch->list[i].at;

            if (begin >= line_end || line.words == LINE_WORDS) {
                close_line(w, &line, v);
                if (begin >= line_end) {
                    line_end = memchr(begin, '\n', n - scratch->list[i].at);
                    line_end = line_end ? line_end : text + n;
                }
            }
            while (i < scratch->n && text + scratch->list[i].at < line_end &&
                   line.words < LINE_WORDS)
                line.words += !scratch->list[i++].digit;
            for (; at < n_found && found[at] < i; at++)
                add_word(w, &line, scratch->list[found[at]].hash);
        }
    }
    close_line(w, &line, v);
    rank(w, v);
}

double vote_words(const struct vote *v)
{
    double by_bytes = (double)v->bytes / LONG_WORD;

    return by_bytes > (double)v->tokens ? by_bytes : (double)v->tokens;
}

bool vote_sure(const struct words *w, const struct vote *v)
{
    double spare = v->lead - 0.1; /* 0.1 + 1.5 / sqrt(pull), squared to need no square root */

    if (v->best < 0 || v->pull < 6 || v->pull < 0.5 * vote_words(v))
        return false;
    if (v->second >= 0 && words_near(w, (size_t)v->best, (size_t)v->second))
        spare -= 0.1;
    return spare > 0 && spare * spare * v->pull >= 1.5 * 1.5;
}
