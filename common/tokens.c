/* SPDX-License-Identifier: Apache-2.0 */
/* The scan: 64 bytes at a time become a mask of word bytes, whose edges are where runs begin and
 * end; a run of ASCII is folded and hashed in one or two words, any other goes to tokens-fold.c. */
#include "common/tokens.h"
#include "common/tokens-fold.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A bit for each of 64 bytes: an ASCII letter or digit, or not ASCII. */
#ifdef __SSE2__
static inline uint64_t word_mask(const char *s)
{
    const __m128i bit5 = _mm_set1_epi8(0x20);
    const __m128i from_a = _mm_set1_epi8((char)(0x80 - 'a'));
    const __m128i from_0 = _mm_set1_epi8((char)(0x80 - '0'));
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(s + 16 * i));
        __m128i letter =
            _mm_cmplt_epi8(_mm_add_epi8(_mm_or_si128(c, bit5), from_a), _mm_set1_epi8(-128 + 26));
        __m128i digit = _mm_cmplt_epi8(_mm_add_epi8(c, from_0), _mm_set1_epi8(-128 + 10));
        __m128i word = _mm_or_si128(_mm_or_si128(letter, digit), c);

        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(word) << 16 * i;
    }
    return mask;
}
#else
static inline uint64_t word_mask(const char *s)
{
    uint64_t mask = 0;

    for (int i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c >= 0x80 || (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10)
            mask |= UINT64_C(1) << i;
    }
    return mask;
}
#endif

/* Without -mpopcnt the builtin is a call. */
static inline int count_bits(uint64_t x)
{
#ifdef __POPCNT__
    return __builtin_popcountll(x);
#else
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (int)(x * UINT64_C(0x0101010101010101) >> 56);
#endif
}

/* Places where the mask changes, as positions in the window; begin and end by turns. Eight are
 * written at once whether there are as many or not (Lemire and Langdale's way in simdjson), for a
 * branch on each bit would be mispredicted. */
static inline size_t find_edges(const char *s, size_t n, uint16_t *to)
{
    const uint64_t last_bit = UINT64_C(1) << 63;
    uint16_t *at = to;
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
        uint16_t *end = at + count_bits(edges);

        last = mask >> 63;
        for (; at < end; at += 8)
            for (int k = 0; k < 8; k++) {
                at[k] = (uint16_t)(i + (size_t)__builtin_ctzll(edges | last_bit));
                edges &= edges - 1;
            }
        at = end;
    }
    if (last)
        *at++ = (uint16_t)n;
    return (size_t)(at - to);
}

/* Bytes of a character by its first byte; of bytes that are not UTF-8, something from 1 to 4. */
static size_t character(unsigned char c)
{
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Whether the character at s, of n bytes and not ASCII, separates pieces: rule 1 in tokens.h. */
static bool is_separator(const char *s, size_t n)
{
    const unsigned char *c = (const unsigned char *)s;

    if (n == 2 && c[0] == 0xc2)
        return c[1] != 0xaa && c[1] != 0xb2 && c[1] != 0xb3 && c[1] != 0xb5 && c[1] != 0xb9 &&
               c[1] != 0xba && (c[1] < 0xbc || c[1] > 0xbe);
    if (n == 2)
        return c[0] == 0xc3 && (c[1] == 0x97 || c[1] == 0xb7);
    if (n != 3)
        return false;
    unsigned u = (c[0] & 15u) << 12 | (c[1] & 63u) << 6 | (c[2] & 63u);
    return (u >= 0x2000 && u <= 0x206f) || (u >= 0x3000 && u <= 0x3003) ||
           (u >= 0x3008 && u <= 0x3011) || (u >= 0x3014 && u <= 0x301b) ||
           (u >= 0xff01 && u <= 0xff0f) || (u >= 0xff1a && u <= 0xff20) ||
           (u >= 0xff3b && u <= 0xff40) || (u >= 0xff5b && u <= 0xff65) || u == 0xfeff;
}

static struct token *add(struct tokens *t, size_t at, size_t len, size_t text_len)
{
    struct token *k = &t->list[t->n++];

    k->at = (uint32_t)at;
    k->len = (uint16_t)len;
    k->text_at = (uint32_t)t->text_len;
    k->text_len = (uint16_t)text_len;
    t->text[t->text_len + text_len] = ' ';
    t->text_len += text_len + 1;
    return k;
}

/* A piece of ASCII letters and digits, of any length. */
static void add_ascii(struct tokens *t, size_t at, size_t len)
{
    const char *s = t->source + at;
    char *to = t->text + t->text_len;
    uint8_t digit = 0;

    for (size_t i = 0; i < len; i++) {
        to[i] = s[i] | 0x20;
        digit |= (s[i] & 0x40) == 0;
    }
    struct token *k = add(t, at, len, len);
    k->hash = token_hash(to, len);
    k->digit = digit;
}

static void add_folded(struct tokens *t, size_t at, size_t len)
{
    struct folded f;

    fold_piece(t->source + at, len, &f);
    for (size_t i = 0; i < f.n; i++) {
        const char *s = f.text + f.token[i].at;
        size_t n = f.token[i].len;

        memcpy(t->text + t->text_len, s, n);
        struct token *k = add(t, at, len, n);
        k->hash = token_hash(s, n);
        k->digit = f.token[i].digit;
    }
}

/* Room for a piece of any kind and, after it, for ASCII in all that is ahead in the window? Always
 * so while the window holds nothing. */
static bool room(const struct tokens *t, size_t ahead)
{
    return t->n + FOLD_TOKENS + ahead / 2 + 1 <= TOKENS_MAX &&
           t->text_len + FOLD_TEXT + FOLD_TOKENS + ahead + ahead / TOKENS_PIECE + 32 <= TOKENS_TEXT;
}
_Static_assert(FOLD_TOKENS + TOKENS_WINDOW / 2 + 1 <= TOKENS_MAX, "room in an empty window");
_Static_assert(FOLD_TEXT + FOLD_TOKENS + TOKENS_WINDOW + TOKENS_WINDOW / TOKENS_PIECE + 32 <=
                   TOKENS_TEXT,
               "room in an empty window");

/* A run that is not plain ASCII, or is long, or may go on behind the window (open): its pieces.
 * Returns how far it came, short of end where the window is full or the last piece is not whole. */
static size_t add_run(struct tokens *t, size_t at, size_t end, size_t window_end, bool open)
{
    while (at < end) {
        size_t stop = at;
        bool plain = true;

        while (stop < end) {
            size_t n = character((unsigned char)t->source[stop]);

            if (n > end - stop) {
                if (open)
                    return at;
                n = end - stop; /* not UTF-8 */
            }
            if (stop + n - at > TOKENS_PIECE || (n > 1 && is_separator(t->source + stop, n)))
                break;
            plain &= n == 1 && (unsigned char)t->source[stop] < 0x80;
            stop += n;
        }
        if (stop == end && open)
            return at;
        if (stop == at) {
            at += character((unsigned char)t->source[at]); /* a separator */
            continue;
        }
        if (!room(t, window_end - at))
            return at;
        if (plain)
            add_ascii(t, at, stop - at);
        else
            add_folded(t, at, stop - at);
        at = stop;
    }
    return end;
}

static inline uint64_t load(const void *from)
{
    uint64_t word;

    memcpy(&word, from, sizeof(word));
    return word;
}

/* A run of up to 16 bytes in two words, 16 of which may be read, to token k and its text; false if
 * it is not all ASCII. */
static inline bool put_short(struct token *k, char *to, const char *s, size_t len)
{
    static const unsigned char keep[32] = { 255, 255, 255, 255, 255, 255, 255, 255,
                                            255, 255, 255, 255, 255, 255, 255, 255 };
    const uint64_t high = UINT64_C(0x8080808080808080), bit6 = high >> 1, bit5 = high >> 2;
    uint64_t keep_a = load(keep + 16 - len), keep_b = load(keep + 24 - len);
    uint64_t a = load(s) & keep_a, b = load(s + 8) & keep_b;

    if ((a | b) & high)
        return false;
    k->digit = ((a ^ keep_a) | (b ^ keep_b)) & bit6 ? 1 : 0;
    a |= bit5 & keep_a;
    b |= bit5 & keep_b;
    memcpy(to, &a, 8);
    memcpy(to + 8, &b, 8);
    to[len] = ' ';
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    a = __builtin_bswap64(a);
    b = __builtin_bswap64(b);
#endif
    k->hash = hash_mix(a ^ TOKEN_K0, b ^ TOKEN_K1);
    k->len = k->text_len = (uint16_t)len;
    return true;
}

/* One window from t->done; sets t->done to where the next begins. What has been written so far is
 * noted in t only where add_run looks: a store of text may, for all compilers know, change it. */
static void scan_window(struct tokens *t)
{
    const char *base = t->source + t->done;
    size_t left = t->size - t->done;
    size_t n = left < TOKENS_WINDOW ? left : TOKENS_WINDOW;
    size_t edges = find_edges(base, n, t->edges);
    size_t closed = n == left ? n + 1 : n; /* a run that ends before it is whole */
    struct token *k = t->list;
    char *to = t->text;

    for (size_t i = 0; i < edges; i += 2) {
        size_t at = t->edges[i], end = t->edges[i + 1], len = end - at;

        if (len <= 16 && end < closed) {
            char last[16];
            const char *s = base + at;

            if (left - at < 16) {
                memset(last, 0, sizeof(last));
                s = memcpy(last, s, left - at);
            }
            if (put_short(k, to, s, len)) {
                k->at = (uint32_t)(t->done + at);
                k->text_at = (uint32_t)(to - t->text);
                to += len + 1;
                k++;
                continue;
            }
        }
        t->n = (size_t)(k - t->list);
        t->text_len = (size_t)(to - t->text);
        size_t stop = add_run(t, t->done + at, t->done + end, t->done + n, end >= closed);
        k = t->list + t->n;
        to = t->text + t->text_len;
        if (stop < t->done + end) {
            t->done = stop;
            return;
        }
    }
    t->n = (size_t)(k - t->list);
    t->text_len = (size_t)(to - t->text);
    t->done += n;
}

void tokens_begin(struct tokens *t, const char *s, size_t n)
{
    t->n = 0;
    t->text_len = 0;
    t->source = s;
    t->size = n;
    t->done = 0;
}

bool tokens_next(struct tokens *t)
{
    do {
        t->n = 0;
        t->text_len = 0;
        if (t->done >= t->size)
            return false;
        scan_window(t);
    } while (t->n == 0);
    return true;
}
