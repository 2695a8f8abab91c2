/* SPDX-License-Identifier: Apache-2.0 */
/* The rounds of cleaning: one repair may make another one necessary (an entity turns into half of a
 * mojibake, a removed control joins two halves of an entity), so they are made again until the scan
 * or they themselves find nothing to do. */
#include "clean.h"
#include "common/nfc.h"

/* Real text settles in two or three rounds. Text that was built to need more is left as it came:
 * any other answer would not be the same the second time. */
enum { ROUNDS = 16, KEEP_BYTES = 4 << 20 };

typedef uint64_t repair_function(const char *s, size_t n, struct places *places,
                                 struct buffer *out);

static uint64_t repair_nfc(const char *s, size_t n, struct places *places, struct buffer *out)
{
    struct fault f;

    (void)places;
    if (nfc_normalise(s, n, out, &f) < 0) {
        out->failed = true;
        return 0;
    }
    return out->len != n || memcmp(out->data, s, n) != 0;
}

static repair_function *const repairs[REPAIRS] = {
    [REPAIR_LINE_ENDS] = repair_line_ends, [REPAIR_ENTITIES] = repair_entities,
    [REPAIR_CONTROLS] = repair_controls,   [REPAIR_WIDTHS] = repair_widths,
    [REPAIR_SPACES] = repair_spaces,       [REPAIR_NFC] = repair_nfc,
};

/* What is known of the text as it stands, so that it is looked at no more often than it must. */
struct round {
    struct cleaned *to;
    struct places *places, *next; /* of the text, if they are known; room for those of another */
    unsigned wanted, needs;
    bool known, changed; /* are the needs known? has a repair been made? */
};

static unsigned needed(struct round *now)
{
    if (!now->known)
        now->needs = needs_of(now->to->text, now->to->len, now->places) & now->wanted;
    now->known = true;
    return now->needs;
}

static struct buffer *other_buffer(struct cleaner *c, const struct cleaned *to)
{
    struct buffer *out = to->text == c->a.data ? &c->b : &c->a;

    out->len = 0;
    return out;
}

static int take_mended(struct round *now, int r, const struct buffer *out, uint64_t count)
{
    if (out->failed)
        return -1;
    if (count == 0)
        return 0;
    now->to->counts[r] += count;
    now->to->text = out->data;
    now->to->len = out->len;
    now->places->all = false;
    now->known = false;
    now->changed = true;
    return 1;
}

/* The bytes of text misread twice include controls, soft hyphens and no-break spaces: it is put
 * together to the end before other repairs may touch them. Each time it halves. */
static int mend_mojibake(struct cleaner *c, struct round *now)
{
    int mended;

    do {
        struct buffer *out = other_buffer(c, now->to);
        struct places *places = now->places;
        uint64_t count = repair_mojibake(now->to->text, now->to->len, places, out, now->next);

        mended = take_mended(now, REPAIR_MOJIBAKE, out, count);
        if (mended > 0) {
            now->places = now->next;
            now->next = places;
        }
    } while (mended > 0 && needed(now) & REPAIR_BIT(REPAIR_MOJIBAKE));
    return mended < 0 ? -1 : 0;
}

static int make_repair(struct cleaner *c, struct round *now, int r)
{
    bool last = now->known && needed(now) == REPAIR_BIT(REPAIR_SPACES);
    struct buffer *out = other_buffer(c, now->to);
    uint64_t count = repairs[r](now->to->text, now->to->len, now->places, out);
    int mended = take_mended(now, r, out, count);

    if (mended <= 0)
        return mended;
    /* Single plain spaces between what stays and LFs are no part of any other mistake, and what is
     * taken away can only be one less. */
    now->known = last;
    now->needs = 0;
    return 0;
}

/* Makes the repairs that the text needs now once, in their order. 0, or -1: no memory. */
static int make_round(struct cleaner *c, struct round *now)
{
    unsigned needs = needed(now);

    if (needs & REPAIR_BIT(REPAIR_MOJIBAKE) && mend_mojibake(c, now) < 0)
        return -1;
    for (int r = REPAIR_MOJIBAKE + 1; r < REPAIRS; r++)
        if (needs & REPAIR_BIT(r) && now->to->len > 0 && make_repair(c, now, r) < 0)
            return -1;
    return 0;
}

/* One huge text must not hold its memory for the rest of the run. */
static void trim(struct buffer *b, size_t n)
{
    if (b->failed || (b->cap > KEEP_BYTES && b->cap / 8 > n))
        buffer_free(b);
}

int clean_text(struct cleaner *c, unsigned wanted, const char *s, size_t n, struct cleaned *to)
{
    struct round now = { .to = to, .places = &c->places, .next = &c->next, .wanted = wanted };

    trim(&c->a, n);
    trim(&c->b, n);
    c->places.all = false;
    *to = (struct cleaned){ .text = s, .len = n };
    for (int round = 0; round < ROUNDS; round++) {
        now.changed = false;
        if (make_round(c, &now) < 0)
            return -1;
        if (!now.changed) {
            if (!to->text)
                to->text = "";
            return 0;
        }
        to->changed = true;
    }
    *to = (struct cleaned){ .text = s, .len = n, .unsettled = true };
    return 0;
}

void cleaner_close(struct cleaner *c)
{
    buffer_free(&c->a);
    buffer_free(&c->b);
}
