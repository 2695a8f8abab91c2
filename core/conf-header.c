/* SPDX-License-Identifier: Apache-2.0 */
/* A section's header: [kind plugin label], [pipeline], [var], [test "name"]. */
#include "core/conf-parts.h"
#include "core/conf-quote.h"

#include "common/nearest.h"

#include <string.h>

enum { MOST_WORDS = 4 }; /* one more than a header may have */

static const char *const kinds[] = {
    [CONF_PIPELINE] = "pipeline",   [CONF_VAR] = "var",       [CONF_INPUT] = "input",
    [CONF_TRANSFORM] = "transform", [CONF_OUTPUT] = "output", [CONF_TEST] = "test",
};
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const char *conf_kind_name(enum conf_kind kind)
{
    return kinds[kind];
}

/* A word of the header; from and to are bytes of the line, quotes included. */
struct word {
    const char *text;
    size_t from, to;
};

static struct diag_place word_place(const struct conf_line *line, const struct word *w)
{
    return conf_line_place(line, w->from, w->to - w->from);
}

static bool bad(struct conf_loader *l, struct diag_place place, const char *help, const char *text)
{
    conf_mistake(l, E0107, place, NULL, help, "%s", text);
    return false;
}

/* Text in quotes, which begins and ends at w; NULL: a bad escape, noted. */
static const char *unquote(struct conf_loader *l, const struct conf_line *line,
                           const struct word *w)
{
    char *out = arena_get(&l->arena, w->to - w->from), *to = out;
    size_t end = w->to - 1;

    if (!out) {
        l->no_memory = true;
        return NULL;
    }
    for (size_t i = w->from + 1; i < end;) {
        size_t used = 1, took = 1;

        if (line->text[i] == '\\')
            took = quote_escape(line->text + i, end - i, to, &used);
        else
            *to = line->text[i];
        if (took == 0) {
            conf_mistake(l, E0119, conf_line_place(line, i, 2), NULL, NULL, "bad escape in quotes");
            return NULL;
        }
        i += took;
        to += used;
    }
    *to = '\0';
    return out;
}

/* The next word, from *at on; its text is NULL at the closing bracket. False: noted. */
static bool next_word(struct conf_loader *l, const struct conf_line *line, size_t *at,
                      struct word *w)
{
    const char *s = line->text;

    while (*at < line->len && conf_blank(s[*at]))
        ++*at;
    *w = (struct word){ .from = *at, .to = *at };
    if (*at == line->len)
        return bad(l, conf_line_place(line, line->len, 1), "put a ']' at the end of the header",
                   "missing ']'");
    if (s[*at] == ']')
        return true;
    if (s[*at] == '"') {
        w->to = *at + quote_close(s + *at, line->len - *at) + 1;
        if (w->to > line->len) {
            conf_mistake(l, E0118, conf_line_place(line, *at, line->len - *at), NULL, NULL,
                         "unterminated quote");
            return false;
        }
        w->text = unquote(l, line, w);
    } else {
        while (w->to < line->len && !conf_blank(s[w->to]) && s[w->to] != ']' && s[w->to] != '"')
            w->to++;
        w->text = arena_string(&l->arena, s + w->from, w->to - w->from);
    }
    *at = w->to;
    return w->text != NULL;
}

/* Only blanks and a comment may follow the bracket at `at`. */
static bool check_rest(struct conf_loader *l, const struct conf_line *line, size_t at)
{
    const char *s = line->text;

    for (at++; at < line->len && conf_blank(s[at]); at++)
        continue;
    if (at == line->len || s[at] == '#')
        return true;
    return bad(l, conf_line_place(line, at, line->len - at), "keys stand on lines of their own",
               "text after the header");
}

/* The words of the header; how many there are, or MOST_WORDS for that many and more; 0: noted. */
static size_t read_words(struct conf_loader *l, const struct conf_line *line, struct word *words)
{
    size_t n = 0, at = 1;
    struct word w;

    for (;;) {
        if (!next_word(l, line, &at, &w))
            return 0;
        if (!w.text)
            break;
        if (n < MOST_WORDS)
            words[n++] = w;
        else
            words[n - 1].to = w.to; /* the end of what is too much */
    }
    if (n == 0) {
        bad(l, conf_line_place(line, 0, at + 1), "name its kind and plugin: [input txt]",
            "empty section header");
        return 0;
    }
    return check_rest(l, line, at) ? n : 0;
}

/* Names of plugins and labels are words; a plugin with a slash is a path. */
static bool check_names(struct conf_loader *l, const struct conf_line *line,
                        const struct word *words, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const char *text = words[i].text;

        if (*text == '\0' ||
            (!(i == 1 && strchr(text, '/')) &&
             text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_.-")] != '\0'))
            return bad(l, word_place(line, &words[i]), NULL,
                       i == 1 ? "the name of a plugin is made of letters, digits and '-'"
                              : "a label is made of letters, digits, '-', '_' and '.'");
    }
    return true;
}

static bool check_count(struct conf_loader *l, const struct conf_line *line,
                        const struct word *words, size_t n, enum conf_kind kind)
{
    bool alone = kind == CONF_PIPELINE || kind == CONF_VAR, test = kind == CONF_TEST;
    size_t most = alone ? 1 : test ? 2 : 3;
    struct diag_place place;

    if (n == 1 && !alone) {
        place = word_place(line, &words[0]);
        conf_mistake(l, E0107, place, NULL,
                     test ? "[test \"what it shows\"]" : "`etl plugins` lists them",
                     "[%s] needs the name of a %s", kinds[kind], test ? "test" : "plugin");
        return false;
    }
    if (n > most) {
        place = conf_line_place(line, words[most].from, words[n - 1].to - words[most].from);
        return bad(l, place,
                   alone  ? "this section has no name"
                   : test ? "put the name of the test in quotes"
                          : "a label is one word: [output jsonl rejected]",
                   "too many words in the section header");
    }
    return true;
}

bool conf_parse_header(struct conf_loader *l, const struct conf_line *line,
                       struct conf_section *out)
{
    struct word words[MOST_WORDS];
    size_t n = read_words(l, line, words);
    unsigned kind = 0;

    memset(out, 0, sizeof(*out));
    if (n == 0)
        return false;
    while (kind < N_KINDS && strcmp(kinds[kind], words[0].text) != 0)
        kind++;
    if (kind == N_KINDS) {
        conf_mistake(l, E0106, word_place(line, &words[0]), nearest(words[0].text, kinds, N_KINDS),
                     "the kinds are input, transform, output, test, pipeline and var",
                     "unknown kind of section '%s'", words[0].text);
        return false;
    }
    out->kind = (enum conf_kind)kind;
    if (!check_count(l, line, words, n, out->kind) ||
        (out->kind != CONF_TEST && !check_names(l, line, words, n)))
        return false;
    out->at = conf_line_place(line, 0, words[n - 1].to + 1);
    out->plugin = n > 1 ? words[1].text : NULL;
    out->label = n > 2 ? words[2].text : NULL;
    out->plugin_at = word_place(line, &words[n > 1 ? 1 : 0]);
    return true;
}
