/* SPDX-License-Identifier: Apache-2.0 */
/* Puts other values into a file of tests, line by line: lines that say the same stay as they are,
 * comments stay, and so does all that belongs to no changed value. */
#define _GNU_SOURCE
#include "core/io.h"
#include "core/conf-parts.h"
#include "core/test-run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct line {
    const char *text; /* with its line end, if it has one */
    size_t len;       /* without it */
    size_t whole;
};

/* One changed value: the lines that it takes, and the pieces of text on them. */
struct place {
    struct line *lines; /* lines[0] has the key */
    size_t n;           /* up to the last piece */
    const char *indent; /* of its further lines */
    size_t indent_len;
    const char *end; /* what ends a line in this file */
};

/* The value's text on a line: `at` is where it may begin. */
static struct conf_span piece_of(const struct line *l, size_t at)
{
    return conf_piece(l->text, l->len, at);
}

static size_t behind_equals(const struct line *l)
{
    const char *equals = memchr(l->text, '=', l->len);

    return equals ? (size_t)(equals - l->text) + 1 : l->len;
}

static bool is_comment(const struct line *l)
{
    size_t at = 0;

    while (at < l->len && conf_blank(l->text[at]))
        at++;
    return at == l->len || l->text[at] == '#';
}

/* How far the value goes that begins on lines[0]. */
static void find_end(struct place *p, const struct line *lines, size_t left)
{
    p->n = 1;
    p->indent = "    ";
    p->indent_len = 4;
    for (size_t i = 1; i < left; i++) {
        if (is_comment(&lines[i]))
            continue;
        if (!conf_blank(lines[i].text[0]))
            break;
        if (p->n == 1) {
            p->indent = lines[i].text;
            p->indent_len = piece_of(&lines[i], 0).from;
        }
        p->n = i + 1;
    }
}

static void put_line(const struct place *p, const char *text, size_t len, struct buffer *to)
{
    buffer_append(to, p->indent, p->indent_len);
    buffer_append(to, text, len);
    buffer_puts(to, p->end);
}

/* A line with another text from `at` on, or none; a comment on it stays. */
static void put_changed(const struct place *p, const struct line *l, size_t at, const char *text,
                        size_t len, struct buffer *to)
{
    struct conf_span piece = piece_of(l, at);

    buffer_append(to, l->text, piece.from);
    if (len > 0 && piece.from > 0 && l->text[piece.from - 1] == '=')
        buffer_byte(to, ' ');
    buffer_append(to, text, len);
    buffer_append(to, l->text + piece.to, l->whole - piece.to);
    if (l->whole == l->len)
        buffer_puts(to, p->end);
}

static void put_first(const struct place *p, const char *text, size_t len, struct buffer *to)
{
    put_changed(p, &p->lines[0], behind_equals(&p->lines[0]), text, len, to);
}

static bool same_piece(const struct line *l, const char *text, size_t len)
{
    struct conf_span piece = piece_of(l, 0);

    return piece.to - piece.from == len && memcmp(l->text + piece.from, text, len) == 0;
}

/* The next of the value's lines from `i` on that has text on it; p->n: none. */
static size_t next_text(const struct place *p, size_t i)
{
    while (i < p->n && is_comment(&p->lines[i]))
        i++;
    return i;
}

/* Old lines i.. that the new text does not have any more: their comments stay. */
static void leave_comments(const struct place *p, size_t from, size_t upto, struct buffer *to)
{
    for (size_t i = from; i < upto; i++)
        if (is_comment(&p->lines[i]))
            buffer_append(to, p->lines[i].text, p->lines[i].whole);
}

static size_t count_texts(const struct place *p, size_t from)
{
    size_t n = 0;

    while ((from = next_text(p, from)) < p->n) {
        from++;
        n++;
    }
    return n;
}

static size_t count_lines(const char *text, const char *end)
{
    size_t n = text <= end;

    for (; text < end; text++)
        n += *text == '\n';
    return n;
}

/* The old line that takes a line of the new text: the next that says the same; else, if there are
 * as many left of both, the next. p->n: none. */
static size_t find_line(const struct place *p, size_t old, const char *text, size_t len,
                        const char *end)
{
    size_t i = next_text(p, old);

    while (i < p->n && !same_piece(&p->lines[i], text, len))
        i = next_text(p, i + 1);
    return i == p->n && count_texts(p, old) == count_lines(text, end) ? next_text(p, old) : i;
}

/* Further lines of the new text; old ones that say the same are taken as they stand. */
static void put_rest(const struct place *p, const char *text, const char *end, struct buffer *to)
{
    size_t old = 1;

    while (text <= end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t len = (size_t)((stop ? stop : end) - text), i = find_line(p, old, text, len, end);

        if (i < p->n) {
            leave_comments(p, old, i, to);
            put_changed(p, &p->lines[i], 0, text, len, to);
            old = i + 1;
        } else {
            put_line(p, text, len, to);
        }
        text += len + 1;
    }
    leave_comments(p, old, p->n, to);
}

/* Where the old value began on the key's line, the new one does; else on the next. */
static void put_value(const struct place *p, const char *text, struct buffer *to)
{
    const char *end = text + strlen(text), *stop = strchr(text, '\n');
    struct conf_span first = piece_of(&p->lines[0], behind_equals(&p->lines[0]));
    size_t len = stop ? (size_t)(stop - text) : strlen(text);

    if (first.from == first.to && p->n > 1) {
        put_first(p, "", 0, to);
        put_rest(p, text, end, to);
        return;
    }
    put_first(p, text, len, to);
    put_rest(p, stop ? stop + 1 : end + 1, end, to);
}

static struct line *split_lines(const char *data, size_t len, size_t *n)
{
    size_t cap = 1;
    struct line *lines;

    for (size_t i = 0; i < len; i++)
        cap += data[i] == '\n';
    lines = malloc(cap * sizeof(*lines));
    for (*n = 0; lines && len > 0;) {
        const char *stop = memchr(data, '\n', len);
        size_t whole = stop ? (size_t)(stop - data) + 1 : len, bare = whole - (stop != NULL);

        bare -= bare > 0 && stop && data[bare - 1] == '\r';
        lines[(*n)++] = (struct line){ data, bare, whole };
        data += whole;
        len -= whole;
    }
    return lines;
}

static bool rewrite(const char *data, size_t len, const struct test_change *changes,
                    size_t n_changes, struct buffer *to)
{
    size_t n, at = 0;
    struct line *lines = split_lines(data, len, &n);

    for (size_t i = 0; lines && i < n_changes; i++) {
        struct place p = { .lines = &lines[changes[i].line - 1], .end = "\n" };

        if (changes[i].line > n || changes[i].line - 1 < at)
            continue;
        for (; at < changes[i].line - 1; at++)
            buffer_append(to, lines[at].text, lines[at].whole);
        if (p.lines->whole == p.lines->len + 2)
            p.end = "\r\n";
        find_end(&p, p.lines, n - at);
        put_value(&p, changes[i].text, to);
        at += p.n;
    }
    for (; lines && at < n; at++)
        buffer_append(to, lines[at].text, lines[at].whole);
    free(lines);
    return lines && !to->failed;
}

int test_file_write(const char *path, const void *data, size_t len, struct diag *d)
{
    if (io_replace_path(path, data, len) == 0)
        return 0;
    return diag_error_errno(d, E0744, errno, "cannot write %s", path);
}

static int update_file(const struct test_change *changes, size_t n, struct diag *d)
{
    const char *path = changes[0].file;
    struct buffer to = { 0 };
    char *data = NULL;
    size_t len;
    int status;

    if (io_read_file(AT_FDCWD, path, &data, &len) < 0)
        return diag_error_errno(d, E0101, errno, "cannot read %s", path);
    if (!rewrite(data, len, changes, n, &to))
        status = diag_error(d, E0771, NULL, "memory is out");
    else
        status = test_file_write(path, to.data, to.len, d);
    buffer_free(&to);
    free(data);
    return status;
}

int test_update(const struct test_changes *c, struct diag *d)
{
    int status = 0;

    for (size_t first = 0, end; first < c->n; first = end) {
        for (end = first + 1; end < c->n && strcmp(c->at[end].file, c->at[first].file) == 0; end++)
            continue;
        if (update_file(&c->at[first], end - first, d) < 0)
            status = -1;
    }
    return status;
}
