/* SPDX-License-Identifier: Apache-2.0 */
/* For bench/quality: what CLD2 by itself says of each line of standard input, its first code, or
 * "un". Built there with the plugin's own cld2.cc, so that both have the same tables. */
#define _GNU_SOURCE
#include "plugins/transform/language/cld2.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    while ((n = getline(&line, &cap, stdin)) >= 0) {
        struct cld2_guess g;

        if (n > 0 && line[n - 1] == '\n')
            n--;
        g = cld2_detect(line, (int)n);
        puts(g.code[0] ? g.code[0] : "un");
    }
    free(line);
    return 0;
}
