/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of tokens.c, written once and built for each kind of processor: the file that includes
 * it says how 64 bytes become a mask and how a short run is folded. 64 bytes at a time become a
 * mask of word bytes, whose edges are where runs begin and end; a run of up to 16 bytes of ASCII is
 * folded and hashed in two words, any other goes to tokens_add_run.
 *
 * Before it is included, these stand:
 *   SCAN        attributes of each function here
 *   word_mask   a bit for each of 64 bytes: an ASCII letter or digit, or not ASCII
 *   line_mask   a bit for each that ends a line
 *   put_bits    writes where the bits of a mask are, and up to 7 places more; returns the end
 *   fold_short  see `struct short_run` */
#ifndef COMMON_TOKENS_SCAN_H
#define COMMON_TOKENS_SCAN_H

#include "common/tokens-run.h"

/* Where each line ends among the edges of a block: the runs that end before it. Two are written
 * whether there are as many or not, for a branch on the first would be mispredicted. */
SCAN size_t put_lines(uint16_t *to, size_t edges_before, uint64_t edges, uint64_t ends)
{
    size_t n = count_bits(ends);

    for (size_t i = 0; i < 2 || i < n; i++) {
        to[i] = (uint16_t)((edges_before + count_bits(edges & (ends ^ (ends - 1)))) / 2);
        ends &= ends - 1;
    }
    return n;
}

/* Places where the mask changes, as positions in the window; begin and end by turns. */
SCAN size_t find_edges(struct tokens *t, const char *s, size_t n, unsigned wanted)
{
    uint16_t *at = t->edges;
    uint64_t last = 0;

    for (size_t i = 0; i < n; i += 64) {
        char tail[64];
        const char *block = s + i;

        if (n - i < 64) {
            memset(tail, 0, sizeof(tail));
            memcpy(tail, s + i, n - i);
            block = tail;
        }
        uint64_t mask = word_mask(block);
        uint64_t edges = mask ^ (mask << 1 | last);

        if (wanted & TOKENS_WITH_LINES)
            t->lines +=
                put_lines(t->line + t->lines, (size_t)(at - t->edges), edges, line_mask(block));
        last = mask >> 63;
        at = put_bits(at, i, edges);
    }
    if (last)
        *at++ = (uint16_t)n;
    return (size_t)(at - t->edges);
}

/* Lines were counted in runs. Those that end before run number `run`, which comes behind so many
 * tokens, get their place among the tokens; the first `placed` have it. Returns how many have now.
 */
SCAN size_t place_lines(struct tokens *t, size_t placed, size_t run, size_t tokens)
{
    for (; placed < t->lines && t->line[placed] <= run; placed++)
        t->line[placed] = (uint16_t)(t->line[placed] + tokens - run);
    return placed;
}

/* What has been found so far is kept here, and noted in t only where tokens_add_run looks: a store
 * of text may, for all compilers know, change it. */
struct cursor {
    size_t n, letters;
    char *text;
};

/* Takes runs from edge i on, up to `end`, as long as they are short and of ASCII; returns the edge
 * of the first that is not. Of each, 16 bytes may be read. */
SCAN size_t take_short(struct tokens *t, const char *base, struct cursor *to, size_t i, size_t end,
                       unsigned wanted)
{
    struct cursor c = *to;

    for (; i < end; i += 2) {
        size_t at = t->edges[i], len = t->edges[i + 1] - at, skip = 16 - len;
        struct short_run run;

        if (skip > 16 ||
            !fold_short(base + at, skip, wanted & TOKENS_WITH_TEXT ? c.text : NULL, &run))
            break;
        t->hash[c.n] = run.hash;
        t->word[c.n] = run.word;
        if (wanted & TOKENS_WITH_LINES)
            c.letters += len & (0 - (size_t)run.word);
        if (wanted & TOKENS_WITH_PLACES)
            memcpy(&t->place[c.n], &t->edges[i], sizeof(t->place[c.n]));
        if (wanted & TOKENS_WITH_TEXT) {
            c.text[len] = ' ';
            c.text += len + 1;
        }
        c.n++;
    }
    *to = c;
    return i;
}

/* One window from t->done; sets t->done to where the next begins. */
SCAN void scan_window(struct tokens *t, unsigned wanted)
{
    size_t from = t->done, left = t->size - from;
    size_t n = left < TOKENS_WINDOW ? left : TOKENS_WINDOW;
    size_t edges = find_edges(t, t->source + from, n, wanted), placed = 0;
    size_t closed = n == left ? n + 1 : n; /* a run that ends before it is whole */
    size_t quick = edges;                  /* the runs before it are whole, and 16 bytes long */
    struct cursor to = { 0, 0, t->text };

    t->from = from;
    t->done = from + n;
    while (quick > 0 && (t->edges[quick - 1] >= closed || t->edges[quick - 2] + 16u > left))
        quick -= 2;
    for (size_t i = 0; i < edges; i += 2) {
        i = take_short(t, t->source + from, &to, i, quick, wanted);
        if (i >= edges)
            break;
        t->n = to.n;
        t->text_len = (size_t)(to.text - t->text);
        size_t end = from + t->edges[i + 1];
        size_t stop = tokens_add_run(t, from + t->edges[i], end, from + n, end - from >= closed);
        if (stop < end || t->n != to.n + 1)
            placed = place_lines(t, placed, i / 2, to.n);
        to.n = t->n;
        to.text = t->text + t->text_len;
        if (stop < end) {
            t->lines = placed;
            t->done = stop;
            break;
        }
    }
    if (to.n != edges / 2)
        place_lines(t, placed, edges / 2, to.n);
    t->letters += to.letters;
    t->n = to.n;
    t->text_len = (size_t)(to.text - t->text);
}

/* A copy for each kind of wish, which is then known when it is built. */
SCAN void scan_wanted(struct tokens *t, unsigned wanted)
{
    t->n = t->text_len = t->letters = t->lines = 0;
    if (wanted == TOKENS_WITH_LINES)
        scan_window(t, TOKENS_WITH_LINES);
    else if (wanted == TOKENS_WITH_TEXT)
        scan_window(t, TOKENS_WITH_TEXT);
    else
        scan_window(t, TOKENS_WITH_LINES | TOKENS_WITH_TEXT | TOKENS_WITH_PLACES);
}

#endif
