/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernels of bench/micro share: the texts, and a row of the table for each trial. */
#ifndef BENCH_MICRO_H
#define BENCH_MICRO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct texts {
    char *data;    /* each text is valid UTF-8 and ends with a NUL byte, which is not of it */
    size_t len, n; /* bytes of all, without those NULs; how many */
    size_t longest;
    const char **at;
    size_t *size;
};

/* How a trial stands to the one that etl calls: that one itself, the same result, a similar one. */
enum stands { OURS = ' ', SAME = '=', SIMILAR = '~' };

/* Works through all texts once. What it gives back must be the same each time, and, of SAME, what
 * OURS above it gave. */
typedef uint64_t trial(const struct texts *t, void *state);

/* Runs it and prints its row; note: what differs, or NULL. bytes: of text that it works through, by
 * which its speed is told, 0: it works on keys. Ends the program if the result is not what it must
 * be. */
void row(const struct texts *t, enum stands stands, const char *name, trial *run, void *state,
         size_t bytes, const char *note);
/* Ends the program. */
_Noreturn void give_up(const char *what);
/* Memory that stays until the end; never NULL. */
void *room(size_t bytes);

void micro_text(const struct texts *t);
void micro_write(const struct texts *t);
void micro_dedupe(const struct texts *t);
void micro_bands(const struct texts *t);
void micro_lines(const struct texts *t, const char *pack);
void micro_gzip(const struct texts *t);
void micro_sqlite(const struct texts *t);

#endif
