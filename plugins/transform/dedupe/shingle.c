/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the tokens: exact hash, numbers, and each run of five words hashed into one of 256
 * bins, of which the least value stays (one-permutation hashing, Li, Owen and Zhang 2012). */
#include "shingle.h"

#define SHINGLE_K0 UINT64_C(0xa0761d6478bd642f)
#define SHINGLE_K1 UINT64_C(0xe7037ed1a0b428db)
#define NUMBER_K0 UINT64_C(0x8ebc6af09c88c6e3)
#define NUMBER_K1 UINT64_C(0x589965cc75374cc3)

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

/* The token that comes in turns the shingle on by 13 bits, so that the one which goes out, the
 * fifth before it, has been turned by 65, which is 1. */
static inline uint64_t roll(uint64_t shingle, uint64_t in, uint64_t gone)
{
    return rotate(shingle, 13) ^ in ^ rotate(gone, 1);
}

static inline void put(uint32_t *bin, uint64_t shingle)
{
    uint64_t h = hash_mix(shingle ^ SHINGLE_K0, SHINGLE_K1);
    uint32_t value = (uint32_t)(h >> 24);
    uint32_t *b = &bin[h >> 56];

    *b = value < *b ? value : *b;
}

/* What goes on from one window of tokens to the next. */
struct roller {
    uint64_t shingle;
    uint64_t last[SHINGLE]; /* hashes of the last five tokens, the oldest first; zero: none yet */
};

/* Tokens from the sixth on. */
static uint64_t roll_all(uint32_t *bin, uint64_t shingle, const uint64_t *hash, size_t n)
{
    for (size_t i = SHINGLE; i < n; i++) {
        shingle = roll(shingle, hash[i], hash[i - SHINGLE]);
        put(bin, shingle);
    }
    return shingle;
}

/* The sum over tokens that hold a digit. They are few. */
static uint64_t add_numbers(const struct tokens *t)
{
    const uint8_t *at = t->word, *end = at + t->n;
    uint64_t numbers = 0;

    while ((at = memchr(at, 0, (size_t)(end - at))))
        numbers += hash_mix(t->hash[at++ - t->word] ^ NUMBER_K0, NUMBER_K1);
    return numbers;
}

static void roll_window(struct roller *r, const struct tokens *t, struct shingles *out)
{
    size_t n = t->n, head = n < SHINGLE ? n : SHINGLE;

    for (size_t i = 0; i < head; i++) {
        r->shingle = roll(r->shingle, t->hash[i], r->last[i]);
        if (out->n_tokens + i + 1 >= SHINGLE)
            put(out->bin, r->shingle);
    }
    r->shingle = roll_all(out->bin, r->shingle, t->hash, n);
    for (size_t i = 0; i + head < SHINGLE; i++)
        r->last[i] = r->last[i + head];
    for (size_t i = 0; i < head; i++)
        r->last[SHINGLE - head + i] = t->hash[n - head + i];
    out->numbers += add_numbers(t);
    out->n_tokens += n;
}

void shingle_text(const char *s, size_t n, struct tokens *t, struct shingles *out)
{
    struct roller r = { 0 };
    struct hash128_stream stream;

    out->n_tokens = 0;
    out->numbers = 0;
    out->exact = (struct hash128){ 0, 0 };
    memset(out->bin, 0xff, sizeof(out->bin));
    tokens_begin(t, s, n);
    if (!tokens_next_wanted(t, TOKENS_WITH_TEXT))
        return;
    if (tokens_done(t)) {
        out->exact = hash128(t->text, t->text_len - 1);
        roll_window(&r, t, out);
        return;
    }
    hash128_begin(&stream);
    for (bool more = true; more; more = tokens_next_wanted(t, TOKENS_WITH_TEXT)) {
        if (out->n_tokens > 0)
            hash128_add(&stream, " ", 1);
        hash128_add(&stream, t->text, t->text_len - 1);
        roll_window(&r, t, out);
    }
    out->exact = hash128_end(&stream);
}

/* The words of the last five tokens, and the run of them that is being put together. */
struct places {
    const char *text;
    const struct shingles *made;
    const bool *wanted;
    void (*found)(void *to, const char *words, size_t len);
    void *to;
    size_t first[SHINGLE]; /* where each of them begins; by number modulo 5 */
    size_t from, end;      /* the run; empty: none */
    unsigned bins;
};

static void end_run(struct places *p)
{
    if (p->end > p->from)
        p->found(p->to, p->text + p->from, p->end - p->from);
    p->from = p->end = 0;
}

static void look_at(struct places *p, uint64_t shingle, size_t from, size_t end)
{
    uint64_t h = hash_mix(shingle ^ SHINGLE_K0, SHINGLE_K1);
    unsigned bin = (unsigned)(h >> 56);

    if (!p->wanted[bin] || p->made->bin[bin] != (uint32_t)(h >> 24))
        return;
    p->bins++;
    if (p->end == 0 || from > p->end) {
        end_run(p);
        p->from = from;
    }
    p->end = end;
}

unsigned shingle_places(const char *s, size_t n, struct tokens *t, const struct shingles *made,
                        const bool wanted[BINS],
                        void (*found)(void *to, const char *words, size_t len), void *to)
{
    struct places p = { .text = s, .made = made, .wanted = wanted, .found = found, .to = to };
    uint64_t shingle = 0, last[SHINGLE] = { 0 };
    size_t number = 0;

    tokens_begin(t, s, n);
    while (tokens_next(t))
        for (size_t i = 0; i < t->n; i++, number++) {
            const struct token *word = &t->list[i];

            shingle = roll(shingle, word->hash, last[number % SHINGLE]);
            last[number % SHINGLE] = word->hash;
            p.first[number % SHINGLE] = word->at;
            if (number + 1 >= SHINGLE)
                look_at(&p, shingle, p.first[(number + 1) % SHINGLE], word->at + word->len);
        }
    end_run(&p);
    return p.bins;
}
