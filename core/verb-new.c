/* SPDX-License-Identifier: Apache-2.0 */
/* etl new: something to begin with. */
#include "core/new.h"

#include "common/nearest.h"

#include <stdio.h>
#include <string.h>

static const struct what {
    const char *name, *arguments;
    size_t least, most; /* words behind it */
} whats[] = {
    { "plugin", "KIND NAME", 2, 2 },
    { "pipeline", "INPUT/TRANSFORM,.../OUTPUT,... [FILE]", 1, 2 },
    { "test", "PIPELINE DOCREF [NAME]", 2, 3 },
};
enum { WHATS = sizeof(whats) / sizeof(*whats) };

static int unknown(struct app *app, const char *word)
{
    const char *names[WHATS];
    char text[200];

    for (size_t i = 0; i < WHATS; i++)
        names[i] = whats[i].name;
    snprintf(text, sizeof(text), "etl new makes no '%.100s'", word);
    diag_report(&app->diag,
                &(struct diag_message){ .level = DIAG_ERROR,
                                        .code = E0203,
                                        .text = text,
                                        .near = nearest(word, names, WHATS),
                                        .help = "`etl new --help` says what it makes" });
    return EXIT_USAGE;
}

int verb_new(struct app *app, int argc, char **argv)
{
    size_t which = 0, n;
    struct cli c;

    cli_begin(&c, app, argc, argv);
    while (cli_next(&c) > 0)
        continue;
    if (!cli_ready(&c, 1, 4))
        return c.status;
    while (which < WHATS && strcmp(whats[which].name, c.arguments[0]) != 0)
        which++;
    if (which == WHATS)
        return unknown(app, c.arguments[0]);
    n = c.n_arguments - 1;
    if (n < whats[which].least || n > whats[which].most)
        return diag_error(&app->diag, E0203, NULL, "etl new %s takes %s", whats[which].name,
                          whats[which].arguments),
               EXIT_USAGE;
    if (which == 0)
        return new_plugin(app, c.arguments[1], c.arguments[2]);
    if (which == 2)
        return new_test(app, c.arguments[1], c.arguments[2], n > 2 ? c.arguments[3] : NULL);
    return new_pipeline(app, c.arguments[1], n > 1 ? c.arguments[2] : NULL);
}
