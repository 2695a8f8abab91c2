/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the scan have in common: tokens.c, and its twin for AVX2. */
#ifndef COMMON_TOKENS_RUN_H
#define COMMON_TOKENS_RUN_H

#include "common/tokens.h"

/* A run of at most 16 bytes: bool fold_short(s, 16 - its length, text, &run) writes it, folded,
 * to the 16 bytes of text unless that is NULL. False: it is not all ASCII. 16 bytes at s may be
 * read. */
struct short_run {
    uint64_t hash;
    uint8_t word;
};

/* 16 bytes from `short_keep + 16 - n` on are a mask of the first n. */
static const unsigned char short_keep[32] = { 255, 255, 255, 255, 255, 255, 255, 255,
                                              255, 255, 255, 255, 255, 255, 255, 255 };

/* A run that is not plain ASCII, or is long, or may go on behind the window (open): its pieces.
 * Returns how far it came, short of end where the window is full or the last piece is not whole. */
size_t tokens_add_run(struct tokens *t, size_t at, size_t end, size_t window_end, bool open);

/* One window of a scan that is not done: the same from both. The first only where cpu_has_avx2()
 * says so. */
void tokens_scan_avx2(struct tokens *t, unsigned wanted);
void tokens_scan_plain(struct tokens *t, unsigned wanted);

#endif
