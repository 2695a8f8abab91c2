/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of text and what can be asked of them without a locale: valid UTF-8 in, case of ASCII and
 * Latin letters known, nothing allocated. */
#ifndef EXTRACT_TEXT_H
#define EXTRACT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A piece of somebody else's text; at is NULL for "none". */
struct span {
    const char *at;
    size_t len;
};

static inline struct span span(const char *at, size_t len)
{
    return (struct span){ at, len };
}

static inline uint64_t eight_at(const char *s)
{
    uint64_t eight;

    memcpy(&eight, s, 8);
    return eight;
}

/* Without a branch, as the next: what kind of byte comes is not to be foreseen. */
static inline unsigned char lower(char c)
{
    bool big = (unsigned char)(c - 'A') < 26;

    return (unsigned char)((unsigned char)c | big << 5);
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_ascii_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static inline bool is_ascii_small(char c)
{
    return (unsigned char)(c - 'a') < 26;
}

/* Bytes of the character that begins with this byte. */
static inline size_t char_size(char c)
{
    unsigned char b = (unsigned char)c;

    return b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
}

bool is_wide_capital(const char *s, const char *end); /* of what is not ASCII */
bool is_wide_small(const char *s, const char *end);
bool is_wide_word(const char *s, const char *end);
bool is_wide_word_before(const char *s, const char *begin);
/* A blank that is not ASCII, or a character of no width: its bytes, or 0; *blank says which. */
size_t odd_blank(const char *s, size_t n, bool *blank);

/* One of a few bytes that are known where this is compiled: all are compared, without a loop. */
__attribute__((always_inline)) static inline bool is_in(char c, const char *set)
{
    bool in = false;
    size_t n = strlen(set);

#pragma GCC unroll 16
    for (size_t i = 0; i < n; i++)
        in |= set[i] == c;
    return in;
}

/* Is there a capital (a small letter) of ASCII or Latin at s? */
static inline bool is_capital(const char *s, const char *end)
{
    return s < end && ((unsigned char)*s < 0x80 ? *s >= 'A' && *s <= 'Z' : is_wide_capital(s, end));
}

static inline bool is_small(const char *s, const char *end)
{
    return s < end && ((unsigned char)*s < 0x80 ? *s >= 'a' && *s <= 'z' : is_wide_small(s, end));
}

/* A letter or digit: ASCII, or any other character that is not punctuation (U+2000 to U+206F). */
static inline bool is_word_at(const char *s, const char *end)
{
    return s < end &&
           ((unsigned char)*s < 0x80 ? is_digit(*s) || is_ascii_letter(*s) : is_wide_word(s, end));
}

/* Is there such a one before s? */
static inline bool is_word_before(const char *s, const char *begin)
{
    return s > begin && ((unsigned char)s[-1] < 0x80 ? is_digit(s[-1]) || is_ascii_letter(s[-1])
                                                     : is_wide_word_before(s, begin));
}

/* A set of bytes, a bit each: asked without a loop. */
struct byte_set {
    uint64_t bits[4];
};

__attribute__((always_inline)) static inline struct byte_set byte_set(const char *bytes)
{
    struct byte_set set = { { 0 } };
    size_t n = strlen(bytes);

#pragma GCC unroll 16
    for (size_t i = 0; i < n; i++)
        set.bits[(unsigned char)bytes[i] >> 6] |= UINT64_C(1) << ((unsigned char)bytes[i] & 63);
    return set;
}

static inline bool is_in_set(char c, const struct byte_set *set)
{
    return set->bits[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1;
}

struct span span_trim_ends(struct span s, const struct byte_set *set);
/* Off these bytes, both ends; most pieces have none there. */
__attribute__((always_inline)) static inline struct span span_trim(struct span s, const char *bytes)
{
    if (s.len > 0 && (is_in(s.at[0], bytes) || is_in(s.at[s.len - 1], bytes))) {
        struct byte_set set = byte_set(bytes);

        return span_trim_ends(s, &set);
    }
    return s;
}

struct span trim_bullets(struct span s);             /* off blanks and bullets, both ends */
bool span_is(struct span s, const char *lower_case); /* equal, ASCII case ignored */
bool same_folded(const char *a, const char *b, size_t n);
/* Equal, ASCII case ignored; most that are asked about differ in length. */
static inline bool span_same(struct span a, struct span b)
{
    return a.len == b.len && same_folded(a.at, b.at, a.len);
}

bool starts_with(struct span s, const char *lower_case); /* ASCII case ignored */
/* First place of a lower-case ASCII text, case ignored; NULL: nowhere. */
const char *find_folded(struct span s, const char *lower_case);
const char *find_bytes(struct span s, const char *text);
/* First place of a text, case kept; linear for all practical texts. */
const char *find_span(struct span s, struct span text);

size_t count_words(struct span s);
/* Words that begin with a capital or digit, of those with a letter or digit. */
void count_words_and_capitals(struct span s, size_t *words, size_t *capital);
/* ... and those without small letters. */
void count_capitals(struct span s, size_t *words, size_t *capital, size_t *upper);
/* No small letter, and at least one capital. */
bool all_capitals(struct span s);

/* A quotation mark, bracket or the like at the end, in bytes; 0: none. */
size_t closing_mark_at_all(const char *begin, const char *end);
static inline size_t closing_mark(const char *begin, const char *end)
{
    return end > begin && !is_ascii_letter(end[-1]) ? closing_mark_at_all(begin, end) : 0;
}

/* Ends in an ellipsis. */
static inline bool ends_open(struct span s)
{
    const char *end = s.at + s.len;

    /* the middle byte first: it decides of nearly all */
    return s.len >= 3 && ((end[-2] == '.' && end[-3] == '.' && end[-1] == '.') ||
                          (end[-2] == '\x80' && end[-3] == '\xe2' && end[-1] == '\xa6'));
}

bool ends_sentence_at_all(struct span s);
/* Ends in . ! or ?, quotation marks and brackets after it passed over. The last two bytes tell it
 * of most: a letter, or a full stop after one. */
static inline bool ends_sentence(struct span s)
{
    char last = s.len > 1 ? s.at[s.len - 1] : ' ';

    if (is_ascii_letter(last))
        return false;
    if (is_in(last, ".!?") && is_ascii_letter(s.at[s.len - 2]))
        return true;
    return ends_sentence_at_all(s);
}

size_t dash_of_any_kind(const char *s, const char *end);
/* A dash at s: any run of hyphens, – or —; its bytes, or 0. */
static inline size_t dash_at(const char *s, const char *end)
{
    return s < end && is_in(*s, "-\xe2") ? dash_of_any_kind(s, end) : 0;
}

#endif
