/* SPDX-License-Identifier: Apache-2.0 */
/* Lines: joined again they are the file, however long they are, in whatever it is packed and
 * wherever blocks end; UTF-16 comes out as UTF-8; what is cut off is not taken for whole. */
#include "common/lines.h"
#include "common/buffer.h"
#include "common/codec.h"
#include "common/compress.h"
#include "unit.h"

#include <iconv.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/test-lines-XXXXXX";

static void write_file(const void *data, size_t len)
{
    FILE *file = fopen(path, "wb");

    must(file && fwrite(data, 1, len, file) == len);
    fclose(file);
}

/* Reads the file at path; all lines, each with an LF behind it, go to out. What lines_next gave at
 * the end. */
static int read_lines(const char *encoding, struct buffer *out, uint64_t *lines, struct fault *f)
{
    struct lines *l = lines_open(path, encoding, f);
    struct lines_piece p = { .last = true };
    uint64_t number = 0;
    int n;

    out->len = 0;
    *lines = 0;
    if (!l)
        return -1;
    while ((n = lines_next(l, &p, f)) > 0) {
        number += p.first;
        must(p.number == number);
        buffer_append(out, p.data, p.len);
        *lines += p.last;
        if (p.last)
            buffer_byte(out, '\n');
    }
    lines_close(l);
    return n;
}

/* The file holds what was meant; a last LF may be there or not. */
static void check(const char *encoding, const char *text, size_t len)
{
    struct buffer out = { 0 };
    struct fault f = { 0 };
    uint64_t lines, wanted = 0;
    bool open = len > 0 && text[len - 1] != '\n';

    must(read_lines(encoding, &out, &lines, &f) == 0);
    for (size_t i = 0; i < len; i++)
        wanted += text[i] == '\n';
    must(lines == wanted + open);
    must(out.len == len + open && (len == 0 || memcmp(out.data, text, len) == 0));
    buffer_free(&out);
}

static size_t random_lines(uint64_t *state, char *to, size_t size, unsigned longest)
{
    size_t n = 0;

    while (n < size) {
        size_t len = next_random(state) % longest;

        for (size_t i = 0; i < len && n < size; i++, n++)
            to[n] = (char)('a' + (n * 7 + len) % 26);
        if (n < size)
            to[n++] = '\n';
    }
    return n;
}

START_TEST(joined_again_they_are_the_file)
{
    static char text[1500000];
    static const unsigned longest[] = { 1, 2, 80, 5000, 262144, 262145, 700000 };
    uint64_t state = 1;

    for (size_t i = 0; i < sizeof(longest) / sizeof(*longest); i++)
        for (int k = 0; k < 4; k++) {
            size_t n = random_lines(&state, text, next_random(&state) % sizeof(text), longest[i]);

            write_file(text, n);
            check(NULL, text, n);
            check("auto", text, n);
        }
    for (size_t n = 262142; n < 262147; n++) /* about a block */
        for (int lf = 0; lf < 2; lf++) {
            memset(text, 'x', n);
            text[n] = '\n';
            write_file(text, n + (size_t)lf);
            check(NULL, text, n + (size_t)lf);
        }
    write_file("", 0);
    check("auto", "", 0);
}
END_TEST

START_TEST(packed_or_not)
{
    static char text[300000];
    static const enum compress_kind kinds[] = { COMPRESS_GZIP, COMPRESS_ZSTD };
    uint64_t state = 2;
    size_t n = random_lines(&state, text, sizeof(text), 3000);

    for (int i = 0; i < 2; i++) {
        struct buffer packed = { 0 }, out = { 0 };
        struct fault f = { 0 };
        uint64_t lines;

        must(compress_block(kinds[i], text, n, &packed, &f) == 0);
        write_file(packed.data, packed.len);
        check("auto", text, n);
        write_file(packed.data, packed.len - 3);
        must(read_lines("auto", &out, &lines, &f) == -1 && f.err == 0);
        buffer_free(&packed);
        buffer_free(&out);
    }
}
END_TEST

START_TEST(utf16_comes_as_utf8)
{
    static char text[700000];
    static const char *const names[] = { "UTF-16LE", "UTF-16BE", "UTF-32LE" };
    size_t n = 0;

    while (n < sizeof(text) - 40)
        n += (size_t)sprintf(text + n, "baris %zu \xc3\xa9 \xf0\x9f\x98\x80%s", n,
                             n % 3 ? "\n" : "");
    for (int i = 0; i < 3; i++)
        for (size_t skip = 0; skip < 2; skip++) { /* the pairs fall otherwise on the blocks */
            iconv_t cd = iconv_open(names[i], "UTF-8");
            size_t in_left = n - skip, room = 4 * sizeof(text) + 4, left = room;
            char *in = text + skip, *packed = malloc(room), *to = packed;

            must(packed && iconv(cd, &in, &in_left, &to, &left) == 0);
            iconv_close(cd);
            write_file(packed, room - left);
            if (i < 2)
                check("auto", text + skip, n - skip);
            check(names[i], text + skip, n - skip);
            free(packed);
        }
    write_file("\xff\xfe"
               "a\0\n\0b\0",
               8);
    check("auto", "a\nb", 3);
}
END_TEST

START_TEST(no_file)
{
    struct fault f = { 0 };

    must(!lines_open("/no/such/file", NULL, &f) && f.err != 0 && f.text[0]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lines");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed, fd = mkstemp(path);

    if (fd < 0)
        return 1;
    close(fd);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, joined_again_they_are_the_file);
    tcase_add_test(c, packed_or_not);
    tcase_add_test(c, utf16_comes_as_utf8);
    tcase_add_test(c, no_file);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    unlink(path);
    return failed ? 1 : 0;
}
