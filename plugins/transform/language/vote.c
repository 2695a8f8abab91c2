/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of a page and the tally of its lines.
 *
 * A line pulls with as many words as it has, or as its found words bear; each language gets of that
 * the part that its votes are of the line's best. So a quotation is outvoted by the lines around it
 * even when its language has more function words than theirs, and a list of names says little. */
#include "vote.h"

#include "common/cpu.h"

#include <string.h>

enum {
    BEARS = 3,      /* words of the text that one found word speaks for */
    LONG_WORD = 10, /* bytes; scripts without spaces have words of any length */
    /* lines whose tallies fit 32 bits */
    LINES_IN_TALLY = UINT32_MAX / (LINE_WORDS * VOTE_SCALE)
};

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

/* What is counted of a page. */
struct page {
    const struct words *w;
    struct vote_scratch *s;
    struct vote *v;
    line_add *add;
    uint32_t tally[WORDS_LANGUAGES]; /* of the last `lines` */
    uint32_t lines;
};

/* Words and found words before a place in the window, or between two, in one number; counted from
 * the beginning of the line that is open when the window begins. */
static uint32_t words_of(uint32_t count)
{
    return count & UINT16_MAX;
}

static uint32_t found_of(uint32_t count)
{
    return count >> 16;
}

/* Counts up to each token of the window, and moves the hashes that some list may have to the front.
 * Whether it has one is as good as chance, so there is no branch on it. Returns how many. */
static size_t find_words(const struct words *w, struct vote_scratch *s, uint32_t count)
{
    struct tokens *t = &s->tokens;
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        uint64_t hash = t->hash[i];
        uint32_t word = t->word[i], found = word & (uint32_t)words_may_have(w, hash);

        s->before[i] = count;
        t->hash[n] = hash;
        n += found;
        count += word + (found << 16);
    }
    s->before[t->n] = count;
    return n;
}

/* The rows of n hashes, to stand behind the first `from`; of a word that no list has after all, an
 * empty one. */
static void look_up(const struct words *w, struct vote_scratch *s, size_t from, size_t n)
{
    uint32_t weight = s->weight[from];

    for (size_t i = 0; i < n; i++) {
        const struct words_entry *e = words_slot(w, s->tokens.hash[i]);

        s->row[from + i] = e->row;
        s->weight[from + i + 1] = weight += e->weight;
    }
}

/* The line from one count to another is whole. Many lines are labels with no word to find: they are
 * written over. Returns how many lines are kept. */
static inline size_t keep_line(struct vote_scratch *s, size_t n, uint32_t from, uint32_t to)
{
    struct vote_line *line = &s->line[n];

    line->row = found_of(from);
    line->rows = found_of(to - from);
    line->words = words_of(to - from);
    uint32_t weight = s->weight[found_of(to)] - s->weight[found_of(from)];
    line->weight = weight & UINT16_MAX;
    line->most = weight >> 16;
    return n + (line->weight > 0);
}

/* The lines that end in the window; *from is where the one begins that goes on behind it. */
static size_t cut_lines(struct vote_scratch *s, uint32_t *from)
{
    const struct tokens *t = &s->tokens;
    size_t n = 0, token = 0;
    uint32_t begin = 0;

    for (size_t i = 0; i <= t->lines; i++) {
        size_t end = i < t->lines ? t->line[i] : t->n;
        uint32_t to = s->before[end];

        while (words_of(to - begin) > LINE_WORDS) {
            while (words_of(s->before[token] - begin) < LINE_WORDS)
                token += LINE_WORDS - words_of(s->before[token] - begin);
            n = keep_line(s, n, begin, s->before[token]);
            begin = s->before[token];
        }
        if (i == t->lines)
            break;
        n = keep_line(s, n, begin, to);
        begin = to;
        token = end;
    }
    *from = begin;
    return n;
}

_Static_assert((LINE_WORDS + TOKENS_MAX) * WORDS_WEIGHT <= UINT16_MAX, "both sums of weights");

static void close_tally(struct page *p)
{
    for (size_t i = 0; i < WORDS_LANGUAGES; i++)
        p->v->tally[i] += p->tally[i];
}

static void add_lines(struct page *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct vote_line *line = &p->s->line[i];
        uint32_t pull = line->weight * BEARS * VOTE_SCALE / WORDS_WEIGHT;

        if (pull > line->words * VOTE_SCALE)
            pull = line->words * VOTE_SCALE;
        p->add(p->w->rows, p->s->row + line->row, line->rows, line->most, pull, p->w->n, p->tally);
        p->v->pull += (double)pull / VOTE_SCALE;
        if (++p->lines == LINES_IN_TALLY) {
            close_tally(p);
            memset(p->tally, 0, sizeof(p->tally));
            p->lines = 0;
        }
    }
}

/* Takes the rows of the open line to the front. */
static void carry_line(struct vote_scratch *s, uint32_t from, uint32_t to)
{
    size_t at = found_of(from), n = found_of(to - from);
    uint32_t base = s->weight[at];

    for (size_t i = 0; i < n; i++)
        s->row[i] = s->row[at + i];
    for (size_t i = 0; i <= n; i++)
        s->weight[i] = s->weight[at + i] - base;
}

static void count(struct page *p, const char *text, size_t n)
{
    struct vote_scratch *s = p->s;
    uint32_t open = 0, from;

    memset(p->v, 0, sizeof(*p->v));
    s->weight[0] = 0;
    tokens_begin(&s->tokens, text, n);
    while (tokens_next_wanted(&s->tokens, TOKENS_WITH_LINES)) {
        look_up(p->w, s, found_of(open), find_words(p->w, s, open));
        add_lines(p, cut_lines(s, &from));
        uint32_t to = s->before[s->tokens.n];

        p->v->tokens += words_of(to) - words_of(open);
        p->v->bytes += s->tokens.letters;
        carry_line(s, from, to);
        open = to - from;
    }
    add_lines(p, keep_line(s, 0, 0, open));
    close_tally(p);
    rank(p->w, p->v);
}

void vote_count(const struct words *w, struct vote_scratch *scratch, const char *text, size_t n,
                struct vote *v)
{
    struct page p = {
        w, scratch, v, cpu_has_avx2() ? line_add_avx2 : line_add_plain, { 0 }, 0
    };

    count(&p, text, n);
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
