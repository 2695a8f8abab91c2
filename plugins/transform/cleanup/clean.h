/* SPDX-License-Identifier: Apache-2.0 */
/* Cleaning one text: which repairs there are, how they are asked for, what each one changes. All of
 * it is pure but for the scratch memory that a struct cleaner holds; one thread, one cleaner. */
#ifndef CLEANUP_CLEAN_H
#define CLEANUP_CLEAN_H

#include "places.h"
#include "common/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The repairs, in the order they are made. As bits they say which ones a text may need. */
enum repair {
    REPAIR_MOJIBAKE,  /* UTF-8 that was read as Windows-1252, Latin-1 or Mac Roman */
    REPAIR_LINE_ENDS, /* CRLF, CR, VT, FF, NEL, LS and PS become LF */
    REPAIR_ENTITIES,  /* &amp; &#233; &#xE9; &amp;quot; become characters */
    REPAIR_CONTROLS,  /* what cannot be seen and does nothing goes */
    REPAIR_WIDTHS,    /* full-width Latin forms in Latin text become ASCII */
    REPAIR_SPACES,    /* exotic spaces become plain ones, runs one; no blank lines in a row */
    REPAIR_NFC,
    REPAIRS
};

#define REPAIR_BIT(r) (1u << (r))
#define REPAIR_ALL (REPAIR_BIT(REPAIRS) - 1)

struct cleaner {
    struct buffer a, b;         /* the text goes from one to the other and back */
    struct places places, next; /* of the text; of the one that mojibake is mended to */
};

struct cleaned {
    const char *text; /* the argument, or in the cleaner, until it is used again */
    size_t len;
    bool changed;
    bool unsettled; /* nothing was changed: each repair made another one necessary, on and on */
    uint64_t
        counts[REPAIRS]; /* sequences, lines, entities, characters, characters, spaces, texts */
};

/* Makes the repairs of `wanted` in s (valid UTF-8) until none is needed any more, so that cleaning
 * the result changes nothing. A text that needs none is neither copied nor written: c->text is s.
 * 0, or -1 when memory ran out or NFC failed. */
int clean_text(struct cleaner *c, unsigned wanted, const char *s, size_t n, struct cleaned *to);
void cleaner_close(struct cleaner *c);

/* Which repairs may a text need? A bit that is not set is certain, one that is set is not. */
unsigned needs_of(const char *s, size_t n, struct places *places);

/* Each repair appends the mended text to out and gives how many places it changed. It writes
 * nothing where that is 0; else out holds all of the text (or `failed` is set). `places` are those
 * of s. Mending mojibake also says which ones out has, if it can. */
uint64_t repair_mojibake(const char *s, size_t n, struct places *places, struct buffer *out,
                         struct places *of_out);
uint64_t repair_line_ends(const char *s, size_t n, struct places *places, struct buffer *out);
uint64_t repair_entities(const char *s, size_t n, struct places *places, struct buffer *out);
uint64_t repair_controls(const char *s, size_t n, struct places *places, struct buffer *out);
uint64_t repair_widths(const char *s, size_t n, struct places *places, struct buffer *out);
uint64_t repair_spaces(const char *s, size_t n, struct places *places, struct buffer *out);

#endif
