/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of manifest.json that matter to a check, off a pull scanner. */
#define _GNU_SOURCE
#include "core/manifest-read.h"

#include "common/file.h"
#include "common/json-read.h"
#include "common/number.h"
#include "core/io.h"
#include "core/json-take.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


static bool hash_of(const struct json_token *t, struct hash128 *h)
{
    uint64_t half[2] = { 0, 0 };

    if (t->len != 32)
        return false;
    for (size_t i = 0; i < 32; i++) {
        const char *digits = "0123456789abcdef", *at = memchr(digits, t->text[i], 16);

        if (!at)
            return false;
        half[i / 16] = half[i / 16] << 4 | (uint64_t)(at - digits);
    }
    *h = (struct hash128) { half[0], half[1] };
    return true;
}

/* One {"path": ..., "bytes": ..., ...}, after its brace. */
static bool read_file(struct json *j, struct manifest_file *f)
{
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY) {
        if (json_next(j, &value) == JSON_BAD)
            return false;
        if (json_is(&key, "path", 4) && value.kind == JSON_STRING) {
            if (!json_take_text(&value, &f->path))
                return false;
        } else if (json_is(&key, "bytes", 5) && value.kind == JSON_NUMBER) {
            f->bytes = json_number(&value);
        } else if (json_is(&key, "records", 7) && value.kind == JSON_NUMBER) {
            f->records = json_number(&value);
            f->has_records = true;
        } else if (json_is(&key, "damaged_at", 10)) {
            f->damaged = true;
        } else if (json_is(&key, "store", 5)) {
            f->in_store = value.kind == JSON_TRUE;
        } else if (json_is(&key, "xxh3_128", 8) && value.kind == JSON_STRING) {
            f->has_hash = hash_of(&value, &f->hash);
        } else if (!json_skip(j, &value)) {
            return false;
        }
    }
    return key.kind == JSON_OBJECT_END && f->path;
}

static bool read_files(struct json *j, struct manifest_file **files, size_t *n)
{
    struct json_token t;

    while (json_next(j, &t) == JSON_OBJECT) {
        struct manifest_file *grown = realloc(*files, (*n + 1) * sizeof(*grown));

        if (!grown)
            return false;
        *files = grown;
        memset(&grown[*n], 0, sizeof(*grown));
        if (!read_file(j, &grown[(*n)++]))
            return false;
    }
    return t.kind == JSON_ARRAY_END;
}

bool manifest_add_count(struct manifest_stage *s, const char *name, int64_t n)
{
    struct manifest_count *grown = realloc(s->counts, (s->n_counts + 1) * sizeof(*grown));

    if (!grown)
        return false;
    s->counts = grown;
    grown[s->n_counts] = (struct manifest_count){ strdup(name), n };
    return grown[s->n_counts++].name != NULL;
}

bool manifest_add_stage(struct manifest *m, const char *name, size_t len)
{
    struct manifest_stage *grown = realloc(m->stages, (m->n_stages + 1) * sizeof(*grown));

    if (!grown)
        return false;
    m->stages = grown;
    grown[m->n_stages] = (struct manifest_stage){ .name = strndup(name, len) };
    return grown[m->n_stages++].name != NULL;
}

/* {"dropped: too short": 12, ...}, after its brace. */
static bool read_stage_counts(struct json *j, struct manifest_stage *s)
{
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY) {
        char *name = json_text(&key);
        int64_t n = 0;
        bool good = name && json_next(j, &value) == JSON_NUMBER &&
                    number_read_int(value.text, value.len, &n) && manifest_add_count(s, name, n);

        free(name);
        if (!good)
            return false;
    }
    return key.kind == JSON_OBJECT_END;
}

static bool read_stage(struct json *j, struct manifest_stage *s)
{
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY) {
        bool good = true;

        if (json_next(j, &value) == JSON_BAD)
            return false;
        if (json_is(&key, "name", 4) && value.kind == JSON_STRING)
            good = json_take_text(&value, &s->name);
        else if (json_is(&key, "version", 7) && value.kind == JSON_STRING)
            good = json_take_text(&value, &s->version);
        else if (json_is(&key, "counts", 6) && value.kind == JSON_OBJECT)
            good = read_stage_counts(j, s);
        else
            good = json_skip(j, &value);
        if (!good)
            return false;
    }
    return key.kind == JSON_OBJECT_END && s->name;
}

static bool read_stages(struct json *j, struct manifest *m)
{
    struct json_token t;

    while (json_next(j, &t) == JSON_OBJECT) {
        struct manifest_stage *grown = realloc(m->stages, (m->n_stages + 1) * sizeof(*grown));

        if (!grown)
            return false;
        m->stages = grown;
        memset(&grown[m->n_stages], 0, sizeof(*grown));
        if (!read_stage(j, &grown[m->n_stages++]))
            return false;
    }
    return t.kind == JSON_ARRAY_END;
}

static bool read_counts(struct json *j, struct manifest *m)
{
    const struct {
        const char *name;
        uint64_t *to;
    } counts[] = {
        { "read", &m->read },       { "split", &m->split },           { "made", &m->made },
        { "kept", &m->kept },       { "dropped", &m->dropped },       { "duplicates", &m->duplicates },
        { "rejected", &m->rejected },
    };
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY) {
        if (json_next(j, &value) == JSON_BAD)
            return false;
        for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
            if (json_is(&key, counts[i].name, strlen(counts[i].name)))
                *counts[i].to = json_number(&value);
        if (!json_skip(j, &value))
            return false;
    }
    return key.kind == JSON_OBJECT_END;
}

/* {"1024": 3, "2048": 12}, after its brace. What is no power of two is left out. */
static bool read_up_to(struct json *j, struct manifest_sizes *s)
{
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY) {
        int64_t size = 0;

        if (json_next(j, &value) != JSON_NUMBER)
            return false;
        if (!number_read_int(key.text, key.len, &size) || size < 0)
            continue;
        for (int i = 0; i < MANIFEST_SIZES; i++)
            if (size == (int64_t)1 << i || (size == 0 && i == 0))
                s->at[i] += json_number(&value);
    }
    return key.kind == JSON_OBJECT_END;
}

static bool read_size(struct json *j, struct manifest_sizes *s)
{
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY) {
        bool good = true;

        if (json_next(j, &value) == JSON_BAD)
            return false;
        if (json_is(&key, "up_to", 5) && value.kind == JSON_OBJECT)
            good = read_up_to(j, s);
        else if (json_is(&key, "bytes", 5))
            s->bytes = json_number(&value);
        else
            good = json_skip(j, &value);
        if (!good)
            return false;
    }
    return key.kind == JSON_OBJECT_END;
}

static bool read_sizes(struct json *j, struct manifest *m)
{
    static const char *const names[] = { "kept", "dropped", "duplicates", "rejected" };
    struct json_token key, value;

    while (json_next(j, &key) == JSON_KEY) {
        struct manifest_sizes other = { 0 }, *to = &other;

        if (json_next(j, &value) != JSON_OBJECT)
            return false;
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
            if (json_is(&key, names[i], strlen(names[i])))
                to = &m->sizes[i];
        if (!read_size(j, to))
            return false;
    }
    return key.kind == JSON_OBJECT_END;
}

static bool read_all(struct json *j, struct manifest *m)
{
    struct json_token key, value;
    bool counted = false;

    if (json_next(j, &key) != JSON_OBJECT)
        return false;
    while (json_next(j, &key) == JSON_KEY) {
        bool good;

        if (json_next(j, &value) == JSON_BAD)
            return false;
        if (json_is(&key, "pipeline", 8) && value.kind == JSON_STRING) {
            good = json_take_text(&value, &m->pipeline);
        } else if (json_is(&key, "plan", 4) && value.kind == JSON_STRING) {
            good = json_take_text(&value, &m->plan);
        } else if (json_is(&key, "counts", 6) && value.kind == JSON_OBJECT) {
            good = counted = read_counts(j, m);
        } else if (json_is(&key, "sizes", 5) && value.kind == JSON_OBJECT) {
            good = read_sizes(j, m);
        } else if (json_is(&key, "inputs", 6) && value.kind == JSON_ARRAY) {
            good = read_files(j, &m->inputs, &m->n_inputs);
        } else if (json_is(&key, "outputs", 7) && value.kind == JSON_ARRAY) {
            good = read_files(j, &m->outputs, &m->n_outputs);
        } else if (json_is(&key, "stages", 6) && value.kind == JSON_ARRAY) {
            good = read_stages(j, m);
        } else if (json_is(&key, "status", 6)) {
            m->status = json_number(&value);
            good = json_skip(j, &value);
        } else if (json_is(&key, "code", 4) && value.kind == JSON_STRING) {
            good = json_take_text(&value, &m->code);
        } else if (json_is(&key, "message", 7) && value.kind == JSON_STRING) {
            good = json_take_text(&value, &m->message);
        } else {
            good = json_skip(j, &value);
        }
        if (!good)
            return false;
    }
    return key.kind == JSON_OBJECT_END && counted && m->pipeline && (m->n_outputs > 0 || m->code);
}

int manifest_read(struct manifest *m, const char *text, size_t len, struct fault *f)
{
    struct json j;

    memset(m, 0, sizeof(*m));
    memset(f, 0, sizeof(*f));
    if (json_start(&j, text, len, f) && read_all(&j, m))
        return 0;
    manifest_free(m);
    return *f->text ? -1 : fault_set(f, 0, "what a manifest must have is missing");
}

static int no_manifest(const char *folder, int dir, struct diag *d)
{
    bool begun = faccessat(dir, ".state/journal", F_OK, 0) == 0;

    return diag_report(
        d, &(struct diag_message){
               .level = DIAG_ERROR,
               .code = E0711,
               .document = folder,
               .text = "holds no finished run: there is no manifest.json",
               .help = begun ? "the run there is unfinished; its command goes on with it" : NULL,
           });
}

int manifest_load(struct manifest *m, const char *folder, struct diag *d)
{
    int dir = file_open(folder, O_RDONLY | O_DIRECTORY, 0), result;
    struct fault f = { 0 };
    char *text = NULL;
    size_t len;

    if (dir < 0)
        return diag_error_errno(d, E0711, errno, "cannot open the run directory %s", folder);
    if (io_read_file(dir, "manifest.json", &text, &len) == 0) {
        result = manifest_read(m, text, len, &f);
        if (result < 0)
            diag_error(d, E0710, NULL, "%s/manifest.json is no manifest: %s", folder, f.text);
    } else if (errno == ENOENT) {
        result = no_manifest(folder, dir, d);
    } else {
        result = diag_error_errno(d, E0711, errno, "cannot read %s/manifest.json", folder);
    }
    free(text);
    close(dir);
    return result;
}

int manifest_load_ended(struct manifest *m, int state)
{
    struct fault f = { 0 };
    char *text = NULL;
    size_t len;
    int result = -1;

    if (state >= 0 && io_read_file(state, "ended.json", &text, &len) == 0)
        result = manifest_read(m, text, len, &f);
    free(text);
    return result;
}

static void free_files(struct manifest_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(files[i].path);
    free(files);
}

void manifest_free(struct manifest *m)
{
    free(m->pipeline);
    free(m->plan);
    free(m->code);
    free(m->message);
    free_files(m->inputs, m->n_inputs);
    free_files(m->outputs, m->n_outputs);
    for (size_t i = 0; i < m->n_stages; i++) {
        for (size_t k = 0; k < m->stages[i].n_counts; k++)
            free(m->stages[i].counts[k].name);
        free(m->stages[i].counts);
        free(m->stages[i].name);
        free(m->stages[i].version);
    }
    free(m->stages);
    memset(m, 0, sizeof(*m));
}
