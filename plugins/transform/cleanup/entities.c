/* SPDX-License-Identifier: Apache-2.0 */
/* Character references of HTML, in one pass that leaves none however deep they were escaped: what
 * a reference becomes is looked at again together with what is before it in the output, as a
 * shift-reduce parser does. Linear in time: each look back is bounded, each reduction shortens. */
#include "clean.h"
#include "entity-names.h"
#include "legacy.h"
#include "common/utf8.h"

enum { LOOK_BACK = ENTITY_NAME_MAX + 4 };
#define NOT_ONE UINT32_MAX

struct decoder {
    char *out; /* room for all of the input: references are never shorter than their characters */
    size_t len;
    size_t open; /* 1 + where in out a '&' is behind which only letters, digits and # follow; 0:
                    none */
    uint64_t count;
};

static bool name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '#';
}

/* Finds the '&' that the end of out may belong to. */
static void reopen(struct decoder *d)
{
    size_t least = d->len > LOOK_BACK ? d->len - LOOK_BACK : 0;
    size_t i = d->len;

    while (i > least && name_byte(d->out[i - 1]))
        i--;
    d->open = i > least && d->out[i - 1] == '&' ? i : 0;
}

/* "#233" or "#xE9" to 233; NOT_ONE when it is neither. */
static uint32_t numeric(const char *s, size_t n)
{
    bool hex = n > 1 && (s[1] == 'x' || s[1] == 'X');
    size_t i = hex ? 2 : 1;
    uint32_t c = 0;

    if (i >= n || s[0] != '#')
        return NOT_ONE;
    for (; i < n; i++) {
        char lower = (char)(s[i] | 0x20);
        uint32_t digit = s[i] >= '0' && s[i] <= '9'            ? (uint32_t)(s[i] - '0')
                         : hex && lower >= 'a' && lower <= 'f' ? (uint32_t)(lower - 'a' + 10)
                                                               : 16;

        if (digit == 16)
            return NOT_ONE;
        c = c * (hex ? 16 : 10) + digit;
        if (c > 0x10ffff)
            return NOT_ONE;
    }
    return c;
}

static bool control(uint32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0) ||
           (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* The character that the name (without & and ;) stands for, or NOT_ONE. 128 to 159 mean
 * Windows-1252, as the HTML standard has it. Surrogates come out as they are. */
static uint32_t meaning(const char *name, size_t n)
{
    uint32_t c;

    if (n > 0 && name[0] != '#') {
        c = entity_named(name, n);
        return c == 0 ? NOT_ONE : c;
    }
    c = numeric(name, n);
    if (c == NOT_ONE)
        return c;
    c = legacy_c1(c);
    return control(c) ? NOT_ONE : c;
}

/* The high surrogate whose reference ends at out[len - 1]; *from is where it starts. 0: none. */
static uint32_t high_before(const struct decoder *d, size_t len, size_t *from)
{
    size_t i = len;
    uint32_t c;

    if (i == 0 || d->out[--i] != ';')
        return 0;
    while (i > 0 && len - i <= LOOK_BACK && name_byte(d->out[i - 1]))
        i--;
    if (i == 0 || d->out[i - 1] != '&')
        return 0;
    c = numeric(d->out + i, len - 1 - i);
    *from = i - 1;
    return c >= 0xd800 && c <= 0xdbff ? c : 0;
}

/* Takes the reference at the end of out away and gives its character; NOT_ONE: it stays. */
static uint32_t reduce(struct decoder *d)
{
    size_t from = d->open - 1;
    uint32_t c = meaning(d->out + d->open, d->len - d->open);

    if (c >= 0xd800 && c <= 0xdfff) { /* half an emoji: pages made from JavaScript have them */
        uint32_t high = c >= 0xdc00 ? high_before(d, from, &from) : 0;

        c = high ? 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00) : NOT_ONE;
        if (c != NOT_ONE && control(c))
            c = NOT_ONE;
    }
    if (c != NOT_ONE) {
        d->len = from;
        d->count++;
    }
    return c;
}

/* A ';' after an open '&'. It may complete a reference, which may be to a ';', and so on. */
static void semicolon(struct decoder *d)
{
    uint32_t c = ';';

    while (c == ';' && d->open) {
        uint32_t got = reduce(d);

        if (got == NOT_ONE)
            break;
        c = got;
        reopen(d);
    }
    d->len += utf8_put(d->out + d->len, c);
    reopen(d);
}

/* May the open reference end without its semicolon, before a character that cannot belong to a
 * name? Only what HTML has allowed from its beginning, and no "&lt=" as in a query string. */
static bool classic(const struct decoder *d)
{
    const char *name = d->out + d->open;
    size_t n = d->len - d->open;

    switch (n) {
    case 2:
        return memcmp(name, "lt", 2) == 0 || memcmp(name, "gt", 2) == 0;
    case 3:
        return memcmp(name, "amp", 3) == 0 || (name[0] == '#' && name[1] != 'x');
    case 4:
        return memcmp(name, "nbsp", 4) == 0 || memcmp(name, "quot", 4) == 0 || name[0] == '#';
    default:
        return n > 4 && name[0] == '#';
    }
}

static bool is_nbsp(const struct decoder *d)
{
    return d->len - d->open == 4 && memcmp(d->out + d->open, "nbsp", 4) == 0;
}

/* Ends the open reference before `next`, which is not yet in out ('\0' at the end of the text). */
static bool end_without_semicolon(struct decoder *d, char next)
{
    uint32_t c;

    if (next == '=' || !(name_byte(next) ? is_nbsp(d) : classic(d)))
        return false;
    c = reduce(d);
    if (c == NOT_ONE)
        return false;
    reopen(d);
    if (c == ';') {
        semicolon(d);
    } else {
        d->len += utf8_put(d->out + d->len, c);
        reopen(d);
    }
    return true;
}

static void push(struct decoder *d, char c)
{
    while (d->open && c != ';' && end_without_semicolon(d, c))
        ;
    if (d->open && c == ';') {
        semicolon(d);
        return;
    }
    d->out[d->len++] = c;
    if (c == '&')
        d->open = d->len;
    else if (!name_byte(c) || (d->open && d->len - d->open > LOOK_BACK - 1))
        d->open = 0;
}

uint64_t repair_entities(const char *s, size_t n, struct places *places, struct buffer *out)
{
    const char *end = s + n;
    struct decoder d = { 0 };

    (void)places;
    if (!memchr(s, '&', n) || !buffer_room(out, n + 4))
        return 0;
    d.out = out->data + out->len;
    while (s < end) {
        if (!d.open) {
            const char *amp = memchr(s, '&', (size_t)(end - s));
            size_t plain = (size_t)((amp ? amp : end) - s);

            memcpy(d.out + d.len, s, plain);
            d.len += plain;
            s += plain;
        }
        if (s < end)
            push(&d, *s++);
    }
    while (d.open && end_without_semicolon(&d, '\0'))
        ;
    if (d.count > 0)
        out->len += d.len;
    return d.count;
}
