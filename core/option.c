/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of options, their limits and their scalar values. */
#include "core/option.h"
#include "common/nearest.h"
#include "core/conf.h"
#include "core/schema.h"

#include <stdio.h>
#include <string.h>

enum { MAX_CHOICES = 64 };

static const struct {
    const char *name;
    size_t size, align;
} kinds[OPTION_KINDS] = {
#define KIND(kind, what)                                                                           \
    [ETL_OPTION_##kind] = { what, sizeof(etl_c_##kind), _Alignof(etl_c_##kind) }
    KIND(BOOL, "yes or no"),
    KIND(INT, "whole number"),
    KIND(REAL, "number"),
    KIND(TEXT, "text"),
    KIND(WORDS, "list of words"),
    KIND(CHOICE, "choice"),
    KIND(SIZE, "size"),
    KIND(DURATION, "duration"),
    KIND(INPUT, "input files"),
    KIND(OUTPUT, "output name"),
    KIND(DATA, "data file"),
    KIND(STORE, "folder"),
    KIND(READS, "field"),
    KIND(WRITES, "field"),
    KIND(EDITS, "field"),
    KIND(FIELDS, "list of fields"),
    KIND(COLUMNS, "list of columns"),
    KIND(EXPR, "expression"),
#undef KIND
};

#define INPUTS (1u << ETL_KIND_INPUT)
#define TRANSFORMS (1u << ETL_KIND_TRANSFORM)
#define OUTPUTS (1u << ETL_KIND_OUTPUT)

const struct common_key common_keys[COMMON_KEYS] = {
    [COMMON_WHEN] = { { ETL_OPTION_EXPR, 0, 0, "when", "", NULL,
                        "Only records for which this is true; the others pass unchanged" },
                      TRANSFORMS | OUTPUTS },
    [COMMON_ON_ERROR] = { { ETL_OPTION_CHOICE, 0, 0, "on_error", "reject", "reject|drop|keep|abort",
                            "A record that this stage rejects: what becomes of it" },
                          TRANSFORMS },
    [COMMON_FROM] = { { ETL_OPTION_CHOICE, 0, 0, "from", "kept",
                        "kept|dropped|duplicates|rejects|all", "Which records are written" },
                      OUTPUTS },
    [COMMON_ON_DAMAGE] = { { ETL_OPTION_CHOICE, 0, 0, "on_damage", "stop", "stop|salvage",
                             "A damaged file: publish nothing, or what can be read of it" },
                           INPUTS },
    [COMMON_MAX_DOCUMENT] = { { ETL_OPTION_SIZE, 0, 0, "max_document", "64M", "1..2G",
                                "A document that is longer is rejected" },
                              INPUTS },
};

const struct common_key *common_key(const char *name)
{
    for (size_t i = 0; i < COMMON_KEYS; i++)
        if (strcmp(name, common_keys[i].option.name) == 0)
            return &common_keys[i];
    return NULL;
}

bool option_name_valid(const char *name)
{
    size_t n = strnlen(name, 64);

    return n > 0 && n < 64 && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

const char *option_kind_name(uint32_t kind)
{
    return kind > 0 && kind < OPTION_KINDS ? kinds[kind].name : "unknown kind";
}

static bool option_is_list(uint32_t kind)
{
    return kind == ETL_OPTION_WORDS || kind == ETL_OPTION_INPUT || kind == ETL_OPTION_FIELDS ||
           kind == ETL_OPTION_COLUMNS;
}

/* "a|b" as "a, b"; "1..5" as "1 to 5", "1.." as "1 or more", "..5" as "5 or less". */
static void describe_limits(const etl_option *o, char *to, size_t max)
{
    const char *dots = strstr(o->limits, "..");
    size_t at = 0;

    if (strchr(o->limits, '|') || !dots) {
        for (const char *c = o->limits; *c && at + 3 < max; c++) {
            to[at++] = *c == '|' ? ',' : *c;
            if (*c == '|')
                to[at++] = ' ';
        }
        to[at] = '\0';
    } else if (dots == o->limits) {
        snprintf(to, max, "%s or less", dots + 2);
    } else {
        at = (size_t)snprintf(to, max, "%.*s %s%s", (int)(dots - o->limits), o->limits,
                              dots[2] ? "to " : "or more", dots + 2);
    }
    if (dots && option_is_list(o->kind) && at < max)
        snprintf(to + at, max - at, " of them");
}

void option_describe(const etl_option *o, char *to, size_t max)
{
    const char *kind = o->kind == ETL_OPTION_CHOICE ? "one of" : option_kind_name(o->kind);
    char limits[OPTION_TEXT / 2] = "";

    if (o->limits && *o->limits)
        describe_limits(o, limits, sizeof(limits));
    snprintf(to, max, "%s%s%s%s%s", kind,
             !*limits                       ? ""
             : o->kind == ETL_OPTION_CHOICE ? " "
                                            : ", ",
             limits,
             !o->preset   ? "; must be given"
             : *o->preset ? "; preset "
                          : "",
             o->preset ? o->preset : "");
}

size_t option_kind_size(uint32_t kind)
{
    return kind < OPTION_KINDS ? kinds[kind].size : 0;
}

size_t option_kind_align(uint32_t kind)
{
    return kind < OPTION_KINDS ? kinds[kind].align : 0;
}

bool option_kind_is_scalar(uint32_t kind)
{
    return kind == ETL_OPTION_BOOL || kind == ETL_OPTION_INT || kind == ETL_OPTION_REAL ||
           kind == ETL_OPTION_CHOICE || kind == ETL_OPTION_SIZE || kind == ETL_OPTION_DURATION;
}

static bool is_number(uint32_t kind)
{
    return kind == ETL_OPTION_INT || kind == ETL_OPTION_REAL || kind == ETL_OPTION_SIZE ||
           kind == ETL_OPTION_DURATION;
}

static bool is_field(uint32_t kind)
{
    return kind == ETL_OPTION_READS || kind == ETL_OPTION_WRITES || kind == ETL_OPTION_EDITS;
}

static bool has_count(uint32_t kind)
{
    return kind == ETL_OPTION_WORDS || kind == ETL_OPTION_INPUT || kind == ETL_OPTION_FIELDS ||
           kind == ETL_OPTION_COLUMNS;
}

/* A list of fields may be limited in number, "1..", or in types, "text|list". */
static bool limits_are_types(const etl_option *o)
{
    return (o->kind == ETL_OPTION_FIELDS || o->kind == ETL_OPTION_COLUMNS) && o->limits &&
           !strstr(o->limits, "..");
}

/* The pieces of "a|b|c", one a call; false at the end. */
static bool next_word(const char **at, const char **word, size_t *len)
{
    if (!*at)
        return false;
    *word = *at;
    *len = strcspn(*at, "|");
    *at = (*at)[*len] ? *at + *len + 1 : NULL;
    return true;
}

static bool number_of(uint32_t kind, const char *text, union option_value *v, const char **why)
{
    switch (kind) {
    case ETL_OPTION_REAL:
        return conf_real(text, &v->real, why);
    case ETL_OPTION_SIZE:
        return conf_size(text, &v->integer, why);
    case ETL_OPTION_DURATION:
        return conf_duration(text, &v->integer, why);
    default:
        return conf_int(text, &v->integer, why);
    }
}

static bool range_end(uint32_t kind, const char *text, int64_t *whole, double *real)
{
    union option_value v = { 0 };
    const char *why;

    if (!number_of(kind, text, &v, &why))
        return false;
    if (kind == ETL_OPTION_REAL)
        *real = v.real;
    else
        *whole = v.integer;
    return true;
}

bool option_range(const etl_option *o, struct option_range *r, struct option_fault *f)
{
    const char *dots = o->limits ? strstr(o->limits, "..") : NULL;
    char low[64];

    memset(r, 0, sizeof(*r));
    if (!o->limits || !*o->limits)
        return true;
    if (!dots || (size_t)(dots - o->limits) >= sizeof(low))
        goto wrong;
    memcpy(low, o->limits, (size_t)(dots - o->limits));
    low[dots - o->limits] = '\0';
    r->has_min = *low != '\0';
    r->has_max = dots[2] != '\0';
    if (r->has_min && !range_end(o->kind, low, &r->min, &r->real_min))
        goto wrong;
    if (r->has_max && !range_end(o->kind, dots + 2, &r->max, &r->real_max))
        goto wrong;
    if (r->has_min && r->has_max && (r->min > r->max || r->real_min > r->real_max))
        goto wrong;
    return true;
wrong:
    snprintf(f->text, sizeof(f->text), "has limits '%.60s', which are not like '1..100'",
             o->limits);
    return false;
}

uint32_t option_types(const char *limits)
{
    const char *at = limits, *word;
    uint32_t types = 0, type;
    size_t len;

    if (!limits || !*limits || strstr(limits, ".."))
        return UINT32_MAX;
    while (next_word(&at, &word, &len)) {
        for (type = ETL_BOOL; type <= ETL_LIST; type++)
            if (strlen(type_name(type)) == len && memcmp(type_name(type), word, len) == 0)
                break;
        if (type > ETL_LIST)
            return 0;
        types |= UINT32_C(1) << type;
    }
    return types;
}

uint32_t option_first_type(const char *limits)
{
    size_t len = limits ? strcspn(limits, "|") : 0;

    for (uint32_t type = ETL_BOOL; type <= ETL_LIST; type++)
        if (len > 0 && strlen(type_name(type)) == len && memcmp(type_name(type), limits, len) == 0)
            return type;
    return ETL_TEXT;
}

static bool choices_valid(const etl_option *o, struct option_fault *f)
{
    const char *at = o->limits, *word, *earlier, *other;
    size_t len, other_len, n = 0;

    if (o->limits && !strchr(o->limits, '|') && strchr(o->limits, ','))
        goto wrong;
    while (next_word(&at, &word, &len)) {
        if (len == 0 || len >= sizeof(f->near) || ++n > MAX_CHOICES)
            goto wrong;
        for (earlier = o->limits; earlier && earlier < word;) {
            next_word(&earlier, &other, &other_len);
            if (other_len == len && memcmp(other, word, len) == 0)
                goto wrong;
        }
    }
    if (n > 0)
        return true;
wrong:
    snprintf(f->text, sizeof(f->text),
             "is a choice with limits '%.60s', which are not different words parted by '|', as in "
             "'a|b|c'",
             o->limits ? o->limits : "");
    return false;
}

bool option_limits_valid(const etl_option *o, struct option_fault *f)
{
    struct option_range range;

    f->near[0] = '\0';
    if (o->kind == ETL_OPTION_CHOICE)
        return choices_valid(o, f);
    if (!o->limits || !*o->limits)
        return true;
    if (is_number(o->kind) || (has_count(o->kind) && !limits_are_types(o)))
        return option_range(o, &range, f);
    if (is_field(o->kind) || limits_are_types(o)) {
        if (option_types(o->limits) != 0)
            return true;
        snprintf(f->text, sizeof(f->text),
                 "has limits '%.60s', which are not types of fields, parted by '|': bool, int, "
                 "real, time, text, bytes, list",
                 o->limits);
        return false;
    }
    snprintf(f->text, sizeof(f->text), "has limits '%.60s', but its kind, %s, takes none",
             o->limits, option_kind_name(o->kind));
    return false;
}

bool option_count_valid(const etl_option *o, size_t n, struct option_fault *f)
{
    struct option_range r;

    f->near[0] = '\0';
    if (limits_are_types(o))
        return true;
    if (!option_range(o, &r, f))
        return false;
    if (r.has_min && (r.min < 0 || n < (size_t)r.min)) {
        snprintf(f->text, sizeof(f->text), "has %zu, but at least %lld must be given", n,
                 (long long)r.min);
        return false;
    }
    if (r.has_max && (r.max < 0 || n > (size_t)r.max)) {
        snprintf(f->text, sizeof(f->text), "has %zu, but at most %lld may be given", n,
                 (long long)r.max);
        return false;
    }
    return true;
}

static bool choice_of(const etl_option *o, const char *text, int64_t *index, struct option_fault *f)
{
    const char *at = o->limits, *word, *names[MAX_CHOICES], *near;
    char words[MAX_CHOICES * sizeof(f->near)], *to = words;
    size_t len, n = 0, used;

    while (n < MAX_CHOICES && next_word(&at, &word, &len)) {
        if (len >= sizeof(f->near))
            continue;
        memcpy(to, word, len);
        to[len] = '\0';
        if (strcmp(to, text) == 0) {
            *index = (int64_t)n;
            return true;
        }
        names[n++] = to;
        to += len + 1;
    }
    near = n > 0 ? nearest(text, names, n) : NULL;
    if (near)
        snprintf(f->near, sizeof(f->near), "%s", near);
    used = (size_t)snprintf(f->text, sizeof(f->text), "is not one of");
    for (size_t i = 0; i < n && used < sizeof(f->text); i++)
        used += (size_t)snprintf(f->text + used, sizeof(f->text) - used, "%s %s",
                                 i == 0       ? ""
                                 : i + 1 == n ? " and"
                                              : ",",
                                 names[i]);
    return false;
}

/* Names the limits as the author wrote them: "64K", not 65536. */
static bool within(const etl_option *o, const union option_value *v, struct option_fault *f)
{
    struct option_range r;
    const char *dots;
    bool low, high;

    if (!option_range(o, &r, f))
        return false;
    if (o->kind == ETL_OPTION_REAL) {
        low = r.has_min && !(v->real >= r.real_min);
        high = r.has_max && !(v->real <= r.real_max);
    } else {
        low = r.has_min && v->integer < r.min;
        high = r.has_max && v->integer > r.max;
    }
    if (!low && !high)
        return true;
    dots = strstr(o->limits, "..");
    if (r.has_min && r.has_max)
        snprintf(f->text, sizeof(f->text), "is not from %.*s to %s", (int)(dots - o->limits),
                 o->limits, dots + 2);
    else if (low)
        snprintf(f->text, sizeof(f->text), "is less than %.*s, the least", (int)(dots - o->limits),
                 o->limits);
    else
        snprintf(f->text, sizeof(f->text), "is more than %s, the most", dots + 2);
    return false;
}

bool option_parse(const etl_option *o, const char *text, union option_value *v,
                  struct option_fault *f)
{
    const char *why = "is not understood";

    memset(v, 0, sizeof(*v));
    f->near[0] = '\0';
    if (o->kind == ETL_OPTION_CHOICE)
        return choice_of(o, text, &v->integer, f);
    if (o->kind == ETL_OPTION_BOOL ? !conf_bool(text, &v->boolean, &why)
                                   : !number_of(o->kind, text, v, &why)) {
        snprintf(f->text, sizeof(f->text), "is %s", why);
        return false;
    }
    return o->kind == ETL_OPTION_BOOL || within(o, v, f);
}

const char *path_name_fault(const char *name)
{
    const char *part = name;
    size_t len;

    if (!*name)
        return "is empty";
    if (*name == '/')
        return "is absolute";
    if (strlen(name) > 1024)
        return "is longer than 1,024 bytes";
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return "has a control byte";
    for (;; part += len + 1) {
        len = strcspn(part, "/");
        if (len == 2 && part[0] == '.' && part[1] == '.')
            return "has '..' in it";
        if (len == 0 || (len == 1 && part[0] == '.'))
            return "has an empty or '.' part in it";
        if (len > 255)
            return "has a part longer than 255 bytes";
        if (!part[len])
            return NULL;
    }
}
