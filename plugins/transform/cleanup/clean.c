/* SPDX-License-Identifier: Apache-2.0 */
/* The rounds of cleaning: one repair may make another one necessary (an entity turns into half of a
 * mojibake, a removed control joins two halves of an entity), so they are made again until the scan
 * or they themselves find nothing to do. */
#include "clean.h"
#include "common/nfc.h"

/* Real text settles in two or three rounds. Text that was built to need more is left as it came:
 * any other answer would not be the same the second time. */
enum { ROUNDS = 16, KEEP_BYTES = 4 << 20 };

typedef uint64_t repair_function(const char *s, size_t n, struct buffer *out);

static uint64_t repair_nfc(const char *s, size_t n, struct buffer *out)
{
    struct fault f;

    if (nfc_normalise(s, n, out, &f) < 0) {
        out->failed = true;
        return 0;
    }
    return out->len != n || memcmp(out->data, s, n) != 0;
}

static repair_function *const repairs[REPAIRS] = {
    [REPAIR_MOJIBAKE] = repair_mojibake, [REPAIR_LINE_ENDS] = repair_line_ends,
    [REPAIR_ENTITIES] = repair_entities, [REPAIR_CONTROLS] = repair_controls,
    [REPAIR_WIDTHS] = repair_widths,     [REPAIR_SPACES] = repair_spaces,
    [REPAIR_NFC] = repair_nfc,
};

/* What is known of the text as it stands, so that it is looked at no more often than it changes. */
struct round {
    struct cleaned *to;
    unsigned wanted;
    unsigned needs; /* of `wanted`, if known */
    bool known, changed;
};

static void know(struct round *now, unsigned needs)
{
    now->needs = needs & now->wanted;
    now->known = true;
}

static bool may_need(struct round *now, unsigned bits)
{
    if (!now->known)
        know(now, clean_needs(now->to->text, now->to->len));
    return (now->needs & bits) != 0;
}

/* -1: no memory. Else the number of places that were changed. */
static int64_t make_repair(struct cleaner *c, int r, struct round *now)
{
    struct cleaned *to = now->to;
    struct buffer *out = to->text == c->a.data ? &c->b : &c->a;
    uint64_t count;

    out->len = 0;
    count = repairs[r](to->text, to->len, out);
    if (out->failed)
        return -1;
    if (count == 0)
        return 0;
    to->counts[r] += count;
    to->text = out->data;
    to->len = out->len;
    now->changed = true;
    /* Single plain spaces between what stays and LFs are no part of any other mistake, and what is
     * taken away can only be one less. */
    if (r == REPAIR_SPACES && now->known && !(now->needs & ~REPAIR_BIT(REPAIR_SPACES)))
        now->needs = 0;
    else
        now->known = false;
    return (int64_t)count;
}

/* The bytes of text misread twice include controls, soft hyphens and no-break spaces: it is put
 * together to the end before other repairs may touch them. Each time it halves. */
static int mend_mojibake(struct cleaner *c, struct round *now)
{
    int64_t count;

    do {
        count = make_repair(c, REPAIR_MOJIBAKE, now);
    } while (count > 0 && may_need(now, REPAIR_BIT(REPAIR_MOJIBAKE)));
    return count < 0 ? -1 : 0;
}

/* Makes the repairs that the text needs now once, in their order. 0, or -1: no memory. */
static int make_round(struct cleaner *c, struct round *now)
{
    unsigned needs = now->needs;

    now->changed = false;
    if (needs & REPAIR_BIT(REPAIR_MOJIBAKE) && mend_mojibake(c, now) < 0)
        return -1;
    for (int r = REPAIR_MOJIBAKE + 1; r < REPAIRS; r++)
        if (needs & REPAIR_BIT(r) && now->to->len > 0 && make_repair(c, r, now) < 0)
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
    struct round now = { .to = to, .wanted = wanted };

    trim(&c->a, n);
    trim(&c->b, n);
    *to = (struct cleaned){ .text = s, .len = n };
    for (int round = 0; round < ROUNDS; round++) {
        now.changed = false;
        if (may_need(&now, wanted) && make_round(c, &now) < 0)
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
