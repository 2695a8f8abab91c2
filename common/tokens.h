/* SPDX-License-Identifier: Apache-2.0 */
/* Word tokens of a text, folded and hashed: what shingles, exact hashes and word votes are made of.
 *
 * Token rules, part of index format 1 (docs/index-format-1.md), so they never change:
 * 1. Separators are ASCII characters other than letters and digits; U+0080-00BF without the nine
 *    that are letters or digits in NFKC (U+00AA B2 B3 B5 B9 BA BC BD BE); U+00D7 and F7;
 * U+2000-206F; U+3000-3003, 3008-3011, 3014-301B; U+FF01-FF0F, FF1A-FF20, FF3B-FF40, FF5B-FF65;
 * U+FEFF. The runs between them are pieces.
 * 2. A piece longer than 256 bytes is cut after the last character that ends within 256, and so on.
 * 3. Each piece is put into NFKC, folded by simple case folding (CaseFolding.txt C and S), and put
 *    into NFKC again.
 * 4. The runs of letters, marks and decimal digits in that (general categories L*, M*, Nd) are the
 *    tokens. */
#ifndef COMMON_TOKENS_H
#define COMMON_TOKENS_H

#include "common/hash.h"

#include <stdbool.h>
#include <string.h>

enum {
    TOKENS_PIECE = 256,   /* bytes of source in one token at most */
    TOKENS_WINDOW = 8192, /* bytes of source in one window at most */
    TOKENS_MAX = 4608,    /* tokens in one window */
    TOKENS_TEXT = 20480   /* bytes of folded text in one window */
};

struct token {
    uint64_t hash;     /* token_hash of the folded token */
    uint32_t at;       /* first byte in the source; of its piece, if that held several tokens */
    uint32_t text_at;  /* first byte of the folded token in tokens.text */
    uint16_t len;      /* bytes of source, of the piece, at most TOKENS_PIECE */
    uint16_t text_len; /* bytes when folded */
    uint8_t digit;     /* 1: it holds a decimal digit */
};

struct token_place {
    uint16_t at, end; /* in the source, behind `from`; of its piece, if that held several tokens */
};

/* Tokens of the window before a place, and how many of them hold a digit. */
struct token_count {
    uint16_t tokens, digits;
};

/* What is told of 64 bytes of the window: where runs begin or end, and what ends there, in bits. */
struct tokens_block {
    uint64_t bits, edges, digits;
    uint32_t edges_before, digits_before;
};

/* One scan and the window of tokens that it stands at: about 250 kB, no pointer of its own, nothing
 * to free. It need not be zeroed. For one thread at a time. */
struct tokens {
    size_t n; /* tokens in the window */
    uint64_t hash[TOKENS_MAX];
    uint8_t word[TOKENS_MAX]; /* 1: it holds no decimal digit */
    size_t text_len;          /* the folded tokens, with one space after each */
    char text[TOKENS_TEXT];
    size_t lines; /* that end in the window, or at its end; but no empty ones */
    struct token_count line[TOKENS_WINDOW / 2 + 2]; /* before the end of each */
    size_t letters; /* bytes of the tokens without digits, when folded */
    struct token_place place[TOKENS_MAX];
    struct token list[TOKENS_MAX];
    const char *source;                 /* below: how far the scan is */
    size_t size, from, done;            /* the window begins at from */
    uint16_t edges[TOKENS_WINDOW + 64]; /* where runs begin and end, by turns, in the window */
    /* runs that are not all ASCII, and the runs up to each with a digit; then UINT16_MAX */
    uint16_t odd[TOKENS_WINDOW / 2 + 2];
    struct token_count digit[TOKENS_WINDOW / 2 + 2];
    struct tokens_block line_block[TOKENS_WINDOW / 64 + 2], digit_block[TOKENS_WINDOW / 64 + 2];
};

/* Begins a scan of s, which is valid UTF-8 and stays where it is until the last window is taken.
 * (Bytes that are not UTF-8 give some tokens or other, never a bad access.) At most 4 GiB. */
void tokens_begin(struct tokens *t, const char *s, size_t n);

/* The next window: t->list[0 .. t->n) and t->text. Typical pages fit in one. Tokens are the same
 * however the windows fall. False: there are no more tokens (then t->n is 0). */
bool tokens_next(struct tokens *t);

/* The same for those who need less: hash and word of each token, and what is wanted; TEXT is text
 * and text_len. All else is undefined. */
enum { TOKENS_WITH_TEXT = 1, TOKENS_WITH_PLACES = 2 };
bool tokens_next_wanted(struct tokens *t, unsigned wanted);

/* For those who look words up in a list. Most words of a text are in none, and are stopped here by
 * one bit of a filter, which has a word for each value of the highest bits of a hash and in it a
 * bit for each of the lowest. */
enum { TOKENS_FILTER = 1 << 12, TOKENS_FILTER_SHIFT = 64 - 12 };

struct tokens_listed {
    const uint64_t *filter;
    uint64_t *hash; /* of the listed tokens of the window, in their order; room for TOKENS_MAX */
    uint16_t before[TOKENS_MAX + 1]; /* listed ones before each token, and behind the last */
    size_t digits;
    uint16_t digit[TOKENS_MAX + 1]; /* which tokens hold one; behind the last UINT16_MAX */
};

/* The next window for them: t->n, line, lines and letters, and what is in l. It may hold lines
 * alone. All else is undefined. */
bool tokens_next_listed(struct tokens *t, struct tokens_listed *l);

/* True when the window is the last: the next call of tokens_next would return false. (False says
 * nothing: there may be no token in what is left.) */
static inline bool tokens_done(const struct tokens *t)
{
    return t->done >= t->size;
}

/* False: this build has no ICU, and folds letters beyond Latin-1 and Cyrillic not at all. Indexes
 * of such a build are marked. */
bool tokens_fold_all(void);

#define TOKEN_K0 UINT64_C(0x9e3779b97f4a7c15)
#define TOKEN_K1 UINT64_C(0xd6e8feb86659fd93)

/* Of a folded token, a multiply-mix of 16-byte blocks, the last filled up with zeros: h = 0, and
 * for each block of two little-endian words a, b: h = hash_mix(a ^ K0 ^ h, b ^ K1). The bytes of a
 * token never equal K0 or K1 (0x15 and 0xfd stand in no token). Of 16 bytes or fewer it takes one
 * multiply and no branch. Use it for words of a list that are folded already. */
static inline uint64_t token_hash(const char *folded, size_t n)
{
    uint64_t h = 0;

    do {
        size_t take = n < 16 ? n : 16;
        uint64_t block[2] = { 0, 0 };

        memcpy(block, folded, take);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        block[0] = __builtin_bswap64(block[0]);
        block[1] = __builtin_bswap64(block[1]);
#endif
        h = hash_mix(block[0] ^ TOKEN_K0 ^ h, block[1] ^ TOKEN_K1);
        folded += take;
        n -= take;
    } while (n > 0);
    return h;
}

#endif
