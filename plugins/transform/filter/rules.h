/* SPDX-License-Identifier: Apache-2.0 */
/* The published quality rules: each a figure of the text, a limit, and a name that a dropped record
 * bears. Gopher: Rae et al. 2021, table A1. FineWeb-2: Penedo et al. 2025, configs/ind_Latn.yml. */
#ifndef FILTER_RULES_H
#define FILTER_RULES_H

#include "measure.h"

/* The limits, each an option of the plugin by the member's name. */
struct limits {
    int64_t min_words, max_words, min_stop_words;
    double min_mean_word_length, max_mean_word_length;
    double max_hash_ratio, max_ellipsis_ratio, max_bullet_lines, max_ellipsis_lines;
    double min_alphabetic_words;
    double max_duplicate_lines, max_duplicate_line_chars;
    double max_duplicate_paragraphs, max_duplicate_paragraph_chars;
    double max_top_2_gram, max_top_3_gram, max_top_4_gram;
    double max_duplicate_5_grams, max_duplicate_6_grams, max_duplicate_7_grams;
    double max_duplicate_8_grams, max_duplicate_9_grams, max_duplicate_10_grams;
    double min_ended_lines, max_line_breaks, max_repeated_chars, min_language_score;
};

enum {
    GROUP_GOPHER_QUALITY = 1,
    GROUP_GOPHER_REPETITION = 2,
    GROUP_FINEWEB2 = 4,
    GROUP_GOPHER = GROUP_GOPHER_QUALITY | GROUP_GOPHER_REPETITION
};

/* What a rule's figure is read off. */
enum needs { NEEDS_WORDS = 1, NEEDS_LINES = 2, NEEDS_GRAMS = 4, NEEDS_SCORE = 8 };

struct rule {
    const char *name;  /* "gopher_word_count"; two that follow each other may share it */
    const char *limit; /* name of the limit's option */
    uint32_t group, needs;
    bool least; /* the limit is the least that passes, not the most */
    bool whole; /* the limit is an int64_t, not a double */
    size_t at;  /* of the limit in struct limits */
    double (*figure)(const struct measure *m); /* NULL for the language score */
};

enum { RULES_MAX = 40 };
/* All rules, in the order in which they are tried. */
extern const struct rule rules_all[];
extern const size_t rules_count;

/* A bit for each rule that a name stands for: a group ("gopher", "gopher_quality",
 * "gopher_repetition", "fineweb2") or one rule. 0: no such name. */
uint64_t rules_named(const char *name);
/* The names that rules_named knows, each once; returns how many. */
size_t rules_names(const char **to, size_t max);

/* The first of the chosen rules that the text breaks, or NULL; *figure and *limit are then set.
 * m holds what the rules need; language_score is NaN where there is none. */
const struct rule *rules_broken(uint64_t chosen, const struct limits *l, const struct measure *m,
                                double language_score, double *figure, double *limit);

#endif
