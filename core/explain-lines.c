/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each line of a text: followed through the stages that change the text, up to the
 * notes of those that speak of its lines, and on to the field that holds what stayed. */
#include "core/explain.h"

#include "common/word-diff.h"

#include <stdlib.h>
#include <string.h>

/* ---- notes on lines: the key is FIELD:LINE ---- */

uint32_t explain_line_of(const struct trace_note *n, size_t *field_len)
{
    const char *colon = strrchr(n->key, ':');
    uint32_t number = 0;

    if (!colon || colon == n->key || !colon[1])
        return 0;
    for (const char *at = colon + 1; *at; at++) {
        if (*at < '0' || *at > '9' || number > UINT32_MAX / 10 - 1)
            return 0;
        number = number * 10 + (uint32_t)(*at - '0');
    }
    *field_len = (size_t)(colon - n->key);
    return number;
}

void explain_role(const struct trace_note *n, const char **role, size_t *role_len, const char **why,
                  size_t *why_len)
{
    const char *colon = memchr(n->text, ':', n->len);
    size_t skip = colon && colon + 1 < n->text + n->len && colon[1] == ' ' ? 2 : 1;

    *role = n->text;
    *role_len = colon ? (size_t)(colon - n->text) : n->len;
    *why = colon ? colon + skip : n->text + n->len;
    *why_len = (size_t)(n->text + n->len - *why);
}

bool explain_stays(const char *role, size_t len)
{
    return len >= 4 && memcmp(role, "body", 4) == 0;
}

bool explain_line_stays(const struct explain_line *l)
{
    const char *role, *why;
    size_t role_len, why_len;

    for (size_t i = 0; i < l->n_notes; i++) {
        explain_role(l->notes[i], &role, &role_len, &why, &why_len);
        if (explain_stays(role, role_len))
            return true;
    }
    return false;
}

/* ---- lines of a text ---- */

struct cut {
    const char *text;
    uint32_t *start; /* of each line, and one more: behind the last */
    size_t n;
};

static bool cut_lines(struct arena *a, const etl_value *v, struct cut *to)
{
    size_t n = 1;

    for (uint32_t i = 0; i < v->len; i++)
        n += v->text[i] == '\n';
    to->text = v->text;
    to->start = arena_get(a, (n + 1) * sizeof(*to->start));
    if (!to->start)
        return false;
    to->n = 0;
    to->start[to->n++] = 0;
    for (uint32_t i = 0; i < v->len; i++)
        if (v->text[i] == '\n')
            to->start[to->n++] = i + 1;
    to->start[to->n] = v->len + 1; /* as if a line feed stood there */
    return true;
}

static uint32_t line_length(const struct cut *c, size_t i)
{
    uint32_t n = c->start[i + 1] - c->start[i] - 1;

    return n > 0 && c->text[c->start[i] + n - 1] == '\r' ? n - 1 : n;
}

/* Nothing but blanks, of Unicode too: no-break and zero-width ones. */
static bool is_blank(const char *s, uint32_t n)
{
    static const char *const blanks[] = { " ",        "\t",           "\r",
                                          "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf" };

    for (uint32_t i = 0; i < n;) {
        uint32_t step = 0;

        for (size_t k = 0; k < sizeof(blanks) / sizeof(*blanks) && step == 0; k++) {
            uint32_t len = (uint32_t)strlen(blanks[k]);

            if (len <= n - i && memcmp(s + i, blanks[k], len) == 0)
                step = len;
        }
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

/* ---- from line to line ---- */

#define NONE UINT32_MAX

/* Lines `first` to `last` of a later text, for a line of an earlier one. */
struct span_of_lines {
    uint32_t first, last;
};

static void map_run(const struct cut *a, const struct cut *b, const struct word_run *r,
                    struct span_of_lines *map, size_t *line_a, size_t *line_b)
{
    for (uint32_t i = 0; i < r->len; i++) {
        unsigned char c = (unsigned char)a->text[r->a + i];

        while (*line_a + 1 < a->n && a->start[*line_a + 1] <= r->a + i)
            ++*line_a;
        while (*line_b + 1 < b->n && b->start[*line_b + 1] <= r->b + i)
            ++*line_b;
        if (c <= ' ')
            continue;
        if (map[*line_a].first == NONE)
            map[*line_a].first = (uint32_t)*line_b;
        map[*line_a].last = (uint32_t)*line_b;
    }
}

/* Lines of which no word stayed, between two that are known, are those in the gap of the other text
 * if there are as many. */
static void map_gaps(const struct cut *a, const struct cut *b, struct span_of_lines *map)
{
    uint32_t next = 0; /* the first line of b that is not taken */

    for (size_t i = 0; i < a->n; i++) {
        size_t end = i, open = 0, there = 0;
        uint32_t upto;

        if (map[i].first != NONE) {
            next = map[i].last + 1;
            continue;
        }
        for (; end < a->n && map[end].first == NONE; end++)
            open += !is_blank(a->text + a->start[end], line_length(a, end));
        upto = end < a->n ? map[end].first : (uint32_t)b->n;
        for (uint32_t k = next; k < upto; k++)
            there += !is_blank(b->text + b->start[k], line_length(b, k));
        for (; i < end && open == there; i++) {
            if (is_blank(a->text + a->start[i], line_length(a, i)))
                continue;
            while (is_blank(b->text + b->start[next], line_length(b, next)))
                next++;
            map[i] = (struct span_of_lines){ next, next };
            next++;
        }
        i = end - 1;
    }
}

static bool map_lines(struct arena *m, const struct cut *a, uint32_t a_len, const struct cut *b,
                      uint32_t b_len, struct span_of_lines **to)
{
    struct word_diff d;
    size_t line_a = 0, line_b = 0;

    *to = arena_get(m, a->n * sizeof(**to));
    if (!*to || word_diff(&d, a->text, a_len, b->text, b_len) < 0)
        return false;
    for (size_t i = 0; i < a->n; i++)
        (*to)[i] = (struct span_of_lines){ NONE, NONE };
    for (size_t i = 0; i < d.n; i++)
        if (d.runs[i].kind == WORDS_SAME)
            map_run(a, b, &d.runs[i], *to, &line_a, &line_b);
    word_diff_free(&d);
    map_gaps(a, b, *to);
    return true;
}

/* ---- the way of a text ---- */

struct way {
    struct explain_lines *to;
    const struct trace_record *record;
    struct span_of_lines *now; /* where each line of the first text is, in the text as it is now */
    etl_value text;            /* that one; its lines: */
    struct cut cut;
};

static const struct trace_change *change_of(const struct trace_stage *s, const char *field)
{
    for (size_t i = 0; i < s->n_changes; i++)
        if (strcmp(s->changes[i].field, field) == 0)
            return &s->changes[i];
    return NULL;
}

/* The field that the first note on a line speaks of. */
static const char *find_field(struct arena *a, const struct trace_record *r)
{
    size_t len;

    for (size_t i = 0; i < r->n_stages; i++)
        for (size_t k = 0; k < r->stages[i].n_notes; k++)
            if (explain_line_of(&r->stages[i].notes[k], &len) > 0)
                return arena_string(a, r->stages[i].notes[k].key, len);
    return NULL;
}

static bool begin_way(struct way *w, const etl_value *v)
{
    struct explain_lines *to = w->to;

    if (!cut_lines(&to->memory, v, &w->cut))
        return false;
    to->n = w->cut.n;
    if (to->n > 1 && line_length(&w->cut, to->n - 1) == 0) /* behind the last line feed */
        to->n--;
    to->at = arena_get(&to->memory, to->n * sizeof(*to->at));
    w->now = arena_get(&to->memory, to->n * sizeof(*w->now));
    if (!to->at || !w->now)
        return false;
    memset(to->at, 0, to->n * sizeof(*to->at));
    for (size_t i = 0; i < to->n; i++) {
        struct explain_line *l = &to->at[i];

        l->text = v->text + w->cut.start[i];
        l->len = line_length(&w->cut, i);
        l->number = (uint32_t)i + 1;
        l->blank = is_blank(l->text, l->len);
        w->now[i] = (struct span_of_lines){ (uint32_t)i, (uint32_t)i };
    }
    w->text = *v;
    return true;
}

/* The text becomes v by a stage. */
static bool go_on(struct way *w, const struct trace_stage *s, const etl_value *v)
{
    struct span_of_lines *map;
    struct cut cut;

    if (!cut_lines(&w->to->memory, v, &cut) ||
        !map_lines(&w->to->memory, &w->cut, w->text.len, &cut, v->len, &map))
        return false;
    for (size_t i = 0; i < w->to->n; i++) {
        struct span_of_lines was = w->now[i], is = { NONE, NONE };

        for (uint32_t k = was.first; was.first != NONE && k <= was.last; k++) {
            if (map[k].first == NONE)
                continue;
            if (is.first == NONE)
                is.first = map[k].first;
            is.last = map[k].last;
        }
        if (was.first != NONE && is.first == NONE && !w->to->at[i].blank)
            w->to->at[i].gone_by = s;
        w->now[i] = is;
    }
    w->text = *v;
    w->cut = cut;
    return true;
}

/* "title: the headline" went into the field title, if there is one now. */
static const struct trace_change *field_of_role(const struct trace_stage *s,
                                                const struct trace_note *n)
{
    const char *role, *why;
    size_t role_len, why_len;

    explain_role(n, &role, &role_len, &why, &why_len);
    for (size_t i = 0; i < s->n_changes && !explain_stays(role, role_len); i++)
        if (strlen(s->changes[i].field) == role_len && s->changes[i].after.type != ETL_NULL &&
            memcmp(s->changes[i].field, role, role_len) == 0)
            return &s->changes[i];
    return NULL;
}

static bool add_line_note(struct explain_lines *to, struct explain_line *l,
                          const struct trace_stage *s, const struct trace_note *n)
{
    const struct trace_note **notes = arena_get(&to->memory, (l->n_notes + 1) * sizeof(*notes));
    const struct trace_stage **by = arena_get(&to->memory, (l->n_notes + 1) * sizeof(*by));

    if (!notes || !by)
        return false;
    if (l->n_notes) {
        memcpy(notes, l->notes, l->n_notes * sizeof(*notes));
        memcpy(by, l->by, l->n_notes * sizeof(*by));
    }
    notes[l->n_notes] = n;
    by[l->n_notes++] = s;
    l->notes = notes;
    l->by = by;
    l->into = l->into ? l->into : field_of_role(s, n);
    return true;
}

/* ---- fields that have another name than the role of their lines ---- */

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool is_word_byte(char c)
{
    unsigned char l = lower(c);

    return l >= 0x80 || (l >= 'a' && l <= 'z') || (l >= '0' && l <= '9');
}

/* Whole words of the line, in whatever case; the bytes, 0: it is not in there. */
static size_t stands_in(const struct explain_line *l, const etl_value *text)
{
    size_t n = text->len;

    for (size_t at = 0; n > 0 && at + n <= l->len; at++) {
        size_t same = 0;

        while (same < n && lower(l->text[at + same]) == lower(text->text[same]))
            same++;
        if (same == n &&
            (at == 0 || !is_word_byte(l->text[at - 1]) || !is_word_byte(text->text[0])) &&
            (at + n == l->len || !is_word_byte(l->text[at + n]) ||
             !is_word_byte(text->text[n - 1])))
            return n;
    }
    return 0;
}

/* Does the line hold what the field has, as more than a word by the way? An item of a list is a
 * fifth of the line ("Written by A | edited by B"), a text is half of it. kin: the role says so already. */
static bool gave(const struct explain_line *l, const struct trace_change *c, bool kin)
{
    size_t n = 0;

    if (c->after.type == ETL_TEXT)
        return (n = stands_in(l, &c->after)) > 0 && (kin || 2 * n >= l->len);
    for (uint32_t i = 0; c->after.type == ETL_LIST && i < c->after.len; i++)
        n += stands_in(l, &c->after.list[i]);
    return n > 0 && (kin || 5 * n >= l->len);
}

/* The note of that stage on the line, if it has no field yet and does not stay; or NULL. */
static const struct trace_note *note_of(const struct explain_line *l, const struct trace_stage *s)
{
    for (size_t i = 0; i < l->n_notes && !l->into && !explain_line_stays(l); i++)
        if (l->by[i] == s)
            return l->notes[i];
    return NULL;
}

/* The role, as "byline", of the lines that gave a field, as authors: one whose name the field's
 * begins with, as editors with editor; else that of the first line which holds what the field has.
 */
static bool find_role(const struct explain_lines *to, const struct trace_stage *s,
                      const struct trace_change *c, const char **role, size_t *role_len)
{
    const char *why;
    size_t why_len;

    for (int kin = 1; kin >= 0; kin--)
        for (size_t i = 0; i < to->n; i++) {
            const struct trace_note *n = note_of(&to->at[i], s);

            if (!n)
                continue;
            explain_role(n, role, role_len, &why, &why_len);
            if ((!kin || (*role_len > 2 && strncmp(c->field, *role, *role_len) == 0)) &&
                gave(&to->at[i], c, kin))
                return true;
        }
    return false;
}

/* Fields that no role has the name of: the lines that gave them are all of one role. */
static void name_fields(struct explain_lines *to, const struct trace_stage *s)
{
    const char *role, *is, *why;
    size_t role_len, is_len, why_len;

    for (size_t k = 0; k < s->n_changes; k++) {
        const struct trace_change *c = &s->changes[k];
        bool named = strcmp(c->field, to->field) == 0;

        for (size_t i = 0; i < to->n && !named; i++)
            named = to->at[i].into == c;
        if (named || !find_role(to, s, c, &role, &role_len))
            continue;
        for (size_t i = 0; i < to->n; i++) {
            const struct trace_note *n = note_of(&to->at[i], s);

            if (!n)
                continue;
            explain_role(n, &is, &is_len, &why, &why_len);
            if (is_len == role_len && memcmp(is, role, is_len) == 0 &&
                gave(&to->at[i], c, strncmp(c->field, role, role_len) == 0))
                to->at[i].into = c;
        }
    }
}

static bool holds(const struct span_of_lines *s, uint32_t number)
{
    return s->first != NONE && s->first <= number - 1 && number - 1 <= s->last;
}

/* Notes come in the order of lines, mostly; so does the search. */
static bool take_notes(struct way *w, const struct trace_stage *s)
{
    struct explain_lines *to = w->to;
    size_t at = 0, len;

    for (size_t k = 0; k < s->n_notes; k++) {
        uint32_t number = explain_line_of(&s->notes[k], &len);

        if (number == 0 || strncmp(to->field, s->notes[k].key, len) != 0 || to->field[len])
            continue;
        for (size_t tried = 0; tried < to->n; tried++, at = (at + 1) % to->n)
            if (holds(&w->now[at], number))
                break;
        for (size_t i = at; i < to->n && holds(&w->now[i], number); i++)
            if (!add_line_note(to, &to->at[i], s, &s->notes[k]))
                return false;
    }
    return true;
}

/* What stayed is in that one of the texts the stage wrote which is the longest. */
static const struct trace_change *find_result(const struct trace_stage *s, const char *field)
{
    const struct trace_change *longest = NULL;

    for (size_t i = 0; i < s->n_changes; i++)
        if (s->changes[i].after.type == ETL_TEXT && strcmp(s->changes[i].field, field) != 0 &&
            (!longest || s->changes[i].after.len > longest->after.len))
            longest = &s->changes[i];
    return longest;
}

static bool take_result(struct way *w, const struct trace_stage *s)
{
    const struct trace_change *c = find_result(s, w->to->field);
    struct span_of_lines *map;
    struct cut cut;
    bool any = false;

    for (size_t i = 0; i < w->to->n; i++)
        any = any || explain_line_stays(&w->to->at[i]);
    if (!c || !any || w->to->result_field)
        return true;
    if (!cut_lines(&w->to->memory, &c->after, &cut) ||
        !map_lines(&w->to->memory, &w->cut, w->text.len, &cut, c->after.len, &map))
        return false;
    w->to->result_field = c->field;
    for (size_t i = 0; i < w->to->n; i++) {
        struct explain_line *l = &w->to->at[i];
        uint32_t now = w->now[i].first, first, last;

        if (!explain_line_stays(l) || now == NONE || map[now].first == NONE)
            continue;
        first = map[now].first;
        last = map[w->now[i].last].last == NONE ? map[now].last : map[w->now[i].last].last;
        l->result = c->after.text + cut.start[first];
        l->result_len = cut.start[last] + line_length(&cut, last) - cut.start[first];
    }
    return true;
}

bool explain_speaks_of_lines(const struct trace_record *r, const char *stage)
{
    size_t len;

    for (size_t i = 0; i < r->n_stages; i++)
        for (size_t k = 0; k < r->stages[i].n_notes; k++)
            if (explain_stage_is(&r->stages[i], stage) &&
                explain_line_of(&r->stages[i].notes[k], &len) > 0)
                return true;
    return false;
}

int explain_lines_make(struct explain_lines *to, const struct trace_record *r)
{
    struct way w = { .to = to, .record = r };
    bool good = true;

    memset(to, 0, sizeof(*to));
    to->field = find_field(&to->memory, r);
    for (size_t i = 0; to->field && i < r->n_stages && good; i++) {
        const struct trace_stage *s = &r->stages[i];
        const struct trace_change *c = change_of(s, to->field);
        size_t before = 0;

        if (w.now) {
            for (size_t k = 0; k < to->n; k++)
                before += to->at[k].n_notes;
            good = take_notes(&w, s);
            if (good)
                name_fields(to, s);
            for (size_t k = 0; k < to->n; k++)
                before -= to->at[k].n_notes;
            if (before != 0 && good)
                good = take_result(&w, s);
        }
        if (c && c->after.type == ETL_TEXT && good)
            good = w.now ? go_on(&w, s, &c->after) : begin_way(&w, &c->after);
    }
    if (!w.now)
        to->field = NULL;
    if (!good)
        explain_lines_free(to);
    return good ? 0 : -1;
}

void explain_lines_free(struct explain_lines *l)
{
    arena_free(&l->memory);
    memset(l, 0, sizeof(*l));
}
