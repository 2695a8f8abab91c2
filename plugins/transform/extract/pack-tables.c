/* SPDX-License-Identifier: Apache-2.0 */
/* The tables by which a pack that was read is looked up: phrases by their first bytes, and what
 * tells at a glance that none of them is there. */
#include "pack.h"

#include <assert.h>
#include <stdlib.h>

/* Which cell of its row: by the second and third byte where the text must have the same. */
static unsigned class_of(const struct phrase *p)
{
    if (p->len < 3 || stands_for_others(p->text[0]) || stands_for_others(p->text[1]) ||
        stands_for_others(p->text[2]))
        return PHRASE_ANY;
    return phrase_class(p->text);
}

static int by_cell(const void *a, const void *b)
{
    const struct phrase *x = a, *y = b;
    unsigned char bx = (unsigned char)x->text[0], by = (unsigned char)y->text[0];
    unsigned cx = class_of(x), cy = class_of(y);
    int order;

    if (bx != by)
        return bx < by ? -1 : 1;
    if (cx != cy)
        return cx < cy ? -1 : 1;
    if (x->len != y->len)
        return x->len > y->len ? -1 : 1;
    order = memcmp(x->text, y->text, x->len);
    return order != 0 ? order : x->text < y->text ? -1 : x->text > y->text;
}

/* The bytes before the first that a pattern takes for others. */
static void set_prefix(struct phrase *p, bool patterns)
{
    unsigned char prefix[8] = { 0 }, mask[8] = { 0 };

    p->literal = 0;
    for (uint32_t i = 0; i < p->len && i < 8; i++) {
        if (patterns && stands_for_others(p->text[i]))
            break;
        prefix[i] = (unsigned char)p->text[i];
        mask[i] = 0xff;
        p->literal++;
    }
    memcpy(&p->prefix, prefix, 8);
    memcpy(&p->mask, mask, 8);
}

/* Those of whose first three bytes only two are known may begin with more, and those of which one
 * or none is with all. */
static void set_begins(struct phrases *p, const struct phrase *phrase)
{
    char four[4] = { 0 };

    if (phrase->literal < 2) {
        memset(p->begins, 0xff, sizeof(p->begins));
        return;
    }
    memcpy(four, phrase->text, phrase->literal < 3 ? 2 : 3);
    for (int c = phrase->literal < 3 ? 0 : 255; c < 256; c++) {
        if (phrase->literal < 3)
            four[2] = (char)c;
        put_three(p->begins, phrase_three(four));
    }
}

/* What a text of less than four bytes may begin with: that of a phrase which is as short, and that
 * of any pattern, for some of its bytes stand for none. */
static void set_short_begins(struct phrases *p, const struct phrase *phrase, bool pattern)
{
    unsigned char first = (unsigned char)phrase->text[0];

    if (phrase->literal == 0)
        memset(p->short_begins, 0xff, sizeof(p->short_begins));
    else if (phrase->len < 4 || pattern)
        p->short_begins[first >> 6] |= UINT64_C(1) << (first & 63);
}

/* Marks what a phrase may begin with of which three bytes stand for themselves. */
static void set_glance_of_three(struct pack *pack, const char *bytes, unsigned list)
{
    char four[4] = { bytes[0], bytes[1], bytes[2], 0 };

    for (int c = 0; c < 256; c++) {
        four[3] = (char)c;
        pack->glance[glance_of(four)] |= (uint8_t)list;
    }
}

/* Marks what a line may begin with that a rule is for. Lines of less than four bytes are not asked
 * for, so that behind a whole pattern of two a blank and a colon follow, and behind one of three
 * one of them; one that begins with a number is tried for itself. */
static void set_glance_of_rule(struct pack *pack, const struct phrase *rule)
{
    unsigned char first = (unsigned char)rule->text[0];
    bool whole = rule->literal == rule->len;
    char four[4] = { 0 };

    memcpy(four, rule->text, rule->len < 4 ? rule->len : 4);
    if (first == PATTERN_NUMBER) {
        return;
    } else if (rule->literal >= 4) {
        pack->glance[glance_of(four)] |= PACK_RULES;
    } else if (whole && rule->len >= 2) {
        four[rule->len] = ' ';
        if (rule->len == 2)
            four[3] = ':';
        pack->glance[glance_of(four)] |= PACK_RULES;
        four[3] = ':';
        pack->glance[glance_of(four)] |= PACK_RULES;
    } else if (rule->literal == 3) {
        set_glance_of_three(pack, four, PACK_RULES);
    } else {
        pack->open[first >> 6] |= UINT64_C(1) << (first & 63);
    }
}

/* Those that do not begin with a character of ASCII are looked for without a glance. */
static void set_glances(struct pack *pack, const struct phrases *p, enum pack_list list)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct phrase *phrase = &p->at[i];

        if ((unsigned char)phrase->text[0] >= 0x80)
            continue;
        if (phrase->literal >= 4)
            pack->glance[glance_of(phrase->text)] |= (uint8_t)list;
        else if (phrase->literal == 3)
            set_glance_of_three(pack, phrase->text, list);
        else /* too many to tell */
            for (size_t k = 0; k < sizeof(pack->glance); k++)
                pack->glance[k] |= (uint8_t)list;
    }
}

/* 0, or -1 when memory is out. */
static int sort_phrases(struct phrases *p, bool patterns)
{
    unsigned rows = 0;

    if (p->n > 0)
        qsort(p->at, p->n, sizeof(*p->at), by_cell);
    for (size_t i = 0; i < p->n; i++) {
        unsigned char b = (unsigned char)p->at[i].text[0];

        if (p->row[b] == 0)
            p->row[b] = (uint8_t)++rows;
        set_prefix(&p->at[i], patterns);
    }
    for (unsigned b = 'A'; b <= 'Z'; b++)
        p->row[b] = p->row[b + 32];
    p->cell = calloc((rows + 1) * PHRASE_ROW, sizeof(*p->cell));
    if (!p->cell)
        return -1;
    for (size_t i = 0; i < p->n; i++) {
        set_begins(p, &p->at[i]);
        set_short_begins(p, &p->at[i], patterns);
    }
    for (unsigned row = 1, i = 0; row <= rows; row++)
        for (unsigned class = 0; class < PHRASE_ROW; class ++) {
            p->cell[row * PHRASE_ROW + class] = (uint16_t)i;
            while (i < p->n && class < PHRASE_CLASSES &&
                   p->row[(unsigned char)p->at[i].text[0]] == row && class_of(&p->at[i]) == class)
                i++;
        }
    return 0;
}

/* Marks the last three bytes of each phrase; of two bytes, with all that may stand before them. */
static void set_ends(uint64_t set[THREES], const struct phrases *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct phrase *phrase = &p->at[i];
        uint32_t n = phrase->len < 3 ? phrase->len : 3;
        char four[4] = { 0 };

        memcpy(four + 4 - n, phrase->text + phrase->len - n, n);
        if (n < 2)
            memset(set, 0xff, THREES * sizeof(*set));
        for (int c = n < 3 ? 0 : 255; c < 256; c++) {
            four[1] = n < 3 ? (char)c : four[1];
            put_three(set, phrase_last_three(four));
        }
    }
}

enum { SCANNED = 4 };

/* 0, or -1 when memory is out. */
static int set_starts(struct pack *pack)
{
    const struct phrases *of[SCANNED] = { &pack->credits, &pack->inner, &pack->told_to,
                                          &pack->spam };
    size_t n = 0, at[SCANNED] = { 0 };

    static_assert(PACK_ALL == (1 << SCANNED) - 1, "every list, once");
    for (unsigned i = 0; i < SCANNED; i++)
        n += of[i]->n;
    pack->starts = calloc(n + 1, sizeof(*pack->starts));
    if (!pack->starts)
        return -1;
    n = 0;
    for (unsigned b = 0; b < 256; b++) {
        for (unsigned i = 0; i < SCANNED; i++)
            for (; at[i] < of[i]->n && (unsigned char)of[i]->at[at[i]].text[0] == b; at[i]++)
                pack->starts[n++] = (struct start){ .prefix = of[i]->at[at[i]].prefix,
                                                    .mask = of[i]->at[at[i]].mask,
                                                    .list = 1u << i };
        pack->start_from[b + 1] = (uint32_t)n;
    }
    return 0;
}

int pack_make_tables(struct pack *pack)
{
    struct phrases *all[LISTS];

    pack_lists(pack, all);
    for (size_t i = 0; i < LISTS; i++)
        if (sort_phrases(all[i], all[i] == &pack->rules || all[i] == &pack->inner) != 0)
            return -1;
    for (size_t i = 0; i < THREES; i++) {
        pack->days_or_months[i] = pack->days.begins[i] | pack->months.begins[i];
        pack->who[i] = pack->people.begins[i] | pack->by.begins[i] | pack->reports.begins[i] |
                       pack->jobs.begins[i];
    }
    if (set_starts(pack) != 0 || pack_make_buckets(pack) != 0)
        return -1;
    set_ends(pack->site_ends, &pack->suffixes);
    set_ends(pack->outlet_ends, &pack->outlet_words);
    for (size_t i = 0; i < pack->rules.n; i++)
        set_glance_of_rule(pack, &pack->rules.at[i]);
    set_glances(pack, &pack->credits, PACK_CREDITS);
    set_glances(pack, &pack->inner, PACK_INNER);
    set_glances(pack, &pack->told_to, PACK_TOLD_TO);
    set_glances(pack, &pack->spam, PACK_SPAM);
    return 0;
}
