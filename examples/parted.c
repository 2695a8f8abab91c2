/* SPDX-License-Identifier: Apache-2.0 */
/* An input: reads text files in which a line of its own, such as ---, parts the documents. The idea:
 * `read` gets one file, emits a record for each document in it and says how far it has come; the
 * host does the order, the resuming and the counting. */
#include <etl/plugin.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct parted {
    etl_words path;
    const char *mark;
    etl_field text;
};

static const etl_option options[] = {
    ETL_OPT(struct parted, INPUT, path, "path", NULL, NULL, "Files to read: folders, globs"),
    ETL_OPT(struct parted, TEXT, mark, "mark", "---", NULL, "Line that parts two documents"),
    ETL_OPT(struct parted, WRITES, text, "text", "text", "text", "Field for the document"),
    ETL_OPT_END
};

/* A document being read: it begins at `line`, and its bytes so far are in `at`. */
struct document {
    char *at;
    size_t len, room;
    uint64_t line;
};

static bool add(struct document *d, const char *line, size_t n)
{
    if (n > d->room - d->len) {
        size_t room = (d->room + n) * 2;
        char *grown = realloc(d->at, room);

        if (!grown)
            return false;
        d->at = grown;
        d->room = room;
    }
    memcpy(d->at + d->len, line, n);
    d->len += n;
    return true;
}

/* False: the run is being stopped. Text that is no UTF-8 is rejected by the host. */
static bool emit(const struct parted *me, etl_unit *unit, struct document *d, uint64_t next_line)
{
    etl_record *rec = d->len > 0 ? etl_emit(unit, NULL, d->line) : NULL;
    bool stopped = d->len > 0 && !rec;

    while (d->len > 0 && d->at[d->len - 1] == '\n')
        d->len--;
    if (rec)
        etl_set(rec, me->text, etl_text(d->at, d->len));
    d->len = 0;
    d->line = next_line;
    return !stopped;
}

static int read_lines(const struct parted *me, etl_unit *unit, FILE *file, struct document *d)
{
    char *line = NULL;
    size_t room = 0, mark = strlen(me->mark);
    uint64_t n = 0, bytes = 0;
    int verdict = ETL_OK;
    ssize_t len;

    while (verdict == ETL_OK && (errno = 0, len = getline(&line, &room, file)) > 0) {
        size_t text = (size_t) len - (line[len - 1] == '\n');

        n++;
        bytes += (uint64_t) len;
        if (text == mark && memcmp(line, me->mark, mark) == 0) {
            if (!emit(me, unit, d, n + 1))
                break;
            verdict = etl_unit_progress(unit, bytes);
        } else if (!add(d, line, (size_t) len)) {
            verdict = etl_fail_errno(me, ENOMEM, "no memory for a document");
        }
    }
    if (verdict == ETL_OK && ferror(file))
        verdict = etl_fail_errno(me, errno, "%s cannot be read", etl_unit_path(unit));
    if (verdict == ETL_OK)
        emit(me, unit, d, n + 1);
    free(line);
    return verdict;
}

static int read_file(const void *self, etl_unit *unit)
{
    struct document d = { .line = 1 };
    FILE *file = fopen(etl_unit_path(unit), "re");
    int verdict;

    if (!file)
        return etl_fail_errno(self, errno, "%s cannot be opened", etl_unit_path(unit));
    verdict = read_lines(self, unit, file, &d);
    free(d.at);
    fclose(file);
    return verdict;
}

static const etl_plugin plugin = {
    ETL_INPUT("parted", "1.0", "Read documents that a line parts"),
    .self_size = sizeof(struct parted), .options = options, .read = read_file,
};
ETL_PLUGINS(&plugin);
