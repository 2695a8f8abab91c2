/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a file that may be compressed, without ever holding one that is too long: short ones
 * come in one piece, long ones in several. A reader belongs to one thread. */
#ifndef COMMON_LINES_H
#define COMMON_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/fault.h"

struct lines;

struct lines_piece {
    const char *data; /* good until the next call; without the LF that ends the line */
    size_t len;
    uint64_t number;  /* of its line, from 1 */
    bool first, last; /* of its line. One that is not the last is at least 64 KiB long, but
                         where the input is damaged behind it */
};

/* "-" is standard input. encoding: UTF-16 and UTF-32, told by it or by the file's beginning, are
 * turned into UTF-8 before they are cut; NULL: no such thing. NULL: f says why, as codec_open. */
struct lines *lines_open(const char *path, const char *encoding, struct fault *f);
void lines_close(struct lines *l);

/* 1: a piece; 0: the end, and all that the codec can verify was verified; -1: f, as codec_read. A
 * last line without LF is a line; behind a last LF there is none. */
int lines_next(struct lines *l, struct lines_piece *p, struct fault *f);

uint64_t lines_consumed(const struct lines *l); /* compressed bytes so far */

/* Have the lines been turned into UTF-8? Known from the first lines_next on. */
bool lines_are_text(const struct lines *l);

/* Characters that meant nothing and are U+FFFD now, so far, where lines_are_text. */
uint64_t lines_replaced(const struct lines *l);

/* The beginning of the file, from the first lines_next to the second: up to 256 KiB. */
const char *lines_beginning(const struct lines *l, size_t *len);

#endif
