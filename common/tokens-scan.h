/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of tokens.c, written once and built for each kind of processor: the file that includes
 * it says how 64 bytes become masks and how a short run is folded. 64 bytes at a time become a mask
 * of word bytes, whose edges are where runs begin and end; a run of up to 16 bytes of ASCII is
 * folded and hashed in two words, any other goes to tokens_add_run. What can be told of a block, be
 * it that a run holds a digit, is told there, and not of each run.
 *
 * Before it is included, these stand:
 *   SCAN        attributes of each function here
 *   APART       those of one that is not built into who calls it, for its loop needs all registers
 *   struct signs, find_signs    what `look` compares with
 *   look        the masks of 64 bytes
 *   look_at     a bit for each of 64 bytes that is the given one
 *   put_bits    writes where the bits of a mask are, and up to 31 places more; returns the end
 *   fold_short  the hash of a run of at most 16 bytes, `skip` fewer; unless text is NULL, writes it
 *               there, folded, in 16 bytes, and to *word whether it holds no digit; 16 bytes at s
 *               may be read
 *   add_bit     n, and one more if bit number `bit` modulo 64 of the word is set */
#ifndef COMMON_TOKENS_SCAN_H
#define COMMON_TOKENS_SCAN_H

#include "common/tokens-run.h"

/* How many runs, and runs with digits, end before the first of some bits of a block, or there. */
SCAN struct token_count count_before(const struct tokens_block *b, uint64_t bits)
{
    uint64_t below = bits ^ (bits - 1);

    return (struct token_count){ (uint16_t)((b->edges_before + count_bits(b->edges & below)) / 2),
                                 (uint16_t)(b->digits_before + count_bits(b->digits & below)) };
}

/* The same of each of n bits, which stand in the blocks from b on, in each at least one. How many a
 * block has no branch foresees, so there is none on it. */
SCAN void put_counts(struct token_count *to, const struct tokens_block *b, size_t n)
{
    uint64_t bits = b->bits;

    for (size_t i = 0; i < n; i++) {
        to[i] = count_before(b, bits);
        bits &= bits - 1;
        size_t next = bits == 0;
        __asm__("" : "+r"(next)); /* or gcc makes a branch of it */
        b += next;
        bits |= b->bits & (0 - next);
    }
}

/* The runs with bytes that are not ASCII, each once. */
APART uint16_t *put_odd(const uint16_t *first, uint16_t *to, size_t edges_before, uint64_t edges,
                        uint64_t high)
{
    for (; high != 0; high &= high - 1) {
        size_t run = (edges_before + count_bits(edges & (high ^ (high - 1)))) / 2;

        if (to == first || to[-1] != run)
            *to++ = (uint16_t)run;
    }
    return to;
}

/* Most separators that are not ASCII are U+2000-203F, quotes and dashes. Those that are whole in
 * the block are no word bytes. */
APART uint64_t separators(const char *s, uint64_t high)
{
    uint64_t at = high & look_at(s, '\xe2') & look_at(s, '\x80') >> 1 & high >> 2;

    return at | at << 1 | at << 2;
}

/* From a digit on to the end of its run: the sum carries that far, and on to the next block
 * (Cameron's MatchStar in Parabix). *last: does it come in, does it go out? */
SCAN uint64_t digit_ends(uint64_t word, uint64_t digit, uint64_t ends, uint64_t *last)
{
    uint64_t from = digit | *last, sum;

    *last = __builtin_add_overflow(from & word, word, &sum);
    return ((sum ^ word) | from) & ends;
}

/* Blocks that have some line end or digit, and how many of them. */
struct told {
    struct tokens_block *line, *digit;
    size_t lines, digits;
    uint64_t last_line, last_digit;
};

SCAN void tell(struct told *told, size_t before, uint64_t edges, uint64_t word, uint64_t digit,
               uint64_t line)
{
    struct tokens_block b = { .edges = edges,
                              .edges_before = (uint32_t)before,
                              .digits = digit_ends(word, digit, edges & ~word, &told->last_digit),
                              .digits_before = (uint32_t)told->digits };

    b.bits = b.digits;
    *told->digit = b;
    told->digit += b.bits != 0;
    told->digits += count_bits(b.bits);
    b.bits = line & ~(line << 1 | told->last_line); /* empty lines are none */
    *told->line = b;
    told->line += b.bits != 0;
    told->lines += count_bits(b.bits);
    told->last_line = line >> 63;
}

/* How far find_edges is. */
struct finding {
    const struct signs *signs;
    uint16_t *at, *odd;
    uint64_t last;
    struct told told;
};

/* 64 bytes, of which the first `skip` have been seen; the one behind them is at i in the window. */
SCAN void find_in(struct tokens *t, struct finding *f, const char *block, size_t skip, size_t i,
                  bool lines)
{
    struct masks m = look(block, f->signs);
    size_t before = (size_t)(f->at - t->edges);

    m.high &= ~UINT64_C(0) << skip;
    if (m.high != 0) {
        uint64_t none = separators(block, m.high);

        m.word &= ~none;
        m.high = (m.high & ~none) >> skip;
    }
    m.word >>= skip;
    uint64_t edges = m.word ^ (m.word << 1 | f->last);
    if (m.high != 0)
        f->odd = put_odd(t->odd, f->odd, before, edges, m.high);
    if (lines)
        tell(&f->told, before, edges, m.word, m.digit >> skip, look_at(block, '\n') >> skip);
    f->last = m.word >> 63;
    f->at = put_bits(f->at, i, edges, f->signs);
}

/* Places where the mask changes, as positions in the window, begin and end by turns; and, where
 * lines are wanted, what is told of them and of the runs. */
SCAN size_t find_edges(struct tokens *t, const char *s, size_t n, bool lines)
{
    const struct signs signs = find_signs();
    struct finding f = { &signs,
                         t->edges,
                         t->odd,
                         0,
                         { .line = t->line_block,
                           .digit = t->digit_block,
                           .last_line = s > t->source && s[-1] == '\n' } };
    size_t i = 0;

    for (; n - i >= 64; i += 64)
        find_in(t, &f, s + i, 0, i, lines);
    if (i < n && i > 0) {
        find_in(t, &f, s + n - 64, 64 - (n - i), i, lines);
    } else if (i < n) {
        char block[64] = { 0 };

        memcpy(block, s, n);
        find_in(t, &f, block, 0, 0, lines);
    }
    if (f.last)
        *f.at++ = (uint16_t)n;
    *f.odd = UINT16_MAX;
    size_t edges = (size_t)(f.at - t->edges);
    if (lines) {
        put_counts(t->line, t->line_block, f.told.lines);
        put_counts(t->digit, t->digit_block, f.told.digits);
        t->digit[f.told.digits].tokens = (uint16_t)(edges / 2);
        f.told.digits += f.last & f.told.last_digit;
        t->digit[f.told.digits].tokens = UINT16_MAX;
        t->lines = f.told.lines;
    }
    return edges;
}

/* What has been found so far is kept here, and noted in t only where tokens_add_run looks: a store
 * of text may, for all compilers know, change it. */
struct cursor {
    size_t n, listed, letters;
    char *text;
    const uint16_t *odd;
    const struct token_count *digit; /* of the next run with a digit: the runs up to its end */
};

/* Takes runs of ASCII from run i on, up to `end`, as long as they are short; returns the first that
 * is not. Of each, 16 bytes may be read. */
SCAN size_t take_text(struct tokens *t, const char *base, struct cursor *to, size_t i, size_t end,
                      bool places)
{
    size_t n = to->n;
    char *text = to->text;

    for (; i < end; i++, n++) {
        size_t at = t->edges[2 * i], len = t->edges[2 * i + 1] - at, skip = 16 - len;

        if (skip > 16)
            break;
        t->hash[n] = fold_short(base + at, skip, text, &t->word[n]);
        if (places)
            memcpy(&t->place[n], &t->edges[2 * i], sizeof(t->place[n]));
        text[len] = ' ';
        text += len + 1;
    }
    to->n = n;
    to->text = text;
    return i;
}

SCAN size_t list_one(struct tokens_listed *l, size_t n, size_t listed, uint64_t hash)
{
    l->before[n] = (uint16_t)listed;
    l->hash[listed] = hash;
    return add_bit(listed, l->filter[hash >> TOKENS_FILTER_SHIFT], hash);
}

/* The same for the listed. */
APART size_t take_listed(const struct tokens *t, const char *base, struct cursor *to, size_t i,
                         size_t end, struct tokens_listed *l)
{
    const uint64_t *filter = l->filter;
    uint64_t *hash = l->hash;
    const uint16_t *edges = t->edges;
    size_t listed = to->listed, skipped = 0, first = i, more = to->n - i; /* tokens than runs */

    for (; i < end; i++) {
        size_t at = edges[2 * i], skip = 16 + at - edges[2 * i + 1];

        if (skip > 16)
            break;
        uint64_t h = fold_short(base + at, skip, NULL, NULL);

        l->before[i + more] = (uint16_t)listed;
        hash[listed] = h;
        listed = add_bit(listed, filter[h >> TOKENS_FILTER_SHIFT], h);
        skipped += skip;
    }
    to->listed = listed;
    to->letters += 16 * (i - first) - skipped;
    to->n += i - first;
    for (; to->digit->tokens <= i; to->digit++) {
        size_t run = to->digit->tokens - 1u;

        to->letters -= (size_t)(edges[2 * run + 1] - edges[2 * run]);
        l->digit[l->digits++] = (uint16_t)(run + to->n - i);
    }
    return i;
}

/* Lines were counted in runs. Those that end before run number `run`, where the cursor is, get
 * their place among the tokens; the first `placed` have it. Returns how many have now. */
SCAN size_t place_lines(struct tokens *t, size_t placed, size_t run, const struct cursor *to,
                        const struct tokens_listed *l)
{
    size_t tokens = to->n - run, digits = l->digits - (size_t)(to->digit - t->digit);

    for (; placed < t->lines && t->line[placed].tokens <= run; placed++) {
        t->line[placed].tokens = (uint16_t)(t->line[placed].tokens + tokens);
        t->line[placed].digits = (uint16_t)(t->line[placed].digits + digits);
    }
    return placed;
}

/* Lists what tokens_add_run made of run i, or of a part of it. The lines before it get their places
 * if that is not one token like the run. Returns how many lines have them. */
SCAN size_t list_run(struct tokens *t, struct cursor *to, size_t i, size_t placed, bool part,
                     struct tokens_listed *l)
{
    size_t digits = 0, told = to->digit->tokens == i + 1;

    for (size_t k = to->n; k < t->n; k++)
        digits += !t->word[k];
    if (part || t->n != to->n + 1 || digits != told)
        placed = place_lines(t, placed, i, to, l);
    to->digit += told;
    for (size_t k = to->n; k < t->n; k++) {
        to->listed = list_one(l, k, to->listed, t->hash[k]);
        l->digit[l->digits] = (uint16_t)k;
        l->digits += !t->word[k];
    }
    return placed;
}

/* One window from t->done; sets t->done to where the next begins. */
SCAN void scan_window(struct tokens *t, unsigned wanted, struct tokens_listed *l)
{
    size_t from = t->done, left = t->size - from;
    size_t n = left < TOKENS_WINDOW ? left : TOKENS_WINDOW;
    size_t runs = find_edges(t, t->source + from, n, l != NULL) / 2, placed = 0;
    size_t closed = n == left ? n + 1 : n; /* a run that ends before it is whole */
    size_t quick = runs;                   /* the runs before it are whole, and 16 bytes long */
    struct cursor to = { .text = t->text, .digit = t->digit, .odd = t->odd };

    t->from = from;
    t->done = from + n;
    while (quick > 0 && (t->edges[2 * quick - 1] >= closed || t->edges[2 * quick - 2] + 16u > left))
        quick--;
    for (size_t i = 0; i < runs; i++) {
        size_t stop = *to.odd < quick ? *to.odd : quick;

        if (i < stop)
            i = l ? take_listed(t, t->source + from, &to, i, stop, l)
                  : take_text(t, t->source + from, &to, i, stop, wanted & TOKENS_WITH_PLACES);
        if (i >= runs)
            break;
        t->n = to.n;
        t->text_len = (size_t)(to.text - t->text);
        to.odd += *to.odd == i;
        size_t end = from + t->edges[2 * i + 1];
        size_t at = tokens_add_run(t, from + t->edges[2 * i], end, from + n, end - from >= closed);
        if (l)
            placed = list_run(t, &to, i, placed, at < end, l);
        to.n = t->n;
        to.text = t->text + t->text_len;
        if (at < end) {
            t->lines = placed;
            t->done = at;
            break;
        }
    }
    if (l) {
        if (to.n != runs || l->digits != (size_t)(to.digit - t->digit))
            place_lines(t, placed, runs, &to, l);
        l->before[to.n] = (uint16_t)to.listed;
        l->digit[l->digits] = UINT16_MAX;
    }
    t->letters += to.letters;
    t->n = to.n;
    t->text_len = (size_t)(to.text - t->text);
}

/* A copy for each kind of wish, which is then known when it is built. */
SCAN void scan(struct tokens *t, unsigned wanted, struct tokens_listed *l)
{
    t->n = t->text_len = t->letters = t->lines = 0;
    if (l) {
        l->digits = 0;
        scan_window(t, 0, l);
    } else if (wanted == TOKENS_WITH_TEXT) {
        scan_window(t, TOKENS_WITH_TEXT, NULL);
    } else {
        scan_window(t, TOKENS_WITH_TEXT | TOKENS_WITH_PLACES, NULL);
    }
}

#endif
