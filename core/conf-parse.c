/* SPDX-License-Identifier: Apache-2.0 */
/* One pipeline file, line by line: headers, keys, the lines that continue a value, comments and
 * quotes. Values come out with a map that says where each byte was written. */
#include "core/conf-parts.h"
#include "core/conf-quote.h"

#include "common/buffer.h"
#include "common/utf8.h"

#include <string.h>

struct parser {
    struct conf_loader *l;
    struct conf_parsed *out;
    struct conf_line line;        /* the one being read */
    const struct conf_line *kept; /* the same in the arena, once something refers to it */
    bool in_section;              /* some header was seen */
    bool stray_told, indent_told; /* once a file, once a section: the rest follows from it */
    struct conf_draft *section;   /* NULL: none, or its header is bad */
    /* The key whose value may go on. */
    bool open, bad; /* bad: it has no name, what continues it is swallowed */
    bool unclosed;  /* a quote in its value is, which was told */
    struct conf_key key;
    struct conf_span first; /* of the value, on first_line */
    const struct conf_line *first_line;
    size_t n_pieces;
    bool comma;          /* the last piece ended in one */
    struct buffer value; /* reused from key to key, as are the runs */
    struct conf_run *runs;
    size_t n_runs, runs_cap;
};

static const struct conf_line *keep_line(struct parser *p)
{
    if (!p->kept) {
        p->kept = arena_copy(&p->l->arena, &p->line, sizeof(p->line));
        if (!p->kept)
            p->l->no_memory = true;
    }
    return p->kept;
}

static struct diag_place here(const struct parser *p, size_t offset, size_t width)
{
    return conf_line_place(&p->line, offset, width);
}

static void add_run(struct parser *p, const struct conf_line *line, size_t column, size_t width)
{
    if (!line || !conf_more(p->l, (void **)&p->runs, p->n_runs, &p->runs_cap, sizeof(*p->runs)))
        return;
    p->runs[p->n_runs++] = (struct conf_run){ .at = (uint32_t)p->value.len,
                                              .column = (uint32_t)column,
                                              .width = (uint32_t)width,
                                              .line = line };
}

/* ---- values ---- */

static bool opens_quote(const char *s, size_t from, size_t at)
{
    return s[at] == '"' && (at == from || strchr(" \t,(=<>", s[at - 1]) != NULL);
}

struct conf_span conf_piece(const char *s, size_t len, size_t at)
{
    size_t close = 0;
    bool closing = true; /* is there still a closing quote to be found? */
    struct conf_span piece;

    while (at < len && conf_blank(s[at]))
        at++;
    piece = (struct conf_span){ .from = at, .to = at };
    while (at < len && !(s[at] == '#' && (at == 0 || conf_blank(s[at - 1])))) {
        if (closing && opens_quote(s, piece.from, at)) {
            close = at + quote_close(s + at, len - at);
            closing = close < len;
            if (at == piece.from) {
                piece.quoted = closing;
                piece.unterminated = !closing;
            }
            at = closing ? close : at;
        }
        if (!conf_blank(s[at++]))
            piece.to = at;
    }
    if (piece.quoted)
        piece.quoted = piece.from + quote_close(s + piece.from, len - piece.from) == piece.to - 1;
    return piece;
}

static struct conf_span find_piece(struct parser *p, size_t at)
{
    struct conf_span piece = conf_piece(p->line.text, p->line.len, at);

    if (piece.unterminated) {
        conf_mistake(p->l, E0118, here(p, piece.from, p->line.len - piece.from), NULL,
                     "close it on the same line; a quote that belongs to the text is "
                     "written \\\" in a value that is whole in quotes",
                     "unterminated quote");
        p->unclosed = true;
    }
    return piece;
}

static void append_plain(struct parser *p, const struct conf_line *line, struct conf_span piece)
{
    add_run(p, line, piece.from + 1, 0);
    buffer_append(&p->value, line->text + piece.from, piece.to - piece.from);
}

/* What stands in a pair of quotes, escapes resolved. */
static void append_quoted(struct parser *p, const struct conf_line *line, struct conf_span piece)
{
    const char *s = line->text;
    size_t end = piece.to - 1;
    bool run = true; /* the next plain byte begins one */

    if (piece.from + 1 == end)
        add_run(p, line, piece.from + 1, 2);
    for (size_t i = piece.from + 1; i < end;) {
        char bytes[4];
        size_t used, took;

        if (s[i] != '\\') {
            if (run)
                add_run(p, line, i + 1, 0);
            run = false;
            buffer_byte(&p->value, s[i++]);
            continue;
        }
        took = quote_escape(s + i, end - i, bytes, &used);
        if (took == 0) {
            conf_mistake(p->l, E0119, conf_line_place(line, i, 2), NULL,
                         "a backslash in quotes is written \\\\", "bad escape in quotes");
            took = 2;
            used = 0;
        }
        add_run(p, line, i + 1, took);
        run = true;
        buffer_append(&p->value, bytes, used);
        i += took;
    }
}

/* Quotes round a line of a test's text are resolved line by line. Round any other value they are
 * resolved when it is known that they surround all of it, since expressions and lists have quotes
 * of their own. */
static void add_piece(struct parser *p, struct conf_span piece)
{
    bool test = p->section && p->section->section.kind == CONF_TEST;
    const struct conf_line *line = keep_line(p);

    if (piece.from == piece.to || !line)
        return;
    if (p->n_pieces++ == 0) {
        p->first = piece;
        p->first_line = line;
    } else {
        buffer_byte(&p->value, test ? '\n' : ' ');
    }
    if (p->n_pieces == 1)
        p->key.value_at = conf_line_place(line, piece.from, piece.to - piece.from);
    if (test && piece.quoted)
        append_quoted(p, line, piece);
    else
        append_plain(p, line, piece);
    p->comma = line->text[piece.to - 1] == ',';
}

static bool same_name(const struct conf_key *k, const char *name)
{
    return strcmp(k->name, name) == 0;
}

/* ok: its value is what was meant. */
static void store_key(struct parser *p, bool ok)
{
    struct conf_loader *l = p->l;

    if (!p->section)
        return;
    if (p->section->section.kind == CONF_PIPELINE && same_name(&p->key, "include")) {
        if (p->out->include.name)
            conf_mistake(l, E0105, p->key.name_at, NULL, "put all files in one list",
                         "repeated key 'include'");
        else if (ok)
            p->out->include = p->key;
        l->incomplete |= !ok;
        return;
    }
    conf_add_key(l, p->section, p->key);
}

static void close_key(struct parser *p)
{
    struct conf_key *k = &p->key;
    struct conf_map *map;
    bool quiet = p->l->quiet; /* that is of the line which follows */
    size_t errors = p->l->n_errors;

    if (!p->open)
        return;
    p->open = false;
    if (p->bad)
        return;
    if (p->n_pieces == 1 && p->first.quoted) {
        k->quoted = true;
        if (!(p->section && p->section->section.kind == CONF_TEST)) {
            p->value.len = p->n_runs = 0;
            p->l->quiet = false;
            append_quoted(p, p->first_line, p->first);
            p->l->quiet = quiet;
        }
    }
    map = arena_get(&p->l->arena, sizeof(*map) + p->n_runs * sizeof(map->runs[0]));
    k->value = arena_string(&p->l->arena, p->value.data, p->value.len);
    k->value_len = p->value.len;
    if (!map || !k->value || p->value.failed) {
        p->l->no_memory = true;
        return;
    }
    map->n = p->n_runs;
    if (map->n > 0)
        memcpy(map->runs, p->runs, map->n * sizeof(map->runs[0]));
    k->map = map;
    store_key(p, !p->unclosed && p->l->n_errors == errors);
}

/* ---- lines ---- */

/* "name = value" or "[kind ...]" where only the text of a value should be. */
static bool looks_like_more(const char *s, size_t len)
{
    size_t n = 0, word;

    if (len > 0 && *s == '[') {
        for (word = 1; word < len && s[word] >= 'a' && s[word] <= 'z'; word++)
            continue;
        for (enum conf_kind k = CONF_PIPELINE; k <= CONF_TEST; k++)
            if (strlen(conf_kind_name(k)) == word - 1 &&
                memcmp(conf_kind_name(k), s + 1, word - 1) == 0)
                return true;
        return false;
    }
    while (n < len && ((s[n] >= 'a' && s[n] <= 'z') || s[n] == '_'))
        n++;
    word = n;
    while (n < len && conf_blank(s[n]))
        n++;
    return word > 0 && n > word && n < len && s[n] == '=' && (n + 1 == len || s[n + 1] != '=');
}

static void read_continuation(struct parser *p)
{
    struct conf_span piece;

    if (!p->open) {
        size_t from = strspn(p->line.text, " \t");

        if (p->in_section ? !p->indent_told : !p->stray_told)
            conf_mistake(p->l, E0111, here(p, from, p->line.len - from), NULL,
                         "keys and headers start in the first column; a line that is indented "
                         "continues the value above it",
                         "indented line with nothing to continue");
        p->indent_told = true;
        p->stray_told = p->stray_told || !p->in_section;
        return;
    }
    piece = find_piece(p, 0);
    if (p->bad)
        return;
    if (p->section && p->section->section.kind != CONF_TEST && p->n_pieces > 0 && !p->comma &&
        !piece.quoted && looks_like_more(p->line.text + piece.from, piece.to - piece.from)) {
        struct diag_message m = { .level = DIAG_WARNING,
                                  .code = E0125,
                                  .place = here(p, piece.from, piece.to - piece.from),
                                  .help = "take the blanks before it away, if it is one" };

        conf_note_mistake(p->l, m, 0, "this line continues the value of '%s', but looks like %s",
                          p->key.name,
                          p->line.text[piece.from] == '[' ? "a section" : "a key of its own");
    }
    add_piece(p, piece);
}

static struct conf_draft *add_section(struct parser *p, const struct conf_section *s)
{
    struct conf_draft *d;

    if (!conf_more(p->l, (void **)&p->out->sections, p->out->n, &p->out->cap, sizeof(*d)))
        return NULL;
    d = &p->out->sections[p->out->n++];
    *d = (struct conf_draft){ .section = *s };
    return d;
}

/* False: there are too many, give up. */
static bool read_header(struct parser *p)
{
    const struct conf_line *line = keep_line(p);
    struct conf_section s;

    close_key(p);
    p->in_section = true;
    p->indent_told = false;
    p->section = NULL;
    if (p->l->n_headers == CONF_MAX_SECTIONS) {
        conf_mistake(p->l, E0117, here(p, 0, p->line.len), NULL, NULL, "more than %d sections",
                     CONF_MAX_SECTIONS);
        return false;
    }
    p->l->n_headers++;
    if (line && conf_parse_header(p->l, line, &s))
        p->section = add_section(p, &s);
    else
        p->l->incomplete = true;
    return true;
}

/* The name in a line "name = value": its length, and in *equals where the '=' is. False: noted. */
static bool find_name(struct parser *p, size_t *name_len, size_t *equals)
{
    const char *s = p->line.text;
    struct conf_span all = { .to = p->line.len };
    const char *sign = memchr(s, '=', p->line.len);
    size_t end, wrong;

    for (size_t i = 1; i < p->line.len; i++)
        if (s[i] == '#' && conf_blank(s[i - 1])) {
            all.to = i;
            break;
        }
    while (all.to > 0 && conf_blank(s[all.to - 1]))
        all.to--;
    if (!sign || (size_t)(sign - s) >= all.to) {
        conf_mistake(p->l, E0109, here(p, 0, all.to), NULL,
                     "a line is `key = value`; one that continues a value is indented",
                     "no '=' in this line");
        return false;
    }
    *equals = end = (size_t)(sign - s);
    while (end > 0 && conf_blank(s[end - 1]))
        end--;
    *name_len = end;
    if (conf_name_ok(s, end, false, &wrong))
        return true;
    conf_mistake(p->l, E0110, here(p, wrong, 1), NULL, NULL,
                 end == 0 ? "no key before the '='"
                          : "the name of a key is one word of letters, digits, '_' and '.'");
    return false;
}

static void read_key(struct parser *p)
{
    size_t name_len = 0, equals = 0;
    const struct conf_line *line;
    bool ok;

    close_key(p);
    ok = find_name(p, &name_len, &equals);
    line = keep_line(p);
    p->open = true;
    p->bad = !ok || !line;
    p->unclosed = false;
    p->key = (struct conf_key){ .name = "" };
    p->n_pieces = p->n_runs = p->value.len = 0;
    if (p->bad) {
        p->l->incomplete |= p->section && p->section->section.kind == CONF_VAR;
        return;
    }
    p->key.name = arena_string(&p->l->arena, line->text, name_len);
    p->key.name_at = conf_line_place(line, 0, name_len);
    p->key.origin = conf_format(p->l, "%s:%u", line->file, line->number);
    p->key.value_at = conf_line_place(line, equals + 1, 1);
    if (!p->in_section && !p->stray_told) {
        conf_mistake(p->l, E0104, p->key.name_at, NULL,
                     "begin with a section header, such as [pipeline]",
                     "key '%s' outside a section", p->key.name);
        p->stray_told = true;
    }
    add_piece(p, find_piece(p, equals + 1));
}

/* Bytes that no line may hold; after the first one, nothing else is said of the line. */
static void check_bytes(struct parser *p)
{
    const char *s = p->line.text;
    size_t valid = utf8_valid_prefix(s, p->line.len);

    for (size_t i = 0; i < valid; i++)
        if ((unsigned char)s[i] < 0x20 && s[i] != '\t') {
            if (s[i] == '\0')
                conf_mistake(p->l, E0113, here(p, i, 1), NULL, NULL, "NUL byte in the line");
            else
                conf_mistake(p->l, E0113, here(p, i, 1), NULL, "in quotes, write it as \\uXXXX",
                             "control byte \\x%02x in the line", (unsigned char)s[i]);
            p->l->quiet = true;
            return;
        }
    if (valid < p->line.len) {
        conf_mistake(p->l, E0112, here(p, valid, 1), NULL,
                     "save the file as UTF-8: iconv -f WINDOWS-1252 -t UTF-8 FILE",
                     "byte \\x%02x is not UTF-8", (unsigned char)s[valid]);
        p->l->quiet = true;
    }
}

/* False: no use going on. */
static bool read_line(struct parser *p)
{
    const char *s = p->line.text;
    size_t blanks = 0;

    p->kept = NULL;
    if (p->line.len > CONF_MAX_LINE) {
        conf_mistake(p->l, E0114, here(p, CONF_MAX_LINE, 1), NULL,
                     "continue a long value on indented lines", "the line is longer than 64 KiB");
        return true;
    }
    check_bytes(p);
    while (blanks < p->line.len && conf_blank(s[blanks]))
        blanks++;
    if (blanks == p->line.len || s[blanks] == '#')
        return true;
    if (blanks > 0)
        read_continuation(p);
    else if (*s == '[')
        return read_header(p);
    else
        read_key(p);
    return true;
}

void conf_parse(struct conf_loader *l, const char *path, const char *data, size_t len,
                struct conf_parsed *out)
{
    struct parser p = { .l = l, .out = out, .line = { .file = path } };
    const char *end = data + len;
    bool going = true;

    if (len >= 3 && memcmp(data, UTF8_BOM, 3) == 0)
        data += 3;
    while (going && data < end && !l->no_memory) {
        const char *stop = memchr(data, '\n', (size_t)(end - data));
        const char *next = stop ? stop + 1 : end;

        stop = stop ? stop : end;
        if (stop > data && stop[-1] == '\r')
            stop--;
        p.line.text = data;
        p.line.len = (uint32_t)(stop - data);
        p.line.number++;
        going = read_line(&p);
        l->quiet = false;
        data = next;
    }
    close_key(&p);
    buffer_free(&p.value);
}
