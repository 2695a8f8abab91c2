/* SPDX-License-Identifier: Apache-2.0 */
/* The verb table, and what every verb stands on: messages and standard streams. */
#define _GNU_SOURCE
#include "core/process.h"
#include "core/verbs.h"
#include "common/nearest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cli_option check_options[] = {
    { 1, 0, "offline", NULL, "do not look at input files" },
    { 2, 0, "print", NULL, "print the pipeline with all its defaults" },
    { 3, 0, "strict", NULL, "warnings are errors" },
    { 0, 0, NULL, NULL, NULL },
};

static const struct cli_option help_options[] = {
    { 1, 0, "man", "PART", "roff: options, verbs, codes, keys or pipeline" },
    { 2, 0, "complete", NULL, "what words may become, for shells" },
    { 0, 0, NULL, NULL, NULL },
};

static const struct cli_option plugins_options[] = {
    { 1, 0, "json", NULL, "one JSON array, for programs" },
    { 2, 0, "path", NULL, "the plugin's file, or the folders looked in" },
    { 3, 0, "man", NULL, "manual pages, as roff" },
    { 0, 0, NULL, NULL, NULL },
};

const struct verb verbs[] = {
    { "run", verb_run, "PIPELINE", "run a pipeline, or go on with an unfinished run", run_options,
      "  etl run -j 8 -o out/monday -D news=/data/monday.tar.gz pipelines/news.conf\n"
      "  etl run --from-rejects=out/news -o out/mended news.conf" },
    { "check", verb_check, "PATH...", "look a pipeline over without touching data", check_options,
      "  etl check --print pipelines/news.conf" },
    { "test", verb_test, "PATH...", "run the tests of pipelines", test_options,
      "  etl test pipelines/\n  etl test --filter='*date*' pipelines/news.test" },
    { "status", verb_status, "RUNDIR", "how far a run is, and what to do next", status_options,
      "  etl status out/news\n  etl status --watch out/news" },
    { "explain", verb_explain, "PIPELINE [DOCREF]", "what each stage made of one document, and why",
      explain_options,
      "  etl explain news.conf 'news.tar.gz!a/17.txt'\n"
      "  etl explain news.conf page.txt   a file that the pipeline does not read\n"
      "  etl explain --format=html news.conf 'out/news#reject:1' >why.html\n"
      "A DOCREF is FILE, FILE:LINE, ARCHIVE!MEMBER, RUNDIR#ID or RUNDIR#reject:LINE;\n"
      "without one it is the first document." },
    { "report", verb_report, "RUNDIR", "one page about a run, to look at in a browser",
      report_options, "  etl report out/news\n  etl report -o - out/news >news.html" },
    { "verify", verb_verify, "RUNDIR", "hold a finished run against its manifest", verify_options,
      "  etl verify out/news\n  etl verify --inputs out/news" },
    { "graph", verb_graph, "PIPELINE", "draw its stages, and where documents go",
      graph_options,
      "  etl graph pipelines/news.conf\n"
      "  etl graph --format=dot --stats=out/news news.conf | dot -Tsvg >news.svg" },
    { "plugins", verb_plugins, "[NAME]", "list plugins, or describe one", plugins_options,
      "  etl plugins dedupe\n  etl plugins ./mine.so" },
    { "new", verb_new, "WHAT ...", "begin a plugin, a pipeline or a test", NULL,
      "  etl new plugin transform mine      a folder that builds; or input, output\n"
      "  etl new pipeline txt/cleanup,language/jsonl,csv mine.conf\n"
      "  etl new test mine.conf page.txt    to mine.test: what it gives today" },
    { "help", verb_help, "[WORD]", "on a verb, an error code, a plugin, or any word",
      help_options, "  etl help E0103" },
    { NULL, NULL, NULL, NULL, NULL, NULL },
};

const struct verb *verb_named(const char *name)
{
    for (const struct verb *v = verbs; v->name; v++)
        if (strcmp(v->name, name) == 0)
            return v;
    return NULL;
}

/* Under journald standard error is the very file that JOURNAL_STREAM names. */
static bool is_journal(int fd)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat st;

    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(fd, &st) == 0 &&
           st.st_dev == device && st.st_ino == inode;
}

void app_set_printer(struct app *app)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool is_terminal = isatty(fileno(app->printer.out)) && terminal && strcmp(terminal, "dumb");

    if (strcmp(app->log_format, "json") == 0)
        app->printer.format = DIAG_JSON;
    else if (is_terminal)
        app->printer.format = DIAG_TERMINAL;
    else if (strcmp(app->log_format, "auto") == 0 && is_journal(fileno(app->printer.out)))
        app->printer.format = DIAG_JOURNAL;
    else
        app->printer.format = DIAG_LINES;
    app->printer.colour =
        strcmp(app->colour, "always") == 0 ||
        (strcmp(app->colour, "auto") == 0 && is_terminal && !(no_colour && *no_colour));
    app->diag.shown = app->quiet ? DIAG_WARNING : app->verbose > 1 ? DIAG_DEBUG : DIAG_INFO;
}

static int unknown_verb(struct app *app, const char *name)
{
    struct diag_message m = { .level = DIAG_ERROR,
                              .code = E0201,
                              .help = "`etl --help` lists the verbs" };
    const char *names[32];
    char text[300];
    size_t n = 0, len = strlen(name);

    for (const struct verb *v = verbs; v->name && n < 32; v++)
        names[n++] = v->name;
    m.near = nearest(name, names, n);
    snprintf(text, sizeof(text), "there is no verb '%.200s'", name);
    if (len > 5 && strcmp(name + len - 5, ".conf") == 0) {
        snprintf(text, sizeof(text), "'%.200s' is no verb; a pipeline is run by:  etl run FILE",
                 name);
        m.near = NULL;
    }
    m.text = text;
    diag_report(&app->diag, &m);
    return EXIT_USAGE;
}

static const char *value_of(int argc, char **argv, int i, const char *option)
{
    size_t len = strlen(option);

    if (strncmp(argv[i], option, len) != 0)
        return NULL;
    return argv[i][len] == '='             ? argv[i] + len + 1
           : !argv[i][len] && i + 1 < argc ? argv[i + 1]
                                           : NULL;
}

/* How messages look must be known before the first of them, wherever the option stands. A value
 * that is wrong is complained of in its turn. */
static void look_ahead(struct app *app, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *format = value_of(argc, argv, i, "--log-format");
        const char *colour = value_of(argc, argv, i, "--color");

        if (format && (strcmp(format, "json") == 0 || strcmp(format, "text") == 0))
            app->log_format = format;
        if (colour && (strcmp(colour, "never") == 0 || strcmp(colour, "always") == 0))
            app->colour = colour;
    }
    app_set_printer(app);
}

static int run_verb(struct app *app, int argc, char **argv)
{
    const struct verb *v;
    int status, at;

    look_ahead(app, argc, argv);
    at = app_begin(app, argc, argv, &status);
    app_set_printer(app);
    if (status >= 0)
        return status;
    if (at >= argc) {
        app_usage(process_messages());
        return EXIT_USAGE;
    }
    v = verb_named(argv[at]);
    return v ? v->run(app, argc - at, argv + at) : unknown_verb(app, argv[at]);
}

static int flush_output(struct app *app, int status)
{
    if (process_output_kept()) /* what stands there is what plugins printed */
        return status;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno != EPIPE)
        diag_error_errno(&app->diag, E0744, errno, "standard output cannot be written to");
    return status ? status : EXIT_IO;
}

int main(int argc, char **argv)
{
    struct app app = { .argc = argc, .argv = argv, .log_format = "auto", .colour = "auto" };
    int status;

    process_begin(&app.diag, &app.printer);
    app.printer.out = process_messages();
    if (!diag_init(&app.diag, diag_print, &app.printer)) {
        fputs("etl: error: memory is out\n", app.printer.out);
        process_over();
        return EXIT_RESOURCES;
    }
    status = flush_output(&app, run_verb(&app, argc, argv));
    diag_print_folded(&app.printer);
    registry_free(app.registry);
    for (size_t i = 0; i < app.n_defines; i++)
        free((char *)app.defines[i].name);
    free(app.defines);
    free(app.plugin_path);
    process_over();
    if (app.printer.out != process_messages())
        fclose(app.printer.out);
    diag_free(&app.diag);
    return status;
}
