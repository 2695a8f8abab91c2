/* SPDX-License-Identifier: Apache-2.0 */
/* Cleaning: cases for each repair, good text that must stay as it is, and two properties for any
 * text: cleaning twice is cleaning once, and what is misread once or twice comes back. */
#ifdef HAVE_CONFIG_H
#include "common/cpu.h"
#include "config.h"
#endif
#include "plugins/transform/cleanup/clean.h"
#include "plugins/transform/cleanup/entity-names.h"
#include "plugins/transform/cleanup/legacy.h"
#include "plugins/transform/cleanup/look.h"
#include "common/utf8.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static struct cleaner cleaner;
static struct places places, places_of_out;

static struct cleaned clean(unsigned wanted, const char *s, size_t n)
{
    struct cleaned c;

    ck_assert_int_eq(clean_text(&cleaner, wanted, s, n, &c), 0);
    ck_assert(utf8_valid(c.text, c.len));
    return c;
}

struct case_ {
    const char *before, *after; /* after NULL: it stays, and is not copied */
};

static void check_cases(unsigned wanted, const struct case_ *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *want = cases[i].after ? cases[i].after : cases[i].before;
        struct cleaned c = clean(wanted, cases[i].before, strlen(cases[i].before));

        ck_assert_msg(c.len == strlen(want) && memcmp(c.text, want, c.len) == 0,
                      "case %zu: [%s] became [%.*s], not [%s]", i, cases[i].before, (int)c.len,
                      c.text, want);
        if (!cases[i].after)
            ck_assert_msg(c.text == cases[i].before && !c.changed, "case %zu was copied", i);
    }
}
#define CHECK_CASES(wanted, cases) check_cases(wanted, cases, sizeof(cases) / sizeof(*(cases)))

START_TEST(mojibake_is_mended)
{
    static const struct case_ cases[] = {
        { "â€œHaloâ€\xc2\x9d, katanya â€” itâ€™s", "“Halo”, katanya — it’s" },
        { "â€œHaloâ€ katanya", "“Halo” katanya" },
        { "ÃƒÂ©tÃƒÂ©, Ã¢â‚¬Å“haloÃ¢â‚¬Â\xc2\x9d", "été, “halo”" },
        { "Ã¢Â€Â™ itÂ’s", "’ it’s" },
        { "‚ÄúHalo‚Äù √©t√© ‚Äì √± Œºm 25¬∞C", "“Halo” été – ñ μm 25°C" },
        { "Ð¿Ñ€Ð¸Ð²ÐµÑ‚ Ð¸ Ð¼Ð¸Ñ€", "привет и мир" },
        { "æ—¥æœ¬èªž", "日本語" },
        { "tiáº¿ng Viá»‡t", "tiếng Việt" },
        { "ðŸ˜€ â‚¬ 5 â„¢", "😀 € 5 ™" },
        { "ï»¿x ï¿½", "x �" },
        { "l\xc2\x92\xc3\xa9t\xc3\xa9 \xc2\x93x\xc2\x94 5 \xc2\x80", "l’été “x” 5 €" },
        { "KÃ¶ln RÃ©gion CÃ´te JÃ¡ Ã–sterreich", "Köln Région Côte Já Österreich" },
        { "idÄ… siÄ™ Å›wiat Å‚adny", "idą się świat ładny" },
        { "aÅŸkÄ± eÄŸitim", "aşkı eğitim" },
        { "dÃ©jÃ\xc2\xa0 Ã la vÃ©ritÃ©", "déjà à la vérité" }, /* one no-break space was cleaned */
        { "K√∂ln b√Ωt d'o√π con»õinut", "Köln být d'où conținut" },
    };

    CHECK_CASES(REPAIR_ALL, cases);
}
END_TEST

/* Good text in which the bytes of other characters stand by chance. */
START_TEST(good_text_stays)
{
    static const struct case_ cases[] = {
        { "São Paulo, SÃO PAULO, IRMÃ”, MANHÃ… e «Ã»", NULL },
        { "CAFÉ” — « À L’ÉCOLE » — LUNEDÌ” — CLICHÉ™", NULL },
        { "Å være, «Å», Ä… nej, på", NULL },
        { "Spaß“, sagte er. „Äußerst“ GRÖß“", NULL },
        { "HÂLÂ”, vefâ… «Â»", NULL },
        { "Việt Nam: đã”, là…, ấy»", NULL },
        { "Łódź, żółć, SPÓŁKA”", NULL },
        { "2×½×¼ und 3×²", NULL },
        { "está»… ¿qué? «café»…", NULL },
        { "¬π ∧ ¬Ω, √π, x ≈ π, 3≈π, √2", NULL },
        { "l’été “École” –à…é", NULL },
        { "Привет, мир! Ελλάδα שלום العربية 日本語 한국어 ไทย हिन्दी", NULL },
        { "", NULL },
        { "Line one.\n\nLine two, with “quotes”, dashes – and —, … and 50 € ™ © ° é.\n", NULL },
    };

    CHECK_CASES(REPAIR_ALL, cases);
}
END_TEST

START_TEST(entities_are_decoded)
{
    static const struct case_ cases[] = {
        { "a &amp; b &lt;p&gt; &quot;x&quot; &apos;", "a & b <p> \"x\" '" },
        { "&eacute;&#233;&#xE9;&#XE9; &hellip;&mdash;&euro;", "éééé …—€" },
        { "&amp;quot;x&amp;amp;quot; &amp;#8217;", "\"x\" ’" },
        { "&#128; &#146; &#153;", "€ ’ ™" },
        { "&#55357;&#56832;", "😀" },
        { "a&nbsp;b&nbspc &amp d &#8217 e &lt", "a b c & d ’ e <" },
        { "&a&#109;p;lt;", "<" },
        { "&#38;#38;l&#116;;", "<" },
        { "&amp;&amp;amp;", "&&" },
        { "&#13;&#10;x", "\nx" },
        { "A&B AT&T R&D; &; && &# &#; &#x; &unknown; &eacute x", NULL },
        { "https://x.example/?a=1&copy=2&lt=3&amp=4&reg", NULL },
        { "&#0; &#7; &#27; &#129; &#xFFFE; &#55357; &#56832; &#x110000; &#99999999999;", NULL },
    };

    CHECK_CASES(REPAIR_ALL, cases);
}
END_TEST

START_TEST(entity_table_is_sorted)
{
    static const char *const names[] = { "AElig", "Aacute", "amp", "yuml", "zwnj", "zwj", "lt" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        ck_assert_msg(entity_named(names[i], strlen(names[i])) != 0, "%s", names[i]);
    ck_assert_uint_eq(entity_named("eacute", 6), 0xe9);
    ck_assert_uint_eq(entity_named("eacut", 5), 0);
    ck_assert_uint_eq(entity_named("eacutes", 7), 0);
}
END_TEST

START_TEST(controls_are_removed)
{
    static const struct case_ cases[] = {
        { "a\x01\x1b[31mb\x7f"
          "c",
          "a[31mbc" },
        { "so\xc2\xad"
          "ft hy\xc2\xadphen",
          "soft hyphen" },
        { "\xef\xbb\xbfx\xef\xbb\xbfy", "xy" },
        { "a\xe2\x80\x8b"
          "b\xe2\x80\x8c"
          "c\xe2\x80\x8d"
          "d\xe2\x81\xa0"
          "e",
          "abcde" },
        { "x\xe2\x80\x8ey\xe2\x80\xaez\xe2\x80\xac", "xyz" },
        { "\xef\xb7\x90x\xef\xbf\xbe\xf0\x9f\xbf\xbf", "x" },
        { "שלום\xe2\x80\xabx", "שלוםx" }, /* opened, never closed */
        { "می\xe2\x80\x8cشود", NULL },
        { "क्\xe2\x80\x8dष", NULL },
        { "👨\xe2\x80\x8d👩\xe2\x80\x8d👧 ❤️", NULL },
        { "ភាសា\xe2\x80\x8bខ្មែរ", NULL },
        { "שלום\xe2\x80\x8f! \xe2\x80\xabx\xe2\x80\xac", NULL },
        { "x � y", NULL },
    };

    CHECK_CASES(REPAIR_ALL, cases);
}
END_TEST

START_TEST(spaces_and_lines)
{
    static const struct case_ cases[] = {
        { "a\r\nb\rc\xc2\x85"
          "d\xe2\x80\xa8"
          "e\xe2\x80\xa9"
          "f\x0c"
          "g",
          "a\nb\nc\nd\ne\nf\ng" },
        { "a\xc2\xa0"
          "b\xe2\x80\x83\xe3\x80\x80"
          "c\td  e",
          "a b c d e" },
        { "  a  \n b\t\n", "a\nb\n" },
        { "a\n\n\n\nb\n \n\xc2\xa0\nc\n\n\n", "a\n\nb\n\nc\n\n" },
        { "\n\n\na", "\na" },
        { "   ", "" },
        { " \xc2\xa0\n", "\n" },
        { "a\n\nb\nc\n", NULL },
    };
    static const struct case_ kept[] = { { "a\r\n  b\xc2\xa0", NULL } };

    CHECK_CASES(REPAIR_ALL, cases);
    CHECK_CASES(REPAIR_ALL & ~(REPAIR_BIT(REPAIR_SPACES) | REPAIR_BIT(REPAIR_LINE_ENDS)), kept);
}
END_TEST

START_TEST(widths_and_composition)
{
    static const struct case_ cases[] = {
        { "Ｂｅｒｉｔａ ２４！ hari ini", "Berita 24! hari ini" },
        { "日本語、（ＡＢＣ）。", NULL },
    };
#ifdef HAVE_ICU
    static const struct case_ composed[] = { { "e\xcc\x81t\xcc\xa3", "\xc3\xa9\xe1\xb9\xad" } };

    CHECK_CASES(REPAIR_ALL, composed);
#endif

    CHECK_CASES(REPAIR_ALL & ~REPAIR_BIT(REPAIR_NFC), cases);
}
END_TEST

static unsigned all_needs(const char *s, size_t n)
{
    places.all = false;
    return needs_of(s, n, &places);
}

/* The scan must see what is wrong at each place of a block and across their borders. */
START_TEST(scan_sees_every_place)
{
    static const char *const wrong[] = { "  ",           " \n", "\n ",  "\n\n\n",   "\t",
                                         "\r",           "&",   "\x02", "\xc2\xa0", "\xe2\x80\x8b",
                                         "\xef\xbc\xa1", "Ã©",  "\x7f", "e\xcc\x81" };
    char text[200];

    for (size_t w = 0; w < sizeof(wrong) / sizeof(*wrong); w++) {
        for (size_t at = 0; at + 8 < sizeof(text); at++) {
            memset(text, 'a', sizeof(text));
            ck_assert_uint_eq(all_needs(text, sizeof(text)), 0);
            memcpy(text + at, wrong[w], strlen(wrong[w]));
            ck_assert_msg(all_needs(text, sizeof(text)) != 0, "wrong %zu at %zu", w, at);
            ck_assert_msg(all_needs(text, at + strlen(wrong[w])) != 0, "wrong %zu ends %zu", w, at);
        }
    }
    ck_assert(all_needs(" a", 2) != 0);
    ck_assert(all_needs("a ", 2) != 0);
    ck_assert(all_needs("\n\na", 3) != 0);
    ck_assert(all_needs("\na\n\nb", 5) == 0);
}
END_TEST

/* Appends what a reader would see who takes the UTF-8 bytes of s for a page's. */
static void misread(enum legacy page, const char *s, size_t n, struct buffer *out)
{
    static uint32_t table[LEGACY_PAGES][256];

    if (!table[page][0x80]) {
        for (uint32_t c = 0xffff; c >= 0x80; c--)
            if (legacy_byte(page, c) && c != 0x2126 && c != 0xa4)
                table[page][legacy_byte(page, c)] = c;
        if (page == LEGACY_WINDOWS)
            for (uint32_t c = 0x80; c < 0xa0; c++)
                table[page][c] = legacy_c1(c);
        table[LEGACY_WINDOWS][0xa4] = 0xa4;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)s[i];
        char utf8[4];

        buffer_append(out, utf8, utf8_put(utf8, byte < 0x80 ? byte : table[page][byte]));
    }
}

START_TEST(misread_text_comes_back)
{
    static const char *const texts[] = {
        "Menurut “Kompas”, harga naik 5 % – kata Menteri… 25 °C, 100 € dan ½ kg",
        "Il a été à l’école où naît l’œuvre ; ça va, Noël à Besançon, garçon",
        "Größe, Äpfel, Übermut, Straße, „Zitat“, Österreich",
        "Não há coração, informação, pão, três, avô, água",
        "El niño comió piña, mañana, ¿qué? ¡Sí! corazón, música",
        "Zażółć gęślą jaźń, Łódź, świat, Kraków",
        "Příliš žluťoučký kůň úpěl ďábelské ódy",
        "Türkiye’de ağaç, ışık, şeker, çiçek, gözlük, İstanbul",
        "Tiếng Việt có dấu, đường phố Hà Nội, người",
        "Привет, мир! Это обычный русский текст.",
        "Ελληνική γλώσσα και κείμενο",
        "日本語のテキストです。中国的文字也可以。",
        "한국어 텍스트입니다",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        size_t n = strlen(texts[i]);

        for (int page = 0; page < LEGACY_PAGES; page++) {
            struct buffer once = { 0 }, twice = { 0 };
            struct cleaned c;

            misread((enum legacy)page, texts[i], n, &once);
            misread((enum legacy)page, once.data, once.len, &twice);
            c = clean(REPAIR_ALL, once.data, once.len);
            ck_assert_msg(c.len == n && memcmp(c.text, texts[i], n) == 0, "page %d, once: %.*s",
                          page, (int)c.len, c.text);
            c = clean(REPAIR_ALL, twice.data, twice.len);
            /* Mac Roman makes of the Japanese commas what it makes of other letters. */
            if (page == LEGACY_WINDOWS || i < 11)
                ck_assert_msg(c.len == n && memcmp(c.text, texts[i], n) == 0,
                              "page %d, twice: %.*s", page, (int)c.len, c.text);
            buffer_free(&once);
            buffer_free(&twice);
        }
    }
}
END_TEST

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Text that is as bad as can be: pieces of everything that any repair looks at. */
static size_t random_text(char *to, size_t max, unsigned *seed)
{
    static const char *const pieces[] = {
        "a",
        "e",
        "Z",
        "kata",
        "1",
        " ",
        "  ",
        "\n",
        "\r",
        "\t",
        "&",
        "&amp",
        ";",
        "#",
        "x",
        "lt;",
        "&#",
        "233;",
        "&nbsp",
        "&eacute;",
        "&#195;",
        "&#169;",
        "&#55357;",
        "&#56832;",
        "amp;",
        "=",
        "Ã",
        "Â",
        "â",
        "€",
        "™",
        "©",
        "œ",
        "Ÿ",
        "ð",
        "˜",
        "Ð",
        "Ñ",
        "¬",
        "†",
        "√",
        "‚",
        "Ä",
        "ú",
        "≈",
        "ƒ",
        "\xc2\xa0",
        "\xc2\xad",
        "\xe2\x80\x8b",
        "\xe2\x80\x8c",
        "\xe2\x80\x8d",
        "\xe2\x80\xab",
        "\xe2\x80\xac",
        "\xe2\x80\x8e",
        "ש",
        "م",
        "क",
        "ไ",
        "日",
        "Ａ",
        "＆",
        "；",
        "\xcc\x81",
        "\xcc\xa3",
        "\xc2\x85",
        "\xc2\x92",
        "\xe2\x80\xa8",
        "\xef\xbb\xbf",
        "�",
        "»",
        "…",
        "\xe1\x84\x92",
        "\xe1\x85\xa1",
        "\xe1\x86\xab",
        "😀",
        "\xef\xbf\xbe",
        "\x01",
        "ï",
        "¿",
        "½",
    };
    size_t n = 0, count = next_random(seed) % 40;

    while (count-- > 0) {
        const char *piece = pieces[next_random(seed) % (sizeof(pieces) / sizeof(*pieces))];
        uint32_t c = next_random(seed) % 0x3000;

        if (n + 8 > max)
            break;
        if (next_random(seed) % 8 == 0) {
            n += utf8_put(to + n, c);
        } else {
            memcpy(to + n, piece, strlen(piece));
            n += strlen(piece);
        }
    }
    return n;
}

static void check_twice(unsigned wanted, const char *s, size_t n)
{
    struct cleaned once = clean(wanted, s, n);
    char *kept = malloc(once.len + 1);
    size_t len = once.len;
    struct cleaned twice;

    memcpy(kept, once.text, len);
    twice = clean(wanted, kept, len);
    ck_assert_msg(!twice.changed && !once.unsettled, "[%.*s] became [%.*s], then [%.*s]", (int)n, s,
                  (int)len, kept, (int)twice.len, twice.text);
    free(kept);
}

START_TEST(twice_is_once)
{
    unsigned seed = 7;
    char text[600];

    for (int i = 0; i < 100000; i++) {
        unsigned wanted = i % 4 ? REPAIR_ALL : next_random(&seed) & REPAIR_ALL;

        check_twice(wanted, text, random_text(text, sizeof(text), &seed));
    }
}
END_TEST

/* Long hostile runs must cost time that grows with their length alone. */
/* Random bytes, of which blanks, LFs and the borders of the sets are many. */
static void random_bytes(char *to, size_t n, unsigned *seed)
{
    static const unsigned char common[] =
        " \n\n  &&\t\r\x1f!%'\x7f\x7e\x80\xbf\xc0\xff\xc2\xa0*:jza";

    for (size_t i = 0; i < n; i++)
        to[i] = (char)(next_random(seed) % 4 ? common[next_random(seed) % (sizeof(common) - 1)]
                                             : next_random(seed));
}

static void check_same_looks(size_t (*look)(const char *, size_t, struct look_before *, uint64_t *),
                             const char *s, size_t n)
{
    struct look_before befores[] = { LOOK_START, { 0, 0 }, { UINT64_MAX, 1 }, { ~0ull, ~0ull } };

    for (size_t i = 0; i < sizeof(befores) / sizeof(*befores); i++) {
        uint64_t plain[LOOKS], other[LOOKS];
        struct look_before before = befores[i], plain_before = before;
        size_t count = look_plain(s, n, &plain_before, plain);

        ck_assert_uint_eq(count,
                          n >= LOOKS * LOOK_BYTES ? LOOKS : (n + LOOK_BYTES - 1) / LOOK_BYTES);
        ck_assert_uint_eq(look(s, n, &before, other), count);
        ck_assert_mem_eq(plain, other, count * sizeof(*plain));
        ck_assert_mem_eq(&plain_before, &before, sizeof(before));
    }
}

/* Must the byte at `at` be looked at, by look.h's words? */
static bool is_place(const char *s, size_t at)
{
    unsigned char c = (unsigned char)s[at];

    if (c == ' ')
        return at == 0 || s[at - 1] == ' ' || s[at - 1] == '\n';
    if (c == '\n') /* the text starts as a line does */
        return at > 0 &&
               (s[at - 1] == ' ' || (s[at - 1] == '\n' && (at == 1 || s[at - 2] == '\n')));
    return c == '&' || c < ' ' || c == 0x7f || c >= 0xc0;
}

START_TEST(looks_agree)
{
    unsigned seed = 11;

    for (int i = 0; i < 5000; i++) {
        size_t n = next_random(&seed) % (i % 2 ? 200 : 2 * LOOKS * LOOK_BYTES);
        char *text = malloc(n + 1); /* its end is where a sanitizer sees it passed */

        random_bytes(text, n, &seed);
        check_same_looks(look_at, text, n);
#if defined(__x86_64__) && defined(__GNUC__)
        check_same_looks(look_sse2, text, n);
        if (cpu_has_avx2())
            check_same_looks(look_avx2, text, n);
#endif
        free(text);
    }
}
END_TEST

/* All places, once and in their order, whether they are kept or found anew for each walk. */
START_TEST(places_are_all)
{
    unsigned seed = 13;
    bool kept = false, dropped = false;

    for (int i = 0; i < 3000; i++) {
        size_t n = next_random(&seed) % (i % 2 ? 300 : 4 * LOOKS * LOOK_BYTES);
        char *text = malloc(n + 1);

        random_bytes(text, n, &seed);
        for (size_t at = 0; i % 3 && at < n; at++) /* few places, so that they can be kept */
            if (next_random(&seed) % 32)
                text[at] = 'a';
        places.all = false;
        for (int again = 0; again < 2; again++) {
            struct survey v = survey_of(text, n, &places);
            size_t next = 0;

            while (survey_next(&v)) {
                for (size_t j = v.from; j < places.n; j++, next++) {
                    while (next < places.at[j] && !is_place(text, next))
                        next++;
                    ck_assert_uint_eq(next, places.at[j]);
                    ck_assert(next < n && is_place(text, next));
                }
            }
            while (next < n && !is_place(text, next))
                next++;
            ck_assert_uint_eq(next, n);
        }
        *(places.all ? &kept : &dropped) = true;
        free(text);
    }
    ck_assert(kept && dropped);
}
END_TEST

/* What the rounds conclude without another look at the text is what a look would have said. */
START_TEST(what_is_known_is_true)
{
    const unsigned spaces = REPAIR_BIT(REPAIR_SPACES);
    unsigned seed = 5, mended = 0, folded = 0;
    struct buffer out = { 0 };
    char text[600];

    for (int i = 0; i < 100000; i++) {
        size_t n = random_text(text, sizeof(text), &seed);
        unsigned before = all_needs(text, n);

        out.len = 0;
        if (repair_mojibake(text, n, &places, &out, &places_of_out) > 0 && places_of_out.all) {
            all_needs(out.data, out.len);
            ck_assert_uint_eq(places_of_out.n, places.n);
            ck_assert_mem_eq(places_of_out.at, places.at, places.n * sizeof(*places.at));
            mended++;
        }
        out.len = 0;
        places.all = false;
        if (repair_spaces(text, n, &places, &out) > 0) {
            ck_assert_uint_eq(all_needs(out.data, out.len) & ~(before & ~spaces), 0);
            folded++;
        }
    }
    ck_assert(mended > 1000 && folded > 1000);
    buffer_free(&out);
}
END_TEST

START_TEST(hostile_runs)
{
    static const char *const pieces[] = { "&amp;",
                                          "&",
                                          "amp;",
                                          "&#38;",
                                          "Ã",
                                          "Ãƒ",
                                          "â€",
                                          "√",
                                          "  ",
                                          "\n",
                                          "\xcc\x81\xcc\xa3",
                                          "\xe2\x80\xab",
                                          "&#55357;",
                                          "\xc2\xa0",
                                          "&a",
                                          "Ð",
                                          "ð",
                                          ";" };

    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        struct buffer text = { 0 };

        while (text.len < 2 << 20)
            buffer_puts(&text, pieces[i]);
        check_twice(REPAIR_ALL, text.data, text.len);
        buffer_free(&text);
    }
}
END_TEST

/* &sh&sh-y;y; where - is a soft hyphen: each round completes one entity, to a soft hyphen that
 * stood in the way of the next one. Such text is left as it came, or the answer would change each
 * time. */
START_TEST(endless_work_is_refused)
{
    struct buffer text = { 0 };
    struct cleaned c;

    for (int i = 0; i < 40; i++)
        buffer_puts(&text, "&sh");
    buffer_puts(&text, "\xc2\xad");
    for (int i = 0; i < 40; i++)
        buffer_puts(&text, "y;");
    c = clean(REPAIR_ALL, text.data, text.len);
    ck_assert(c.unsettled && !c.changed && c.text == text.data && c.counts[REPAIR_CONTROLS] == 0);
    c = clean(REPAIR_ALL, text.data + 3 * 35, text.len - 5 * 35);
    ck_assert(!c.unsettled && c.len == 0);
    buffer_free(&text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cleanup");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 120);
    tcase_add_test(c, mojibake_is_mended);
    tcase_add_test(c, good_text_stays);
    tcase_add_test(c, entities_are_decoded);
    tcase_add_test(c, entity_table_is_sorted);
    tcase_add_test(c, controls_are_removed);
    tcase_add_test(c, spaces_and_lines);
    tcase_add_test(c, widths_and_composition);
    tcase_add_test(c, scan_sees_every_place);
    tcase_add_test(c, misread_text_comes_back);
    tcase_add_test(c, twice_is_once);
    tcase_add_test(c, looks_agree);
    tcase_add_test(c, places_are_all);
    tcase_add_test(c, what_is_known_is_true);
    tcase_add_test(c, hostile_runs);
    tcase_add_test(c, endless_work_is_refused);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    cleaner_close(&cleaner);
    return failed ? 1 : 0;
}
