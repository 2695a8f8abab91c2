/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any bytes in any encoding become valid UTF-8, or a fault; what comes out stays as it is
 * when it is decoded again, and the short way agrees with the long one. First byte: the encoding.
 */
#include "common/decode.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

static const char *const names[] = { "auto",       "utf-8",        "utf-16",       "utf-16le",
                                     "utf-16be",   "utf-32",       "windows-1252", "iso-8859-1",
                                     "iso-8859-2", "windows-1251", "koi8-r",       "shift_jis",
                                     "gb18030",    "big5",         "euc-kr",       "us-ascii" };

static void decode_again(const struct buffer *text)
{
    struct buffer twice = { 0 };
    struct decode_report r;
    struct fault f = { 0 };

    /* A text may begin with a second mark, or one that is now the first. */
    if (text->len >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0)
        return;
    promise(decode_text("utf-8", text->data, text->len, &twice, &r, &f) == 0);
    promise(r.replaced == 0 && twice.len == text->len);
    promise(text->len == 0 || memcmp(twice.data, text->data, text->len) == 0);
    buffer_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *name;
    struct buffer out = { 0 };
    struct decode_report r = { 0 };
    struct fault f = { 0 };
    size_t start = 0;
    int result;

    if (n == 0)
        return 0;
    name = names[data[0] % (sizeof(names) / sizeof(*names))];
    data++;
    n--;
    if (!decode_known(name))
        return 0;
    result = decode_text(name, data, n, &out, &r, &f);
    if (result == 0) {
        promise(utf8_valid(out.data ? out.data : "", out.len) && r.encoding);
        decode_again(&out);
    } else {
        promise(f.text[0] && f.err == 0 && f.byte <= n);
    }
    if (decode_is_text(name, data, n, &start)) {
        promise(result == 0 && start <= n && out.len == n - start && r.replaced == 0);
        promise(out.len == 0 || memcmp(out.data, data + start, out.len) == 0);
    }
    decode_wide(name, data, n);
    decode_guess(data, n);
    buffer_free(&out);
    return 0;
}
