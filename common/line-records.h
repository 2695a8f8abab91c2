/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a unit, each as a record: what the inputs that read lines have in common. For an
 * input's read alone: it calls the host. */
#ifndef COMMON_LINE_RECORDS_H
#define COMMON_LINE_RECORDS_H

#include <etl/plugin.h>

#include "common/fault.h"

struct line_records {
    const void *self;
    const char *encoding; /* of the file, for lines_open; NULL: the lines are cut as they are */
    etl_field bytes;      /* takes a line's bytes, without its LF or CR LF */
    etl_field text;       /* takes them instead where they had to be turned into UTF-8 first */
    etl_field guess;      /* encoding = auto: takes what decode_guess says, if anything */
};

/* Emits a record for each line; blank ones are left out and counted, too long ones rejected, and
 * those that are committed not emitted again. A UTF-8 mark at the file's beginning goes. Gives what
 * read is to return. */
int line_records_read(const struct line_records *how, etl_unit *unit);

/* Reading stopped: the file cannot be read, or (f->err 0) is damaged. What read is to return. */
int line_records_trouble(const void *self, etl_unit *unit, const struct fault *f);

#endif
