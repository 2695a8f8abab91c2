/* SPDX-License-Identifier: Apache-2.0 */
/* --memory: what this process holds, looked at before large pieces are taken and behind each batch.
 * Past the limit the run stops, and says with how much the same command would go on. */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include "core/diag.h"

#include <stdatomic.h>

struct memory {
    int64_t limit; /* bytes; 0: none, and nothing is looked at */
    int64_t first; /* held when the run began */
    int statm;
    int64_t spare; /* left free: the kernel counts late, and not all is asked for */
    /* Before a large piece of a batch is taken: may wait until it fits, if the thread may wait.
     * Returns what is promised to others, and perhaps not taken yet. */
    size_t (*make_room)(struct memory *m, size_t more);
    /* How much of the input is read, 0 to 1. */
    double (*share)(void *owner);
    void *owner;
    struct diag *diag;
    _Atomic int64_t held; /* when it was last looked at */
    _Atomic bool told;
};

/* A zeroed struct: no limit. -1: there is too little for a run with so many threads (reported). */
int memory_begin(struct memory *m, int64_t limit, unsigned jobs, struct diag *d);
void memory_end(struct memory *m);
/* May so many more bytes be taken? False: that would be past the limit; it is reported, once, and
 * the run must stop. From any thread. */
bool memory_allows(struct memory *m, size_t more);
/* The same without a word: by what is held now. */
bool memory_fits(struct memory *m, size_t more);
/* Near the limit: nothing new is begun while something under way can be ended. */
bool memory_is_tight(const struct memory *m);
/* What --memory must be to hold so many bytes, as it is written: "1536M". Returns `to`. */
enum { MEMORY_TEXT = 32 };
const char *memory_text(int64_t bytes, char to[MEMORY_TEXT]);

#endif
