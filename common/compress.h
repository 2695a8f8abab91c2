/* SPDX-License-Identifier: Apache-2.0 */
/* Compressing one block in one call, as a gzip member or zstd frame of its own. The bytes depend
 * on the block alone (and on the library's version): not on the thread, the time or the blocks
 * before it. Members and frames put one after another are one file. */
#ifndef COMMON_COMPRESS_H
#define COMMON_COMPRESS_H

#include "common/buffer.h"
#include "common/fault.h"

enum compress_kind { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD };

/* By the end of the name: .gz, .zst; else none. */
enum compress_kind compress_kind_of_name(const char *file_name);

/* Appends to out; COMPRESS_NONE copies. An empty block gives an empty member or frame. Blocks of
 * 1 GiB or more are refused. 0, or -1 with f: no memory, or a bug in the library. Any thread. */
int compress_block(enum compress_kind kind, const void *data, size_t len, struct buffer *out,
                   struct fault *f);

#endif
