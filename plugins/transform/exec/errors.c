/* SPDX-License-Identifier: Apache-2.0 */
/* What the program says on standard error, as messages of etl: cut, and so many a second. The host
 * shows control bytes as such. */
#include "child.h"

#include <unistd.h>

enum { LINES_A_SECOND = 10, SECOND = 1000000, MOST_READS = 16 };

static void show_left_out(struct child *c, const etl_record *rec)
{
    if (c->left_out > 0)
        etl_log(c->self, rec, ETL_INFO, "%llu lines of the program are left out here",
                (unsigned long long)c->left_out);
    c->left_out = 0;
}

static void show(struct child *c, const etl_record *rec)
{
    int64_t second = monotonic_us() / SECOND;

    if (second != c->second) {
        c->second = second;
        c->shown = 0;
    }
    if (c->shown++ >= LINES_A_SECOND) {
        c->left_out++;
        return;
    }
    show_left_out(c, rec);
    etl_log(c->self, rec, ETL_INFO, "the program says: %.*s%s", (int)c->n_said, c->said,
            c->skips ? "..." : "");
}

static void end_line(struct child *c, const etl_record *rec)
{
    if (c->n_said > 0)
        show(c, rec);
    c->n_said = 0;
    c->skips = false;
}

static void take(struct child *c, const etl_record *rec, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n')
            end_line(c, rec);
        else if (c->n_said < sizeof(c->said))
            c->said[c->n_said++] = text[i];
        else
            c->skips = true;
    }
}

bool child_log(struct child *c, const etl_record *rec)
{
    char text[16384];
    ssize_t n = c->err < 0 ? -1 : read(c->err, text, sizeof(text));

    if (n > 0)
        take(c, rec, text, (size_t)n);
    if (n == 0) {
        close(c->err);
        c->err = -1;
    }
    return n > 0;
}

void child_log_rest(struct child *c, const etl_record *rec)
{
    for (int i = 0; i < MOST_READS && child_log(c, rec); i++)
        ;
    end_line(c, rec);
    show_left_out(c, rec);
}
