/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields as in POSIX.1-1988's ustar; GNU's header has other fields where that has the prefix
 * of a name. What is let through here must come out as libarchive would give it. */
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#include "plugins/input/archive/tar-plain.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    NAME = 0,
    NAME_LEN = 100,
    SIZE = 124,
    SIZE_LEN = 12,
    SUM = 148,
    SUM_LEN = 8,
    TYPE = 156,
    MAGIC = 257,
    MAGIC_LEN = 8,
    PREFIX = 345,
    PREFIX_LEN = 155,
    SPARSE = 369 /* GNU's: from here on, all that would make more of an entry than a file */
};

static const char posix_magic[MAGIC_LEN + 1] = "ustar\00000", gnu_magic[MAGIC_LEN + 1] = "ustar  ";

/* ---- what is plain ---- */

/* Octal digits, then blanks or NULs and nothing else; -1: it is written in another way. */
static int64_t octal(const unsigned char *p, size_t n)
{
    int64_t value = 0;
    size_t i = 0;

    for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
        value = value * 8 + (p[i] - '0');
    if (i == 0)
        return -1;
    for (; i < n; i++)
        if (p[i] != ' ' && p[i] != 0)
            return -1;
    return value;
}

/* Mode, owners, time and device, which are of no use here; but a first header in which they are no
 * numbers is to libarchive none of a tar. */
static bool rest_is_plain(const unsigned char *header)
{
    static const struct {
        uint16_t at, n;
    } fields[] = { { 100, 8 }, { 108, 8 }, { 116, 8 }, { 136, 12 }, { 329, 8 }, { 337, 8 } };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (header[fields[i].at] != 0 && octal(header + fields[i].at, fields[i].n) < 0)
            return false;
    return true;
}

/* Of all bytes, those of the sum itself taken as blanks. */
static int64_t sum_of(const unsigned char *header)
{
    uint32_t sum = 0, own = 0;

#ifdef __SSE2__
    __m128i sums = _mm_setzero_si128(); /* of eight bytes each: two of them */

    for (size_t i = 0; i < TAR_BLOCK; i += 16)
        sums = _mm_add_epi64(
            sums, _mm_sad_epu8(_mm_loadu_si128((const __m128i *)(const void *)(header + i)),
                               _mm_setzero_si128()));
    sum = (uint32_t)_mm_cvtsi128_si32(sums) + (uint32_t)_mm_extract_epi16(sums, 4);
#else
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += header[i];
#endif
    for (size_t i = 0; i < SUM_LEN; i++)
        own += header[SUM + i];
    return (int64_t)sum - own + SUM_LEN * ' ';
}

static bool all_zero(const unsigned char *p, size_t n)
{
    unsigned any = 0;

    for (size_t i = 0; i < n; i++)
        any |= p[i];
    return any == 0;
}

static bool is_posix(const unsigned char *header)
{
    return memcmp(header + MAGIC, posix_magic, MAGIC_LEN) == 0;
}

static bool is_gnu(const unsigned char *header)
{
    return memcmp(header + MAGIC, gnu_magic, MAGIC_LEN) == 0;
}

static bool header_is_plain(const unsigned char *header)
{
    return (is_posix(header) ||
            (is_gnu(header) && all_zero(header + SPARSE, TAR_BLOCK - SPARSE))) &&
           rest_is_plain(header) && octal(header + SIZE, SIZE_LEN) >= 0 &&
           octal(header + SUM, SUM_LEN) == sum_of(header);
}

/* A file's name does not end as a folder's; a folder has no content. */
static bool kind_is_plain(const unsigned char *header, const char *name, size_t n)
{
    if (header[TYPE] == '5')
        return n > 0 && octal(header + SIZE, SIZE_LEN) == 0;
    return header[TYPE] == '0' && n > 0 && name[n - 1] != '/';
}

/* By the name that stands before it, or else by its own. */
static bool entry_is_plain(const unsigned char *header, const struct tar_name *other)
{
    const char *own = (const char *)header + NAME;
    const char *name = other->text ? other->text : own;

    return kind_is_plain(header, name, other->text ? other->len : strnlen(own, NAME_LEN)) &&
           header_is_plain(header);
}

/* Each by its own kind of header. */
static bool is_extension(const unsigned char *header)
{
    return (header[TYPE] == TAR_LONG_NAME ? is_gnu(header)
                                          : header[TYPE] == TAR_EXTENDED && is_posix(header)) &&
           header_is_plain(header) && octal(header + SIZE, SIZE_LEN) <= TAR_EXTENSION_MAX;
}

bool tar_is_plain(const unsigned char *header)
{
    return entry_is_plain(header, &(struct tar_name){ NULL, 0 }) || is_extension(header);
}

/* ---- bytes ---- */

/* Another block of the source. 1; 0 at its end; -1. */
static int next_block(struct tar_plain *t, bool header)
{
    const void *block = NULL;
    int64_t n;

    source_enter(t->source, header);
    n = source_take(t->source, &block);
    source_leave(t->source);
    t->at = block;
    t->left = n > 0 ? (size_t)n : 0;
    return n < 0 ? -1 : n > 0;
}

/* At the end there is no block, and nothing to go past. */
static void advance(struct tar_plain *t, size_t n)
{
    if (n == 0)
        return;
    t->at += n;
    t->left -= n;
    t->position += n;
}

static enum tar_plain_result pass_over(struct tar_plain *t, uint64_t n)
{
    t->wanted = n;
    t->passed = 0;
    for (;;) {
        uint64_t rest = n - t->passed;
        size_t some = rest < t->left ? (size_t)rest : t->left;
        int more;

        advance(t, some);
        t->passed += some;
        if (t->passed == n)
            return TAR_PLAIN_END;
        more = next_block(t, false);
        if (more <= 0)
            return more < 0 ? TAR_PLAIN_FAILED : TAR_PLAIN_CUT;
    }
}

/* The next n bytes, or as many as there are, behind those that `head` has. */
static int read_on(struct tar_plain *t, size_t n)
{
    for (size_t end = t->head_len + n; t->head_len < end;) {
        size_t lack = end - t->head_len, some = lack < t->left ? lack : t->left;
        int more;

        if (some > 0) {
            memcpy(t->head + TAR_BLOCK + t->head_len, t->at, some);
            advance(t, some);
        }
        t->head_len += some;
        if (some == lack)
            break;
        more = next_block(t, true);
        if (more <= 0)
            return more;
    }
    return 1;
}

/* ---- entry after entry ---- */

void tar_plain_begin(struct tar_plain *t, struct source *s)
{
    memset(t, 0, sizeof(*t));
    t->source = s;
}

static size_t padding_of(uint64_t content)
{
    return (size_t)(-content % TAR_BLOCK);
}

/* A prefix, if it has one, a slash, and the name. */
static size_t take_name(struct tar_plain *t, const unsigned char *header)
{
    size_t n = is_posix(header) ? strnlen((const char *)header + PREFIX, PREFIX_LEN) : 0;
    size_t name_len = strnlen((const char *)header + NAME, NAME_LEN);

    memcpy(t->name, header + PREFIX, n);
    if (n > 0 && t->name[n - 1] != '/')
        t->name[n++] = '/';
    memcpy(t->name + n, header + NAME, name_len);
    t->name[n + name_len] = 0;
    return n + name_len;
}

/* The same, unless an extension gives another one. */
static size_t take_any_name(struct tar_plain *t, const unsigned char *header,
                            const struct tar_name *other)
{
    if (!other->text)
        return take_name(t, header);
    memcpy(t->name, other->text, other->len);
    t->name[other->len] = 0;
    return other->len;
}

/* What stands before the header at *header is read, and what is behind it, where *header is then.
 * 1; 0: it is not plain, or the input ends; -1. */
static int pass_extension(struct tar_plain *t, const unsigned char **header, struct tar_name *name)
{
    const unsigned char *content = *header + TAR_BLOCK;
    unsigned char type = (*header)[TYPE];
    size_t n = (size_t)octal(*header + SIZE, SIZE_LEN), with_padding = n + padding_of(n);
    int more = read_on(t, with_padding + TAR_BLOCK);

    *header = content + with_padding;
    return more <= 0 ? more : tar_extension_name(type, (const char *)content, n, name);
}

enum tar_plain_result tar_plain_next(struct tar_plain *t, struct reader_entry *e)
{
    const unsigned char *header = t->head + TAR_BLOCK;
    enum tar_plain_result passed = pass_over(t, t->content + t->padding);
    struct tar_name name = { NULL, 0 };
    int more;

    if (passed != TAR_PLAIN_END)
        return passed;
    t->content = t->given = t->padding = t->head_len = 0;
    more = read_on(t, TAR_BLOCK);
    if (more > 0 && is_extension(header))
        more = pass_extension(t, &header, &name);
    if (more < 0)
        return TAR_PLAIN_FAILED;
    if (more == 0 || !entry_is_plain(header, &name))
        return TAR_PLAIN_OTHER;
    e->size = octal(header + SIZE, SIZE_LEN);
    t->content = (uint64_t)e->size;
    t->padding = padding_of(t->content);
    e->name_len = take_any_name(t, header, &name);
    e->name = t->name;
    e->kind = header[TYPE] == '5' ? KIND_FOLDER : KIND_FILE;
    e->doubt[0] = 0;
    return TAR_PLAIN_MORE;
}

enum tar_plain_result tar_plain_data(struct tar_plain *t, struct reader_piece *p)
{
    int more = 1;

    advance(t, t->given);
    t->content -= t->given;
    t->given = 0;
    if (t->content == 0) {
        enum tar_plain_result passed = pass_over(t, t->padding);

        t->padding = 0;
        return passed;
    }
    if (t->left == 0)
        more = next_block(t, false);
    if (more <= 0) {
        t->wanted = 0;
        return more < 0 ? TAR_PLAIN_FAILED : TAR_PLAIN_CUT;
    }
    t->given = t->content < t->left ? (size_t)t->content : t->left;
    p->data = t->at;
    p->n = t->given;
    return TAR_PLAIN_MORE;
}

/* ---- handing over ---- */

static void make_empty_entry(unsigned char *header)
{
    memset(header, 0, TAR_BLOCK);
    header[NAME] = '-';
    memset(header + SIZE, '0', SIZE_LEN - 1);
    header[TYPE] = '0';
    memcpy(header + MAGIC, posix_magic, MAGIC_LEN);
    for (int64_t sum = sum_of(header), i = SUM_LEN - 3; i >= 0; i--, sum /= 8)
        header[SUM + i] = (unsigned char)('0' + sum % 8);
    header[SUM + SUM_LEN - 1] = ' ';
}

int64_t tar_plain_hand_over(struct tar_plain *t)
{
    make_empty_entry(t->head);
    source_put_back(t->source, t->head, TAR_BLOCK + t->head_len, t->at, t->left);
    return (int64_t)(t->position - t->head_len) - TAR_BLOCK;
}
