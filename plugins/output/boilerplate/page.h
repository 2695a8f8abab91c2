/* SPDX-License-Identifier: Apache-2.0 */
/* The distinct lines of one page, by hash: what a page gives to the counts. */
#ifndef BOILERPLATE_PAGE_H
#define BOILERPLATE_PAGE_H

#include "common/buffer.h"

#include <stddef.h>
#include <stdint.h>

enum {
    PAGE_LINE_BYTES = 400, /* longer lines are text: extract takes none of them for a rule */
    PAGE_LINES = 1 << 16   /* of one page; what comes after them is not looked at */
};

struct page_line {
    uint64_t hash;
    uint32_t at; /* in the page's text */
    uint16_t len;
    uint16_t left; /* 1: it stands in what is left of the page, too */
};

/* Scratch of one thread, reused from page to page. Zeroed is empty. */
struct page_lines {
    struct page_line *line; /* sorted by hash, each once */
    size_t n, cap;
    struct buffer text; /* the lines, one behind the other */
};

/* Lines as extract sees them: blanks single, ends trimmed. Left out are lines without a letter and
 * those of more than PAGE_LINE_BYTES. 0, or -1 when memory is out. */
int page_lines_of(struct page_lines *p, const char *text, size_t n);
/* Marks the lines of p that are lines of `of`. */
void page_lines_mark(struct page_lines *p, const struct page_lines *of);
void page_lines_free(struct page_lines *p);

#endif
