/* SPDX-License-Identifier: Apache-2.0 */
/* etl report: one page about a run, to look at in a browser. */
#include "core/report.h"
#include "core/verbs.h"

enum { OUT = 1 };

const struct cli_option report_options[] = {
    { OUT, 'o', "out", "FILE", "write it there; -: standard output [RUNDIR/report.html]" },
    { 0, 0, NULL, NULL, NULL },
};

int verb_report(struct app *app, int argc, char **argv)
{
    const char *file = NULL;
    struct cli c;

    cli_begin(&c, app, argc, argv);
    while (cli_next(&c) > 0)
        if (file = c.value, !*file) {
            cli_wrong(&c, "--out", "must name a file");
            break;
        }
    if (!cli_ready(&c, 1, 1))
        return c.status;
    return report_write(c.arguments[0], file, &app->diag) < 0 ? (int)app->diag.status : EXIT_DONE;
}
