/* SPDX-License-Identifier: Apache-2.0 */
/* The tally of a line, without AVX2. */
#include "line.h"

#include <string.h>

/* Adds up the rows of up to LINE_ROWS_IN_BYTES words, eight languages at once, as no byte can
 * overflow. Returns their weight. */
static uint32_t add_rows(const struct words *w, const uint64_t *hash, size_t n,
                         uint16_t votes[WORDS_LANGUAGES])
{
    uint64_t sum[WORDS_LANGUAGES / 8] = { 0 };
    uint8_t byte[WORDS_LANGUAGES];
    uint32_t weight = 0;

    for (size_t i = 0; i < n; i++) {
        const struct words_entry *e = words_slot(w, hash[i]);

        weight += e->weight;
        for (size_t k = 0; k < WORDS_LANGUAGES / 8; k++) {
            uint64_t word;

            memcpy(&word, w->rows + e->row + 8 * k, sizeof(word));
            sum[k] += word;
        }
    }
    memcpy(byte, sum, sizeof(byte));
    for (size_t k = 0; k < WORDS_LANGUAGES; k++)
        votes[k] = (uint16_t)(votes[k] + byte[k]);
    return weight & UINT16_MAX;
}

uint32_t line_add_plain(const struct words *w, const uint64_t *hash, size_t n, uint32_t words,
                        uint32_t tally[WORDS_LANGUAGES])
{
    uint16_t votes[WORDS_LANGUAGES] = { 0 }, best = 0;
    uint32_t weight = 0;

    for (; n > LINE_ROWS_IN_BYTES; n -= LINE_ROWS_IN_BYTES, hash += LINE_ROWS_IN_BYTES)
        weight += add_rows(w, hash, LINE_ROWS_IN_BYTES, votes);
    weight += add_rows(w, hash, n, votes);
    for (size_t k = 0; k < w->n; k++)
        best = votes[k] > best ? votes[k] : best;
    if (best == 0)
        return 0;
    uint32_t pull = line_pull(weight, words);
    struct line_share each = line_share(pull, best);
    for (size_t k = 0; k < w->n; k++)
        tally[k] += each.whole * votes[k] + (each.part * votes[k] >> LINE_SHIFT);
    return pull;
}
