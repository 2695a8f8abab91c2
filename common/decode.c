/* SPDX-License-Identifier: Apache-2.0 */
/* Which encoding a text is in: marks first, then zero bytes, then valid UTF-8, and only for what is
 * left the detector. Detectors fail without the first three: measured, UTF-8 with few accents is
 * called windows-1250 and UTF-16 without a mark is not found at all. */
#define _GNU_SOURCE 1
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "common/decode.h"
#include "common/charset.h"
#include "common/cpu.h"
#include "common/utf8-avx2.h"
#include "common/utf8.h"

#include <errno.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#ifdef HAVE_UCHARDET
#include <uchardet/uchardet.h>
#endif

#define SAMPLE 8192      /* bytes that the detector is shown */
#define FEW_HIGH 8       /* bytes from 0x80 on among ASCII: too few for the detector */
#define SURE_SEQUENCES 4 /* so many UTF-8 sequences in a line are no chance in another charset */

/* A text that is not UTF-8, seen as lines. */
struct bad_lines {
    struct buffer sample; /* the first of those that are not UTF-8 */
    size_t high, bytes;   /* bytes from 0x80 on, and all bytes, of those that are not UTF-8 */
};

static int no_memory(struct fault *f)
{
    return fault_set(f, ENOMEM, "out of memory while decoding text");
}

/* ---- marks and zero bytes ---- */

static const struct charset *by_mark(const unsigned char *s, size_t n, size_t *mark)
{
    static const struct {
        unsigned char bytes[4];
        size_t n;
        const char *name;
    } marks[] = { { { 0xff, 0xfe, 0, 0 }, 4, "utf-32le" },
                  { { 0, 0, 0xfe, 0xff }, 4, "utf-32be" },
                  { { 0xef, 0xbb, 0xbf, 0 }, 3, "utf-8" },
                  { { 0xff, 0xfe, 0, 0 }, 2, "utf-16le" },
                  { { 0xfe, 0xff, 0, 0 }, 2, "utf-16be" } };

    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (n >= marks[i].n && memcmp(s, marks[i].bytes, marks[i].n) == 0) {
            *mark = marks[i].n;
            return charset_find(marks[i].name);
        }
    *mark = 0;
    return NULL;
}

/* UTF-16 without a mark: at one parity stand the high bytes, most of them below 8 in alphabetic
 * scripts and some of them zero; the low bytes are seldom that small. */
static const struct charset *by_zeros(const unsigned char *s, size_t n)
{
    size_t small[2] = { 0, 0 }, zeros[2] = { 0, 0 }, pairs = (n < SAMPLE ? n : SAMPLE) / 2;

    for (size_t i = 0; i < pairs * 2; i++) {
        small[i & 1] += s[i] < 8;
        zeros[i & 1] += s[i] == 0;
    }
    for (size_t high = 0; high < 2; high++)
        if (zeros[high] > 0 && zeros[!high] <= zeros[high] / 4 &&
            small[high] >= pairs - pairs / 4 && small[!high] <= pairs / 8)
            return charset_find(high ? "utf-16le" : "utf-16be");
    return NULL;
}

/* Characters that UTF-16 in an East Asian script is nearly all made of. */
static bool is_east_asian(unsigned u)
{
    return (u >= 0x4e00 && u <= 0x9fff) || (u >= 0xac00 && u <= 0xd7a3) ||
           (u >= 0x3000 && u <= 0x30ff) || (u >= 0xff00 && u <= 0xffef) ||
           (u >= 0x20 && u < 0x7f) || u == '\n' || u == '\r' || u == '\t';
}

/* For what holds zero bytes and is not UTF-8 either. Pairs of Latin letters look like ideographs,
 * and pairs of high bytes like Hangul, so there must be some bytes of ASCII's range, not most. */
static const struct charset *by_units(const unsigned char *s, size_t n)
{
    size_t pairs = (n < SAMPLE ? n : SAMPLE) / 2, ascii = 0, zeros[2] = { 0, 0 },
           good[2] = { 0, 0 };

    for (size_t i = 0; i < pairs; i++) {
        unsigned a = s[2 * i], b = s[2 * i + 1];

        ascii += a >= 0x20 && a < 0x7f;
        ascii += b >= 0x20 && b < 0x7f;
        zeros[0] += a == 0;
        zeros[1] += b == 0;
        good[0] += is_east_asian(a << 8 | b);
        good[1] += is_east_asian(b << 8 | a);
    }
    if (pairs < 16 || n % 2 != 0 || ascii < pairs / 4 || ascii > pairs + pairs / 2)
        return NULL;
    for (size_t high = 0; high < 2; high++)
        if (zeros[high] > 0 && good[high] >= pairs - pairs / 8 && good[!high] < good[high])
            return charset_find(high ? "utf-16le" : "utf-16be");
    return NULL;
}

/* ---- the detector ---- */

#ifdef HAVE_UCHARDET
static const struct charset *detector_says(const struct buffer *sample)
{
    const struct charset *found = NULL;
    uchardet_t detector = uchardet_new();

    if (!detector)
        return NULL;
    if (uchardet_handle_data(detector, sample->data, sample->len) == 0) {
        uchardet_data_end(detector);
        found = charset_find(uchardet_get_charset(detector));
    }
    uchardet_delete(detector);
    return found;
}
#else
static const struct charset *detector_says(const struct buffer *sample)
{
    (void)sample;
    return NULL;
}
#endif

/* How many bytes of the sample mean nothing in this charset. */
static uint64_t misfits(const struct charset *charset, const struct buffer *sample)
{
    struct buffer out = { 0 };
    uint64_t replaced = 0;
    struct fault f;

    if (charset_convert(charset, sample->data, sample->len, &out, &replaced, &f) < 0)
        replaced = UINT64_MAX;
    buffer_free(&out);
    return replaced;
}

/* The charset of the lines that are not UTF-8. With few bytes to go by the detector guesses, and
 * windows-1252 is the better guess: such pages have a curly quote or an accent here and there. */
static const struct charset *detect(const struct bad_lines *bad)
{
    const struct charset *fallback = charset_find("windows-1252"), *found;

    if (bad->high * 64 < bad->bytes || (bad->high < FEW_HIGH && bad->high * 2 < bad->bytes))
        return fallback;
    found = detector_says(&bad->sample);
    if (!found || found->kind == CHARSET_UTF8 || found->kind == CHARSET_UTF16 ||
        found->kind == CHARSET_UTF32 || found->kind == CHARSET_ESCAPES)
        return fallback;
    /* One bad byte may stand where the sample was cut. */
    return misfits(found, &bad->sample) > bad->high / 64 + 1 ? fallback : found;
}

/* ---- line by line ---- */

static size_t line_length(const char *s, size_t n)
{
    const char *lf = memchr(s, '\n', n);

    return lf ? (size_t)(lf - s) + 1 : n;
}

static size_t count_high(const char *s, size_t n)
{
    size_t high = 0;

    for (size_t i = 0; i < n; i++)
        high += (unsigned char)s[i] >> 7;
    return high;
}

/* Sequences of two bytes and more in a valid line. */
static size_t sequences(const char *s, size_t n)
{
    size_t leads = 0;

    for (size_t i = 0; i < n; i++)
        leads += (unsigned char)s[i] >= 0xc0;
    return leads;
}

static bool look_at_lines(const char *s, size_t n, struct bad_lines *bad)
{
    while (n > 0) {
        size_t len = line_length(s, n);

        if (!utf8_valid(s, len)) {
            size_t room = SAMPLE - bad->sample.len;

            bad->high += count_high(s, len);
            bad->bytes += len;
            if (room > 0 && !buffer_append(&bad->sample, s, len < room ? len : room))
                return false;
        }
        s += len;
        n -= len;
    }
    return true;
}

/* Is this line kept as it is? Where the others are in a charset whose letters may look like UTF-8
 * by chance, only if it has many sequences. */
static bool is_utf8_line(const char *s, size_t len, const struct charset *other, size_t *found)
{
    if (!utf8_valid(s, len))
        return false;
    *found = sequences(s, len);
    return *found == 0 || other->kind == CHARSET_LATIN || *found >= SURE_SEQUENCES;
}

static int decode_lines(const char *s, size_t n, const struct charset *other, struct buffer *out,
                        struct decode_report *r, struct fault *f)
{
    const char *run = s; /* lines of the other charset wait, to be converted in one go */

    while (n > 0) {
        size_t len = line_length(s, n), found = 0;
        bool keep = is_utf8_line(s, len, other, &found);

        r->mixed = r->mixed || (keep && found > 0);
        if (keep && found > 0) {
            if (charset_convert(other, run, (size_t)(s - run), out, &r->replaced, f) < 0)
                return -1;
            if (!buffer_append(out, s, len))
                return no_memory(f);
            run = s + len;
        }
        s += len;
        n -= len;
    }
    return charset_convert(other, run, (size_t)(s - run), out, &r->replaced, f);
}

/* No encoding of text has many control bytes: a picture, a program or packed data has. */
#ifdef __SSE2__
/* How many of 16 bytes are control characters that no text has. */
static size_t count_controls(__m128i v)
{
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
    __m128i from8 = _mm_sub_epi8(v, _mm_set1_epi8(0x08)); /* to 0x0d */
    __m128i fine = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(from8, _mm_set1_epi8(5)), from8),
                                _mm_cmpeq_epi8(v, _mm_set1_epi8(0x1b)));
    __m128i bad = _mm_or_si128(_mm_andnot_si128(fine, low), _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));

    return (size_t)__builtin_popcount((unsigned)_mm_movemask_epi8(bad));
}

static __m128i low_but_lf(__m128i v)
{
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);

    return _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), low),
                        _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
}

/* The same of 64 bytes, which hardly ever hold a control character but LF. */
static size_t count_controls_64(const char *s)
{
    const __m128i *v = (const __m128i *)(const void *)s;
    __m128i a = _mm_loadu_si128(v), b = _mm_loadu_si128(v + 1), c = _mm_loadu_si128(v + 2),
            d = _mm_loadu_si128(v + 3);
    __m128i any = _mm_or_si128(_mm_or_si128(low_but_lf(a), low_but_lf(b)),
                               _mm_or_si128(low_but_lf(c), low_but_lf(d)));

    if (_mm_movemask_epi8(any) == 0)
        return 0;
    return count_controls(a) + count_controls(b) + count_controls(c) + count_controls(d);
}
#endif

static bool is_binary(const char *s, size_t n)
{
    size_t sample = n < SAMPLE ? n : SAMPLE, controls = 0, i = 0;

#ifdef __SSE2__
    for (; sample - i >= 64; i += 64)
        controls += count_controls_64(s + i);
    for (; sample - i >= 16; i += 16)
        controls += count_controls(_mm_loadu_si128((const __m128i *)(const void *)(s + i)));
#endif
    for (; i < sample; i++) {
        unsigned char c = (unsigned char)s[i];

        controls += c == 0x7f || c < 0x08 || (c > 0x0d && c < 0x20 && c != 0x1b);
    }
    return n >= 16 && controls * 20 > sample;
}

static int no_text(struct fault *f)
{
    return fault_set(f, 0,
                     "not text: too many of its bytes are control characters; if it is text, "
                     "name its encoding");
}

static int decode_old(const char *s, size_t n, struct buffer *out, struct decode_report *r,
                      struct fault *f)
{
    struct bad_lines bad = { { 0 }, 0, 0 };
    const struct charset *other = by_units((const unsigned char *)s, n);
    int result;

    if (other) {
        r->encoding = other->name;
        return charset_convert(other, s, n, out, &r->replaced, f);
    }
    if (is_binary(s, n))
        return no_text(f);
    if (look_at_lines(s, n, &bad)) {
        other = detect(&bad);
        r->encoding = other->name;
        result = decode_lines(s, n, other, out, r, f);
    } else {
        result = no_memory(f);
    }
    buffer_free(&bad.sample);
    return result;
}

/* ---- the way through ---- */

static bool is_auto(const char *encoding)
{
    return strcmp(encoding, "auto") == 0;
}

bool decode_known(const char *encoding)
{
    return is_auto(encoding) || charset_find(encoding) != NULL;
}

/* The charset by mark, by name, or by zero bytes; NULL: to be found out. */
static const struct charset *settle(const char *encoding, const char *s, size_t n, size_t *mark)
{
    const struct charset *charset = by_mark((const unsigned char *)s, n, mark), *zeros;

    if (charset)
        return charset;
    if (!is_auto(encoding)) {
        charset = charset_find(encoding);
        /* "utf-16" says nothing of the order of the bytes. */
        if (!charset || strcmp(charset->name, "utf-16") != 0)
            return charset;
        zeros = by_zeros((const unsigned char *)s, n);
        return zeros ? zeros : charset;
    }
    return n > 1 && memchr(s, '\0', n < SAMPLE ? n : SAMPLE) ? by_zeros((const unsigned char *)s, n)
                                                             : NULL;
}

/* Nearly all pages, in one look: with no mark, no zero bytes, and no control characters to count.
 */
static bool is_plain(const char *s, size_t n)
{
    return n >= 64 && cpu_has_avx2() && memcmp(s, UTF8_BOM, 3) != 0 && utf8_avx2_plain(s, n);
}

bool decode_is_text(const char *encoding, const void *data, size_t len, size_t *start)
{
    const struct charset *charset;

    *start = 0;
    if (is_auto(encoding) && is_plain(data, len))
        return true;
    charset = settle(encoding, data, len, start);
    if (charset ? charset->kind != CHARSET_UTF8 : !is_auto(encoding))
        return false;
    if (len == *start)
        return true;
    if (is_auto(encoding) && is_binary((const char *)data + *start, len - *start))
        return false; /* bytes that happen to be valid */
    return utf8_valid((const char *)data + *start, len - *start);
}

const char *decode_wide(const char *encoding, const void *beginning, size_t len)
{
    size_t mark;
    const struct charset *charset = settle(encoding, beginning, len, &mark);

    return charset && (charset->kind == CHARSET_UTF16 || charset->kind == CHARSET_UTF32)
               ? charset->name
               : NULL;
}

const char *decode_guess(const void *beginning, size_t len)
{
    const char *s = beginning, *lf = memrchr(s, '\n', len);
    struct bad_lines bad = { { 0 }, 0, 0 };
    const char *name = NULL;

    if (lf) /* the last line may be cut */
        len = (size_t)(lf - s);
    if (look_at_lines(s, len, &bad) && bad.bytes > 0)
        name = detect(&bad)->name;
    buffer_free(&bad.sample);
    return name;
}

static int named_utf8(const char *s, size_t n, size_t mark, struct buffer *out, struct fault *f)
{
    size_t valid = utf8_valid_prefix(s, n);

    if (valid < n) {
        f->byte = mark + valid;
        f->line = f->column = 0;
        return fault_set(f, 0, "not valid UTF-8: byte 0x%02x at offset %llu",
                         (unsigned)(unsigned char)s[valid], (unsigned long long)f->byte);
    }
    return buffer_append(out, s, n) ? 0 : no_memory(f);
}

/* Drops the U+FEFF that a converted text begins with. */
static void drop_mark(struct buffer *out, size_t start)
{
    size_t n = out->len - start;

    if (n < 3 || memcmp(out->data + start, UTF8_BOM, 3) != 0)
        return;
    memmove(out->data + start, out->data + start + 3, n - 3);
    out->len -= 3;
}

int decode_text(const char *encoding, const void *data, size_t len, struct buffer *out,
                struct decode_report *r, struct fault *f)
{
    size_t mark = 0, start = out->len;
    const struct charset *charset = settle(encoding, data, len, &mark);
    const char *s = len > 0 ? (const char *)data + mark : "";
    int result;

    len -= mark;
    r->encoding = charset ? charset->name : "utf-8";
    r->replaced = 0;
    r->mixed = false;
    if (!charset && !is_auto(encoding))
        return fault_set(f, 0, "unknown encoding '%s'", encoding);
    if (charset && charset->kind != CHARSET_UTF8)
        result = charset_convert(charset, s, len, out, &r->replaced, f);
    else if (!is_auto(encoding))
        result = named_utf8(s, len, mark, out, f);
    else if (utf8_valid(s, len))
        result = is_binary(s, len) ? no_text(f) : buffer_append(out, s, len) ? 0 : no_memory(f);
    else
        result = decode_old(s, len, out, r, f);
    if (result == 0 && mark == 0)
        drop_mark(out, start);
    return result;
}
