/* SPDX-License-Identifier: Apache-2.0 */
/* The manual pages, or the parts of them that tables know: roff, made from the same tables as the
 * help, so that the two cannot differ. */
#define _GNU_SOURCE
#include "config.h"
#include "core/option.h"
#include "core/plan.h"
#include "core/verbs.h"

#include <stdlib.h>
#include <string.h>

/* One byte of text as roff sees it. Hyphens stay what they are typed as, so that they can be
 * copied. */
static void put_byte(FILE *out, char c)
{
    switch (c) {
    case '\\':
        fputs("\\e", out);
        break;
    case '-':
        fputs("\\-", out);
        break;
    case '~':
        fputs("\\(ti", out);
        break;
    case '^':
        fputs("\\(ha", out);
        break;
    case '`':
        fputs("\\(ga", out);
        break;
    case '\'':
        fputs("\\(aq", out);
        break;
    default:
        putc(c, out);
    }
}

/* Text without line ends; what is between two ` is bold. */
static void put_text(FILE *out, const char *text, size_t len)
{
    bool bold = false;

    if (len > 0 && text[0] == '.')
        fputs("\\&", out);
    for (size_t i = 0; i < len; i++) {
        bool closes = bold || memchr(text + i + 1, '`', len - i - 1);

        if (text[i] == '`' && closes) {
            bold = !bold;
            fputs(bold ? "\\fB" : "\\fR", out);
        } else {
            put_byte(out, text[i]);
        }
    }
    if (bold)
        fputs("\\fR", out);
}

/* Lines that begin with a blank stand as they are. Returns what they take. */
static size_t put_verbatim(FILE *out, const char *text, size_t len)
{
    size_t at = 0;

    fputs(".nf\n", out);
    while (at < len && text[at] == ' ') {
        while (at < len && text[at] != '\n')
            put_byte(out, text[at++]);
        putc('\n', out);
        at += at < len;
    }
    fputs(".fi\n", out);
    return at;
}

/* Up to the empty line or the indented one that ends it. */
static size_t paragraph_length(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len &&
           !(text[n] == '\n' && (n + 1 == len || text[n + 1] == '\n' || text[n + 1] == ' ')))
        n++;
    return n;
}

static size_t put_filled(FILE *out, const char *text, size_t len)
{
    size_t n = paragraph_length(text, len);
    char *words = strndup(text, n);

    for (char *c = words; c && (c = strchr(c, '\n')) != NULL;)
        *c = ' ';
    if (words)
        put_text(out, words, n);
    free(words);
    fputs("\n", out);
    return n + (n < len);
}

/* Paragraphs with an empty line between, filled. `break_` is the request that begins a new one. */
static void put_paragraphs(FILE *out, const char *text, size_t len, const char *break_)
{
    bool first = true;

    for (size_t at = 0; at < len; first = false) {
        if (text[at] == '\n') {
            at++;
            continue;
        }
        if (!first && text[at - 1] == '\n' && at > 1 && text[at - 2] == '\n')
            fprintf(out, "%s\n", break_);
        at += text[at] == ' ' ? put_verbatim(out, text + at, len - at)
                              : put_filled(out, text + at, len - at);
    }
}

/* Lines as they stand. */
static void put_lines(FILE *out, const char *text)
{
    fputs(".PP\n.nf\n", out);
    for (; *text; text++) {
        if (*text == '.' || *text == '\'')
            fputs("\\&", out);
        for (; *text && *text != '\n'; text++)
            put_byte(out, *text);
        putc('\n', out);
        if (!*text)
            break;
    }
    fputs(".fi\n", out);
}

static void put_key(FILE *out, const etl_option *o)
{
    const char *doc = o->doc && *o->doc ? o->doc : "-";
    char text[OPTION_TEXT];

    option_describe(o, text, sizeof(text));
    fprintf(out, ".TP\n\\fB%s\\fR (", o->name);
    put_text(out, text, strlen(text));
    fputs(")\n", out);
    put_paragraphs(out, doc, strlen(doc), ".IP");
}

static void put_title(FILE *out, const char *name, const char *section, const char *what)
{
    fputs(".TH \"", out);
    for (; *name; name++)
        put_byte(out, *name >= 'a' && *name <= 'z' ? (char)(*name - 32) : *name);
    fprintf(out, "\" %s \"\" \"%s %s\" \"%s\"\n", section, PACKAGE_NAME, PACKAGE_VERSION, what);
}

static void put_example(FILE *out, const struct plugin *p)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);

    if (memory) {
        plugin_example(p, memory);
        if (fclose(memory) == 0)
            put_lines(out, text);
    }
    free(text);
}

void man_plugin(const struct plugin *p, FILE *out)
{
    char name[200];

    snprintf(name, sizeof(name), "etl-%s-%s", kind_name(p->is.kind), p->is.name);
    put_title(out, name, "7", "etl plugins");
    fputs(".SH NAME\n", out);
    put_text(out, name, strlen(name));
    fputs(" \\- ", out);
    put_text(out, p->is.summary, strlen(p->is.summary));
    fprintf(out, "\n.SH SYNOPSIS\n\\fB[%s %s]\\fR\n", kind_name(p->is.kind), p->is.name);
    if (p->is.doc && *p->is.doc) {
        fputs(".SH DESCRIPTION\n", out);
        put_paragraphs(out, p->is.doc, plugin_doc_length(p), ".PP");
    }
    fputs(".SH KEYS\n", out);
    for (size_t i = 0; i < p->n_options; i++)
        put_key(out, &p->options[i]);
    for (size_t i = 0; i < COMMON_KEYS; i++)
        if (common_keys[i].kinds & 1u << p->is.kind)
            put_key(out, &common_keys[i].option);
    fputs(".SH EXAMPLE\n", out);
    put_example(out, p);
    fputs(".SH SEE ALSO\n.BR etl (1),\n.BR etl.conf (5),\n.BR etl\\-plugins (7)\n", out);
}

/* ---- parts of pages ---- */

static void put_options(FILE *out, const struct cli_option *table)
{
    for (const struct cli_option *o = table; o && o->id; o++) {
        const char *argument = o->argument ? o->argument : "";

        fputs(".TP\n", out);
        if (o->letter)
            fprintf(out, "\\fB\\-%c\\fR%s", o->letter, o->name ? ", " : *argument ? " " : "");
        if (o->name) {
            fputs("\\fB\\-\\-", out);
            put_text(out, o->name, strlen(o->name));
            fputs(*argument == '[' ? "\\fR[=" : *argument ? "\\fR=" : "\\fR", out);
        }
        argument += *argument == '[';
        if (*argument) {
            fputs("\\fI", out);
            put_text(out, argument, strlen(argument));
            fputs("\\fR", out);
        }
        fputs("\n", out);
        put_text(out, o->help, strlen(o->help));
        fputs("\n", out);
    }
}

static void put_verbs(FILE *out)
{
    for (const struct verb *v = verbs; v->name; v++) {
        fprintf(out, ".SS etl %s%s ", v->name, v->options ? " [OPTIONS]" : "");
        put_text(out, v->arguments, strlen(v->arguments));
        fputs("\n", out);
        put_byte(out, (char)(v->summary[0] - 32));
        put_text(out, v->summary + 1, strlen(v->summary + 1));
        fputs(".\n", out);
        put_options(out, v->options);
    }
}

static void put_codes(FILE *out)
{
    for (int i = 0; i < DIAG_CODES; i++) {
        enum diag_code code = (enum diag_code)i;
        const char *title = diag_code_title(code);

        fprintf(out, ".TP\n\\fB%s\\fR ", diag_code_name(code));
        put_text(out, title, strlen(title));
        fprintf(out, " (exit status %d)\n", (int)diag_code_status(code));
        put_paragraphs(out, diag_code_text(code), strlen(diag_code_text(code)), ".IP");
    }
}

static void put_common_keys(FILE *out)
{
    for (int kind = ETL_KIND_INPUT; kind <= ETL_KIND_OUTPUT; kind++) {
        fprintf(out, ".SS In each [%s ...]\n", kind_name((enum etl_kind)kind));
        for (size_t i = 0; i < COMMON_KEYS; i++)
            if (common_keys[i].kinds & 1u << kind)
                put_key(out, &common_keys[i].option);
    }
}

static void put_pipeline_keys(FILE *out)
{
    const etl_option *settings;
    size_t n;

    settings = pipeline_keys(&n);
    for (size_t i = 0; i < n; i++)
        put_key(out, &settings[i]);
}

bool man_part(const char *part, FILE *out)
{
    if (strcmp(part, "options") == 0)
        put_options(out, global_options);
    else if (strcmp(part, "verbs") == 0)
        put_verbs(out);
    else if (strcmp(part, "codes") == 0)
        put_codes(out);
    else if (strcmp(part, "keys") == 0)
        put_common_keys(out);
    else if (strcmp(part, "pipeline") == 0)
        put_pipeline_keys(out);
    else
        return false;
    return true;
}
