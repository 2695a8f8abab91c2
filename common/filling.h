/* SPDX-License-Identifier: Apache-2.0 */
/* A document that grows in its record while its bytes come, up to the host's limit max_document.
 * For the inputs' read alone: it calls the host. */
#ifndef COMMON_FILLING_H
#define COMMON_FILLING_H

#include <etl/plugin.h>

struct filling {
    etl_record *rec;
    char *to; /* NULL: nothing yet; it may move whenever room is asked for */
    size_t cap, used;
};

/* Room for `more` bytes behind what is used and, if the limit lets it, `spare` after them, or half
 * of that, and so on. False: the document is too long, and rejected; it takes no more. */
static inline bool filling_room(struct filling *f, size_t more, size_t spare)
{
    size_t need = f->used + more;

    if (f->to && need <= f->cap)
        return true;
    for (;; spare /= 2) {
        f->to = etl_begin(f->rec, need + spare > 0 ? need + spare : 1);
        if (f->to || spare == 0)
            break;
    }
    f->cap = need + spare;
    if (!f->to)
        etl_reject(f->rec, "too long: over max_document");
    return f->to != NULL;
}

#endif
