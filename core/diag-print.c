/* SPDX-License-Identifier: Apache-2.0 */
/* Writes messages for people (a block with the line and carets), for editors and logs (one GNU
 * line each), for journald and as JSON lines. Repeats of a warning are folded. */
#define _GNU_SOURCE
#include "core/diag.h"

#include "core/diag-source.h"
#include "core/process.h"

#include "common/json-write.h"
#include "common/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN_REPEATS = 10, LONGEST = 4096 };

static const struct {
    const char *name, *colour;
    char priority; /* of syslog, for journald */
} levels[] = {
    [DIAG_ERROR] = { "error", "\033[1;31m", '3' },
    [DIAG_WARNING] = { "warning", "\033[1;33m", '4' },
    [DIAG_INFO] = { "info", "\033[1;32m", '6' },
    [DIAG_DEBUG] = { "debug", "\033[1;36m", '7' },
};
static const char blue[] = "\033[1;34m", plain[] = "\033[0m";

/* Controls, the C1 set, and the marks that turn the direction of writing: a terminal obeys them. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

size_t diag_escape(const char *s, size_t n, char *to, size_t *used)
{
    size_t valid = utf8_valid_prefix(s, n < 4 ? n : 4), take = 1;

    if (valid > 0) {
        const char *at = s;
        uint32_t c = utf8_next(&at, s + valid);

        take = (size_t)(at - s);
        if (!is_control(c)) {
            memcpy(to, s, take);
            *used = take;
            return take;
        }
    }
    *used = 0;
    for (size_t i = 0; i < take; i++)
        *used += (size_t)snprintf(to + *used, 5, "\\x%02x", (unsigned char)s[i]);
    return take;
}

/* Blanks and joiners that look like a plain space or like nothing. */
static bool is_unseen(uint32_t c)
{
    return c == 0xa0 || c == 0xad || (c >= 0x2000 && c <= 0x200f) || c == 0x202f || c == 0x205f ||
           (c >= 0x2060 && c <= 0x206f) || c == 0x3000 || c == 0xfeff;
}

size_t diag_piece(const char *s, size_t n, bool reveal, char to[16], size_t *used)
{
    size_t valid = utf8_valid_prefix(s, n < 4 ? n : 4);
    const char *at = s;

    if (*s == '\n' || *s == '\t') {
        *used = (size_t)snprintf(to, 16, "%s", reveal ? (*s == '\n' ? "\\n" : "\\t") : " ");
        return 1;
    }
    if (valid > 0 && reveal) {
        uint32_t c = utf8_next(&at, s + valid);

        if (is_unseen(c)) {
            *used = (size_t)snprintf(to, 16, "<U+%04X>", (unsigned)c);
            return (size_t)(at - s);
        }
    }
    return diag_escape(s, n, to, used);
}

static void put_clean(struct buffer *b, const char *s)
{
    size_t n = strnlen(s, LONGEST + 1), at = 0, used;
    char piece[DIAG_ESCAPED_MAX];

    while (at < n && at < LONGEST) {
        at += diag_escape(s + at, n - at, piece, &used);
        buffer_append(b, piece, used);
    }
    if (at < n)
        buffer_puts(b, "...");
}

static void put_near(struct buffer *b, const char *before, const char *near)
{
    if (!near)
        return;
    buffer_printf(b, "%sdid you mean '", before);
    put_clean(b, near);
    buffer_puts(b, "'?");
}

/* With commas between the thousands. */
static void put_count(struct buffer *b, size_t n)
{
    char digits[24];
    size_t len = (size_t)snprintf(digits, sizeof(digits), "%zu", n);

    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buffer_byte(b, ',');
        buffer_byte(b, digits[i]);
    }
}

/* ---- the block for a terminal ---- */

static void put_colour(struct buffer *b, bool colour, const char *code)
{
    if (colour)
        buffer_puts(b, code);
}

static void put_gutter(struct buffer *b, bool colour, int width, const char *number,
                       const char *mark)
{
    put_colour(b, colour, blue);
    buffer_printf(b, "%*s %s", width, number, mark);
    put_colour(b, colour, plain);
}

static void put_more(struct buffer *b, bool colour, int width, const char *what, const char *text)
{
    put_gutter(b, colour, width, "", "=");
    buffer_printf(b, " %s: ", what);
    put_clean(b, text);
    buffer_byte(b, '\n');
}

static void put_source(struct buffer *b, const struct diag_message *m, bool colour, int width,
                       const char *number)
{
    put_gutter(b, colour, width, "", "|");
    buffer_byte(b, '\n');
    put_gutter(b, colour, width, number, "| ");
    diag_put_source(b, &m->place);
    buffer_byte(b, '\n');
    put_gutter(b, colour, width, "", "| ");
    put_colour(b, colour, levels[m->level].colour);
    diag_put_carets(b, &m->place);
    put_near(b, " ", m->near);
    put_colour(b, colour, plain);
    buffer_byte(b, '\n');
}

static void put_block(struct buffer *b, const struct diag_message *m, bool colour)
{
    const struct diag_place *p = &m->place;
    char number[24] = "";
    int width = p->line > 0 ? snprintf(number, sizeof(number), "%" PRIu32, p->line) : 0;

    width = width > 2 ? width : 2;
    put_colour(b, colour, levels[m->level].colour);
    buffer_puts(b, levels[m->level].name);
    if (m->code < DIAG_CODES)
        buffer_printf(b, "[%s]", diag_code_name(m->code));
    put_colour(b, colour, plain);
    buffer_puts(b, ": ");
    put_clean(b, m->text);
    buffer_byte(b, '\n');
    if (p->file) {
        buffer_printf(b, "%*s", width, "");
        put_colour(b, colour, blue);
        buffer_puts(b, "--> ");
        put_colour(b, colour, plain);
        put_clean(b, p->file);
        if (p->line > 0)
            buffer_printf(b, ":%" PRIu32 ":%" PRIu32, p->line, p->column);
        buffer_byte(b, '\n');
    }
    if (p->source) {
        put_source(b, m, colour, width, number);
    } else if (m->near) {
        put_gutter(b, colour, width, "", "=");
        put_near(b, " help: ", m->near);
        buffer_byte(b, '\n');
    }
    if (m->document && !p->file) {
        buffer_printf(b, "%*s--> ", width, "");
        put_clean(b, m->document);
        buffer_byte(b, '\n');
    } else if (m->document) {
        put_more(b, colour, width, "in", m->document);
    }
    if (m->note)
        put_more(b, colour, width, "note", m->note);
    if (m->help)
        put_more(b, colour, width, "help", m->help);
}

/* ---- one line, as the GNU coding standards have it ---- */

static void put_line(struct buffer *b, const struct diag_message *m)
{
    if (m->place.file) {
        put_clean(b, m->place.file);
        if (m->place.line > 0)
            buffer_printf(b, ":%" PRIu32 ":%" PRIu32, m->place.line, m->place.column);
        buffer_puts(b, ": ");
    } else {
        put_clean(b, m->document ? m->document : "etl");
        buffer_puts(b, ": ");
    }
    buffer_printf(b, "%s: ", levels[m->level].name);
    if (m->place.file && m->document) {
        put_clean(b, m->document);
        buffer_puts(b, ": ");
    }
    put_clean(b, m->text);
    put_near(b, "; ", m->near);
    if (m->note) {
        buffer_puts(b, "; ");
        put_clean(b, m->note);
    }
    if (m->help && !m->near) { /* where a nearer name stands, that is the help */
        buffer_puts(b, "; ");
        put_clean(b, m->help);
    }
    if (m->code < DIAG_CODES)
        buffer_printf(b, " [%s]", diag_code_name(m->code));
    buffer_byte(b, '\n');
}

/* ---- one JSON object ---- */

void diag_put_member(struct buffer *b, const char *key, const char *text)
{
    struct buffer clean = { 0 };

    if (!text)
        return;
    buffer_printf(b, ",\"%s\":", key);
    put_clean(&clean, text);
    json_write_text(b, clean.data, clean.len);
    buffer_free(&clean);
}

static void put_hint(struct buffer *b, const struct diag_message *m)
{
    struct buffer hint = { 0 };

    put_near(&hint, "", m->near);
    if (m->help)
        buffer_printf(&hint, "%s%s", m->near ? " " : "", m->help);
    if (hint.len > 0)
        diag_put_member(b, "hint", buffer_string(&hint));
    buffer_free(&hint);
}

void diag_put_time(struct buffer *b)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_REALTIME, &t);
    buffer_puts(b, ",\"time\":");
    json_write_time(b, (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000000 * 1000);
}

static void put_json(struct buffer *b, const struct diag_message *m)
{
    buffer_puts(b, "{\"type\":\"message\"");
    diag_put_time(b);
    buffer_printf(b, ",\"level\":\"%s\"", levels[m->level].name);
    diag_put_member(b, "code", diag_code_name(m->code));
    diag_put_member(b, "msg", m->text);
    diag_put_member(b, "file", m->place.file);
    if (m->place.file && m->place.line > 0)
        buffer_printf(b, ",\"line\":%" PRIu32 ",\"col\":%" PRIu32, m->place.line, m->place.column);
    diag_put_member(b, "section", m->section);
    diag_put_member(b, "doc", m->document);
    diag_put_member(b, "note", m->note);
    put_hint(b, m);
    buffer_puts(b, "}\n");
}

static const char clear_line[] = "\r\033[K", no_memory[] = "memory is out";

void diag_print_raw(struct diag_printer *p, const char *text, size_t len)
{
    flockfile(process_messages());
    if (p->bar && isatty(fileno(p->out)))
        diag_print_bar(p, NULL);
    if (len > 0)
        fwrite(text, 1, len, p->out);
    fflush(p->out);
    funlockfile(process_messages());
}

void diag_print_bar(struct diag_printer *p, const char *text)
{
    flockfile(process_messages());
    if (p->bar || text)
        fprintf(process_messages(), "%s%s", clear_line, text ? text : "");
    p->bar = text != NULL;
    fflush(process_messages());
    funlockfile(process_messages());
}

/* A line that is cut short rather than not printed. */
static void print_without_memory(struct diag_printer *p, const struct diag_message *m)
{
    char line[1024];
    int n = snprintf(line, sizeof(line), "etl: %s: %s%s%s", levels[m->level].name,
                     *m->text ? m->text : no_memory,
                     m->document ? ": " : "", m->document ? m->document : "");
    size_t len = n < 0 ? 0 : (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < ' ' || (unsigned char)line[i] >= 0x7f)
            line[i] = '?';
    diag_print_raw(p, line, len);
    diag_print_raw(p, "\n", 1);
}

static void print(struct diag_printer *p, const struct diag_message *m)
{
    struct buffer b = { 0 };

    switch (p->format) {
    case DIAG_TERMINAL:
        put_block(&b, m, p->colour);
        break;
    case DIAG_JSON:
        put_json(&b, m);
        break;
    case DIAG_JOURNAL:
        buffer_printf(&b, "<%c>", levels[m->level].priority);
        /* fall through */
    case DIAG_LINES:
        put_line(&b, m);
        break;
    }
    if (b.failed)
        print_without_memory(p, m);
    else
        diag_print_raw(p, b.data, b.len);
    buffer_free(&b);
}

void diag_print_text(struct diag_printer *p, const char *text)
{
    struct buffer b = { 0 };

    for (const char *end; *text; text = end + (*end == '\n')) {
        char *line;

        end = strchrnul(text, '\n');
        line = strndup(text, (size_t)(end - text));
        if (p->format == DIAG_JOURNAL)
            buffer_printf(&b, "<%c>", levels[DIAG_INFO].priority);
        put_clean(&b, line ? line : no_memory);
        buffer_byte(&b, '\n');
        free(line);
    }
    diag_print_raw(p, b.data, b.len);
    buffer_free(&b);
}

void diag_print(void *printer, const struct diag_message *m)
{
    struct diag_printer *p = printer;
    unsigned code = m->code < DIAG_CODES ? m->code : DIAG_CODES;

    if (m->level == DIAG_WARNING && ++p->folded[code] > SHOWN_REPEATS)
        return;
    print(p, m);
}

void diag_print_folded(struct diag_printer *p)
{
    for (unsigned code = 0; code <= DIAG_CODES; code++) {
        struct diag_message m = { .level = DIAG_WARNING, .code = (enum diag_code)code };
        struct buffer text = { 0 };

        if (p->folded[code] > SHOWN_REPEATS) {
            put_count(&text, p->folded[code] - SHOWN_REPEATS);
            buffer_puts(&text, " more like this");
            if (code < DIAG_CODES)
                buffer_printf(&text, ": %s", diag_code_title(m.code));
            m.text = buffer_string(&text);
            print(p, &m);
        }
        p->folded[code] = 0;
        buffer_free(&text);
    }
}
