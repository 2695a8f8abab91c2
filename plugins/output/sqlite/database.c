/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite side of the output `sqlite`: the settings (measured: large pages, a truncated journal,
 * full sync), the one statement, the way back to a committed row. No SQL is made from data;
 * names in it are checked and quoted. */
#ifdef HAVE_CONFIG_H
#include "config.h" /* realpath, lstat */
#endif
#include "database.h"

#include "common/file.h"
#include "common/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEND_ON = 1 << 20 }; /* bytes of rows */

static int errno_of(sqlite3 *db, int code)
{
    int system = db ? sqlite3_system_errno(db) : 0;

    /* It was met behind the true cause: a file that could not be made was then opened to read it. */
    if (system == EBADF || system == ENOENT)
        system = 0;
    switch (code & 0xff) {
    case SQLITE_FULL:
        return ENOSPC;
    case SQLITE_NOMEM:
        return ENOMEM;
    case SQLITE_IOERR:
        return code == SQLITE_IOERR_NOMEM ? ENOMEM : system ? system : EIO;
    case SQLITE_CANTOPEN:
        return system ? system : EIO;
    case SQLITE_PERM:
    case SQLITE_READONLY:
        if (code == SQLITE_READONLY_DBMOVED) /* its folder was moved under it */
            return EIO;
        return system == EROFS ? EROFS : EACCES;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return EBUSY;
    default:
        return 0;
    }
}

/* Says what SQLite says, what was being done and to which file. */
static int failed(struct database *d, const char *doing, struct fault *f)
{
    int code = d->db ? sqlite3_extended_errcode(d->db) : SQLITE_NOMEM;

    return fault_set(f, errno_of(d->db, code), "%s %s: %s (SQLite error %d)", doing, d->path,
                     d->db ? sqlite3_errmsg(d->db) : "out of memory", code);
}

static int run(struct database *d, const char *sql, const char *doing, struct fault *f)
{
    return sqlite3_exec(d->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(d, doing, f);
}

/* Runs what buffer holds, and frees it. */
static int run_buffer(struct database *d, struct buffer *sql, const char *doing, struct fault *f)
{
    const char *text = buffer_string(sql);
    int result = sql->failed ? fault_set(f, ENOMEM, "%s %s: out of memory", doing, d->path)
                             : run(d, text, doing, f);

    buffer_free(sql);
    return result;
}

const char *name_fault(const char *name)
{
    size_t n = strlen(name);

    if (n == 0)
        return "is empty";
    if (n > 63)
        return "is longer than 63 bytes";
    if (name[0] >= '0' && name[0] <= '9')
        return "begins with a digit";
    for (const char *s = name; *s; s++)
        if (!(*s >= 'a' && *s <= 'z') && !(*s >= 'A' && *s <= 'Z') && !(*s >= '0' && *s <= '9') &&
            *s != '_')
            return "may hold only letters A to Z, digits and _";
    return NULL;
}

const char *rowid_name(const struct layout *l)
{
    static const char *const names[] = { "rowid", "_rowid_", "oid" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t k = 0;

        while (k < l->n && sqlite3_stricmp(l->names[k], names[i]) != 0)
            k++;
        if (k == l->n)
            return names[i];
    }
    return NULL;
}

/* ---- opening ---- */

/* SQLITE_OPEN_NOFOLLOW refuses links anywhere in the path; only the file itself must be none. NULL
 * and errno. */
static char *real_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct buffer folder = { 0 }, whole = { 0 };
    char *real;

    if (slash)
        buffer_append(&folder, path, (size_t)(slash - path) + 1);
    else
        buffer_puts(&folder, ".");
    errno = ENOMEM;
    real = folder.failed ? NULL : realpath(buffer_string(&folder), NULL);
    buffer_free(&folder);
    if (!real)
        return NULL;
    buffer_printf(&whole, "%s/%s", real, slash ? slash + 1 : path);
    free(real);
    real = buffer_take(&whole);
    if (!real)
        errno = ENOMEM;
    return real;
}

/* SQLite would give a new file to all to read, whatever the umask lets others do. */
static int make_file(const char *path)
{
    int fd = file_open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0666);

    return fd < 0 ? -1 : file_close(fd);
}

/* Rows are only appended: a page that is full is not needed again, so the cache is as small as will
 * do. It is written while the processor has it near, and its memory is used for the next. */
static int open_file(struct database *d, const char *path, int flags, struct fault *f)
{
    char *real = real_path(path);
    int code;

    d->path = path;
    if (!real || (flags & SQLITE_OPEN_CREATE && make_file(real) < 0)) {
        code = fault_set(f, errno, "cannot open %s", path);
        free(real);
        return code;
    }
    code = sqlite3_open_v2(real, &d->db,
                           flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW |
                               SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                           NULL);
    free(real);
    if (code != SQLITE_OK)
        return failed(d, "cannot open", f);
    d->sender = file_open(path, O_RDONLY | O_NOFOLLOW, 0);
    d->sends = d->sender >= 0;
    return run(d,
               "PRAGMA page_size = 32768;"
               "PRAGMA journal_mode = TRUNCATE;"
               "PRAGMA synchronous = FULL;"
               "PRAGMA cache_size = -2048;"
               "PRAGMA temp_store = MEMORY;",
               "cannot set up", f);
}

static const char *type_name(enum etl_type type)
{
    switch (type) {
    case ETL_BOOL:
    case ETL_INT:
        return "INTEGER";
    case ETL_REAL:
        return "REAL";
    case ETL_BYTES:
        return "BLOB";
    default:
        return "TEXT";
    }
}

static int create_table(struct database *d, struct fault *f)
{
    const struct layout *l = d->layout;
    struct buffer sql = { 0 };

    buffer_printf(&sql, "CREATE TABLE \"%s\" (", l->table);
    for (size_t i = 0; i < l->n; i++)
        buffer_printf(&sql, "%s\"%s\" %s", i ? ", " : "", l->names[i], type_name(l->types[i]));
    buffer_puts(&sql, ")");
    return run_buffer(d, &sql, "cannot make a table in", f);
}

static int prepare_insert(struct database *d, struct fault *f)
{
    const struct layout *l = d->layout;
    struct buffer sql = { 0 };
    int code;

    buffer_printf(&sql, "INSERT INTO \"%s\" (%s", l->table, rowid_name(l));
    for (size_t i = 0; i < l->n; i++)
        buffer_printf(&sql, ", \"%s\"", l->names[i]);
    buffer_puts(&sql, ") VALUES (?");
    for (size_t i = 0; i < l->n; i++)
        buffer_puts(&sql, ", ?");
    buffer_puts(&sql, ")");
    if (!buffer_string(&sql)[0] || sql.failed) {
        buffer_free(&sql);
        return fault_set(f, ENOMEM, "cannot write %s: out of memory", d->path);
    }
    code = sqlite3_prepare_v3(d->db, sql.data, (int)sql.len, SQLITE_PREPARE_PERSISTENT, &d->insert,
                              NULL);
    buffer_free(&sql);
    return code == SQLITE_OK ? 0 : failed(d, "cannot write", f);
}

/* Calls `each` with the path of each side file that SQLite would look for. */
static int side_files(const char *path, int (*each)(const char *side, struct fault *f),
                      struct fault *f)
{
    static const char *const ends[] = { "-journal", "-wal", "-shm" };

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        struct buffer side = { 0 };
        int result;

        buffer_printf(&side, "%s%s", path, ends[i]);
        result =
            side.failed ? fault_set(f, ENOMEM, "out of memory") : each(buffer_string(&side), f);
        buffer_free(&side);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int remove_side(const char *side, struct fault *f)
{
    if (unlink(side) == 0 || errno == ENOENT)
        return 0;
    return fault_set(f, errno, "cannot remove %s", side);
}

static int refuse_side(const char *side, struct fault *f)
{
    struct stat st;

    if (lstat(side, &st) < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : fault_set(f, errno, "cannot look at %s", side);
    if (st.st_size == 0)
        return 0; /* a truncated journal: SQLite ignores it */
    return fault_set(f, 0,
                     "%s is in the way: SQLite would play it back into the new database. Close the "
                     "program that has the old database open, or remove the file",
                     side);
}

int database_check_beside(const char *path, struct fault *f)
{
    return side_files(path, refuse_side, f);
}

int database_create(struct database *d, const char *path, const struct layout *l, struct fault *f)
{
    *d = (struct database){ .layout = l, .path = path };
    if (side_files(path, remove_side, f) < 0 || open_file(d, path, SQLITE_OPEN_CREATE, f) < 0)
        return -1;
    return create_table(d, f) < 0 ? -1 : prepare_insert(d, f);
}

/* ---- going back ---- */

/* What an interrupted finish may have made. */
static int drop_indexes(struct database *d, struct fault *f)
{
    const struct layout *l = d->layout;
    struct buffer sql = { 0 };

    buffer_printf(&sql, "DROP TABLE IF EXISTS \"%s_fts\";", l->table);
    for (size_t i = 0; i < l->index.n; i++)
        buffer_printf(&sql, "DROP INDEX IF EXISTS \"%s_by_%s\";", l->table, l->index.at[i]);
    return run_buffer(d, &sql, "cannot go back in", f);
}

/* There must be that many rows, numbered from 1. */
static int check_rows(struct database *d, int64_t rows, struct fault *f)
{
    struct buffer sql = { 0 };
    sqlite3_stmt *stmt = NULL;
    int result;

    buffer_printf(&sql, "SELECT count(*), ifnull(max(%s), 0) FROM \"%s\"", rowid_name(d->layout),
                  d->layout->table);
    if (sql.failed)
        result = fault_set(f, ENOMEM, "cannot count the rows of %s", d->path);
    else if (sqlite3_prepare_v2(d->db, buffer_string(&sql), -1, &stmt, NULL) != SQLITE_OK ||
             sqlite3_step(stmt) != SQLITE_ROW)
        result = failed(d, "cannot count the rows of", f);
    else if (sqlite3_column_int64(stmt, 0) != rows || sqlite3_column_int64(stmt, 1) != rows)
        result = fault_set(f, 0, "%s does not hold the %lld rows that were committed", d->path,
                           (long long)rows);
    else
        result = 0;
    sqlite3_finalize(stmt);
    buffer_free(&sql);
    return result;
}

int database_resume(struct database *d, const char *path, const struct layout *l, int64_t rows,
                    struct fault *f)
{
    struct buffer sql = { 0 };

    *d = (struct database){ .layout = l, .path = path, .rows = rows };
    if (open_file(d, path, 0, f) < 0 || drop_indexes(d, f) < 0)
        return -1;
    buffer_printf(&sql, "DELETE FROM \"%s\" WHERE %s > %lld", l->table, rowid_name(l),
                  (long long)rows);
    if (run_buffer(d, &sql, "cannot go back in", f) < 0)
        return -1;
    return check_rows(d, rows, f) < 0 ? -1 : prepare_insert(d, f);
}

/* ---- writing ---- */

static int bind(sqlite3_stmt *stmt, int at, etl_value v)
{
    switch (v.type) {
    case ETL_BOOL:
        return sqlite3_bind_int(stmt, at, v.boolean != 0);
    case ETL_INT:
        return sqlite3_bind_int64(stmt, at, v.integer);
    case ETL_REAL: /* as in JSON, what is no number is null */
        return isfinite(v.real) ? sqlite3_bind_double(stmt, at, v.real)
                                : sqlite3_bind_null(stmt, at);
    case ETL_TEXT: /* a NULL pointer would bind null */
        return sqlite3_bind_text64(stmt, at, v.len ? v.text : "", v.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case ETL_BYTES:
        return sqlite3_bind_blob64(stmt, at, v.len ? v.bytes : "", v.len, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(stmt, at);
    }
}

/* What was written goes on to the disk while rows come, so that a commit has little to wait for. */
static void send_on(struct database *d, const etl_value *values)
{
    for (size_t i = 0; i < d->layout->n; i++)
        d->unsent += values[i].type == ETL_TEXT || values[i].type == ETL_BYTES ? values[i].len : 0;
    if (d->unsent < SEND_ON || !d->sends)
        return;
    file_send(d->sender, 0, 0);
    d->unsent = 0;
}

int database_insert(struct database *d, const etl_value *values, struct fault *f)
{
    int code;

    if (d->uncommitted == 0 && run(d, "BEGIN", "cannot write", f) < 0)
        return -1;
    code = sqlite3_bind_int64(d->insert, 1, d->rows + 1);
    for (size_t i = 0; i < d->layout->n && code == SQLITE_OK; i++)
        code = bind(d->insert, (int)i + 2, values[i]);
    if (code != SQLITE_OK || sqlite3_step(d->insert) != SQLITE_DONE ||
        sqlite3_reset(d->insert) != SQLITE_OK)
        return failed(d, "cannot write", f);
    d->rows++;
    d->uncommitted++;
    send_on(d, values);
    return d->uncommitted >= d->layout->rows_per_transaction ? database_commit(d, f) : 0;
}

int database_commit(struct database *d, struct fault *f)
{
    if (d->uncommitted == 0)
        return 0;
    d->uncommitted = 0;
    return run(d, "COMMIT", "cannot write", f);
}

/* ---- the end ---- */

/* An external-content FTS5 table: it holds the words and finds the rows, the texts stay where they
 * are. */
static int make_fts(struct database *d, struct fault *f)
{
    const struct layout *l = d->layout;
    struct buffer sql = { 0 };

    buffer_printf(&sql, "CREATE VIRTUAL TABLE \"%s_fts\" USING fts5(", l->table);
    for (size_t i = 0; i < l->fts.n; i++)
        buffer_printf(&sql, "\"%s\", ", l->fts.at[i]);
    buffer_printf(&sql,
                  "content = \"%s\", content_rowid = \"%s\");"
                  "INSERT INTO \"%s_fts\" (\"%s_fts\") VALUES ('rebuild');"
                  "INSERT INTO \"%s_fts\" (\"%s_fts\") VALUES ('optimize');",
                  l->table, rowid_name(l), l->table, l->table, l->table, l->table);
    return run_buffer(d, &sql, "cannot make the full-text index of", f);
}

/* These do come back to what they have written. */
static int make_indexes(struct database *d, struct fault *f)
{
    const struct layout *l = d->layout;

    if (run(d, "PRAGMA cache_size = -65536", "cannot set up", f) < 0)
        return -1;
    for (size_t i = 0; i < l->index.n; i++) {
        struct buffer sql = { 0 };

        buffer_printf(&sql, "CREATE INDEX \"%s_by_%s\" ON \"%s\" (\"%s\")", l->table,
                      l->index.at[i], l->table, l->index.at[i]);
        if (run_buffer(d, &sql, "cannot make an index of", f) < 0)
            return -1;
    }
    return l->fts.n > 0 ? make_fts(d, f) : 0;
}

int database_try(const struct layout *l, struct fault *f)
{
    struct database d = { .layout = l, .path = "the database" };
    int result = -1;

    if (sqlite3_open_v2(":memory:", &d.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        failed(&d, "cannot try", f);
    else if (create_table(&d, f) == 0 && prepare_insert(&d, f) == 0)
        result = make_indexes(&d, f);
    database_close(&d);
    return result;
}

int database_finish(struct database *d, struct fault *f)
{
    if (database_commit(d, f) < 0)
        return -1;
    sqlite3_finalize(d->insert);
    d->insert = NULL;
    if (run(d, "BEGIN", "cannot write", f) < 0 || make_indexes(d, f) < 0 ||
        run(d, "COMMIT", "cannot write", f) < 0 ||
        run(d, "PRAGMA journal_mode = DELETE", "cannot write", f) < 0)
        return -1;
    if (sqlite3_close(d->db) != SQLITE_OK)
        return failed(d, "cannot close", f);
    d->db = NULL;
    return 0;
}

void database_close(struct database *d)
{
    sqlite3_finalize(d->insert);
    sqlite3_close(d->db);
    if (d->sends)
        file_close(d->sender);
    d->insert = NULL;
    d->db = NULL;
    d->sends = false;
}
