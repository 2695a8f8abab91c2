/* SPDX-License-Identifier: Apache-2.0 */
/* Mojibake: UTF-8 bytes that were read as Windows-1252, Latin-1 or Mac Roman are put together
 * again, character by character, so that a text may be bad in some places only. The first walk
 * mends sequences that can mean nothing else. Where they make others believable that it left, or
 * weigh between the two pages, a second walk starts again with all that the first one learnt. Text
 * misread twice takes two calls. */
#include "clean.h"
#include "mojibake.h"
#include "common/utf8.h"

struct walk {
    const char *start, *at, *end;
    const char *kept; /* from here on nothing is in `out` yet */
    struct buffer *out;
    bool informed;                   /* the second walk: the evidence is all there */
    unsigned evidence[LEGACY_PAGES]; /* scripts of strong sequences, as bits */
    uint64_t strong[LEGACY_PAGES];   /* how many there are */
    unsigned left[LEGACY_PAGES];     /* scripts of weak sequences that were not believed */
    bool remnant, tie;               /* seen: what the second walk may see in another way */
    struct sequence last, mended;    /* the last one seen, the last one mended; end NULL: none */
    struct places *places;           /* of `out`, as far as it stands, if they are wanted */
    size_t before;                   /* what stood in `out` before */
    bool blank_made;                 /* ASCII has changed too */
    uint64_t count;
};

#define A_EURO "\xc3\xa2\xe2\x82\xac" /* â€ */
#define BIT(s) (1u << (s))
#define SCRIPTS_LATIN (BIT(SCRIPT_SYMBOL) | BIT(SCRIPT_LATIN) | BIT(SCRIPT_PUNCTUATION))
#define SCRIPTS_EAST_ASIAN (BIT(SCRIPT_EAST_ASIAN) | BIT(SCRIPT_HANGUL))

/* The least character of 2, 3 and 4 bytes: a shorter form must have been used below it. */
static bool valid_char(uint32_t c, int len)
{
    static const uint32_t least[] = { 0x80, 0x800, 0x10000 };

    return c >= least[len - 2] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* Do the characters at `at` spell a UTF-8 sequence on this page? */
static bool match(enum legacy page, const char *at, const char *end, struct sequence *q)
{
    uint32_t first = utf8_next((q->start = at, &at), end);
    uint8_t lead = legacy_byte(page, first);
    int len = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;

    if (len == 0)
        return false;
    q->page = page;
    q->lead = lead;
    q->tail = TAIL_CLOSES;
    q->c = lead & (0x7fu >> len);
    for (int i = 1; i < len; i++) {
        enum tail tail;
        uint8_t byte;

        if (at == end || !(*at & 0x80))
            return false;
        q->last = utf8_next(&at, end);
        byte = legacy_byte(page, q->last);
        if ((byte & 0xc0) != 0x80)
            return false;
        q->c = q->c << 6 | (byte & 0x3f);
        tail = tail_of(q->last);
        q->tail = tail > q->tail ? tail : q->tail;
    }
    if (!valid_char(q->c, len))
        return false;
    q->end = at;
    q->script = script_of(q->c);
    q->c = legacy_c1(q->c);
    return true;
}

static uint32_t char_before(const struct walk *w, const char *at)
{
    if (w->mended.end == at && at != w->start)
        return w->mended.c;
    if (at == w->start)
        return 0;
    while (at > w->start && ((unsigned char)*--at & 0xc0) == 0x80)
        ;
    return utf8_next(&at, w->end);
}

static bool kin(const struct sequence *a, const struct sequence *b)
{
    return a->page == b->page && a->script == b->script &&
           (a->script != SCRIPT_HEBREW || a->c >= 0x5d0 || b->c >= 0x5d0); /* 2×½×¼ is none */
}

/* Looks at the neighbours of q and judges it. */
static enum verdict judge_here(const struct walk *w, const struct sequence *q)
{
    struct surroundings around = { 0 };
    struct sequence next;
    const char *at = q->end;

    around.before = char_before(w, q->start);
    around.after = at < w->end ? utf8_next(&at, w->end) : 0;
    if (w->last.end == q->start && w->last.end) {
        around.kin = kin(&w->last, q);
        around.deeper = w->last.page == q->page && legacy_pair(w->last.c, q->c);
    }
    if (q->end < w->end && (*q->end & 0x80) && match(q->page, q->end, w->end, &next)) {
        around.kin = around.kin || kin(&next, q);
        around.deeper = around.deeper || legacy_pair(q->c, next.c);
    }
    return judge(q, &around);
}

/* Latin letters, symbols and punctuation count as one kind, and so do Hangul and Han. */
static unsigned kind_of(const struct sequence *q)
{
    unsigned kind = BIT(q->script);

    return kind & SCRIPTS_LATIN        ? SCRIPTS_LATIN
           : kind & SCRIPTS_EAST_ASIAN ? SCRIPTS_EAST_ASIAN
                                       : kind;
}

/* Strong sequences of a kind make its weak ones believable. */
static bool believed(struct walk *w, const struct sequence *q, enum verdict v)
{
    unsigned kind = kind_of(q);

    if (v != WEAK)
        return v == STRONG;
    if (w->evidence[q->page] & kind)
        return true;
    w->left[q->page] |= kind;
    return false;
}

/* What stands at `at` is a place in `out`, too. */
static void note(struct walk *w, const char *at)
{
    size_t kept = w->out->len - w->before;

    if (w->places)
        w->places->at[w->places->n++] = (uint32_t)(kept + (size_t)(at - w->kept));
}

static void replace(struct walk *w, const char *start, const char *end, uint32_t c)
{
    char utf8[4];

    w->count++;
    note(w, start);
    buffer_append(w->out, w->kept, (size_t)(start - w->kept));
    buffer_append(w->out, utf8, utf8_put(utf8, c));
    w->blank_made = w->blank_made || c == ' ';
    w->kept = w->at = end;
}

/* Of two that start at the same place, the one that explains more of the text, or whose page
 * explains more of it elsewhere. */
static bool better(struct walk *w, const struct sequence *a, const struct sequence *b)
{
    if (a->end != b->end)
        return a->end > b->end;
    w->tie = true;
    return w->strong[a->page] > w->strong[b->page];
}

/* A sequence at w->at, mended if it is believed. */
static bool take_sequence(struct walk *w)
{
    struct sequence best = { .end = NULL }, seen = { .end = NULL };

    for (int page = 0; page < LEGACY_PAGES; page++) {
        struct sequence q;
        enum verdict v;

        if (!match((enum legacy)page, w->at, w->end, &q))
            continue;
        v = judge_here(w, &q);
        if (v == STRONG && !w->informed) {
            w->evidence[page] |= BIT(q.script);
            w->strong[page]++;
        }
        seen = q;
        if (believed(w, &q, v) && (!best.end || better(w, &q, &best)))
            best = q;
    }
    if (best.end) {
        w->last = w->mended = best;
        replace(w, best.start, best.end, best.c);
    } else if (seen.end) {
        w->last = seen;
    }
    return best.end != NULL;
}

/* What is left where a page was misread and then cleaned: Ã and Â before a plain space that was a
 * no-break space, and â€ without the third byte, 9D, which Windows-1252 lacks. */
static bool may_be_remnant(const struct walk *w)
{
    const char *at = w->at;
    size_t left = (size_t)(w->end - at);

    return left >= 3 && at[0] == '\xc3' &&
           ((at[2] == ' ' && (at[1] == '\x82' || at[1] == '\x83')) ||
            (left >= 5 && memcmp(at, A_EURO, sizeof(A_EURO) - 1) == 0));
}

/* Mended only beside sure signs, so by the second walk. */
static bool take_remnant(struct walk *w)
{
    const char *at = w->at;
    size_t left = (size_t)(w->end - at);
    uint32_t before;

    if (!may_be_remnant(w))
        return false;
    w->remnant = true;
    if (!w->informed || !(w->evidence[LEGACY_WINDOWS] & SCRIPTS_LATIN))
        return false;
    if (at[2] != ' ') {
        bool lost = left >= 8 && memcmp(at + 5, UTF8_REPLACEMENT, 3) == 0;

        if (left > 5 && !lost && (at[5] & 0x80)) /* may be mojibake of mojibake: not yet */
            return false;
        replace(w, at, at + (lost ? 8 : 5), 0x201d);
        return true;
    }
    before = char_before(w, at);
    if (latin_upper(before))
        return false;
    if (at[1] == '\x83')
        replace(w, at, at + 2, 0xe0);
    else if (at[1] == '\x82' && !latin_lower(before))
        replace(w, at, at + 3, ' ');
    else
        return false;
    return true;
}

/* A C1 control that stands alone is a Windows-1252 byte that was read as Latin-1. NEL is left: as a
 * line end it is in use. */
static bool take_c1(struct walk *w)
{
    uint32_t c = 0x80u | ((unsigned char)w->at[1] & 0x3f);

    if (w->at[0] != '\xc2' || c >= 0xa0 || c == 0x85 || legacy_c1(c) == c)
        return false;
    replace(w, w->at, w->at + 2, legacy_c1(c));
    return true;
}

/* Most characters that are not ASCII stand before one that is: no sequence begins with them. */
static bool may_be_bad(const struct walk *w)
{
    const unsigned char *at = (const unsigned char *)w->at;
    const char *next = w->at + (*at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4);

    return (next < w->end && (*next & 0x80)) || *at == 0xc3 || (*at == 0xc2 && at[1] < 0xa0);
}

/* Those of s that stay, or that another character comes to, are the places of `out`; that has no
 * more of them than s. */
static void walk(struct walk *w, struct places *places)
{
    struct survey v = survey_of(w->start, (size_t)(w->end - w->start), places);

    while (survey_next(&v)) {
        for (size_t i = v.from; i < places->n; i++) {
            const char *at = w->start + places->at[i];

            if (at < w->at)
                continue;
            w->at = at;
            if (!(*at & 0x80) || !may_be_bad(w) ||
                (!take_sequence(w) && !take_remnant(w) && !take_c1(w)))
                note(w, at);
        }
    }
}

/* Would a walk that knows all the evidence from its start decide the same everywhere? Up to the
 * first place where it would not the two are in the same state, and the first one took note. */
static bool settled(const struct walk *w)
{
    for (int page = 0; page < LEGACY_PAGES; page++)
        if (w->left[page] & w->evidence[page])
            return false;
    return !w->tie && !(w->remnant && (w->evidence[LEGACY_WINDOWS] & SCRIPTS_LATIN));
}

uint64_t repair_mojibake(const char *s, size_t n, struct places *places, struct buffer *out,
                         struct places *of_out)
{
    struct walk start = { .start = s, .at = s, .end = s + n, .kept = s, .out = out }, w;

    start.before = out->len;
    start.places = places->all ? of_out : NULL;
    of_out->n = 0;
    w = start;
    walk(&w, places);
    if (w.count == 0)
        return 0;
    if (!settled(&w)) {
        start.informed = true;
        memcpy(start.evidence, w.evidence, sizeof(w.evidence));
        memcpy(start.strong, w.strong, sizeof(w.strong));
        out->len = start.before;
        of_out->n = 0;
        w = start;
        walk(&w, places);
    }
    if (w.count > 0)
        buffer_append(out, w.kept, (size_t)(w.end - w.kept));
    of_out->all = w.places && !w.blank_made;
    return w.count;
}
