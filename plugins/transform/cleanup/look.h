/* SPDX-License-Identifier: Apache-2.0 */
/* Text as bit masks, 64 bytes a mask, so that what is common costs next to nothing and only what
 * is rare is looked at byte by byte. */
#ifndef CLEANUP_LOOK_H
#define CLEANUP_LOOK_H

#include <stddef.h>
#include <stdint.h>

enum {
    LOOK_BYTES = 64, /* of one look */
    LOOKS = 64       /* that are taken at once: most pages are one call, and their sites one word */
};

/* What stands before a look: the blanks (spaces and LFs) and the LFs of the one before it. A text
 * starts as a line does: behind an LF. */
struct look_before {
    uint64_t blanks, lfs;
};

#define LOOK_START ((struct look_before){ UINT64_C(1) << 63, UINT64_C(1) << 63 })

/* Fills as many of LOOKS as the text has from s on; gives how many. Bit i is set if byte i is '&',
 * a control character but LF, the first byte of what is not ASCII, or one blank too many: behind
 * another one, but not the LF of one empty line. What is behind the end counts as a letter. look_at
 * takes the fastest of the others that the processor has; they agree. */
size_t look_at(const char *s, size_t n, struct look_before *before, uint64_t *to);
size_t look_plain(const char *s, size_t n, struct look_before *before, uint64_t *to);
#if defined(__x86_64__) && defined(__GNUC__)
size_t look_sse2(const char *s, size_t n, struct look_before *before, uint64_t *to);
size_t look_avx2(const char *s, size_t n, struct look_before *before, uint64_t *to); /* if it is */
#endif

#endif
