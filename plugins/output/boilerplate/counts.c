/* SPDX-License-Identifier: Apache-2.0 */
/* Groups, their lines and counts; forgetting what is rare when a table is full; the rule file. */
#include "counts.h"

#include "common/hash.h"

#include <inttypes.h>
#include <stdlib.h>

enum { FIRST_LINES = 64 };

/* ---- groups ---- */

/* "TIMESINDONESIA" and "TIMES Indonesia" are one outlet: letters and digits count, in small. */
static uint64_t key_of(const char *name, size_t len)
{
    char plain[256];
    size_t n = 0;

    for (size_t i = 0; i < len && n < sizeof(plain); i++) {
        unsigned char c = (unsigned char)name[i];

        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c | 0x20);
        if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            plain[n++] = (char)c;
    }
    return n ? hash64(plain, n) : 0;
}

static uint64_t bytes_of(const struct group *g)
{
    return g->name_len + g->cap * sizeof(*g->line) + g->slots * sizeof(*g->slot) + g->text.cap;
}

static void group_free(struct group *g)
{
    free(g->name);
    free(g->line);
    free(g->slot);
    buffer_free(&g->text);
}

static int more_pages_first(const void *a, const void *b)
{
    const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;

    if (x->pages != y->pages)
        return x->pages > y->pages ? -1 : 1;
    return (x > y) - (x < y); /* of one array: the one that came first */
}

/* Forgets the half of the named groups with the fewest pages; of equals those that came last. */
static int forget_groups(struct counts *c)
{
    struct group **order = malloc(c->n * sizeof(*order));
    size_t kept = 0;

    if (!order)
        return -1;
    for (size_t i = 0; i < c->n; i++)
        order[i] = &c->group[i];
    qsort(order + 1, c->n - 1, sizeof(*order), more_pages_first);
    for (size_t i = 1 + (c->n - 1) / 2; i < c->n; i++) {
        c->bytes -= bytes_of(order[i]);
        group_free(order[i]);
        order[i]->name = NULL;
    }
    free(order);
    for (size_t i = 0; i < c->n; i++)
        if (c->group[i].name)
            c->group[kept++] = c->group[i];
    c->n = kept;
    return 0;
}

static struct group *new_group(struct counts *c, const char *name, size_t len, uint64_t key)
{
    struct group *g;

    if (c->n > c->max_groups && forget_groups(c) != 0)
        return NULL;
    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 16;
        struct group *more = realloc(c->group, cap * sizeof(*more));

        if (!more)
            return NULL;
        c->group = more;
        c->cap = cap;
    }
    g = &c->group[c->n];
    *g = (struct group){ .name = malloc(len + 1), .name_len = len, .key = key };
    if (!g->name)
        return NULL;
    for (size_t i = 0; i < len; i++) /* it becomes a comment of one line */
        g->name[i] = (unsigned char)name[i] < ' ' ? ' ' : name[i];
    c->bytes += bytes_of(g);
    c->n++;
    return g;
}

struct group *counts_page(struct counts *c, const char *name, size_t len)
{
    uint64_t key;
    struct group *g = NULL;

    if (len > 256)
        len = 0; /* no name, whatever it is */
    key = key_of(name, len);
    if (c->n == 0 && !new_group(c, "", 0, 0))
        return NULL;
    for (size_t i = 0; i < c->n && !g; i++)
        if (c->group[i].key == key)
            g = &c->group[i];
    if (!g)
        g = new_group(c, name, len, key);
    if (g)
        g->pages++;
    return g;
}

/* ---- lines ---- */

static uint32_t *slot_of(const struct group *g, uint64_t hash)
{
    uint32_t at = (uint32_t)(hash >> 32) & (g->slots - 1);

    while (g->slot[at] && g->line[g->slot[at] - 1].hash != hash)
        at = (at + 1) & (g->slots - 1);
    return &g->slot[at];
}

static void fill_slots(struct group *g)
{
    memset(g->slot, 0, g->slots * sizeof(*g->slot));
    for (uint32_t i = 0; i < g->n; i++)
        *slot_of(g, g->line[i].hash) = i + 1;
}

static int grow(struct counts *c, struct group *g)
{
    uint64_t before = bytes_of(g);
    uint32_t cap = g->cap ? 2 * g->cap : FIRST_LINES, slots = 1;
    struct counted *line;
    uint32_t *slot;

    if (cap > c->max_lines)
        cap = c->max_lines;
    while (slots < 2 * cap)
        slots *= 2;
    line = realloc(g->line, cap * sizeof(*line));
    if (!line)
        return -1;
    g->line = line;
    g->cap = cap;
    slot = realloc(g->slot, slots * sizeof(*slot));
    if (!slot)
        return -1;
    g->slot = slot;
    g->slots = slots;
    fill_slots(g);
    c->bytes += bytes_of(g) - before;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static size_t text_len(const struct group *g, uint32_t text)
{
    const unsigned char *at = (const unsigned char *)g->text.data + text - 1;

    return (size_t)(at[0] | at[1] << 8);
}

/* All counts fall by their median; lines at 0 go, and with them at least half of the table. */
static int forget_lines(struct counts *c, struct group *g)
{
    uint64_t before = bytes_of(g);
    uint32_t *all = malloc(g->n * sizeof(*all)), median, kept = 0;
    struct buffer text = { 0 };

    if (!all)
        return -1;
    for (uint32_t i = 0; i < g->n; i++)
        all[i] = g->line[i].pages;
    qsort(all, g->n, sizeof(*all), by_number);
    median = all[g->n / 2];
    free(all);
    for (uint32_t i = 0; i < g->n; i++) {
        struct counted line = g->line[i];

        if (line.pages <= median)
            continue;
        line.pages = (line.pages - median) & INT32_MAX;
        if (line.text) {
            uint32_t at = (uint32_t)text.len + 1;

            buffer_append(&text, g->text.data + line.text - 1, text_len(g, line.text) + 2);
            line.text = at;
        }
        g->line[kept++] = line;
    }
    g->n = kept;
    g->forgotten += median;
    if (text.failed) {
        buffer_free(&text);
        return -1;
    }
    buffer_free(&g->text);
    g->text = text;
    fill_slots(g);
    c->bytes += bytes_of(g) - before;
    return 0;
}

static bool take_text(struct counts *c, struct group *g, struct counted *line, const char *text,
                      size_t len)
{
    uint64_t before = bytes_of(g);
    unsigned char size[2] = { (unsigned char)len, (unsigned char)(len >> 8) };
    uint32_t at = (uint32_t)g->text.len + 1;

    if (!buffer_append(&g->text, size, 2) || !buffer_append(&g->text, text, len))
        return false;
    line->text = at;
    c->bytes += bytes_of(g) - before;
    return true;
}

enum counts_answer counts_line(struct counts *c, struct group *g, uint64_t hash, bool left,
                               const char *text, size_t len)
{
    uint32_t *slot;
    struct counted *line;

    if (g->n == g->cap) {
        if (g->cap > 0 && *(slot = slot_of(g, hash)))
            goto known;
        if (g->cap < c->max_lines ? grow(c, g) != 0 : forget_lines(c, g) != 0)
            return COUNTS_NO_MEMORY;
    }
    slot = slot_of(g, hash);
    if (!*slot) {
        g->line[g->n] = (struct counted){ .hash = hash, .pages = 1, .left = left };
        *slot = ++g->n;
        return COUNTS_ADDED;
    }
known:
    line = &g->line[*slot - 1];
    line->pages = (line->pages + 1) & INT32_MAX;
    line->left |= left;
    if (line->text || !text)
        return COUNTS_ADDED;
    return take_text(c, g, line, text, len) ? COUNTS_TOOK_TEXT : COUNTS_NO_MEMORY;
}

/* ---- the rule file ---- */

struct rule {
    const char *text;
    size_t len;
    uint32_t pages;
};

static int compare(const char *a, size_t n, const char *b, size_t m)
{
    int order = memcmp(a, b, n < m ? n : m);

    return order != 0 ? order : (n > m) - (n < m);
}

static int by_text(const void *a, const void *b)
{
    const struct rule *x = a, *y = b;

    return compare(x->text, x->len, y->text, y->len);
}

static int by_name(const void *a, const void *b)
{
    const struct group *x = *(const struct group *const *)a;
    const struct group *y = *(const struct group *const *)b;

    return compare(x->name, x->name_len, y->name, y->name_len);
}

static bool is_rule(const struct group *g, const struct counted *line,
                    const struct counts_limits *limits)
{
    return line->text && line->pages >= limits->min_pages &&
           (double)line->pages >= limits->min_share * (double)g->pages &&
           (line->left || !limits->only_left);
}

static int write_group(const struct group *g, const struct counts_limits *limits, struct buffer *to,
                       uint64_t *listed)
{
    struct rule *rule = malloc((g->n + 1) * sizeof(*rule));
    uint32_t n = 0;

    if (!rule)
        return -1;
    for (uint32_t i = 0; i < g->n; i++) {
        const struct counted *line = &g->line[i];

        if (is_rule(g, line, limits))
            rule[n++] = (struct rule){ .text = g->text.data + line->text + 1,
                                       .len = text_len(g, line->text),
                                       .pages = line->pages };
    }
    if (n > 0) {
        qsort(rule, n, sizeof(*rule), by_text);
        buffer_printf(to, "\n# %.*s: %" PRIu64 " pages", g->name_len ? (int)g->name_len : 9,
                      g->name_len ? g->name : "(no name)", g->pages);
        if (g->forgotten > 0)
            buffer_printf(to, "; a count may lack up to %" PRIu64, g->forgotten);
        buffer_byte(to, '\n');
    }
    for (uint32_t i = 0; i < n; i++) {
        buffer_printf(to, "%" PRIu32 "\t", rule[i].pages);
        buffer_append(to, rule[i].text, rule[i].len);
        buffer_byte(to, '\n');
    }
    free(rule);
    *listed += n;
    return to->failed ? -1 : 0;
}

int counts_write(const struct counts *c, const struct counts_limits *limits, struct buffer *to,
                 uint64_t *listed)
{
    const struct group **order = malloc((c->n + 1) * sizeof(*order));
    int result = 0;

    *listed = 0;
    if (!order)
        return -1;
    for (size_t i = 0; i < c->n; i++)
        order[i] = &c->group[i];
    qsort(order, c->n, sizeof(*order), by_name);
    for (size_t i = 0; i < c->n && result == 0; i++)
        result = write_group(order[i], limits, to, listed);
    free(order);
    return result;
}

void counts_free(struct counts *c)
{
    for (size_t i = 0; i < c->n; i++)
        group_free(&c->group[i]);
    free(c->group);
    memset(c, 0, sizeof(*c));
}
