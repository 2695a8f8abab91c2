/* SPDX-License-Identifier: Apache-2.0 */
/* The filter transform: drops records by expressions and by published quality rules. */
#include "rules.h"

#include "common/nearest.h"
#include "common/number.h"

#include <errno.h>
#include <etl/plugin.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STOP_WORDS_MAX = 64 };

struct filter {
    etl_expr keep, drop;
    etl_field text, score;
    etl_words rules, stop_words;
    struct limits limits;
    uint64_t chosen; /* a bit for each rule */
    uint32_t needs;  /* of all that are chosen */
    uint64_t stop_hash[STOP_WORDS_MAX];
    struct stop_words stop;
};

#define LIMIT(kind, name, preset, range, doc)                                                      \
    ETL_OPT(struct filter, kind, limits.name, #name, preset, range, doc)

static const etl_option options[] = {
    ETL_OPT(struct filter, EXPR, keep, "keep", "", NULL, "Drop records for which this is not true"),
    ETL_OPT(struct filter, EXPR, drop, "drop", "", NULL, "Drop records for which this is true"),
    ETL_OPT(struct filter, WORDS, rules, "rules", "", NULL,
            "Quality rules: gopher, gopher_quality, gopher_repetition, fineweb2, or single ones"),
    ETL_OPT(struct filter, READS, text, "text", "", "text",
            "Text that the rules look at [body, if there are rules]"),
    ETL_OPT(struct filter, READS, score, "language_score", "", "real",
            "Field for fineweb2_language_score; without it that rule of fineweb2 is left out"),
    LIMIT(INT, min_words, "50", "0..", "gopher_word_count: words at least"),
    LIMIT(INT, max_words, "100000", "1..", "gopher_word_count: words at most"),
    LIMIT(REAL, min_mean_word_length, "3", "0..", "gopher_mean_word_length: characters at least"),
    LIMIT(REAL, max_mean_word_length, "12", "0..", "gopher_mean_word_length: characters at most"),
    LIMIT(REAL, max_hash_ratio, "0.1", "0..1", "gopher_hash_ratio: # a word"),
    LIMIT(REAL, max_ellipsis_ratio, "0.1", "0..1", "gopher_ellipsis_ratio: ... a word"),
    LIMIT(REAL, max_bullet_lines, "0.9", "0..1", "gopher_bullet_lines: part of the lines"),
    LIMIT(REAL, max_ellipsis_lines, "0.3", "0..1", "gopher_ellipsis_lines: part of the lines"),
    LIMIT(REAL, min_alphabetic_words, "0.805", "0..1",
          "gopher_alphabetic_words: part of the words, as white space parts them, with a letter"),
    LIMIT(INT, min_stop_words, "2", "0..64", "gopher_stop_words: different stop words at least"),
    ETL_OPT(struct filter, WORDS, stop_words, "stop_words",
            "yang, dan, di, ke, dari, untuk, dengan, pada, adalah, ini, itu, tidak, akan, dalam, "
            "oleh, juga",
            "1..64", "Stop words of gopher_stop_words"),
    LIMIT(REAL, max_duplicate_lines, "0.241", "0..1",
          "gopher_duplicate_lines: lines that stood before, of all lines"),
    LIMIT(REAL, max_duplicate_line_chars, "0.2", "0..1",
          "gopher_duplicate_line_chars: the same by characters"),
    LIMIT(REAL, max_duplicate_paragraphs, "0.3", "0..1", "gopher_duplicate_paragraphs"),
    LIMIT(REAL, max_duplicate_paragraph_chars, "0.2", "0..1", "gopher_duplicate_paragraph_chars"),
    LIMIT(REAL, max_top_2_gram, "0.194", "0..1",
          "gopher_top_2_gram: part of the text in its most frequent 2 words"),
    LIMIT(REAL, max_top_3_gram, "0.166", "0..1", "gopher_top_3_gram"),
    LIMIT(REAL, max_top_4_gram, "0.145", "0..1", "gopher_top_4_gram"),
    LIMIT(REAL, max_duplicate_5_grams, "0.166", "0..1",
          "gopher_duplicate_5_grams: part of the text in 5 words that stood before"),
    LIMIT(REAL, max_duplicate_6_grams, "0.155", "0..1", "gopher_duplicate_6_grams"),
    LIMIT(REAL, max_duplicate_7_grams, "0.144", "0..1", "gopher_duplicate_7_grams"),
    LIMIT(REAL, max_duplicate_8_grams, "0.133", "0..1", "gopher_duplicate_8_grams"),
    LIMIT(REAL, max_duplicate_9_grams, "0.122", "0..1", "gopher_duplicate_9_grams"),
    LIMIT(REAL, max_duplicate_10_grams, "0.111", "0..1", "gopher_duplicate_10_grams"),
    LIMIT(REAL, min_ended_lines, "0.111", "0..1",
          "fineweb2_ended_lines: lines that end as a sentence does"),
    LIMIT(REAL, max_line_breaks, "0.157", "0..", "fineweb2_line_breaks: line ends a word"),
    LIMIT(REAL, max_repeated_chars, "0.1", "0..1",
          "fineweb2_repeated_chars: characters in lines that stood before"),
    LIMIT(REAL, min_language_score, "0.685", "0..1", "fineweb2_language_score at least"),
    ETL_OPT_END
};

static int by_hash(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static int read_rules(struct filter *me)
{
    const char *names[RULES_MAX];
    size_t n = rules_names(names, RULES_MAX);

    for (size_t i = 0; i < me->rules.n; i++) {
        uint64_t named = rules_named(me->rules.at[i]);
        const char *near = nearest(me->rules.at[i], names, n);

        if (named == 0)
            return etl_fail_option(me, "rules", "no rule is called '%.60s'%s%s%s", me->rules.at[i],
                                   near ? "; did you mean '" : "", near ? near : "",
                                   near ? "'?" : "");
        for (size_t r = 0; r < rules_count; r++)
            if (rules_all[r].needs == NEEDS_SCORE && me->score.id == 0 && named >> r & 1) {
                if (named == UINT64_C(1) << r)
                    return etl_fail_option(me, "rules",
                                           "%s reads a field that transform language "
                                           "writes: say language_score = language_score",
                                           rules_all[r].name);
                named &= ~(UINT64_C(1) << r);
            }
        me->chosen |= named;
    }
    for (size_t r = 0; r < rules_count; r++)
        if (me->chosen >> r & 1)
            me->needs |= rules_all[r].needs;
    return ETL_OK;
}

/* Folded and cut as the text will be. */
static int read_stop_words(struct filter *me)
{
    struct tokens *scan = malloc(sizeof(*scan));
    int status = ETL_OK;

    if (!scan)
        return etl_fail_errno(me, ENOMEM, "no memory for the stop words");
    for (size_t i = 0; i < me->stop_words.n && status == ETL_OK; i++) {
        const char *word = me->stop_words.at[i];

        tokens_begin(scan, word, strlen(word));
        if (!tokens_next(scan) || scan->n != 1)
            status = etl_fail_option(me, "stop_words", "'%.60s' is not one word", word);
        else
            me->stop_hash[me->stop.n++] = scan->list[0].hash;
    }
    free(scan);
    qsort(me->stop_hash, me->stop.n, sizeof(*me->stop_hash), by_hash);
    me->stop.hash = me->stop_hash;
    if (status == ETL_OK && me->limits.min_stop_words > (int64_t)me->stop.n)
        status = etl_fail_option(me, "min_stop_words", "there are only %zu stop_words", me->stop.n);
    return status;
}

static int filter_open(void *self)
{
    struct filter *me = self;

    if (me->keep.id == 0 && me->drop.id == 0 && me->rules.n == 0)
        return etl_fail(me, "filter has nothing to do: give keep, drop or rules");
    if (me->rules.n == 0)
        return ETL_OK;
    if (me->text.id == 0)
        me->text = etl_declare(me, "body", ETL_TEXT, ETL_READS);
    if (me->text.id == 0)
        return ETL_FAIL; /* the host has said why */
    return read_rules(me) == ETL_OK ? read_stop_words(me) : ETL_FAIL;
}

/* Rounded to four digits behind the point: enough to see why, and the same everywhere. */
static const char *figure_text(double d, char to[NUMBER_MAX + 1])
{
    if (d < 1e11)
        d = floor(d * 1e4 + 0.5) / 1e4;
    to[number_write_real(to, d)] = '\0';
    return to;
}

static int drop_by_rule(etl_record *rec, const struct rule *r, double figure, double limit)
{
    char is[NUMBER_MAX + 1], bound[NUMBER_MAX + 1];

    if (isnan(figure))
        return etl_drop(rec, r->name, "there is no language score");
    return etl_drop(rec, r->name, "%s is %s %s (%s)", figure_text(figure, is),
                    r->least ? "below" : "above", figure_text(limit, bound), r->limit);
}

/* For `etl explain`: each rule's figure, not of the broken one alone. */
static void note_figures(const struct filter *me, etl_record *rec, const struct measure *m,
                         double score)
{
    char is[NUMBER_MAX + 1], bound[NUMBER_MAX + 1];
    double figure, limit;

    for (size_t i = 0; i < rules_count; i++)
        if (me->chosen >> i & 1) {
            const struct rule *r = &rules_all[i];
            bool broken =
                rules_broken(UINT64_C(1) << i, &me->limits, m, score, &figure, &limit) != NULL;

            etl_note(rec, r->name, "%s, %s %s%s", isnan(figure) ? "none" : figure_text(figure, is),
                     r->limit, figure_text(limit, bound), broken ? ": broken" : "");
        }
}

static int apply_rules(const struct filter *me, etl_record *rec)
{
    struct measure m = { .chars = 0 };
    struct measure_scratch *scratch = etl_worker(rec);
    etl_value text = etl_get(rec, me->text), score = etl_get(rec, me->score);
    const char *s = text.type == ETL_TEXT ? text.text : "";
    double figure, limit;
    bool ok = true;

    if ((me->needs & (NEEDS_WORDS | NEEDS_GRAMS)) != 0)
        ok = measure_words(&m, scratch, &me->stop, s, text.len);
    if (ok && (me->needs & NEEDS_LINES) != 0)
        ok = measure_lines(&m, scratch, s, text.len);
    if (ok && (me->needs & NEEDS_GRAMS) != 0)
        ok = measure_grams(&m, scratch);
    if (!ok)
        return etl_fail_errno(me, ENOMEM, "no memory to measure a text of %u bytes", text.len);
    double is = score.type == ETL_REAL ? score.real : NAN;
    const struct rule *r = rules_broken(me->chosen, &me->limits, &m, is, &figure, &limit);

    if (etl_noting(rec))
        note_figures(me, rec, &m, is);
    return r ? drop_by_rule(rec, r, figure, limit) : ETL_OK;
}

static int filter_map(const void *self, etl_record *rec)
{
    const struct filter *me = self;

    if (me->keep.id != 0 && !etl_test(me->keep, rec))
        return etl_drop(rec, "keep", "keep is not true");
    if (me->drop.id != 0 && etl_test(me->drop, rec))
        return etl_drop(rec, "drop", "drop is true");
    return me->chosen != 0 ? apply_rules(me, rec) : ETL_OK;
}

static void filter_worker_close(const void *self, void *worker)
{
    (void)self;
    measure_free(worker);
}

static const etl_plugin plugin = {
    ETL_TRANSFORM("filter", "1.0", "Drop records by expressions and quality rules"),
    .doc =
        "keep, drop and rules are tried in this order; the first that speaks against a record "
        "drops it, under its own name and with the figure that was too low or too high.\n\n"
        "rules names groups of rules or single ones. gopher (gopher_quality and "
        "gopher_repetition) are those of Rae et al. 2021, fineweb2 those of Penedo et al. 2025; "
        "each has its limits as options, preset to what FineWeb-2 found for Indonesian "
        "(ind_Latn). For another language give its limits, and its stop_words.\n\n"
        "Words are runs of letters and digits, with a single - ' . , : / @ & _ inside; any other "
        "character is a symbol. Paragraphs are parted by empty lines. Repeated n-grams are sought "
        "among the first 262,144 words and symbols of a text.\n\n"
        "A null text has no words. The rules look at text as it is; put filter after extract.\n\n"
        "    [transform filter]\n"
        "    keep = language in (id, en) and not (kind == index)\n"
        "    rules = gopher, fineweb2\n"
        "    min_words = 30",
    .self_size = sizeof(struct filter),
    .worker_size = sizeof(struct measure_scratch),
    .options = options,
    .open = filter_open,
    .map = filter_map,
    .worker_close = filter_worker_close,
};
ETL_PLUGINS(&plugin);
