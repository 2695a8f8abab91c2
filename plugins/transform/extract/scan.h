/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over a line's bytes finds all that later looks for in them: how many words, how many
 * with a capital, whether there is a letter, a year, or a place where a phrase of one of the pack's
 * lists may begin. Most lines have no such place, and need no second pass. */
#ifndef EXTRACT_SCAN_H
#define EXTRACT_SCAN_H

#include "extract.h"

enum { SCAN_SLACK = 64 }; /* so many bytes behind the line are read, and mean nothing */

/* Sets may, the flags that tell what bytes are there and, of lines that the rules look at whole,
 * words, capital and LINE_WORDS. The line's ends must be trimmed. */
void scan_line(const struct pack *pack, struct line *line);
/* The same by the baseline of the machine's kind, and by AVX2 where the machine has it. */
void scan_line_plain(const struct pack *pack, struct line *line);
void scan_line_avx2(const struct pack *pack, struct line *line);
bool scan_avx2_usable(void);

#endif
