/* SPDX-License-Identifier: Apache-2.0 */
/* Weighs the vote against CLD2. A page that is all in one language shows it anywhere: the vote
 * first sees eight windows of it, and the page only where they leave any doubt. CLD2 costs ten
 * times the vote, so it is asked only where the vote on the page is unsure, and sees three windows.
 * The constants were chosen on sentences (lingua's, 74 languages; NusaX's training part) as those
 * that help the most languages; those of the eight windows as those with which no page of one
 * language, and none of 6,000 where two are mixed, has most votes for another than all of it has.
 */
#include "guess.h"
#include "cld2.h"

#include <string.h>

static const char *const how_names[] = { "none", "vote", "both", "cld2", "vote against cld2" };

const char *guess_how_name(enum guess_how how)
{
    return how_names[how];
}

const char *guess_code(const char *code)
{
    static const char *const map[][2] = {
        { "iw", "he" },  { "jw", "jv" },   { "in", "id" },      { "ji", "yi" },
        { "mo", "ro" },  { "no", "nb" },   { "sh", "sr" },      { "sr-ME", "sr" },
        { "fil", "tl" }, { "blu", "hmn" }, { "zh-Hant", "zh" }, { "zh-TW", "zh" },
        { "un", NULL },  { "xxx", NULL },  { "tlh", NULL },     { "zzb", NULL },
        { "zze", NULL }, { "zzh", NULL },  { "zzp", NULL },
    };

    if (!code)
        return NULL;
    for (size_t i = 0; i < sizeof(map) / sizeof(*map); i++)
        if (strcmp(map[i][0], code) == 0)
            return map[i][1];
    size_t n = strlen(code); /* what is left and longer are scripts: "xx-Cher" */
    return n == 2 || n == 3 ? code : NULL;
}

/* The first place from at on where a character begins. */
static size_t boundary(const char *text, size_t n, size_t at)
{
    while (at < n && ((unsigned char)text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

/* The same, but between words if there is a space near. */
static size_t word_boundary(const char *text, size_t n, size_t at)
{
    for (size_t i = at; i < n && i < at + 32; i++)
        if (text[i] == ' ' || text[i] == '\n')
            return i;
    return boundary(text, n, at);
}

size_t guess_sample(const char *text, size_t n, struct guess_windows windows, char *to)
{
    size_t used = 0;

    for (size_t i = 0; i < windows.n; i++) {
        size_t apart = (n - windows.bytes) / (2 * windows.n);
        size_t at = word_boundary(text, n, apart * (2 * i + 1));
        size_t end = boundary(text, n, at + windows.bytes < n ? at + windows.bytes : n);

        memcpy(to + used, text + at, end - at);
        used += end - at;
        to[used++] = '\n';
    }
    return used;
}

/* Between 0 and 1 in thousandths, the less the shorter the text is. */
static double score(double s, const struct vote *v)
{
    double letters = (double)v->bytes;

    s *= letters / (letters + 8);
    s = s < 0 ? 0 : s > 1 ? 1 : s;
    return (double)(int)(s * 1000 + 0.5) / 1000;
}

static double tally_ratio(const struct vote *v, int language)
{
    return (double)v->tally[language] / (double)v->tally[v->best];
}

/* Does the vote, though unsure, stand against CLD2's other answer (in words: -1, no list)? */
static bool vote_stands(const struct words *w, const struct vote *v, int other)
{
    const struct words_language *best = &w->language[v->best];
    double words = vote_words(v);
    double ratio = other < 0 ? 0 : tally_ratio(v, other);

    if (other >= 0 && words_near(w, (size_t)v->best, (size_t)other) && best->alone &&
        w->language[other].alone)
        return true; /* neighbours that CLD2 cannot part */
    if (!best->alone)
        return other >= 0 && v->pull >= 4 && ratio < 0.2;
    if (v->pull < 2)
        return false;
    if (other >= 0 && w->language[other].alone)
        return ratio < 0.999;
    return ratio < 0.3 && v->pull >= 0.4 * words;
}

/* CLD2's answer is a neighbour of one that stands before it in the lists, and no word speaks for
 * either: the first is taken, as for any tie. */
static int first_of_near(const struct words *w, const struct vote *v, int other)
{
    for (int i = 0; other >= 0 && i < other; i++)
        if (words_near(w, (size_t)i, (size_t)other) && w->language[i].alone &&
            w->language[other].alone && v->tally[i] >= v->tally[other])
            return i;
    return other;
}

static struct language_guess weigh(const struct words *w, const struct vote *v,
                                   const struct cld2_guess *c)
{
    struct language_guess g = { NULL, 0, GUESS_NONE };
    const char *code = guess_code(c->code[0]);
    int other = code ? first_of_near(w, v, words_find(w, code, strlen(code))) : -1;
    double by_vote = v->share * v->pull / (vote_words(v) + 1), by_cld2 = c->percent[0] / 100.0;

    if (other >= 0)
        code = w->language[other].code;
    if (v->best >= 0 && (!code || (other != v->best && vote_stands(w, v, other)))) {
        g.code = w->language[v->best].code;
        g.how = code ? GUESS_VOTE_AGAINST : GUESS_VOTE;
        g.score = score(by_vote * (0.5 + 0.5 * v->lead), v);
    } else if (code && other >= 0 && other == v->best) {
        g.code = code;
        g.how = GUESS_BOTH;
        g.score = score(1 - (1 - by_vote) * (1 - by_cld2), v); /* two that agree */
    } else if (code) {
        g.code = code;
        g.how = GUESS_CLD2;
        g.score = score(0.9 * by_cld2, v);
    }
    return g;
}

bool guess_votes(const struct words *w, struct vote_scratch *scratch, const char *text, size_t n,
                 struct vote *v)
{
    if (n > GUESS_LONG) {
        char sample[GUESS_LONG];

        vote_count(w, scratch, sample, guess_sample(text, n, guess_for_vote, sample), v);
        if (vote_clear(w, v))
            return true;
    }
    vote_count(w, scratch, text, n, v);
    return false;
}

struct cld2_guess guess_cld2(const char *text, size_t n)
{
    char sample[GUESS_LONG];

    if (n <= GUESS_SHORT)
        return cld2_detect(text, (int)n);
    return cld2_detect(sample, (int)guess_sample(text, n, guess_for_cld2, sample));
}

struct language_guess language_guess(const struct words *w, struct vote_scratch *scratch,
                                     const char *text, size_t n)
{
    struct language_guess g = { NULL, 0, GUESS_NONE };
    struct vote v;

    if (guess_votes(w, scratch, text, n, &v) || vote_sure(w, &v)) {
        g.code = w->language[v.best].code;
        g.how = GUESS_VOTE;
        g.score = score(v.share, &v);
    } else if (v.tokens > 0) {
        struct cld2_guess c = guess_cld2(text, n);

        g = weigh(w, &v, &c);
    }
    return g;
}
