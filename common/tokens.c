/* SPDX-License-Identifier: Apache-2.0 */
/* The scan without AVX2, the runs that no scan takes at once, and the list of tokens. */
#include "common/cpu.h"
#include "common/tokens-fold.h"
#include "common/tokens-run.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __GNUC__
#define SCAN __attribute__((always_inline)) static inline
#define APART __attribute__((noinline)) static
#else
#define SCAN static inline
#define APART static
#endif

struct signs {
    char none;
};

SCAN struct signs find_signs(void)
{
    return (struct signs){ 0 };
}

#ifdef __SSE2__
SCAN struct masks look(const char *s, const struct signs *signs)
{
    const __m128i bit5 = _mm_set1_epi8(0x20);
    const __m128i from_a = _mm_set1_epi8((char)(0x80 - 'a'));
    const __m128i from_0 = _mm_set1_epi8((char)(0x80 - '0'));
    struct masks m = { 0, 0, 0 };

    (void)signs;
    for (int i = 0; i < 4; i++) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(s + 16 * i));
        __m128i letter =
            _mm_cmplt_epi8(_mm_add_epi8(_mm_or_si128(c, bit5), from_a), _mm_set1_epi8(-128 + 26));
        __m128i digit = _mm_cmplt_epi8(_mm_add_epi8(c, from_0), _mm_set1_epi8(-128 + 10));
        __m128i word = _mm_or_si128(_mm_or_si128(letter, digit), c);

        m.word |= (uint64_t)(unsigned)_mm_movemask_epi8(word) << 16 * i;
        m.digit |= (uint64_t)(unsigned)_mm_movemask_epi8(digit) << 16 * i;
        m.high |= (uint64_t)(unsigned)_mm_movemask_epi8(c) << 16 * i;
    }
    return m;
}

SCAN uint64_t look_at(const char *s, char sign)
{
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(s + 16 * i));

        c = _mm_cmpeq_epi8(c, _mm_set1_epi8(sign));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(c) << 16 * i;
    }
    return mask;
}
#else
SCAN struct masks look(const char *s, const struct signs *signs)
{
    struct masks m = { 0, 0, 0 };

    (void)signs;
    for (int i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)s[i];
        uint64_t digit = (unsigned char)(c - '0') < 10, high = c >= 0x80;

        m.word |= (high | digit | ((unsigned char)((c | 0x20) - 'a') < 26)) << i;
        m.digit |= digit << i;
        m.high |= high << i;
    }
    return m;
}

SCAN uint64_t look_at(const char *s, char sign)
{
    uint64_t mask = 0;

    for (int i = 0; i < 64; i++)
        mask |= (uint64_t)(s[i] == sign) << i;
    return mask;
}
#endif

/* Without -mpopcnt the builtin is a call. */
SCAN size_t count_bits(uint64_t x)
{
#ifdef __POPCNT__
    return (size_t)__builtin_popcountll(x);
#else
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (size_t)(x * UINT64_C(0x0101010101010101) >> 56);
#endif
}

/* Eight are written at once whether there are as many or not (Lemire and Langdale's way in
 * simdjson), for a branch on each bit would be mispredicted. */
SCAN uint16_t *put_bits(uint16_t *to, size_t from, uint64_t bits, const struct signs *s)
{
    const uint64_t last_bit = UINT64_C(1) << 63;
    uint16_t *end = to + count_bits(bits);

    (void)s;
    for (; to < end; to += 8)
        for (int k = 0; k < 8; k++) {
            to[k] = (uint16_t)(from + (size_t)__builtin_ctzll(bits | last_bit));
            bits &= bits - 1;
        }
    return end;
}

SCAN uint64_t load(const void *from)
{
    uint64_t word;

    memcpy(&word, from, sizeof(word));
    return word;
}

/* A letter has bit 6 and a digit has not. */
SCAN uint64_t fold_short(const char *s, size_t skip, char *text, uint8_t *word)
{
    const uint64_t bit5 = UINT64_C(0x2020202020202020);
    uint64_t keep_a = load(short_keep + skip), keep_b = load(short_keep + 8 + skip);
    uint64_t a = (load(s) | bit5) & keep_a, b = (load(s + 8) | bit5) & keep_b;

    if (text) {
        memcpy(text, &a, 8);
        memcpy(text + 8, &b, 8);
        *word = (((a ^ keep_a) | (b ^ keep_b)) & (bit5 << 1)) == 0;
    }
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    a = __builtin_bswap64(a);
    b = __builtin_bswap64(b);
#endif
    return hash_mix(a ^ TOKEN_K0, b ^ TOKEN_K1);
}

SCAN size_t add_bit(size_t n, uint64_t word, uint64_t bit)
{
    return n + (word >> (bit & 63) & 1);
}

#include "common/tokens-scan.h"

void tokens_scan_plain(struct tokens *t, unsigned wanted, struct tokens_listed *l)
{
    scan(t, wanted, l);
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

/* One token more, of text_len bytes that stand at the end of t->text. */
static void add(struct tokens *t, size_t at, size_t len, size_t text_len, bool digit)
{
    struct token_place *p = &t->place[t->n];
    char *text = t->text + t->text_len;

    p->at = (uint16_t)(at - t->from);
    p->end = (uint16_t)(at - t->from + len);
    t->hash[t->n] = token_hash(text, text_len);
    t->word[t->n++] = !digit;
    t->letters += digit ? 0 : text_len;
    t->text_len += text_len + 1;
    text[text_len] = ' ';
}

/* A piece of ASCII letters and digits, of any length. */
static void add_ascii(struct tokens *t, size_t at, size_t len)
{
    const char *s = t->source + at;
    char *to = t->text + t->text_len;
    bool digit = false;

    for (size_t i = 0; i < len; i++) {
        to[i] = s[i] | 0x20;
        digit |= (s[i] & 0x40) == 0;
    }
    add(t, at, len, len, digit);
}

static void add_folded(struct tokens *t, size_t at, size_t len)
{
    struct folded f;

    fold_piece(t->source + at, len, &f);
    for (size_t i = 0; i < f.n; i++) {
        memcpy(t->text + t->text_len, f.text + f.token[i].at, f.token[i].len);
        add(t, at, len, f.token[i].len, f.token[i].digit);
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

/* Bytes of ASCII from s on, of n; `readable` are behind s. */
static size_t ascii_bytes(const char *s, size_t n, size_t readable)
{
    size_t i = 0;

    for (; i < n && readable - i >= 8; i += 8) {
        uint64_t high = load(s + i) & UINT64_C(0x8080808080808080);

        if (high != 0)
            break;
    }
    while (i < n && (unsigned char)s[i] < 0x80)
        i++;
    return i < n ? i : n;
}

size_t tokens_add_run(struct tokens *t, size_t at, size_t end, size_t window_end, bool open)
{
    while (at < end) {
        size_t stop = at;
        bool plain = true;

        while (stop < end) {
            size_t room_for = (end - at < TOKENS_PIECE ? end : at + TOKENS_PIECE) - stop;
            size_t n = ascii_bytes(t->source + stop, room_for, t->size - stop);

            stop += n;
            if (stop == end)
                break;
            n = character((unsigned char)t->source[stop]);
            if (n > end - stop) {
                if (open)
                    return at;
                n = end - stop; /* not UTF-8 */
            }
            if (stop + n - at > TOKENS_PIECE || (n > 1 && is_separator(t->source + stop, n)))
                break;
            plain = false;
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

void tokens_begin(struct tokens *t, const char *s, size_t n)
{
    t->n = 0;
    t->source = s;
    t->size = n;
    t->done = 0;
}

static bool next(struct tokens *t, unsigned wanted, struct tokens_listed *l)
{
    do {
        t->n = 0;
        if (t->done >= t->size)
            return false;
        if (cpu_has_avx512())
            tokens_scan_avx512(t, wanted, l);
        else if (cpu_has_avx2())
            tokens_scan_avx2(t, wanted, l);
        else
            tokens_scan_plain(t, wanted, l);
    } while (t->n == 0 && t->lines == 0);
    return true;
}

bool tokens_next_wanted(struct tokens *t, unsigned wanted)
{
    return next(t, wanted, NULL);
}

bool tokens_next_listed(struct tokens *t, struct tokens_listed *l)
{
    return next(t, 0, l);
}

bool tokens_next(struct tokens *t)
{
    const char *at = t->text;
    bool more = tokens_next_wanted(t, TOKENS_WITH_TEXT | TOKENS_WITH_PLACES);

    for (size_t i = 0; i < t->n; i++) {
        struct token_place p = t->place[i];
        const char *space = memchr(at, ' ', t->text_len - (size_t)(at - t->text));

        t->list[i] = (struct token){ .hash = t->hash[i],
                                     .at = (uint32_t)(t->from + p.at),
                                     .text_at = (uint32_t)(at - t->text),
                                     .len = (uint16_t)(p.end - p.at),
                                     .text_len = (uint16_t)(space - at),
                                     .digit = !t->word[i] };
        at = space + 1;
    }
    return more;
}
