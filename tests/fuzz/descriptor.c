/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: a plugin's descriptor with any numbers and texts in it, as large as it says: it is copied
 * whole or refused with a sentence. A descriptor always has its first four numbers, and its options
 * an end mark or more of them than anybody needs: no check can see where memory ends. */
#include "core/option.h"
#include "core/registry-private.h"
#include "tests/fuzz/fuzz.h"

enum { OPTIONS = 12 };

static char *owned[200];
static size_t n_owned;

/* A text, NULL now and then. */
static const char *take_string(struct left *l)
{
    unsigned n = take_byte(l);
    struct left piece;

    if (n == 0 || n_owned == sizeof(owned) / sizeof(*owned))
        return NULL;
    piece = take(l, n - 1);
    return owned[n_owned++] = copy_of(piece.at, piece.n, true);
}

static size_t take_size(struct left *l)
{
    unsigned n = take_byte(l);

    return n < 250 ? n * 8 : (size_t)take_u64(l);
}

/* n options of `stride` bytes, with an end mark. */
static void *take_options(struct left *l, unsigned n, size_t stride)
{
    size_t size = stride > sizeof(etl_option) ? stride : sizeof(etl_option);
    char *all = calloc(n + 1, size);

    promise(all);
    for (unsigned i = 0; i < n; i++) {
        etl_option o = { .kind = 1 + take_byte(l) % 20 };

        o.flags = take_byte(l) == 255;
        o.offset = take_size(l);
        o.name = take_string(l);
        o.preset = take_string(l);
        o.limits = take_string(l);
        o.doc = take_string(l);
        memcpy(all + i * stride, &o, stride < sizeof(o) ? stride : sizeof(o));
    }
    return all;
}

static int nothing(const void *self, etl_unit *unit)
{
    (void)self;
    (void)unit;
    return ETL_OK;
}

static int no_record(const void *self, etl_record *rec)
{
    (void)self;
    (void)rec;
    return ETL_OK;
}

static void fill(struct left *l, etl_plugin *p, void **options)
{
    unsigned calls;

    p->abi = take_byte(l) == 255;
    p->kind = take_byte(l) % 5;
    p->flags = take_byte(l) == 255 ? take_u64(l) : 0;
    p->self_size = take_size(l);
    p->state_size = take_size(l);
    p->worker_size = take_size(l);
    calls = take_byte(l);
    p->read = calls & 1 ? nothing : NULL;
    p->map = calls & 2 ? no_record : NULL;
    p->name = take_string(l);
    p->version = take_string(l);
    p->summary = take_string(l);
    p->doc = take_string(l);
    p->option_size = calls & 4 ? sizeof(etl_option) : (uint32_t)take_byte(l) * 4;
    if (calls & 8)
        return;
    *options = take_options(l, take_byte(l) % OPTIONS, p->option_size);
    p->options = *options;
}

static void check_taken(const struct plugin *p)
{
    promise(plugin_name_valid(p->is.name) && p->is.version && p->is.summary);
    promise(p->is.option_size == sizeof(etl_option) && p->is.options == p->options);
    for (size_t i = 0; i < p->n_options; i++) {
        const etl_option *o = &p->options[i];
        struct option_fault f;
        union option_value v;

        promise(option_name_valid(o->name) && option_kind_name(o->kind));
        promise(o->offset <= p->is.self_size);
        promise(option_kind_size(o->kind) <= p->is.self_size - o->offset);
        if (o->preset && option_kind_is_scalar(o->kind))
            promise(option_parse(o, o->preset, &v, &f));
    }
    promise(p->options[p->n_options].kind == ETL_OPTION_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct left l = { data, n };
    struct arena memory = { 0 };
    static struct loaded out;
    etl_plugin *p, all = { 0 };
    size_t size = take_byte(&l);
    void *options = NULL;

    size = size ? size * 4 : sizeof(*p);
    fill(&l, &all, &options);
    all.size = (uint32_t)size;
    p = calloc(1, size < 16 ? 16 : size);
    promise(p);
    memcpy(p, &all, size < 16 ? 16 : size < sizeof(all) ? size : sizeof(all));
    if (descriptor_read(p, "fuzz.so", &memory, &out))
        check_taken(&out.plugin);
    else
        promise(out.refusal.is && out.refusal.text[0]);
    arena_free(&memory);
    free(p);
    free(options);
    while (n_owned > 0)
        free(owned[--n_owned]);
    return 0;
}
