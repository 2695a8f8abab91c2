/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin says of itself, checked and copied to the shape this host knows: the smaller of the
 * two sizes, the rest zero. Whatever breaks a rule of etl/plugin.h is refused in one sentence. */
#include "core/option.h"
#include "core/registry-private.h"
#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

enum {
    FIRST_PLUGIN_SIZE = offsetof(etl_plugin, close) + sizeof(void (*)(void)), /* revision 0 */
    FIRST_OPTION_SIZE = offsetof(etl_option, doc) + sizeof(char *),
    MAX_DESCRIPTOR = 64 * 1024,
    MAX_OPTIONS = 1000,
    MAX_TEXT = 64 * 1024, /* of doc; a summary and the like: 1 KiB */
    MAX_BLOCK = 1 << 28,  /* of self, state, worker */
};

static const char author[] = "only its author can mend that; is there a newer version?";

#define REFUSE(...) refuse(r, E0507, author, __VA_ARGS__)

bool plugin_name_valid(const char *name)
{
    size_t n = strnlen(name, 64);

    return n > 0 && n < 64 && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static bool is_text(const char *s, size_t max)
{
    size_t n = strnlen(s, max);

    return n < max && utf8_valid(s, n);
}

/* Sizes and revision: what must be right before another member is looked at. */
static bool head_fits(const etl_plugin *from, const char *path, struct refusal *r)
{
    if (from->size < FIRST_PLUGIN_SIZE || from->size > MAX_DESCRIPTOR || from->size % 8)
        return REFUSE("'%s': a plugin's descriptor says it has %u bytes; etl/plugin.h gives %d",
                      path, from->size, (int)FIRST_PLUGIN_SIZE);
    if (from->abi > ETL_ABI) {
        char help[200];

        snprintf(help, sizeof(help),
                 "install etl 1.%u or later, or build the plugin with a lower "
                 "ETL_TARGET",
                 from->abi);
        return refuse(r, E0502, help, "'%s': a plugin needs etl 1.%u, this is etl 1.%d", path,
                      from->abi, ETL_ABI);
    }
    return true;
}

static bool blocks_fit(const etl_plugin *p, struct refusal *r)
{
    if (p->self_size > MAX_BLOCK || p->state_size > MAX_BLOCK || p->worker_size > MAX_BLOCK)
        return REFUSE("plugin '%s' asks for a block over 256 MiB (self %zu, state %zu, worker %zu)",
                      p->name, p->self_size, p->state_size, p->worker_size);
    return true;
}

static bool callbacks_fit(const etl_plugin *p, struct refusal *r)
{
    if (p->kind == ETL_KIND_INPUT) {
        if (!p->read)
            return REFUSE("input '%s' has no read, so it cannot read anything", p->name);
        if (p->step)
            return REFUSE("input '%s' has a step, which only transforms and outputs may have",
                          p->name);
        return true;
    }
    if (p->read || p->parts)
        return REFUSE("%s '%s' has a read or parts, which only inputs may have", kind_name(p->kind),
                      p->name);
    if (!p->map && !p->step)
        return REFUSE("%s '%s' has neither map nor step, so it does nothing", kind_name(p->kind),
                      p->name);
    return true;
}

static bool identity_fits(const etl_plugin *p, const char *path, struct refusal *r)
{
    if (p->kind < ETL_KIND_INPUT || p->kind > ETL_KIND_OUTPUT)
        return REFUSE("'%s': a plugin has kind %u, which this etl does not know", path, p->kind);
    if (p->flags != 0)
        return REFUSE("'%s': a plugin has flags 0x%llx, which this etl does not know", path,
                      (unsigned long long)p->flags);
    if (!p->name || !plugin_name_valid(p->name))
        return REFUSE("'%s': a plugin's name '%.64s' is not small letters, digits and '-'", path,
                      p->name ? p->name : "");
    if (!p->version || !is_text(p->version, 64) || !p->summary || !is_text(p->summary, 1024))
        return REFUSE("plugin '%s' has no good version or summary (short UTF-8 texts)", p->name);
    if (p->doc && !is_text(p->doc, MAX_TEXT))
        return REFUSE("plugin '%s' has a doc that is not UTF-8 text of at most 64 KiB", p->name);
    return true;
}

static bool texts_fit(const etl_option *o)
{
    return (!o->preset || is_text(o->preset, 4096)) && (!o->limits || is_text(o->limits, 4096)) &&
           (!o->doc || is_text(o->doc, 4096));
}

static bool preset_fits(const etl_plugin *p, const etl_option *o, struct refusal *r)
{
    union option_value v;
    struct option_fault f;

    if (!o->preset)
        return true;
    if (!option_kind_is_scalar(o->kind))
        return true;
    if (!option_parse(o, o->preset, &v, &f))
        return REFUSE("plugin '%s': the preset '%.60s' of option '%s' %s", p->name, o->preset,
                      o->name, f.text);
    return true;
}

static bool option_fits(const etl_plugin *p, const etl_option *o, struct refusal *r)
{
    size_t size = option_kind_size(o->kind);
    struct option_fault f;

    if (!o->name || !option_name_valid(o->name))
        return REFUSE("plugin '%s' has an option '%.64s'; names are small letters, digits and '_'",
                      p->name, o->name ? o->name : "");
    if (size == 0)
        return REFUSE("plugin '%s': option '%s' has kind %u, which this etl does not know", p->name,
                      o->name, o->kind);
    if (o->flags != 0)
        return REFUSE("plugin '%s': option '%s' has flags 0x%x, which this etl does not know",
                      p->name, o->name, o->flags);
    if (common_key(o->name))
        return REFUSE("plugin '%s': the name of option '%s' belongs to etl itself", p->name,
                      o->name);
    if (o->offset > p->self_size || size > p->self_size - o->offset ||
        o->offset % option_kind_align(o->kind) != 0)
        return REFUSE(
            "plugin '%s': option '%s' lies at byte %zu, which its %zu bytes of self do not "
            "hold",
            p->name, o->name, o->offset, p->self_size);
    if (!texts_fit(o))
        return REFUSE("plugin '%s': option '%s' has a preset, limits or doc that are not UTF-8",
                      p->name, o->name);
    if (!option_limits_valid(o, &f))
        return REFUSE("plugin '%s': option '%s' %s", p->name, o->name, f.text);
    return preset_fits(p, o, r);
}

/* Two options of one name, or in one place of self; two lists of input files. */
static bool options_agree(const etl_plugin *p, const etl_option *all, size_t n, struct refusal *r)
{
    const etl_option *last = &all[n - 1];

    for (size_t i = 0; i + 1 < n; i++) {
        const etl_option *o = &all[i];

        if (strcmp(o->name, last->name) == 0)
            return REFUSE("plugin '%s' has two options '%s'", p->name, o->name);
        if (o->offset < last->offset + option_kind_size(last->kind) &&
            last->offset < o->offset + option_kind_size(o->kind))
            return REFUSE("plugin '%s': options '%s' and '%s' lie over each other", p->name,
                          o->name, last->name);
        if (p->kind == ETL_KIND_INPUT && o->kind == ETL_OPTION_INPUT && last->kind == o->kind)
            return REFUSE("input '%s' has two options for its files, '%s' and '%s'", p->name,
                          o->name, last->name);
    }
    return true;
}

static const etl_option *option_at(const etl_plugin *p, size_t i)
{
    return (const etl_option *)(const void *)((const char *)p->options + i * p->option_size);
}

/* How many there are before the end mark; SIZE_MAX: none in sight. */
static size_t count_options(const etl_plugin *p)
{
    size_t n = 0;

    while (p->options && n <= MAX_OPTIONS && option_at(p, n)->kind != ETL_OPTION_END)
        n++;
    return n > MAX_OPTIONS ? SIZE_MAX : n;
}

static bool options_read(struct loaded *out, struct arena *memory, struct refusal *r)
{
    struct plugin *p = &out->plugin;
    size_t n, size = p->is.option_size;

    if (p->is.options && (size < FIRST_OPTION_SIZE || size > 4096 || size % 8))
        return REFUSE("plugin '%s' says an option has %zu bytes; etl/plugin.h gives %d", p->is.name,
                      size, (int)FIRST_OPTION_SIZE);
    n = count_options(&p->is);
    if (n == SIZE_MAX)
        return REFUSE("plugin '%s' has no end mark (ETL_OPT_END) in its options", p->is.name);
    p->options = arena_get(memory, (n + 1) * sizeof(etl_option));
    if (!p->options)
        return false;
    memset(p->options, 0, (n + 1) * sizeof(etl_option));
    for (size_t i = 0; i < n; i++) {
        memcpy(&p->options[i], option_at(&p->is, i),
               size < sizeof(etl_option) ? size : sizeof(etl_option));
        if (!option_fits(&p->is, &p->options[i], r) || !options_agree(&p->is, p->options, i + 1, r))
            return false;
        p->n_options = i + 1;
    }
    p->is.options = p->options;
    p->is.option_size = sizeof(etl_option);
    return true;
}

bool descriptor_read(const etl_plugin *from, const char *path, struct arena *memory,
                     struct loaded *out)
{
    struct refusal *r = &out->refusal;
    etl_plugin *p = &out->plugin.is;

    memset(out, 0, sizeof(*out));
    out->plugin.path = path;
    if (!head_fits(from, path, r))
        return false;
    memcpy(p, from, from->size < sizeof(*p) ? from->size : sizeof(*p));
    p->size = sizeof(*p);
    return identity_fits(p, path, r) && blocks_fit(p, r) && callbacks_fit(p, r) &&
           options_read(out, memory, r);
}
