/* SPDX-License-Identifier: Apache-2.0 */
/* Reading at a place, whole, whatever interrupts. */
#include "plugins/input/archive/store.h"

#include "common/file.h"

#include <errno.h>
#include <stdlib.h>
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

static int grow(struct window *w, size_t need)
{
    unsigned char *bytes = realloc(w->bytes, need);

    if (!bytes) {
        errno = ENOMEM;
        return -1;
    }
    w->bytes = bytes;
    w->room = need;
    return 0;
}

/* What is at hand lies in one piece, so what is asked for is in it, or is read. */
const unsigned char *window_look(struct window *w, uint64_t at, size_t n, size_t more)
{
    int64_t got;

    if (at >= w->at && at - w->at <= w->len && n <= w->len - (size_t)(at - w->at))
        return w->bytes + (at - w->at);
    w->len = 0;
    more = more > n ? more : n;
    if (more > w->room && grow(w, more > WINDOW ? more : WINDOW))
        return NULL;
    got = store_read(w->store, at, w->bytes, more);
    if (got < 0)
        return NULL;
    w->at = at;
    w->len = (size_t)got;
    errno = 0;
    return n <= w->len ? w->bytes : NULL;
}

void window_close(struct window *w)
{
    free(w->bytes);
    w->bytes = NULL;
    w->room = w->len = 0;
}
