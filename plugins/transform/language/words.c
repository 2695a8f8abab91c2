/* SPDX-License-Identifier: Apache-2.0 */
/* Reads languages/words.conf and freezes it into a hash table from word to languages. */
#include "words.h"

#include "common/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 16 << 20, WORDS_MAX = 1 << 20, FIRST_SLOTS = 1 << 14 };

/* While reading: a word, a bit per language that has it, and that has it as a mark. */
struct seen {
    uint64_t hash;
    uint64_t has[WORDS_LANGUAGES / 64], mark[WORDS_LANGUAGES / 64];
};

struct reading {
    struct words *w;
    struct seen *seen; /* in the order of the file, so that the first have the best slots */
    uint32_t *slot;    /* their numbers + 1 by hash, with open addressing; at most half full */
    size_t n_seen, slots, n; /* n: words of all languages */
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

static uint32_t *find_slot(const struct reading *r, uint64_t hash)
{
    size_t at = hash & (r->slots - 1);

    while (r->slot[at] != 0 && r->seen[r->slot[at] - 1].hash != hash)
        at = (at + 1) & (r->slots - 1);
    return &r->slot[at];
}

static int make_room(struct reading *r)
{
    size_t slots = r->slots ? 2 * r->slots : FIRST_SLOTS;
    struct seen *more = realloc(r->seen, slots / 2 * sizeof(*more));

    if (more)
        r->seen = more;
    free(r->slot);
    r->slots = slots;
    r->slot = more ? calloc(slots, sizeof(*r->slot)) : NULL;
    if (!r->slot)
        return fault_set(r->fault, ENOMEM, "no memory for the word lists");
    for (size_t i = 0; i < r->n_seen; i++)
        *find_slot(r, r->seen[i].hash) = (uint32_t)i + 1;
    return 0;
}

static int add_word(struct reading *r, uint64_t hash, bool mark)
{
    size_t language = r->w->n - 1;

    if (r->n_seen >= r->slots / 2 && make_room(r) != 0)
        return -1;
    uint32_t *slot = find_slot(r, hash);

    if (*slot == 0) {
        r->seen[r->n_seen++] = (struct seen){ .hash = hash };
        *slot = (uint32_t)r->n_seen;
    }
    r->seen[*slot - 1].has[language / 64] |= UINT64_C(1) << language % 64;
    r->seen[*slot - 1].mark[language / 64] |= (uint64_t)mark << language % 64;
    return 0;
}

/* The value is cut into words as a page is. What holds a digit speaks for no language. */
static int add_words(struct reading *r, const char *text, size_t len, bool mark)
{
    tokens_begin(r->tokens, text, len);
    while (tokens_next_wanted(r->tokens, TOKENS_WITH_TEXT))
        for (size_t i = 0; i < r->tokens->n; i++) {
            if (++r->n > WORDS_MAX)
                return bad(r, "more than a million words", "", 0);
            if (r->tokens->word[i] && add_word(r, r->tokens->hash[i], mark) != 0)
                return -1;
        }
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

/* Families among the languages that have a word. */
static size_t families(const struct words *w, const uint8_t *language, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        size_t j = 0;

        while (w->language[language[j]].family != w->language[language[i]].family)
            j++;
        found += j == i;
    }
    return found;
}

/* Fills a row with the votes of a word; returns its weight. */
static uint32_t make_row(const struct words *w, const struct seen *s, uint8_t row[WORDS_LANGUAGES])
{
    /* 12 / k to the 0.7th, k the families that share the word */
    static const uint8_t weight[] = { WORDS_WEIGHT, WORDS_WEIGHT, 7, 6, 5, 4, 3, 3, 3 };
    uint8_t language[WORDS_LANGUAGES];
    size_t n = 0;

    for (size_t i = 0; i < WORDS_LANGUAGES / 64; i++)
        for (uint64_t left = s->has[i]; left; left &= left - 1)
            language[n++] = (uint8_t)(64 * i + (size_t)__builtin_ctzll(left));
    size_t k = families(w, language, n);
    uint8_t each = k >= sizeof(weight) ? 2 : weight[k], most = each;

    memset(row, 0, WORDS_LANGUAGES);
    for (size_t i = 0; i < n; i++) {
        bool mark = s->mark[language[i] / 64] >> language[i] % 64 & 1;

        row[language[i]] = (uint8_t)(mark && k == 1 ? each * WORDS_MARK : each);
        most = row[language[i]] > most ? row[language[i]] : most;
    }
    return each | (uint32_t)most << 16;
}

/* Where the last row stands, which is dropped if there is one like it already. `number` is a table
 * of row numbers by hash, where 0 is a free slot. */
static uint32_t place_row(struct words *w, uint32_t *number, uint32_t *n_rows)
{
    const uint8_t *row = w->rows + (size_t)*n_rows * WORDS_LANGUAGES;
    uint64_t mask = w->mask / sizeof(*w->table), at = hash64(row, WORDS_LANGUAGES) & mask;

    while (number[at] != 0 &&
           memcmp(w->rows + (size_t)number[at] * WORDS_LANGUAGES, row, WORDS_LANGUAGES) != 0)
        at = (at + 1) & mask;
    if (number[at] == 0)
        number[at] = (*n_rows)++;
    return number[at] * WORDS_LANGUAGES;
}

static void put_word(struct words *w, const struct seen *s, uint32_t *number, uint32_t *n_rows)
{
    uint32_t weight = make_row(w, s, w->rows + (size_t)*n_rows * WORDS_LANGUAGES);
    uint32_t row = place_row(w, number, n_rows);
    struct words_entry *e = w->table + (words_slot(w, s->hash) - w->table);

    *e = (struct words_entry){ .hash = s->hash, .row = row, .weight = weight };
    w->filter[s->hash >> TOKENS_FILTER_SHIFT] |= UINT64_C(1) << s->hash % 64;
}

static int freeze(struct reading *r)
{
    struct words *w = r->w;
    uint32_t *number = calloc(r->slots, sizeof(*number)), n_rows = 1;

    w->mask = (r->slots - 1) * sizeof(*w->table);
    w->table = calloc(r->slots, sizeof(*w->table));
    w->filter = calloc(TOKENS_FILTER, sizeof(*w->filter));
    w->rows = aligned_alloc(WORDS_LANGUAGES, (r->n_seen + 1) * WORDS_LANGUAGES);
    if (!number || !w->table || !w->filter || !w->rows) {
        free(number);
        return fault_set(r->fault, ENOMEM, "no memory for the word lists");
    }
    memset(w->rows, 0, WORDS_LANGUAGES);
    for (size_t i = 0; i < r->n_seen; i++)
        if (r->seen[i].hash != 0) /* which is a free slot */
            put_word(w, &r->seen[i], number, &n_rows);
    free(number);
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
    free(r.seen);
    free(r.slot);
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
