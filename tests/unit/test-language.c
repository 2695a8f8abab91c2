/* SPDX-License-Identifier: Apache-2.0 */
/* Languages: the lists are read or refused with a line, the vote does not mind the order of lines,
 * close relatives are told apart by their own words, and what has no language gets none. */
#include "common/cpu.h"
#include "plugins/transform/language/guess.h"
#include "plugins/transform/language/cld2.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

static struct words words;
static struct vote_scratch *scratch;

static void setup(void)
{
    const char *source = getenv("srcdir");
    char path[4096];
    struct fault f = { .line = 0 };

    snprintf(path, sizeof(path), "%s/plugins/languages/words.conf", source ? source : ".");
    ck_assert_msg(words_load(&words, path, &f) == 0, "%s:%d: %s", path, (int)f.line, f.text);
    scratch = malloc(sizeof(*scratch));
    ck_assert_ptr_nonnull(scratch);
}

static void teardown(void)
{
    words_free(&words);
    free(scratch);
}

static struct language_guess guess(const char *text)
{
    return language_guess(&words, scratch, text, strlen(text));
}

static const struct {
    const char *code, *text;
} sentences[] = {
    { "id", "Warga desa itu sudah menunggu sejak pagi karena bantuan belum juga datang, kata "
            "kepala desa pada hari Senin." },
    { "id",
      "Anak-anak bermain di halaman sekolah setelah hujan berhenti dan matahari terlihat lagi." },
    { "ms", "Penduduk kampung itu sudah menunggu sejak pagi kerana bantuan belum juga tiba, kata "
            "ketua kampung pada hari Isnin. Bahawa wang itu cuma sedikit, iaitu lapan ringgit "
            "sahaja, ialah perkara yang berbeza." },
    { "jv",
      "Wong-wong ing desa iku wis ngenteni wiwit esuk amarga pitulungane durung teka, lan ora "
      "ana sing ngerti kapan bakal teka." },
    { "su",
      "Warga di lembur éta geus ngadagoan ti isuk-isuk sabab bantuan can datang, jeung teu aya "
      "nu nyaho iraha rék datangna." },
    { "min",
      "Urang kampuang tu alah mananti dari pagi dek bantuan alun juo tibo, nan indak ado urang "
      "nan tau bilo ka tibo untuak kito." },
    { "en",
      "The people of the village had been waiting since the morning because the help that was "
      "promised had not come." },
    { "tl",
      "Ang mga tao sa nayon ay naghihintay na mula pa kaninang umaga dahil hindi pa dumarating "
      "ang tulong." },
    { "nl",
      "De mensen in het dorp wachtten al sinds de ochtend omdat de hulp nog niet was gekomen." },
    { "de",
      "Die Leute im Dorf warteten schon seit dem Morgen, weil die Hilfe noch nicht gekommen war." },
    { "fr", "Les gens du village attendaient depuis le matin parce que les secours n'étaient pas "
            "encore arrivés." },
    { "es",
      "La gente del pueblo esperaba desde la mañana porque la ayuda todavía no había llegado." },
    { "pt",
      "As pessoas da aldeia esperavam desde a manhã porque a ajuda ainda não tinha chegado." },
    { "ru", "Люди в деревне ждали с самого утра, потому что помощь ещё не пришла." },
    { "uk", "Люди в селі чекали з самого ранку, тому що допомога ще не прийшла." },
#ifdef HAVE_CLD2
    { "ja", "村の人たちは朝から待っていましたが、助けはまだ来ていませんでした。" },
    { "th", "ชาวบ้านรอตั้งแต่เช้าเพราะความช่วยเหลือยังมาไม่ถึง" },
    { "ko", "마을 사람들은 아침부터 기다렸지만 도움은 아직 오지 않았습니다." },
    { "ar", "كان أهل القرية ينتظرون منذ الصباح لأن المساعدة لم تصل بعد." },
#endif
};

START_TEST(tells_sentences)
{
    struct language_guess g = guess(sentences[_i].text);

    ck_assert_msg(g.code && strcmp(g.code, sentences[_i].code) == 0, "%s is called %s (%s)",
                  sentences[_i].code, g.code ? g.code : "none", guess_how_name(g.how));
    ck_assert_msg(g.score > 0.5 && g.score <= 1, "%s has score %f", g.code, g.score);
}
END_TEST

START_TEST(nothing_is_said_of_nothing)
{
    static const char *const texts[] = { "", " \n\t ", "12345 67890", "!!! ??? ...", "2024-05-06" };
    static const char *const short_ones[] = { "OK", "x", "a b", "Rp 12.000" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        ck_assert_ptr_null(guess(texts[i]).code);
        ck_assert(guess(texts[i]).score == 0);
    }
    for (size_t i = 0; i < sizeof(short_ones) / sizeof(*short_ones); i++)
        ck_assert_msg(guess(short_ones[i]).score < 0.25, "%s", short_ones[i]);
}
END_TEST

/* All lines of the table but one language's, in any order: the votes are the same. */
START_TEST(order_of_lines_is_nothing_to_the_vote)
{
    enum { LINES = 8 };
    char text[2][4096] = { "", "" };
    struct vote v[2];

    for (int i = 0; i < LINES; i++) {
        strcat(strcat(text[0], sentences[i].text), "\n");
        strcat(strcat(text[1], sentences[LINES - 1 - i].text), "\n");
    }
    for (int i = 0; i < 2; i++)
        vote_count(&words, scratch, text[i], strlen(text[i]), &v[i]);
    ck_assert_int_ge(v[0].best, 0);
    ck_assert_int_eq(v[0].best, v[1].best);
    ck_assert_mem_eq(v[0].tally, v[1].tally, words.n * sizeof(*v[0].tally));
}
END_TEST

START_TEST(a_page_keeps_its_language_though_it_quotes_another)
{
    struct language_guess g = guess(
        "Kepala sekolah itu mengatakan bahwa para siswa akan kembali belajar pada hari Senin.\n"
        "\"We have been waiting for this for a long time, and we are very happy that it is here,\" "
        "said the visitor.\n"
        "Ia menambahkan bahwa gedung baru itu belum dapat dipakai karena atapnya masih bocor.\n"
        "\"But I do not think that it will be long before they can use it,\" she said.\n"
        "Menurut dia, para guru sudah siap sejak bulan Juli dan tinggal menunggu izin dari "
        "dinas.\n");

    ck_assert_str_eq(g.code, "id");
    ck_assert(g.score < 0.9);
}
END_TEST

START_TEST(long_texts_and_long_words_are_read_to_their_end)
{
    size_t n = 0, max = 4u << 20;
    char *text = malloc(max);
    const char *line = sentences[0].text;

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', max / 2); /* one word of 2 MiB */
    for (n = max / 2; n + 200 < max; n += strlen(line) + 1) {
        text[n - 1] = ' ';
        memcpy(text + n, line, strlen(line));
        text[n + strlen(line)] = ' ';
    }
    ck_assert_str_eq(language_guess(&words, scratch, text, n).code, "id");
    free(text);
}
END_TEST

START_TEST(samples_are_whole_characters)
{
    enum { MAX = 5000 };
    const struct guess_windows windows[] = { guess_for_vote, guess_for_cld2 };
    char text[MAX], sample[GUESS_LONG];

    for (size_t i = 0; i < MAX; i++)
        text[i] = "\xe0\xb8\x81"[i % 3];
    for (size_t n = GUESS_SHORT; n < MAX; n += 37) {
        struct guess_windows w = windows[n % 2];
        size_t got = guess_sample(text, n - n % 3, w, sample), at = 0, lines = 0;

        ck_assert_uint_ge(got, w.n * w.bytes);
        ck_assert_uint_le(got, w.n * (w.bytes + 4));
        while (at < got) {
            size_t step = sample[at] == '\n' ? 1 : 3;

            lines += step == 1;
            ck_assert(step == 1 || memcmp(sample + at, "\xe0\xb8\x81", 3) == 0);
            at += step;
        }
        ck_assert_uint_eq(at, got);
        ck_assert_uint_eq(lines, w.n);
    }
}
END_TEST

static const char *sentence_of(const char *code)
{
    for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++)
        if (strcmp(sentences[i].code, code) == 0)
            return sentences[i].text;
    ck_abort_msg("no sentence in %s", code);
}

/* Parts of sentences in the one language and, about `places` of 16 of them, in the other. */
static size_t two_languages(const char *one, const char *two, unsigned places, uint64_t *r,
                            char *to)
{
    size_t n = 0;

    while (n < 4000) {
        const char *s = next_random(r) % 16 < places ? two : one;
        size_t len = strlen(s), from = next_random(r) % (len / 2);

        from += strcspn(s + from, " ");
        len = (len - from) / (1 + next_random(r) % 2);
        memcpy(to + n, s + from, len);
        n += len;
        to[n++] = next_random(r) % 4 ? ' ' : '\n';
    }
    return n;
}

enum { PAGE = 5000 };

START_TEST(windows_are_enough_where_a_page_is_all_in_one_language)
{
    static const char *const codes[] = { "id", "en", "ms" };
    unsigned clear[3] = { 0 };
    char page[PAGE];
    uint64_t r = 3;

    for (unsigned i = 0; i < 300; i++) {
        const char *s = sentence_of(codes[i % 3]);
        struct vote v;

        clear[i % 3] += guess_votes(&words, scratch, page, two_languages(s, s, 0, &r, page), &v);
    }
    ck_assert_uint_ge(clear[0], 90);
    ck_assert_uint_ge(clear[1], 90);
    ck_assert_uint_eq(clear[2], 0); /* its neighbour stands before it, and might be meant */
}
END_TEST

/* A page that two languages share is told by either; but what all of it is sure of, they are. */
START_TEST(windows_say_what_the_page_says)
{
    static const char *const codes[] = { "id", "en", "su", "jv", "tl", "nl", "de", "fr" };
    enum { CODES = sizeof(codes) / sizeof(*codes) };
    char page[PAGE];
    unsigned clear = 0;
    uint64_t r = 4;

    for (unsigned i = 0; i < CODES * CODES * 16 * 4; i++) {
        const char *one = codes[i % CODES], *two = codes[i / CODES % CODES];
        unsigned places = i / (CODES * CODES) % 16;
        size_t n = two_languages(sentence_of(one), sentence_of(two), places, &r, page);
        struct vote v, whole;

        vote_count(&words, scratch, page, n, &whole);
        if (!guess_votes(&words, scratch, page, n, &v)) {
            ck_assert_mem_eq(v.tally, whole.tally, words.n * sizeof(*v.tally));
            continue;
        }
        clear++;
        ck_assert_msg(v.best == whole.best || (places > 2 && !vote_sure(&words, &whole)),
                      "%s, and in %u of 16 places %s", one, places, two);
    }
    ck_assert_uint_ge(clear, 100); /* and not for want of clear ones */
}
END_TEST

START_TEST(codes_are_iso_639)
{
    ck_assert_str_eq(guess_code("jw"), "jv");
    ck_assert_str_eq(guess_code("iw"), "he");
    ck_assert_str_eq(guess_code("no"), "nb");
    ck_assert_str_eq(guess_code("zh-Hant"), "zh");
    ck_assert_str_eq(guess_code("id"), "id");
    ck_assert_str_eq(guess_code("ceb"), "ceb");
    ck_assert_ptr_null(guess_code("un"));
    ck_assert_ptr_null(guess_code("xx-Cher"));
    ck_assert_ptr_null(guess_code("tlh"));
    ck_assert_ptr_null(guess_code(NULL));
}
END_TEST

#ifdef HAVE_CLD2
/* The link order decides it, and nothing else tells. */
START_TEST(cld2_has_its_full_tables)
{
    const char *version = cld2_tables();

    ck_assert_str_eq(version + strlen(version) - 8, "20140204");
}
END_TEST
#endif

static int parse(const char *text, struct fault *f)
{
    struct words w;
    int status = words_parse(&w, text, strlen(text), f);

    words_free(&w);
    return status;
}

START_TEST(mistakes_in_lists_have_a_line)
{
    static const struct {
        const char *text;
        uint64_t line;
        const char *part;
    } bad[] = {
        { "# no word\n", 1, "no word" },
        { "[id]\nwords = a\n[id]\n", 3, "already" },
        { "[indonesian]\n", 1, "ISO 639" },
        { "[ID]\n", 1, "ISO 639" },
        { "[id\n", 1, "ISO 639" },
        { "words = a\n", 1, "before" },
        { "[id]\nword = a\n", 2, "word" },
        { "[id]\nwords = a\nwords = b\n", 3, "second" },
        { "[id]\nwords = a\n b\n\n[ms]\nnear = xx\n", 6, "xx" },
        { "[id]\nwords = a\nnear = id\n", 3, "itself" },
        { "[id]\nnonsense\n", 2, "neither" },
        { "[id]\nalone = maybe\n", 2, "maybe" },
        { "[id]\nname =\n", 2, "name" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct fault f = { .line = 0 };

        ck_assert_msg(parse(bad[i].text, &f) == -1, "%s", bad[i].text);
        if (i > 0)
            ck_assert_uint_eq(f.line, bad[i].line);
        ck_assert_msg(strstr(f.text, bad[i].part) != NULL, "%s: %s", bad[i].text, f.text);
    }
    struct fault f;

    ck_assert_int_eq(parse("# x\n\n[id]\r\nname = Indonesian\r\nwords = yang\r\n\tdan\r\n", &f), 0);
    ck_assert_int_eq(words_load(&(struct words){ .n = 0 }, "/nowhere/words.conf", &f), -1);
    ck_assert_int_ne(f.err, 0);
}
END_TEST

/* Votes of a word for a language, by the order of the file. */
static unsigned votes(const struct words *w, const struct words_entry *e, size_t language)
{
    return w->rows[e->row + language];
}

static unsigned voters(const struct words *w, const struct words_entry *e)
{
    unsigned n = 0;

    for (size_t i = 0; i < WORDS_LANGUAGES; i++)
        n += votes(w, e, i) > 0;
    return n;
}

static const struct words_entry *look_up(const struct words *w, const char *word)
{
    const struct words_entry *e = words_slot(w, token_hash(word, strlen(word)));

    return e->hash ? e : NULL;
}

START_TEST(a_word_of_few_languages_counts_more)
{
    const char *text = "[aa]\nwords = one both\nmarks = own\n[bb]\nnear = cc\nwords = both two\n"
                       "marks = two\n[cc]\nwords = both two\n[dd]\nwords = \xc3\x89T\xc3\x89\n";
    struct words w;
    struct fault f;

    ck_assert_int_eq(words_parse(&w, text, strlen(text), &f), 0);
    const struct words_entry *one = look_up(&w, "one");
    const struct words_entry *own = look_up(&w, "own");
    const struct words_entry *both = look_up(&w, "both");
    const struct words_entry *two = look_up(&w, "two");

    ck_assert_uint_eq(voters(&w, one), 1);
    ck_assert_uint_eq(votes(&w, one, 0), WORDS_WEIGHT);
    ck_assert_uint_eq(votes(&w, own, 0), WORDS_WEIGHT * WORDS_MARK);
    ck_assert_uint_eq(voters(&w, both), 3);
    ck_assert_uint_lt(votes(&w, both, 0), WORDS_WEIGHT);
    /* bb and cc are near, so one family has it; a mark that is a word, too, is a mark */
    ck_assert_uint_eq(voters(&w, two), 2);
    ck_assert_uint_eq(votes(&w, two, 1), WORDS_WEIGHT * WORDS_MARK);
    ck_assert_uint_eq(votes(&w, two, 2), WORDS_WEIGHT);
    ck_assert_ptr_nonnull(look_up(&w, "\xc3\xa9t\xc3\xa9")); /* folded */
    ck_assert_ptr_null(look_up(&w, "three"));
    ck_assert(words_near(&w, 1, 2) && words_near(&w, 2, 1) && !words_near(&w, 0, 1));
    words_free(&w);
}
END_TEST

/* Lines and words one by one, as vote.h and the comments in vote.c say. */
static void count_slowly(const char *text, size_t n, struct vote *v)
{
    static struct tokens t;
    uint64_t votes[WORDS_LANGUAGES] = { 0 }, in_line = 0, weight = 0;
    const char *last = text;

    memset(v, 0, sizeof(*v));
    tokens_begin(&t, text, n);
    for (bool more = true; more;) {
        more = tokens_next(&t);
        for (size_t i = 0; i < t.n + !more; i++) {
            const char *at = more ? text + t.list[i].at : text + n;

            if (!more || in_line == LINE_WORDS || memchr(last, '\n', (size_t)(at - last))) {
                uint64_t best = 0, pull = weight * 3 * VOTE_SCALE / WORDS_WEIGHT;

                for (size_t k = 0; k < words.n; k++)
                    best = votes[k] > best ? votes[k] : best;
                pull = pull < in_line * VOTE_SCALE ? pull : in_line * VOTE_SCALE;
                for (size_t k = 0; k < words.n && best > 0; k++)
                    v->tally[k] += (pull << 20) / best * votes[k] >> 20;
                v->pull += (double)pull / VOTE_SCALE;
                memset(votes, 0, sizeof(votes));
                in_line = weight = 0;
            }
            if (!more || t.list[i].digit)
                continue;
            last = at;
            in_line++;
            v->tokens++;
            v->bytes += t.list[i].text_len;
            const struct words_entry *e = words_slot(&words, t.list[i].hash);
            weight += e->weight & UINT16_MAX;
            for (size_t k = 0; k < words.n; k++)
                votes[k] += words.rows[e->row + k];
        }
    }
}

/* Words of the sentences, names and numbers, in lines of any length. */
static size_t some_page(uint64_t *r, char *to, size_t max)
{
    size_t n = 0, line = 1 + next_random(r) % 200;

    while (n + 100 < max) {
        const char *s = sentences[next_random(r) % (sizeof(sentences) / sizeof(*sentences))].text;
        size_t skip = next_random(r) % strlen(s), len;

        skip += strcspn(s + skip, " ");
        skip += strspn(s + skip, " ");
        len = strcspn(s + skip, " ");
        len = len < 80 ? len : 0;
        if (next_random(r) % 8 == 0)
            n += (size_t)sprintf(to + n, "x%u", (unsigned)(next_random(r) % 1000));
        memcpy(to + n, s + skip, len);
        n += len;
        to[n++] = next_random(r) % line ? ' ' : '\n';
        if (next_random(r) % 100 == 0)
            line = 1 + next_random(r) % 200;
    }
    return n;
}

START_TEST(the_quick_count_is_the_slow_one)
{
    enum { MAX = 30000 };
    char *text = malloc(MAX);
    uint64_t r = 5;

    for (int round = 0; round < 300; round++) {
        size_t n = some_page(&r, text, 200 + next_random(&r) % (MAX - 200));
        struct vote quick, slow;

        if (round % 10 == 0) /* a window of nothing but lines */
            memset(text, '\n', n / 2);
        vote_count(&words, scratch, text, n, &quick);
        count_slowly(text, n, &slow);
        must(quick.tokens == slow.tokens && quick.bytes == slow.bytes && quick.pull == slow.pull);
        must(memcmp(quick.tally, slow.tally, words.n * sizeof(*slow.tally)) == 0);
    }
    free(text);
}
END_TEST

START_TEST(tallies_are_the_same_with_avx2)
{
    enum { ROWS = 64 };
    static uint8_t rows[(1 + ROWS) * WORDS_LANGUAGES];
    static struct words_entry table[2 * ROWS];
    struct words w = {
        .n = 1, .table = table, .rows = rows, .mask = sizeof(table) - sizeof(*table)
    };
    uint64_t r = 9;

    for (int round = 0; round < 20000 && cpu_has_avx2(); round++) {
        size_t n = 1 + next_random(&r) % LINE_WORDS;
        uint32_t count = (uint32_t)(n + next_random(&r) % (LINE_WORDS + 1 - n));
        uint32_t plain[WORDS_LANGUAGES] = { 7 }, avx2[WORDS_LANGUAGES] = { 7 };
        unsigned limit = round % 200 < 100 ? WORDS_WEIGHT * WORDS_MARK : 4;
        uint64_t hash[LINE_WORDS];

        if (round % 100 < 2)
            w.n = 1 + next_random(&r) % WORDS_LANGUAGES;
        for (size_t i = WORDS_LANGUAGES; i < sizeof(rows) && round % 100 < 2; i++)
            rows[i] = (uint8_t)(i % WORDS_LANGUAGES < w.n ? next_random(&r) % (limit + 1) : 0);
        for (uint32_t i = 1; i <= ROWS; i++) {
            uint8_t *row = rows + i * WORDS_LANGUAGES, most = 1;

            row[0] = row[0] ? row[0] : 1; /* each has some vote */
            for (size_t k = 0; k < WORDS_LANGUAGES; k++)
                most = row[k] > most ? row[k] : most;
            /* every other has found its first place taken */
            table[1 + i] = (struct words_entry){ (1 + i) / 2 * 2 * sizeof(*table) + 4096 * i,
                                                 i * WORDS_LANGUAGES,
                                                 (1 + i % WORDS_WEIGHT) | (uint32_t)most << 16 };
        }
        for (size_t i = 0; i < n; i++) /* some are in no list */
            hash[i] = next_random(&r) % 8 ? table[2 + next_random(&r) % ROWS].hash
                                          : next_random(&r) | UINT64_C(1) << 63;
        must(line_add_plain(&w, hash, n, count, plain) == line_add_avx2(&w, hash, n, count, avx2));
        must(memcmp(plain, avx2, sizeof(plain)) == 0);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("language");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_add_unchecked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, tells_sentences, 0, sizeof(sentences) / sizeof(*sentences));
    tcase_add_test(c, nothing_is_said_of_nothing);
    tcase_add_test(c, order_of_lines_is_nothing_to_the_vote);
    tcase_add_test(c, a_page_keeps_its_language_though_it_quotes_another);
    tcase_add_test(c, long_texts_and_long_words_are_read_to_their_end);
    tcase_add_test(c, samples_are_whole_characters);
    tcase_add_test(c, windows_are_enough_where_a_page_is_all_in_one_language);
    tcase_add_test(c, windows_say_what_the_page_says);
    tcase_add_test(c, codes_are_iso_639);
#ifdef HAVE_CLD2
    tcase_add_test(c, cld2_has_its_full_tables);
#endif
    tcase_add_test(c, mistakes_in_lists_have_a_line);
    tcase_add_test(c, a_word_of_few_languages_counts_more);
    tcase_add_test(c, the_quick_count_is_the_slow_one);
    tcase_add_test(c, tallies_are_the_same_with_avx2);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
