/* SPDX-License-Identifier: Apache-2.0 */
/* Reading rejects.jsonl back: which documents it lists, and in which input files they may be. */
#define _GNU_SOURCE
#include "core/replay.h"

#include "common/json-read.h"
#include "core/barrier.h"
#include "core/manifest-read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a `source` may begin with: a path of the plan's as it stands in records. */
struct name {
    char *text;
    size_t file_index;
};

struct loading {
    struct replay *r;
    struct diag *diag;
    struct name *names; /* sorted */
    size_t n_names, cap, n_listed;
    uint32_t line;
};

static int no_memory(struct diag *d)
{
    return diag_error_errno(d, E0771, ENOMEM, "cannot read what is to be let through");
}

static int refuse(struct loading *l, uint32_t line, uint64_t column, const char *why)
{
    struct diag_place at = {
        .file = l->r->path, .line = line, .column = (uint32_t)column, .width = 1
    };

    return diag_report(l->diag,
                       &(struct diag_message){
                           .level = DIAG_ERROR,
                           .code = E0713,
                           .text = why,
                           .place = at,
                           .note = "nothing is read",
                           .help = "put the file back as that run wrote it, or do that run again "
                                   "with --fresh",
                       });
}

/* ---- the input files, by what `source` says of them ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

/* As `source` has it: U+FFFD for what is not UTF-8. */
static char *as_source(const char *path)
{
    struct buffer text = { 0 };

    buffer_text(&text, path, strlen(path));
    return buffer_take(&text);
}

static int name_files(struct loading *l, const struct plan *p)
{
    struct replay *r = l->r;
    size_t index = 0;

    for (size_t i = 0; i < p->n_inputs; i++)
        r->n_files += p->stages[i].n_files;
    r->named = calloc(r->n_files + 1, sizeof(*r->named));
    l->names = calloc(r->n_files + 1, sizeof(*l->names));
    if (!r->named || !l->names)
        return no_memory(l->diag);
    for (size_t i = 0; i < p->n_inputs; i++)
        for (size_t k = 0; k < p->stages[i].n_files; k++, index++) {
            const char *path = p->stages[i].files[k].path;

            l->names[index] = (struct name){ as_source(path ? path : p->stages[i].name), index };
            l->n_names += l->names[index].text != NULL;
            if (!l->names[index].text)
                return no_memory(l->diag);
        }
    qsort(l->names, l->n_names, sizeof(*l->names), by_text);
    return 0;
}

static void note_file(struct loading *l, char *source)
{
    const struct name key = { source, 0 };
    const struct name *at = bsearch(&key, l->names, l->n_names, sizeof(*l->names), by_text);

    if (!at)
        return;
    while (at > l->names && by_text(at - 1, &key) == 0) /* paths that differ in bytes no text has */
        at--;
    for (; at < l->names + l->n_names && by_text(at, &key) == 0; at++)
        l->r->named[at->file_index] = true;
}

/* "path" or "path!member"; either may hold an exclamation mark. */
static void note_files(struct loading *l, char *source)
{
    note_file(l, source);
    for (char *mark = strchr(source, '!'); mark; mark = strchr(mark + 1, '!')) {
        *mark = '\0';
        note_file(l, source);
        *mark = '!';
    }
}

/* ---- lines ---- */

static bool id_of(const char *text, size_t len, uint64_t *id)
{
    static const char digits[] = "0123456789abcdef";

    *id = 0;
    for (size_t i = 0; i < len && len == 16; i++) {
        const char *at = memchr(digits, text[i], 16);

        if (!at)
            return false;
        *id = *id << 4 | (uint64_t)(at - digits);
    }
    return len == 16;
}

/* What of a line matters. */
struct line {
    uint64_t id, parent;
    bool has_id, has_parent, has_source;
    char *source; /* NULL: null */
};

/* False: JSON, but not a line of rejects.jsonl; or memory is out. */
static bool take_pair(struct line *to, const struct json_token *key, const struct json_token *value)
{
    bool text = value->kind == JSON_STRING;

    if (json_is(key, "id", 2))
        return text && (to->has_id = id_of(value->text, value->len, &to->id));
    if (json_is(key, "parent", 6))
        return text && (to->has_parent = id_of(value->text, value->len, &to->parent));
    if (!json_is(key, "source", 6) || to->has_source)
        return true;
    to->has_source = true;
    if (!text)
        return value->kind == JSON_NULL;
    to->source = malloc(value->len + 1);
    if (to->source)
        to->source[json_unescape(to->source, value)] = '\0';
    return to->source != NULL;
}

static bool read_line(const char *text, size_t len, struct line *to, struct fault *f)
{
    struct json_token key, value;
    struct json j;

    if (!json_start(&j, text, len, f) || json_next(&j, &key) == JSON_BAD)
        return false;
    if (key.kind != JSON_OBJECT)
        return fault_set(f, 0, "it is no object"), false;
    while (json_next(&j, &key) == JSON_KEY)
        if (json_next(&j, &value) == JSON_BAD)
            return false;
        else if (!take_pair(to, &key, &value))
            return fault_set(f, 0, "'%.*s' is not what rejects.jsonl has there", (int)key.len,
                             key.text),
                   false;
        else if (!json_skip(&j, &value))
            return false;
    if (key.kind != JSON_OBJECT_END || json_next(&j, &key) != JSON_END)
        return false;
    return (to->has_id && to->has_source) || (fault_set(f, 0, "it has no id or no source"), false);
}

static int add_entry(struct loading *l, uint64_t id, uint64_t at)
{
    struct replay *r = l->r;

    if (r->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 1024;
        struct replay_entry *grown = realloc(r->entries, cap * sizeof(*grown));

        if (!grown)
            return no_memory(l->diag);
        r->entries = grown;
        l->cap = cap;
    }
    r->entries[r->n++] = (struct replay_entry){ id, at, l->line, false };
    return 0;
}

static int take_line(struct loading *l, const char *text, size_t len, uint64_t at)
{
    struct line line = { 0 };
    struct fault f = { 0 };
    char why[500];
    int result;

    l->line++;
    if (!read_line(text, len - (text[len - 1] == '\n'), &line, &f) || text[len - 1] != '\n') {
        snprintf(why, sizeof(why), "not a line that etl wrote: %s",
                 *f.text ? f.text : "it is cut off");
        result = refuse(l, l->line, f.column ? f.column : 1, why);
    } else if (!line.source) {
        l->r->n_made++;
        result = 0;
    } else {
        note_files(l, line.source);
        result = add_entry(l, line.has_parent ? line.parent : line.id, at);
    }
    free(line.source);
    return result;
}

static int read_lines(struct loading *l, uint64_t *bytes)
{
    struct hash128_stream hash;
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;
    int result = 0;

    hash128_begin(&hash);
    *bytes = 0;
    while (result == 0 && (n = getline(&text, &cap, l->r->file)) > 0) {
        hash128_add(&hash, text, (size_t)n);
        result = take_line(l, text, (size_t)n, *bytes);
        *bytes += (uint64_t)n;
    }
    if (result == 0 && ferror(l->r->file))
        result = diag_error_errno(l->diag, E0712, errno, "cannot read %s", l->r->path);
    free(text);
    l->r->hash = hash128_end(&hash);
    return result;
}

/* ---- the list ---- */

static int by_id(const void *a, const void *b)
{
    const struct replay_entry *x = a, *y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* Two rejects that were split off one document are one that is read. */
static void sort_once(struct replay *r)
{
    size_t kept = 0;

    if (r->n > 1)
        qsort(r->entries, r->n, sizeof(*r->entries), by_id);
    for (size_t i = 0; i < r->n; i++)
        if (kept == 0 || r->entries[kept - 1].id != r->entries[i].id)
            r->entries[kept++] = r->entries[i];
    r->n = kept;
}

static const struct manifest_file *rejects_of(const struct manifest *m)
{
    for (size_t i = 0; i < m->n_outputs; i++)
        if (strcmp(m->outputs[i].path, "rejects.jsonl") == 0)
            return &m->outputs[i];
    return NULL;
}

/* The file against what the manifest says of it; and how much of the rejects that is. */
static int compare(struct loading *l, const struct manifest *m, uint64_t bytes)
{
    const struct manifest_file *f = rejects_of(m);
    char text[200];

    if (!f || f->bytes != bytes || f->hash.high != l->r->hash.high || f->hash.low != l->r->hash.low)
        return refuse(l, l->line ? l->line : 1, 1,
                      "the file is not the one that the run wrote (manifest.json says another size "
                      "or hash)");
    if (m->rejected > l->line) {
        snprintf(text, sizeof(text),
                 "%llu of the %llu rejects of that run are not listed, as max_rejects_size was "
                 "reached; they are not let through",
                 (unsigned long long)(m->rejected - l->line), (unsigned long long)m->rejected);
        diag_report(l->diag,
                    &(struct diag_message){
                        .level = DIAG_WARNING,
                        .code = E0715,
                        .text = text,
                        .document = l->r->path,
                        .help = "do that run again with a larger [pipeline] max_rejects_size",
                    });
    }
    for (size_t i = 0; i < m->n_inputs; i++)
        if (m->inputs[i].damaged)
            diag_report(l->diag,
                        &(struct diag_message){
                            .level = DIAG_WARNING,
                            .code = E0715,
                            .text = "this input was damaged in that run; what could not be read of "
                                    "it was never listed and is not let through",
                            .document = m->inputs[i].path,
                            .help = "once the file is whole, a run of the pipeline reads it all",
                        });
    return 0;
}

/* Another run's directory, or its results would take the place of what they come from. */
static int check_folder(const struct plan *p, const char *folder)
{
    struct stat a, b;

    if (stat(folder, &a) < 0 || stat(p->out, &b) < 0 || a.st_dev != b.st_dev ||
        a.st_ino != b.st_ino)
        return 0;
    return diag_report(p->diag, &(struct diag_message){
                                    .level = DIAG_ERROR,
                                    .code = E0214,
                                    .text = "--from-rejects names this run's own directory",
                                    .document = folder,
                                    .help = "name another one for these results with -o",
                                });
}

static int load(struct loading *l, struct plan *p, const struct manifest *m)
{
    struct replay *r = l->r;
    uint64_t bytes;

    r->pipeline = strdup(m->pipeline);
    r->plan = strdup(m->plan ? m->plan : "");
    if (asprintf(&r->path, "%s/rejects.jsonl", r->folder) < 0)
        r->path = NULL;
    if (!r->pipeline || !r->plan || !r->path)
        return no_memory(l->diag);
    r->file = fopen(r->path, "re");
    if (!r->file)
        return diag_error_errno(l->diag, E0712, errno, "cannot open %s", r->path);
    if (name_files(l, p) < 0 || read_lines(l, &bytes) < 0 || compare(l, m, bytes) < 0)
        return -1;
    sort_once(r);
    return plan_hash_more(p, "rejects", &r->hash) ? 0 : -1;
}

int replay_load(struct replay *r, const char *folder, struct plan *p)
{
    struct loading l = { .r = r, .diag = p->diag };
    struct manifest m;
    int result;

    memset(r, 0, sizeof(*r));
    r->folder = folder;
    if (check_folder(p, folder) < 0 || manifest_load(&m, folder, p->diag) < 0)
        return -1;
    result = load(&l, p, &m);
    manifest_free(&m);
    for (size_t i = 0; i < l.n_names; i++)
        free(l.names[i].text);
    free(l.names);
    return result;
}

void replay_free(struct replay *r)
{
    if (r->file)
        fclose(r->file);
    free(r->path);
    free(r->pipeline);
    free(r->plan);
    free(r->entries);
    free(r->named);
    memset(r, 0, sizeof(*r));
}

struct replay_entry *replay_find(const struct replay *r, const etl_value *id)
{
    struct replay_entry *at = r->entries;
    size_t n = r->n, half;
    uint64_t wanted;

    if (id->type != ETL_TEXT || !id_of(id->text, id->len, &wanted))
        return NULL;
    for (; n > 1; n -= half) {
        half = n / 2;
        at = at[half].id <= wanted ? at + half : at;
    }
    return n == 1 && at->id == wanted ? at : NULL;
}

static FILE *open_rejects(const char *folder, char **path, struct diag *d)
{
    static const char *const names[] = { "rejects.jsonl", ".state/rejects.jsonl.part" };
    FILE *f = NULL;
    int err = ENOENT;

    *path = NULL;
    for (int i = 0; i < 2 && !f && err == ENOENT; i++) {
        free(*path);
        if (asprintf(path, "%s/%s", folder, names[i]) < 0) {
            *path = NULL;
            no_memory(d);
            return NULL;
        }
        f = fopen(*path, "re");
        err = errno;
    }
    if (!f)
        diag_error_errno(d, E0712, err, "cannot open %s/rejects.jsonl", folder);
    return f;
}

int rejects_line_load(struct rejects_line *to, const char *folder, uint64_t number, struct diag *d)
{
    struct line line = { 0 };
    struct fault f = { 0 };
    char *path, *text = NULL;
    FILE *file = open_rejects(folder, &path, d);
    size_t cap = 0;
    ssize_t n = 0;
    uint64_t lines = 0;
    int result = file ? 0 : -1;

    memset(to, 0, sizeof(*to));
    while (file && lines < number && (n = getline(&text, &cap, file)) > 0)
        lines++;
    if (file && lines == 0)
        result = diag_report(d, &(struct diag_message){
                                    .level = DIAG_ERROR,
                                    .code = E0640,
                                    .document = path,
                                    .text = "nothing was rejected there",
                                    .help = "a document that was dropped, or is a duplicate, is "
                                            "named by its id: RUNDIR#ID",
                                });
    else if (file && lines < number)
        result = diag_error(d, E0640, NULL, "%s has %llu line%s, so there is no line %llu", path,
                            (unsigned long long)lines, lines == 1 ? "" : "s",
                            (unsigned long long)number);
    else if (file && !read_line(text, (size_t)n - (text[n - 1] == '\n'), &line, &f))
        result = diag_error(d, E0713, NULL, "%s:%llu: not a line that etl wrote: %s", path,
                            (unsigned long long)number, f.text);
    hash64_hex(line.id, to->id);
    if (line.has_parent)
        hash64_hex(line.parent, to->parent);
    if (file)
        fclose(file);
    free(line.source);
    free(text);
    free(path);
    return result;
}

void replay_save(const struct replay *r, struct buffer *to)
{
    put_u64(to, r->n);
    for (size_t i = 0; i < r->n; i += 64) {
        uint64_t bits = 0;

        for (size_t k = i; k < r->n && k < i + 64; k++)
            bits |= (uint64_t)r->entries[k].came << (k - i);
        put_u64(to, bits);
    }
}

bool replay_restore(struct replay *r, struct reader *from)
{
    if (get_u64(from) != r->n)
        return false;
    for (size_t i = 0; i < r->n; i += 64) {
        uint64_t bits = get_u64(from);

        for (size_t k = i; k < r->n && k < i + 64; k++)
            r->entries[k].came = bits >> (k - i) & 1;
    }
    return !from->bad;
}

size_t replay_missing(const struct replay *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        n += !r->entries[i].came;
    return n;
}

/* The first in the file, not the one with the smallest id. */
static const struct replay_entry *first_missing(const struct replay *r)
{
    const struct replay_entry *first = NULL;

    for (size_t i = 0; i < r->n; i++)
        if (!r->entries[i].came && (!first || r->entries[i].line < first->line))
            first = &r->entries[i];
    return first;
}

/* Its source, as the line has it. */
static char *source_at(const struct replay *r, const struct replay_entry *e)
{
    struct line line = { 0 };
    struct fault f = { 0 };
    char *text = NULL;
    size_t cap = 0;
    ssize_t n = -1;

    if (fseeko(r->file, (off_t)e->at, SEEK_SET) == 0)
        n = getline(&text, &cap, r->file);
    if (n > 1)
        read_line(text, (size_t)n - 1, &line, &f);
    free(text);
    return line.source;
}

void replay_warn(const struct replay *r, struct diag *d)
{
    const struct replay_entry *first = first_missing(r);
    size_t n = replay_missing(r);
    char text[200], *source;

    if (first) {
        source = source_at(r, first);
        snprintf(text, sizeof(text),
                 "%zu of the %zu documents to be let through %s not in the inputs; the first is "
                 "that of this line",
                 n, r->n, n == 1 ? "is" : "are");
        diag_report(d,
                    &(struct diag_message){
                        .level = DIAG_WARNING,
                        .code = E0714,
                        .text = text,
                        .place = { .file = r->path, .line = first->line, .column = 1, .width = 1 },
                        .document = source,
                        .help = "a document is told by its path, its name in the archive and its "
                                "place there: put the inputs back where they were",
                    });
        free(source);
    }
    if (r->n_made > 0) {
        snprintf(text, sizeof(text),
                 "%llu of the rejects listed were made at the end of that run, not read: no input "
                 "has them",
                 (unsigned long long)r->n_made);
        diag_report(d,
                    &(struct diag_message){
                        .level = DIAG_WARNING, .code = E0714, .text = text, .document = r->path });
    }
}
