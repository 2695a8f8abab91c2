/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of a page, and texts on it. */
#include "core/html.h"

#include "common/word-diff.h"
#include "core/diag-source.h"
#include "core/html-style.h"

#include <string.h>

void html_text(struct buffer *b, const char *s, size_t n, bool reveal, bool lines)
{
    char piece[16];
    size_t used;

    for (size_t at = 0; at < n;) {
        if (s[at] == '\n' && lines) {
            buffer_puts(b, reveal ? "\xe2\x86\xb5\n" : "\n");
            at++;
            continue;
        }
        at += diag_piece(s + at, n - at, reveal, piece, &used);
        for (size_t i = 0; i < used; i++)
            switch (piece[i]) {
            case '<':
                buffer_puts(b, "&lt;");
                break;
            case '>':
                buffer_puts(b, "&gt;");
                break;
            case '&':
                buffer_puts(b, "&amp;");
                break;
            case '"':
                buffer_puts(b, "&quot;");
                break;
            default:
                buffer_byte(b, piece[i]);
            }
    }
}

void html_string(struct buffer *b, const char *s)
{
    html_text(b, s, strlen(s), false, false);
}

static void put_diff(struct buffer *b, const char *from, size_t from_len, const char *to,
                     size_t to_len, bool old)
{
    static const char *const open[] = { "", "<del>", "<ins>" };
    static const char *const close[] = { "", "</del>", "</ins>" };
    struct word_diff d;

    if (word_diff(&d, from, from_len, to, to_len) < 0) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < d.n; i++) {
        const struct word_run *r = &d.runs[i];

        if (old && r->kind == WORDS_NEW)
            continue;
        buffer_puts(b, open[r->kind]);
        html_text(b, r->kind == WORDS_NEW ? to + r->b : from + r->a, r->len,
                  r->kind != WORDS_SAME && !old, true);
        buffer_puts(b, close[r->kind]);
    }
    if (d.bounded)
        buffer_puts(b, "<p class=soft>The two differ so much that a smaller difference was not "
                       "looked for.</p>");
    word_diff_free(&d);
}

void html_diff(struct buffer *b, const char *from, size_t from_len, const char *to, size_t to_len)
{
    put_diff(b, from, from_len, to, to_len, false);
}

void html_diff_old(struct buffer *b, const char *from, size_t from_len, const char *to,
                   size_t to_len)
{
    put_diff(b, from, from_len, to, to_len, true);
}

void html_begin(struct buffer *b, const char *title, const char *verb, const char *style,
                const char *style_hash)
{
    buffer_printf(
        b,
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src "
        "'" HTML_STYLE_HASH "' '%s'; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
        "<meta name=referrer content=no-referrer>\n<title>",
        style_hash);
    html_string(b, title);
    buffer_printf(b, " - etl %s</title>\n<style>", verb);
    buffer_puts(b, html_style);
    buffer_puts(b, "</style>\n<style>");
    buffer_puts(b, style);
    buffer_puts(b, "</style></head>\n<body><main>\n");
}

void html_end(struct buffer *b)
{
    buffer_puts(b, "</main></body></html>\n");
}
