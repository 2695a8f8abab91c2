/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the scan have in common: tokens.c, and its twin for AVX2. */
#ifndef COMMON_TOKENS_RUN_H
#define COMMON_TOKENS_RUN_H

#include "common/tokens.h"

/* Of 64 bytes a bit each: an ASCII letter or digit, or not ASCII; a digit; not ASCII. */
struct masks {
    uint64_t word, digit, high;
};

/* 16 bytes from `short_keep + 16 - n` on are a mask of the first n. */
static const unsigned char short_keep[32] = { 255, 255, 255, 255, 255, 255, 255, 255,
                                              255, 255, 255, 255, 255, 255, 255, 255 };

/* A run that is not plain ASCII, or is long, or may go on behind the window (open): its pieces.
 * Returns how far it came, short of end where the window is full or the last piece is not whole. */
size_t tokens_add_run(struct tokens *t, size_t at, size_t end, size_t window_end, bool open);

/* One window of a scan that is not done: what is wanted or, unless l is NULL, what is listed. The
 * same from all; the first two only where cpu_has_avx512() and cpu_has_avx2() say so. */
void tokens_scan_avx512(struct tokens *t, unsigned wanted, struct tokens_listed *l);
void tokens_scan_avx2(struct tokens *t, unsigned wanted, struct tokens_listed *l);
void tokens_scan_plain(struct tokens *t, unsigned wanted, struct tokens_listed *l);

#endif
