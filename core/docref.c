/* SPDX-License-Identifier: Apache-2.0 */
/* DOCREFs taken apart. */
#define _GNU_SOURCE
#include "core/docref.h"

#include "common/nearest.h"
#include "core/near-names.h"
#include "core/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char forms[] =
    "a DOCREF is FILE, FILE:LINE, ARCHIVE!MEMBER, RUNDIR#ID, RUNDIR#reject:LINE or an ID";

static int no_memory(struct diag *d)
{
    return diag_error_errno(d, E0771, ENOMEM, "cannot look for the document");
}

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_id(const char *text)
{
    return strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16;
}

/* What does not exist, with what there is beside it. */
static int missing(const char *what, const char *path, bool folders, struct diag *d)
{
    const char *slash = strrchr(path, '/');
    struct near_names near = { .wanted = slash ? slash + 1 : path };
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : NULL;
    char names[700], text[700], help[800];

    near_names_add_folder(&near, folder ? folder : ".", folders);
    snprintf(text, sizeof(text), "%s '%.500s' does not exist", what, path);
    near_names_text(&near, names, sizeof(names));
    snprintf(help, sizeof(help), "%s%s%s%.100s%s", *names ? "did you mean " : forms, names,
             *names && folder ? " in " : "", *names && folder ? folder : "", *names ? "?" : "");
    near_names_free(&near);
    free(folder);
    return diag_report(d, &(struct diag_message){
                              .level = DIAG_ERROR, .code = E0640, .text = text, .help = help });
}

/* The decimal number that is all of s; 0: none. */
static uint64_t number(const char *s)
{
    char *end;
    uint64_t n;

    if (*s < '1' || *s > '9')
        return 0;
    errno = 0;
    n = strtoull(s, &end, 10);
    return *end || errno ? 0 : n;
}

static int read_reject(struct docref *to, const char *folder, uint64_t line, struct diag *d)
{
    struct rejects_line found;

    if (rejects_line_load(&found, folder, line, d) < 0)
        return -1;
    memcpy(to->id, found.id, sizeof(to->id));
    memcpy(to->parent, found.parent, sizeof(to->parent));
    return 0;
}

static int wrong(const char *text, const char *what, const char *near, const char *help,
                 struct diag *d)
{
    return diag_report(d, &(struct diag_message){
                              .level = DIAG_ERROR,
                              .code = E0203,
                              .document = text,
                              .text = what,
                              .near = near,
                              .help = help,
                          });
}

/* Hex digits that are nearly as many as an id has. */
static bool is_nearly_id(const char *text)
{
    size_t n = strlen(text);

    return n >= 12 && n <= 20 && n != 16 && strspn(text, "0123456789abcdef") == n;
}

static int wrong_length(const char *text, const char *id, struct diag *d)
{
    char what[100];

    snprintf(what, sizeof(what), "an id has 16 digits, this has %zu", strlen(id));
    return wrong(text, what, NULL, "take all of it, as messages and the field id have it", d);
}

/* What stands behind the '#' is none of the two. */
static int wrong_in_run(const char *text, const char *hash, struct diag *d)
{
    static const char *const words[] = { "reject" };
    const char *colon = strchr(hash, ':');
    const char *word = colon ? nearest_of(hash + 1, (size_t)(colon - hash - 1), words, 1) : NULL;
    char near[600];

    if (is_nearly_id(hash + 1))
        return wrong_length(text, hash + 1, d);
    if (strncmp(hash, "#reject:", 8) == 0)
        return wrong(text, "the lines of rejects.jsonl are numbered from 1 on", NULL,
                     "RUNDIR#reject:1 is the first document that was rejected", d);
    snprintf(near, sizeof(near), "%.*s#%s%s", (int)(hash - text < 400 ? hash - text : 400), text,
             word ? word : "", colon ? colon : "");
    return wrong(text, "behind '#' there is neither an id of 16 hex digits nor reject:LINE",
                 word && number(colon + 1) > 0 ? near : NULL, forms, d);
}

/* RUNDIR#id or RUNDIR#reject:17. */
static int read_in_run(struct docref *to, const char *text, const char *hash, struct diag *d)
{
    char *folder = strndup(text, (size_t)(hash - text));
    uint64_t line = strncmp(hash, "#reject:", 8) == 0 ? number(hash + 8) : 0;
    struct stat st;
    int result = 0;

    to->kind = DOCREF_ID;
    if (!folder)
        result = no_memory(d);
    else if (stat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
        result = missing("run directory", folder, true, d);
    else if (line > 0)
        result = read_reject(to, folder, line, d);
    else if (is_id(hash + 1))
        memcpy(to->id, hash + 1, 16);
    else
        result = wrong_in_run(text, hash, d);
    to->run = folder;
    return result;
}

static int take_file(struct docref *to, const char *path, size_t len, struct diag *d)
{
    to->kind = DOCREF_FILE;
    to->file = strndup(path, len);
    return to->file ? 0 : no_memory(d);
}

/* Where the path of an archive that is there ends and its member's name begins; NULL: nowhere. */
static const char *member_mark(const char *text)
{
    for (const char *mark = strchr(text, '!'); mark; mark = strchr(mark + 1, '!')) {
        char *path = strndup(text, (size_t)(mark - text));
        bool there = path && mark[1] && is_file(path);

        free(path);
        if (there)
            return mark;
    }
    return NULL;
}

/* FILE:LINE, where there is such a file. */
static const char *line_mark(const char *text)
{
    const char *mark = strrchr(text, ':');
    char *path = mark && number(mark + 1) > 0 ? strndup(text, (size_t)(mark - text)) : NULL;
    bool there = path && is_file(path);

    free(path);
    return there ? mark : NULL;
}

/* "ARCHIVE!": the archive is there, its member is not named. */
static int no_member(const char *text, const char *archive, struct diag *d)
{
    char help[900];

    snprintf(help, sizeof(help), "write '%.300s!MEMBER', or '%.300s' for its first document",
             archive, archive);
    return wrong(text, "no member is named behind the '!'", NULL, help, d);
}

int docref_missing(const char *text, const char *member, struct diag *d)
{
    const char *mark = member ? strchr(member, '!') : NULL;
    char what[700], help[900];

    if (!mark)
        return missing("file", text, false, d);
    snprintf(what, sizeof(what), "file '%.500s' does not exist", text);
    snprintf(help, sizeof(help), "%.*s has it: write '%.400s'",
             (int)(mark - member < 400 ? mark - member : 400), member, member);
    return diag_report(d, &(struct diag_message){
                              .level = DIAG_ERROR, .code = E0640, .text = what, .help = help });
}

static int read_missing(struct docref *to, const char *text, struct diag *d)
{
    const char *mark = strchr(text, '!');
    char *path = mark ? strndup(text, (size_t)(mark - text)) : NULL;
    struct stat st;
    int result;

    if (!*text)
        return wrong(NULL, "the name of the document is empty", NULL,
                     "leave it out for the first document of the pipeline, or name one: FILE, "
                     "FILE:LINE, ARCHIVE!MEMBER, RUNDIR#ID, RUNDIR#reject:LINE or an ID",
                     d);
    if (is_nearly_id(text))
        return wrong_length(text, text, d);
    if (path && !mark[1] && is_file(path)) {
        result = no_member(text, path, d);
        free(path);
        return result;
    }
    if (!mark && stat(text, &st) == 0)
        return diag_report(d, &(struct diag_message){
                                  .level = DIAG_ERROR,
                                  .code = E0640,
                                  .document = text,
                                  .text = "this is no file with documents",
                                  .help = forms,
                              });
    if (!mark) {
        to->kind = DOCREF_NAME;
        return 0;
    }
    result = path ? missing("archive", path, false, d) : no_memory(d);
    free(path);
    return result;
}

int docref_read(struct docref *to, const char *text, struct diag *d)
{
    const char *mark;

    memset(to, 0, sizeof(*to));
    to->text = text;
    if (is_file(text))
        return take_file(to, text, strlen(text), d);
    if ((mark = strrchr(text, '#')))
        return read_in_run(to, text, mark, d);
    if ((mark = member_mark(text))) {
        to->member = strdup(mark + 1);
        return to->member ? take_file(to, text, (size_t)(mark - text), d) : no_memory(d);
    }
    if ((mark = line_mark(text))) {
        to->line = number(mark + 1);
        return take_file(to, text, (size_t)(mark - text), d);
    }
    if (is_id(text)) {
        to->kind = DOCREF_ID;
        memcpy(to->id, text, 16);
        return 0;
    }
    return read_missing(to, text, d);
}

void docref_free(struct docref *d)
{
    free(d->file);
    free(d->member);
    free(d->run);
    memset(d, 0, sizeof(*d));
}
