/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of expressions, by recursive descent of a bounded depth:
 *   or := and {"or" and}    and := not {"and" not}    not := {"not"} ("(" or ")" | comparison)
 *   comparison := field | field op literal | field "in" "(" literal {"," literal} ")" */
#include "core/conf-quote.h"
#include "core/expr-parts.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct expr_parser *p)
{
    while (p->at < p->len && is_blank(p->s[p->at]))
        p->at++;
}

static bool syntax(struct expr_parser *p, size_t at, size_t width, const char *near,
                   const char *help, const char *text)
{
    if (!p->stop)
        expr_mistake(p, E0130, at, width, near, help, "%s", text);
    p->stop = true;
    return false;
}

/* ---- words ---- */

/* Bytes of the bare word at p->at: up to a blank or one of the stops. */
static size_t bare_len(const struct expr_parser *p, const char *stops)
{
    size_t at = p->at;

    while (at < p->len && !is_blank(p->s[at]) && !(p->s[at] && strchr(stops, p->s[at])))
        at++;
    return at - p->at;
}

static bool next_is(const struct expr_parser *p, const char *word)
{
    size_t len = strlen(word);

    return bare_len(p, "(),\"=!<>") == len && memcmp(p->s + p->at, word, len) == 0;
}

/* Takes the keyword, if it is next. */
static bool take(struct expr_parser *p, const char *word)
{
    skip_blanks(p);
    if (p->stop || !next_is(p, word))
        return false;
    p->at += strlen(word);
    return true;
}

static bool take_sign(struct expr_parser *p, char sign)
{
    skip_blanks(p);
    if (p->stop || p->at == p->len || p->s[p->at] != sign)
        return false;
    p->at++;
    return true;
}

static bool take_bytes(struct expr_parser *p, struct expr_word *w, size_t len)
{
    *w = (struct expr_word){ .len = len, .at = p->at, .width = len };
    w->text = arena_string(&p->e->arena, p->s + p->at, len);
    p->at += len;
    return w->text || expr_no_memory(p);
}

static bool take_quoted(struct expr_parser *p, struct expr_word *w)
{
    size_t close = p->at + quote_close(p->s + p->at, p->len - p->at), used;
    char *to;

    *w = (struct expr_word){ .at = p->at, .width = close + 1 - p->at, .quoted = true };
    if (close == p->len)
        return syntax(p, p->at, p->len - p->at, NULL, NULL, "unterminated quote");
    to = arena_get(&p->e->arena, close - p->at);
    if (!to)
        return expr_no_memory(p);
    w->text = to;
    for (p->at++; p->at < close;) {
        size_t took = 1;

        if (p->s[p->at] != '\\') {
            *to++ = p->s[p->at++];
            continue;
        }
        took = quote_escape(p->s + p->at, close - p->at, to, &used);
        if (took == 0)
            return syntax(p, p->at, 2, NULL, "a backslash in quotes is written \\\\",
                          "bad escape in quotes");
        to += used;
        p->at += took;
    }
    *to = '\0';
    w->len = (size_t)(to - w->text);
    p->at = close + 1;
    return true;
}

static bool is_keyword(const struct expr_word *w)
{
    static const char *const words[] = { "and", "or", "not", "in", "has", "matches" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(w->text, words[i]) == 0)
            return true;
    return false;
}

static bool take_literal(struct expr_parser *p, struct expr_word *w)
{
    size_t len;

    skip_blanks(p);
    if (p->at < p->len && p->s[p->at] == '"')
        return take_quoted(p, w);
    len = bare_len(p, "(),\"");
    if (len == 0)
        return syntax(p, p->at, 1, NULL, NULL,
                      "a literal is missing: a word, a number or a quoted text");
    if (p->s[p->at] == '\'')
        return syntax(p, p->at, len, NULL, "texts stand in double quotes: \"...\"",
                      "single quotes");
    if (!take_bytes(p, w, len))
        return false;
    return !is_keyword(w) ||
           syntax(p, w->at, w->width, NULL, "put the word in quotes if it is meant as text",
                  "a literal is missing before a word of the grammar");
}

/* ---- comparisons ---- */

static bool take_field(struct expr_parser *p, struct expr_word *w)
{
    size_t len;

    skip_blanks(p);
    len = bare_len(p, "(),\"=!<>&|");
    if (len == 0)
        return p->at < p->len && p->s[p->at] == '!'
                   ? syntax(p, p->at, 1, "not", NULL, "'!' is not an operator here")
                   : syntax(p, p->at, 1, NULL, "field op literal, such as language == id",
                            "a field is missing");
    if (!take_bytes(p, w, len))
        return false;
    if (is_keyword(w))
        return syntax(p, w->at, w->width, NULL, "field op literal, such as language == id",
                      "a field is missing before this word");
    return true;
}

/* The operator at p->at, with its place in w; OP_ALONE: none comes. False: it is none of ours. */
static bool take_op(struct expr_parser *p, enum expr_op *op, struct expr_word *w)
{
    static const char *const signs[] = { "==", "!=", "<", "<=", ">", ">=" };
    static const char *const words[] = { "in", "has", "matches" };
    size_t len = 0;

    skip_blanks(p);
    *w = (struct expr_word){ .at = p->at };
    *op = OP_ALONE;
    if (p->at == p->len || p->s[p->at] == ')' || next_is(p, "and") || next_is(p, "or"))
        return true;
    while (p->at + len < p->len && p->s[p->at + len] && strchr("=!<>&|~", p->s[p->at + len]))
        len++;
    if (len == 0)
        len = bare_len(p, "(),\"=!<>");
    w->width = len > 0 ? len : 1;
    for (unsigned i = 0; i < 9; i++) {
        const char *name = i < 6 ? signs[i] : words[i - 6];

        if (strlen(name) == len && memcmp(name, p->s + p->at, len) == 0) {
            *op = (enum expr_op)i;
            p->at += len;
            return true;
        }
    }
    if (len == 1 && p->s[p->at] == '=')
        return syntax(p, p->at, 1, "==", NULL, "'=' is not an operator");
    if (len > 0 && (p->s[p->at] == '&' || p->s[p->at] == '|'))
        return syntax(p, p->at, len, p->s[p->at] == '&' ? "and" : "or", NULL,
                      "conditions are joined by words");
    if (next_is(p, "not"))
        return syntax(p, p->at, len, NULL, "'not' stands before the field: not language in (id)",
                      "'not' behind the field");
    return syntax(p, p->at, w->width, NULL, "the operators are == != < <= > >= in has matches",
                  "an operator is missing");
}

/* The literals of `in`: room for as many as there are commas. */
static struct expr_word *take_list(struct expr_parser *p, size_t *n)
{
    struct expr_word *list;
    size_t most = 1;

    if (!take_sign(p, '(')) {
        syntax(p, p->at, 1, NULL, "language in (id, en)", "'in' takes a list in parentheses");
        return NULL;
    }
    for (size_t i = p->at; i < p->len && p->s[i] != ')'; i++) {
        most += p->s[i] == ',';
        if (p->s[i] == '"')
            i += quote_close(p->s + i, p->len - i);
    }
    list = arena_get(&p->e->arena, most * sizeof(*list));
    if (!list) {
        expr_no_memory(p);
        return NULL;
    }
    for (*n = 0; *n < most;) {
        if (!take_literal(p, &list[(*n)++]))
            return NULL;
        if (take_sign(p, ')'))
            return list;
        if (!take_sign(p, ','))
            break;
    }
    syntax(p, p->at, 1, NULL, "language in (id, en)", "',' or ')' is missing in the list");
    return NULL;
}

static bool add_code(struct expr_parser *p, unsigned what, size_t arg)
{
    struct expr *e = p->e;
    struct expr_code *grown = e->code;
    size_t cap = e->code_cap ? e->code_cap * 2 : 32;

    if (e->n_code == e->code_cap) {
        grown = arena_get(&e->arena, cap * sizeof(*grown));
        if (!grown)
            return expr_no_memory(p);
        if (e->n_code > 0)
            memcpy(grown, e->code, e->n_code * sizeof(*grown));
        e->code_cap = cap;
    }
    e->code = grown;
    e->code[e->n_code].what = what;
    e->code[e->n_code++].arg = (uint32_t)arg;
    return true;
}

static void parse_comparison(struct expr_parser *p)
{
    struct expr_word field, op_word, one, *literals = &one;
    enum expr_op op;
    size_t n = 1;
    bool parens;

    if (!take_field(p, &field) || !take_op(p, &op, &op_word))
        return;
    if (op == OP_ALONE) {
        n = 0;
    } else if (op == OP_IN) {
        literals = take_list(p, &n);
        if (!literals)
            return;
    } else {
        parens = op == OP_MATCHES && take_sign(p, '('); /* matches(glob) is allowed too */
        if (!take_literal(p, &one))
            return;
        if (parens && !take_sign(p, ')')) {
            syntax(p, p->at, 1, NULL, NULL, "')' is missing");
            return;
        }
    }
    if (add_code(p, CODE_TEST, p->e->n_tests))
        expr_add_test(p, &field, op, &op_word, literals, n);
}

/* ---- and, or, not ---- */

static void parse_or(struct expr_parser *p, size_t depth);

static bool too_deep(struct expr_parser *p, size_t depth)
{
    if (depth <= EXPR_MAX_DEPTH)
        return false;
    if (!p->stop)
        expr_mistake(p, E0133, p->at - 1, 1, NULL, NULL, "the expression is more than %d deep",
                     EXPR_MAX_DEPTH);
    p->stop = true;
    return true;
}

static void parse_not(struct expr_parser *p, size_t depth)
{
    bool negate = false;
    size_t open;

    while (take(p, "not")) {
        negate = !negate;
        if (too_deep(p, ++depth))
            return;
    }
    open = p->at;
    if (take_sign(p, '(')) {
        if (too_deep(p, depth + 1))
            return;
        parse_or(p, depth + 1);
        if (!p->stop && !take_sign(p, ')'))
            syntax(p, p->at == p->len ? open : p->at, 1, NULL, NULL,
                   p->at == p->len ? "'(' is never closed" : "'and', 'or' or ')' is missing here");
    } else {
        parse_comparison(p);
    }
    if (negate && !p->stop)
        add_code(p, CODE_NOT, 0);
}

/* Operands joined by `word`. Each jumps to the end as soon as the outcome is known; until the end
 * is known, the jumps are chained through their arguments. */
static void parse_joined(struct expr_parser *p, size_t depth, const char *word, unsigned jump,
                         void (*operand)(struct expr_parser *, size_t))
{
    size_t chain = SIZE_MAX, next;

    operand(p, depth);
    while (!p->stop && take(p, word)) {
        if (!add_code(p, jump, chain == SIZE_MAX ? UINT32_MAX : chain))
            return;
        chain = p->e->n_code - 1;
        operand(p, depth);
    }
    for (; chain != SIZE_MAX && !p->stop; chain = next) {
        next = p->e->code[chain].arg == UINT32_MAX ? SIZE_MAX : p->e->code[chain].arg;
        p->e->code[chain].arg = (uint32_t)p->e->n_code;
    }
}

static void parse_and(struct expr_parser *p, size_t depth)
{
    parse_joined(p, depth, "and", CODE_JUMP_IF_FALSE, parse_not);
}

static void parse_or(struct expr_parser *p, size_t depth)
{
    parse_joined(p, depth, "or", CODE_JUMP_IF_TRUE, parse_and);
}

void expr_parse(struct expr_parser *p)
{
    size_t len;

    skip_blanks(p);
    if (p->at == p->len) {
        syntax(p, 0, 1, NULL, "field op literal, such as language == id", "empty expression");
        return;
    }
    parse_or(p, 0);
    skip_blanks(p);
    if (p->stop || p->at == p->len)
        return;
    len = bare_len(p, "(),\"");
    syntax(p, p->at, len > 0 ? len : 1, NULL, "text with blanks stands in quotes",
           p->s[p->at] == ')' ? "')' without a '('" : "'and' or 'or' is missing here");
}
