/* SPDX-License-Identifier: Apache-2.0 */
/* The table of rules. A figure of a text without words or lines is 0. */
#include "rules.h"

#include <string.h>

static double share(uint64_t part, uint64_t of)
{
    return of > 0 ? (double)part / (double)of : 0;
}

#define FIGURE(name, value)                                                                        \
    static double name(const struct measure *m)                                                    \
    {                                                                                              \
        return value;                                                                              \
    }

FIGURE(word_count, (double)m->words)
FIGURE(mean_word_length, share(m->word_chars, m->words))
FIGURE(hash_ratio, share(m->hashes, m->words))
FIGURE(ellipsis_ratio, share(m->ellipses, m->words))
FIGURE(bullet_lines, share(m->bullet_lines, m->lines))
FIGURE(ellipsis_lines, share(m->ellipsis_lines, m->lines))
FIGURE(alphabetic_words, share(m->alphabetic, m->runs))
FIGURE(stop_words, (double)m->stop_words)
FIGURE(duplicate_lines, share(m->duplicate_lines, m->lines))
FIGURE(duplicate_line_chars, share(m->duplicate_line_chars, m->line_chars))
FIGURE(duplicate_paragraphs, share(m->duplicate_paragraphs, m->paragraphs))
FIGURE(duplicate_paragraph_chars, share(m->duplicate_paragraph_chars, m->paragraph_chars))
FIGURE(top_2_gram, share(m->top[2], m->gram_chars))
FIGURE(top_3_gram, share(m->top[3], m->gram_chars))
FIGURE(top_4_gram, share(m->top[4], m->gram_chars))
FIGURE(duplicate_5_grams, share(m->duplicate[5], m->gram_chars))
FIGURE(duplicate_6_grams, share(m->duplicate[6], m->gram_chars))
FIGURE(duplicate_7_grams, share(m->duplicate[7], m->gram_chars))
FIGURE(duplicate_8_grams, share(m->duplicate[8], m->gram_chars))
FIGURE(duplicate_9_grams, share(m->duplicate[9], m->gram_chars))
FIGURE(duplicate_10_grams, share(m->duplicate[10], m->gram_chars))
FIGURE(ended_lines, share(m->ended_lines, m->lines))
FIGURE(line_breaks, share(m->breaks, m->words))

#define LEAST true
#define MOST false
#define RULE(name, limit, group, needs, least, figure)                                             \
    {                                                                                              \
        name, #limit, group, needs, least, false, offsetof(struct limits, limit), figure           \
    }
#define WHOLE(name, limit, least, figure)                                                          \
    {                                                                                              \
        "gopher_" name, #limit, GROUP_GOPHER_QUALITY, NEEDS_WORDS, least, true,                    \
            offsetof(struct limits, limit), figure                                                 \
    }
#define QUALITY(name, limit, needs, least, figure)                                                 \
    RULE("gopher_" name, limit, GROUP_GOPHER_QUALITY, needs, least, figure)
#define REPETITION(name, limit, needs, figure)                                                     \
    RULE("gopher_" name, limit, GROUP_GOPHER_REPETITION, needs, MOST, figure)
#define FINEWEB2(name, limit, needs, least, figure)                                                \
    RULE("fineweb2_" name, limit, GROUP_FINEWEB2, needs, least, figure)

/* Cheap figures first; the n-grams, which cost as much as all others, last. */
const struct rule rules_all[] = {
    FINEWEB2("language_score", min_language_score, NEEDS_SCORE, LEAST, NULL),
    WHOLE("word_count", min_words, LEAST, word_count),
    WHOLE("word_count", max_words, MOST, word_count),
    QUALITY("mean_word_length", min_mean_word_length, NEEDS_WORDS, LEAST, mean_word_length),
    QUALITY("mean_word_length", max_mean_word_length, NEEDS_WORDS, MOST, mean_word_length),
    QUALITY("hash_ratio", max_hash_ratio, NEEDS_WORDS, MOST, hash_ratio),
    QUALITY("ellipsis_ratio", max_ellipsis_ratio, NEEDS_WORDS, MOST, ellipsis_ratio),
    QUALITY("bullet_lines", max_bullet_lines, NEEDS_LINES, MOST, bullet_lines),
    QUALITY("ellipsis_lines", max_ellipsis_lines, NEEDS_LINES, MOST, ellipsis_lines),
    QUALITY("alphabetic_words", min_alphabetic_words, NEEDS_WORDS, LEAST, alphabetic_words),
    WHOLE("stop_words", min_stop_words, LEAST, stop_words),
    FINEWEB2("ended_lines", min_ended_lines, NEEDS_LINES, LEAST, ended_lines),
    FINEWEB2("line_breaks", max_line_breaks, NEEDS_LINES | NEEDS_WORDS, MOST, line_breaks),
    FINEWEB2("repeated_chars", max_repeated_chars, NEEDS_LINES, MOST, duplicate_line_chars),
    REPETITION("duplicate_lines", max_duplicate_lines, NEEDS_LINES, duplicate_lines),
    REPETITION("duplicate_line_chars", max_duplicate_line_chars, NEEDS_LINES, duplicate_line_chars),
    REPETITION("duplicate_paragraphs", max_duplicate_paragraphs, NEEDS_LINES, duplicate_paragraphs),
    REPETITION("duplicate_paragraph_chars", max_duplicate_paragraph_chars, NEEDS_LINES,
               duplicate_paragraph_chars),
    REPETITION("top_2_gram", max_top_2_gram, NEEDS_GRAMS, top_2_gram),
    REPETITION("top_3_gram", max_top_3_gram, NEEDS_GRAMS, top_3_gram),
    REPETITION("top_4_gram", max_top_4_gram, NEEDS_GRAMS, top_4_gram),
    REPETITION("duplicate_5_grams", max_duplicate_5_grams, NEEDS_GRAMS, duplicate_5_grams),
    REPETITION("duplicate_6_grams", max_duplicate_6_grams, NEEDS_GRAMS, duplicate_6_grams),
    REPETITION("duplicate_7_grams", max_duplicate_7_grams, NEEDS_GRAMS, duplicate_7_grams),
    REPETITION("duplicate_8_grams", max_duplicate_8_grams, NEEDS_GRAMS, duplicate_8_grams),
    REPETITION("duplicate_9_grams", max_duplicate_9_grams, NEEDS_GRAMS, duplicate_9_grams),
    REPETITION("duplicate_10_grams", max_duplicate_10_grams, NEEDS_GRAMS, duplicate_10_grams),
};
const size_t rules_count = sizeof(rules_all) / sizeof(*rules_all);

static const struct {
    const char *name;
    uint32_t groups;
} groups[] = {
    { "gopher", GROUP_GOPHER },
    { "gopher_quality", GROUP_GOPHER_QUALITY },
    { "gopher_repetition", GROUP_GOPHER_REPETITION },
    { "fineweb2", GROUP_FINEWEB2 },
};

uint64_t rules_named(const char *name)
{
    uint64_t chosen = 0;
    uint32_t wanted = 0;

    for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
        if (strcmp(groups[i].name, name) == 0)
            wanted = groups[i].groups;
    for (size_t i = 0; i < rules_count; i++)
        if ((rules_all[i].group & wanted) != 0 || strcmp(rules_all[i].name, name) == 0)
            chosen |= UINT64_C(1) << i;
    return chosen;
}

size_t rules_names(const char **to, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < sizeof(groups) / sizeof(*groups) && n < max; i++)
        to[n++] = groups[i].name;
    for (size_t i = 0; i < rules_count && n < max; i++)
        if (i == 0 || strcmp(rules_all[i].name, rules_all[i - 1].name) != 0)
            to[n++] = rules_all[i].name;
    return n;
}

static double limit_of(const struct rule *r, const struct limits *l)
{
    const char *at = (const char *)l + r->at;
    int64_t whole;
    double real;

    if (r->whole) {
        memcpy(&whole, at, sizeof(whole));
        return (double)whole;
    }
    memcpy(&real, at, sizeof(real));
    return real;
}

const struct rule *rules_broken(uint64_t chosen, const struct limits *l, const struct measure *m,
                                double language_score, double *figure, double *limit)
{
    for (size_t i = 0; i < rules_count; i++) {
        const struct rule *r = &rules_all[i];

        if ((chosen >> i & 1) == 0)
            continue;
        *limit = limit_of(r, l);
        *figure = r->figure ? r->figure(m) : language_score;
        if (r->least ? !(*figure >= *limit) : *figure > *limit)
            return r;
    }
    return NULL;
}
