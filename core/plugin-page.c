/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be said of a plugin, made from its descriptor: for a reader, and as JSON. */
#define _GNU_SOURCE
#include "core/option.h"
#include "core/verbs.h"
#include "common/json-write.h"

#include <string.h>

enum { WIDTH = 78 };

/* Words of text in lines of at most WIDTH, each behind `indent` blanks. Empty lines and lines that
 * begin with a blank stay as they are. */
static void print_wrapped(FILE *out, const char *text, size_t len, int indent)
{
    const char *end = text + len;
    bool start = true; /* of a line of text */
    int column = 0;

    while (text < end) {
        size_t line = strcspn(text, "\n"), word = strcspn(text, " \n");

        line = line < (size_t)(end - text) ? line : (size_t)(end - text);
        if (*text == '\n') {
            if (start) {
                fputs(column > 0 ? "\n\n" : "\n", out);
                column = 0;
            }
            start = true;
            text++;
        } else if (start && *text == ' ') {
            fprintf(out, "%s%*s%.*s\n", column > 0 ? "\n" : "", indent, "", (int)line, text);
            column = 0;
            text += line;
            text += text < end;
        } else if (*text == ' ') {
            text++;
        } else {
            word = word < line ? word : line;
            if (column > 0 && column + 1 + (int)word > WIDTH) {
                fputs("\n", out);
                column = 0;
            }
            column += fprintf(out, "%*s%.*s", column > 0 ? 1 : indent, "", (int)word, text);
            text += word;
            start = false;
        }
    }
    if (column > 0)
        fputs("\n", out);
}

static void print_option(const etl_option *o, FILE *out)
{
    char text[OPTION_TEXT];

    option_describe(o, text, sizeof(text));
    if (strlen(o->name) > 18 || strlen(text) > WIDTH - 21) {
        fprintf(out, "  %s\n", o->name);
        print_wrapped(out, text, strlen(text), 21);
    } else {
        fprintf(out, "  %-18s %s\n", o->name, text);
    }
    if (o->doc && *o->doc)
        print_wrapped(out, o->doc, strlen(o->doc), 21);
}

size_t plugin_doc_length(const struct plugin *p)
{
    static const char begin[] = "\n\n    [";
    size_t len = strlen(p->is.doc ? p->is.doc : "");

    for (const char *at = p->is.doc; at && (at = strstr(at, begin)) != NULL; at++)
        len = (size_t)(at - p->is.doc);
    return len;
}

const char *plugin_sample(const struct plugin *p, const etl_option *o)
{
    static const char *const samples[OPTION_KINDS] = {
        [ETL_OPTION_BOOL] = "yes",           [ETL_OPTION_INT] = "1",
        [ETL_OPTION_REAL] = "0.5",           [ETL_OPTION_TEXT] = "...",
        [ETL_OPTION_WORDS] = "one, two",     [ETL_OPTION_SIZE] = "64M",
        [ETL_OPTION_DURATION] = "30s",       [ETL_OPTION_INPUT] = "pages/",
        [ETL_OPTION_DATA] = "rules.txt",     [ETL_OPTION_STORE] = "index",
        [ETL_OPTION_READS] = "text",         [ETL_OPTION_WRITES] = "text",
        [ETL_OPTION_EDITS] = "text",         [ETL_OPTION_FIELDS] = "*",
        [ETL_OPTION_COLUMNS] = "id, source", [ETL_OPTION_EXPR] = "language == id",
    };
    static const char *const outputs[][2] = { { "jsonl", "pages.jsonl" },
                                              { "csv", "pages.csv" },
                                              { "sqlite", "pages.db" } };

    for (size_t i = 0; o->kind == ETL_OPTION_OUTPUT && i < sizeof(outputs) / sizeof(*outputs); i++)
        if (strcmp(p->is.name, outputs[i][0]) == 0)
            return outputs[i][1];
    return o->kind == ETL_OPTION_OUTPUT ? "pages.out" : samples[o->kind];
}

/* One that lies elsewhere than in KIND/NAME.so is named by its path. */
static const char *name_in_pipeline(const struct plugin *p, char *to, size_t max)
{
    size_t len = strlen(p->path), end;

    snprintf(to, max, "/%s/%s.so", kind_name(p->is.kind), p->is.name);
    end = strlen(to);
    return len >= end && strcmp(p->path + len - end, to) == 0 ? p->is.name : p->path;
}

void plugin_example(const struct plugin *p, FILE *out)
{
    char name[200];
    size_t shown = 0, len = plugin_doc_length(p);

    if (p->is.doc && p->is.doc[len]) {
        for (const char *line = p->is.doc + len + 2; *line; line += *line == '\n') {
            size_t n = strcspn(line, "\n"), blank = strspn(line, " ");

            fprintf(out, "  %.*s\n", (int)(n - (blank < 4 ? blank : 4)),
                    line + (blank < 4 ? blank : 4));
            line += n;
        }
        return;
    }
    fprintf(out, "  [%s %s]\n", kind_name(p->is.kind), name_in_pipeline(p, name, sizeof(name)));
    for (size_t i = 0; i < p->n_options; i++) {
        const etl_option *o = &p->options[i];

        if (!o->preset && o->kind == ETL_OPTION_CHOICE)
            fprintf(out, "  %s = %.*s\n", o->name, (int)strcspn(o->limits, "|"), o->limits);
        else if (!o->preset)
            fprintf(out, "  %s = %s\n", o->name, plugin_sample(p, o));
        else if (*o->preset && shown++ < 3)
            fprintf(out, "  %s = %s\n", o->name, o->preset);
    }
}

void plugin_page(const struct plugin *p, FILE *out)
{
    fprintf(out, "%s %s %s - %s\n  %s\n", kind_name(p->is.kind), p->is.name, p->is.version,
            p->is.summary, p->path);
    if (p->is.doc && *p->is.doc) {
        fputs("\n", out);
        print_wrapped(out, p->is.doc, plugin_doc_length(p), 0);
    }
    fputs("\nkeys:\n", out);
    for (size_t i = 0; i < p->n_options; i++)
        print_option(&p->options[i], out);
    for (size_t i = 0; i < COMMON_KEYS; i++)
        if (common_keys[i].kinds & 1u << p->is.kind)
            print_option(&common_keys[i].option, out);
    fputs("\nexample:\n", out);
    plugin_example(p, out);
}

static void member(struct buffer *b, const char *name, const char *text)
{
    buffer_printf(b, "\"%s\":", name);
    if (text)
        json_write_text(b, text, strlen(text));
    else
        buffer_puts(b, "null");
}

static void option_json(struct buffer *b, const etl_option *o)
{
    member(b, "name", o->name);
    buffer_byte(b, ',');
    member(b, "type", option_kind_name(o->kind));
    buffer_printf(b, ",\"required\":%s,", o->preset ? "false" : "true");
    member(b, "preset", o->preset);
    buffer_byte(b, ',');
    member(b, "limits", o->limits);
    buffer_byte(b, ',');
    member(b, "doc", o->doc);
}

bool plugin_json(const struct plugin *p, FILE *out)
{
    struct buffer b = { 0 };
    bool good, first = true;

    buffer_byte(&b, '{');
    member(&b, "kind", kind_name(p->is.kind));
    buffer_byte(&b, ',');
    member(&b, "name", p->is.name);
    buffer_byte(&b, ',');
    member(&b, "version", p->is.version);
    buffer_byte(&b, ',');
    member(&b, "summary", p->is.summary);
    buffer_byte(&b, ',');
    member(&b, "doc", p->is.doc);
    buffer_byte(&b, ',');
    member(&b, "path", p->path);
    buffer_printf(&b, ",\"abi\":%u,\"map\":%s,\"step\":%s,\"resumable\":%s,\"keys\":[", p->is.abi,
                  p->is.map ? "true" : "false", p->is.step ? "true" : "false",
                  p->is.state_size > 0 && !p->is.commit ? "false" : "true");
    for (size_t i = 0; i < p->n_options + COMMON_KEYS; i++) {
        const struct common_key *common = i < p->n_options ? NULL : &common_keys[i - p->n_options];

        if (common && !(common->kinds & 1u << p->is.kind))
            continue;
        buffer_puts(&b, first ? "{" : ",{");
        option_json(&b, common ? &common->option : &p->options[i]);
        buffer_byte(&b, '}');
        first = false;
    }
    buffer_puts(&b, "]}");
    good = !b.failed && fwrite(b.data, 1, b.len, out) == b.len;
    buffer_free(&b);
    return good;
}
