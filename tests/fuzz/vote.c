/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: the language of any text is one of the list or none, the same twice. And any bytes that
 * begin as a word list does are read or refused by line, and then vote. */
#include "plugins/transform/language/guess.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

static struct words words;
static struct vote_scratch scratch;

static void begin(void)
{
    struct fault f = { 0 };
    size_t n;
    char *data = fuzz_source("plugins/languages/words.conf", &n);

    promise(words_parse(&words, data, n, &f) == 0);
    free(data);
}

static void vote_with(const struct words *w, const char *text, size_t n)
{
    const struct guess_windows windows[] = { guess_for_vote, guess_for_cld2 };
    char sample[GUESS_LONG];
    struct language_guess a, b;
    struct vote v;

    for (size_t i = 0; i < 2 && n > windows[i].bytes; i++) {
        size_t len = guess_sample(text, n, windows[i], sample);

        promise(len <= windows[i].n * (windows[i].bytes + 4) && utf8_valid(sample, len));
    }
    vote_count(w, &scratch, text, n, &v);
    promise(v.best >= -1 && v.best < (int)w->n && v.second >= -1 && v.second < (int)w->n);
    promise(v.share >= 0 && v.share <= 1 && v.lead <= 1);
    a = language_guess(w, &scratch, text, n);
    b = language_guess(w, &scratch, text, n);
    promise(a.code == b.code && a.how == b.how && guess_how_name(a.how));
    promise(a.score >= 0 && a.score <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char page[] = "Warga yang sudah menunggu itu akan datang, the people of the town.";
    struct words own = { 0 };
    struct fault f = { 0 };
    char *text;

    if (!words.table)
        begin();
    text = copy_of(data, n, false);
    if (n > 0 && (text[0] == '[' || text[0] == '#')) {
        if (words_parse(&own, text, n, &f) == 0)
            vote_with(&own, page, sizeof(page) - 1);
        else
            promise(f.text[0]);
        words_free(&own);
    }
    vote_with(&words, text, utf8_valid_prefix(text, n));
    free(text);
    return 0;
}
