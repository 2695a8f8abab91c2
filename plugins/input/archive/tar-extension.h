/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand before an entry's header: GNU's long name, and the extended header of pax
 * (POSIX.1-2001). tar writes the first for names of more than 100 bytes, and Python's tarfile the
 * second for every file, as times have fractions. */
#ifndef ARCHIVE_TAR_EXTENSION_H
#define ARCHIVE_TAR_EXTENSION_H

#include <stdbool.h>
#include <stddef.h>

enum { TAR_LONG_NAME = 'L', TAR_EXTENDED = 'x', TAR_EXTENSION_MAX = 4 * 512 };

struct tar_name {
    const char *text; /* in the content; NULL: the header's own is the entry's */
    size_t len;
};

/* The name that an extension of this type with n bytes of content gives to the entry. False: there
 * is more in it, or it is not written as all do. */
bool tar_extension_name(unsigned char type, const char *content, size_t n, struct tar_name *name);

#endif
