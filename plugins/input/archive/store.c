/* SPDX-License-Identifier: Apache-2.0 */
/* Reading at a place, whole, whatever interrupts. */
#if defined(HAVE_CONFIG_H)
#include "config.h" /* for pread */
#endif
#include "plugins/input/archive/store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int64_t store_read(const struct store *s, uint64_t at, void *to, size_t n)
{
    size_t got = 0;

    if (at >= s->size)
        return 0;
    if (n > s->size - at)
        n = (size_t)(s->size - at);
    if (s->fd < 0) {
        memcpy(to, s->memory + at, n);
        return (int64_t)n;
    }
    while (got < n) {
        ssize_t r = pread(s->fd, (char *)to + got, n - got, (off_t)(at + got));

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        got += (size_t)r;
    }
    return (int64_t)got;
}
