/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over a text that cuts it into words and symbols and counts them. */
#include "measure.h"
#include "common/utf8.h"

#include <string.h>

/* A word that may still grow: tokens of common/tokens.h joined by a single joiner. */
struct word {
    const char *end; /* behind it in the text; NULL: none */
    uint64_t hash, chars;
};

struct pass {
    struct measure *m;
    struct measure_scratch *s;
    const struct stop_words *stop;
    const char *at, *end; /* what is not yet read */
    struct word word;
    bool in_run, run_letter; /* since the last white space: anything, a letter */
    uint64_t stop_seen;      /* a bit for each stop word */
    bool failed;
};

uint64_t count_chars(const char *s, size_t n)
{
    uint64_t chars = 0;

    for (size_t i = 0; i < n; i++)
        chars += ((unsigned char)s[i] & 0xc0) != 0x80;
    return chars;
}

static void push(struct pass *p, uint64_t hash, uint64_t chars)
{
    p->m->tokens++;
    if (p->s->n < MEASURE_MAX_TOKENS && !gram_push(p->s, hash, chars))
        p->failed = true;
}

static void see_stop_word(struct pass *p, uint64_t hash)
{
    size_t low = 0, high = p->stop->n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (p->stop->hash[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < p->stop->n && p->stop->hash[low] == hash)
        p->stop_seen |= UINT64_C(1) << low;
}

static void end_word(struct pass *p)
{
    struct word *w = &p->word;

    if (!w->end)
        return;
    p->m->words++;
    p->m->word_chars += w->chars;
    push(p, w->hash, w->chars);
    w->end = NULL;
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000 || c == 0xfeff;
}

static void end_run(struct pass *p)
{
    p->m->runs += p->in_run;
    p->m->alphabetic += p->run_letter;
    p->in_run = p->run_letter = false;
}

/* What stands between two words: symbols and white space. */
static void read_gap(struct pass *p, const char *to)
{
    uint32_t last = 0;
    uint64_t run = 0;

    while (p->at < to || run > 0) {
        bool inside = p->at < to; /* or it is behind the gap, only to end the last symbol */
        uint32_t c = inside ? utf8_next(&p->at, p->end) : ' ';

        if (run > 0 && c == last) {
            run++;
            continue;
        }
        if (run > 0) {
            p->m->hashes += last == '#' ? run : 0;
            p->m->ellipses += last == '.' ? run / 3 : last == 0x2026 ? run : 0;
            push(p, hash_mix(last ^ TOKEN_K1, TOKEN_K0), run);
        }
        run = is_space(c) ? 0 : 1;
        if (run > 0)
            p->in_run = true;
        else if (inside)
            end_run(p);
        last = c;
    }
}

static bool is_joiner(const char *s, size_t n)
{
    return (n == 1 && memchr("-'.,:/@&_", *s, 9) != NULL) ||
           (n == 3 && memcmp(s, "\xe2\x80\x99", 3) == 0);
}

static bool has_letter(const struct tokens *scan, const struct token *t)
{
    if (!t->digit)
        return true;
    for (size_t i = 0; i < t->text_len; i++)
        if (scan->text[t->text_at + i] < '0' || scan->text[t->text_at + i] > '9')
            return true;
    return false;
}

static void read_token(struct pass *p, const struct token *t, const char *text)
{
    const char *from = text + t->at, *to = from + t->len;
    struct word *w = &p->word;
    uint64_t chars;

    see_stop_word(p, t->hash);
    if (w->end && from < w->end) { /* another token of the same piece */
        w->hash = hash_mix(w->hash ^ TOKEN_K0, t->hash ^ TOKEN_K1);
        return;
    }
    chars = count_chars(from, (size_t)(to - from));
    if (w->end && is_joiner(w->end, (size_t)(from - w->end))) {
        w->hash = hash_mix(w->hash ^ TOKEN_K0, t->hash ^ TOKEN_K1);
        w->chars += chars + 1;
    } else {
        end_word(p);
        read_gap(p, from);
        *w = (struct word){ to, t->hash, chars };
    }
    p->in_run = true;
    p->run_letter |= has_letter(&p->s->scan, t);
    w->end = p->at = to;
}

bool measure_words(struct measure *m, struct measure_scratch *s, const struct stop_words *stop,
                   const char *text, size_t n)
{
    struct pass p = { .m = m, .s = s, .stop = stop, .at = text, .end = text + n };

    s->n = 0;
    m->chars = count_chars(text, n);
    tokens_begin(&s->scan, text, n);
    while (tokens_next(&s->scan))
        for (size_t i = 0; i < s->scan.n; i++)
            read_token(&p, &s->scan.list[i], text);
    end_word(&p);
    read_gap(&p, p.end);
    end_run(&p);
    m->stop_words = (uint64_t)__builtin_popcountll(p.stop_seen);
    m->gram_chars = m->tokens <= MEASURE_MAX_TOKENS ? m->chars : s->prefix[s->n].chars + s->n;
    return !p.failed;
}
