/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON scanner: a state (what may come next) and a stack of what is open. */
#include "common/json-read.h"
#include "common/json-special.h"
#include "common/utf8.h"

#include <string.h>

enum { VALUE, VALUE_OR_END, KEY_OR_END, KEY, COMMA_OR_END, DONE };

static enum json_kind bad(struct json *j, size_t at, const char *what)
{
    const char *line = j->text, *next;
    struct fault *f = j->fault;

    f->line = 1;
    while ((next = memchr(line, '\n', (size_t)(j->text + at - line))) != NULL) {
        line = next + 1;
        f->line++;
    }
    f->byte = at;
    f->column = (uint64_t)(j->text + at - line) + 1;
    fault_set(f, 0, "%s", what);
    return JSON_BAD;
}

bool json_start(struct json *j, const char *text, size_t len, struct fault *f)
{
    j->text = len > 0 ? text : "";
    j->len = len;
    j->at = 0;
    j->fault = f;
    j->expect = VALUE;
    j->depth = 0;
    if (!utf8_valid(text, len))
        return bad(j, utf8_valid_prefix(text, len), "not valid UTF-8") != JSON_BAD;
    return true;
}

/* ---- strings ---- */

static int hex4(const char *s, const char *end)
{
    int value = 0;

    if (end - s < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int c = (unsigned char)s[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static bool is_high(int u)
{
    return u >= 0xd800 && u <= 0xdbff;
}

static bool is_low(int u)
{
    return u >= 0xdc00 && u <= 0xdfff;
}

/* Takes the escape whose backslash is at *at and moves behind it; its character, or -1 and *why. */
static int take_escape(const char **at, const char *end, const char **why)
{
    static const char meaning[128] = { ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                       ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t' };
    const char *s = *at + 1;
    int u, low;

    *why = "unknown escape in a string";
    if (s == end)
        return -1;
    if (*s != 'u') {
        u = (unsigned char)*s < 128 ? meaning[(unsigned char)*s] : 0;
        if (u == 0)
            return -1;
        *at = s + 1;
        return u;
    }
    *why = "\\u without four hexadecimal digits";
    u = hex4(++s, end);
    if (u < 0)
        return -1;
    s += 4;
    *why = "lone surrogate in a string";
    if (is_low(u))
        return -1;
    if (is_high(u)) {
        if (end - s < 6 || s[0] != '\\' || s[1] != 'u')
            return -1;
        low = hex4(s + 2, end);
        if (!is_low(low))
            return -1;
        s += 6;
        u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
    }
    *at = s;
    return u;
}

/* The string whose quote is at j->at. */
static enum json_kind take_string(struct json *j, struct json_token *t, enum json_kind kind)
{
    const char *end = j->text + j->len, *at = j->text + j->at + 1, *why;

    t->text = at;
    t->escaped = false;
    for (;;) {
        at += json_plain_run(at, (size_t)(end - at));
        if (at == end)
            return bad(j, t->at, "string without its closing quote");
        if (*at == '"')
            break;
        if (*at != '\\')
            return bad(j, (size_t)(at - j->text), "control character in a string, not escaped");
        t->escaped = true;
        if (take_escape(&at, end, &why) < 0)
            return bad(j, (size_t)(at - j->text), why);
    }
    t->len = (size_t)(at - t->text);
    j->at = (size_t)(at + 1 - j->text);
    return t->kind = kind;
}

size_t json_unescape(char *to, const struct json_token *t)
{
    const char *at = t->text, *end = t->text + t->len, *why;
    char *start = to;

    while (at < end) {
        const char *slash = t->escaped ? memchr(at, '\\', (size_t)(end - at)) : NULL;
        size_t run = (size_t)((slash ? slash : end) - at);

        memcpy(to, at, run);
        to += run;
        at += run;
        if (at < end)
            to += utf8_put(to, (uint32_t)take_escape(&at, end, &why));
    }
    return (size_t)(to - start);
}

/* ---- numbers and words ---- */

static size_t digits(const struct json *j, size_t at)
{
    size_t start = at;

    while (at < j->len && j->text[at] >= '0' && j->text[at] <= '9')
        at++;
    return at - start;
}

static enum json_kind take_number(struct json *j, struct json_token *t)
{
    size_t at = j->at, n;

    t->integer = true;
    at += j->text[at] == '-';
    n = digits(j, at);
    if (n == 0)
        return bad(j, at, "minus sign without a number");
    if (n > 1 && j->text[at] == '0')
        return bad(j, at, "number with a leading zero");
    at += n;
    if (at < j->len && j->text[at] == '.') {
        t->integer = false;
        n = digits(j, ++at);
        if (n == 0)
            return bad(j, at, "no digit after the decimal point");
        at += n;
    }
    if (at < j->len && (j->text[at] == 'e' || j->text[at] == 'E')) {
        t->integer = false;
        at++;
        at += at < j->len && (j->text[at] == '+' || j->text[at] == '-');
        n = digits(j, at);
        if (n == 0)
            return bad(j, at, "no digit in the exponent");
        at += n;
    }
    t->text = j->text + j->at;
    t->len = at - j->at;
    j->at = at;
    return t->kind = JSON_NUMBER;
}

static enum json_kind take_word(struct json *j, struct json_token *t)
{
    static const struct {
        char text[6];
        size_t len;
        enum json_kind kind;
    } words[] = { { "null", 4, JSON_NULL }, { "true", 4, JSON_TRUE }, { "false", 5, JSON_FALSE } };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (j->len - j->at >= words[i].len &&
            memcmp(j->text + j->at, words[i].text, words[i].len) == 0) {
            j->at += words[i].len;
            return t->kind = words[i].kind;
        }
    return bad(j, j->at, "a JSON value should stand here");
}

/* ---- the machine ---- */

static void skip_blanks(struct json *j)
{
    while (j->at < j->len) {
        char c = j->text[j->at];

        if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            return;
        j->at++;
    }
}

static enum json_kind enter(struct json *j, struct json_token *t, enum json_kind kind)
{
    if (j->depth == JSON_DEPTH)
        return bad(j, j->at, "nested deeper than 512");
    j->object[j->depth++] = kind == JSON_OBJECT;
    j->expect = kind == JSON_OBJECT ? KEY_OR_END : VALUE_OR_END;
    j->at++;
    return t->kind = kind;
}

static bool in_object(const struct json *j)
{
    return j->depth > 0 && j->object[j->depth - 1];
}

static enum json_kind leave(struct json *j, struct json_token *t)
{
    t->kind = in_object(j) ? JSON_OBJECT_END : JSON_ARRAY_END;
    j->depth--;
    j->expect = j->depth > 0 ? COMMA_OR_END : DONE;
    j->at++;
    return t->kind;
}

static enum json_kind take_key(struct json *j, struct json_token *t)
{
    if (j->text[j->at] != '"')
        return bad(j, j->at, "a key in quotes should stand here");
    if (take_string(j, t, JSON_KEY) == JSON_BAD)
        return JSON_BAD;
    skip_blanks(j);
    if (j->at == j->len || j->text[j->at] != ':')
        return bad(j, j->at, "a colon should follow the key");
    j->at++;
    j->expect = VALUE;
    return t->kind;
}

static enum json_kind take_value(struct json *j, struct json_token *t)
{
    char c = j->text[j->at];

    if (c == '{')
        return enter(j, t, JSON_OBJECT);
    if (c == '[')
        return enter(j, t, JSON_ARRAY);
    j->expect = j->depth > 0 ? COMMA_OR_END : DONE;
    if (c == '"')
        return take_string(j, t, JSON_STRING);
    if (c == '-' || (c >= '0' && c <= '9'))
        return take_number(j, t);
    return take_word(j, t);
}

enum json_kind json_next(struct json *j, struct json_token *t)
{
    char c;

    skip_blanks(j);
    t->at = j->at;
    if (j->at == j->len) {
        if (j->expect == DONE)
            return t->kind = JSON_END;
        return bad(j, j->at, j->depth > 0 ? "it ends within an array or object" : "no JSON value");
    }
    c = j->text[j->at];
    if (j->expect == DONE)
        return bad(j, j->at, "more after the JSON value");
    if (j->expect == COMMA_OR_END) {
        if (c == (in_object(j) ? '}' : ']'))
            return leave(j, t);
        if (c != ',')
            return bad(j, j->at,
                       in_object(j) ? "a comma or } should stand here"
                                    : "a comma or ] should stand here");
        j->at++;
        j->expect = in_object(j) ? KEY : VALUE;
        skip_blanks(j);
        t->at = j->at;
        if (j->at == j->len)
            return bad(j, j->at, "it ends within an array or object");
        c = j->text[j->at];
    }
    if ((j->expect == KEY_OR_END && c == '}') || (j->expect == VALUE_OR_END && c == ']'))
        return leave(j, t);
    if (j->expect == KEY_OR_END || j->expect == KEY)
        return take_key(j, t);
    return take_value(j, t);
}

bool json_skip(struct json *j, const struct json_token *t)
{
    int depth = j->depth - 1;
    struct json_token inner;

    if (t->kind != JSON_ARRAY && t->kind != JSON_OBJECT)
        return true;
    while (j->depth > depth)
        if (json_next(j, &inner) == JSON_BAD)
            return false;
    return true;
}

bool json_is(const struct json_token *t, const char *text, size_t len)
{
    const char *at = t->text, *end = t->text + t->len, *why;
    char c[4];

    if (!t->escaped)
        return t->len == len && memcmp(at, text, len) == 0;
    while (at < end) {
        size_t n = 1;

        if (*at == '\\')
            n = utf8_put(c, (uint32_t)take_escape(&at, end, &why));
        else
            c[0] = *at++;
        if (n > len || memcmp(c, text, n) != 0)
            return false;
        text += n;
        len -= n;
    }
    return len == 0;
}
