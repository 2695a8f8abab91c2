/* SPDX-License-Identifier: Apache-2.0 */
/* Reads languages/words.conf and freezes it into a hash table from word to languages. */
#include "words.h"

#include "common/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 16 << 20, WORDS_MAX = 1 << 20 };

/* While reading: one word of one language. */
struct item {
    uint64_t hash;
    uint8_t language;
    bool mark;
};

struct reading {
    struct words *w;
    struct item *items;
    size_t n, cap;
    struct tokens *tokens;
    /* `near` of each language, looked up when all sections are known */
    struct {
        const char *text;
        size_t len;
        uint64_t line;
    } near[WORDS_LANGUAGES];
    unsigned keys; /* seen in this section */
    uint64_t line;
    struct fault *fault;
};

enum key { KEY_NAME, KEY_WORDS, KEY_MARKS, KEY_NEAR, KEY_ALONE, KEYS };

static const char *const key_names[KEYS] = { "name", "words", "marks", "near", "alone" };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int bad(struct reading *r, const char *what, const char *text, size_t len)
{
    fault_set(r->fault, 0, "%s: %.*s", what, len < 60 ? (int)len : 60, text);
    r->fault->line = r->line;
    return -1;
}

int words_find(const struct words *w, const char *code, size_t n)
{
    for (size_t i = 0; i < w->n; i++)
        if (strlen(w->language[i].code) == n && memcmp(w->language[i].code, code, n) == 0)
            return (int)i;
    return -1;
}

static int add_item(struct reading *r, uint64_t hash, bool mark)
{
    if (r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 4096;
        struct item *more = cap <= WORDS_MAX ? realloc(r->items, cap * sizeof(*more)) : NULL;

        if (!more)
            return cap > WORDS_MAX ? bad(r, "more than a million words", "", 0)
                                   : fault_set(r->fault, ENOMEM, "no memory for the word lists");
        r->items = more;
        r->cap = cap;
    }
    r->items[r->n++] = (struct item){ hash, (uint8_t)(r->w->n - 1), mark };
    return 0;
}

/* The value is cut into words as a page is. */
static int add_words(struct reading *r, const char *text, size_t len, bool mark)
{
    tokens_begin(r->tokens, text, len);
    while (tokens_next(r->tokens))
        for (size_t i = 0; i < r->tokens->n; i++)
            if (add_item(r, r->tokens->list[i].hash, mark) != 0)
                return -1;
    return 0;
}

static int section(struct reading *r, const char *line, size_t len)
{
    struct words *w = r->w;
    bool good = len >= 4 && len <= 5 && line[len - 1] == ']';

    for (size_t i = 1; good && i + 1 < len; i++)
        good = line[i] >= 'a' && line[i] <= 'z';
    if (!good)
        return bad(r, "a section is an ISO 639 code of two or three letters, as [id]", line, len);
    if (words_find(w, line + 1, len - 2) >= 0)
        return bad(r, "this language has a section already", line, len);
    if (w->n == WORDS_LANGUAGES)
        return bad(r, "more than 128 languages", line, len);
    memcpy(w->language[w->n].code, line + 1, len - 2);
    memcpy(w->language[w->n].name, line + 1, len - 2);
    w->n++;
    r->keys = 0;
    return 0;
}

static int value(struct reading *r, enum key key, const char *text, size_t len)
{
    struct words_language *l = &r->w->language[r->w->n - 1];

    switch (key) {
    case KEY_NAME:
        if (len == 0 || len >= sizeof(l->name))
            return bad(r, "a name has 1 to 39 bytes", text, len);
        memset(l->name, 0, sizeof(l->name));
        memcpy(l->name, text, len);
        return 0;
    case KEY_NEAR:
        r->near[r->w->n - 1].text = text;
        r->near[r->w->n - 1].len = len;
        r->near[r->w->n - 1].line = r->line;
        return 0;
    case KEY_ALONE:
        l->alone = len == 3 && memcmp(text, "yes", 3) == 0;
        if (!l->alone && (len != 2 || memcmp(text, "no", 2) != 0))
            return bad(r, "alone is yes or no, not", text, len);
        return 0;
    default:
        return add_words(r, text, len, key == KEY_MARKS);
    }
}

/* line .. end is `key = value`, with its continuation lines. */
static int setting(struct reading *r, const char *line, const char *end)
{
    const char *equals = memchr(line, '=', (size_t)(end - line));
    size_t len = equals ? (size_t)(equals - line) : 0;
    int key = 0;

    while (len > 0 && is_blank(line[len - 1]))
        len--;
    if (len == 0)
        return bad(r, "neither a [section], a key = value nor a # comment", line,
                   (size_t)(end - line));
    while (key < KEYS && (strlen(key_names[key]) != len || memcmp(key_names[key], line, len) != 0))
        key++;
    if (key == KEYS)
        return bad(r, "a section has name, near, alone, words and marks, not", line, len);
    if (r->w->n == 0)
        return bad(r, "before the first [section]", line, len);
    if (r->keys >> key & 1)
        return bad(r, "a second time in this section", line, len);
    r->keys |= 1u << key;
    for (equals++; equals < end && is_blank(*equals);)
        equals++;
    while (end > equals && is_blank(end[-1]))
        end--;
    return value(r, (enum key)key, equals, (size_t)(end - equals));
}

static const char *end_of_line(const char *at, const char *end)
{
    const char *nl = memchr(at, '\n', (size_t)(end - at));

    return nl ? nl + 1 : end;
}

static int read_lines(struct reading *r, const char *at, const char *end)
{
    uint64_t lines = 1;

    while (at < end) {
        const char *next = end_of_line(at, end);
        size_t len = (size_t)(next - at);
        int status = 0;

        r->line = lines++;
        while (len > 0 && is_blank(at[len - 1]))
            len--;
        if (len > 0 && *at == '[') {
            status = section(r, at, len);
        } else if (len > 0 && *at != '#') {
            for (; next < end && is_blank(*next); lines++)
                next = end_of_line(next, end);
            status = setting(r, at, next);
        }
        if (status != 0)
            return -1;
        at = next;
    }
    return 0;
}

static void join(struct words *w, size_t a, size_t b)
{
    uint32_t from = w->language[b].family, to = w->language[a].family;

    w->language[a].near[b / 64] |= UINT64_C(1) << (b % 64);
    w->language[b].near[a / 64] |= UINT64_C(1) << (a % 64);
    for (size_t i = 0; i < w->n; i++)
        if (w->language[i].family == from)
            w->language[i].family = to;
}

static int read_near(struct reading *r)
{
    struct words *w = r->w;

    for (size_t i = 0; i < w->n; i++)
        w->language[i].family = (uint32_t)i;
    for (size_t i = 0; i < w->n; i++) {
        const char *at = r->near[i].text, *end = at ? at + r->near[i].len : NULL;

        while (at < end) {
            const char *word = at;

            while (at < end && !is_blank(*at) && *at != ',')
                at++;
            int other = words_find(w, word, (size_t)(at - word));

            r->line = r->near[i].line;
            if (at > word && (other < 0 || (size_t)other == i))
                return bad(r, "near names a language that has no section here, or itself", word,
                           (size_t)(at - word));
            if (at > word)
                join(w, i, (size_t)other);
            while (at < end && (is_blank(*at) || *at == ','))
                at++;
        }
    }
    return 0;
}

static int by_hash(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x->language != y->language)
        return x->language < y->language ? -1 : 1;
    return (int)y->mark - (int)x->mark; /* a mark comes first, and the plain word is left out */
}

/* Families among the languages of one word's items. */
static size_t families(const struct words *w, const struct item *items, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        size_t j = 0;

        while (j < i &&
               w->language[items[j].language].family != w->language[items[i].language].family)
            j++;
        found += j == i;
    }
    return found;
}

/* One word: items[0 .. n), all of one hash. */
static void put_word(struct words *w, const struct item *items, size_t n, uint32_t row)
{
    /* 12 / k to the 0.7th, k the families that share the word */
    static const uint8_t weight[] = { WORDS_WEIGHT, WORDS_WEIGHT, 7, 6, 5, 4, 3, 3, 3 };
    size_t k = families(w, items, n), last = sizeof(weight) - 1;
    uint64_t at = items->hash & w->mask, bit = items->hash >> (64 - WORDS_FILTER_BITS);
    unsigned votes_each = k > last ? 2 : weight[k];

    while (w->table[at].hash != 0)
        at = (at + 1) & w->mask;
    w->table[at].hash = items->hash;
    w->table[at].weight = votes_each;
    w->table[at].row = row;
    w->filter[bit / 64] |= UINT64_C(1) << (bit % 64);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && items[i].language == items[i - 1].language)
            continue;
        w->rows[row * w->width + items[i].language] =
            (uint8_t)(items[i].mark && k == 1 ? votes_each * WORDS_MARK : votes_each);
    }
}

static int freeze(struct reading *r)
{
    struct words *w = r->w;
    size_t slots = 64;
    uint32_t row = 0;

    while (slots < 3 * r->n)
        slots *= 2;
    w->mask = slots - 1;
    w->table = calloc(slots, sizeof(*w->table));
    w->filter = calloc((size_t)1 << (WORDS_FILTER_BITS - 6), sizeof(*w->filter));
    w->width = (w->n + 15) / 16 * 16;
    w->rows = calloc(r->n + 1, w->width);
    if (!w->table || !w->filter || !w->rows)
        return fault_set(r->fault, ENOMEM, "no memory for the word lists");
    qsort(r->items, r->n, sizeof(*r->items), by_hash);
    for (size_t i = 0, j; i < r->n; i = j) {
        for (j = i + 1; j < r->n && r->items[j].hash == r->items[i].hash;)
            j++;
        put_word(w, r->items + i, j - i, row++);
    }
    return 0;
}

int words_parse(struct words *w, const char *text, size_t n, struct fault *f)
{
    struct reading r = { .w = w, .fault = f, .tokens = malloc(sizeof(struct tokens)) };
    int status = -1;

    memset(w, 0, sizeof(*w));
    if (!r.tokens) {
        fault_set(f, ENOMEM, "no memory for the word lists");
        goto out;
    }
    if (read_lines(&r, text, text + n) != 0 || read_near(&r) != 0)
        goto out;
    if (r.n == 0) {
        bad(&r, "there is no word in it", "", 0);
        goto out;
    }
    status = freeze(&r);
out:
    free(r.tokens);
    free(r.items);
    return status;
}

int words_load(struct words *w, const char *path, struct fault *f)
{
    char *text;
    size_t n;
    int status;

    memset(w, 0, sizeof(*w));
    if (file_read_whole(path, "the word list", FILE_MAX, &text, &n, f) < 0)
        return -1;
    status = words_parse(w, text, n, f);
    free(text);
    return status;
}

void words_free(struct words *w)
{
    free(w->table);
    free(w->rows);
    free(w->filter);
    memset(w, 0, sizeof(*w));
}
