/* SPDX-License-Identifier: Apache-2.0 */
/* What a pure helper says when it cannot go on: errors go up as values, with a message. */
#ifndef COMMON_FAULT_H
#define COMMON_FAULT_H

#include <stdint.h>

struct fault {
    int err;         /* an errno number, or 0: the data are at fault, not the system */
    uint64_t byte;   /* where in the input, from 0 */
    uint64_t line;   /* from 1; 0: not known */
    uint64_t column; /* in bytes, from 1; 0: not known */
    char text[400];  /* a plain sentence without a full stop; longer ones are cut */
};

/* Fills in err and text; returns -1, so that a caller can `return fault_set(...)`. */
int fault_set(struct fault *f, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
