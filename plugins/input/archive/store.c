/* SPDX-License-Identifier: Apache-2.0 */
/* Reading at a place, whole, whatever interrupts. */
#include "plugins/input/archive/store.h"

#include "common/file.h"

#include <string.h>

int64_t store_read(const struct store *s, uint64_t at, void *to, size_t n)
{
    if (at >= s->size)
        return 0;
    if (n > s->size - at)
        n = (size_t)(s->size - at);
    if (s->fd < 0) {
        memcpy(to, s->memory + at, n);
        return (int64_t)n;
    }
    return file_read_at(s->fd, to, n, at);
}
