/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a tar that are as nearly all are - a regular file or a folder with a header of
 * POSIX or of GNU, and before it perhaps a long name or an extended header with nothing unusual -
 * taken from the source without a library between. It does not judge: at the first header that is
 * anything else (a link, two blocks of zeros, the end of the input, damage), libarchive is given
 * the rest of the tar. */
#ifndef ARCHIVE_TAR_PLAIN_H
#define ARCHIVE_TAR_PLAIN_H

#include "plugins/input/archive/reader.h"
#include "plugins/input/archive/source.h"
#include "plugins/input/archive/tar-extension.h"

enum { TAR_BLOCK = 512 };

struct tar_plain {
    struct source *source;
    const unsigned char *at; /* in the source's block: `left` bytes that are not taken */
    size_t left;
    uint64_t position; /* in the content: of `at` */

    uint64_t content;        /* bytes of the entry that are not taken yet */
    size_t given;            /* of them, handed out; they are taken when more is asked for */
    size_t padding;          /* behind them */
    uint64_t wanted, passed; /* after TAR_PLAIN_CUT: to be passed over, and what there was */

    char name[TAR_EXTENSION_MAX + 1]; /* which is more than a header has, with its prefix */
    /* An extension, if there is one, and the header that was looked at last: so many bytes; and
     * before them room for a header that libarchive is given first. */
    size_t head_len;
    unsigned char head[3 * TAR_BLOCK + TAR_EXTENSION_MAX];
};

enum tar_plain_result {
    TAR_PLAIN_END,   /* of the entry's content */
    TAR_PLAIN_MORE,  /* an entry, or some of its bytes */
    TAR_PLAIN_OTHER, /* hand over */
    TAR_PLAIN_CUT,   /* the input ends in the entry */
    TAR_PLAIN_FAILED /* the source failed, or was stopped */
};

/* Is a header of such an entry, or of what may stand before one: 512 bytes. */
bool tar_is_plain(const unsigned char *header);

/* Over what source_look made ready, which begins with such a header. */
void tar_plain_begin(struct tar_plain *t, struct source *s);
/* The next entry; what is left of the one before is passed over. */
enum tar_plain_result tar_plain_next(struct tar_plain *t, struct reader_entry *e);
/* The next bytes of the entry. */
enum tar_plain_result tar_plain_data(struct tar_plain *t, struct reader_piece *p);

/* After TAR_PLAIN_OTHER: the source is to hand out again, first of all, the headers of what was not
 * plain, and before that one of an empty entry, by which libarchive takes the rest for a tar
 * whatever it is. How much must be added to a place that libarchive tells. */
int64_t tar_plain_hand_over(struct tar_plain *t);

#endif
