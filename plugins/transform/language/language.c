/* SPDX-License-Identifier: Apache-2.0 */
/* The language transform: reads a text, writes its language and how sure that is. */
#include "config.h"
#include "cld2.h"
#include "guess.h"

#include "common/fail.h"

#include <errno.h>
#include <etl/plugin.h>
#include <stdlib.h>
#include <string.h>

enum { VOTES_SHOWN = 6 };

struct language {
    etl_field text, language, score;
    const char *path;
    double min_score;
    struct words *words;
};

static const etl_option options[] = {
    ETL_OPT(struct language, READS, text, "text", "text", "text", "Text to look at"),
    ETL_OPT(struct language, WRITES, language, "language", "language", "text",
            "Field for the language: its ISO 639-1 code, or 639-3 where there is none"),
    ETL_OPT(struct language, WRITES, score, "score", "language_score", "real",
            "Field for how sure that is, 0 to 1"),
    ETL_OPT(struct language, DATA, path, "words", "languages/words.conf", NULL,
            "Word lists of the languages"),
    ETL_OPT(struct language, REAL, min_score, "min_score", "0.25", "0..1",
            "Below this score the language is null: unsure is said, not guessed"),
    ETL_OPT_END
};

static int language_open(void *self)
{
    struct language *me = self;
    struct fault f = { .line = 0 };

#ifdef HAVE_CLD2
    /* Which of CLD2's two tables the linker chose cannot be seen otherwise; the small ones know
     * half as many languages and answer differently. */
    size_t len = strlen(cld2_tables());

    if (len < 8 || strcmp(cld2_tables() + len - 8, "20140204") != 0)
        return etl_fail(me,
                        "CLD2 has its small tables (%s): this plugin must be linked with "
                        "-lcld2_full before -lcld2",
                        cld2_tables());
#endif
    me->words = malloc(sizeof(*me->words));
    if (!me->words)
        return etl_fail_errno(me, ENOMEM, "no memory for the word lists");
    if (words_load(me->words, me->path, &f) == 0)
        return ETL_OK;
    return fail_by(me, "words", me->path, &f);
}

/* For `etl explain`: how many words' worth of the text each language has, and what CLD2 said where
 * it was asked. */
static void note_votes(const struct language *me, etl_record *rec, etl_value text)
{
    struct vote v;
    char shown[400];
    uint64_t below = UINT64_MAX;
    size_t used = 0;
    struct cld2_guess c;
    bool clear = guess_votes(me->words, etl_worker(rec), text.text, text.len, &v);

    for (int rank = 0; rank < VOTES_SHOWN && used < sizeof(shown); rank++) {
        size_t best = me->words->n;

        for (size_t i = 0; i < me->words->n; i++)
            if (v.tally[i] > 0 && v.tally[i] < below &&
                (best == me->words->n || v.tally[i] > v.tally[best]))
                best = i;
        if (best == me->words->n)
            break;
        below = v.tally[best];
        used += (size_t)snprintf(shown + used, sizeof(shown) - used, "%s%s %.1f", rank ? ", " : "",
                                 me->words->language[best].code, (double)below / VOTE_SCALE);
    }
    etl_note(rec, "votes", "%s; of %.0f words%s", used ? shown : "none", vote_words(&v),
             clear ? " in windows of the text" : "");
    if (clear || vote_sure(me->words, &v) || v.tokens == 0)
        return;
    c = guess_cld2(text.text, text.len);
    etl_note(rec, "cld2", "%s %d %%", c.code[0] ? c.code[0] : "none", c.percent[0]);
}

static int language_map(const void *self, etl_record *rec)
{
    const struct language *me = self;
    etl_value text = etl_get(rec, me->text);
    struct language_guess g = { NULL, 0, GUESS_NONE };

    if (text.type == ETL_TEXT)
        g = language_guess(me->words, etl_worker(rec), text.text, text.len);
    if (text.type == ETL_TEXT && etl_noting(rec))
        note_votes(me, rec, text);
    etl_note(rec, "language", "%s %.3f (%s)", g.code ? g.code : "none", g.score,
             guess_how_name(g.how));
    if (text.type == ETL_TEXT)
        etl_set(rec, me->score, etl_real(g.score));
    if (g.code && g.score >= me->min_score)
        etl_set_view(rec, me->language, etl_text(g.code, strlen(g.code)));
    else
        etl_count(me, rec, "unsure", 1);
    return ETL_OK;
}

static void language_close(void *self)
{
    struct language *me = self;

    if (me->words)
        words_free(me->words);
    free(me->words);
}

static const etl_plugin plugin = {
    ETL_TRANSFORM("language", "1.0", "Tell what language a text is in"),
    .doc =
        "Each line of the text speaks for the languages whose words it holds (pronouns, "
        "particles, prepositions, numerals, days and months: languages/words.conf), and the text "
        "is the sum of its lines, so a page keeps its language though it quotes another. Of a text "
        "longer than 1,536 bytes eight windows vote first, and all of it where they leave any "
        "doubt. Where that still does, CLD2 is asked about three windows of the text, and the two "
        "are weighed.\n\n"
        "Tells apart Indonesian, Malay, Javanese, Sundanese, Minangkabau, Balinese, Madurese, "
        "Acehnese, Buginese, Banjarese, Toba Batak and whatever else has a word list or is known "
        "to CLD2. Close relatives (Bosnian, Croatian and Serbian; Danish and the two Norwegians) "
        "are told apart as far as the text shows it. A sentence that could be Indonesian or Malay "
        "counts as Indonesian.\n\n"
        "language_score is the part of the text, or of the windows where these were clear, that "
        "speaks for the language, less for very short texts and where words and CLD2 disagree. "
        "Under min_score, language stays null (counter: unsure). A text without words has score 0.",
    .self_size = sizeof(struct language),
    .worker_size = sizeof(struct vote_scratch),
    .options = options,
    .open = language_open,
    .map = language_map,
    .close = language_close,
};
ETL_PLUGINS(&plugin);
