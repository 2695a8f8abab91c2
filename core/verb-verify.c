/* SPDX-License-Identifier: Apache-2.0 */
/* etl verify: is a finished run still what its manifest says? Sizes, hashes, counted lines of JSONL,
 * and the balance of documents. */
#define _GNU_SOURCE
#include "core/verbs.h"

#include "common/codec.h"
#include "core/file-hash.h"
#include "core/manifest-read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 1 };

const struct cli_option verify_options[] = {
    { INPUTS, 0, "inputs", NULL, "the inputs too, where they lie now" },
    { 0, 0, NULL, NULL, NULL },
};

struct verify {
    struct app *app;
    const char *folder;
    size_t files, bad;
    uint64_t bytes;
};

static void mismatch(struct verify *v, const char *path, const char *what)
{
    diag_report(&v->app->diag, &(struct diag_message) {
                                   .level = DIAG_ERROR,
                                   .code = E0710,
                                   .document = path,
                                   .text = what,
                               });
    v->bad++;
}

/* Where only the system is short of something, the file may yet be what the manifest says. */
static void cannot_read(struct verify *v, const char *path, int err, const char *why)
{
    struct diag_message m = {
        .level = DIAG_ERROR, .code = E0710, .document = path, .text = "cannot be read"
    };
    char text[500];

    if (status_of_errno(err, EXIT_MISMATCH) == EXIT_RESOURCES) {
        diag_report_errno(&v->app->diag, &m, err);
        v->bad++;
        return;
    }
    snprintf(text, sizeof(text), "cannot be read: %.400s", why);
    mismatch(v, path, text);
}

/* Lines of a JSONL file, whatever it is packed with. */
static void check_lines(struct verify *v, const char *path, uint64_t want)
{
    struct fault f = { 0 };
    struct codec *c = codec_open(path, &f);
    uint64_t lines = 0;
    char *block = malloc(64 * 1024), text[500];
    int64_t n = -1;

    while (c && block && (n = codec_read(c, block, 64 * 1024, &f)) > 0)
        for (char *at = block; (at = memchr(at, '\n', (size_t)(block + n - at))); at++)
            lines++;
    if (n < 0) {
        cannot_read(v, path, *f.text ? f.err : ENOMEM, f.text);
    } else if (lines != want) {
        snprintf(text, sizeof(text), "holds %llu records, the manifest says %llu",
                 (unsigned long long)lines, (unsigned long long)want);
        mismatch(v, path, text);
    }
    codec_close(c);
    free(block);
}

static void check_file(struct verify *v, const char *path, const struct manifest_file *f)
{
    struct hash128 hash;
    uint64_t bytes;
    char text[200];

    v->files++;
    if (file_hash(path, &bytes, &hash) < 0) {
        cannot_read(v, path, errno, strerror(errno));
        return;
    }
    v->bytes += bytes;
    if (bytes != f->bytes) {
        snprintf(text, sizeof(text), "is %llu bytes, the manifest says %llu",
                 (unsigned long long)bytes, (unsigned long long)f->bytes);
        mismatch(v, path, text);
    } else if (hash.high != f->hash.high || hash.low != f->hash.low) {
        mismatch(v, path, "has other bytes than the manifest says");
    }
}

static bool is_jsonl(const char *path)
{
    const char *at = strstr(path, ".jsonl");

    return at && (!at[6] || strcmp(at + 6, ".gz") == 0 || strcmp(at + 6, ".zst") == 0);
}

static void check_output(struct verify *v, const struct manifest_file *f)
{
    size_t before = v->bad, size = strlen(v->folder) + strlen(f->path) + 2;
    char *path = malloc(size);

    if (!path) {
        diag_error(&v->app->diag, E0771, NULL, "memory is out");
        v->bad++;
        return;
    }
    snprintf(path, size, "%s%s%s", f->in_store ? "" : v->folder, f->in_store ? "" : "/", f->path);
    check_file(v, path, f);
    if (v->bad == before && f->has_records && is_jsonl(f->path))
        check_lines(v, path, f->records);
    free(path);
}

static void check_balance(struct verify *v, const struct manifest *m)
{
    uint64_t in = m->read + m->split + m->made;
    uint64_t out = m->kept + m->dropped + m->duplicates + m->rejected;
    char text[200];

    if (in == out)
        return;
    snprintf(text, sizeof(text), "says that %llu documents came in and %llu ended",
             (unsigned long long)in, (unsigned long long)out);
    mismatch(v, "manifest.json", text);
}

int verb_verify(struct app *app, int argc, char **argv)
{
    struct verify v = { .app = app };
    struct manifest m;
    bool inputs = false;
    struct cli c;
    int id;

    cli_begin(&c, app, argc, argv);
    while ((id = cli_next(&c)) > 0)
        inputs = inputs || id == INPUTS;
    if (!cli_ready(&c, 1, 1))
        return c.status;
    v.folder = c.arguments[0];
    if (manifest_load(&m, v.folder, &app->diag) < 0)
        return (int)app->diag.status;
    for (size_t i = 0; i < m.n_outputs; i++)
        check_output(&v, &m.outputs[i]);
    for (size_t i = 0; inputs && i < m.n_inputs; i++)
        if (m.inputs[i].has_hash)
            check_file(&v, m.inputs[i].path, &m.inputs[i]);
    check_balance(&v, &m);
    if (v.bad == 0 && !app->quiet)
        printf("%s: %zu files, %llu bytes, as the manifest says; %llu documents in, %llu kept\n",
               m.pipeline, v.files, (unsigned long long)v.bytes,
               (unsigned long long)(m.read + m.split + m.made), (unsigned long long)m.kept);
    manifest_free(&m);
    return v.bad ? (int)app->diag.status : EXIT_DONE;
}
