/* SPDX-License-Identifier: Apache-2.0 */
/* The table of bands: keys of many pages looked up, and put in where they are new; beside it a
 * table of SQLite in memory. */
#include "bench/micro.h"

#include "plugins/transform/dedupe/bands.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEYS = 22, TIMES = 40 }; /* keys a page; pages for each text, so that the table is large */

static uint64_t key_of(uint64_t page, uint64_t k)
{
    uint64_t z =
        (page * KEYS + k) * UINT64_C(0x9e3779b97f4a7c15); /* splitmix64, Steele et al. 2014 */

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t add_page(struct bands *b, uint64_t page)
{
    uint64_t key[KEYS], found = 0;
    struct bands_places places;

    for (unsigned k = 0; k < KEYS; k++) {
        key[k] = key_of(page, k);
        bands_prefetch(b, key[k]);
    }
    bands_find(b, key, KEYS, &places);
    for (unsigned k = 0; k < KEYS; k++)
        found += bands_owner(&places, k) != 0;
    if (bands_add(b, key, KEYS, &places, (uint32_t)page) != BANDS_OK)
        give_up("the table of bands has no memory");
    return found;
}

static uint64_t add_pages(const struct texts *t, void *state)
{
    struct bands *b = room(sizeof(*b));
    uint64_t found = 0;

    (void)state;
    *b = (struct bands){ .limit = UINT64_MAX };
    for (uint64_t page = 0; page < t->n; page++)
        found += add_page(b, page);
    bands_free(b);
    free(b);
    return found > 0;
}

static uint64_t add_rows(const struct texts *t, void *state)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;

    (void)state;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
        sqlite3_exec(
            db, "create table bands (key integer primary key, page integer) without rowid; begin",
            NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "insert or ignore into bands values (?, ?)", -1, &insert, NULL) !=
            SQLITE_OK)
        give_up("SQLite cannot make a table");
    for (uint64_t page = 0; page < t->n; page++)
        for (unsigned k = 0; k < KEYS; k++) {
            sqlite3_bind_int64(insert, 1, (sqlite3_int64)key_of(page, k));
            sqlite3_bind_int64(insert, 2, (sqlite3_int64)page);
            if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK)
                give_up("SQLite cannot insert");
        }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return 0;
}

void micro_bands(const struct texts *t)
{
    struct texts pages = { .n = TIMES * t->n };
    char note[80];

    snprintf(note, sizeof(note), "%zu pages, made-up keys", pages.n);
    row(&pages, OURS, "bands: 22 look-ups and entries a page", add_pages, NULL, 0, note);
    snprintf(note, sizeof(note), "%zu pages", t->n);
    row(t, SIMILAR, "a table of SQLite in memory", add_rows, NULL, 0, note);
}
