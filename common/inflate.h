/* SPDX-License-Identifier: Apache-2.0 */
/* Unpacking what lies in memory as a whole, of which it is known how long it will be: a member of a
 * zip. For what comes in pieces, or may be of any length, there is the codec. */
#ifndef COMMON_INFLATE_H
#define COMMON_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Used by one thread at a time; any number of texts, one after the other. */
struct inflater;

struct inflater *inflater_open(void); /* NULL: no memory */
void inflater_close(struct inflater *i);

/* True: the n bytes (less than 4 GiB) are one raw deflate stream (RFC 1951) from the first to the
 * last, and gave exactly `size` bytes at `to`. False: they are not, and what lies at `to` is of no
 * use; nothing was written behind it. */
bool inflate_whole(struct inflater *i, const void *data, size_t n, void *to, size_t size);

/* The CRC-32 of gzip and zip. */
uint32_t inflate_crc32(const void *data, size_t n);

#endif
