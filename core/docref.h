/* SPDX-License-Identifier: Apache-2.0 */
/* DOCREF: how a command line names one document - FILE, FILE:LINE, archive!member, RUNDIR#id,
 * RUNDIR#reject:17, or an id by itself. */
#ifndef CORE_DOCREF_H
#define CORE_DOCREF_H

#include "core/diag.h"

enum docref_kind {
    DOCREF_FIRST, /* none was given: the first that is read */
    DOCREF_FILE,  /* in a file: the first in it, or by member or line */
    DOCREF_ID,
    DOCREF_NAME, /* no file has that name: it may be meant for a member of an archive */
};

/* Zeroed is DOCREF_FIRST. */
struct docref {
    enum docref_kind kind;
    const char *text; /* as given; the caller's */
    char *file;       /* owned, like what follows */
    char *member;     /* or NULL */
    char *run;        /* of an id that was given with it: the run directory; or NULL */
    uint64_t line;    /* or 0 */
    char id[17];
    char parent[17]; /* of a split record, where it is known: the id of what it was split from */
};

/* Takes text apart by what there is on disk: a file of the very name comes first. -1: no such
 * document, or no DOCREF at all (reported, with the nearest names). */
int docref_read(struct docref *to, const char *text, struct diag *d);
/* Of a DOCREF_NAME: that there is no such file, with the nearest names; or, if `member` is the
 * place of a document that may be meant, "news.tar.gz!17.txt", that one. -1. */
int docref_missing(const char *text, const char *member, struct diag *d);
void docref_free(struct docref *d);

#endif
