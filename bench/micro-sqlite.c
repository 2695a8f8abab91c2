/* SPDX-License-Identifier: Apache-2.0 */
/* Rows into an SQLite file as the output makes them, and with the settings that SQLite presets. */
#define _GNU_SOURCE
#include "bench/micro.h"

#include "plugins/output/sqlite/database.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TITLE = 60, TRANSACTION = 100000 };

static const char *const names[] = { "number", "title", "body" };
static const enum etl_type types[] = { ETL_INT, ETL_TEXT, ETL_TEXT };
static const struct layout layout = {
    .table = "pages",
    .n = 3,
    .names = names,
    .types = types,
    .rows_per_transaction = TRANSACTION,
};

struct place {
    char path[PATH_MAX];
    const char *pragma;
};

static uint32_t title_size(size_t n)
{
    return n < TITLE ? (uint32_t)n : TITLE;
}

static uint64_t ours(const struct texts *t, void *state)
{
    struct place *p = state;
    struct database d = { 0 };
    struct fault f;

    unlink(p->path);
    if (database_create(&d, p->path, &layout, &f) < 0)
        give_up("the database cannot be made");
    for (size_t i = 0; i < t->n; i++) {
        const etl_value values[] = {
            etl_int((int64_t)i),
            { .type = ETL_TEXT, .len = title_size(t->size[i]), .text = t->at[i] },
            { .type = ETL_TEXT, .len = (uint32_t)t->size[i], .text = t->at[i] },
        };

        if (database_insert(&d, values, &f) < 0)
            give_up("a row cannot be inserted");
    }
    if (database_finish(&d, &f) < 0)
        give_up("the database cannot be finished");
    database_close(&d);
    return t->n;
}

static void must(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        give_up(sqlite3_errmsg(db));
}

static uint64_t preset(const struct texts *t, void *state)
{
    struct place *p = state;
    sqlite3_stmt *insert;
    sqlite3 *db;

    unlink(p->path);
    if (sqlite3_open(p->path, &db) != SQLITE_OK)
        give_up("the database cannot be made");
    must(db, p->pragma);
    must(db, "create table pages (number integer, title text, body text); begin");
    if (sqlite3_prepare_v2(db, "insert into pages values (?, ?, ?)", -1, &insert, NULL) !=
        SQLITE_OK)
        give_up(sqlite3_errmsg(db));
    for (size_t i = 0; i < t->n; i++) {
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)i);
        sqlite3_bind_text(insert, 2, t->at[i], (int)title_size(t->size[i]), SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, t->at[i], (int)t->size[i], SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK)
            give_up(sqlite3_errmsg(db));
        if (i % TRANSACTION == TRANSACTION - 1)
            must(db, "commit; begin");
    }
    must(db, "commit");
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return t->n;
}

void micro_sqlite(const struct texts *t)
{
    const char *base = getenv("TMPDIR");
    char folder[PATH_MAX - 16];
    struct place p = { .pragma = "" };

    snprintf(folder, sizeof(folder), "%s/etl-micro-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder))
        give_up("no folder can be made for the database");
    snprintf(p.path, sizeof(p.path), "%s/pages.db", folder);
    row(t, OURS, "SQLite row", ours, &p, t->len, "number, title, body; committed and synced");
    row(t, SAME, "as SQLite presets it", preset, &p, t->len, "the same rows a transaction");
    p.pragma = "pragma journal_mode = wal; pragma synchronous = normal";
    row(t, SAME, "write-ahead log, synchronous normal", preset, &p, t->len,
        "the same rows a transaction");
    unlink(p.path);
    rmdir(folder);
}
