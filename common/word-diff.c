/* SPDX-License-Identifier: Apache-2.0 */
/* Texts to numbered words, Myers' middle snake over the numbers, and the marks back to runs. */
#include "common/word-diff.h"

#include "common/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAST_COST = 256,      /* edits that are tried in full */
    MOST_COST = 4096,
    ALL_WORK = 1 << 28     /* about so many steps for texts that have nothing in common */
};

struct word {
    uint32_t at, len;
    uint32_t number; /* the same for the same bytes */
    bool changed;    /* it is not in the other text */
};

struct words {
    const char *text;
    struct word *at;
    size_t n;
};

struct comparison {
    struct words a, b;
    uint32_t *slots; /* hash table: 1 + index of a word, those of b behind those of a; 0: empty */
    size_t n_slots;  /* a power of two */
    int32_t *reach[2]; /* how far paths from the beginning, and from the end, have come */
    int32_t cost;      /* edits after which the way that came farthest will do */
    bool bounded;
};

/* ---- words ---- */

static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_blank_byte(unsigned char c)
{
    return c == ' ' || c == '\t';
}

static size_t word_end(const char *s, size_t n, size_t at)
{
    bool (*same)(unsigned char) = is_word_byte((unsigned char)s[at])    ? is_word_byte
                                  : is_blank_byte((unsigned char)s[at]) ? is_blank_byte
                                                                        : NULL;

    at++;
    while (same && at < n && same((unsigned char)s[at]))
        at++;
    return at;
}

static int cut(struct words *w, const char *s, size_t n)
{
    size_t count = 0;

    for (size_t at = 0; at < n; at = word_end(s, n, at))
        count++;
    w->text = s;
    w->at = malloc((count ? count : 1) * sizeof(*w->at));
    if (!w->at)
        return -1;
    for (size_t at = 0, end; at < n; at = end) {
        end = word_end(s, n, at);
        w->at[w->n++] = (struct word){ (uint32_t)at, (uint32_t)(end - at), 0, false };
    }
    return 0;
}

static const struct word *word_numbered(const struct comparison *c, uint32_t number,
                                        const char **text)
{
    bool in_a = number < c->a.n;

    *text = in_a ? c->a.text : c->b.text;
    return in_a ? &c->a.at[number] : &c->b.at[number - c->a.n];
}

/* Gives a word the number of the first with the same bytes. */
static void number(struct comparison *c, const struct words *w, size_t i, uint32_t own)
{
    struct word *word = &w->at[i];
    size_t at = (size_t)hash64(w->text + word->at, word->len) & (c->n_slots - 1);

    for (; c->slots[at]; at = (at + 1) & (c->n_slots - 1)) {
        const char *text;
        const struct word *other = word_numbered(c, c->slots[at] - 1, &text);

        if (other->len == word->len &&
            memcmp(text + other->at, w->text + word->at, word->len) == 0) {
            word->number = c->slots[at] - 1;
            return;
        }
    }
    c->slots[at] = own + 1;
    word->number = own;
}

static int prepare(struct comparison *c, const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t n, per_word;

    if (cut(&c->a, a, a_len) < 0 || cut(&c->b, b, b_len) < 0)
        return -1;
    n = c->a.n + c->b.n;
    for (c->n_slots = 16; c->n_slots < 2 * n; c->n_slots *= 2)
        ;
    c->slots = calloc(c->n_slots, sizeof(*c->slots));
    c->reach[0] = malloc(2 * (n + 3) * sizeof(*c->reach[0]));
    if (!c->slots || !c->reach[0])
        return -1;
    c->reach[1] = c->reach[0] + n + 3;
    for (size_t i = 0; i < c->a.n; i++)
        number(c, &c->a, i, (uint32_t)i);
    for (size_t i = 0; i < c->b.n; i++)
        number(c, &c->b, i, (uint32_t)(c->a.n + i));
    per_word = ALL_WORK / (n + 1);
    c->cost = per_word < LEAST_COST  ? LEAST_COST
              : per_word > MOST_COST ? MOST_COST
                                     : (int32_t)per_word;
    return 0;
}

/* ---- the middle ---- */

/* Words a to a + n of the one text and b to b + m of the other. */
struct box {
    int32_t a, n, b, m;
};

/* A place in a box, from its beginning. */
struct place {
    int32_t x, y;
};

/* No path is there. */
#define NOWHERE (INT32_MIN / 2)

/* Are the words behind x and y the same; seen from the end of the box, those before them? */
static bool same(const struct comparison *c, const struct box *k, bool from_end, int32_t x,
                 int32_t y)
{
    int32_t i = from_end ? k->a + k->n - 1 - x : k->a + x;
    int32_t j = from_end ? k->b + k->m - 1 - y : k->b + y;

    return c->a.at[i].number == c->b.at[j].number;
}

/* One more edit, the d-th, on every path from one end. Diagonal i is that where x - y = i, both
 * counted from that end; v[i] is how far the best path came on it. */
static void step(const struct comparison *c, const struct box *k, bool from_end, int32_t d)
{
    int32_t *v = c->reach[from_end] + k->m + 1;
    int32_t low = d <= k->m ? -d : -k->m + ((k->m - d) & 1);
    int32_t high = d <= k->n ? d : k->n - ((k->n - d) & 1);

    if (d <= k->m)
        v[-d - 1] = NOWHERE;
    if (d <= k->n)
        v[d + 1] = NOWHERE;
    for (int32_t i = low; i <= high; i += 2) {
        int32_t x = d == 0 ? 0 : NOWHERE;

        if (d > 0 && v[i - 1] < k->n && v[i - 1] >= 0)
            x = v[i - 1] + 1;
        if (d > 0 && v[i + 1] > x && v[i + 1] - i <= k->m)
            x = v[i + 1];
        while (x >= 0 && x < k->n && x - i < k->m && same(c, k, from_end, x, x - i))
            x++;
        v[i] = x;
    }
}

/* Where a path that was just made longer meets one from the other end, which has made `other`
 * edits. */
static bool meet(const struct comparison *c, const struct box *k, bool from_end, int32_t d,
                 int32_t other, struct place *to)
{
    const int32_t *v = c->reach[from_end] + k->m + 1, *w = c->reach[!from_end] + k->m + 1;
    int32_t low = d <= k->m ? -d : -k->m + ((k->m - d) & 1);
    int32_t high = d <= k->n ? d : k->n - ((k->n - d) & 1);

    for (int32_t i = low; i <= high; i += 2) {
        int32_t across = k->n - k->m - i;

        if (across < -other || across > other || across < -k->m || across > k->n || v[i] < 0 ||
            w[across] < 0 || v[i] + w[across] < k->n)
            continue;
        *to = (struct place){ v[i], v[i] - i };
        return true;
    }
    return false;
}

/* The place that paths from one end have come to farthest. */
static struct place farthest(const struct comparison *c, const struct box *k, bool from_end,
                             int32_t d)
{
    const int32_t *v = c->reach[from_end] + k->m + 1;
    struct place best = { 0, 0 };

    for (int32_t i = d <= k->m ? -d : -k->m + ((k->m - d) & 1); i <= d && i <= k->n; i += 2)
        if (v[i] >= 0 && 2 * v[i] - i > best.x + best.y)
            best = (struct place){ v[i], v[i] - i };
    return best;
}

static struct place turned(const struct box *k, struct place p)
{
    return (struct place){ k->n - p.x, k->m - p.y };
}

/* A place that a shortest way through the box comes by, near its middle; past c->cost one that a
 * way comes by which got far. Both texts have words in the box, and neither the first nor the last
 * of them are the same. */
static struct place middle(struct comparison *c, const struct box *k)
{
    bool odd = (k->n - k->m) & 1;
    struct place p, q;

    for (int32_t d = 0;; d++) {
        step(c, k, false, d);
        if (odd && d > 0 && meet(c, k, false, d, d - 1, &p))
            return p;
        step(c, k, true, d);
        if (!odd && meet(c, k, true, d, d, &p))
            return turned(k, p);
        if (d < c->cost)
            continue;
        c->bounded = true;
        p = farthest(c, k, false, d);
        q = farthest(c, k, true, d);
        return p.x + p.y >= q.x + q.y ? p : turned(k, q);
    }
}

static void trim(const struct comparison *c, struct box *k)
{
    while (k->n > 0 && k->m > 0 && same(c, k, false, 0, 0)) {
        k->a++;
        k->b++;
        k->n--;
        k->m--;
    }
    while (k->n > 0 && k->m > 0 && same(c, k, true, 0, 0)) {
        k->n--;
        k->m--;
    }
}

/* Marks the words of a box that changed. Calls itself for the smaller half alone, so it does not go
 * deep. */
static void compare(struct comparison *c, struct box k)
{
    for (;;) {
        struct box first, second;
        struct place p;

        trim(c, &k);
        if (k.n == 0 || k.m == 0)
            break;
        p = middle(c, &k);
        first = (struct box){ k.a, p.x, k.b, p.y };
        second = (struct box){ k.a + p.x, k.n - p.x, k.b + p.y, k.m - p.y };
        if (first.n + first.m < second.n + second.m) {
            compare(c, first);
            k = second;
        } else {
            compare(c, second);
            k = first;
        }
    }
    for (int32_t i = 0; i < k.n; i++)
        c->a.at[k.a + i].changed = true;
    for (int32_t i = 0; i < k.m; i++)
        c->b.at[k.b + i].changed = true;
}

/* ---- runs ---- */

/* Words replaced, a blank, words replaced: that is one change of several words. */
static void join_over_blanks(struct comparison *c)
{
    struct words *a = &c->a, *b = &c->b;
    size_t i = 0, j = 0;

    while (i < a->n && j < b->n) {
        bool gone = false, come = false;

        for (; i < a->n && a->at[i].changed; i++)
            gone = true;
        for (; j < b->n && b->at[j].changed; j++)
            come = true;
        if (gone && come && i + 1 < a->n && j + 1 < b->n && a->at[i + 1].changed &&
            b->at[j + 1].changed && is_blank_byte((unsigned char)a->text[a->at[i].at]))
            a->at[i].changed = b->at[j].changed = true;
        for (; i < a->n && j < b->n && !a->at[i].changed && !b->at[j].changed; j++)
            i++;
    }
}

static int add_run(struct word_diff *d, enum word_kind kind, const struct word *from, size_t n,
                   uint32_t a, uint32_t b)
{
    const struct word *last = from + n - 1;

    if (n == 0)
        return 0;
    if (d->n == d->cap) {
        size_t cap = d->cap ? 2 * d->cap : 64;
        struct word_run *grown = realloc(d->runs, cap * sizeof(*grown));

        if (!grown)
            return -1;
        d->runs = grown;
        d->cap = cap;
    }
    d->runs[d->n++] = (struct word_run){ kind, a, b, last->at + last->len - from->at };
    return 0;
}

static uint32_t offset(const struct words *w, size_t i)
{
    return i < w->n ? w->at[i].at : w->n ? w->at[w->n - 1].at + w->at[w->n - 1].len : 0;
}

static int make_runs(const struct comparison *c, struct word_diff *d)
{
    const struct words *a = &c->a, *b = &c->b;
    size_t i = 0, j = 0;

    while (i < a->n || j < b->n) {
        size_t from = i, to = j;

        while (i < a->n && j < b->n && !a->at[i].changed && !b->at[j].changed) {
            i++;
            j++;
        }
        if (add_run(d, WORDS_SAME, a->at + from, i - from, offset(a, from), offset(b, to)) < 0)
            return -1;
        for (from = i; i < a->n && a->at[i].changed;)
            i++;
        if (add_run(d, WORDS_GONE, a->at + from, i - from, offset(a, from), offset(b, j)) < 0)
            return -1;
        for (to = j; j < b->n && b->at[j].changed;)
            j++;
        if (add_run(d, WORDS_NEW, b->at + to, j - to, offset(a, i), offset(b, to)) < 0)
            return -1;
    }
    return 0;
}

int word_diff(struct word_diff *d, const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct comparison c = { .cost = 0 };
    int result = -1;

    memset(d, 0, sizeof(*d));
    if (prepare(&c, a, a_len, b, b_len) < 0)
        goto out;
    compare(&c, (struct box){ 0, (int32_t)c.a.n, 0, (int32_t)c.b.n });
    join_over_blanks(&c);
    d->bounded = c.bounded;
    result = make_runs(&c, d);
out:
    free(c.a.at);
    free(c.b.at);
    free(c.slots);
    free(c.reach[0]);
    if (result < 0)
        word_diff_free(d);
    return result;
}

void word_diff_free(struct word_diff *d)
{
    free(d->runs);
    memset(d, 0, sizeof(*d));
}
