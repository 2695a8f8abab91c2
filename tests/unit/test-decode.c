/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding: each encoding is found for what it is, mixed files line by line, and whatever the bytes
 * are, what comes out is valid UTF-8. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "common/charset.h"
#include "common/decode.h"
#include "common/utf8.h"
#include "unit.h"

#include <iconv.h>
#include <string.h>

/* Short pieces in many scripts, written for this test. */
static const char indonesian[] =
    "Warga desa mulai memanen padi sejak pagi, kata kepala dusun.\n"
    "Panen kali ini lebih baik daripada tahun lalu karena hujan turun tepat waktu.\n";
static const char french[] =
    "L'été dernier, les élèves du collège ont visité la forêt et l'île voisine.\n"
    "Le maire a déclaré que la fête aurait lieu même s'il pleuvait à Noël, après le marché.\n";
static const char polish[] =
    "Zażółć gęślą jaźń, powiedział nauczyciel, a dzieci się zaśmiały.\n"
    "Wójt gminy ogłosił, że święto odbędzie się w sobotę, choćby padał śnieg.\n";
static const char russian[] =
    "Жители деревни начали собирать урожай ещё утром, сказал староста.\n"
    "В этом году урожай лучше, чем в прошлом, потому что дожди шли вовремя.\n";
static const char arabic[] = "بدأ سكان القرية حصاد الأرز منذ الصباح، كما قال رئيس القرية.\n"
                             "المحصول هذا العام أفضل من العام الماضي لأن المطر نزل في وقته.\n";
static const char thai[] = "ชาวบ้านเริ่มเก็บเกี่ยวข้าวตั้งแต่เช้า ผู้ใหญ่บ้านกล่าว\n"
                           "ผลผลิตปีนี้ดีกว่าปีที่แล้วเพราะฝนตกตรงเวลา\n";
static const char chinese[] = "村民们从早上开始收割水稻，村长说。\n"
                              "今年的收成比去年好，因为雨水来得及时，大家都很高兴。\n";
static const char traditional[] = "村民們從早上開始收割水稻，村長說。\n"
                                  "今年的收成比去年好，因為雨水來得及時，大家都很高興。\n";
static const char japanese[] = "村の人々は朝から稲刈りを始めたと村長は話した。\n"
                               "今年は雨がちょうどよい時に降ったので、去年より豊作だという。\n";
static const char korean[] = "마을 사람들은 아침부터 벼를 베기 시작했다고 이장이 말했다.\n"
                             "올해는 비가 제때 내려서 작년보다 수확이 좋다고 한다.\n";

/* UTF-8 to another charset by the C library. */
static struct buffer encode(const char *charset, const char *text)
{
    iconv_t cd = iconv_open(charset, "UTF-8");
    struct buffer b = { 0 };
    size_t in_left = strlen(text), room = in_left * 4 + 16, left = room;
    char *in = (char *)(uintptr_t)text, *out = buffer_room(&b, room);

    must(cd != (iconv_t)-1 && out);
    ck_assert_msg(iconv(cd, &in, &in_left, &out, &left) == 0, "%s", charset);
    iconv_close(cd);
    b.len = room - left;
    return b;
}

static struct decode_report decodes(const char *encoding, const char *data, size_t len,
                                    const char *wanted, size_t wanted_len)
{
    struct buffer out = { 0 };
    struct decode_report r;
    struct fault f = { 0 };
    size_t start;

    buffer_puts(&out, "<");
    ck_assert_msg(decode_text(encoding, data, len, &out, &r, &f) == 0, "%s", f.text);
    ck_assert_msg(out.len == wanted_len + 1 && memcmp(out.data + 1, wanted, wanted_len) == 0,
                  "as %s by %s: %.*s", encoding, r.encoding, (int)out.len, out.data);
    if (decode_is_text(encoding, data, len, &start))
        must(len - start == wanted_len && memcmp(data + start, wanted, wanted_len) == 0);
    buffer_free(&out);
    return r;
}

/* Without the detector only the fallback is ever found. */
static bool can_be_told(const char *name)
{
#ifdef HAVE_UCHARDET
    return name[0] != '\0';
#else
    return strcmp(name, "windows-1252") == 0;
#endif
}

/* One text in one charset, found by itself and by name. */
static void check(const char *iconv_name, const char *name, const char *text)
{
    struct buffer b = encode(iconv_name, text);
    struct decode_report r;

    if (can_be_told(name)) {
        r = decodes("auto", b.data, b.len, text, strlen(text));
        ck_assert_msg(strcmp(r.encoding, name) == 0, "%s for %s", r.encoding, name);
        must(r.replaced == 0 && !r.mixed);
    }
    decodes(name, b.data, b.len, text, strlen(text));
    decodes(iconv_name, b.data, b.len, text, strlen(text));
    buffer_free(&b);
}

START_TEST(utf8_is_never_asked_about)
{
    const char *const texts[] = { indonesian,
                                  french,
                                  polish,
                                  russian,
                                  arabic,
                                  thai,
                                  chinese,
                                  traditional,
                                  japanese,
                                  korean,
                                  "satu \xc3\xa9 saja",
                                  "",
                                  "a" };
    char marked[1024];

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        size_t n = strlen(texts[i]), start;
        struct decode_report r = decodes("auto", texts[i], n, texts[i], n);

        must(strcmp(r.encoding, "utf-8") == 0 && decode_is_text("auto", texts[i], n, &start));
        must(start == 0 && decode_is_text("utf-8", texts[i], n, &start));
        snprintf(marked, sizeof(marked), UTF8_BOM "%s", texts[i]);
        decodes("auto", marked, n + 3, texts[i], n);
        decodes("utf-8", marked, n + 3, texts[i], n);
        decodes("windows-1252", marked, n + 3, texts[i], n); /* the mark wins */
        must(decode_is_text("auto", marked, n + 3, &start) && start == 3);
    }
}
END_TEST

START_TEST(utf16_and_utf32)
{
    const char *const texts[] = { indonesian, french, polish, russian, arabic, "a", "ab\n" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        size_t n = strlen(texts[i]);
        struct buffer b = encode("UTF-16LE", texts[i]), marked;

        must(strcmp(decodes("auto", b.data, b.len, texts[i], n).encoding, "utf-16le") == 0);
        decodes("utf-16", b.data, b.len, texts[i], n);
        buffer_free(&b);
        b = encode("UTF-16BE", texts[i]);
        must(strcmp(decodes("auto", b.data, b.len, texts[i], n).encoding, "utf-16be") == 0);
        decodes("utf-16", b.data, b.len, texts[i], n);
        buffer_free(&b);
        for (int k = 0; k < 4; k++) {
            static const char *const names[] = { "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE" };
            static const char marks[4][5] = { "\xff\xfe", "\xfe\xff", "\xff\xfe\0",
                                              "\0\0\xfe\xff" };
            static const size_t lengths[] = { 2, 2, 4, 4 };

            marked = (struct buffer){ 0 };
            b = encode(names[k], texts[i]);
            buffer_append(&marked, marks[k], lengths[k]);
            buffer_append(&marked, b.data, b.len);
            decodes("auto", marked.data, marked.len, texts[i], n);
            buffer_free(&b);
            buffer_free(&marked);
        }
    }
}
END_TEST

/* Where few high bytes are small, only the line ends tell. */
START_TEST(utf16_of_ideographs)
{
    struct buffer b = encode("UTF-16LE", chinese);

    must(strcmp(decodes("auto", b.data, b.len, chinese, strlen(chinese)).encoding, "utf-16le") ==
         0);
    buffer_free(&b);
}
END_TEST

START_TEST(broken_utf16)
{
    must(decodes("utf-16le",
                 "a\0\x00\xd8"
                 "b\0",
                 6,
                 "a\xef\xbf\xbd"
                 "b",
                 5)
             .replaced == 1);
    must(decodes("utf-16le", "a\0b", 3, "a\xef\xbf\xbd", 4).replaced == 1);
    must(decodes("auto",
                 "\xff\xfe"
                 "a\0b\0\x00\xdc",
                 8, "ab\xef\xbf\xbd", 5)
             .replaced == 1);
    decodes("auto", "\xff\xfe", 2, "", 0);
    decodes("auto", "\xff\xfe\0\0", 4, "", 0);
}
END_TEST

START_TEST(old_charsets)
{
    check("CP1252", "windows-1252", french);
    check("CP1250", "windows-1250", polish);
    check("CP1251", "windows-1251", russian);
    check("KOI8-R", "koi8-r", russian);
    check("CP1256", "windows-1256", arabic);
    check("CP874", "windows-874", thai);
    check("GB18030", "gb18030", chinese);
    check("BIG5", "big5", traditional);
    check("SHIFT_JIS", "shift_jis", japanese);
    check("EUC-JP", "euc-jp", japanese);
    check("EUC-KR", "euc-kr", korean);
}
END_TEST

/* A few curly quotes and accents are no evidence: windows-1252, which they most often are. */
START_TEST(little_evidence_is_windows_1252)
{
    static const char *const texts[] = {
        "Kata kepala dusun, “panen kali ini lebih baik” daripada tahun lalu.\n",
        "Pertunjukan di kafe itu dihadiri seorang attaché.\n",
        "Harga beras naik – kata pedagang – sejak pekan lalu, menjadi €1.\n",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        check("CP1252", "windows-1252", texts[i]);
    must(decodes("windows-1252",
                 "a\x81"
                 "b\x9d",
                 4,
                 "a\xef\xbf\xbd"
                 "b\xef\xbf\xbd",
                 8)
             .replaced == 2);
}
END_TEST

START_TEST(every_byte_of_windows_1252)
{
    for (int i = 1; i < 256; i++) {
        char byte = (char)i, out[8];
        char *in = &byte, *to = out;
        size_t in_left = 1, left = sizeof(out);
        iconv_t cd = iconv_open("UTF-8", "CP1252");

        if (iconv(cd, &in, &in_left, &to, &left) == 0)
            decodes("windows-1252", &byte, 1, out, sizeof(out) - left);
        else
            decodes("windows-1252", &byte, 1, UTF8_REPLACEMENT, 3);
        iconv_close(cd);
    }
}
END_TEST

START_TEST(mixed_line_by_line)
{
    struct buffer old = encode("CP1252", french), mixed = { 0 }, wanted = { 0 };
    struct decode_report r;

    buffer_puts(&mixed, "Judul: “panen”\n");
    buffer_append(&mixed, old.data, old.len);
    buffer_puts(&mixed, indonesian);
    buffer_puts(&mixed, russian);
    buffer_append(&mixed, "caf\xe9", 4); /* no line end */
    buffer_puts(&wanted, "Judul: “panen”\n");
    buffer_puts(&wanted, french);
    buffer_puts(&wanted, indonesian);
    buffer_puts(&wanted, russian);
    buffer_puts(&wanted, "café");
    r = decodes("auto", mixed.data, mixed.len, wanted.data, wanted.len);
    must(r.mixed && strcmp(r.encoding, "windows-1252") == 0);
    buffer_free(&old);
    buffer_free(&mixed);
    buffer_free(&wanted);

    if (!can_be_told("windows-1251"))
        return;
    old = encode("CP1251", russian);
    buffer_append(&mixed, old.data, old.len);
    buffer_puts(&mixed, thai);
    buffer_puts(&wanted, russian);
    buffer_puts(&wanted, thai);
    r = decodes("auto", mixed.data, mixed.len, wanted.data, wanted.len);
    must(r.mixed && strcmp(r.encoding, "windows-1251") == 0);
    buffer_free(&old);
    buffer_free(&mixed);
    buffer_free(&wanted);
}
END_TEST

START_TEST(named_utf8_is_held_to_it)
{
    struct buffer out = { 0 };
    struct decode_report r;
    struct fault f = { 0 };

    must(decode_text("utf-8", "abc\xe9", 4, &out, &r, &f) < 0 && f.err == 0 && f.byte == 3);
    must(decode_text("UTF8", UTF8_BOM "a\xff", 5, &out, &r, &f) < 0 && f.byte == 4);
    must(decode_text("no-such", "abc", 3, &out, &r, &f) < 0 && f.err == 0);
    must(out.len == 0);
    buffer_free(&out);
}
END_TEST

START_TEST(names)
{
    static const char *const known[] = { "auto",   "utf-8",      "UTF8",      "Windows-1252",
                                         "latin1", "ISO_8859-1", "Shift_JIS", "GBK" };
    static const char *const unknown[] = { "", "utf-7", "auto2", "iso-2022-cn-ext", "windows" };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        ck_assert_msg(decode_known(known[i]), "%s", known[i]);
    for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
        ck_assert_msg(!decode_known(unknown[i]), "%s", unknown[i]);
    for (size_t i = 0; charset_name(i); i++)
        ck_assert_msg(charset_find(charset_name(i)), "%s", charset_name(i));
}
END_TEST

/* NULs are text; one here and there does not make it UTF-16. */
START_TEST(nul_stays)
{
    decodes("auto", "hello\0world, again and again", 28, "hello\0world, again and again", 28);
    decodes("auto", "caf\xe9\0x", 6, "caf\xc3\xa9\0x", 7);
}
END_TEST

/* A program, a picture, packed data: rejected. A text with a few stray controls is none of these,
 * and what is named is taken at its word. */
START_TEST(binary_is_no_text)
{
    static const char program[] = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1\0\0\0\x90\x10";
    static const char packed[] =
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\xcc\x4b\x01\x00\x06\x0b\xfc\x15";
    static const char stray[] = "a line\x01 with one stray control";
    static const char valid[] = "valid UTF-8\1\2\3\4, and no NUL in it";
    const char *const data[] = { program, packed, valid };
    const size_t len[] = { sizeof(program) - 1, sizeof(packed) - 1, sizeof(valid) - 1 };
    struct buffer out = { 0 };
    struct decode_report r;
    struct fault f;
    size_t start;

    for (int i = 0; i < 3; i++) {
        must(!decode_is_text("auto", data[i], len[i], &start));
        must(decode_text("auto", data[i], len[i], &out, &r, &f) < 0 && f.err == 0);
        must(strncmp(f.text, "not text", 8) == 0);
        out.len = 0;
        must(decode_text("windows-1252", data[i], len[i], &out, &r, &f) == 0);
    }
    decodes("auto", stray, sizeof(stray) - 1, stray, sizeof(stray) - 1);
    buffer_free(&out);
}
END_TEST

/* One byte in twenty of the beginning may be a control character, wherever they stand. */
START_TEST(controls_are_counted)
{
    static char text[9000];

    for (unsigned c = 1; c < 0x80; c++) {
        bool control = c < 0x08 || (c > 0x0d && c < 0x20 && c != 0x1b) || c == 0x7f;

        for (size_t n = 16; n <= sizeof(text); n += 13 + n / 3) {
            size_t sample = n < 8192 ? n : 8192, most = sample / 20, start;

            for (size_t count = most; count <= most + 1; count++) {
                memset(text, 'x', n);
                for (size_t i = 0; i < count; i++)
                    text[(i * 19 + c) % sample] = (char)c;
                must(decode_is_text("auto", text, n, &start) == (!control || count == most));
            }
        }
    }
}
END_TEST

/* Whatever comes in, under whatever name, valid UTF-8 comes out, and no memory is read that is not
 * there; what needed nothing is as it was. */
START_TEST(random_bytes_give_valid_text)
{
    uint64_t state = 1;

    for (int i = 0; i < 6000; i++) {
        size_t n = next_random(&state) % 300, known = 0, start;
        char *data = malloc(n + 1);
        struct buffer out = { 0 };
        struct decode_report r;
        struct fault f;
        const char *encoding;

        while (charset_name(known))
            known++;
        encoding = i % 3 ? "auto" : charset_name((size_t)i / 3 % known);
        for (size_t k = 0; k < n; k++)
            data[k] = (char)(next_random(&state) >> (i % 5 ? 56 : 57)) & (i % 7 ? -1 : 0x0f);
        if (decode_text(encoding, data, n, &out, &r, &f) == 0) {
            ck_assert_msg(utf8_valid(out.data, out.len), "%s", encoding);
            must(charset_find(r.encoding));
            if (decode_is_text(encoding, data, n, &start))
                must(out.len == n - start &&
                     (n == start || memcmp(out.data, data + start, out.len) == 0));
        } else {
            must(strcmp(encoding, "auto") == 0 || (strcmp(encoding, "utf-8") == 0 && f.byte < n));
            must(!decode_is_text(encoding, data, n, &start));
        }
        buffer_free(&out);
        free(data);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("decode");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_test(c, utf8_is_never_asked_about);
    tcase_add_test(c, utf16_and_utf32);
    tcase_add_test(c, utf16_of_ideographs);
    tcase_add_test(c, broken_utf16);
    tcase_add_test(c, old_charsets);
    tcase_add_test(c, little_evidence_is_windows_1252);
    tcase_add_test(c, every_byte_of_windows_1252);
    tcase_add_test(c, mixed_line_by_line);
    tcase_add_test(c, named_utf8_is_held_to_it);
    tcase_add_test(c, names);
    tcase_add_test(c, nul_stays);
    tcase_add_test(c, binary_is_no_text);
    tcase_add_test(c, controls_are_counted);
    tcase_add_test(c, random_bytes_give_valid_text);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
