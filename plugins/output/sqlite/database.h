/* SPDX-License-Identifier: Apache-2.0 */
/* One SQLite file being written: rows numbered 1, 2, 3... in the order they come, in transactions,
 * with a way back to any row that was committed. Knows values, but nothing of the host. */
#ifndef SQLITE_DATABASE_H
#define SQLITE_DATABASE_H

#include <etl/plugin.h>

#include "common/fault.h"

#include <sqlite3.h>

/* What the tables look like; belongs to the caller, who has checked each name by name_fault. */
struct layout {
    const char *table;
    size_t n; /* columns */
    const char *const *names;
    const enum etl_type *types; /* of what is bound: time and list come as rendered text */
    etl_words index, fts;       /* names of columns: one index each; one full-text index for all */
    int64_t rows_per_transaction;
};

struct database {
    sqlite3 *db;
    sqlite3_stmt *insert;
    const struct layout *layout;
    const char *path;    /* the caller's; for messages */
    int64_t rows;        /* inserted so far, and the number of the last one */
    int64_t uncommitted; /* rows in the open transaction; 0: none is open */
    uint64_t unsent;     /* bytes of rows since the disk was last sent some */
    bool sends;          /* if the file is open once more, to be sent by: */
    int sender;          /* closed behind db, as SQLite's locks end with any descriptor of it */
};

/* What is wrong with the name of a table or column, as the end of a sentence; NULL: nothing. */
const char *name_fault(const char *name);

/* The name by which a row's number goes where no column is called so; NULL: all three are taken. */
const char *rowid_name(const struct layout *l);

/* All give 0, or -1 and a fault whose err is the errno that the SQLite error amounts to. A database
 * that failed may only be closed. One thread at a time. */

/* Makes table, statement and indexes in memory, to learn before the run whether SQLite takes them:
 * it keeps some names for itself, and may be built without FTS5. */
int database_try(const struct layout *l, struct fault *f);

/* Creates the file at path, which must not be there; side files of a database that was there
 * before are removed. */
int database_create(struct database *d, const char *path, const struct layout *l, struct fault *f);

/* Opens the file again and takes it back to its first `rows` rows, without indexes. */
int database_resume(struct database *d, const char *path, const struct layout *l, int64_t rows,
                    struct fault *f);

/* Adds a row of layout->n values. Their memory is not needed afterwards. */
int database_insert(struct database *d, const etl_value *values, struct fault *f);

/* Makes all rows so far durable. */
int database_commit(struct database *d, struct fault *f);

/* Commits, makes the indexes, leaves one whole file and closes it. */
int database_finish(struct database *d, struct fault *f);

/* Closes what is open; rows that were not committed are lost. */
void database_close(struct database *d);

/* Is there a journal beside `path` that SQLite would take for its own, left by another program or
 * in use by it? -1 and a fault that names it. */
int database_check_beside(const char *path, struct fault *f);

#endif
