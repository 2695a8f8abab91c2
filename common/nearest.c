/* SPDX-License-Identifier: Apache-2.0 */
/* Damerau-Levenshtein distance between short words, in its restricted form (no part is edited
 * twice): the recurrence of Wagner & Fischer 1974 with Damerau's swap (1964). */
#include "common/nearest.h"

#include <string.h>

/* Letters of either case are one, and so are the two dashes. */
static unsigned char folded(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned char)(c - 'A' + 'a');
    return c == '-' ? '_' : (unsigned char)c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len, size_t limit)
{
    size_t rows[3][NEAREST_MAX + 1]; /* row i needs rows i - 1 and, for a swap, i - 2 */

    if (a_len > NEAREST_MAX || b_len > NEAREST_MAX ||
        (a_len > b_len ? a_len - b_len : b_len - a_len) > limit)
        return limit + 1;
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        size_t smallest = row[0] = i;

        for (size_t j = 1; j <= b_len; j++) {
            unsigned char x = folded(a[i - 1]), y = folded(b[j - 1]);

            row[j] = least(above[j - 1] + (x != y), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && y == folded(a[i - 2]))
                row[j] = least(row[j], two_above[j - 2] + 1);
            smallest = least(smallest, row[j]);
        }
        if (smallest > limit + 1) /* not even a swap out of the row above comes back below it */
            return limit + 1;
    }
    return least(rows[a_len % 3][b_len], limit + 1);
}

const char *nearest_of(const char *word, size_t len, const char *const *names, size_t n)
{
    size_t limit = len / 3 > 1 ? len / 3 : 1;
    const char *best = NULL;

    if (len == 0 || len > NEAREST_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t edits;

        if (!names[i])
            continue;
        edits = edit_distance(word, len, names[i], strlen(names[i]), limit);
        if (edits > limit || edits >= len) /* nothing of the word is left: no likeness */
            continue;
        best = names[i];
        if (edits == 0)
            break;
        limit = edits - 1;
    }
    return best;
}

const char *nearest(const char *word, const char *const *names, size_t n)
{
    return nearest_of(word, strlen(word), names, n);
}
