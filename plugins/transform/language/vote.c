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
    v->lead = v->share = 0;
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
        if (v->tally[i] > next && i != best && !only_vote(w, i, best)) {
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
    _Alignas(64) uint32_t tally[WORDS_LANGUAGES]; /* of the last `lines` */
    uint32_t lines;
    uint64_t pull;
};

static void close_tally(struct page *p)
{
    for (size_t i = 0; i < p->w->n; i++)
        p->v->tally[i] += p->tally[i];
}

static void clear_tally(struct page *p)
{
    memset(p->tally, 0, (p->w->n + 7) / 8 * 8 * sizeof(*p->tally)); /* line_add adds by eights */
    p->lines = 0;
}

static void add_line(struct page *p, const uint64_t *hash, size_t n, uint32_t words)
{
    p->pull += p->add(p->w, hash, n, words, p->tally);
    if (++p->lines == LINES_IN_TALLY) {
        close_tally(p);
        clear_tally(p);
    }
}

/* A place between tokens of the window: the words and the listed ones before it. Less than none if
 * it is where a line began before the window. */
struct place {
    int32_t words, listed;
};

static struct place place_of(const struct tokens_listed *l, struct token_count count)
{
    return (struct place){ count.tokens - count.digits, l->before[count.tokens] };
}

/* A line is whole. Many are labels with no word to find: they are written over. Returns how many
 * lines are kept. */
static inline size_t keep_line(struct vote_line *line, size_t n, struct place *begin,
                               struct place end)
{
    line[n] = (struct vote_line){ begin->listed, (uint32_t)(end.listed - begin->listed),
                                  (uint32_t)(end.words - begin->words) };
    *begin = end;
    return n + (line[n].listed > 0);
}

/* The first place where a line has LINE_WORDS words; *count is one before it. */
static struct place cut(const struct tokens_listed *l, struct place begin,
                        struct token_count *count)
{
    struct place to = place_of(l, *count);

    while (to.words - begin.words < LINE_WORDS) {
        count->tokens = (uint16_t)(count->tokens + LINE_WORDS - (to.words - begin.words));
        while (l->digit[count->digits] < count->tokens)
            count->digits++;
        to = place_of(l, *count);
    }
    return to;
}

/* The lines that end in the window; *begin is then where the one begins that goes on behind it, and
 * *all the end of the window. */
static size_t cut_lines(struct vote_scratch *s, struct place *begin, struct place *all)
{
    const struct tokens *t = &s->tokens;
    struct token_count last = { (uint16_t)t->n, (uint16_t)s->listed.digits }, at = { 0, 0 };
    size_t n = 0;

    for (size_t i = 0; i <= t->lines; i++) {
        struct token_count end = i < t->lines ? t->line[i] : last;

        *all = place_of(&s->listed, end);
        while (all->words - begin->words > LINE_WORDS)
            n = keep_line(s->line, n, begin, cut(&s->listed, *begin, &at));
        if (i == t->lines)
            break;
        n = keep_line(s->line, n, begin, *all);
        at = end;
    }
    return n;
}

/* Takes the listed words of the open line to the front: those that the lists do have, no more than
 * it has words. Returns how many. */
static size_t carry_line(const struct words *w, uint64_t *to, const uint64_t *at,
                         const uint64_t *end)
{
    size_t n = 0;

    for (; at < end && n < LINE_WORDS; at++) {
        to[n] = *at;
        n += words_slot(w, *at)->hash != 0;
    }
    return n;
}

static void count(struct page *p, const char *text, size_t n)
{
    struct vote_scratch *s = p->s;
    size_t listed = 0; /* of the open line */
    int32_t words = 0;

    p->v->tokens = p->v->bytes = 0;
    /* of a size not known when it is built, or gcc fills with `rep stos`, which is slow to start */
    memset(p->v->tally, 0, p->w->n * sizeof(*p->v->tally));
    clear_tally(p);
    s->listed.filter = p->w->filter;
    s->listed.hash = s->hash;
    tokens_begin(&s->tokens, text, n);
    while (tokens_next_listed(&s->tokens, &s->listed)) {
        struct place begin = { -words, -(int32_t)listed }, all;
        size_t lines = cut_lines(s, &begin, &all);
        const uint64_t *hash = s->listed.hash;

        for (size_t i = 0; i < lines; i++)
            add_line(p, hash + s->line[i].at, s->line[i].listed, s->line[i].words);
        p->v->tokens += (size_t)all.words;
        p->v->bytes += s->tokens.letters;
        words = all.words - begin.words;
        listed = carry_line(p->w, s->hash, hash + begin.listed, hash + all.listed);
        s->listed.hash = s->hash + listed;
    }
    if (listed > 0)
        add_line(p, s->hash, listed, (uint32_t)words);
    close_tally(p);
    p->v->pull = (double)p->pull / VOTE_SCALE;
    rank(p->w, p->v);
}

void vote_count(const struct words *w, struct vote_scratch *scratch, const char *text, size_t n,
                struct vote *v)
{
    struct page p; /* its tally is cleared for the languages that there are */

    p.w = w;
    p.s = scratch;
    p.v = v;
    p.add = cpu_has_avx2() ? line_add_avx2 : line_add_plain;
    p.pull = 0;
    count(&p, text, n);
}

double vote_words(const struct vote *v)
{
    double by_bytes = (double)v->bytes / LONG_WORD;

    return by_bytes > (double)v->tokens ? by_bytes : (double)v->tokens;
}

/* How far the lead is above chance, in units of it; 0: it is not, or there are too few words. */
static double above_chance(const struct words *w, const struct vote *v)
{
    double spare = v->lead - 0.1; /* over 1.5 / sqrt(pull), squared to need no square root */

    if (v->best < 0 || v->pull < 6 || v->pull < 0.5 * vote_words(v))
        return 0;
    if (v->second >= 0 && words_near(w, (size_t)v->best, (size_t)v->second))
        spare -= 0.1;
    return spare > 0 ? spare * spare * v->pull / (1.5 * 1.5) : 0;
}

bool vote_sure(const struct words *w, const struct vote *v)
{
    return above_chance(w, v) >= 1;
}

bool vote_clear(const struct words *w, const struct vote *v)
{
    if (above_chance(w, v) < 20)
        return false;
    for (size_t i = 0; i < w->n; i++) {
        if (!only_vote(w, i, (size_t)v->best))
            continue;
        double lead = 1 - (double)v->tally[i] / (double)v->tally[v->best];

        if (i < (size_t)v->best || lead <= 0 || lead * lead * v->pull < 0.8 * 0.8)
            return false;
    }
    return true;
}
