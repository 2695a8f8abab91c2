/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a file that may be compressed. The codec is found from the first bytes, never from the
 * name; one layer is opened, no more. Every checksum that the format has is verified, and the
 * input is read to its very end before codec_read says 0: what was read in full was whole.
 *
 * A codec is used by one thread at a time; it shares nothing with other codecs. */
#ifndef COMMON_CODEC_H
#define COMMON_CODEC_H

#include "common/fault.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct codec;

enum codec_kind { CODEC_PLAIN, CODEC_GZIP, CODEC_ZSTD, CODEC_XZ, CODEC_BZIP2 };

/* The largest block that is asked of a file at once; a good size for codec_read's buffer too. */
#define CODEC_BLOCK ((size_t)256 * 1024)

/* Where compressed bytes come from: puts up to max of them at `to` and returns how many, 0 at the
 * end, -1 with errno set. Called by codec_open_source and codec_read only. */
typedef ssize_t codec_source(void *context, void *to, size_t max);

/* Opens a file; "-" is standard input, which codec_close leaves open. NULL: f says why (err is
 * an errno number, EISDIR for a folder; or 0: the first bytes are damaged). */
struct codec *codec_open(const char *path, struct fault *f);

/* The same over an open descriptor that stays the caller's, over bytes that stay the caller's,
 * or over a function. `name` is for messages; it is copied. */
struct codec *codec_open_fd(int fd, const char *name, struct fault *f);
struct codec *codec_open_memory(const void *data, size_t len, struct fault *f);
struct codec *codec_open_source(codec_source *source, void *context, const char *name,
                                struct fault *f);

/* Up to max (> 0) bytes of content. 0: the end, and all of it verified. -1: f says why: err is an
 * errno number (reading failed, no memory), or 0, then the data are damaged at f->byte of the
 * compressed input. An error comes again if asked again. Content before a damage is handed out
 * first. */
int64_t codec_read(struct codec *c, void *to, size_t max, struct fault *f);

/* Compressed bytes taken so far. */
uint64_t codec_consumed(const struct codec *c);
enum codec_kind codec_kind(const struct codec *c);
const char *codec_name(enum codec_kind kind); /* "gzip"; "plain" */

/* The first bytes of the input as they are, compressed or not (at most 16; fewer only where the
 * input is shorter). Before the first codec_read. */
const unsigned char *codec_head(const struct codec *c, size_t *len);

/* NULL is fine. */
void codec_close(struct codec *c);

#endif
