/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of the command line, what they share, and how they take options. */
#ifndef CORE_VERBS_H
#define CORE_VERBS_H

#include "core/conf.h"
#include "core/diag.h"
#include "core/registry.h"

/* One option of the command line. */
struct cli_option {
    int id;      /* from 1; 0 ends a table */
    char letter; /* or 0 */
    const char *name;
    const char *argument; /* "DIR"; "[FILE]": may be left out, then only --name=FILE; NULL: none */
    const char *help;     /* a line */
};

struct app;

struct verb {
    const char *name;
    int (*run)(struct app *app, int argc, char **argv); /* argv[0] is the verb; gives the status */
    const char *arguments;                              /* "PATH..." */
    const char *summary;                                /* a line */
    const struct cli_option *options;                   /* or NULL */
    const char *example;                                /* lines */
};

extern const struct verb verbs[];                /* in the order of help; a NULL name ends them */
const struct verb *verb_named(const char *name); /* or NULL */

/* What main made of the global options. */
struct app {
    int argc; /* of the process */
    char **argv;
    struct diag diag;
    struct diag_printer printer;
    struct registry *registry;   /* from cli_ready on */
    int quiet, verbose;          /* how often -q and -v were given */
    struct conf_define *defines; /* -D */
    size_t n_defines;
    const char **plugin_path;
    size_t n_plugin_path;
    const char *folder; /* -C */
    const char *log_file;
    const char *log_format; /* "auto", "text", "json" */
    const char *colour;     /* "auto", "always", "never" */
};

/* Takes a verb's command line apart. Options stand anywhere, long ones in full; "--" ends them.
 *
 *     struct cli c;
 *     cli_begin(&c, app, argc, argv);
 *     while ((id = cli_next(&c)) > 0)
 *         ... c.value ...
 *     if (!cli_ready(&c, 1, 1))
 *         return c.status;
 *     ... c.arguments[0] ...
 *
 * Global options are seen to on the way, --help too. */
struct cli {
    struct app *app;
    const struct verb *verb;
    int argc, at;
    char **argv;
    const char *cluster; /* the rest of "-qv" */
    const char *value;   /* of the option found, or NULL */
    char **arguments;    /* what is no option, in order */
    size_t n_arguments;
    int status;
    bool until_argument; /* stop at the first thing that is no option */
    bool stop;           /* a mistake, or --help: return status */
};

void cli_begin(struct cli *c, struct app *app, int argc, char **argv);
int cli_next(struct cli *c); /* an id of the verb's options; 0: no more */
/* Checks how many arguments there are, changes to -C and makes the registry. False: return
 * c->status; nothing is left to free. */
bool cli_ready(struct cli *c, size_t least, size_t most);
/* Says what is wrong with the value of an option, and gives the status. */
int cli_wrong(struct cli *c, const char *option, const char *why);
void cli_usage(const struct verb *v, FILE *out);

/* cli-values.c: options that several verbs have. */
unsigned cli_cores(void);                   /* how many threads can be busy at once */
int cli_jobs(struct cli *c, unsigned *to);  /* -j N|auto; as cli_wrong */
struct cli_sets { /* --set, each time it is given */
    struct conf_define at[64];
    size_t n;
};
int cli_set(struct cli *c, struct cli_sets *to);
void cli_sets_free(struct cli_sets *s);

/* The first global options, before the verb; gives where the verb stands. */
int app_begin(struct app *app, int argc, char **argv, int *status);
void app_set_printer(struct app *app); /* its format and colours, as the options say */
void app_usage(FILE *out);

extern const struct cli_option global_options[]; /* of cli.c */
extern const struct cli_option run_options[];    /* of verb-run.c */
int verb_run(struct app *app, int argc, char **argv);
extern const struct cli_option explain_options[]; /* of verb-explain.c */
int verb_explain(struct app *app, int argc, char **argv);
extern const struct cli_option verify_options[]; /* of verb-verify.c */
int verb_verify(struct app *app, int argc, char **argv);
extern const struct cli_option test_options[]; /* of verb-test.c */
int verb_test(struct app *app, int argc, char **argv);
extern const struct cli_option graph_options[]; /* of verb-graph.c */
int verb_graph(struct app *app, int argc, char **argv);
extern const struct cli_option status_options[]; /* of verb-status.c */
int verb_status(struct app *app, int argc, char **argv);
extern const struct cli_option report_options[]; /* of verb-report.c */
int verb_report(struct app *app, int argc, char **argv);
int verb_new(struct app *app, int argc, char **argv);
int verb_check(struct app *app, int argc, char **argv);
int verb_plugins(struct app *app, int argc, char **argv);
int verb_help(struct app *app, int argc, char **argv);

/* One page about a plugin, made from its table of options. */
void plugin_page(const struct plugin *p, FILE *out);
bool plugin_json(const struct plugin *p, FILE *out); /* one object, no line end */
/* Of what a plugin says of itself, what stands before its example: an indented section at the end. */
size_t plugin_doc_length(const struct plugin *p);
/* A value that is plausible for a key that must be given. */
const char *plugin_sample(const struct plugin *p, const etl_option *o);
void plugin_example(const struct plugin *p, FILE *out); /* a section with its keys, indented */

/* man-page.c: the same as roff. Parts: "options", "verbs", "codes", "keys",
 * "pipeline"; false: another one. */
void man_plugin(const struct plugin *p, FILE *out);
bool man_part(const char *part, FILE *out);

#endif
