/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any bytes as a file of JSON lines, through the plugin itself on a small host: each line
 * gives values of the declared types, in valid UTF-8, or a reject with its reason; a line that was
 * rejected leaves nothing behind. */
#include "common/json-read.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <etl/plugin.h>

enum { FIELDS = 16, MOST_LINE = 1 << 20 };

struct etl_record {
    char *open, *owned[64]; /* what begin gave out: not ended yet, and ended */
    size_t n_owned;
    etl_value value[FIELDS];
    bool rejected;
};

struct etl_unit {
    struct etl_record record;
    char *path;
};

static struct {
    uint32_t type;
    bool private;
} fields[FIELDS];
static uint32_t n_fields = 1;
static const etl_plugin *plugin;
static void *self, *worker;

static etl_field declare(void *to, const char *name, uint32_t type, uint32_t access)
{
    (void)to;
    promise(n_fields < FIELDS && name[0]);
    fields[n_fields].type = type;
    fields[n_fields].private = (access & ETL_PRIVATE) != 0;
    return (etl_field){ n_fields++ };
}

static etl_value get(const etl_record *r, etl_field f)
{
    return r->value[f.id];
}

static void set(etl_record *r, etl_field f, etl_value v, uint32_t how)
{
    (void)how;
    promise(f.id > 0 && f.id < n_fields);
    promise(v.type == ETL_NULL || v.type == fields[f.id].type);
    if (v.type == ETL_TEXT)
        promise(utf8_valid(v.text, v.len));
    if (v.type == ETL_LIST)
        for (uint32_t i = 0; i < v.len; i++)
            promise(v.list[i].type == ETL_TEXT && utf8_valid(v.list[i].text, v.list[i].len));
    if (v.type != ETL_TEXT && v.type != ETL_LIST && v.type != ETL_BYTES)
        v.len = 0;
    r->value[f.id] = v;
}

static char *begin_text(etl_record *r, size_t max)
{
    char *grown = max > MOST_LINE || r->n_owned == 64 ? NULL : realloc(r->open, max ? max : 1);

    if (grown)
        r->open = grown;
    else
        r->rejected = true;
    return grown;
}

static void end_text(etl_record *r, etl_field f, size_t used)
{
    char *text = r->owned[r->n_owned++] = r->open;

    promise(text && f.id > 0);
    r->open = NULL;
    if (fields[f.id].type == ETL_BYTES)
        r->value[f.id] = etl_bytes(text, used);
    else
        set(r, f, etl_text(text, used), ETL_COPY);
}

static void *get_worker(const etl_record *r)
{
    (void)r;
    return worker;
}

static void reject(etl_record *r, const char *msg, size_t len)
{
    promise(len > 0 && msg[0]);
    r->rejected = true;
}

/* What map made of the line, then an empty record. */
static void end_record(struct etl_record *r)
{
    int verdict = r->n_owned > 0 && !r->rejected ? plugin->map(self, r) : ETL_OK;

    promise(verdict == ETL_OK || (verdict == ETL_REJECT && r->rejected));
    for (uint32_t i = 1; i < n_fields; i++)
        promise(verdict == ETL_OK || fields[i].private || r->value[i].type == ETL_NULL);
    free(r->open);
    while (r->n_owned > 0)
        free(r->owned[--r->n_owned]);
    memset(r, 0, sizeof(*r));
}

static etl_record *emit(etl_unit *unit, const char *member, uint64_t line)
{
    promise(!member && line > 0);
    end_record(&unit->record);
    return &unit->record;
}

static const char *unit_path(const etl_unit *unit)
{
    return unit->path;
}

static uint64_t unit_skip(etl_unit *unit)
{
    (void)unit;
    return 0;
}

static int unit_progress(etl_unit *unit, uint64_t consumed)
{
    (void)unit;
    (void)consumed;
    return ETL_OK;
}

static int damaged(etl_unit *unit, uint64_t byte, const char *msg, size_t len)
{
    (void)unit;
    (void)byte;
    promise(len > 0 && msg[0]);
    return ETL_OK;
}

static void count(const void *of, etl_record *r, const char *name, int64_t n)
{
    (void)of;
    (void)r;
    promise(name[0] && n > 0);
}

static void fail(const void *of, int32_t err, const char *option, const char *msg, size_t len)
{
    (void)of;
    fprintf(stderr, "fail: %d %s %.*s\n", (int)err, option ? option : "", (int)len, msg);
    abort();
}

static const char *name_of(etl_field f)
{
    (void)f;
    return "";
}

static const etl_host host = {
    .size = sizeof(etl_host),
    .version = "fuzz",
    .declare = declare,
    .name = name_of,
    .get = get,
    .set = set,
    .begin = begin_text,
    .end = end_text,
    .worker = get_worker,
    .reject = reject,
    .emit = emit,
    .unit_path = unit_path,
    .unit_skip = unit_skip,
    .unit_progress = unit_progress,
    .damaged = damaged,
    .count = count,
    .fail = fail,
};

static void open_plugin(void)
{
    static const char *const wanted[] = { "text",   "i:int",  "r:real",   "b:bool",
                                          "w:time", "l:list", "other=\"k" };
    const etl_words words = { wanted, sizeof(wanted) / sizeof(*wanted) };

    plugin = etl_plugins_1(&host)[0];
    promise(plugin->kind == ETL_KIND_INPUT && strcmp(plugin->name, "jsonl") == 0);
    self = calloc(1, plugin->self_size);
    worker = calloc(1, plugin->worker_size);
    promise(self && worker);
    for (const etl_option *o = plugin->options; o->kind != ETL_OPTION_END; o++) {
        char *at = (char *)self + o->offset;

        if (strcmp(o->name, "fields") == 0)
            memcpy(at, &words, sizeof(words));
        else if (strcmp(o->name, "extra") == 0)
            memcpy(at, &(etl_field){ declare(self, "extra", ETL_TEXT, 0).id }, sizeof(etl_field));
    }
    promise(plugin->open(self) == ETL_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct etl_unit unit = { 0 };
    char path[256];

    if (!plugin)
        open_plugin();
    fuzz_file("lines", data, n);
    snprintf(path, sizeof(path), "%s/lines", fuzz_folder());
    unit.path = path;
    promise(plugin->read(self, &unit) == ETL_OK);
    end_record(&unit.record);
    return 0;
}
