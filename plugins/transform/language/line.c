/* SPDX-License-Identifier: Apache-2.0 */
/* The tally of a line, without AVX2. */
#include "line.h"

#include <string.h>

/* Adds up rows of votes, eight languages in a word, as no byte can overflow. */
static void add_rows(const uint8_t *rows, const uint32_t *row, size_t n,
                     uint16_t votes[WORDS_LANGUAGES])
{
    uint64_t sum[WORDS_LANGUAGES / 8] = { 0 };
    uint8_t byte[WORDS_LANGUAGES];

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < WORDS_LANGUAGES / 8; k++) {
            uint64_t word;

            memcpy(&word, rows + row[i] + 8 * k, sizeof(word));
            sum[k] += word;
        }
    memcpy(byte, sum, sizeof(byte));
    for (size_t k = 0; k < WORDS_LANGUAGES; k++)
        votes[k] = (uint16_t)(votes[k] + byte[k]);
}

void line_add_plain(const uint8_t *rows, const uint32_t *row, size_t n, uint32_t most,
                    uint32_t pull, size_t languages, uint32_t tally[WORDS_LANGUAGES])
{
    uint16_t votes[WORDS_LANGUAGES] = { 0 }, best = 0;

    (void)most;
    for (; n > LINE_ROWS_IN_BYTES; n -= LINE_ROWS_IN_BYTES, row += LINE_ROWS_IN_BYTES)
        add_rows(rows, row, LINE_ROWS_IN_BYTES, votes);
    add_rows(rows, row, n, votes);
    for (size_t k = 0; k < languages; k++)
        best = votes[k] > best ? votes[k] : best;
    struct line_share each = line_share(pull, best);
    for (size_t k = 0; k < languages; k++)
        tally[k] += each.whole * votes[k] + (each.part * votes[k] >> LINE_SHIFT);
}
