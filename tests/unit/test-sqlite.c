/* SPDX-License-Identifier: Apache-2.0 */
/* The database of the output sqlite: what is inserted reads back equal, a run that is cut anywhere
 * and gone on with makes the same database, names and side files that would do harm are refused. */
#ifdef HAVE_CONFIG_H
#include "config.h" /* mkdtemp */
#endif
#include "plugins/output/sqlite/database.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static const char *const names[] = { "title", "n", "x", "yes", "raw" };
static const enum etl_type types[] = { ETL_TEXT, ETL_INT, ETL_REAL, ETL_BOOL, ETL_BYTES };
static const char *const index_names[] = { "n", "title" };
static const char *const fts_names[] = { "title" };

static const struct layout layout = {
    .table = "records",
    .n = 5,
    .names = names,
    .types = types,
    .index = { index_names, 2 },
    .fts = { fts_names, 1 },
    .rows_per_transaction = 7,
};

static void set_up(void)
{
    strcpy(folder, "/tmp/etl-sqlite-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
    static const char *const files[] = { "a.db", "b.db", "a.db-journal", "a.db-wal", "link.db" };
    char path[128];

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
}

static const char *at(const char *name)
{
    static char paths[4][128];
    static int next;

    next = (next + 1) % 4;
    snprintf(paths[next], sizeof(paths[next]), "%s/%s", folder, name);
    return paths[next];
}

static void insert_rows(struct database *d, int64_t from, int64_t to)
{
    struct fault f = { 0 };

    for (int64_t i = from; i <= to; i++) {
        char title[64];
        etl_value row[5];

        snprintf(title, sizeof(title), "row'; DROP TABLE \"records\"; -- %lld", (long long)i);
        row[0] = i % 5 ? etl_text(title, strlen(title)) : i % 2 ? etl_text(NULL, 0) : etl_null();
        row[1] = etl_int(i * 1000000007);
        row[2] = i % 3 ? etl_real((double)i / 7) : etl_real(NAN);
        row[3] = etl_bool(i % 2);
        row[4] = i % 4 ? etl_bytes("\0\xff\1", (size_t)(i % 4)) : etl_bytes(NULL, 0);
        ck_assert_msg(database_insert(d, row, &f) == 0, "%s", f.text);
    }
}

static int add_line(void *to, int n, char **cells, char **unused)
{
    FILE *out = to;

    (void)unused;
    for (int i = 0; i < n; i++)
        fprintf(out, "%s|", cells[i] ? cells[i] : "NULL");
    fputc('\n', out);
    return 0;
}

/* Schema, rows and the index's own tables as text; the caller frees. */
static char *dump(const char *path)
{
    static const char *const queries[] = {
        "PRAGMA integrity_check",
        "PRAGMA journal_mode",
        "PRAGMA page_size",
        "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid",
        "SELECT rowid, quote(title), n, quote(x), yes, typeof(raw), hex(raw) FROM records",
        "SELECT id, hex(block) FROM records_fts_data ORDER BY id",
        "SELECT rowid FROM records_fts WHERE records_fts MATCH 'row'",
    };
    sqlite3 *db;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
        ck_assert_msg(sqlite3_exec(db, queries[i], add_line, out, NULL) == SQLITE_OK, "%s: %s",
                      queries[i], sqlite3_errmsg(db));
    sqlite3_close(db);
    fclose(out);
    return text;
}

static char *whole_run(const char *path, int64_t rows)
{
    struct database d;
    struct fault f = { 0 };

    ck_assert_msg(database_create(&d, path, &layout, &f) == 0, "%s", f.text);
    insert_rows(&d, 1, rows);
    ck_assert_msg(database_finish(&d, &f) == 0, "%s", f.text);
    ck_assert_ptr_null(d.db);
    return dump(path);
}

START_TEST(values_read_back)
{
    char *text = whole_run(at("a.db"), 20);

    ck_assert_int_eq(strncmp(text, "ok|\ndelete|\n32768|\n", 17), 0);
    ck_assert_ptr_nonnull(strstr(text, "\n1|'row''; DROP TABLE \"records\"; -- 1'|1000000007|"));
    ck_assert_ptr_nonnull(strstr(text, "|1|blob|00|\n2|"));
    ck_assert_ptr_nonnull(strstr(text, "\n10|NULL|"));
    ck_assert_ptr_nonnull(strstr(text, "\n15|''|"));
    ck_assert_ptr_nonnull(
        strstr(text, "\n3|'row''; DROP TABLE \"records\"; -- 3'|3000000021|NULL|"));
    ck_assert_ptr_nonnull(strstr(text, "|0|blob||\n")); /* an empty blob is none that is null */
    free(text);
    ck_assert_int_ne(access(at("a.db-journal"), F_OK), 0);
}
END_TEST

/* As a kill would: everything since the last commit is lost, or rows past it are there. */
START_TEST(any_cut_makes_the_same)
{
    char *want = whole_run(at("b.db"), 40);

    for (int64_t cut = 0; cut <= 40; cut += 2) {
        struct database d;
        struct fault f = { 0 };
        int64_t committed = cut - cut % 10;
        char *got;

        unlink(at("a.db"));
        ck_assert_int_eq(database_create(&d, at("a.db"), &layout, &f), 0);
        insert_rows(&d, 1, committed);
        ck_assert_int_eq(database_commit(&d, &f), 0);
        insert_rows(&d, committed + 1, cut);
        if (cut % 3 == 0) /* killed after its end, before it was published */
            ck_assert_int_eq(database_finish(&d, &f), 0);
        database_close(&d);
        ck_assert_msg(database_resume(&d, at("a.db"), &layout, committed, &f) == 0, "%s", f.text);
        insert_rows(&d, committed + 1, 40);
        ck_assert_int_eq(database_finish(&d, &f), 0);
        got = dump(at("a.db"));
        ck_assert_msg(strcmp(got, want) == 0, "cut %lld:\n%s\nnot\n%s", (long long)cut, got, want);
        free(got);
    }
    free(want);
}
END_TEST

START_TEST(lost_rows_are_noticed)
{
    struct database d;
    struct fault f = { 0 };

    free(whole_run(at("a.db"), 10));
    ck_assert_int_eq(database_resume(&d, at("a.db"), &layout, 11, &f), -1);
    ck_assert_ptr_nonnull(strstr(f.text, "does not hold the 11 rows"));
    database_close(&d);
    unlink(at("a.db"));
    ck_assert_int_eq(database_resume(&d, at("a.db"), &layout, 1, &f), -1);
    ck_assert_int_ne(f.err, 0);
    database_close(&d);
}
END_TEST

START_TEST(which_names_are_good)
{
    static const char *const good[] = { "a", "_", "A1_b", "select", "rowid" };
    static const char *const bad[] = {
        "",     "1a",          "a b",
        "a\"b", "a;b",         "a'b",
        "a-b",  "caf\xc3\xa9", "a.b",
        "a]b",  "\"",          "a\n",
        "--",   "a)",          "a1234567890123456789012345678901234567890123456789012345678901234"
    };
    const char *taken[] = { "rowid", "OID", "_rowid_" };
    struct layout l = layout;

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        ck_assert_ptr_null(name_fault(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        ck_assert_ptr_nonnull(name_fault(bad[i]));
    l.names = taken;
    l.n = 3;
    ck_assert_ptr_null(rowid_name(&l));
    l.n = 1;
    ck_assert_str_eq(rowid_name(&l), "_rowid_");
}
END_TEST

/* What SQLite would refuse at the end of a long run is said at its beginning. */
START_TEST(trial_finds_reserved_names)
{
    const char *columns[] = { "rank", "select", "rowid" };
    const enum etl_type text[] = { ETL_TEXT, ETL_TEXT, ETL_TEXT };
    struct layout l = {
        .table = "order", .n = 3, .names = columns, .types = text, .rows_per_transaction = 1
    };
    struct fault f = { 0 };

    ck_assert_int_eq(database_try(&layout, &f), 0);
    l.index = (etl_words){ columns, 3 };
    ck_assert_msg(database_try(&l, &f) == 0, "%s", f.text);
    l.fts = (etl_words){ columns, 1 };
    ck_assert_int_eq(database_try(&l, &f), -1);
    ck_assert_ptr_nonnull(strstr(f.text, "rank"));
}
END_TEST

static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(stale_side_files)
{
    struct database d;
    struct fault f = { 0 };

    ck_assert_int_eq(database_check_beside(at("a.db"), &f), 0);
    put_file(at("a.db-journal"), "");
    ck_assert_int_eq(database_check_beside(at("a.db"), &f), 0);
    put_file(at("a.db-wal"), "some old log");
    ck_assert_int_eq(database_check_beside(at("a.db"), &f), -1);
    ck_assert_ptr_nonnull(strstr(f.text, "a.db-wal is in the way"));
    ck_assert_int_eq(database_create(&d, at("a.db"), &layout, &f), 0); /* these are our own */
    database_close(&d);
    ck_assert_int_eq(database_check_beside(at("a.db"), &f), 0);
}
END_TEST

START_TEST(links_are_not_followed)
{
    struct database d;
    struct fault f = { 0 };

    ck_assert_int_eq(symlink("b.db", at("link.db")), 0);
    ck_assert_int_eq(database_create(&d, at("link.db"), &layout, &f), -1);
    database_close(&d);
    ck_assert_int_ne(access(at("b.db"), F_OK), 0);
}
END_TEST

/* A full disk, as far as a limit on the number of pages is one. */
START_TEST(full_disk_says_so)
{
    struct database d;
    struct fault f = { 0 };
    static char big[100000];
    etl_value row[5] = { { 0 } };
    int result = 0;

    ck_assert_int_eq(database_create(&d, at("a.db"), &layout, &f), 0);
    ck_assert_int_eq(sqlite3_exec(d.db, "PRAGMA max_page_count = 20", NULL, NULL, NULL), SQLITE_OK);
    memset(big, 'x', sizeof(big));
    row[0] = etl_text(big, sizeof(big));
    for (int i = 0; i < 10 && result == 0; i++)
        result = database_insert(&d, row, &f);
    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(f.err, ENOSPC);
    ck_assert_ptr_nonnull(strstr(f.text, "a.db"));
    database_close(&d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sqlite");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, values_read_back);
    tcase_add_test(c, any_cut_makes_the_same);
    tcase_add_test(c, lost_rows_are_noticed);
    tcase_add_test(c, which_names_are_good);
    tcase_add_test(c, trial_finds_reserved_names);
    tcase_add_test(c, stale_side_files);
    tcase_add_test(c, links_are_not_followed);
    tcase_add_test(c, full_disk_says_so);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
