/* SPDX-License-Identifier: Apache-2.0 */
/* What the published quality rules count in a text: its words, its lines, what stands in it twice.
 *
 * Terms, the same for all rules. A word is a run of letters and digits, with a single - ' . , : / @
 * & _ or ’ allowed inside ("anak-anak", "12.000", "Jum'at"). Every other character but white space
 * is a symbol; equal ones in a row are one. Tokens are words and symbols. Lines are the lines that
 * hold more than white space, without the white space at their ends; paragraphs are what empty
 * lines part. Lengths are in characters. Words are compared without regard to case. */
#ifndef FILTER_MEASURE_H
#define FILTER_MEASURE_H

#include "common/tokens.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MEASURE_MAX_TOKENS = 1 << 18, /* repeats are sought of the first so many tokens, and lines */
    TOP_FIRST = 2,
    TOP_LAST = 4, /* n of the n-grams whose most frequent one is weighed */
    DUPLICATE_FIRST = 5,
    DUPLICATE_LAST = 10 /* n of those whose repeats are summed up */
};

struct measure {
    uint64_t chars;         /* all characters */
    uint64_t tokens, words; /* words: tokens that are no symbol */
    uint64_t word_chars;
    uint64_t runs;       /* what white space parts: "(Jum'at)," is one, a lone dash is one */
    uint64_t alphabetic; /* runs that hold a letter */
    uint64_t hashes;     /* # */
    uint64_t ellipses;   /* … and three dots */
    uint64_t stop_words; /* different ones */
    uint64_t lines, line_chars;
    uint64_t breaks; /* line ends with text behind them; empty lines between are not counted */
    uint64_t bullet_lines, ellipsis_lines, ended_lines;
    uint64_t duplicate_lines, duplicate_line_chars; /* second and later ones */
    uint64_t paragraphs, paragraph_chars, duplicate_paragraphs, duplicate_paragraph_chars;
    uint64_t gram_chars; /* characters of the part in which n-grams were sought: all, mostly */
    uint64_t top[TOP_LAST + 1];
    uint64_t duplicate[DUPLICATE_LAST + 1];
};

/* Scratch memory of one thread; zeroed at first. It grows with the texts that it sees, to about
 * 40 MB for one of 262,144 words or more. */
struct measure_scratch {
    struct tokens scan;
    struct gram_table {
        struct gram_slot {
            uint64_t hash;
            uint32_t stamp; /* of the table's round: an old one is a free slot */
            uint32_t count;
        } * slot;
        size_t slots;
        uint32_t stamp;
    } table;
    /* What stands before token i: prefix hash and characters in tokens. One more than tokens. */
    struct gram_prefix {
        uint64_t hash;
        uint64_t chars;
    } * prefix;
    size_t n, cap;
};

/* Stop words, as token_hash of the folded word, sorted. */
struct stop_words {
    const uint64_t *hash;
    size_t n; /* at most 64 */
};

/* Counts words and symbols and keeps their prefixes in scratch. Text is valid UTF-8. All of these
 * return false when memory is out. */
bool measure_words(struct measure *m, struct measure_scratch *s, const struct stop_words *stop,
                   const char *text, size_t n);
/* Counts lines and paragraphs. */
bool measure_lines(struct measure *m, struct measure_scratch *s, const char *text, size_t n);
/* The n-grams of the tokens that measure_words has kept. */
bool measure_grams(struct measure *m, struct measure_scratch *s);

void measure_free(struct measure_scratch *s);

/* One more token for measure_grams. */
bool gram_push(struct measure_scratch *s, uint64_t hash, uint64_t chars);

/* The table, of at least `entries` free places, emptied. */
bool gram_table_begin(struct gram_table *t, size_t entries);
/* How often hash has come, with this time; a new one is not kept if there is no room for it. */
uint32_t gram_table_add(struct gram_table *t, uint64_t hash, bool room);

/* Characters in n bytes of UTF-8. */
uint64_t count_chars(const char *s, size_t n);

#endif
